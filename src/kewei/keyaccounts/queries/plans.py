"""大客户计划: lists, one plan in the order of the form, its actions and what became of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kewei.journal import queries_policies
from kewei.kernel.refusals import N_, NotFound
from kewei.keyaccounts.models import DecisionRole, Goal, Plan, PlanAction, Progress, Review, Risk, Version
from kewei.keyaccounts.rules.plans import (
    DONE,
    HANDED_IN,
    LEFT,
    OPEN,
    PLANNED,
    WAITING,
    ActionGiven,
    Completeness,
    Content,
    GoalGiven,
    RiskGiven,
    RoleGiven,
    completeness,
    quarters_of,
)
from kewei.keyaccounts.rules.reviewing import REVIEWING
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.terminals import queries as terminals

SEE, APPROVE = "keyaccounts.see", "keyaccounts.approve"
# What the list can be narrowed to, beside the states themselves.
OPEN_ONES, UNREVIEWED = "open", "unreviewed"
SHOWN: dict[str, str] = {OPEN_ONES: N_("未结束的"), UNREVIEWED: N_("该复盘的")}


@dataclass(frozen=True)
class PlanRow:
    """A plan as listed. `late` are actions past their day and not done; `due_quarter` the quarter whose review is missing,
    from 1, None where none is."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    for_group: bool
    first_on: date
    last_on: date
    owner: int
    owner_name: str
    state: str
    state_at: datetime
    newest: int
    in_force: int | None
    done: int = 0
    actions: int = 0
    late: int = 0
    verdict: str = ""
    reviewed: int | None = None
    due_quarter: int | None = None


@dataclass(frozen=True)
class ActionRow:
    """An action with what became of it."""

    number: int
    kind: str
    words: str
    owner: int
    owner_name: str
    due_on: date
    budget_fen: int
    compliance: str
    serves: str
    visit: bool
    terminal: int | None
    terminal_name: str
    ours: str
    theirs: str
    state: str
    said: str
    said_on: date | None
    visits: int

    def late(self, today: date) -> bool:
        """Past its day and neither done nor left."""
        return self.due_on < today and self.state in WAITING


@dataclass(frozen=True)
class StateRow:
    """A state the plan came into."""

    state: str
    note: str
    by: str
    at: datetime


@dataclass(frozen=True)
class ReviewRow:
    """A review as kept; `lines` as rules.reviewing.Line in JSON."""

    pk: int
    quarter: int
    first_on: date
    last_on: date
    lines: list[dict[str, Any]]
    figures: dict[str, Any]
    verdict: str
    reasons: str
    adjust: str
    policy: str
    by: str
    at: datetime


@dataclass(frozen=True)
class PlanFile:
    """A plan as its page shows it: the version asked for, in the order of the form."""

    row: PlanRow
    number: int
    sealed_at: datetime | None
    written_by: str
    written_at: datetime
    figures: dict[str, Any]
    warned: tuple[str, ...]
    content: Content
    completeness: Completeness
    actions: tuple[ActionRow, ...]
    quarters: tuple[tuple[date, date], ...]
    states: tuple[StateRow, ...]
    versions: tuple[tuple[int, datetime | None, str], ...]
    reviews: tuple[ReviewRow, ...]


def plan_for(person: Person, pk: int, verb: str = SEE) -> Plan:
    """The plan where this person may see it for a verb. Raises NotFound."""
    found = Plan.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal").first()
    if found is None:
        raise NotFound(noun=N_("大客户计划"))
    return found


def list_plans(
    person: Person,
    today: date,
    *,
    state: str = OPEN_ONES,
    terminal: int | None = None,
    owner: int | None = None,
    text: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[PlanRow], int]:
    """One page of plans, the customers by code, and how many; six queries. `state` is a state, one of SHOWN, or ''."""
    rows = Plan.objects.visible_to(person, SEE)
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if owner is not None:
        rows = rows.filter(owner=owner)
    if text := text.strip():
        rows = rows.filter(Q(terminal__code__startswith=text) | Q(terminal__name__icontains=text))
    if state == OPEN_ONES:
        rows = rows.filter(state__in=OPEN)
    elif state == UNREVIEWED:
        rows = rows.filter(state__in=OPEN, in_force__isnull=False)
    elif state:
        rows = rows.filter(state=state)
    ordered = rows.order_by("terminal__code", "-first_on", "pk")
    if state == UNREVIEWED:
        # Key accounts are few: which quarter lacks its review is reckoned, not asked.
        due = [row for row in _rows(ordered, today) if row.due_quarter is not None]
        return due[start:] if limit is None else due[start : start + limit], len(due)
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return _rows(page, today), rows.count()


def waiting_for(person: Person, today: date, limit: int = 50) -> list[PlanRow]:
    """Plans handed in that this person may approve, neither their writer nor answering for them, the oldest first."""
    if not person.may(APPROVE):
        return []
    own = Version.objects.filter(plan=OuterRef("pk"), number=OuterRef("newest"), written_by=person)
    rows = Plan.objects.visible_to(person, APPROVE).filter(~Exists(own), state=HANDED_IN).exclude(owner=person)
    return _rows(rows.order_by("state_at", "pk")[:limit], today)


_FIELDS = (
    "pk", "terminal_id", "terminal__code", "terminal__name", "for_group", "first_on", "last_on", "owner_id", "owner__name",
    "state", "state_at", "newest", "in_force",
)  # fmt: skip


def _rows(plans: QuerySet[Plan], today: date) -> list[PlanRow]:
    bare = [PlanRow(*values) for values in plans.values_list(*_FIELDS)]
    pks = [row.pk for row in bare]
    states = progress_among(pks)
    actions: dict[int, list[tuple[int, date]]] = defaultdict(list)
    shown = PlanAction.objects.filter(version__plan__in=pks).filter(
        Q(version__number=F("version__plan__in_force"))
        | Q(version__plan__in_force=None, version__number=F("version__plan__newest"))
    )
    for plan, number, due_on in shown.values_list("version__plan", "number", "due_on"):
        actions[plan].append((number, due_on))
    reviewed: dict[int, dict[int, str]] = defaultdict(dict)
    for plan, quarter, verdict in (
        Review.objects.filter(plan__in=pks).order_by("pk").values_list("plan", "quarter", "verdict")
    ):
        reviewed[plan][quarter] = verdict
    return [_with_work(row, actions[row.pk], states.get(row.pk, {}), reviewed[row.pk], today) for row in bare]


def _with_work(
    row: PlanRow, actions: list[tuple[int, date]], states: dict[int, str], reviewed: dict[int, str], today: date
) -> PlanRow:
    found = [(states.get(number, PLANNED), due_on) for number, due_on in actions]
    wanted = [state for state, _ in found if state != LEFT]
    last = max(reviewed, default=None)
    return replace(
        row,
        done=sum(state == DONE for state in wanted),
        actions=len(wanted),
        late=sum(due_on < today and state in WAITING for state, due_on in found),
        verdict=reviewed[last] if last is not None else "",
        reviewed=last,
        due_quarter=_due_quarter(row, set(reviewed), today),
    )


def _due_quarter(row: PlanRow, reviewed: set[int], today: date) -> int | None:
    """The first quarter that is over and has no review, of a plan in force."""
    if row.in_force is None or row.state not in OPEN:
        return None
    over = [n for n, (_, last) in enumerate(quarters_of(row.first_on, row.last_on), 1) if last < today]
    return next((n for n in over if n not in reviewed), None)


def unreviewed(person: Person, today: date) -> list[tuple[PlanRow, date]]:
    """Plans in force with a quarter that lacks its review, and the day it is due by the policy; whoever's they are."""
    days = queries_policies.in_force(REVIEWING, today).value.due_days
    rows, _ = list_plans(person, today, state=UNREVIEWED, limit=None)
    return [
        (row, quarters_of(row.first_on, row.last_on)[row.due_quarter - 1][1] + timedelta(days=days))
        for row in rows
        if row.due_quarter is not None
    ]


def plan_file(person: Person, pk: int, today: date, *, number: int | None = None) -> PlanFile:
    """One plan with a version of it: the newest unless another is asked for. Raises NotFound."""
    plan = plan_for(person, pk)
    row = _rows(Plan.objects.filter(pk=pk), today)[0]
    wanted = plan.newest if number is None else number
    version = Version.objects.filter(plan=pk, number=wanted).select_related("written_by").first()
    if version is None:
        raise NotFound(noun=N_("计划版本"))
    content = content_of(version)
    states = plan.states.order_by("pk").values_list("state", "note", "by__name", "at")
    versions = Version.objects.filter(plan=pk).order_by("number").values_list("number", "sealed_at", "written_by__name")
    return PlanFile(
        row=row, number=version.number, sealed_at=version.sealed_at, written_by=version.written_by.name,
        written_at=version.written_at, figures=version.figures, warned=tuple(version.warned), content=content,
        completeness=completeness(content), actions=actions_of(pk, content),
        quarters=quarters_of(plan.first_on, plan.last_on), states=tuple(StateRow(*values) for values in states),
        versions=tuple(versions), reviews=reviews_of(pk),
    )  # fmt: skip


def version_of(plan: Plan, number: int | None) -> Version:
    """A version of a plan by its number. Raises NotFound."""
    found = None if number is None else Version.objects.filter(plan=plan, number=number).first()
    if found is None:
        raise NotFound(noun=N_("计划版本"))
    return found


def content_of(version: Version) -> Content:
    """Everything a version says, in the order of the form; four queries."""
    roles = DecisionRole.objects.filter(version=version).order_by("place", "pk")
    risks = Risk.objects.filter(version=version).order_by("place", "pk")
    actions = PlanAction.objects.filter(version=version).order_by("number")
    return Content(
        reasons=tuple(version.reasons),
        reason_words=version.reason_words,
        roles=tuple(RoleGiven(*v) for v in roles.values_list("department", "post", "part", "attitude", "needs")),
        situation=dict(version.situation),
        swot=dict(version.swot),
        goals=goals_of(version),
        actions=tuple(ActionGiven(**values) for values in actions.values(*_ACTION)),
        risks=tuple(RiskGiven(*v) for v in risks.values_list("kind", "words", "level", "answer")),
        why_words=version.why_words,
    )


_ACTION = (
    "number", "kind", "words", "owner", "due_on", "budget_fen", "compliance", "serves", "visit", "terminal", "ours",
    "theirs",
)  # fmt: skip


def goals_of(version: Version) -> tuple[GoalGiven, ...]:
    """Its goals in the order of the form."""
    rows = Goal.objects.filter(version=version).order_by("pk").values_list("kind", "baseline", "target", "milestones")
    return tuple(GoalGiven(kind, baseline, target, tuple(steps)) for kind, baseline, target, steps in rows)


def progress_among(plans: Collection[int]) -> dict[int, dict[int, str]]:
    """The state of every action of these plans that somebody has said something about, by plan and number; one query."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    rows = Progress.objects.filter(plan__in=list(plans)).order_by("pk")
    for plan, number, state in rows.values_list("plan", "number", "state"):
        found[plan][number] = state
    return found


def actions_of(plan: int, content: Content) -> tuple[ActionRow, ...]:
    """The actions of a version with what became of them, by number; three queries."""
    said: dict[int, tuple[str, str, date | None]] = {}
    visits: Counter[int] = Counter()
    rows = Progress.objects.filter(plan=plan).order_by("pk")
    for number, state, words, on, subject in rows.values_list("number", "state", "words", "on", "subject"):
        said[number] = (state, words, on)
        visits[number] += bool(subject)
    names = people.names({one.owner for one in content.actions})
    places = terminals.named({one.terminal for one in content.actions if one.terminal is not None})
    found = []
    for one in content.actions:
        became, told, told_on = said.get(one.number, (PLANNED, "", None))
        where = places[one.terminal][1] if one.terminal in places else ""
        found.append(
            ActionRow(
                one.number, one.kind, one.words, one.owner, names.get(one.owner, ""), one.due_on, one.budget_fen,
                one.compliance, one.serves, one.visit, one.terminal, where, one.ours, one.theirs, became, told, told_on,
                visits[one.number],
            )
        )  # fmt: skip
    return tuple(found)


def reviews_of(plan: int) -> tuple[ReviewRow, ...]:
    """The reviews of a plan, the newest of each quarter, by quarter."""
    fields = (
        "pk", "quarter", "first_on", "last_on", "lines", "figures", "verdict", "reasons", "adjust", "policy",
        "reviewed_by__name", "reviewed_at",
    )  # fmt: skip
    rows = Review.objects.filter(plan=plan).order_by("pk").values_list(*fields)
    newest = {row[1]: ReviewRow(*row) for row in rows}
    return tuple(newest[quarter] for quarter in sorted(newest))
