"""Writing a posting: its documents, its allocations, the summary of both, and the fact that vouches for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import IntegrityError

from kewei.journal import bulk
from kewei.journal.actions import record
from kewei.receivables import rules
from kewei.receivables.actions.loading import Loading
from kewei.receivables.models import DEBIT, REVERSAL, Allocation, Entry, Item, Posting
from kewei.receivables.queries import ledger
from kewei.receivables.rules import vouching

ALLOCATION = ("posting_id", "debit_id", "credit_id", "fen", "on", "reverses_id")


class Move(NamedTuple):
    """Money going from a credit item to a debit item on a day; a release has negative fen and names what it undoes."""

    debit: Item
    credit: Item
    fen: int
    on: date
    reverses: Allocation | None = None


@dataclass
class Booking:
    """One posting while it is being written.

    `finish` keeps the items and records the fact; without it nothing holds.
    """

    verb: str
    by: Any
    now: datetime
    reason: str = ""
    posting: Posting = field(init=False)
    entered: list[Item] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.posting = Posting.objects.create(verb=self.verb, by=self.by, at=self.now, reason=self.reason)
        self._lines: dict[str, list[tuple[int, str]]] = {table: [] for table in vouching.TABLES}
        self._moved: dict[int, tuple[Item, int]] = {}
        self._ended: list[int] = []

    @property
    def today(self) -> date:
        """The day this is booked on."""
        return ledger.local_day(self.now)

    def enter(
        self,
        *,
        terminal_id: int,
        kind: str,
        side: int,
        number: str,
        on: date,
        total_fen: int,
        due_date: date | None = None,
        reverses: Entry | None = None,
    ) -> tuple[Entry, Item]:
        """Keep a document; its item, wholly open, is kept by `finish`. A reversal's item is never live."""
        entry = Entry.objects.create(
            posting=self.posting, terminal_id=terminal_id, kind=kind, side=side, number=number, on=on,
            due_date=due_date, total_fen=total_fen, reverses=reverses,
        )  # fmt: skip
        line = vouching.entry_line(
            entry.pk, terminal_id, kind, side, number, on, due_date, total_fen, reverses.pk if reverses else None
        )
        self._lines["entries"].append((entry.pk, line))
        item = Item(
            entry=entry, terminal_id=terminal_id, kind=kind, side=side, number=number, on=on, due_date=due_date,
            total_fen=total_fen, open_fen=total_fen, live=kind != REVERSAL,
        )  # fmt: skip
        self.entered.append(item)
        return entry, item

    def detail(self, table: str, row: Any, line: str) -> None:
        """Keep a document's detail row."""
        row.save(force_insert=True)
        self._lines[table].append((row.pk, line))

    def move(self, moves: Sequence[Move]) -> None:
        """Keep allocations or their releases, and carry their amounts over to the items."""
        rows = [(m.debit.pk, m.credit.pk, m.fen, m.on, m.reverses.pk if m.reverses else None) for m in moves]
        posting = self.posting.pk
        keys = bulk.insert_numbered(Allocation, ALLOCATION, [(posting, *row) for row in rows])
        for key, row, m in zip(keys, rows, moves, strict=True):
            self._lines["allocations"].append((key, vouching.allocation_line(key, *row)))
            for item in (m.debit, m.credit):
                self._take(item, m.fen)
                if m.fen < 0 and m.reverses is not None and m.on > m.reverses.on:
                    item.released_on = max(item.released_on or m.on, m.on)

    def allocate(
        self, debit_of: dict[int, Item], credit: Item, shares: Iterable[rules.Share], asked: date
    ) -> list[Move]:
        """Keep shares of a credit item, each from the day asked or the first on which both sides have the money."""
        moves = []
        for share in shares:
            debit = debit_of[share.item_id]
            moves.append(
                Move(
                    debit,
                    credit,
                    share.fen,
                    rules.earliest_day(asked, debit.on, credit.on, debit.released_on, credit.released_on),
                )
            )
        self.move(moves)
        return moves

    def release(self, allocations: Sequence[Allocation], item_of: dict[int, Item], on: date | None) -> None:
        """Keep the reversal of allocations, from `on` or, where that is earlier or None, from their own day."""
        self.move(
            [
                Move(item_of[a.debit_id], item_of[a.credit_id], -a.fen, max(on or a.on, a.on), a)
                for a in allocations
            ]
        )  # fmt: skip

    def reverse(self, original: Entry, item: Item, on: date) -> Entry:
        """Keep the reversal of a document nothing is allocated to or from, wholly settled against it.

        Frees its number.
        """
        reversal, opposite = self.enter(
            terminal_id=original.terminal_id, kind=REVERSAL, side=-original.side, number=original.number, on=on,
            total_fen=original.total_fen, reverses=original,
        )  # fmt: skip
        debit, credit = (item, opposite) if original.side == DEBIT else (opposite, item)
        self.allocate({debit.pk: debit}, credit, [rules.Share(debit.pk, original.total_fen)], on)
        item.live = False
        self._ended.append(item.pk)
        return reversal

    def finish(self, name: str, subject: Any, terminal: int | None, **detail: Any) -> Posting:
        """Keep the items and record the fact, with the digest over every row of this posting."""
        self._keep_items()
        vouch = vouching.Vouch()
        for table, lines in self._lines.items():
            vouch.add(table, [line for _, line in sorted(lines)])
        digest = vouch.digest(ledger.posting_line(self.posting))
        record(
            name, subject, by=self.by, at=self.now, terminal=terminal,
            posting=self.posting.pk, digest=digest, rows=vouch.counts, **detail,
        )  # fmt: skip
        return self.posting

    def _take(self, item: Item, fen: int) -> None:
        item.open_fen -= fen
        before = self._moved.get(item.pk, (item, 0))[1]
        self._moved[item.pk] = (item, before + fen)

    def _keep_items(self) -> None:
        new = {item.pk for item in self.entered}
        try:
            Item.objects.bulk_create(self.entered)
        except IntegrityError as clash:
            # Somebody posted the same number between our question and now.
            if "number" not in str(clash):
                raise
            raise rules.DocumentExists(document_numbers=sorted({item.number for item in self.entered})) from clash
        Loading.settle([(pk, fen) for pk, (_, fen) in sorted(self._moved.items()) if pk not in new and fen])
        if self._ended:
            Item.objects.filter(pk__in=self._ended).update(live=False)
        for item, _ in self._moved.values():
            if item.pk not in new and item.released_on is not None:
                Item.objects.filter(pk=item.pk).update(released_on=item.released_on)
