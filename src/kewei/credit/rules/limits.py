"""授信额度: how much credit a customer is suggested, line by line, with the published ways beside it (domain 3.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal

GRADES = ("A", "B", "C", "D")
FULL_BP = 10_000


@refusal
class LimitInPast(Refused):
    code = "limit_in_past"
    says = N_("额度有效期至 {until} 早于生效日 {since}：每个额度都要有将来的失效日")


@refusal
class LimitTooLong(Refused):
    code = "limit_too_long"
    says = N_("额度有效期最长 {most_days} 天，现为 {days} 天")


@refusal
class NoLimitToEnd(Refused):
    code = "no_limit_to_end"
    says = N_("没有生效中的额度可以结束")
    status = 409


@refusal
class TemporaryNeedsFixed(Refused):
    code = "temporary_needs_fixed"
    says = N_("没有生效中的固定额度，不能再给临时额度：请先申请新授信")


@dataclass(frozen=True, slots=True)
class LimitPolicy:
    """How limits are computed. Factors and shares in basis points, limits rounded down to `step_fen`.

    `k_bp` by grade; `new_k_bp` caps it for customers without half a year of trade; `net_worth_bp` the share of
    tangible net worth by grade; `brake_bp` how far a limit may grow by itself in `brake_days`.
    """

    k_bp: dict[str, int]
    strategic_k_bp: int
    new_k_bp: int
    net_worth_bp: dict[str, int]
    brake_bp: int
    brake_days: int
    step_fen: int
    months: int
    longest_days: int
    temporary_days: int


def read_limit_policy(body: Any) -> LimitPolicy:
    """Read a version. Raises BadPolicy."""
    policy = LimitPolicy(**body)
    if set(policy.k_bp) != set(GRADES) or not all(0 <= k <= 20_000 for k in policy.k_bp.values()):
        raise BadPolicy(reason="k_bp: A B C D")
    if policy.k_bp["D"] != 0 or policy.step_fen <= 0 or policy.months <= 0:
        raise BadPolicy(reason="k_bp D = 0, step_fen > 0, months > 0")
    return policy


LIMIT = Policy(
    name="credit.limit",
    title=N_("授信额度计算方法"),
    keeper="credit.policy",
    since=date(2026, 11, 1),
    source="domain 3.5 [INF], k: domain 2.7 [INF], growth brake [INF], temporary ≤ 90 days: domain 2.8 [INF]",
    body={
        "k_bp": {"A": 10_000, "B": 8_000, "C": 4_000, "D": 0},
        "strategic_k_bp": 15_000,
        "new_k_bp": 4_000,
        "net_worth_bp": {"A": 3_500, "B": 2_500, "C": 1_000, "D": 0},
        "brake_bp": 2_000,
        "brake_days": 90,
        "step_fen": 100_000,
        "months": 6,
        "longest_days": 366,
        "temporary_days": 90,
    },
    read=read_limit_policy,
)


@dataclass(frozen=True, slots=True)
class LimitFacts:
    """What a limit is computed from; fen, days. None where nobody knows.

    `monthly_fen` is the average of the months with shipments, VAT included; `normal_delay_days` how late it pays in
    the usual course; `former_fen` the limit in force and `former_since` since when, for the growth brake.
    """

    grade: str
    monthly_fen: int
    term_days: int
    normal_delay_days: int = 0
    net_worth_fen: int | None = None
    working_capital_fen: int | None = None
    turnover_fen: int | None = None
    peer_limits_fen: tuple[int, ...] = ()
    group_headroom_fen: int | None = None
    secured_fen: int = 0
    former_fen: int | None = None
    former_since: date | None = None
    new_customer: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the calculation: what it is (code and words), its formula with the numbers put in, fen."""

    code: str
    words: str
    formula: str
    fen: int | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A limit suggested: the sum, every line that led to it, and what other published ways would give; fen."""

    fen: int
    lines: tuple[Line, ...]
    alternatives: tuple[Line, ...]
    braked: bool
    grade: str
    term_days: int
    policy: str = ""


def suggest(facts: LimitFacts, policy: LimitPolicy, day: date, label: str = "") -> Suggestion:
    """L = floor( min( N × k, capacity, group headroom ) + secured part ), then the growth brake (domain 3.5)."""
    days = facts.term_days + facts.normal_delay_days
    need_fen = facts.monthly_fen * days // 30
    k_bp = policy.k_bp.get(facts.grade, 0)
    if facts.new_customer:
        k_bp = min(k_bp, policy.new_k_bp)
    factored_fen = need_fen * k_bp // FULL_BP
    lines = [
        Line("monthly", N_("月均销售额（含税，有发货的月份）"), "", facts.monthly_fen),
        Line("need", N_("需求 N = 月均 ×（账期 + 正常迟付天数）÷ 30"), f"× {days} ÷ 30", need_fen),
        Line("factored", N_("需求 × 等级系数 k"), f"× {k_bp // 100}%", factored_fen),
    ]
    smallest = factored_fen
    if facts.net_worth_fen is not None:
        share_bp = policy.net_worth_bp.get(facts.grade, 0)
        capacity_fen = max(0, facts.net_worth_fen) * share_bp // FULL_BP
        lines.append(Line("capacity", N_("承受能力：有形净资产 × 等级比例"), f"× {share_bp // 100}%", capacity_fen))
        smallest = min(smallest, capacity_fen)
    if facts.group_headroom_fen is not None:
        lines.append(Line("group", N_("集团剩余额度"), "", facts.group_headroom_fen))
        smallest = min(smallest, max(0, facts.group_headroom_fen))
    lines.append(Line("secured", N_("有担保部分"), "", facts.secured_fen))
    raw_fen = smallest + (facts.secured_fen if facts.grade != "D" else 0)
    fen = raw_fen // policy.step_fen * policy.step_fen
    lines.append(Line("rounded", N_("取整后额度"), "", fen))
    braked_fen = _braked(fen, facts, policy, day)
    if braked_fen is not None:
        lines.append(Line("brake", N_("增速限制：每季自动增加不超过上限"), f"+ {policy.brake_bp // 100}%", braked_fen))
    return Suggestion(
        fen if braked_fen is None else braked_fen, tuple(lines), alternatives(facts), braked_fen is not None,
        facts.grade, facts.term_days, label,
    )  # fmt: skip


def _braked(fen: int, facts: LimitFacts, policy: LimitPolicy, day: date) -> int | None:
    """The limit held back by the growth brake, None where it does not bite."""
    if not facts.former_fen or facts.former_since is None or (day - facts.former_since).days >= policy.brake_days:
        return None
    most_fen = facts.former_fen * (FULL_BP + policy.brake_bp) // FULL_BP // policy.step_fen * policy.step_fen
    return most_fen if fen > most_fen else None


# --- published ways, for comparison only (domain 3.5) -----------------------------------------------------------------

# V1 by grade, as published for AAA…C; our A stands beside its AA. V4 likewise.
_CHINESE_BP = {"A": 10_000, "B": 6_000, "C": 0, "D": 0}
_STABLE_BP = {"A": 8_000, "B": 6_000, "C": 4_000, "D": 0}
_TURNOVER_BP, _NET_WORTH_BP, _TENTH_BP = 500, 3_500, 1_000


def alternatives(facts: LimitFacts) -> tuple[Line, ...]:
    """What the published methods of domain 3.5 give for the same customer; None where their inputs are missing."""
    need_fen = facts.monthly_fen * facts.term_days // 30
    peers_fen = median(facts.peer_limits_fen)
    tenth_fen = _share(facts.net_worth_fen, _TENTH_BP)
    capacity = (_share(facts.net_worth_fen, _NET_WORTH_BP), _share(facts.turnover_fen, _TURNOVER_BP))
    three = (tenth_fen, peers_fen, need_fen)
    return (
        Line("alt_need", N_("需求法"), N_("月均 × 账期 ÷ 30"), need_fen),
        Line("alt_grade", N_("等级系数法"), N_("需求 × 等级系数"), _share(need_fen, _CHINESE_BP.get(facts.grade, 0))),
        Line("alt_month", N_("月均封顶法"), N_("不超过上年月均"), facts.monthly_fen),
        Line("alt_stable", N_("稳定月均法"), N_("6 个月月均 × 等级比例"), _share(facts.monthly_fen, _STABLE_BP.get(facts.grade, 0))),
        Line("alt_capacity", N_("承受能力法"), N_("净资产 35% 与营业额 5% 取小"), _smallest(capacity)),
        Line("alt_net_worth", N_("净资产法"), N_("净资产的 10%"), tenth_fen),
        Line("alt_working_capital", N_("营运资金法"), N_("营运资金的 10%"), _share(facts.working_capital_fen, _TENTH_BP)),
        Line("alt_peers", N_("同行法"), N_("其他供应商额度的中位数"), peers_fen),
        Line("alt_three", N_("三法平均"), N_("净资产、同行、需求的平均"), _mean(three)),
    )  # fmt: skip


def _share(whole_fen: int | None, bp: int) -> int | None:
    return None if whole_fen is None else whole_fen * bp // FULL_BP


def _smallest(values: tuple[int | None, ...]) -> int | None:
    known = [value for value in values if value is not None]
    return min(known) if len(known) == len(values) else None


def _mean(values: tuple[int | None, ...]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) // len(known) if len(known) == len(values) else None


def median(values: tuple[int, ...]) -> int | None:
    """The middle value, or the mean of the two in the middle rounded down; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else int(Fraction(ordered[middle - 1] + ordered[middle], 2))


def check_days(since: date, until: date, policy: LimitPolicy, temporary: bool) -> None:
    """Every limit ends, a temporary one soon. Raises LimitInPast, LimitTooLong."""
    if until < since:
        raise LimitInPast(until=until, since=since)
    most = policy.temporary_days if temporary else policy.longest_days
    if (until - since).days > most:
        raise LimitTooLong(most_days=most, days=(until - since).days)
