"""月度销售: what a terminal bought of a product in a month, folded from its lines (docs/algorithms/growth.md).

Days with a purchase are kept as bits, so that the days of several products, sources or months together can be counted
without the lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from hashlib import blake2b
from typing import NamedTuple

DIRECT, THROUGH = "direct", "through"


class DayOfSales(NamedTuple):
    """All lines of one terminal, product (or text) and source on one day: thousandths, fen, lines, and how many lines that
    sold something have not been taken back."""

    terminal: int
    product: int | None
    written: str
    through: bool
    day: date
    lines: int
    quantity_milli: int
    fen: int
    sold: int


class MonthRow(NamedTuple):
    """One terminal's month of one product from one source; bit 0 of `days` is the first of the month."""

    terminal: int
    product: int | None
    written: str
    through: bool
    month: date
    days: int
    lines: int
    quantity_milli: int
    fen: int

    @property
    def orders(self) -> int:
        """Days with a purchase."""
        return self.days.bit_count()


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def bought_on(one: DayOfSales) -> bool:
    """Whether a day counts as an order: something was sold and not taken back; what only came back is none.

    Sell-through stands on the last day of its month as differences, so its sum decides.
    """
    return one.quantity_milli > 0 if one.through else one.sold > 0


def fold(days: Iterable[DayOfSales]) -> Iterator[MonthRow]:
    """Days of one month, any order, into its rows. Nothing is lost: the sums of the rows are those of the days."""
    rows: dict[tuple, list[int]] = {}
    for one in days:
        key = (one.terminal, one.product, one.written, one.through, month_of(one.day))
        row = rows.setdefault(key, [0, 0, 0, 0])
        row[0] |= bought_on(one) << (one.day.day - 1)
        row[1] += one.lines
        row[2] += one.quantity_milli
        row[3] += one.fen
    return (MonthRow(*key, *row) for key, row in rows.items())


def days_of(month: date, bits: int) -> list[date]:
    """The days whose bits are set, ascending."""
    return [month + timedelta(days=bit) for bit in range(bits.bit_length()) if bits >> bit & 1]


def good_of(product: int | None, written: str) -> int:
    """One number for what was bought: the product's, or below nought one made of the text a file had instead."""
    if product is not None:
        return product
    return -1 - (int.from_bytes(blake2b(written.encode(), digest_size=8).digest(), "big") >> 2)
