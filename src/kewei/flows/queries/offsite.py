"""院外药房: which pharmacies serve which hospital, and usage shown at the hospital: moved, never copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q

from kewei.flows.models import OffSite
from kewei.flows.queries.months import UsageRow
from kewei.flows.rules.balance import attributed
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.terminals import queries as terminals

SEE, REVIEW = "flows.see", "flows.review"


@dataclass(frozen=True)
class OffSiteRow:
    """A pharmacy and the hospital it serves, from one month on, up to another (left out) where that is told."""

    pk: int
    terminal: int
    terminal_code: str
    terminal_name: str
    hospital: int
    hospital_code: str
    hospital_name: str
    since: date
    until: date | None
    told_by: str


def list_off_sites(person: Person, *, start: int = 0, limit: int | None = 50) -> tuple[list[OffSiteRow], int]:
    """Pharmacies the person may see with the hospital each serves or served, newest first, and how many; two queries."""
    rows = OffSite.objects.visible_to(person, SEE)
    told = rows.order_by("-pk").values_list(
        "pk", "terminal", "terminal__code", "terminal__name", "hospital", "hospital__code", "hospital__name", "since",
        "until", "told_by__name",
    )  # fmt: skip
    return [
        OffSiteRow(*row) for row in (told[start : start + limit] if limit is not None else told[start:])
    ], rows.count()


def off_site_for(person: Person, pk: int) -> OffSite:
    """A pharmacy that serves a hospital now, where the person may say so. Raises NotFound."""
    found = OffSite.objects.visible_to(person, REVIEW).filter(pk=pk, ended_at=None).first()
    if found is None:
        raise NotFound(noun=N_("院外药房"))
    return found


def live_with(pharmacy: int, hospital: int) -> OffSite | None:
    """What stands in the way of saying that this pharmacy serves that hospital: one step only, from pharmacy to hospital."""
    pair = {pharmacy, hospital}
    clash = Q(terminal__in=pair) | Q(hospital=pharmacy)
    return OffSite.objects.filter(clash, ended_at=None).select_related("terminal", "hospital").first()


def at_hospitals(person: Person, rows: Sequence[UsageRow]) -> list[UsageRow]:
    """Usage with what off-site pharmacies took shown at the hospital they served that month; the sums stay.

    A hospital the person may not see keeps its pharmacies' usage where it is. Three queries, or none.
    """
    told = list(OffSite.objects.values_list("terminal", "hospital", "since", "until")) if rows else []
    seen = terminals.visible_among(person, {hospital for _, hospital, _, _ in told}, SEE)
    names = terminals.named(seen)
    groups: dict[tuple[date, int, int], list[UsageRow]] = {}
    for row in rows:
        groups.setdefault((row.month, row.distributor, row.product), []).append(row)
    found: list[UsageRow] = []
    for (month, _distributor, _product), some in groups.items():
        to = {
            pharmacy: hospital
            for pharmacy, hospital, since, until in told
            if hospital in seen and since <= month and (until is None or month < until)
        }
        milli = attributed({row.terminal: row.quantity_milli for row in some}, to)
        fen = attributed({row.terminal: row.fen for row in some}, to)
        own = {row.terminal: (row.terminal_code, row.terminal_name) for row in some} | names
        found += [
            replace(
                some[0], terminal=pk, terminal_code=own[pk][0], terminal_name=own[pk][1], quantity_milli=n, fen=fen[pk]
            )
            for pk, n in milli.items()
        ]
    return sorted(
        found, key=lambda row: (-row.month.toordinal(), row.distributor_name, row.terminal_code, row.product_code)
    )
