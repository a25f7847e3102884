"""复审日历: when a customer's credit is looked at again (domain 2.7: 12, 6, 3 months by grade; 1F row 86: every year)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_
from kewei.receivables.rules.bills import add_months

OVERDUE, SOON, LATER = "overdue", "soon", "later"
STATES: dict[str, str] = {OVERDUE: N_("已过期"), SOON: N_("即将到期"), LATER: N_("以后")}


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    """Months between reviews by grade (0: on event only), months between refreshes of the survey, days to tell ahead."""

    months: dict[str, int]
    refresh_months: int
    ahead_days: int


def read_review_policy(body: Any) -> ReviewPolicy:
    """Read a version. Raises BadPolicy."""
    policy = ReviewPolicy(**body)
    if set(policy.months) != {"A", "B", "C", "D", ""} or policy.refresh_months <= 0:
        raise BadPolicy(reason="months: A B C D ''")
    return policy


REVIEWS = Policy(
    name="credit.reviews",
    title=N_("复审周期"),
    keeper="credit.policy",
    since=date(2026, 11, 1),
    source="domain 2.7 [INF]: A 12, B 6, C 3 months, D on event; 1F row 86: yearly refresh of the financial picture",
    body={"months": {"A": 12, "B": 6, "C": 3, "D": 0, "": 3}, "refresh_months": 12, "ahead_days": 60},
    read=read_review_policy,
)


def review_due(last: date, grade: str, until: date, policy: ReviewPolicy) -> date:
    """When a limit granted on `last` is reviewed: by its grade's months, and before it ends in any case."""
    months = policy.months.get(grade, policy.months[""])
    return min(add_months(last, months), until) if months else until


def refresh_due(surveyed_on: date | None, valid_until: date | None, since: date, policy: ReviewPolicy) -> date:
    """When a customer is surveyed again: a year on, sooner where the survey's validity ends; at once without one."""
    if surveyed_on is None:
        return since
    year = add_months(surveyed_on, policy.refresh_months)
    return year if valid_until is None else min(year, valid_until)


def last_before(today: date, months: int) -> date:
    """The last day from which so many months are over before today: what began by then is overdue."""
    day = add_months(today, -months) + timedelta(days=3)  # months end on different days
    while add_months(day, months) >= today:
        day -= timedelta(days=1)
    return day


def state_of(due: date, today: date, policy: ReviewPolicy) -> str:
    """Whether a review is overdue, soon, or later."""
    if due < today:
        return OVERDUE
    return SOON if (due - today).days <= policy.ahead_days else LATER
