"""To which days a visit may move on its own: whatever the others of its terminal do, the spacing is kept."""

from __future__ import annotations

from itertools import combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kewei.visits.rules.planning.ground import Ground, Shift, Task
from kewei.visits.rules.planning.patterns import MOST_SETS, complete, spread
from kewei.visits.rules.planning.roaming import Roaming

WEEKDAYS = tuple(day for day in range(21) if day % 7 < 5)
FAR = np.zeros((2, 2), dtype=np.int64)


def ground(task: Task, off: frozenset[int] = frozenset()) -> Ground:
    """Fifteen working days of one person, some of them off."""
    shifts = tuple(Shift(day, 1, (9,), 1, 1, 0, 480) for day in range(len(WEEKDAYS)) if day not in off)
    return Ground(len(WEEKDAYS), FAR, FAR, (task,), shifts, WEEKDAYS)


def spaced(times: int, apart: int, open_days: tuple[int, ...] = tuple(range(len(WEEKDAYS)))) -> tuple:
    return ((), *spread(WEEKDAYS, open_days, times, apart, None))


@given(
    times=st.integers(1, 3), apart=st.integers(1, 5), shut=st.frozensets(st.integers(0, 14), max_size=6), data=st.data()
)
def test_wherever_visits_roam_the_days_are_one_of_the_sets(times, apart, shut, data):
    sets = spaced(times, apart, tuple(day for day in range(len(WEEKDAYS)) if day not in shut))
    roaming = Roaming(ground(Task(0, 30, (1,), sets, (9,) + (0,) * (len(sets) - 1), apart=apart), shut))
    number = data.draw(st.integers(0, len(sets) - 1))
    reach = roaming.reach(0, number)
    assert all(first <= day <= last for (first, last), day in zip(reach, sets[number], strict=True))
    worked = [[day for day in range(first, last + 1) if day not in shut] for first, last in reach]
    for days in product(*worked):
        assert sets[roaming.number(0, days)] == days
        assert all(WEEKDAYS[b] - WEEKDAYS[a] >= apart for a, b in pairwise(days))


@pytest.mark.parametrize("times", [8, 12, 17, 19, 20, 21])
def test_sets_said_to_be_complete_are(times):
    """On almost every day of a month: on the way there are more beginnings than are looked at."""
    days = tuple(range(21))
    found = spread(days, days, times, 1, None)
    assert len(found) <= MOST_SETS
    if complete(found):
        assert found == tuple(combinations(days, times))


def test_the_days_to_spare_are_dealt_out_to_both():
    """Days 1 and 6 of weeks from Monday: seven days apart where three will do, so four to spare (docs/algorithms/planning.md)."""
    sets = spaced(2, 3)
    roaming = Roaming(ground(Task(0, 30, (1,), sets, apart=3)))
    assert roaming.reach(0, sets.index((1, 6))) == [(0, 3), (5, 14)]


@pytest.mark.parametrize("task", [
    Task(0, 30, (1,), ((0, 5), (1, 6))),
    Task(0, 30, (1,), ((), (0,), (1,))),
    Task(0, 30, (1,), ((0,), (1,)), (0, 5)),
])  # fmt: skip
def test_stated_sets_and_days_that_cost_differently_stay_where_they_are(task):
    roaming = Roaming(ground(task))
    assert not roaming.may(0)
    assert roaming.reach(0, 1) == [(day, day) for day in task.patterns[1]]


def test_a_day_with_opening_hours_is_not_left_and_not_entered():
    sets = spaced(1, 1)
    roaming = Roaming(ground(Task(0, 30, (1,), sets, windows={4: ((60, 120),)}, apart=1)))
    assert [roaming.reach(0, sets.index((day,)))[0] for day in (2, 4, 9)] == [(0, 3), (4, 4), (5, 14)]


@given(
    times=st.integers(1, 4),
    least=st.integers(1, 5),
    most=st.none() | st.integers(5, 14),
    open_days=st.frozensets(st.integers(0, 14), max_size=11).map(lambda days: tuple(sorted(days))),
    spans=st.lists(st.frozensets(st.integers(0, 14), min_size=1, max_size=5), max_size=3).map(tuple),
)
def test_sets_of_days_are_those_that_trying_all_finds(times, least, most, open_days, spans):
    wanted = [
        days
        for days in combinations(open_days, times)
        if all(least <= WEEKDAYS[b] - WEEKDAYS[a] <= (most or 99) for a, b in pairwise(days))
        and all(span.intersection(days) for span in spans)
    ]
    assert list(spread(WEEKDAYS, open_days, times, least, most, spans)) == wanted
    assert set(spread(WEEKDAYS, open_days, times, least, most, spans, 5)) <= set(wanted)
    assert len(spread(WEEKDAYS, open_days, times, least, most, spans, 5)) == min(5, len(wanted))
