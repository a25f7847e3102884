"""A terminal's own rhythm, and how many of its own intervals it has missed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kewei.sales.rules.rhythm import Rhythm, overdue, rhythm

BEGAN = date(2026, 1, 1)


def every(days: int, times: int) -> list[date]:
    return [BEGAN + timedelta(days=days * n) for n in range(times)]


def test_the_middle_gap_is_usual_and_one_long_holiday_changes_nothing():
    told = rhythm([*every(14, 6), BEGAN + timedelta(days=70 + 60)])
    assert told == Rhythm(14, 0, 7, date(2026, 5, 11))
    assert told.next_day == date(2026, 5, 25)


def test_two_purchases_are_no_rhythm():
    assert rhythm(every(10, 2)) == Rhythm(None, 0, 2, date(2026, 1, 11))
    assert rhythm([]) == Rhythm(None, 0, 0, None)
    assert overdue(rhythm(every(10, 2)), date(2027, 1, 1)) is None
    assert rhythm([]).next_day is None


@pytest.mark.parametrize(("silence", "missed"), [(0, 0), (13, 0), (14, 1), (27, 1), (28, 2), (-5, 0)])
def test_missed_intervals_are_whole_ones_of_its_own(silence, missed):
    told = rhythm(every(14, 5))
    assert told.last is not None
    assert overdue(told, told.last + timedelta(days=silence)) == missed


@given(st.lists(st.dates(date(2020, 1, 1), date(2026, 1, 1)), min_size=3, max_size=40))
def test_order_and_repetition_make_no_difference(days):
    assert rhythm(days) == rhythm(sorted(days * 2, reverse=True))
