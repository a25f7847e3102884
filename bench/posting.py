"""Posting one invoice, and one receipt over fifty invoices, durable when the action returns; floors: the bare rows.

    python -m bench.posting

Changes the company: run it on a copy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from bench import clock, trade  # noqa: E402
from kewei.people.queries import person_by_login  # noqa: E402
from kewei.receivables import actions  # noqa: E402
from kewei.receivables.models import Item  # noqa: E402
from kewei.terminals.models import Terminal  # noqa: E402

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
INVOICES, RECEIPTS, OVER = 300, 30, 50
Debt = tuple[Terminal, list[Item]]


def measure() -> dict[str, Any]:
    """Seconds of each kind of posting and of the bare rows it comes down to."""
    by = person_by_login("qian")
    owing = debts()
    someone = [terminal for terminal, _ in islice(owing, 20)]
    told = {"invoice": clock.repeat(lambda n: post(someone[n % len(someone)], n, by), INVOICES)}
    told["invoice_floor"] = bare_invoices(someone[0].pk)
    for how in ("oldest", "named"):
        told[f"receipt_{how}"] = clock.figure([settle(debt, how, by) for debt in islice(owing, RECEIPTS)])
    told["receipt_floor"] = clock.figure([bare_receipt(debt) for debt in islice(owing, RECEIPTS)])
    return told


def debts() -> Iterator[Debt]:
    """Customers with their fifty oldest open invoices, each once."""
    for terminal in Terminal.objects.order_by("pk").iterator():
        mine = Item.objects.filter(terminal=terminal, kind="invoice", open_fen__gt=0).order_by("due_date", "pk")[:OVER]
        if len(mine) == OVER:
            yield terminal, list(mine)


def post(terminal: Terminal, n: int, by: Any) -> None:
    """One invoice, as the form posts it."""
    actions.post_invoice(
        terminal=terminal, number=f"B{n:09d}", invoice_date=trade.TODAY, due_date=trade.TODAY + timedelta(days=60),
        total_fen=123_456 + n, by=by, now=NOW,
    )  # fmt: skip


def settle(debt: Debt, how: str, by: Any) -> float:
    """The seconds of one receipt over a customer's fifty oldest invoices."""
    terminal, items = debt
    return clock.timed(
        lambda: actions.receive_payment(
            terminal=terminal, number=f"E{how}{terminal.pk}", received_on=trade.TODAY,
            fen=sum(item.open_fen for item in items), how=how, by=by, now=NOW,
            invoices=[item.number for item in items] if how == "named" else (),
        )
    )  # fmt: skip


# --- floors: what the database alone needs for the same rows, with nothing decided, checked or vouched for ------------


def bare_invoices(terminal: int) -> clock.Figure:
    """One document, its summary and one line of a journal, in a transaction each."""
    _tables()
    with connection.cursor() as cursor:

        def once(n: int) -> None:
            with transaction.atomic():
                cursor.execute("INSERT INTO bench_row VALUES (%s, %s, %s, %s)", [n, terminal, 100, "B" * 20])
                cursor.execute("INSERT INTO bench_open VALUES (%s, %s)", [n, 100])
                cursor.execute("INSERT INTO bench_fact VALUES (%s, %s)", [n, "x" * 400])

        return clock.repeat(once, INVOICES)


def bare_receipt(debt: Debt) -> float:
    """One document with fifty allocations, fifty summaries changed and one line of a journal, in one transaction."""
    terminal, items = debt
    first = 10**6 * terminal.pk

    def once() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_row VALUES (%s, %s, %s, %s)", [first, terminal.pk, 100, "E" * 20])
            values = [(first + n, item.pk, item.open_fen, "") for n, item in enumerate(items, 1)]
            cursor.executemany("INSERT INTO bench_row VALUES (%s, %s, %s, %s)", values)
            cursor.executemany("UPDATE bench_open SET fen = fen - 1 WHERE id = %s", [(n,) for n in range(OVER)])
            cursor.execute("INSERT INTO bench_fact VALUES (%s, %s)", [first, "x" * 2000])

    return clock.timed(once)


def _tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_row (id bigint PRIMARY KEY, about bigint, fen bigint, number varchar(60))")
        cursor.execute("CREATE TABLE bench_open (id bigint PRIMARY KEY, fen bigint)")
        cursor.execute("CREATE TABLE bench_fact (id bigint PRIMARY KEY, detail text)")


if __name__ == "__main__":
    print(json.dumps(measure()))
