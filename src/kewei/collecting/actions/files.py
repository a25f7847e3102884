"""Reasons and promises from files: each noted as by hand, so that the history and what follows are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.collecting import facts
from kewei.collecting.actions.contacts import note_reason
from kewei.collecting.actions.promises import Said, cancel_promise, make_promise
from kewei.collecting.models import Promise, Reason
from kewei.collecting.queries.files import plan_promises, plan_reasons
from kewei.collecting.rules.promises import LIVE
from kewei.journal.actions import action, record
from kewei.journal.bulk import chunks
from kewei.journal.models import Intake
from kewei.kernel.refusals import N_
from kewei.orders.rules.files import check_faults
from kewei.people.models import Person
from kewei.terminals import queries as terminals

SPEAK, PROMISE = "collecting.contact", "collecting.promise"
UNDONE = N_("撤销导入")
Progress = Callable[[int, int], None]


@action
def import_reasons(
    *, rows: Iterable[Mapping[str, Any]], intake: Intake, by: Person, now: datetime, progress: Progress | None = None
) -> dict[str, list[int]]:
    """导入逾期原因  Note the reason of every invoice of a file; answers {"reason_ids", "replaced_ids"} for an undo.

    All or nothing: raises FilesFault where plan_reasons finds any.
    """
    by.must(SPEAK)
    plan = plan_reasons(by, enumerate(rows, 1))
    check_faults(plan.faults)
    tell = progress or (lambda done, of: None)
    items = [draft.item for draft in plan.drafts]
    replaced = _live(items)
    for done, draft in enumerate(sorted(plan.drafts, key=lambda one: one.terminal), 1):
        note_reason(
            terminal=terminals.terminal_for(by, draft.terminal, SPEAK), items=[draft.item], code=draft.code,
            due_on=draft.due_on, note=draft.note, by=by, now=now,
        )  # fmt: skip
        tell(done, len(items))
    made = _live(items)
    record(facts.REASONS_IMPORTED, intake, by=by, at=now, new=plan.new, changed=plan.changed, unchanged=plan.same)
    return {"reason_ids": [pk for pk in made if pk not in set(replaced)], "replaced_ids": replaced}


@action
def undo_import_reasons(
    *, intake: Intake, reason_ids: Sequence[int], replaced_ids: Sequence[int], by: Person, now: datetime
) -> dict[str, int]:
    """撤销原因导入  End what the file said and let what it replaced stand again; what was said since stays."""
    by.must(SPEAK)
    ended: set[int] = set()
    for part in chunks(reason_ids, 500):
        live = Reason.objects.select_for_update().filter(pk__in=part, ended_at=None)
        ended |= set(live.values_list("item", flat=True))
        live.update(ended_at=now)
    back = 0
    for part in chunks(replaced_ids, 500):
        back += Reason.objects.filter(pk__in=part, item__in=ended).update(ended_at=None)
    done = {"ended": len(ended), "restored": back}
    record(facts.REASONS_IMPORT_UNDONE, intake, by=by, at=now, **done)
    return done


@action
def import_promises(
    *, rows: Iterable[Mapping[str, Any]], intake: Intake, by: Person, now: datetime, progress: Progress | None = None
) -> dict[str, list[int]]:
    """导入承诺  Record every promise of a file, told by mouth; answers {"promise_ids"} for an undo.

    All or nothing: raises FilesFault where plan_promises finds any.
    """
    by.must(PROMISE)
    plan = plan_promises(by, enumerate(rows, 1), localdate(now))
    check_faults(plan.faults)
    tell = progress or (lambda done, of: None)
    made: list[int] = []
    for draft in sorted(plan.drafts, key=lambda one: one.terminal):
        promise = make_promise(
            terminal=terminals.terminal_for(by, draft.terminal, PROMISE), items=[draft.item], parts=draft.parts,
            said=Said(draft.promiser, draft.job, note=draft.note), made_on=draft.made_on, by=by, now=now,
        )  # fmt: skip
        made.append(promise.pk)
        tell(len(made), len(plan.drafts))
    record(facts.PROMISES_IMPORTED, intake, by=by, at=now, new=plan.new, unchanged=plan.same)
    return {"promise_ids": made}


@action
def undo_import_promises(*, intake: Intake, promise_ids: Sequence[int], by: Person, now: datetime) -> dict[str, int]:
    """撤销承诺导入  Cancel those that still stand; kept, broken and moved ones are history."""
    by.must(PROMISE)
    cancelled = 0
    for part in chunks(promise_ids, 500):
        for pk in Promise.objects.filter(pk__in=part, state__in=LIVE).order_by("pk").values_list("pk", flat=True):
            cancel_promise(promise=pk, why=UNDONE, by=by, now=now)
            cancelled += 1
    done = {"cancelled": cancelled, "left": len(promise_ids) - cancelled}
    record(facts.PROMISES_IMPORT_UNDONE, intake, by=by, at=now, **done)
    return done


def _live(items: Sequence[int]) -> list[int]:
    """Keys of the reasons these invoices have now."""
    found: list[int] = []
    for part in chunks(items, 500):
        found += Reason.objects.filter(item__in=part, ended_at=None).order_by("pk").values_list("pk", flat=True)
    return found
