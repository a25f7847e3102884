"""Judgements of ours that finance may change: dated values with their source, never numbers inside a rule (design §4.5).

A change is a new version in force from its own day; the figures of an earlier day keep the version of that day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Rates:
    """What receivables are costed at, in basis points: money a year, net margin, late interest a day; and when to pay by."""

    version: str
    since: date
    source: str
    annual_bp: int
    margin_bp: int
    late_daily_bp: int
    pay_within_working_days: int


RATES: tuple[Rates, ...] = (
    Rates(
        version="2026-11",
        since=date.min,
        source="domain 3.6 [INF]: 4 % a year, 5 % net margin; 4.3: 0.05 % a day for small suppliers; 2.13 [INF]: 5 working days",
        annual_bp=400,
        margin_bp=500,
        late_daily_bp=5,
        pay_within_working_days=5,
    ),
)


def rates_on(day: date, versions: Sequence[Rates] = RATES) -> Rates:
    """The version in force on a day: the latest that had begun."""
    return max((rates for rates in versions if rates.since <= day), key=lambda rates: rates.since)
