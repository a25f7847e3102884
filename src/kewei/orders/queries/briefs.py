"""What somebody takes along to several customers at once: open orders, and what the gate holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.timezone import localdate

from kewei.journal.bulk import among
from kewei.orders.models import Price
from kewei.orders.queries.orders import open_among
from kewei.orders.rules.states import HELD, LAPSED
from kewei.products import queries as products

# Orders of one customer that a page of one sheet has room for: the newest.
MOST = 5


@dataclass(frozen=True)
class BriefOrder:
    """An open order; fen. `blocked_by` are the rules its newest verdict was blocked by."""

    pk: int
    number: str
    on: date
    total_fen: int
    state: str
    blocked_by: tuple[str, ...]


@dataclass(frozen=True)
class BriefOrders:
    """A customer's open orders: how many, their sum in fen, how many of them are refused, and the newest."""

    count: int
    fen: int
    refused: int
    newest: tuple[BriefOrder, ...]


def orders_among(terminal_ids: Collection[int]) -> dict[int, BriefOrders]:
    """Open orders of these customers, whoever asks; two queries."""
    return {
        pk: BriefOrders(
            len(rows),
            sum(row.total_fen for row in rows),
            sum(row.state in (HELD, LAPSED) for row in rows),
            tuple(
                BriefOrder(row.pk, row.number, localdate(row.placed_at), row.total_fen, row.state, row.blocked_by)
                for row in rows[:MOST]
            ),
        )
        for pk, rows in open_among(terminal_ids).items()
    }


def priced_among(wanted: Mapping[int, tuple[str, Collection[int]]], day: date) -> dict[int, set[int]]:
    """Which of the products wanted have a price in force for each customer, the listed one included; two queries.

    `wanted` gives for each customer its kind and the products.
    """
    every = {product for _kind, keys in wanted.values() for product in keys}
    listed = {pk for pk, one in products.facts_of(every).items() if one.listed_price_fen is not None}
    found = {pk: listed & set(keys) for pk, (_kind, keys) in wanted.items()}
    rows = Price.objects.filter(among("product_id", sorted(every)), ended_at=None, since__lte=day).exclude(
        until__lt=day
    )
    for product, terminal, kind in rows.values_list("product", "terminal", "customer_kind"):
        for pk, (of_kind, keys) in wanted.items():
            if product in keys and (terminal == pk or (terminal is None and kind in ("", of_kind))):
                found[pk].add(product)
    return found
