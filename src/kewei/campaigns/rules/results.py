"""活动结果: what the campaign did, against those left alone (docs/algorithms/campaigns.md).

The change of each terminal's month against its own baseline is compared between those worked on and those held out:
the difference of the two means with a 95 % interval that does not ask both to vary alike (Welch). Whoever was drawn
stays where the draw put it, whatever happened afterwards: only then the draw makes the two groups alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from kewei.campaigns.rules.reasons import DAYS_OF_MONTH
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_

Numbers = npt.NDArray[np.float64]
WORKED, HARMED, UNSHOWN, FEW, ALONE, NONE = "worked", "harmed", "unshown", "few", "no_hold_out", "no_list"
VERDICTS: dict[str, str] = {
    WORKED: N_("有效：比留出组多"),
    HARMED: N_("相反：比留出组少"),
    UNSHOWN: N_("看不出效果：差别可能只是偶然"),
    FEW: N_("终端太少，不能下结论"),
    ALONE: N_("没有留出组，不能比较"),
    NONE: N_("还没有名单"),
}
# Why a held-out terminal was not left alone after all.
VISITED, OTHER_CAMPAIGN, SAME_GROUP = "visited", "other_campaign", "same_group"
CONTAMINATIONS: dict[str, str] = {
    VISITED: N_("留出的终端因本品被拜访"),
    OTHER_CAMPAIGN: N_("留出的终端在同一产品的另一活动中"),
    SAME_GROUP: N_("留出的终端与重点终端同属一个集团"),
}
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class ResultPolicy:
    """Below how many terminals of an arm nothing is concluded; shuffles of the draw; from which share of held-out terminals
    not left alone the result is doubted; what a minute of visiting costs; days after the end until sales are in."""

    least_per_arm: int
    shuffles: int
    doubt_bp: int
    minute_fen: int
    wait_days: int


def read_result(body: Any) -> ResultPolicy:
    """The policy's value. Raises BadPolicy."""
    policy = ResultPolicy(**body)
    if policy.least_per_arm < 2 or not 99 <= policy.shuffles <= 9_999:
        raise BadPolicy(reason="least_per_arm ≥ 2, 99 ≤ shuffles ≤ 9999")
    if not 0 <= policy.doubt_bp <= 10_000 or policy.minute_fen < 0 or not 0 <= policy.wait_days <= 120:
        raise BadPolicy(reason="doubt_bp, minute_fen, wait_days")
    return policy


RESULT = Policy(
    name="campaigns.result",
    title=N_("活动结果的判定与费用"),
    keeper="campaigns.policy",
    since=date(2026, 11, 1),
    source="the least numbers, the cost of a minute (a representative's day of 480 minutes at ¥960) and the days are ours [INF]",
    body={"least_per_arm": 10, "shuffles": 999, "doubt_bp": 1_000, "minute_fen": 200, "wait_days": 10},
    read=read_result,
)


@dataclass(frozen=True, slots=True)
class Compared:
    """Two groups' mean changes, their difference with its interval, degrees of freedom, and how often chance alone differs
    as much; in the unit of the changes. Without two of each there is no interval."""

    treated: int
    held: int
    treated_change: float
    held_change: float
    effect: float
    low: float | None = None
    high: float | None = None
    freedom: float | None = None
    chance: float | None = None

    @property
    def shown(self) -> bool:
        """Whether chance is ruled out at 5 %: by the interval and by shuffling the draw, which asks nothing of the data."""
        return self.low is not None and self.chance is not None and not _holds_nought(self) and self.chance <= 1 - LEVEL


def _holds_nought(found: Compared) -> bool:
    return found.low is None or found.high is None or found.low <= 0 <= found.high


def welch(treated: Numbers, held: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """(difference of means, lower, upper bound, degrees of freedom) along the last axis; many campaigns at once.

    Where nothing varies at all the interval is the difference itself.
    """
    from scipy.special import stdtrit  # takes longer to load than a page to make

    n, m = treated.shape[-1], held.shape[-1]
    a, b = treated.var(axis=-1, ddof=1) / n, held.var(axis=-1, ddof=1) / m
    error = a + b
    with np.errstate(invalid="ignore", divide="ignore"):
        freedom = np.where(error > 0, error**2 / (a**2 / (n - 1) + b**2 / (m - 1)), n + m - 2)
    effect = treated.mean(axis=-1) - held.mean(axis=-1)
    reach = stdtrit(freedom, (1 + LEVEL) / 2) * np.sqrt(error)
    return effect, effect - reach, effect + reach, freedom


@lru_cache(maxsize=8)
def _shuffles(size: int, held: int, seed: int, times: int) -> Numbers:
    """`times` other draws of the hold-out: rows of weights whose product with the changes is a difference of means."""
    places = np.argsort(np.random.default_rng(seed).random((times, size)), axis=1)[:, :held]
    weights = np.full((times, size), 1 / (size - held))
    np.put_along_axis(weights, places, -1 / held, axis=1)
    return weights


def chance(treated: Numbers, held: Numbers, seed: int, times: int) -> Numbers:
    """How often another draw would have differed at least as much, along the last axis: exact where nothing was done."""
    changes = np.concatenate([treated, held], axis=-1)
    others = np.abs(changes @ _shuffles(changes.shape[-1], held.shape[-1], seed, times).T)
    seen = np.abs(treated.mean(axis=-1) - held.mean(axis=-1))
    # A hair less than what was seen: the same sum added in another order must count as the same.
    return (1 + (others >= seen[..., None] * (1 - 1e-9) - 1e-9).sum(axis=-1)) / (times + 1)


def compare(treated: Sequence[int], held: Sequence[int], seed: int, policy: ResultPolicy) -> Compared:
    """The changes of one campaign's two groups."""
    a, b = np.asarray(treated, dtype=np.float64), np.asarray(held, dtype=np.float64)
    means = (float(a.mean()) if len(a) else 0.0, float(b.mean()) if len(b) else 0.0)
    if len(a) < 2 or len(b) < 2:
        return Compared(len(a), len(b), *means, means[0] - means[1] if len(b) else means[0])
    effect, low, high, freedom = welch(a, b)
    shuffled = chance(a, b, seed, policy.shuffles)
    return Compared(
        len(a), len(b), *means, float(effect), float(low), float(high), float(freedom), float(shuffled)
    )  # fmt: skip


def verdict(found: Compared, policy: ResultPolicy) -> str:
    """What is said of it: one of VERDICTS."""
    if not found.treated:
        return NONE
    if not found.held:
        return ALONE
    if min(found.treated, found.held) < policy.least_per_arm:
        return FEW
    if not found.shown:
        return UNSHOWN
    return WORKED if found.effect > 0 else HARMED


@dataclass(frozen=True, slots=True)
class Lift:
    """What the campaign brought in its days over all terminals worked on: thousandths, with the interval; and in fen."""

    milli: int
    low_milli: int | None
    high_milli: int | None
    fen: int
    low_fen: int | None
    high_fen: int | None


def lift(found: Compared, days: int, price_fen: int) -> Lift:
    """The difference a month, for all treated, over the days of the campaign; `price_fen` is what a unit sells for."""

    def whole(one: float | None) -> int | None:
        return None if one is None else round(one * found.treated * days / DAYS_OF_MONTH)

    quantities = [whole(found.effect) or 0, whole(found.low), whole(found.high)]
    amounts = [None if milli is None else round(milli * price_fen / 1000) for milli in quantities]
    return Lift(quantities[0] or 0, quantities[1], quantities[2], amounts[0] or 0, amounts[1], amounts[2])


def doubted(held: int, spoilt: int, policy: ResultPolicy) -> bool:
    """Whether so many held-out terminals were not left alone that the result says less than it seems."""
    return held > 0 and spoilt * 10_000 > held * policy.doubt_bp
