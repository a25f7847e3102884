"""Sale lines as JSON: the lines, and a terminal's months and products."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from ninja import Router, Schema

from kewei.journal.api import Limit, Page, Pk, Start, page
from kewei.sales import queries
from kewei.terminals import queries as terminals

router = Router(tags=["sales"])

FIRST, LAST = date(1950, 1, 1), date(2099, 12, 31)


class LineOut(Schema):
    """A sale line: quantity in thousandths of the unit, money in fen; `reversal` takes an earlier line back."""

    id: int
    terminal: int
    terminal_code: str
    terminal_name: str
    product_code: str
    product: str
    day: date
    quantity_milli: int
    unit_price_fen: int | None
    fen: int
    document: str
    source: str
    reversal: bool


class MonthOut(Schema):
    """A terminal's month."""

    month: date
    lines: int
    quantity_milli: int
    fen: int


class ProductSoldOut(Schema):
    """What a terminal bought of one product; `code` is empty for a product not in the catalogue."""

    product: int | None
    code: str
    name: str
    lines: int
    quantity_milli: int
    fen: int
    last_day: date


@router.get("", response=Page[LineOut])
def lines(
    request,
    terminal: Pk | None = None,
    product: Pk | None = None,
    document: str = "",
    first: date | None = None,
    last: date | None = None,
    start: Start = 0,
    limit: Limit = 50,
):
    """Sale lines of terminals the reader may see, newest first; days inclusive."""
    request.user.must("sales.see")
    rows, count = queries.list_sales(
        request.user, terminal=terminal, product=product, document=document.replace("\x00", ""), first=first, last=last,
        start=start, limit=limit,
    )  # fmt: skip
    return page(request, [_out(row) for row in rows], count, start, limit)


@router.get("/terminals/{int:pk}/months", response=list[MonthOut])
def months(request, pk: int, first: date = FIRST, last: date = LAST):
    """A terminal's sales by month."""
    terminal = terminals.terminal_for(request.user, pk, "sales.see")
    return [asdict(row) for row in queries.by_month(request.user, terminal.pk, first, last)]


@router.get("/terminals/{int:pk}/products", response=list[ProductSoldOut])
def products(request, pk: int, first: date = FIRST, last: date = LAST, limit: Limit = 50):
    """What a terminal bought most of, by money."""
    terminal = terminals.terminal_for(request.user, pk, "sales.see")
    return [asdict(row) for row in queries.top_products(request.user, terminal.pk, first, last, limit)]


def _out(row: queries.SaleLineRow) -> dict[str, Any]:
    values = asdict(row)
    return {"id": values.pop("pk"), **values}
