"""What the clock asks of terminals."""

from __future__ import annotations

from datetime import datetime, time

from django.utils.timezone import localdate

from kewei.people import queries as people
from kewei.terminals import actions


def return_idle(*, now: datetime) -> None:
    """闲置退回  Every night: prospects nobody has worked on long enough go back to the pool."""
    actions.return_idle_prospects(day=localdate(now), by=people.system(), now=now)


JOBS = [("terminals.pool", time(3, 30), return_idle)]
