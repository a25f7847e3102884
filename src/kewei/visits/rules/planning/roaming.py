"""To which days a visit may move on its own: however the other visits of its terminal move too, the spacing is kept."""

from collections.abc import Sequence
from itertools import pairwise

from kewei.visits.rules.planning.ground import Ground, Task


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
        self.open = [{day for days in task.patterns for day in days} - task.windows.keys() for task in ground.tasks]
        self.numbers = [
            {days: n for n, days in enumerate(task.patterns)} if apart is not None else {}
            for task, apart in zip(ground.tasks, self.apart, strict=True)
        ]
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
