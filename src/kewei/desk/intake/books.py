"""Workbooks the wizard hands out: a template per noun, and the rows with problems with their reasons."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import xlsxwriter

from kewei.desk.intake.nouns import Noun
from kewei.kernel.columns import Column, Problem, plain_text
from kewei.kernel.refusals import N_, Translate
from kewei.kernel.sheets import Sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROW_HEADING, REASON_HEADING = N_("原行号"), N_("问题")
# These headings as they stand in either language, folded.
ADDED = {ROW_HEADING, REASON_HEADING, "original row", "problem"}
NOTES_SHEET, REQUIRED, EXAMPLE, MEANING = N_("说明"), N_("必填"), N_("示例"), N_("填写说明")
HEADING, YES = N_("列"), N_("是")


def template(noun: Noun, translate: Translate, chinese: bool = True) -> bytes:
    """An empty file of a noun: headings (required ones marked *), one example row, and a sheet of notes."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    head = book.add_format({"bold": True, "bg_color": "#E7F0F4", "border": 1, "border_color": "#C9D5DB"})
    text = book.add_format({"num_format": "@"})
    pale = book.add_format({"num_format": "@", "font_color": "#7A8790"})
    sheet = book.add_worksheet(translate(noun.label)[:31])
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(noun.columns):
        heading = _heading(column, chinese)
        # Text, so that a spreadsheet keeps every digit of a code.
        sheet.set_column(at, at, max(14, len(heading) * 2 + 4), text)
        sheet.write_string(0, at, f"{heading}*" if column.required else heading, head)
        sheet.write_string(1, at, plain_text(column.example), pale)
    _notes(book, book.add_worksheet(translate(NOTES_SHEET)[:31]), noun, translate, chinese, head)
    book.close()
    return out.getvalue()


def _notes(book: Any, sheet: Any, noun: Noun, translate: Translate, chinese: bool, head: Any) -> None:
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for at, (title, width) in enumerate([(HEADING, 20), (REQUIRED, 8), (EXAMPLE, 26), (MEANING, 70)]):
        sheet.set_column(at, at, width, wrap)
        sheet.write_string(0, at, translate(title), head)
    for row, column in enumerate(noun.columns, 1):
        sheet.write_string(row, 0, _heading(column, chinese))
        sheet.write_string(row, 1, translate(YES) if column.required else "")
        sheet.write_string(row, 2, plain_text(column.example))
        sheet.write_string(row, 3, translate(column.help) if column.help else "")


def _heading(column: Column, chinese: bool) -> str:
    return column.zh if chinese else column.en


def problem_book(sheet: Sheet, problems: Iterable[Problem], translate: Translate) -> bytes:
    """The rows of the file that have problems, as they were, with their row number and every reason.

    The two added columns stand last, so that the corrected rows can be uploaded again.
    """
    reasons: dict[int, list[Problem]] = defaultdict(list)
    for problem in problems:
        reasons[problem.row].append(problem)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    head = book.add_format({"bold": True, "bg_color": "#E7F0F4", "border": 1, "border_color": "#C9D5DB"})
    bad = book.add_format({"bg_color": "#FBE3E0"})
    page = book.add_worksheet()
    page.freeze_panes(1, 0)
    added = [translate(ROW_HEADING), translate(REASON_HEADING)]
    for at, heading in enumerate([*sheet.headings, *added]):
        page.set_column(at, at, 60 if at == len(sheet.headings) + 1 else 18)
        page.write_string(0, at, heading, head)
    letters = {letter: at for at, letter in enumerate(sheet.letters)}
    line = 1
    for row in sheet.rows:
        if row.number not in reasons:
            continue
        marked = {letters[p.column] for p in reasons[row.number] if p.column in letters}
        for at, cell in enumerate(row.cells):
            page.write_string(line, at, plain_text(cell), bad if at in marked else None)
        page.write_number(line, len(sheet.headings), row.number)
        told = "；".join(_reason(p, translate) for p in reasons[row.number])
        page.write_string(line, len(sheet.headings) + 1, told)
        line += 1
    page.autofilter(0, 0, max(line - 1, 1), len(sheet.headings) + 1)
    book.close()
    return out.getvalue()


def _reason(problem: Problem, translate: Translate) -> str:
    reason = problem.why.sentence(translate)
    return f"{problem.heading}：{reason}" if problem.heading else reason
