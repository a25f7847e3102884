"""How a few customers together pay: what was settled and how fast, what was owed and overdue on a day; whoever asks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from kewei.journal.bulk import among
from kewei.receivables.models import Allocation
from kewei.receivables.queries import book as books


@dataclass(frozen=True, slots=True)
class Settled:
    """What of invoices was settled in a period: fen, and Σ fen × days from the invoice to the settlement."""

    fen: int = 0
    fen_days: int = 0

    @property
    def days(self) -> int | None:
        """Days from invoice to money on average, weighed by amount, rounded half up; None where nothing was settled."""
        return (2 * self.fen_days + self.fen) // (2 * self.fen) if self.fen else None


def settled_between(terminal_ids: Collection[int], first: date, last: date) -> Settled:
    """Settlements of these customers' invoices dated within two days, both included, those taken back left out; one query.

    Money, bills and red letters alike: what closed the invoice. Credit given before the invoice counts as no days.
    """
    rows = Allocation.objects.filter(
        among("debit__terminal_id", list(terminal_ids)), debit__kind="invoice", on__gte=first, on__lte=last, reverses=None,
        reversed_by=None,
    )  # fmt: skip
    fen = fen_days = 0
    for part, on, invoiced in rows.values_list("fen", "on", "debit__on"):
        fen += part
        fen_days += part * max(0, (on - invoiced).days)
    return Settled(fen, fen_days)


@dataclass(frozen=True, slots=True)
class OwedOn:
    """What some customers owed together at the end of a day before credits, and of it past due; fen."""

    owed_fen: int = 0
    overdue_fen: int = 0


def owed_on(terminal_ids: Collection[int], day: date) -> OwedOn:
    """Off the book in memory, so that a day long past costs no more than today."""
    with books.current() as book:
        seen = book.flags(list(terminal_ids))
        past_due = book.aged(day).past_due[seen]
        owed_fen = int(past_due.sum())
        return OwedOn(owed_fen, owed_fen - int(past_due[:, 0].sum()))
