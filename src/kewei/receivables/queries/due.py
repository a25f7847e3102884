"""What falls due in a span of days: the desk's reminders, from the index on open debits alone."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Sum

from kewei.receivables.models import DEBIT, Item
from kewei.receivables.queries.scope import SEE


@dataclass(frozen=True, slots=True)
class Due:
    """How many open debits fall due in a span of days, and how much is open on them; fen."""

    count: int
    fen: int


def due_between(person: Any, first: date, last: date) -> Due:
    """Open invoices this person may see whose due date lies from `first` to `last`, both included; one query."""
    rows = Item.objects.visible_to(person, SEE).still_open().of_side(DEBIT).filter(due_date__range=(first, last))
    found = rows.aggregate(count=Count("pk"), fen=Sum("open_fen"))
    return Due(found["count"], found["fen"] or 0)
