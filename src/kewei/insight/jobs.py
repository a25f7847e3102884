"""What the clock asks of insight: figures of every terminal, made at night so that pages need only read them."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.utils.timezone import localdate

from kewei.insight.queries import habits
from kewei.people import queries as people
from kewei.sales import actions as sales


def reckon_habits(*, now: datetime, by: Any = None) -> int:
    """购买习惯  After the months: rhythm, alarm, chance of buying again and fifths of every terminal; answers how many."""
    by = by or people.system()
    today = localdate(now)
    found = habits.reckon(today)
    sales.keep_habits(rows=found.rows, as_of=today, told=found.told, by=by, now=now)
    return len(found.rows)


JOBS = [("insight.habits", time(3, 0), reckon_habits)]
