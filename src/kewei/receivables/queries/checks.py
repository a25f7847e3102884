"""Everything that can be wrong in the ledger, found by comparing it with itself and with the journal."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from kewei.journal import queries as journal
from kewei.receivables import rules
from kewei.receivables.models import Allocation, Entry, InvoiceDetail, Posting, ReceiptDetail
from kewei.receivables.queries import ledger
from kewei.receivables.rules import vouching

APPEND_ONLY = (
    "receivables_posting", "receivables_entry", "receivables_invoicedetail", "receivables_receiptdetail",
    "receivables_allocation", "receivables_bill", "receivables_billoutcome",
    "receivables_billcheck",
)  # fmt: skip

# fen allocated per entry, from either side.
_ALLOCATED = """(SELECT entry, SUM(fen) AS fen FROM (
    SELECT debit_id AS entry, fen FROM receivables_allocation UNION ALL
    SELECT credit_id, fen FROM receivables_allocation) both_sides GROUP BY entry)"""

# code -> (a query whose rows are findings, the names of its columns; the first says what it is about).
_CHECKS: dict[str, tuple[str, tuple[str, ...]]] = {
    "open_amount": (
        f"""SELECT i.number, i.entry_id, i.total_fen, i.open_fen, COALESCE(a.fen, 0)
        FROM receivables_item i LEFT JOIN {_ALLOCATED} a ON a.entry = i.entry_id
        WHERE i.open_fen <> i.total_fen - COALESCE(a.fen, 0)""",  # noqa: S608
        ("number", "entry", "total_fen", "open_fen", "allocated_fen"),
    ),
    "allocated_too_much": (
        f"""SELECT e.number, e.id, e.total_fen, a.fen FROM receivables_entry e JOIN {_ALLOCATED} a ON a.entry = e.id
        WHERE a.fen < 0 OR a.fen > e.total_fen""",  # noqa: S608
        ("number", "entry", "total_fen", "allocated_fen"),
    ),
    "item_missing": (
        """SELECT e.number, e.id FROM receivables_entry e LEFT JOIN receivables_item i ON i.entry_id = e.id
        WHERE i.entry_id IS NULL""",
        ("number", "entry"),
    ),
    "item_extra": (
        """SELECT i.number, i.entry_id FROM receivables_item i LEFT JOIN receivables_entry e ON e.id = i.entry_id
        WHERE e.id IS NULL""",
        ("number", "entry"),
    ),
    "item_differs": (
        """SELECT e.number, e.id FROM receivables_entry e JOIN receivables_item i ON i.entry_id = e.id
        LEFT JOIN receivables_entry r ON r.reverses_id = e.id
        WHERE i.terminal_id <> e.terminal_id OR i.kind <> e.kind OR i.side <> e.side OR i.number <> e.number
        OR i."on" <> e."on" OR COALESCE(i.due_date, i."on") <> COALESCE(e.due_date, e."on")
        OR i.total_fen <> e.total_fen
        OR CASE WHEN i.live THEN 1 ELSE 0 END <> CASE WHEN e.reverses_id IS NULL AND r.id IS NULL THEN 1 ELSE 0 END""",
        ("number", "entry"),
    ),
    "customers_differ": (
        """SELECT c.number, a.id, d.number FROM receivables_allocation a
        JOIN receivables_entry d ON d.id = a.debit_id JOIN receivables_entry c ON c.id = a.credit_id
        WHERE d.terminal_id <> c.terminal_id""",
        ("number", "allocation", "debit"),
    ),
    "sides_differ": (
        """SELECT c.number, a.id, d.number FROM receivables_allocation a
        JOIN receivables_entry d ON d.id = a.debit_id JOIN receivables_entry c ON c.id = a.credit_id
        WHERE d.side <> 1 OR c.side <> -1""",
        ("number", "allocation", "debit"),
    ),
    "day_too_early": (
        """SELECT c.number, a.id, d.number, a."on" FROM receivables_allocation a
        JOIN receivables_entry d ON d.id = a.debit_id JOIN receivables_entry c ON c.id = a.credit_id
        WHERE a."on" < d."on" OR a."on" < c."on" """,
        ("number", "allocation", "debit", "on"),
    ),
    # Where nothing was ever released, what is open only falls, and today's amount says it all.
    "negative_day": (
        """SELECT e.number, e.id, d."on", e.total_fen - d.fen FROM (
            SELECT entry, "on", SUM(SUM(fen)) OVER (PARTITION BY entry ORDER BY "on") AS fen FROM (
                SELECT debit_id AS entry, "on", fen FROM receivables_allocation UNION ALL
                SELECT credit_id, "on", fen FROM receivables_allocation) both_sides
            WHERE entry IN (SELECT debit_id FROM receivables_allocation WHERE fen < 0
                UNION SELECT credit_id FROM receivables_allocation WHERE fen < 0)
            GROUP BY entry, "on") d
        JOIN receivables_entry e ON e.id = d.entry WHERE d.fen < 0 OR d.fen > e.total_fen""",
        ("number", "entry", "on", "open_fen"),
    ),
    "reversal_differs": (
        """SELECT r.number, r.id FROM receivables_entry r JOIN receivables_entry o ON o.id = r.reverses_id
        WHERE r.side <> -o.side OR r.total_fen <> o.total_fen OR r.terminal_id <> o.terminal_id OR r."on" < o."on"
        OR r.number <> o.number OR r.kind <> 'reversal' OR o.kind = 'reversal'
        UNION ALL SELECT 'allocation', r.id FROM receivables_allocation r
        JOIN receivables_allocation o ON o.id = r.reverses_id
        WHERE r.fen <> -o.fen OR r.debit_id <> o.debit_id OR r.credit_id <> o.credit_id OR r."on" < o."on" """,
        ("number", "row"),
    ),
    "bill_missing": (
        """SELECT e.number, e.id FROM receivables_receiptdetail d JOIN receivables_entry e ON e.id = d.entry_id
        LEFT JOIN receivables_bill b ON b.receipt_id = d.entry_id WHERE d.method = 'bill' AND b.receipt_id IS NULL""",
        ("number", "entry"),
    ),
    "bill_differs": (
        """SELECT e.number, e.id, e.total_fen, b.fen FROM receivables_bill b
        JOIN receivables_entry e ON e.id = b.receipt_id
        JOIN receivables_item i ON i.entry_id = e.id
        LEFT JOIN receivables_billoutcome o ON o.bill_id = b.receipt_id
        WHERE b.fen <> e.total_fen OR b.terminal_id <> e.terminal_id OR e.kind <> 'receipt'
        OR CASE WHEN o.cleared THEN 1 WHEN o.bill_id IS NULL THEN 2 ELSE 0 END = 0 AND i.live""",
        ("number", "entry", "total_fen", "bill_fen"),
    ),
    # Credit that nobody paid: it would settle whatever it is applied to.
    "write_off_open": (
        "SELECT number, entry_id, open_fen FROM receivables_item WHERE kind = 'write_off' AND live AND open_fen > 0",
        ("number", "entry", "open_fen"),
    ),
    "control_total": (
        """SELECT e.terminal, e.fen, COALESCE(i.fen, 0) FROM
        (SELECT terminal_id AS terminal, SUM(side * total_fen) AS fen FROM receivables_entry GROUP BY terminal_id) e
        LEFT JOIN (SELECT terminal_id AS terminal, SUM(side * open_fen) AS fen FROM receivables_item
            WHERE open_fen > 0 GROUP BY terminal_id) i ON i.terminal = e.terminal
        WHERE e.fen <> COALESCE(i.fen, 0)""",
        ("terminal", "control_fen", "balance_fen"),
    ),
}


def findings() -> Iterator[rules.Finding]:
    """Whatever is wrong: amounts that disagree, days no ledger can have, rows no fact vouches for, missing triggers.

    A changed, deleted, inserted or swapped row is found by its posting's digest even where the triggers were dropped
    for it; a changed fact is found by the journal's own findings. Reads the whole ledger, in streams.
    """
    yield from missing_triggers()
    for code, (question, names) in _CHECKS.items():
        with connection.cursor() as cursor:
            cursor.execute(question)
            for about, *numbers in cursor.fetchall():
                yield rules.Finding(code, str(about), dict(zip(names[1:], map(_plain, numbers), strict=True)))
    yield from changed_postings()


def missing_triggers() -> Iterator[rules.Finding]:
    """Tables whose trigger against changes is gone or switched off."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
            wanted = {table: {f"{table}_append_only"} for table in APPEND_ONLY}
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            wanted = {table: {f"{table}_no_update", f"{table}_no_delete"} for table in APPEND_ONLY}
        there = {name for (name,) in cursor.fetchall()}
    for table, names in wanted.items():
        if missing := names - there:
            yield rules.Finding("trigger_missing", table, {"triggers": sorted(missing)})


def changed_postings() -> Iterator[rules.Finding]:
    """Postings whose rows are not those their fact vouches for, and postings or facts without the other."""
    vouched = _vouched()
    rows = {
        "entries": _Grouped(_stream(Entry.objects.order_by("posting", "pk"), _ENTRY), vouching.entry_line),
        "invoice_details": _Grouped(
            _stream(InvoiceDetail.objects.order_by("entry__posting", "pk"), _INVOICE_DETAIL),
            vouching.invoice_detail_line,
        ),
        "receipt_details": _Grouped(
            _stream(ReceiptDetail.objects.order_by("entry__posting", "pk"), _RECEIPT_DETAIL),
            vouching.receipt_detail_line,
        ),
        "allocations": _Grouped(
            _stream(Allocation.objects.order_by("posting", "pk"), _ALLOCATION), vouching.allocation_line
        ),
    }
    for posting in Posting.objects.order_by("pk").iterator(chunk_size=5_000):
        vouch = vouching.Vouch()
        for table, groups in rows.items():
            for lines in groups.up_to(posting.pk):
                vouch.add(table, lines)
        told = vouched.pop(posting.pk, None)
        if told is None:
            yield rules.Finding("posting_unvouched", str(posting.pk), {"verb": posting.verb})
        elif told != vouch.digest(ledger.posting_line(posting)):
            yield rules.Finding("posting_changed", str(posting.pk), {"verb": posting.verb, "rows": vouch.counts})
    for pk in vouched:
        yield rules.Finding("posting_missing", str(pk), {})
    for table, groups in rows.items():
        for pk in [*groups.passed, *groups.rest()]:
            yield rules.Finding("row_without_posting", table, {"posting": pk})


_ENTRY = (
    "posting_id", "pk", "terminal_id", "kind", "side", "number", "on", "due_date", "total_fen", "reverses_id",
)  # fmt: skip
_ALLOCATION = ("posting_id", "pk", "debit_id", "credit_id", "fen", "on", "reverses_id")
_INVOICE_DETAIL = ("entry__posting_id", "pk", "original_id", "reason", "fields")
_RECEIPT_DETAIL = ("entry__posting_id", "pk", "method", "payer_name", "payer_id", "reference", "memo", "fields")


class _Grouped:
    """Rows in the order of their postings, taken posting by posting."""

    def __init__(self, rows: Iterable[tuple], line: Any) -> None:
        self._groups = groupby(rows, key=lambda row: row[0])
        self._line = line
        self._next = next(self._groups, None)
        self.passed: list[int] = []  # postings that do not exist

    def up_to(self, posting: int) -> Iterator[list[str]]:
        """The lines of this posting, in chunks; rows of postings before it have none and are noted."""
        while self._next is not None and self._next[0] < posting:
            self.passed.append(self._next[0])
            self._next = next(self._groups, None)
        if self._next is not None and self._next[0] == posting:
            lines: list[str] = []
            for row in self._next[1]:
                lines.append(self._line(*row[1:]))
                if len(lines) == 5_000:
                    yield lines
                    lines = []
            yield lines
            self._next = next(self._groups, None)

    def rest(self) -> Iterator[int]:
        """Postings of what is left over."""
        while self._next is not None:
            yield self._next[0]
            self._next = next(self._groups, None)


def _stream(rows: QuerySet, fields: tuple[str, ...]) -> Iterator[tuple]:
    return rows.values_list(*fields).iterator(chunk_size=5_000)


def _vouched() -> dict[int, str]:
    """What the facts say the digest of each posting is."""
    digests: dict[int, str] = {}
    for link in journal.links():
        if link.text.name.startswith("receivables."):
            detail = json.loads(link.text.detail)
            if "posting" in detail and "digest" in detail:
                digests[detail["posting"]] = detail["digest"]
    return digests


def _plain(value: Any) -> Any:
    """A number as the finding carries it: PostgreSQL's sums come as decimals."""
    if value is None or isinstance(value, int | str):
        return value
    return value.isoformat() if isinstance(value, date) else int(value)
