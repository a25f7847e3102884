"""Applying money to what is owed, and taking an application back."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from kewei.journal.actions import action
from kewei.receivables import facts, rules
from kewei.receivables.actions.booking import Booking
from kewei.receivables.models import CREDIT, DEBIT, REVERSAL, WRITE_OFF, Item, Posting
from kewei.receivables.queries import ledger
from kewei.receivables.rules.write_offs import WriteOffIsWhole

ALLOCATE, REVERSE = "receivables.allocate", "receivables.reverse"


@action
def allocate(
    *, credit: Any, shares: Sequence[tuple[int, int]], on: date | None = None, by: Any, now: datetime
) -> Posting:
    """核销  Settle debit entries with a receipt or red-letter note: `shares` are (debit entry, fen).

    Counts from `on` (today where not given), or from the day on which both documents have the money, if that is later.
    Raises what rules.check_shares raises (MoreThanOpen, MoreThanUnapplied, …), OtherCustomer, NotACredit, NotADebit,
    DateTooFarAhead.
    """
    by.must(ALLOCATE)
    key = ledger.key_of(credit)
    wanted = [rules.Share(debit, fen) for debit, fen in shares]
    items = ledger.lock_items(by, ALLOCATE, {key, *(share.item_id for share in wanted)})
    source = items.pop(key)
    _check_same_customer(source, list(items.values()))
    rules.check_shares(wanted, ledger.as_open_items(items.values()), source.open_fen)
    return _keep(source, items, wanted, on, by, now)


@action
def allocate_by(*, credit: Any, how: str, invoices: Sequence[str] = (), by: Any, now: datetime) -> Posting:
    """自动核销  Settle a customer's open invoices with a receipt or note by a rule: named | exact | subset | oldest.

    Counts from today. Raises what the rule raises, UnknownMethod, NotACredit.
    """
    by.must(ALLOCATE)
    key = ledger.key_of(credit)
    source = ledger.lock_items(by, ALLOCATE, [key])[key]
    if how not in rules.HOW:
        raise rules.UnknownMethod(method=how)
    named = how == "named"
    debits = (
        ledger.lock_named_invoices(source.terminal_id, invoices)
        if named
        else ledger.lock_open_invoices(source.terminal_id)
    )
    _check_same_customer(source, debits)
    shares, _ = rules.allocate(rules.HOW[how], source.open_fen, ledger.as_open_items(debits), invoices)
    return _keep(source, {item.pk: item for item in debits}, shares, None, by, now)


@action
def reverse_allocation(*, allocation: Any, on: date | None = None, reason: str, by: Any, now: datetime) -> Posting:
    """撤销核销  Take an allocation back: both documents are open again, from `on` (or today).

    Raises AlreadyReversed, ReversalIsFinal for what is itself a reversal, WriteOffIsWhole, ReversalBeforeOriginal, ReasonMissing.
    """
    by.must(REVERSE)
    given = ledger.visible_allocation(by, ledger.key_of(allocation), REVERSE)
    items = ledger.lock_items(by, REVERSE, {given.debit_id, given.credit_id})
    debit, credit = items[given.debit_id], items[given.credit_id]
    if not reason.strip():
        raise rules.ReasonMissing
    rules.check_words(reason=reason)
    if given.fen < 0 or REVERSAL in (debit.kind, credit.kind):
        raise rules.ReversalIsFinal(number=credit.number)
    if credit.kind == WRITE_OFF:
        raise WriteOffIsWhole(number=credit.number)
    reversed_already = not any(live.pk == given.pk for live in ledger.live_allocations([given.credit_id]))
    today = ledger.local_day(now)
    day = max(today, given.on) if on is None else on
    rules.check_reversal(
        number=credit.number, on=day, original_on=given.on, already_reversed=reversed_already, allocated_fen=0,
        today=max(today, given.on),
    )  # fmt: skip
    booking = Booking("reverse_allocation", by=by, now=now, reason=reason)
    booking.release([given], items, day)
    return booking.finish(
        facts.ALLOCATION_REVERSED, credit.entry, credit.terminal_id, fen=given.fen, debit=debit.number,
        credit=credit.number, on=day, reason=reason,
    )  # fmt: skip


def _check_same_customer(credit: Item, debits: Sequence[Item]) -> None:
    """Money of one customer settles what the same customer owes, and only what is owed."""
    if credit.side != CREDIT or not credit.live:
        raise rules.NotACredit(number=credit.number)
    for debit in debits:
        if debit.side != DEBIT or not debit.live:
            raise rules.NotADebit(number=debit.number)
        if debit.terminal_id != credit.terminal_id:
            raise rules.OtherCustomer(number=debit.number)


def _keep(
    credit: Item, debits: dict[int, Item], shares: Sequence[rules.Share], on: date | None, by: Any, now: datetime
) -> Posting:
    booking = Booking("allocate", by=by, now=now)
    asked = on or booking.today
    for share in shares:
        debit = debits[share.item_id]
        # An entry dated tomorrow may be settled from tomorrow; nobody may ask for a later day than that.
        rules.check_allocation_day(max(asked, debit.on, credit.on), debit.on, credit.on, today=booking.today)
    moves = booking.allocate(debits, credit, shares, asked)
    return booking.finish(
        facts.ALLOCATED, credit.entry, credit.terminal_id, credit=credit.number, fen=sum(m.fen for m in moves),
        invoices=[m.debit.number for m in moves], unapplied_fen=credit.open_fen,
    )  # fmt: skip
