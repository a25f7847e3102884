"""Setting and ending prices."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from kewei.journal.actions import action, record
from kewei.orders import facts
from kewei.orders.models import Price
from kewei.orders.rules.prices import PriceEnded, check_price
from kewei.people.models import Person

SET = "orders.price"


@action
def set_price(
    *,
    product: Any,
    price_fen: int,
    floor_fen: int | None = None,
    customer_kind: str = "",
    terminal: Any = None,
    since: date,
    until: date | None = None,
    source: str = "",
    by: Person,
    now: datetime,
) -> Price:
    """登记价格  A price (with VAT, per unit) and its floor, for everybody, a kind of customer or one customer.

    A price of the same product for the same customers ends. Raises BadPriceDays, FloorAbovePrice.
    """
    by.must(SET, terminal)
    check_price(price_fen, floor_fen, since, until)
    takes_the_place_of(product, customer_kind, terminal, since).update(ended_at=now)
    price = Price.objects.create(
        product=product, price_fen=price_fen, floor_fen=floor_fen, customer_kind=customer_kind, terminal=terminal,
        since=since, until=until, source=source, set_by=by, set_at=now,
    )  # fmt: skip
    record(
        facts.PRICE_SET, price, by=by, at=now, terminal=terminal.pk if terminal else None, product=product.pk,
        price_fen=price_fen, floor_fen=floor_fen, customer_kind=customer_kind, since=since,
    )  # fmt: skip
    return price


def takes_the_place_of(product: Any, customer_kind: str, terminal: Any, since: date) -> QuerySet[Price]:
    """Live prices that end when a price of the product for these customers begins on a day."""
    return Price.objects.filter(
        product=product, customer_kind=customer_kind, terminal=terminal, ended_at=None, since__gte=since
    )


@action
def end_price(*, price: Price, by: Person, now: datetime) -> None:
    """停用价格  From now on it counts no longer. Raises PriceEnded."""
    by.must(SET)
    if not Price.objects.filter(pk=price.pk, ended_at=None).update(ended_at=now):
        raise PriceEnded
    record(facts.PRICE_ENDED, price, by=by, at=now, terminal=price.terminal_id, product=price.product_id)
