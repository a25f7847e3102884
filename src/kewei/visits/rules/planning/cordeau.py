"""Cordeau's format of periodic routing problems, so that anybody can measure the planner against published solutions.

Problem: `type m n t`; t lines `D Q` (longest route, 0 none; largest load); then per place `i x y d q f a patterns [e l]`
(service, demand, frequency, number of patterns, the patterns as bits read left to right, opening window), the depot
first. Solution: cost; then per route `day vehicle duration load 0 c1 c2 … 0`. Distances are Euclidean and not rounded.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, hypot

import numpy as np

from kewei.kernel.refusals import N_, Refused, refusal
from kewei.visits.rules.planning.ground import Ground, Shift, State, Task
from kewei.visits.rules.planning.search import Search

# The search works in whole numbers: ten thousandths of a unit. Costs are told from the unrounded distances.
FINE = 10_000
NEVER_FULL = 10**9
ALMOST = 1e-6


@refusal
class UnreadableProblem(Refused):
    """The file is not a problem in Cordeau's format."""

    code = "unreadable_problem"
    says = N_("第 {row} 行不是 Cordeau 格式：{reason}")


@refusal
class UnreadableSolution(Refused):
    """The file is not a solution in Cordeau's format."""

    code = "unreadable_solution"
    says = N_("解文件第 {row} 行读不懂")


@dataclass(frozen=True, slots=True)
class Customer:
    """One row of the file."""

    number: int
    x: float
    y: float
    service: float
    demand: int
    patterns: tuple[tuple[int, ...], ...]
    window: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Instance:
    """A problem as the file says it; `limits` are (longest route or 0, largest load or 0) by day."""

    vehicles: int
    days: int
    limits: tuple[tuple[float, int], ...]
    depot: Customer
    customers: tuple[Customer, ...]

    def distance(self, a: Customer, b: Customer) -> float:
        """Euclidean, not rounded."""
        return hypot(a.x - b.x, a.y - b.y)


@dataclass(frozen=True, slots=True)
class Driven:
    """One route of a solution: day from 1, vehicle from 1, customers by number in order."""

    day: int
    vehicle: int
    customers: tuple[int, ...]


def read_problem(text: str) -> Instance:
    """The problem in the file.

    Left out, as the literature does (p01 counts 50 customers): who is never to be visited, and who sits on the depot
    with a whole vehicle's load, which would be a vehicle that drives nowhere.
    """
    rows = [line.split() for line in text.splitlines() if line.strip()]
    try:
        _, vehicles, _, days = (int(value) for value in rows[0][:4])
        limits = tuple((float(row[0]), int(float(row[1]))) for row in rows[1 : 1 + days])
        if len(limits) < days:
            raise IndexError
    except (ValueError, IndexError) as wrong:
        raise UnreadableProblem(row=1, reason="type m n t, D Q") from wrong
    people = []
    for number, row in enumerate(rows[1 + days :], start=2 + days):
        try:
            people.append(_customer(row, days))
        except (ValueError, IndexError) as wrong:
            raise UnreadableProblem(row=number, reason="i x y d q f a …") from wrong
    if not people:
        raise UnreadableProblem(row=2 + days, reason="i x y d q f a …")
    depot, *others = people
    if vehicles < 1 or days < 1:
        raise UnreadableProblem(row=1, reason="type m n t, D Q")
    largest = max(load for _, load in limits)
    away = tuple(c for c in others if c.patterns and not ((c.x, c.y) == (depot.x, depot.y) and 0 < largest <= c.demand))
    return Instance(vehicles, days, limits, depot, away)


def _customer(row: Sequence[str], days: int) -> Customer:
    number, times, many = int(row[0]), int(row[5]), int(row[6])
    codes = [int(code) for code in row[7 : 7 + many]]
    if len(codes) < many or any(not 0 <= code < 2**days for code in codes):
        raise ValueError
    patterns = tuple(tuple(day for day in range(days) if code >> (days - 1 - day) & 1) for code in codes)
    hours = [float(value) for value in row[7 + many : 9 + many]]
    window = (hours[0], hours[1]) if len(hours) == 2 else None
    return Customer(
        number,
        float(row[1]),
        float(row[2]),
        float(row[3]),
        round(float(row[4])),
        patterns if times else (),
        window,
    )


def ground_of(instance: Instance) -> Ground:
    """What the search works on. Minutes are rounded up, so that no route is too long by rounding."""
    places = [instance.depot, *instance.customers]
    far = [[instance.distance(a, b) for b in places] for a in places]
    metres = np.array([[round(d * FINE) for d in row] for row in far], dtype=np.int64)
    minutes = np.array([[ceil(d * FINE - ALMOST) for d in row] for row in far], dtype=np.int64)
    tasks = tuple(
        Task(place, ceil(c.service * FINE), (c.demand,), tuple(sorted(set(c.patterns))), windows=_windows(c, instance))
        for place, c in enumerate(instance.customers, start=1)
    )
    endless = int(minutes.max()) * (len(places) + 5) + sum(task.service for task in tasks)
    shifts = []
    for day, (longest, load) in enumerate(instance.limits):
        early, late = instance.depot.window or (0.0, 0.0)
        limit = int(longest * FINE) if longest else None
        last = int(late * FINE) if late else (limit or endless)
        bound = limit if late else None
        shifts.append(Shift(day, instance.vehicles, (load or NEVER_FULL,), 0, 0, ceil(early * FINE), last, bound))
    return Ground(instance.days, metres, minutes, tasks, tuple(shifts))


def _windows(c: Customer, instance: Instance) -> dict[int, tuple[tuple[int, int], ...]]:
    if c.window is None:
        return {}
    one = (ceil(c.window[0] * FINE), int(c.window[1] * FINE))
    return dict.fromkeys(range(instance.days), (one,))


def driven(instance: Instance, search: Search, state: State) -> list[Driven]:
    """A solution's routes with the customers' own numbers, in the order of days."""
    routes, used = [], Counter[int]()
    for tour in sorted(state.tours, key=lambda tour: search.shift_day[tour.shift]):
        day = search.shift_day[tour.shift] + 1
        used[day] += 1
        numbers = tuple(instance.customers[search.task_of[v]].number for v in tour.visits)
        routes.append(Driven(day, used[day], numbers))
    return routes


def cost_of(instance: Instance, routes: Sequence[Driven]) -> float:
    """The sum of unrounded distances."""
    return sum(_length(instance, route) for route in routes)


def write_solution(instance: Instance, routes: Sequence[Driven]) -> str:
    """The solution as text."""
    known = _by_number(instance)
    lines = [f"{cost_of(instance, routes):.2f}"]
    for route in routes:
        load = sum(known[c].demand for c in route.customers)
        duration = _length(instance, route) + sum(known[c].service for c in route.customers)
        numbers = " ".join(str(c) for c in (0, *route.customers, 0))
        lines.append(f"{route.day:<3d} {route.vehicle:<3d} {duration:.2f} {load:5d}   {numbers}")
    return "\n".join(lines) + "\n"


def read_solution(text: str) -> list[Driven]:
    """The routes in a solution file."""
    routes = []
    for row, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if row == 1 or not words:
            continue
        try:
            day, vehicle = int(words[0]), int(words[1])
            float(words[2]), float(words[3])
            numbers = [int(word) for word in words[4:]]
        except (ValueError, IndexError) as wrong:
            raise UnreadableSolution(row=row) from wrong
        if len(numbers) < 2 or numbers[0] or numbers[-1]:
            raise UnreadableSolution(row=row)
        routes.append(Driven(day, vehicle, tuple(numbers[1:-1])))
    return routes


def broken(instance: Instance, routes: Sequence[Driven]) -> list[str]:
    """What a solution breaks, in short English words as the literature uses; works from the file alone."""
    known, found = _by_number(instance), []
    days: dict[int, list[int]] = defaultdict(list)
    for route in routes:
        where = f"day {route.day} vehicle {route.vehicle}"
        strangers = [c for c in route.customers if c not in known]
        if strangers or not 1 <= route.day <= instance.days:
            found.append(f"{where}: unknown customers {strangers} or day")
            continue
        longest, most = instance.limits[route.day - 1]
        for number in route.customers:
            days[number].append(route.day - 1)
        load = sum(known[c].demand for c in route.customers)
        if most and load > most:
            found.append(f"{where}: load {load} > {most}")
        found += [f"{where}: {what}" for what in _times(instance, route, longest)]
    for day, count in Counter(route.day for route in routes).items():
        if count > instance.vehicles:
            found.append(f"day {day}: {count} vehicles > {instance.vehicles}")
    for c in instance.customers:
        if tuple(sorted(days[c.number])) not in c.patterns:
            found.append(
                f"customer {c.number}: days {[day + 1 for day in sorted(days[c.number])]} are no pattern of it"
            )
    return found


def _times(instance: Instance, route: Driven, longest: float) -> list[str]:
    """Windows when leaving first thing; the length when leaving as late as no visit is later by it."""
    known, found = _by_number(instance), []
    stops = [known[c] for c in route.customers]
    now = (instance.depot.window or (0.0, 0.0))[0]
    leaving, waited, later = now, 0.0, float("inf")
    here = instance.depot
    for stop in stops:
        now += instance.distance(here, stop)
        if stop.window:
            begins = max(now, stop.window[0])
            waited += begins - now
            later = min(later, stop.window[1] - begins + waited)
            if begins > stop.window[1] + ALMOST:
                found.append(f"customer {stop.number} at {begins:.2f} > {stop.window[1]:.2f}")
            now = begins
        now += stop.service
        here = stop
    now += instance.distance(here, instance.depot)
    if instance.depot.window and now > instance.depot.window[1] + ALMOST:
        found.append(f"back at {now:.2f} > {instance.depot.window[1]:.2f}")
    length = now - leaving - max(0.0, min(later, waited))
    if longest and length > longest + ALMOST:
        found.append(f"length {length:.2f} > {longest:.2f}")
    return found


def _length(instance: Instance, route: Driven) -> float:
    known = _by_number(instance)
    stops = [instance.depot, *(known[c] for c in route.customers), instance.depot]
    return sum(instance.distance(a, b) for a, b in itertools.pairwise(stops))


def _by_number(instance: Instance) -> dict[int, Customer]:
    return {c.number: c for c in instance.customers}
