"""The worker: lets followers read the chain and runs what the clock asks for. Any number may run at once."""

import logging
import os
import threading

from django.db import close_old_connections, connection
from django.utils import timezone

from kewei.journal import actions, following, queries
from kewei.people import queries as people

PAUSE_S = 1.0
log = logging.getLogger("kewei.worker")


def once() -> int:
    """Read everything there is to read and run every job that is due; returns how many of both."""
    by = people.system()
    done = 0
    for follower in following.followers():
        done += actions.catch_up(follower=follower, by=by, now=timezone.now())
    for job in following.jobs():
        done += actions.run_due(job=job, by=by, now=timezone.now())
    return done


def run(stop: threading.Event, parent: int = 0) -> None:
    """Go round until told to stop, or until the process that started us is gone (`parent`, 0: whoever)."""
    while not stop.is_set() and (not parent or os.getppid() == parent):
        try:
            close_old_connections()
            done = once()
        except Exception:
            # The database may be restarting, or not be founded yet; the next round tells.
            log.exception("worker")
            connection.close()
            done = 0
        stop.wait(0 if done else PAUSE_S)


def behind() -> int:
    """How many facts followers have still to read."""
    return sum(one.behind for one in queries.standings(people.system()))
