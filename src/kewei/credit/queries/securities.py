"""担保登记: what secures a customer's debt, and how long each still holds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum

from kewei.credit.models import Security
from kewei.credit.rules.securities import DEPOSIT, GUARANTEES, SECURITIES, rung, secured_part
from kewei.journal import queries_policies
from kewei.journal.bulk import among
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person

SEE = "credit.see"
LIVE, ENDING, ENDED = "live", "ending", "ended"
STATES: dict[str, str] = {LIVE: N_("有效"), ENDING: N_("即将到期"), ENDED: N_("已结束或到期")}


@dataclass(frozen=True)
class SecurityRow:
    """A security as listed; fen. `days_left` is None without an end; `rung` the rung of the ladder it has reached."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    kind: str
    guarantor: str
    fen: int
    debt: str
    since: date
    until: date | None
    paper: int | None
    note: str
    recorded_by: str
    recorded_at: datetime
    ended_at: datetime | None
    ended_why: str
    state: str
    days_left: int | None
    rung: int | None


def security_for(person: Person, pk: int, verb: str = SEE) -> Security:
    """The security where this person may see it for a verb. Raises NotFound."""
    found = Security.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal", "paper").first()
    if found is None:
        raise NotFound(noun=N_("担保"))
    return found


def paper_of(person: Person, pk: int) -> Any:
    """The scanned paper of a security this person may see. Raises NotFound."""
    kept = security_for(person, pk)
    if kept.paper is None:
        raise NotFound(noun=N_("扫描件"))
    return kept.paper


def security(person: Person, pk: int, today: date) -> SecurityRow:
    """One security as listed. Raises NotFound."""
    security_for(person, pk)
    ladder = queries_policies.in_force(SECURITIES, today).value.ladder
    return _row(Security.objects.filter(pk=pk).values_list(*_FIELDS).get(), today, ladder)


def securities_of(person: Person, terminal_id: int, today: date) -> list[SecurityRow]:
    """Every security of a customer, live ones first; none where not visible."""
    rows, _count, _fen = list_securities(person, today, terminal=terminal_id, state="", limit=None)
    return sorted(rows, key=lambda row: row.state == ENDED)


def list_securities(
    person: Person,
    today: date,
    *,
    terminal: int | None = None,
    kind: str = "",
    state: str = LIVE,
    text: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[SecurityRow], int, int]:
    """One page of securities, what ends first in front, how many, and their sum in fen; `state` one of STATES or ''."""
    ladder = queries_policies.in_force(SECURITIES, today).value.ladder
    rows = Security.objects.visible_to(person, SEE)
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if kind:
        rows = rows.filter(kind=kind)
    if text := text.strip():
        rows = rows.filter(
            Q(terminal__code__startswith=text) | Q(terminal__name__icontains=text) | Q(guarantor__icontains=text)
        )
    rows = _in_state(rows, state, today, max(ladder))
    total = rows.aggregate(fen=Sum("fen"))["fen"] or 0
    ordered = rows.order_by("until", "pk").values_list(*_FIELDS)
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return [_row(values, today, ladder) for values in page], rows.count(), int(total)


def ending(day: date, ladder: tuple[int, ...]) -> list[tuple[int, int, str, date, int]]:
    """Live securities on the ladder: (key, customer, kind, last day, fen), whoever asks."""
    rows = _in_state(Security.objects.all(), ENDING, day, max(ladder)).order_by("until", "pk")
    found = rows.values_list("pk", "terminal_id", "kind", "until", "fen")
    return [(pk, terminal, kind, until, fen) for pk, terminal, kind, until, fen in found if until is not None]


def secured(terminal_ids: Collection[int], day: date) -> dict[int, int]:
    """What guarantees and pledges add to the limits of these customers on a day, fen, whoever asks; deposits do not."""
    policy = queries_policies.in_force(SECURITIES, day).value
    rows = Security.objects.filter(terminal__in=list(terminal_ids), ended_at=None, since__lte=day).exclude(kind=DEPOSIT)
    found: dict[int, int] = {}
    for pk, kind, fen in rows.filter(Q(until=None) | Q(until__gte=day)).values_list("terminal", "kind", "fen"):
        found[pk] = found.get(pk, 0) + secured_part(kind, fen, policy)
    return found


@dataclass(frozen=True)
class Guarantor:
    """Somebody who stands for a customer's debt, by a guarantee that can be claimed; fen."""

    security: int
    kind: str
    name: str
    fen: int
    until: date | None


def guarantors_of(terminal_id: int, day: date) -> list[Guarantor]:
    """Whoever guarantees a customer's debt on a day, what ends first in front, whoever asks."""
    rows = Security.objects.filter(terminal=terminal_id, ended_at=None, kind__in=GUARANTEES, since__lte=day)
    found = rows.filter(Q(until=None) | Q(until__gte=day)).order_by("until", "pk")
    return [Guarantor(*values) for values in found.values_list("pk", "kind", "guarantor", "fen", "until")]


def guaranteed(terminal_ids: Collection[int] | None, day: date) -> set[int]:
    """Which of these customers (or of all) have a guarantee that can still be claimed on a day, whoever asks."""
    rows = Security.objects.filter(ended_at=None, kind__in=GUARANTEES, since__lte=day)
    rows = rows.filter(Q(until=None) | Q(until__gte=day))
    if terminal_ids is not None:
        rows = rows.filter(among("terminal_id", list(terminal_ids)))
    return set(rows.values_list("terminal", flat=True))


def _in_state(rows: QuerySet[Security], state: str, today: date, longest: int) -> QuerySet[Security]:
    live = Q(ended_at=None) & (Q(until=None) | Q(until__gte=today))
    if state == LIVE:
        return rows.filter(live)
    if state == ENDING:
        return rows.filter(live, until__lte=today + timedelta(days=longest))
    return rows.exclude(live) if state == ENDED else rows


_FIELDS = (
    "pk", "terminal_id", "terminal__code", "terminal__name", "kind", "guarantor", "fen", "debt", "since", "until",
    "paper_id", "note", "recorded_by__name", "recorded_at", "ended_at", "ended_why",
)  # fmt: skip


def _row(values: Any, today: date, ladder: tuple[int, ...]) -> SecurityRow:
    until, ended_at = values[9], values[14]
    over = ended_at is not None or (until is not None and until < today)
    step = None if over else rung(until, today, ladder)
    state = ENDED if over else ENDING if step is not None else LIVE
    days_left = (until - today).days if until and not over else None
    return SecurityRow(*(*values, state, days_left, step))
