"""活动状态: the way of a campaign from an idea to a result, and who may take which step (domain 1C 40–41, 4.5)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kewei.kernel.refusals import N_, Refused, refusal

DRAFT, HANDED_IN, SENT_BACK, APPROVED = "draft", "handed_in", "sent_back", "approved"
RUNNING, CLOSED, WITHDRAWN = "running", "closed", "withdrawn"
STATES: dict[str, str] = {
    DRAFT: N_("草稿"),
    HANDED_IN: N_("待合规审核"),
    SENT_BACK: N_("合规退回"),
    APPROVED: N_("合规已同意"),
    RUNNING: N_("进行中"),
    CLOSED: N_("已完结"),
    WITHDRAWN: N_("已撤回"),
}
# From where each step may be taken; what is not here is not done.
STEPS: dict[str, frozenset[str]] = {
    HANDED_IN: frozenset({DRAFT, SENT_BACK}),
    APPROVED: frozenset({HANDED_IN}),
    SENT_BACK: frozenset({HANDED_IN}),
    RUNNING: frozenset({APPROVED}),
    CLOSED: frozenset({RUNNING}),
    WITHDRAWN: frozenset({DRAFT, HANDED_IN, SENT_BACK, APPROVED, RUNNING}),
}
OPEN_TO_CHANGE = frozenset({DRAFT, SENT_BACK})
LISTED = frozenset({DRAFT, SENT_BACK, APPROVED, RUNNING})
MOST_DAYS, MOST_AHEAD = 120, 400


@refusal
class NotInThisState(Refused):
    code = "campaign_not_in_this_state"
    says = N_("活动「{name}」现在是「{found}」，不能这样做")
    status = 409


@refusal
class BadCampaign(Refused):
    code = "bad_campaign"
    says = N_("活动填得不对：{reason}")


@refusal
class NothingComposed(Refused):
    code = "campaign_without_list"
    says = N_("活动还没有重点名单")
    next_step = N_("请先生成名单")


@refusal
class ProposerApproves(Refused):
    code = "campaign_proposer_approves"
    says = N_("提出或修改活动的人不能自己审核")
    next_step = N_("请由另一位合规审核人处理")


@refusal
class ChecksMissing(Refused):
    code = "campaign_checks_missing"
    says = N_("同意之前要逐项核对，还差：{note}")


@refusal
class WordsMissing(Refused):
    code = "campaign_words_missing"
    says = N_("请写明原因")


@refusal
class NotOverYet(Refused):
    code = "campaign_not_over_yet"
    says = N_("活动到 {last_on} 结束，销售要等到 {from_on} 才齐")
    next_step = N_("提前结束请用撤回")


@refusal
class OverAlready(Refused):
    code = "campaign_over_already"
    says = N_("活动的最后一天 {last_on} 已过")


@refusal
class AlreadyListed(Refused):
    code = "campaign_terminal_listed"
    says = N_("这家终端已在名单中")
    status = 409


@refusal
class HeldOut(Refused):
    code = "campaign_terminal_held_out"
    says = N_("这家终端被抽为留出组，加入会使比较失效")
    next_step = N_("活动结束后再安排")


@refusal
class InAnother(Refused):
    code = "campaign_terminal_in_another"
    says = N_("这家终端已在同一产品的活动「{name}」中")
    status = 409


@refusal
class NotOnTheList(Refused):
    code = "campaign_terminal_not_listed"
    says = N_("这家终端不在名单中")


@refusal
class MayNotBuy(Refused):
    code = "campaign_terminal_may_not_buy"
    says = N_("这家终端不能购买本品：{finding}")


@refusal
class TooManyListed(Refused):
    code = "campaign_list_too_long"
    says = N_("名单最多 {most} 家")


# What compliance must have seen before it agrees (domain 4.5); each is ticked by hand, none is taken for granted.
CHECKS: dict[str, str] = {
    "no_person": N_("没有给个人的礼品、现金、卡券、旅游或宴请"),
    "no_volume": N_("学术会议、赞助、讲课费不与销量挂钩"),
    "on_invoice": N_("价格优惠只在发票或红字发票上体现"),
    "material": N_("宣传材料为已审版本，内容与说明书一致"),
    "no_doctor": N_("不收集医生个人的处方量"),
    "cost": N_("费用有上限，付给机构并有凭证"),
}
# What a campaign may offer; gifts, cash, cards and coupons for people have no name here (domain 4.5: BLOCK).
NOTHING, ON_INVOICE, SERVICE = "none", "on_invoice", "service"
BENEFITS: dict[str, str] = {
    NOTHING: N_("不附带优惠"),
    ON_INVOICE: N_("发票上的价格优惠"),
    SERVICE: N_("服务（培训、陈列、资质协助）"),
}
MATERIAL_COST, MEETING, DISCOUNT, POINTS, WORK, OTHER = "material", "meeting", "discount", "points", "service", "other"
COSTS: dict[str, str] = {
    MATERIAL_COST: N_("宣传材料"),
    MEETING: N_("会议"),
    DISCOUNT: N_("优惠（红字发票）"),
    POINTS: N_("会员积分和券（按抵值）"),
    WORK: N_("服务"),
    OTHER: N_("其他"),
}


@refusal
class DocumentMissing(Refused):
    code = "campaign_document_missing"
    says = N_("优惠只能在红字发票上体现，请填已登记的红字发票号")


@refusal
class OverTheCap(Refused):
    code = "campaign_over_the_cap"
    says = N_("费用上限 {cap_fen} 元，已用 {used_fen} 元，再记 {wanted_fen} 元就超过了")


@dataclass(frozen=True, slots=True)
class Given:
    """A campaign as it is proposed; quantities in thousandths a terminal a month, money in fen."""

    name: str
    month: date
    first_on: date
    last_on: date
    goal: str
    goal_milli: int
    benefit: str = NOTHING
    benefit_words: str = ""
    cap_fen: int = 0


def check_given(given: Given, today: date) -> None:
    """A campaign that can be planned. Raises BadCampaign."""
    if not given.name.strip() or not given.goal.strip():
        raise BadCampaign(reason=N_("请填名称和目标"))
    if given.month.day != 1:
        raise BadCampaign(reason=N_("月份从一日开始"))
    if not given.first_on <= given.last_on or (given.last_on - given.first_on).days + 1 > MOST_DAYS:
        raise BadCampaign(reason=N_("最后一天不能早于第一天，最长 120 天"))
    if given.last_on < today or given.first_on > today + timedelta(days=MOST_AHEAD):
        raise BadCampaign(reason=N_("日期已过，或太远"))
    if given.goal_milli < 0 or given.cap_fen < 0:
        raise BadCampaign(reason=N_("目标和费用上限不能为负"))
    if given.benefit not in BENEFITS:
        raise BadCampaign(reason=N_("没有这种优惠"))
    if given.benefit != NOTHING and not given.benefit_words.strip():
        raise BadCampaign(reason=N_("请写明优惠的内容和依据"))


def check_step(name: str, state: str, to: str) -> None:
    """Whether the step may be taken from here. Raises NotInThisState."""
    if state not in STEPS[to]:
        raise NotInThisState(name=name, found=STATES[state])


def check_open(name: str, state: str, among: Collection[str] = OPEN_TO_CHANGE) -> None:
    """Whether the campaign may still be changed, or its list. Raises NotInThisState."""
    if state not in among:
        raise NotInThisState(name=name, found=STATES[state])


def check_opinion(agreed: bool, checks: Collection[str], note: str, approver: int, hands: Collection[int]) -> None:
    """An opinion of compliance: by somebody whose hands were not on it. Raises ProposerApproves, ChecksMissing, WordsMissing."""
    if approver in hands:
        raise ProposerApproves
    if agreed:
        for code, said in CHECKS.items():
            if code not in checks:
                raise ChecksMissing(note=said)
    elif not note.strip():
        raise WordsMissing


def check_closing(last_on: date, today: date, wait_days: int) -> None:
    """A result is kept once the days are over and sales are in. Raises NotOverYet."""
    from_on = last_on + timedelta(days=wait_days)
    if today <= last_on or today < from_on:
        raise NotOverYet(last_on=last_on, from_on=max(from_on, last_on + timedelta(days=1)))


def check_cost(fen: int, used_fen: int, cap_fen: int) -> None:
    """Whether a cost stays under what was agreed. Raises OverTheCap."""
    if used_fen + fen > cap_fen:
        raise OverTheCap(cap_fen=cap_fen, used_fen=used_fen, wanted_fen=fen)


@dataclass(frozen=True, slots=True)
class VersionSeen:
    """A version of a material as starting looks at it."""

    title: str
    agreed: bool | None
    valid_until: date


@refusal
class MaterialNotGood(Refused):
    code = "campaign_material_not_good"
    says = N_("材料「{title}」不能用：{reason}")
    next_step = N_("请换已审核、在有效期内的版本")


@refusal
class MaterialNamed(Refused):
    code = "campaign_material_named"
    says = N_("这个产品已有名为「{name}」的材料")
    next_step = N_("改动请登记为新版本")
    status = 409


@refusal
class JudgedAlready(Refused):
    code = "campaign_material_judged"
    says = N_("这个版本已经审核过")
    next_step = N_("改动请登记为新版本")
    status = 409


@refusal
class OtherProduct(Refused):
    code = "campaign_material_of_another_product"
    says = N_("材料「{title}」讲的是另一个产品")


UNSEEN, REFUSED_IT, TOO_OLD = N_("还没有审核"), N_("审核没有通过"), N_("在活动期间到期")


def check_materials(versions: Sequence[VersionSeen], last_on: date) -> None:
    """Only approved versions that stay good to the last day are shown to anybody (domain 4.5). Raises MaterialNotGood."""
    for one in versions:
        if not one.agreed:
            raise MaterialNotGood(title=one.title, reason=UNSEEN if one.agreed is None else REFUSED_IT)
        if one.valid_until < last_on:
            raise MaterialNotGood(title=one.title, reason=TOO_OLD)
