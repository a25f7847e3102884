"""承诺付款: what a customer promises to pay and when, and whether it did (domain 2.14; docs/algorithms/promises.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from kewei.kernel.calendar import add_working_days
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal

PENDING, PART, KEPT, BROKEN = "pending", "part", "kept", "broken"
RESCHEDULED, CANCELLED = "rescheduled", "cancelled"
STATES: dict[str, str] = {
    PENDING: N_("待履行"),
    PART: N_("部分履行"),
    KEPT: N_("已履行"),
    BROKEN: N_("失约"),
    RESCHEDULED: N_("已改期"),
    CANCELLED: N_("已取消"),
}
TONES: dict[str, str] = {
    PENDING: "info",
    PART: "info",
    KEPT: "ok",
    BROKEN: "bad",
    RESCHEDULED: "quiet",
    CANCELLED: "quiet",
}
# Still to be performed: an item stands in one of these at most.
LIVE = (PENDING, PART)

# verb -> the states it may start from, and where it leads. `correct`: money dated in time was booked after the judgement.
MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    "receive": ((PENDING, PART), PART),
    "keep": ((PENDING, PART), KEPT),
    "break": ((PENDING, PART), BROKEN),
    "correct": ((BROKEN,), KEPT),
    "reschedule": ((PENDING, PART), RESCHEDULED),
    "cancel": ((PENDING, PART), CANCELLED),
}
METHODS: dict[str, str] = {"transfer": N_("转账"), "bill": N_("承兑汇票"), "platform": N_("平台结算")}
ORAL, WRITTEN, SEALED = "oral", "written", "sealed"
FORMS: dict[str, str] = {ORAL: N_("口头"), WRITTEN: N_("书面（含微信、邮件）"), SEALED: N_("盖章还款计划")}
# Whether whoever promised may bind the debtor (domain 2.11).
UNKNOWN_AUTHORITY = "unknown"
AUTHORITIES: dict[str, str] = {
    "legal_rep": N_("法定代表人"),
    "in_charge": N_("主要负责人"),
    "finance": N_("财务部门"),
    "authorised": N_("经书面授权"),
    UNKNOWN_AUTHORITY: N_("不明"),
}
# How well an event that restarts limitation is proved (domain 2.11 时效中断效力).
PROVED, DOUBTFUL, NO_EFFECT = "proved", "doubtful", "none"
STRENGTHS: dict[str, str] = {PROVED: N_("有证据"), DOUBTFUL: N_("待证"), NO_EFFECT: N_("无")}
FULL_BP = 10_000


@refusal
class WrongPromiseState(Refused):
    code = "wrong_promise_state"
    says = N_("这项承诺现为「{found}」，不能这样做")
    status = 409


@refusal
class PromiseWithoutItems(Refused):
    code = "promise_without_items"
    says = N_("请选择承诺支付的发票")


@refusal
class PromiseAboveOpen(Refused):
    code = "promise_above_open"
    says = N_("承诺 {promised_fen} 元，多于所选发票的未付余额 {open_fen} 元")


@refusal
class PromiseAmountMissing(Refused):
    code = "promise_amount_missing"
    says = N_("每一期的金额都须大于零")


@refusal
class PromiseDaysWrong(Refused):
    code = "promise_days_wrong"
    says = N_("付款日须从承诺之日 {made_on} 起，一期晚于一期")


@refusal
class PromiseMadeLater(Refused):
    code = "promise_made_later"
    says = N_("承诺之日 {made_on} 晚于今天")


@refusal
class PromiserMissing(Refused):
    code = "promiser_missing"
    says = N_("请写明是谁承诺的")


@refusal
class PlanNeedsPaper(Refused):
    code = "plan_needs_paper"
    says = N_("盖章还款计划须附上文件")


@refusal
class PlanNeedsManager(Refused):
    code = "plan_needs_manager"
    says = N_("最后一期 {last_on} 距今超过 {most_days} 天：须由有升级权限的人登记")
    next_step = N_("请交大区经理或信用经理登记这份计划")


@refusal
class SecondReschedule(Refused):
    code = "second_reschedule"
    says = N_("这笔承诺已改期 {moved} 次：再次改期须由经理决定")
    next_step = N_("请交大区经理或信用经理改期")


@refusal
class RescheduleNotLater(Refused):
    code = "reschedule_not_later"
    says = N_("改期后的最后付款日 {last_on} 须晚于原定的 {former_on}")


@refusal
class AlreadyPromised(Refused):
    code = "already_promised"
    says = N_("发票 {number} 已有待履行的承诺：请改期，或先取消原承诺")
    status = 409


@refusal
class WhyMissing(Refused):
    code = "promise_why_missing"
    says = N_("请写明原因")


@dataclass(frozen=True, slots=True)
class PromisePolicy:
    """When a promise counts as kept, and who may move it.

    Kept: `kept_bp` of the amount came by the day and `grace_days` working days. From the `own_moves`-th reschedule on,
    and for plans longer than `own_days`, a manager decides. `breaks` in a row escalate one stage. For `correct_days`
    after a break, money booked late still corrects it.
    """

    kept_bp: int
    grace_days: int
    own_moves: int
    own_days: int
    breaks: int
    correct_days: int


def read_promise_policy(body: Any) -> PromisePolicy:
    """Read a version. Raises BadPolicy."""
    policy = PromisePolicy(**body)
    if not 0 < policy.kept_bp <= FULL_BP or policy.breaks < 1 or not 0 <= policy.grace_days <= 30:
        raise BadPolicy(reason="0 < kept_bp ≤ 10000, breaks ≥ 1, 0 ≤ grace_days ≤ 30")
    return policy


PROMISES = Policy(
    name="collecting.promises",
    title=N_("承诺付款：何时算履行、由谁改期"),
    keeper="collecting.policy",
    since=date(2026, 11, 1),
    source="domain 2.14 [INF]: 95 % by date + 2 working days, second reschedule by a manager, two breaks escalate;"
    " own_days, correct_days [INF]",
    body={"kept_bp": 9_500, "grace_days": 2, "own_moves": 1, "own_days": 90, "breaks": 2, "correct_days": 30},
    read=read_promise_policy,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One instalment: an amount by a day."""

    due_on: date
    fen: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a promise by a day: its state, what had come (by the deadline that decided), and which instalment
    failed (0 for the first).
    """

    state: str
    paid_fen: int
    failed: int | None = None


def check_move(verb: str, state: str) -> str:
    """The state a verb leads to. Raises WrongPromiseState."""
    begins, ends = MOVES[verb]
    if state not in begins:
        raise WrongPromiseState(found=STATES[state])
    return ends


def check_promise(
    parts: Sequence[Part], open_fen: int, made_on: date, today: date, promiser: str, form: str, has_paper: bool
) -> None:
    """Raises PromiseMadeLater, PromiserMissing, PromiseAmountMissing, PromiseDaysWrong, PromiseAboveOpen, PlanNeedsPaper."""
    if made_on > today:
        raise PromiseMadeLater(made_on=made_on)
    if not promiser.strip():
        raise PromiserMissing
    if not parts or any(part.fen <= 0 for part in parts):
        raise PromiseAmountMissing
    if parts[0].due_on < made_on or any(a.due_on >= b.due_on for a, b in pairwise(parts)):
        raise PromiseDaysWrong(made_on=made_on)
    promised = sum(part.fen for part in parts)
    if promised > open_fen:
        raise PromiseAboveOpen(promised_fen=promised, open_fen=open_fen)
    if form == SEALED and not has_paper:
        raise PlanNeedsPaper


def check_authority(last_on: date, today: date, moved: int, may_escalate: bool, policy: PromisePolicy) -> None:
    """Long plans and second reschedules are a manager's. Raises PlanNeedsManager, SecondReschedule."""
    if may_escalate:
        return
    if moved > policy.own_moves:
        raise SecondReschedule(moved=moved - 1)
    if (last_on - today).days > policy.own_days:
        raise PlanNeedsManager(last_on=last_on, most_days=policy.own_days)


def deadline(due_on: date, policy: PromisePolicy) -> date:
    """The last day on which money for an instalment still keeps it."""
    return add_working_days(due_on, policy.grace_days)


def judge(parts: Sequence[Part], received: Iterable[tuple[date, int]], today: date, policy: PromisePolicy) -> Judgement:
    """What has become of a promise by `today`; `received` are (day, fen), as booked.

    Instalments are judged by what had come altogether by each deadline: money paid early is not asked for twice. All
    that was promised keeps it at once; once the last deadline is over, `kept_bp` of it does.
    """
    came = sorted(received)
    total = due = 0
    for place, part in enumerate(parts):
        total += part.fen
        last = deadline(part.due_on, policy)
        due += part.fen
        paid = sum(fen for day, fen in came if day <= last)
        if today > last and paid * FULL_BP < due * policy.kept_bp:
            return Judgement(BROKEN, max(0, paid), place)
    paid = max(0, sum(fen for day, fen in came if day <= today))
    if paid >= total or today > deadline(parts[-1].due_on, policy):
        return Judgement(KEPT, paid)
    return Judgement(PART if paid else PENDING, paid)


def strength_of(form: str, authority: str, has_paper: bool) -> str:
    """How well a promise proves that the debtor agreed to pay, and so restarts limitation (诉讼时效规定 14)."""
    if not has_paper:
        return NO_EFFECT
    return PROVED if form in (WRITTEN, SEALED) and authority != UNKNOWN_AUTHORITY else DOUBTFUL


def breaks_in_row(outcomes: Iterable[str]) -> int:
    """How many of a customer's judged promises were broken in a row; `outcomes` newest first."""
    count = 0
    for outcome in outcomes:
        if outcome == KEPT:
            break
        count += outcome == BROKEN
    return count


def extra_stages(in_row: int, policy: PromisePolicy) -> int:
    """By how many stages broken promises push a case up."""
    return in_row // policy.breaks
