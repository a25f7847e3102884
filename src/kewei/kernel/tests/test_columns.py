"""Columns: headings found, cells read, every problem reported with row, column and reason."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest

from kewei.kernel import columns as c
from kewei.kernel.columns import EXTRA, Column, match_headings, read_rows
from kewei.kernel.refusals import Refused
from kewei.kernel.sheets import read_sheet
from kewei.kernel.tests.making import csv, xlsx

INVOICES = [
    Column("invoice_no", "发票号", "invoice_no", c.code, "24332000000000000001", True, ("发票号码",)),
    Column("customer_code", "客户编码", "customer_code", c.code, "C0001", True),
    Column("invoice_date", "开票日", "invoice_date", c.day, date(2024, 1, 31), True, ("开票日期",)),
    Column("amount", "价税合计", "amount", c.positive_money, "1,234.50", True, ("金额",)),
    Column("note", "备注", "note", c.text(10)),
]


def read(content: bytes, mapping: dict | None = None, **options):
    sheet = read_sheet(content, "x")
    return list(read_rows(sheet, INVOICES, mapping or match_headings(sheet.headings, INVOICES), **options))


def test_headings_in_either_language_by_alias_and_with_the_mark_of_a_required_column():
    headings = ["*发票号码", "Customer_Code", " 开票日期＊", "ＡＭＯＵＮＴ", "业务员"]
    assert match_headings(headings, INVOICES) == {
        "*发票号码": "invoice_no",
        "Customer_Code": "customer_code",
        " 开票日期＊": "invoice_date",
        "ＡＭＯＵＮＴ": "amount",
        "业务员": None,
    }


def test_no_column_is_given_to_two_headings():
    assert match_headings(["金额", "价税合计"], INVOICES) == {"金额": "amount", "价税合计": None}


def test_what_was_remembered_comes_first():
    remembered = {"含税金额": "amount", "业务员": EXTRA, "备注": None, "旧列": "invoice_no", "开票日": "gone"}
    mapping = match_headings(["价税合计", "含税金额", "业务员", "备注", "发票号", "开票日"], INVOICES, remembered)
    assert mapping == {
        "价税合计": None,
        "含税金额": "amount",
        "业务员": EXTRA,
        "备注": None,
        "发票号": "invoice_no",
        "开票日": "invoice_date",
    }


def test_a_clean_file_reads_into_plain_values():
    content = csv("发票号,客户编码,开票日,价税合计,备注", "F1,C1,2024年1月31日,￥1200.50,加急", "F2,C2,2024/2/1,3,")
    assert read(content) == [
        (
            2,
            {
                "invoice_no": "F1",
                "customer_code": "C1",
                "invoice_date": date(2024, 1, 31),
                "amount": 120_050,
                "note": "加急",
                "extra": {},
            },
            [],
        ),
        (
            3,
            {
                "invoice_no": "F2",
                "customer_code": "C2",
                "invoice_date": date(2024, 2, 1),
                "amount": 300,
                "note": None,
                "extra": {},
            },
            [],
        ),
    ]


def test_every_problem_of_every_row_is_reported_with_row_column_and_reason():
    content = xlsx(
        [
            ["发票号", "客户编码", None, "开票日", "价税合计", "备注"],
            ["F1", None, None, "2024-02-30", -5, "一二三四五六七八九十十一"],
            ["F2", "C2", None, "2024-02-29", 1e18, None],
            [123456789012345678901, "C3", None, "3/4/2024", "12.345", None],
        ]
    )
    found = [(p.row, p.column, p.heading, p.why.code, p.reason) for _, _, problems in read(content) for p in problems]
    assert found == [
        (2, "B", "客户编码", "missing_value", "必填，不能为空"),
        (2, "D", "开票日", "bad_day", "「2024-02-30」不能作为日期：日历上没有这一天"),
        (2, "E", "价税合计", "amount_not_positive", "金额必须大于零，现为 -5.00 元"),
        (2, "F", "备注", "text_too_long", "最多 10 个字，现有 12 个"),
        (3, "E", "价税合计", "bad_amount", found[4][4]),
        (4, "A", "发票号", "code_lost_digits", "编码超过 15 位却存成了数字，表格软件已把后几位变成 0"),
        (4, "D", "开票日", "bad_day", "「3/4/2024」不能作为日期：分不清月和日，请写成 2024-01-31 的样子"),
        (4, "E", "价税合计", "bad_amount", "「12.345」不能作为金额：小数超过两位（精确到分）"),
    ]
    assert "超过上限 100 亿元" in found[4][4]


def test_error_values_of_formulas_are_named_in_any_column():
    content = csv("发票号,客户编码,开票日,价税合计,备注", "#N/A,C1,2024-01-31,#DIV/0!,#REF!")
    assert [(p.column, p.reason) for p in read(content)[0][2]] == [
        ("A", "单元格是公式错误值 #N/A"),
        ("D", "单元格是公式错误值 #DIV/0!"),
        ("E", "单元格是公式错误值 #REF!"),
    ]


def test_a_problem_says_it_all_in_one_sentence_and_in_json():
    [(_, values, [problem])] = read(csv("发票号,客户编码,开票日,价税合计", "F1,C1,2024-02-30,5"))
    assert problem.say() == "第 2 行 C 列「开票日」：「2024-02-30」不能作为日期：日历上没有这一天"
    assert values["invoice_date"] is None
    assert values["amount"] == 500
    as_json = json.loads(json.dumps(problem.as_dict()))
    assert (as_json["row"], as_json["column"], as_json["heading"], as_json["value"], as_json["code"]) == (
        2,
        "C",
        "开票日",
        "2024-02-30",
        "bad_day",
    )


def test_unknown_columns_are_kept_when_wanted():
    sheet = read_sheet(csv("发票号,客户编码,开票日,价税合计,业务员,区域", "F1,C1,2024-01-31,5,王,"), "x")
    mapping = match_headings(sheet.headings, INVOICES) | {"业务员": EXTRA, "区域": EXTRA}
    [(_, values, problems)] = read_rows(sheet, INVOICES, mapping)
    assert values["extra"] == {"业务员": "王"}
    assert not problems


def test_a_file_without_a_required_column_is_refused_once_not_per_row():
    with pytest.raises(c.MissingColumn, match="客户编码/customer_code、价税合计/amount"):
        read(csv("发票号,开票日", "F1,2024-01-31"))


def test_two_headings_for_one_column_are_refused():
    mapping = {"发票号": "invoice_no", "单号": "invoice_no"}
    with pytest.raises(c.ColumnMappedTwice, match="「发票号」和「单号」"):
        read(csv("发票号,单号", "F1,F2"), mapping)


def test_month_first_dates_only_when_the_layout_says_so():
    content = csv("发票号,客户编码,开票日,价税合计", "F1,C1,1/2/2013,5")
    assert read(content)[0][2][0].why.code == "bad_day"
    assert read(content, order="mdy")[0][1]["invoice_date"] == date(2013, 1, 2)


# --- readers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "cell", "value"),
    [
        (c.text(), " 杭州医院 ", "杭州医院"),
        (c.text(), 12, "12"),
        (c.text(), 12.5, "12.5"),
        (c.text(), date(2024, 1, 31), "2024-01-31"),
        (c.text(), datetime(2024, 1, 31, 8, 30), "2024-01-31 08:30:00"),
        (c.text(), True, "是"),
        (c.code, " C 001 ", "C001"),
        (c.code, "Ｃ００１", "C001"),
        (c.code, 913501, "913501"),
        (c.code, 913501.0, "913501"),
        (c.code, "24332000000000000001", "24332000000000000001"),
        (c.code, 999_999_999_999_999, "999999999999999"),
        (c.money, "(5)", -500),
        (c.positive_money, 0.01, 1),
        (c.money_or_nought, "0", 0),
        (c.day, 45322, date(2024, 1, 31)),
        (c.yes_no, "是", True),
        (c.yes_no, "N", False),
        (c.yes_no, 1, True),
        (c.yes_no, False, False),
        (c.choice({"转账": "transfer", "承兑": "bill"}), "承兑", "bill"),
        (c.choice({"转账": "transfer", "Bank transfer": "transfer"}), " BANK  transfer", "transfer"),
        (c.choice({"转账": "transfer"}), "transfer", "transfer"),
        (c.choice({"A 级": 1}), "ａ 级", 1),
        (c.many(), "F1;F2； F3,F4，F5、F6;;", ["F1", "F2", "F3", "F4", "F5", "F6"]),
        (c.many(), 1001, ["1001"]),
        (c.many(sep=";", read=c.money), "1,000.00;2", [100_000, 200]),
    ],
)
def test_readers_read(read, cell, value):
    assert read(cell) == value
    assert type(read(cell)) is type(value)


@pytest.mark.parametrize(
    ("read", "cell", "refused_with"),
    [
        (c.text(3), "一二三四", "text_too_long"),
        (c.code, 1e15, "code_lost_digits"),
        (c.code, 10**17, "code_lost_digits"),
        (c.code, "9.1350E+17", "code_lost_digits"),
        (c.code, "1.2e18", "code_lost_digits"),
        (c.code, 1.5, "not_a_code"),
        (c.code, float("inf"), "not_a_code"),
        (c.code, True, "not_a_code"),
        (c.code, date(2024, 1, 31), "not_a_code"),
        (c.code, "x" * 65, "not_a_code"),
        (c.positive_money, 0, "amount_not_positive"),
        (c.positive_money, "-5", "amount_not_positive"),
        (c.money_or_nought, "(0.01)", "amount_negative"),
        (c.money, "五元", "bad_amount"),
        (c.yes_no, "也许", "not_a_choice"),
        (c.choice({"转账": "transfer", "承兑": "bill"}), "现金", "not_a_choice"),
        (c.many(), "F1;" + "x" * 65, "not_a_code"),
    ],
)
def test_readers_refuse(read, cell, refused_with):
    with pytest.raises(Refused) as refused:
        read(cell)
    assert refused.value.code == refused_with
    assert refused.value.sentence()


def test_a_refused_choice_names_what_may_be_chosen():
    with pytest.raises(c.NotAChoice, match="「现金」不在可选项中：转账、承兑"):
        c.choice({"转账": "transfer", "承兑": "bill"})("现金")
