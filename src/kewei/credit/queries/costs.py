"""What lending to a customer cost over a period."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from kewei.credit.rules.costs import CreditCost, cost_fen, fen_days
from kewei.people.models import Person
from kewei.receivables.rules.policies import rates_on
from kewei.terminals import queries as terminals


def credit_cost(person: Person, terminal_id: int, first: date, last: date) -> CreditCost:
    """The customer's balance day by day × the yearly rate / 365, from first to last, both included. Raises NotFound.

    The balance is that of documents by their own dates: invoices − red letters − receipts, with VAT; money paid ahead
    counts as nothing owed. Two statements, off the index of entries by customer and day.
    """
    terminals.terminal_for(person, terminal_id, "credit.see")
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT COALESCE(SUM(side * total_fen), 0) FROM receivables_entry WHERE terminal_id = %s AND "on" < %s',
            [terminal_id, first],
        )
        opening = int(cursor.fetchone()[0])
        cursor.execute(
            'SELECT "on", SUM(side * total_fen) FROM receivables_entry WHERE terminal_id = %s AND "on" >= %s'
            ' AND "on" <= %s GROUP BY "on"',
            [terminal_id, first, last],
        )
        moves = [(_day(on), int(fen)) for on, fen in cursor.fetchall()]
    rates = rates_on(last)
    summed = fen_days(opening, moves, first, last)
    return CreditCost(first, last, cost_fen(summed, rates.annual_bp), summed, rates.annual_bp, rates.version)


def _day(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
