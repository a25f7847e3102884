"""What has happened to a terminal: its facts, newest first, of the rooms the reader may look into."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kewei.journal import queries as journal
from kewei.people.models import Person
from kewei.terminals.facts import ABOUT_PROSPECTS, TERMINALS_IMPORTED
from kewei.terminals.models import ImportedTerminal, Terminal

# A fact of a room is shown to who may do this there.
_OPENED_BY = {"terminals": "terminals.see", "sales": "sales.see", "receivables": "receivables.see"}


@dataclass(frozen=True)
class Moment:
    """One fact on the timeline; `seq` pages further back."""

    seq: int
    at: datetime
    name: str
    by: str
    detail: dict[str, Any]
    subject: str


def hidden_from(person: Person) -> Collection[str]:
    """Names of facts about winning a customer, where that is not this person's work (domain 4.4)."""
    return () if person.may("terminals.prospect") or person.may("receivables.see") else ABOUT_PROSPECTS


def timeline(person: Person, terminal: Terminal, before: int | None = None, limit: int = 30) -> list[Moment]:
    """The newest facts about a terminal, older than the fact `before` where given; two queries.

    A medical representative sees no facts about money or sales, nor about winning a customer (domain 4.4).
    """
    rooms = [room for room, verb in _OPENED_BY.items() if person.may(verb)]
    rows = journal.facts_about(terminal.pk, rooms=rooms, before=before, limit=limit, without=hidden_from(person))
    told = [Moment(seq, at, name, by, detail, subject) for seq, at, name, by, detail, subject in rows]
    oldest = told[-1].at if len(told) == limit else None
    newest = told[0].at if before is not None and told else None
    imported = _imports(terminal, oldest, newest)
    return sorted([*told, *imported], key=lambda moment: moment.at, reverse=True)


def _imports(terminal: Terminal, oldest: datetime | None, newest: datetime | None) -> list[Moment]:
    """What imports did to the terminal within the stretch of a page; an import tells one fact for all its rows."""
    rows = ImportedTerminal.objects.filter(terminal=terminal)
    if oldest is not None:
        rows = rows.filter(intake__taken_at__gte=oldest)
    if newest is not None:
        rows = rows.filter(intake__taken_at__lt=newest)
    values = rows.values_list(
        "intake", "intake__taken_at", "intake__taken_by__name", "intake__filename", "created", "changes"
    )
    return [
        Moment(0, at, TERMINALS_IMPORTED, by, {"file": file, "created": created, "changes": changes}, f"intake:{pk}")
        for pk, at, by, file, created, changes in values
    ]
