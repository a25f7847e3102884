"""From a file to records: which sheet, which rows, which column is which, how days and amounts are written."""

from __future__ import annotations

import codecs
import gzip
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from kewei.kernel import columns
from kewei.kernel.columns import EXTRA, Column, Problem
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.kernel.sheets import Cell, Limits, Row, Sheet, read_sheet
from kewei.kernel.sheets.stumbles import FileTooLarge, WrongEncoding

MEGABYTE = 1 << 20
MAX_FILE_MB = 100
LIMITS = Limits(max_bytes=MAX_FILE_MB * MEGABYTE)

ORDERS = {"ymd": N_("年-月-日"), "mdy": N_("月/日/年"), "dmy": N_("日/月/年")}
UNITS = {"yuan": N_("元"), "wan": N_("万元")}
ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16", "shift_jis", "latin-1")

IGNORED = N_("所选编码读不了这个文件")


@refusal
class BadOption(Refused):
    code = "intake_bad_option"
    says = N_("选项 {name} 不能是「{value}」，可用：{allowed}")


@refusal
class NoSuchHeading(Refused):
    code = "intake_no_such_heading"
    says = N_("表中没有标题「{heading}」，现有：{headings}")


@dataclass(frozen=True)
class Options:
    """How a file is written: order of day and month, unit of amounts, which sheet, which encoding, which rows.

    `only` keeps rows whose cell under a heading is one of the values; `but` leaves out those. Both are
    ((heading, (value, …)), …).
    """

    order: str = "ymd"
    unit: str = "yuan"
    sheet: str | None = None
    encoding: str | None = None
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()
    but: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, kept: dict[str, Any] | None) -> Options:
        """From what was remembered as JSON. Raises BadOption for a value that is none."""
        kept = {name: value for name, value in (kept or {}).items() if name in {f.name for f in fields(cls)}}
        for name in ("only", "but"):
            kept[name] = tuple((heading, tuple(values)) for heading, values in kept.get(name) or ())
        options = cls(**kept)
        for name, value, allowed in (
            ("order", options.order, ORDERS),
            ("unit", options.unit, UNITS),
            ("encoding", options.encoding, (None, *ENCODINGS)),
        ):
            if value not in allowed:
                raise BadOption(name=name, value=value, allowed=[word for word in allowed if word])
        return options

    def as_json(self) -> dict[str, Any]:
        """Only what differs from the defaults."""
        return {name: value for name, value in asdict(self).items() if value != getattr(Options(), name)}


# --- opening ------------------------------------------------------------------------------------------


def open_sheet(path: Path, filename: str, options: Options, room_for: Path | None = None) -> Sheet:
    """Read the sheet the options name, with only the rows they keep.

    `room_for` is a folder for a copy, needed where the file has to be unpacked (.gz) or decoded with a chosen encoding.
    Raises BadSheet refusals, NoSuchHeading.
    """
    path = _unpacked(path, room_for or path.parent)
    if options.encoding:
        path = _decoded(path, options.encoding, room_for or path.parent)
    sheet = read_sheet(path, filename, sheet=_sheet_name(options.sheet), limits=LIMITS)
    return _filtered(sheet, options)


def _sheet_name(name: str | None) -> str | int | None:
    """A name as it is; #2 is the second sheet."""
    return int(name[1:]) - 1 if name and re.fullmatch(r"#[1-9]\d?", name) else name


def _unpacked(path: Path, room: Path) -> Path:
    """A gzipped CSV, unpacked beside it; measured while it unpacks, so that a bomb stops early."""
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return path
    target = room / f"{path.name}.unpacked"
    if target.exists():
        return target
    partial, size = target.with_suffix(".part"), 0
    with gzip.open(path) as packed, partial.open("wb") as out:
        while block := packed.read(MEGABYTE):
            size += len(block)
            if size > LIMITS.max_bytes:
                raise FileTooLarge(size_mb=size // MEGABYTE, limit_mb=MAX_FILE_MB)
            out.write(block)
    return partial.replace(target)


def _decoded(path: Path, encoding: str, room: Path) -> Path:
    """The text of the file as UTF-8, read with the encoding the person chose."""
    target = room / f"{path.name}.{encoding}"
    with path.open("rb") as file:
        if file.read(4) in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
            return path
    line = 1
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as out:
        while True:
            block = source.read(MEGABYTE)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                row = line + error.object[: error.start].count(b"\n")
                raise WrongEncoding(row=row, reason=IGNORED) from None
            line += text.count("\n")
            out.write(text)
            if not block:
                return target


class Kept:
    """Rows a filter lets through; read again each time, as a sheet's own rows are."""

    def __init__(self, rows: Any, keeps: Callable[[Row], bool]) -> None:
        self._rows = rows
        self._keeps = keeps

    def __iter__(self) -> Iterator[Row]:
        return (row for row in self._rows if self._keeps(row))

    def __len__(self) -> int:
        return len(self._rows)


def _filtered(sheet: Sheet, options: Options) -> Sheet:
    tests = [
        (_index(sheet, heading), frozenset(values), wanted)
        for filters, wanted in ((options.only, True), (options.but, False))
        for heading, values in filters
    ]
    if not tests:
        return sheet

    def keeps(row: Row) -> bool:
        return all((columns.plain_text(row.cells[index]) in values) is wanted for index, values, wanted in tests)

    rows: Any = Kept(sheet.rows, keeps)
    return replace(sheet, rows=rows)


def _index(sheet: Sheet, heading: str) -> int:
    for index, known in enumerate(sheet.headings):
        if columns.heading_key(known) == columns.heading_key(heading):
            return index
    raise NoSuchHeading(heading=heading, headings=sheet.headings)


# --- amounts in ten thousands -------------------------------------------------------------------------

_MONEY_READERS = (columns.money, columns.positive_money, columns.money_or_nought)


def in_unit(column: Column, unit: str) -> Column:
    """The column, reading amounts in 万元 where the file is in 万元."""
    if unit != "wan" or column.read not in _MONEY_READERS:
        return column
    return replace(column, read=lambda cell: column.read(_ten_thousands(cell)))


def _ten_thousands(cell: Cell) -> Cell:
    """1.2 meant as 万元 becomes the text 1.2万, which money reads exactly."""
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        return cell
    text = format(cell, ".15g") if isinstance(cell, float) else str(cell).strip()
    bare = re.sub(r"元(整)?$", "", text)
    if bare.endswith(("万", "亿")) or "e" in bare:
        return bare
    return f"{bare[:-1]}万)" if bare.endswith((")", "）")) else f"{bare}万"


# --- records ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Where:
    """Where each column of ours stands in the file, to name it in problems."""

    letters: dict[str, str]
    headings: dict[str, str]

    def problem(self, row: int, name: str, value: Any, why: Refused) -> Problem:
        """A problem at a column of ours, under the letter and heading the file gives it."""
        shown = columns.plain_text(value) if isinstance(value, Cell) else str(value)
        return Problem(row, self.letters.get(name, ""), self.headings.get(name, name), shown[:200], why)


@dataclass(frozen=True)
class Records:
    """A file as one noun's records: `(row, values, problems)` of every row, read afresh each time it is iterated."""

    sheet: Sheet
    columns: Sequence[Column]
    mapping: dict[str, str | None]
    options: Options

    @property
    def where(self) -> Where:
        """Letters and headings by column name; a derived sheet knows the headings it was derived from."""
        at = {name: i for i, h in enumerate(self.sheet.headings) if (name := self.mapping.get(h)) not in (None, EXTRA)}
        headings = getattr(self.sheet.rows, "headings", self.sheet.headings)
        return Where(
            {name: self.sheet.letters[i] for name, i in at.items()}, {name: headings[i] for name, i in at.items()}
        )

    def __len__(self) -> int:
        return len(self.sheet.rows)

    def __iter__(self) -> Iterator[tuple[int, dict[str, Any], list[Problem]]]:
        known = [in_unit(column, self.options.unit) for column in self.columns]
        return iter(columns.read_rows(self.sheet, known, self.mapping, self.options.order))


def forget_copies(path: Path) -> None:
    """Remove the unpacked and decoded copies beside a file."""
    for copy in path.parent.glob(f"{path.name}.*"):
        copy.unlink(missing_ok=True)
