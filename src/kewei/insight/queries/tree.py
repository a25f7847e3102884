"""增长树: what each terminal bought of each product in two periods, from prepared months, and the tree of any slice of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import Count, Q, Sum

from kewei.flows.models import Usage
from kewei.insight.rules.periods import SPANS, Periods, periods_of
from kewei.insight.rules.trading import BEFORE, NOW, Bools, Ints, Month, Moves, moves_of
from kewei.insight.rules.trading import tree_of as tree_of_moves
from kewei.insight.rules.tree import PARTS, Tree
from kewei.journal.bulk import among
from kewei.journal.models import Fact
from kewei.kernel.refusals import N_
from kewei.people.models import Person
from kewei.products import queries as products
from kewei.products.models import Product
from kewei.sales import queries as sales
from kewei.sales.queries.months import THROUGH_BIT
from kewei.sales.rules.months import DIRECT, THROUGH
from kewei.terminals import facts as terminals_facts
from kewei.terminals.models import Link, Terminal

__all__ = ["DIRECT", "SPANS", "THROUGH", "Periods", "periods_of"]

SEE = "sales.see"
# So many digits may be a key.
DIGITS = 18
SOURCES: dict[str, str] = {DIRECT: N_("直接销售"), THROUGH: N_("经由经销商（流向用量）")}


@dataclass(frozen=True)
class Slice:
    """Which sales: of a kind of terminal, a province, an owner, a product (all of them together); empty means all.

    `source` is DIRECT (what we sold) or THROUGH (what terminals took through distributors, as these tell): the same goods
    stand in both, so that they are never added up.
    """

    kind: str = ""
    province: str = ""
    owner: int | None = None
    product: int | None = None
    source: str = DIRECT


@dataclass(frozen=True)
class Moved:
    """Terminals of a tree that changed owner, or kind, since the first period began, and how much of the change is theirs."""

    owners: int
    owners_fen: int
    kinds: int
    kinds_fen: int


@dataclass(frozen=True)
class Found:
    """The tree of a slice, the terminals behind it, and how many of them stand elsewhere than they did."""

    periods: Periods
    tree: Tree
    moves: Moves
    moved: Moved

    @property
    def count(self) -> int:
        """How many terminals traded in either period."""
        return len(self.moves.terminal)


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


def tree_of(person: Person, periods: Periods, part: Slice = Slice()) -> Found:
    """The tree of what this person sees of a slice. A terminal counts where it stands today. Nine queries at most."""
    whose = _terminals(person, part)
    months = [
        *_months(periods.before_first, periods.before_last, BEFORE, part, whose),
        *_months(periods.now_first, periods.now_last, NOW, part, whose),
    ]
    told = moves_of(months)
    told = told.known(_earlier(told, periods, part))
    return Found(periods, tree_of_moves(told), told, _moved(told, periods))


def behind(person: Person, found: Found, branch: str, most: int | None = 100) -> tuple[list[Behind], int]:
    """The terminals behind a branch, those that moved it most first, and how many there are. One query."""
    moves = found.moves
    told = moves.parts[:, PARTS.index(branch)]
    moved = np.flatnonzero(told)
    first = moved[np.lexsort((moves.terminal[moved], -np.abs(told[moved])))][:most]
    named = _named(person, moves.terminal[first].tolist())
    rows = [
        Behind(pk, *named[pk], int(moves.before_fen[n]), int(moves.now_fen[n]), int(told[n]))
        for n, pk in zip(first, moves.terminal[first].tolist(), strict=True)
        if pk in named
    ]
    return rows, len(moved)


def _named(person: Person, keys: list[int]) -> dict[int, tuple[str, str, str]]:
    rows = Terminal.objects.visible_to(person).filter(among("id", keys))
    return {
        pk: (code, name, owner or "") for pk, code, name, owner in rows.values_list("pk", "code", "name", "owner__name")
    }


def _terminals(person: Person, part: Slice) -> Ints | None:
    """Keys of the terminals of a slice this person sees sales of; None where that is all there are."""
    given = {"kind": part.kind, "province": part.province, "owner": part.owner}
    asked = {name: value for name, value in given.items() if value}
    if not asked and person.reach(SEE).everything:
        return None
    rows = Terminal.objects.visible_to(person, SEE).filter(**asked).order_by().values_list("pk", flat=True)
    return np.fromiter(rows.iterator(chunk_size=20_000), np.int64)


def _months(first: date, last: date, period: int, part: Slice, whose: Ints | None) -> Iterable[Month]:
    for month in sales.columns(first, last):
        terminal, good, days, milli, fen = month.table
        through = days >> THROUGH_BIT == 1
        kept = through if part.source == THROUGH else ~through
        if part.product is not None:
            kept = kept & (good == part.product)
        if whose is not None:
            kept = kept & _of_these(terminal, whose)
        yield Month(period, terminal, good, days & ((1 << THROUGH_BIT) - 1), milli, fen).only(kept)


def _of_these(terminal: Ints, whose: Ints) -> Bools:
    """Which rows are of one of these terminals: keys are small whole numbers, so a table of them is the quickest way."""
    if not len(whose) or not len(terminal):
        return np.zeros(len(terminal), np.bool_)
    table = np.zeros(max(int(whose.max()), int(terminal.max())) + 1, np.bool_)
    table[whose] = True
    return table[terminal]


def _earlier(told: Moves, periods: Periods, part: Slice) -> Bools:
    """Which terminals bought before the first period began; asked only of those that may be new."""
    earlier = np.zeros(len(told.terminal), np.bool_)
    asked = told.terminal[told.doubtful].tolist()
    if asked:
        found = sales.bought_before(asked, periods.before_first, part.product, part.source == THROUGH)
        earlier[np.isin(told.terminal, np.fromiter(found, np.int64))] = True
    return earlier


def _moved(told: Moves, periods: Periods) -> Moved:
    """Whoever came to another owner, or became another kind, after the first period had begun, as facts and links tell."""
    since = periods.before_first
    ended = Link.objects.filter(role="owner", until__date__gte=since).values_list("terminal", flat=True)
    changed = Fact.objects.filter(
        name=terminals_facts.TERMINAL_CHANGED, at__date__gte=since, detail__contains='"kind":['
    ).values_list("terminal", flat=True)
    change = told.now_fen - told.before_fen
    counts: list[int] = []
    for keys in (ended, changed):
        theirs = np.isin(told.terminal, np.array(sorted({key for key in keys if key}), np.int64))
        counts += [int(theirs.sum()), int(change[theirs].sum())]
    return Moved(*counts)


# --- how deep distributors reach --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Depth:
    """A distributor: what it bought of us and what terminals took through it, in fen, how many terminals and products, before
    and now; `taken_per_terminal` are what one terminal took on average."""

    pk: int
    code: str
    name: str
    bought_before_fen: int
    bought_now_fen: int
    taken_before_fen: int
    taken_now_fen: int
    terminals_before: int
    terminals_now: int
    products_now: int

    @property
    def per_terminal_before_fen(self) -> int:
        """What a terminal it reached took on average before, fen."""
        return self.taken_before_fen // self.terminals_before if self.terminals_before else 0

    @property
    def per_terminal_now_fen(self) -> int:
        """What a terminal it reaches takes on average now, fen."""
        return self.taken_now_fen // self.terminals_now if self.terminals_now else 0


def depths(person: Person, periods: Periods, part: Slice = Slice(), most: int = 50) -> list[Depth]:
    """经销商纵深  Distributors by what terminals took through them now, most first: breadth (terminals), depth (what each
    takes), and their own purchases beside it. Only usage of terminals this person sees sales of. Four queries."""
    now = Q(month__range=(periods.now_first, periods.now_last))
    before = Q(month__range=(periods.before_first, periods.before_last))
    given = {
        "terminal__kind": part.kind, "terminal__province": part.province, "terminal__owner": part.owner,
        "product": part.product,
    }  # fmt: skip
    rows = (
        Usage.by_terminal.visible_to(person, SEE)
        .filter(now | before, **{name: value for name, value in given.items() if value})
        .values("distributor", "distributor__code", "distributor__name")
        .annotate(
            before=Sum("fen", filter=before, default=0), now=Sum("fen", filter=now, default=0),
            many=Count("terminal", filter=before, distinct=True), many_now=Count("terminal", filter=now, distinct=True),
            products=Count("product", filter=now, distinct=True),
        )
        .order_by("-now", "distributor")[:most]
    )  # fmt: skip
    found = list(rows)
    bought: dict[int, list[int]] = {row["distributor"]: [0, 0] for row in found}
    for when, (first, last) in enumerate(
        ((periods.before_first, periods.before_last), (periods.now_first, periods.now_last))
    ):
        for month in sales.sold_by_month(list(bought), part.product, first, last) if bought else ():
            if not month.through:
                bought[month.terminal][when] += month.fen
    return [
        Depth(
            row["distributor"], row["distributor__code"], row["distributor__name"], bought[row["distributor"]][0],
            bought[row["distributor"]][1], int(row["before"]), int(row["now"]), row["many"], row["many_now"], row["products"],
        )
        for row in found
    ]  # fmt: skip


# --- what can be chosen -----------------------------------------------------------------------------------------------


def provinces(person: Person) -> list[str]:
    """Provinces of the terminals this person sees, by name."""
    rows = Terminal.objects.visible_to(person).exclude(province="").values_list("province", flat=True)
    return sorted(set(rows.order_by().distinct()))


def owners(person: Person) -> list[tuple[int, str]]:
    """Owners of the terminals this person sees, by name."""
    rows = Terminal.objects.visible_to(person).exclude(owner=None).values_list("owner", "owner__name")
    return sorted(set(rows.order_by().distinct()), key=lambda one: one[1])


def product_meant(person: Person, text: str) -> tuple[int, str] | None:
    """The product somebody means by its key, its code (what stands after it does not matter), or part of its name or
    initials: (key, code and name); None where there is none."""
    text = text.strip()
    code = text.split(" ", 1)[0]
    keys = list(products.by_codes(person, [code]).values()) if code else []
    if not keys and code.isdecimal() and len(code) <= DIGITS:
        keys = list(Product.objects.visible_to(person).filter(pk=int(code)).values_list("pk", flat=True))
    keys = keys or [one.pk for one in products.search(person, text, 1)]
    return (keys[0], " ".join(products.named(keys)[keys[0]])) if keys else None


def products_sold(person: Person, most: int = 200) -> list[str]:
    """Products to suggest while somebody types, as `code name`, by name; any other is found by typing it."""
    rows = Product.objects.visible_to(person).order_by("name", "pk").values_list("code", "name", "spec")[:most]
    return [f"{code} {name} {spec}".strip() for code, name, spec in rows]
