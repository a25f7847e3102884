"""增长树: what each terminal bought of each product in two periods, and the tree of any slice of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, F, Q, Sum, Value, When

from kewei.insight.rules.tree import Sold, Trade, Tree, effects, grow
from kewei.journal.bulk import among
from kewei.kernel.calendar import month_before, month_end
from kewei.kernel.refusals import N_
from kewei.people.models import Person
from kewei.products.models import Product
from kewei.sales.models import SaleLine
from kewei.terminals.models import Link, Terminal

SEE = "sales.see"
# Months of a period, and how many months before it the period it is compared with ends.
SPANS: dict[str, tuple[str, int, int]] = {
    "month": (N_("上月对比前一月"), 1, 1),
    "quarter": (N_("近三个月对比前三个月"), 3, 3),
    "half": (N_("近六个月对比前六个月"), 6, 6),
    "year": (N_("近十二个月对比前十二个月"), 12, 12),
    "year_ago": (N_("近三个月对比去年同期"), 3, 12),
}


@dataclass(frozen=True)
class Periods:
    """Two periods of whole months, both ends included."""

    before_first: date
    before_last: date
    now_first: date
    now_last: date


@dataclass(frozen=True)
class Slice:
    """Which sales: of a kind of terminal, a province, an owner, a product; empty means all."""

    kind: str = ""
    province: str = ""
    owner: int | None = None
    product: int | None = None


@dataclass(frozen=True)
class Found:
    """The tree of a slice, the terminals behind it, and how many of them changed owner since the first period began."""

    periods: Periods
    tree: Tree
    trades: tuple[Trade, ...]
    moved: int


@dataclass(frozen=True)
class Behind:
    """A terminal behind a branch: fen before and now, and how much of the branch is its."""

    pk: int
    code: str
    name: str
    owner: str
    before_fen: int
    now_fen: int
    fen: int


def periods_of(span: str, today: date) -> Periods:
    """The whole months of a span before today's own, and those it is compared with."""
    _words, months, back = SPANS[span]
    return Periods(
        month_before(today, back + months), month_end(month_before(today, back + 1)),
        month_before(today, months), month_end(month_before(today)),
    )  # fmt: skip


def tree_of(person: Person, periods: Periods, part: Slice = Slice()) -> Found:
    """The tree of what this person sees of a slice. A terminal counts where it stands today. Three queries, four with moves."""
    lines = _lines(person, part)
    sold: dict[int, list[Sold]] = defaultdict(list)
    for row in _sums(lines, periods):
        sold[row["terminal"]].append(
            Sold(
                row["product"] or 0,
                int(row["before"]),
                int(row["now"]),
                int(row["before_milli"]),
                int(row["now_milli"]),
            )
        )
    days = {
        row["terminal"]: (row["days_before"], row["days_now"])
        for row in lines.filter(_either(periods))
        .values("terminal")
        .annotate(
            # A day on which something only came back is no order.
            days_before=Count("day", filter=_before(periods) & Q(quantity_milli__gt=0), distinct=True),
            days_now=Count("day", filter=_now(periods) & Q(quantity_milli__gt=0), distinct=True),
        )
        .order_by()
    }
    earlier = set(lines.filter(day__lt=periods.before_first).values_list("terminal", flat=True).order_by().distinct())
    long_ago = periods.before_first - timedelta(days=1)
    trades = tuple(
        Trade(pk, long_ago if pk in earlier else periods.before_first, *days[pk], tuple(rows))
        for pk, rows in sorted(sold.items())
    )
    return Found(periods, grow(trades, periods.before_first), trades, _moved(sold, periods))


def behind(person: Person, found: Found, branch: str, most: int = 100) -> tuple[list[Behind], int]:
    """The terminals behind a branch, those that moved it most first, and how many there are. One query."""
    told = [(effects(one, found.periods.before_first).get(branch, 0), one) for one in found.trades]
    moved = sorted(((fen, one) for fen, one in told if fen), key=lambda pair: (-abs(pair[0]), pair[1].terminal))
    keys = [one.terminal for _fen, one in moved[:most]]
    rows = Terminal.objects.visible_to(person).filter(pk__in=keys)
    named = {pk: more for pk, *more in rows.values_list("pk", "code", "name", "owner__name")}
    return [
        Behind(one.terminal, named[one.terminal][0], named[one.terminal][1], named[one.terminal][2] or "",
               one.before_fen, one.now_fen, fen)
        for fen, one in moved[:most]
        if one.terminal in named
    ], len(moved)  # fmt: skip


def _lines(person: Person, part: Slice) -> Any:
    lines = SaleLine.objects.visible_to(person, SEE)
    given = {
        "terminal__kind": part.kind, "terminal__province": part.province, "terminal__owner": part.owner,
        "product": part.product,
    }  # fmt: skip
    return lines.filter(**{name: value for name, value in given.items() if value})


def _sums(lines: Any, periods: Periods) -> Any:
    """Sums by terminal and product; by what was written where the product is not in the catalogue."""
    now, before = _now(periods), _before(periods)
    written = Case(When(product=None, then=F("product_text")), default=Value(""))
    return (
        lines.filter(_either(periods))
        .values("terminal", "product", written=written)
        .annotate(
            now=Sum("fen", filter=now, default=0), before=Sum("fen", filter=before, default=0),
            now_milli=Sum("quantity_milli", filter=now, default=0),
            before_milli=Sum("quantity_milli", filter=before, default=0),
        )
        .order_by()
    )  # fmt: skip


def _now(periods: Periods) -> Q:
    return Q(day__range=(periods.now_first, periods.now_last))


def _before(periods: Periods) -> Q:
    return Q(day__range=(periods.before_first, periods.before_last))


def _either(periods: Periods) -> Q:
    return _now(periods) | _before(periods)


def _moved(terminals: Any, periods: Periods) -> int:
    """How many of these terminals came to their owner after the first period had begun, from somebody else."""
    if not terminals:
        return 0
    ended = Link.objects.filter(
        among("terminal_id", list(terminals)), role="owner", until__date__gte=periods.before_first
    )
    return ended.values("terminal").distinct().count()


# --- what can be chosen -----------------------------------------------------------------------------------------------


def provinces(person: Person) -> list[str]:
    """Provinces of the terminals this person sees, by name."""
    rows = Terminal.objects.visible_to(person).exclude(province="").values_list("province", flat=True)
    return sorted(set(rows.order_by().distinct()))


def owners(person: Person) -> list[tuple[int, str]]:
    """Owners of the terminals this person sees, by name."""
    rows = Terminal.objects.visible_to(person).exclude(owner=None).values_list("owner", "owner__name")
    return sorted(set(rows.order_by().distinct()), key=lambda one: one[1])


def products_sold(person: Person, most: int = 500) -> list[tuple[int, str]]:
    """Products in the catalogue, by name."""
    return list(Product.objects.order_by("name", "pk").values_list("pk", "name")[:most])
