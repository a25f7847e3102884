"""以物抵债: what settles a debt instead of money, what the law forbids of it, and who agrees (domain 2.15, 4.11)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, Translate, as_words, in_chinese, refusal
from kewei.receivables.rules.bills import add_months

DRUGS = "drugs"
ASSETS: dict[str, str] = {
    "goods": N_("商品"),
    DRUGS: N_("药品"),
    "equipment": N_("设备"),
    "vehicle": N_("车辆"),
    "real_estate": N_("不动产"),
    "claim": N_("债权"),
    "other": N_("其他"),
}
PROPOSED, APPROVED, REFUSED, CANCELLED = "proposed", "approved", "refused", "cancelled"
PERFORMED, DISPOSED = "performed", "disposed"
STATES: dict[str, str] = {
    PROPOSED: N_("待审批"),
    APPROVED: N_("已批准，待交付"),
    REFUSED: N_("未批准"),
    CANCELLED: N_("已取消"),
    PERFORMED: N_("已交付，债务消灭"),
    DISPOSED: N_("已处置"),
}
TONES: dict[str, str] = {
    PROPOSED: "warn",
    APPROVED: "info",
    REFUSED: "quiet",
    CANCELLED: "quiet",
    PERFORMED: "ok",
    DISPOSED: "ok",
}
# verb -> the states it may start from, and where it leads. Until it is performed we may claim the debt instead.
MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    "approve": ((PROPOSED,), APPROVED),
    "refuse": ((PROPOSED,), REFUSED),
    "cancel": ((PROPOSED, APPROVED), CANCELLED),
    "perform": ((APPROVED,), PERFORMED),
    "dispose": ((PERFORMED,), DISPOSED),
    # Put on paper once it is agreed; the state stays.
    "draft": ((APPROVED,), APPROVED),
}
# Who agrees, and the verb it takes (domain 2.15: legal, finance, quality where it is drugs).
LEGAL, FINANCE, QUALITY = "legal", "finance", "quality"
OPINIONS: dict[str, tuple[str, str]] = {
    LEGAL: (N_("法务意见"), "collecting.law"),
    FINANCE: (N_("财务意见"), "collecting.exit"),
    QUALITY: (N_("质管意见"), "credit.approve_quality"),
}
# We may buy drugs only from makers and licensed sellers (药品管理法 55); a hospital is not one.
DRUG_SELLERS = ("distributor", "maker")
BLOCK, WARN = "block", "warn"
RULES: dict[str, str] = {
    "before_due": N_("抵债协议须在债务到期后订立：发票 {number} {due_on} 才到期"),
    "auto_transfer": N_("「到期不还，资产即归我方」的约定无效（可以约定变卖受偿）"),
    "drug_seller": N_("药品只能从药品上市许可持有人或有资质的药品经营企业取得：该客户不是"),
    "drug_papers": N_("该客户的药品经营许可无效或不在有效期内"),
    "above_debt": N_("抵偿 {offset_fen} 元多于所选发票的未付余额 {open_fen} 元"),
    "no_value": N_("没有估价：须写明评估价和评估日"),
    "no_title": N_("没有权属证明"),
    "encumbered": N_("资产有共有、抵押或查封：先解除"),
    "old_value": N_("评估日 {valued_on} 已超过 {months} 个月"),
    "above_value": N_("抵偿 {offset_fen} 元高于评估价打折后的 {value_fen} 元"),
    "old_search": N_("抵押、查封查询日 {searched_on} 已超过 {days} 天或没有查询"),
    "no_invoice": N_("对方尚未承诺开具发票：对方的转让是应税处置"),
}


@refusal
class WrongOffsetState(Refused):
    code = "wrong_offset_state"
    says = N_("这项抵债现为「{found}」，不能这样做")
    status = 409


@refusal
class OffsetBlocked(Refused):
    """`rule` is one of RULES, `told` the numbers of its sentence."""

    code = "offset_blocked"
    says = N_("不能这样抵债：{reason}")

    def sentence(self, translate: Translate = in_chinese) -> str:
        """The rule's own sentence, in the reader's language."""
        words = {name: as_words(name, value, translate) for name, value in self.told.items()}
        return translate(self.says).format(reason=translate(RULES[self.rule]).format(**words))


@refusal
class OffsetIncomplete(Refused):
    code = "offset_incomplete"
    says = N_("请写明资产、抵偿金额，并选择发票")


@refusal
class OffsetOwnOpinion(Refused):
    code = "offset_own_opinion"
    says = N_("提出人和已经表示意见的人不能再审批这项抵债")


@refusal
class OffsetOpinionGiven(Refused):
    code = "offset_opinion_given"
    says = N_("这项意见已经有人给出，或不需要")
    status = 409


@refusal
class AgreementWaits(Refused):
    code = "agreement_waits"
    says = N_("该客户另一项抵债的协议 {number} 还没有用印")
    next_step = N_("请先用印或作废那一份，再起草这一份")
    status = 409


@refusal
class OffsetNeedsReceipt(Refused):
    code = "offset_needs_receipt"
    says = N_("请先由会计按抵账登记 {offset_fen} 元收款，再登记交付：{number} 不是这样的收款")


@refusal
class DrugsNotReceived(Refused):
    code = "drugs_not_received"
    says = N_("药品须完成 GSP 收货验收后才能登记交付")


@dataclass(frozen=True, slots=True)
class OffsetPolicy:
    """How old a valuation and a search may be, and how much of a fair value counts, by kind of asset."""

    value_months: int
    search_days: int
    counts_bp: dict[str, int]


def read_offset_policy(body: Any) -> OffsetPolicy:
    """Read a version. Raises BadPolicy."""
    policy = OffsetPolicy(**body)
    if set(policy.counts_bp) != set(ASSETS) or not all(0 < bp <= 10_000 for bp in policy.counts_bp.values()):
        raise BadPolicy(reason=f"counts_bp: {', '.join(ASSETS)}: 1–10000")
    return policy


OFFSETS = Policy(
    name="collecting.offsets",
    title=N_("以物抵债：估价有效期与折扣"),
    keeper="collecting.policy",
    since=date(2026, 11, 1),
    source="domain 4.11: valuation > 6 months old warns; search_days and haircuts [INF]",
    body={
        "value_months": 6,
        "search_days": 30,
        "counts_bp": {
            "goods": 7_000, "drugs": 7_000, "equipment": 6_000, "vehicle": 8_000, "real_estate": 8_000, "claim": 5_000,
            "other": 5_000,
        },
    },
    read=read_offset_policy,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deal:
    """What is offered for a debt, as far as the rules look at it; fen. `items` are (number, due day, open fen)."""

    asset: str
    agreed_on: date
    offset_fen: int
    value_fen: int
    valued_on: date | None
    items: tuple[tuple[str, date | None, int], ...]
    searched_on: date | None = None
    encumbered: bool = False
    auto_transfer: bool = False
    has_title: bool = False
    invoiced: bool = False
    customer_kind: str = ""
    drug_paper: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule that speaks about a deal: stops it, or warns; with the numbers of its sentence."""

    rule: str
    level: str
    numbers: tuple[tuple[str, Any], ...] = ()


def verdicts(deal: Deal, policy: OffsetPolicy) -> tuple[Verdict, ...]:
    """Everything the rules have to say about a deal, what stops it first (domain 2.15, 4.11)."""
    found: list[Verdict] = []
    open_fen = sum(fen for _number, _due, fen in deal.items)
    for number, due_on, _fen in deal.items:
        if due_on is None or due_on >= deal.agreed_on:
            found.append(Verdict("before_due", BLOCK, (("number", number), ("due_on", due_on or "–"))))
            break
    if deal.auto_transfer:
        found.append(Verdict("auto_transfer", BLOCK))
    if deal.asset == DRUGS and deal.customer_kind not in DRUG_SELLERS:
        found.append(Verdict("drug_seller", BLOCK))
    elif deal.asset == DRUGS and not deal.drug_paper:
        found.append(Verdict("drug_papers", BLOCK))
    if deal.offset_fen > open_fen:
        found.append(Verdict("above_debt", BLOCK, (("offset_fen", deal.offset_fen), ("open_fen", open_fen))))
    if deal.value_fen <= 0 or deal.valued_on is None:
        found.append(Verdict("no_value", BLOCK))
    if not deal.has_title:
        found.append(Verdict("no_title", BLOCK))
    if deal.encumbered:
        found.append(Verdict("encumbered", BLOCK))
    return (*found, *_warnings(deal, policy))


def _warnings(deal: Deal, policy: OffsetPolicy) -> Iterable[Verdict]:
    if deal.valued_on is not None and add_months(deal.valued_on, policy.value_months) < deal.agreed_on:
        yield Verdict("old_value", WARN, (("valued_on", deal.valued_on), ("months", policy.value_months)))
    counts = deal.value_fen * policy.counts_bp[deal.asset] // 10_000
    if deal.value_fen > 0 and deal.offset_fen > counts:
        yield Verdict("above_value", WARN, (("offset_fen", deal.offset_fen), ("value_fen", counts)))
    if deal.searched_on is None or (deal.agreed_on - deal.searched_on).days > policy.search_days:
        yield Verdict("old_search", WARN, (("searched_on", deal.searched_on or "–"), ("days", policy.search_days)))
    if not deal.invoiced:
        yield Verdict("no_invoice", WARN)


def check_move(verb: str, state: str) -> str:
    """The state a verb leads to. Raises WrongOffsetState."""
    begins, ends = MOVES[verb]
    if state not in begins:
        raise WrongOffsetState(found=STATES[state])
    return ends


def wanted_opinions(asset: str) -> tuple[str, ...]:
    """Whose agreement a deal needs: quality's too where it is drugs."""
    return (LEGAL, FINANCE, QUALITY) if asset == DRUGS else (LEGAL, FINANCE)


def check_opinion(part: str, asset: str, given: Collection[str], person: int, others: Collection[int]) -> None:
    """One opinion of each part, by people who did not propose it. Raises OffsetOpinionGiven, OffsetOwnOpinion."""
    if part not in wanted_opinions(asset) or part in given:
        raise OffsetOpinionGiven
    if person in others:
        raise OffsetOwnOpinion
