"""维护老客户: retention, cohorts, segments, mix, what is missing of what look-alikes buy, and what customers leave after credit and
visits. From what the night reckoned, of terminals one sees; figures are as old as habits.age says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Count, F, Q, Sum

from kewei.insight.queries.habits import SEE, Age, HabitRow, habits
from kewei.insight.rules import keeping
from kewei.insight.rules.keeping import SEGMENTING, Cohort, Kept
from kewei.journal import queries_policies
from kewei.kernel.calendar import month_before
from kewei.keyaccounts.queries.earning import earned_each, period
from kewei.keyaccounts.rules.earning import IDENTIFY, Earned
from kewei.people.models import Person
from kewei.products import queries as products
from kewei.sales import queries as sales
from kewei.sales.models import Habit, MonthOfTerminal, PreparedMonth
from kewei.sales.rules.habits import WORDS, segment_of
from kewei.sales.rules.months import month_of
from kewei.terminals import queries as terminals
from kewei.terminals.rules.papers import BLOCK, WARN, scope_findings

YEAR = 12
# Customers looked at for what they lack and what they leave: the largest.
LARGEST = 100


@dataclass(frozen=True)
class Segment:
    """A segment by fifths: how many customers, and what they bought in twelve months, fen."""

    code: str
    terminals: int
    year_fen: int


@dataclass(frozen=True)
class Retained:
    """Keeping month by month, the triangle, the segments; of how many terminals."""

    months: tuple[Kept, ...]
    cohorts: tuple[Cohort, ...]
    segments: tuple[Segment, ...]
    terminals: int


def retained(person: Person, age: Age) -> Retained:
    """Retention as of the day reckoned for, of the terminals this person sees. One query."""
    rows = Habit.objects.visible_to(person, SEE).order_by()
    told = np.array(
        list(rows.values_list("months", "recency", "frequency", "money", "year_fen")), np.int64
    ).reshape(-1, 5)  # fmt: skip
    if age.as_of is None or not len(told):
        return Retained((), (), (), 0)
    bits, last = told[:, 0], month_of(age.as_of)
    sums = {code: [0, 0] for code in WORDS}
    groups, place = np.unique(told[:, 1:4], axis=0, return_inverse=True)
    for n, fifths in enumerate(groups.tolist()):
        mine = told[place.reshape(-1) == n]
        sums[segment_of(*fifths)][0] += len(mine)
        sums[segment_of(*fifths)][1] += int(mine[:, 4].sum())
    return Retained(
        keeping.keeping(bits, last), keeping.cohorts(bits, last),
        tuple(Segment(code, *two) for code, two in sums.items()), len(told),
    )  # fmt: skip


def moved_mix(person: Person, today: date, most: int = 20) -> tuple[list[HabitRow], str]:
    """品种结构变化  Customers whose sales moved to other products by more than the policy asks, most moved first, and the
    policy's label. Two queries."""
    policy = queries_policies.in_force(SEGMENTING, today)
    rows, _count = habits(person, today, order="-mix", limit=LARGEST)
    alarmed = [
        row for row in rows if (row.mix_bp or 0) >= policy.value.mix_bp and row.before_fen >= policy.value.least_fen
    ]
    return alarmed[:most], policy.label


# --- what is missing --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gap:
    """A product that so many look-alikes (basis points of the buyers of its kind) buy and this customer does not, what one of
    them spends on it in a year (fen), and whether its licence allows it: ok, warn or block."""

    pk: int
    code: str
    name: str
    product: int
    product_name: str
    share_bp: int
    year_fen: int
    scope: str


LEAST_SHARE_BP = 3_000
GAPS_EACH = 3


def gaps(person: Person, today: date, age: Age, most: int = 50) -> list[Gap]:
    """品种缺口  Of the largest customers this person sees: what most of their kind buy and they do not, what is worth most
    first; products their licence forbids come last. Seven queries."""
    kinds: dict[str, list[list[int]]] = (age.told or {}).get("kinds", {})
    rows, _count = habits(person, today, limit=LARGEST)
    keys = [row.pk for row in rows]
    bought: dict[int, set[int | None]] = {}
    for month in sales.sold_by_month(keys, None, month_before(today, YEAR - 1), today) if keys else ():
        bought.setdefault(month.terminal, set()).add(month.product)
    asked = [
        (row, product, share, fen)
        for row in rows
        for product, share, fen in _lacking(kinds.get(row.kind, []), bought.get(row.pk, set()))
    ]
    facts = {one.pk: one for one in products.facts_of({product for _row, product, *_more in asked}).values()}
    policies, _labels = terminals.paper_policies(today)
    papers = terminals.papers_of({row.pk for row, *_more in asked}, today, policies.verification)
    found = []
    for row, product, share, fen in asked:
        if (fact := facts.get(product)) is None or row.pk not in papers:
            continue
        levels = {
            one.level
            for one in scope_findings(
                papers[row.pk], fact.scope_class, fact.prescription, fact.cold_chain, today, policies
            )
        }
        scope = "block" if BLOCK in levels else "warn" if WARN in levels else "ok"
        found.append(Gap(row.pk, row.code, row.name, product, f"{fact.name} {fact.spec}".strip(), share, fen, scope))
    return sorted(found, key=lambda gap: (gap.scope == "block", -gap.year_fen, gap.pk))[:most]


def _lacking(usual: list[list[int]], bought: set[int | None]) -> list[list[int]]:
    lacking = [one for one in usual if one[1] >= LEAST_SHARE_BP and one[0] not in bought]
    return sorted(lacking, key=lambda one: -one[1] * one[2])[:GAPS_EACH]


# --- what customers leave ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Left:
    """A customer and what it left in the last whole twelve months: gross margin less the cost of credit and of visits."""

    pk: int
    code: str
    name: str
    owner: str
    earned: Earned


def margins(person: Person, today: date) -> tuple[list[Left], str]:
    """贡献毛利  Of the largest customers this person sees, what is left after credit and visits, least first, and the label
    of the policy (rates of keyaccounts.identify). Six queries. Nothing where the person may not see credit."""
    policy = queries_policies.in_force(IDENTIFY, today)
    if not person.may("credit.see"):
        return [], policy.label
    rows, _count = habits(person, today, limit=LARGEST)
    keys = [row.pk for row in rows]
    if not keys:
        return [], policy.label
    first, last = period(today, YEAR)
    earned = earned_each(keys, first, last, policy.value)
    told = [Left(row.pk, row.code, row.name, row.owner, earned[row.pk]) for row in rows]
    return sorted(told, key=lambda one: (one.earned.profit_fen, one.pk)), policy.label


# --- sums for dashboards ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OneSum:
    """What belongs to one owner, province or kind: customers that bought in twelve months and in those before, of the latter
    how many still do, sales of both years, customers past their alarm and what they bought a year on average."""

    key: Any
    name: str
    buying: int
    before: int
    kept: int
    year_fen: int
    before_fen: int
    lapsed: int
    lapsed_fen: int

    @property
    def kept_bp(self) -> int | None:
        """Retention; None where nobody bought in the year before."""
        return self.kept * keeping.FULL_BP // self.before if self.before else None

    @property
    def change_bp(self) -> int | None:
        """Growth of sales over the year before; None where there were none."""
        return (self.year_fen - self.before_fen) * keeping.FULL_BP // self.before_fen if self.before_fen > 0 else None


AXES: dict[str, tuple[str, str]] = {
    "owner": ("terminal__owner", "terminal__owner__name"),
    "province": ("terminal__province", "terminal__province"),
    "kind": ("terminal__kind", "terminal__kind"),
    "all": ("", ""),
}


def sums_by(person: Person, today: date, axis: str, most: int = 60) -> list[OneSum]:
    """Habits added up by owner, province or kind (or all together), most sales first, of what this person sees. One query."""
    key, name = AXES[axis]
    rows: Any = Habit.objects.visible_to(person, SEE).order_by()
    figures = {
        "buying": Count("pk", filter=Q(year_fen__gt=0)), "past": Count("pk", filter=Q(before_fen__gt=0)),
        "kept": Count("pk", filter=Q(before_fen__gt=0, year_fen__gt=0)), "now": Sum("year_fen", default=0),
        "then": Sum("before_fen", default=0), "lapsed": Count("pk", filter=Q(alarm_day__lte=today)),
        "at_stake": Sum("before_fen", filter=Q(alarm_day__lte=today), default=0)
        + Sum("year_fen", filter=Q(alarm_day__lte=today), default=0),
    }  # fmt: skip
    if not key:
        one = rows.aggregate(**figures)
        return [_sum(None, "", one)]
    found = rows.values(key=F(key), words=F(name)).annotate(**figures).order_by("-now", "key")[:most]
    return [_sum(row["key"], row["words"] or "", row) for row in found]


def _sum(key: Any, name: str, row: dict[str, Any]) -> OneSum:
    return OneSum(
        key, name, row["buying"], row["past"], row["kept"], int(row["now"]), int(row["then"]), row["lapsed"],
        int(row["at_stake"]) // 2,
    )  # fmt: skip


def sold_each_month(person: Person, today: date, months: int = 24) -> list[tuple[date, int]]:
    """What was sold (by us, not through distributors) in each of the last months, this one last, from prepared months, of what
    this person sees: (month, fen). One query."""
    first = month_before(today, months - 1)
    if person.reach(SEE).everything:
        told = dict(PreparedMonth.objects.filter(month__gte=first).values_list("month", "fen"))
    else:
        rows = MonthOfTerminal.objects.visible_to(person, SEE).filter(month__gte=first, through=False)
        told = dict(rows.order_by().values("month").annotate(sum=Sum("fen")).values_list("month", "sum"))
    return [
        (month, int(told.get(month) or 0))
        for month in (month_before(today, back) for back in range(months - 1, -1, -1))
    ]
