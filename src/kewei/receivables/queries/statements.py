"""A customer's account over a period: opening + movements = closing (domain 2.12)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import F, Sum

from kewei.kernel.refusals import N_, NotFound
from kewei.receivables import rules
from kewei.receivables.models import DEBIT, REVERSAL, Allocation, Entry, Item
from kewei.receivables.queries import ledger
from kewei.receivables.queries.scope import seen_among

STATEMENT = "receivables.statement"


def statement(person: Any, terminal: Any, first: date, last: date) -> rules.Statement:
    """The statement of a customer's account from `first` to `last`, as it stood at the end of `last`; four queries.

    `terminal` is its row or key. Raises NotFound where the person may not see it, PeriodReversed.
    """
    return statements(person, [terminal], first, last)[0]


def statements(person: Any, terminals: Sequence[Any], first: date, last: date) -> list[rules.Statement]:
    """Statements of many customers for one period, in their order; four queries however many they are.

    Raises NotFound where the person may not see one of them, PeriodReversed.
    """
    keys = [ledger.key_of(terminal) for terminal in terminals]
    if len(seen_among(person, set(keys), STATEMENT)) < len(set(keys)):
        raise NotFound(noun=N_("终端"))
    opening = _opening(keys, first)
    movements = _movements(keys, first, last)
    owed, unapplied = _open_on(keys, last)
    return [
        rules.build_statement(
            first=first, last=last, opening_fen=opening.get(key, 0), movements=movements[key], open_items=owed[key],
            unapplied_fen=unapplied[key],
        )
        for key in keys
    ]  # fmt: skip


def _opening(keys: list[int], first: date) -> dict[int, int]:
    before = Entry.objects.filter(terminal__in=keys, on__lt=first).order_by().values("terminal")
    return {
        key: int(fen)
        for key, fen in before.annotate(fen=Sum(F("side") * F("total_fen"))).values_list("terminal", "fen")
    }


def _open_on(keys: list[int], last: date) -> tuple[dict[int, list[rules.OpenItem]], dict[int, int]]:
    """By customer, the debits of which something was open at the end of a day, and the sum of the credits not used.

    What is open today, and what was allocated since: so nothing of an account that was settled long ago is read.
    """
    fields = ("pk", "terminal_id", "side", "number", "on", "due_date")
    rows: dict[int, Any] = {}
    open_fen: dict[int, int] = defaultdict(int)
    today = Item.objects.filter(terminal__in=keys, open_fen__gt=0, on__lte=last)
    for fen, *row in today.values_list("open_fen", *fields):
        rows[row[0]], open_fen[row[0]] = row, fen
    since = Allocation.objects.filter(debit__terminal__in=keys, on__gt=last)
    sides = [f"{side}__{name}" for side in ("debit", "credit") for name in fields]
    for fen, *both in since.values_list("fen", *sides):
        for row in (both[: len(fields)], both[len(fields) :]):
            if row[4] <= last:
                rows[row[0]] = row
                open_fen[row[0]] += fen
    owed: dict[int, list[rules.OpenItem]] = defaultdict(list)
    unapplied: dict[int, int] = defaultdict(int)
    for pk, (_pk, terminal, side, number, on, due_date) in rows.items():
        if side == DEBIT and open_fen[pk]:
            owed[terminal].append(rules.OpenItem(pk, number, due_date or on, on, open_fen[pk]))
        elif side != DEBIT:
            unapplied[terminal] += open_fen[pk]
    return owed, unapplied


def _movements(keys: list[int], first: date, last: date) -> dict[int, list[rules.Movement]]:
    found: dict[int, list[rules.Movement]] = defaultdict(list)
    rows = (
        Entry.objects.filter(terminal__in=keys, on__gte=first, on__lte=last)
        .order_by("pk")
        .values_list("terminal", "kind", "on", "number", "side", "total_fen", "due_date", "reverses__number")
    )
    for terminal, kind, on, number, side, fen, due_date, reverses in rows:
        found[terminal].append(
            rules.Movement(
                section=kind, on=on, number=number, fen=side * fen, due_date=due_date,
                reverses=reverses if kind == REVERSAL else "",
            )
        )  # fmt: skip
    return found
