"""The price book as pages and files show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from kewei.kernel.refusals import N_, NotFound
from kewei.orders.models import Price
from kewei.people.models import Person

SEE = "orders.see"


@dataclass(frozen=True)
class PriceCard:
    """A price of the book; fen."""

    pk: int
    product: int
    product_code: str
    product_name: str
    customer_kind: str
    terminal: int | None
    terminal_name: str
    price_fen: int
    floor_fen: int | None
    since: date
    until: date | None
    source: str
    set_by: str
    set_at: datetime
    ended_at: datetime | None


_FIELDS = (
    "pk", "product", "product__code", "product__name", "product__spec", "customer_kind", "terminal", "terminal__name",
    "price_fen", "floor_fen", "since", "until", "source", "set_by__name", "set_at", "ended_at",
)  # fmt: skip


def list_prices(
    person: Person,
    *,
    text: str = "",
    product: int | None = None,
    terminal: int | None = None,
    customer_kind: str = "",
    ended: bool = False,
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[PriceCard], int]:
    """One page of live prices (ended ones where asked), by product, and how many; two queries."""
    rows = Price.objects.visible_to(person, SEE).filter(ended_at__isnull=not ended)
    if text := text.strip():
        rows = rows.filter(Q(product__name__icontains=text) | Q(product__code__istartswith=text))
    asked = {"product": product, "terminal": terminal, "customer_kind": customer_kind}
    rows = rows.filter(**{name: value for name, value in asked.items() if value not in (None, "")})
    count = rows.order_by().count()
    ordered = rows.order_by("product__code", "terminal", "customer_kind", "-since").values_list(*_FIELDS)
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return [_card(values) for values in page], count


def price_for(person: Person, pk: int) -> Price:
    """The price where this person may see it. Raises NotFound."""
    found = Price.objects.visible_to(person, SEE).filter(pk=pk).first()
    if found is None:
        raise NotFound(noun=N_("价格"))
    return found


def price_card(person: Person, pk: int) -> PriceCard:
    """One price as pages show it, where this person may see it. Raises NotFound."""
    found = Price.objects.visible_to(person, SEE).filter(pk=pk).values_list(*_FIELDS).first()
    if found is None:
        raise NotFound(noun=N_("价格"))
    return _card(found)


def _card(values: Any) -> PriceCard:
    named = f"{values[3]} {values[4]}".strip()
    shown: list[Any] = [*values[:3], named, *values[5:7], values[7] or "", *values[8:]]
    return PriceCard(*shown)
