"""停止赊销: why credit sales to a customer stop, and when such a stop may be placed or lifted (domain 2.13, 4.6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel.policies import Policy
from kewei.kernel.refusals import N_, Refused, refusal

REASONS: dict[str, str] = {
    "overdue": N_("逾期未付"),
    "bill_default": N_("票据拒付"),
    "limit_over": N_("占用超过额度"),
    "licence": N_("证照失效"),
    "survey_expired": N_("调查表过期"),
    "promise_broken": N_("承诺失约"),
    "collecting": N_("催收阶段"),
    "legal": N_("涉诉或破产"),
    "dispute": N_("重大争议"),
    "other": N_("其他原因"),
}


@refusal
class AlreadyOnHold(Refused):
    code = "already_on_hold"
    says = N_("客户已因「{reason}」停止赊销")
    status = 409


@refusal
class NotOnHold(Refused):
    code = "not_on_hold"
    says = N_("这项停止赊销已经解除")
    status = 409


@refusal
class HoldNeedsWords(Refused):
    code = "hold_needs_words"
    says = N_("请写明理由")


@refusal
class UnknownHoldReason(Refused):
    code = "unknown_hold_reason"
    says = N_("没有「{text}」这个停止赊销的原因")


@refusal
class HoldEndsInPast(Refused):
    code = "hold_ends_in_past"
    says = N_("停止赊销的截止日 {until} 早于今天 {today}")


@dataclass(frozen=True, slots=True)
class HoldPolicy:
    """When a hold is placed by itself: days past due by grade, dishonoured bills, lost licences, exposure over limit,
    promises broken in a row while something is overdue.

    Where a person lifts such a hold, the rule does not place it again for `respite_days`.
    """

    overdue_days: dict[str, int]
    on_dishonoured_bill: bool
    on_lost_licence: bool
    over_limit_bp: int
    respite_days: int
    broken_promises: int = 2


def read_hold_policy(body: Any) -> HoldPolicy:
    """Read a version. Raises BadPolicy."""
    return HoldPolicy(**body)


HOLDS = Policy(
    name="credit.holds",
    title=N_("自动停止赊销的条件"),
    keeper="credit.policy",
    since=date(2026, 11, 1),
    source="domain 2.13 [INF]: ST3 at +15 days credit orders held (A/B: warn), ST4 at +30 stop ship; 4.11;"
    " two broken promises in a row: 2.14 [INF]",
    body={
        "overdue_days": {"A": 30, "B": 30, "C": 15, "D": 0, "": 15},
        "on_dishonoured_bill": True,
        "on_lost_licence": True,
        "over_limit_bp": 12_000,
        "respite_days": 7,
        "broken_promises": 2,
    },
    read=read_hold_policy,
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a customer's account shows that may stop credit: days past due, dishonoured bills, exposure over limit."""

    grade: str
    overdue_days: int = 0
    dishonoured_bills: int = 0
    exposure_fen: int = 0
    limit_fen: int | None = None
    licence_lost: bool = False
    broken_in_row: int = 0


def due_holds(trouble: Trouble, policy: HoldPolicy) -> dict[str, str]:
    """The reasons for which a hold is due now, each with what caused it in numbers."""
    due: dict[str, str] = {}
    allowed = policy.overdue_days.get(trouble.grade, policy.overdue_days.get("", 0))
    if trouble.overdue_days > allowed:
        due["overdue"] = f"{trouble.overdue_days}>{allowed}"
    if policy.on_dishonoured_bill and trouble.dishonoured_bills:
        due["bill_default"] = str(trouble.dishonoured_bills)
    if trouble.limit_fen is not None and trouble.exposure_fen * 10_000 > trouble.limit_fen * policy.over_limit_bp:
        due["limit_over"] = f"{trouble.exposure_fen}>{trouble.limit_fen}"
    if policy.on_lost_licence and trouble.licence_lost:
        due["licence"] = "licence"
    if trouble.overdue_days > 0 and trouble.broken_in_row >= policy.broken_promises:
        due["promise_broken"] = str(trouble.broken_in_row)
    return due


# Reasons the rules themselves find, and therefore lift themselves once they are gone.
BY_RULE = ("overdue", "bill_default", "limit_over", "licence", "promise_broken")


@dataclass(frozen=True, slots=True)
class Change:
    """What the rules ask for: holds to place (reason -> what caused it), and reasons that are gone."""

    place: dict[str, str]
    lift: tuple[str, ...]


def changes(trouble: Trouble, live: Mapping[str, bool], respite: Collection[str], policy: HoldPolicy) -> Change:
    """Which holds to place and to lift; `live` are the live reasons, true where a rule had placed the hold.

    What a person placed is never lifted by a rule, and no rule places a second one beside it, nor one of `respite`,
    which a person lifted not long ago. Without a limit there is no credit to stop: then only a dishonoured bill holds.
    """
    due = due_holds(trouble, policy)
    lent = trouble.limit_fen is not None
    place = {
        reason: cause
        for reason, cause in due.items()
        if reason not in live and reason not in respite and (lent or reason == "bill_default")
    }
    lift = tuple(reason for reason, automatic in live.items() if automatic and reason in BY_RULE and reason not in due)
    return Change(place, lift)


# Grades whose customers are warned before they are held (domain 2.13: ST3).
WARNED_FIRST = ("A", "B")


def held_for_stage(strength: str, grade: str) -> bool:
    """Whether a stage of collecting stops the credit of a customer of this grade: `strength` firm, soft (A and B are only
    warned) or ''."""
    return strength == "firm" or (strength == "soft" and grade not in WARNED_FIRST)


def check_hold(reason: str, note: str, until: date | None, today: date, live: Iterable[str]) -> None:
    """A known reason, in words, once, not ended before it begins.

    Raises UnknownHoldReason, HoldNeedsWords, HoldEndsInPast, AlreadyOnHold.
    """
    if reason not in REASONS:
        raise UnknownHoldReason(text=reason)
    if not note.strip():
        raise HoldNeedsWords
    if until is not None and until < today:
        raise HoldEndsInPast(until=until, today=today)
    if reason in set(live):
        raise AlreadyOnHold(reason=REASONS[reason])
