"""大客户计划 (domain 2.9): its parts, what it must hold, what the law keeps out of it, and the states it goes through.

Who decides at a customer is kept as a department, a post and a part played, never as a person: names, families, tastes
and favours have no field (domain 4.5, 4.8).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from kewei.kernel.calendar import month_before, month_end
from kewei.kernel.money import MAX_FEN
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.keyaccounts.rules.earning import FULL_BP, REASONS
from kewei.terminals.rules import banned_words

# --- words of the form ------------------------------------------------------------------------------------------------

DEPARTMENTS: dict[str, str] = {
    "pharmacy": N_("药学部"),
    "clinical": N_("临床科室"),
    "buying": N_("采购"),
    "finance": N_("财务"),
    "audit": N_("审计"),
    "insurance": N_("医保办"),
    "board": N_("院领导"),
    "head_buying": N_("总部商采"),
    "quality": N_("质量"),
    "stores": N_("门店运营"),
    "other": N_("其他"),
}
DECIDES = "decides"
PARTS: dict[str, str] = {
    DECIDES: N_("决策"),
    "influences": N_("影响"),
    "uses": N_("使用"),
    "carries_out": N_("执行"),
}
ATTITUDES: dict[str, str] = {
    "supports": N_("支持"),
    "neutral": N_("中立"),
    "opposes": N_("反对"),
    "unknown": N_("不清楚"),
}
SWOT: dict[str, str] = {
    "strengths": N_("优势"),
    "weaknesses": N_("劣势"),
    "opportunities": N_("机会"),
    "threats": N_("威胁"),
}
SITUATION: dict[str, str] = {
    "covered": N_("品种覆盖"),
    "share_bp": N_("份额估计"),
    "share_basis": N_("份额依据"),
    "competition": N_("竞品"),
    "price_agreement": N_("价格协议"),
    "procurement": N_("集采中选情况"),
    "term_days": N_("账期（天）"),
    "paid_days": N_("实际回款天数"),
}
# Which of them are whole numbers; the others are words.
SITUATION_NUMBERS = ("share_bp", "term_days", "paid_days")

SALES, PRODUCTS, SHARE, COLLECTION, OVERDUE = "sales", "products", "share", "collection_days", "overdue_rate"
GOALS: dict[str, str] = {
    SALES: N_("销售"),
    PRODUCTS: N_("品种数"),
    SHARE: N_("份额"),
    COLLECTION: N_("回款天数"),
    OVERDUE: N_("逾期率"),
}
# What a goal's whole numbers are: fen, products, basis points or days.
UNITS: dict[str, str] = {SALES: "fen", PRODUCTS: "count", SHARE: "bp", COLLECTION: "days", OVERDUE: "bp"}
# Goals that are reached by going down.
DOWN = frozenset({COLLECTION, OVERDUE})
# Without these a plan only sells: who pays late is no good customer (deck 五, domain 2.9).
NEEDED_GOALS = (SALES, COLLECTION, OVERDUE)

WORK, EXECUTIVE = "work", "executive"
ACTION_KINDS: dict[str, str] = {WORK: N_("行动"), EXECUTIVE: N_("高层互访")}

PEOPLE, POLICY, LIMIT, CONCENTRATION = "people", "policy", "limit", "concentration"
RISKS: dict[str, str] = {
    PEOPLE: N_("人员变动"),
    POLICY: N_("政策"),
    LIMIT: N_("额度"),
    CONCENTRATION: N_("集中度"),
    "competition": N_("竞争"),
    "other": N_("其他"),
}
LEVELS: dict[str, str] = {"low": N_("低"), "middle": N_("中"), "high": N_("高")}


# --- refusals ---------------------------------------------------------------------------------------------------------


@refusal
class BadPlan(Refused):
    code = "bad_key_account_plan"
    says = N_("大客户计划不对：{reason}")


@refusal
class PlanIncomplete(Refused):
    code = "key_account_plan_incomplete"
    says = N_("计划还缺：{found}")
    next_step = N_("补齐后再提交。")


@refusal
class PrivateInPlan(Refused):
    code = "private_words_in_plan"
    says = N_("计划里有不该写的内容：{words}")
    next_step = N_("只写部门和岗位，不写个人生活、处方和好处；确有业务必要时写明理由。")


@refusal
class NeedsComplianceNumber(Refused):
    code = "action_needs_compliance"
    says = N_("「{words}」有预算或属高层互访，须先有合规审批号")
    next_step = N_("先办合规审批，再写进计划。")


@refusal
class WrongPlanState(Refused):
    code = "wrong_key_account_state"
    says = N_("计划现在是「{found}」，不能{verb}")
    status = 409


@refusal
class PlanOverlaps(Refused):
    code = "key_account_plan_overlaps"
    says = N_("这个客户已有 {first_on} 至 {last_on} 的计划")
    status = 409


@refusal
class OwnPlanNotApproved(Refused):
    code = "own_key_account_plan"
    says = N_("不能批准自己写或自己负责的计划")
    next_step = N_("请由上级批准。")


@refusal
class UnknownAction(Refused):
    code = "unknown_plan_action"
    says = N_("计划里没有第 {number} 项行动")
    status = 404


@refusal
class WrongActionState(Refused):
    code = "wrong_plan_action_state"
    says = N_("这项行动现在是「{found}」，不能改为「{part}」")
    status = 409


@refusal
class NotTheMembers(Refused):
    code = "not_a_member_of_account"
    says = N_("「{name}」不属于这个大客户")


# --- policy -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Planning:
    """Months a plan may span, and from which budget (fen) an action needs a compliance number."""

    least_months: int
    most_months: int
    compliance_from_fen: int


def read_planning(body: Any) -> Planning:
    """The policy's value. Raises BadPolicy."""
    found = Planning(**body)
    if not 1 <= found.least_months <= found.most_months <= 60:
        raise BadPolicy(reason="least_months, most_months")
    return found


PLANNING = Policy(
    name="keyaccounts.planning",
    title=N_("大客户计划的期限与合规"),
    keeper="keyaccounts.policy",
    since=date(2026, 11, 1),
    source="domain 2.9, 4.5 [INF]",
    body={"least_months": 3, "most_months": 24, "compliance_from_fen": 1},
    read=read_planning,
)


# --- what a plan holds ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoleGiven:
    """组织与决策链: a post of a department, the part it plays, how it stands to us and what it needs from us."""

    department: str
    post: str
    part: str
    attitude: str = "unknown"
    needs: str = ""


@dataclass(frozen=True, slots=True)
class GoalGiven:
    """目标: from a baseline to a target, in the unit of its kind; `milestones` at the end of each quarter, or none.

    Sales are summed from the beginning of the plan; everything else is a level.
    """

    kind: str
    baseline: int
    target: int
    milestones: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionGiven:
    """行动 or 高层互访: what, by whom of us, by when, for how much, with which compliance number.

    `number` is its own for the life of the plan, 0 for a new one. `terminal` is the member it happens at, none for the
    account itself; `serves` the goal it is for; `visit` whether it needs somebody to go there. For an executive visit
    `ours` and `theirs` are posts, not names.
    """

    words: str
    owner: int
    due_on: date
    number: int = 0
    kind: str = WORK
    budget_fen: int = 0
    compliance: str = ""
    serves: str = SALES
    visit: bool = False
    terminal: int | None = None
    ours: str = ""
    theirs: str = ""


@dataclass(frozen=True, slots=True)
class RiskGiven:
    """风险: what may happen, how likely it looks, and what we do then."""

    kind: str
    words: str
    level: str = "middle"
    answer: str = ""


@dataclass(frozen=True)
class Content:
    """Everything the form asks for, in its order."""

    reasons: tuple[str, ...] = ()
    reason_words: str = ""
    roles: tuple[RoleGiven, ...] = ()
    situation: Mapping[str, Any] = field(default_factory=dict)
    swot: Mapping[str, str] = field(default_factory=dict)
    goals: tuple[GoalGiven, ...] = ()
    actions: tuple[ActionGiven, ...] = ()
    risks: tuple[RiskGiven, ...] = ()
    # Why words of private life that stand in it are needed, where there are any.
    why_words: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything somebody typed freely."""
        typed = [self.reason_words, *self.swot.values()]
        typed += [str(value) for name, value in self.situation.items() if name not in SITUATION_NUMBERS]
        typed += [text for one in self.roles for text in (one.post, one.needs)]
        typed += [text for one in self.actions for text in (one.words, one.ours, one.theirs)]
        typed += [text for one in self.risks for text in (one.words, one.answer)]
        return tuple(typed)


def check_content(content: Content, quarters: int, by: Planning) -> tuple[str, ...]:
    """Refuse what no plan may say; answers the words of private life that stand in it with a reason given.

    Raises BadPlan, NeedsComplianceNumber, PrivateInPlan.
    """
    _known(content.reasons, REASONS, N_("没有这个大客户理由"))
    _known(content.swot, SWOT, N_("没有这个 SWOT 项"))
    _known(content.situation, SITUATION, N_("没有这个现状项"))
    for name in SITUATION_NUMBERS:
        if (value := content.situation.get(name)) is not None and not (
            isinstance(value, int) and 0 <= value <= FULL_BP
        ):
            raise BadPlan(reason=N_("份额、账期、回款天数须在 0 至 10000 之间"))
    _check_roles(content.roles)
    _check_goals(content.goals, quarters)
    _check_actions(content.actions, by)
    for risk in content.risks:
        _known([risk.kind], RISKS, N_("没有这类风险"))
        _known([risk.level], LEVELS, N_("没有这个风险等级"))
    warned = tuple(dict.fromkeys(word for text in content.texts for word in banned_words(text)))
    if warned and not content.why_words.strip():
        raise PrivateInPlan(words=warned)
    return warned


def _known(given: Iterable[str], words: Mapping[str, str], reason: str) -> None:
    if set(given) - set(words):
        raise BadPlan(reason=reason)


def _check_roles(roles: Sequence[RoleGiven]) -> None:
    for role in roles:
        _known([role.department], DEPARTMENTS, N_("没有这个部门"))
        _known([role.part], PARTS, N_("没有这个角色"))
        _known([role.attitude], ATTITUDES, N_("没有这个态度"))
        if not role.post.strip():
            raise BadPlan(reason=N_("请写岗位"))


def _check_goals(goals: Sequence[GoalGiven], quarters: int) -> None:
    _known((goal.kind for goal in goals), GOALS, N_("没有这种目标"))
    if len({goal.kind for goal in goals}) < len(goals):
        raise BadPlan(reason=N_("同一种目标只能写一次"))
    for goal in goals:
        most = MAX_FEN if UNITS[goal.kind] == "fen" else FULL_BP
        if any(not 0 <= value <= most for value in (goal.baseline, goal.target, *goal.milestones)):
            raise BadPlan(reason=N_("目标的数值超出范围"))
        if goal.milestones and len(goal.milestones) != quarters:
            raise BadPlan(reason=N_("里程碑须与计划的季度一样多"))


def _check_actions(actions: Sequence[ActionGiven], by: Planning) -> None:
    numbers = [one.number for one in actions if one.number]
    if len(set(numbers)) < len(numbers):
        raise BadPlan(reason=N_("行动编号重复"))
    for one in actions:
        _known([one.kind], ACTION_KINDS, N_("没有这种行动"))
        _known([one.serves], GOALS, N_("没有这种目标"))
        if not one.words.strip() or not 0 <= one.budget_fen <= MAX_FEN:
            raise BadPlan(reason=N_("行动须写明内容，预算不能为负"))
        costs = one.kind == EXECUTIVE or one.budget_fen >= max(1, by.compliance_from_fen)
        if costs and not one.compliance.strip():
            raise NeedsComplianceNumber(words=one.words)


# --- completeness -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of what is required stands there: have of wanted, and what is missing (msgids)."""

    have: int
    wanted: int
    missing: tuple[str, ...]

    @property
    def percent(self) -> int:
        """The whole per cent."""
        return 100 * self.have // self.wanted


def completeness(content: Content) -> Completeness:
    """完整度: what the form requires (R) and the plan has; SWOT and executive visits may be left out (O)."""
    situation, kinds = content.situation, {goal.kind for goal in content.goals}
    lines = [
        (N_("为何是大客户"), bool(content.reasons)),
        (N_("决策岗位"), any(one.part == DECIDES for one in content.roles)),
        (N_("至少两个岗位"), len(content.roles) >= 2),
        (N_("品种覆盖"), bool(situation.get("covered"))),
        (N_("份额估计及依据"), situation.get("share_bp") is not None and bool(situation.get("share_basis"))),
        (N_("竞品"), bool(situation.get("competition"))),
        (N_("价格协议或集采情况"), bool(situation.get("price_agreement") or situation.get("procurement"))),
        (N_("账期"), situation.get("term_days") is not None),
        (N_("销售目标"), SALES in kinds),
        (N_("回款天数目标"), COLLECTION in kinds),
        (N_("逾期率目标"), OVERDUE in kinds),
        (N_("行动计划"), any(one.kind == WORK for one in content.actions)),
        (N_("风险与预案"), bool(content.risks) and all(one.answer.strip() for one in content.risks)),
        (N_("集中度风险"), any(one.kind == CONCENTRATION for one in content.risks)),
    ]
    missing = tuple(name for name, there in lines if not there)
    return Completeness(len(lines) - len(missing), len(lines), missing)


def check_complete(content: Content) -> None:
    """Refuse to hand in what lacks a required part. Raises PlanIncomplete with what is missing."""
    if missing := completeness(content).missing:
        raise PlanIncomplete(found=missing)


# --- its span ---------------------------------------------------------------------------------------------------------


def quarters_of(first_on: date, last_on: date) -> tuple[tuple[date, date], ...]:
    """The plan's quarters, three months each from its first day; the last may be shorter."""
    found, first = [], first_on
    while first <= last_on:
        last = min(last_on, month_end(month_before(first, -2)))
        found.append((first, last))
        first = last + timedelta(days=1)
    return tuple(found)


def check_span(first_on: date, last_on: date, by: Planning) -> None:
    """A plan spans whole months, as many as the policy allows. Raises BadPlan."""
    months = (last_on.year - first_on.year) * 12 + last_on.month - first_on.month + 1
    if first_on.day != 1 or last_on != month_end(last_on) or not by.least_months <= months <= by.most_months:
        raise BadPlan(reason=N_("计划须从月初到月末，期限在政策允许的月数之内"))


# --- states -----------------------------------------------------------------------------------------------------------

DRAFT, HANDED_IN, SENT_BACK, LIVE, AMENDING, CLOSED, DROPPED = (
    "draft", "handed_in", "sent_back", "live", "amending", "closed", "dropped",
)  # fmt: skip
STATES: dict[str, str] = {
    DRAFT: N_("草稿"),
    HANDED_IN: N_("待批准"),
    SENT_BACK: N_("已退回"),
    LIVE: N_("执行中"),
    AMENDING: N_("修订中"),
    CLOSED: N_("已结束"),
    DROPPED: N_("已放弃"),
}
TONES: dict[str, str] = {
    DRAFT: "quiet", HANDED_IN: "warn", SENT_BACK: "warn", LIVE: "ok", AMENDING: "info", CLOSED: "quiet", DROPPED: "quiet",
}  # fmt: skip
# In these a plan stands in the way of another for the same days.
OPEN = (DRAFT, HANDED_IN, SENT_BACK, LIVE, AMENDING)
# In these its newest version is still being written.
WRITABLE = (DRAFT, SENT_BACK, AMENDING)

WRITE, AMEND, HAND_IN, APPROVE, SEND_BACK, WITHDRAW, CLOSE = (
    "write", "amend", "hand_in", "approve", "send_back", "withdraw", "close",
)  # fmt: skip
MOVE_WORDS: dict[str, str] = {
    WRITE: N_("改写"),
    AMEND: N_("修订"),
    HAND_IN: N_("提交"),
    APPROVE: N_("批准"),
    SEND_BACK: N_("退回"),
    WITHDRAW: N_("放弃"),
    CLOSE: N_("结束"),
}
# From a state by a move to the next; WITHDRAW goes back to the version in force where there is one.
MOVES: dict[str, dict[str, str]] = {
    DRAFT: {WRITE: DRAFT, HAND_IN: HANDED_IN, WITHDRAW: DROPPED},
    SENT_BACK: {WRITE: SENT_BACK, HAND_IN: HANDED_IN, WITHDRAW: DROPPED},
    AMENDING: {WRITE: AMENDING, HAND_IN: HANDED_IN, WITHDRAW: LIVE},
    HANDED_IN: {APPROVE: LIVE, SEND_BACK: SENT_BACK, WITHDRAW: DROPPED},
    LIVE: {AMEND: AMENDING, CLOSE: CLOSED},
    CLOSED: {},
    DROPPED: {},
}


def after(state: str, move: str, in_force: bool) -> str:
    """The state a move leads to; `in_force` is whether a version of the plan is. Raises WrongPlanState."""
    to = MOVES.get(state, {}).get(move)
    if to is None:
        raise WrongPlanState(found=STATES.get(state, state), verb=MOVE_WORDS.get(move, move))
    return LIVE if to == DROPPED and in_force else to


def check_approver(approver: int, writer: int, owner: int) -> None:
    """Whoever wrote a plan or answers for it does not approve it. Raises OwnPlanNotApproved."""
    if approver in (writer, owner):
        raise OwnPlanNotApproved


# --- what becomes of actions ------------------------------------------------------------------------------------------

PLANNED, BEGUN, DONE, LEFT = "planned", "begun", "done", "left"
PROGRESS: dict[str, str] = {
    PLANNED: N_("未开始"),
    BEGUN: N_("进行中"),
    DONE: N_("完成"),
    LEFT: N_("不做了"),
}
# In these an action still waits to be done.
WAITING = (PLANNED, BEGUN)
PROGRESS_TONES: dict[str, str] = {PLANNED: "quiet", BEGUN: "info", DONE: "ok", LEFT: "quiet"}
_ONWARD: dict[str, frozenset[str]] = {
    PLANNED: frozenset({BEGUN, DONE, LEFT}),
    BEGUN: frozenset({BEGUN, DONE, LEFT}),
    DONE: frozenset({BEGUN}),
    LEFT: frozenset({BEGUN}),
}


def check_progress(state: str, to: str) -> str:
    """The state an action comes into: done or left ones can only be taken up again. Raises WrongActionState."""
    if to not in _ONWARD[state]:
        raise WrongActionState(found=PROGRESS[state], part=PROGRESS.get(to, to))
    return to
