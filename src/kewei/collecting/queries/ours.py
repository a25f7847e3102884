"""我方承诺: what we promised and have not kept yet, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from kewei.collecting.models import OurPromise
from kewei.collecting.rules.ours import OPEN
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person

SEE = "collecting.see"
LATE = "late"


@dataclass(frozen=True)
class OurPromiseRow:
    """A promise of ours as listed; fen."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    entry_id: int | None
    number: str
    kind: str
    words: str
    fen: int | None
    made_on: date
    due_on: date
    promised_by: str
    owner_id: int
    owner: str
    state: str
    outcome: str
    recorded_by: str
    recorded_at: datetime
    ended_by: str
    ended_at: datetime | None


def our_promise_for(person: Person, pk: int, verb: str = SEE) -> OurPromise:
    """The promise of ours where this person may see it for a verb. Raises NotFound."""
    found = OurPromise.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal").first()
    if found is None:
        raise NotFound(noun=N_("我方承诺"))
    return found


def our_promise(person: Person, pk: int) -> OurPromiseRow:
    """One promise of ours as listed. Raises NotFound."""
    our_promise_for(person, pk)
    return _rows(OurPromise.objects.filter(pk=pk))[0]


def list_ours(
    person: Person,
    today: date,
    *,
    terminal: int | None = None,
    state: str = OPEN,
    owner: int | None = None,
    text: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[OurPromiseRow], int]:
    """One page of promises of ours, what is due first in front, and how many; `state` a state, LATE, or '' for all."""
    rows = OurPromise.objects.visible_to(person, SEE)
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if owner is not None:
        rows = rows.filter(owner=owner)
    if text := text.strip():
        rows = rows.filter(Q(terminal__code__startswith=text) | Q(terminal__name__icontains=text))
    if state == LATE:
        rows = rows.filter(state=OPEN, due_on__lt=today)
    elif state:
        rows = rows.filter(state=state)
    ordered = rows.order_by(*(("due_on", "pk") if state in (OPEN, LATE) else ("-made_on", "-pk")))
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return _rows(page), rows.count()


def ours_to(person: Person, terminal_id: int, most: int = 50) -> list[OurPromiseRow]:
    """What we promised a customer, open ones first; none where not visible."""
    rows = _rows(
        OurPromise.objects.visible_to(person, SEE).filter(terminal=terminal_id).order_by("-made_on", "-pk")[:most]
    )
    return sorted(rows, key=lambda row: row.state != OPEN)


_FIELDS = (
    "pk", "terminal_id", "terminal__code", "terminal__name", "entry_id", "entry__number", "kind", "words", "fen",
    "made_on", "due_on", "promised_by__name", "owner_id", "owner__name", "state", "outcome", "recorded_by__name",
    "recorded_at", "ended_by__name", "ended_at",
)  # fmt: skip


def _rows(ours: QuerySet[OurPromise]) -> list[OurPromiseRow]:
    rows: list[Any] = list(ours.values_list(*_FIELDS))
    return [OurPromiseRow(*(*row[:5], row[5] or "", *row[6:18], row[18] or "", row[19])) for row in rows]
