"""To which days a visit may move on its own: however the other visits of its terminal move too, the spacing is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from kewei.visits.rules.planning.ground import Ground, Task


@dataclass(frozen=True, slots=True)
class Free:
    """The days on which a visit may be, alike in opening hours; what leaving it out costs in metres, 0 where it must stay."""

    days: frozenset[int]
    prize: int = 0


class Roaming:
    """The reach of every visit; worked out once for each set of days.

    The days to spare between two visits are dealt out to both. Only tasks with `apart` roam, or with one visit that may be on
    any day at no difference; and only over days without opening hours.
    """

    def __init__(self, ground: Ground):
        self.ground = ground
        self.dates = ground.dates or tuple(range(ground.days))
        self.worked = {shift.day for shift in ground.shifts}
        self.apart = [self._least(task) for task in ground.tasks]
        self.held = [{day for days in task.patterns for day in days} for task in ground.tasks]
        self.open = [held - task.windows.keys() for held, task in zip(self.held, ground.tasks, strict=True)]
        self.alike: dict[tuple[int, int], frozenset[int]] = {}
        self.numbers = [{days: n for n, days in enumerate(task.patterns)} for task in ground.tasks]
        self.known: dict[tuple[int, int], list[tuple[int, int]]] = {}

    def may(self, i: int) -> bool:
        """Whether visits of task `i` roam at all."""
        return self.apart[i] is not None

    def reach(self, i: int, pattern: int) -> list[tuple[int, int]]:
        """The first and the last day to which each visit of a set of days may move, its own day among them."""
        key = i, pattern
        if key not in self.known:
            self.known[key] = self._reach(i, self.ground.tasks[i].patterns[pattern])
        return self.known[key]

    def number(self, i: int, days: Sequence[int]) -> int:
        """The pattern of task `i` with these days, each within the reach of its visit."""
        return self.numbers[i][tuple(days)]

    def free(self, i: int, pattern: int, random: Random) -> list[Free]:
        """The days of each visit of a set of days, all of which may move at once; one of them at most may be left out.

        Where not only the distance counts, one visit by chance may move, the others stay.
        """
        task, days = self.ground.tasks[i], self.ground.tasks[i].patterns[pattern]
        if not days:
            return []
        k = random.randrange(len(days))
        if self.apart[i] is not None and len(days) > 1:
            found = list(self._dealt_out(i, days, random))
        else:
            found = [frozenset({day}) for day in days]
            found[k] = self._alone(i, pattern, k)
        without = self.numbers[i].get((*days[:k], *days[k + 1 :]))
        prize = max(0, self._cost(task, without) - self._cost(task, pattern)) if without is not None else 0
        return [Free(some, prize if n == k else 0) for n, some in enumerate(found)]

    def taken_in(self, i: int, random: Random) -> Free | None:
        """The days on which one visit of a task that is left out could be made; None where one is not enough."""
        task, numbers = self.ground.tasks[i], self.numbers[i]
        single = [days[0] for days in task.patterns if len(days) == 1]
        if not single:
            return None
        day = random.choice(single)
        number = numbers[(day,)]
        prize = self._cost(task, numbers[()]) - self._cost(task, number)
        return Free(self._alone(i, number, 0), prize) if prize > 0 else None

    def _dealt_out(self, i: int, days: Sequence[int], random: Random) -> Iterator[frozenset[int]]:
        """The days to spare between two visits, dealt out to both by chance."""
        apart, dates = self.apart[i] or 1, [self.dates[day] for day in days]
        first, last = self.dates[0], self.dates[-1]
        for n, day in enumerate(days):
            until = last
            if n + 1 < len(days):
                until = dates[n] + random.randint(0, dates[n + 1] - dates[n] - apart)
            yield frozenset(d for d in self._alike(i, day) if first <= self.dates[d] <= until)
            first = until + apart

    def _alone(self, i: int, pattern: int, k: int) -> frozenset[int]:
        """To which days the k-th visit of a set may move while the others stay, at no difference in cost."""
        task, days = self.ground.tasks[i], self.ground.tasks[i].patterns[pattern]
        cost, found = self._cost(task, pattern), {days[k]}
        for day in self._alike(i, days[k]):
            number = self.numbers[i].get((*days[:k], day, *days[k + 1 :]))
            if number is not None and self._cost(task, number) == cost:
                found.add(day)
        return frozenset(found)

    def _alike(self, i: int, day: int) -> frozenset[int]:
        """The days of the task's sets with the same opening hours as a day."""
        if (i, day) not in self.alike:
            windows = self.ground.tasks[i].windows
            self.alike[i, day] = frozenset(d for d in self.held[i] if windows.get(d) == windows.get(day))
        return self.alike[i, day]

    def _cost(self, task: Task, number: int) -> int:
        return task.costs[number] if task.costs else 0

    def _least(self, task: Task) -> int | None:
        if task.apart is not None:
            return task.apart
        costs = task.costs or (0,) * len(task.patterns)
        anywhere = len(task.patterns) == self.ground.days and all(len(days) == 1 for days in task.patterns)
        return 1 if anywhere and not any(costs) else None

    def _reach(self, i: int, days: Sequence[int]) -> list[tuple[int, int]]:
        apart = self.apart[i]
        if apart is None or not days:
            return [(day, day) for day in days]
        dates = [self.dates[day] for day in days]
        spare = [after - before - apart for before, after in pairwise(dates)]
        first = [self.dates[0], *(at - (left - left // 2) for at, left in zip(dates[1:], spare, strict=True))]
        last = [*(at + left // 2 for at, left in zip(dates, spare, strict=False)), self.dates[-1]]
        return [self._run(i, *one) for one in zip(days, first, last, strict=True)]

    def _run(self, i: int, day: int, first: int, last: int) -> tuple[int, int]:
        """The unbroken run of open days around a day, between two dates; days nobody works do not break it."""
        if day not in self.open[i]:
            return day, day
        low = high = day
        while low > 0 and self.dates[low - 1] >= first and self._passable(i, low - 1):
            low -= 1
        while high < len(self.dates) - 1 and self.dates[high + 1] <= last and self._passable(i, high + 1):
            high += 1
        return low, high

    def _passable(self, i: int, day: int) -> bool:
        return day in self.open[i] or day not in self.worked
