"""证据: how well one invoice could be proved in court, part by part (domain 4.6; docs/algorithms/evidence.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal

FULL, HALF, NONE = 100, 50, 0

# What a court asks for, in the order in which goods become a claim.
PARTS: dict[str, str] = {
    "contract": N_("合同或订单"),
    "delivery": N_("随货同行单"),
    "receipt": N_("有权人签收"),
    "acceptance": N_("验收或平台确认"),
    "invoice": N_("发票"),
    "statement": N_("回签对账单"),
    "demand": N_("催告及送达证明"),
    "promise": N_("承诺或还款协议"),
    "payment": N_("部分付款"),
}
# What somebody may add to an invoice as a file, and the part it proves.
PAPER_KINDS: dict[str, str] = {
    "contract": N_("合同、订单"),
    "delivery": N_("随货同行单"),
    "receipt": N_("签收单"),
    "acceptance": N_("验收单、平台确认"),
    "invoice": N_("发票原件"),
    "statement": N_("往来对账、函证"),
    "demand": N_("催告记录（聊天、邮件、录音说明）"),
    "promise": N_("承诺、还款计划"),
    "payment": N_("付款凭证"),
    "other": N_("其他"),
}
# How to close a gap.
ADVICE: dict[str, str] = {
    "contract": N_("补合同或订单扫描件，合同号写进发票"),
    "delivery": N_("补随货同行单：发票与抵扣本身不能证明已交货"),
    "receipt": N_("补收货人授权和签收单；未授权的签收证明力不足"),
    "acceptance": N_("取得验收入库单或平台确认"),
    "invoice": N_("补发票原件（数电票文件）"),
    "statement": N_("出具对账单并取得盖章回签"),
    "demand": N_("发出催款函，运单写明内件品名，保留底单和妥投证明"),
    "promise": N_("请对方书面承诺或签还款协议"),
    "payment": N_("争取部分付款：付款即承认债务"),
}


@dataclass(frozen=True, slots=True)
class Got:
    """What there is of one part: how much of it counts, in hundredths, and from where, as words."""

    part: str
    got: int
    weight: int
    points: int


@dataclass(frozen=True, slots=True)
class Traces:
    """What the house knows about one invoice."""

    contract: bool = False
    ordered: bool = False
    delivered: bool = False
    received: bool = False
    receiver_authorised: bool = False
    receipt_paper: bool = False
    fields: bool = False
    statement_signed: bool = False
    statement_sealed: bool = False
    demand: str = ""
    promise_written: bool = False
    promised: bool = False
    paid: bool = False
    papers: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The score of one invoice, 0–100, and its parts."""

    points: int
    parts: tuple[Got, ...]

    @property
    def gaps(self) -> tuple[str, ...]:
        """Parts that are not whole, what weighs most first."""
        lacking = sorted((p for p in self.parts if p.got < FULL), key=lambda p: p.points - p.weight)
        return tuple(part.part for part in lacking)


@dataclass(frozen=True, slots=True)
class EvidencePolicy:
    """The weight of each part, together 100; under `low_points` on what is overdue longer than `after_days` is a task."""

    weights: Mapping[str, int]
    low_points: int
    after_days: int


def read_evidence(body: Any) -> EvidencePolicy:
    """The policy's body as the rules take it. Raises BadPolicy."""
    weights = body["weights"]
    if set(weights) != set(PARTS) or sum(weights.values()) != 100 or min(weights.values()) < 0:
        raise BadPolicy(reason="weights: 100")
    if not 0 <= body["low_points"] <= 100 or not 0 <= body["after_days"] <= 3650:
        raise BadPolicy(reason="low_points: 0–100, after_days: 0–3650")
    return EvidencePolicy(dict(weights), body["low_points"], body["after_days"])


EVIDENCE: Policy[EvidencePolicy] = Policy(
    name="collecting.evidence",
    title=N_("证据评分"),
    keeper="collecting.policy",
    since=date(2026, 11, 1),
    source="domain 4.6 (< 70 on overdue > 30 d → task); the weights [INF]",
    body={
        "weights": {
            "contract": 15, "delivery": 15, "receipt": 20, "acceptance": 10, "invoice": 5, "statement": 15, "demand": 10,
            "promise": 5, "payment": 5,
        },
        "low_points": 70,
        "after_days": 30,
    },
    read=read_evidence,
)  # fmt: skip


@refusal
class UnknownPaper(Refused):
    code = "unknown_evidence_paper"
    says = N_("没有「{kind}」这种证据")


@refusal
class PackNeedsRecipient(Refused):
    code = "pack_needs_recipient"
    says = N_("请写明证据包交给谁")
    next_step = N_("向律师等外部提供资料须留下共享记录")


def score(traces: Traces, policy: EvidencePolicy) -> Evidence:
    """What of each part there is, and the points: each part's weight × what there is of it, rounded down together."""
    got = {part: FULL if part in traces.papers else _got(part, traces) for part in PARTS}
    parts = tuple(Got(part, got[part], policy.weights[part], policy.weights[part] * got[part] // 100) for part in PARTS)
    return Evidence(sum(policy.weights[part] * got[part] for part in PARTS) // 100, parts)


def is_low(points: int, overdue_days: int, policy: EvidencePolicy) -> bool:
    """Whether somebody has to close the gaps."""
    return points < policy.low_points and overdue_days > policy.after_days


def _got(part: str, t: Traces) -> int:
    if part == "contract":
        return FULL if t.contract and t.ordered else HALF if t.contract or t.ordered else NONE
    if part == "delivery":
        return FULL if t.delivered else NONE
    if part == "receipt":
        # Signed for by somebody nobody authorised is half of it; so is a name without the paper.
        return FULL if t.received and t.receiver_authorised and t.receipt_paper else HALF if t.received else NONE
    if part == "acceptance":
        return NONE
    if part == "invoice":
        return FULL if t.fields else HALF
    if part == "statement":
        return FULL if t.statement_sealed else HALF if t.statement_signed else NONE
    if part == "demand":
        return {"strong": FULL, "fair": HALF}.get(t.demand, NONE)
    if part == "promise":
        return FULL if t.promise_written else HALF if t.promised else NONE
    return FULL if t.paid else NONE
