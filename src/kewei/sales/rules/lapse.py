"""流失预警: when a buyer's silence is longer than its own rhythm explains (domain 1A row 6; docs/algorithms/lapse.md).

Never before two of its own intervals have gone by without an order. How likely a still living buyer is silent that long is
read off its own last gaps, leaning on those of all buyers while it has few; against it stands the chance that it stopped,
which grows with the days of an interval. What is common for this buyer, or for one that orders every week, is no alarm.

The one rule of the house: the list of lapsing terminals, the wish of the visit plan and the reason of a campaign ask it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_
from kewei.sales.rules.rhythms import Habits, Ints

FULL_BP, MILLION, TENTHS = 10_000, 1_000_000, 10
INTERVALS = 2
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Alarm:
    """The policy: purchases needed, how many last gaps count, how many gaps the experience of all buyers weighs as, the
    chance of having stopped for each day of an interval (millionths, of the odds asked), and of all buyers the share of gaps
    (basis points) longer than so many tenths of the usual one."""

    least: int
    gaps: int
    weight: int
    per_day_ppm: int
    longer_bp: tuple[tuple[int, int], ...]


def read_alarm(body: Any) -> Alarm:
    """The policy's value. Raises BadPolicy."""
    longer = tuple((tenths, bp) for tenths, bp in body["longer_bp"])
    if not longer or longer[0][0] < INTERVALS * TENTHS:
        raise BadPolicy(reason="longer_bp: the first row is two intervals or more")
    if any(later <= sooner for (sooner, _), (later, _bp) in pairwise(longer)):
        raise BadPolicy(reason="longer_bp: ascending")
    if any(not 0 <= bp <= FULL_BP for _tenths, bp in longer):
        raise BadPolicy(reason="longer_bp: 0–10000")
    if not (3 <= body["least"] <= 100 and 2 <= body["gaps"] <= 100 and 0 <= body["weight"] <= 1000):
        raise BadPolicy(reason="least, gaps, weight")
    if not 1 <= body["per_day_ppm"] <= MILLION:
        raise BadPolicy(reason="per_day_ppm")
    return Alarm(body["least"], body["gaps"], body["weight"], body["per_day_ppm"], longer)


LAPSE: Policy[Alarm] = Policy(
    name="sales.lapse",
    title=N_("流失预警"),
    keeper="insight.policy",
    since=date(2026, 11, 1),
    source="docs/algorithms/lapse.md; shares of gaps: ARCOS Suffolk 2006–2014, 27,544 gaps of 202 buyers",
    body={
        "least": 5,
        "gaps": 24,
        "weight": 10,
        "per_day_ppm": 10_900,
        "longer_bp": [[20, 964], [40, 132], [80, 19], [150, 5]],
    },
    read=read_alarm,
)


def surprise(gaps: Ints, usual: Ints, policy: Alarm) -> Numbers:
    """For each buyer and each row of the policy: the share of gaps at least that long while it buys, for each day of its
    usual interval. The smaller, the likelier it has stopped."""
    tenths, bp = (np.array(column, np.int64) for column in zip(*policy.longer_bp, strict=True))
    silence = _days(usual, tenths)
    known = gaps >= 0
    longer = ((gaps[:, None, :] > silence[:, :, None]) & known[:, None, :]).sum(axis=2)
    share = (longer * FULL_BP + policy.weight * bp[None, :]) / (known.sum(axis=1) + policy.weight)[:, None]
    return np.asarray(share / FULL_BP / np.maximum(usual, 1)[:, None])


def alarms_after(gaps: Ints, usual: Ints, policy: Alarm) -> Ints:
    """After how many days of silence each buyer's alarm goes off: the first row of the policy whose silence is surprising
    enough, else the last."""
    return after(surprise(gaps, usual, policy), usual, policy, policy.per_day_ppm / MILLION)


def alarm_days(habits: Habits, policy: Alarm) -> Ints:
    """The first day (ordinal) on which each buyer's silence is an alarm; 0 of those that bought too seldom to have a rhythm."""
    watched = (habits.usual > 0) & (habits.purchases >= policy.least)
    return np.where(watched, habits.last + alarms_after(habits.gaps, habits.usual, policy) + 1, 0)


def after(told: Numbers, usual: Ints, policy: Alarm, per_day: float) -> Ints:
    """After how many days of silence it goes off, where `told` (surprise) below `per_day` is an alarm."""
    tenths = np.array([one for one, _bp in policy.longer_bp], np.int64)
    enough = told < per_day
    enough[:, -1] = True
    return np.asarray(_days(usual, tenths)[np.arange(len(usual)), enough.argmax(axis=1)])


def _days(usual: Ints, tenths: Ints) -> Ints:
    """So many tenths of an interval, in whole days begun."""
    return -(-usual[:, None] * tenths[None, :] // TENTHS)
