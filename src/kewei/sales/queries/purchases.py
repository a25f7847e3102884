"""What terminals bought, for rooms that reckon from it: sums by source, and the lines of one terminal day by day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from django.db.models import Sum

from kewei.journal.bulk import chunks
from kewei.people.models import Person
from kewei.sales.models import SaleLine


class Purchase(NamedTuple):
    """What a terminal bought of a product on a day; `source` tells whether of us or through a distributor."""

    product: int
    day: date
    source: str
    quantity_milli: int
    fen: int


def net_fen_among(terminals: Collection[int], first: date, last: date, sources: Collection[str] = ()) -> dict[int, int]:
    """What each of these terminals bought in a period, returns taken off, in fen, whoever asks; days inclusive.

    `sources` narrows to sales that came so (rules.SOURCES); none narrows nothing. Those without any are left out.
    """
    found: dict[int, int] = {}
    for chunk in chunks(terminals):
        rows = SaleLine.objects.filter(terminal__in=chunk, day__gte=first, day__lte=last).order_by()
        if sources:
            rows = rows.filter(source__in=list(sources))
        found.update({row["terminal"]: int(row["sum"]) for row in rows.values("terminal").annotate(sum=Sum("fen"))})
    return found


def purchases_of(person: Person, terminal: int, first: date, last: date) -> list[Purchase]:
    """What a terminal bought of each known product on each day, by source, oldest first; one query. Days inclusive."""
    rows = SaleLine.objects.visible_to(person, "sales.see").filter(
        terminal=terminal, product__isnull=False, day__gte=first, day__lte=last
    )
    sums = rows.order_by("product", "day", "source").values_list("product", "day", "source")
    return [
        Purchase(product, day, source, int(milli), int(fen))
        for product, day, source, milli, fen in sums.annotate(milli=Sum("quantity_milli"), sum_fen=Sum("fen"))
        if product is not None
    ]
