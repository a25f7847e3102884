"""What the clock asks of credit."""

from __future__ import annotations

from datetime import datetime

from kewei.credit import actions
from kewei.credit.queries import applications
from kewei.journal.rules import Every
from kewei.people import queries as people


def escalate(*, now: datetime) -> None:
    """超时上报  Steps of applications that ran out of time go to the next superior too; silence never approves."""
    by = people.system()
    for application in applications.overdue_steps(now):
        actions.escalate_application(application=application, by=by, now=now)


JOBS = [("credit.escalate", Every(minutes=30), escalate)]
