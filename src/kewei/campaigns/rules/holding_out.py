"""留出组: how many terminals are left alone so that the result can be told from chance, and which (docs/algorithms/campaigns.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from random import Random
from statistics import NormalDist
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal

TREATED, HELD, ADDED = "treated", "held_out", "added"
ARMS: dict[str, str] = {TREATED: N_("重点终端"), HELD: N_("留出组"), ADDED: N_("手工加入，不参加比较")}
MOST_TERMINALS = 5_000
LARGEST_SEED = 2**31 - 1


@refusal
class BadHoldOut(Refused):
    code = "campaign_bad_hold_out"
    says = N_("{size} 家里留出 {held} 家不行：最多留出 {most} 家")


@dataclass(frozen=True, slots=True)
class HoldOutPolicy:
    """How sure one wants to be (per cent), the least terminals of an arm, and the share held out, basis points: the least and
    the most that is proposed, and the most somebody may choose."""

    power_percent: int
    least_per_arm: int
    least_bp: int
    proposed_bp: int
    most_bp: int


def read_hold_out(body: Any) -> HoldOutPolicy:
    """The policy's value. Raises BadPolicy."""
    policy = HoldOutPolicy(**body)
    if not 50 <= policy.power_percent <= 99:
        raise BadPolicy(reason="power_percent: 50–99")
    if not 0 < policy.least_bp <= policy.proposed_bp <= policy.most_bp <= 5_000:
        raise BadPolicy(reason="0 < least_bp ≤ proposed_bp ≤ most_bp ≤ 5000")
    if policy.least_per_arm < 2:
        raise BadPolicy(reason="least_per_arm ≥ 2")
    return policy


HOLD_OUT = Policy(
    name="campaigns.hold_out",
    title=N_("留出组的大小"),
    keeper="campaigns.policy",
    since=date(2026, 11, 1),
    source="80 % power at 5 %, as usual in trials; the shares and the least number are ours [INF]",
    body={"power_percent": 80, "least_per_arm": 10, "least_bp": 1_000, "proposed_bp": 3_000, "most_bp": 5_000},
    read=read_hold_out,
)


@dataclass(frozen=True, slots=True)
class Power:
    """The hold-out proposed: of `size` terminals `held` are left alone; thousandths a month.

    `spread_milli` is how much a terminal's month changes by itself, `effect_milli` what the campaign wants to see,
    `detectable_milli` the least it will see with the power asked for; `enough` whether the second is not below the third.
    """

    size: int
    held: int
    spread_milli: int
    effect_milli: int
    detectable_milli: int | None
    enough: bool

    def as_json(self) -> dict[str, Any]:
        """As kept with the list."""
        return asdict(self)


def most_held(size: int, policy: HoldOutPolicy) -> int:
    """The most that may be held out of a list."""
    return size * policy.most_bp // 10_000


def propose(size: int, spread_milli: float, effect_milli: int, policy: HoldOutPolicy) -> Power:
    """The smallest hold-out that shows the effect wanted; where none does, the largest that is proposed.

    Comparing the mean change of `held` and of the rest has a standard error of spread × √(1/held + 1/rest); the effect
    must be (z of 97.5 % + z of the power) times that.
    """
    most = max(size * policy.proposed_bp // 10_000, min(policy.least_per_arm, most_held(size, policy)))
    least = min(most, max(policy.least_per_arm, -(-size * policy.least_bp // 10_000)))
    held = next(
        (n for n in range(least, most + 1) if n and detectable(size, n, spread_milli, policy) <= effect_milli), most
    )
    return power_of(size, held, spread_milli, effect_milli, policy)


def power_of(size: int, held: int, spread_milli: float, effect_milli: int, policy: HoldOutPolicy) -> Power:
    """What a hold-out somebody chose will show."""
    least = round(detectable(size, held, spread_milli, policy)) if 0 < held < size else None
    enough = least is not None and least <= effect_milli and min(held, size - held) >= policy.least_per_arm
    return Power(size, held, round(spread_milli), effect_milli, least, enough)


def detectable(size: int, held: int, spread_milli: float, policy: HoldOutPolicy) -> float:
    """The least effect such a hold-out shows with the power asked for, thousandths a month."""
    z = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(policy.power_percent / 100)
    return z * spread_milli * (1 / held + 1 / (size - held)) ** 0.5


def check_held(size: int, held: int, policy: HoldOutPolicy) -> None:
    """A hold-out somebody chose. Raises BadHoldOut."""
    most = most_held(size, policy)
    if not 0 <= held <= most:
        raise BadHoldOut(size=size, held=held, most=most)


def draw(pks: Iterable[int], held: int, seed: int) -> set[int]:
    """Which are left alone: every choice of so many is as likely as any other; the same seed draws the same again."""
    return set(Random(seed).sample(sorted(pks), held))  # noqa: S311
