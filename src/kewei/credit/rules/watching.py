"""预警: signs that a customer's credit may turn into a loss, before it does (domain 1F row 85; docs/algorithms/watching.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from kewei.credit.rules.conduct import NOTHING_SEEN, Record
from kewei.credit.rules.limits import median
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, as_words, refusal

# Found by rule every night, and closed by it when the sign is gone: kind -> (name, sentence with the numbers).
BY_RULE: dict[str, tuple[str, str]] = {
    "near_limit": (N_("占用接近额度"), N_("占用 {exposure_fen} 元，额度 {limit_fen} 元，已用 {percent}%")),
    "limit_ending": (N_("额度即将失效"), N_("额度 {until} 失效，还有 {days} 天")),
    "limit_ended": (N_("额度已过有效期"), N_("额度已于 {until} 失效，仍有占用 {exposure_fen} 元")),
    "overdue_growing": (N_("逾期在增加"), N_("逾期由 {before_fen} 元增至 {overdue_fen} 元（{window_days} 天内）")),
    "rhythm": (N_("进货节奏中断"), N_("已 {gap_days} 天没有开票，平常约 {usual_days} 天一次")),
    "bill_default": (N_("票据拒付"), N_("有 {count} 张拒付票据尚未补足，共 {bills_fen} 元")),
    "licence_ending": (N_("证照将到期"), N_("{paper} {number} 还有 {days} 天到期")),
    "licence_lost": (N_("证照失效"), N_("{paper} {number} 已到期、暂停或吊销")),
    "guarantee_ending": (N_("担保将到期"), N_("担保 {secured_fen} 元 {until} 到期，还有 {days} 天")),
    "promise": (N_("承诺失约"), N_("一年内失约 {count} 次，最近一次 {on}")),
    "dispute": (N_("争议"), N_("有 {count} 起争议待答复，共 {disputed_fen} 元")),
}
# Told by people; later rooms tell some of them too.
BY_HAND: dict[str, str] = {
    "registry": N_("工商登记变更"),
    "lawsuit": N_("涉诉"),
    "staff": N_("负责人或关键人员变动"),
    "rumour": N_("同业反映"),
    "other": N_("其他迹象"),
}
KINDS: dict[str, str] = {**{kind: name for kind, (name, _says) in BY_RULE.items()}, **BY_HAND}
# What is worse than a warning.
GRAVE = ("bill_default", "licence_lost", "limit_ended")


@refusal
class UnknownSign(Refused):
    code = "unknown_sign"
    says = N_("没有「{text}」这种预警")


@refusal
class SignNeedsWords(Refused):
    code = "sign_needs_words"
    says = N_("请写明看到了什么")


@refusal
class SignAlreadyOpen(Refused):
    code = "sign_already_open"
    says = N_("同样的预警已经登记，尚未关闭")
    status = 409


@refusal
class FindingClosed(Refused):
    code = "finding_closed"
    says = N_("这项预警已经关闭")
    status = 409


@refusal
class OutcomeMissing(Refused):
    code = "outcome_missing"
    says = N_("请写明处理结果")


@dataclass(frozen=True, slots=True)
class WatchPolicy:
    """From when on something is a sign. Shares in basis points, amounts in fen.

    A customer's rhythm is the median of days between its invoice days; it is broken once the gap since the last one is
    `rhythm_bp` of it, at least `rhythm_least_days`, where there were `rhythm_invoices` days within a year.
    """

    near_limit_bp: int
    limit_ending_days: int
    overdue_growth_bp: int
    overdue_least_fen: int
    overdue_window_days: int
    rhythm_bp: int
    rhythm_least_days: int
    rhythm_invoices: int
    licence_days: int
    promise_days: int = 90
    dispute_least_fen: int = 1_000_000


def read_watch_policy(body: Any) -> WatchPolicy:
    """Read a version. Raises BadPolicy."""
    policy = WatchPolicy(**body)
    if policy.rhythm_invoices < 3 or policy.overdue_window_days <= 0:
        raise BadPolicy(reason="rhythm_invoices ≥ 3, overdue_window_days > 0")
    return policy


WATCH = Policy(
    name="credit.watch",
    title=N_("预警条件"),
    keeper="credit.policy",
    since=date(2026, 11, 1),
    source="domain 1F row 85 (what to watch); every number [INF]",
    body={
        "near_limit_bp": 9_000,
        "limit_ending_days": 30,
        "overdue_growth_bp": 2_000,
        "overdue_least_fen": 1_000_000,
        "overdue_window_days": 30,
        "rhythm_bp": 20_000,
        "rhythm_least_days": 30,
        "rhythm_invoices": 4,
        "licence_days": 30,
        "promise_days": 90,
        "dispute_least_fen": 1_000_000,
    },
    read=read_watch_policy,
)


@dataclass(frozen=True, slots=True)
class Sight:
    """What is looked at of one customer; fen and days. `papers` are (rule, paper, number, days left) of its licences;
    `guarantees` those on the ladder of reminders: (key, rung, last day, fen).
    """

    exposure_fen: int = 0
    limit_fen: int | None = None
    limit_until: date | None = None
    overdue_fen: int = 0
    overdue_before_fen: int = 0
    invoice_days: tuple[date, ...] = ()
    dishonoured: tuple[int, int] = (0, 0)
    papers: tuple[tuple[str, str, str, int], ...] = ()
    guarantees: tuple[tuple[int, int, date, int], ...] = ()
    conduct: Record = NOTHING_SEEN


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign seen: its kind, the key that tells it from others of the kind, and the numbers of its sentence."""

    kind: str
    key: str
    detail: dict[str, Any]

    @property
    def grave(self) -> bool:
        """Whether it is worse than a warning."""
        return self.kind in GRAVE


def signs(sight: Sight, day: date, policy: WatchPolicy) -> list[Sign]:
    """Everything about a customer that is a sign on a day. The same sign keeps its key from night to night."""
    found = [*_of_limit(sight, day, policy), *_of_money(sight, day, policy)]
    if sight.dishonoured[0]:
        count, fen = sight.dishonoured
        found.append(Sign("bill_default", str(count), {"count": count, "bills_fen": fen}))
    for rule, paper, number, days in sight.papers:
        detail: dict[str, Any] = {"paper": paper, "number": number}
        if rule in ("paper_expired", "paper_suspended"):
            found.append(Sign("licence_lost", f"{paper}:{number}", detail))
        elif rule == "paper_ending" and days <= policy.licence_days:
            found.append(Sign("licence_ending", f"{paper}:{number}", detail | {"days": days}))
    for key, rung, until, fen in sight.guarantees:
        detail = {"secured_fen": fen, "until": until.isoformat(), "days": (until - day).days}
        found.append(Sign("guarantee_ending", f"{key}@{rung}", detail))
    return [*found, *_of_conduct(sight.conduct, day, policy)]


def _of_conduct(conduct: Record, day: date, policy: WatchPolicy) -> list[Sign]:
    found = []
    if conduct.broken_on is not None and (day - conduct.broken_on).days <= policy.promise_days:
        on = conduct.broken_on.isoformat()
        found.append(Sign("promise", on, {"count": conduct.broken, "on": on}))
    if conduct.disputed_fen >= policy.dispute_least_fen:
        detail = {"count": conduct.open_disputes, "disputed_fen": conduct.disputed_fen}
        found.append(Sign("dispute", str(conduct.disputed_fen), detail))
    return found


def _of_limit(sight: Sight, day: date, policy: WatchPolicy) -> list[Sign]:
    found = []
    if sight.limit_fen is None or sight.limit_until is None:
        return []
    until = sight.limit_until.isoformat()
    left = (sight.limit_until - day).days
    if left < 0:
        if sight.exposure_fen <= 0:
            return []
        return [Sign("limit_ended", until, {"until": until, "exposure_fen": sight.exposure_fen})]
    if left <= policy.limit_ending_days:
        found.append(Sign("limit_ending", until, {"until": until, "days": left}))
    if sight.exposure_fen * 10_000 >= sight.limit_fen * policy.near_limit_bp and sight.exposure_fen > 0:
        percent = 100 * sight.exposure_fen // sight.limit_fen if sight.limit_fen else 100
        detail = {"exposure_fen": sight.exposure_fen, "limit_fen": sight.limit_fen, "percent": percent}
        found.append(Sign("near_limit", str(sight.limit_fen), detail))
    return found


def _of_money(sight: Sight, day: date, policy: WatchPolicy) -> list[Sign]:
    found = []
    grown = sight.overdue_fen - sight.overdue_before_fen
    if grown >= policy.overdue_least_fen and grown * 10_000 >= sight.overdue_before_fen * policy.overdue_growth_bp:
        detail: dict[str, Any] = {
            "before_fen": sight.overdue_before_fen, "overdue_fen": sight.overdue_fen,
            "window_days": policy.overdue_window_days,
        }  # fmt: skip
        found.append(Sign("overdue_growing", f"{day:%Y-%m}", detail))
    usual = usual_gap(sight.invoice_days, policy.rhythm_invoices)
    if usual is not None:
        last = max(sight.invoice_days)
        gap = (day - last).days
        if gap >= policy.rhythm_least_days and gap * 10_000 >= usual * policy.rhythm_bp:
            found.append(Sign("rhythm", last.isoformat(), {"gap_days": gap, "usual_days": usual}))
    return found


def usual_gap(days: Sequence[date], least: int) -> int | None:
    """The median of days between the days on which a customer was invoiced; None of fewer than `least` such days."""
    ordered = sorted(set(days))
    if len(ordered) < least:
        return None
    return median(tuple((b - a).days for a, b in pairwise(ordered)))


def sentence(kind: str, detail: dict[str, Any], translate: Callable[[str], str]) -> str:
    """A finding in words, with its numbers as people read them."""
    if kind not in BY_RULE or "note" in detail:
        return str(detail.get("note", ""))
    shown = {name: as_words(name, value, translate) for name, value in detail.items()}
    try:
        return translate(BY_RULE[kind][1]).format(**shown)
    except KeyError:
        return translate(BY_RULE[kind][0])


def check_note(kind: str, note: str, open_keys: Iterable[str]) -> str:
    """The key of a finding a person tells. Raises UnknownSign, SignNeedsWords, SignAlreadyOpen."""
    if kind not in BY_HAND:
        raise UnknownSign(text=kind[:40])
    key = note.strip()[:120]
    if not key:
        raise SignNeedsWords
    if key in set(open_keys):
        raise SignAlreadyOpen
    return key
