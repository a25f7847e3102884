"""What customers paid in a period, for rooms that reckon from it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import F, Q, Sum

from kewei.journal.bulk import chunks
from kewei.receivables.models import RECEIPT, REVERSAL, Entry


def received_among(terminals: Collection[int], first: date, last: date) -> dict[int, int]:
    """Receipts of each of these customers by their own day, reversed ones taken off, in fen, whoever asks; days inclusive."""
    found: dict[int, int] = {}
    money = Q(kind=RECEIPT) | Q(kind=REVERSAL, reverses__kind=RECEIPT)
    for chunk in chunks(terminals):
        rows = Entry.objects.filter(money, terminal__in=chunk, on__gte=first, on__lte=last).order_by()
        sums = rows.values("terminal").annotate(sum=Sum(F("side") * F("total_fen")))
        found.update({row["terminal"]: -int(row["sum"]) for row in sums})
    return found
