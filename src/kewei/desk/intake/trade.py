"""Orders and prices: the room judges and places them; here its answers become the wizard's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kewei.desk.intake.cards import judged, without_blanks
from kewei.desk.intake.findings import Bench, Judged, Record
from kewei.desk.intake.world import World
from kewei.orders import actions, queries

# The gate is asked order by order; a dry run of a long file must not take minutes, so only so many are tried.
TRIED = 300


def judge_orders(world: World, records: Iterator[Record], bench: Bench) -> Judged:
    """Orders to place, and what the gate would make of each; those placed before under the customer's number are counted."""
    rows = [(line, without_blanks(values)) for line, values in records]
    plan = queries.plan_orders(world.person, rows)
    found = judged(bench, rows, plan)
    found.foreseen = queries.foresee(plan.drafts[:TRIED], world.today)
    return found


def take_orders(world: World, judged: Judged, **given: Any) -> dict[str, Any]:
    """Place them; answers which, and how many the gate let into which state."""
    return dict(actions.import_orders(rows=judged.fresh, **given))


def undo_orders(part: dict[str, Any], *, intake: Any, by: Any, now: Any, progress: Any) -> None:
    """Cancel them."""
    actions.undo_import_orders(intake=intake, order_ids=part.get("order_ids", []), by=by, now=now)


def judge_prices(world: World, records: Iterator[Record], bench: Bench) -> Judged:
    """Prices to set, and how many take another's place."""
    rows = [(line, without_blanks(values)) for line, values in records]
    return judged(bench, rows, queries.plan_prices(world.person, rows))


def take_prices(world: World, judged: Judged, **given: Any) -> dict[str, Any]:
    """Set them; answers which, and which they replaced."""
    return dict(actions.import_prices(rows=judged.fresh, **given))


def undo_prices(part: dict[str, Any], *, intake: Any, by: Any, now: Any, progress: Any) -> None:
    """End them and restore those they replaced."""
    given = {name: part.get(name, []) for name in ("price_ids", "replaced_ids")}
    actions.undo_import_prices(intake=intake, by=by, now=now, **given)
