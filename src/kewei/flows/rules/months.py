"""Months of sell-through: what is asked of them, what stands in the way of freezing, what is left to post (domain 5.6)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal


@dataclass(frozen=True)
class MonthRules:
    """From how much a name is decided by two persons (fen a month), how many months of stock in the channel alarm
    (hundredths of a month), and over how many months sell-through is averaged."""

    second_person_fen: int
    stock_months_pct: int
    averaged_months: int


def read_month_rules(body: Any) -> MonthRules:
    """The policy's body as a value. Raises BadPolicy."""
    rules = MonthRules(**{name: int(body[name]) for name in MonthRules.__dataclass_fields__})
    if min(rules.second_person_fen, rules.stock_months_pct) <= 0 or not 1 <= rules.averaged_months <= 24:
        raise BadPolicy(reason=str(body))
    return rules


MONTH: Policy[MonthRules] = Policy(
    name="flows.month",
    title=N_("流向月度规则"),
    keeper="flows.freeze",
    since=date(2026, 1, 1),
    source="domain 5.6 (two persons), 5.7 (channel stock above three months)",
    body={"second_person_fen": 5_000_000, "stock_months_pct": 300, "averaged_months": 3},
    read=read_month_rules,
)


@refusal
class BadMonth(Refused):
    code = "flows_bad_month"
    says = N_("「{text}」不是月份，应写成 2026-10")


@refusal
class MonthFrozen(Refused):
    code = "flows_month_frozen"
    says = N_("{month} 的流向已冻结")
    next_step = N_("请以申诉的方式登记调整")
    status = 409


@refusal
class MonthNotFrozen(Refused):
    code = "flows_month_not_frozen"
    says = N_("{month} 的流向尚未冻结，不需要申诉")


@refusal
class MonthUnfinished(Refused):
    code = "flows_month_unfinished"
    says = N_("{month} 还不能冻结：{names} 个名称待复核，{goods} 个产品待对照，{missing} 份文件未到也没有说明原因")


def month_of(text: str) -> date:
    """The first day of a month written as 2026-10, 202610 or 2026/10. Raises BadMonth."""
    found = re.fullmatch(r"(20[0-9]{2})[-/.年]?(0?[1-9]|1[0-2])月?", text.strip())
    if not found:
        raise BadMonth(text=text[:20])
    return date(int(found[1]), int(found[2]), 1)


def words_of(month: date) -> str:
    """A month as people write it: 2026-10."""
    return f"{month:%Y-%m}"


def last_day(month: date) -> date:
    """The last day of a month."""
    return next_month(month) - timedelta(days=1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def check_may_freeze(month: date, names: int, goods: int, missing: int) -> None:
    """Nothing may wait for an answer. Raises MonthUnfinished with how many names, products and files do."""
    if names or goods or missing:
        raise MonthUnfinished(month=words_of(month), names=names, goods=goods, missing=missing)


# (distributor, terminal, product) by primary key.
Place = tuple[int, int, int]


@dataclass(frozen=True)
class Amount:
    """A quantity in thousandths of the product's unit, and what it comes to in fen."""

    quantity_milli: int
    fen: int

    def less(self, other: Amount) -> Amount:
        """What is left when another amount is taken off."""
        return Amount(self.quantity_milli - other.quantity_milli, self.fen - other.fen)

    @property
    def nothing(self) -> bool:
        """True where there is neither quantity nor money."""
        return not self.quantity_milli and not self.fen


NOTHING = Amount(0, 0)


def left_to_post(wanted: Mapping[Place, Amount], posted: Mapping[Place, Amount]) -> dict[Place, Amount]:
    """What must be posted so that all that is posted equals what is wanted; places already right are left out.

    Posting the answer and asking again gives nothing: a month may be posted any number of times.
    """
    places = sorted(set(wanted) | set(posted))
    left = {place: wanted.get(place, NOTHING).less(posted.get(place, NOTHING)) for place in places}
    return {place: amount for place, amount in left.items() if not amount.nothing}


def digest_of(posted: Mapping[Place, Amount]) -> str:
    """The digest of what was posted of a month: the same rows give the same, whenever they are posted."""
    rows: list[Any] = [[*place, one.quantity_milli, one.fen] for place, one in sorted(posted.items())]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def needs_second_person(fen: int, rules: MonthRules) -> bool:
    """Whether a name carries so much money in a month that two persons must say the same of it."""
    return abs(fen) >= rules.second_person_fen
