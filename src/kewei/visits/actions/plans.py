"""Planning visits: how somebody works, days off, how often a terminal is to be seen, and the stops of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import localdate

from kewei.journal.actions import action, record
from kewei.people.models import Person
from kewei.visits import facts
from kewei.visits.models import Absence, Plan, PlanState, Rhythm, Stop, WorkPattern
from kewei.visits.queries import places, plans
from kewei.visits.queries.plans import PLAN, RELEASE, TRADE
from kewei.visits.rules import plans as rules
from kewei.visits.rules.days import Call, put_in, walk
from kewei.visits.rules.plans import Doors, Pattern
from kewei.visits.rules.purposes import check_purposes

DEFAULT_MINUTES = 30


# --- how somebody works -----------------------------------------------------------------------------------------------


@action
def set_work_pattern(*, person: Person, pattern: Pattern, by: Person, now: datetime) -> WorkPattern:
    """设定作业安排  How somebody works from now on: one's own, or that of somebody below. Raises BadPattern, NotFound."""
    by.must(PLAN)
    plans.whose(by, person.pk, RELEASE)
    rules.check_pattern(pattern)
    WorkPattern.objects.filter(person=person, ended_at=None).update(ended_at=now)
    start, end = pattern.start or (None, None), pattern.end or (None, None)
    kept = WorkPattern.objects.create(
        person=person, start_name=pattern.start_name[:60], start_lat_e6=start[0], start_lon_e6=start[1], end_lat_e6=end[0],
        end_lon_e6=end[1], begins_at=pattern.begins_at, minutes_per_day=pattern.minutes, stops_per_day=pattern.stops,
        weekdays=sorted(set(pattern.weekdays)), overnight=pattern.overnight, road_percent=pattern.road_percent,
        metres_per_minute=pattern.metres_per_minute, set_by=by, set_at=now,
    )  # fmt: skip
    record(facts.PATTERN_SET, kept, by=by, at=now, person=person.name, minutes=pattern.minutes, stops=pattern.stops)
    return kept


@action
def note_absence(
    *, person: Person, first_on: date, last_on: date, reason: str = "", by: Person, now: datetime
) -> Absence:
    """登记请假、会议  Days without visits; what is planned on them waits to be planned anew. Raises BadAbsence, NotFound."""
    by.must(PLAN)
    plans.whose(by, person.pk, RELEASE)
    rules.check_absence(first_on, last_on)
    kept = Absence.objects.create(
        person=person, first_on=first_on, last_on=last_on, reason=reason.strip()[:60], noted_by=by, noted_at=now
    )
    record(facts.ABSENCE_NOTED, kept, by=by, at=now, person=person.name, first_on=first_on, last_on=last_on)
    return kept


@action
def end_absence(*, absence: int, by: Person, now: datetime) -> Absence:
    """取消请假  The days are working days again. Raises NotFound, AbsenceEnded."""
    by.must(PLAN)
    kept = plans.absence_for(by, absence)
    if kept.ended_at is not None:
        raise rules.AbsenceEnded
    kept.ended_at = now
    kept.save(update_fields=["ended_at"])
    record(facts.ABSENCE_NOTED, kept, by=by, at=now, person=kept.person.name, ended=True)
    return kept


@action
def set_rhythm(*, terminal: Any, doors: Doors, by: Person, now: datetime) -> Rhythm:
    """设定拜访频率  How often a terminal is to be seen, for how long, and when its doors are open. Raises BadRhythm."""
    by.must(PLAN, terminal)
    rules.check_rhythm(doors)
    Rhythm.objects.filter(terminal=terminal, ended_at=None).update(ended_at=now)
    kept = Rhythm.objects.create(
        terminal_id=terminal.pk, per_month=doors.per_month, minutes=doors.minutes, weekdays=sorted(set(doors.weekdays)),
        opens=doors.opens, closes=doors.closes, note=doors.note.strip()[:200], set_by=by, set_at=now,
    )  # fmt: skip
    record(facts.RHYTHM_SET, kept, by=by, at=now, terminal=terminal.pk, per_month=doors.per_month)
    return kept


@action
def end_rhythm(*, terminal: Any, by: Person, now: datetime) -> int:
    """恢复默认频率  The norm of its class holds again; 1 where there was a rhythm of its own, else 0."""
    by.must(PLAN, terminal)
    ended = Rhythm.objects.filter(terminal=terminal, ended_at=None).update(ended_at=now)
    if ended:
        record(facts.RHYTHM_SET, terminal, by=by, at=now, terminal=terminal.pk, ended=True)
    return ended


# --- stops ------------------------------------------------------------------------------------------------------------


@action
def set_stop(
    *,
    person: Person,
    terminal: Any,
    day: date,
    purposes: Iterable[str],
    aim: str = "",
    minutes: int | None = None,
    at: int | None = None,
    fixed: bool = False,
    wishes: Sequence[int] = (),
    place: int | None = None,
    with_person: Person | None = None,
    consent: Any = None,
    by: Person,
    now: datetime,
) -> Stop:
    """安排拜访  One visit by hand; without a plan for the month a draft is begun. `at` (minutes after midnight) was agreed
    with the customer: then the time is kept when others move.

    Raises NotFound, UnknownPurpose, PurposeNotForMedical, DayPast, DayOff, DoorsClosed, DayFull, DayTooLong, TwiceADay.
    """
    by.must(PLAN, terminal)
    plans.whose(by, person.pk, RELEASE)
    person.must(PLAN, terminal)
    chosen = check_purposes(purposes, person.may(TRADE))
    plan = _open_plan(person, day, by, now)
    _check_day(plan, person, terminal, day, localdate(now))
    doors = places.doors_of([terminal.pk]).get(terminal.pk)
    length = minutes or (doors.minutes if doors and doors.minutes else DEFAULT_MINUTES)
    stop = Stop(
        plan=plan, person=person, terminal_id=terminal.pk, day=day, place=0, arrives=at or 0, minutes=length, metres=0,
        purposes=list(chosen), aim=aim.strip()[:200], wishes=list(wishes), fixed=fixed or at is not None,
        with_person=with_person, consent=consent, set_by=by, set_at=now,
    )  # fmt: skip
    _place(stop, at, place)
    record(
        facts.STOP_SET, stop, by=by, at=now, terminal=terminal.pk, person=person.name, day=day, purposes=list(chosen)
    )
    return stop


@action
def move_stop(
    *, stop: int, day: date, place: int | None = None, at: int | None = None, why: str = "", by: Person, now: datetime
) -> Stop:
    """改期拜访  The same visit on another day, or elsewhere in its day's order; the row it leaves says where it went.

    Raises NotFound, StopOver, StopDone, PlanOver, DayPast, DayOff, DoorsClosed, DayFull, DayTooLong, TwiceADay.
    """
    by.must(PLAN)
    old = _stop_locked(by, stop)
    if day == old.day and at is None:
        return _reorder(old, place, by, now)
    _check_day(old.plan, old.person, old.terminal, day, localdate(now), leaving=old.pk)
    _end(old, why.strip() or "moved", now)
    new = _like(old, day, by, now)
    _place(new, at, place)
    _rewalk(old.plan, old.day)
    record(
        facts.STOP_MOVED, new, by=by, at=now, terminal=old.terminal_id, person=old.person.name, before=old.day, day=day,
        why=why.strip(),
    )  # fmt: skip
    return new


@action
def cancel_stop(*, stop: int, why: str, by: Person, now: datetime) -> Stop:
    """取消拜访  Off the plan, with the reason. Raises NotFound, WhyMissing, StopOver, StopDone, PlanOver."""
    by.must(PLAN)
    if not why.strip():
        raise rules.WhyMissing
    old = _stop_locked(by, stop)
    _end(old, why.strip(), now)
    _rewalk(old.plan, old.day)
    record(
        facts.STOP_CANCELLED, old, by=by, at=now, terminal=old.terminal_id, person=old.person.name, day=old.day,
        why=why.strip(),
    )  # fmt: skip
    return old


@action
def set_aim(*, stop: int, aim: str, purposes: Iterable[str], by: Person, now: datetime) -> Stop:
    """修改目的与目标  What a planned visit is for and what it should bring. Raises NotFound, StopOver, PurposeNotForMedical."""
    by.must(PLAN)
    kept = _stop_locked(by, stop)
    kept.purposes = list(check_purposes(purposes, kept.person.may(TRADE)))
    kept.aim = aim.strip()[:200]
    kept.save(update_fields=["purposes", "aim"])
    record(facts.STOP_SET, kept, by=by, at=now, terminal=kept.terminal_id, purposes=kept.purposes, aim=kept.aim)
    return kept


@action
def keep_consent(*, stop: int, paper: Any, by: Person, now: datetime) -> Stop:
    """机构同意凭证  The institution's consent to a planned visit, as an attachment (domain 2.3, 4.4). Raises NotFound, StopOver."""
    by.must(PLAN)
    kept = _stop_locked(by, stop)
    kept.consent = paper
    kept.save(update_fields=["consent"])
    record(facts.STOP_SET, kept, by=by, at=now, terminal=kept.terminal_id, consent=paper.pk)
    return kept


# --- the states of a plan ---------------------------------------------------------------------------------------------


@action
def hand_in(*, plan: int, note: str = "", by: Person, now: datetime) -> PlanState:
    """提交计划  To whoever releases it. Raises NotFound, PlanState, PlanEmpty."""
    by.must(PLAN)
    kept = _plan_locked(by, plan, PLAN)
    if not kept.stops.filter(ended_at=None).exists():
        raise rules.PlanEmpty
    return _move_on(kept, rules.HANDED_IN, note, by, now)


@action
def release_plan(*, plan: int, note: str = "", by: Person, now: datetime) -> PlanState:
    """批准计划  The plan is in force; the one before it for the same month is dropped. Raises NotFound, OwnPlan, PlanState."""
    by.must(RELEASE)
    kept = _plan_locked(by, plan, RELEASE)
    if kept.person_id == by.pk:
        raise rules.OwnPlan
    made = _move_on(kept, rules.RELEASED, note, by, now)
    for other in Plan.objects.filter(person=kept.person_id, month=kept.month).exclude(pk=kept.pk):
        if since := kept.given.get("since"):
            # What lies before the days planned anew has happened: it goes on in the plan that is now in force.
            other.stops.filter(ended_at=None, day__lt=date.fromisoformat(since)).update(plan=kept)
        _drop(other, by, now)
    return made


@action
def send_back_plan(*, plan: int, note: str, by: Person, now: datetime) -> PlanState:
    """驳回计划  With what is to be changed. Raises NotFound, OwnPlan, WhyMissing, PlanState."""
    by.must(RELEASE)
    kept = _plan_locked(by, plan, RELEASE)
    if kept.person_id == by.pk:
        raise rules.OwnPlan
    if not note.strip():
        raise rules.WhyMissing
    return _move_on(kept, rules.SENT_BACK, note, by, now)


@action
def drop_plan(*, plan: int, note: str = "", by: Person, now: datetime) -> PlanState:
    """作废计划  A plan that is not released; its stops end. Raises NotFound, PlanState."""
    by.must(PLAN)
    kept = _plan_locked(by, plan, PLAN)
    made = _move_on(kept, rules.DROPPED, note, by, now)
    kept.stops.filter(ended_at=None).update(ended_at=now, ended_why="dropped")
    return made


# --- what the verbs above lean on -------------------------------------------------------------------------------------


def _plan_locked(by: Person, pk: int, verb: str) -> Plan:
    plans.plan_for(by, pk, verb)
    return Plan.objects.select_for_update().get(pk=pk)


def _state(plan: Plan) -> str:
    return plan.states.order_by("-pk").values_list("state", flat=True).first() or rules.DRAFT


def _move_on(plan: Plan, state: str, note: str, by: Person, now: datetime) -> PlanState:
    rules.check_move(_state(plan), state)
    made = PlanState.objects.create(plan=plan, state=state, note=note.strip()[:200], by=by, at=now)
    record(facts.PLAN_MOVED_ON, plan, by=by, at=now, state=state, month=plan.month, person=plan.person.name, note=note)
    return made


def _drop(plan: Plan, by: Person, now: datetime) -> None:
    """A plan another takes the place of."""
    if _state(plan) == rules.DROPPED:
        return
    PlanState.objects.create(plan=plan, state=rules.DROPPED, note="", by=by, at=now)
    plan.stops.filter(ended_at=None).update(ended_at=now, ended_why="replaced")
    record(facts.PLAN_MOVED_ON, plan, by=by, at=now, state=rules.DROPPED, month=plan.month, person=plan.person.name)


def _open_plan(person: Person, day: date, by: Person, now: datetime) -> Plan:
    """The plan of the day's month that is in force, or a new draft."""
    found = plans.open_draft(person.pk, day)
    if found is not None:
        return Plan.objects.select_for_update().get(pk=found.pk)
    plan = Plan.objects.create(person=person, month=rules.month_of(day), made_by=by, made_at=now)
    PlanState.objects.create(plan=plan, state=rules.DRAFT, by=by, at=now)
    record(facts.PLAN_MADE, plan, by=by, at=now, month=plan.month, person=person.name, by_hand=True)
    return plan


def _stop_locked(by: Person, pk: int) -> Stop:
    stop = plans.stop_for(by, pk, PLAN if _own(by, pk) else RELEASE)
    Plan.objects.select_for_update().get(pk=stop.plan_id)
    kept = Stop.objects.select_for_update(of=("self",)).select_related("plan", "terminal", "person").get(pk=pk)
    if kept.ended_at is not None:
        raise rules.StopOver
    if kept.visits.exists():
        raise rules.StopDone
    if _state(kept.plan) in rules.NO_CHANGE:
        raise rules.PlanOver
    return kept


def _own(by: Person, pk: int) -> bool:
    return Stop.objects.filter(pk=pk, person=by).exists()


def _check_day(plan: Plan, person: Person, terminal: Any, day: date, today: date, leaving: int = 0) -> None:
    """Whether a terminal may be visited that day by this person."""
    if _state(plan) in rules.NO_CHANGE:
        raise rules.PlanOver
    if rules.month_of(day) != plan.month:
        raise rules.NotTheirMonth(day=day, month=plan.month.strftime("%Y-%m"))
    if day < today:
        raise rules.DayPast(day=day)
    pattern = plans.pattern_of(person.pk)
    away = [(row.first_on, row.last_on, row.reason) for row in plans.absences_of(person.pk, day, day)]
    if reason := rules.works_on(day, pattern.weekdays, away):
        raise rules.DayOff(day=day, name=person.name, reason=reason)
    doors = places.doors_of([terminal.pk]).get(terminal.pk)
    if doors and doors.weekdays and day.isoweekday() not in doors.weekdays:
        raise rules.DoorsClosed(customer=terminal.name, day=day, note=rules.WEEKDAYS[day.isoweekday()])
    others = plan.stops.filter(day=day, ended_at=None).exclude(pk=leaving)
    if others.filter(terminal=terminal.pk).exists():
        raise rules.TwiceADay(customer=terminal.name, day=day)
    if (count := others.count()) >= pattern.stops:
        raise rules.DayFull(day=day, count=count, most=pattern.stops)


def _place(stop: Stop, at: int | None, place: int | None) -> None:
    """Save a stop where it costs its day least (or at `place`), and give everybody of the day their times anew."""
    rows = plans.stops_of(stop.plan_id, day=stop.day)
    calls, pattern = plans.calls_of(rows), plans.pattern_on(stop.plan, stop.day)
    key = stop.terminal_id
    new = plans.call_of(
        0,
        stop.minutes,
        places.spots_of([key, *(row.terminal_id for row in rows)]).get(key),
        places.doors_of([key]).get(key),
        at,
        key,
    )
    ordered = put_in(calls, new, pattern, place)
    round_ = walk(ordered, pattern)
    if round_.minutes > pattern.minutes:
        raise rules.DayTooLong(day=stop.day, minutes=round_.minutes, most=pattern.minutes)
    stop.save()
    _keep_times(ordered, pattern, {0: stop.pk})


def _reorder(stop: Stop, place: int | None, by: Person, now: datetime) -> Stop:
    """Another place in the same day's order; without one, the order that is shortest for this stop."""
    rows = [row for row in plans.stops_of(stop.plan_id, day=stop.day) if row.pk != stop.pk]
    pattern = plans.pattern_on(stop.plan, stop.day)
    mine = plans.calls_of([row for row in plans.stops_of(stop.plan_id, day=stop.day) if row.pk == stop.pk])[0]
    ordered = put_in(plans.calls_of(rows), mine, pattern, place)
    _keep_times(ordered, pattern)
    stop.refresh_from_db(fields=["place", "arrives", "metres"])
    record(facts.STOP_MOVED, stop, by=by, at=now, terminal=stop.terminal_id, day=stop.day, place=stop.place)
    return stop


def _rewalk(plan: Plan, day: date) -> None:
    """Times of a day that lost a stop: the others keep their order. The days beside it may lose a night away."""
    beside = [day - timedelta(days=1), day + timedelta(days=1)] if plan.found.get("nights_at") else []
    for one in (day, *beside):
        rows = plans.stops_of(plan.pk, day=one)
        if rows and (one == day or not any(row.visit for row in rows)):
            _keep_times(plans.calls_of(rows), plans.pattern_on(plan, one))


def _keep_times(ordered: Sequence[Call], pattern: Pattern, keys: dict[int, Any] | None = None) -> None:
    for number, timed in enumerate(walk(ordered, pattern).stops, start=1):
        key: Any = (keys or {}).get(timed.key, timed.key)
        Stop.objects.filter(pk=key).update(place=number, arrives=timed.arrives, metres=timed.metres)


def _end(stop: Stop, why: str, now: datetime) -> None:
    stop.ended_at, stop.ended_why = now, why[:100]
    stop.save(update_fields=["ended_at", "ended_why"])


def _like(old: Stop, day: date, by: Person, now: datetime) -> Stop:
    """The same visit on another day, not saved yet."""
    return Stop(
        plan=old.plan, person=old.person, terminal_id=old.terminal_id, day=day, place=0, arrives=0, minutes=old.minutes,
        metres=0, purposes=old.purposes, aim=old.aim, wishes=old.wishes, why={"by_hand": True}, fixed=old.fixed,
        consent_id=old.consent_id, with_person_id=old.with_person_id, moved_from=old, set_by=by, set_at=now,
    )  # fmt: skip
