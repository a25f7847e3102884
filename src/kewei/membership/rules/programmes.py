"""会员计划: whom it is for, by which rules they earn and rise, and who must have approved it (domain 1C rows 30-32, 37-38)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel.ids import credit_code_fault
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.sales.rules import SOURCES
from kewei.terminals.rules import KINDS

PROPOSED, APPROVED, REFUSED, ENDED = "proposed", "approved", "refused", "ended"
STATES: dict[str, str] = {
    PROPOSED: N_("待批准"),
    APPROVED: N_("进行中"),
    REFUSED: N_("未批准"),
    ENDED: N_("已结束"),
}
TONES: dict[str, str] = {PROPOSED: "warn", APPROVED: "ok", REFUSED: "bad", ENDED: "quiet"}
# On what members earn: what they bought of us, or what they paid.
SALES, RECEIPTS, NOTHING = "sales", "receipts", "nothing"
BASES: dict[str, str] = {SALES: N_("进货额"), RECEIPTS: N_("回款额"), NOTHING: N_("不积分")}


@refusal
class CodeTaken(Refused):
    code = "programme_code_taken"
    says = N_("计划编码 {programme_code} 已被使用")
    status = 409


@refusal
class BadProgramme(Refused):
    code = "bad_programme"
    says = N_("会员计划不对：{reason}")


@refusal
class WrongState(Refused):
    code = "programme_wrong_state"
    says = N_("「{name}」现为「{found}」，不能这样做")
    status = 409


@refusal
class OwnProposal(Refused):
    code = "membership_own_proposal"
    says = N_("自己提出的不能自己批准：请由另一位有权的人决定")


@refusal
class WhyMissing(Refused):
    code = "membership_why_missing"
    says = N_("请写明原因")


@refusal
class DecidedAlready(Refused):
    code = "membership_decided_already"
    says = N_("已经决定过了")
    status = 409


@refusal
class OverBudget(Refused):
    code = "membership_over_budget"
    says = N_("计划预算还剩 {left_fen} 元，此项 {wanted_fen} 元")
    next_step = N_("请先提出新的预算并经批准")


@refusal
class OutsideSegment(Refused):
    code = "outside_segment"
    says = N_("{customer} 不在「{name}」的对象范围内：{reason}")


@refusal
class NotAnInstitution(Refused):
    code = "not_an_institution"
    says = N_("{customer} 没有有效的统一社会信用代码：会员只能是持证的机构，不能是个人")
    next_step = N_("请在客户档案补上统一社会信用代码与证照")


@refusal
class PapersMissing(Refused):
    code = "member_papers_missing"
    says = N_("{customer} 缺少有效的证照，不能入会")
    next_step = N_("请先登记并核验证照")


@refusal
class CardIncomplete(Refused):
    code = "member_card_incomplete"
    says = N_("{customer} 的档案完整度 {percent}%，入会须达到 {least}%")
    next_step = N_("请补全客户档案")


@refusal
class MemberAlready(Refused):
    code = "member_already"
    says = N_("{customer} 已是「{name}」的会员")
    status = 409


@refusal
class MemberNoMore(Refused):
    code = "member_no_more"
    says = N_("会员资格已经结束")
    status = 409


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier: from how much bought in twelve months (fen), and how many times the points (basis points)."""

    code: str
    name: str
    least_fen: int
    times_bp: int


@dataclass(frozen=True, slots=True)
class Rules:
    """How a programme works: what earns, what a point is worth and how long, tiers from the lowest up.

    `hold_bp`: a member keeps its tier while it reaches this share of the tier's least. `sources` are those of sales that
    count: what went through a distributor cannot come back on our invoice.
    """

    base: str
    fen_per_point: int
    point_fen: int
    valid_months: int
    coupon_months: int
    hold_bp: int
    sources: tuple[str, ...]
    tiers: tuple[Tier, ...]

    def tier(self, code: str) -> Tier:
        """The tier of this code, the lowest where there is none any more."""
        return next((tier for tier in self.tiers if tier.code == code), self.tiers[0])


SHIPPED: dict[str, Any] = {
    "base": SALES,
    "fen_per_point": 100_00,
    "point_fen": 50,
    "valid_months": 12,
    "coupon_months": 3,
    "hold_bp": 9_000,
    "sources": ["order", "import"],
    "tiers": [
        {"code": "basic", "name": "普通会员", "least_fen": 0, "times_bp": 10_000},
        {"code": "silver", "name": "银卡会员", "least_fen": 200_000_00, "times_bp": 12_000},
        {"code": "gold", "name": "金卡会员", "least_fen": 800_000_00, "times_bp": 15_000},
    ],
}


def read_rules(body: Any) -> Rules:
    """A version's value. Raises BadPolicy with the place that makes no sense."""
    try:
        tiers = tuple(Tier(**{name: row[name] for name in Tier.__slots__}) for row in body["tiers"])
        given = {name: body[name] for name in Rules.__slots__ if name not in ("sources", "tiers")}
        rules = Rules(**given, sources=tuple(body["sources"]), tiers=tiers)
    except (KeyError, TypeError) as wrong:
        raise BadPolicy(reason=str(wrong)) from wrong
    whole = [rules.fen_per_point, rules.point_fen, rules.valid_months, rules.coupon_months, rules.hold_bp]
    whole += [number for tier in tiers for number in (tier.least_fen, tier.times_bp)]
    if any(not isinstance(number, int) or isinstance(number, bool) for number in whole):
        raise BadPolicy(reason="int")
    if rules.base not in BASES:
        raise BadPolicy(reason="base")
    if set(rules.sources) - set(SOURCES) or (rules.base == SALES and not rules.sources):
        raise BadPolicy(reason="sources")
    if not (0 < rules.fen_per_point <= 10**9 and 0 <= rules.point_fen <= 10**7):
        raise BadPolicy(reason="fen_per_point, point_fen")
    if not (0 < rules.valid_months <= 60 and 0 < rules.coupon_months <= 60 and 0 < rules.hold_bp <= 10_000):
        raise BadPolicy(reason="valid_months, coupon_months, hold_bp")
    _check_tiers(tiers)
    return rules


def _check_tiers(tiers: tuple[Tier, ...]) -> None:
    leasts = [tier.least_fen for tier in tiers]
    if not tiers or leasts[0] != 0 or leasts != sorted(set(leasts)) or len({tier.code for tier in tiers}) != len(tiers):
        raise BadPolicy(reason="tiers.least_fen")
    if any(not 0 < tier.times_bp <= 100_000 or not tier.name or not tier.code for tier in tiers):
        raise BadPolicy(reason="tiers.times_bp")


@dataclass(frozen=True, slots=True)
class Enrolling:
    """What a member must be; percent of completeness of its card."""

    least_completeness: int


def read_enrolling(body: Any) -> Enrolling:
    """The policy's value. Raises BadPolicy."""
    if not 0 <= body["least_completeness"] <= 100:
        raise BadPolicy(reason="least_completeness")
    return Enrolling(body["least_completeness"])


ENROLLING = Policy(
    name="membership.enrolling",
    title=N_("入会条件"),
    keeper="membership.policy",
    since=date(2026, 11, 1),
    source="domain 1C row 37 [INF]: programmes need a complete card; 50 % is our judgement",
    body={"least_completeness": 50},
    read=read_enrolling,
)


@dataclass(frozen=True, slots=True)
class Applicant:
    """A customer that wants to become a member, as the rule sees it; `percent` is its card's completeness."""

    name: str
    kind: str
    province: str
    credit_code: str
    closed: bool
    papers_missing: bool
    percent: int


def check_applicant(name: str, segment: Mapping[str, Any], one: Applicant, policy: Enrolling) -> None:
    """A member is a verified licensed entity of the segment (the Metro lesson, domain 1C row 38).

    Raises NotAnInstitution, OutsideSegment, PapersMissing, CardIncomplete.
    """
    if not one.credit_code or credit_code_fault(one.credit_code):
        raise NotAnInstitution(customer=one.name)
    if why := outside(segment, one):
        raise OutsideSegment(customer=one.name, name=name, reason=why)
    if one.closed or one.papers_missing:
        raise PapersMissing(customer=one.name)
    if one.percent < policy.least_completeness:
        raise CardIncomplete(customer=one.name, percent=one.percent, least=policy.least_completeness)


def outside(segment: Mapping[str, Any], one: Applicant) -> str:
    """Why a customer does not belong to a segment, as a msgid; an empty text where it does."""
    if segment.get("kinds") and one.kind not in segment["kinds"]:
        return N_("终端类型不符")
    if segment.get("provinces") and one.province not in segment["provinces"]:
        return N_("地区不符")
    return ""


def check_segment(kinds: Iterable[str]) -> None:
    """Kinds of terminals there are. Raises BadProgramme."""
    if set(kinds) - set(KINDS):
        raise BadProgramme(reason=N_("终端类型不符"))


def check_programme(name: str, purpose: str, ground: str, since: date, until: date, budget_fen: int) -> None:
    """A programme says what for, on which legal ground, how long and for how much. Raises BadProgramme."""
    if not name.strip() or not purpose.strip():
        raise BadProgramme(reason=N_("名称与目的必填"))
    if not ground.strip():
        raise BadProgramme(reason=N_("法律依据必填"))
    if until < since:
        raise BadProgramme(reason=N_("截止日早于起始日"))
    if not 0 < budget_fen <= 10**13:
        raise BadProgramme(reason=N_("预算须大于零"))


def check_budget(budget_fen: int, used_fen: int, wanted_fen: int) -> None:
    """Whether a sum still fits a programme's budget, fen. Raises OverBudget."""
    if used_fen + wanted_fen > budget_fen:
        raise OverBudget(left_fen=max(0, budget_fen - used_fen), wanted_fen=wanted_fen)


def check_decider(proposer: int, decider: int, agree: bool, why: str) -> None:
    """Who proposes does not approve; a no has a reason. Raises OwnProposal, WhyMissing."""
    if proposer == decider:
        raise OwnProposal
    if not agree and not why.strip():
        raise WhyMissing
