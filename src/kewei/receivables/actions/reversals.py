"""Undoing by adding: a document, or a whole posting, is reversed by entries that name what they reverse."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from kewei.journal import bulk
from kewei.journal.actions import action
from kewei.kernel.refusals import NotAllowed
from kewei.receivables import facts, rules
from kewei.receivables.actions.booking import Booking
from kewei.receivables.actions.loading import CHUNK, Loading
from kewei.receivables.models import DEBIT, REVERSAL, WRITE_OFF, Allocation, Entry, Item, Posting
from kewei.receivables.queries import ledger
from kewei.receivables.rules.write_offs import WrittenOffMeanwhile

REVERSE = "receivables.reverse"


@action
def reverse_entry(*, entry: Any, on: date | None = None, reason: str, by: Any, now: datetime) -> Entry:
    """冲销单据  Reverse an invoice, red-letter note or receipt from `on` (today where not given), freeing its number.

    Its live allocations are taken back first, so that what it settled is open again. Raises AlreadyReversed,
    ReversalIsFinal, ReversalBeforeOriginal, ReasonMissing, WrittenOffMeanwhile.
    """
    by.must(REVERSE)
    original = ledger.visible_entry(by, ledger.key_of(entry), REVERSE)
    allocations, items = _lock_with_counterparts(original, by)
    if not reason.strip():
        raise rules.ReasonMissing
    rules.check_words(reason=reason)
    if original.kind == REVERSAL:
        raise rules.ReversalIsFinal(number=original.number)
    _check_written_off(original, items)
    item = items[original.pk]
    today = ledger.local_day(now)
    day = max(today, original.on) if on is None else on
    rules.check_reversal(
        number=original.number, on=day, original_on=original.on, already_reversed=not item.live, allocated_fen=0,
        today=max(today, original.on),
    )  # fmt: skip
    booking = Booking("reverse_entry", by=by, now=now, reason=reason)
    booking.release(allocations, items, day)
    reversal = booking.reverse(original, item, day)
    booking.finish(
        facts.ENTRY_REVERSED, original, original.terminal_id, kind=original.kind, number=original.number,
        total_fen=original.total_fen, on=day, reason=reason, released_fen=sum(a.fen for a in allocations),
    )  # fmt: skip
    return reversal


def _check_written_off(original: Entry, items: dict[int, Item]) -> None:
    """An invoice stays while a write-off stands on it: released, the write-off would be credit to spend."""
    for item in items.values():
        if item.kind == WRITE_OFF and item.pk != original.pk:
            raise WrittenOffMeanwhile(number=item.number)


def _lock_with_counterparts(original: Entry, by: Any) -> tuple[Sequence[Allocation], dict[int, Item]]:
    """The live allocations of an entry, and the items of both their sides, locked."""
    ids = {original.pk}
    while True:
        items = ledger.lock_items(by, REVERSE, ids)
        allocations = ledger.live_allocations([original.pk])
        # Somebody may have allocated between asking and locking; with our own item locked this ends at the second look.
        if ids >= (needed := {original.pk, *(a.debit_id for a in allocations), *(a.credit_id for a in allocations)}):
            return allocations, items
        ids |= needed


@action
def reverse_posting(
    *, posting: Any, reason: str, by: Any, now: datetime, progress: Callable[[int], None] | None = None
) -> Posting:
    """撤销凭证  Undo everything a posting did, each document and allocation from its own day, as though it never was.

    Whatever later money settled its documents is released too. Set-based: an import of any size in chunks. Raises
    AlreadyReversed where nothing is left to undo, ReversalIsFinal for the posting of a reversal,
    WrittenOffMeanwhile, ReasonMissing.
    """
    by.must(REVERSE)
    if not by.reach(REVERSE).everything:
        raise NotAllowed(verb=REVERSE)
    if not reason.strip():
        raise rules.ReasonMissing
    rules.check_words(reason=reason)
    original = ledger.posting(ledger.key_of(posting))
    name = f"#{original.pk}"
    if ledger.is_reversal(original):
        raise rules.ReversalIsFinal(number=name)
    load = Loading("reverse_posting", by=by, now=now, reason=reason, intake=original.intake)
    undone = _Undoing(load, original.pk)
    while allocations := ledger.unreversed_allocations(original, CHUNK):
        undone.release(allocations)
    while entries := ledger.unreversed_entries(original, CHUNK):
        undone.reverse(entries)
        if progress:
            progress(undone.entries)
    if not undone.entries and not undone.released:
        raise rules.refusals.AlreadyReversed(number=name)
    load.finish(
        facts.POSTING_REVERSED, reverses=original.pk, count=undone.entries, released=undone.released,
        total_fen=undone.total_fen, reason=reason, intake=original.intake_id,
    )  # fmt: skip
    return load.posting


class _Undoing:
    """What a reversed posting has undone so far."""

    def __init__(self, load: Loading, original: int) -> None:
        self.load, self.original = load, original
        self.entries = self.released = self.total_fen = 0

    def release(self, allocations: Sequence[Allocation]) -> None:
        """Take allocations back from their own day on."""
        if not allocations:
            return
        ledger.lock_for_release(allocations)
        if off := ledger.write_off_among(allocations, self.original):
            raise WrittenOffMeanwhile(number=off)
        keys = bulk.next_ids(Allocation, len(allocations))
        rows = [(key, a.debit_id, a.credit_id, -a.fen, a.on, a.pk) for key, a in zip(keys, allocations, strict=True)]
        self.load.allocate(rows)
        given_back: Counter[int] = Counter()
        for a in allocations:
            given_back[a.debit_id] += a.fen
            given_back[a.credit_id] += a.fen
        Loading.settle([(item, -fen) for item, fen in sorted(given_back.items())])
        self.released += len(allocations)

    def reverse(self, entries: Sequence[Entry]) -> None:
        """Keep the reversals of documents, each wholly settled against its original, and end the originals' items."""
        items = ledger.lock_whole([entry.pk for entry in entries])
        self.release(ledger.live_allocations([entry.pk for entry in entries]))
        keys = bulk.next_ids(Entry, len(entries))
        pairs = list(zip(keys, entries, strict=True))
        self.load.enter(
            [(k, e.terminal_id, REVERSAL, -e.side, e.number, e.on, None, e.total_fen, e.pk) for k, e in pairs]
        )
        self.load.keep_items(
            [(k, e.terminal_id, REVERSAL, -e.side, e.number, e.on, None, e.total_fen, 0, False) for k, e in pairs]
        )
        made = bulk.next_ids(Allocation, len(entries))
        sides = [(e.pk, k) if e.side == DEBIT else (k, e.pk) for k, e in pairs]
        days = [rules.earliest_day(e.on, items[e.pk].released_on) for e in entries]
        self.load.allocate(
            [
                (key, debit, credit, e.total_fen, day, None)
                for key, (debit, credit), e, day in zip(made, sides, entries, days, strict=True)
            ]
        )
        Loading.settle([(entry.pk, entry.total_fen) for entry in entries])
        Loading.end([entry.pk for entry in entries])
        self.entries += len(entries)
        self.total_fen += sum(entry.total_fen for entry in entries)
