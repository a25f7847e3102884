"""反商业贿赂: what every benefit is asked before anybody may approve it (domain 4.5), as a table checked for gaps and overlaps.

BLOCK is refused by name, WARN needs an approver of the right side, RECORD keeps evidence. A natural person gets nothing:
there is no field for one, and whoever is not the member itself counts as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel import deciding
from kewei.kernel.deciding import When, when
from kewei.kernel.names import fold
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.terminals.rules.papers import BLOCK, RECORD, WARN

PASS = "pass"  # noqa: S105
COMPLIANCE, LEGAL = "compliance", "legal"
SIDES: dict[str, str] = {COMPLIANCE: N_("合规"), LEGAL: N_("法务")}

REBATE, COUPON = "rebate", "coupon"
KINDS: dict[str, str] = {
    REBATE: N_("折让返利"),
    COUPON: N_("价格券"),
    "service": N_("增值服务"),
    "training": N_("药师培训"),
    "academic": N_("学术会议、赞助"),
    "meal": N_("会务餐饮"),
    "fee": N_("讲课、咨询费"),
    "staff_incentive": N_("店员奖励（公司级服务合同）"),
    "free_goods": N_("赠货、免费设备"),
    "distributor_service": N_("配送商、服务商费用"),
    "relief": N_("减免、展期"),
}
# Never granted, whoever asks; named so that a file or a program that says so is refused by name.
FORBIDDEN: dict[str, str] = {
    "gift": N_("礼品"),
    "cash": N_("现金、红包"),
    "card": N_("购物卡、礼品卡"),
    "travel": N_("旅游"),
    "entertainment": N_("娱乐"),
}
PRICE = (REBATE, COUPON)
CHANNELS: dict[str, str] = {
    "invoice": N_("发票行折扣"),
    "red_letter": N_("红字发票"),
    "transfer": N_("对公转账"),
    "in_kind": N_("服务或实物"),
    "cash": N_("现金"),
}
ON_THE_BOOKS = ("invoice", "red_letter")
# What can be shown for a benefit.
EVIDENCE: dict[str, str] = {
    "purpose": N_("业务目的"),
    "agenda": N_("议程"),
    "attendees": N_("参会机构名单"),
    "invoice": N_("发票"),
    "need": N_("需求评估"),
    "fair_value": N_("公允价依据"),
    "deliverable": N_("交付成果"),
    "tax": N_("完税凭证"),
    "contract": N_("公司级合同"),
}


# --- the table --------------------------------------------------------------------------------------------------------

WORDS: dict[str, tuple[str, ...]] = {
    "kind": (*KINDS, *FORBIDDEN),
    "recipient": ("member", "other"),
    "words": ("clean", "personal"),
    "channel": tuple(CHANNELS),
    "tied": ("no", "yes"),
    "cap": ("within", "over"),
    "evidence": ("whole", "missing"),
    "tender": ("no", "near"),
    "odd": ("no", "yes"),
}
QUESTIONS: dict[str, str] = {
    "recipient": N_("受益者是会员机构本身"),
    "kind": N_("不是礼品、现金、卡、旅游、娱乐"),
    "words": N_("说明里没有给个人的字样"),
    "channel": N_("价格优惠只在发票或红字发票上，不付现金"),
    "tied": N_("与采购量无关"),
    "cap": N_("不超过上限"),
    "evidence": N_("证据齐全"),
    "nature": N_("按性质"),
    "tender": N_("不在招标决定前后"),
    "odd": N_("金额不是整数凑成"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row: for a question, when these words have these values, the level, the rule's name and whose approval it asks."""

    question: str
    when: When
    level: str
    rule: str = ""
    asks: str = ""
    source: str = ""

    def fits(self, words: Mapping[str, str]) -> bool:
        """Whether the row answers for these words."""
        return deciding.fits(self, words)


def _but(*kinds: str) -> tuple[str, ...]:
    return tuple(kind for kind in WORDS["kind"] if kind not in kinds)


_TIED = ("service", "training", "academic", "meal", "fee", "staff_incentive")
_NEEDS = ("meal", "fee", "staff_incentive")
_SHOULD = ("service", "training", "academic", "free_goods", "distributor_service", "relief")
_TENDER = ("rebate", "fee", "relief")

TABLE: tuple[Row, ...] = (
    Row("recipient", when(recipient="member"), PASS),
    Row("recipient", when(recipient="other"), BLOCK, "to_person", source="domain 4.5 [S22]"),
    Row("kind", when(kind=tuple(KINDS)), PASS),
    Row("kind", when(kind=tuple(FORBIDDEN)), BLOCK, "personal_kind", source="domain 4.5 [S22]"),
    Row("words", when(words="clean"), PASS),
    Row("words", when(words="personal"), BLOCK, "personal_words", source="domain 4.5 [INF]"),
    Row("channel", when(kind=PRICE, channel=ON_THE_BOOKS), PASS),
    Row(
        "channel", when(kind=PRICE, channel=("transfer", "in_kind", "cash")), BLOCK, "off_the_books",
        source="domain 4.5 [S18: 反法 7]",
    ),
    Row("channel", when(kind=_but(*PRICE), channel=("invoice", "red_letter", "transfer", "in_kind")), PASS),
    Row("channel", when(kind=_but(*PRICE), channel="cash"), BLOCK, "paid_in_cash", source="domain 4.5, 4.9"),
    Row("tied", when(tied="no"), PASS),
    Row("tied", when(tied="yes", kind=_but(*_TIED)), PASS),
    Row("tied", when(tied="yes", kind=_TIED), BLOCK, "tied_to_orders", source="domain 4.5 [INF]"),
    Row("cap", when(cap="within"), PASS),
    Row("cap", when(cap="over"), WARN, "over_cap", COMPLIANCE, "domain 4.5, 4.11"),
    Row("evidence", when(evidence="whole"), PASS),
    Row("evidence", when(evidence="missing", kind=_NEEDS), BLOCK, "evidence_missing", source="domain 4.5 [INF]"),
    Row("evidence", when(evidence="missing", kind=_SHOULD), WARN, "evidence_thin", COMPLIANCE, "domain 4.5 [INF]"),
    Row("evidence", when(evidence="missing", kind=_but(*_NEEDS, *_SHOULD)), PASS),
    Row("nature", when(kind="free_goods"), WARN, "free_goods", LEGAL, "domain 4.5"),
    Row("nature", when(kind="staff_incentive"), WARN, "staff_incentive", COMPLIANCE, "domain 4.5"),
    Row("nature", when(kind="academic"), RECORD, "academic", source="domain 4.5"),
    Row("nature", when(kind="distributor_service"), RECORD, "distributor_service", source="domain 4.5"),
    Row("nature", when(kind=_but("free_goods", "staff_incentive", "academic", "distributor_service")), PASS),
    Row("tender", when(tender="no"), PASS),
    Row("tender", when(tender="near", kind=_TENDER), WARN, "near_tender", COMPLIANCE, "domain 4.5 [INF]"),
    Row("tender", when(tender="near", kind=_but(*_TENDER)), PASS),
    Row("odd", when(odd="no"), PASS),
    Row("odd", when(odd="yes", kind="distributor_service"), WARN, "round_sum", COMPLIANCE, "domain 4.5"),
    Row("odd", when(odd="yes", kind=_but("distributor_service")), PASS),
)  # fmt: skip


def doubts(table: Iterable[Row] = TABLE) -> list[tuple[str, dict[str, str], int]]:
    """The gaps and overlaps of the table: see kernel.deciding."""
    return deciding.doubts(table, WORDS)


# --- what is judged ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps in fen a year and member by kind, what must be shown by kind, words that mean a person, and round sums."""

    caps_fen: Mapping[str, int]
    evidence: Mapping[str, tuple[str, ...]]
    personal_words: tuple[str, ...]
    round_fen: int
    adjust_points: int
    meal_per_head_fen: int

    def cap_fen(self, kind: str) -> int:
        """What a member may get of a kind in a year; nothing of what is not named."""
        return self.caps_fen.get(kind, 0)


def read_limits(body: Any) -> Limits:
    """The policy's value. Raises BadPolicy."""
    if unknown := (set(body["caps_fen"]) | set(body["evidence"])) - set(KINDS):
        raise BadPolicy(reason=f"kinds: {min(unknown)}")
    if unknown := {one for rows in body["evidence"].values() for one in rows} - set(EVIDENCE):
        raise BadPolicy(reason=f"evidence: {min(unknown)}")
    if any(fen < 0 for fen in body["caps_fen"].values()) or body["round_fen"] < 1 or body["adjust_points"] < 0:
        raise BadPolicy(reason="caps_fen, round_fen, adjust_points ≥ 0")
    if body["meal_per_head_fen"] < 0:
        raise BadPolicy(reason="meal_per_head_fen ≥ 0")
    evidence = {kind: tuple(rows) for kind, rows in body["evidence"].items()}
    return Limits(
        body["caps_fen"], evidence, tuple(body["personal_words"]), body["round_fen"], body["adjust_points"],
        body["meal_per_head_fen"],
    )  # fmt: skip


LIMITS = Policy(
    name="membership.conduct",
    title=N_("会员权益的上限与证据"),
    keeper="membership.policy",
    since=date(2026, 11, 1),
    source="domain 4.5 [S22; placing INF]: caps and lists are ours until counsel sets them",
    body={
        "caps_fen": {
            "rebate": 200_000_00, "coupon": 50_000_00, "service": 20_000_00, "training": 20_000_00,
            "academic": 50_000_00, "meal": 5_000_00, "fee": 20_000_00, "staff_incentive": 20_000_00,
            "free_goods": 20_000_00, "distributor_service": 100_000_00, "relief": 50_000_00,
        },
        "evidence": {
            "meal": ["purpose", "agenda", "attendees", "invoice"],
            "fee": ["need", "fair_value", "deliverable", "tax"],
            "staff_incentive": ["contract", "deliverable"],
            "academic": ["purpose", "agenda", "contract"],
            "training": ["purpose", "agenda"],
            "service": ["purpose"],
            "free_goods": ["need", "contract"],
            "distributor_service": ["contract", "deliverable", "invoice"],
            "relief": ["purpose"],
        },
        "personal_words": [
            "红包", "回扣", "好处费", "购物卡", "礼品卡", "加油卡", "油卡", "烟酒", "个人账户", "私人", "微信转账",
            "医生个人", "店员个人", "旅游", "kickback", "gift card",
        ],
        "round_fen": 10_000_00,
        "adjust_points": 10_000,
        "meal_per_head_fen": 150_00,
    },
    read=read_limits,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """A benefit somebody wants for a member: its value in fen, who gets it (blank: the member), how, and what is shown.

    `had_fen` is what the member has been granted of this kind this year already.
    """

    kind: str
    words: str
    fen: int
    ground: str
    channel: str
    recipient: str = ""
    tied: bool = False
    near_tender: bool = False
    evidence: tuple[str, ...] = ()
    had_fen: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """What one rule says, whose approval it asks, and its numbers."""

    rule: str
    level: str
    asks: str = ""
    numbers: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The table's answer: block, warn or pass, with every rule that had something to say."""

    outcome: str
    lines: tuple[Line, ...]

    @property
    def sides(self) -> tuple[str, ...]:
        """Whose approval it needs: compliance always, because every benefit has an approver."""
        return tuple(sorted({COMPLIANCE} | {line.asks for line in self.lines if line.asks}))


def decide(wanted: Wanted, own_names: Iterable[str], limits: Limits) -> Decision:
    """Ask every question of the table; the gravest answer is the outcome. `own_names` are the member's code and names."""
    words = describe(wanted, own_names, limits)
    lines = []
    for question in QUESTIONS:
        row = next(row for row in _BY_QUESTION[question] if row.fits(words))
        if row.level != PASS:
            lines.append(Line(row.rule, row.level, row.asks, tuple(_numbers(row.rule, wanted, limits))))
    levels = {line.level for line in lines}
    return Decision(BLOCK if BLOCK in levels else WARN if WARN in levels else PASS, tuple(lines))


def describe(wanted: Wanted, own_names: Iterable[str], limits: Limits) -> dict[str, str]:
    """A benefit in the words of the table. Raises UnknownBenefit for a kind or a channel there is not."""
    if wanted.kind not in WORDS["kind"]:
        raise UnknownBenefit(text=wanted.kind[:40])
    if wanted.channel not in CHANNELS:
        raise UnknownBenefit(text=wanted.channel[:40])
    whom, said = fold(wanted.recipient), fold(f"{wanted.words} {wanted.ground}")
    return {
        "kind": wanted.kind,
        "recipient": "member" if not whom or whom in {fold(name) for name in own_names} else "other",
        "words": "personal" if any(fold(word) in said for word in limits.personal_words) else "clean",
        "channel": wanted.channel,
        "tied": "yes" if wanted.tied else "no",
        "cap": "over" if wanted.had_fen + wanted.fen > limits.cap_fen(wanted.kind) else "within",
        "evidence": "missing" if missing(wanted, limits) else "whole",
        "tender": "near" if wanted.near_tender else "no",
        "odd": "yes" if wanted.fen and wanted.fen % limits.round_fen == 0 else "no",
    }


def missing(wanted: Wanted, limits: Limits) -> list[str]:
    """What should be shown for a benefit and is not."""
    return [one for one in limits.evidence.get(wanted.kind, ()) if one not in wanted.evidence]


_BY_QUESTION: dict[str, tuple[Row, ...]] = {
    question: tuple(row for row in TABLE if row.question == question) for question in QUESTIONS
}


def _numbers(rule: str, wanted: Wanted, limits: Limits) -> Iterator[tuple[str, Any]]:
    if rule in ("to_person",):
        yield "recipient", wanted.recipient[:60]
    elif rule == "personal_kind":
        yield "kind", FORBIDDEN[wanted.kind]
    elif rule in ("off_the_books", "paid_in_cash"):
        yield "kind", KINDS.get(wanted.kind, FORBIDDEN.get(wanted.kind, ""))
        yield "note", CHANNELS[wanted.channel]
    elif rule in ("tied_to_orders", "near_tender"):
        yield "kind", KINDS[wanted.kind]
    elif rule == "over_cap":
        yield "cap_fen", limits.cap_fen(wanted.kind)
        yield "after_fen", wanted.had_fen + wanted.fen
    elif rule in ("evidence_missing", "evidence_thin"):
        yield "papers", [EVIDENCE[one] for one in missing(wanted, limits)]


# --- in words ---------------------------------------------------------------------------------------------------------


@refusal
class UnknownBenefit(Refused):
    code = "unknown_benefit"
    says = N_("没有「{text}」这种权益或给付方式")


@refusal
class BenefitToPerson(Refused):
    code = "benefit_to_person"
    says = N_("权益只能给会员机构本身，不能给「{recipient}」")
    next_step = N_("任何形式都不能给自然人；价格优惠请开在发票或红字发票上")


@refusal
class PersonalBenefit(Refused):
    code = "personal_benefit"
    says = N_("{kind}一律不得给付")
    next_step = N_("可改为服务，或在发票、红字发票上给价格优惠")


@refusal
class PersonalWords(Refused):
    code = "personal_words"
    says = N_("说明里有给个人好处的字样，不能提交")
    next_step = N_("给个人的一律不得给付；若只是用词，请改写")


@refusal
class OffTheBooks(Refused):
    code = "price_off_the_books"
    says = N_("{kind}不能以「{note}」给付：价格优惠只能是发票上的一行或红字发票")
    next_step = N_("请选发票行折扣或红字发票")


@refusal
class PaidInCash(Refused):
    code = "benefit_paid_in_cash"
    says = N_("{kind}不能付现金：只能对公转账，或提供服务")


@refusal
class TiedToOrders(Refused):
    code = "benefit_tied_to_orders"
    says = N_("{kind}不得与采购量、订单挂钩")


@refusal
class EvidenceMissing(Refused):
    code = "benefit_evidence_missing"
    says = N_("缺少证据：{papers}")
    next_step = N_("补齐后再提交")


# The refusal of each rule that blocks, and the sentence of each that warns or records.
BLOCKS: dict[str, type[Refused]] = {
    "to_person": BenefitToPerson,
    "personal_kind": PersonalBenefit,
    "personal_words": PersonalWords,
    "off_the_books": OffTheBooks,
    "paid_in_cash": PaidInCash,
    "tied_to_orders": TiedToOrders,
    "evidence_missing": EvidenceMissing,
}
SAYS: dict[str, str] = {rule: kind.says for rule, kind in BLOCKS.items()} | {
    "over_cap": N_("今年累计将为 {after_fen} 元，上限 {cap_fen} 元：须合规批准"),
    "evidence_thin": N_("缺少证据：{papers}：须合规批准"),
    "free_goods": N_("赠货、免费设备须法务同意"),
    "staff_incentive": N_("店员奖励只能是公司级服务合同，须合规批准"),
    "academic": N_("学术赞助只付到机构账户，留存证据"),
    "distributor_service": N_("服务商费用留存合同与成果"),
    "near_tender": N_("{kind}临近招标决定：须合规批准"),
    "round_sum": N_("整数金额的服务费：须合规批准"),
}


def blocked(decision: Decision) -> Refused | None:
    """The refusal of the first rule that blocks, with its numbers; None where nothing does."""
    line = next((line for line in decision.lines if line.level == BLOCK), None)
    return BLOCKS[line.rule](**dict(line.numbers)) if line else None
