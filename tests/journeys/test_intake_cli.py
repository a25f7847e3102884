"""Files from the command line: what people type is read, what is wrong is named, nothing is written by halves."""

from __future__ import annotations

import csv
import json
from datetime import date

import pytest
import xlsxwriter
from tests import cast

from kewei.config import cli
from kewei.desk.intake import engine
from kewei.journal.models import Fact, Intake, Layout
from kewei.kernel.sheets import read_sheet
from kewei.receivables import actions as ledger
from kewei.receivables.models import InvoiceDetail, Item, Posting, ReceiptDetail
from kewei.terminals import actions as terminals_actions
from kewei.terminals.models import Terminal

pytestmark = pytest.mark.django_db

HEADINGS = ["发票号", "客户编码", "开票日", "到期日", "价税合计"]


@pytest.fixture
def staff():
    return cast.assemble()


@pytest.fixture
def kewei(capsys, staff, monkeypatch):
    """Run a command as the accountant; gives (exit code, what it printed or its JSON)."""
    monkeypatch.setenv("KEWEI_LANGUAGE", "zh-hans")

    def run(*argv, by="qian"):
        capsys.readouterr()
        code = cli.main([*map(str, argv), *(["--as", by] if by else [])])
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if "--json" in argv else printed.out + printed.err

    return run


def write_csv(path, rows, headings=HEADINGS, encoding="utf-8-sig"):
    with path.open("w", newline="", encoding=encoding) as out:
        csv.writer(out).writerows([headings, *rows])
    return path


def write_xlsx(path, rows, headings=HEADINGS, sheet="Sheet1"):
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet(sheet)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    page.write_row(0, 0, headings)
    for line, row in enumerate(rows, 1):
        for at, cell in enumerate(row):
            if isinstance(cell, date):
                page.write_datetime(line, at, cell, day)
            else:
                page.write(line, at, cell)
    book.close()
    return path


def open_items():
    return {i.number: (i.terminal.code, i.on, i.due_date, i.total_fen) for i in Item.objects.filter(live=True)}


# --- what people type ---------------------------------------------------------------------------------


def test_dates_and_amounts_as_people_type_them(kewei, tmp_path):
    rows = [
        ["FP1", "T0001", "2026-10-08", "2027/1/6", "1,234.50"],
        ["FP2", "T0001", "2026年10月8日", "20270106", "￥1 234.5"],
        ["FP3", "T0002", "2026.10.8", "6-Jan-2027", "0.12万"],
    ]
    code, told = kewei("import", "invoices", write_csv(tmp_path / "a.csv", rows, encoding="gb18030"), "--json")
    assert (code, told["status"], told["parts"][0]["total_fen"]) == (0, "taken", 123_450 * 2 + 120_000)
    on, due = date(2026, 10, 8), date(2027, 1, 6)
    assert open_items() == {
        "FP1": ("T0001", on, due, 123_450),
        "FP2": ("T0001", on, due, 123_450),
        "FP3": ("T0002", on, due, 120_000),
    }
    assert Posting.objects.count() == 1


def test_a_dry_run_writes_nothing(kewei, tmp_path):
    file = write_xlsx(tmp_path / "a.xlsx", [["FP1", "T0001", date(2026, 10, 8), date(2027, 1, 6), 100.5]])
    facts = Fact.objects.count()
    code, told = kewei("import", "invoices", file, "--dry-run", "--json")
    assert (code, told["status"], told["parts"][0]["new"]) == (0, "dry_run", 1)
    assert (Item.objects.count(), Intake.objects.count(), Layout.objects.count()) == (0, 0, 0)
    assert Fact.objects.count() == facts
    assert "试运行" in kewei("import", "invoices", file, "--dry-run")[1]


def test_the_same_file_again_answers_the_same(kewei, tmp_path):
    file = write_csv(tmp_path / "a.csv", [["FP1", "T0001", "2026-10-08", "2027-01-06", "100"]])
    _, first = kewei("import", "invoices", file, "--json")
    code, again = kewei("import", "invoices", file, "--json", by="zheng")
    assert (code, again["status"], again["intake"], again["parts"]) == (
        0, "recognised", first["intake"], first["parts"],
    )  # fmt: skip
    assert Intake.objects.count() == 1


def test_an_overlapping_file_skips_what_is_there_and_stops_at_what_differs(kewei, tmp_path):
    kewei("import", "invoices", write_csv(tmp_path / "a.csv", [["FP1", "T0001", "2026-10-08", "2027-01-06", "100"]]))
    more = [["FP1", "T0001", "2026/10/8", "2027/1/6", "100.00"], ["FP2", "T0001", "2026-10-09", "2027-01-06", "50"]]
    code, told = kewei("import", "invoices", write_csv(tmp_path / "b.csv", more), "--json")
    assert (code, told["parts"][0]["new"], told["parts"][0]["same"]) == (0, 1, 1)
    other = [["FP2", "T0001", "2026-10-09", "2027-01-06", "51"], ["FP3", "T0001", "2026-10-09", "2027-01-06", "1"]]
    code, told = kewei("import", "invoices", write_csv(tmp_path / "c.csv", other), "--json")
    assert (code, told["status"]) == (1, "problems")
    assert [(p["row"], p["code"], p["numbers"]["reason"]) for p in told["problems"]] == [
        (2, "intake_other_than_posted", "金额")
    ]
    assert set(open_items()) == {"FP1", "FP2"}


# --- problems -----------------------------------------------------------------------------------------

BAD_ROWS = [
    ["FP1", "T0001", "2026-10-08", "2027-01-06", "100"],
    ["FP2", "T9999", "2026-10-08", "2027-01-06", "100"],
    ["FP3", "T0001", "2026-02-30", "2027-01-06", "1O0"],
    ["FP4", "T0001", "2026-10-08", "2026-10-07", "100"],
    ["FP5", "T0001", "2026-10-08", "", "100"],
    ["FP1", "T0001", "2026-10-08", "2027-01-06", "100"],
    ["", "T0001", "3/4/2026", "2027-01-06", "-5"],
    ["FP8", "T0001", "2026-10-08", "2027-01-06", "1e18"],
]


def test_every_problem_is_named_by_row_and_column(kewei, tmp_path):
    code, told = kewei("import", "invoices", write_csv(tmp_path / "a.csv", BAD_ROWS), "--json")
    assert code == 1
    assert [(p["row"], p["column"], p["heading"], p["value"], p["code"]) for p in told["problems"]] == [
        (3, "B", "客户编码", "T9999", "unknown_customer"),
        (4, "C", "开票日", "2026-02-30", "bad_day"),
        (4, "E", "价税合计", "1O0", "bad_amount"),
        (5, "D", "到期日", "2026-10-07", "due_before_invoice"),
        (6, "D", "到期日", "", "intake_no_due_date"),
        (7, "A", "发票号", "FP1", "intake_twice_in_file"),
        (8, "A", "发票号", "", "missing_value"),
        (8, "C", "开票日", "3/4/2026", "bad_day"),
        (8, "E", "价税合计", "-5", "amount_not_positive"),
        (9, "E", "价税合计", "1e18", "bad_amount"),
    ]
    assert (told["problem_count"], told["problem_rows"]) == (10, 7)
    assert all(p["reason"] for p in told["problems"])
    assert (Item.objects.count(), Intake.objects.count()) == (0, 0)


def test_problems_are_printed_for_people(kewei, tmp_path):
    code, text = kewei("import", "invoices", write_csv(tmp_path / "a.csv", BAD_ROWS))
    assert code == 1
    assert "第 4 行 C 列「开票日」：「2026-02-30」不能作为日期：日历上没有这一天" in text
    assert "共 10 处问题，7 行" in text
    many = [[f"FP{n}", "T9999", "2026-10-08", "2027-01-06", "1"] for n in range(80)]
    _, text = kewei("import", "invoices", write_csv(tmp_path / "b.csv", many))
    assert text.count("第 ") == 50
    assert "还有 30 处问题" in text


def test_good_rows_are_taken_only_when_asked_and_the_rest_can_follow(kewei, tmp_path, staff):
    file = write_csv(tmp_path / "a.csv", BAD_ROWS)
    code, told = kewei("import", "invoices", file, "--good-rows", "--json")
    assert (code, told["status"], told["left_out"], set(open_items())) == (0, "taken", 7, {"FP1"})
    # A file taken in part is not finished: when what was wrong is put right, it goes on.
    cast.open_terminal("T9999", "后来的诊所", "clinic", staff.wang, staff.hubei)
    _, told = kewei("import", "invoices", file, "--good-rows", "--json")
    assert (told["parts"][0]["new"], told["parts"][0]["same"], set(open_items())) == (1, 1, {"FP1", "FP2"})


def test_a_required_column_that_is_missing_is_named(kewei, tmp_path):
    file = write_csv(tmp_path / "a.csv", [["FP1", "2026-10-08"]], ["发票号", "开票日"])
    code, text = kewei("import", "invoices", file)
    assert code == 1
    assert "表中缺少必需的列：客户编码" in text
    assert "价税合计" in text


def test_the_example_row_of_the_template_is_not_taken_for_data(kewei, tmp_path, staff):
    from django.utils.translation import gettext

    from kewei.desk.intake import books
    from kewei.desk.intake.nouns import NOUNS

    file = tmp_path / "t.xlsx"
    file.write_bytes(books.template(NOUNS["invoices"], gettext))
    code, told = kewei("import", "invoices", file, "--json")
    assert (code, [p["code"] for p in told["problems"]]) == (1, ["intake_example_row"])


# --- due dates, receipts, red letters -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("term_start", "due"), [("invoice", date(2026, 12, 7)), ("next_month", date(2026, 12, 30)), ("", date(2026, 12, 7))]
)
def test_the_due_date_follows_the_settlement_term(kewei, tmp_path, staff, term_start, due):
    terminals_actions.set_settlement(
        terminal=staff.wangs_hospital, term_days=60, term_start=term_start, by=staff.zheng, now=cast.MORNING
    )
    file = write_csv(tmp_path / "a.csv", [["FP1", "T0001", "2026-10-08", "", "100"]])
    assert kewei("import", "invoices", file)[0] == 0
    assert open_items()["FP1"][2] == due


RECEIPT_HEADINGS = ["收款单号", "客户编码", "收款日", "金额", "方式", "核销发票号", "付款方"]


@pytest.fixture
def invoiced(kewei, tmp_path):
    rows = [[f"FP{n}", "T0001", f"2026-10-0{n}", "2027-01-06", "100"] for n in (1, 2, 3)]
    rows.append(["FP9", "T0003", "2026-10-01", "2027-01-06", "100"])
    kewei("import", "invoices", write_csv(tmp_path / "invoices.csv", rows))


def test_receipts_settle_what_they_name(kewei, tmp_path, invoiced):
    rows = [
        ["SK1", "T0001", "2026-11-01", "150", "承兑汇票", "FP2;fp1", ""],
        ["SK2", "T0001", "2026-11-02", "80", "医保", "FP1；FP3", "市医保中心"],
        ["SK3", "T0001", "2026-11-03", "10", "", "", ""],
    ]
    code, told = kewei("import", "receipts", write_csv(tmp_path / "r.csv", rows, RECEIPT_HEADINGS), "--json")
    assert (code, told["parts"][0]["allocated_fen"], told["parts"][0]["unapplied_fen"]) == (0, 23_000, 1_000)
    assert dict(Item.objects.filter(kind="invoice").values_list("number", "open_fen")) == {
        "FP1": 0, "FP2": 0, "FP3": 7_000, "FP9": 10_000,
    }  # fmt: skip
    assert dict(ReceiptDetail.objects.values_list("entry__number", "method")) == {
        "SK1": "bill", "SK2": "insurance", "SK3": "transfer",
    }  # fmt: skip
    assert ReceiptDetail.objects.get(entry__number="SK2").payer_name == "市医保中心"


def test_receipts_for_unknown_or_foreign_invoices_are_problems(kewei, tmp_path, invoiced):
    rows = [
        ["SK1", "T0001", "2026-11-01", "100", "", "FP1;FP7", ""],
        ["SK2", "T0001", "2026-11-01", "100", "", "FP9", ""],
        ["SK3", "T0001", "2026-11-01", "100", "白条", "FP1", ""],
    ]
    code, told = kewei("import", "receipts", write_csv(tmp_path / "r.csv", rows, RECEIPT_HEADINGS), "--json")
    assert code == 1
    assert [(p["row"], p["column"], p["value"], p["code"]) for p in told["problems"]] == [
        (2, "F", "FP7", "intake_no_such_invoice"),
        (3, "F", "FP9", "intake_not_this_customers"),
        (4, "E", "白条", "not_a_choice"),
    ]
    assert not Item.objects.filter(kind="receipt").exists()


def test_red_letters_in_either_sign(kewei, tmp_path, invoiced):
    headings = ["红字发票号", "客户编码", "开票日", "金额", "原发票号", "原因"]
    rows = [
        ["HZ1", "T0001", "2026-11-01", "-30", "FP1", "退货"],
        ["HZ2", "T0001", "2026-11-02", "20", "FP1", ""],
        ["HZ3", "T0001", "2026-11-03", "(60)", "FP1", ""],
        ["HZ4", "T0001", "2026-11-03", "5", "", "折让"],
    ]
    code, told = kewei("import", "red-letters", write_csv(tmp_path / "r.csv", rows, headings), "--json")
    assert (code, told["parts"][0]["total_fen"], told["parts"][0]["unapplied_fen"]) == (0, 11_500, 1_500)
    assert Item.objects.get(number="FP1").open_fen == 0
    assert InvoiceDetail.objects.get(entry__number="HZ1").reason == "退货"
    early = [["HZ5", "T0001", "2026-09-01", "1", "FP2", ""], ["HZ6", "T0001", "2026-11-01", "0", "FP2", ""]]
    code, told = kewei("import", "red-letters", write_csv(tmp_path / "s.csv", early, headings), "--json")
    assert [p["code"] for p in told["problems"]] == ["red_letter_before_invoice", "intake_amount_is_nought"]


# --- layouts and options ------------------------------------------------------------------------------


def test_unknown_columns_are_kept_beside_the_row_and_layouts_are_remembered(kewei, tmp_path):
    headings = ["单号", "客户编码", "开票日", "到期日", "价税合计", "制单人", "内部码"]
    rows = [["FP1", "T0001", "2026-10-08", "2027-01-06", "100", "小刘", "x"]]
    file = write_csv(tmp_path / "a.csv", rows, headings)
    assert kewei("import", "invoices", file)[0] == 1  # 单号 is nobody's heading
    mapped = ("--map", "单号=invoice_no", "--map", "内部码=ignore")
    assert kewei("import", "invoices", file, *mapped, "--remember", "用友")[0] == 0
    assert InvoiceDetail.objects.get(entry__number="FP1").fields == {"extra": {"制单人": "小刘"}}
    next_file = write_csv(tmp_path / "b.csv", [["FP2", *rows[0][1:]]], headings)
    code, told = kewei("import", "invoices", next_file, "--json")
    assert (code, told["layout"], told["kept"], told["ignored"]) == (0, "用友", ["制单人"], ["内部码"])
    third = write_csv(tmp_path / "c.csv", [["FP3", *rows[0][1:5]]], headings[:5])
    assert kewei("import", "invoices", third, "--layout", "用友")[0] == 0
    code, text = kewei("import", "invoices", third, "--layout", "金蝶")
    assert code == 1
    assert "没有名为「金蝶」的版式，现有：generic、ar_ibm、用友" in text
    assert "用友" in kewei("layouts", "invoices", by="")[1]


def test_days_units_sheets_encodings_and_filters_can_be_said(kewei, tmp_path):
    rows = [
        ["FP1", "T0001", "10/8/2026", "1/6/2027", 1.2, "销售"],
        ["FP2", "T0001", "10/8/2026", "1/6/2027", 0.5, "借款"],
    ]
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    book.add_worksheet("封面").write(0, 0, "说明")
    page = book.add_worksheet("明细")
    for line, row in enumerate([[*HEADINGS, "类型"], *rows]):
        page.write_row(line, 0, row)
    book.close()
    said = ("--sheet", "明细", "--order", "mdy", "--unit", "wan", "--only", "类型=销售;退货")
    assert kewei("import", "invoices", tmp_path / "a.xlsx", *said)[0] == 0
    assert open_items() == {"FP1": ("T0001", date(2026, 10, 8), date(2027, 1, 6), 1_200_000)}
    big5 = write_csv(tmp_path / "b.csv", [["FP3", "T0001", "2026-10-08", "2027-01-06", "1", "臺灣繁體說明文字"]],
                     ["invoice_no", "customer_code", "invoice_date", "due_date", "amount", "memo"], encoding="big5")  # fmt: skip
    assert kewei("import", "invoices", big5, "--encoding", "big5")[0] == 0
    assert InvoiceDetail.objects.get(entry__number="FP3").fields == {"memo": "臺灣繁體說明文字"}


def test_amounts_in_ten_thousands_are_exact(kewei, tmp_path):
    rows = [
        ["FP1", "T0001", "2026-10-08", "2027-01-06", "1.234567"],
        ["FP2", "T0001", "2026-10-08", "2027-01-06", "3万"],
    ]
    assert kewei("import", "invoices", write_csv(tmp_path / "a.csv", rows), "--unit", "wan")[0] == 0
    assert {number: item[3] for number, item in open_items().items()} == {"FP1": 1_234_567, "FP2": 3_000_000}


# --- keys and undo ------------------------------------------------------------------------------------


def test_a_key_does_it_once_and_belongs_to_one_file(kewei, tmp_path):
    one = write_csv(tmp_path / "a.csv", [["FP1", "T0001", "2026-10-08", "2027-01-06", "100"]])
    other = write_csv(tmp_path / "b.csv", [["FP2", "T0001", "2026-10-08", "2027-01-06", "100"]])
    _, first = kewei("import", "invoices", one, "--key", "oct", "--json")
    code, again = kewei("import", "invoices", one, "--key", "oct", "--json")
    assert (code, again["status"], again["intake"]) == (0, "recognised", first["intake"])
    code, refused = kewei("import", "invoices", other, "--key", "oct", "--json")
    assert (code, refused["code"]) == (1, "key_reused")
    assert set(open_items()) == {"FP1"}


def test_undo_reverses_the_ledger_and_the_file_can_come_again(kewei, tmp_path, invoiced):
    rows = [["SK1", "T0001", "2026-11-01", "150", "", "FP1;FP2", ""]]
    file = write_csv(tmp_path / "r.csv", rows, RECEIPT_HEADINGS)
    _, told = kewei("import", "receipts", file, "--json")
    code, undone = kewei("import", "--undo", told["intake"], "--json")
    assert (code, undone["status"]) == (0, "undone")
    assert Item.objects.get(number="FP1", kind="invoice").open_fen == 10_000
    assert not Item.objects.filter(kind="receipt", live=True).exists()
    assert kewei("import", "--undo", told["intake"], "--json")[1]["code"] == "intake_already_undone"
    code, again = kewei("import", "receipts", file, "--json")
    assert (code, again["status"], again["intake"] != told["intake"]) == (0, "taken", True)
    assert Item.objects.get(number="FP1", kind="invoice").open_fen == 0


def test_undoing_customers_removes_new_cards_and_restores_changed_ones(kewei, tmp_path):
    rows = [["T0001", "改了名的医院", "公立医院"], ["T0100", "新开的诊所", "诊所"]]
    file = write_csv(tmp_path / "c.csv", rows, ["客户编码", "名称", "终端类型"])
    _, told = kewei("import", "customers", file, "--json")
    assert (told["parts"][0]["new"], told["parts"][0]["changed"]) == (1, 1)
    assert Terminal.objects.get(code="T0001").name == "改了名的医院"
    assert kewei("import", "--undo", told["intake"])[0] == 0
    assert Terminal.objects.get(code="T0001").name == "荆门市第一人民医院"
    assert not Terminal.objects.filter(code="T0100").exists()


def test_what_was_booked_since_the_dry_run_is_not_booked_again(staff, tmp_path):
    file = write_csv(tmp_path / "a.csv", [[f"FP{n}", "T0001", "2026-10-08", "2027-01-06", "100"] for n in (1, 2)])
    plan = engine.plan(engine.noun_named("invoices"), engine.File.at(file))
    trial = engine.try_out(plan, by=staff.qian, now=cast.MORNING)
    day = date(2026, 10, 8)
    ledger.post_invoice(
        terminal=staff.wangs_hospital, number="FP2", invoice_date=day, due_date=day, total_fen=1, by=staff.qian,
        now=cast.MORNING,
    )  # fmt: skip
    with pytest.raises(engine.ChangedMeanwhile) as refused:
        engine.take(trial, by=staff.qian, now=cast.MORNING)
    assert "单据号已经存在：FP2" in refused.value.sentence()
    assert set(open_items()) == {"FP2"}
    assert Intake.objects.count() == 0


# --- who may ------------------------------------------------------------------------------------------


def test_representatives_keep_cards_but_not_the_ledger(kewei, tmp_path, staff):
    invoices = write_csv(tmp_path / "a.csv", [["FP1", "T0001", "2026-10-08", "2027-01-06", "100"]])
    code, told = kewei("import", "invoices", invoices, "--json", by="wang")
    assert (code, told["code"], Item.objects.count()) == (1, "not_allowed", 0)
    assert kewei("import", "invoices", invoices, "--json", by="zhou")[1]["code"] == "not_allowed"
    cards = write_csv(tmp_path / "c.csv", [["T0001", "孙改的名字"]], ["客户编码", "名称"])
    code, told = kewei("import", "customers", cards, "--json", by="sun")
    assert (code, [p["code"] for p in told["problems"]]) == (1, ["code_taken"])
    assert Terminal.objects.get(code="T0001").name == "荆门市第一人民医院"


def test_only_ones_own_imports_can_be_undone_by_those_who_do_not_read_the_journal(kewei, tmp_path):
    cards = write_csv(tmp_path / "c.csv", [["T0200", "王的新诊所"]], ["客户编码", "名称"])
    _, told = kewei("import", "customers", cards, "--json", by="wang")
    assert kewei("import", "--undo", told["intake"], "--json", by="sun")[1]["code"] == "not_found"
    assert Terminal.objects.filter(code="T0200").exists()
    assert kewei("import", "--undo", told["intake"], by="zheng")[0] == 0


# --- out and in again ---------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_what_goes_out_comes_in_again_as_the_same(kewei, tmp_path, invoiced, suffix):
    rows = [["SK1", "T0001", "2026-11-01", "150", "承兑汇票", "FP2;FP1", "某基金"]]
    kewei("import", "receipts", write_csv(tmp_path / "r.csv", rows, RECEIPT_HEADINGS))
    for noun, count in (("invoices", 4), ("receipts", 1)):
        out = tmp_path / f"{noun}.{suffix}"
        code, told = kewei("export", noun, "--out", out, "--json")
        assert (code, told["rows"]) == (0, count)
        code, told = kewei("import", noun, out, "--json")
        assert (code, told["parts"][0]["new"], told["parts"][0]["same"]) == (0, 0, count)
    row = next(iter(read_sheet(tmp_path / f"receipts.{suffix}", "r").rows))
    assert row.cells[:7] == ["SK1", "T0001", "2026-11-01", "150.00", "承兑汇票", "FP2;FP1", "某基金"]


def test_an_export_is_filtered_and_noted_and_holds_only_what_one_may_see(kewei, tmp_path, invoiced):
    out = tmp_path / "o.csv"
    _, told = kewei("export", "invoices", "--out", out, "--from", "2026-10-02", "--customer", "T0001", "--json")
    assert told["rows"] == 2
    assert Fact.objects.filter(name="journal.exported", subject="invoices").count() == 1
    _, told = kewei("export", "customers", "--out", out, "--json", by="sun")
    assert told["rows"] == 1
    assert kewei("export", "invoices", "--out", out, "--json", by="sun")[1]["code"] == "not_allowed"
    assert kewei("export", "invoices", "--out", tmp_path / "o.pdf", "--json")[1]["code"] == "outgoing_unknown_file_kind"
    assert not (tmp_path / "o.pdf").exists()


def test_licences_come_in_go_out_and_come_back_the_same(kewei, tmp_path):
    headings = ["客户编码", "证照种类", "证号", "有效期至", "经营范围", "核验方式", "核验日"]
    rows = [["T0001", "医疗机构执业许可证", "PDY1", "2029/1/1", "普通药品；生物制品", "官网核验", "2026-06-01"]]
    file = write_csv(tmp_path / "papers.csv", rows, headings)
    code, told = kewei("import", "licences", file, "--json", by="wu")
    assert (code, told["parts"][0]["new"]) == (0, 1)
    out = tmp_path / "out.xlsx"
    assert kewei("export", "licences", "--out", out, "--json", by="zheng")[1]["rows"] == 1
    _, again = kewei("import", "licences", out, "--dry-run", "--json", by="wu")
    assert (again["parts"][0]["same"], again["problem_count"]) == (1, 0)
    kewei("import", "--undo", told["intake"], "--json", by="wu")
    assert kewei("export", "licences", "--out", out, "--json", by="zheng")[1]["rows"] == 0
