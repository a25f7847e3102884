"""Applications and whose turn it is, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from kewei.credit.models import Application, Opinion
from kewei.credit.rules.applications import AUTHORITY, Said, roles_now, sales_for_judges
from kewei.journal import queries_policies
from kewei.kernel.refusals import N_, NotFound
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.people.rules import ROLES

SEE, APPROVE, COUNTERSIGN = "credit.see", "credit.approve", "credit.approve_quality"


@dataclass(frozen=True)
class ApplicationRow:
    """An application in a list; fen and days. `waiting_for` is the role whose turn it is."""

    pk: int
    number: str
    kind: str
    terminal: int
    terminal_code: str
    terminal_name: str
    wanted_fen: int
    wanted_term_days: int
    wanted_until: date
    suggested_fen: int | None
    applicant: str
    applied_at: datetime
    state: str
    step: int
    waiting_for: str
    step_due_at: datetime | None
    steps: int


@dataclass(frozen=True)
class OpinionRow:
    """What somebody said at a step."""

    step: int
    role: str
    word: str
    fen: int | None
    term_days: int | None
    reason: str
    by: str
    by_id: int
    stands_in_for: str
    at: datetime


@dataclass(frozen=True)
class ApplicationCard:
    """Everything about one application, as it was handed in, with its opinions; `next_roles` who may speak now."""

    row: ApplicationRow
    applicant_id: int
    for_group: bool
    survey: int | None
    score: int | None
    suggestion: dict[str, Any]
    file: dict[str, Any]
    statutory: dict[str, Any]
    over_reason: str
    accepts_bills: bool
    waives: tuple[str, ...]
    matrix: str
    route: tuple[str, ...]
    opinions: tuple[OpinionRow, ...]
    next_roles: tuple[str, ...]
    limit: int | None


@dataclass(frozen=True)
class Waiting:
    """An application that waits for this person, or for somebody they stand in for (`for_whom`)."""

    row: ApplicationRow
    role: str
    for_whom: int | None
    for_whom_name: str


def application_for(person: Person, pk: int, verb: str = SEE) -> Application:
    """The application where this person may see it for a verb. Raises NotFound."""
    found = Application.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal", "applicant").first()
    if found is None:
        raise NotFound(noun=N_("授信申请"))
    return found


def list_applications(
    person: Person,
    *,
    text: str = "",
    state: str = "",
    kind: str = "",
    terminal: int | None = None,
    applicant: int | None = None,
    order: str = "-applied_at",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[ApplicationRow], int]:
    """One page of applications, newest first, and how many; two queries."""
    rows = Application.objects.visible_to(person, SEE)
    if text := text.strip():
        rows = rows.filter(
            Q(number__istartswith=text) | Q(terminal__name__icontains=text) | Q(terminal__code__istartswith=text)
        )
    asked = {"state": state, "kind": kind, "terminal": terminal, "applicant": applicant}
    rows = rows.filter(**{name: value for name, value in asked.items() if value not in (None, "")})
    count = rows.count()
    sign, name = ("-", order[1:]) if order.startswith("-") else ("", order)
    field = {"applied_at": "applied_at", "number": "number", "wanted": "wanted_fen"}.get(name, "applied_at")
    ordered = rows.order_by(sign + field, sign + "pk")
    return _rows(ordered[start : start + limit] if limit is not None else ordered[start:]), count


def find(person: Person, text: str, most: int) -> list[ApplicationRow]:
    """Applications whose number begins like this, newest first; for searching, one query."""
    rows = Application.objects.visible_to(person, SEE).filter(number__startswith=text.strip().upper())
    return _rows(rows.order_by("-pk")[:most])


def application(person: Person, pk: int) -> ApplicationCard:
    """Everything about one application. Raises NotFound."""
    kept = application_for(person, pk, SEE if person.may(SEE) else COUNTERSIGN)
    opinions = opinions_of(pk)
    superiors = queries_policies.version(AUTHORITY, kept.matrix).value.superiors
    roles = roles_now(kept.route, kept.step, said(opinions), superiors) if kept.state == "waiting" else ()
    return ApplicationCard(
        row=_rows(Application.objects.filter(pk=pk))[0],
        applicant_id=kept.applicant_id,
        for_group=kept.for_group,
        survey=kept.survey_id,
        score=kept.score_id,
        suggestion=kept.suggestion,
        file=kept.file,
        statutory=kept.statutory,
        over_reason=kept.over_reason,
        accepts_bills=kept.accepts_bills,
        waives=tuple(kept.waives),
        matrix=kept.matrix,
        route=tuple(kept.route),
        opinions=tuple(opinions),
        next_roles=roles,
        limit=kept.limits.values_list("pk", flat=True).first(),
    )


def opinions_of(pk: int) -> list[OpinionRow]:
    """What was said of an application, in order, whoever asks."""
    fields = (
        "step", "role", "word", "fen", "term_days", "reason", "by__name", "by", "stands_in_for__name", "at",
    )  # fmt: skip
    rows: Any = Opinion.objects.filter(application=pk).order_by("pk").values_list(*fields)
    return [_made(OpinionRow, *values[:8], values[8] or "", values[9]) for values in rows]


def said_of(application_pk: int) -> list[Said]:
    """The opinions as the rules see them."""
    rows = Opinion.objects.filter(application=application_pk).order_by("pk")
    fields = ("step", "word", "by", "stands_in_for", "fen", "term_days")
    return [Said(*values) for values in rows.values_list(*fields)]


def said(rows: Sequence[OpinionRow]) -> list[Said]:
    """Shown opinions as far as whose turn it is depends on them."""
    return [Said(row.step, row.word, row.by_id, None, row.fen, row.term_days) for row in rows]


def granted_limit(pk: int) -> Any:
    """The limit an application put in force, None where it put none; whoever asks."""
    return Application.objects.get(pk=pk).limits.order_by("-pk").first()


def inbox(person: Person, now: datetime, limit: int = 200) -> list[Waiting]:
    """What waits for this person's opinion, or for whom they stand in: oldest first; never their own."""
    found: dict[int, Waiting] = {}
    own_roles = {held.role for held in person.held}
    for who in [person, *people.stands_in_for(person, localdate(now))]:
        roles = {held.role for held in who.held}
        verb = APPROVE if who.may(APPROVE) else COUNTERSIGN
        if not who.may(verb):
            continue
        rows = Application.objects.visible_to(who, verb).filter(state="waiting")
        rows = rows.exclude(applicant=person).exclude(applicant=who)
        # Their turn is told before the oldest are taken: what waits for others must not hide what waits for them.
        up = Opinion.objects.filter(word="escalate", application__state="waiting").values("application")
        rows = rows.filter(Q(waiting_for__in=roles) | Q(pk__in=up))
        said_by = Q(by__in=[person, who]) | Q(stands_in_for__in=[person, who])
        spoken = Opinion.objects.filter(said_by).exclude(word__in=("escalate", "withdraw"))
        rows = rows.exclude(pk__in=spoken.values("application")).order_by("applied_at", "pk")[:limit]
        eligible = _roles_now(list(rows))
        for row in _rows(Application.objects.filter(pk__in=list(eligible)).order_by("applied_at", "pk")):
            mine = [role for role in eligible[row.pk] if role in roles]
            if who.pk != person.pk and mine and sales_for_judges(mine[0], own_roles):
                continue
            if mine and row.pk not in found:
                whom = None if who.pk == person.pk else who
                found[row.pk] = Waiting(row, mine[0], whom.pk if whom else None, whom.name if whom else "")
    return sorted(found.values(), key=lambda one: (one.row.applied_at, one.row.pk))


def _roles_now(rows: list[Application]) -> dict[int, tuple[str, ...]]:
    """Who may speak now about each of these: its step's role, and superiors where it ran out of time."""
    escalated: dict[int, list[Said]] = {}
    for pk, step, by in Opinion.objects.filter(application__in=[row.pk for row in rows], word="escalate").values_list(
        "application", "step", "by"
    ):
        escalated.setdefault(pk, []).append(Said(step, "escalate", by))
    superiors = {
        label: queries_policies.version(AUTHORITY, label).value.superiors for label in {row.matrix for row in rows}
    }
    return {row.pk: roles_now(row.route, row.step, escalated.get(row.pk, []), superiors[row.matrix]) for row in rows}


def overdue_steps(now: datetime, limit: int = 500) -> list[Application]:
    """Applications whose step ran out of time, oldest first, whoever asks."""
    rows = Application.objects.filter(state="waiting", step_due_at__lte=now).select_related("terminal")
    return list(rows.order_by("step_due_at", "pk")[:limit])


def same_waiting(terminal_id: int, for_group: bool, temporary: bool) -> str:
    """The number of an application of the same sort that waits, '' where there is none."""
    rows = Application.objects.filter(terminal=terminal_id, for_group=for_group, state="waiting")
    rows = rows.filter(kind="temporary") if temporary else rows.exclude(kind="temporary")
    return rows.values_list("number", flat=True).first() or ""


def role_name(code: str) -> str:
    """What people call a role."""
    return ROLES[code].name


_FIELDS = (
    "pk", "number", "kind", "terminal", "terminal__code", "terminal__name", "wanted_fen", "wanted_term_days",
    "wanted_until", "suggested_fen", "applicant__name", "applied_at", "state", "step", "waiting_for", "step_due_at",
    "route",
)  # fmt: skip


def _rows(rows: QuerySet[Application]) -> list[ApplicationRow]:
    found: Any = rows.values_list(*_FIELDS)
    return [_made(ApplicationRow, *values[:-1], len(values[-1])) for values in found]


def _made(kind: Any, *values: Any) -> Any:
    """A row of values that the database's types do not know the order of."""
    return kind(*values)
