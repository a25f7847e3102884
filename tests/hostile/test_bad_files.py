"""Bad input through the command line and the wizard: a clear message with row and column, nothing written."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
import xlsxwriter
from tests import cast
from tests.hostile import making
from tests.journeys.wizard import Wizard

from kewei.config import cli
from kewei.desk.intake import kept
from kewei.journal.models import Fact, Intake, Key, Layout
from kewei.receivables.models import Item, Posting

pytestmark = pytest.mark.django_db(transaction=True)

GOOD_ROW = ["FP1", "T0001", "2026-10-08", "2027-01-06", "100"]


def rows(*changes: dict[int, str]) -> bytes:
    """A CSV of invoices: one good row for each change, changed."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(making.HEADINGS)
    for n, change in enumerate(changes, 1):
        row = [f"FP{n}", *GOOD_ROW[1:]]
        for at, cell in change.items():
            row[at] = cell
        writer.writerow(row)
    return out.getvalue().encode()


# name of the file, its content, and what the message must say: what it is, and where
FILES: dict[str, tuple[str, Callable[[], bytes], tuple[str, ...]]] = {
    "a PDF": ("发票.xlsx", lambda: b"%PDF-1.7\n" + bytes(400), ("不是表格文件，而是PDF 文件",)),
    "a web page": ("发票.xls", lambda: b"<html><table><tr><td>1</td></tr></table></html>", ("改了扩展名的网页",)),
    "a program": ("发票.csv", lambda: b"MZ\x90\x00\x03" + bytes(60), ("可执行程序",)),
    "an empty file": ("发票.csv", lambda: b"", ("表中没有数据",)),
    "UTF-16 without its mark": ("a.csv", lambda: making.text("utf-16-le"), ("第 1 行的文字编码无法识别",)),
    "UTF-32": ("a.csv", lambda: making.text("utf-32"), ("第 1 行的文字编码无法识别", "UTF-32")),
    "Big5": ("a.csv", lambda: making.text("big5", making.TRADITIONAL), ("第 1 行的文字编码无法识别",)),
    "Shift-JIS": ("a.csv", lambda: making.text("shift_jis", making.JAPANESE), ("第 1 行的文字编码无法识别",)),
    "Latin-1": ("a.csv", lambda: making.text("latin-1", making.GERMAN), ("第 1 行的文字编码无法识别",)),
    "text broken before it came": ("a.csv", lambda: making.broken_text(), ("第 3 行含有已损坏的文字",)),
    "duplicated headings": ("a.csv", lambda: making.doubled_heading(), ("第 1 行 F 列的标题「发票号」与 A 列重复",)),
    "formulas without values": ("a.xlsx", lambda: making.formulas(), ("第 3 行 E 列的公式没有计算结果",)),
    "merged cells": ("a.xlsx", lambda: making.merged(), ("第 3 行 B 列是合并单元格（B3:B4）",)),
    "a bomb": ("a.xlsx", lambda: making.bomb(), ("内容不安全",)),
    "only empty rows": ("a.xlsx", lambda: making.empty_rows(), ("表中没有数据",)),
    "a negative amount": (
        "a.csv",
        lambda: rows({}, {4: "-100"}),
        ("第 3 行 E 列「价税合计」：金额必须大于零，现为 -100.00 元",),
    ),
    "a quintillion": ("a.csv", lambda: rows({}, {4: "1e18"}), ("第 3 行 E 列「价税合计」：「1e18」不能作为金额",)),
    "a quintillion, written out": (
        "a.csv",
        lambda: rows({4: "1000000000000000000"}),
        ("第 2 行 E 列「价税合计」", "金额超过上限 100 亿元"),
    ),
    "30 February": (
        "a.csv",
        lambda: rows({}, {}, {2: "2026-02-30"}),
        ("第 4 行 C 列「开票日」：「2026-02-30」不能作为日期：日历上没有这一天",),
    ),
    "a bad row after 200,000 empty ones": (
        "a.csv",
        lambda: making.far_below(),
        ("第 200003 行 E 列「价税合计」：「一百」不能作为金额",),
    ),
}


@pytest.fixture
def staff():
    return cast.assemble()


@pytest.fixture(params=FILES)
def bad_file(request):
    name, make, told = FILES[request.param]
    return name, make(), told


def written() -> list[int]:
    """How many rows there are of everything an import writes."""
    return [table.objects.count() for table in (Fact, Intake, Key, Layout, Posting, Item)]


def test_through_the_command_line(staff, bad_file, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("KEWEI_LANGUAGE", "zh-hans")
    name, content, told = bad_file
    file = tmp_path / name
    file.write_bytes(content)
    before = written()
    assert cli.main(["import", "invoices", str(file), "--as", "qian"]) == 1
    printed = capsys.readouterr()
    said = printed.out + printed.err
    assert [words for words in told if words not in said] == [], said
    assert written() == before
    assert cli.main(["import", "invoices", str(file), "--as", "qian", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    problems = answer.get("problems") or [answer]
    assert all(one["code"] for one in problems)


def test_through_the_wizard(staff, bad_file):
    name, content, told = bad_file
    before, uploads = written(), set(kept.home().glob("*"))
    wizard = Wizard(staff.qian).upload("invoices", name, content)
    if wizard.token:
        wizard.try_out()
        told = tuple(cells_of(words) for words in told)
    else:
        assert wizard.answer.status_code == 422
        assert set(kept.home().glob("*")) == uploads, "what cannot be read is not kept"
    said = "".join(wizard.text.split())
    assert [words for words in told if "".join(words.split()) not in said] == [], said
    if wizard.token:
        wizard.take()  # a press that the page does not offer
        assert "什么都没有写入" in wizard.text
    assert written() == before


def cells_of(words: str) -> str:
    """第 3 行 E 列「价税合计」：… as the table of problems shows it: the row, the column and its heading in cells."""
    if not words.startswith("第 ") or "」：" not in words:
        return words.partition("：")[2] or words.partition("「")[0].removeprefix("第 ").partition(" ")[0]
    row, column = words.split(" ")[1], words.split(" ")[3][0]
    return f"{row}{column}{words[words.index('「') + 1 : words.index('」')]}"


def test_a_hundred_thousand_problems_are_counted_and_the_first_are_listed(staff, tmp_path, monkeypatch, capsys):
    from kewei.desk.intake import findings

    monkeypatch.setattr(findings, "KEPT", 1_000)
    file = tmp_path / "a.csv"
    file.write_bytes(rows(*[{4: "x"}] * 5_000))
    assert cli.main(["import", "invoices", str(file), "--as", "qian", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["problem_count"], told["problem_rows"], len(told["problems"])) == (5_000, 5_000, 1_000)


def test_formulas_in_what_we_hand_out_are_text(staff, tmp_path, capsys):
    book_name = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(book_name)
    page = book.add_worksheet()
    page.write_row(0, 0, making.HEADINGS)
    page.write_string(1, 0, "=cmd|'/c calc'!A1")
    page.write_row(1, 1, GOOD_ROW[1:4])
    page.write_string(1, 4, "x")
    book.close()
    wizard = Wizard(staff.qian).upload("invoices", "a.xlsx", book_name.read_bytes()).try_out()
    content = b"".join(wizard.client.get(wizard.url("problems")).streaming_content)
    assert b"<f>" not in making.sheet_of(content)
