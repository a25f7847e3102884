"""担保: guarantees with an end of their own, and deposits, which count against exposure instead (domain 2.17, 4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel.money import MAX_FEN
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.receivables.rules.bills import add_months

DEPOSIT = "deposit"
KINDS: dict[str, str] = {
    "guarantee_general": N_("一般保证"),
    "guarantee_joint": N_("连带保证"),
    "mortgage": N_("抵押"),
    "pledge": N_("质押"),
    "insurance": N_("信用保险"),
    DEPOSIT: N_("保证金"),
}
GUARANTEES = ("guarantee_general", "guarantee_joint")


@refusal
class UnknownSecurity(Refused):
    code = "unknown_security"
    says = N_("没有「{text}」这种担保")


@refusal
class SecurityAmount(Refused):
    code = "security_amount"
    says = N_("担保金额须大于零且不超过 {max_fen} 元，现为 {wanted_fen} 元")


@refusal
class GuaranteeNeedsEnd(Refused):
    code = "guarantee_needs_end"
    says = N_("请写明保证期间的截止日，或主债务的到期日：没有约定的，保证期间为到期后 {months} 个月")


@refusal
class SecurityEndsBefore(Refused):
    code = "security_ends_before"
    says = N_("担保截止日 {until} 早于开始日 {since}")


@refusal
class GuarantorMissing(Refused):
    code = "guarantor_missing"
    says = N_("请写明担保人")


@refusal
class SecurityEnded(Refused):
    code = "security_ended"
    says = N_("这项担保已经结束")
    status = 409


@refusal
class EndNeedsWords(Refused):
    code = "end_needs_words"
    says = N_("请写明结束的原因")


@dataclass(frozen=True, slots=True)
class SecurityPolicy:
    """How long an unstated guarantee holds, the ladder of reminders, and how much of each kind secures a limit."""

    default_months: int
    ladder: tuple[int, ...]
    share_bp: dict[str, int]


def read_security_policy(body: Any) -> SecurityPolicy:
    """Read a version. Raises BadPolicy."""
    policy = SecurityPolicy(int(body["default_months"]), tuple(sorted(body["ladder"])), dict(body["share_bp"]))
    wanted = set(KINDS) - {DEPOSIT}
    if set(policy.share_bp) != wanted or not all(0 <= bp <= 10_000 for bp in policy.share_bp.values()):
        raise BadPolicy(reason=f"share_bp: {', '.join(sorted(wanted))}: 0–10000")
    return policy


SECURITIES = Policy(
    name="credit.securities",
    title=N_("担保期间与计入额度的比例"),
    keeper="credit.policy",
    since=date(2026, 11, 1),
    source="unstated guarantee period = 6 months after due date, never extended: 民法典 692 [S18]; ladder T−60/−30/−7:"
    " domain 2.17 [INF]; shares [INF]: the whole amount, unless a company says otherwise",
    body={
        "default_months": 6,
        "ladder": [7, 30, 60],
        "share_bp": {
            "guarantee_general": 10_000, "guarantee_joint": 10_000, "mortgage": 10_000, "pledge": 10_000,
            "insurance": 10_000,
        },
    },
    read=read_security_policy,
)  # fmt: skip


def end_of(kind: str, until: date | None, debt_due: date | None, policy: SecurityPolicy) -> date | None:
    """The last day of a security. Raises GuaranteeNeedsEnd.

    A guarantee whose period nobody stated ends six months after its debt falls due; reminders never extend it
    (domain 4.6). What is no guarantee may have no end.
    """
    if until is not None or kind not in GUARANTEES:
        return until
    if debt_due is None:
        raise GuaranteeNeedsEnd(months=policy.default_months)
    return add_months(debt_due, policy.default_months)


def check_security(kind: str, guarantor: str, fen: int, since: date, until: date | None) -> None:
    """Raises UnknownSecurity, SecurityAmount, GuarantorMissing, SecurityEndsBefore."""
    if kind not in KINDS:
        raise UnknownSecurity(text=kind[:40])
    if not 0 < fen <= MAX_FEN:
        raise SecurityAmount(max_fen=MAX_FEN, wanted_fen=fen)
    if kind != DEPOSIT and not guarantor.strip():
        raise GuarantorMissing
    if until is not None and until < since:
        raise SecurityEndsBefore(until=until, since=since)


def rung(until: date | None, day: date, ladder: tuple[int, ...]) -> int | None:
    """The smallest rung of the ladder a security's end has reached; None while it is further away, or has passed."""
    if until is None or until < day:
        return None
    return next((step for step in sorted(ladder) if (until - day).days <= step), None)


def secured_part(kind: str, fen: int, policy: SecurityPolicy) -> int:
    """How much of a security is added to a suggested limit, fen; a deposit adds nothing: it lowers exposure."""
    return fen * policy.share_bp.get(kind, 0) // 10_000
