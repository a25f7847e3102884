"""A customer's account over a period: opening + movements = closing (domain 2.12)."""

from datetime import date
from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from kewei.kernel.refusals import N_, NotFound
from kewei.receivables import rules
from kewei.receivables.models import CREDIT, DEBIT, REVERSAL, Allocation, Entry
from kewei.receivables.queries import ledger
from kewei.receivables.queries.scope import seen_among

STATEMENT = "receivables.statement"


def statement(person: Any, terminal: Any, first: date, last: date) -> rules.Statement:
    """The statement of a customer's account from `first` to `last`, as it stood at the end of `last`; four queries.

    `terminal` is its row or key. Raises NotFound where the person may not see it, PeriodReversed.
    """
    key = ledger.key_of(terminal)
    if not seen_among(person, [key], STATEMENT):
        raise NotFound(noun=N_("终端"))
    mine: QuerySet[Any] = Entry.objects.filter(terminal=key)
    opening_fen = mine.filter(on__lt=first).aggregate(fen=Sum(F("side") * F("total_fen")))["fen"] or 0
    open_items = [
        rules.OpenItem(pk, number, due_date or on, on, open_fen)
        for pk, number, due_date, on, open_fen in _open_on(mine, DEBIT, last).values_list(
            "pk", "number", "due_date", "on", "left_fen"
        )
    ]
    unapplied_fen = _open_on(mine, CREDIT, last).aggregate(fen=Sum("left_fen"))["fen"] or 0
    return rules.build_statement(
        first=first, last=last, opening_fen=int(opening_fen), movements=_movements(mine, first, last),
        open_items=open_items, unapplied_fen=int(unapplied_fen),
    )  # fmt: skip


def _open_on(entries: QuerySet[Any], side: int, day: date) -> QuerySet[Any]:
    """Entries of a side of which something was open at the end of a day, with `left_fen`."""
    mine = "debit" if side == DEBIT else "credit"
    settled = Allocation.objects.filter(**{mine: OuterRef("pk")}, on__lte=day).order_by().values(mine)
    settled = settled.annotate(total=Sum("fen")).values("total")
    left = F("total_fen") - Coalesce(Subquery(settled, output_field=BigIntegerField()), 0)
    return entries.filter(side=side, on__lte=day).annotate(left_fen=left).filter(left_fen__gt=0)


def _movements(entries: QuerySet[Entry], first: date, last: date) -> list[rules.Movement]:
    rows = entries.filter(on__gte=first, on__lte=last).values_list(
        "kind", "on", "number", "side", "total_fen", "due_date", "reverses__number"
    )
    return [
        rules.Movement(
            section=kind, on=on, number=number, fen=side * fen, due_date=due_date,
            reverses=reverses if kind == REVERSAL else "",
        )
        for kind, on, number, side, fen, due_date, reverses in rows
    ]  # fmt: skip
