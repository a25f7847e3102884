"""The ledger's columns read into arrays, fast: binary COPY on PostgreSQL, the bare cursor on SQLite."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

ENTRY = np.dtype(
    [
        ("id", "i8"),
        ("terminal", "i8"),
        ("total_fen", "i8"),
        ("on", "i4"),
        ("due", "i4"),
        ("side", "i2"),
        ("kind", "i2"),
    ]
)
ALLOCATION = np.dtype([("debit", "i8"), ("credit", "i8"), ("fen", "i8"), ("on", "i4")])

# The same with the keys of what they reverse, nought where nothing.
KNOWN_ENTRY = np.dtype([*ENTRY.descr, ("reverses", "i8")])
KNOWN_ALLOCATION = np.dtype([("id", "i8"), *ALLOCATION.descr, ("reverses", "i8")])

# Codes of documents; the reversal of one has the code three higher.
INVOICE, RED_LETTER, RECEIPT, WRITE_OFF = 0, 1, 2, 6
BILLED = (INVOICE, RED_LETTER, INVOICE + 3, RED_LETTER + 3)
COLLECTED = (RECEIPT, RECEIPT + 3)

# Days travel as proleptic ordinals, date.toordinal(): 1 is 0001-01-01.
_DAY = {
    "postgresql": "(({0}) - DATE '0001-01-01' + 1)::int4",
    "sqlite": "CAST(julianday({0}) - 1721424.5 AS INTEGER)",
}
_BYTES = {2: "int2", 4: "int4", 8: "int8"}
_CODES = (
    f"WHEN 'invoice' THEN {INVOICE} WHEN 'red_letter' THEN {RED_LETTER} WHEN 'write_off' THEN {WRITE_OFF}"
    f" ELSE {RECEIPT} END"
)
_KIND = (
    "CASE WHEN reverses_id IS NULL THEN CASE kind " + _CODES + " ELSE 3 + (SELECT CASE original.kind " + _CODES  # noqa: S608
    + " FROM receivables_entry original WHERE original.id = receivables_entry.reverses_id) END"
)  # fmt: skip


def entries(postings: Sequence[int] | None = None) -> npt.NDArray:
    """Entries (of these postings, or all) as an array of ENTRY, in the order of their keys.

    No due date: the document's day.
    """
    day, due = _day('"on"'), _day('COALESCE(due_date, "on")')
    columns = ["id", "terminal_id", "total_fen", day, due, "side", _KIND]
    return _read(columns, "receivables_entry", ENTRY, postings)


def allocations(postings: Sequence[int] | None = None) -> npt.NDArray:
    """Allocations (of these postings, or all) as an array of ALLOCATION, in the order of their keys."""
    return _read(["debit_id", "credit_id", "fen", _day('"on"')], "receivables_allocation", ALLOCATION, postings)


def known_entries(where: str = "") -> npt.NDArray:
    """Entries that meet a condition (or all) as an array of KNOWN_ENTRY, in the order of their keys."""
    day, due = _day('"on"'), _day('COALESCE(due_date, "on")')
    columns = ["id", "terminal_id", "total_fen", day, due, "side", _KIND, "COALESCE(reverses_id, 0)"]
    return _select(columns, "receivables_entry", KNOWN_ENTRY, f"WHERE {where}" if where else "")


def known_allocations(where: str = "") -> npt.NDArray:
    """Allocations that meet a condition (or all) as an array of KNOWN_ALLOCATION, in the order of their keys."""
    columns = ["id", "debit_id", "credit_id", "fen", _day('"on"'), "COALESCE(reverses_id, 0)"]
    return _select(columns, "receivables_allocation", KNOWN_ALLOCATION, f"WHERE {where}" if where else "")


@contextmanager
def snapshot() -> Iterator[None]:
    """Several reads that see one state of the ledger, without keeping anybody from writing."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        postgres = connection.vendor == "postgresql"
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if postgres else "BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _day(column: str) -> str:
    return _DAY[connection.vendor].format(column)


def _read(columns: Sequence[str], table: str, dtype: np.dtype, postings: Sequence[int] | None) -> npt.NDArray:
    if postings is not None and not len(postings):
        return np.zeros(0, dtype=dtype)
    where = "" if postings is None else f"WHERE posting_id IN ({','.join(str(int(pk)) for pk in postings)})"
    return _select(columns, table, dtype, where)


def _select(columns: Sequence[str], table: str, dtype: np.dtype, where: str) -> npt.NDArray:
    # A COPY hands over row by row: worth it for the whole ledger, not for the rows of some customers.
    if connection.vendor == "postgresql" and "terminal_id IN" not in where:
        typed = ",".join(
            f"({column})::{_BYTES[dtype[name].itemsize]}"
            for column, name in zip(columns, dtype.names or (), strict=True)
        )
        return _copied(f"SELECT {typed} FROM {table} {where} ORDER BY id", dtype)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {','.join(columns)} FROM {table} {where} ORDER BY id")  # noqa: S608
        return np.fromiter(_in_batches(cursor), dtype=dtype)


def _in_batches(cursor: Any) -> Iterator[tuple]:
    """Every row; psycopg hands over thousands at once for little more than one."""
    while rows := cursor.fetchmany(10_000):
        yield from rows


def _copied(select: str, dtype: np.dtype) -> npt.NDArray:
    """Rows of a COPY … (FORMAT binary): whole numbers without NULL, so that every row has the same length."""
    names = dtype.names or ()
    # A row is a count of fields and, for each, its length and its bytes, all big-endian.
    fields: list[tuple[str, str]] = [("", ">i2")]
    for name in names:
        fields += [(f"len_{name}", ">i4"), (name, f">i{dtype[name].itemsize}")]
    row = np.dtype([(name or "count", kind) for name, kind in fields])
    parts: list[npt.NDArray] = []
    rest, header = b"", 19  # signature, flags, length of the extension: none of it varies
    with connection.cursor() as cursor, cursor.copy(f"COPY ({select}) TO STDOUT (FORMAT binary)") as copy:
        pieces: list[bytes] = []
        size = 0
        for piece in copy:
            pieces.append(bytes(piece))
            size += len(pieces[-1])
            if size < 4_000_000:
                continue
            rest, header = _rows_of(rest + b"".join(pieces), header, row, dtype, parts)
            pieces, size = [], 0
        rest, _ = _rows_of(rest + b"".join(pieces), header, row, dtype, parts)
    assert rest == b"\xff\xff", "the stream ends with its own mark"
    return np.concatenate(parts) if parts else np.zeros(0, dtype=dtype)


def _rows_of(data: bytes, header: int, row: np.dtype, dtype: np.dtype, parts: list[npt.NDArray]) -> tuple[bytes, int]:
    """Move the whole rows of `data` into `parts`; return what is left over, and what of the header is still to skip."""
    data = data[header:]
    count = len(data) // row.itemsize
    read = np.frombuffer(data, dtype=row, count=count)
    kept = np.empty(count, dtype=dtype)
    for name in dtype.names or ():
        kept[name] = read[name]
    parts.append(kept)
    return data[count * row.itemsize :], 0
