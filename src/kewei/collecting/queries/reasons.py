"""逾期原因: why what is overdue is late, by reason, and what nobody has given a reason for yet (domain 3.2)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from kewei.collecting.models import Case, Reason
from kewei.journal.bulk import among
from kewei.people.models import Person
from kewei.receivables.queries.scope import visible_terminals
from kewei.terminals import queries as terminals

SEE = "collecting.see"


@dataclass(frozen=True)
class ReasonSum:
    """What is overdue for one reason: items, fen; of them those past their target day and those long unchanged."""

    code: str
    side: str
    items: int
    fen: int
    late: int
    stale: int


@dataclass(frozen=True)
class Board:
    """All that is overdue of the customers a person sees, and how much of it has a reason; fen."""

    rows: tuple[ReasonSum, ...]
    items: int
    fen: int

    @property
    def missing(self) -> int:
        """Items nobody has given a reason for."""
        return max(0, self.items - sum(row.items for row in self.rows))

    @property
    def missing_fen(self) -> int:
        """What they come to."""
        return max(0, self.fen - sum(row.fen for row in self.rows))


@dataclass(frozen=True)
class ReasonRow:
    """The live reason of an item; fen. `days` is how long the code has been the same."""

    item: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    number: str
    due_date: date
    open_fen: int
    code: str
    also: tuple[str, ...]
    side: str
    owner: str
    due_on: date | None
    note: str
    noted_on: date


@dataclass(frozen=True)
class MissingRow:
    """An overdue item without a reason; fen."""

    item: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    number: str
    due_date: date
    open_fen: int
    overdue_days: int


def board(person: Person, today: date, stale_days: int) -> Board:
    """Overdue items by reason, the largest sum first, as far as this person sees; two queries."""
    rows = (
        _overdue(person, today)
        .values("code", "side")
        .annotate(
            items=Count("pk"), fen=Sum("item__item__open_fen"), late=Count("pk", filter=Q(due_on__lt=today)),
            stale=Count("pk", filter=Q(noted_on__lte=today - timedelta(days=stale_days))),
        )
    )  # fmt: skip
    sums = [ReasonSum(r["code"], r["side"], r["items"], int(r["fen"]), r["late"], r["stale"]) for r in rows]
    all_of_it = Case.objects.visible_to(person, SEE).filter(closed_on=None)
    total = all_of_it.aggregate(items=Sum("items"), fen=Sum("overdue_fen"))
    return Board(tuple(sorted(sums, key=lambda row: (-row.fen, row.code))), total["items"] or 0, int(total["fen"] or 0))


def _overdue(person: Person, today: date) -> QuerySet[Reason]:
    """Live reasons of items that are still open and past due."""
    rows = Reason.objects.visible_to(person, SEE).filter(ended_at=None)
    return rows.filter(item__item__open_fen__gt=0, item__due_date__lt=today)


def list_reasons(
    person: Person,
    today: date,
    *,
    code: str = "",
    side: str = "",
    late: bool | None = None,
    stale_days: int | None = None,
    terminal: int | None = None,
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[ReasonRow], int]:
    """One page of overdue items with their reasons, what should have been done first in front, and how many."""
    rows = _overdue(person, today)
    if code:
        rows = rows.filter(code=code)
    if side:
        rows = rows.filter(side=side)
    if late:
        rows = rows.filter(due_on__lt=today)
    if stale_days is not None:
        rows = rows.filter(noted_on__lte=today - timedelta(days=stale_days))
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    ordered = rows.order_by("due_on", "noted_on", "pk").values_list(*_FIELDS)
    page = ordered[start:] if limit is None else ordered[start : start + limit]
    return [_row(values) for values in page], rows.count()


def reasons_of(item_ids: Collection[int]) -> dict[int, ReasonRow]:
    """The live reason of each of these items, whoever asks."""
    rows = Reason.objects.filter(among("item_id", list(item_ids)), ended_at=None)
    return {values[0]: _row(values) for values in rows.values_list(*_FIELDS)}


_FIELDS = (
    "item", "terminal_id", "terminal__code", "terminal__name", "item__number", "item__due_date", "item__item__open_fen",
    "code", "also", "side", "owner__name", "due_on", "note", "noted_on",
)  # fmt: skip


def _row(values: Any) -> ReasonRow:
    return ReasonRow(*(*values[:8], tuple(values[8]), *values[9:]))


_MISSING = """
SELECT i.entry_id, i.terminal_id, i.number, i.due_date, i.open_fen FROM receivables_item i
 WHERE i.open_fen > 0 AND i.side = 1 AND i.due_date < %s {among}
 AND NOT EXISTS (SELECT 1 FROM collecting_reason r WHERE r.item_id = i.entry_id AND r.ended_at IS NULL)
 ORDER BY i.due_date, i.entry_id LIMIT %s OFFSET %s
"""


def list_missing(person: Person, today: date, *, start: int = 0, limit: int = 50) -> list[MissingRow]:
    """One page of overdue items without a reason, the oldest first; the board says how many there are."""
    seen = visible_terminals(person, SEE)
    among_them = "" if seen is None else f"AND i.terminal_id IN ({','.join(map(str, seen)) or 'NULL'})"
    with connection.cursor() as cursor:
        cursor.execute(_MISSING.format(among=among_them), [today, limit, start])
        rows = cursor.fetchall()
    names = terminals.named({row[1] for row in rows})
    found = []
    for item, terminal, number, due, open_fen in rows:
        due_date = date.fromisoformat(due) if isinstance(due, str) else due
        found.append(MissingRow(item, terminal, *names[terminal], number, due_date, open_fen, (today - due_date).days))
    return found
