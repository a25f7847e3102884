"""What the clock asks of people: forgetting what need not be kept."""

from datetime import datetime, time

from kewei.people import actions, queries


def tidy(*, now: datetime) -> None:
    """Forget old sign-in attempts and sessions that have ended."""
    actions.forget_old_attempts(by=queries.system(), now=now)


JOBS = [("people.tidy", time(3, 30), tidy)]
