"""Batches a customer holds of what we delivered, by the day they expire (domain 1C row 35)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, Sum

from kewei.orders.models import Delivery, DeliveryLine
from kewei.people.models import Person


@dataclass(frozen=True)
class BatchRow:
    """A batch delivered to a customer: thousandths of the product's unit, what came back taken off."""

    product: int
    product_code: str
    product_name: str
    batch: str
    expires_on: date
    delivered_on: date
    quantity_milli: int


def batches_ending(person: Person, terminal: int, first: date, last: date) -> list[BatchRow]:
    """Batches delivered to a customer that expire between two days, soonest first; one query."""
    rows = DeliveryLine.objects.filter(delivery__terminal=terminal, expires_on__gte=first, expires_on__lte=last)
    if not person.reach("orders.see").everything:
        rows = rows.filter(delivery__in=Delivery.objects.visible_to(person, "orders.see").filter(terminal=terminal))
    fields = ("line__product", "line__product__code", "line__product__name", "batch", "expires_on")
    sums = rows.order_by("expires_on", "line__product").values_list(*fields)
    found: Any = sums.annotate(
        last_on=Max("delivery__on"), milli=Sum("quantity_milli"), back=Sum("returned__quantity_milli")
    )
    return [BatchRow(*[*row[:6], int(row[6]) - int(row[7] or 0)]) for row in found]
