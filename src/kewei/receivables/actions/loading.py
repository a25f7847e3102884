"""Writing postings of very many rows: keys taken beforehand, COPY on PostgreSQL, executemany on SQLite."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.db import IntegrityError, connection

from kewei.journal import bulk
from kewei.journal.actions import record
from kewei.receivables import rules
from kewei.receivables.models import Allocation, Bill, Entry, InvoiceDetail, Item, Posting, ReceiptDetail
from kewei.receivables.queries import ledger
from kewei.receivables.rules import vouching

CHUNK = 5_000
_Row = TypeVar("_Row")

# The columns of each table in the order in which rows are given.
ENTRY = ("id", "posting_id", "terminal_id", "kind", "side", "number", "on", "due_date", "total_fen", "reverses_id")
ITEM = ("entry_id", "terminal_id", "kind", "side", "number", "on", "due_date", "total_fen", "open_fen", "live")
INVOICE_DETAIL = ("entry_id", "original_id", "reason", "fields")
RECEIPT_DETAIL = ("entry_id", "method", "payer_name", "payer_id", "reference", "memo", "fields")
BILL = ("receipt_id", "terminal_id", "kind", "number", "acceptor", "issued_on", "due_on", "fen")
ALLOCATION = ("id", "posting_id", "debit_id", "credit_id", "fen", "on", "reverses_id")


class Loading:
    """One posting of very many rows while it is being written, chunk by chunk; `finish` records the fact."""

    def __init__(self, verb: str, *, by: Any, now: datetime, intake: Any = None, reason: str = "") -> None:
        self.by, self.now = by, now
        self.posting = Posting.objects.create(verb=verb, by=by, at=now, reason=reason, intake=intake)
        self.vouch = vouching.Vouch()

    def enter(self, rows: Sequence[tuple]) -> None:
        """Keep entries, given as (key, terminal, kind, side, number, on, due_date, total_fen, reverses)."""
        posting = self.posting.pk
        bulk.insert(Entry, ENTRY, [(row[0], posting, *row[1:]) for row in rows])
        self.vouch.add("entries", [vouching.entry_line(*row) for row in rows])

    def keep_invoice_details(self, rows: Sequence[tuple]) -> None:
        """Keep details of invoices and red-letter notes: (entry, original, reason, fields)."""
        bulk.insert(InvoiceDetail, INVOICE_DETAIL, rows)
        self.vouch.add("invoice_details", [vouching.invoice_detail_line(*row) for row in rows])

    def keep_receipt_details(self, rows: Sequence[tuple]) -> None:
        """Keep details of receipts: (entry, method, payer_name, payer, reference, memo, fields)."""
        bulk.insert(ReceiptDetail, RECEIPT_DETAIL, rows)
        self.vouch.add("receipt_details", [vouching.receipt_detail_line(*row) for row in rows])

    def keep_bills(self, rows: Sequence[tuple]) -> None:
        """Keep the bills receipts were paid with, in the order of BILL; their details stand in the receipts' fields."""
        bulk.insert(Bill, BILL, rows)

    def allocate(self, rows: Sequence[tuple]) -> None:
        """Keep allocations, given as (key, debit, credit, fen, on, reverses)."""
        posting = self.posting.pk
        bulk.insert(Allocation, ALLOCATION, [(row[0], posting, *row[1:]) for row in rows])
        self.vouch.add("allocations", [vouching.allocation_line(*row) for row in rows])

    def finish(self, name: str, **detail: Any) -> None:
        """Record the fact, with the digest over every row of this posting."""
        digest = self.vouch.digest(ledger.posting_line(self.posting))
        record(
            name, self.posting, by=self.by, at=self.now, posting=self.posting.pk, digest=digest, rows=self.vouch.counts,
            **detail,
        )  # fmt: skip

    @staticmethod
    def chunks(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
        """The rows in chunks.

        They must be readable more than once, because a transaction may have to be tried again.
        """
        walk = iter(rows)
        if walk is rows:
            raise TypeError("rows to import must be readable again from the beginning: give a list, not a generator")
        while chunk := list(islice(walk, CHUNK)):
            yield chunk

    def keep_items(self, rows: Sequence[tuple]) -> None:
        """Keep the summaries of entries just made, in the order of ITEM. Raises DocumentExists.

        Somebody else's import may have taken a number since it was looked for; the database names the first of them.
        """
        try:
            bulk.insert(Item, ITEM, rows)
        except IntegrityError as clash:
            taken = {number for _, _, _, _, number, *_ in rows if f", {number})" in str(clash)}
            if not taken:
                raise
            raise rules.DocumentExists(document_numbers=sorted(taken)) from clash

    @staticmethod
    def settle(taken: Sequence[tuple[int, int]]) -> None:
        """Take fen from (or, negative, give back to) what is open on items: (entry, fen), each entry once.

        The amounts are subtracted by the database from what it has, never overwritten by what we read.
        """
        for start in range(0, len(taken), CHUNK):
            part = taken[start : start + CHUNK]
            values = ",".join(["(%s,%s)"] * len(part))
            with connection.cursor() as cursor:
                cursor.execute(
                    f"UPDATE receivables_item SET open_fen = open_fen - v.column2 FROM (VALUES {values}) AS v"  # noqa: S608
                    " WHERE entry_id = v.column1 AND open_fen >= v.column2",
                    [value for pair in part for value in pair],
                )
                assert cursor.rowcount == len(part), "an item has less open than was decided on"

    @staticmethod
    def end(entries: Sequence[int]) -> None:
        """Items of reversed documents are no longer live: their numbers may be used again."""
        Item.objects.filter(pk__in=entries).update(live=False)
