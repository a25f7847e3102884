"""What each terminal bought in two periods, and the lists behind the levers of growth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, Min, Q, Sum

from kewei.insight.rules.growth import (
    GROWN,
    LOST,
    NEW,
    REACTIVATED,
    SHRUNK,
    Bought,
    Growth,
    grow,
    narrow,
    slowing,
    way_of,
)
from kewei.people.models import Person
from kewei.sales.models import SaleLine
from kewei.sales.queries.months import FLOW
from kewei.terminals.models import Terminal

SEE = "sales.see"
PERIOD = 182
SLOWING, NARROW, SMALLER, DISTRIBUTORS = "slowing", "narrow", "smaller", "distributors"


@dataclass(frozen=True)
class LeverRow:
    """A terminal on a lever's list."""

    pk: int
    code: str
    name: str
    owner: str
    before_fen: int
    now_fen: int
    last_day: date
    products: int


@dataclass(frozen=True)
class Levers:
    """The change between two half-years, and which terminals each lever could move."""

    first: date
    middle: date
    last: date
    growth: Growth
    lists: dict[str, tuple[int, ...]]
    bought: dict[int, Bought]


def levers(person: Person, today: date) -> Levers:
    """两种增长  Sales of the last half-year against the one before, as far as this person sees sales: what we sold, not what
    went on through distributors, where the same goods stand again. One query."""
    middle = today - timedelta(days=PERIOD)
    first = middle - timedelta(days=PERIOD)
    now, before = Q(day__gt=middle, day__lte=today), Q(day__gt=first, day__lte=middle)
    rows = (
        SaleLine.objects.visible_to(person, SEE)
        .filter(day__lte=today)
        .exclude(source=FLOW)
        .values("terminal", "terminal__kind")
        .annotate(
            now=Sum("fen", filter=now, default=0), before=Sum("fen", filter=before, default=0), first=Min("day"), last=Max("day"),
            days_now=Count("day", filter=now, distinct=True), days_before=Count("day", filter=before, distinct=True),
            products=Count("product", filter=now, distinct=True),
        )
        .order_by()
    )  # fmt: skip
    every = [
        Bought(
            row["terminal"], row["terminal__kind"], int(row["now"]), int(row["before"]), row["first"], row["last"],
            row["days_now"], row["days_before"], row["products"],
        )
        for row in rows
    ]  # fmt: skip
    few = narrow(every)
    lists: dict[str, list[int]] = {NEW: [], REACTIVATED: [], GROWN: [], SHRUNK: [], LOST: []}
    lists |= {SLOWING: [], NARROW: [], SMALLER: [], DISTRIBUTORS: []}
    for one in sorted(every, key=lambda one: (one.now_fen - one.before_fen, one.terminal)):
        if way := way_of(one, first):
            lists[way].append(one.terminal)
        if one.kind == "distributor":
            lists[DISTRIBUTORS].append(one.terminal)
            continue
        if one.now_fen > 0 and slowing(one, today, 2 * PERIOD):
            lists[SLOWING].append(one.terminal)
        if one.terminal in few:
            lists[NARROW].append(one.terminal)
        # Less at a time, though as often: the quantity of each order is the lever.
        if one.days_now and one.days_before and one.now_fen * one.days_before < one.before_fen * one.days_now:
            lists[SMALLER].append(one.terminal)
    return Levers(
        first + timedelta(days=1), middle, today, grow(every, first), {key: tuple(keys) for key, keys in lists.items()},
        {one.terminal: one for one in every},
    )  # fmt: skip


def lever_rows(person: Person, found: Levers, lever: str, most: int = 100) -> list[LeverRow]:
    """The terminals of a lever's list, those that lost most first; only what this person sees. One query."""
    keys = list(found.lists.get(lever, ()))[:most]
    rows = Terminal.objects.visible_to(person).filter(pk__in=keys)
    named = {
        pk: (code, name, owner or "") for pk, code, name, owner in rows.values_list("pk", "code", "name", "owner__name")
    }
    made = []
    for pk in keys:
        if pk in named:
            one = found.bought[pk]
            made.append(LeverRow(pk, *named[pk], one.before_fen, one.now_fen, one.last_day, one.products_now))
    return made
