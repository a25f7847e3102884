"""What the clock asks of sales."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils.timezone import localdate

from kewei.people import queries as people
from kewei.sales import actions, queries
from kewei.terminals import actions as terminals

YEAR = timedelta(days=360)


def classify(*, now: datetime) -> None:
    """潜力级  Every night: classes of terminals whose demand became known, or whose class is half a year old (domain 5.2)."""
    last = localdate(now)
    bought = queries.bought_a_month(last - YEAR, last)
    terminals.classify_terminals(bought=bought, verb="terminals.prospect", by=people.system(), now=now)


def prepare(*, now: datetime) -> None:
    """月度销售  Early every morning, before what reads it: months whose lines have changed."""
    actions.prepare_months(by=people.system(), now=now)


JOBS = [("sales.months", time(2, 40), prepare), ("sales.potential", time(3, 20), classify)]
