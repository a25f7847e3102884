"""淡季工作单: what waits to be looked at, whose it is, and the company's sales by day from which quiet weeks are found."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, Sum

from kewei.credit.models import Limit
from kewei.credit.queries.surveys import accepted_all
from kewei.flows.queries import names as flows
from kewei.insight.rules.quiet import (
    CARDS,
    LICENCES,
    NAMES,
    PLANS,
    POTENTIAL,
    QUIET,
    SURVEYS,
    TWINS,
    Quiet,
    Scheduled,
    Week,
    schedule,
    seasons,
    weeks_ahead,
)
from kewei.journal import queries_policies
from kewei.kernel.refusals import N_
from kewei.keyaccounts.queries import plans
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.sales.models import SaleLine
from kewei.terminals.models import Closure, Contact, Licence, Potential, Settlement, Terminal, TwinPair

SEE = "sales.see"
# What a card lacks, in the words of the form.
LACKS: dict[str, str] = {
    "credit_code": N_("统一社会信用代码"),
    "address": N_("地址"),
    "contacts": N_("联系人"),
    "licences": N_("证照"),
    "settlement": N_("结算方式"),
}
NOBODY = 0


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that waits: of which terminal (none where it is none's), its owner, and what is missing (msgids)."""

    kind: str
    owner: int
    terminal: int | None
    code: str
    name: str
    words: tuple[str, ...] = ()
    plan: int | None = None


@dataclass(frozen=True)
class Work:
    """Everything that waits for a person, by owner and week; `index` is per cent of a usual week by week of the year."""

    weeks: tuple[Week, ...]
    index: dict[int, int]
    counts: dict[str, int]
    owners: tuple[tuple[int, str, Scheduled], ...]
    policy: str
    by: Quiet


def work(person: Person, today: date) -> Work:
    """淡季工作单  The quiet weeks to come and, for everybody the person looks after, what is done in them; fourteen statements."""
    policy = queries_policies.in_force(QUIET, today)
    index = seasons(sold_by_day(today, policy.value.years), today, policy.value.years)
    weeks = weeks_ahead(index, today, policy.value)
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for one in things(person, today):
        counts[one.owner][one.kind] += 1
    names = people.names(counts)
    owners = sorted(
        ((owner, names.get(owner, ""), schedule(counts[owner], weeks, policy.value)) for owner in counts),
        key=lambda one: (one[0] == NOBODY, one[1], one[0]),
    )
    whole = sum(counts.values(), Counter())
    return Work(
        weeks, index, {kind: whole[kind] for kind in policy.value.minutes}, tuple(owners), policy.label, policy.value
    )


def sold_by_day(today: date, years: int) -> dict[date, int]:
    """What the company sold on each day of the years before this week, fen; a season is the company's, whoever asks."""
    first = today - timedelta(days=years * 366 + 21)
    rows = SaleLine.objects.filter(day__gte=first, day__lt=today).order_by().values("day").annotate(fen=Sum("fen"))
    return {day: int(fen) for day, fen in rows.values_list("day", "fen")}


def things(person: Person, today: date, kind: str = "") -> list[Thing]:
    """Everything of one kind, or of all, that waits among what a person sees, by owner and code."""
    finders: dict[str, Any] = {
        TWINS: _twins, NAMES: _names, LICENCES: _licences, CARDS: _cards, SURVEYS: _surveys, PLANS: _plans,
        POTENTIAL: _potential,
    }  # fmt: skip
    found = [one for name, find in finders.items() if kind in ("", name) for one in find(person, today)]
    return sorted(found, key=lambda one: (one.owner, one.code, one.terminal or 0))


def _mine(person: Person) -> Any:
    """Customers somebody looks after, that are open, prospects left out: they have desks of their own."""
    shut = Closure.objects.filter(terminal=OuterRef("pk"), lifted_at=None)
    return Terminal.objects.visible_to(person, SEE).filter(~Exists(shut), owner__isnull=False, prospect=None)


def _cards(person: Person, today: date) -> list[Thing]:
    rows = _mine(person).annotate(
        reachable=Exists(Contact.objects.filter(terminal=OuterRef("pk"), ended_at=None)),
        papers=Exists(Licence.objects.filter(terminal=OuterRef("pk"), ended_at=None)),
        settled=Exists(Settlement.objects.filter(terminal=OuterRef("pk"), ended_at=None)),
    )
    lacking = rows.filter(
        Q(credit_code=None)
        | Q(credit_code="")
        | Q(address="")
        | Q(reachable=False)
        | Q(papers=False)
        | Q(settled=False)
    )
    fields = ("owner", "pk", "code", "name", "credit_code", "address", "reachable", "papers", "settled")
    return [
        Thing(
            CARDS, owner, pk, code, name, tuple(words for words, there in zip(LACKS.values(), has, strict=True) if not there)
        )
        for owner, pk, code, name, *has in lacking.values_list(*fields)
    ]  # fmt: skip


def _licences(person: Person, today: date) -> list[Thing]:
    rows = Licence.objects.visible_to(person, SEE).filter(
        ended_at=None, verified_on=None, terminal__owner__isnull=False
    )
    fields = ("terminal__owner", "terminal", "terminal__code", "terminal__name", "number")
    return [
        Thing(LICENCES, owner, pk, code, name, (number,)) for owner, pk, code, name, number in rows.values_list(*fields)
    ]


def _twins(person: Person, today: date) -> list[Thing]:
    if not person.may("terminals.merge"):
        return []
    seen = Terminal.objects.visible_to(person, "terminals.merge")
    rows = TwinPair.objects.filter(decided="", low__in=seen, high__in=seen)
    fields = ("low", "low__code", "low__name", "high__name")
    # Putting two cards together is the work of whoever may do it, not of those who own them.
    return [Thing(TWINS, person.pk, pk, code, name, (other,)) for pk, code, name, other in rows.values_list(*fields)]


def _names(person: Person, today: date) -> list[Thing]:
    if not person.may("flows.review"):
        return []
    _rows, many = flows.queue(person, limit=1)
    return [Thing(NAMES, person.pk, None, "", "")] * many


def _surveys(person: Person, today: date) -> list[Thing]:
    if not person.may("credit.see"):
        return []
    lent = Limit.objects.visible_to(person, "credit.see").filter(
        ended_at=None,
        for_group=False,
        temporary=False,
        since__lte=today,
        until__gte=today,
        terminal__owner__isnull=False,
    )
    fields = ("terminal__owner", "terminal", "terminal__code", "terminal__name")
    rows = list(lent.values_list(*fields))
    valid = accepted_all([row[1] for row in rows] if len(rows) < 500 else None, today)
    return [Thing(SURVEYS, *row) for row in rows if row[1] not in valid]


def _plans(person: Person, today: date) -> list[Thing]:
    if not person.may("keyaccounts.see"):
        return []
    return [
        Thing(PLANS, row.owner, row.terminal_id, row.terminal_code, row.terminal_name, (due.isoformat(),), row.pk)
        for row, due in plans.unreviewed(person, today)
    ]


def _potential(person: Person, today: date) -> list[Thing]:
    judged = Potential.objects.filter(terminal=OuterRef("pk"), until=None)
    rows = _mine(person).filter(~Exists(judged))
    return [Thing(POTENTIAL, *row) for row in rows.values_list("owner", "pk", "code", "name")]
