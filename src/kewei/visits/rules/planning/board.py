"""Every gap between two stops of a plan, and what a visit would cost there; all gaps of all days at once."""

from typing import TYPE_CHECKING

import numpy as np

from kewei.visits.rules.planning.ground import State, Tour

if TYPE_CHECKING:
    from kewei.visits.rules.planning.search import Search

FAR = 10**12
BEFORE, AFTER, LEAVES, REACHES = range(4)


class Board:
    """Gaps in rows of days. A gap: place before, place after, earliest leaving there, latest arriving here.

    Each shift that has hands left offers one empty tour. Visits of `gone` tasks are taken off first.
    """

    def __init__(self, search: "Search", state: State, gone: set[int]):
        self.search = search
        self.tours, self.losers = [], []
        task_of = search.task_of
        used = [0] * len(search.ground.shifts)
        for tour in state.tours:
            kept = tuple(v for v in tour.visits if task_of[v] not in gone)
            if len(kept) < len(tour.visits):
                self.losers.append(tour)
                tour = Tour(tour.shift, kept, 0, (), 0)
            if tour.visits:
                used[tour.shift] += 1
                self.tours.append(tour)
        self.spare = [s.number - u for s, u in zip(search.ground.shifts, used, strict=True)]
        self.stopped = len(self.tours)
        self.tours += [search.empty[shift] for shift, left in enumerate(self.spare) if left > 0]
        self._lay(state, len(gone))

    def _lay(self, state: State, more: int) -> None:
        search = self.search
        pieces = [search.gaps_of(tour, state.windows) for tour in self.tours]
        days = [search.shift_day[tour.shift] for tour in self.tours]
        need = [0] * search.ground.days
        for day, gaps in zip(days, pieces, strict=True):
            need[day] += gaps.shape[1]
        self.width = max(need) + more + 1
        size = search.ground.days * self.width
        self.gaps = np.zeros((4, size), dtype=np.int64)
        self.route = np.zeros(size, dtype=np.int64)
        self.fill = [day * self.width for day in range(search.ground.days)]
        for number, (day, gaps) in enumerate(zip(days, pieces, strict=True)):
            at = self.fill[day]
            end = self.fill[day] = at + gaps.shape[1]
            self.gaps[:, at:end] = gaps
            self.route[at:end] = number
        before, after, leaves, reaches = self.gaps
        self.base = search.metres[before, after]
        self.base[self.route >= self.stopped] = 0
        for day, end in enumerate(self.fill):
            self.base[end : (day + 1) * self.width] = -FAR
        self.over = np.maximum(leaves + search.minutes[before, after] - reaches, 0)
        self.load = np.array([tour.load for tour in self.tours]).T
        self.room = np.array([search.ground.shifts[tour.shift].capacity for tour in self.tours]).T

    def asks(self, i: int, window: int) -> np.ndarray:
        """What a visit of task `i` in its `window`-th window would cost in every gap, days by gaps."""
        search, task = self.search, self.search.ground.tasks[i]
        before, after, leaves, reaches = self.gaps
        to, onward = search.minutes[:, task.place][before], search.minutes[task.place][after]
        cost = (search.metres[:, task.place][before] + search.metres[task.place][after] - self.base).astype(np.float64)
        opens, closes = search.openings(i, window, self.width)
        arrives = leaves + to
        late = np.maximum(np.minimum(np.maximum(arrives, opens), closes) + onward + task.service - reaches, 0)
        cost += search.prices.time * np.maximum(late + np.maximum(arrives - closes, 0) - self.over, 0)
        for load, room, size, price in zip(self.load, self.room, task.loads, search.prices.loads, strict=True):
            if size:
                more = np.maximum(load + size - room, 0) - np.maximum(load - room, 0)
                cost += (price * more)[self.route]
        return cost.reshape(-1, self.width)

    def put(self, i: int, window: int, day: int, at: int) -> Tour:
        """Put a visit of task `i` into a gap, so that the next one sees it; the tour it is in."""
        search, task = self.search, self.search.ground.tasks[i]
        before, after, leaves, reaches = self.gaps[:, at].tolist()
        route = int(self.route[at])
        opens, closes = search.opening(i, day, window)
        done = max(leaves + int(search.minutes[before, task.place]), opens) + task.service
        onward = int(search.minutes[task.place, after])
        new = self.fill[day]
        self.fill[day] += 1
        # The rest of the tour loses the time this visit takes; where exactly is not worked out.
        longer = done + onward - leaves - int(search.minutes[before, after])
        self.gaps[LEAVES][self.route == route] += longer
        self.gaps[:, at] = before, task.place, leaves, min(closes, reaches - onward - task.service)
        self.gaps[:, new] = task.place, after, done, reaches
        self.base[at], self.base[new] = search.metres[before, task.place], search.metres[task.place, after]
        self.route[new] = route
        self.load[:, route] += task.loads
        its = np.flatnonzero(self.route == route)
        b, a, gone, by = self.gaps[:, its]
        self.over[its] = np.maximum(gone + search.minutes[b, a] - by, 0)
        return self.tours[route]
