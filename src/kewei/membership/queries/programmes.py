"""Programmes: their states, the rules in force on a day, and what is used of their budget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, Sum

from kewei.kernel.refusals import N_, NotFound
from kewei.membership.models import Benefit, MeetingCost, Posting, Programme, RulesVersion
from kewei.membership.rules.benefits import GRANTED
from kewei.membership.rules.ledger import LIABILITY, POINTS, REDEEMED, worth_fen
from kewei.membership.rules.programmes import APPROVED, STATES, Rules, WrongState, read_rules
from kewei.people.models import Person

SEE = "membership.see"


@dataclass(frozen=True)
class ProgrammeRow:
    """A programme in a list; fen."""

    pk: int
    code: str
    name: str
    purpose: str
    since: date
    until: date
    budget_fen: int
    state: str
    owner: str
    members: int


@dataclass(frozen=True)
class VersionRow:
    """A version of a programme's rules; `approved` is None while nobody has decided."""

    pk: int
    number: int
    since: date
    source: str
    rules: Rules
    proposed_by: str
    proposed_at: datetime
    approved: bool | None
    decided_by: str
    decided_at: datetime | None
    why: str


@dataclass(frozen=True)
class StateRow:
    """A state a programme came into."""

    state: str
    note: str
    by: str
    at: datetime


@dataclass(frozen=True)
class InForce:
    """The version of the rules that counts on a day."""

    pk: int
    number: int
    rules: Rules


def programme_for(person: Person, pk: int, verb: str = SEE) -> Programme:
    """The programme; it is the company's, so whoever has the verb sees it. Raises NotFound."""
    found = Programme.objects.select_related("owner").filter(pk=pk).first() if not person.reach(verb).nothing else None
    if found is None:
        raise NotFound(noun=N_("会员计划"))
    return found


def locked(pk: int) -> Programme:
    """A programme nobody else enters, ends or gives out of until this is over; always locked before its members are.
    The caller has asked for it."""
    return Programme.objects.select_for_update().get(pk=pk)


def programme_named(person: Person, code: str) -> Programme:
    """The programme with this code. Raises NotFound."""
    found = Programme.objects.filter(code=code.replace("\x00", "")).first()
    if found is None or person.reach(SEE).nothing:
        raise NotFound(noun=N_("会员计划"))
    return found


def list_programmes(
    person: Person, *, state: str = "", text: str = "", start: int = 0, limit: int | None = 50
) -> tuple[list[ProgrammeRow], int]:
    """Programmes, newest first, and how many there are; two queries."""
    rows = Programme.objects.all() if not person.reach(SEE).nothing else Programme.objects.none()
    if state:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(code__icontains=text))
    count = rows.count()
    fields = ("pk", "code", "name", "purpose", "since", "until", "budget_fen", "state", "owner__name", "members")
    live = Count("enrolments", filter=Q(enrolments__ended_at=None))
    page = rows.annotate(members=live).order_by("-pk").values_list(*fields)
    page = page[start : start + limit] if limit is not None else page[start:]
    return [ProgrammeRow(*row) for row in page], count


def choices(person: Person, state: str = APPROVED) -> list[tuple[int, str]]:
    """Programmes to choose from: (key, name)."""
    rows = Programme.objects.filter(state=state) if state else Programme.objects.all()
    return list(rows.order_by("name").values_list("pk", "name")) if not person.reach(SEE).nothing else []


def states_of(programme: Programme) -> list[StateRow]:
    """Every state a programme came into, newest first."""
    return [StateRow(*row) for row in programme.states.order_by("-pk").values_list("state", "note", "by__name", "at")]


def versions_of(programme: Programme) -> list[VersionRow]:
    """Every version of a programme's rules, newest first; one query."""
    rows = programme.versions.select_related("proposed_by", "decision", "decision__by").order_by("-number")
    return [_version(row) for row in rows]


def _version(row: RulesVersion) -> VersionRow:
    said: Any = getattr(row, "decision", None)
    return VersionRow(
        row.pk, row.number, row.since, row.source, read_rules(row.body), row.proposed_by.name, row.proposed_at,
        said.approved if said else None, said.by.name if said else "", said.at if said else None,
        said.why if said else "",
    )  # fmt: skip


def version_for(person: Person, pk: int, verb: str) -> RulesVersion:
    """A version of rules. Raises NotFound."""
    found = None
    if not person.reach(verb).nothing:
        found = RulesVersion.objects.select_related("programme", "decision").filter(pk=pk).first()
    if found is None:
        raise NotFound(noun=N_("会员规则"))
    return found


def in_force(programme: Programme, day: date) -> InForce:
    """The newest approved version of the rules begun by a day, whoever asks; one query. Raises WrongState where none is."""
    rows = programme.versions.filter(decision__approved=True, since__lte=day).order_by("-since", "-number")
    found = rows.values_list("pk", "number", "body").first()
    if found is None:
        raise WrongState(name=programme.name, found=STATES[programme.state])
    return InForce(found[0], found[1], read_rules(found[2]))


@dataclass(frozen=True)
class Used:
    """What is used of a programme's budget, fen: granted benefits, points owed and spent at their worth, meetings."""

    benefits_fen: int
    points_fen: int
    meetings_fen: int

    @property
    def fen(self) -> int:
        """All of it."""
        return self.benefits_fen + self.points_fen + self.meetings_fen


def used(programme: Programme, rules: Rules | None) -> Used:
    """What is used of a programme's budget; three queries. Points that ended unused give their worth back."""
    benefits = Benefit.objects.filter(enrolment__programme=programme, state=GRANTED).aggregate(sum=Sum("fen"))["sum"]
    meetings = MeetingCost.objects.filter(meeting__programme=programme).aggregate(sum=Sum("fen"))["sum"]
    points = Posting.objects.filter(
        movement__enrolment__programme=programme, unit=POINTS, account__in=[LIABILITY, REDEEMED]
    ).aggregate(sum=Sum("amount"))["sum"]
    return Used(int(benefits or 0), worth_fen(int(points or 0), rules.point_fen) if rules else 0, int(meetings or 0))
