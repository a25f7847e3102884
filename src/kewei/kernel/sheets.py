"""Reading what people upload."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from kewei.kernel.refusals import N_, Refused, refusal

Cell = str | int | float | bool | date | datetime | None


@dataclass(frozen=True)
class Limits:
    """What a file may cost."""

    max_rows: int = 1_000_000
    max_columns: int = 256


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    cells: list[Cell]


@dataclass
class Sheet:
    headings: list[str]
    rows: Sequence[Row]
    warnings: list[Refused] = field(default_factory=list)


class BadSheet(Refused):
    """A file that cannot be read as a table."""


@refusal
class NotASheet(BadSheet):
    code = "sheet_not_a_sheet"
    says = N_("这个文件不是表格")


def column_letter(index: int) -> str:
    """The letter over a column as spreadsheets show it: 0 -> A, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read_sheet(
    path_or_bytes: str | Path | bytes, filename: str, *, sheet: str | int | None = None, limits: Limits = Limits()
) -> Sheet:
    data = path_or_bytes if isinstance(path_or_bytes, bytes) else Path(path_or_bytes).read_bytes()
    records = [(n, cells) for n, cells in enumerate(_records(data), start=1) if any(c is not None for c in cells)]
    if not records:
        raise NotASheet()
    headings = [str(cell or "") for cell in records[0][1]]
    return Sheet(headings, [Row(n, cells) for n, cells in records[1:]])


def _records(data: bytes) -> Iterator[list[Cell]]:
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        from python_calamine import CalamineWorkbook

        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for row in book.get_sheet_by_index(0).to_python(skip_empty_area=False):
            yield [None if cell == "" else cell for cell in row]  # type: ignore[misc]
        return
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        words = data.decode("gb18030")
    for record in csv.reader(io.StringIO(words, newline="")):
        yield [cell.strip() or None for cell in record]
