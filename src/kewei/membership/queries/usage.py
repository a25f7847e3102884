"""用量卡: what a terminal uses of each product by month, of us and through distributors, days of stock, next order, expiry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kewei.journal import queries_policies
from kewei.kernel.calendar import add_years, month_before
from kewei.membership.models import StockTold
from kewei.membership.queries.programmes import SEE
from kewei.membership.rules.usage import USAGE, Counted, UsagePolicy, Use, reckon
from kewei.orders.queries.batches import BatchRow, batches_ending
from kewei.people.models import Person
from kewei.products import queries as products
from kewei.sales.queries.purchases import Purchase, purchases_of
from kewei.terminals import queries as terminals

MONTHS = 12
MILLI = 1000
FLOW = "flow"


@dataclass(frozen=True)
class UsedProduct:
    """A product on the usage card: thousandths by month, oldest first; of them `through` came through distributors."""

    product: int
    code: str
    name: str
    unit: str
    months: tuple[int, ...]
    through: tuple[int, ...]
    fen: int
    use: Use
    counted_on: date | None

    @property
    def total_milli(self) -> int:
        """Everything bought in these months."""
        return sum(self.months)


@dataclass(frozen=True)
class NearExpiry:
    """Something that expires soon: as counted on the shelf, or a batch of ours that may still lie there; thousandths."""

    product_code: str
    product_name: str
    batch: str
    expires_on: date | None
    quantity_milli: int
    told: bool


@dataclass(frozen=True)
class UsageCard:
    """The card of a terminal on a day."""

    terminal: int
    code: str
    name: str
    today: date
    months: tuple[date, ...]
    products: tuple[UsedProduct, ...]
    near: tuple[NearExpiry, ...]
    short: tuple[UsedProduct, ...]
    due: tuple[UsedProduct, ...]
    policy: str


def usage_card(person: Person, terminal: int, today: date) -> UsageCard:
    """The usage card of a terminal: a constant number of queries for any number of products. Raises NotFound."""
    card = terminals.terminal_for(person, terminal, SEE)
    policy = queries_policies.in_force(USAGE, today)
    months = tuple(month_before(today, many) for many in range(MONTHS - 1, -1, -1))
    bought = purchases_of(person, terminal, add_years(months[0], -1), today)
    by_product: defaultdict[int, list[Purchase]] = defaultdict(list)
    for one in bought:
        by_product[one.product].append(one)
    counted = _counted(person, terminal)
    facts = products.facts_of(by_product.keys() | counted.keys())
    rows = [
        _used(pk, facts[pk], by_product[pk], counted.get(pk), months, today, policy.value)
        for pk in sorted(facts)
        if any(one.day >= months[0] for one in by_product[pk]) or pk in counted
    ]
    rows.sort(key=lambda one: (-one.fen, one.code))
    soon = today + timedelta(days=30)
    return UsageCard(
        card.pk, card.code, card.name, today, months, tuple(rows), tuple(_near(person, terminal, counted, facts, today, policy.value)),
        tuple(one for one in rows if one.use.short), tuple(one for one in rows if one.use.next_on and one.use.next_on <= soon),
        policy.label,
    )  # fmt: skip


def _counted(person: Person, terminal: int) -> dict[int, StockTold]:
    """The newest count of each product; one query."""
    rows = StockTold.objects.visible_to(person, SEE).filter(terminal=terminal, takes_back=None, taken_back_by=None)
    rows = rows.order_by("on", "pk")
    return {row.product_id: row for row in rows}


def _used(
    pk: int, fact: Any, bought: Sequence[Purchase], told: StockTold | None, months: Sequence[date], today: date,
    policy: UsagePolicy,
) -> UsedProduct:  # fmt: skip
    sums: defaultdict[date, int] = defaultdict(int)
    through: defaultdict[date, int] = defaultdict(int)
    for one in bought:
        sums[one.day.replace(day=1)] += one.quantity_milli
        if one.source == FLOW:
            through[one.day.replace(day=1)] += one.quantity_milli
    counted = Counted(told.on, told.units * MILLI) if told else None
    return UsedProduct(
        pk, fact.code, fact.name, fact.unit, tuple(sums[month] for month in months),
        tuple(through[month] for month in months), sum(one.fen for one in bought if one.day >= months[0]),
        reckon([(one.day, one.quantity_milli) for one in bought], counted, today, policy), told.on if told else None,
    )  # fmt: skip


def _near(
    person: Person, terminal: int, counted: dict[int, StockTold], facts: dict[int, Any], today: date,
    policy: UsagePolicy,
) -> list[NearExpiry]:  # fmt: skip
    last = today + timedelta(days=policy.near_expiry_days)
    told = [
        NearExpiry(facts[pk].code, facts[pk].name, row.batch, row.near_on, row.near_units * MILLI, True)
        for pk, row in counted.items()
        if row.near_units and pk in facts
    ]
    batches: list[BatchRow] = batches_ending(person, terminal, today, last) if person.may("orders.see") else []
    ours = [
        NearExpiry(one.product_code, one.product_name, one.batch, one.expires_on, one.quantity_milli, False)
        for one in batches
        if one.quantity_milli > 0
    ]
    return sorted([*told, *ours], key=lambda one: (one.expires_on or date.max, one.product_code))
