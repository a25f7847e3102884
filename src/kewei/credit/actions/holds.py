"""Stopping credit sales to a customer, and starting them again: by a person with a reason, or by rule until it ends."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import localdate

from kewei.credit import facts
from kewei.credit.models import Conduct, Hold
from kewei.credit.queries import conduct, headroom, holds
from kewei.credit.rules.conduct import PRESSED, PRESSED_NO_MORE
from kewei.credit.rules.holds import HOLDS, HoldNeedsWords, NotOnHold, changes, check_hold, held_for_stage
from kewei.journal import bulk, queries_policies
from kewei.journal.actions import action, record
from kewei.people.models import Person

HOLD = "credit.hold"
# What is kept where a rule, not a person, says so.
CAUSE_GONE, RAN_OUT = "cause_gone", "ran_out"
COLLECTING = "collecting"


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
def follow_stages(
    *, stages: Mapping[int, tuple[str, str, bool]], over: Collection[int], verb: str, by: Person, now: datetime
) -> tuple[int, int]:
    """催收阶段联动  What the stage of a debtor's case asks of its credit, and the end of it; (holds placed, lifted).

    `stages` are customers with (stage, strength of rules.holds.held_for_stage, whether it caps the grade), `over` those
    whose case asks for nothing any more. The verb checked is the caller's. A hold a person lifted not long ago is not
    placed again, and what a person placed is not lifted. Without a limit there is no credit to stop.
    """
    by.must(verb)
    ids = [*stages, *over]
    day = localdate(now)
    live = {hold.terminal_id: hold for hold in holds.live_of_reason(ids, COLLECTING)}
    pressed = conduct.pressed(ids)
    wanted = [pk for pk, (_stage, strength, _caps) in stages.items() if strength and pk not in live]
    placed = 0
    if wanted:
        grades, lent = holds.grades_of(wanted), holds.lent_to(wanted, day)
        respite_days = queries_policies.in_force(HOLDS, day).value.respite_days
        respite = holds.lifted_by_hand(wanted, now - timedelta(days=respite_days), (CAUSE_GONE, RAN_OUT))
        for pk in wanted:
            stage, strength, _caps = stages[pk]
            if pk in lent and COLLECTING not in respite.get(pk, ()) and held_for_stage(strength, grades.get(pk, "")):
                _place(pk, COLLECTING, "", None, stage, by, now)
                placed += 1
    gone = [hold for pk, hold in live.items() if hold.automatic and not (pk in stages and stages[pk][1])]
    for hold in gone:
        _lift(hold, CAUSE_GONE, by, now)
    capped = {pk for pk, (_stage, _strength, caps) in stages.items() if caps}
    noted = [
        (pk, PRESSED if pk in capped else PRESSED_NO_MORE, "collecting.case", 0, day, by.pk, now)
        for pk in ids
        if (pk in capped) != (pk in pressed)
    ]
    bulk.insert(Conduct, ("terminal_id", "kind", "subject", "fen", "on", "noted_by_id", "noted_at"), noted)
    if placed or gone or noted:
        record(
            facts.STAGES_FOLLOWED, f"credit.stages:{day.isoformat()}", by=by, at=now, placed=placed, lifted=len(gone),
            noted=len(noted),
        )  # fmt: skip
    return placed, len(gone)


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
