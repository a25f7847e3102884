"""Limits in force and the facts a limit is computed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kewei.credit.models import Limit
from kewei.credit.queries import securities
from kewei.journal.bulk import among


@dataclass(frozen=True)
class LimitRow:
    """A limit as shown; fen and days. `ended_at` is None while it lives (its last day may still have passed)."""

    pk: int
    for_group: bool
    temporary: bool
    fen: int
    parts: dict[str, int]
    term_days: int
    since: date
    until: date
    application: int | None
    granted_by: str
    granted_at: datetime
    ended_at: datetime | None
    ended_why: str


def limits_of(terminal_id: int) -> list[LimitRow]:
    """Every limit a customer has had, newest first, whoever asks."""
    rows = Limit.objects.filter(terminal=terminal_id).select_related("granted_by").order_by("-granted_at", "-pk")
    return [_row(row) for row in rows]


def live_limit(terminal_id: int, *, for_group: bool = False, temporary: bool = False) -> Limit | None:
    """The limit nobody has ended, though its last day may have passed; locked."""
    rows = Limit.objects.select_for_update().filter(terminal=terminal_id, ended_at=None)
    return rows.filter(for_group=for_group, temporary=temporary).first()


def secured_fen(terminal_id: int, day: date) -> int:
    """What guarantees and pledges secure on a day, deposits left out (they count against exposure), fen."""
    return securities.secured([terminal_id], day).get(terminal_id, 0)


def answerable(terminal_ids: Sequence[int]) -> dict[int, int]:
    """Who answers for the credit of these customers: who asked for the live limit, else who granted it; whoever asks."""
    rows = Limit.objects.filter(among("terminal_id", terminal_ids), ended_at=None, for_group=False, temporary=False)
    found = rows.values_list("terminal", "application__applicant", "granted_by")
    return {terminal: applicant or granter for terminal, applicant, granter in found}


def _row(row: Limit) -> LimitRow:
    return LimitRow(
        row.pk, row.for_group, row.temporary, row.fen, row.parts, row.term_days, row.since, row.until,
        row.application_id, row.granted_by.name, row.granted_at, row.ended_at, row.ended_why,
    )  # fmt: skip
