"""月度回顾: one month against the one before and a year ago, what moved it, who was kept and lost and why; of what one sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kewei.insight.queries import habits, keeping, tree
from kewei.insight.queries.habits import LAPSED, Age, HabitRow, LossSum
from kewei.insight.queries.keeping import OneSum, Retained
from kewei.insight.queries.tree import Behind, Found
from kewei.insight.rules.periods import Periods
from kewei.insight.rules.tree import PARTS
from kewei.kernel.calendar import month_before, month_end
from kewei.people.models import Person
from kewei.sales import queries as sales
from kewei.sales.queries import Freshness

LISTED = 15


@dataclass(frozen=True)
class Review:
    """Everything a review of a month says. `moves` are for each part of the tree the terminals that moved it most."""

    month: date
    against_before: Found
    against_year: Found
    moves: dict[str, list[Behind]]
    kept: Retained
    owners: list[OneSum]
    lapsed: list[HabitRow]
    lapsed_count: int
    losses: list[LossSum]
    age: Age
    fresh: Freshness


def review(person: Person, month: date, today: date) -> Review:
    """The review of a month. Keeping, lapse and owners are as of the day the night last reckoned for."""
    first, last = month.replace(day=1), month_end(month)
    before = tree.tree_of(person, Periods(month_before(month), month_end(month_before(month)), first, last))
    year_ago = month_before(month, 12)
    against_year = tree.tree_of(person, Periods(year_ago, month_end(year_ago), first, last))
    age = habits.age()
    lapsed, count = habits.habits(person, today, state=LAPSED, limit=LISTED)
    return Review(
        month, before, against_year, {part: tree.behind(person, before, part, LISTED)[0] for part in PARTS},
        keeping.retained(person, age), keeping.sums_by(person, today, "owner"), lapsed, count,
        [one for one in habits.losses(person, today) if one.terminals], age, sales.freshness(),
    )  # fmt: skip
