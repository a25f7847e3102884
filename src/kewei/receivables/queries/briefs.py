"""What somebody takes along to several customers at once: open invoices by age, the last statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.journal.bulk import among
from kewei.receivables import rules
from kewei.receivables.models import DEBIT, Item, SignBack, StatementIssued
from kewei.receivables.rules.sign_backs import state_of

# Invoices of one customer that a page of one sheet has room for: the oldest.
MOST_ITEMS = 6


@dataclass(frozen=True)
class BriefItem:
    """An open invoice; fen. `days` past due, below nought while it is not due."""

    pk: int
    number: str
    on: date
    due_date: date
    open_fen: int
    days: int


@dataclass(frozen=True)
class BriefMoney:
    """What a customer owes; fen. `buckets` are (code of the bucket by days past due, fen), those with something only."""

    balance_fen: int = 0
    overdue_fen: int = 0
    open_count: int = 0
    oldest_due: date | None = None
    unapplied_fen: int = 0
    buckets: tuple[tuple[str, int], ...] = ()
    items: tuple[BriefItem, ...] = ()


@dataclass(frozen=True)
class BriefStatement:
    """The statement that went out last; fen."""

    pk: int
    first: date
    last: date
    closing_fen: int
    on: date
    state: str


def owed_among(terminal_ids: Collection[int], day: date) -> dict[int, BriefMoney]:
    """What each of these customers owes now, aged by a day, whoever asks; one query."""
    owed: defaultdict[int, list[BriefItem]] = defaultdict(list)
    unapplied: defaultdict[int, int] = defaultdict(int)
    rows = Item.objects.still_open().filter(among("terminal_id", list(terminal_ids)))
    fields = ("terminal_id", "side", "pk", "number", "on", "due_date", "open_fen")
    for terminal, side, pk, number, on, due, fen in rows.values_list(*fields):
        if side == DEBIT:
            # A reversed receipt is owed again without ever falling due: it is as old as its document.
            owed[terminal].append(BriefItem(pk, number, on, due or on, fen, (day - due).days if due else 0))
        else:
            unapplied[terminal] += fen
    return {pk: _money(owed[pk], unapplied[pk]) for pk in terminal_ids}


def _money(items: list[BriefItem], unapplied_fen: int) -> BriefMoney:
    buckets: defaultdict[str, int] = defaultdict(int)
    for one in items:
        buckets[rules.PAST_DUE.codes[rules.PAST_DUE.place(one.days)]] += one.open_fen
    items = sorted(items, key=lambda one: (one.due_date, one.on, one.pk))
    return BriefMoney(
        balance_fen=sum(one.open_fen for one in items) - unapplied_fen,
        overdue_fen=sum(one.open_fen for one in items if one.days > 0),
        open_count=len(items),
        oldest_due=items[0].due_date if items else None,
        unapplied_fen=unapplied_fen,
        buckets=tuple((code, buckets[code]) for code in rules.PAST_DUE.codes if buckets[code]),
        items=tuple(items[:MOST_ITEMS]),
    )


def statements_among(terminal_ids: Collection[int], today: date) -> dict[int, BriefStatement]:
    """The statement each of these customers was sent last, and whether it came back, whoever asks; two queries."""
    rows: Any = StatementIssued.objects.filter(among("terminal_id", list(terminal_ids))).order_by("at", "pk")
    last: dict[int, tuple[int, date, date, int, datetime]] = {}
    for terminal, *values in rows.values_list("terminal_id", "pk", "first", "last", "closing_fen", "at"):
        last[terminal] = tuple(values)  # type: ignore[assignment]
    backs = SignBack.objects.filter(statement__in=[values[0] for values in last.values()]).order_by("pk")
    agreed = dict(backs.values_list("statement", "agrees"))
    return {
        terminal: BriefStatement(
            pk, first, until, closing_fen, localdate(at), state_of(agreed.get(pk), localdate(at), today)
        )
        for terminal, (pk, first, until, closing_fen, at) in last.items()
    }
