"""谁是大客户: what a customer earns after the cost of its credit and of visiting it, how much hangs on it, and why it
deserves a plan (domain 2.9 识别, 3.6; docs/algorithms/keyaccounts.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_

FULL_BP = 10_000

SALES, PROFIT, STRATEGIC, SHOWCASE = "sales", "profit", "strategic", "showcase"
# Why a customer is a key account, in the words of the form.
REASONS: dict[str, str] = {
    SALES: N_("销售额"),
    PROFIT: N_("利润"),
    STRATEGIC: N_("战略"),
    SHOWCASE: N_("示范"),
}
# The same with the figures of one customer.
REASON_SAYS: dict[str, str] = {
    SALES: N_("销售额第 {place} 位，占 {share}"),
    PROFIT: N_("扣费用后利润第 {place} 位"),
    STRATEGIC: N_("集团内 {members} 家在进货"),
    SHOWCASE: N_("等级高，可作示范"),
}
LOSS, CONCENTRATED, LATE = "loss", "concentrated", "late"
WARNINGS: dict[str, str] = {
    LOSS: N_("卖得多，扣费用后不赚"),
    CONCENTRATED: N_("占比过高，须有预案"),
    LATE: N_("逾期占比高"),
}
LOW, MODERATE, HIGH = "low", "moderate", "high"
SPREAD: dict[str, str] = {LOW: N_("分散"), MODERATE: N_("中等集中"), HIGH: N_("高度集中")}


@dataclass(frozen=True, slots=True)
class Identify:
    """How key accounts are found; fen and basis points.

    A customer is one of the largest while the largest together bring `together_bp` of the sales (or of the profit), at
    most `most` of them. An hour of a representative costs `hour_fen`, the way to a visit `trip_fen`.
    """

    months: int
    gross_bp: int
    together_bp: int
    most: int
    strategic_members: int
    showcase_grades: tuple[str, ...]
    hour_fen: int
    trip_fen: int
    warn_share_bp: int
    warn_overdue_bp: int
    hhi_moderate: int
    hhi_high: int


def read_identify(body: Any) -> Identify:
    """The policy's value. Raises BadPolicy."""
    found = Identify(**(body | {"showcase_grades": tuple(body["showcase_grades"])}))
    if not 1 <= found.months <= 36 or found.most < 1 or found.strategic_members < 2:
        raise BadPolicy(reason="months, most, strategic_members")
    if any(not 0 <= one <= FULL_BP for one in (found.gross_bp, found.together_bp, found.warn_share_bp)):
        raise BadPolicy(reason="gross_bp, together_bp, warn_share_bp")
    if found.hour_fen < 0 or found.trip_fen < 0 or found.hhi_moderate > found.hhi_high:
        raise BadPolicy(reason="hour_fen, trip_fen, hhi")
    return found


IDENTIFY = Policy(
    name="keyaccounts.identify",
    title=N_("大客户识别"),
    keeper="keyaccounts.policy",
    since=date(2026, 11, 1),
    source="domain 2.9 [INF]; 3.5: gross margin 6.9 % [S60]; 1,000 and 1,800 as in the US Merger Guidelines 2023 [BK]",
    body={
        "months": 12,
        "gross_bp": 690,
        "together_bp": 5000,
        "most": 50,
        "strategic_members": 5,
        "showcase_grades": ["3S", "3A"],
        "hour_fen": 60_00,
        "trip_fen": 30_00,
        "warn_share_bp": 1000,
        "warn_overdue_bp": 3000,
        "hhi_moderate": 1000,
        "hhi_high": 1800,
    },
    read=read_identify,
)


@dataclass(frozen=True, slots=True)
class Effort:
    """What went into visiting somebody over some months: visits, minutes there, expenses in fen."""

    visits: int = 0
    minutes: int = 0
    expense_fen: int = 0

    def __add__(self, other: Effort) -> Effort:
        return Effort(self.visits + other.visits, self.minutes + other.minutes, self.expense_fen + other.expense_fen)


@dataclass(frozen=True, slots=True)
class Earned:
    """What a customer brought in a period; fen. `profit_fen` = gross − credit − visits."""

    sales_fen: int = 0
    gross_fen: int = 0
    tied_fen: int = 0
    credit_fen: int = 0
    visit_fen: int = 0
    visits: int = 0

    @property
    def profit_fen(self) -> int:
        """Gross profit after the cost of credit and of visits, fen."""
        return self.gross_fen - self.credit_fen - self.visit_fen


def earned(sales_fen: int, tied_fen: int, credit_fen: int, effort: Effort, by: Identify) -> Earned:
    """From what was sold, the balance on an average day and what it cost, and what went into visits; fen."""
    return Earned(
        sales_fen, share_of(sales_fen, by.gross_bp), tied_fen, credit_fen, visit_cost(effort, by), effort.visits
    )


def together(several: Iterable[Earned]) -> Earned:
    """What several customers brought together: a group, or everybody."""
    rows = list(several)
    return Earned(*(sum(getattr(one, name) for one in rows) for name in Earned.__slots__))


def visit_cost(effort: Effort, by: Identify) -> int:
    """Minutes at the rate of an hour, the ways, and what was spent; fen."""
    return (effort.minutes * by.hour_fen + 30) // 60 + effort.visits * by.trip_fen + effort.expense_fen


def share_of(fen: int, bp: int) -> int:
    """So many basis points of an amount, rounded half up, fen."""
    return (2 * fen * bp + FULL_BP) // (2 * FULL_BP)


def share_bp(part_fen: int, whole_fen: int) -> int:
    """A part of a whole in basis points, rounded half up; nought of nothing."""
    return (2 * part_fen * FULL_BP + whole_fen) // (2 * whole_fen) if whole_fen > 0 and part_fen > 0 else 0


def concentration(amounts: Iterable[int]) -> int:
    """集中度 (HHI): the squares of the shares summed, 0 to 10,000; amounts at or below nought count for nothing."""
    bought = [fen for fen in amounts if fen > 0]
    whole = sum(bought)
    return FULL_BP * sum(fen * fen for fen in bought) // (whole * whole) if whole else 0


def spread(hhi: int, by: Identify) -> str:
    """Whether sales are spread, moderately or highly concentrated: a word of SPREAD."""
    return HIGH if hhi > by.hhi_high else MODERATE if hhi >= by.hhi_moderate else LOW


def largest(amounts: Mapping[int, int], together_bp: int, most: int) -> dict[int, int]:
    """The place, from 1, of the fewest customers that together bring `together_bp` of what all of them bring.

    Equal amounts are told apart by key; amounts at or below nought bring nothing.
    """
    ordered = sorted(((fen, -key) for key, fen in amounts.items() if fen > 0), reverse=True)
    wanted, reached, found = sum(fen for fen, _ in ordered) * together_bp, 0, {}
    for place, (fen, minus_key) in enumerate(ordered[:most], 1):
        if reached * FULL_BP >= wanted:
            break
        found[-minus_key] = place
        reached += fen
    return found


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a customer is a candidate: a word of REASONS and the numbers of its sentence."""

    code: str
    numbers: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Places:
    """The places, from 1, of the largest customers by sales and by profit; those of no place are left out."""

    by_sales: Mapping[int, int]
    by_profit: Mapping[int, int]

    @property
    def keys(self) -> frozenset[int]:
        """Everybody with a place."""
        return frozenset({*self.by_sales, *self.by_profit})


def places(earnings: Mapping[int, Earned], by: Identify) -> Places:
    """大客户候选: the fewest that bring together_bp of the sales, and the fewest that bring it of the profit.

    Being strategic or a showcase is a reason beside, never alone: else every large hospital were a key account.
    """
    return Places(
        largest({key: one.sales_fen for key, one in earnings.items()}, by.together_bp, by.most),
        largest({key: one.profit_fen for key, one in earnings.items()}, by.together_bp, by.most),
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """A candidate, or a group under its head; fen and basis points. `members` are those of a group that buy."""

    key: int
    earned: Earned
    share_bp: int = 0
    members: int = 1
    grade: str = ""
    owed_fen: int = 0
    overdue_fen: int = 0


def reasons_of(one: Seen, held: Places, by: Identify) -> tuple[Reason, ...]:
    """Why it is a candidate, in the order of the form."""
    found = []
    if one.key in held.by_sales:
        found.append(Reason(SALES, (("place", held.by_sales[one.key]), ("share_bp", one.share_bp))))
    if one.key in held.by_profit:
        found.append(Reason(PROFIT, (("place", held.by_profit[one.key]),)))
    if one.members >= by.strategic_members:
        found.append(Reason(STRATEGIC, (("members", one.members),)))
    if one.grade in by.showcase_grades and one.earned.sales_fen > 0:
        found.append(Reason(SHOWCASE))
    return tuple(found)


def warnings_of(one: Seen, by: Identify) -> tuple[str, ...]:
    """What to look at before calling it a key account: words of WARNINGS."""
    told = {
        LOSS: one.earned.sales_fen > 0 and one.earned.profit_fen <= 0,
        CONCENTRATED: one.share_bp >= by.warn_share_bp,
        LATE: one.overdue_fen > 0 and share_bp(one.overdue_fen, one.owed_fen) >= by.warn_overdue_bp,
    }
    return tuple(code for code, holds in told.items() if holds)
