"""Jobs of the clock: each is taken by one worker when it is due, run, and its outcome kept."""

import traceback
from datetime import datetime

from kewei.journal.actions.frame import action
from kewei.journal.following import Job
from kewei.journal.models import Turn

_ERROR_CHARACTERS = 4000


def run_due(*, job: Job, by, now: datetime) -> bool:
    """Run a job if it is due and nobody else has taken it; False where it is not. Its failure is kept, not raised."""
    by.must("journal.follow")
    if not take_turn(job=job, by=by, now=now):
        return False
    error = ""
    try:
        job.do(now=now)
    except Exception:
        error = traceback.format_exc()
    finish_turn(job=job, error=error, by=by, now=now)
    return True


@action
def take_turn(*, job: Job, by, now: datetime) -> bool:
    """Claim a job for this moment; False where it is not due."""
    by.must("journal.follow")
    turn, _ = Turn.objects.select_for_update().get_or_create(job=job.name)
    if not job.rhythm.is_due(turn.taken_at, turn.done_at, now):
        return False
    Turn.objects.filter(pk=turn.pk).update(taken_at=now, done_at=None)
    return True


@action
def finish_turn(*, job: Job, error: str, by, now: datetime) -> None:
    """Keep how it went; empty text: well."""
    by.must("journal.follow")
    Turn.objects.filter(job=job.name).update(done_at=now, error=error[-_ERROR_CHARACTERS:])
