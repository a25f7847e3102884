"""Customers and products: the rooms judge and import them; here their answers become the wizard's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kewei.desk.intake.findings import Bench, Judged, Record
from kewei.desk.intake.world import World
from kewei.orders.rules.files import FilePlan
from kewei.products import actions as products_actions
from kewei.products import queries as products
from kewei.products import rules as product_rules
from kewei.terminals import actions as terminals_actions
from kewei.terminals import queries as terminals
from kewei.terminals.queries.importing import plan_import
from kewei.terminals.queries.white_space import plan_white_space


def judge_customers(world: World, records: Iterator[Record], bench: Bench) -> Judged:
    """Cards to open and cards to change."""
    rows = [(line, without_blanks(values)) for line, values in records]
    plan = plan_import(world.person, rows)
    bad = note_faults(bench, rows, plan.faults)
    found = bench.found
    found.new, found.changed, found.same = len(plan.new), len(plan.changed), plan.unchanged
    found.fresh = [values for line, values in rows if line not in bad] if found.new or found.changed else []
    for card, _place in plan.new:
        world.bring_terminal(card.code)
    return found


def judge_new_customers(world: World, records: Iterator[Record], bench: Bench) -> Judged:
    """Cards to open for codes nobody has yet; known customers are left alone."""
    rows = list(records)
    taken = terminals.codes_taken(values["code"] for _, values in rows)
    return judge_customers(world, (row for row in rows if row[1]["code"] not in taken), bench)


def take_customers(world: World, judged: Judged, **given: Any) -> dict[str, Any]:
    """Open and change the cards."""
    terminals_actions.import_terminals(rows=judged.fresh, **given)
    return {}


def undo_customers(part: dict[str, Any], *, intake: Any, by: Any, now: Any, progress: Any) -> None:
    """Remove cards nobody has used, close the others, take changes back."""
    terminals_actions.undo_import_terminals(intake=intake, by=by, now=now)


def judge_white_space(world: World, records: Iterator[Record], bench: Bench) -> Judged:
    """Prospects to open in the pool; what is here already stays as it is."""
    rows = [(line, without_blanks(values)) for line, values in records]
    plan = plan_white_space(world.person, rows)
    note_faults(bench, rows, plan.faults)
    found, codes = bench.found, {row.code for row, _place in plan.new}
    found.new, found.same = len(plan.new), plan.known
    found.fresh = [values for _, values in rows if values["code"] in codes]
    return found


def take_white_space(world: World, judged: Judged, **given: Any) -> dict[str, Any]:
    """Open them."""
    return dict(terminals_actions.import_white_space(rows=judged.fresh, **given))


def judge_licences(world: World, records: Iterator[Record], bench: Bench) -> Judged:
    """Papers to record and papers they take the place of."""
    rows = [(line, without_blanks(values)) for line, values in records]
    plan = terminals.plan_licences(world.person, rows, world.today)
    bad = note_faults(bench, rows, plan.faults)
    found = bench.found
    found.new, found.changed, found.same = plan.new, plan.changed, plan.same
    found.fresh = [values for line, values in rows if line not in bad] if found.new or found.changed else []
    return found


def take_licences(world: World, judged: Judged, **given: Any) -> dict[str, Any]:
    """Record the papers; answers which, and which they replaced."""
    return dict(terminals_actions.import_licences(rows=judged.fresh, **given))


def undo_licences(part: dict[str, Any], *, intake: Any, by: Any, now: Any, progress: Any) -> None:
    """End the papers recorded and restore those they replaced."""
    terminals_actions.undo_import_licences(
        intake=intake,
        licence_ids=part.get("licence_ids", []),
        replaced_ids=part.get("replaced_ids", []),
        by=by,
        now=now,
    )


def judge_products(world: World, records: Iterator[Record], bench: Bench) -> Judged:
    """Products to add and to change."""
    rows = [(line, without_blanks(values)) for line, values in records]
    bad = note_faults(bench, rows, products.import_faults(world.person, rows))
    good = [(line, values) for line, values in rows if line not in bad]
    known = products.known(values["code"] for _, values in good)
    found = bench.found
    for _, values in good:
        before = known.get(values["code"])
        if before is None:
            found.new += 1
        elif product_rules.changes_of_row(product_rules.product_row(values), before):
            found.changed += 1
        else:
            found.same += 1
    found.fresh = [values for _, values in good] if found.new or found.changed else []
    return found


def take_products(world: World, judged: Judged, **given: Any) -> dict[str, Any]:
    """Add and change the products."""
    products_actions.import_products(rows=judged.fresh, **given)
    return {}


def undo_products(part: dict[str, Any], *, intake: Any, by: Any, now: Any, progress: Any) -> None:
    """Remove products nobody has used, end the others, take changes back."""
    products_actions.undo_import_products(intake=intake, by=by, now=now)


def without_blanks(values: dict[str, Any]) -> dict[str, Any]:
    """What the file says; a blank cell says nothing. Compact, because a file may have hundreds of thousands of rows."""
    return {name: value for name, value in values.items() if value not in (None, "", {})}


def note_faults(bench: Bench, rows: list[Record], faults: Iterable[tuple[int, str, Any]]) -> set[int]:
    """Make problems of what a room found wrong; answers the rows concerned."""
    faults = list(faults)
    bad = {line for line, _, _ in faults}
    values_of = {line: values for line, values in rows if line in bad}
    for line, column, why in faults:
        bench.fault(line, column, values_of[line].get(column), why)
    return bad


def judged(bench: Bench, rows: list[Record], plan: FilePlan) -> Judged:
    """The wizard's answer for rows that a room has planned: what is new, what changes, and the rows without a fault."""
    bad = note_faults(bench, rows, plan.faults)
    found = bench.found
    found.new, found.changed, found.same = plan.new, plan.changed, plan.same
    found.fresh = [values for line, values in rows if line not in bad] if found.new or found.changed else []
    return found
