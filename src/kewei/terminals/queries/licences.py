"""Licences that end soon or have ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce, Least

from kewei.journal import queries_policies
from kewei.people.models import Person
from kewei.terminals import rules
from kewei.terminals.models import Closure, Licence
from kewei.terminals.rules.papers import LICENCE_LADDER


@dataclass(frozen=True)
class EndingLicence:
    """A licence near or past its end, with its terminal and who looks after it."""

    pk: int
    terminal: int
    terminal_code: str
    terminal_name: str
    owner: str
    kind: str
    number: str
    ends_on: date
    days_left: int
    state: str
    rung: int | None


def licences_ending(
    person: Person,
    today: date,
    within_days: int | None = None,
    start: int = 0,
    limit: int | None = 50,
    kind: str = "",
    owner: int | None = None,
) -> tuple[list[EndingLicence], int]:
    """Live licences that end, or are due for verification, within so many days (the ladder's first rung) or are past it; soonest first.

    `kind` and `owner` (of the customer) narrow it down. Licences of closed terminals are left out.
    """
    ladder = queries_policies.in_force(LICENCE_LADDER, today).value
    last = today + timedelta(days=ladder.days[0] if within_days is None else within_days)
    far = date(9999, 12, 31)
    ends = Least(
        Coalesce("verify_by", far),
        Coalesce(_unless_long_term(), far),
    )
    # The two plain conditions come from an index; the exact one then works on what is left.
    rows = Licence.objects.visible_to(person).filter(Q(valid_to__lte=last) | Q(verify_by__lte=last), ended_at=None)
    if kind:
        rows = rows.filter(kind=kind)
    if owner:
        rows = rows.filter(terminal__owner=owner)
    rows = rows.exclude(terminal__in=Closure.objects.filter(lifted_at=None).values("terminal"))
    rows = rows.annotate(ends=ends).filter(ends__lte=last).order_by("ends", "pk")
    count = rows.count()
    values = rows.values_list(
        "pk", "terminal", "terminal__code", "terminal__name", "terminal__owner__name", "kind", "number", "ends",
        "valid_to", "long_term", "verify_by",
    )  # fmt: skip
    page = values[start : start + limit] if limit is not None else values[start:]
    found = []
    for pk, terminal, code, name, holder, paper, number, end, valid_to, long_term, verify_by in page:
        state, rung = rules.licence_state(rules.LicenceDates(paper, valid_to, long_term, verify_by), today, ladder)
        found.append(
            EndingLicence(pk, terminal, code, name, holder or "", paper, number, end, (end - today).days, state, rung)
        )
    return found, count


def _unless_long_term():
    from django.db.models import Case, DateField, Value, When

    return Case(When(long_term=True, then=Value(None)), default=F("valid_to"), output_field=DateField())
