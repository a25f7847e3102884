"""Growth tree over ten million lines: 200,000 terminals, three years of prepared months; seconds of each slice and MB.

    python -m bench.insight [ROWS_IN_MILLIONS]

Makes a house of its own in a temporary folder, with terminals and months as columns (the oldest as rows too) written
directly: what the nightly job would have made of the lines. Prints JSON.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

FOLDER = tempfile.TemporaryDirectory(prefix="kewei-bench-")
os.environ |= {
    "KEWEI_HOME": FOLDER.name,
    "KEWEI_DATABASE_URL": f"sqlite:///{Path(FOLDER.name) / 'kewei.sqlite3'}",
    "DJANGO_SETTINGS_MODULE": "kewei.config.settings",
}

import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from bench import clock, trade  # noqa: E402
from kewei.insight.queries import tree  # noqa: E402
from kewei.insight.rules.periods import periods_of  # noqa: E402
from kewei.journal.bulk import insert  # noqa: E402
from kewei.kernel.calendar import month_before  # noqa: E402
from kewei.people.models import Person, Post  # noqa: E402
from kewei.products.models import Product  # noqa: E402
from kewei.sales.models import MonthOfTerminal, Preparation, PreparedMonth  # noqa: E402
from kewei.terminals.models import Terminal  # noqa: E402

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
TODAY = date(2026, 7, 1)
TERMINALS, PRODUCTS, MONTHS = 200_000, 2_000, 36
KINDS = ("public_hospital", "clinic", "pharmacy", "chain_store")


def fill(rows: int) -> Person:
    """The house: `rows` prepared rows in all, spread evenly over the months."""
    call_command("migrate", verbosity=0)
    director = Person.objects.create(login="zheng", name="郑")
    Post.objects.create(person=director, role="director", since=NOW)
    places = [(province, city) for province, cities in trade.PLACES for city in cities]
    with transaction.atomic():
        fields = ("id", "code", "name", "kind", "province", "city", "short_name", "ownership", "size", "grade",
                  "division", "district", "address", "note", "extra", "added_at")  # fmt: skip
        insert(Terminal, fields, (
            (n, f"T{n:06}", f"终端{n}", KINDS[n % 4], *places[n % len(places)], *("",) * 8, {}, NOW)
            for n in range(1, TERMINALS + 1)
        ))  # fmt: skip
        Product.objects.bulk_create(
            Product(pk=n, code=f"P{n:05}", name=f"药{n}", unit="盒", scope_class="general", added_at=NOW)
            for n in range(1, PRODUCTS + 1)
        )
        dice = np.random.default_rng(trade.SEED)
        for back in range(MONTHS):
            _month(month_before(TODAY, back + 1), rows // MONTHS, dice, oldest=back == MONTHS - 1)
        Preparation.objects.create(last_line=1, months=MONTHS, by=director, at=NOW)
    return director


def _month(month: date, rows: int, dice: Any, oldest: bool) -> None:
    terminal = np.sort(dice.integers(1, TERMINALS + 1, rows))
    good = dice.integers(0, PRODUCTS, rows) ** 2 // PRODUCTS + 1
    days = 1 << dice.integers(0, 28, rows)
    milli = dice.integers(1, 200, rows) * 1000
    fen = milli * dice.integers(5, 90, rows)
    columns = np.stack([terminal, good, days, milli, fen])
    PreparedMonth.objects.create(month=month, lines=rows, columns=columns.astype(np.int64).tobytes(), prepared_at=NOW)
    fields = (
        "terminal_id",
        "product_id",
        "written",
        "through",
        "month",
        "days",
        "orders",
        "lines",
        "quantity_milli",
        "fen",
    )
    told = zip(*(column.tolist() for column in columns), strict=True)
    insert(MonthOfTerminal, fields, ((t, g, "", False, month, d, 1, 1, m, f) for t, g, d, m, f in told))


def measure(rows: int) -> dict[str, Any]:
    """Seconds of the tree by slice."""
    told: dict[str, Any] = {"rows": rows, "terminals": TERMINALS, "months": MONTHS}
    made: list[Person] = []
    told["filled"] = clock.timed(lambda: made.append(fill(rows)))
    (by,) = made
    slices = {
        "all": tree.Slice(),
        "kind": tree.Slice(kind="clinic"),
        "province": tree.Slice(province="湖北省"),
        "product": tree.Slice(product=7),
        "kind_province_product": tree.Slice(kind="clinic", province="湖北省", product=7),
    }
    for span in ("quarter", "year"):
        for name, part in slices.items():
            told[f"{span}.{name}"] = clock.timed(
                lambda part=part, span=span: tree.tree_of(by, periods_of(span, TODAY), part)
            )
    found = tree.tree_of(by, periods_of("quarter", TODAY))
    told["adds_up"] = sum(one.fen for one in found.tree.branches) == found.tree.change_fen
    told["behind"] = clock.timed(lambda: tree.behind(by, found, "new"))
    told["mb"] = clock.peak_mb()
    return told


if __name__ == "__main__":
    millions = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with FOLDER:
        print(json.dumps(measure(millions * 1_000_000)))
        connection.close()
