"""What importing a list of terminals would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kewei.journal.bulk import chunks
from kewei.kernel.names import fold
from kewei.kernel.refusals import Refused
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.terminals import rules
from kewei.terminals.models import Alias, Terminal
from kewei.terminals.queries.importing import codes_taken, credit_codes_taken, territories_by_place
from kewei.terminals.rules.white_space import ListPlan, NowhereToPut, list_row


def plan_white_space(person: Person, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> ListPlan:
    """Which rows are new: neither their code nor their credit code is here, nor their name in the same city.

    `rows` are (row number, values by column name). Whatever is here stays as it is, so that a second import changes
    nothing. Reads only.
    """
    numbered = [(number, list_row(values)) for number, values in rows]
    taken = codes_taken(row.code for _, row in numbered)
    credit_codes = credit_codes_taken(row.credit_code for _, row in numbered if row.credit_code)
    placed = [(number, row, rules.divisions().place(row.province, row.city, row.district)) for number, row in numbered]
    here = _names_in({place.city for _, _, place in placed if place.city})
    home = territory_of_person(person)
    by_place = territories_by_place()
    plan, first_row = ListPlan(), dict[str, int]()
    for number, row, place in placed:
        if (first := first_row.setdefault(row.code, number)) != number:
            plan.faults.append((number, "code", rules.RepeatedInFile(text=row.code, row=first)))
        elif row.code in taken or row.credit_code in credit_codes or (place.city, fold(row.name)) in here:
            plan.known += 1
        elif territory_of(by_place, place, home) is None:
            no: Refused = NowhereToPut(place=place.city or place.province or row.name)
            plan.faults.append((number, "province", no))
        else:
            plan.new.append((row, place))
    return plan


def territory_of(by_place: Mapping[str, int], place: rules.Place, home: int | None) -> int | None:
    """The territory named after the city, else after the province, else the importer's home."""
    stems = (rules.stem(name) for name in (place.city, place.province) if name)
    return next((by_place[one] for one in stems if one in by_place), home)


def territory_of_person(person: Person) -> int | None:
    """The importer's own territory, else the one above all, for rows of places no territory is named after."""
    return rules.home_territory(person.held) or people.top_territory()


def _names_in(cities: Iterable[str]) -> set[tuple[str, str]]:
    """(city, folded name) of every card and alias in these cities."""
    found: set[tuple[str, str]] = set()
    for chunk in chunks(cities, 500):
        rows = Terminal.objects.filter(city__in=chunk)
        found.update((city, fold(name)) for city, name in rows.values_list("city", "name").iterator(chunk_size=10_000))
        aliases = Alias.objects.filter(ended_at=None, terminal__city__in=chunk)
        found.update((city, fold(name)) for city, name in aliases.values_list("terminal__city", "name"))
    return found
