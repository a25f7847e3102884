"""The digest by which a fact vouches for the rows of its posting.

A changed, lost, added or swapped row does not fit.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

# A sign no document number may hold (check_number asks for printable ones), so that fields cannot run into each other.
_BETWEEN = "\x1f"
TABLES = ("entries", "invoice_details", "receipt_details", "allocations")


class Vouch:
    """A running digest over a posting's rows, table by table; each table's rows come in the order of their keys."""

    def __init__(self) -> None:
        self._marks = {table: hashlib.sha256() for table in TABLES}
        self.counts = dict.fromkeys(TABLES, 0)

    def add(self, table: str, lines: Iterable[str]) -> None:
        """Take in rows of one table as the `…_line` functions write them."""
        lines = list(lines)
        if lines:
            self._marks[table].update(("\n".join(lines) + "\n").encode())
            self.counts[table] += len(lines)

    def digest(self, posting: str) -> str:
        """The digest over the posting's own line and everything taken in, in hex."""
        whole = hashlib.sha256(posting.encode())
        for table in TABLES:
            whole.update(f"{_BETWEEN}{table}{_BETWEEN}{self.counts[table]}{_BETWEEN}".encode())
            whole.update(self._marks[table].digest())
        return whole.hexdigest()


def posting_line(pk: int, verb: str, by: int, at: str, reason: str, intake: int | None) -> str:
    """A posting's row as text; `at` in ISO 8601, UTC, microseconds."""
    return json.dumps([pk, verb, by, at, reason, intake], ensure_ascii=False)


def entry_line(
    pk: int,
    terminal: int,
    kind: str,
    side: int,
    number: str,
    on: date | str,
    due_date: date | str | None,
    total_fen: int,
    reverses: int | None,
) -> str:
    """An entry's row as text."""
    document = f"{pk}\x1f{terminal}\x1f{kind}\x1f{side}\x1f{number}\x1f{on}"
    return f"{document}\x1f{due_date or ''}\x1f{total_fen}\x1f{reverses or ''}"


def allocation_line(pk: int, debit: int, credit: int, fen: int, on: date | str, reverses: int | None) -> str:
    """An allocation's row as text."""
    return f"{pk}\x1f{debit}\x1f{credit}\x1f{fen}\x1f{on}\x1f{reverses or ''}"


def invoice_detail_line(entry: int, original: int | None, reason: str, fields: Any) -> str:
    """An invoice detail's row as text."""
    return json.dumps([entry, original, reason, fields], ensure_ascii=False, sort_keys=True)


def receipt_detail_line(
    entry: int, method: str, payer_name: str, payer: int | None, reference: str, memo: str, fields: Any
) -> str:
    """A receipt detail's row as text."""
    return json.dumps([entry, method, payer_name, payer, reference, memo, fields], ensure_ascii=False, sort_keys=True)
