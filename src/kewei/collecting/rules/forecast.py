"""十三周回款预测: when what is open, and what will be billed as lately, comes in (docs/algorithms/forecast.md).

Amounts grow a day older every day; of each day of their age past due a part is paid, the hazard of the segment. What is
billed meanwhile joins at the ages at which it lately joined. Bounds come from looking back: what the same way would have
said at earlier cuts, beside what came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

WEEKS, WEEK = 13, 7
# Ages past due that are told apart: from so many days before the due date to so many after it.
BEFORE, AFTER = 150, 730
AGES = BEFORE + AFTER + 1
SMOOTH = 7
FULL_BP = 10_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A book up to a day, fen by [segment × age]: when amounts joined, were paid, and were last seen open; and what
    joined within the last `lately` days alone."""

    joined: Ints
    paid: Ints
    left: Ints
    joined_lately: Ints
    lately: int


@dataclass(frozen=True, slots=True)
class Weeks:
    """What is expected to come in per week, fen: of what is open now, and of what will be billed meanwhile."""

    open_fen: tuple[int, ...]
    new_fen: tuple[int, ...]

    @property
    def fen(self) -> tuple[int, ...]:
        """Both together."""
        return tuple(one + other for one, other in zip(self.open_fen, self.new_fen, strict=True))


@dataclass(frozen=True, slots=True)
class Cut:
    """Looking back: the day of the cut, what would have been said of the weeks after it, and what came; fen."""

    day: int
    said_fen: tuple[int, ...]
    came_fen: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which parts of what was said (basis points) 80 of 100 weeks, and the whole thirteen weeks, came; how many
    of the weeks looked back at lay within the bounds made without their own cut."""

    week_low_bp: int
    week_high_bp: int
    whole_low_bp: int
    whole_high_bp: int
    inside: int
    weeks: int


def age_place(days: Ints) -> Ints:
    """The place of an age past due among AGES; what lies outside counts at the ends."""
    return np.clip(days + BEFORE, 0, AGES - 1)


def hazards(seen: Seen) -> Numbers:
    """The part of what is at risk that is paid at each age, by segment: sums over a week either side, because people pay
    on Fridays and on the last of the month."""
    # At risk at an age: joined by then, and neither paid nor lost from sight before it.
    gone = np.cumsum(seen.paid + seen.left, axis=1) - (seen.paid + seen.left)
    at_risk = np.cumsum(seen.joined, axis=1) - gone
    return np.clip(np.divide(_smooth(seen.paid), np.maximum(_smooth(at_risk), 1)), 0, 1)


def _smooth(fen: Ints) -> Ints:
    """Sums of each age and its neighbours."""
    padded = np.pad(fen, ((0, 0), (SMOOTH // 2 + 1, SMOOTH // 2)))
    sums = np.cumsum(padded, axis=1)
    return sums[:, SMOOTH:] - sums[:, :-SMOOTH]


def look_ahead(seen: Seen, weeks: int = WEEKS) -> Weeks:
    """What is expected of each of the next weeks."""
    hazard = hazards(seen)
    parts = []
    for start, daily in (
        (seen.left, np.zeros_like(hazard)), (np.zeros_like(hazard), np.divide(seen.joined_lately, max(seen.lately, 1)))
    ):  # fmt: skip
        there, told = start.astype(np.float64), []
        for _ in range(weeks):
            paid_fen = np.float64(0)
            for _ in range(WEEK):
                there = np.concatenate(
                    [np.zeros((len(there), 1)), there[:, :-2], there[:, -2:].sum(axis=1)[:, None]], axis=1
                )
                there = there + daily
                paid = there * hazard
                there = there - paid
                paid_fen += paid.sum()
            told.append(int(paid_fen))
        parts.append(tuple(told))
    return Weeks(*parts)


def bounds(cuts: Sequence[Cut]) -> Bounds | None:
    """The bounds that looking back gives; None with fewer than three cuts."""
    if len(cuts) < 3:
        return None
    inside = 0
    for one in cuts:
        low, high = _week_bounds([other for other in cuts if other is not one])
        inside += sum(
            low * said <= came * FULL_BP <= high * said for said, came in zip(one.said_fen, one.came_fen, strict=True)
        )
    whole = np.sort([sum(one.came_fen) * FULL_BP // max(sum(one.said_fen), 1) for one in cuts])
    return Bounds(*_week_bounds(cuts), int(whole[0]), int(whole[-1]), inside, sum(len(one.said_fen) for one in cuts))


def _week_bounds(cuts: Sequence[Cut]) -> tuple[int, int]:
    parts = [
        came * FULL_BP // max(said, 1)
        for one in cuts
        for said, came in zip(one.said_fen, one.came_fen, strict=True)
    ]  # fmt: skip
    low, high = np.quantile(parts, np.divide([1, 9], 10))
    return int(low), int(np.ceil(high))
