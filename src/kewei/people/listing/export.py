"""A list as an Excel file: every row that is visible, in constant memory, and a fact that it left the house."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext

from kewei.people.frame import action, record
from kewei.people.listing.columns import Col, reader_of

# The journal's own name for it: people stands below the journal and cannot import it.
EXPORTED = "journal.exported"
CHUNK = 2000
# Excel's own limit is 1,048,576 lines.
ROWS_PER_SHEET = 1_000_000
NUMBER_FORMATS = {"amount": "#,##0.00", "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm", "number": "#,##0"}
WIDTHS = {"amount": 16, "day": 12, "moment": 17, "number": 12}
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Fetch = Callable[[int, int, str, dict[str, Any]], tuple]


@action
def take_out(*, noun: str, verb: str, rows: int, asked: str, by: Any, now: datetime) -> None:
    """导出留痕  Record that a list left the house: which, how many rows, what was asked for. Raises NotAllowed."""
    by.must(verb)
    record(EXPORTED, noun, by=by, at=now, rows=rows, asked=asked)


def all_rows(fetch: Fetch, order: str, filters: dict[str, Any]) -> Iterator[Any]:
    """Every row a fetch gives, page by page: for lists that cannot be long."""
    start = 0
    while rows := fetch(start, CHUNK, order, filters)[0]:
        yield from rows
        if len(rows) < CHUNK:
            return
        start += CHUNK


def workbook(name: str, columns: Sequence[Col], rows: Iterator[Any]) -> FileResponse:
    """The file, written row by row to a temporary file and sent from there. Texts stay texts, never formulas.

    What does not fit on one sheet goes on to the next.
    """
    kept = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115  closed by the response when it has been sent
    with xlsxwriter.Workbook(kept, {"constant_memory": True, "in_memory": False}) as book:
        formats = {kind: book.add_format({"num_format": shape}) for kind, shape in NUMBER_FORMATS.items()}
        head = book.add_format({"bold": True, "bg_color": "#E5F0F2", "bottom": 1})
        sheet, line = _sheet(book, columns, head), 0
        writers: list | None = None
        for row in rows:
            if line == ROWS_PER_SHEET:
                sheet, line = _sheet(book, columns, head), 0
            line += 1
            writers = writers or [(reader_of(c, row), c, formats.get(c.kind)) for c in columns]
            for place, (read, column, style) in enumerate(writers):
                _write(sheet, line, place, read(row), column, style)
    kept.seek(0)
    today = timezone.localdate().strftime("%Y%m%d")
    return FileResponse(kept, as_attachment=True, filename=f"{name}-{today}.xlsx", content_type=SHEET_TYPE)


def _sheet(book: Any, columns: Sequence[Col], head: Any) -> Any:
    sheet = book.add_worksheet()
    for place, column in enumerate(columns):
        sheet.set_column(place, place, WIDTHS.get(column.kind, 22))
        sheet.write_string(0, place, gettext(column.zh), head)
    sheet.freeze_panes(1, 1)
    return sheet


def _write(sheet: Any, line: int, place: int, value: Any, column: Col, style: Any) -> None:
    if value is None or value == "":
        return
    if column.words:
        value = column.words(value)
    if column.kind == "amount":
        sheet.write_number(line, place, Decimal(value).scaleb(-2), style)
    elif isinstance(value, datetime):
        sheet.write_datetime(line, place, timezone.localtime(value).replace(tzinfo=None), style)
    elif isinstance(value, date):
        sheet.write_datetime(line, place, datetime(value.year, value.month, value.day), style)  # noqa: DTZ001
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
        sheet.write_number(line, place, value, style)
    else:
        sheet.write_string(line, place, str(value)[:32767], style)
