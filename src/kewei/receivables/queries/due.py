"""What falls due in a span of days, and what waits to be applied: the desk's reminders, from an index each."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum

from kewei.receivables.models import CREDIT, DEBIT, Item
from kewei.receivables.queries.scope import SEE

# An index alone counts; adding up reads every row. Beyond this many a reminder says how many, not how much.
ADDED_UP = 2000


@dataclass(frozen=True, slots=True)
class Due:
    """How many open debits fall due in a span of days, and how much is open on them; fen, None for too many."""

    count: int
    fen: int | None


def due_between(person: Any, first: date, last: date) -> Due:
    """Open invoices this person may see whose due date lies from `first` to `last`, both included; two queries."""
    rows = Item.objects.visible_to(person, SEE).still_open().of_side(DEBIT).filter(due_date__range=(first, last))
    count = rows.count()
    if count > ADDED_UP:
        return Due(count, None)
    return Due(count, rows.aggregate(fen=Sum("open_fen"))["fen"] or 0)


def waiting(person: Any, most: int = 999) -> tuple[int, date | None]:
    """How much money and how many notes this person sees that are not applied yet, and since when; one query.

    Counted up to `most` + 1: whoever has more to do than that need not know how much more.
    """
    rows = Item.objects.visible_to(person, SEE).still_open().of_side(CREDIT).filter(live=True)
    days = list(rows.order_by("on").values_list("on", flat=True)[: most + 1])
    return len(days), days[0] if days else None
