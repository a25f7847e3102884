"""行程表: what a file of ways would set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kewei.kernel.refusals import Refused
from kewei.orders.rules.files import FilePlan
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.terminals.queries.importing import by_codes
from kewei.terminals.rules import RepeatedInFile, UnknownCustomer
from kewei.visits.queries import places, plans
from kewei.visits.rules.plans import END, START
from kewei.visits.rules.ways import UnknownVisitor, Way, check_way

PLAN = "visits.plan"


def plan_ways(person: Person, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> FilePlan:
    """What a file of ways would set: (row number, values by column name). Reads only, in sets.

    `person` of a row is a login, oneself where it is blank; a way of the same person between the same places is replaced.
    """
    rows = list(rows)
    mine = dict(plans.visitors(person, PLAN))
    logins = {login: one.pk for login, one in people.logins().items() if one.pk in mine} | {"": person.pk}
    codes = by_codes(person, {values[name] for _row, values in rows for name in _ENDS if values.get(name)}, PLAN)
    plan = FilePlan()
    seen: dict[tuple[int, int | None, int | None], int] = {}
    held: dict[int, dict[tuple[int, int], tuple[int, int]]] = {}
    for number, values in rows:
        if fault := _fault(values, codes, logins):
            plan.faults.append((number, *fault))
            continue
        origin, target = (codes.get(values.get(name, "")) for name in _ENDS)
        way = Way(logins[values.get("person", "")], origin, target, values["metres"], values["minutes"])
        if seen.setdefault((way.person, origin, target), number) != number:
            again = RepeatedInFile(text=values.get("target", ""), row=seen[way.person, origin, target])
            plan.faults.append((number, "target", again))
            continue
        if way.person not in held:
            held[way.person] = places.ways_of(way.person)
        before = held[way.person].get((origin or START, target or END))
        if before == (way.metres, way.minutes):
            plan.same += 1
            continue
        plan.drafts.append(way)
        plan.new, plan.changed = plan.new + (before is None), plan.changed + (before is not None)
    return plan


_ENDS = ("origin", "target")


def _fault(
    values: Mapping[str, Any], codes: Mapping[str, int], logins: Mapping[str, int]
) -> tuple[str, Refused] | None:
    if values.get("person", "") not in logins:
        return "person", UnknownVisitor(text=values["person"])
    for name in _ENDS:
        if values.get(name) and values[name] not in codes:
            return name, UnknownCustomer(text=values[name])
    try:
        check_way(values)
    except Refused as why:
        return "target", why
    return None
