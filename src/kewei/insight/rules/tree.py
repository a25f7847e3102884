"""增长树: what moved sales between two periods, to the fen (domain 1B rows 17–24; docs/algorithms/growth.md).

New, reactivated and lost terminals with all they bought; of those kept the price, the products, the number of orders and
the size of an order, in this order, each at what the former left over. A terminal counts in both periods where it stands
today: whoever moved to another owner or kind takes his past along.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kewei.kernel.refusals import N_
from kewei.receivables.rules.kpis import nearest

NEW, REACTIVATED, LOST = "new", "reactivated", "lost"
ORDERS, VOLUME, PRODUCTS, PRICE = "orders", "volume", "products", "price"
PARTS = (NEW, REACTIVATED, ORDERS, VOLUME, PRODUCTS, PRICE, LOST)
NAMES: dict[str, str] = {
    NEW: N_("新客户"),
    REACTIVATED: N_("重新购买"),
    ORDERS: N_("订货次数"),
    VOLUME: N_("每次订货量"),
    PRODUCTS: N_("品种"),
    PRICE: N_("价格"),
    LOST: N_("流失"),
}
KEPT = (ORDERS, VOLUME, PRODUCTS, PRICE)


@dataclass(frozen=True, slots=True)
class Sold:
    """One product of one terminal: fen and thousandths of a unit, in the period before and now."""

    product: int
    before_fen: int
    now_fen: int
    before_milli: int
    now_milli: int


@dataclass(frozen=True, slots=True)
class Trade:
    """One terminal: its first day ever, days with an order before and now, and what it bought by product."""

    terminal: int
    first_day: date
    orders_before: int
    orders_now: int
    sold: Sequence[Sold]

    @property
    def before_fen(self) -> int:
        """What it bought in the period before, fen."""
        return sum(one.before_fen for one in self.sold)

    @property
    def now_fen(self) -> int:
        """What it bought now, fen."""
        return sum(one.now_fen for one in self.sold)


@dataclass(frozen=True, slots=True)
class Branch:
    """One part of the change: by how many terminals, and how much; fen."""

    part: str
    terminals: int
    fen: int


@dataclass(frozen=True, slots=True)
class Tree:
    """The change between two periods; its branches add up to it exactly."""

    before_fen: int
    now_fen: int
    branches: tuple[Branch, ...]

    @property
    def change_fen(self) -> int:
        """By how much sales changed."""
        return self.now_fen - self.before_fen


def grow(trades: Iterable[Trade], began: date) -> Tree:
    """The tree of these terminals; `began` is the first day of the period before. Every fen is in exactly one branch."""
    counts, sums = dict.fromkeys(PARTS, 0), dict.fromkeys(PARTS, 0)
    before = now = 0
    for one in trades:
        before, now = before + one.before_fen, now + one.now_fen
        for part, fen in effects(one, began).items():
            counts[part] += fen != 0
            sums[part] += fen
    return Tree(before, now, tuple(Branch(part, counts[part], sums[part]) for part in PARTS))


def effects(one: Trade, began: date) -> dict[str, int]:
    """The change of one terminal by part, fen; they add up to what it bought more or less.

    Who bought nothing before and did so earlier still has come back; a terminal that only returned goods in both periods
    is kept like any other.
    """
    before, now = one.before_fen, one.now_fen
    if before <= 0 < now and one.orders_before == 0:
        return {REACTIVATED if one.first_day < began else NEW: now - before}
    if now <= 0 < before and one.orders_now == 0:
        return {LOST: now - before}
    both = [item for item in one.sold if item.before_milli > 0 and item.now_milli > 0]
    as_before = sum(nearest(Fraction(item.before_fen * item.now_milli, item.before_milli)) for item in both)
    price = sum(item.now_fen for item in both) - as_before
    products = sum(
        item.now_fen - item.before_fen for item in one.sold if not (item.before_milli > 0 and item.now_milli > 0)
    )
    rest_before = sum(item.before_fen for item in both)
    orders = _of_orders(rest_before, as_before, one.orders_before, one.orders_now)
    volume = as_before - rest_before - orders
    return {ORDERS: orders, VOLUME: volume, PRODUCTS: products, PRICE: price}


def _of_orders(before_fen: int, now_fen: int, orders_before: int, orders_now: int) -> int:
    """What more or fewer orders made, at the mean of the sizes of an order before and now; fen."""
    if orders_before <= 0 or orders_now <= 0:
        return 0
    sizes = Fraction(before_fen, orders_before) + Fraction(now_fen, orders_now)
    return nearest((orders_now - orders_before) * sizes / 2)
