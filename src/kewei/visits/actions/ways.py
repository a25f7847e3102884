"""行程表: taking a file of ways in, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from kewei.journal.actions import action, record
from kewei.journal.bulk import chunks
from kewei.orders.rules.files import check_faults
from kewei.people.models import Person
from kewei.visits import facts
from kewei.visits.models import Way
from kewei.visits.queries.ways import PLAN, plan_ways

AT_ONCE = 500


@action
def import_ways(
    *, rows: Iterable[Mapping[str, Any]], intake: Any, by: Person, now: datetime,
    progress: Callable[[int, int], Any] | None = None,
) -> dict[str, list[int]]:  # fmt: skip
    """导入行程表  Set every way of a file; the live one of the same person between the same places ends.

    `rows` are values by column name, cleaned by the columns. Answers {"way_ids", "replaced_ids"} for an undo. All or
    nothing: raises FilesFault where plan_ways finds any fault.
    """
    by.must(PLAN)
    plan = plan_ways(by, enumerate(rows, 1))
    check_faults(plan.faults)
    tell = progress or (lambda done, of: None)
    made: list[int] = []
    replaced: list[int] = []
    for some in chunks(plan.drafts, AT_ONCE):
        wanted = {one[:3] for one in some}
        live = Way.objects.filter(person__in={one.person for one in some}, ended_at=None)
        former = [pk for pk, *ends in live.values_list("pk", "person", "origin", "target") if tuple(ends) in wanted]
        for old in chunks(former, AT_ONCE):
            Way.objects.filter(pk__in=old).update(ended_at=now)
        replaced += former
        new = Way.objects.bulk_create(
            Way(
                person_id=one.person, origin_id=one.origin, target_id=one.target, metres=one.metres, minutes=one.minutes,
                intake=intake, set_by=by, set_at=now,
            )
            for one in some
        )  # fmt: skip
        made += [one.pk for one in new]
        tell(len(made), len(plan.drafts))
    record(facts.WAYS_IMPORTED, intake, by=by, at=now, set=len(made), replaced=len(replaced), unchanged=plan.same)
    return {"way_ids": made, "replaced_ids": replaced}


@action
def undo_import_ways(
    *, intake: Any, way_ids: Sequence[int], replaced_ids: Sequence[int], by: Person, now: datetime
) -> dict[str, int]:
    """撤销行程表导入  End the ways of a file, and let those they replaced count again where nobody set others since."""
    by.must(PLAN)
    ended: set[tuple[int, int | None, int | None]] = set()
    for some in chunks(way_ids, AT_ONCE):
        live = Way.objects.filter(pk__in=some, ended_at=None)
        ended |= set(live.values_list("person", "origin", "target"))
        live.update(ended_at=now)
    restored = 0
    for some in chunks(replaced_ids, AT_ONCE):
        rows = Way.objects.filter(pk__in=some).exclude(ended_at=None)
        back = [pk for pk, *ends in rows.values_list("pk", "person", "origin", "target") if tuple(ends) in ended]
        restored += Way.objects.filter(pk__in=back).update(ended_at=None)
    record(facts.WAYS_TAKEN_BACK, intake, by=by, at=now, ended=len(ended), restored=restored)
    return {"ended": len(ended), "restored": restored}
