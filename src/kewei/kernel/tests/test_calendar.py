"""Days as people type them, and the working days of mainland China as the State Council published them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kewei.kernel import calendar
from kewei.kernel.calendar import (
    BadDay,
    add_working_days,
    add_years,
    day_from_text,
    days_between,
    is_provisional,
    is_working_day,
    month_end,
    next_working_day,
)

JAN_31 = date(2024, 1, 31)
days = st.dates(min_value=date(1950, 1, 1), max_value=date(2099, 12, 31))


@pytest.mark.parametrize(
    "typed",
    [
        "2024-01-31",
        "2024-1-31",
        "2024/1/31",
        "2024/01/31",
        "2024.1.31",
        "2024 / 1 / 31",
        "20240131",
        "2024年1月31日",
        "2024年01月31日",
        "2024 年 1 月 31 日",
        "2024年1月31",
        "2024年1月31号",
        "２０２４－０１－３１",
        "31-Jan-2024",
        "31 jan 2024",
        "31Jan2024",
        "31 January 2024",
        "Jan 31, 2024",
        "  2024-01-31  ",
        "2024-01-31 00:00:00",
        "2024/1/31 8:05",
        "2024-01-31T23:59:59.999",
        "2024-01-31T08:00:00+08:00",
        "45322",
        "45322.75",
        45322,
        45322.0,
        45322.75,
        20240131,
        20240131.0,
        JAN_31,
        datetime(2024, 1, 31, 17, 30),
        datetime(2024, 1, 31, 17, 30, tzinfo=UTC),
    ],
)
def test_days_as_people_type_them(typed):
    day = day_from_text(typed)
    assert day == JAN_31
    assert type(day) is date


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", calendar.EMPTY),
        ("  ", calendar.EMPTY),
        ("2024-02-30", calendar.NO_SUCH_DAY),
        ("2023-02-29", calendar.NO_SUCH_DAY),
        ("2024年2月30日", calendar.NO_SUCH_DAY),
        ("20240230", calendar.NO_SUCH_DAY),
        ("30-Feb-2024", calendar.NO_SUCH_DAY),
        ("2024-13-01", calendar.NO_SUCH_DAY),
        ("2024-00-10", calendar.NO_SUCH_DAY),
        ("2024-04-31", calendar.NO_SUCH_DAY),
        (20241301, calendar.NO_SUCH_DAY),
        ("3/4/2024", calendar.AMBIGUOUS),
        ("31/1/2024", calendar.AMBIGUOUS),
        ("1949-12-31", calendar.OUT_OF_RANGE),
        ("2100-01-01", calendar.OUT_OF_RANGE),
        ("0001-01-01", calendar.OUT_OF_RANGE),
        ("99999", calendar.OUT_OF_RANGE),
        (date(1900, 1, 1), calendar.OUT_OF_RANGE),
        (datetime(9999, 12, 31), calendar.OUT_OF_RANGE),
        ("2024-1/31", calendar.NOT_A_DAY),
        ("2024-01", calendar.NOT_A_DAY),
        ("2024", calendar.NOT_A_DAY),
        ("24-1-31", calendar.NOT_A_DAY),
        ("31-Foo-2024", calendar.NOT_A_DAY),
        ("明天", calendar.NOT_A_DAY),
        ("#REF!", calendar.NOT_A_DAY),
        ("2024-01-31-2024-02-01", calendar.NOT_A_DAY),
        ("٢٠٢٤-٠١-٣١", calendar.NOT_A_DAY),
        (1, calendar.NOT_A_DAY),
        (-45322, calendar.NOT_A_DAY),
        (1e300, calendar.NOT_A_DAY),
        (float("nan"), calendar.NOT_A_DAY),
        (float("inf"), calendar.NOT_A_DAY),
        (None, calendar.NOT_A_DAY),
        (True, calendar.NOT_A_DAY),
        ("9" * 10_000, calendar.NOT_A_DAY),
    ],
)
def test_what_is_not_a_day_is_refused_with_the_reason(typed, reason):
    with pytest.raises(BadDay) as refused:
        day_from_text(typed)
    assert refused.value.reason == reason
    assert len(refused.value.sentence()) < 200


def test_month_first_and_day_first_only_when_said():
    assert day_from_text("3/4/2024", order="mdy") == date(2024, 3, 4)
    assert day_from_text("3/4/2024", order="dmy") == date(2024, 4, 3)
    assert day_from_text("1/31/2024", order="mdy") == JAN_31
    assert day_from_text("2024-01-31", order="mdy") == JAN_31
    with pytest.raises(BadDay) as refused:
        day_from_text("31/1/2024", order="mdy")
    assert refused.value.reason == calendar.NO_SUCH_DAY


@given(days)
def test_every_printed_day_reads_back(day):
    serial = (day - date(1899, 12, 30)).days
    assert day_from_text(day.isoformat()) == day
    assert day_from_text(f"{day:%Y%m%d}") == day
    assert day_from_text(f"{day.year}年{day.month}月{day.day}日") == day
    assert day_from_text(f"{day:%d-%b-%Y}") == day
    assert day_from_text(f"{day.month}/{day.day}/{day.year}", order="mdy") == day
    assert day_from_text(serial) == day


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_a_refusal(text):
    try:
        day = day_from_text(text)
    except BadDay:
        return
    assert 1950 <= day.year <= 2099


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2024, 2, 4), True),  # Sunday worked before the Spring Festival
        (date(2024, 2, 9), True),  # New Year's Eve was a working day in 2024
        (date(2024, 2, 12), False),
        (date(2024, 2, 18), True),
        (date(2024, 10, 1), False),
        (date(2024, 10, 12), True),
        (date(2024, 10, 13), False),
        (date(2025, 1, 26), True),
        (date(2025, 10, 8), False),
        (date(2026, 1, 4), True),
        (date(2026, 3, 2), True),
        (date(2026, 3, 1), False),
    ],
)
def test_working_days_follow_the_published_arrangement(day, works):
    assert is_working_day(day) is works
    assert not is_provisional(day)


def test_beyond_the_published_years_only_weekends_are_free_and_provisional():
    assert is_provisional(date(2090, 10, 2))
    assert is_working_day(date(2090, 10, 2))  # a Monday of what will surely be a holiday week
    assert not is_working_day(date(2090, 10, 1))  # a Sunday
    assert is_provisional(date(2003, 5, 1))


def test_the_last_day_of_a_period_moves_to_a_working_day():
    assert next_working_day(date(2024, 10, 1)) == date(2024, 10, 8)
    assert next_working_day(date(2024, 10, 8)) == date(2024, 10, 8)
    assert next_working_day(date(2024, 2, 10)) == date(2024, 2, 18)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2024, 9, 30), 1, date(2024, 10, 8)),
        (date(2024, 9, 30), 0, date(2024, 9, 30)),
        (date(2024, 10, 1), 0, date(2024, 10, 1)),
        (date(2024, 10, 1), 1, date(2024, 10, 8)),
        (date(2024, 10, 8), -1, date(2024, 9, 30)),
        (date(2024, 9, 28), 5, date(2024, 10, 10)),  # 29 September was worked
        (date(2024, 3, 4), 10, date(2024, 3, 18)),
    ],
)
def test_counting_working_days(start, n, end):
    assert add_working_days(start, n) == end


@given(st.dates(min_value=date(2004, 1, 1), max_value=date(2030, 12, 31)), st.integers(min_value=1, max_value=60))
def test_n_working_days_on_are_n_days_worked(day, n):
    end = add_working_days(day, n)
    between = [day + timedelta(days=i) for i in range(1, (end - day).days + 1)]
    assert sum(map(is_working_day, between)) == n
    assert is_working_day(end)


@pytest.mark.parametrize(
    ("day", "n", "later"),
    [
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 3, date(2027, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2023, 2, 28), 1, date(2024, 2, 28)),
        (date(2024, 5, 31), 3, date(2027, 5, 31)),
        (date(2024, 5, 31), -1, date(2023, 5, 31)),
    ],
)
def test_years_are_calendar_years(day, n, later):
    assert add_years(day, n) == later


def test_months_and_distances():
    assert month_end(date(2024, 2, 1)) == date(2024, 2, 29)
    assert month_end(date(2023, 2, 28)) == date(2023, 2, 28)
    assert month_end(date(2024, 12, 5)) == date(2024, 12, 31)
    assert days_between(date(2024, 2, 28), date(2024, 3, 1)) == 2
    assert days_between(date(2024, 3, 1), date(2024, 2, 28)) == -2
    assert days_between(JAN_31, JAN_31) == 0
