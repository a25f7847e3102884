"""购买节奏: how often a terminal buys, in its own days, and how many of its own intervals it has missed (domain 1A row 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median_high

# How far back a rhythm looks: the last dozen gaps; a customer's habit of three years ago is not its habit.
GAPS = 12
# Two gaps are a habit, one is a coincidence.
LEAST = 3


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A terminal's rhythm: its usual gap between days with a purchase, how far half of the gaps stray from it, both in days.

    `usual_days` is None where it bought on fewer than LEAST days; `last` is None where it never bought.
    """

    usual_days: int | None
    spread: int
    purchases: int
    last: date | None

    @property
    def next_day(self) -> date | None:
        """The day its next order is due: one usual gap after the last."""
        return self.last + timedelta(days=self.usual_days) if self.last and self.usual_days else None


def rhythm(days: Sequence[date]) -> Rhythm:
    """The rhythm of days with a purchase, in any order, each told once or more often.

    The middle gap, not the mean: one long holiday does not make a slow buyer.
    """
    told = sorted(set(days))
    if len(told) < LEAST:
        return Rhythm(None, 0, len(told), told[-1] if told else None)
    gaps = [(after - before).days for before, after in pairwise(told)][-GAPS:]
    usual = median_high(gaps)
    return Rhythm(usual, median_high(abs(gap - usual) for gap in gaps), len(told), told[-1])


def overdue(rhythm: Rhythm, today: date) -> int | None:
    """How many of its own intervals have gone by without the order that was due; None where it has no rhythm yet.

    0 while the next order is not due, 1 from its day on, 2 after as long a silence again.
    """
    if rhythm.usual_days is None or rhythm.last is None:
        return None
    return max(0, (today - rhythm.last).days // rhythm.usual_days)
