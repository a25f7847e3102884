"""Grading every customer of the book: on a copy, which it changes. Seconds, and how many customers a second.

    python -m bench.scoring [CUSTOMERS]

With CUSTOMERS, customers are added until there are so many, each with an invoice of the last months.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import django

django.setup()

from bench import trade  # noqa: E402
from kewei.credit import actions  # noqa: E402
from kewei.credit.queries import scores  # noqa: E402
from kewei.people.queries import person_by_login  # noqa: E402
from kewei.receivables import actions as receivables  # noqa: E402
from kewei.receivables import rules  # noqa: E402
from kewei.terminals.models import Terminal  # noqa: E402

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)


def fill_up(wanted: int) -> None:
    """Customers until there are `wanted`, each with ten invoices."""
    by, have = person_by_login("qian"), Terminal.objects.count()
    owner = Terminal.objects.exclude(owner=None).values_list("owner", flat=True).first()
    made = [
        Terminal(code=f"G{n:07d}", name=f"评分诊所{n}", kind="clinic", owner_id=owner, added_at=NOW)
        for n in range(have, wanted)
    ]
    Terminal.objects.bulk_create(made, batch_size=2_000)
    rows = []
    for n, pk in enumerate(Terminal.objects.filter(code__startswith="G").values_list("pk", flat=True)):
        for k in range(10):
            on = trade.TODAY - timedelta(days=30 + 30 * k + n % 20)
            rows.append(rules.InvoiceRow(pk, f"G{n}-{k}", on, on + timedelta(days=30), 100_00 + n))
    if rows:
        receivables.import_invoices(rows=rows, by=by, now=NOW)


def measure(wanted: int = 0) -> dict[str, Any]:
    """How long it takes to grade everybody, and everybody again for what is new."""
    if wanted:
        fill_up(wanted)
    by, told = person_by_login("zheng"), []
    for only_news in (False, True):
        began = time.perf_counter()
        everybody = scores.every_customer()
        actions.regrade(terminal_ids=everybody, as_of=trade.TODAY, only_news=only_news, by=by, now=NOW)
        told.append(time.perf_counter() - began)
    return {"customers": len(everybody), "seconds": told[0], "again_seconds": told[1]}


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if sys.argv[1:] else 0)))
