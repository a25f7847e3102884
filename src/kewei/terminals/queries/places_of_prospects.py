"""Where prospects are: near a point, by province and city, and how the pool lies beside them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from kewei.people.models import Person
from kewei.terminals import rules
from kewei.terminals.models import Prospect, Terminal
from kewei.terminals.queries.prospects import PROSPECT, open_pool
from kewei.terminals.rules.near import Point, box_around, metres_between
from kewei.terminals.rules.prospects import OPEN_STAGES

HELD, FREE, CUSTOMER = "held", "free", "customer"


@dataclass(frozen=True)
class NearRow:
    """A terminal near a point; `state` is held (a prospect somebody works on), free (in the pool) or customer."""

    pk: int
    name: str
    kind: str
    city: str
    district: str
    address: str
    owner_name: str
    state: str
    stage: str
    metres: int
    point: Point


def near(person: Person, point: Point, metres: int, most: int = 100) -> list[NearRow]:
    """Terminals this person may work on or claim within a distance of a point, nearest first; two queries.

    The address of what is in the pool is left out, as all of its card.
    """
    (south, west), (north, east) = box_around(point, metres)
    box = Q(lat_e6__gte=south, lat_e6__lte=north, lon_e6__gte=west, lon_e6__lte=east)
    mine = Terminal.objects.visible_to(person, PROSPECT).filter(box)
    free = open_pool(person).filter(box)
    found = {row.pk: row for row in _rows(free, point, free=True)} | {
        row.pk: row for row in _rows(mine.exclude(owner=None), point, free=False)
    }
    within = [row for row in found.values() if row.metres <= metres]
    return sorted(within, key=lambda row: (row.metres, row.pk))[:most]


def _rows(rows: QuerySet[Terminal], point: Point, *, free: bool) -> list[NearRow]:
    names = ("pk", "name", "kind", "city", "district", "address", "owner__name", "prospect__stage", "lat_e6", "lon_e6")
    made = []
    for pk, name, kind, city, district, address, owner, stage, lat, lon in rows.values_list(*names)[:5_000]:
        state = FREE if free else HELD if stage in OPEN_STAGES else CUSTOMER
        made.append(
            NearRow(
                pk, name, kind, city, district, "" if free else address, owner or "", state, stage or "",
                metres_between(point, (lat or 0, lon or 0)), (lat or 0, lon or 0),
            )
        )  # fmt: skip
    return made


def by_province(person: Person) -> list[tuple[str, str, int, int]]:
    """(code, name, held, free) of every province: prospects somebody works on, and those in this person's pool."""
    held, free = _counts(person, "province")
    return [(d.code, d.name, held.get(d.name, 0), free.get(d.name, 0)) for d in rules.divisions().provinces()]


def by_city(person: Person, province: str) -> list[tuple[str, int, int]]:
    """(name, held, free) of every city of a province, given by its name; cities of former names behind."""
    held, free = _counts(person, "city", province)
    code = rules.divisions().place(province, "", "").division
    names = [city.name for city in rules.divisions().cities(f"{code[:2]}0000")] if code else []
    names += sorted({*held, *free} - set(names) - {""})
    return [(name, held.get(name, 0), free.get(name, 0)) for name in names]


def _counts(person: Person, field: str, province: str = "") -> tuple[dict[str, int], dict[str, int]]:
    mine = Prospect.objects.visible_to(person, PROSPECT).filter(stage__in=OPEN_STAGES).exclude(terminal__owner=None)
    pool = open_pool(person)
    if province:
        mine, pool = mine.filter(terminal__province=province), pool.filter(province=province)
    held = mine.values_list(f"terminal__{field}").annotate(n=Count("pk")).order_by()
    free = pool.values_list(field).annotate(n=Count("pk")).order_by()
    return dict(held), dict(free)
