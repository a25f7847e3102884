"""为什么是这一天: what holds a planned visit on its day, what every other day would cost or what forbids it, and what-if."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kewei.kernel.refusals import N_
from kewei.people.models import Person
from kewei.visits.queries import places, plans, wishes
from kewei.visits.queries.plans import StopRow
from kewei.visits.queries.wishes import WishRow
from kewei.visits.rules import plans as rules
from kewei.visits.rules.days import Call, put_in, unpinned, walk
from kewei.visits.rules.month import Work, build, shared, with_more
from kewei.visits.rules.planning.values import StopRule
from kewei.visits.rules.plans import Doors, Pattern
from kewei.visits.rules.solving import Solved, solve

# Why a visit may not stand on another day.
BARS: dict[str, str] = {
    "past": N_("已经过去"),
    "off": N_("不上班"),
    "doors": N_("客户不接待"),
    "twice": N_("当天已有这家客户"),
    "full": N_("当天家数已满"),
    "long": N_("当天时间不够"),
    "late": N_("赶不上开门时间"),
    "window": N_("理由的期限不含这一天"),
    "near": N_("离另一次拜访太近"),
}


@dataclass(frozen=True)
class Other:
    """Another day: metres it would add over where it stands now (negative: it would save), or the bars against it."""

    day: date
    metres: int
    bars: tuple[str, ...]


@dataclass(frozen=True)
class Why:
    """A visit on its day: the wishes it meets, what it adds to its day's road in metres, and every other day of the month.

    `free` are days without a bar, cheapest first; `held_by` are the bars whose lifting alone would free a cheaper day,
    with that day and what it would save.
    """

    row: StopRow
    wishes: tuple[WishRow, ...]
    metres: int
    free: tuple[Other, ...]
    barred: tuple[Other, ...]
    held_by: tuple[tuple[str, date, int], ...]


def why(person: Person, stop: int, today: date) -> Why:
    """Why a stop stands where it stands; figures from the plan as it is now. Raises NotFound."""
    row = plans.stop_row(person, stop)
    pattern, month = plans.pattern_on_the_road(row.person_id), rules.month_of(row.day)
    nights = plans.nights_of(plans.plan_for(person, row.plan_id))

    def on(day: date) -> Pattern:
        return rules.pattern_between(pattern, nights.get(day - timedelta(days=1)), nights.get(day))

    off = plans.off_days(row.person_id, month, pattern)
    rows = plans.stops_of(row.plan_id)
    met = sorted(wishes.wishes_by_key(row.wishes).values(), key=lambda one: (not one.must, -one.weight))
    keys = {one.terminal_id for one in rows} | {row.terminal_id}
    spots, doors = places.spots_of(keys), places.doors_of(keys)
    here = (spots.get(row.terminal_id), doors.get(row.terminal_id), None, row.terminal_id)
    mine = unpinned(plans.call_of(0, row.minutes, *here))
    by_day: dict[date, list[Call]] = {}
    for one in rows:
        if one.pk != row.pk:
            call = plans.call_of(
                one.pk,
                one.minutes,
                spots.get(one.terminal_id),
                doors.get(one.terminal_id),
                one.arrives if one.fixed else None,
                one.terminal_id,
            )
            by_day.setdefault(one.day, []).append(call)
    others = [one for one in rows if one.terminal_id == row.terminal_id and one.pk != row.pk]
    now_adds = _adds(by_day.get(row.day, []), mine, on(row.day))[0]
    found = []
    for day in rules.days_of_month(month):
        if day == row.day:
            continue
        metres, minutes, late = _adds(by_day.get(day, []), mine, on(day))
        bars = _bars(day, today, off, doors.get(row.terminal_id), others, met, len(by_day.get(day, [])), pattern)
        if minutes > pattern.minutes:
            bars.append("long")
        if late:
            bars.append("late")
        found.append(Other(day, metres - now_adds, tuple(bars)))
    free = sorted((one for one in found if not one.bars), key=lambda one: (one.metres, one.day))
    barred = [one for one in found if one.bars and one.bars[0] not in ("past", "off")]
    return Why(row, tuple(met), now_adds, tuple(free), tuple(barred), tuple(_held(barred)))


def _adds(calls: list[Call], mine: Call, pattern: Pattern) -> tuple[int, int, int]:
    """Metres a visit adds to a day, how long the day is then, and how many minutes anybody comes too late."""
    before, after = walk(calls, pattern).metres if calls else 0, walk(put_in(calls, mine, pattern), pattern)
    return after.metres - before, after.minutes, after.late


def _bars(
    day: date, today: date, off: dict[date, str], doors: Doors | None, others: list[StopRow], met: list[WishRow], count: int,
    pattern: Pattern,
) -> list[str]:  # fmt: skip
    tests: list[tuple[str, Callable[[], Any]]] = [
        ("past", lambda: day < today),
        ("off", lambda: day in off),
        ("doors", lambda: doors and doors.weekdays and day.isoweekday() not in doors.weekdays),
        ("twice", lambda: any(one.day == day for one in others)),
        ("full", lambda: count >= pattern.stops),
        ("window", lambda: any(not one.first_on <= day <= one.last_on for one in met)),
        (
            "near",
            lambda: any(0 < abs((one.day - day).days) < wish.numbers.get("least", 1) for one in others for wish in met),
        ),
    ]
    return [name for name, holds in tests if holds()]


def _held(barred: list[Other]) -> list[tuple[str, date, int]]:
    """Each bar that alone stands before a cheaper day, with the cheapest such day."""
    best: dict[str, Other] = {}
    for one in barred:
        if len(one.bars) == 1 and one.metres < 0 and (one.bars[0] not in best or one.metres < best[one.bars[0]].metres):
            best[one.bars[0]] = one
    return [(bar, one.day, -one.metres) for bar, one in sorted(best.items(), key=lambda item: item[1].metres)]


# --- what-if ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scenario:
    """A month with other capacity: visits planned and left out, metres, days on which anybody travels."""

    name: str
    planned: int
    left_out: int
    must_left_out: int
    metres: int
    days: int


def what_if(work: Work, more: dict[str, int], stop: Callable[[], StopRule], seed: int = 1) -> list[Scenario]:
    """The month as it is, and with longer days, more stops, or one more representative; each searched as long."""
    asked = [("now", [work])]
    if more.get("minutes") or more.get("stops"):
        asked.append(("more", [with_more(work, minutes=more.get("minutes", 0), stops=more.get("stops", 0))]))
    if more.get("people"):
        asked.append(("people", list(shared(work))))
    return [_scenario(name, [_solved(one, stop(), seed) for one in works], works) for name, works in asked]


def _solved(work: Work, stop: StopRule, seed: int) -> Solved:
    return solve(build(work).problem, stop, seed)


def _scenario(name: str, solved: list[Solved], works: list[Work]) -> Scenario:
    musts = {str(one.terminal) for work in works for one in work.asked if one.must}
    left = [one for found in solved for one in found.plan.unplanned]
    stops = [stop for found in solved for route in found.plan.routes for stop in route.stops if not stop.appointment]
    return Scenario(
        name, len(stops), sum(one.missing for one in left), sum(one.missing for one in left if one.key in musts),
        sum(found.plan.metres for found in solved), sum(len(found.plan.routes) for found in solved),
    )  # fmt: skip
