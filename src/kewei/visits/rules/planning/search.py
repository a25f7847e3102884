"""The search: some neighbouring terminals lose their days, get days again, and PyVRP puts the tours concerned in order.

One PyVRP problem holds all days: day d is the stretch of time from d·H on, its shifts lie within it, and a visit planned
for day d has its window there. So PyVRP improves all days at once. Where only the distance between visits counts, a visit's
window reaches over all the days to which it may move however the others of its terminal move (roaming.py); the days of all
other terminals are chosen here. Limits may be exceeded on the way at a price (prices.py); worse solutions are taken less and less often.
docs/algorithms/planning.md tells the whole with figures.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any, cast

import numpy as np
from pyvrp import (
    Activity,
    ActivityType,
    Client,
    Depot,
    Location,
    ProblemData,
    RandomNumberGenerator,
    Route,
    Solution,
    VehicleType,
)
from pyvrp.search import OPERATORS, LocalSearch, PerturbationManager, PerturbationParams

from kewei.visits.rules.planning.board import Board
from kewei.visits.rules.planning.ground import Ground, Habits, State, Tour
from kewei.visits.rules.planning.prices import Prices
from kewei.visits.rules.planning.roaming import Roaming
from kewei.visits.rules.planning.stirring import stirred
from kewei.visits.rules.planning.values import StopRule


class Search:
    """One search over one ground; `run` may be called again and goes on where it stopped."""

    def __init__(self, ground: Ground, seed: int, habits: Habits = Habits()):
        self.ground, self.habits = ground, habits
        self.random = Random(seed)  # noqa: S311 - to search by, not to keep secrets
        self.numbers = RandomNumberGenerator(seed=seed)
        self.metres = np.ascontiguousarray(ground.metres, dtype=np.int64)
        self.minutes = np.ascontiguousarray(ground.minutes, dtype=np.int64)
        self.prices = Prices(ground, habits)
        self._number_visits()
        self._find_neighbours()
        self._lay_shifts()
        self.rounds = self.unstirred = 0
        self.best: State | None = None
        self.current: State | None = None

    def run(self, stop: StopRule, better: Callable[["Search"], None] | None = None, until: float = 1.0) -> State:
        """Search until this much of the allowance is used up; the best solution so far is in `best` at any time."""
        if self.current is None:
            self.begin(*self._first_patterns())
        while (share := stop(self.rounds)) < until:
            before = self.best
            if self.unstirred >= self.habits.rounds_between:
                self._stir(share, lambda: stop(self.rounds) >= until)
            else:
                self.rounds, self.unstirred = self.rounds + 1, self.unstirred + 1
                self._round(share)
            if better and self.best is not before:
                better(self)
        assert self.current is not None
        return self.best or self.current

    def begin(self, patterns: list[int], windows: list[tuple[int, ...]]) -> None:
        """Start from days; the tours are dealt out and improved."""
        state = State(patterns, windows, self._first_tours(patterns), 0)
        self.adopt(self._improved(state, state.tours, [], whole=True) or state)

    def begin_from(self, state: State, waiting: Sequence[int]) -> None:
        """Start from a solution whose `waiting` tasks have no days yet: they get theirs one after the other, as given."""
        start = self._improved(state, state.tours, [], whole=True) or state
        self.adopt(start)
        usual = self.prices.loads, self.prices.time
        self.prices.loads, self.prices.time = [price * STRICT for price in usual[0]], usual[1] * STRICT
        for turn in range(0, len(waiting), AT_ONCE):
            start = self._filled(start, waiting[turn : turn + AT_ONCE])
        self.adopt(self._trimmed(start))
        self.prices.loads, self.prices.time = usual

    def _filled(self, state: State, waiting: Sequence[int], forced: bool = False) -> State:
        """The solution with days for some more tasks, which join the tours that the board found for them."""
        board = Board(self, state, set(waiting))
        patterns, windows, hosts = self._new_days(state, board, waiting, forced, noise=0)
        added: dict[int, list[int]] = {}
        visits = [self.first[i] + k for i in waiting for k in range(len(self.ground.tasks[i].patterns[patterns[i]]))]
        for v, host in zip(visits, hosts, strict=True):
            added.setdefault(id(host), []).append(v)
        tours = [Tour(t.shift, (*t.visits, *added.get(id(t), ())), 0, (), 0) for t in board.tours]
        filled = State(patterns, windows, [tour for tour in tours if tour.visits], 0)
        return self._improved(filled, filled.tours, [], whole=True) or state

    def _trimmed(self, state: State) -> State:
        """The solution without the cheapest visits of every tour that exceeds its limits, where they may be left out."""
        while not state.keeps_limits:
            gone = set()
            for tour in state.tours:
                if tour.warp or any(tour.excess):
                    tasks = {self.task_of[v] for v in tour.visits} & self.droppable.keys()
                    gone |= {min(tasks, key=lambda i: (self.costs[i][self.droppable[i]], i))} if tasks else set()
            if not gone:
                return state
            patterns, windows = list(state.patterns), list(state.windows)
            for i in gone:
                patterns[i], windows[i] = self.droppable[i], ()
            tours = [
                Tour(t.shift, tuple(v for v in t.visits if self.task_of[v] not in gone), 0, (), 0) for t in state.tours
            ]
            rest = State(patterns, windows, [tour for tour in tours if tour.visits], 0)
            better = self._improved(rest, rest.tours, [], whole=True)
            if better is None:
                return state
            state = better
        return state

    def adopt(self, state: State) -> None:
        """Go on from a solution, this search's or another's over the same ground."""
        self.current = state
        self._remember(state)

    def _stir(self, share: float, ended: Callable[[], bool]) -> None:
        """Stir the present solution, or the best one where that exceeds limits; as dear as so many rounds.

        Half of the times somebody left out is squeezed in first.
        """
        state = self.current if self.current and self.current.keeps_limits else self.best or self.current
        assert state is not None
        self.rounds, self.unstirred = self.rounds + self.habits.stirs // STIRS_A_ROUND, 0
        squeezed = self._squeezed(state) if self.random.random() < SQUEEZES else None
        new = stirred(self, squeezed or state, self.habits.stirs, self._warmth(share, state), ended)
        if new is not None and (new.keeps_limits or squeezed is None):
            self.adopt(new)

    def _squeezed(self, state: State) -> State | None:
        """The solution with a task that was left out, limits exceeded or not: stirring may make room for it. Perhaps with
        others left out near it: a far place may be worth a day for several, though for none alone. None where none is left out.
        """
        out = {i for i, nothing in self.droppable.items() if state.patterns[i] == nothing}
        if not out:
            return None
        one = self.random.choice(sorted(out))
        beside = [i for i in self.near_list[one] if i in out][: self.random.choice(SQUEEZED_TOO)]
        return self._filled(state, [one, *beside], forced=True)

    def _warmth(self, share: float, state: State) -> float:
        """The rise in cost that is taken with a chance of one in e, when this share of the allowance is used up."""
        return self.habits.hot * (self.habits.cold / self.habits.hot) ** share * max(state.metres, 1)

    # --- one round ---------------------------------------------------------------------------------------------------

    def _round(self, share: float) -> None:
        state = self.current
        assert state is not None
        new = self._moved(state)
        if new is None:
            return
        self.prices.note(new)
        now, cost = self.prices.of(state), self.prices.of(new)
        if not new.keeps_limits and self.best and cost < self.best.worth:
            repaired = self._improved(new, new.tours, [], whole=True, times=10)
            if repaired is not None and repaired.keeps_limits:
                new, cost = repaired, self.prices.of(repaired)
        if cost <= now or self.random.random() < math.exp((now - cost) / max(self._warmth(share, state), 1e-9)):
            state = new
        self.current = state
        if self.rounds % self.habits.whole_every == 0:
            self.current = self._improved(self.current, self.current.tours, [], whole=True) or self.current
            self._remember(self.current)
        self._remember(new)

    def _moved(self, state: State) -> State | None:
        """The solution after one ruin and repair; None where a visit found no place on its day."""
        chosen, forced = self._chosen(state)
        if not forced:
            self.random.shuffle(chosen)
        board = Board(self, state, set(chosen))
        noise = self.habits.noise * self.random.random()
        patterns, windows, hosts = self._new_days(state, board, chosen, forced, noise)
        missing = [self.first[i] + k for i in chosen for k in range(len(self.ground.tasks[i].patterns[patterns[i]]))]
        concerned = {id(tour) for tour in hosts}
        concerned |= self._beside(board, chosen, patterns)
        inside = [tour for tour in board.tours[: board.stopped] if id(tour) in concerned or not tour.excess]
        kept = {id(tour) for tour in inside}
        outside = [tour for tour in board.tours[: board.stopped] if id(tour) not in kept]
        changed = State(patterns, windows, outside, 0)
        return self._improved(changed, inside, missing, spare=board.spare)

    def _chosen(self, state: State) -> tuple[list[int], bool]:
        """Which tasks lose their days; and must the first one change?

        Mostly one at random and some of its neighbours; now and then many of them, or all of one tour, so that a tour
        may go from one day to another.
        """
        habits, random = self.habits, self.random
        forced = random.random() < habits.forced
        if random.random() < habits.large:
            if state.tours and random.random() < habits.by_tour:
                tour = random.choice(state.tours)
                some = [i for i in dict.fromkeys(self.task_of[v] for v in tour.visits) if i in self.company]
                if some:
                    random.shuffle(some)
                    return some, forced
            many, spread = random.randint(habits.ruin_most, habits.large_most), 1.3
        else:
            many, spread = random.randint(habits.ruin_least, habits.ruin_most), habits.spread
        seed = random.choice(self.movable)
        near = self.company[seed][: int(spread * many)]
        return [seed, *random.sample(near, min(len(near), many - 1))], forced

    def _new_days(
        self, state: State, board: Board, chosen: Sequence[int], forced: bool, noise: float
    ) -> tuple[list[int], list[tuple[int, ...]], list[Tour]]:
        """Give the chosen tasks days again, one after the other, each where it costs least, with some noise."""
        patterns, windows, hosts = list(state.patterns), list(state.windows), []
        for turn, i in enumerate(chosen):
            asks = [board.asks(i, window) for window in range(self.width[i])]
            places = [ask.argmin(axis=1) for ask in asks]
            least = np.array([ask[np.arange(len(ask)), at] for ask, at in zip(asks, places, strict=True)])
            window_on = least.argmin(axis=0)
            totals = self.holds[i] @ least.min(axis=0) + self.costs[i]
            if noise:
                totals *= 1 + noise * self.noise.random(len(totals))
            if turn == 0 and forced and len(totals) > 1:
                totals[patterns[i]] = np.inf
            patterns[i] = int(totals.argmin())
            days = self.ground.tasks[i].patterns[patterns[i]]
            windows[i] = tuple(int(window_on[day]) for day in days)
            for day, window in zip(days, windows[i], strict=True):
                hosts.append(board.put(i, window, day, day * board.width + int(places[window][day])))
        return patterns, windows, hosts

    def _beside(self, board: Board, chosen: list[int], patterns: list[int]) -> set[int]:
        """The tours of the visits nearest to those that look for a place: one of them may be the better host."""
        tour_of = {}
        for tour in board.tours[: board.stopped]:
            day = self.shift_day[tour.shift]
            for v in tour.visits:
                tour_of[self.task_of[v], day] = tour
        found = set()
        for i in chosen:
            for day in self.ground.tasks[i].patterns[patterns[i]]:
                seen = 0
                for j in self.near_list[i]:
                    if (host := tour_of.get((j, day))) is not None:
                        found.add(id(host))
                        seen += 1
                        if seen == self.habits.beside:
                            break
        return found

    def _improved(
        self,
        rest: State,
        inside: Sequence[Tour],
        missing: Sequence[int],
        whole: bool = False,
        times: float = 1,
        spare: Sequence[int] | None = None,
    ) -> State | None:
        """The solution whose tours `inside` PyVRP has improved; `missing` visits are put in first, `rest` stays."""
        visits = [v for tour in inside for v in tour.visits] + list(missing)
        if not visits:
            return State(list(rest.patterns), rest.windows, [] if whole else rest.tours, self.extra_of(rest.patterns))
        place = {v: n for n, v in enumerate(visits)}
        shifts = self._hands(inside, spare)
        number = {shift: n for n, (shift, _) in enumerate(shifts)}
        clients = [self._client(v, rest.patterns, rest.windows) for v in visits]
        data = self.data.replace(clients=clients, vehicle_types=[self._vehicle(*hand) for hand in shifts])
        search = LocalSearch(data, self.numbers, self._neighbours(visits, inside, rest.patterns), STILL)
        for operator in self.operators:
            search.add_operator(operator(data))
        routes = [Route(data, [place[v] for v in tour.visits], number[tour.shift]) for tour in inside]
        solution = search(Solution(data, routes), self.prices.evaluator(times), exhaustive=whole)
        if solution.time_warp() > self.horizon // 3:
            return None
        tours = [self._tour(route, visits, shifts) for route in solution.routes()]
        state = State(list(rest.patterns), rest.windows, tours if whole else [*rest.tours, *tours], 0)
        state.extra = self.extra_of(state.patterns)
        self._note_days(state, tours)
        return state

    def _note_days(self, state: State, tours: Iterable[Tour]) -> None:
        """PyVRP chose the days of visits that may roam; write them down."""
        found: dict[int, list[int]] = {}
        for tour in tours:
            day = self.shift_day[tour.shift]
            for v in tour.visits:
                i = self.task_of[v]
                if self.roaming.may(i):
                    if i not in found:
                        found[i] = list(self.ground.tasks[i].patterns[state.patterns[i]])
                    found[i][v - self.first[i]] = day
        for i, days in found.items():
            state.patterns[i] = self.roaming.number(i, days)

    def extra_of(self, patterns: Sequence[int]) -> int:
        """What the chosen patterns cost beside travel."""
        return sum(int(cost[p]) for cost, p in zip(self.costs, patterns, strict=True)) if self.any_costs else 0

    def _tour(self, route: Route, visits: Sequence[int], shifts: Sequence[tuple[int, int]]) -> Tour:
        # PyVRP says a route as "C3 C17 …", which is by far the quickest way to read it.
        return Tour(
            shifts[route.vehicle_type()][0],
            tuple(visits[int(word[1:])] for word in str(route).split()),
            route.distance(),
            tuple(route.excess_load()),
            route.time_warp(),
        )

    def _remember(self, state: State) -> None:
        if state.keeps_limits and (self.best is None or state.worth < self.best.worth):
            self.best = state

    # --- what PyVRP is given -----------------------------------------------------------------------------------------

    def _hands(self, inside: Sequence[Tour], spare: Sequence[int] | None) -> list[tuple[int, int]]:
        """Which shifts take part, and with how many hands: those of the tours and, on the same days, the spare ones."""
        counts: dict[int, int] = {}
        for tour in inside:
            counts[tour.shift] = counts.get(tour.shift, 0) + 1
        if spare is None:
            return [(shift, max(s.number, counts.get(shift, 0))) for shift, s in enumerate(self.ground.shifts)]
        for shift, left in enumerate(spare):
            if left > 0:
                counts[shift] = counts.get(shift, 0) + left
        return sorted(counts.items())

    def _vehicle(self, shift: int, number: int) -> VehicleType:
        key = shift, number
        if key not in self.vehicles:
            s = self.ground.shifts[shift]
            limit: dict[str, Any] = {} if s.longest is None else {"shift_duration": s.longest}
            self.vehicles[key] = VehicleType(
                number,
                list(s.capacity),
                self.depots.index(s.start),
                self.depots.index(s.end),
                tw_early=s.day * self.horizon + s.early,
                tw_late=s.day * self.horizon + s.late,
                **limit,
            )
        return self.vehicles[key]

    def _client(self, v: int, patterns: Sequence[int], windows: Sequence[tuple[int, ...]]) -> Client:
        i = self.task_of[v]
        k = v - self.first[i]
        return self._made(i, *self.roaming.reach(i, patterns[i])[k], windows[i][k])

    def _made(self, i: int, first: int, last: int, window: int) -> Client:
        key = i, first, last, window
        if key not in self.clients:
            task = self.ground.tasks[i]
            opens, closes = self.opening(i, first, window)
            self.clients[key] = Client(
                task.place, list(task.loads), service_duration=task.service, tw_early=first * self.horizon + opens,
                tw_late=last * self.horizon + closes,
            )  # fmt: skip
        return self.clients[key]

    def _neighbours(
        self, visits: Sequence[int], inside: Sequence[Tour], patterns: Sequence[int]
    ) -> dict[Activity, list[Activity]]:
        """For every visit the nearest visits of the days it may be on."""
        tasks = [self.task_of[v] for v in visits]
        owner = np.array(tasks)
        reach = [self.roaming.reach(i, patterns[i])[v - self.first[i]] for v, i in zip(visits, tasks, strict=True)]
        first, last = np.array(reach).T
        far = self.apart[np.ix_(owner, owner)] + FAR_DAY * ((first[:, None] > last) | (first > last[:, None]))
        np.fill_diagonal(far, 4 * FAR_DAY)
        most = min(self.habits.neighbours, len(visits) - 1)
        if most <= 0:
            return {a: [] for a in self.activities[: len(visits)]}
        order = np.argpartition(far, most - 1, axis=1)[:, :most]
        right = np.take_along_axis(far, order, axis=1) < FAR_DAY
        acts = self.activities
        return {
            acts[n]: [acts[m] for m, ok in zip(row, oks, strict=True) if ok]
            for n, (row, oks) in enumerate(zip(order.tolist(), right.tolist(), strict=True))
        }

    # --- laying out --------------------------------------------------------------------------------------------------

    def _number_visits(self) -> None:
        """Visits are numbered task by task."""
        tasks, days = self.ground.tasks, self.ground.days
        self.roaming = Roaming(self.ground)
        self.costs = [np.array(t.costs or (0,) * len(t.patterns)) for t in tasks]
        self.any_costs = any(any(t.costs) for t in tasks)
        self.width = [max((len(w) for w in t.windows.values()), default=1) for t in tasks]
        self.first: list[int] = []
        self.task_of: list[int] = []
        for i, task in enumerate(tasks):
            self.first.append(len(self.task_of))
            self.task_of += [i] * max(map(len, task.patterns))
        self.activities = [Activity(ActivityType.CLIENT, number) for number in range(len(self.task_of))]
        self.movable = [i for i, t in enumerate(tasks) if len(t.patterns) > 1] or list(range(len(tasks)))
        self.droppable = {i: t.patterns.index(()) for i, t in enumerate(tasks) if () in t.patterns}
        # Which pattern holds which day, for choosing among patterns by what every day would cost.
        self.holds = [np.zeros((len(t.patterns), days)) for t in tasks]
        for task, holds in zip(tasks, self.holds, strict=True):
            for number, pattern in enumerate(task.patterns):
                holds[number, list(pattern)] = 1
        self.noise = np.random.default_rng(self.random.getrandbits(32))

    def _find_neighbours(self) -> None:
        places = np.array([task.place for task in self.ground.tasks], dtype=np.int64)
        both = self.metres[np.ix_(places, places)]
        self.apart = both + both.T
        order = self.apart.copy()
        np.fill_diagonal(order, -1)
        near = np.argsort(order, axis=1, kind="stable")
        self.near_list = near[:, 1:].tolist()
        movable = set(self.movable)
        self.company = {i: [j for j in self.near_list[i] if j in movable] for i in self.movable}

    def _lay_shifts(self) -> None:
        ground = self.ground
        self.shift_day = [shift.day for shift in ground.shifts]
        work = sum(task.service for task in ground.tasks) + int(self.minutes.max(axis=1).sum())
        self.horizon = max(shift.late for shift in ground.shifts) * 3 + work
        self.depots = sorted({place for shift in ground.shifts for place in (shift.start, shift.end)})
        self.vehicles: dict[tuple[int, int], VehicleType] = {}
        self.clients: dict[tuple[int, int, int, int], Client] = {}
        self.opened: dict[tuple[int, int, int], tuple] = {}
        nothing = (0,) * len(ground.shifts[0].capacity)
        self.empty = [Tour(shift, (), 0, nothing, 0) for shift in range(len(ground.shifts))]
        self.data = ProblemData(
            [Location(0, 0) for _ in range(len(self.metres))],
            [],
            [Depot(place) for place in self.depots],
            [self._vehicle(shift, s.number) for shift, s in enumerate(ground.shifts)],
            cast(Any, [self.metres]),
            cast(Any, [self.minutes]),
        )
        self.operators = [operator for operator in OPERATORS if operator.__name__ in MOVES]

    def _first_patterns(self) -> tuple[list[int], list[tuple[int, ...]]]:
        """Days as even as can be: the largest tasks first, each on the days that have least work so far."""
        tasks = self.ground.tasks
        work = np.zeros(self.ground.days)
        patterns = [0] * len(tasks)
        windows: list[tuple[int, ...]] = [()] * len(tasks)
        sizes = [sum(t.loads) + t.service for t in tasks]
        for i in sorted(range(len(tasks)), key=lambda i: -sizes[i] * max(map(len, tasks[i].patterns))):
            ahead = self.holds[i] * (work + sizes[i] + self.random.random() * 1e-3)
            cheapest = self.costs[i] == self.costs[i].min()
            patterns[i] = int(np.where(cheapest, ahead.max(axis=1), np.inf).argmin())
            days = tasks[i].patterns[patterns[i]]
            windows[i] = (0,) * len(days)
            work[list(days)] += sizes[i]
        return patterns, windows

    def _first_tours(self, patterns: Sequence[int]) -> list[Tour]:
        """Every day's visits, neighbours together, dealt out to the day's shifts in equal parts."""
        visits: dict[int, list[int]] = {}
        for i in [0, *self.near_list[0]]:
            for k, day in enumerate(self.ground.tasks[i].patterns[patterns[i]]):
                visits.setdefault(day, []).append(self.first[i] + k)
        tours = []
        for day, those in visits.items():
            hands = [n for n, s in enumerate(self.ground.shifts) if s.day == day for _ in range(s.number)]
            part = -(-len(those) // len(hands))
            for turn, hand in enumerate(hands):
                if mine := those[turn * part : (turn + 1) * part]:
                    tours.append(Tour(hand, tuple(mine), 0, (), 0))
        return tours

    # --- times of tours ----------------------------------------------------------------------------------------------

    def opening(self, i: int, day: int, window: int) -> tuple[int, int]:
        """When a visit of task `i` may begin on a day."""
        windows = self.ground.tasks[i].windows.get(day)
        return windows[min(window, len(windows) - 1)] if windows else (0, self.horizon // 2)

    def openings(self, i: int, window: int, width: int) -> tuple:
        """The same for every gap of a board of `width` gaps a day."""
        if not self.ground.tasks[i].windows:
            return 0, self.horizon // 2
        key = (i, window, width)
        if key not in self.opened:
            if len(self.opened) > 10_000:
                self.opened.clear()
            days = [self.opening(i, day, window) for day in range(self.ground.days)]
            self.opened[key] = tuple(np.repeat(np.array(side), width) for side in zip(*days, strict=True))
        return self.opened[key]

    def gaps_of(self, tour: Tour, windows: Sequence[tuple[int, ...]]) -> np.ndarray:
        """The gaps of a tour: place before, place after, earliest leaving, latest arriving; its load beside."""
        if tour.gaps is None:
            tour.gaps = self._gaps(tour, windows)
            loads = [self.ground.tasks[self.task_of[v]].loads for v in tour.visits]
            nothing = (0,) * len(self.ground.shifts[tour.shift].capacity)
            tour.load = tuple(map(sum, zip(*loads, strict=True))) if loads else nothing
        return tour.gaps

    def _gaps(self, tour: Tour, windows: Sequence[tuple[int, ...]]) -> np.ndarray:
        shift, known = self.ground.shifts[tour.shift], self.ground.tasks
        tasks = [self.task_of[v] for v in tour.visits]
        places = [shift.start, *(known[i].place for i in tasks), shift.end]
        walks = self.minutes[places[:-1], places[1:]].tolist()
        hours = [
            self.opening(i, shift.day, windows[i][v - self.first[i]]) for i, v in zip(tasks, tour.visits, strict=True)
        ]
        services = [known[i].service for i in tasks]
        leaves, now = [shift.early], shift.early
        for walk, service, (opens, _) in zip(walks, services, hours, strict=False):
            now = max(now + walk, opens) + service
            leaves.append(now)
        late = shift.late
        if shift.longest is not None:
            late = min(late, max(shift.early + shift.longest, now + walks[-1]))
        reaches, now = [late], late
        for walk, service, (_, closes) in zip(walks[:0:-1], services[::-1], hours[::-1], strict=True):
            now = min(closes, now - walk - service)
            reaches.append(now)
        return np.array([places[:-1], places[1:], leaves, reaches[::-1]], dtype=np.int64)


# Prices while a first plan is filled: limits count for much more than metres.
STRICT = 50
AT_ONCE = 10
# So many times of stirring take about as long as a round.
STIRS_A_ROUND = 4
SQUEEZES, SQUEEZED_TOO = 0.5, (0, 0, 1, 3, 7)
STILL = PerturbationManager(PerturbationParams(0, 0))
FAR_DAY = 10**13
# The moves within and between tours that PyVRP tries; the others concern depots, optional clients and shipments.
MOVES = {"Relocate1", "Relocate2", "Swap11", "Swap21", "Swap22", "SwapTails"}
