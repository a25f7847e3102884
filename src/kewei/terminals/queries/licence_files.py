"""What an import of licences needs to know, asked in sets; and every licence for a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from kewei.journal.bulk import chunks
from kewei.kernel.refusals import NotAllowed, Refused
from kewei.people.models import Person
from kewei.terminals import rules
from kewei.terminals.models import Licence, Suspension
from kewei.terminals.queries.importing import by_codes
from kewei.terminals.rules.licence_files import (
    HeldLicence,
    LicenceEntry,
    LicenceFileRow,
    LicencePlan,
    check_verified,
    fields_of,
    licence_file_row,
)
from kewei.terminals.rules.vetoes import LicenceStopped

VERIFY = "terminals.licence"
_HELD = (
    "pk", "terminal", "kind", "number", "issuer", "issued_on", "valid_from", "valid_to", "long_term", "verify_by", "inspected_on",
    "scope", "warehouse", "verified_how", "verified_on",
)  # fmt: skip


def plan_licences(person: Person, rows: Iterable[tuple[int, Mapping[str, Any]]], today: date) -> LicencePlan:
    """What importing these rows would do: (row number, values by column name). Reads only, in sets.

    Faults are customers the person may not edit, papers repeated in the file, dates that cross, papers that are suspended,
    and checks by somebody who may not verify.
    """
    numbered = [(number, licence_file_row(values)) for number, values in rows]
    mine = by_codes(person, {row.customer_code for _, row in numbered}, "terminals.edit")
    held = _held(mine.values())
    stopped = _stopped(mine.values())
    may_verify = person.may(VERIFY)
    plan = LicencePlan()
    first: dict[tuple[int, str, str], int] = {}
    for number, row in numbered:
        terminal = mine.get(row.customer_code)
        if terminal is None:
            plan.faults.append((number, "customer_code", rules.UnknownCustomer(text=row.customer_code)))
            continue
        key = (terminal, row.paper, row.number)
        if first.setdefault(key, number) != number:
            plan.faults.append((number, "number", rules.RepeatedInFile(text=row.number, row=first[key])))
            continue
        fields = fields_of(row, held.get(key))
        if fields is None:
            plan.same += 1
        elif fault := _fault(row, fields, key in stopped, may_verify, today):
            plan.faults.append((number, *fault))
        else:
            replaced = held.get(key)
            plan.entries.append(LicenceEntry(terminal, fields, replaced.pk if replaced else None))
            plan.new, plan.changed = plan.new + (replaced is None), plan.changed + (replaced is not None)
    return plan


def _fault(
    row: LicenceFileRow, fields: dict[str, Any], stopped: bool, may_verify: bool, today: date
) -> tuple[str, Refused] | None:
    if stopped:
        return "number", LicenceStopped(number=row.number)
    if row.verified_how and not may_verify:
        return "verified_how", NotAllowed(verb=VERIFY)
    begins = fields.get("valid_from") or fields.get("issued_on")
    try:
        check_verified(row, today)
        rules.check_licence_dates(begins, fields.get("valid_to"), bool(fields.get("long_term")))
        rules.check_inspected(fields.get("inspected_on"), today)
    except Refused as why:
        return _ABOUT.get(why.code, "valid_to"), why
    return None


# The column each refusal of a day is about.
_ABOUT = {
    "licence_verified_in_future": "verified_on",
    "licence_verified_how_missing": "verified_on",
    "licence_inspected_in_future": "inspected_on",
}


def _held(terminals: Iterable[int]) -> dict[tuple[int, str, str], HeldLicence]:
    found = {}
    for chunk in chunks(terminals):
        rows = Licence.objects.filter(terminal__in=chunk, ended_at=None).order_by("pk").values_list(*_HELD)
        found.update({(row[1], row[2], row[3]): HeldLicence(*row) for row in rows})
    return found


def _stopped(terminals: Iterable[int]) -> set[tuple[int, str, str]]:
    found: set[tuple[int, str, str]] = set()
    for chunk in chunks(terminals):
        rows = Suspension.objects.filter(licence__terminal__in=chunk, lifted_at=None)
        found.update(rows.values_list("licence__terminal", "licence__kind", "licence__number"))
    return found


def export_licences(person: Person) -> Iterator[dict[str, Any]]:
    """Every live licence of the customers a person may export, by column name, in the order of the customers' codes."""
    rows = Licence.objects.visible_to(person, "terminals.export").filter(ended_at=None)
    names = ("customer_code", "paper", *_HELD[3:])
    values = rows.order_by("terminal__code", "kind", "pk").values_list("terminal__code", *_HELD[2:])
    return (dict(zip(names, row, strict=True)) for row in values.iterator(chunk_size=5000))
