"""Every line of docs/algorithms/limitation.md."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kewei.receivables.rules.limitation import KINDS, Event, last_day, limitation, warning_of
from kewei.receivables.tests.rules.worked import day, several, table

PAGE = "limitation.md"


@pytest.mark.parametrize("case", table(PAGE, "start"), ids=lambda case: case["because"])
def test_last_day(case):
    assert last_day(day(case["start"])) == day(case["last day"])


@pytest.mark.parametrize("case", table(PAGE, "due", "events"), ids=lambda case: f"{case['due']} {case['events']}")
def test_restarts(case):
    events = [Event(day(text.split()[1]), text.split()[0]) for text in several(case["events"])]
    clock = limitation(day(case["due"]) if case["due"] else None, reversed(events))
    assert clock.last_day == (day(case["last day"]) if case["last day"] else None)
    assert len(clock.counted) == int(case["counted"])


@pytest.mark.parametrize("case", table(PAGE, "days left"), ids=lambda case: case["days left"])
def test_warning(case):
    assert warning_of(int(case["days left"])) == (int(case["band"]) if case["band"] else None)


def test_a_demand_without_due_date_leaves_its_grace_first():
    clock = limitation(None, [Event(date(2022, 3, 1), "demand")], grace_days=30)
    assert (clock.starts_on, clock.last_day) == (date(2022, 3, 31), date(2025, 3, 31))


def test_a_clock_that_does_not_run_has_no_days_left():
    assert limitation(None).days_left(date(2026, 1, 1)) is None
    assert not limitation(None).provisional


def test_days_left_count_down_to_nought_on_the_last_day():
    clock = limitation(date(2022, 3, 31))
    assert [clock.days_left(date(2025, 3, 31) + timedelta(days=n)) for n in (-1, 0, 1)] == [1, 0, -1]


def test_an_event_that_came_too_late_is_kept_apart():
    late = Event(date(2025, 4, 1), "demand")
    clock = limitation(date(2022, 3, 31), [late])
    assert (clock.counted, clock.too_late) == ((), (late,))


def test_a_day_beyond_the_announced_holidays_is_provisional():
    assert limitation(date(2096, 1, 1)).provisional
    assert not limitation(date(2021, 10, 1)).provisional


some_day = st.dates(date(2004, 1, 1), date(2026, 12, 31))
some_event = st.builds(Event, some_day, st.sampled_from(sorted(KINDS)))


@given(some_day, st.lists(some_event, max_size=6), some_event)
def test_one_more_event_never_shortens_the_time(due_date, events, one_more):
    before = limitation(due_date, events).last_day
    after = limitation(due_date, [*events, one_more]).last_day
    assert before is not None
    assert after is not None
    assert after >= before
