"""排序: the list of a day is made anew from the ledger, cases, promises, disputes and calendars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from kewei.collecting import facts
from kewei.collecting.models import Line, Ranking
from kewei.collecting.queries import worklist
from kewei.collecting.queries.worklist import Judged
from kewei.journal import bulk
from kewei.journal.actions import action, record
from kewei.people.models import Person

ESCALATE = "collecting.escalate"
FIELDS = (
    "terminal_id", "segment", "stage", "days", "items", "overdue_fen", "asked_fen", "worth_fen", "gain_fen", "stake_fen",
    "cost_fen", "technique", "role", "reasons", "why",
    "basis",
)  # fmt: skip


@action
def rank_worklist(*, day: date, by: Person, now: datetime, progress: Callable[[int], None] | None = None) -> Ranking:
    """今日催收排序  Judge every debtor and write the list of a day in place of the former; the same day again renews it."""
    by.must(ESCALATE)
    standing = worklist.policies(day)
    rows: list[tuple[Any, ...]] = []
    for count, sight in enumerate(worklist.sights(day, standing), 1):
        rows.append(_row(worklist.judge(sight, standing)))
        if progress is not None and count % worklist.AT_ONCE == 0:
            progress(count)
    Line.objects.all().delete()
    bulk.insert(Line, FIELDS, rows)
    place = {name: FIELDS.index(name) for name in ("overdue_fen", "worth_fen")}
    summary = {
        "made_at": now,
        "customers": len(rows),
        "overdue_fen": sum(row[place["overdue_fen"]] for row in rows),
        "worth_fen": sum(max(0, row[place["worth_fen"]]) for row in rows),
        "policies": list(standing.labels),
    }
    made, _new = Ranking.objects.update_or_create(day=day, defaults=summary)
    record(
        facts.WORKLIST_RANKED, made, by=by, at=now, customers=made.customers, overdue_fen=made.overdue_fen,
        worth_fen=made.worth_fen,
    )  # fmt: skip
    return made


def _row(found: Judged) -> tuple[Any, ...]:
    sight, weighed, best = found.sight, found.weighed, found.best
    technique, worth = best if best else (None, None)
    return (
        sight.terminal_id, sight.segment, sight.stage, sight.days, sight.items, sight.overdue_fen, weighed.fen,
        worth.worth_fen if worth else 0, worth.gain_fen if worth else 0, worth.stake_fen if worth else 0,
        worth.cost_fen if worth else 0, technique.code if technique else "", technique.role if technique else "",
        list(sight.reasons), [list(one) for one in found.why], found.basis,
    )  # fmt: skip
