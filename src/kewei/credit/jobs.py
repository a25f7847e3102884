"""What the clock asks of credit."""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta

from django.utils.timezone import localdate

from kewei.credit import actions
from kewei.credit.queries import applications, holds, runs, scores, watching
from kewei.credit.rules.watching import WATCH
from kewei.journal import queries_policies
from kewei.journal.bulk import chunks
from kewei.journal.rules import Every
from kewei.kernel.refusals import Refused
from kewei.people import queries as people

AT_ONCE = 500
# A part of a run takes seconds; a worker silent for longer has died, and the run goes on where it was.
LOST_AFTER = timedelta(minutes=3)
log = logging.getLogger("kewei.credit")


def escalate(*, now: datetime) -> None:
    """超时上报  Steps of applications that ran out of time go to the next superior too; silence never approves."""
    by = people.system()
    for application in applications.overdue_steps(now):
        actions.escalate_application(application=application, by=by, now=now)


def keep_holds(*, now: datetime) -> None:
    """自动停赊与恢复  Every night: holds that ran out, reasons that began, reasons that are gone."""
    by = people.system()
    actions.end_run_out_holds(by=by, now=now)
    for part in chunks(holds.to_look_at(localdate(now)), AT_ONCE):
        actions.keep_holds(terminals=part, by=by, now=now)


def keep_findings(*, now: datetime) -> None:
    """夜间预警  Every night: signs that something about a customer has changed."""
    by, today = people.system(), localdate(now)
    policy = queries_policies.in_force(WATCH, today).value
    ids = watching.watched(today)
    before_fen = watching.overdue_before(by, today, policy.overdue_window_days) if ids else {}
    for part in chunks(ids, AT_ONCE):
        actions.keep_findings(terminals=part, before_fen=before_fen, by=by, now=now)


def regrade(*, now: datetime) -> None:
    """重新评分  Judge everybody every night; keep a score where the grade, a cap or a red line changed or a review is due."""
    everybody = scores.every_customer()
    actions.regrade(terminal_ids=everybody, as_of=localdate(now), only_news=True, by=people.system(), now=now)


class WhenAsked:
    """Whenever somebody asked for long work: one part a turn, so that others have theirs in between."""

    def is_due(self, taken_at: datetime | None, done_at: datetime | None, now: datetime) -> bool:
        """See journal.rules.Rhythm."""
        busy = taken_at is not None and done_at is None and now - taken_at < LOST_AFTER
        return not busy and runs.next_under_way() is not None


def go_on(*, now: datetime) -> None:
    """后台任务  The next part of a regrade or a preview; one that breaks is ended, with the reason on its page."""
    run, by = runs.next_under_way(), people.system()
    if run is None:
        return
    try:
        actions.go_on(run=run, by=by, now=now)
    except Refused as why:
        actions.fail_run(run=run, why=why.sentence(str), by=by, now=now)
    except Exception as broken:
        log.exception("run %s", run)
        actions.fail_run(run=run, why=f"{type(broken).__name__}: {broken}", by=by, now=now)


JOBS = [
    ("credit.runs", WhenAsked(), go_on),
    ("credit.escalate", Every(minutes=30), escalate),
    # Before the holds, which depend on the grade.
    ("credit.regrade", time(3, 10), regrade),
    ("credit.holds", time(3, 30), keep_holds),
    ("credit.watch", time(3, 45), keep_findings),
]
