"""From records to a table: find the headings, check what stands under them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from kewei.kernel.names import fold
from kewei.kernel.refusals import Refused
from kewei.kernel.sheets.stumbles import DuplicateHeading, EmptyHeading, MergedCells, NoRows

Cell = str | int | float | bool | date | datetime | None

# Row number from 1, and the cells from column A.
Record = tuple[int, list[Cell]]

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What a file may cost. Beyond these it is refused, before it has cost more."""

    max_bytes: int = 200 * MEGABYTE
    max_rows: int = 1_000_000
    max_columns: int = 200
    # A spreadsheet is held as a full rectangle of some 32 bytes a cell while it is read.
    max_cells: int = 6_000_000
    max_unpacked_bytes: int = 600 * MEGABYTE
    # Real sheets pack 5 to 40 times smaller, a bomb up to a thousand times.
    max_ratio: int = 150


@dataclass(frozen=True)
class Area:
    """A rectangle of cells, rows and columns counted from 1."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{column_letter(self.left - 1)}{self.top}:{column_letter(self.right - 1)}{self.bottom}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row with something in it: the number people see beside it, and its cells under the headings."""

    number: int
    cells: list[Cell]


class Rows:
    """The rows under the headings, read afresh from the source each time; `len` is how many have content."""

    def __init__(self, records: Iterable[Record], heading_row: int, columns: list[int], count: int) -> None:
        self._records = records
        self._heading_row = heading_row
        self._columns = columns
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Row]:
        columns = self._columns
        in_place = columns == list(range(len(columns)))
        width = len(columns)
        for number, cells in self._records:
            if number <= self._heading_row:
                continue
            if in_place and len(cells) == width:
                kept = cells
            else:
                kept = [cells[i] if i < len(cells) else None for i in columns]
            if kept.count(None) < width:
                yield Row(number, kept)


@dataclass(frozen=True)
class Sheet:
    """A table: its headings, the letters of their columns, the rows below, and what is worth a warning."""

    headings: list[str]
    rows: Rows
    letters: list[str]
    heading_row: int
    name: str = ""
    warnings: list[Refused] = field(default_factory=list)


def column_letter(index: int) -> str:
    """The letter over a column as spreadsheets show it: 0 -> A, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """The opposite of `column_letter`: A -> 0, AA -> 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter.upper()) - 64
    return index - 1


def clean(value: Any) -> Cell:
    """A raw cell as the house uses it: text trimmed, blank as None, whole floats as int, a time of day as text."""
    kind = type(value)
    if kind is str:
        return value.strip() or None
    if kind is float:
        return int(value) if value.is_integer() else value
    if kind is time or kind is timedelta:
        return str(value)
    return value


def tabulate(
    records: Iterable[Record],
    *,
    name: str = "",
    merged: Sequence[Area] = (),
    warnings: Sequence[Refused] = (),
) -> Sheet:
    """Make a table of re-iterable records. Raises NoRows, DuplicateHeading, EmptyHeading, MergedCells."""
    heading_row, cells = _heading_record(records)
    headings = ["" if cell is None else " ".join(_as_text(cell).split()) for cell in cells]
    _check_duplicates(headings, heading_row)
    _check_merged(merged, heading_row, heading_row)
    columns = [i for i, heading in enumerate(headings) if heading]
    count, last_row = _check_content(records, heading_row, headings)
    _check_merged(merged, heading_row, last_row)
    return Sheet(
        headings=[headings[i] for i in columns],
        rows=Rows(records, heading_row, columns, count),
        letters=[column_letter(i) for i in columns],
        heading_row=heading_row,
        name=name,
        warnings=list(warnings),
    )


def _as_text(cell: Cell) -> str:
    return cell.date().isoformat() if isinstance(cell, datetime) else str(cell)


def _heading_record(records: Iterable[Record]) -> Record:
    """The first record with content; a line with one cell over a line with several is a title, and is skipped."""
    with_content = ((number, cells) for number, cells in records if cells.count(None) < len(cells))
    first = next(with_content, None)
    second = next(with_content, None)
    if first is None or second is None:
        raise NoRows()
    return second if _filled(first[1]) == 1 and _filled(second[1]) > 1 else first


def _filled(cells: list[Cell]) -> int:
    return len(cells) - cells.count(None)


def _check_duplicates(headings: list[str], heading_row: int) -> None:
    seen: dict[str, int] = {}
    for index, heading in enumerate(headings):
        if not heading:
            continue
        first = seen.setdefault(fold(heading), index)
        if first != index:
            raise DuplicateHeading(
                row=heading_row,
                column=column_letter(index),
                heading=heading,
                other_column=column_letter(first),
            )


def _check_content(records: Iterable[Record], heading_row: int, headings: list[str]) -> tuple[int, int]:
    """Count the rows with content and find the last; refuse content in a column without heading."""
    count = last_row = 0
    bare = [i for i, heading in enumerate(headings) if not heading]
    width = len(headings)
    for number, cells in records:
        if number <= heading_row or cells.count(None) == len(cells):
            continue
        count += 1
        last_row = number
        stray = next((i for i in bare if i < len(cells) and cells[i] is not None), None)
        if stray is None and len(cells) > width:
            stray = next((i for i in range(width, len(cells)) if cells[i] is not None), None)
        if stray is not None:
            raise EmptyHeading(column=column_letter(stray), row=number)
    if not count:
        raise NoRows()
    return count, last_row


def _check_merged(merged: Sequence[Area], heading_row: int, last_row: int) -> None:
    touching = [area for area in merged if area.bottom >= heading_row and area.top <= last_row]
    if touching:
        first = min(touching, key=lambda area: (area.top, area.left))
        raise MergedCells(row=first.top, column=column_letter(first.left - 1), area=str(first))
