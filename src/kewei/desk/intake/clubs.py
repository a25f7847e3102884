"""Points adjusted, benefits proposed and shelves counted: membership judges and keeps them; here its answers become the wizard's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kewei.desk.intake.cards import judged, without_blanks
from kewei.desk.intake.findings import Bench, Judged, Record
from kewei.desk.intake.world import World
from kewei.membership import actions
from kewei.membership.queries.files import plan_adjustments, plan_benefits, plan_stock


def judge_points(world: World, records: Iterator[Record], bench: Bench) -> Judged:
    """Points to give and to take."""
    rows = [(line, without_blanks(values)) for line, values in records]
    return judged(bench, rows, plan_adjustments(world.person, rows))


def take_points(world: World, judged: Judged, **given: Any) -> dict[str, Any]:
    """Book them; answers which movements."""
    return dict(actions.import_adjustments(rows=judged.fresh, **given))


def undo_points(part: dict[str, Any], *, intake: Any, by: Any, now: Any, progress: Any) -> None:
    """Reverse them."""
    actions.undo_import_adjustments(intake=intake, movement_ids=part.get("movement_ids", []), by=by, now=now)


def judge_benefits(world: World, records: Iterator[Record], bench: Bench) -> Judged:
    """Benefits to propose; what nobody may have is a fault of its row."""
    rows = [(line, without_blanks(values)) for line, values in records]
    return judged(bench, rows, plan_benefits(world.person, rows, world.today))


def take_benefits(world: World, judged: Judged, **given: Any) -> dict[str, Any]:
    """Propose them; answers which."""
    return dict(actions.import_benefits(rows=judged.fresh, **given))


def undo_benefits(part: dict[str, Any], *, intake: Any, by: Any, now: Any, progress: Any) -> None:
    """Withdraw them."""
    actions.undo_import_benefits(intake=intake, benefit_ids=part.get("benefit_ids", []), by=by, now=now)


def judge_stock(world: World, records: Iterator[Record], bench: Bench) -> Judged:
    """Counts of shelves to tell."""
    rows = [(line, without_blanks(values)) for line, values in records]
    return judged(bench, rows, plan_stock(world.person, rows, world.today))


def take_stock(world: World, judged: Judged, **given: Any) -> dict[str, Any]:
    """Tell them; answers which."""
    return dict(actions.import_stock(rows=judged.fresh, **given))


def undo_stock(part: dict[str, Any], *, intake: Any, by: Any, now: Any, progress: Any) -> None:
    """Take them back."""
    actions.undo_import_stock(intake=intake, stock_ids=part.get("stock_ids", []), by=by, now=now)
