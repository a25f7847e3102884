"""账务核销: what must be there before an agreed write-off is posted (domain 3.7, 4.11; docs/algorithms/write_off.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.collecting.rules.exits import RECORD, WARN, WRITE_OFF, Finding
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal

OLD, SMALL = "overdue_old", "small"
# What shows that a debt will not come. The tax office asks for the same papers.
EVIDENCE: dict[str, str] = {
    "judgment": N_("判决、裁定、仲裁裁决或调解书"),
    "enforcement": N_("法院终结执行的裁定"),
    "bankruptcy": N_("破产、清算或重整文件"),
    "closure": N_("注销、吊销或停业证明"),
    "settlement": N_("债务重组或和解协议"),
    "police": N_("公安机关立案或结案证明"),
    OLD: N_("逾期多年的账龄与催收记录"),
    SMALL: N_("金额小、逾期满一年的催收记录"),
    "special_report": N_("损失专项说明"),
}
SAYS: dict[str, str] = {
    "no_papers": N_("没有附证据文件，税前扣除时还要补"),
    "not_pursued": N_("决定里没有选账外继续追索，仍列入账销案存"),
    "claim_goes_on": N_("核销不消灭债权，收回时冲回"),
}


@refusal
class NotToBeWrittenOff(Refused):
    code = "not_to_be_written_off"
    says = N_("只有已同意、含核销的退出决定才能入账")


@refusal
class AlreadyPosted(Refused):
    code = "write_off_already_posted"
    says = N_("这项核销已经入账：{number}")
    status = 409


@refusal
class DecisionTooOld(Refused):
    code = "write_off_decision_too_old"
    says = N_("决定已过 {days} 天，超过 {most} 天")
    next_step = N_("请重新提出退出决定")


@refusal
class PosterDecided(Refused):
    code = "write_off_poster_decided"
    says = N_("提出或审批的人不能自己入账")
    next_step = N_("请交给另一位会计")


@refusal
class NoWriteOffEvidence(Refused):
    code = "write_off_no_evidence"
    says = N_("请至少选一项核销依据")


@refusal
class EvidenceDoesNotFit(Refused):
    code = "write_off_evidence_does_not_fit"
    says = N_("依据「{name}」不成立：{why}")


@refusal
class NothingLeftToWriteOff(Refused):
    code = "nothing_left_to_write_off"
    says = N_("这家客户没有逾期发票可以核销")


# Why a kind of evidence does not hold.
NOT_SO_OLD, NOT_SO_SMALL, UNKNOWN = N_("最早一张逾期不满三年"), N_("金额不小，或逾期不满一年"), N_("没有这一种")


@dataclass(frozen=True, slots=True)
class WriteOffPolicy:
    """How many days a decision may wait to be posted, from when on a debt is old, up to what it is small and after how long."""

    decision_days: int
    old_days: int
    small_fen: int
    small_days: int


def read_write_off(body: Any) -> WriteOffPolicy:
    """Read a version. Raises BadPolicy."""
    policy = WriteOffPolicy(**body)
    if min(policy.decision_days, policy.old_days, policy.small_fen, policy.small_days) < 1:
        raise BadPolicy(reason="≥ 1")
    return policy


POLICY = Policy(
    name="collecting.write_off",
    title=N_("账务核销的依据"),
    keeper="collecting.policy",
    since=date(2026, 11, 1),
    source="domain 3.7 (over 3 years overdue; small items over 1 year [BK]), 4.11; the amount and the 90 days [INF]",
    body={"decision_days": 90, "old_days": 1_095, "small_fen": 5_000_000, "small_days": 365},
    read=read_write_off,
)


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision a write-off carries out, and what of the debt it would take; `days` past due of the youngest invoice."""

    agreed: bool
    steps: tuple[str, ...]
    people: frozenset[int]
    waited_days: int
    fen: int
    days: int


def check_posting(asked: Decided, poster: int, evidence: Sequence[tuple[str, str]], policy: WriteOffPolicy) -> None:
    """Whether somebody may post this. Raises NotToBeWrittenOff, DecisionTooOld, PosterDecided, NoWriteOffEvidence,
    EvidenceDoesNotFit, NothingLeftToWriteOff."""
    if not asked.agreed or WRITE_OFF not in asked.steps:
        raise NotToBeWrittenOff
    if asked.waited_days > policy.decision_days:
        raise DecisionTooOld(days=asked.waited_days, most=policy.decision_days)
    if poster in asked.people:
        raise PosterDecided
    if asked.fen <= 0:
        raise NothingLeftToWriteOff
    if not evidence:
        raise NoWriteOffEvidence
    for kind, _note in evidence:
        if kind not in EVIDENCE:
            raise EvidenceDoesNotFit(name=kind[:20], why=UNKNOWN)
        if kind == OLD and asked.days < policy.old_days:
            raise EvidenceDoesNotFit(name=EVIDENCE[kind], why=NOT_SO_OLD)
        if kind == SMALL and (asked.fen > policy.small_fen or asked.days < policy.small_days):
            raise EvidenceDoesNotFit(name=EVIDENCE[kind], why=NOT_SO_SMALL)


def findings(asked: Decided, papers: Collection[Any], pursued: bool) -> Iterator[Finding]:
    """What is noted beside a write-off that may be posted."""
    if not papers:
        yield Finding(WARN, "no_papers", {})
    if not pursued:
        yield Finding(WARN, "not_pursued", {})
    yield Finding(RECORD, "claim_goes_on", {})
