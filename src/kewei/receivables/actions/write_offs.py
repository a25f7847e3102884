"""Writing off what will not come, and taking money that came after all (domain 3.7, 4.11).

A write-off is a document of its own that settles invoices; like every posting it is never changed. Where money comes
back it is reversed, the money settles the invoices, and what is still missing is written off anew: one posting.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.journal import bulk
from kewei.journal.actions import action
from kewei.receivables import facts, rules
from kewei.receivables.actions.booking import Booking
from kewei.receivables.models import CREDIT, INVOICE, RECEIPT, WRITE_OFF, Entry, InvoiceDetail, Item
from kewei.receivables.queries import ledger
from kewei.receivables.rules import vouching
from kewei.receivables.rules.refusals import MoreThanUnapplied, NothingToAllocate
from kewei.receivables.rules.write_offs import (
    NotAWriteOff,
    RecoveredMoreThanWrittenOff,
    WriteOffNeedsWords,
    recovered,
)

VERB = "receivables.write_off"


@action
def write_off(
    *,
    terminal: Any,
    shares: Sequence[tuple[int, int]],
    reason: str,
    fields: Mapping[str, Any] | None = None,
    by: Any,
    now: datetime,
) -> Entry:
    """账务核销  Write open invoices off, wholly or in part: `shares` are (invoice, fen). Counts from today.

    `fields` say by which decision and on what evidence; they are vouched for like every row. Whether it may be is decided
    above: this keeps the books right. Raises WriteOffNeedsWords, NotADebit, OtherCustomer and what check_shares raises.
    """
    by.must(VERB, terminal)
    if not reason.strip():
        raise WriteOffNeedsWords
    rules.check_words(reason=reason)
    wanted = [rules.Share(debit, fen) for debit, fen in shares]
    items = ledger.lock_items(by, VERB, {share.item_id for share in wanted})
    for item in items.values():
        if item.kind != INVOICE or not item.live:
            raise rules.NotADebit(number=item.number)
        if item.terminal_id != terminal.pk:
            raise rules.OtherCustomer(number=item.number)
    total_fen = sum(share.fen for share in wanted)
    rules.check_shares(wanted, ledger.as_open_items(items.values()), total_fen)
    booking = Booking("write_off", by=by, now=now, reason=reason.strip())
    entry = _enter(booking, terminal.pk, items, wanted, localdate(now), reason.strip(), dict(fields or {}))
    booking.finish(
        facts.WRITTEN_OFF, entry, terminal.pk, number=entry.number, total_fen=total_fen,
        invoices=[items[share.item_id].number for share in wanted],
    )  # fmt: skip
    return entry


@action
def recover_written_off(
    *, write_off: Any, receipt: Any, fen: int | None = None, by: Any, now: datetime
) -> Entry | None:
    """核销收回  Money of a receipt pays what had been written off: the write-off is reversed, the invoices are paid, the
    rest is written off anew. Answers the new write-off, None where nothing is left of it.

    `fen` is how much of the receipt, all of its unapplied money where None, and never more than was written off. Raises
    NotAWriteOff, NotACredit, OtherCustomer, NothingToAllocate, MoreThanUnapplied, RecoveredMoreThanWrittenOff.
    """
    by.must(VERB)
    original = ledger.visible_entry(by, ledger.key_of(write_off), VERB)
    key = ledger.key_of(receipt)
    allocations = ledger.live_allocations([original.pk])
    items = ledger.lock_items(
        by, VERB, {original.pk, key, *(a.debit_id for a in allocations if a.credit_id == original.pk)}
    )
    allocations = ledger.live_allocations([original.pk])
    item, money = items[original.pk], items[key]
    if original.kind != WRITE_OFF or not item.live:
        raise NotAWriteOff(number=original.number)
    if money.kind != RECEIPT or not money.live:
        raise rules.NotACredit(number=money.number)
    if money.terminal_id != original.terminal_id:
        raise rules.OtherCustomer(number=money.number)
    wanted_fen = _wanted(fen, money, original)
    debits = {a.debit_id: items[a.debit_id] for a in allocations}
    of_each = {a.debit_id: a.fen for a in allocations}
    oldest = sorted(debits.values(), key=lambda one: (one.due_date or one.on, one.on, one.pk))
    settled, stays = recovered([(one.pk, of_each[one.pk]) for one in oldest], wanted_fen)
    day = localdate(now)
    before = InvoiceDetail.objects.filter(pk=original.pk).first()
    reason = before.reason if before else ""
    booking = Booking("recover_written_off", by=by, now=now, reason=reason)
    booking.release(allocations, items, day)
    booking.reverse(original, item, max(day, original.on))
    booking.allocate(debits, money, settled, day)
    rest = None
    if stays:
        told = {**(before.fields if before else {}), "rest_of": original.number}
        rest = _enter(booking, original.terminal_id, debits, stays, day, reason, told)
    booking.finish(
        facts.WRITE_OFF_RECOVERED, original, original.terminal_id, number=original.number, receipt=money.number,
        total_fen=wanted_fen, left_fen=sum(share.fen for share in stays), rest=rest.number if rest else "",
    )  # fmt: skip
    return rest


def _wanted(fen: int | None, money: Item, original: Entry) -> int:
    wanted_fen = min(money.open_fen, original.total_fen) if fen is None else fen
    if wanted_fen <= 0:
        raise NothingToAllocate
    if wanted_fen > money.open_fen:
        raise MoreThanUnapplied(left_fen=money.open_fen, wanted_fen=wanted_fen)
    if wanted_fen > original.total_fen:
        raise RecoveredMoreThanWrittenOff(
            number=original.number, written_off_fen=original.total_fen, wanted_fen=wanted_fen
        )
    return wanted_fen


def _enter(
    booking: Booking, terminal_id: int, debits: dict[int, Item], shares: Sequence[rules.Share], day: date, reason: str,
    fields: dict[str, Any],
) -> Entry:  # fmt: skip
    """Keep a write-off with what it settles, why, by which decision, on what evidence."""
    number = f"HX{day:%y%m%d}{bulk.next_ids(Entry, 1)[0]:08d}"
    # An invoice dated ahead, or given back money by a release on a later day, is written off from that day.
    on = max([day, *(debits[share.item_id].on for share in shares)])
    entry, credit = booking.enter(
        terminal_id=terminal_id, kind=WRITE_OFF, side=CREDIT, number=number, on=on,
        total_fen=sum(share.fen for share in shares),
    )  # fmt: skip
    kept = json.loads(json.dumps(fields, default=str, ensure_ascii=False))
    booking.detail(
        "invoice_details", InvoiceDetail(entry=entry, reason=reason, fields=kept),
        vouching.invoice_detail_line(entry.pk, None, reason, kept),
    )  # fmt: skip
    booking.allocate(debits, credit, shares, on)
    return entry
