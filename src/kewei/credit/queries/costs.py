"""What lending to a customer cost over a period."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from itertools import groupby
from operator import itemgetter
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


def credit_costs(first: date, last: date, terminal_ids: Collection[int] | None = None) -> dict[int, CreditCost]:
    """The same of every customer (or of these few) whose account moved by `last`, whoever asks; one statement."""
    rates, found = rates_on(last), {}
    few = (
        ""
        if terminal_ids is None
        else f" AND terminal_id IN ({','.join(str(int(pk)) for pk in terminal_ids) or 'NULL'})"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT terminal_id, CASE WHEN "on" < %s THEN NULL ELSE "on" END, SUM(side * total_fen)'  # noqa: S608
            f' FROM receivables_entry WHERE "on" <= %s{few} GROUP BY 1, 2 ORDER BY 1',
            [first, last],
        )
        for terminal, rows in groupby(cursor, key=itemgetter(0)):
            opening, moves = 0, []
            for _terminal, on, fen in rows:
                if on is None:
                    opening = int(fen)
                else:
                    moves.append((_day(on), int(fen)))
            summed = fen_days(opening, moves, first, last)
            found[terminal] = CreditCost(
                first, last, cost_fen(summed, rates.annual_bp), summed, rates.annual_bp, rates.version
            )
    return found


def _day(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
