"""信用成本: what lending to a customer costs us, charged against what it earns (domain 3.6; docs/algorithms/limit.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

FULL_BP, YEAR_DAYS = 10_000, 365


@dataclass(frozen=True, slots=True)
class CreditCost:
    """The cost of credit over days: fen, the balance summed day by day (fen × days), the rate and its version."""

    first: date
    last: date
    fen: int
    fen_days: int
    annual_bp: int
    rates: str

    @property
    def days(self) -> int:
        """How many days, both ends included."""
        return (self.last - self.first).days + 1

    @property
    def average_fen(self) -> int:
        """The balance on an average day, fen."""
        return self.fen_days // self.days if self.days > 0 else 0


def fen_days(opening_fen: int, moves: Iterable[tuple[date, int]], first: date, last: date) -> int:
    """The balance summed over every day from first to last, fen × days.

    `moves` are (day, fen) within the period; what moves on a day counts from that day on. A day on which the customer
    has paid ahead costs nothing, and earns nothing either.
    """
    total, balance, since = 0, opening_fen, first
    for day, fen in sorted(moves):
        total += max(0, balance) * (day - since).days
        balance, since = balance + fen, day
    return total + max(0, balance) * (last + timedelta(days=1) - since).days


def cost_fen(summed: int, annual_bp: int) -> int:
    """Balance × annual rate × days / 365, rounded half up, fen."""
    whole = FULL_BP * YEAR_DAYS
    return (2 * summed * annual_bp + whole) // (2 * whole)
