"""What a month is planned from, how far a planning is, and what a plan promises and was kept to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from kewei.kernel.calendar import month_end
from kewei.kernel.refusals import N_, NotFound
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.terminals.queries import summaries
from kewei.terminals.rules import OWNER
from kewei.visits.models import Plan, Planning, Stop, Visit
from kewei.visits.queries import places, plans, wishes
from kewei.visits.rules.month import Agreed, Asked, Work, work_from_json
from kewei.visits.rules.plans import month_of, working_days
from kewei.visits.rules.wishes import MEDICAL, NORM

SEE = "visits.see"


def since_of(month: date, today: date) -> date:
    """The first day of a month that can still be planned: tomorrow, once it has begun."""
    return max(month_of(month), today + timedelta(days=1)) if today >= month_of(month) else month_of(month)


def roles_of(person: Person) -> tuple[str, ...]:
    """The roles of wishes somebody may be sent on: whoever sells, those of sales; an MR, those of an MR (4.4)."""
    held = {post.role for post in person.held}
    return (MEDICAL,) if MEDICAL in held else ("", *sorted(held)) if person.may(plans.TRADE) else tuple(sorted(held))


def work_of(person: Person, month: date, today: date, *, keep: bool = False) -> Work:
    """Everything somebody's month is planned from, from tomorrow on where it has begun.

    With `keep` only what stands in the plan in force is planned again, and what of it was cancelled stays cancelled.
    """
    first, last = month_of(month), month_end(month)
    since = since_of(month, today)
    pattern = plans.pattern_on_the_road(person.pk)
    away = [(row.first_on, row.last_on, row.reason) for row in plans.absences_of(person.pk, first, last)]
    days = working_days(first, pattern.weekdays, away, since) if since <= last else []
    mine = summaries.looked_after_by(person.pk)
    link = MEDICAL if roles_of(person) == (MEDICAL,) else OWNER
    found = wishes.for_planning(mine.get(link, []), roles_of(person), since, last)
    asked = [_asked(row) for row in found]
    in_force = plans.in_force([person.pk], month).get(person.pk)
    rows = plans.stops_of(in_force[0]) if in_force else ()
    if keep:
        asked = _still(asked, in_force[0] if in_force else 0, rows, since)
    agreed = _agreed(person, first, since, rows)
    keys = sorted({one.terminal for one in asked} | {one.terminal for one in agreed})
    spots = places.spots_of(keys)
    worth = wishes.policies(first).reasons
    return Work(
        str(person.pk), pattern, tuple(days), tuple(asked), {pk: spot.point for pk, spot in spots.items()},
        places.doors_of(keys), tuple(agreed), worth.weight_metres, worth.night_metres, worth.move_metres,
    )  # fmt: skip


def _asked(row: wishes.WishRow) -> Asked:
    norm = row.numbers if row.source == NORM else {}
    return Asked(
        row.pk, row.terminal_id, row.source, row.purpose, row.weight, row.must, row.first_on, row.last_on, row.minutes,
        norm.get("times", 1), norm.get("least", 1), norm.get("most"),
    )  # fmt: skip


def _agreed(person: Person, first: date, since: date, rows: Sequence[plans.StopRow]) -> list[Agreed]:
    """Visits made this month before the days planned, and stops ahead whose time is agreed."""
    made = Visit.objects.filter(person=person, day__gte=first, day__lt=since).order_by("pk")
    found = [
        Agreed(f"visit:{pk}", terminal, day, 0, 1, tuple(purposes))
        for pk, terminal, day, purposes in made.values_list("pk", "terminal", "day", "purposes")
    ]
    return found + [
        Agreed(f"stop:{row.pk}", row.terminal_id, row.day, row.arrives, row.minutes, row.purposes)
        for row in rows
        if row.fixed and row.day >= since
    ]


def _still(asked: list[Asked], plan: int, rows: Sequence[plans.StopRow], since: date) -> list[Asked]:
    """What the plan in force still asks for: as many visits of each terminal as it has ahead."""
    ahead: dict[int, int] = defaultdict(int)
    for row in rows:
        if row.day >= since and not row.fixed:
            ahead[row.terminal_id] += 1
    gone = set(
        Stop.objects.filter(plan=plan, day__gte=since, moved_to=None)
        .exclude(ended_at=None)
        .values_list("terminal", flat=True)
    )
    found = []
    for one in asked:
        if one.is_norm and (ahead[one.terminal] or one.terminal in gone):
            agreed = sum(row.terminal_id == one.terminal and row.fixed and row.day >= since for row in rows)
            times = min(one.times, ahead[one.terminal] + agreed)
            if times:
                found.append(_times(one, times))
        elif ahead[one.terminal] or one.terminal not in gone:
            found.append(one)
    return found


def _times(one: Asked, times: int) -> Asked:
    return Asked(
        one.pk, one.terminal, one.source, one.purpose, one.weight, one.must, one.first_on, one.last_on, one.minutes, times,
        one.least, one.most,
    )  # fmt: skip


def unplaced(work: Work) -> tuple[list[int], list[int]]:
    """Terminals of a month whose place is not known, and those whose place is guessed from their city."""
    keys = sorted({one.terminal for one in work.asked})
    spots = places.spots_of(keys)
    return [pk for pk in keys if pk not in spots], [pk for pk in keys if pk in spots and spots[pk].guessed]


def work_kept(plan: Plan) -> Work | None:
    """What a plan was made from; None where it was put together by hand."""
    return work_from_json(plan.given["work"]) if plan.given.get("work") else None


# --- how far a planning is --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlanningRow:
    """A planning: for whom, how far, the best so far of those at hand (metres), what came of it."""

    pk: int
    month: date
    people: tuple[int, ...]
    names: tuple[str, ...]
    seconds: int
    seed: int
    keep: bool
    asked_by: str
    asked_at: datetime
    done: int
    at_hand: dict[str, Any]
    enough: bool
    finished_at: datetime | None
    failed: tuple[Any, ...]
    plans: tuple[tuple[int, str], ...]


def planning_for(person: Person, pk: int) -> Planning:
    """A planning one asked for oneself, or for people whose plans one may see. Raises NotFound."""
    found = Planning.objects.filter(pk=pk).select_related("asked_by").first()
    seen = {key for key, _name in plans.visitors(person, SEE)} if found else set()
    if found is None or (found.asked_by_id != person.pk and not set(found.people) <= seen):
        raise NotFound(noun=N_("排计划"))
    return found


def planning(person: Person, pk: int) -> PlanningRow:
    """How far a planning is. Raises NotFound."""
    row = planning_for(person, pk)
    names = people.names(row.people)
    made = tuple(row.plans.order_by("pk").values_list("pk", "person__name"))
    return PlanningRow(
        row.pk, row.month, tuple(row.people), tuple(names.get(pk, "") for pk in row.people), row.seconds, row.seed, row.keep,
        row.asked_by.name, row.asked_at, row.done, row.at_hand, row.enough_at is not None, row.finished_at,
        tuple(row.failed), made,
    )  # fmt: skip


def next_planning() -> int | None:
    """The oldest planning that goes on, whoever asks."""
    return Planning.objects.filter(finished_at=None).order_by("pk").values_list("pk", flat=True).first()


def under_way(asked_by: int) -> int | None:
    """The planning somebody asked for that goes on."""
    return Planning.objects.filter(finished_at=None, asked_by=asked_by).values_list("pk", flat=True).first()


def enough(pk: int) -> bool:
    """Whether somebody wants the best so far now."""
    return Planning.objects.filter(pk=pk, enough_at__isnull=False).exists()


# --- plan and fact ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attainment:
    """覆盖与频率: of one person or class in a month up to a day. `wished` visits by the norms of the month, `planned` stops,
    `visited` of the stops, `unplanned` visits, `terminals` with a norm and how many of them were `covered`; `met` those
    seen as often as their norm."""

    key: Any
    name: str
    wished: int
    planned: int
    due: int
    visited: int
    unplanned: int
    terminals: int
    covered: int
    met: int

    @property
    def coverage(self) -> int:
        """Per cent of terminals with a norm that were visited at least once."""
        return self.covered * 100 // self.terminals if self.terminals else 0

    @property
    def frequency(self) -> int:
        """Per cent of the visits the norms ask for that were made."""
        return min(100, (self.visited + self.unplanned) * 100 // self.wished) if self.wished else 0

    @property
    def kept(self) -> int:
        """Per cent of the stops due by now that were visited."""
        return self.visited * 100 // self.due if self.due else 0


def attainment(person: Person, month: date, today: date, by: str = "person") -> list[Attainment]:
    """计划与实际: plan and fact of a month, by person or by class of terminal; a constant number of queries."""
    first, last = month_of(month), month_end(month)
    seen = plans.visitors(person, SEE)
    names = dict(seen)
    forces = plans.in_force(list(names), month)
    owners = _owners(list(names))
    norms = wishes.norms_of(list(owners), first, last)
    visits: dict[tuple[int, int], int] = defaultdict(int)
    for who, terminal, count in (
        Visit.objects.filter(person__in=list(names), day__range=(first, last))
        .values_list("person", "terminal")
        .annotate(n=Count("pk"))
    ):
        visits[who, terminal] += count
    stops = list(
        Stop.objects.filter(plan__in=[plan for plan, _state in forces.values()], ended_at=None)
        .annotate(made=Count("visits"))
        .values_list("person", "terminal", "day", "made")
    )
    sums: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    titles: dict[Any, str] = {}

    def group(who: int, terminal: int) -> Any:
        key = who if by == "person" else norms.get((terminal, _role(owners, who, terminal)), ("", 0))[0]
        titles[key] = names.get(who, "") if by == "person" else str(key)
        return key

    for (terminal, role), (klass, times) in norms.items():
        who = owners.get(terminal, {}).get(role)
        if who is None:
            continue
        key = who if by == "person" else klass
        titles[key] = names.get(who, "") if by == "person" else klass
        made = visits.get((who, terminal), 0)
        one = sums[key]
        one["wished"] += times
        one["terminals"] += 1
        one["covered"] += made > 0
        one["met"] += made >= times
    planned_visits: dict[tuple[int, int], int] = defaultdict(int)
    for who, terminal, day, made in stops:
        one = sums[group(who, terminal)]
        one["planned"] += 1
        one["due"] += day < today
        one["visited"] += made > 0
        planned_visits[who, terminal] += made
    for (who, terminal), count in visits.items():
        sums[group(who, terminal)]["unplanned"] += max(0, count - planned_visits[who, terminal])
    if by == "person":
        for pk, name in seen:
            titles.setdefault(pk, name)
            sums[pk]["wished"] += 0
    order = [pk for pk, _name in seen] if by == "person" else sorted(sums, key=lambda key: (key == "", key))
    fields = ("wished", "planned", "due", "visited", "unplanned", "terminals", "covered", "met")
    return [Attainment(key, titles.get(key, ""), *(sums[key][name] for name in fields)) for key in order if key in sums]


def _role(owners: dict[int, dict[str, int]], who: int, terminal: int) -> str:
    return next((role for role, owner in owners.get(terminal, {}).items() if owner == who), "")


def _owners(person_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Who of these people looks after each terminal, by the role of their wishes ('' for sales)."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for role, wished in ((OWNER, ""), (MEDICAL, MEDICAL)):
        for terminal, who in summaries.linked(role, person_ids).items():
            found[terminal][wished] = who
    return found


@dataclass(frozen=True)
class Made:
    """A visit made without a stop, in plan and fact of a month."""

    day: date
    terminal_id: int
    terminal_name: str
    why: str


def unplanned(plan: plans.PlanRow) -> list[Made]:
    """Visits of a plan's month that no stop had planned, newest first, whoever asks: the caller has asked for the plan."""
    rows = Visit.objects.filter(
        Q(stop=None), person=plan.person_id, day__range=(plan.month, month_end(plan.month))
    ).order_by("-day", "-pk")[:100]
    return [Made(*row) for row in rows.values_list("day", "terminal_id", "terminal__name", "unplanned_why")]
