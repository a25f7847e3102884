"""The gate for one order, placing one, exposure of one customer, and the inbox: on a copy, which is made ready to order.

    python -m bench.ordering

A hundred customers of the book with the most open items get papers, a grade and a limit; floors: the bare statements.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402

from bench import clock, trade  # noqa: E402
from kewei.credit.models import Account, Limit, Score  # noqa: E402
from kewei.credit.queries import standing  # noqa: E402
from kewei.orders import actions, queries  # noqa: E402
from kewei.orders.rules.lines import LineWanted  # noqa: E402
from kewei.people.queries import person_by_login  # noqa: E402
from kewei.products.models import Product  # noqa: E402
from kewei.terminals.models import Authorised, Licence, Terminal  # noqa: E402

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
CUSTOMERS, TRIES, LINES = 100, 400, 5


def measure() -> dict[str, Any]:
    """Seconds of the gate, of placing, of exposure and standing, and of the bare sum they rest on."""
    zheng = person_by_login("zheng")
    ready = made_ready(zheng)
    lines = [LineWanted(pk, 1000) for pk in goods()]
    told: dict[str, Any] = {
        "gate": clock.repeat(lambda n: queries.try_order(zheng, ready[n % CUSTOMERS], lines, "credit", NOW), TRIES),
        "standing": clock.repeat(lambda n: standing.standing(ready[n % CUSTOMERS].pk, trade.TODAY), TRIES),
        "exposure": clock.repeat(lambda n: standing.exposures([ready[n % CUSTOMERS].pk], trade.TODAY), TRIES),
        "bare": clock.repeat(lambda n: bare(ready[n % CUSTOMERS].pk), TRIES),
        "place": clock.repeat(lambda n: place(ready[n % CUSTOMERS], lines, zheng), TRIES // 2),
    }
    return told


def made_ready(by: Any) -> list[Terminal]:
    """Customers with open items that may buy on credit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT terminal_id FROM receivables_item WHERE open_fen > 0 AND side = 1 GROUP BY terminal_id"
            " ORDER BY COUNT(*) DESC, terminal_id LIMIT %s",
            [CUSTOMERS],
        )
        pks = [pk for (pk,) in cursor.fetchall()]
    Terminal.objects.filter(pk__in=pks).update(kind="public_hospital")
    day = date(2026, 1, 1)
    for pk in pks:
        Licence.objects.create(
            terminal_id=pk, kind="medical", number=f"L{pk}", valid_to=date(2030, 1, 1), verified_how="original",
            verified_on=day, recorded_at=NOW,
        )  # fmt: skip
        Authorised.objects.create(terminal_id=pk, name="采", kinds=["buy"], valid_to=date(2030, 1, 1), added_at=NOW)
        score = Score.objects.create(
            terminal_id=pk,
            as_of=day,
            sheet="credit.sheet.existing@0",
            points_c=9000,
            grade="A",
            made_by=by,
            made_at=NOW,
        )
        Account.objects.update_or_create(terminal_id=pk, defaults={"grade": "A", "score": score})
        Limit.objects.filter(terminal=pk, ended_at=None).delete()
        Limit.objects.create(
            terminal_id=pk,
            fen=10**13,
            term_days=60,
            since=day,
            until=day + timedelta(days=3650),
            granted_by=by,
            granted_at=NOW,
        )
    return list(Terminal.objects.filter(pk__in=pks).order_by("pk"))


def goods() -> list[int]:
    """Five products with prices."""
    for n in range(LINES):
        Product.objects.get_or_create(
            code=f"BENCH{n}",
            defaults={"name": f"品{n}", "scope_class": "general", "listed_price_fen": 1000, "added_at": NOW},
        )
    return list(Product.objects.filter(code__startswith="BENCH").values_list("pk", flat=True))


def place(terminal: Terminal, lines: list[LineWanted], by: Any) -> None:
    """One order, kept with its verdict and its reservation."""
    actions.place_order(terminal=terminal, lines=lines, by=by, now=NOW)


def bare(pk: int) -> None:
    """The sum of one customer's open items, alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT side, SUM(open_fen) FROM receivables_item WHERE open_fen > 0 AND terminal_id = %s GROUP BY side",
            [pk],
        )
        cursor.fetchall()


if __name__ == "__main__":
    print(json.dumps(measure()))
