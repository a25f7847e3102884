"""潜在客户数量: how many prospects a target needs, from what became of earlier ones (docs/algorithms/coverage.md)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.terminals.rules.prospects import DROPPED, LADDER, OPEN_STAGES, WON

HUNDRED = 10_000


@refusal
class BadTarget(Refused):
    code = "bad_target"
    says = N_("目标「{text}」不对，请填 0 至 {most} 的整数")


@dataclass(frozen=True, slots=True)
class CoverageRules:
    """The window looked back on, how sure the interval is (z in thousandths), the alarm, and how far to lean on the house.

    `alarm_bp` is the share of the target the prospects must be expected to bring; `lean` is how many prospects' worth the
    company's own rate weighs in a representative's.
    """

    months_back: int
    z_thousandths: int
    alarm_bp: int
    lean: int
    least: int


def read_coverage(body: Any) -> CoverageRules:
    """Read a version. Raises BadPolicy for numbers that make no sense."""
    rules = CoverageRules(body["months_back"], body["z_thousandths"], body["alarm_bp"], body["lean"], body["least"])
    if rules.months_back < 1 or rules.z_thousandths < 1 or rules.alarm_bp < 0 or rules.lean < 0 or rules.least < 1:
        raise BadPolicy(reason="months_back ≥ 1, z_thousandths ≥ 1, alarm_bp ≥ 0, lean ≥ 0, least ≥ 1")
    return rules


COVERAGE = Policy(
    name="terminals.coverage",
    title=N_("潜在客户数量：转化窗口、置信度与警戒线"),
    keeper="terminals.growth",
    since=date(2026, 11, 1),
    source="domain 1B row 27; Wilson 1927 interval at 90 %, the rest inferred [INF]",
    body={"months_back": 12, "z_thousandths": 1645, "alarm_bp": 10_000, "lean": 10, "least": 5},
    read=read_coverage,
)


@dataclass(frozen=True, slots=True)
class Rate:
    """Of `tried` prospects that left a stage or had time to, `won` became customers; rates in hundredths of a per cent."""

    won: int
    tried: int
    rate_bp: int
    low_bp: int
    high_bp: int


def rate_of(won: float, tried: float, z: float) -> Rate:
    """A rate with its interval; `won` and `tried` may be parts where the company's rate leans in."""
    low, high = wilson(won, tried, z)
    share = won / tried if tried else 0.0
    return Rate(round(won), round(tried), round(share * HUNDRED), math.floor(low * HUNDRED), math.ceil(high * HUNDRED))


def wilson(won: float, tried: float, z: float) -> tuple[float, float]:
    """The Wilson score interval of a share, also of numbers that are not whole: within 0 and 1, and sound for few tries.

    (0, 1) for no tries at all. At the ends the root and the middle would cancel but for rounding.
    """
    if tried <= 0:
        return 0.0, 1.0
    share, zz = won / tried, z * z
    middle = (share + zz / (2 * tried)) / (1 + zz / tried)
    half = z / (1 + zz / tried) * math.sqrt(max(0.0, share * (1 - share) / tried) + zz / (4 * tried * tried))
    return (0.0 if won <= 0 else max(0.0, middle - half)), (1.0 if won >= tried else min(1.0, middle + half))


@dataclass(frozen=True, slots=True)
class Passage:
    """One prospect's way: the stages it was in and how it ended, won, dropped or not yet; `holder` who had it last."""

    holder: int | None
    stages: tuple[str, ...]
    ended: str


def conversion(passages: Iterable[Passage], z: float) -> dict[str, Rate]:
    """For each stage of the ladder: of those that reached it (or passed over it) and have ended, how many were won.

    Those still under way say nothing yet and are left out; that makes young pipelines look neither better nor worse.
    """
    counts = counted(passages)
    return {stage: rate_of(won, tried, z) for stage, (won, tried) in counts.items()}


def counted(passages: Iterable[Passage]) -> dict[str, tuple[int, int]]:
    """(won, ended) for each stage of the ladder."""
    won, tried = dict.fromkeys(OPEN_STAGES, 0), dict.fromkeys(OPEN_STAGES, 0)
    for one in passages:
        if one.ended not in (WON, DROPPED):
            continue
        reached = max((LADDER.index(stage) for stage in one.stages if stage in LADDER), default=-1)
        for stage in OPEN_STAGES[: reached + 1]:
            tried[stage] += 1
            won[stage] += one.ended == WON
    return {stage: (won[stage], tried[stage]) for stage in OPEN_STAGES}


def leaning(own: tuple[int, int], house: Rate, lean: int, z: float) -> Rate:
    """A representative's rate with the company's as so many prospects' worth of belief, as a beta prior would.

    A new representative has the company's rate; one with hundreds of prospects nearly only their own.
    """
    won, tried = own
    if not house.tried:
        return rate_of(won, tried, z)
    return rate_of(won + lean * house.rate_bp / HUNDRED, tried + lean, z)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What somebody's prospects are expected to bring against the target, and how many more are needed.

    `expected_milli` are customers in thousandths; `needed` prospects of the first stage for the whole target, `needed_low`
    and `needed_high` at the ends of the interval, None where the rate may be nought. `covered_bp` None without a target.
    """

    target: int
    won: int
    held: int
    expected_milli: int
    needed: int | None
    needed_low: int | None
    needed_high: int | None
    missing: int | None
    covered_bp: int | None
    alarm: bool


def coverage(
    target: int, won: int, held: Mapping[str, int], rates: Mapping[str, Rate], rules: CoverageRules
) -> Coverage:
    """Set what is held against what is still to be won.

    Each held prospect counts by the rate of its stage; what is still missing is counted in prospects of the first stage.
    The alarm goes where less than `alarm_bp` of the rest of the target is expected.
    """
    rest = max(0, target - won)
    expected = sum(count * rates[stage].rate_bp for stage, count in held.items() if stage in rates)
    first = rates[OPEN_STAGES[0]]
    still = max(0, rest * HUNDRED - expected)
    covered = None if not target else HUNDRED if not rest else expected // rest
    return Coverage(
        target=target,
        won=won,
        held=sum(held.values()),
        expected_milli=expected * 1000 // HUNDRED,
        needed=_over(target * HUNDRED, first.rate_bp),
        needed_low=_over(target * HUNDRED, first.high_bp),
        needed_high=_over(target * HUNDRED, first.low_bp),
        missing=0 if not still else _over(still, first.rate_bp),
        covered_bp=covered,
        alarm=covered is not None and covered < rules.alarm_bp,
    )


def _over(wanted: int, rate_bp: int) -> int | None:
    return -(-wanted // rate_bp) if rate_bp else (0 if not wanted else None)


def check_target(customers: int, most: int = 999) -> None:
    """A target is a whole number one can reach. Raises BadTarget."""
    if not 0 <= customers <= most:
        raise BadTarget(text=str(customers), most=most)
