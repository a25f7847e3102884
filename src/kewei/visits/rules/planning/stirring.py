"""Stirring: PyVRP takes a few visits out of the whole plan and puts them back, a thousand times a second.

Rounds (search.py) choose days anew at some expense; stirring moves single visits to other days cheaply, as far as roaming.py
lets them, and takes in or leaves out single visits that need not be made. All days share one clock here, so that opening hours
hold on every day; each day has matrices of its own, in which every way to a visit that may not be on that day is endless.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from pyvrp import Client, Depot, Location, ProblemData, Route, Solution, VehicleType
from pyvrp.search import OPERATORS, LocalSearch, PerturbationManager, PerturbationParams

from kewei.visits.rules.planning.ground import State, Tour
from kewei.visits.rules.planning.roaming import Free

if TYPE_CHECKING:
    from kewei.visits.rules.planning.search import Search

# Longer than any way, dearer than any limit exceeded.
ENDLESS = 10**10
# Numbers in the matrices of all days together; beyond that they cost more time than they save.
MOST_NUMBERS = 12_000_000
LOOKS_UP = 25
MOVES = {
    "Relocate1", "Relocate2", "Swap11", "Swap21", "Swap22", "SwapTails",
    "RemoveOptionalClient", "InsertOptionalClient", "ReplaceOptionalClient",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loose:
    """A visit as it is stirred: whose, how free, in which of its windows."""

    task: int
    free: Free
    window: int


def stirred(search: Search, state: State, times: int, warmth: float, ended: Callable[[], bool]) -> State | None:
    """The best solution found by stirring one `times` times, worse ones taken less and less; None where there is none to stir.

    `warmth` is the rise in cost that is taken with a chance of one in e at the beginning; it falls to nothing.
    """
    visits = _loosened(search, state)
    if not visits or len(search.ground.shifts) * len(visits) ** 2 > MOST_NUMBERS:
        return None
    data = _data(search, state, list(visits.values()))
    place = {v: n for n, v in enumerate(visits)}
    moves = PerturbationManager(PerturbationParams(1, search.habits.stirs_at_once))
    improve = LocalSearch(data, search.numbers, _neighbours(search, list(visits.values())), moves)
    for operator in OPERATORS:
        if operator.__name__ in MOVES:
            improve.add_operator(operator(data))
    evaluator = search.prices.evaluator()
    now = Solution(data, [Route(data, [place[v] for v in tour.visits], tour.shift) for tour in state.tours])
    cost = evaluator.penalised_cost(now)
    best, least = (now, cost) if now.is_feasible() else (None, math.inf)
    for turn in range(times):
        if turn % LOOKS_UP == 0 and ended():
            break
        new = improve(now, evaluator)
        there = evaluator.penalised_cost(new)
        heat = max(warmth * (1 - turn / times), 1e-9)
        if there <= cost or search.random.random() < math.exp((cost - there) / heat):
            now, cost = new, there
        if there < least and new.is_feasible():
            best, least = new, there
    still = improve(best or now, evaluator, exhaustive=True)
    if best is None or (still.is_feasible() and evaluator.penalised_cost(still) < least):
        best = still
    return _read(search, state, visits, best) if evaluator.penalised_cost(best) < ENDLESS else None


def _loosened(search: Search, state: State) -> dict[int, Loose]:
    """Every visit of the solution by its number, and those that could be taken in."""
    found: dict[int, Loose] = {}
    made: dict[int, list[int]] = {}
    for tour in state.tours:
        for v in tour.visits:
            made.setdefault(search.task_of[v], []).append(v)
    for i, some in made.items():
        free = search.roaming.free(i, state.patterns[i], search.random)
        for v in some:
            k = v - search.first[i]
            found[v] = Loose(i, free[k], state.windows[i][k])
    for i, nothing in search.droppable.items():
        if state.patterns[i] == nothing and (one := search.roaming.taken_in(i, search.random)):
            windows = search.ground.tasks[i].windows.get(next(iter(one.days)), ())
            found[search.first[i]] = Loose(i, one, search.random.randrange(len(windows)) if windows else 0)
    return found


def _data(search: Search, state: State, visits: Sequence[Loose]) -> ProblemData:
    ground, count = search.ground, len(visits)
    used = Counter(tour.shift for tour in state.tours)
    places = np.array([*(ground.tasks[one.task].place for one in visits), *search.depots])
    metres, minutes = search.metres[np.ix_(places, places)], search.minutes[np.ix_(places, places)]
    days = sorted({shift.day for shift in ground.shifts})
    ways = []
    for day in days:
        shut = np.array([n for n, one in enumerate(visits) if day not in one.free.days], dtype=np.int64)
        there = metres.copy()
        there[:, shut] += ENDLESS
        there[shut, shut] = 0
        ways.append(there)
    hands = []
    for number, shift in enumerate(ground.shifts):
        limit: dict[str, Any] = {} if shift.longest is None else {"shift_duration": shift.longest}
        start, end = search.depots.index(shift.start), search.depots.index(shift.end)
        hands.append(
            VehicleType(
                max(shift.number, used[number]), list(shift.capacity), start, end, tw_early=shift.early, tw_late=shift.late,
                profile=days.index(shift.day), **limit,
            )
        )  # fmt: skip
    return ProblemData(
        [Location(0, 0) for _ in places],
        [_client(search, n, one) for n, one in enumerate(visits)],
        [Depot(count + n) for n in range(len(search.depots))],
        hands,
        cast(Any, ways),
        cast(Any, [minutes] * len(ways)),
    )


def _client(search: Search, number: int, one: Loose) -> Client:
    task = search.ground.tasks[one.task]
    opens, closes = search.opening(one.task, next(iter(one.free.days)), one.window)
    return Client(
        number, list(task.loads), service_duration=task.service, tw_early=opens, tw_late=closes,
        prize=one.free.prize, required=not one.free.prize,
    )  # fmt: skip


def _neighbours(search: Search, visits: Sequence[Loose]) -> dict:
    """For every visit the nearest that may be on one of its days."""
    owner = np.array([one.task for one in visits])
    may = np.zeros((len(visits), search.ground.days), dtype=np.float32)
    for n, one in enumerate(visits):
        may[n, list(one.free.days)] = 1
    apart = search.apart[np.ix_(owner, owner)].astype(np.float64)
    apart[(may @ may.T) == 0] = np.inf
    np.fill_diagonal(apart, np.inf)
    most = min(search.habits.neighbours, len(visits) - 1)
    acts = search.activities
    if most <= 0:
        return {acts[n]: [] for n in range(len(visits))}
    order = np.argpartition(apart, most - 1, axis=1)[:, :most]
    near = np.isfinite(np.take_along_axis(apart, order, axis=1))
    return {
        acts[n]: [acts[m] for m, ok in zip(row, oks, strict=True) if ok]
        for n, (row, oks) in enumerate(zip(order.tolist(), near.tolist(), strict=True))
    }


def _read(search: Search, state: State, visits: Mapping[int, Loose], solution: Solution) -> State:
    """The solution as a state: the days on which visits now are make the pattern of their task."""
    days: dict[int, list[tuple[int, int]]] = {}
    numbers = list(visits)
    routes = [(route, [numbers[int(word[1:])] for word in str(route).split()]) for route in solution.routes()]
    for route, some in routes:
        for v in some:
            days.setdefault(search.task_of[v], []).append((search.shift_day[route.vehicle_type()], v))
    patterns, windows = list(state.patterns), list(state.windows)
    renamed: dict[int, int] = {}
    for i in {one.task for one in visits.values()}:
        made = sorted(days.get(i, ()))
        if not made:
            patterns[i], windows[i] = search.droppable[i], ()
            continue
        patterns[i] = search.roaming.number(i, [day for day, _ in made])
        windows[i] = tuple(visits[v].window for _, v in made)
        renamed |= {v: search.first[i] + k for k, (_, v) in enumerate(made)}
    tours = [
        Tour(
            route.vehicle_type(), tuple(renamed[v] for v in some), route.distance(), tuple(route.excess_load()),
            route.time_warp(),
        )
        for route, some in routes
    ]  # fmt: skip
    return State(patterns, windows, tours, search.extra_of(patterns))
