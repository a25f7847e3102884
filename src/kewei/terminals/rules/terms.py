"""From a payment term to a due date (domain 2.2: 账期天数、起算点)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kewei.kernel.calendar import month_end

NEXT_MONTH = "next_month"


@dataclass(frozen=True, slots=True)
class Term:
    """So many days from a starting point (rules.TERM_STARTS)."""

    days: int
    start: str = ""

    def due_date(self, invoice_date: date) -> date:
        """When an invoice is due.

        月结次月 counts from the end of the invoice's month. Goods received, accepted or confirmed are days a file of
        invoices does not know; the invoice's own day stands for them.
        """
        first = month_end(invoice_date) if self.start == NEXT_MONTH else invoice_date
        return first + timedelta(days=self.days)
