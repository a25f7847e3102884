"""流失预警: when a buyer's silence is longer than its own rhythm explains (domain 1A row 6; docs/algorithms/lapse.md).

Never before two of its own intervals have gone by without an order. How likely a still living buyer is silent that long is
read off its own last gaps, leaning on those of all buyers while it has few; against it stands the chance that it stopped,
which grows with the days of an interval. What is common for this buyer, or for one that orders every week, is no alarm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from kewei.insight.rules.habits import Ints, last_gaps, rhythm_of
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal

FULL_BP, MILLION, TENTHS = 10_000, 1_000_000, 10
INTERVALS = 2
Numbers = npt.NDArray[np.float64]


@refusal
class TooFewStopped(Refused):
    code = "lapse_too_few_stopped"
    says = N_("要有至少 {least} 家停止购买和 {least} 家仍在购买的客户才能回测，这里有 {stopped} 家和 {active} 家")


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
    name="insight.lapse",
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
    return _after(surprise(gaps, usual, policy), usual, policy, policy.per_day_ppm / MILLION)


def _after(told: Numbers, usual: Ints, policy: Alarm, per_day: float) -> Ints:
    tenths = np.array([one for one, _bp in policy.longer_bp], np.int64)
    enough = told < per_day
    enough[:, -1] = True
    return np.asarray(_days(usual, tenths)[np.arange(len(usual)), enough.argmax(axis=1)])


def _days(usual: Ints, tenths: Ints) -> Ints:
    """So many tenths of an interval, in whole days begun."""
    return -(-usual[:, None] * tenths[None, :] // TENTHS)


# --- looking back -----------------------------------------------------------------------------------------------------

# Who was silent to the end for a year and six of its own intervals has truly stopped.
STOPPED_DAYS, STOPPED_INTERVALS = 365, 6
LEAST_BUYERS = 10
FALSE_BP = 500
FIXED_DAYS = 90


@dataclass(frozen=True, slots=True)
class Way:
    """How a rule did: the share of buyers that stopped it flagged within two of their own intervals, and the share of gaps
    that did end with an order in which it went off all the same; basis points."""

    name: str
    caught_bp: int
    false_bp: int


@dataclass(frozen=True, slots=True)
class LookBack:
    """Looking back on a file: buyers with enough purchases, how many stopped, gaps that ended with an order, and the rules."""

    buyers: int
    stopped: int
    gaps: int
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Cases:
    """Every silence of every buyer with enough purchases behind it: whose, the gaps before it, how long it was, and whether
    it ended with an order or was the last of one that stopped."""

    buyer: Ints
    gaps: Ints
    usual: Ints
    silence: Ints
    ended: npt.NDArray[np.bool_]


def look_back(purchases: Mapping[str, Sequence[date]], until: date, policy: Alarm) -> LookBack:
    """Promise 6: the rule, its sharpness chosen on one half of the buyers for FALSE_BP and asked of the other, and both ways
    round; beside it a fixed number of days chosen likewise, and 90 days. Raises TooFewStopped."""
    cases = cases_of(purchases, until, policy)
    stopped = int((~cases.ended).sum())
    buyers = len(np.unique(cases.buyer))
    if min(stopped, buyers - stopped) < LEAST_BUYERS:
        raise TooFewStopped(least=LEAST_BUYERS, stopped=stopped, active=buyers - stopped)
    told = surprise(cases.gaps, cases.usual, policy)
    own, fixed = np.zeros(len(told), np.int64), np.zeros(len(told), np.int64)
    for half in (0, 1):
        here = cases.buyer % 2 == half
        tried, there = cases_at(cases, ~here), ~here
        sharp = _sharpest(
            tried, np.unique(told[there]), lambda per_day, n=there: _after(told[n], cases.usual[n], policy, per_day)
        )
        own[here] = _after(told[here], cases.usual[here], policy, sharp)
        days = _sharpest(tried, -np.arange(1, 1_000), lambda less, n=int(there.sum()): np.full(n, -less))
        fixed[here] = -days
    return LookBack(
        buyers, stopped, int(cases.ended.sum()),
        (
            _way("own", cases, own),
            _way("fixed", cases, np.full(len(told), FIXED_DAYS)),
            _way("fixed_tuned", cases, fixed),
        ),
    )  # fmt: skip


def cases_of(purchases: Mapping[str, Sequence[date]], until: date, policy: Alarm) -> Cases:
    """Every silence after at least `policy.least` purchases. The last one of a buyer that has not truly stopped is none: it
    has not ended yet."""
    rows = [
        (n, day.toordinal()) for n, (_who, days) in enumerate(sorted(purchases.items())) for day in days if day <= until
    ]
    buyer, day = np.array(sorted(set(rows)), np.int64).reshape(-1, 2).T
    starts = np.concatenate([[0], np.flatnonzero(np.diff(buyer) != 0) + 1])[: len(buyer)]
    first = np.repeat(starts, np.diff(np.append(starts, len(buyer))))
    place = np.arange(len(buyer))
    known = place - first + 1
    asked = np.flatnonzero(known >= policy.least)
    gaps = last_gaps(day, first[asked], asked + 1, policy.gaps)
    usual, _spread = rhythm_of(gaps, known[asked])
    following = np.append(buyer[1:], -1)[asked] == buyer[asked]
    silence = np.where(following, np.append(day[1:], 0)[asked], until.toordinal()) - day[asked]
    stopped = ~following & (silence >= STOPPED_DAYS) & (silence >= STOPPED_INTERVALS * usual)
    kept = following | stopped
    return Cases(buyer[asked][kept], gaps[kept], usual[kept], silence[kept], following[kept])


def cases_at(cases: Cases, kept: npt.NDArray[np.bool_]) -> Cases:
    """Some of these cases."""
    return replace(
        cases, buyer=cases.buyer[kept], gaps=cases.gaps[kept], usual=cases.usual[kept], silence=cases.silence[kept],
        ended=cases.ended[kept],
    )  # fmt: skip


def _sharpest(cases: Cases, candidates: npt.NDArray[Any], after: Any) -> Any:
    """The largest candidate (ascending sharpness) whose false alarms stay within FALSE_BP: found by halving."""
    ascending = np.sort(candidates)
    low, high = 0, len(ascending) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if _false_bp(cases, after(ascending[middle])) <= FALSE_BP:
            low = middle
        else:
            high = middle - 1
    return ascending[low]


def _false_bp(cases: Cases, after: Ints) -> int:
    return round(float((cases.silence > after)[cases.ended].mean()) * FULL_BP)


def _way(name: str, cases: Cases, after: Ints) -> Way:
    caught = (after <= INTERVALS * cases.usual) & (cases.silence > after)
    return Way(name, round(float(caught[~cases.ended].mean()) * FULL_BP), _false_bp(cases, after))
