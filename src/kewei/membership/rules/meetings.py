"""友会与座谈会: purpose, agenda, who came (institution and post, no names), minutes, actions, cost within a cap (1C rows 33-34)."""

from __future__ import annotations

from collections.abc import Sequence

from kewei.kernel.money import MAX_FEN
from kewei.kernel.refusals import N_, Refused, refusal

COUNCIL, CLUB = "council", "club"
KINDS: dict[str, str] = {COUNCIL: N_("座谈会"), CLUB: N_("友会活动")}
PROPOSED, APPROVED, REFUSED, CLOSED = "proposed", "approved", "refused", "closed"
STATES: dict[str, str] = {
    PROPOSED: N_("待批准"),
    APPROVED: N_("已批准"),
    REFUSED: N_("未批准"),
    CLOSED: N_("已办结"),
}
TONES: dict[str, str] = {PROPOSED: "warn", APPROVED: "ok", REFUSED: "bad", CLOSED: "quiet"}
# The post is enough to show who spoke; names are not needed (domain 4.8).
JOBS: dict[str, str] = {
    "head": N_("负责人"),
    "purchasing": N_("采购"),
    "pharmacy": N_("药剂、药师"),
    "finance": N_("财务"),
    "quality": N_("质管"),
    "store": N_("门店经理"),
    "other": N_("其他"),
}
COSTS: dict[str, str] = {
    "room": N_("场地"),
    "meal": N_("餐饮"),
    "material": N_("资料"),
    "transport": N_("交通"),
    "other": N_("其他"),
}
MOST_PEOPLE = 500


@refusal
class MeetingSaysLittle(Refused):
    code = "meeting_says_little"
    says = N_("请写明{field}")


@refusal
class MeetingState(Refused):
    code = "meeting_wrong_state"
    says = N_("「{title}」现为「{found}」，不能这样做")
    status = 409


@refusal
class OverCostCap(Refused):
    code = "over_cost_cap"
    says = N_("费用上限 {cap_fen} 元，已用 {used_fen} 元，这笔 {wanted_fen} 元超出")
    next_step = N_("请先提出更高的上限并经批准，说明原因")


@refusal
class OverMealCap(Refused):
    code = "over_meal_cap"
    says = N_("餐饮人均将为 {each_fen} 元，上限 {cap_fen} 元")
    next_step = N_("先登记出席；超出上限的不能报销")


@refusal
class CostNeedsInvoice(Refused):
    code = "cost_needs_invoice"
    says = N_("费用须有发票号与收款单位：不能付给个人")


@refusal
class NobodyCame(Refused):
    code = "nobody_came"
    says = N_("还没有登记出席与纪要，不能办结")


@refusal
class CameAlready(Refused):
    code = "came_already"
    says = N_("{customer} 的这个岗位已经登记出席")
    status = 409


@refusal
class BadAttendance(Refused):
    code = "bad_attendance"
    says = N_("出席登记不对：岗位从列表中选，人数 1 至 {most}")


@refusal
class ActionDone(Refused):
    code = "meeting_action_done"
    says = N_("这项行动已经完成")
    status = 409


@refusal
class ClubClosed(Refused):
    code = "club_closed"
    says = N_("友会已经解散")
    status = 409


@refusal
class InClubAlready(Refused):
    code = "in_club_already"
    says = N_("{customer} 已在友会中")
    status = 409


def check_meeting(kind: str, title: str, purpose: str, agenda: Sequence[str], cost_cap_fen: int) -> None:
    """A meeting says what for and what is on the agenda before anybody spends anything. Raises MeetingSaysLittle."""
    if kind not in KINDS or not title.strip():
        raise MeetingSaysLittle(field=N_("名称"))
    if not purpose.strip():
        raise MeetingSaysLittle(field=N_("目的"))
    if not [line for line in agenda if line.strip()]:
        raise MeetingSaysLittle(field=N_("议程"))
    if not 0 <= cost_cap_fen <= MAX_FEN:
        raise MeetingSaysLittle(field=N_("费用上限"))


def check_attendance(job: str, people: int) -> None:
    """A post of the list and a number of people. Raises BadAttendance."""
    if job not in JOBS or not 0 < people <= MOST_PEOPLE:
        raise BadAttendance(most=MOST_PEOPLE)


def check_cost(
    kind: str, fen: int, invoice: str, payee: str, used_fen: int, cap_fen: int, meals_fen: int, people: int,
    meal_per_head_fen: int,
) -> None:  # fmt: skip
    """A cost has an invoice and an organisation that is paid, and fits the cap; meals fit the cap per head.

    `used_fen` and `meals_fen` are what was spent before. Raises CostNeedsInvoice, OverCostCap, OverMealCap.
    """
    if kind not in COSTS or not 0 < fen <= MAX_FEN or not invoice.strip() or not payee.strip():
        raise CostNeedsInvoice
    if used_fen + fen > cap_fen:
        raise OverCostCap(cap_fen=cap_fen, used_fen=used_fen, wanted_fen=fen)
    if kind == "meal" and meals_fen + fen > meal_per_head_fen * people:
        raise OverMealCap(each_fen=(meals_fen + fen) // max(1, people), cap_fen=meal_per_head_fen)
