"""Undoing by adding: a document, or a whole posting, is reversed by entries that name what they reverse."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from kewei.journal.actions import action
from kewei.receivables import facts, rules
from kewei.receivables.actions.booking import Booking
from kewei.receivables.models import REVERSAL, Allocation, Entry, Item
from kewei.receivables.queries import ledger

REVERSE = "receivables.reverse"


@action
def reverse_entry(*, entry: Any, on: date | None = None, reason: str, by: Any, now: datetime) -> Entry:
    """冲销单据  Reverse an invoice, red-letter note or receipt from `on` (today where not given), freeing its number.

    Its live allocations are taken back first, so that what it settled is open again. Raises AlreadyReversed,
    ReversalIsFinal, ReversalBeforeOriginal, ReasonMissing.
    """
    by.must(REVERSE)
    original = ledger.visible_entry(by, ledger.key_of(entry), REVERSE)
    allocations, items = _lock_with_counterparts(original, by)
    if not reason.strip():
        raise rules.ReasonMissing
    if original.kind == REVERSAL:
        raise rules.ReversalIsFinal(number=original.number)
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
