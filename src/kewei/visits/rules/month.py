"""One person's month as a problem of planning, and a plan of it as stops (docs/algorithms/wishes.md).

What is wished for the same terminal is met together: the norm says how often, reasons with a day say on which days one of
those visits must fall. A reason met by a visit already made or agreed asks for none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from kewei.visits.rules.planning.patterns import spread
from kewei.visits.rules.planning.travel import by_road, with_ways
from kewei.visits.rules.planning.values import Appointment, Plan, Problem, Representative, Route, Stop, Wanted, Window
from kewei.visits.rules.plans import END, MIDNIGHT, START, Doors, Pattern
from kewei.visits.rules.purposes import PURPOSES
from kewei.visits.rules.wishes import NORM

# Sets of days kept of one terminal and one number of visits; spread evenly over those there are.
MOST_PATTERNS = 300
MORE_MINUTES = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish as planning takes it; `times` and days apart only of a norm."""

    pk: int
    terminal: int
    source: str
    purpose: str
    weight: int
    must: bool
    first_on: date
    last_on: date
    minutes: int
    times: int = 1
    least: int = 1
    most: int | None = None

    @property
    def is_norm(self) -> bool:
        """Whether it is a frequency, not a reason of its own."""
        return self.source == NORM


@dataclass(frozen=True, slots=True)
class Agreed:
    """A stop that stays where it is: made, agreed with the customer, or before the days planned."""

    key: str
    terminal: int
    day: date
    minute: int
    minutes: int
    purposes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """Everything a month is planned from. `places` are degrees times a million of terminals; those without count as lying
    where one already is. In metres of road: what a point of weight is worth, what a night away costs, and what a visit on
    another day than in the plan kept costs."""

    person: str
    pattern: Pattern
    days: tuple[date, ...]
    asked: tuple[Asked, ...]
    places: Mapping[int, tuple[int, int]]
    doors: Mapping[int, Doors] = field(default_factory=dict)
    agreed: tuple[Agreed, ...] = ()
    weight_metres: int = 10_000
    night_metres: int = 100_000
    move_metres: int = 30_000


@dataclass(frozen=True, slots=True)
class Built:
    """The problem; which wishes of each terminal it plans; wishes that need no visit, and those no day is open for; the place of
    every terminal in it."""

    problem: Problem
    wishes: Mapping[str, tuple[Asked, ...]]
    met: tuple[int, ...] = ()
    shut: tuple[int, ...] = ()
    places: Mapping[int, int] = field(default_factory=dict)


def build(work: Work) -> Built:
    """Put a month as a problem."""
    points, place_of = _points(work)
    travel = by_road(points, work.pattern.road_percent, work.pattern.metres_per_minute)
    travel = with_ways(travel, _ways(work, place_of))
    days = work.days
    per_terminal: dict[int, list[Asked]] = defaultdict(list)
    for one in work.asked:
        per_terminal[one.terminal].append(one)
    wanted, wishes, met, shut = [], {}, [], []
    for terminal in sorted(per_terminal):
        made = _wanted(terminal, per_terminal[terminal], work, place_of[terminal])
        met += made.met
        shut += made.shut
        if made.wanted is not None:
            wanted.append(made.wanted)
            wishes[made.wanted.key] = tuple(made.asked)
    problem = Problem(tuple(day.toordinal() for day in days), travel, tuple(wanted), (_representative(work, place_of),))
    return Built(problem, wishes, tuple(met), tuple(shut), place_of)


def _ways(work: Work, place_of: Mapping[int, int]) -> dict[tuple[int, int], tuple[int, int]]:
    """What is known of ways between places of the problem."""
    numbers = {START: 0, END: 1, **place_of}
    return {
        (numbers[a], numbers[b]): known for (a, b), known in work.pattern.ways.items() if a in numbers and b in numbers
    }


def _points(work: Work) -> tuple[list[tuple[int, int]], dict[int, int]]:
    """Places of the problem, each once: start and end first; and the place of every terminal. A terminal with ways of its
    own has a place of its own."""
    pattern = work.pattern
    known = list(work.places.values())
    middle = (sum(p[0] for p in known) // len(known), sum(p[1] for p in known) // len(known)) if known else (0, 0)
    home = pattern.start or pattern.end or middle
    points: list[tuple[int, int]] = [home, pattern.end or home]
    number: dict[tuple[int, int], int] = {point: n for n, point in reversed(list(enumerate(points)))}
    place_of: dict[int, int] = {}
    own = {terminal for pair in pattern.ways for terminal in pair}
    for terminal in sorted({one.terminal for one in work.asked} | {one.terminal for one in work.agreed}):
        point = work.places.get(terminal, home)
        if terminal in own:
            place_of[terminal] = len(points)
            points.append(point)
            continue
        if point not in number:
            number[point] = len(points)
            points.append(point)
        place_of[terminal] = number[point]
    return points, place_of


def _representative(work: Work, place_of: Mapping[int, int]) -> Representative:
    pattern, index = work.pattern, {day: n for n, day in enumerate(work.days)}
    agreed = [one for one in work.agreed if one.day in index]
    stops = dict.fromkeys(range(len(work.days)), pattern.stops)
    for one in agreed:
        stops[index[one.day]] = max(0, stops[index[one.day]] - 1)
    return Representative(
        key=work.person, start=0 if pattern.start else None, end=1 if pattern.end else None,
        days=tuple(range(len(work.days))), begins=pattern.begins, minutes=pattern.minutes, stops=pattern.stops,
        day_stops={day: count for day, count in stops.items() if count != pattern.stops}, overnight=pattern.overnight,
        night_metres=work.night_metres,
        appointments=tuple(
            Appointment(one.key, index[one.day], place_of[one.terminal], one.minute, one.minutes) for one in agreed
        ),
    )  # fmt: skip


@dataclass(slots=True)
class _Made:
    wanted: Wanted | None = None
    asked: list[Asked] = field(default_factory=list)
    met: list[int] = field(default_factory=list)
    shut: list[int] = field(default_factory=list)


def _wanted(terminal: int, asked: Sequence[Asked], work: Work, place: int) -> _Made:
    made = _Made()
    doors = work.doors.get(terminal, Doors())
    agreed = [one for one in work.agreed if one.terminal == terminal]
    taken = {one.day for one in agreed}
    open_days = [
        n
        for n, day in enumerate(work.days)
        if day not in taken and (not doors.weekdays or day.isoweekday() in doors.weekdays)
    ]
    norm = next((one for one in asked if one.is_norm), None)
    spans: list[tuple[Asked, list[int]]] = []
    for one in asked:
        if one.is_norm:
            continue
        if any(one.first_on <= a.day <= one.last_on and (not a.purposes or one.purpose in a.purposes) for a in agreed):
            made.met.append(one.pk)
            continue
        days = [n for n in open_days if one.first_on <= work.days[n] <= one.last_on]
        if days:
            spans.append((one, days))
        else:
            made.shut.append(one.pk)
    times = max(0, norm.times - len(agreed)) if norm else 0
    if norm and norm.times and not times:
        made.met.append(norm.pk)
    needed = _stabbed([days for _one, days in spans])
    most_times = max(times, needed)
    if not most_times:
        return made
    if not open_days:
        made.shut += [one.pk for one, _days in spans] + ([norm.pk] if norm and times else [])
        return made
    made.asked = [one for one, _days in spans] + ([norm] if norm and times else [])
    most_times = min(most_times, len(open_days))
    must = any(one.must for one, _days in spans)
    weight = sum(one.weight for one, _days in spans) + (norm.weight * times // norm.times if norm and times else 0)
    base = Wanted(
        key=str(terminal), place=place, minutes=_minutes(made.asked, doors), times=most_times, days=tuple(open_days),
        apart_least=norm.least if norm and most_times > 1 else 1, apart_most=norm.most if norm and most_times > 1 else None,
        windows=_windows(doors), must=must, prize=weight * work.weight_metres // most_times,
        at_least=max(1, needed) if most_times > max(1, needed) else None,
    )  # fmt: skip
    narrow = [days for _one, days in spans if len(days) < len(open_days)]
    if not narrow:
        made.wanted = base
    elif most_times == 1:
        both = set(open_days).intersection(*map(set, narrow))
        made.wanted = replace(base, days=tuple(sorted(both)), at_least=None)
    else:
        made.wanted = replace(base, patterns=_patterns(open_days, narrow, base, work.days))
    return made


def _minutes(asked: Sequence[Asked], doors: Doors) -> int:
    """As long as the longest reason, and a little more for every further purpose."""
    longest = max(one.minutes for one in asked)
    purposes = {one.purpose for one in asked}
    return max(longest, doors.minutes or 0) + MORE_MINUTES * max(0, min(3, len(purposes)) - 1)


def _windows(doors: Doors) -> tuple[Window, ...]:
    if doors.opens is None and doors.closes is None:
        return ()
    return (Window(doors.opens or 0, MIDNIGHT if doors.closes is None else doors.closes),)


def _stabbed(spans: Sequence[Sequence[int]]) -> int:
    """How many days it takes at least that every span holds one of them."""
    count, last = 0, -1
    for days in sorted(spans, key=lambda days: days[-1]):
        if last not in days:
            count, last = count + 1, days[-1]
    return count


def _patterns(
    days: Sequence[int], spans: Sequence[Sequence[int]], base: Wanted, calendar: Sequence[date]
) -> tuple[tuple[int, ...], ...]:
    """Sets of days as far apart as wanted that hold a day of every span; nearer together where there is no such set.

    Where fewer visits will do than the norm says, also smaller sets; those too meet every reason.
    """
    dates, held = tuple(day.toordinal() for day in calendar), tuple(map(frozenset, spans))

    def sets(times: int, least: int, most: int | None) -> tuple[tuple[int, ...], ...]:
        return spread(dates, tuple(days), times, least, most, held, MOST_PATTERNS)

    for least, most in ((base.apart_least, base.apart_most), (max(1, base.apart_least // 2), None), (1, None)):
        if found := sets(base.times, least, most):
            fewer = range(base.times - 1, (base.at_least or base.times) - 1, -1)
            return (*found, *(one for times in fewer for one in sets(times, least, None)))
    raise AssertionError("as many days as reasons need always hold a day of each")


# --- a plan as stops --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Planned:
    """A stop of a plan as it is to be kept."""

    terminal: int
    day: date
    place: int
    arrives: int
    minutes: int
    metres: int
    purposes: tuple[str, ...]
    wishes: tuple[int, ...]


def stops_of(plan: Plan, built: Built, days: Sequence[date]) -> list[Planned]:
    """A plan's stops in the order of the days, with the wishes each meets and the purposes they make.

    A reason with a day of its own is met by the first stop within its days, a norm by every stop.
    """
    calls: dict[str, list[tuple[Route, int, Stop]]] = defaultdict(list)
    for route in sorted(plan.routes, key=lambda route: route.day):
        for place, stop in enumerate(route.stops, start=1):
            if not stop.appointment:
                calls[stop.key].append((route, place, stop))
    found = []
    for key, made in calls.items():
        asked = built.wishes.get(key, ())
        serves: list[list[Asked]] = [[one for one in asked if one.is_norm] for _call in made]
        for one in asked:
            if not one.is_norm:
                fits = [n for n, (route, _p, _s) in enumerate(made) if one.first_on <= days[route.day] <= one.last_on]
                if fits:
                    serves[fits[0]].append(one)
        for (route, place, stop), serving in zip(made, serves, strict=True):
            purposes = {one.purpose for one in serving} or {one.purpose for one in asked}
            found.append(
                Planned(
                    int(key), days[route.day], place, stop.begins, stop.leaves - stop.begins, stop.metres,
                    tuple(code for code in PURPOSES if code in purposes), tuple(one.pk for one in serving),
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: (one.day, one.place))


def appointments_of(plan: Plan, days: Sequence[date]) -> dict[str, tuple[int, int, int]]:
    """(place in its day, begins, metres) of what was agreed, by its key."""
    return {
        stop.key: (place, stop.begins, stop.metres)
        for route in plan.routes
        for place, stop in enumerate(route.stops, start=1)
        if stop.appointment
    }


def nights_of(plan: Plan, built: Built, days: Sequence[date]) -> list[tuple[date, int]]:
    """(day, terminal) of every night away: after which day, near which terminal of that day or the next."""
    known = {person.key: person for person in built.problem.representatives}
    terminals: dict[tuple[int, int], int] = {}
    for route in plan.routes:
        for stop in route.stops:
            if not stop.appointment:
                terminals.setdefault((route.day, stop.place), int(stop.key))
    fixed = {place: terminal for terminal, place in sorted(built.places.items(), reverse=True)}
    found = []
    for route in plan.routes:
        if route.end is not None and route.end != known[route.person].end:
            at = (terminals.get((day, route.end)) for day in (route.day, route.day + 1))
            found.append((days[route.day], next(filter(None, at), None) or fixed[route.end]))
    return sorted(found)


def kept_plan(
    person: str,
    stops: Iterable[tuple[int, date, int, int]],
    built: Built,
    days: Sequence[date],
    nights: Iterable[tuple[date, int]] = (),
) -> Plan:
    """Stops in force ((terminal, day, arrives, minutes) in their order) and nights away as a plan the planner can keep near."""
    index = {day: n for n, day in enumerate(days)}
    place_of = {wanted.key: wanted.place for wanted in built.problem.wanted}
    routes: dict[int, list[Stop]] = defaultdict(list)
    for terminal, day, arrives, minutes in stops:
        if day in index and str(terminal) in place_of:
            place = place_of[str(terminal)]
            routes[index[day]].append(Stop(str(terminal), place, arrives, arrives, arrives + minutes, 0))
    rep = built.problem.representatives[0]
    away = {index[day]: built.places[terminal] for day, terminal in nights if day in index and terminal in built.places}
    # Only between two days that are both still worked.
    slept = {day: place for day, place in away.items() if day in routes and day + 1 in routes}
    return Plan(
        tuple(
            Route(
                person, day, slept.get(day - 1, rep.start), slept.get(day, rep.end), rep.begins, some[-1].leaves, 0, tuple(some)
            )
            for day, some in sorted(routes.items())
        ),
        (), 0, 0, 0,
    )  # fmt: skip


# --- kept as JSON -----------------------------------------------------------------------------------------------------


def work_as_json(work: Work) -> dict[str, Any]:
    """A month's work as it is kept with its plan, so that why and what-if are asked of what was planned."""
    p = work.pattern
    return {
        "person": work.person,
        "days": [day.isoformat() for day in work.days],
        "pattern": {
            "start": p.start, "end": p.end, "begins": p.begins, "minutes": p.minutes, "stops": p.stops,
            "weekdays": list(p.weekdays), "overnight": p.overnight, "road_percent": p.road_percent,
            "metres_per_minute": p.metres_per_minute, "start_name": p.start_name,
        },
        "ways": [[*pair, *known] for pair, known in p.ways.items()],
        "weight_metres": work.weight_metres, "night_metres": work.night_metres, "move_metres": work.move_metres,
        "asked": [
            [a.pk, a.terminal, a.source, a.purpose, a.weight, a.must, a.first_on.isoformat(), a.last_on.isoformat(),
             a.minutes, a.times, a.least, a.most]
            for a in work.asked
        ],
        "places": [[pk, *point] for pk, point in work.places.items()],
        "doors": [[pk, d.per_month, d.minutes, list(d.weekdays), d.opens, d.closes] for pk, d in work.doors.items()],
        "agreed": [[a.key, a.terminal, a.day.isoformat(), a.minute, a.minutes, list(a.purposes)] for a in work.agreed],
    }  # fmt: skip


def work_from_json(kept: Mapping[str, Any]) -> Work:
    """The work as it was kept."""
    p, iso = dict(kept["pattern"]), date.fromisoformat
    for name in ("start", "end"):
        p[name] = tuple(p[name]) if p[name] else None
    ways = {(a, b): (metres, minutes) for a, b, metres, minutes in kept.get("ways", ())}
    return Work(
        person=kept["person"], pattern=Pattern(**{**p, "weekdays": tuple(p["weekdays"]), "ways": ways}),
        days=tuple(iso(day) for day in kept["days"]),
        asked=tuple(Asked(*(*row[:6], iso(row[6]), iso(row[7]), *row[8:])) for row in kept["asked"]),
        places={pk: (lat, lon) for pk, lat, lon in kept["places"]},
        doors={row[0]: Doors(row[1], row[2], tuple(row[3]), row[4], row[5]) for row in kept["doors"]},
        agreed=tuple(Agreed(row[0], row[1], iso(row[2]), row[3], row[4], tuple(row[5])) for row in kept["agreed"]),
        **{name: kept[name] for name in ("weight_metres", "night_metres", "move_metres") if name in kept},
    )  # fmt: skip


def with_more(work: Work, *, minutes: int = 0, stops: int = 0, days_only: Sequence[date] | None = None) -> Work:
    """The same month with longer days or more stops: what-if."""
    pattern = replace(
        work.pattern,
        minutes=max(1, min(work.pattern.minutes + minutes, MIDNIGHT - work.pattern.begins)),
        stops=max(1, work.pattern.stops + stops),
    )
    return replace(work, pattern=pattern, days=tuple(days_only) if days_only is not None else work.days)


def shared(work: Work) -> tuple[Work, Work]:
    """The month with one more representative beside: the terminals are parted along the longer side of their map."""
    terminals = sorted({one.terminal for one in work.asked})
    at = {pk: work.places.get(pk, work.pattern.start or (0, 0)) for pk in terminals}
    spread = [
        max((at[pk][axis] for pk in terminals), default=0) - min((at[pk][axis] for pk in terminals), default=0)
        for axis in (0, 1)
    ]
    axis = 0 if spread[0] > spread[1] else 1
    ordered = sorted(terminals, key=lambda pk: (at[pk][axis], pk))
    mine = set(ordered[: (len(ordered) + 1) // 2])
    return tuple(
        replace(
            work,
            person=f"{work.person}{suffix}",
            asked=tuple(one for one in work.asked if (one.terminal in mine) is first),
            agreed=tuple(one for one in work.agreed if (one.terminal in mine) is first),
        )
        for first, suffix in ((True, ""), (False, "+"))
    )  # type: ignore[return-value]
