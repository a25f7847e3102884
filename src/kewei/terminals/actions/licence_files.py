"""Licences from a file: each recorded as by hand, so that its history and what follows from it are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.journal.actions import action, record
from kewei.journal.bulk import chunks
from kewei.journal.models import Intake
from kewei.people.models import Person
from kewei.terminals import facts, rules
from kewei.terminals.actions.parts import end_licence, record_licence
from kewei.terminals.models import Licence, Terminal
from kewei.terminals.queries.licence_files import plan_licences

Progress = Callable[[int, int], None]


@action
def import_licences(
    *, rows: Iterable[Mapping[str, Any]], intake: Intake, by: Person, now: datetime, progress: Progress | None = None
) -> dict[str, list[int]]:
    """导入证照 Record every paper of a file; one with the kind and number of a paper held takes its place.

    `rows` are values by column name, cleaned by the columns. Answers {"licence_ids", "replaced_ids"} for an undo. All or
    nothing: raises ImportHasFaults where plan_licences finds any.
    """
    by.must("terminals.edit")
    plan = plan_licences(by, enumerate(rows, 1), localdate(now))
    if plan.faults:
        row, _, first = plan.faults[0]
        raise rules.ImportHasFaults(count=len(plan.faults), row=row, first=first)
    tell = progress or (lambda done, of: None)
    made: list[int] = []
    for chunk in chunks(plan.entries, 1_000):
        customers = Terminal.objects.in_bulk({entry.terminal for entry in chunk})
        former = Licence.objects.in_bulk([entry.replaces for entry in chunk if entry.replaces])
        for entry in chunk:
            replaces = former[entry.replaces] if entry.replaces else None
            terminal = customers[entry.terminal]
            made.append(record_licence(terminal=terminal, replaces=replaces, by=by, now=now, **entry.fields).pk)
        tell(len(made), len(plan.entries))
    record(
        facts.LICENCES_IMPORTED, intake, by=by, at=now, recorded=plan.new, replaced=plan.changed, unchanged=plan.same
    )
    return {"licence_ids": made, "replaced_ids": [entry.replaces for entry in plan.entries if entry.replaces]}


@action
def undo_import_licences(
    *, intake: Intake, licence_ids: Sequence[int], replaced_ids: Sequence[int], by: Person, now: datetime
) -> dict[str, int]:
    """撤销证照导入 End the papers an import recorded and let those they replaced count again.

    Papers somebody has ended or renewed since stay as they are. Answers {"ended", "restored", "left"}.
    """
    by.must("terminals.edit")
    ended = _end_again(licence_ids, by, now)
    restored = _restore(replaced_ids, ended, by, now)
    done = {"ended": len(ended), "restored": restored, "left": len(licence_ids) - len(ended)}
    record(facts.LICENCES_IMPORT_UNDONE, intake, by=by, at=now, **done)
    return done


def _end_again(licence_ids: Sequence[int], by: Person, now: datetime) -> set[tuple[int, str, str]]:
    ended = set()
    for chunk in chunks(licence_ids, 1_000):
        live = Licence.objects.visible_to(by, "terminals.edit").filter(pk__in=chunk, ended_at=None)
        for licence in live.select_related("terminal").order_by("pk"):
            end_licence(licence=licence, by=by, now=now)
            ended.add((licence.terminal_id, licence.kind, licence.number))
    return ended


def _restore(replaced_ids: Sequence[int], ended: set[tuple[int, str, str]], by: Person, now: datetime) -> int:
    """Only where what took the place was ended just now: else a later paper would have two."""
    restored = 0
    for chunk in chunks(replaced_ids, 1_000):
        for licence in Licence.objects.filter(pk__in=chunk).exclude(ended_at=None).order_by("pk"):
            if (licence.terminal_id, licence.kind, licence.number) not in ended:
                continue
            Licence.objects.filter(pk=licence.pk).update(ended_at=None)
            record(
                facts.LICENCE_RECORDED, licence, by=by, at=now, terminal=licence.terminal_id, kind=licence.kind,
                number=licence.number, valid_to=licence.valid_to, verified=licence.verified_how, replaces=None,
            )  # fmt: skip
            restored += 1
    return restored
