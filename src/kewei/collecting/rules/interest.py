"""法定逾期利息: what a late buyer owes under the SME payment regulation, to the fen (domain 4.3, 3.6; docs/algorithms/interest.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kewei.collecting.rules.clocks import interest_fen, late_days, lawful_due
from kewei.kernel.refusals import N_

# Where the days of the regulation run from: the best that is known of an invoice.
STARTS: dict[str, str] = {"received": N_("签收日"), "delivered": N_("发货日"), "invoiced": N_("开票日")}


@dataclass(frozen=True, slots=True)
class Period:
    """So much was owed from the day `first` to the day `last`, both included; fen."""

    first: date
    last: date
    fen: int

    @property
    def days(self) -> int:
        """Days of interest."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Owed:
    """An invoice as the regulation sees it: `total_fen` less credit notes; `paid` are (day, fen) as they came."""

    start: date
    due_date: date | None
    total_fen: int
    paid: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class Interest:
    """The lawful due day of an invoice and the interest since, with the lines it was reckoned from; fen."""

    lawful_due: date
    days: int
    periods: tuple[Period, ...]
    fen_days: int
    interest_fen: int


def lawful_day(start: date, due_date: date | None, default_days: int, most_days: int) -> date:
    """The last lawful day to pay: as agreed, as far as the regulation lets a contract go; else its default."""
    agreed = None if due_date is None else max(0, (due_date - start).days)
    return lawful_due(start, agreed, default_days, most_days)


def interest_of(owed: Owed, default_days: int, most_days: int, daily_bp: int, today: date) -> Interest:
    """Interest of one invoice until today: what was owed on each day after the lawful due day × the daily rate.

    Money counts from the day after it came: on the day itself the whole was still owed. Rounded once per invoice.
    """
    due = lawful_day(owed.start, owed.due_date, default_days, most_days)
    periods = tuple(periods_of(owed, due, today))
    fen_days = sum(one.fen * one.days for one in periods)
    last = periods[-1].last if periods else due
    return Interest(due, late_days(due, last), periods, fen_days, interest_fen(fen_days, daily_bp))


def periods_of(owed: Owed, due: date, today: date) -> Iterable[Period]:
    """Stretches of days after the due day on which the same was owed, oldest first; those with nothing owed are left out."""
    left = owed.total_fen
    since = due
    for on, fen in sorted(owed.paid):
        if on > since and on <= today:
            if left > 0:
                yield Period(since + timedelta(days=1), on, left)
            since = on
        if on <= today:
            left -= fen
    if left > 0 and today > since:
        yield Period(since + timedelta(days=1), today, left)
