"""What the clock asks of collecting."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, time, timedelta

from django.utils.timezone import localdate

from kewei.collecting import actions
from kewei.collecting.queries import learning, promises
from kewei.collecting.rules import prediction
from kewei.journal.bulk import chunks
from kewei.people import queries as people

AT_ONCE = 500
# A study of millions of invoices takes minutes; a worker silent for longer has died, and the run goes on where it was.
LOST_AFTER = timedelta(minutes=15)
log = logging.getLogger("kewei.collecting")


def judge_promises(*, now: datetime) -> None:
    """判定承诺  Every night: promises that were kept, broken or partly paid, and broken ones that money corrects."""
    by = people.system()
    for part in chunks(promises.to_look_at(now), AT_ONCE):
        actions.judge_promises(keys=part, by=by, now=now)


def run_day(*, now: datetime) -> None:
    """催收日程  Every morning: cases open and close, items climb the ladder."""
    actions.run_day(day=localdate(now), by=people.system(), now=now)


def learn(*, now: datetime) -> None:
    """每周学习  Once a week, at night: curves, late payment, loss and the forecast are made from the ledger anew."""
    by, today = people.system(), localdate(now)
    for kind, study in LEARN.items():
        found = learning.latest(kind)
        if found is None or today >= found.as_of + EVERY:
            # Too little to learn from, or no library: the page says what stands in.
            with suppress(prediction.NothingToLearn, prediction.TooLittleToLearn, prediction.NoLibrary):
                study(as_of=today, by=by, now=now)


LEARN = {
    learning.CURVE: actions.draw_curves,
    # Made with the curves.
    learning.LOSS: actions.reckon_loss,
    learning.PREDICTION: actions.train_prediction,
    learning.FORECAST: actions.forecast_cash,
}
EVERY = timedelta(days=7)


class WhenAsked:
    """Whenever somebody asked to learn anew: one study a turn, so that others have theirs in between."""

    def is_due(self, taken_at: datetime | None, done_at: datetime | None, now: datetime) -> bool:
        """See journal.rules.Rhythm."""
        busy = taken_at is not None and done_at is None and now - taken_at < LOST_AFTER
        return not busy and learning.run_under_way() is not None


def go_on_learning(*, now: datetime) -> None:
    """重新学习  The next study somebody asked for; one that breaks is told on its page, and the next one goes on."""
    run, by = learning.run_under_way(), people.system()
    if run is None:
        return
    actions.begin_learning(run=run, by=by, now=now)
    try:
        actions.go_on_learning(run=run, by=by, now=now)
    except Exception as broken:
        log.exception("learning %s", run)
        actions.fail_learning(run=run, why=f"{type(broken).__name__}: {broken}", by=by, now=now)


def rank_worklist(*, now: datetime) -> None:
    """今日催收排序  Every morning, after cases and promises: the list of the day."""
    actions.rank_worklist(day=localdate(now), by=people.system(), now=now)


JOBS = [
    ("collecting.learning", WhenAsked(), go_on_learning),
    # Before the daily run, which asks how likely payments are.
    ("collecting.learn", time(2, 40), learn),
    # Before the daily run, whose stages depend on what was kept.
    ("collecting.promises", time(4, 0), judge_promises),
    ("collecting.day", time(4, 30), run_day),
    ("collecting.worklist", time(5, 0), rank_worklist),
]
