"""From one representative's problem to what the search works on, and from its solution back to routes with times."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kewei.visits.rules.planning.ground import Ground, Shift, State, Task
from kewei.visits.rules.planning.patterns import complete, patterns_of
from kewei.visits.rules.planning.values import (
    MIDNIGHT,
    Appointment,
    Problem,
    Representative,
    Route,
    Stop,
    Travel,
    Wanted,
)

NO_LIMIT = 10**9


@dataclass(frozen=True, slots=True)
class Laid:
    """One representative's ground; its tasks are the `wanted`, then the `appointments`; `nights` are day → place.

    `hopeless` are terminals that have no day at all.
    """

    ground: Ground
    person: Representative
    wanted: tuple[Wanted, ...]
    appointments: tuple[Appointment, ...]
    hopeless: tuple[Wanted, ...]
    ends: Mapping[int, tuple[int | None, int | None]]
    nights: Mapping[int, int]


def lay(
    problem: Problem,
    person: Representative,
    wanted: Sequence[Wanted],
    nights: Mapping[int, int] | None = None,
    kept: Mapping[str, tuple[int, ...]] | None = None,
    move_metres: int = 0,
) -> Laid:
    """The ground of one representative and the terminals that are theirs.

    `nights` says after which days the night is spent at which place. `kept` are the days in force: every visit on
    another day costs `move_metres` beside travel.
    """
    nights, kept = nights or {}, kept or {}
    ends = _ends(problem, person, nights)
    nowhere = len(problem.travel.metres)
    limits = [person.capacity] if person.capacity is not None else []
    shifts = [
        Shift(
            day,
            1,
            (person.stops_on(day), *limits),
            _or(ends[day][0], nowhere),
            _or(ends[day][1], nowhere),
            person.begins,
            person.begins + person.minutes_on(day),
        )
        for day in person.days
    ]
    must = _must_costs(problem, wanted)
    sets = {w.key: patterns_of(w, problem, person, kept.get(w.key, ())) for w in wanted}
    able = [w for w in wanted if len(sets[w.key]) > 1]
    tasks = [_task(w, sets[w.key], bool(limits), must, kept.get(w.key, ()), move_metres) for w in able]
    meetings = tuple(a for a in person.appointments if a.day in person.days)
    tasks += [_fixed(a, bool(limits)) for a in meetings]
    metres, minutes = _with_nowhere(problem.travel)
    ground = Ground(len(problem.days), metres, minutes, tuple(tasks), tuple(shifts), tuple(problem.days))
    hopeless = tuple(w for w in wanted if len(sets[w.key]) == 1)
    return Laid(ground, person, tuple(able), meetings, hopeless, ends, nights)


def _ends(
    problem: Problem, person: Representative, nights: Mapping[int, int]
) -> dict[int, tuple[int | None, int | None]]:
    """Where every day begins and ends; a night away joins the end of one day to the beginning of the next."""
    before = {day + 1: place for day, place in nights.items()}
    return {day: (before.get(day, person.start), nights.get(day, person.end)) for day in person.days}


def _or(place: int | None, nowhere: int) -> int:
    return nowhere if place is None else place


def _must_costs(problem: Problem, wanted: Sequence[Wanted]) -> int:
    """Enough for a visit that must be made to win against any other and any detour, yet within reach of the prices."""
    furthest = max(map(max, problem.travel.metres), default=0)
    return 4 * furthest + 6 * max((w.prize for w in wanted), default=0) + 1


def _task(
    w: Wanted, sets: Mapping[tuple[int, ...], int], loaded: bool, must: int, kept: tuple[int, ...], move_metres: int
) -> Task:
    each = must if w.must else w.prize
    costs = [missing * each + move_metres * len(set(days) - set(kept)) * bool(kept) for days, missing in sets.items()]
    days = {day for one in sets for day in one}
    windows = {
        day: tuple(sorted((window.opens, window.closes) for window in w.windows_on(day)))
        for day in days
        if w.windows or day in w.day_windows
    }
    roams = not (w.patterns or kept) and w.apart_most is None and complete(sets)
    apart = max(w.apart_least, 1) if roams else None
    return Task(w.place, w.minutes, (1, w.load) if loaded else (1,), tuple(sets), tuple(costs), windows, apart)


def _fixed(a: Appointment, loaded: bool) -> Task:
    return Task(a.place, a.minutes, (0, 0) if loaded else (0,), ((a.day,),), (0,), {a.day: ((a.minute, a.minute),)})


def _with_nowhere(travel: Travel) -> tuple[np.ndarray, np.ndarray]:
    """The matrices with one more place that is no distance from anywhere, for days that begin or end anywhere."""
    size = len(travel.metres)
    metres, minutes = np.zeros((size + 1, size + 1), dtype=np.int64), np.zeros((size + 1, size + 1), dtype=np.int64)
    metres[:size, :size], minutes[:size, :size] = travel.metres, travel.minutes
    return metres, minutes


def routes_of(laid: Laid, state: State, first: Sequence[int], task_of: Sequence[int], travel: Travel) -> list[Route]:
    """The state's tours as days with times, in the order of days."""
    routes = []
    for tour in state.tours:
        day = laid.ground.shifts[tour.shift].day
        visits = []
        for v in tour.visits:
            i = task_of[v]
            windows = laid.ground.tasks[i].windows.get(day, ((0, MIDNIGHT),))
            chosen = windows[min(state.windows[i][v - first[i]], len(windows) - 1)]
            visits.append((_named(laid, i), chosen))
        routes.append(timed(laid.person, day, *laid.ends[day], visits, travel))
    return sorted(routes, key=lambda route: route.day)


def _named(laid: Laid, i: int) -> Wanted | Appointment:
    return laid.wanted[i] if i < len(laid.wanted) else laid.appointments[i - len(laid.wanted)]


def timed(
    person: Representative,
    day: int,
    start: int | None,
    end: int | None,
    visits: Sequence[tuple[Wanted | Appointment, tuple[int, int]]],
    travel: Travel,
) -> Route:
    """A day's order with times: leaves as late as nothing suffers from it, waits where a door is not open yet."""
    places = [start, *(v.place for v, _ in visits), end]
    walks = [_leg(travel.minutes, a, b) for a, b in itertools.pairwise(places)]
    metres = [_leg(travel.metres, a, b) for a, b in itertools.pairwise(places)]
    leaves = _latest_leaving(person, walks, visits)
    now, stops = leaves, []
    for (visit, (opens, _)), walk, far in zip(visits, walks, metres, strict=False):
        arrives = now + walk
        begins = max(arrives, opens)
        now = begins + visit.minutes
        stops.append(Stop(visit.key, visit.place, arrives, begins, now, far, isinstance(visit, Appointment)))
    return Route(person.key, day, start, end, leaves, now + walks[-1], sum(metres), tuple(stops))


def _leg(matrix: Sequence[Sequence[int]], a: int | None, b: int | None) -> int:
    return 0 if a is None or b is None else matrix[a][b]


def _latest_leaving(
    person: Representative, walks: Sequence[int], visits: Sequence[tuple[Wanted | Appointment, tuple[int, int]]]
) -> int:
    """As late as the day still ends when it would and every door is still open: later by what is waited anyway."""
    now, waited, later = person.begins, 0, MIDNIGHT
    for (visit, (opens, closes)), walk in zip(visits, walks, strict=False):
        begins = max(now + walk, opens)
        waited += begins - now - walk
        later = min(later, closes - begins + waited)
        now = begins + visit.minutes
    return person.begins + max(0, min(later, waited))
