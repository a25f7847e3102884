"""用量卡: what a terminal uses of a product, how many days its stock lasts, and when it will order again (1C row 35).

Quantities are in thousandths of a product's unit; docs/algorithms/usage.md has a worked card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.sales.rules.rhythm import rhythm

TOLD, RECKONED, UNKNOWN = "told", "reckoned", "unknown"
BASES: dict[str, str] = {
    TOLD: N_("按盘点数推算"),
    RECKONED: N_("按最近一次进货推算"),
    UNKNOWN: N_("进货太少，算不出"),
}


@refusal
class BadStock(Refused):
    code = "bad_stock_told"
    says = N_("库存数不对：须为 0 至 {most} 的整数，近效期数不能多于库存")


MOST_UNITS = 10**9


@dataclass(frozen=True, slots=True)
class UsagePolicy:
    """How many days make the average, how many days of stock are short, and how near an expiry is near."""

    average_days: int
    short_days: int
    near_expiry_days: int


def read_usage(body: Any) -> UsagePolicy:
    """The policy's value. Raises BadPolicy."""
    policy = UsagePolicy(**body)
    if policy.average_days < 1 or policy.short_days < 0 or policy.near_expiry_days < 0:
        raise BadPolicy(reason="average_days ≥ 1")
    return policy


USAGE = Policy(
    name="membership.usage",
    title=N_("用量分析的口径"),
    keeper="membership.policy",
    since=date(2026, 11, 1),
    source="domain 1C row 35 [INF]: half a year of purchases, a fortnight's stock is short, 180 days to expiry are near",
    body={"average_days": 180, "short_days": 14, "near_expiry_days": 180},
    read=read_usage,
)


@dataclass(frozen=True, slots=True)
class Counted:
    """Stock as somebody counted it on a day, thousandths."""

    on: date
    quantity_milli: int


@dataclass(frozen=True, slots=True)
class Use:
    """What is reckoned of one product at one terminal: use a day and stock in thousandths, days it lasts, next order."""

    a_day_milli: int
    stock_milli: int | None
    days_left: int | None
    usual_days: int | None
    next_on: date | None
    basis: str
    short: bool


def reckon(bought: Sequence[tuple[date, int]], counted: Counted | None, today: date, policy: UsagePolicy) -> Use:
    """Reckon from purchases (day, thousandths; returns negative) and the last count.

    Use a day is what was bought in the days of the policy, spread over them: goods are used as they are bought. Stock is
    the last count, or the last purchase, plus what came since, less what was used since; never below nought.
    """
    since = today - timedelta(days=policy.average_days)
    recent = sum(milli for day, milli in bought if since < day <= today)
    a_day = max(0, recent) // policy.average_days
    days = sorted({day for day, milli in bought if milli > 0 and day <= today})
    habit = rhythm(days)
    start, basis = _start(bought, counted, days, today)
    if start is None:
        return Use(a_day, None, None, habit.usual_days, habit.next_day, UNKNOWN, False)
    came = sum(milli for day, milli in bought if start.on < day <= today)
    stock = max(0, start.quantity_milli + came - a_day * (today - start.on).days)
    left = stock // a_day if a_day else None
    short = left is not None and left < policy.short_days
    return Use(a_day, stock, left, habit.usual_days, habit.next_day, basis, short)


def _start(
    bought: Sequence[tuple[date, int]], counted: Counted | None, days: Sequence[date], today: date
) -> tuple[Counted | None, str]:
    if counted is not None and counted.on <= today:
        return counted, TOLD
    if not days:
        return None, UNKNOWN
    last = days[-1]
    return Counted(last, max(0, sum(milli for day, milli in bought if day == last))), RECKONED


def check_stock(units: int, near_units: int, on: date, today: date) -> None:
    """A count makes sense and is not of a day to come. Raises BadStock."""
    if not 0 <= units <= MOST_UNITS or not 0 <= near_units <= units or on > today:
        raise BadStock(most=MOST_UNITS)
