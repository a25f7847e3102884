"""法定逾期利息: per invoice the lawful due day and the interest since, for a customer the regulation protects us against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kewei.collecting.rules.interest import Interest, Owed, interest_of
from kewei.credit.rules.terms import STATUTORY, Statutory, statutory_term
from kewei.journal import queries_policies
from kewei.kernel.calendar import add_years
from kewei.orders.queries.evidence import delivered_of
from kewei.people.models import Person
from kewei.receivables import queries as receivables
from kewei.receivables.rules.limitation import POLICY as LIMITATION
from kewei.terminals import queries as terminals

SEE = "collecting.see"
# More invoices than this of one customer are a matter for a file, not for a page.
MOST = 500


@dataclass(frozen=True)
class Line:
    """An invoice with what is open of it, where its days run from, and its interest; fen."""

    entry_id: int
    number: str
    on: date
    due_date: date | None
    start: date
    start_from: str
    total_fen: int
    open_fen: int
    interest: Interest


@dataclass(frozen=True)
class Claim:
    """What a customer owes beside the principal: whether the regulation applies and why, and the invoices with interest."""

    applies: Statutory
    lines: tuple[Line, ...]
    today: date

    @property
    def interest_fen(self) -> int:
        """All interest, fen."""
        return sum(one.interest.interest_fen for one in self.lines)

    @property
    def open_fen(self) -> int:
        """What is open of the invoices with interest, fen."""
        return sum(one.open_fen for one in self.lines)


def claim_of(person: Person, terminal_id: int, today: date) -> Claim:
    """The claim against one customer: its invoices late under the regulation, paid ones too, because interest is owed
    after the principal is paid. Of the last three years, because what is older is barred. Raises NotFound.
    """
    terminals.terminal_for(person, terminal_id, SEE)
    policy = queries_policies.in_force(STATUTORY, today)
    applies = statutory_term(*terminals.kind_size_province(terminal_id), policy.value, policy.label)
    if not applies.applies:
        return Claim(applies, (), today)
    items = receivables.invoices_due_since(terminal_id, add_years(today, -LIMITATION.years), MOST)
    ids = [item.pk for item in items]
    money, notes, delivered = receivables.money_for(ids), receivables.noted_on(ids), delivered_of(ids)
    lines = []
    for item in items:
        goods = delivered.get(item.pk)
        start, start_from = item.on, "invoiced"
        if goods is not None:
            start, start_from = (goods.received_on, "received") if goods.received_on else (goods.on, "delivered")
        owed = Owed(start, item.due_date, item.total_fen - notes.get(item.pk, 0), tuple(money.get(item.pk, ())))
        told = interest_of(owed, applies.default_days or 0, applies.most_days or 0, applies.daily_bp, today)
        if told.interest_fen:
            lines.append(
                Line(
                    item.pk, item.number, item.on, item.due_date, start, start_from, item.total_fen, item.open_fen, told
                )
            )
    return Claim(applies, tuple(lines), today)
