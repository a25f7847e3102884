"""The sets of days on which a terminal may be visited: frequency, spacing, allowed days (domain 2.3, 5.3)."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from itertools import pairwise

from kewei.visits.rules.planning.values import Problem, Representative, Wanted

# More sets than this are thinned out evenly: the search looks at all of them for every terminal it moves.
MOST_SETS = 3_000


def patterns_of(
    wanted: Wanted, problem: Problem, person: Representative, kept: Sequence[int] = ()
) -> dict[tuple[int, ...], int]:
    """Every set of days that will do, with how many visits it leaves out; the empty set always among them.

    `kept` is the set in force, which stays among them where it is allowed, whatever is thinned out.
    """
    possible = possible_days(wanted, problem, person)
    found: dict[tuple[int, ...], int] = {}
    least = wanted.times if wanted.at_least is None else wanted.at_least
    for times in range(wanted.times, max(least, 1) - 1, -1):
        sets = _stated(wanted, possible, times) if wanted.patterns else _spaced_as(wanted, problem, possible, times)
        mine = tuple(sorted(kept))
        if len(mine) == times and mine not in sets and _allowed(mine, wanted, problem, possible):
            sets.append(mine)
        found.update(dict.fromkeys(sets, wanted.times - times))
    found[()] = wanted.times
    return found


def complete(sets: Collection[tuple[int, ...]]) -> bool:
    """Whether no set was thinned out."""
    sizes = Counter(map(len, sets))
    return max(sizes.values()) < MOST_SETS


def possible_days(wanted: Wanted, problem: Problem, person: Representative) -> list[int]:
    """Days on which the person works and the terminal may be visited within working hours."""
    allowed = range(len(problem.days)) if wanted.days is None else wanted.days
    begin = person.begins
    return [
        day
        for day in sorted(set(allowed) & set(person.days))
        if any(
            w.closes >= begin and w.opens + wanted.minutes <= begin + person.minutes_on(day)
            for w in wanted.windows_on(day)
        )
    ]


def _stated(wanted: Wanted, possible: Sequence[int], times: int) -> list[tuple[int, ...]]:
    """The stated sets of so many days, all of them possible."""
    ok = set(possible)
    sets = sorted({tuple(sorted(p)) for p in wanted.patterns if len(p) == times and ok.issuperset(p)})
    return sets if len(sets) <= MOST_SETS else [sets[n * len(sets) // MOST_SETS] for n in range(MOST_SETS)]


def _spaced_as(wanted: Wanted, problem: Problem, possible: Sequence[int], times: int) -> list[tuple[int, ...]]:
    most = wanted.apart_most if times == wanted.times else None
    return list(spread(tuple(problem.days), tuple(possible), times, wanted.apart_least, most))


@lru_cache(maxsize=256)
def spread(
    dates: tuple[int, ...],
    possible: tuple[int, ...],
    times: int,
    least: int,
    most: int | None,
    spans: tuple[frozenset[int], ...] = (),
    at_most: int = MOST_SETS,
) -> tuple[tuple[int, ...], ...]:
    """Sets of `times` possible days, neighbours in time apart as wanted, a day of every span among them, in order.

    Where there are more than `at_most`, evenly spaced ones of them. In how many ways every beginning leads on is counted
    first: sets made day after day and thinned out on the way would lose those that keep all rules to those that cannot.
    Terminals are often alike, so answers are kept.
    """
    count = len(possible)
    holding = [sum(1 << n for n, span in enumerate(spans) if day in span) for day in possible]

    @cache
    def ways(last: int, left: int, unheld: int) -> tuple[int, ...]:
        """After the day at place `last`: for every later place the number of sets up to and with it (running sums)."""
        sums, total = [], 0
        for at in range(last + 1, count):
            if last < 0 or _apart(least, most, dates[possible[at]] - dates[possible[last]]):
                rest = unheld & ~holding[at]
                total += (not rest) if left == 1 else (ways(at, left - 1, rest) or (0,))[-1]
            sums.append(total)
        return tuple(sums)

    everything = (1 << len(spans)) - 1
    total = (ways(-1, times, everything) or (0,))[-1]

    def nth(rank: int) -> tuple[int, ...]:
        days, last, unheld = [], -1, everything
        for left in range(times, 0, -1):
            sums = ways(last, left, unheld)
            step = bisect_right(sums, rank)
            rank -= sums[step - 1] if step else 0
            last += step + 1
            unheld &= ~holding[last]
            days.append(possible[last])
        return tuple(days)

    kept = min(total, at_most)
    return tuple(nth(n * total // kept) for n in range(kept))


def _apart(least: int, most: int | None, days: int) -> bool:
    return days >= max(least, 1) and (most is None or days <= most)


def _allowed(days: tuple[int, ...], wanted: Wanted, problem: Problem, possible: Sequence[int]) -> bool:
    if not set(possible).issuperset(days):
        return False
    if wanted.patterns:
        return any(tuple(sorted(p)) == days for p in wanted.patterns)
    gaps = [problem.days[b] - problem.days[a] for a, b in pairwise(days)]
    most = wanted.apart_most if len(days) == wanted.times else None
    return all(_apart(wanted.apart_least, most, gap) for gap in gaps)
