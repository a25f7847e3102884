"""The sets of days on which a terminal may be visited: frequency, spacing, allowed days (domain 2.3, 5.3)."""

from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import combinations, pairwise

from kewei.visits.rules.planning.values import Problem, Representative, Wanted

# More sets than this are thinned out evenly: the search looks at all of them for every terminal it moves.
MOST_SETS = 3_000
MOST_LOOKED_AT = 60_000


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
    """The stated sets, and where fewer visits will do, what is left of them after leaving days out."""
    ok = set(possible)
    parts = {part for p in wanted.patterns for part in combinations(sorted(p), times) if ok.issuperset(part)}
    return _thinned(sorted(parts))


def _spaced_as(wanted: Wanted, problem: Problem, possible: Sequence[int], times: int) -> list[tuple[int, ...]]:
    most = wanted.apart_most if times == wanted.times else None
    return list(_spaced(tuple(problem.days), tuple(possible), times, wanted.apart_least, most))


@lru_cache(maxsize=256)
def _spaced(
    dates: tuple[int, ...], possible: tuple[int, ...], times: int, least: int, most: int | None
) -> tuple[tuple[int, ...], ...]:
    """All sets of `times` days whose neighbours in time lie apart as wanted, found day after day; thinned out where too many.

    Terminals are often alike. A beginning after which too few days are left is none: it would crowd out those that lead on.
    """
    sets: list[tuple[int, ...]] = [()]
    for turn in range(times):
        longer = []
        for one in sets:
            for day in possible[: len(possible) - (times - turn - 1)]:
                if not one or _apart(least, most, dates[day] - dates[one[-1]]):
                    longer.append((*one, day))
        # Too many to look at: keep every n-th, which keeps early and late beginnings alike.
        sets = longer[:: max(1, len(longer) // MOST_LOOKED_AT)] if turn < times - 1 else longer
    return tuple(_thinned(sets))


def _apart(least: int, most: int | None, days: int) -> bool:
    return days >= max(least, 1) and (most is None or days <= most)


def _allowed(days: tuple[int, ...], wanted: Wanted, problem: Problem, possible: Sequence[int]) -> bool:
    if not set(possible).issuperset(days):
        return False
    if wanted.patterns:
        return any(set(p).issuperset(days) for p in wanted.patterns)
    gaps = [problem.days[b] - problem.days[a] for a, b in pairwise(days)]
    most = wanted.apart_most if len(days) == wanted.times else None
    return all(_apart(wanted.apart_least, most, gap) for gap in gaps)


def _thinned(sets: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    if len(sets) <= MOST_SETS:
        return sets
    return [sets[n * len(sets) // MOST_SETS] for n in range(MOST_SETS)]
