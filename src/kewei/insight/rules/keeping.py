"""维护老客户: retention by month of first purchase, how far a customer's mix has moved (domain 1A rows 12 and
16; docs/algorithms/retention.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from kewei.insight.rules.trading import Ints, Trades
from kewei.kernel.calendar import month_before
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_

FULL_BP = 10_000
# How many months one whole number can tell of.
BITS = 62


@dataclass(frozen=True, slots=True)
class Segmenting:
    """From which movement of its mix a customer is looked at (basis points of its sales), and from which sales in a year (fen)."""

    mix_bp: int
    least_fen: int


def read_segmenting(body: Any) -> Segmenting:
    """The policy's value. Raises BadPolicy."""
    if not 0 < body["mix_bp"] <= FULL_BP or body["least_fen"] < 0:
        raise BadPolicy(reason="mix_bp, least_fen")
    return Segmenting(body["mix_bp"], body["least_fen"])


SEGMENTING: Policy[Segmenting] = Policy(
    name="insight.mix",
    title=N_("品种结构变化提醒"),
    keeper="insight.policy",
    since=date(2026, 11, 1),
    source="domain 1A row 16 [INF]",
    body={"mix_bp": 4_000, "least_fen": 100_000},
    read=read_segmenting,
)


# --- cohorts ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cohort:
    """Terminals that first bought in one quarter: how many, and how many of them bought in each quarter from then on."""

    first: date
    size: int
    kept: tuple[int, ...]

    @property
    def kept_bp(self) -> tuple[int, ...]:
        """The same as shares of them, basis points."""
        return tuple(count * FULL_BP // self.size if self.size else 0 for count in self.kept)


def quarter_of(month: date) -> date:
    """The first day of a month's quarter."""
    return month.replace(month=(month.month - 1) // 3 * 3 + 1, day=1)


def cohorts(bits: Ints, last: date, most: int = 12) -> tuple[Cohort, ...]:
    """The triangle: terminals by the quarter they first bought in, the newest `most`, oldest first, and how many bought in each
    later one up to that of `last`. Bit n of each of `bits` says that a terminal bought n months before `last`."""
    end = quarter_of(last)
    # Months since the quarter of `last` began, `last` among them.
    own = last.month - end.month + 1
    count = 1 + (BITS - own) // 3
    here = np.stack([bits & _mask(0 if n == 0 else own + 3 * n - 3, own if n == 0 else 3) != 0 for n in range(count)])
    # The oldest quarter it bought in; months beyond the last whole one are older than any.
    born = np.where(bits >> (own + 3 * (count - 1)) != 0, count, count - 1 - here[::-1].argmax(axis=0))
    found = []
    for n in range(min(most, count) - 1, -1, -1):
        members = here[n] & (born == n)
        if size := int(members.sum()):
            kept = tuple(int((members & here[m]).sum()) for m in range(n, -1, -1))
            found.append(Cohort(month_before(end, 3 * n), size, kept))
    return tuple(found)


def _mask(first: int, count: int) -> int:
    return ((1 << count) - 1) << first


@dataclass(frozen=True, slots=True)
class Kept:
    """A month's keeping: of those that bought in the twelve months a year earlier, how many did in the last twelve; who came
    back or came new."""

    month: date
    before: int
    kept: int
    back: int
    new: int

    @property
    def kept_bp(self) -> int | None:
        """The retention rate; None where nobody bought in the year before."""
        return self.kept * FULL_BP // self.before if self.before else None

    @property
    def lost(self) -> int:
        """Who bought in the year before and no more."""
        return self.before - self.kept


def keeping(bits: Ints, last: date, months: int = 13) -> tuple[Kept, ...]:
    """Retention as of the end of each of the newest `months` months, oldest first: twelve months against the twelve before
    them, customer by customer."""
    found = []
    for back in range(months - 1, -1, -1):
        now, before = bits & _mask(back, 12) != 0, bits & _mask(back + 12, 12) != 0
        earlier = bits >> (back + 24) != 0
        came = now & ~before
        found.append(
            Kept(
                month_before(last, back), int(before.sum()), int((before & now).sum()), int((came & earlier).sum()),
                int((came & ~earlier).sum()),
            )
        )  # fmt: skip
    return tuple(found)


# --- fifths and mix ---------------------------------------------------------------------------------------------------


def fifths(values: Ints) -> Ints:
    """Which fifth of all each value stands in, 1 the lowest, 5 the highest; equal values stand in the same."""
    below = np.searchsorted(np.sort(values), values, side="left")
    return np.asarray(1 + below * 5 // max(len(values), 1))


def mix_moved_bp(told: Trades) -> Ints:
    """How much of each terminal's sales moved to other products from before to now: half the sum of the differences of shares,
    basis points; 0 the same mix, 10000 nothing in common, -1 where either period has no sales."""
    before, now = (np.maximum(fen, 0).astype(np.float64) for fen in (told.before_fen, told.now_fen))
    if not len(before):
        return np.zeros(0, np.int64)
    whole_before, whole_now = np.add.reduceat(before, told.starts), np.add.reduceat(now, told.starts)
    rows = np.diff(np.append(told.starts, len(before)))
    shares = [
        fen / np.repeat(np.maximum(whole, 1), rows) for fen, whole in ((before, whole_before), (now, whole_now))
    ]  # fmt: skip
    apart = np.add.reduceat(np.abs(shares[0] - shares[1]), told.starts)
    return np.where((whole_before > 0) & (whole_now > 0), np.round(apart * FULL_BP / 2), -1).astype(np.int64)
