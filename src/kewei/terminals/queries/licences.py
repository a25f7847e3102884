"""Licences that end soon or have ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, DateField, F, Func, Q, Value, When
from django.db.models.functions import Coalesce, Least

from kewei.journal import queries_policies
from kewei.kernel.calendar import add_years
from kewei.people.models import Person
from kewei.terminals import rules
from kewei.terminals.models import Closure, Licence
from kewei.terminals.rules.papers import LICENCE_LADDER, VERIFICATION, Verification, verification_due


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
    policies = queries_policies.in_force_all([LICENCE_LADDER, VERIFICATION], today)
    ladder, verification = policies[LICENCE_LADDER.name].value, policies[VERIFICATION.name].value
    last = today + timedelta(days=ladder.days[0] if within_days is None else within_days)
    far = date(9999, 12, 31)
    ends = Least(
        Coalesce("verify_by", _verification_ends(verification), far),
        Coalesce(_unless_long_term(), far),
    )
    # The two plain conditions come from an index; the exact one then works on what is left.
    rows = Licence.objects.visible_to(person).filter(
        Q(valid_to__lte=last) | Q(verify_by__lte=last) | _verified_before(last, verification), ended_at=None
    )
    if kind:
        rows = rows.filter(kind=kind)
    if owner:
        rows = rows.filter(terminal__owner=owner)
    rows = rows.exclude(terminal__in=Closure.objects.filter(lifted_at=None).values("terminal"))
    rows = rows.annotate(ends=ends).filter(ends__lte=last).order_by("ends", "pk")
    count = rows.count()
    values = rows.values_list(
        "pk", "terminal", "terminal__code", "terminal__name", "terminal__owner__name", "kind", "number", "ends",
        "valid_to", "long_term", "verify_by", _LAST, "terminal__kind", "terminal__beds",
    )  # fmt: skip
    page = values[start : start + limit] if limit is not None else values[start:]
    found = []
    for (
        pk,
        terminal,
        code,
        name,
        holder,
        paper,
        number,
        end,
        valid_to,
        long_term,
        verify_by,
        checked_on,
        of,
        beds,
    ) in page:
        if paper == "medical" and verify_by is None:
            verify_by = verification_due(of, beds, checked_on, verification)
        state, rung = rules.licence_state(rules.LicenceDates(paper, valid_to, long_term, verify_by), today, ladder)
        found.append(
            EndingLicence(pk, terminal, code, name, holder or "", paper, number, end, (end - today).days, state, rung)
        )
    return found, count


# The authority's last 校验, else the day our own quality saw the paper.
_LAST = Coalesce("inspected_on", "verified_on")


class _YearsLater(Func):
    """A day so many years on: the same day of the month, 28 February where there is no 29th; as kernel.calendar.add_years."""

    output_field = DateField()

    def __init__(self, day: Any, years: int) -> None:
        super().__init__(day)
        self.years = years

    def as_sqlite(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        """The day overflows into March there: never beyond the end of its month."""
        sql, given = compiler.compile(self.source_expressions[0])
        on = f"'+{self.years} years'"
        return f"min(date({sql}, {on}), date({sql}, 'start of month', {on}, '+1 month', '-1 day'))", [*given, *given]

    def as_postgresql(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        """Intervals of years end with the month there."""
        sql, given = compiler.compile(self.source_expressions[0])
        return f"CAST({sql} + INTERVAL '{self.years} years' AS date)", given


def _verified(policy: Verification) -> Q:
    """Medical licences of hospitals without a typed day of verification."""
    known = Q(inspected_on__isnull=False) | Q(verified_on__isnull=False)
    return Q(kind="medical", verify_by=None, terminal__kind__in=policy.kinds) & known


def _verified_before(last: date, policy: Verification) -> Q:
    """Those whose verification may have run out by a day; indexes know."""
    day = add_years(last, -policy.few_beds_years) + timedelta(days=1)
    return _verified(policy) & (Q(inspected_on__lte=day) | Q(inspected_on=None, verified_on__lte=day))


def _verification_ends(policy: Verification) -> Any:
    """What verification_due says, for the database."""
    many = _verified(policy) & Q(terminal__beds__gte=policy.many_beds)
    return Case(
        When(many, then=_YearsLater(_LAST, policy.many_beds_years)),
        When(_verified(policy), then=_YearsLater(_LAST, policy.few_beds_years)),
        output_field=DateField(),
    )


def _unless_long_term() -> Any:
    return Case(When(long_term=True, then=Value(None)), default=F("valid_to"), output_field=DateField())
