"""退出决定: how a debt is given up without giving up the claim (domain 1G row 105, 4.11; docs/algorithms/exit.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.people.rules import ROLES

STOP, SUE, PROVIDE, WRITE_OFF, OFF_LEDGER = "stop", "sue", "provide", "write_off", "off_ledger"
STEPS: dict[str, str] = {
    STOP: N_("停止交易"),
    SUE: N_("起诉、仲裁或支付令"),
    PROVIDE: N_("单项计提坏账准备"),
    WRITE_OFF: N_("核销"),
    OFF_LEDGER: N_("账外继续追索"),
}
BLOCK, WARN, RECORD = "block", "warn", "record"
LEVELS: dict[str, str] = {BLOCK: N_("拦截"), WARN: N_("警示"), RECORD: N_("记录")}
# What a decision is looked at for: code -> sentence with its numbers.
FINDINGS: dict[str, str] = {
    "limitation_unchecked": N_("没有核对时效：先逐张核对，再核销"),
    "beyond_overdue": N_("核销 {write_off_fen} 元，超过逾期 {overdue_fen} 元"),
    "nothing_written_off": N_("选了核销，没有写金额"),
    "amount_without_step": N_("写了核销金额，没有选核销"),
    "sue_barred": N_("全部债权时效已届满，起诉前先请对方重新确认"),
    "still_enforceable": N_("{alive_fen} 元仍可强制执行，核销前说明为什么不再追"),
    "evidence_thin": N_("证据分 {score}，低于 {least}：先补证据"),
    "promise_open": N_("还有 {promised_fen} 元承诺未到期"),
    "dispute_open": N_("还有 {disputed_fen} 元争议没有了结"),
    "early": N_("逾期 {days} 天，不到 {least} 天"),
    "guarantee_live": N_("还有 {secured_fen} 元担保可以主张"),
    "claim_goes_on": N_("核销不消灭债权：账外继续追索，收回时冲减"),
    "tax_evidence": N_("税前扣除另需证据：逾期三年以上，小额一年以上"),
    "hold_placed": N_("停止交易：同意后停止赊销，现款也须经理同意"),
}


@refusal
class NoSteps(Refused):
    code = "no_steps"
    says = N_("请至少选一项")


@refusal
class UnknownStep(Refused):
    code = "unknown_step"
    says = N_("没有「{text}」这一项")


@refusal
class ExitBlocked(Refused):
    code = "exit_blocked"
    says = N_("还不能这样决定：{reason}")


@refusal
class WriteOffBeyondOverdue(Refused):
    code = "write_off_beyond_overdue"
    says = N_("核销 {write_off_fen} 元，超过逾期 {overdue_fen} 元")


@refusal
class ExitNeedsWords(Refused):
    code = "exit_needs_words"
    says = N_("请写明理由")


@refusal
class ExitOpen(Refused):
    code = "exit_open"
    says = N_("这家客户已有一项退出决定等待审批")
    status = 409


@refusal
class ExitDecided(Refused):
    code = "exit_decided"
    says = N_("这项退出决定已经审批过")
    status = 409


@refusal
class OwnExit(Refused):
    code = "own_exit"
    says = N_("不能审批自己提出的退出决定")


@refusal
class WriteOffBeyondAuthority(Refused):
    code = "write_off_beyond_authority"
    says = N_("核销 {write_off_fen} 元超出您的权限")
    next_step = N_("请交给：{role}")


@refusal
class NothingOverdue(Refused):
    code = "nothing_overdue"
    says = N_("这家客户没有逾期")


@dataclass(frozen=True, slots=True)
class ExitPolicy:
    """`authority` are (fen, role), rising: a write-off up to the fen may be agreed to by that role or one further down."""

    authority: tuple[tuple[int, str], ...]
    least_days: int
    evidence_least: int


def read_exit(body: Any) -> ExitPolicy:
    """Read a version. Raises BadPolicy."""
    authority = tuple((row["up_to_fen"], row["role"]) for row in body["authority"])
    policy = ExitPolicy(authority, body["least_days"], body["evidence_least"])
    roles = [role for _fen, role in policy.authority]
    if not roles or [fen for fen, _role in policy.authority] != sorted({fen for fen, _role in policy.authority}):
        raise BadPolicy(reason="authority")
    if strange := [role for role in roles if role not in ROLES or "collecting.exit" not in ROLES[role].verbs]:
        raise BadPolicy(reason=f"authority: {', '.join(strange)}")
    return policy


EXIT = Policy(
    name="collecting.exit",
    title=N_("退出决定"),
    keeper="collecting.policy",
    since=date(2026, 11, 1),
    source=(
        "domain 4.11 (write-off: BLOCK without approval or with limitation unchecked; WARN still enforceable), "
        "4.6 (evidence 70); amounts and days [INF]"
    ),
    body={
        "authority": [
            {"up_to_fen": 5_000_000, "role": "credit_manager"},
            {"up_to_fen": 50_000_000, "role": "finance_director"},
            {"up_to_fen": 1_000_000_000_000, "role": "director"},
        ],
        "least_days": 120,
        "evidence_least": 70,
    },
    read=read_exit,
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed, and how the debt stands; fen. `evidence` is the weakest score, None where none is known."""

    steps: tuple[str, ...]
    write_off_fen: int
    overdue_fen: int
    days: int
    limitation_checked: bool
    alive_fen: int
    promised_fen: int = 0
    disputed_fen: int = 0
    secured_fen: int = 0
    evidence: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a proposal: BLOCK it cannot go on, WARN the reason must say why, RECORD for later."""

    level: str
    code: str
    numbers: dict[str, int]


def findings(proposal: Proposal, policy: ExitPolicy) -> list[Finding]:
    """Everything to say about a proposal, what stops it first (domain 4.11)."""
    found = [*_blocks(proposal), *_warnings(proposal, policy), *_records(proposal)]
    order = list(LEVELS)
    return sorted(found, key=lambda one: order.index(one.level))


def _blocks(asked: Proposal) -> Iterator[Finding]:
    if WRITE_OFF in asked.steps:
        if not asked.limitation_checked:
            yield Finding(BLOCK, "limitation_unchecked", {})
        if asked.write_off_fen <= 0:
            yield Finding(BLOCK, "nothing_written_off", {})
        if asked.write_off_fen > asked.overdue_fen:
            yield Finding(
                BLOCK, "beyond_overdue", {"write_off_fen": asked.write_off_fen, "overdue_fen": asked.overdue_fen}
            )
    elif asked.write_off_fen:
        yield Finding(BLOCK, "amount_without_step", {})
    if SUE in asked.steps and asked.alive_fen <= 0:
        yield Finding(BLOCK, "sue_barred", {})


def _warnings(asked: Proposal, policy: ExitPolicy) -> Iterator[Finding]:
    if WRITE_OFF in asked.steps and asked.alive_fen > 0 and SUE not in asked.steps:
        yield Finding(WARN, "still_enforceable", {"alive_fen": asked.alive_fen})
    proving = {SUE, WRITE_OFF} & set(asked.steps)
    if proving and asked.evidence is not None and asked.evidence < policy.evidence_least:
        yield Finding(WARN, "evidence_thin", {"score": asked.evidence, "least": policy.evidence_least})
    if asked.promised_fen:
        yield Finding(WARN, "promise_open", {"promised_fen": asked.promised_fen})
    if asked.disputed_fen:
        yield Finding(WARN, "dispute_open", {"disputed_fen": asked.disputed_fen})
    if asked.secured_fen:
        yield Finding(WARN, "guarantee_live", {"secured_fen": asked.secured_fen})
    if asked.days < policy.least_days:
        yield Finding(WARN, "early", {"days": asked.days, "least": policy.least_days})


def _records(asked: Proposal) -> Iterator[Finding]:
    if WRITE_OFF in asked.steps:
        yield Finding(RECORD, "claim_goes_on", {})
        yield Finding(RECORD, "tax_evidence", {})
    if STOP in asked.steps:
        yield Finding(RECORD, "hold_placed", {})


def check_proposal(proposal: Proposal, policy: ExitPolicy) -> list[Finding]:
    """The findings of a proposal that may be made. Raises NoSteps, UnknownStep, NothingOverdue,
    WriteOffBeyondOverdue, ExitBlocked."""
    if not proposal.steps:
        raise NoSteps
    if unknown := [step for step in proposal.steps if step not in STEPS]:
        raise UnknownStep(text=unknown[0][:40])
    if proposal.overdue_fen <= 0:
        raise NothingOverdue
    found = findings(proposal, policy)
    if found[:1] and found[0].level == BLOCK:
        if found[0].code == "beyond_overdue":
            raise WriteOffBeyondOverdue(**found[0].numbers)
        raise ExitBlocked(reason=FINDINGS[found[0].code])
    return found


def check_decision(proposer: int, decider: int, roles: Collection[str], write_off_fen: int, policy: ExitPolicy) -> None:
    """Nobody decides on their own proposal, nor beyond their authority. Raises OwnExit,
    WriteOffBeyondAuthority.
    """
    if proposer == decider:
        raise OwnExit
    needed = [role for fen, role in policy.authority if fen >= write_off_fen]
    if write_off_fen and not set(roles) & set(needed):
        role = ROLES[needed[0]].name if needed else N_("董事会")
        raise WriteOffBeyondAuthority(write_off_fen=write_off_fen, role=role)
