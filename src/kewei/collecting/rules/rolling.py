"""预期信用损失的滚动率: roll rates from one's own ledger, loss by receivables.rules.ecl (docs/algorithms/ecl.md, domain 3.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_
from kewei.receivables.rules.ecl import Matrix, expected_loss

FULL_BP = 10_000
# Days past due up to which each bucket goes; the last but one is only there to see what rolls on into the last.
EDGES = (0, 30, 60, 90, 120)
BUCKETS = (N_("未到期"), N_("逾期 1–30 天"), N_("逾期 31–60 天"), N_("逾期 61–90 天"), N_("逾期 90 天以上"))


@dataclass(frozen=True, slots=True)
class LossPolicy:
    """The roll rates to begin with, the outlook factor, how many steps of how many days are looked at, and after how many
    months one's own rates stand alone; the net margin that makes up for a loss."""

    roll_bp: tuple[int, ...]
    outlook_bp: int
    step_days: int
    steps: int
    full_after_months: int
    margin_bp: int


def rates(
    snapshots: Sequence[Sequence[int]], last_bp: int, months: int, policy: LossPolicy
) -> tuple[tuple[int, ...], int]:
    """Roll rates of a segment in basis points, and how much of them is its own (basis points).

    `snapshots` are open fen by bucket of EDGES (one more for what is older), oldest first, a step apart; `last_bp` what of
    the last bucket is lost. A rate is what stands in the next bucket a step later, over all steps, of what stood in this.
    """
    weight = min(months, policy.full_after_months) * FULL_BP // policy.full_after_months
    told = []
    for bucket, first in enumerate(policy.roll_bp[:-1]):
        before = sum(one[bucket] for one in snapshots[:-1])
        after = sum(one[bucket + 1] for one in snapshots[1:])
        own = min(after * FULL_BP // before, FULL_BP) if before else first
        told.append((weight * own + (FULL_BP - weight) * first) // FULL_BP)
    told.append((weight * last_bp + (FULL_BP - weight) * policy.roll_bp[-1]) // FULL_BP)
    return tuple(told), weight


def losses(owed_fen: Sequence[int], roll_bp: Sequence[int], outlook_bp: int) -> list[int]:
    """Expected loss by bucket, fen; the last two buckets of EDGES are one here."""
    return expected_loss(owed_fen, Matrix("", tuple(roll_bp), outlook_bp, "", ""))


def equivalent_sales_fen(loss_fen: int, margin_bp: int) -> int:
    """坏账等值销售额  The sales whose net margin makes up for a loss (domain 3.6: 要用几十倍的销售弥补), fen."""
    return -(-loss_fen * FULL_BP // margin_bp)


def _read(body: Any) -> LossPolicy:
    policy = LossPolicy(
        tuple(body["roll_bp"]), body["outlook_bp"], body["step_days"], body["steps"], body["full_after_months"],
        body["margin_bp"],
    )  # fmt: skip
    if len(policy.roll_bp) != len(BUCKETS) or not all(0 <= bp <= FULL_BP for bp in policy.roll_bp):
        raise BadPolicy(reason="roll_bp")
    if not (5_000 <= policy.outlook_bp <= 30_000 and 1 <= policy.margin_bp <= FULL_BP):
        raise BadPolicy(reason="outlook_bp / margin_bp")
    if not (policy.step_days == 30 and 3 <= policy.steps <= 36 and 1 <= policy.full_after_months <= 60):
        raise BadPolicy(reason="step_days / steps / full_after_months")
    return policy


LOSS: Policy[LossPolicy] = Policy(
    name="collecting.loss",
    title=N_("预期信用损失"),
    keeper="collecting.policy",
    since=date(2026, 11, 1),
    source="domain 3.7 [INF]: 20 / 35 / 55 / 70 / 30 %, 1.10; 3.6 [INF]: 5 %",
    body={
        "roll_bp": [2_000, 3_500, 5_500, 7_000, 3_000], "outlook_bp": 11_000, "step_days": 30, "steps": 12,
        "full_after_months": 12, "margin_bp": 500,
    },
    read=_read,
)  # fmt: skip


def again(told: Mapping[str, Any]) -> list[int]:
    """The loss of a segment made again from what was stored: must be what was stored."""
    return losses(told["owed_fen"], told["roll_bp"], told["outlook_bp"])
