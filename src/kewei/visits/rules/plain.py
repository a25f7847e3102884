"""The plain schedule a plan is compared with: day after day what is most due, nearest first, as one does without a planner.

It keeps the same rules (days, spacing, windows, minutes, stops, appointments), so that its cost can be put beside a plan's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from kewei.visits.rules.planning.values import (
    Appointment,
    Plan,
    Problem,
    Representative,
    Route,
    Stop,
    Unplanned,
    Wanted,
)


def plain_schedule(problem: Problem) -> Plan:
    """What is due soonest, nearest first, every day until the day is full; each terminal by the first who may."""
    planned: dict[str, list[int]] = defaultdict(list)
    routes: list[Route] = []
    for person in problem.representatives:
        for day in person.days:
            route = _day(problem, person, day, planned)
            if route is not None:
                routes.append(route)
                for stop in route.stops:
                    if not stop.appointment:
                        planned[stop.key].append(day)
    missing = [
        Unplanned(w.key, w.times - len(planned[w.key]), "full") for w in problem.wanted if len(planned[w.key]) < w.times
    ]
    each = {w.key: w.missing_costs for w in problem.wanted}
    metres = sum(route.metres for route in routes)
    return Plan(tuple(routes), tuple(missing), metres, 0, metres + sum(each[u.key] * u.missing for u in missing))


def _day(problem: Problem, person: Representative, day: int, planned: Mapping[str, list[int]]) -> Route | None:
    """One day's round: always the nearest of those most due that still fits before the next appointment and home."""
    fixed = sorted((a for a in person.appointments if a.day == day), key=lambda a: a.minute)
    waiting = [w for w in problem.wanted if _may(w, person, day, planned[w.key], problem)]
    at, clock, far = person.start, person.begins, 0
    stops: list[Stop] = []
    while True:
        upcoming = fixed[0] if fixed else None
        made = sum(not stop.appointment for stop in stops)
        choice = _nearest(problem, person, day, waiting, at, clock, upcoming) if made < person.stops_on(day) else None
        if choice is None and upcoming is None:
            break
        key, place, begins, arrives, length, metres, is_fixed = choice or _to(problem, upcoming, at, clock)
        stops.append(Stop(key, place, arrives, begins, begins + length, metres, is_fixed))
        at, clock, far = place, begins + length, far + metres
        if is_fixed:
            fixed.pop(0)
        else:
            waiting = [w for w in waiting if w.key != key]
    if not stops:
        return None
    home = 0 if person.end is None or at is None else problem.travel.metres[at][person.end]
    back = clock + (0 if person.end is None or at is None else problem.travel.minutes[at][person.end])
    return Route(person.key, day, person.start, person.end, person.begins, back, far + home, tuple(stops))


def _may(w: Wanted, person: Representative, day: int, had: list[int], problem: Problem) -> bool:
    if (w.persons and person.key not in w.persons) or len(had) >= w.times or (w.days is not None and day not in w.days):
        return False
    if w.patterns:
        return any(set(had) | {day} <= set(pattern) for pattern in w.patterns)
    return not had or problem.days[day] - problem.days[had[-1]] >= w.apart_least


def _last_day(w: Wanted) -> int:
    """The last day on which it may be done: what is due soonest goes first."""
    if w.patterns:
        return min(max(pattern) for pattern in w.patterns)
    return w.days[-1] if w.days else 10**6


_Choice = tuple[str, int, int, int, int, int, bool]


def _nearest(
    problem: Problem, person: Representative, day: int, waiting: list[Wanted], at: int | None, clock: int,
    upcoming: Appointment | None,
) -> _Choice | None:  # fmt: skip
    found: list[tuple[tuple[bool, int, int, str], _Choice]] = []
    for w in waiting:
        metres, minutes = _leg(problem, at, w.place)
        arrives = clock + minutes
        for window in w.windows_on(day):
            begins = max(arrives, window.opens)
            if begins > window.closes or not _fits(problem, person, day, w, begins, upcoming):
                continue
            order = (not w.must, metres + 20_000 * max(0, min(_last_day(w) - day, 30)), arrives, w.key)
            found.append((order, (w.key, w.place, begins, arrives, w.minutes, metres, False)))
    return min(found)[1] if found else None


def _fits(
    problem: Problem, person: Representative, day: int, w: Wanted, begins: int, upcoming: Appointment | None
) -> bool:
    leaves = begins + w.minutes
    if upcoming is not None and leaves + problem.travel.minutes[w.place][upcoming.place] > upcoming.minute:
        return False
    home = 0 if person.end is None else problem.travel.minutes[w.place][person.end]
    return leaves + home <= person.begins + person.minutes_on(day)


def _to(problem: Problem, upcoming: Appointment | None, at: int | None, clock: int) -> _Choice:
    assert upcoming is not None
    metres, minutes = _leg(problem, at, upcoming.place)
    begins = max(clock + minutes, upcoming.minute)
    return upcoming.key, upcoming.place, begins, clock + minutes, upcoming.minutes, metres, True


def _leg(problem: Problem, at: int | None, place: int) -> tuple[int, int]:
    return (0, 0) if at is None else (problem.travel.metres[at][place], problem.travel.minutes[at][place])
