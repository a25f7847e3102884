"""季度复盘: what the plan wanted by the end of a quarter against what the ledger says (domain 2.9 复盘, 3.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.keyaccounts.rules.earning import FULL_BP
from kewei.keyaccounts.rules.plans import DOWN, SALES, UNITS, GoalGiven

MET, NEAR, MISSED, UNKNOWN = "met", "near", "missed", "unknown"
VERDICTS: dict[str, str] = {
    MET: N_("达成"),
    NEAR: N_("接近"),
    MISSED: N_("未达成"),
    UNKNOWN: N_("没有数据"),
}
VERDICT_TONES: dict[str, str] = {MET: "ok", NEAR: "warn", MISSED: "bad", UNKNOWN: "quiet"}


@refusal
class NoSuchQuarter(Refused):
    code = "no_such_quarter"
    says = N_("计划没有第 {quarter} 个季度")
    status = 404


@refusal
class QuarterNotOver(Refused):
    code = "quarter_not_over"
    says = N_("这个季度到 {last_on} 才结束")
    next_step = N_("季度结束后再复盘；之前可以看现在的进度。")


@refusal
class AccountReviewNeedsWords(Refused):
    code = "account_review_needs_words"
    says = N_("有未达成的目标：请写明偏差原因和调整")


@dataclass(frozen=True, slots=True)
class Reviewing:
    """From how much of what was wanted a goal counts as nearly met, basis points; days after a quarter within which its
    review is due."""

    near_bp: int
    due_days: int


def read_reviewing(body: Any) -> Reviewing:
    """The policy's value. Raises BadPolicy."""
    found = Reviewing(**body)
    if not 0 < found.near_bp <= FULL_BP or found.due_days < 0:
        raise BadPolicy(reason="near_bp, due_days")
    return found


REVIEWING = Policy(
    name="keyaccounts.review",
    title=N_("大客户复盘"),
    keeper="keyaccounts.policy",
    since=date(2026, 11, 1),
    source="domain 2.9 [INF]",
    body={"near_bp": 9000, "due_days": 30},
    read=read_reviewing,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A goal at the end of a quarter, in the unit of its kind: baseline, what was expected by then, target, what it is.

    `achieved_bp` is how much of what was expected; for goals that go down, expected ÷ actual.
    """

    kind: str
    baseline: int
    expected: int
    target: int
    actual: int | None
    achieved_bp: int | None
    verdict: str

    @property
    def unit(self) -> str:
        """fen, count, bp or days."""
        return UNITS[self.kind]


def expected_by(goal: GoalGiven, quarter: int, quarters: int) -> int:
    """What a goal expects at the end of a quarter (from 1): its milestone, else a straight line to its target.

    Sales begin at nought, levels at their baseline; rounded half up.
    """
    if goal.milestones:
        return goal.milestones[quarter - 1]
    start = 0 if goal.kind == SALES else goal.baseline
    way = (goal.target - start) * quarter
    return start + (2 * way + quarters) // (2 * quarters)


def judge(goal: GoalGiven, quarter: int, quarters: int, actual: int | None, by: Reviewing) -> Line:
    """One goal against the ledger: met where it is reached, nearly where `near_bp` of it is, else missed."""
    expected = expected_by(goal, quarter, quarters)
    if actual is None:
        return Line(goal.kind, goal.baseline, expected, goal.target, None, None, UNKNOWN)
    part, whole = (expected, actual) if goal.kind in DOWN else (actual, expected)
    # Nothing was wanted, or nothing is left of what should go down: reached whatever the other number is.
    achieved = FULL_BP if whole <= 0 else (2 * part * FULL_BP + whole) // (2 * whole)
    reached = actual <= expected if goal.kind in DOWN else actual >= expected
    verdict = MET if reached else NEAR if achieved >= by.near_bp else MISSED
    return Line(goal.kind, goal.baseline, expected, goal.target, actual, achieved, verdict)


def review(
    goals: Sequence[GoalGiven], quarter: int, quarters: int, facts: Mapping[str, int | None], by: Reviewing
) -> tuple[Line, ...]:
    """Every goal of a plan at the end of a quarter; `facts` by kind of goal, None where the ledger says nothing."""
    return tuple(judge(goal, quarter, quarters, facts.get(goal.kind), by) for goal in goals)


def verdict_of(lines: Sequence[Line]) -> str:
    """The whole quarter: as bad as its worst goal that could be judged."""
    known = [line.verdict for line in lines if line.verdict != UNKNOWN]
    return max(known, key=(MET, NEAR, MISSED).index) if known else UNKNOWN


def check_review(lines: Sequence[Line], reasons: str, adjust: str) -> None:
    """What was missed needs a cause and an answer. Raises AccountReviewNeedsWords."""
    if any(line.verdict == MISSED for line in lines) and not (reasons.strip() and adjust.strip()):
        raise AccountReviewNeedsWords


def check_quarter(quarter: int, quarters: Sequence[tuple[date, date]], today: date) -> tuple[date, date]:
    """The days of a quarter that is over. Raises NoSuchQuarter, QuarterNotOver."""
    if not 1 <= quarter <= len(quarters):
        raise NoSuchQuarter(quarter=quarter)
    first, last = quarters[quarter - 1]
    if today <= last:
        raise QuarterNotOver(last_on=last)
    return first, last
