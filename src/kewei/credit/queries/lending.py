"""额度台账: the limits in force with what is used of them, and the exposure of one customer taken apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from kewei.credit.models import Account, HeadroomMove, Hold, Limit, Reservation
from kewei.credit.queries import standing
from kewei.credit.rules.exposure import Exposure, Standing
from kewei.journal.bulk import chunks
from kewei.people.models import Person
from kewei.terminals import queries as terminals

SEE = "credit.see"
IN_DATABASE = {
    "code": "terminal__code",
    "name": "terminal__name",
    "fen": "fen",
    "until": "until",
    "since": "since",
    "term": "term_days",
}
WORKED_OUT = ("used", "left", "exposure")
ORDERS = (*IN_DATABASE, *WORKED_OUT)
OVER, ENDING, HELD, ENDED = "over", "ending", "held", "ended"
ENDING_DAYS = 30


@dataclass(frozen=True)
class LentRow:
    """A limit in force: what is granted with the temporary limit, what is used of it, what is left; fen.

    `used_bp` is the share used, in basis points; of a limit of nought it is 10000 as soon as anything is owed.
    """

    terminal_id: int
    code: str
    name: str
    kind: str
    grade: str
    fen: int
    temporary_fen: int
    term_days: int
    since: date
    until: date
    exposure: Exposure
    overdue_fen: int
    held: bool

    @property
    def granted_fen(self) -> int:
        """The fixed limit with the temporary one."""
        return self.fen + self.temporary_fen

    @property
    def left_fen(self) -> int:
        """What is left, below nought where it is overdrawn."""
        return self.granted_fen - self.exposure.total_fen

    @property
    def used_bp(self) -> int:
        """The share of the limit that is used, at least nought."""
        used = max(0, self.exposure.total_fen)
        if self.granted_fen == 0:
            return 10_000 if used else 0
        return 10_000 * used // self.granted_fen


def list_limits(
    person: Person,
    today: date,
    *,
    state: str = "",
    grade: str = "",
    kind: str = "",
    owner: int | None = None,
    text: str = "",
    order: str = "code",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[LentRow], int, dict[str, int]]:
    """One page of the limits in force (or past their last day), how many, and the sums of the page's columns, fen.

    `state`: over (more used than granted), ending (within a month), held, ended (its last day has passed). Only what
    is worked out from exposure (used, left, over) reads the exposure of more customers than the page shows.
    """
    rows = _narrowed(person, today, state, grade, kind, owner, text)
    name = order.removeprefix("-")
    if name in WORKED_OUT or state == OVER:
        found = list(_described(rows.order_by("terminal__code"), today))
        if state == OVER:
            found = [row for row in found if row.left_fen < 0]
        found.sort(key=_worth.get(name, lambda row: row.code), reverse=order.startswith("-"))
        page = found[start : start + limit] if limit is not None else found[start:]
        return page, len(found), _sums(found)
    minus = "-" if order.startswith("-") else ""
    ordered = rows.order_by(minus + IN_DATABASE.get(name, "terminal__code"), "pk")
    page = list(_described(ordered[start : start + limit] if limit is not None else ordered, today))
    return page, rows.count(), _sums(page)


def every_limit(person: Person, today: date, order: str, **filters: Any) -> Iterator[LentRow]:
    """All of what list_limits would page through, for files."""
    rows, _count, _totals = list_limits(person, today, order=order, limit=None, **filters)
    return iter(rows)


_worth = {
    "used": lambda row: row.used_bp,
    "left": lambda row: row.left_fen,
    "exposure": lambda row: row.exposure.total_fen,
    "fen": lambda row: row.fen,
    "until": lambda row: row.until,
    "since": lambda row: row.since,
    "term": lambda row: row.term_days,
    "name": lambda row: row.name,
}


def _sums(rows: list[LentRow]) -> dict[str, int]:
    return {
        "granted_fen": sum(row.granted_fen for row in rows),
        "exposure_fen": sum(row.exposure.total_fen for row in rows),
        "left_fen": sum(row.left_fen for row in rows),
        "overdue_fen": sum(row.overdue_fen for row in rows),
    }


def _narrowed(
    person: Person, today: date, state: str, grade: str, kind: str, owner: int | None, text: str
) -> QuerySet[Limit]:
    rows = Limit.objects.visible_to(person, SEE).filter(ended_at=None, for_group=False, temporary=False)
    rows = rows.filter(until__lt=today) if state == ENDED else rows.filter(until__gte=today)
    if state == ENDING:
        rows = rows.filter(until__lte=today + timedelta(days=ENDING_DAYS))
    if state == HELD:
        rows = rows.filter(Exists(_live_holds(today).filter(terminal=OuterRef("terminal"))))
    if grade:
        rows = rows.filter(Exists(Account.objects.filter(pk=OuterRef("terminal"), grade=grade)))
    if kind:
        rows = rows.filter(terminal__kind=kind)
    if owner is not None:
        rows = rows.filter(terminal__owner=owner)
    if text := text.strip():
        rows = rows.filter(Q(terminal__code__startswith=text) | Q(terminal__name__icontains=text))
    return rows


def _live_holds(today: date) -> QuerySet[Hold]:
    return Hold.objects.filter(lifted_at=None).filter(Q(until=None) | Q(until__gte=today))


def _described(rows: QuerySet[Limit], today: date) -> Iterator[LentRow]:
    fields = (
        "terminal_id", "terminal__code", "terminal__name", "terminal__kind", "fen", "term_days", "since", "until",
    )  # fmt: skip
    for part in chunks(rows.values_list(*fields)):
        ids = [values[0] for values in part]
        seen = standing.overviews(ids, today)
        temporary = dict(
            Limit.objects.filter(terminal__in=ids, ended_at=None, for_group=False, temporary=True)
            .filter(since__lte=today, until__gte=today)
            .values_list("terminal", "fen")
        )
        held = set(_live_holds(today).filter(terminal__in=ids).values_list("terminal", flat=True))
        for pk, code, name, kind, fen, term_days, since, until in part:
            one = seen[pk]
            yield LentRow(
                pk, code, name, kind, one.grade, fen, temporary.get(pk, 0), term_days, since, until, one.exposure,
                one.overdue_fen, pk in held,
            )  # fmt: skip


# --- one customer -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReservationRow:
    """What one order holds now; fen."""

    reference: str
    ordered_fen: int
    delivered_fen: int
    until: datetime | None


@dataclass(frozen=True)
class MoveRow:
    """A movement of headroom."""

    reference: str
    part: str
    fen: int
    why: str
    by: str
    at: datetime


@dataclass(frozen=True)
class MemberRow:
    """A member of the customer's group with its exposure; `seen` where the person may open it."""

    terminal_id: int
    code: str
    name: str
    exposure: Exposure
    seen: bool


@dataclass(frozen=True)
class ExposureCard:
    """Everything the page of a customer's exposure shows."""

    standing: Standing
    reservations: tuple[ReservationRow, ...]
    moves: tuple[MoveRow, ...]
    members: tuple[MemberRow, ...]


MOVES_SHOWN = 50


def exposure_of(person: Person, terminal_id: int, day: date) -> ExposureCard:
    """A customer's exposure with what makes it up and how headroom moved lately. Raises NotFound."""
    terminals.terminal_for(person, terminal_id, SEE)
    stands = standing.standing(terminal_id, day)
    held = Reservation.objects.filter(terminal=terminal_id).exclude(ordered_fen=0, delivered_fen=0).order_by("pk")
    moves = HeadroomMove.objects.filter(terminal=terminal_id).order_by("-pk")[:MOVES_SHOWN]
    return ExposureCard(
        stands,
        tuple(ReservationRow(*row) for row in held.values_list("reference", "ordered_fen", "delivered_fen", "until")),
        tuple(MoveRow(*row) for row in moves.values_list("reference", "part", "fen", "why", "by__name", "at")),
        _members(person, terminal_id, day) if stands.group_limit_fen is not None else (),
    )


def _members(person: Person, terminal_id: int, day: date) -> tuple[MemberRow, ...]:
    """The customers bound by the same group limit, largest exposure first; of those not visible only the amounts."""
    head = terminals.group_heads([terminal_id])[terminal_id]
    ids = standing.members_of(head)
    named, seen = terminals.named(ids), terminals.labels(person, ids)
    found = [
        MemberRow(pk, *(named[pk] if pk in seen else ("", "")), exposure, pk in seen)
        for pk, exposure in standing.exposures(ids, day).items()
    ]
    return tuple(sorted(found, key=lambda row: -row.exposure.total_fen))
