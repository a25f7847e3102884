"""Ways between places: the visits room judges and keeps them; here its answers become the wizard's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kewei.desk.intake.cards import judged, without_blanks
from kewei.desk.intake.findings import Bench, Judged, Record
from kewei.desk.intake.world import World
from kewei.visits import actions
from kewei.visits.queries.ways import plan_ways


def judge_ways(world: World, records: Iterator[Record], bench: Bench) -> Judged:
    """Ways to set, and how many take another's place."""
    rows = [(line, without_blanks(values)) for line, values in records]
    return judged(bench, rows, plan_ways(world.person, rows))


def take_ways(world: World, judged: Judged, **given: Any) -> dict[str, Any]:
    """Set them; answers which, and which they replaced."""
    return dict(actions.import_ways(rows=judged.fresh, **given))


def undo_ways(part: dict[str, Any], *, intake: Any, by: Any, now: Any, progress: Any) -> None:
    """End them and restore those they replaced."""
    given = {name: part.get(name, []) for name in ("way_ids", "replaced_ids")}
    actions.undo_import_ways(intake=intake, by=by, now=now, **given)
