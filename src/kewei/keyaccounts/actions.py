"""What can be done about key accounts: writing a plan, having it approved, noting what became of it, reviewing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.kernel.refusals import N_
from kewei.keyaccounts import facts
from kewei.keyaccounts.models import (
    DecisionRole,
    Goal,
    MonthOfEffort,
    Plan,
    PlanAction,
    PlanState,
    Progress,
    Review,
    Risk,
    Version,
)
from kewei.keyaccounts.queries import plans, reviewing
from kewei.keyaccounts.queries.earning import figures_of, members_of
from kewei.keyaccounts.rules import plans as rules
from kewei.keyaccounts.rules.earning import Effort
from kewei.keyaccounts.rules.plans import (
    AMEND,
    APPROVE,
    CLOSE,
    DRAFT,
    HAND_IN,
    LIVE,
    OPEN,
    PLANNED,
    PLANNING,
    SEND_BACK,
    WITHDRAW,
    WRITE,
    ActionGiven,
    BadPlan,
    Content,
    PlanOverlaps,
    UnknownAction,
)
from kewei.keyaccounts.rules.reviewing import check_quarter, check_review
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.terminals import queries as terminals

PLAN, DECIDE, REVIEW, TELL = "keyaccounts.plan", "keyaccounts.approve", "keyaccounts.review", "keyaccounts.tell"


# --- writing ----------------------------------------------------------------------------------------------------------


@action
def start_plan(
    *, terminal: Any, first_on: date, last_on: date, owner: Person, for_group: bool = False, by: Person, now: datetime
) -> Plan:
    """开始大客户计划  An empty draft of a customer's plan for some whole months. Raises BadPlan, PlanOverlaps, NotFound."""
    by.must(PLAN, terminal)
    rules.check_span(first_on, last_on, queries_policies.in_force(PLANNING, localdate(now)).value)
    for other in Plan.objects.select_for_update().filter(terminal=terminal, state__in=OPEN):
        if other.first_on <= last_on and first_on <= other.last_on:
            raise PlanOverlaps(first_on=other.first_on, last_on=other.last_on)
    if for_group and len(members_of(terminal.pk, True)) < 2:
        raise BadPlan(reason=N_("这个客户名下没有成员，不能按集团做计划"))
    plan = Plan.objects.create(
        terminal=terminal, for_group=for_group, first_on=first_on, last_on=last_on, owner=owner, state=DRAFT, state_at=now,
        newest=1, made_by=by, made_at=now,
    )  # fmt: skip
    PlanState.objects.create(plan=plan, state=DRAFT, by=by, at=now)
    Version.objects.create(plan=plan, number=1, written_by=by, written_at=now)
    record(
        facts.PLAN_STARTED,
        plan,
        by=by,
        at=now,
        terminal=terminal.pk,
        first_on=first_on,
        last_on=last_on,
        owner=owner.pk,
    )
    return plan


@action
def write_plan(*, plan: int, content: Content, by: Person, now: datetime) -> Plan:
    """改写大客户计划  Everything the form asks for takes the place of what the version being written said.

    Raises NotFound, WrongPlanState, BadPlan, NeedsComplianceNumber, PrivateInPlan, NotTheMembers.
    """
    by.must(PLAN)
    kept = _locked(plan, by, PLAN)
    rules.after(kept.state, WRITE, kept.in_force is not None)
    policy = queries_policies.in_force(PLANNING, localdate(now))
    warned = rules.check_content(content, len(rules.quarters_of(kept.first_on, kept.last_on)), policy.value)
    _check_members(kept, content)
    version = plans.version_of(kept, kept.newest)
    _keep(version, content)
    version.warned, version.policy = list(warned), policy.label
    version.written_by, version.written_at = by, now
    version.save()
    record(
        facts.PLAN_WRITTEN, kept, by=by, at=now, terminal=kept.terminal_id, version=version.number, warned=list(warned),
        complete=rules.completeness(content).percent,
    )  # fmt: skip
    return kept


@action
def amend_plan(*, plan: int, why: str, by: Person, now: datetime) -> Plan:
    """修订大客户计划  A new version beside the one in force, which goes on until the new one is approved.

    Raises NotFound, WrongPlanState, BadPlan.
    """
    by.must(PLAN)
    kept = _locked(plan, by, PLAN)
    state = rules.after(kept.state, AMEND, True)
    if not why.strip():
        raise BadPlan(reason=N_("请写为什么修订"))
    content = plans.content_of(plans.version_of(kept, kept.in_force))
    number = (Version.objects.filter(plan=kept).order_by("-number").values_list("number", flat=True)[0]) + 1
    version = Version.objects.create(plan=kept, number=number, written_by=by, written_at=now)
    _keep(version, content)
    version.save()
    kept.newest = number
    _into(kept, state, why, by, now)
    return kept


@action
def hand_in_plan(*, plan: int, by: Person, now: datetime) -> Plan:
    """提交大客户计划  The version is sealed with the figures of its customer. Raises NotFound, WrongPlanState, PlanIncomplete."""
    by.must(PLAN)
    kept = _locked(plan, by, PLAN)
    state = rules.after(kept.state, HAND_IN, kept.in_force is not None)
    version = plans.version_of(kept, kept.newest)
    rules.check_complete(plans.content_of(version))
    earned, label = figures_of(members_of(kept.terminal_id, kept.for_group), localdate(now))
    version.figures = asdict(earned) | {"profit_fen": earned.profit_fen, "policy": label}
    version.sealed_at = now
    version.save(update_fields=["figures", "sealed_at"])
    _into(kept, state, "", by, now)
    return kept


# --- deciding ---------------------------------------------------------------------------------------------------------


@action
def approve_plan(*, plan: int, note: str = "", by: Person, now: datetime) -> Plan:
    """批准大客户计划  The version handed in comes into force. Raises NotFound, WrongPlanState, OwnPlanNotApproved."""
    by.must(DECIDE)
    kept = _locked(plan, by, DECIDE)
    state = rules.after(kept.state, APPROVE, kept.in_force is not None)
    version = plans.version_of(kept, kept.newest)
    rules.check_approver(by.pk, version.written_by_id, kept.owner_id)
    kept.in_force = kept.newest
    _into(kept, state, note, by, now)
    return kept


@action
def send_back_plan(*, plan: int, note: str, by: Person, now: datetime) -> Plan:
    """退回大客户计划  It is written on, and says what is missing. Raises NotFound, WrongPlanState, BadPlan."""
    by.must(DECIDE)
    kept = _locked(plan, by, DECIDE)
    state = rules.after(kept.state, SEND_BACK, kept.in_force is not None)
    if not note.strip():
        raise BadPlan(reason=N_("请写为什么退回"))
    Version.objects.filter(plan=kept, number=kept.newest).update(sealed_at=None)
    _into(kept, state, note, by, now)
    return kept


@action
def withdraw_plan(*, plan: int, note: str = "", by: Person, now: datetime) -> Plan:
    """放弃大客户计划  A draft ends; an amendment ends and the version in force goes on. Raises NotFound, WrongPlanState."""
    by.must(PLAN)
    kept = _locked(plan, by, PLAN)
    state = rules.after(kept.state, WITHDRAW, kept.in_force is not None)
    if state == LIVE and kept.in_force is not None:
        kept.newest = kept.in_force
    _into(kept, state, note, by, now)
    return kept


@action
def close_plan(*, plan: int, note: str, by: Person, now: datetime) -> Plan:
    """结束大客户计划  Its actions wish for nothing any more. Raises NotFound, WrongPlanState, BadPlan."""
    by.must(DECIDE)
    kept = _locked(plan, by, DECIDE)
    state = rules.after(kept.state, CLOSE, True)
    if not note.strip():
        raise BadPlan(reason=N_("请写为什么结束"))
    _into(kept, state, note, by, now)
    return kept


# --- what becomes of it -----------------------------------------------------------------------------------------------


@action
def note_progress(*, plan: int, number: int, state: str, words: str = "", by: Person, now: datetime) -> Progress:
    """登记行动进展  An action of the version in force was begun, done or left; or is taken up again.

    Raises NotFound, WrongPlanState, UnknownAction, WrongActionState.
    """
    by.must(PLAN)
    return _note(_locked(plan, by, PLAN), number, state, words, "", localdate(now), by, now)


@action
def note_visit(
    *, plan: int, number: int, visit: int, on: date, words: str = "", by: Person, now: datetime
) -> Progress | None:
    """拜访推进行动  A visit worked on an action: it is begun, once for each visit; whoever visits need not keep the plan.

    None where the action is done or left, or the visit has said it before, or the version in force has no such
    action any more. Raises NotAllowed.
    """
    by.must(TELL)
    kept = Plan.objects.select_for_update().filter(pk=plan, in_force__isnull=False).first()
    subject = f"visits.visit:{visit}"
    if kept is None or Progress.objects.filter(plan=plan, number=number, subject=subject).exists():
        return None
    waits = plans.progress_among([plan]).get(plan, {}).get(number, PLANNED) in rules.WAITING
    if not waits or not _in_force(kept, number):
        return None
    return _note(kept, number, rules.BEGUN, words, subject, on, by, now)


@action
def note_efforts(*, month: date, efforts: Mapping[int, Effort], by: Person, now: datetime) -> int:
    """汇总拜访投入  What went into visiting each customer in a month takes the place of what was told before; how many."""
    by.must(TELL)
    first = month.replace(day=1)
    MonthOfEffort.objects.filter(month=first).delete()
    MonthOfEffort.objects.bulk_create(
        [
            MonthOfEffort(
                terminal_id=pk, month=first, visits=one.visits, minutes=one.minutes, expense_fen=one.expense_fen,
                told_at=now,
            )
            for pk, one in sorted(efforts.items())
        ],
        batch_size=2_000,
    )  # fmt: skip
    record(facts.EFFORTS_NOTED, "", by=by, at=now, month=first, customers=len(efforts))
    return len(efforts)


@action
def keep_review(
    *, plan: int, quarter: int, reasons: str = "", adjust: str = "", told_share_bp: int | None = None, by: Person,
    now: datetime,
) -> Review:  # fmt: skip
    """季度复盘  The goals against the ledger at the end of a quarter, why they were missed, and what is changed.

    Raises NotFound, WrongPlanState, NoSuchQuarter, QuarterNotOver, AccountReviewNeedsWords.
    """
    by.must(REVIEW)
    kept = _locked(plan, by, REVIEW)
    if kept.in_force is None:
        raise rules.WrongPlanState(found=rules.STATES[kept.state], verb=N_("复盘"))
    today = localdate(now)
    first, last = check_quarter(quarter, rules.quarters_of(kept.first_on, kept.last_on), today)
    seen = reviewing.preview(kept, quarter, today, told_share_bp=told_share_bp)
    check_review(seen.lines, reasons, adjust)
    review = Review.objects.create(
        plan=kept, version=plans.version_of(kept, kept.in_force), quarter=quarter, first_on=first, last_on=last,
        lines=[reviewing.line_as_json(line) for line in seen.lines], figures=seen.figures, verdict=seen.verdict,
        reasons=reasons.strip()[:500], adjust=adjust.strip()[:500], policy=seen.policy, reviewed_by=by, reviewed_at=now,
    )  # fmt: skip
    record(
        facts.REVIEWED, review, by=by, at=now, terminal=kept.terminal_id, plan=kept.pk, quarter=quarter,
        verdict=seen.verdict,
    )  # fmt: skip
    return review


# --- helpers ----------------------------------------------------------------------------------------------------------


def _locked(plan: int, by: Person, verb: str) -> Plan:
    """The plan, its row locked, where this person may act on it. Raises NotFound."""
    plans.plan_for(by, plan, verb)
    return Plan.objects.select_for_update().get(pk=plan)


def _into(kept: Plan, state: str, note: str, by: Person, now: datetime) -> None:
    kept.state, kept.state_at = state, now
    kept.save(update_fields=["state", "state_at", "newest", "in_force"])
    PlanState.objects.create(plan=kept, state=state, note=note.strip()[:300], by=by, at=now)
    record(
        facts.PLAN_MOVED_ON, kept, by=by, at=now, terminal=kept.terminal_id, state=state, version=kept.newest,
        note=note.strip()[:300],
    )  # fmt: skip


def _check_members(plan: Plan, content: Content) -> None:
    """An action is somebody's, at the account itself or at a member of its group. Raises BadPlan, NotTheMembers."""
    owners = {one.owner for one in content.actions}
    if owners - people.names(owners).keys():
        raise BadPlan(reason=N_("没有这位负责人"))
    members = set(members_of(plan.terminal_id, plan.for_group))
    strangers = {one.terminal for one in content.actions if one.terminal is not None} - members
    if strangers:
        raise rules.NotTheMembers(name=terminals.named(strangers).get(min(strangers), ("", "?"))[1])


def _keep(version: Version, content: Content) -> None:
    """What a version says is replaced; new actions get the next number ever given in the plan."""
    version.reasons, version.reason_words = list(content.reasons), content.reason_words.strip()[:300]
    version.situation, version.swot = _said(content.situation), _said(content.swot)
    version.why_words = content.why_words.strip()[:200]
    actions = _numbered(version, content.actions)
    for rows in (version.roles, version.goals, version.actions, version.risks):
        rows.all().delete()
    DecisionRole.objects.bulk_create(
        DecisionRole(
            version=version, place=place, department=one.department, post=one.post.strip()[:40], part=one.part,
            attitude=one.attitude, needs=one.needs.strip()[:200],
        )
        for place, one in enumerate(content.roles, 1)
    )  # fmt: skip
    Goal.objects.bulk_create(
        Goal(version=version, kind=one.kind, baseline=one.baseline, target=one.target, milestones=list(one.milestones))
        for one in content.goals
    )
    Risk.objects.bulk_create(
        Risk(
            version=version, place=place, kind=one.kind, words=one.words.strip()[:200], level=one.level,
            answer=one.answer.strip()[:200],
        )
        for place, one in enumerate(content.risks, 1)
    )  # fmt: skip
    PlanAction.objects.bulk_create(_action(version, one) for one in actions)


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """Texts trimmed, what says nothing left out."""
    trimmed = {name: value.strip()[:500] if isinstance(value, str) else value for name, value in values.items()}
    return {name: value for name, value in trimmed.items() if value not in ("", None)}


def _numbered(version: Version, actions: tuple[ActionGiven, ...]) -> list[ActionGiven]:
    """New actions get numbers never used in the plan, or progress of another would stick to them. Raises UnknownAction."""
    used = set(PlanAction.objects.filter(version__plan=version.plan_id).values_list("number", flat=True))
    used |= set(Progress.objects.filter(plan=version.plan_id).values_list("number", flat=True))
    if strange := {one.number for one in actions if one.number} - used:
        raise UnknownAction(number=min(strange))
    following = max(used, default=0) + 1
    found = []
    for one in actions:
        found.append(one if one.number else replace(one, number=following))
        following += not one.number
    return found


def _action(version: Version, one: ActionGiven) -> PlanAction:
    return PlanAction(
        version=version, number=one.number, kind=one.kind, words=one.words.strip()[:200], owner_id=one.owner,
        due_on=one.due_on, budget_fen=one.budget_fen, compliance=one.compliance.strip()[:40], serves=one.serves,
        visit=one.visit, terminal_id=one.terminal, ours=one.ours.strip()[:40], theirs=one.theirs.strip()[:40],
    )  # fmt: skip


def _in_force(plan: Plan, number: int) -> bool:
    """Whether an action stands in the version in force."""
    wanted = PlanAction.objects.filter(version__plan=plan, number=number)
    return plan.in_force is not None and wanted.filter(version__number=plan.in_force).exists()


def _note(
    plan: Plan, number: int, state: str, words: str, subject: str, on: date, by: Person, now: datetime
) -> Progress:
    if plan.in_force is None:
        raise rules.WrongPlanState(found=rules.STATES[plan.state], verb=N_("登记进展"))
    if not _in_force(plan, number):
        raise UnknownAction(number=number)
    before = plans.progress_among([plan.pk]).get(plan.pk, {}).get(number, PLANNED)
    said = Progress.objects.create(
        plan=plan, number=number, state=rules.check_progress(before, state), words=words.strip()[:200], subject=subject,
        on=on, by=by, at=now,
    )  # fmt: skip
    record(
        facts.PROGRESS_NOTED, said, by=by, at=now, terminal=plan.terminal_id, plan=plan.pk, number=number, state=state,
        subject=subject,
    )  # fmt: skip
    return said
