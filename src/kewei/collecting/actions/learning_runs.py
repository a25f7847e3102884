"""Learning anew: asked for by a person, done by the worker one study after the other in that person's name."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localdate

from kewei.collecting import facts
from kewei.collecting.actions.learning import draw_curves, forecast_cash, reckon_loss, train_prediction
from kewei.collecting.models import LearningRun
from kewei.collecting.queries import learning
from kewei.collecting.queries.learning import ALL, KINDS, LEARN
from kewei.journal.actions import action, record
from kewei.kernel.refusals import N_, NotFound, Refused
from kewei.people.models import Person

STUDIES = {
    learning.CURVE: draw_curves,
    learning.PREDICTION: train_prediction,
    learning.LOSS: reckon_loss,
    learning.FORECAST: forecast_cash,
}


@action
def ask_learning(*, what: str, by: Person, now: datetime) -> int:
    """要求重新学习  One study or "all" from the ledger of today; answers the run's key, that of the one under way if there is one.

    Raises NotFound.
    """
    by.must(LEARN)
    if what != ALL and what not in KINDS:
        raise NotFound(noun=N_("学习结果"))
    if (under_way := learning.run_under_way(what)) is not None:
        return under_way
    kinds = list(KINDS) if what == ALL else [what]
    run = LearningRun.objects.create(what=what, kinds=kinds, as_of=localdate(now), asked_by=by, asked_at=now)
    record(facts.LEARNING_ASKED, run, by=by, at=now, what=what)
    return run.pk


@action
def begin_learning(*, run: int, by: Person, now: datetime) -> None:
    """The worker is at it: told in a transaction of its own, so that the page sees it while the study is being made."""
    by.must(LEARN)
    LearningRun.objects.filter(pk=run, began_at=None).update(began_at=now)


@action
def go_on_learning(*, run: int, by: Person, now: datetime) -> None:
    """The next study of a run, by the right of whoever asked. What it cannot be made from is told; the rest is made."""
    by.must(LEARN)
    kept = LearningRun.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=run)
    if kept.finished_at is not None:
        return
    kind = kept.kinds[kept.done]
    try:
        STUDIES[kind](as_of=kept.as_of, by=kept.asked_by, now=now)
        _step(kept, kind, "", now)
    except Refused as why:
        _step(kept, kind, why.sentence(str), now)


@action
def fail_learning(*, run: int, why: str, by: Person, now: datetime) -> None:
    """The study in hand broke: that is told, and the next one has its turn."""
    by.must(LEARN)
    kept = LearningRun.objects.select_for_update().get(pk=run)
    if kept.finished_at is None:
        _step(kept, kept.kinds[kept.done], why, now)


def _step(kept: LearningRun, kind: str, why: str, now: datetime) -> None:
    kept.told = {**kept.told, kind: why[:300]}
    kept.done += 1
    if kept.done == len(kept.kinds):
        kept.finished_at = now
    kept.save(update_fields=["told", "done", "finished_at"])
