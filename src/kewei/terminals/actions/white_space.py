"""Lists of terminals into the pool: tens of thousands of rows in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.journal.bulk import insert, next_ids
from kewei.journal.models import Intake
from kewei.journal.rules import digest
from kewei.people.models import Person
from kewei.terminals import facts, rules
from kewei.terminals.models import ImportedTerminal, Prospect, SearchLine, Stage, Terminal
from kewei.terminals.queries.importing import territories_by_place
from kewei.terminals.queries.white_space import plan_white_space, territory_of, territory_of_person
from kewei.terminals.rules.prospects import GENERAL, STAGE_RULES
from kewei.terminals.rules.white_space import kind_by_name

Progress = Callable[[int, int], None]
_EVERY = 2_000
_CARD = (
    "id", "code", "name", "short_name", "kind", "credit_code", "division", "province", "city", "district", "address",
    "ownership", "size", "grade", "beds", "lat_e6", "lon_e6", "owner_id", "territory_id", "note", "extra", "added_at",
)  # fmt: skip
_PROSPECT = (
    "terminal_id", "stage", "stage_since", "source", "registered_by_id", "registered_at", "touched_at", "licence_number",
    "scope_text", "paper_check", "estimate_basis", "rivals", "buying_process", "pays_by", "obstacles",
)  # fmt: skip


@action
def import_white_space(
    *, rows: Iterable[Mapping[str, Any]], intake: Intake, by: Person, now: datetime, progress: Progress | None = None
) -> dict[str, int]:
    """导入名录  Open a prospect in the pool for every row that is not here yet; what is here stays as it is.

    Each comes into the territory named after its city, else its province, else the importer's, else the top one. Answers {"created",
    "known"}. Undone by undo_import_terminals. Raises ImportHasFaults.
    """
    by.must("terminals.growth")
    plan = plan_white_space(by, enumerate(rows, 1))
    if plan.faults:
        row, _column, first = plan.faults[0]
        raise rules.ImportHasFaults(count=len(plan.faults), row=row, first=first)
    tell = progress or (lambda done, of: None)
    keys = next_ids(Terminal, len(plan.new))
    by_place, home = territories_by_place(), territory_of_person(by)
    insert(
        Terminal,
        _CARD,
        (
            (
                pk, row.code, row.name, "", kind_by_name(row.name, row.kind), row.credit_code or None, *place, row.address,
                "", "", row.grade, row.beds, row.latitude, row.longitude, None, territory_of(by_place, place, home), "",
                {}, now,
            )
            for pk, (row, place) in zip(keys, plan.new, strict=True)
        ),
    )  # fmt: skip
    insert(SearchLine, ("terminal_id", "text"), _lines(keys, plan.new, tell))
    insert(
        Prospect,
        _PROSPECT,
        (
            (pk, GENERAL, now, "public_list", by.pk, now, now, row.licence_number, "", "", "", "", "", "", "")
            for pk, (row, _place) in zip(keys, plan.new, strict=True)
        ),
    )
    label = queries_policies.in_force(STAGE_RULES, localdate(now)).label
    stages = ("terminal_id", "stage", "since", "until", "why", "note", "holder_id", "set_by_id", "policy")
    insert(Stage, stages, ((pk, GENERAL, now, None, "", "", None, by.pk, label) for pk in keys))
    kept = ("intake_id", "terminal_id", "created", "changes")
    insert(ImportedTerminal, kept, ((intake.pk, pk, True, {}) for pk in keys))
    made = {"created": len(keys), "known": plan.known}
    mark = digest([list(row) for row, _place in plan.new])
    record(facts.WHITE_SPACE_IMPORTED, intake, by=by, at=now, **made, rows=mark)
    return made


def _lines(keys: list[int], new: list, tell: Progress) -> Iterable[tuple[int, str]]:
    """What each is found by; spelling names is most of the work, so this is where progress is told."""
    for n, (pk, (row, _place)) in enumerate(zip(keys, new, strict=True), 1):
        yield pk, rules.search_text(row.code, row.credit_code or None, (row.name,))
        if n % _EVERY == 0 or n == len(new):
            tell(n, len(new))
