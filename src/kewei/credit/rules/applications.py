"""客户授信申请: what each kind needs, who must agree, and what comes of their opinions (domain 2.8; docs/algorithms/approval.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.credit.rules.redlines import NEVER_WAIVED, RED_LINES
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.people.rules import ROLES

KINDS: dict[str, str] = {
    "new": N_("新授信"),
    "renew": N_("续期"),
    "raise": N_("增额"),
    "temporary": N_("临时额度"),
    "lower": N_("降额"),
    "cancel": N_("取消"),
    "term": N_("账期变更"),
}
STATES: dict[str, str] = {
    "waiting": N_("审批中"),
    "granted": N_("已批准"),
    "rejected": N_("已驳回"),
    "returned": N_("已退回"),
    "withdrawn": N_("已撤回"),
}
WORDS: dict[str, str] = {
    "agree": N_("同意"),
    "reduce": N_("减额同意"),
    "condition": N_("附条件同意"),
    "return": N_("退回补充"),
    "reject": N_("驳回"),
    "escalate": N_("超时上报"),
    "withdraw": N_("撤回"),
}
AGREEING = ("agree", "reduce", "condition")
DECIDING = (*AGREEING, "return", "reject")
# Kinds that take credit away need neither survey nor score.
LESS = ("lower", "cancel")


# --- refusals ---------------------------------------------------------------------------------------------------------


@refusal
class SurveyNeeded(Refused):
    code = "survey_needed"
    says = N_("没有有效的信用调查表：请先完成调查并通过复核")


@refusal
class ScoreNeeded(Refused):
    code = "score_needed"
    says = N_("客户还没有信用评分：请先评分")


@refusal
class PledgeNeeded(Refused):
    code = "pledge_needed"
    says = N_("申请人须承诺负责回款")


@refusal
class OverReasonNeeded(Refused):
    code = "over_reason_needed"
    says = N_("申请额度 {wanted_fen} 元超过建议 {suggested_fen} 元，须写明理由")


@refusal
class TermReasonNeeded(Refused):
    code = "term_reason_needed"
    says = N_("申请账期 {days} 天超过上限 {most_days} 天，须写明理由")


@refusal
class TermUnlawful(Refused):
    code = "term_unlawful"
    says = N_("申请账期 {days} 天超过法定上限 {most_days} 天，不能申请")


@refusal
class HasLimitAlready(Refused):
    code = "has_limit_already"
    says = N_("客户已有生效中的额度：请申请续期、增额或账期变更")
    status = 409


@refusal
class HasNoLimit(Refused):
    code = "has_no_limit"
    says = N_("客户没有生效中的额度：请申请新授信")
    status = 409


@refusal
class NotARaise(Refused):
    code = "not_a_raise"
    says = N_("增额须高于现额度 {limit_fen} 元，现申请 {wanted_fen} 元")


@refusal
class NotALowering(Refused):
    code = "not_a_lowering"
    says = N_("降额须低于现额度 {limit_fen} 元，现申请 {wanted_fen} 元")


@refusal
class NotLess(Refused):
    code = "not_less"
    says = N_("降额不能延长账期或有效期：现账期 {days} 天、有效期至 {until}。要延长请申请账期变更或续期")


@refusal
class TermChangeKeepsLimit(Refused):
    code = "term_change_keeps_limit"
    says = N_("账期变更不改额度：申请额度须为现额度 {limit_fen} 元。要改额度请申请增额或降额")


@refusal
class NothingWanted(Refused):
    code = "nothing_wanted"
    says = N_("申请额度须大于零；要结束授信请申请取消")


@refusal
class GroupLimitAtHead(Refused):
    code = "group_limit_at_head"
    says = N_("集团额度须在集团总部的客户上申请")


@refusal
class OverGroupHeadroom(Refused):
    code = "over_group_headroom"
    says = N_("临时额度 {wanted_fen} 元超过集团剩余额度 {left_fen} 元")


@refusal
class AlreadyWaiting(Refused):
    code = "application_already_waiting"
    says = N_("客户已有一份同类申请 {number} 在审批中")
    status = 409


@refusal
class NotWaivable(Refused):
    code = "red_line_not_waivable"
    says = N_("红线「{line}」任何人都不能豁免")


@refusal
class RedLineNotNamed(Refused):
    code = "red_line_not_named"
    says = N_("客户触及红线「{line}」：须在申请中列明并申请豁免")


@refusal
class OwnApplication(Refused):
    code = "own_application"
    says = N_("申请人不能审批自己的申请，代理也不能")


@refusal
class NotYourStep(Refused):
    code = "not_your_step"
    says = N_("这一步由{role}审批")


@refusal
class SalesForJudges(Refused):
    code = "sales_for_judges"
    says = N_("销售人员不能代理{role}审批授信")


@refusal
class SecondOpinion(Refused):
    code = "second_opinion"
    says = N_("您在这份申请上已经签过意见：每一步须由不同的人审批")
    status = 409


@refusal
class NotWaiting(Refused):
    code = "application_not_waiting"
    says = N_("申请 {number} 已经{found}")
    status = 409


@refusal
class OpinionNeedsWords(Refused):
    code = "opinion_needs_words"
    says = N_("减额、缩短账期、附条件、退回或驳回须写明理由")


@refusal
class ReduceNeedsAmount(Refused):
    code = "reduce_needs_amount"
    says = N_("额度须大于零、不高于 {most_fen} 元；减额须低于它")


@refusal
class TermAboveAsked(Refused):
    code = "term_above_asked"
    says = N_("审批账期须在零到 {days} 天之间")


@refusal
class OnlyApplicantWithdraws(Refused):
    code = "only_applicant_withdraws"
    says = N_("只有申请人能撤回申请")


# --- the authority matrix ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Case:
    """A row of the matrix; the first that fits decides. None: any. `steps` are roles in order.

    `most_fen` is the exposure after approval, `over_bp` how far above the suggestion, `exception` whether the row is
    for grade D, waived red lines and terms beyond the usual.
    """

    name: str
    steps: tuple[str, ...]
    most_fen: int | None = None
    grades: tuple[str, ...] | None = None
    over_bp: int | None = None
    exception: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """Who must agree: the cases in order, a short route for taking credit away, hours a step may take, who comes after."""

    cases: tuple[Case, ...]
    less: tuple[str, ...]
    step_working_days: int
    superiors: dict[str, str]


def read_matrix(body: Any) -> Matrix:
    """Read a version. Raises BadPolicy for unknown roles, a matrix with a gap, or one that sales alone can pass."""
    cases = tuple(
        Case(
            row["name"], tuple(row["steps"]), row.get("most_fen"),
            tuple(row["grades"]) if row.get("grades") is not None else None, row.get("over_bp"),
            bool(row.get("exception")),
        )
        for row in body["cases"]
    )  # fmt: skip
    matrix = Matrix(cases, tuple(body["less"]), body["step_working_days"], dict(body["superiors"]))
    if type(matrix.step_working_days) is not int or matrix.step_working_days < 1:
        raise BadPolicy(reason="step_working_days")
    roles = {role for case in cases for role in case.steps} | set(matrix.less) | set(matrix.superiors.values())
    if unknown := roles - set(ROLES):
        raise BadPolicy(reason=", ".join(sorted(unknown)))
    ways = {case.name: case.steps for case in cases} | {"less": matrix.less}
    if alone := [name for name, steps in ways.items() if not set(steps) & _JUDGES]:
        raise BadPolicy(reason=", ".join(alone))
    if stuck := [name for name, steps in ways.items() if not set(steps) <= _SPEAKERS or steps[-1] not in _GRANTERS]:
        raise BadPolicy(reason=", ".join(stuck))
    if gaps := doubts(matrix):
        raise BadPolicy(reason="; ".join(gaps[:3]))
    return matrix


# Sales cannot approve alone (domain 2.8).
_JUDGES = {"credit", "credit_manager", "finance_director", "director"}
SALES = frozenset({"representative", "manager"})
# A step nobody could speak at would never end; the last one puts the limit in force.
_GRANTERS = {code for code, role in ROLES.items() if "credit.approve" in role.verbs}
_SPEAKERS = _GRANTERS | {code for code, role in ROLES.items() if "credit.approve_quality" in role.verbs}

AUTHORITY = Policy(
    name="credit.authority",
    title=N_("授信审批权限表"),
    keeper="credit.policy",
    since=date(2026, 11, 1),
    source="domain 2.8 [INF]: authority matrix; amounts are exposure after approval",
    body={
        "cases": [
            {"name": "exception", "exception": True, "steps": ["manager", "credit_manager", "finance_director", "quality", "director"]},
            {"name": "small", "most_fen": 20_000_000, "grades": ["A", "B"], "over_bp": 0, "steps": ["credit"]},
            {"name": "usual", "most_fen": 100_000_000, "grades": ["A", "B"], "over_bp": 0, "steps": ["manager", "credit_manager"]},
            {
                "name": "large", "most_fen": 500_000_000, "grades": ["A", "B", "C"], "over_bp": 2_000,
                "steps": ["manager", "credit_manager", "finance_director"],
            },
            {"name": "top", "steps": ["manager", "credit_manager", "finance_director", "director"]},
        ],
        "less": ["credit"],
        "step_working_days": 2,
        "superiors": {
            "manager": "credit_manager",
            "credit": "credit_manager",
            "credit_manager": "finance_director",
            "finance_director": "director",
        },
    },
    read=read_matrix,
)  # fmt: skip


def doubts(matrix: Matrix) -> list[str]:
    """Gaps and overlaps. The first row that fits answers, so no two do; the last row of each sort must take everything,
    no row may stand behind one that takes all it would take, and quality signs every exception.
    """
    found = []
    for exception in (True, False):
        rows = [case for case in matrix.cases if case.exception == exception]
        last = rows[-1] if rows else None
        if last is None or (last.most_fen, last.grades, last.over_bp) != (None, None, None):
            found.append("exception" if exception else "the last case must take everything")
        for n, case in enumerate(rows):
            if any(_covers(former, case) for former in rows[:n]):
                found.append(f"{case.name} is never reached")
            if exception and "quality" not in case.steps:
                found.append(f"{case.name} without quality")
    if len({case.name for case in matrix.cases}) < len(matrix.cases):
        found.append("two cases of one name")
    return found


def _covers(former: Case, case: Case) -> bool:
    """Whether everything `case` would take, `former` takes before it."""
    amounts = former.most_fen is None or (case.most_fen is not None and case.most_fen <= former.most_fen)
    grades = former.grades is None or (case.grades is not None and set(case.grades) <= set(former.grades))
    over = former.over_bp is None or (case.over_bp is not None and case.over_bp <= former.over_bp)
    return amounts and grades and over


@dataclass(frozen=True, slots=True)
class Asked:
    """What a route is chosen by; fen. `after_fen` is all there will be, `wanted_fen` what is held against the suggestion."""

    kind: str
    grade: str
    after_fen: int
    wanted_fen: int
    suggested_fen: int
    exception: bool
    applicant_roles: tuple[str, ...] = ()


def case_for(asked: Asked, matrix: Matrix) -> Case:
    """The first row of the matrix that fits."""
    over_bp = _over_bp(asked.wanted_fen, asked.suggested_fen)
    for case in matrix.cases:
        if case.exception != asked.exception:
            continue
        if case.most_fen is not None and asked.after_fen > case.most_fen:
            continue
        if case.grades is not None and asked.grade not in case.grades:
            continue
        if case.over_bp is not None and over_bp > case.over_bp:
            continue
        return case
    raise BadPolicy(reason=asked.kind)


def route(asked: Asked, matrix: Matrix) -> tuple[str, ...]:
    """The roles that must agree, in order. A manager who applies has spoken for sales already."""
    if asked.kind in LESS:
        return matrix.less
    steps = case_for(asked, matrix).steps
    if "manager" in asked.applicant_roles:
        steps = tuple(role for role in steps if role != "manager")
    return steps


def _over_bp(wanted_fen: int, suggested_fen: int) -> int:
    """How far above the suggestion, in basis points rounded up; anything above nothing is beyond every bound."""
    if wanted_fen <= suggested_fen:
        return 0
    if suggested_fen <= 0:
        return 10**9
    return -(-(wanted_fen - suggested_fen) * 10_000 // suggested_fen)


# --- what an application needs ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wish:
    """What is applied for, with what is known of the customer on that day; fen and days.

    `limit_fen`, `limit_days` and `limit_until` are the limit nobody has ended, `red_lines` what was found.
    """

    kind: str
    wanted_fen: int
    term_days: int
    grade: str
    limit_fen: int | None
    suggested_fen: int
    longest_term_days: int
    lawful_days: int | None
    has_survey: bool
    has_score: bool
    pledged: bool
    over_reason: str = ""
    group_left_fen: int | None = None
    waives: tuple[str, ...] = ()
    red_lines: tuple[str, ...] = ()
    until: date | None = None
    limit_days: int | None = None
    limit_until: date | None = None
    for_group: bool = False
    group_head: bool = True

    @property
    def measured_fen(self) -> int:
        """What the suggestion is held against: a temporary limit comes on top of the fixed one."""
        return self.wanted_fen + (self.limit_fen or 0 if self.kind == "temporary" else 0)


def check_wish(wish: Wish) -> None:
    """Whether an application may be handed in. Raises what stands in the way, by name."""
    has_limit = wish.limit_fen is not None
    if wish.for_group and not wish.group_head:
        raise GroupLimitAtHead
    if wish.wanted_fen <= 0 and wish.kind != "cancel":
        raise NothingWanted
    if wish.kind == "new" and has_limit:
        raise HasLimitAlready
    if wish.kind != "new" and not has_limit:
        raise HasNoLimit
    if wish.kind in ("raise", "lower") and wish.limit_fen is not None:
        if wish.kind == "raise" and wish.wanted_fen <= wish.limit_fen:
            raise NotARaise(limit_fen=wish.limit_fen, wanted_fen=wish.wanted_fen)
        if wish.kind == "lower" and wish.wanted_fen >= wish.limit_fen:
            raise NotALowering(limit_fen=wish.limit_fen, wanted_fen=wish.wanted_fen)
    if wish.kind == "lower" and _longer(wish):
        raise NotLess(days=wish.limit_days, until=wish.limit_until)
    if wish.kind == "term" and wish.wanted_fen != wish.limit_fen:
        raise TermChangeKeepsLimit(limit_fen=wish.limit_fen)
    if wish.kind in LESS:
        return
    if not wish.has_survey:
        raise SurveyNeeded
    if not wish.has_score:
        raise ScoreNeeded
    for line in wish.waives:
        if line in NEVER_WAIVED or line not in RED_LINES:
            raise NotWaivable(line=RED_LINES.get(line, line))
    check_red_lines(wish.red_lines)
    if unnamed := sorted(set(wish.red_lines) - set(wish.waives)):
        raise RedLineNotNamed(line=RED_LINES.get(unnamed[0], unnamed[0]))
    if not wish.pledged:
        raise PledgeNeeded
    if wish.lawful_days is not None and wish.term_days > wish.lawful_days:
        raise TermUnlawful(days=wish.term_days, most_days=wish.lawful_days)
    if wish.term_days > wish.longest_term_days and not wish.over_reason.strip():
        raise TermReasonNeeded(days=wish.term_days, most_days=wish.longest_term_days)
    if wish.measured_fen > wish.suggested_fen and not wish.over_reason.strip():
        raise OverReasonNeeded(wanted_fen=wish.measured_fen, suggested_fen=wish.suggested_fen)
    if wish.kind == "temporary" and wish.group_left_fen is not None and wish.wanted_fen > wish.group_left_fen:
        raise OverGroupHeadroom(wanted_fen=wish.wanted_fen, left_fen=max(0, wish.group_left_fen))


def _longer(wish: Wish) -> bool:
    """Whether a lowering would lengthen the term or the life of the limit: that is no short route's matter."""
    longer_term = wish.limit_days is not None and wish.term_days > wish.limit_days
    return longer_term or (wish.until is not None and wish.limit_until is not None and wish.until > wish.limit_until)


def check_red_lines(found: Iterable[str]) -> None:
    """Nobody gives credit over a red line that nobody may waive, neither on applying nor on agreeing. Raises NotWaivable."""
    for line in sorted(set(found) & set(NEVER_WAIVED)):
        raise NotWaivable(line=RED_LINES[line])


def is_exception(wish: Wish) -> bool:
    """Grade D, a waived red line or a term beyond the usual: the longest route."""
    if wish.kind in LESS:
        return False
    return wish.grade == "D" or bool(wish.waives) or wish.term_days > wish.longest_term_days


# --- opinions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """An opinion as the rules see it: at which step, which word, by whom, and for whom where a deputy spoke."""

    step: int
    word: str
    by: int
    stands_in_for: int | None = None
    fen: int | None = None
    term_days: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where an application stands after its opinions; `fen` and `term_days` are the least anybody agreed to."""

    state: str
    step: int
    fen: int
    term_days: int


def roles_now(steps: Sequence[str], step: int, said: Iterable[Said], superiors: dict[str, str]) -> tuple[str, ...]:
    """The roles that may speak now: the step's own, and one superior more for each time it ran out of time."""
    if step >= len(steps):
        return ()
    roles = [steps[step]]
    for _time in range(sum(one.word == "escalate" and one.step == step for one in said)):
        above = superiors.get(roles[-1])
        if above is None:
            break
        roles.append(above)
    return tuple(roles)


def outcome(steps: Sequence[str], wanted_fen: int, wanted_term_days: int, said: Sequence[Said]) -> Outcome:
    """What the opinions so far come to: every step must agree; nobody's silence counts."""
    step, fen, days = 0, wanted_fen, wanted_term_days
    for one in said:
        if one.word == "withdraw":
            return Outcome("withdrawn", step, fen, days)
        if one.word in ("return", "reject"):
            return Outcome("returned" if one.word == "return" else "rejected", step, fen, days)
        if one.word in AGREEING and one.step == step:
            fen = min(fen, one.fen) if one.fen is not None else fen
            days = min(days, one.term_days) if one.term_days is not None else days
            step += 1
    return Outcome("granted" if step >= len(steps) else "waiting", step, fen, days)


def sales_for_judges(role: str, own_roles: Collection[str]) -> bool:
    """Whether a deputy who only sells would judge: sales alone approve nothing, through no deputy either (domain 2.8)."""
    return role not in SALES and set(own_roles) <= SALES


def check_opinion(
    *,
    number: str,
    state: str,
    applicant: int,
    speaker: int,
    stands_in_for: int | None,
    speaker_roles: Collection[str],
    roles: Sequence[str],
    said: Sequence[Said],
    word: str,
    reason: str,
    fen: int | None,
    term_days: int | None,
    so_far: Outcome,
    own_roles: Collection[str] | None = None,
) -> None:
    """Whether somebody may say this now; `own_roles` are a deputy's own, `speaker_roles` those of whom they stand in for.

    Raises NotWaiting, OwnApplication, NotYourStep, SalesForJudges, SecondOpinion and others by name.
    """
    if state != "waiting":
        raise NotWaiting(number=number, found=STATES[state])
    if applicant in (speaker, stands_in_for):
        raise OwnApplication
    if word not in DECIDING or not set(speaker_roles) & set(roles):
        raise NotYourStep(role=ROLES[roles[0]].name if roles else "")
    role = next(one for one in roles if one in speaker_roles)
    if stands_in_for is not None and own_roles is not None and sales_for_judges(role, own_roles):
        raise SalesForJudges(role=ROLES[role].name)
    people = {who for one in said if one.word in DECIDING for who in (one.by, one.stands_in_for) if who is not None}
    if people & {speaker, stands_in_for}:
        raise SecondOpinion
    if word == "reduce" and (fen is None or not 0 < fen < so_far.fen):
        raise ReduceNeedsAmount(most_fen=so_far.fen)
    if fen is not None and not 0 < fen <= so_far.fen:
        raise ReduceNeedsAmount(most_fen=so_far.fen)
    if term_days is not None and not 0 <= term_days <= so_far.term_days:
        raise TermAboveAsked(days=so_far.term_days)
    less = (fen is not None and fen < so_far.fen) or (term_days is not None and term_days < so_far.term_days)
    if (word != "agree" or less) and not reason.strip():
        raise OpinionNeedsWords
