"""订单状态: which way an order may go from where it stands."""

from __future__ import annotations

from kewei.kernel.refusals import N_, Refused, refusal
from kewei.orders.rules.gate import BLOCK, PASS, Decision

HELD, WAITING, RELEASED = "held", "waiting", "released"
PART, DELIVERED, CLOSED = "part_delivered", "delivered", "closed"
CANCELLED, LAPSED = "cancelled", "lapsed"

STATES: dict[str, str] = {
    HELD: N_("拦截"),
    WAITING: N_("待放行"),
    RELEASED: N_("已放行"),
    PART: N_("部分发货"),
    DELIVERED: N_("已发货"),
    CLOSED: N_("已完结"),
    CANCELLED: N_("已取消"),
    LAPSED: N_("占用超时"),
}
TONES: dict[str, str] = {
    HELD: "bad",
    WAITING: "warn",
    RELEASED: "ok",
    PART: "info",
    DELIVERED: "info",
    CLOSED: "quiet",
    CANCELLED: "quiet",
    LAPSED: "warn",
}

# verb -> the states it may start from.
FROM: dict[str, tuple[str, ...]] = {
    "recheck": (HELD, WAITING, LAPSED),
    "release": (HELD, WAITING, LAPSED),
    # Also what was released and no longer passes at the door: its special release ended, or a debt came due since.
    "release_specially": (HELD, WAITING, LAPSED, RELEASED, PART),
    "lapse": (WAITING, RELEASED),
    "cancel": (HELD, WAITING, RELEASED, PART, LAPSED),
    "deliver": (RELEASED, PART),
    "invoice": (PART, DELIVERED),
    "take_back": (PART, DELIVERED, CLOSED),
}
# Whoever may still change something about these.
OPEN = (HELD, WAITING, RELEASED, PART, DELIVERED, LAPSED)


@refusal
class WrongState(Refused):
    code = "wrong_order_state"
    says = N_("订单 {number} 现为「{found}」，不能这样做")
    status = 409


@refusal
class OwnOrder(Refused):
    code = "own_order"
    says = N_("自己下的订单不能自己放行：请由另一位有权的人放行")


@refusal
class GateClosed(Refused):
    code = "gate_says_no"
    says = N_("订单 {number} 未能通过关口：{first}")
    next_step = N_("请先解决上面的问题；可以豁免的，由有权的人写明理由特批")


@refusal
class NeedsSpecialRelease(Refused):
    code = "needs_special_release"
    says = N_("订单 {number} 须特批：{first}")
    next_step = N_("请写明理由，由有权的人特批")


@refusal
class BeyondAuthority(Refused):
    code = "beyond_authority"
    says = N_("您最多可以特批 {most_fen} 元，此单须 {wanted_fen} 元：请交上一级")


@refusal
class NoAuthority(Refused):
    code = "no_release_authority"
    says = N_("您的岗位没有特批订单的额度：请交上一级")


@refusal
class SalesForReleaser(Refused):
    code = "sales_for_releaser"
    says = N_("销售人员不能代理{role}特批订单")


@refusal
class ReleaseNeedsWords(Refused):
    code = "release_needs_words"
    says = N_("特批要写明理由")


@refusal
class ReleaseTooLong(Refused):
    code = "release_too_long"
    says = N_("特批的有效期从今天起最长 {most_days} 天")


def check_state(verb: str, number: str, state: str) -> None:
    """Whether a verb may be done to an order in this state. Raises WrongState."""
    if state not in FROM[verb]:
        raise WrongState(number=number, found=STATES[state])


def state_after(decision: Decision, grade: str, released_by_itself: tuple[str, ...], payment: str) -> str:
    """Where the gate's answer puts an order: held, waiting for a person, or released by itself.

    Grades A and B are released by themselves where everything passes; for C a person looks (domain 2.7). What is not
    bought on credit needs no person.
    """
    if decision.outcome == BLOCK:
        return HELD
    if decision.outcome == PASS and (payment != "credit" or grade in released_by_itself):
        return RELEASED
    return WAITING


def after_delivery(open_milli: int) -> str:
    """Part or all of it has left."""
    return PART if open_milli else DELIVERED


def after_invoice(open_milli: int, uninvoiced_fen: int, state: str) -> str:
    """Closed once everything is delivered (or cancelled) and invoiced."""
    return CLOSED if not open_milli and not uninvoiced_fen else state
