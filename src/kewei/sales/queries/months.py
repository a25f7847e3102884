"""月度销售: what is prepared of the lines by month, how old it is, and months touched since read from the lines themselves."""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import Case, Count, IntegerField, Max, Q, QuerySet, Sum, Value, When

from kewei.journal.bulk import among, ask
from kewei.kernel.calendar import month_end
from kewei.sales.models import MonthOfTerminal, Preparation, PreparedMonth, SaleLine
from kewei.sales.rules.months import DayOfSales, MonthRow, fold, good_of, month_of

FLOW = "flow"
# Bit of the column of days that says: through a distributor.
THROUGH_BIT = 31


@dataclass(frozen=True)
class Freshness:
    """When months were last prepared and how many lines came after that; None: never. Months with such lines are read from
    the lines, so figures are whole all the same, only slower."""

    at: datetime | None
    lines_since: int


@dataclass(frozen=True)
class Columns:
    """A month as columns of whole numbers, 8 bytes each, one after the other: terminal, good (months.good_of), days as bits
    (bit THROUGH_BIT: through a distributor), thousandths, fen."""

    month: date
    body: bytes

    WIDTH = 5

    @property
    def table(self) -> npt.NDArray[np.int64]:
        """The columns as rows of one table."""
        return np.frombuffer(self.body, np.int64).reshape(self.WIDTH, -1)


def freshness() -> Freshness:
    """How old what is prepared is. Two queries."""
    last = Preparation.objects.order_by("-pk").values_list("at", "last_line").first()
    if last is None:
        return Freshness(None, SaleLine.objects.count())
    return Freshness(last[0], SaleLine.objects.filter(pk__gt=last[1]).count())


def sold_by_month(terminals: Collection[int] | None, product: int | None, first: date, last: date) -> list[MonthRow]:
    """Rows of the months from that of `first` to that of `last`, oldest first: of these terminals (None: all) and this
    product (None: all), whoever asks. Four queries at most.

    A terminal's month has one row for each product (or text, where a file's product is not known) and each source: sold by
    us, or through a distributor. `row.orders` is days with a purchase.
    """
    live = _touched(first, last)
    rows = _of(MonthOfTerminal.objects.filter(month__range=(month_of(first), last)), terminals, product)
    found = [
        MonthRow(*values)
        for values in rows.values_list(
            "terminal", "product", "written", "through", "month", "days", "lines", "quantity_milli", "fen"
        )
        if values[4] not in live
    ]
    for month in live:
        found += count_month(month, terminals, product)
    return sorted(found, key=lambda row: (row.month, row.terminal, row.product or 0, row.written, row.through))


def columns(first: date, last: date) -> list[Columns]:
    """The months from that of `first` to that of `last`, whoever asks, as columns. Months without lines are left out."""
    live = _touched(first, last)
    rows = PreparedMonth.objects.filter(month__range=(month_of(first), last)).exclude(month__in=live)
    found = [Columns(month, bytes(body)) for month, body in rows.values_list("month", "columns")]
    found += [Columns(month, pack(count_month(month))) for month in live]
    return sorted(found, key=lambda one: one.month)


@dataclass(frozen=True)
class ProductColumns:
    """What everybody bought of one product of us, a row for each terminal and month: the terminal, the first day of the month
    (ordinal), days with a purchase as bits, thousandths."""

    terminal: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    days: npt.NDArray[np.int64]
    milli: npt.NDArray[np.int64]


def product_columns(product: int, first: date, last: date) -> ProductColumns:
    """The months from that of `first` to that of `last` of one product, whoever asks.

    Written out: making each month a date in Django took longer than all the rest.
    """
    live = _touched(first, last)
    rows = ask(
        "SELECT terminal_id, month, days, quantity_milli FROM sales_monthofterminal"
        " WHERE product_id = %(product)s AND month >= %(first)s AND month <= %(last)s AND NOT through",
        {"product": product, "first": month_of(first), "last": last},
    )
    terminal, month, days, milli = zip(*rows, strict=True) if rows else ((), (), (), ())
    ordinals = {one: _ordinal(one) for one in set(month)}
    table = np.array([terminal, [ordinals[one] for one in month], days, milli], np.int64)
    table = table[:, ~np.isin(table[1], [one.toordinal() for one in live])]
    more = [
        (row.terminal, one.toordinal(), row.days, row.quantity_milli)
        for one in live
        for row in count_month(one, product=product)
        if not row.through
    ]
    return ProductColumns(*np.concatenate([table, np.array(more, np.int64).reshape(-1, 4).T], axis=1))


def _ordinal(month: str | date) -> int:
    return (date.fromisoformat(month) if isinstance(month, str) else month).toordinal()


def pack(rows: Iterable[MonthRow]) -> bytes:
    """Rows of a month as the body of Columns."""
    told = [array("q") for _n in range(Columns.WIDTH)]
    for row in rows:
        values = (
            row.terminal, good_of(row.product, row.written), row.days | row.through << THROUGH_BIT, row.quantity_milli, row.fen
        )  # fmt: skip
        for column, value in zip(told, values, strict=True):
            column.append(value)
    return b"".join(column.tobytes() for column in told)


def bought_before(terminals: Collection[int], day: date, product: int | None = None, through: bool = False) -> set[int]:
    """Which of these terminals have a sale before the first day of a month, of a product (None: any) and of a source,
    whoever asks. Three queries at most.

    Written out: each terminal is looked up until its first sale is found, however many it has; of one product the sales
    themselves are looked through.
    """
    done = Preparation.objects.order_by("-pk").values_list("last_line", flat=True).first() or 0
    if product is not None:
        return _bought_product_before(product, day, through, done).intersection(terminals)
    values = {"day": day, "through": through, "done": done, "flow": FLOW}
    prepared = "sales_monthofterminal AS one WHERE one.month < %(day)s AND one.through = %(through)s"
    sign = "=" if through else "<>"
    lines = f"sales_saleline AS one WHERE one.day < %(day)s AND one.source {sign} %(flow)s AND one.id > %(done)s"
    found: set[int] = set()
    if done:
        found |= _with_any(prepared, terminals, values)
    if not done or SaleLine.objects.filter(pk__gt=done).exists():
        found |= _with_any(lines, terminals, values)
    return found


def _bought_product_before(product: int, day: date, through: bool, done: int) -> set[int]:
    prepared = MonthOfTerminal.objects.filter(product=product, month__lt=day, through=through)
    lines = SaleLine.objects.filter(product=product, day__lt=day, pk__gt=done)
    lines = lines.filter(source=FLOW) if through else lines.exclude(source=FLOW)
    rows = [prepared, lines] if done else [lines]
    return {terminal for one in rows for terminal in one.order_by().values_list("terminal", flat=True).distinct()}


def _with_any(rows: str, terminals: Collection[int], values: dict[str, Any]) -> set[int]:
    if connection.vendor == "postgresql":
        asked, keys = "unnest(%(ids)s::bigint[]) AS asked(value)", list(terminals)
    else:
        asked, keys = "json_each(%(ids)s) AS asked", json.dumps(list(terminals))  # type: ignore[assignment]
    statement = f"SELECT asked.value FROM {asked} WHERE EXISTS (SELECT 1 FROM {rows} AND one.terminal_id = asked.value)"  # noqa: S608
    return {row[0] for row in ask(statement, {**values, "ids": keys})}


# --- keeping current --------------------------------------------------------------------------------------------------


def stale_months() -> list[date]:
    """Months whose lines are not those that were prepared, oldest first. Lines are only ever added, so that their number
    tells; one pass over the index of days."""
    counts: dict[date, int] = {}
    for day, lines in SaleLine.objects.order_by().values_list("day").annotate(lines=Count("pk")):
        counts[month_of(day)] = counts.get(month_of(day), 0) + lines
    known = dict(PreparedMonth.objects.exclude(fen=None).values_list("month", "lines"))
    return sorted(month for month, lines in counts.items() if known.get(month) != lines)


def last_line() -> int:
    """The key of the newest line; 0 without any."""
    return SaleLine.objects.aggregate(last=Max("pk"))["last"] or 0


def count_month(
    month: date, terminals: Collection[int] | None = None, product: int | None = None
) -> Iterator[MonthRow]:
    """The rows of a month, counted from its lines."""
    lines = _of(SaleLine.objects.filter(day__range=(month, month_end(month))), terminals, product)
    written = Case(When(product=None, then="product_text"), default=Value(""))
    through = Case(When(source=FLOW, then=1), default=0, output_field=IntegerField())
    sold = Case(
        When(Q(reverses=None, quantity_milli__gt=0), then=1),
        When(Q(reverses__isnull=False, quantity_milli__lt=0), then=-1),
        default=0,
        output_field=IntegerField(),
    )
    sums = (
        lines.order_by()
        .values("terminal", "product", "day", written=written, flow=through)
        .annotate(count=Count("pk"), milli=Sum("quantity_milli"), money=Sum("fen"), live=Sum(sold))
        .values_list("terminal", "product", "written", "flow", "day", "count", "milli", "money", "live")
    )
    return fold(
        DayOfSales(terminal, good, text, bool(flow), day, count, int(milli), int(money), live)
        for terminal, good, text, flow, day, count, milli, money, live in sums.iterator(chunk_size=20_000)
    )


def _of(rows: QuerySet, terminals: Collection[int] | None, product: int | None) -> QuerySet:
    if terminals is not None:
        rows = rows.filter(among("terminal_id", list(terminals)))
    return rows if product is None else rows.filter(product=product)


def _touched(first: date, last: date) -> list[date]:
    """Months of a span that must be read from their lines: those with lines that came after the last preparation."""
    span = (month_of(first), month_end(last))
    done = Preparation.objects.order_by("-pk").values_list("last_line", flat=True).first()
    lines = SaleLine.objects.filter(day__range=span)
    if done is not None:
        lines = SaleLine.objects.filter(pk__gt=done)
    days = lines.order_by().values_list("day", flat=True).distinct()
    return sorted({month_of(day) for day in days if span[0] <= day <= span[1]})
