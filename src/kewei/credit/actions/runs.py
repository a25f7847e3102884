"""Long work: asked for by a person, done by the worker part by part in that person's name."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.credit import facts
from kewei.credit.actions.scores import score_many
from kewei.credit.models import Run
from kewei.credit.queries import grades, runs, scores
from kewei.credit.queries.runs import POLICY, PREVIEW, REGRADE, SCORE
from kewei.journal.actions import action, record
from kewei.journal.queries_policies import policy_named
from kewei.kernel.plain import as_json
from kewei.kernel.policies import check_shape
from kewei.people.models import Person
from kewei.terminals import queries as terminals

# A few seconds of work, after which others have their turn.
AT_ONCE = 5_000
MOST_SHOWN = 200


@action
def ask_regrade(*, by: Person, now: datetime) -> int:
    """要求全部重新评分  Everybody, by the sheets of the day; answers the run's key, that of the one under way if there is one."""
    by.must(SCORE)
    if (under_way := runs.regrade_under_way()) is not None:
        return under_way
    total = len(scores.every_customer())
    run = Run.objects.create(kind=REGRADE, as_of=localdate(now), total=total, asked_by=by, asked_at=now)
    record(facts.REGRADE_ASKED, run, by=by, at=now, customers=total)
    return run.pk


@action
def ask_preview(*, name: str, body: Any, by: Person, now: datetime) -> int:
    """预览谁会变  Who would move if a policy read like this; nothing changes. Raises UnknownPolicy, BadPolicy."""
    by.must(POLICY)
    policy = policy_named(name)
    check_shape(body, policy.body)
    policy.read(body)
    return Run.objects.create(
        kind=PREVIEW,
        policy=name,
        body=body,
        as_of=localdate(now),
        total=grades.to_preview(by),
        asked_by=by,
        asked_at=now,
    ).pk


@action
def go_on(*, run: int, by: Person, now: datetime) -> None:
    """The next part of a run, by the right of whoever asked. A part and how far it came are one transaction."""
    by.must(SCORE)
    kept = Run.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=run)
    kept.asked_by.must(SCORE if kept.kind == REGRADE else POLICY)
    if kept.finished_at is not None:
        return
    if kept.kind == REGRADE:
        looked_at = terminals.every_key(kept.cursor, AT_ONCE)
        counts = Counter(score_many(terminal_ids=looked_at, as_of=kept.as_of, by=kept.asked_by, now=now))
    else:
        counts, moved, looked_at = grades.preview_part(
            kept.asked_by, kept.policy, kept.body, kept.as_of, kept.cursor, AT_ONCE
        )
        kept.moved = [*kept.moved, *as_json(moved)][:MOST_SHOWN]
    kept.counts = dict(Counter(kept.counts) + counts)
    kept.done += len(looked_at)
    kept.cursor = max(looked_at, default=kept.cursor)
    if len(looked_at) < AT_ONCE:
        kept.finished_at = now
    kept.save(update_fields=["counts", "moved", "done", "cursor", "finished_at"])


@action
def fail_run(*, run: int, why: str, by: Person, now: datetime) -> None:
    """End a run that cannot go on; what is done stays done."""
    by.must(SCORE)
    Run.objects.filter(pk=run, finished_at=None).update(finished_at=now, error=why[:300])
