"""The list of terminals: filtered, ordered, one page at a time, fast at hundreds of thousands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Exists, OuterRef, QuerySet

from kewei.journal import queries as journal
from kewei.journal.bulk import Among
from kewei.journal.rules import digest
from kewei.people.models import Person
from kewei.terminals.facts import CHANGE_WHO_SEES_WHAT
from kewei.terminals.models import Closure, Prospect, Terminal
from kewei.terminals.queries.searching import matching, seen_by
from kewei.terminals.rules import OPEN_STAGES

REMEMBERED_FROM = 5_000

# Only orders an index gives; the second key makes every order total.
ORDERS: dict[str, tuple[str, str]] = {
    "code": ("code", "pk"),
    "name": ("name", "pk"),
    "kind": ("kind", "code"),
    "province": ("province", "code"),
    "city": ("city", "code"),
    "owner": ("owner", "code"),
    "territory": ("territory", "code"),
    "added_at": ("added_at", "pk"),
}


@dataclass(frozen=True)
class TerminalRow:
    """A terminal as a list shows it; `closed` is True where it is closed (停用)."""

    pk: int
    code: str
    name: str
    short_name: str
    kind: str
    grade: str
    ownership: str
    credit_code: str
    province: str
    city: str
    district: str
    address: str
    beds: int | None
    owner_login: str
    owner_name: str
    territory_name: str
    added_at: datetime
    closed: bool


_FIELDS = (
    "pk", "code", "name", "short_name", "kind", "grade", "ownership", "credit_code", "province", "city", "district",
    "address", "beds", "owner__login", "owner__name", "territory__name", "added_at", "closed",
)  # fmt: skip


def list_terminals(
    person: Person,
    *,
    text: str = "",
    kind: str = "",
    province: str = "",
    city: str = "",
    owner: int | None = None,
    without_owner: bool = False,
    territory: int | None = None,
    grade: str = "",
    closed: bool | None = False,
    order: str = "code",
    start: int = 0,
    limit: int = 50,
) -> tuple[list[TerminalRow], int]:
    """One page of the terminals a person may see, and how many there are in all; four queries, one more with `text`.

    `closed` False leaves out closed ones, True shows only those, None both. `order` is a key of ORDERS, with a minus
    before it for the other way round. `territory` includes what lies under it.
    """
    asked = (text, kind, province, city, owner, without_owner, territory, grade)
    every = _filtered(person, *asked)
    rows = _open_or_closed(every, closed)
    count = _count(person, every, closed, asked)
    if not count:
        return [], 0
    # The page's keys come from an index alone; only its fifty rows are then fetched whole.
    keys = rows.order_by(*_order(order))[start : start + limit].values("pk")
    page = Terminal.objects.filter(pk__in=keys).order_by(*_order(order))
    return [_row(values) for values in _values(page)], count


def export_rows(person: Person, **filters: Any) -> Iterator[TerminalRow]:
    """Every terminal a person may see with the filters of list_terminals, streamed in the order asked for."""
    order = filters.pop("order", "code")
    wanted: dict[str, Any] = {
        "text": "", "kind": "", "province": "", "city": "", "owner": None, "without_owner": False, "territory": None,
        "grade": "",
    }  # fmt: skip
    closed = filters.pop("closed", False)
    rows = _open_or_closed(_filtered(person, *(wanted | filters).values()), closed).order_by(*_order(order))
    return (_row(values) for values in _values(rows).iterator(chunk_size=5000))


def _count(person: Person, every: QuerySet[Terminal], closed: bool | None, asked: tuple) -> int:
    """How many there are. Large numbers are remembered until a fact is told after which they may be others."""
    newest = journal.newest_of(CHANGE_WHO_SEES_WHAT)
    key = "terminals." + digest([newest, person.pk, repr(person.reach("terminals.see")), closed, asked])
    if (known := cache.get(key)) is not None:
        return known
    if closed:
        return _open_or_closed(every, True).count()
    count = every.count()
    if closed is False and count:  # closed ones are few: taking them off is quicker than counting around them
        count -= _open_or_closed(every, True).count()
    if count > REMEMBERED_FROM:
        cache.set(key, count, timeout=3600)
    return count


def _filtered(person, text, kind, province, city, owner, without_owner, territory, grade) -> QuerySet[Terminal]:
    rows = seen_by(person)
    reach = person.reach("terminals.see")
    if reach.everything or reach.territory_paths:
        # The pool has its own page: thousands of hospitals nobody has been to would bury the customers.
        free = Prospect.objects.filter(stage__in=OPEN_STAGES, terminal__owner=None)
        rows = rows.exclude(pk__in=free.values("pk"))
    if text:
        rows = rows.filter(Among("pk", matching(person, text)))
    for field, value in (("kind", kind), ("province", province), ("city", city), ("grade", grade), ("owner", owner)):
        if value:
            rows = rows.filter(**{field: value})
    if without_owner:
        rows = rows.filter(owner=None)
    if territory:
        rows = rows.filter(territory__path__contains=f"/{territory}/")
    return rows


def _open_or_closed(rows: QuerySet[Terminal], closed: bool | None) -> QuerySet[Terminal]:
    if closed is None:
        return rows
    shut = Closure.objects.filter(lifted_at=None).values("terminal")
    return rows.filter(pk__in=shut) if closed else rows.exclude(pk__in=shut)


def _order(order: str) -> list[str]:
    sign, name = ("-", order[1:]) if order.startswith("-") else ("", order)
    return [sign + field for field in ORDERS.get(name, ORDERS["code"])]


def _values(rows: QuerySet[Terminal]):
    shut = Closure.objects.filter(terminal=OuterRef("pk"), lifted_at=None)
    return rows.annotate(closed=Exists(shut)).values_list(*_FIELDS)


def _row(values: tuple) -> TerminalRow:
    blank: Iterator[Any] = (v if v is not None or i in (12,) else "" for i, v in enumerate(values))
    return TerminalRow(*blank)
