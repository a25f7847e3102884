"""流失预警, looking back: how well the rule of sales.rules.lapse would have done on purchases of years (docs/algorithms/lapse.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from kewei.kernel.refusals import N_, Refused, refusal
from kewei.sales.rules.lapse import FULL_BP, INTERVALS, Alarm, after, surprise
from kewei.sales.rules.rhythms import Ints, last_gaps, rhythm_of


@refusal
class TooFewStopped(Refused):
    code = "lapse_too_few_stopped"
    says = N_("要有至少 {least} 家停止购买和 {least} 家仍在购买的客户才能回测，这里有 {stopped} 家和 {active} 家")


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
            tried, np.unique(told[there]), lambda per_day, n=there: after(told[n], cases.usual[n], policy, per_day)
        )
        own[here] = after(told[here], cases.usual[here], policy, sharp)
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


def _sharpest(cases: Cases, candidates: npt.NDArray[Any], after_days: Any) -> Any:
    """The largest candidate (ascending sharpness) whose false alarms stay within FALSE_BP: found by halving."""
    ascending = np.sort(candidates)
    low, high = 0, len(ascending) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if _false_bp(cases, after_days(ascending[middle])) <= FALSE_BP:
            low = middle
        else:
            high = middle - 1
    return ascending[low]


def _false_bp(cases: Cases, days: Ints) -> int:
    return round(float((cases.silence > days)[cases.ended].mean()) * FULL_BP)


def _way(name: str, cases: Cases, days: Ints) -> Way:
    caught = (days <= INTERVALS * cases.usual) & (cases.silence > days)
    return Way(name, round(float(caught[~cases.ended].mean()) * FULL_BP), _false_bp(cases, days))
