"""What the clock asks of visits."""

from __future__ import annotations

from datetime import datetime, time

from kewei.people import queries as people
from kewei.visits import actions


def gather_wishes(*, now: datetime) -> None:
    """汇集拜访理由  Every morning, after the cases and the worklist: why terminals deserve a visit this month and the next."""
    actions.gather_wishes(by=people.system(), now=now)


JOBS = [
    # After collecting's stages of the day.
    ("visits.wishes", time(5, 30), gather_wishes),
]
