"""Lines of sales. The first argument is the person who asks; only their terminals' lines exist for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, Max, QuerySet, Sum, Value, When
from django.db.models.functions import ExtractMonth, ExtractYear

from kewei.journal.bulk import ask, chunks, these
from kewei.people.models import Person
from kewei.products import queries as products
from kewei.sales import rules
from kewei.sales.models import SaleLine
from kewei.sales.queries.purchases import net_fen_among

ORDERS: dict[str, tuple[str, str]] = {
    "day": ("day", "pk"),
    "terminal": ("terminal", "day"),
    "document": ("document", "pk"),
}
# Whoever turns over more pages than this is looking for something a filter finds.
COUNTED_TO = 100_000


@dataclass(frozen=True)
class SaleLineRow:
    """A line as shown in lists; `product_code` is empty where the text of the file matched no product."""

    pk: int
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


@dataclass(frozen=True)
class MonthOfSales:
    """A terminal's month: lines, quantity in thousandths (of all units together) and fen, reversals taken off."""

    month: date
    lines: int
    quantity_milli: int
    fen: int


@dataclass(frozen=True)
class ProductSold:
    """What a terminal bought of one product in a period."""

    product: int | None
    code: str
    name: str
    lines: int
    quantity_milli: int
    fen: int
    last_day: date


def list_sales(
    person: Person,
    *,
    terminal: int | None = None,
    product: int | None = None,
    document: str = "",
    first: date | None = None,
    last: date | None = None,
    order: str = "-day",
    start: int = 0,
    limit: int = 50,
) -> tuple[list[SaleLineRow], int]:
    """One page of sale lines and how many there are (counted to COUNTED_TO + 1); two queries. Days inclusive."""
    rows = _filtered(person, terminal, product, document, first, last)
    count = rows.order_by()[: COUNTED_TO + 1].count()
    keys = rows.order_by(*_order(order))[start : start + limit].values("pk")
    page = SaleLine.objects.filter(pk__in=keys).order_by(*_order(order))
    return [_row(values) for values in page.values_list(*_FIELDS)], count


def export_rows(person: Person, **filters: Any) -> Iterator[SaleLineRow]:
    """Every line with the filters of list_sales, streamed."""
    order = filters.pop("order", "-day")
    wanted = {"terminal": None, "product": None, "document": "", "first": None, "last": None} | filters
    rows = _filtered(person, *wanted.values()).order_by(*_order(order)).values_list(*_FIELDS)
    return (_row(values) for values in rows.iterator(chunk_size=5000))


def by_month(person: Person, terminal: int, first: date, last: date) -> list[MonthOfSales]:
    """A terminal's sales by calendar month, oldest first; months without any are left out. One query."""
    rows = _filtered(person, terminal, None, "", first, last)
    months = (
        rows.annotate(year=ExtractYear("day"), month=ExtractMonth("day"))
        .order_by("year", "month")
        .values("year", "month")
        .annotate(lines=Count("pk"), milli=Sum("quantity_milli"), sum_fen=Sum("fen"))
    )
    return [
        MonthOfSales(date(m["year"], m["month"], 1), m["lines"], int(m["milli"]), int(m["sum_fen"])) for m in months
    ]


def top_products(person: Person, terminal: int, first: date, last: date, limit: int = 10) -> list[ProductSold]:
    """What a terminal bought most of by money in a period; lines whose product is not known count by their text."""
    rows = _filtered(person, terminal, None, "", first, last).order_by()
    unknown = Case(When(product=None, then=F("product_text")), default=Value(""), output_field=CharField())
    sums = (
        rows.annotate(unknown=unknown)
        .values("product", "unknown")
        .annotate(lines=Count("pk"), milli=Sum("quantity_milli"), sum_fen=Sum("fen"), last_day=Max("day"))
        .order_by("-sum_fen", "product")
    )
    best = list(sums[:limit])
    names = products.named(r["product"] for r in best if r["product"])
    return [
        ProductSold(
            r["product"],
            names[r["product"]][0] if r["product"] else "",
            names[r["product"]][1] if r["product"] else r["unknown"],
            r["lines"],
            int(r["milli"]),
            int(r["sum_fen"]),
            r["last_day"],
        )
        for r in best
    ]


def purchase_days(since: date, last: date, least: int = 1) -> dict[int, list[date]]:
    """The days between two, both included, on which each terminal bought something, ascending, whoever asks; terminals
    with fewer than `least` are left out."""
    rows = (
        SaleLine.objects.filter(day__range=(since, last), quantity_milli__gt=0)
        .values_list("terminal", "day")
        .distinct()
    )
    found: dict[int, list[date]] = {}
    for terminal, day in rows.order_by("terminal", "day").iterator(chunk_size=20_000):
        found.setdefault(terminal, []).append(day)
    return {terminal: days for terminal, days in found.items() if len(days) >= least}


def last_purchase(terminal: int) -> date | None:
    """The last day a terminal bought something, whoever asks; what only came back does not count."""
    bought = SaleLine.objects.filter(terminal=terminal, quantity_milli__gt=0, reverses=None, reversed_by=None)
    return bought.aggregate(last=Max("day"))["last"]


def total_fen(person: Person, terminal: int, first: date, last: date) -> int:
    """What a terminal bought in a period, in fen, reversals and returns taken off."""
    return _filtered(person, terminal, None, "", first, last).aggregate(sum=Sum("fen"))["sum"] or 0


def sold_between(first: date, last: date, terminals: Collection[int] | None = None) -> dict[int, int]:
    """What each terminal (or each of these few) bought from a day to another, both included, fen, reversals and returns
    taken off; whoever asks, one query."""
    if terminals is not None:
        return net_fen_among(terminals, first, last)
    sums = SaleLine.objects.filter(day__gte=first, day__lte=last).order_by().values("terminal").annotate(fen=Sum("fen"))
    return {terminal: int(fen) for terminal, fen in sums.values_list("terminal", "fen").iterator(chunk_size=20_000)}


@dataclass(frozen=True)
class Bought:
    """What a terminal bought in a period: the sum of it, the last day, and most of what by money; fen."""

    fen: int
    last_day: date | None
    products: tuple[ProductSold, ...]


def bought_among(terminals: Iterable[int], first: date, last: date, most: int = 5) -> dict[int, Bought]:
    """The same as top_products and total_fen of several terminals at once, whoever asks; two queries. Days inclusive."""
    rows = SaleLine.objects.filter(terminal__in=list(terminals), day__gte=first, day__lte=last).order_by()
    unknown = Case(When(product=None, then=F("product_text")), default=Value(""), output_field=CharField())
    sums = list(
        rows.annotate(unknown=unknown)
        .values("terminal", "product", "unknown")
        .annotate(lines=Count("pk"), milli=Sum("quantity_milli"), sum_fen=Sum("fen"), last_day=Max("day"))
        .order_by("terminal", "-sum_fen", "product")
    )
    names = products.named({r["product"] for r in sums if r["product"]})
    by_terminal: dict[int, list[ProductSold]] = {}
    for r in sums:
        code, name = names[r["product"]] if r["product"] else ("", r["unknown"])
        sold = ProductSold(r["product"], code, name, r["lines"], int(r["milli"]), int(r["sum_fen"]), r["last_day"])
        by_terminal.setdefault(r["terminal"], []).append(sold)
    return {
        pk: Bought(sum(one.fen for one in sold), max(one.last_day for one in sold), tuple(sold[:most]))
        for pk, sold in by_terminal.items()
    }


_FIELDS = (
    "pk", "terminal", "terminal__code", "terminal__name", "product__code", "product__name", "product__spec",
    "product_text", "day", "quantity_milli", "unit_price_fen", "fen", "document", "source", "reverses",
)  # fmt: skip


def _row(values: tuple) -> SaleLineRow:
    product_code, product_name, spec, text = values[4:8]
    shown = f"{product_name} {spec}".strip() if product_name else text
    return SaleLineRow(*(*values[:4], product_code or "", shown, *values[8:14], values[14] is not None))


def _filtered(
    person: Person, terminal: int | None, product: int | None, document: str, first: date | None, last: date | None
) -> QuerySet[SaleLine]:
    rows = SaleLine.objects.visible_to(person, "sales.see")
    asked = {"terminal": terminal, "product": product, "document": document, "day__gte": first, "day__lte": last}
    return rows.filter(**{field: value for field, value in asked.items() if value not in (None, "")})


def _order(order: str) -> list[str]:
    sign, name = ("-", order[1:]) if order.startswith("-") else ("", order)
    return [sign + field for field in ORDERS.get(name, ORDERS["day"])]


def known_lines(documents: Iterable[str]) -> Counter[rules.SaleRow]:
    """Live lines of these documents, each with how often it stands there, whoever asks: for an import's dry run."""
    found: Counter[rules.SaleRow] = Counter()
    for chunk in chunks(documents):
        live = SaleLine.objects.filter(document__in=chunk, reverses=None, reversed_by=None)
        found.update(rules.SaleRow(*row) for row in live.values_list(*rules.SaleRow._fields))
    return found


def bought_a_month(first: date, last: date) -> dict[int, int]:
    """What each terminal bought a month on average in a period, in fen, whoever asks; a month is 30 days."""
    days = (last - first).days + 1
    return {terminal: fen * 30 // days for terminal, fen in sold_between(first, last).items()}


def used_of_product(product: int, first: date, last: date, terminals: Collection[int] | None = None) -> dict[int, int]:
    """How many thousandths every terminal (or the given ones) bought of a product in a period, of us and through
    distributors, whoever asks; returns are taken off, and whoever only returned is left out. Days inclusive; one query."""
    among_them, value = these(terminals) if terminals is not None else ("", None)
    rows = ask(
        _USE.format(among=f"AND terminal_id {among_them}" if terminals is not None else ""),
        {"product": product, "first": first.isoformat(), "last": last.isoformat()}
        | ({"ids": value} if terminals is not None else {}),
    )
    return {terminal: int(milli) for terminal, milli in rows}


_USE = """
SELECT terminal_id, SUM(quantity_milli) FROM sales_saleline
 WHERE product_id = %(product)s AND day >= %(first)s AND day <= %(last)s {among}
 GROUP BY terminal_id HAVING MAX(quantity_milli) > 0
"""
