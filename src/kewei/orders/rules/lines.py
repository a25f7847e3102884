"""Lines of an order: what they come to, and what part of it is delivered, cancelled, returned, to the fen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kewei.kernel.refusals import N_, Refused, refusal

MILLI = 1000
MOST_LINES = 500
MOST_MILLI = 10**12
MOST_FEN = 10**13


@refusal
class NoLines(Refused):
    code = "order_without_lines"
    says = N_("订单至少要有一行产品")


@refusal
class TooManyLines(Refused):
    code = "order_too_long"
    says = N_("一张订单最多 {most} 行，现有 {count} 行：请分成几张")


@refusal
class BadOrderQuantity(Refused):
    code = "bad_order_quantity"
    says = N_("第 {place} 行的数量不对：要大于零，最多三位小数")


@refusal
class BadOrderPrice(Refused):
    code = "bad_order_price"
    says = N_("第 {place} 行的价格不对：不能为负，也不能大到没有道理")


@refusal
class MoreThanOpen(Refused):
    code = "more_than_undelivered"
    says = N_("第 {place} 行只剩 {open_quantity} 可做，要做 {wanted_quantity}")
    status = 409


@refusal
class NothingGiven(Refused):
    code = "order_nothing_given"
    says = N_("请至少填一行的数量")


class LineWanted(NamedTuple):
    """A line somebody wants: quantity in thousandths, price with VAT per unit in fen or None for the price book's."""

    product_id: int
    quantity_milli: int
    price_fen: int | None = None
    note: str = ""


class Shipped(NamedTuple):
    """So much of an order line that leaves, of a batch."""

    line_id: int
    quantity_milli: int
    batch: str = ""
    expires_on: date | None = None


class SentBack(NamedTuple):
    """So much of a delivered line that came back."""

    delivered_id: int
    quantity_milli: int


def worth_fen(quantity_milli: int, price_fen: int) -> int:
    """Quantity times price, half a fen rounded up."""
    return (quantity_milli * price_fen * 2 + MILLI) // (2 * MILLI)


def slice_fen(whole_fen: int, whole_milli: int, before_milli: int, more_milli: int) -> int:
    """The worth of the next `more_milli` of a line of which `before_milli` is gone; slices add up to the whole exactly."""
    after = before_milli + more_milli
    return whole_fen * after // whole_milli - whole_fen * before_milli // whole_milli


@dataclass(frozen=True, slots=True)
class LineState:
    """Where a line stands, thousandths and fen."""

    pk: int
    place: int
    quantity_milli: int
    fen: int
    cancelled_milli: int = 0
    delivered_milli: int = 0

    @property
    def gone_milli(self) -> int:
        """Delivered or cancelled."""
        return self.cancelled_milli + self.delivered_milli

    @property
    def open_milli(self) -> int:
        """Neither delivered nor cancelled."""
        return self.quantity_milli - self.gone_milli

    @property
    def open_fen(self) -> int:
        """What is neither delivered nor cancelled is worth."""
        return slice_fen(self.fen, self.quantity_milli, self.gone_milli, self.open_milli)

    def next_fen(self, more_milli: int) -> int:
        """What the next `more_milli` is worth. Raises MoreThanOpen, BadOrderQuantity."""
        if more_milli <= 0:
            raise BadOrderQuantity(place=self.place)
        if more_milli > self.open_milli:
            raise MoreThanOpen(
                place=self.place, open_quantity=quantity(self.open_milli), wanted_quantity=quantity(more_milli)
            )
        return slice_fen(self.fen, self.quantity_milli, self.gone_milli, more_milli)


def quantity(milli: int) -> str:
    """A quantity as people write it: 1500 -> 1.5."""
    whole, rest = divmod(milli, MILLI)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".") if rest else str(whole)


def check_lines(lines: list[LineWanted]) -> None:
    """Lines that can be an order. Raises NoLines, TooManyLines, BadOrderQuantity, BadOrderPrice."""
    if not lines:
        raise NoLines
    if len(lines) > MOST_LINES:
        raise TooManyLines(most=MOST_LINES, count=len(lines))
    for place, line in enumerate(lines, 1):
        if not 0 < line.quantity_milli <= MOST_MILLI:
            raise BadOrderQuantity(place=place)
        if line.price_fen is not None and not 0 <= line.price_fen <= MOST_FEN // MILLI:
            raise BadOrderPrice(place=place)
