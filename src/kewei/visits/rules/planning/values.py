"""What the planner is given and what it gives back; whole numbers throughout.

Days are indices into `Problem.days`; minutes are minutes after midnight or lengths in minutes; metres are road metres.
A plan's cost is in metres: metres driven, plus the prize of every visit left out, plus the price of every night away.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

# What leaving out a visit that must be made costs: more than any month of driving, so that it only happens when nothing
# else is possible.
MUST_PRIZE = 10_000_000
MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True)
class Travel:
    """Road metres and minutes from place to place; row and column are places, not necessarily symmetric."""

    metres: tuple[tuple[int, ...], ...]
    minutes: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Window:
    """A visit may begin from minute `opens` to minute `closes` of a day, both included."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A terminal to be visited `times` times within the days of the problem.

    `patterns` are the allowed sets of days, as sorted day indices; no other set will do. Without them any `times` days out of `days` (all
    days when None) will do whose calendar distance is from `apart_least` to `apart_most`. `windows` hold for every day
    that `day_windows` does not name. A `must` is left out only when nothing else is possible; anything else is left out
    when it costs more than `prize` metres per visit. `at_least` visits may do where `times` do not fit (None: all or
    none); of `patterns` those of fewer days. `persons` may make the visits, all of them by one person; empty means anybody.
    """

    key: str
    place: int
    minutes: int
    times: int = 1
    patterns: tuple[tuple[int, ...], ...] = ()
    days: tuple[int, ...] | None = None
    apart_least: int = 1
    apart_most: int | None = None
    windows: tuple[Window, ...] = ()
    day_windows: dict[int, tuple[Window, ...]] = field(default_factory=dict)
    must: bool = False
    prize: int = 50_000
    at_least: int | None = None
    load: int = 0
    persons: tuple[str, ...] = ()

    def windows_on(self, day: int) -> tuple[Window, ...]:
        """When the visit may begin on a day; the whole day where nothing is said."""
        return self.day_windows.get(day, self.windows) or (Window(0, MIDNIGHT),)

    @property
    def missing_costs(self) -> int:
        """Metres that one visit left out costs the plan."""
        return MUST_PRIZE if self.must else self.prize


@dataclass(frozen=True, slots=True)
class Appointment:
    """Something fixed in a person's day that is no visit: begins at `minute` at `place`, takes `minutes`; always kept."""

    key: str
    day: int
    place: int
    minute: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Representative:
    """Who travels: from `start` to `end` on `days`, from `begins`, at most `minutes` a day and `stops` visits.

    `start` or `end` None: the day begins at its first stop, ends at its last. `day_minutes` and `day_stops` say it for
    single days. `capacity` limits the sum of loads of a day (None: no limit). With `overnight`, a night away from home
    is planned where it saves more than `night_metres`.
    """

    key: str
    start: int | None
    end: int | None
    days: tuple[int, ...]
    begins: int = 9 * 60
    minutes: int = 480
    stops: int = 12
    day_minutes: dict[int, int] = field(default_factory=dict)
    day_stops: dict[int, int] = field(default_factory=dict)
    capacity: int | None = None
    overnight: bool = False
    night_metres: int = 100_000
    appointments: tuple[Appointment, ...] = ()

    def minutes_on(self, day: int) -> int:
        """How long a day may be, from leaving the start to reaching the end."""
        return self.day_minutes.get(day, self.minutes)

    def stops_on(self, day: int) -> int:
        """How many visits a day may hold; appointments do not count."""
        return self.day_stops.get(day, self.stops)


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything a plan is made from. `days` are the calendar numbers of the working days (date.toordinal), ascending."""

    days: tuple[int, ...]
    travel: Travel
    wanted: tuple[Wanted, ...]
    representatives: tuple[Representative, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit (or appointment) in a day: arrives, begins after waiting, leaves; metres from the place before."""

    key: str
    place: int
    arrives: int
    begins: int
    leaves: int
    metres: int
    appointment: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """A representative's day in its order; `start` and `end` are places (a hotel's, after a night away; None: none)."""

    person: str
    day: int
    start: int | None
    end: int | None
    leaves: int
    back: int
    metres: int
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Unplanned:
    """Visits that found no place: how many are missing, and the first reason of REASONS that holds."""

    key: str
    missing: int
    reason: str


# Why a visit is not in the plan, in the order in which they are looked for.
REASONS = (
    "no_person",  # nobody of those allowed works in these days
    "no_pattern",  # no set of days keeps frequency and spacing
    "closed",  # no window lies within the working hours of an allowed day
    "too_far",  # even alone the visit does not fit into a day
    "full",  # the days are full of what is worth more
    "not_worth",  # it would fit, but costs more metres than it is worth
)


@dataclass(frozen=True, slots=True)
class Plan:
    """Routes by person and day, what is left out, and what it costs in metres (see the head of this module)."""

    routes: tuple[Route, ...]
    unplanned: tuple[Unplanned, ...]
    metres: int
    nights: int
    cost: int

    def days_of(self, key: str) -> tuple[int, ...]:
        """The days on which a terminal is visited, ascending."""
        return tuple(
            sorted(
                route.day for route in self.routes for stop in route.stops if stop.key == key and not stop.appointment
            )
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search has come: rounds made, cost of the best plan so far, and that plan when asked for."""

    rounds: int
    cost: int
    plan: Callable[[], Plan]


class StopRule(Protocol):
    """Given the rounds made, the share of the allowance that is used up: from 0.0; 1.0 or more ends the search.

    A door builds one from a clock, a test from a number of rounds; the search cools down by it.
    """

    def __call__(self, rounds: int, /) -> float: ...


def after_rounds(number: int) -> StopRule:
    """A stopping rule that ends after a number of rounds, the same on every machine."""
    return lambda rounds: rounds / number
