"""Reasons and promises: collecting judges and notes them; here its answers become the wizard's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kewei.collecting import actions
from kewei.collecting.queries import files
from kewei.desk.intake.cards import judged, without_blanks
from kewei.desk.intake.findings import Bench, Judged, Record
from kewei.desk.intake.world import World


def judge_reasons(world: World, records: Iterator[Record], bench: Bench) -> Judged:
    """Reasons to note, and how many take another's place."""
    rows = [(line, without_blanks(values)) for line, values in records]
    return judged(bench, rows, files.plan_reasons(world.person, rows))


def take_reasons(world: World, judged: Judged, **given: Any) -> dict[str, Any]:
    """Note them; answers which, and which they replaced."""
    return dict(actions.import_reasons(rows=judged.fresh, **given))


def undo_reasons(part: dict[str, Any], *, intake: Any, by: Any, now: Any, progress: Any) -> None:
    """End them and restore those they replaced."""
    given = {name: part.get(name, []) for name in ("reason_ids", "replaced_ids")}
    actions.undo_import_reasons(intake=intake, by=by, now=now, **given)


def judge_promises(world: World, records: Iterator[Record], bench: Bench) -> Judged:
    """Promises to record, rows of one invoice together."""
    rows = [(line, without_blanks(values)) for line, values in records]
    return judged(bench, rows, files.plan_promises(world.person, rows, world.today))


def take_promises(world: World, judged: Judged, **given: Any) -> dict[str, Any]:
    """Record them; answers which."""
    return dict(actions.import_promises(rows=judged.fresh, **given))


def undo_promises(part: dict[str, Any], *, intake: Any, by: Any, now: Any, progress: Any) -> None:
    """Cancel those that still stand."""
    actions.undo_import_promises(intake=intake, promise_ids=part.get("promise_ids", []), by=by, now=now)
