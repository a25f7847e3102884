"""Does a plan keep every rule? Written apart from the planner: only the values are shared, so that neither hides the other."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from kewei.visits.rules.planning.values import MUST_PRIZE, Plan, Problem, Representative, Route, Wanted


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule broken: its name, who or what, the day (index) where there is one, and what was wanted and found."""

    rule: str
    key: str
    day: int | None
    wanted: int
    found: int


def findings(problem: Problem, plan: Plan) -> list[Finding]:
    """Every rule that the plan breaks; none for a plan that may be released."""
    return [
        *_terminals(problem, plan),
        *_days(problem, plan),
        *_sums(problem, plan),
    ]


def _terminals(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """Frequency, allowed days, spacing, allowed persons, and that whatever is missing is owned up to."""
    visits: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for route in plan.routes:
        for stop in route.stops:
            if not stop.appointment:
                visits[stop.key].append((route.day, route.person))
    known = {w.key: w for w in problem.wanted}
    for key in visits.keys() - known.keys():
        yield Finding("unknown_terminal", key, None, 0, len(visits[key]))
    missing = Counter({u.key: u.missing for u in plan.unplanned})
    for key, w in known.items():
        made = sorted(visits[key])
        days = [day for day, _ in made]
        if len(days) + missing[key] != w.times:
            yield Finding("frequency", key, None, w.times, len(days) + missing[key])
        least = w.times if w.at_least is None else w.at_least
        if days and len(days) < least:
            yield Finding("frequency", key, None, least, len(days))
        if len({person for _, person in made}) > 1:
            yield Finding("one_person", key, None, 1, len({person for _, person in made}))
        for day, person in made:
            if w.persons and person not in w.persons:
                yield Finding("person", key, day, 0, 1)
        yield from _days_of(problem, w, days)


def _days_of(problem: Problem, w: Wanted, days: list[int]) -> Iterator[Finding]:
    if len(set(days)) < len(days):
        yield Finding("twice_a_day", w.key, None, len(days), len(set(days)))
    if w.patterns and days:
        if not any(set(days) == set(p) for p in w.patterns):
            yield Finding("pattern", w.key, days[0], 0, len(days))
        return
    for day in days:
        if w.days is not None and day not in w.days:
            yield Finding("day", w.key, day, 0, 1)
    for one, other in itertools.pairwise(days):
        apart = problem.days[other] - problem.days[one]
        if apart < w.apart_least:
            yield Finding("too_soon", w.key, other, w.apart_least, apart)
        if w.apart_most is not None and len(days) == w.times and apart > w.apart_most:
            yield Finding("too_late", w.key, other, w.apart_most, apart)


def _days(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """Hours, stops, loads, windows, travel times, beginnings and ends, appointments."""
    people = {p.key: p for p in problem.representatives}
    seen: set[tuple[str, int]] = set()
    for route in plan.routes:
        person = people.get(route.person)
        if person is None:
            yield Finding("unknown_person", route.person, route.day, 0, 1)
            continue
        if (route.person, route.day) in seen:
            yield Finding("one_route_a_day", route.person, route.day, 1, 2)
        seen.add((route.person, route.day))
        if route.day not in person.days:
            yield Finding("day_off", route.person, route.day, 0, 1)
        yield from _hours(problem, person, route)
        yield from _limits(problem, person, route)
    for person in problem.representatives:
        yield from _nights(problem, person, plan)
        kept = Counter(
            (route.day, stop.key, stop.begins)
            for route in plan.routes
            if route.person == person.key
            for stop in route.stops
            if stop.appointment
        )
        for a in person.appointments:
            if kept[a.day, a.key, a.minute] != 1:
                yield Finding("appointment", a.key, a.day, 1, kept[a.day, a.key, a.minute])


def _hours(problem: Problem, person: Representative, route: Route) -> Iterator[Finding]:
    """Walks the day on foot: nobody arrives before having driven there, begins before the door opens, leaves early."""
    wanted = {w.key: w for w in problem.wanted}
    meetings = {(a.key, a.day): a for a in person.appointments}
    now, here, metres = route.leaves, route.start, 0
    if route.leaves < person.begins:
        yield Finding("begins", person.key, route.day, person.begins, route.leaves)
    for stop in route.stops:
        far, long = _between(problem, here, stop.place)
        metres += far
        if stop.arrives < now + long:
            yield Finding("travel", stop.key, route.day, now + long, stop.arrives)
        if stop.begins < stop.arrives:
            yield Finding("travel", stop.key, route.day, stop.arrives, stop.begins)
        what = meetings.get((stop.key, route.day)) if stop.appointment else wanted.get(stop.key)
        if what is None:
            yield Finding("unknown_stop", stop.key, route.day, 0, 1)
            return
        if what.place != stop.place:
            yield Finding("place", stop.key, route.day, what.place, stop.place)
        if stop.leaves - stop.begins < what.minutes:
            yield Finding("minutes", stop.key, route.day, what.minutes, stop.leaves - stop.begins)
        if isinstance(what, Wanted):
            windows = what.day_windows.get(route.day) or what.windows
            if windows and not any(w.opens <= stop.begins <= w.closes for w in windows):
                yield Finding("window", stop.key, route.day, windows[0].opens, stop.begins)
        now, here = stop.leaves, stop.place
    far, long = _between(problem, here, route.end)
    if route.back < now + long:
        yield Finding("travel", person.key, route.day, now + long, route.back)
    if route.metres != metres + far:
        yield Finding("metres", person.key, route.day, metres + far, route.metres)


def _limits(problem: Problem, person: Representative, route: Route) -> Iterator[Finding]:
    most = person.day_minutes.get(route.day, person.minutes)
    if route.back > person.begins + most:
        yield Finding("day_minutes", person.key, route.day, most, route.back - person.begins)
    visits = [stop for stop in route.stops if not stop.appointment]
    stops = person.day_stops.get(route.day, person.stops)
    if len(visits) > stops:
        yield Finding("day_stops", person.key, route.day, stops, len(visits))
    if person.capacity is not None:
        loads = {w.key: w.load for w in problem.wanted}
        load = sum(loads.get(stop.key, 0) for stop in visits)
        if load > person.capacity:
            yield Finding("capacity", person.key, route.day, person.capacity, load)


def _nights(problem: Problem, person: Representative, plan: Plan) -> Iterator[Finding]:
    """A day begins where the night was spent; away only with leave, and only between two days that follow each other."""
    mine = {route.day: route for route in plan.routes if route.person == person.key}
    for day, route in mine.items():
        before = mine.get(day - 1)
        slept = person.start
        if before is not None and before.end != person.end:
            slept = before.end
        if route.start != slept:
            yield Finding("start", person.key, day, -1 if slept is None else slept, _place(route.start))
        if route.end != person.end:
            follows = day + 1 in mine and problem.days[day + 1] - problem.days[day] == 1
            if not person.overnight or not follows:
                yield Finding("night_away", person.key, day, 0, 1)


def _sums(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """Metres, nights and cost are what the routes and the unplanned say."""
    metres = sum(route.metres for route in plan.routes)
    prices = {w.key: MUST_PRIZE if w.must else w.prize for w in problem.wanted}
    people = {p.key: p for p in problem.representatives}
    away = [people[r.person] for r in plan.routes if r.person in people and r.end != people[r.person].end]
    cost = metres + sum(p.night_metres for p in away) + sum(prices.get(u.key, 0) * u.missing for u in plan.unplanned)
    if plan.metres != metres:
        yield Finding("metres", "", None, metres, plan.metres)
    if plan.nights != len(away):
        yield Finding("nights", "", None, len(away), plan.nights)
    if plan.cost != cost:
        yield Finding("cost", "", None, cost, plan.cost)


def _between(problem: Problem, here: int | None, there: int | None) -> tuple[int, int]:
    if here is None or there is None:
        return 0, 0
    return problem.travel.metres[here][there], problem.travel.minutes[here][there]


def _place(place: int | None) -> int:
    return -1 if place is None else place
