"""Stopping credit sales to a customer, and starting them again: by a person with a reason, or by rule until it ends."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import localdate

from kewei.credit import facts
from kewei.credit.models import Hold
from kewei.credit.queries import headroom, holds
from kewei.credit.rules.holds import HOLDS, HoldNeedsWords, NotOnHold, changes, check_hold
from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.people.models import Person

HOLD = "credit.hold"
# What is kept where a rule, not a person, says so.
CAUSE_GONE, RAN_OUT = "cause_gone", "ran_out"


@action
def place_hold(*, terminal: Any, reason: str, note: str, until: date | None = None, by: Person, now: datetime) -> Hold:
    """停止赊销  No credit orders of this customer until a day, or until somebody lifts it.

    Raises UnknownHoldReason, HoldNeedsWords, HoldEndsInPast, AlreadyOnHold.
    """
    by.must(HOLD, terminal)
    # An order being decided on waits, or is waited for.
    headroom.lock_accounts({terminal.pk})
    today = localdate(now)
    _end_run_out(terminal.pk, today, by, now)
    check_hold(reason, note, until, today, holds.live_reasons(terminal.pk))
    return _place(terminal.pk, reason, note, until, "", by, now)


@action
def lift_hold(*, hold: Any, why: str, by: Person, now: datetime) -> Hold:
    """恢复赊销  End a hold, whoever placed it, with a reason in words. Raises NotFound, HoldNeedsWords, NotOnHold."""
    by.must(HOLD)
    kept = holds.hold_for(by, hold if isinstance(hold, int) else hold.pk, HOLD)
    headroom.lock_accounts({kept.terminal_id})
    kept.refresh_from_db(fields=["lifted_at"])
    if kept.lifted_at is not None:
        raise NotOnHold
    if not why.strip():
        raise HoldNeedsWords
    return _lift(kept, why.strip(), by, now)


@action
def keep_holds(*, terminals: Collection[int], by: Person, now: datetime) -> tuple[int, int]:
    """自动停赊与恢复  Place the holds the rules ask for and lift those whose reason is gone; (placed, lifted).

    A hold placed by a person stays until a person lifts it or its last day passes.
    """
    by.must(HOLD)
    day = localdate(now)
    policy = queries_policies.in_force(HOLDS, day).value
    found = holds.troubles(terminals, day)
    live = holds.live_holds(list(found))
    respite = holds.lifted_by_hand(list(found), now - timedelta(days=policy.respite_days), (CAUSE_GONE, RAN_OUT))
    placed = lifted = 0
    for pk, trouble in found.items():
        mine = {hold.reason: hold for hold in live.get(pk, [])}
        change = changes(
            trouble, {reason: hold.automatic for reason, hold in mine.items()}, respite.get(pk, ()), policy
        )
        for reason, cause in change.place.items():
            _place(pk, reason, "", None, cause, by, now)
        for reason in change.lift:
            _lift(mine[reason], CAUSE_GONE, by, now)
        placed, lifted = placed + len(change.place), lifted + len(change.lift)
    return placed, lifted


@action
def end_run_out_holds(*, by: Person, now: datetime) -> int:
    """到期恢复  Holds whose last day has passed are lifted, so that the customer may be held again; how many."""
    by.must(HOLD)
    over = holds.run_out(localdate(now))
    for hold in over:
        _lift(hold, RAN_OUT, by, now)
    return len(over)


def _end_run_out(terminal_id: int, today: date, by: Person, now: datetime) -> None:
    for hold in holds.live_holds([terminal_id]).get(terminal_id, []):
        if hold.until is not None and hold.until < today:
            _lift(hold, RAN_OUT, by, now)


def _place(terminal_id: int, reason: str, note: str, until: date | None, cause: str, by: Person, now: datetime) -> Hold:
    hold = Hold.objects.create(
        terminal_id=terminal_id, reason=reason, note=note.strip()[:200], automatic=bool(cause), cause=cause[:120],
        until=until, placed_by=by, placed_at=now,
    )  # fmt: skip
    record(
        facts.HOLD_PLACED, hold, by=by, at=now, terminal=terminal_id, reason=reason, note=hold.note, cause=hold.cause,
        until=until,
    )  # fmt: skip
    return hold


def _lift(hold: Hold, why: str, by: Person, now: datetime) -> Hold:
    hold.lifted_by, hold.lifted_at, hold.lifted_why = by, now, why[:200]
    hold.save(update_fields=["lifted_by", "lifted_at", "lifted_why"])
    record(facts.HOLD_LIFTED, hold, by=by, at=now, terminal=hold.terminal_id, reason=hold.reason, why=hold.lifted_why)
    return hold
