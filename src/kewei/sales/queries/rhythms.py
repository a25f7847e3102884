"""购买节奏: which terminals have lapsed as of the last night, and the rhythm of everybody that buys one product."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np

from kewei.kernel.calendar import month_before
from kewei.sales.models import Habit
from kewei.sales.queries.months import product_columns
from kewei.sales.rules.lapse import Alarm, alarm_days
from kewei.sales.rules.rhythms import habits_of, purchases_of

# Purchases of a product are looked at so many months back.
MONTHS_OF_PRODUCT = 36
YEAR = 12


class Lapsed(NamedTuple):
    """A terminal whose silence is an alarm: its last purchase of us, its usual gap in days, and since when."""

    terminal: int
    last_day: date
    usual_days: int
    alarm_day: date


class HabitOfProduct(NamedTuple):
    """How a terminal buys one product of us: the last day, its usual gap in days (0: no rhythm yet), the first day on which
    its silence is an alarm, days with a purchase, and thousandths bought in the twelve months up to that of the last day."""

    last: date
    usual_days: int
    alarm_day: date | None
    purchases: int
    year_milli: int


def lapsed(today: date) -> list[Lapsed]:
    """流失预警  Terminals past the alarm day the night reckoned for them, whoever asks. One query."""
    rows = Habit.objects.filter(alarm_day__lte=today).order_by("terminal")
    told = rows.values_list("terminal", "last_day", "usual_days", "alarm_day")
    return [Lapsed(pk, last, usual, alarm) for pk, last, usual, alarm in told if usual and alarm]


def habits_of_product(product: int, last: date, policy: Alarm) -> dict[int, HabitOfProduct]:
    """Everybody that bought a product of us in the 36 months up to a day, by the same rule as the alarm, whoever asks. Two
    queries, and one for each month with lines of the product that came since the night."""
    months = product_columns(product, month_before(last, MONTHS_OF_PRODUCT - 1), last)
    buyer, day = purchases_of(months.terminal, months.first, months.days, last.toordinal())
    told = habits_of(buyer, day, policy.gaps)
    if not len(told.buyer):
        return {}
    # Each row's buyer, and whether it lies in the year up to that one's last purchase.
    place = np.minimum(np.searchsorted(told.buyer, months.terminal), len(told.buyer) - 1)
    back = told.last[place] - months.first
    counted = (told.buyer[place] == months.terminal) & (back >= 0) & (back <= YEAR * 30)
    year = np.zeros(len(told.buyer), np.int64)
    np.add.at(year, place[counted], months.milli[counted])
    columns = (told.buyer, told.last, told.usual, alarm_days(told, policy), told.purchases, year)
    return {
        pk: HabitOfProduct(
            date.fromordinal(last_day), usual, date.fromordinal(alarm) if alarm else None, purchases, milli
        )
        for pk, last_day, usual, alarm, purchases, milli in zip(*(one.tolist() for one in columns), strict=True)
    }
