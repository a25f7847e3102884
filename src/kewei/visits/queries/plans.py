"""拜访计划: who works when, plans and their stops, what is planned for a day, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum

from kewei.kernel.calendar import month_end
from kewei.kernel.refusals import N_, NotFound
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.people.rules import ROLES
from kewei.terminals import queries as terminals
from kewei.terminals.queries import summaries
from kewei.visits.models import Absence, Plan, PlanState, Rhythm, Stop, Visit, WorkPattern
from kewei.visits.queries import places
from kewei.visits.rules.days import Call
from kewei.visits.rules.plans import (
    DROPPED,
    MIDNIGHT,
    RELEASED,
    Doors,
    Night,
    Pattern,
    days_of_month,
    month_of,
    pattern_between,
    works_on,
)

SEE, PLAN, RELEASE, TRADE = "visits.see", "visits.plan", "visits.release", "visits.trade"
# Whoever holds one of these makes visits of their own and can be planned for.
VISITORS = tuple(code for code, role in ROLES.items() if "visits.visit" in role.verbs)


@dataclass(frozen=True)
class AbsenceRow:
    """Days off as listed."""

    pk: int
    person_id: int
    first_on: date
    last_on: date
    reason: str


@dataclass(frozen=True)
class PlanRow:
    """A plan as listed; metres of the whole month, stops that live, and those already visited."""

    pk: int
    person_id: int
    person: str
    month: date
    state: str
    made_by: str
    made_at: datetime
    stops: int = 0
    metres: int = 0
    visited: int = 0


@dataclass(frozen=True)
class StopRow:
    """A planned visit as listed. `arrives` in minutes after midnight; `state` is that of its plan; `visit` the newest visit."""

    pk: int
    plan_id: int
    person_id: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    kind: str
    city: str
    address: str
    day: date
    place: int
    arrives: int
    minutes: int
    metres: int
    purposes: tuple[str, ...]
    aim: str
    fixed: bool
    wishes: tuple[int, ...]
    why: dict[str, Any]
    moved: bool
    visit: int | None = None
    state: str = ""

    @property
    def arrives_text(self) -> str:
        """The time of arrival as a clock shows it."""
        return clock(self.arrives)

    @property
    def leaves_text(self) -> str:
        """The time of leaving as a clock shows it."""
        return clock(self.arrives + self.minutes)


@dataclass(frozen=True)
class DayPlan:
    """What somebody has before them on a day: the plan in force, its stops in their order, why there are none."""

    day: date
    plan: int | None
    state: str
    stops: tuple[StopRow, ...] = ()
    off: str = ""
    metres: int = 0


@dataclass(frozen=True)
class StateRow:
    """A state a plan came into."""

    state: str
    note: str
    by: str
    at: datetime


@dataclass(frozen=True)
class PlanFile:
    """A plan with its stops by day, its states, how its person works, and the days they do not."""

    row: PlanRow
    stops: tuple[StopRow, ...]
    states: tuple[StateRow, ...]
    pattern: Pattern
    off: dict[date, str] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)
    moved: int = 0
    cancelled: int = 0
    nights: dict[date, Night] = field(default_factory=dict)

    def pattern_on(self, day: date) -> Pattern:
        """How this day is worked: from and to where one sleeps."""
        return pattern_between(self.pattern, self.nights.get(day - timedelta(days=1)), self.nights.get(day))


def clock(minute: int) -> str:
    """Minutes after midnight as a clock shows them."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


# --- people -----------------------------------------------------------------------------------------------------------


def visitors(person: Person, verb: str = SEE) -> list[tuple[int, str]]:
    """(key, name) of the people who make visits and whose plans this person may see, by name; oneself where one visits."""
    reach = person.reach(verb)
    if reach.nothing:
        return []
    return people.holders(VISITORS, None if reach.everything else reach.territory_paths, person.pk)


def whose(person: Person, pk: int, verb: str = SEE) -> Person:
    """Somebody whose plans this person may see for a verb; oneself always. Raises NotFound."""
    if pk == person.pk:
        return person
    if pk not in dict(visitors(person, verb)):
        raise NotFound(noun=N_("人员"))
    return people.colleague(pk)


def pattern_row(person_id: int) -> WorkPattern | None:
    """The live work pattern of somebody, whoever asks."""
    return WorkPattern.objects.filter(person=person_id, ended_at=None).first()


def pattern_of(person_id: int) -> Pattern:
    """How somebody works; the usual working day where they never said, whoever asks."""
    return patterns_of([person_id]).get(person_id, Pattern())


def pattern_on_the_road(person_id: int) -> Pattern:
    """How somebody works, with the ways that were measured: for whoever reckons a round. Two queries."""
    return replace(pattern_of(person_id), ways=places.ways_of(person_id))


def nights_of(plan: Plan) -> dict[date, Night]:
    """The nights away of a plan, by the day before them; none where one of its two days has no visits any more, whoever asks."""
    kept = {date.fromisoformat(day): terminal for day, terminal in plan.found.get("nights_at", [])}
    if not kept:
        return {}
    stops = list(Stop.objects.filter(plan=plan, ended_at=None).values_list("day", "terminal"))
    busy, names = {day for day, _terminal in stops}, terminal_names(kept.values())
    # A place that is guessed is guessed from the others of the plan.
    spots = places.spots_of({terminal for _day, terminal in stops} | set(kept.values()))
    return {
        day: Night(terminal, names.get(terminal, ""), spots[terminal].point)
        for day, terminal in kept.items()
        if {day, day + timedelta(days=1)} <= busy and terminal in spots
    }


def nights_in_force(pk: int) -> dict[date, Night]:
    """The same of a plan by its key."""
    return nights_of(Plan.objects.get(pk=pk))


def pattern_on(plan: Plan, day: date) -> Pattern:
    """How somebody works on a day of their plan: with ways, from and to where they sleep. Whoever asks."""
    nights = nights_of(plan)
    return pattern_between(pattern_on_the_road(plan.person_id), nights.get(day - timedelta(days=1)), nights.get(day))


def patterns_of(person_ids: Collection[int]) -> dict[int, Pattern]:
    """How these people work; those who never said are left out."""
    return {
        row.person_id: as_pattern(row) for row in WorkPattern.objects.filter(person__in=list(person_ids), ended_at=None)
    }


def as_pattern(row: WorkPattern) -> Pattern:
    """A kept pattern as the rules take it."""
    return Pattern(
        start_name=row.start_name, start=_point(row.start_lat_e6, row.start_lon_e6), end=_point(row.end_lat_e6, row.end_lon_e6),
        begins=row.begins_at.hour * 60 + row.begins_at.minute, minutes=row.minutes_per_day, stops=row.stops_per_day,
        weekdays=tuple(row.weekdays), overnight=row.overnight, road_percent=row.road_percent,
        metres_per_minute=row.metres_per_minute,
    )  # fmt: skip


def _point(lat: int | None, lon: int | None) -> tuple[int, int] | None:
    return None if lat is None or lon is None else (lat, lon)


def absences_of(person_id: int, first: date, last: date) -> list[AbsenceRow]:
    """Days off of somebody that touch a span of days, whoever asks."""
    rows = Absence.objects.filter(person=person_id, ended_at=None, first_on__lte=last, last_on__gte=first)
    return [
        AbsenceRow(*row)
        for row in rows.order_by("first_on", "pk").values_list("pk", "person_id", "first_on", "last_on", "reason")
    ]


def absence_for(person: Person, pk: int, verb: str = PLAN) -> Absence:
    """Days off, one's own or of somebody below. Raises NotFound."""
    found = Absence.objects.visible_to(person, verb).filter(pk=pk).select_related("person").first()
    if found is None:
        raise NotFound(noun=N_("请假"))
    return found


def rhythm_for(person: Person, pk: int, verb: str = PLAN) -> Rhythm:
    """The rhythm of a terminal this person may see for a verb. Raises NotFound."""
    found = Rhythm.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal").first()
    if found is None:
        raise NotFound(noun=N_("拜访频率"))
    return found


def rhythm_of(terminal_id: int) -> Rhythm | None:
    """The live rhythm of a terminal, whoever asks."""
    return Rhythm.objects.filter(terminal=terminal_id, ended_at=None).first()


def off_days(person_id: int, month: date, pattern: Pattern) -> dict[date, str]:
    """The days of a month on which somebody makes no visits, each with its reason."""
    days = days_of_month(month)
    away = [(row.first_on, row.last_on, row.reason) for row in absences_of(person_id, days[0], days[-1])]
    return {day: why for day in days if (why := works_on(day, pattern.weekdays, away))}


# --- plans ------------------------------------------------------------------------------------------------------------


def newest_state() -> Subquery:
    """The state a plan is in."""
    return Subquery(PlanState.objects.filter(plan=OuterRef("pk")).order_by("-pk").values("state")[:1])


def plan_for(person: Person, pk: int, verb: str = SEE) -> Plan:
    """The plan where this person may see it for a verb: one's own, or of somebody below. Raises NotFound."""
    found = Plan.objects.visible_to(person, verb).filter(pk=pk).select_related("person").annotate(state=newest_state())
    if (plan := found.first()) is None:
        raise NotFound(noun=N_("拜访计划"))
    return plan


def in_force(person_ids: Collection[int], month: date) -> dict[int, tuple[int, str]]:
    """(plan, state) of these people's month: the newest that was released, else the newest that was not dropped."""
    rows = (
        Plan.objects.filter(person__in=list(person_ids), month=month_of(month))
        .annotate(state=newest_state())
        .order_by("made_at", "pk")
        .values_list("person", "pk", "state")
    )
    found: dict[int, tuple[int, str]] = {}
    for person, pk, state in rows:
        if state == DROPPED or (state != RELEASED and found.get(person, (0, ""))[1] == RELEASED):
            continue
        found[person] = (pk, state)
    return found


def open_draft(person_id: int, month: date) -> Plan | None:
    """The newest plan of somebody's month that may still be changed, released or not, whoever asks."""
    found = in_force([person_id], month).get(person_id)
    return None if found is None else Plan.objects.get(pk=found[0])


def list_plans(
    person: Person,
    *,
    month: date | None = None,
    whom: int | None = None,
    state: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[PlanRow], int]:
    """One page of plans, the newest month first, and how many; those dropped only where asked for."""
    rows = Plan.objects.visible_to(person, SEE).annotate(state=newest_state())
    if month is not None:
        rows = rows.filter(month=month_of(month))
    if whom is not None:
        rows = rows.filter(person=whom)
    rows = rows.filter(state=state) if state else rows.exclude(state=DROPPED)
    ordered = rows.order_by("-month", "person__login", "-made_at")
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return _plan_rows(page), rows.count()


def _plan_rows(plans: Any) -> list[PlanRow]:
    live = Q(stops__ended_at=None)
    counted = plans.select_related("person", "made_by").annotate(
        live_stops=Count("stops", filter=live), live_metres=Sum("stops__metres", filter=live)
    )
    rows = list(counted)
    seen = dict(
        Stop.objects.filter(plan__in=[plan.pk for plan in rows], ended_at=None)
        .filter(Exists(Visit.objects.filter(stop=OuterRef("pk"))))
        .values_list("plan")
        .annotate(n=Count("pk"))
    )
    return [
        PlanRow(
            plan.pk, plan.person_id, plan.person.name, plan.month, plan.state, plan.made_by.name, plan.made_at,
            plan.live_stops, plan.live_metres or 0, seen.get(plan.pk, 0),
        )
        for plan in rows
    ]  # fmt: skip


def plan_file(person: Person, pk: int) -> PlanFile:
    """One plan with everything on it, in a constant number of queries. Raises NotFound."""
    plan = plan_for(person, pk)
    row = _plan_rows(Plan.objects.filter(pk=pk).annotate(state=newest_state()))[0]
    pattern = pattern_on_the_road(plan.person_id)
    states = plan.states.order_by("-pk").values_list("state", "note", "by__name", "at")
    changed = plan.stops.aggregate(
        moved=Count("pk", filter=Q(moved_from__isnull=False)),
        cancelled=Count("pk", filter=Q(ended_at__isnull=False, moved_to=None)),
    )
    return PlanFile(
        row, stops_of(plan.pk, row.state), tuple(StateRow(*state) for state in states), pattern,
        off_days(plan.person_id, plan.month, pattern), plan.given, plan.found, changed["moved"], changed["cancelled"],
        nights_of(plan),
    )  # fmt: skip


# --- stops ------------------------------------------------------------------------------------------------------------


def stop_for(person: Person, pk: int, verb: str = SEE) -> Stop:
    """The planned visit where this person may see its plan for a verb. Raises NotFound."""
    found = Stop.objects.filter(pk=pk).select_related("plan", "terminal", "person").first()
    if found is None or not Plan.objects.visible_to(person, verb).filter(pk=found.plan_id).exists():
        raise NotFound(noun=N_("计划拜访"))
    return found


def stop_row(person: Person, pk: int) -> StopRow:
    """A planned visit as listed. Raises NotFound."""
    stop = stop_for(person, pk)
    state = PlanState.objects.filter(plan=stop.plan_id).order_by("-pk").values_list("state", flat=True).first()
    return _stops(Stop.objects.filter(pk=pk), state or "")[0]


def consent_of(person: Person, pk: int) -> Any:
    """The institution's consent kept with a planned visit, as an attachment; None where there is none. Raises NotFound."""
    return stop_for(person, pk).consent


def stops_of(plan_id: int, state: str = "", day: date | None = None) -> tuple[StopRow, ...]:
    """The live stops of a plan (of one day of it) by day and order, whoever asks: the caller has asked for the plan."""
    rows = Stop.objects.filter(plan=plan_id, ended_at=None)
    return tuple(_stops(rows if day is None else rows.filter(day=day), state))


def ended_stops(plan_id: int, most: int = 50) -> list[tuple[StopRow, str]]:
    """Stops of a plan that were cancelled, newest first, each with why; those moved live on elsewhere."""
    rows = Stop.objects.filter(plan=plan_id, moved_to=None).exclude(ended_at=None).order_by("-ended_at", "-pk")[:most]
    why = dict(rows.values_list("pk", "ended_why"))
    return [(row, why[row.pk]) for row in _stops(Stop.objects.filter(pk__in=list(why)), "")]


def day_of(person: Person, day: date) -> DayPlan:
    """今日路线  What this person has before them on a day: order, terminal, arrival, purposes, aim; only terminals that
    are theirs to visit."""
    plan, state = in_force([person.pk], day).get(person.pk, (None, ""))
    pattern = pattern_of(person.pk)
    away = [(row.first_on, row.last_on, row.reason) for row in absences_of(person.pk, day, day)]
    rows = Stop.objects.visible_to(person, SEE).filter(plan=plan, person=person, day=day, ended_at=None)
    stops = tuple(_stops(rows, state)) if plan is not None else ()
    return DayPlan(day, plan, state, stops, works_on(day, pattern.weekdays, away), sum(stop.metres for stop in stops))


def days_of(person: Person, first: date, last: date) -> list[StopRow]:
    """Everything planned for this person between two days, both included, by day and order: for a week on the phone."""
    found: list[StopRow] = []
    month = month_of(first)
    while month <= last:
        plan, state = in_force([person.pk], month).get(person.pk, (None, ""))
        if plan is not None:
            rows = Stop.objects.visible_to(person, SEE).filter(
                plan=plan, person=person, ended_at=None, day__range=(max(first, month), min(last, month_end(month)))
            )
            found += _stops(rows, state)
        month = month_end(month) + timedelta(days=1)
    return found


def calls_of(stops: Sequence[StopRow]) -> list[Call]:
    """Stops as the day's round is reckoned from, in their order."""
    keys = [stop.terminal_id for stop in stops]
    spots, doors = places.spots_of(keys), places.doors_of(keys)
    return [
        call_of(
            stop.pk,
            stop.minutes,
            spots.get(stop.terminal_id),
            doors.get(stop.terminal_id),
            stop.arrives if stop.fixed else None,
            stop.terminal_id,
        )
        for stop in stops
    ]


def call_of(
    key: int, minutes: int, spot: places.Spot | None, doors: Doors | None, at: int | None = None, terminal: int = 0
) -> Call:
    """A terminal as one call of a day."""
    opens = doors.opens if doors and doors.opens is not None else 0
    closes = doors.closes if doors and doors.closes is not None else MIDNIGHT
    return Call(key, spot.point if spot else None, minutes, opens, closes, at, terminal)


def is_over(pk: int) -> bool:
    """Whether a stop was moved or cancelled, whoever asks."""
    return Stop.objects.filter(pk=pk, ended_at__isnull=False).exists()


def terminal_names(pks: Collection[int]) -> dict[int, str]:
    """Names of terminals by key, whoever asks: the caller has asked for the plan they stand in."""
    return {pk: name for pk, (_code, name) in terminals.named(pks).items()}


def terminals_of(person: Person) -> list[tuple[int, str]]:
    """The terminals somebody looks after, by name: whom a visit can be planned to."""
    keys = {pk for some in summaries.looked_after_by(person.pk).values() for pk in some}
    return sorted(((pk, name) for pk, (_code, name) in terminals.named(keys).items()), key=lambda one: one[1])


def terminal_for(person: Person, pk: int) -> Any:
    """A terminal this person may plan visits to. Raises NotFound."""
    return terminals.terminal_for(person, pk, PLAN)


def visited(stop_ids: Collection[int]) -> dict[int, int]:
    """The newest visit made on each of these stops that has one."""
    rows = Visit.objects.filter(stop__in=list(stop_ids)).order_by("pk").values_list("stop", "pk")
    return {stop: visit for stop, visit in rows if stop is not None}


_FIELDS = (
    "pk", "plan_id", "person_id", "terminal_id", "terminal__code", "terminal__name", "terminal__kind", "terminal__city",
    "terminal__address", "day", "place", "arrives", "minutes", "metres", "purposes", "aim", "fixed", "wishes", "why",
    "moved_from_id",
)  # fmt: skip


def _stops(rows: QuerySet[Stop], state: str) -> list[StopRow]:
    found: list[Any] = list(rows.order_by("day", "place", "pk").values_list(*_FIELDS))
    made = visited([row[0] for row in found]) if found else {}
    return [
        StopRow(
            *(
                *row[:14], tuple(row[14]), row[15], row[16], tuple(row[17]), row[18], row[19] is not None,
                made.get(row[0]), state,
            )
        )
        for row in found
    ]  # fmt: skip
