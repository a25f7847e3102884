"""One day's round: when one arrives at each stop, how far it is, and where a new stop costs least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kewei.visits.rules.planning.travel import by_road
from kewei.visits.rules.plans import MIDNIGHT, Pattern

Place = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Call:
    """A stop to be put in a day: where it is (None: not known), how long, when its doors are open.

    `at` pins its beginning to a minute, for what was agreed with the customer. `terminal` finds its ways (0: none known).
    """

    key: int
    place: Place
    minutes: int
    opens: int = 0
    closes: int = MIDNIGHT
    at: int | None = None
    terminal: int = 0


@dataclass(frozen=True, slots=True)
class Timed:
    """A stop with its time: arrives in minutes after midnight, metres from the place before."""

    key: int
    arrives: int
    minutes: int
    metres: int


@dataclass(frozen=True, slots=True)
class Round:
    """A day in its order: when it begins and ends, how far it goes, and how many minutes anybody comes too late."""

    begins: int
    stops: tuple[Timed, ...]
    back: int
    metres: int
    late: int

    @property
    def minutes(self) -> int:
        """How long the day is, from leaving to being back."""
        return self.back - self.begins


def walk(calls: Sequence[Call], pattern: Pattern) -> Round:
    """The calls in the order given. A place not known counts as the place before it: no road is added for it."""
    at, name, clock, far, late = pattern.start, pattern.starts_at, pattern.begins, 0, 0
    timed: list[Timed] = []
    for number, call in enumerate(calls):
        metres, minutes = _leg(at, call.place, (name, call.terminal), pattern)
        arrives = clock + minutes
        opens = call.at if call.at is not None else call.opens
        closes = call.at if call.at is not None else call.closes
        begin = max(arrives, opens)
        if number == 0 and pattern.start is None:
            begin = max(pattern.begins, opens)
        late += max(0, begin - closes)
        timed.append(Timed(call.key, begin, call.minutes, metres))
        clock, far = begin + call.minutes, far + metres
        at, name = call.place or at, call.terminal
    home, minutes = _leg(at, pattern.end, (name, pattern.ends_at), pattern)
    return Round(pattern.begins, tuple(timed), clock + minutes, far + home, late)


def put_in(calls: Sequence[Call], new: Call, pattern: Pattern, place: int | None = None) -> list[Call]:
    """The calls with one more: at `place` (from 0) where somebody said so, else where nobody comes late and the round is shortest."""
    where = range(len(calls) + 1) if place is None else [max(0, min(place, len(calls)))]
    rounds = [[*calls[:n], new, *calls[n:]] for n in where]
    return min(rounds, key=lambda one: _cost(walk(one, pattern)))


def shortest(calls: Sequence[Call], pattern: Pattern, order: Sequence[int] = ()) -> list[Call]:
    """The calls in a short order: put in one by one, those of `order` first and in that order."""
    known = {call.key: call for call in calls}
    found = [known[key] for key in order if key in known]
    for call in calls:
        if call.key not in order:
            found = put_in(found, call, pattern)
    return found


def unpinned(call: Call) -> Call:
    """The call without its fixed minute."""
    return replace(call, at=None)


def _cost(one: Round) -> tuple[int, int, int]:
    return one.late, one.metres, one.back


def _leg(a: Place, b: Place, names: tuple[int, int], pattern: Pattern) -> tuple[int, int]:
    known = pattern.ways.get(names)
    if known is not None:
        return known
    if a is None or b is None or a == b:
        return 0, 0
    travel = by_road([a, b], pattern.road_percent, pattern.metres_per_minute)
    return travel.metres[0][1], travel.minutes[0][1]
