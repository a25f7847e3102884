"""The statement as an Excel file: amounts are numbers, so that the customer's accountant can go on from there."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

from kewei.receivables.papers.statement import what_moved
from kewei.receivables.rules.rows import KINDS
from kewei.receivables.rules.statement import Statement

_WIDTHS = {0: 13, 1: 22, 2: 26, 3: 13, 4: 16, 5: 16, 6: 18}


def statement_xlsx(statement: Statement, paper: dict[str, Any], translate: Callable[[str], str]) -> bytes:
    """A statement as .xlsx: head, movements with opening and closing, open items. Nothing in it is a formula."""
    import xlsxwriter

    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, head = book.add_format({"bold": True}), book.add_format({"bold": True, "bottom": 1})
    title = book.add_format({"bold": True, "font_size": 16})
    money = book.add_format({"num_format": "#,##0.00"})
    total = book.add_format({"num_format": "#,##0.00", "bold": True, "top": 1})
    w = paper["words"]

    page = book.add_worksheet(w["title"])
    page.set_landscape()
    page.fit_to_pages(1, 0)
    for column, width in _WIDTHS.items():
        page.set_column(column, column, width)
    page.write(0, 0, f"{paper['company']['name']} {w['title']}".strip(), title)
    about = [
        (w["to"], f"{paper['customer']['name']} {paper['customer']['code']}"),
        (w["credit_code"], paper["customer"]["credit_code"]),
        (w["period"], f"{paper['first']} {w['until']} {paper['last']}"),
        (w["in_words"], paper["closing_in_words"]),
    ]
    for row, (name, value) in enumerate(about, start=1):
        page.write(row, 0, name, bold)
        page.write_string(row, 1, value)
    row = len(about) + 2
    for column, name in enumerate(("day", "kind", "number", "due", "increase", "decrease", "balance")):
        page.write(row, column, w[name], head)
    page.freeze_panes(row + 1, 0)
    row = _amount_row(page, row + 1, w["opening"], 6, statement.opening_fen, money)
    for line in statement.lines:
        moved = line.movement
        what = what_moved(moved, w, translate)
        texts = [moved.on.isoformat(), what, moved.number, moved.due_date.isoformat() if moved.due_date else ""]
        for column, text in enumerate(texts):
            page.write_string(row, column, text)
        page.write_number(row, 4 if moved.fen > 0 else 5, _yuan(abs(moved.fen)), money)
        page.write_number(row, 6, _yuan(line.balance_fen), money)
        row += 1
    row = _amount_row(page, row, w["closing"], 6, statement.closing_fen, total) + 1

    page.write(row, 0, w["open_items"], bold)
    row += 1
    for column, name in enumerate(("day", "kind", "number", "due", "overdue_days", "open")):
        page.write(row, column, w[name], head)
    for open_line in statement.open_lines:
        row += 1
        item = open_line.item
        for column, text in enumerate(
            (item.on.isoformat(), translate(KINDS["invoice"]), item.number, item.due_date.isoformat())
        ):
            page.write_string(row, column, text)
        page.write_number(row, 4, open_line.overdue_days)
        page.write_number(row, 5, _yuan(item.open_fen), money)
    row = _amount_row(page, row + 1, w["total"], 5, sum(line.item.open_fen for line in statement.open_lines), total)
    row = _amount_row(page, row, w["unapplied"], 5, -statement.unapplied_fen, money) + 1
    for text in (
        paper["request"],
        paper["declaration"],
        f"{w['made']} {paper['made_at']}  {w['mark']} {paper['mark']}",
    ):
        if text:
            page.write_string(row, 0, text)
            row += 1
    book.close()
    return out.getvalue()


def _amount_row(page: Any, row: int, name: str, column: int, fen: int, style: Any) -> int:
    page.write_string(row, 1, name)
    page.write_number(row, column, _yuan(fen), style)
    return row + 1


def _yuan(fen: int) -> Decimal:
    return Decimal(fen) / 100
