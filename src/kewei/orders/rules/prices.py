"""价格本: which price counts for a customer on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kewei.kernel.refusals import N_, Refused, refusal


@refusal
class BadPriceDays(Refused):
    code = "bad_price_days"
    says = N_("价格的截止日 {until} 早于起始日 {since}")


@refusal
class FloorAbovePrice(Refused):
    code = "floor_above_price"
    says = N_("底价 {floor_fen} 元高于价格 {price_fen} 元")


@refusal
class PriceEnded(Refused):
    code = "price_ended"
    says = N_("这条价格已经停用")
    status = 409


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A price of the book: for one customer, for a kind of customer, or for everybody; fen."""

    pk: int
    product: int
    customer_kind: str
    terminal: int | None
    price_fen: int
    floor_fen: int | None
    since: date


def best(rows: Iterable[PriceRow]) -> PriceRow | None:
    """The most particular price: the customer's own, then its kind's, then everybody's; of those the latest."""
    return max(
        rows, key=lambda row: (row.terminal is not None, bool(row.customer_kind), row.since, row.pk), default=None
    )


def check_price(price_fen: int, floor_fen: int | None, since: date, until: date | None) -> None:
    """A price with its days. Raises BadPriceDays, FloorAbovePrice."""
    if until is not None and until < since:
        raise BadPriceDays(until=until, since=since)
    if floor_fen is not None and floor_fen > price_fen:
        raise FloorAbovePrice(floor_fen=floor_fen, price_fen=price_fen)
