"""What the search works on: tasks with sets of days, shifts with hours; whole numbers, places are rows of matrices."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True)
class Task:
    """A terminal as the search sees it: `patterns` are sets of days, each with what it costs beside travel.

    `windows` maps a day to the (earliest, latest) beginnings on that day; a day without is open all day. With `apart`, every
    set of its days that lie at least so many days apart is among the patterns, and sets of one size cost the same.
    """

    place: int
    service: int
    loads: tuple[int, ...]
    patterns: tuple[tuple[int, ...], ...]
    costs: tuple[int, ...] = ()
    windows: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    apart: int | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """`number` alike vehicles (or one person) on a day, from `start` to `end`, within `early` and `late`, at most `longest`."""

    day: int
    number: int
    capacity: tuple[int, ...]
    start: int
    end: int
    early: int
    late: int
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """A periodic routing problem; `dates` number its days as the calendar does, where days lie between them."""

    days: int
    metres: np.ndarray
    minutes: np.ndarray
    tasks: tuple[Task, ...]
    shifts: tuple[Shift, ...]
    dates: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Habits:
    """How the search goes about it; the same for every problem. Meanings: docs/algorithms/planning.md."""

    neighbours: int = 20
    ruin_least: int = 1
    ruin_most: int = 8
    spread: float = 2.0
    large: float = 0.2
    large_most: int = 24
    by_tour: float = 0.5
    forced: float = 0.5
    noise: float = 0.3
    hot: float = 0.0005
    cold: float = 0.00005
    kept_share: float = 0.4
    price_rounds: int = 50
    beside: int = 2
    whole_every: int = 300
    rounds_between: int = 100
    stirs: int = 400
    stirs_at_once: int = 8


@dataclass(slots=True, eq=False)
class Tour:
    """One route: visits by number, and how far it exceeds its shift. `gaps` is kept once worked out."""

    shift: int
    visits: tuple[int, ...]
    metres: int
    excess: tuple[int, ...]
    warp: int
    gaps: np.ndarray | None = None
    load: tuple[int, ...] = ()


@dataclass(slots=True)
class State:
    """A solution, perhaps exceeding limits: the pattern of every task, the window of every visit, the tours."""

    patterns: list[int]
    windows: list[tuple[int, ...]]
    tours: list[Tour]
    extra: int
    metres: int = 0
    excess: tuple[int, ...] = ()
    warp: int = 0

    def __post_init__(self) -> None:
        self.metres = sum(tour.metres for tour in self.tours)
        self.excess = tuple(map(sum, zip(*(tour.excess for tour in self.tours), strict=True)))
        self.warp = sum(tour.warp for tour in self.tours)

    @property
    def keeps_limits(self) -> bool:
        """No tour carries too much or works too long."""
        return not self.warp and not any(self.excess)

    @property
    def worth(self) -> int:
        """What the solution costs when it keeps its limits: metres and what is left out."""
        return self.metres + self.extra
