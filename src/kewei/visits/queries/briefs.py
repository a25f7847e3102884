"""拜访简报: one page about a terminal before one goes there, as plain values (domain 2.5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from kewei.kernel.plain import as_json
from kewei.people.models import Person
from kewei.visits.queries import taking


def brief(person: Person, terminal: int, day: date, now: datetime) -> dict[str, Any]:
    """One terminal's brief for a person and a day: the parts of taking.Known, days in ISO, money in fen. Raises NotFound."""
    return as_json(taking.known_of(person, terminal, day, now))


def briefs(person: Person, terminals: Collection[int], day: date, now: datetime) -> dict[int, dict[str, Any]]:
    """The briefs of several terminals, in a number of queries that does not grow with theirs; unseen ones are left out."""
    return {pk: as_json(one) for pk, one in taking.known(person, terminals, day, now).items()}
