"""What the clock asks of collecting."""

from __future__ import annotations

from datetime import datetime, time

from django.utils.timezone import localdate

from kewei.collecting import actions
from kewei.collecting.queries import promises
from kewei.journal.bulk import chunks
from kewei.people import queries as people

AT_ONCE = 500


def judge_promises(*, now: datetime) -> None:
    """判定承诺  Every night: promises that were kept, broken or partly paid, and broken ones that money corrects."""
    by = people.system()
    for part in chunks(promises.to_look_at(now), AT_ONCE):
        actions.judge_promises(keys=part, by=by, now=now)


def run_day(*, now: datetime) -> None:
    """催收日程  Every morning: cases open and close, items climb the ladder."""
    actions.run_day(day=localdate(now), by=people.system(), now=now)


JOBS = [
    # Before the daily run, whose stages depend on what was kept.
    ("collecting.promises", time(4, 0), judge_promises),
    ("collecting.day", time(4, 30), run_day),
]
