"""What becomes of bills taken as payment: cleared, or dishonoured, so that what they had paid is owed again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from kewei.journal.actions import action, record
from kewei.kernel.plain import as_json
from kewei.receivables import facts, rules
from kewei.receivables.actions.reversals import reverse_entry
from kewei.receivables.models import Bill, BillCheck, BillOutcome, Entry
from kewei.receivables.queries import bills, ledger
from kewei.receivables.rules.bill_checks import BLOCK, WARN, Finding, Sheet, outcome, refuse_blocked
from kewei.receivables.rules.bills import (
    STATES,
    BillClearedTooEarly,
    BillDecided,
    BillGiven,
    BillWithoutMethod,
    check_bill,
    check_bill_number,
    state_of,
    unnamed_bill,
)

RECEIVE, REVERSE = "receivables.receive", "receivables.reverse"
BY_BILL = "bill"


def bill_of_receipt(method: str, bill: BillGiven | None, received_on: date) -> BillGiven | None:
    """The bill a receipt is paid with, None where it is none.

    Raises BillWithoutMethod, BadBillNumber and what check_bill raises.
    """
    if method != BY_BILL:
        if bill is not None:
            raise BillWithoutMethod
        return None
    given = bill or unnamed_bill(received_on)
    check_bill(given, received_on)
    check_bill_number(given.number)
    return given


def keep_bill(receipt: Entry, bill: BillGiven) -> Bill:
    """Keep the bill beside its receipt, inside the action that books it."""
    return Bill.objects.create(
        receipt=receipt, terminal_id=receipt.terminal_id, kind=bill.kind, number=bill.number.strip() or receipt.number[:40],
        acceptor=bill.acceptor.strip(), issued_on=bill.issued_on, due_on=bill.due_on, fen=receipt.total_fen,
    )  # fmt: skip


def seen_before_taken(sheet: Sheet | None, terminal_id: int, fen: int, received_on: date) -> list[Finding]:
    """What the sheet of a bill that is offered comes to. Raises BillBlocked where it may not be taken."""
    if sheet is None:
        return []
    found = bills.looked_at(sheet, terminal_id, fen, received_on)
    refuse_blocked(found)
    return found


def keep_check(bill: Bill, sheet: Sheet, found: list[Finding], by: Any, now: datetime) -> BillCheck:
    """Keep a sheet with its bill, inside the action that looked at it."""
    made = BillCheck.objects.create(
        bill=bill, sheet=as_json(sheet), findings=as_json([[one.level, one.code, one.numbers] for one in found]),
        outcome=outcome(found), by=by, at=now,
    )  # fmt: skip
    record(
        facts.BILL_CHECKED, bill, by=by, at=now, terminal=bill.terminal_id, number=bill.number, outcome=made.outcome,
        found=[one.code for one in found if one.level in (BLOCK, WARN)],
    )  # fmt: skip
    return made


@action
def check_bill_sheet(*, bill: Any, sheet: Sheet, by: Any, now: datetime) -> BillCheck:
    """票据检查  Keep what is seen of a bill already taken; a later sheet takes the place of this one.

    It is in the books: what should have stopped it is kept as found, and the bill counts as exposure until it is cleared
    or returned, whatever its kind. Raises NotFound, BillCheckNeedsTrade.
    """
    by.must(RECEIVE)
    kept = bills.bill_for(by, ledger.key_of(bill), RECEIVE)
    found = bills.looked_at(sheet, kept.terminal_id, kept.fen, kept.receipt.on)
    return keep_check(kept, sheet, found, by, now)


@action
def clear_bill(*, bill: Any, on: date, by: Any, now: datetime) -> BillOutcome:
    """票据兑付  The acceptor paid: from now on the bill no longer counts as exposure.

    Raises NotFound, BillDecided, BillClearedTooEarly, DateTooFarAhead.
    """
    by.must(RECEIVE)
    kept = _undecided(bill, RECEIVE, by)
    rules.check_day(on, ledger.local_day(now))
    if on < kept.due_on:
        raise BillClearedTooEarly(number=kept.number, due_on=kept.due_on, on=on)
    outcome = BillOutcome.objects.create(bill=kept, cleared=True, on=on, by=by, at=now)
    record(facts.BILL_CLEARED, kept, by=by, at=now, terminal=kept.terminal_id, number=kept.number, fen=kept.fen, on=on)
    return outcome


@action
def dishonour_bill(*, bill: Any, on: date, reason: str, by: Any, now: datetime) -> BillOutcome:
    """票据拒付  The acceptor did not pay: the receipt is reversed from that day, and what it had settled is owed again.

    Raises NotFound, BillDecided, ReasonMissing and what reverse_entry raises.
    """
    by.must(REVERSE)
    kept = _undecided(bill, REVERSE, by)
    if not reason.strip():
        raise rules.ReasonMissing
    rules.check_words(reason=reason)
    outcome = BillOutcome.objects.create(bill=kept, cleared=False, on=on, reason=reason.strip(), by=by, at=now)
    reverse_entry(entry=kept.receipt_id, on=on, reason=reason, by=by, now=now)
    record(
        facts.BILL_DISHONOURED, kept, by=by, at=now, terminal=kept.terminal_id, number=kept.number, fen=kept.fen, on=on,
        reason=reason,
    )  # fmt: skip
    return outcome


def _undecided(bill: Any, verb: str, by: Any) -> Bill:
    """The bill, its receipt's item locked, where nothing has become of it yet. Raises NotFound, BillDecided."""
    kept = bills.bill_for(by, ledger.key_of(bill), verb)
    item = ledger.lock_items(by, verb, [kept.receipt_id])[kept.receipt_id]
    outcome = BillOutcome.objects.filter(bill=kept).first()
    if outcome is not None or not item.live:
        state = state_of(item.live, outcome.cleared if outcome else None)
        raise BillDecided(number=kept.number, reason=STATES[state])
    return kept
