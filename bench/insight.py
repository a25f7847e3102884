"""Insight over ten million lines: 200,000 terminals, three years of prepared months. Seconds of the growth tree by slice, of
BG/NBD and the rest of the night, and of dashboards (p95 of forty) for who sees everything, a region, or his own terminals.

    python -m bench.insight [ROWS_IN_MILLIONS]

Makes a house of its own in a temporary folder, with terminals and months written directly: what the nightly job would have
made of the lines. Prints JSON; `cpu` beside a figure is processor time.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
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
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from bench import clock, trade  # noqa: E402
from kewei.insight import jobs  # noqa: E402
from kewei.insight.queries import tree  # noqa: E402
from kewei.insight.rules import buyers  # noqa: E402
from kewei.insight.rules.periods import periods_of  # noqa: E402
from kewei.journal.bulk import insert  # noqa: E402
from kewei.kernel.calendar import month_before  # noqa: E402
from kewei.people.models import Person, Post, Territory  # noqa: E402
from kewei.products.models import Product  # noqa: E402
from kewei.sales.models import MonthOfTerminal, Preparation, PreparedMonth  # noqa: E402
from kewei.terminals.models import Link, Terminal  # noqa: E402

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
TODAY = date(2026, 7, 1)
TERMINALS, PRODUCTS, MONTHS = 200_000, 2_000, 36
KINDS = ("public_hospital", "clinic", "pharmacy", "chain_store")


REGIONS, EACH, ROUNDS = 20, 500, 40  # terminals of a representative; pages asked for


def fill(rows: int) -> dict[str, Person]:
    """The house: `rows` prepared rows in all, spread evenly over the months; a director, a manager, a representative."""
    call_command("migrate", verbosity=0)
    people = {login: Person.objects.create(login=login, name=login) for login in ("zheng", "li", "wang")}
    director = people["zheng"]
    Territory.objects.create(pk=1, code="CN", name="全国", path="/1/")
    Territory.objects.bulk_create(
        Territory(pk=n, code=f"R{n}", name=f"大区{n}", parent_id=1, path=f"/1/{n}/") for n in range(2, REGIONS + 2)
    )
    Post.objects.create(person=director, role="director", since=NOW)
    Post.objects.create(person=people["li"], role="manager", territory_id=2, since=NOW)
    Post.objects.create(person=people["wang"], role="representative", territory_id=2, since=NOW)
    sellers = [people["wang"].pk] + [
        one.pk
        for one in Person.objects.bulk_create(
            Person(login=f"p{n}", name=f"业务员{n}") for n in range(1, TERMINALS // EACH)
        )
    ]
    _terminals(sellers, director)
    Product.objects.bulk_create(
        Product(pk=n, code=f"P{n:05}", name=f"药{n}", unit="盒", scope_class="general", added_at=NOW)
        for n in range(1, PRODUCTS + 1)
    )
    dice = np.random.default_rng(trade.SEED)
    with connection.schema_editor() as schema:
        # Written once, in order: indexes are made of it afterwards.
        for index in MonthOfTerminal._meta.indexes:
            schema.remove_index(MonthOfTerminal, index)
        for back in range(MONTHS):
            _month(month_before(TODAY, back + 1), rows // MONTHS, dice)
        for index in MonthOfTerminal._meta.indexes:
            schema.add_index(MonthOfTerminal, index)
    Preparation.objects.create(last_line=1, months=MONTHS, by=director, at=NOW)
    return people


def _terminals(sellers: list[int], director: Person) -> None:
    places = [(province, city) for province, cities in trade.PLACES for city in cities]
    fields = ("id", "code", "name", "kind", "province", "city", "owner_id", "territory_id", "short_name", "ownership", "size",
              "grade", "division", "district", "address", "note", "extra", "added_at")  # fmt: skip
    insert(Terminal, fields, (
        (n, f"T{n:06}", f"终端{n}", KINDS[n % 4], *places[n % len(places)], sellers[n // EACH % len(sellers)],
         2 + n // EACH % REGIONS, *("",) * 8, {}, NOW)
        for n in range(1, TERMINALS + 1)
    ))  # fmt: skip
    insert(Link, ("terminal_id", "person_id", "role", "since", "made_by_id"), (
        (n, sellers[n // EACH % len(sellers)], "owner", NOW, director.pk) for n in range(1, TERMINALS + 1)
    ))  # fmt: skip


def _month(month: date, rows: int, dice: Any) -> None:
    terminal = np.sort(dice.integers(1, TERMINALS + 1, rows))
    good = dice.integers(0, PRODUCTS, rows) ** 2 // PRODUCTS + 1
    days = 1 << dice.integers(0, 28, rows)
    milli = dice.integers(1, 200, rows) * 1000
    fen = milli * dice.integers(5, 90, rows)
    columns = np.stack([terminal, good, days, milli, fen])
    PreparedMonth.objects.create(
        month=month, lines=rows, fen=int(fen.sum()), columns=columns.astype(np.int64).tobytes(), prepared_at=NOW
    )
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


def both(do: Callable[[], Any]) -> dict[str, float]:
    """Seconds by the clock and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    do()
    found = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    print(found, file=sys.stderr, flush=True)
    return found


def measure(rows: int) -> dict[str, Any]:
    """Everything."""
    told: dict[str, Any] = {"rows": rows, "terminals": TERMINALS, "months": MONTHS}
    made: list[dict[str, Person]] = []
    told["fill"] = both(lambda: made.append(fill(rows)))
    people = made[0]
    slices = {
        "all": tree.Slice(), "kind": tree.Slice(kind="clinic"), "province": tree.Slice(province="湖北省"),
        "owner": tree.Slice(owner=people["wang"].pk), "product": tree.Slice(product=7),
        "kind_province_product": tree.Slice(kind="clinic", province="湖北省", product=7),
    }  # fmt: skip
    told["tree"] = {
        f"{span}.{name}": both(lambda part=part, span=span: tree.tree_of(people["zheng"], periods_of(span, TODAY), part))
        for span in ("quarter", "year")
        for name, part in slices.items()
    }  # fmt: skip
    found = tree.tree_of(people["zheng"], periods_of("quarter", TODAY))
    told["adds_up"] = sum(one.fen for one in found.tree.branches) == found.tree.change_fen
    told["behind"] = both(lambda: tree.behind(people["zheng"], found, "lost"))
    fitted: list[dict[str, float]] = []
    told["night"] = both(lambda: _night(people["zheng"], fitted))
    told["bg_nbd"] = fitted[0]
    told["pages"] = {
        f"{login}.{page}": _page(person, page)
        for login, person in people.items()
        for page in ("dashboard", "keeping", "lapse")
    }
    told["mb"] = clock.peak_mb()
    return told


def _night(by: Person, fitted: list[dict[str, float]]) -> None:
    """Habits of everybody, BG/NBD timed by itself: fitted, and asked of everybody."""
    asked: list[Any] = []
    fit = buyers.fit

    def watched(histories: Any) -> Any:
        asked.append(histories)
        return fit(histories)

    buyers.fit = watched
    try:
        jobs.reckon_habits(now=NOW, by=by)
    finally:
        buyers.fit = fit

    def model() -> None:
        found = fit(asked[0])
        buyers.alive(asked[0], found)
        buyers.expected(asked[0], found, 13)

    fitted.append(both(model) | {"buyers": len(asked[0].repeats)})


def _page(person: Person, page: str) -> dict[str, float]:
    client = Client(HTTP_HOST="localhost")
    client.force_login(person)
    address = reverse(f"insight:{page}")
    assert client.get(address).status_code == 200
    cpu = time.process_time()
    figure = clock.repeat(lambda _n: client.get(address), ROUNDS)
    return {"p50": figure["p50"], "p95": figure["p95"], "cpu": (time.process_time() - cpu) / ROUNDS}


if __name__ == "__main__":
    millions = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with FOLDER:
        print(json.dumps(measure(millions * 1_000_000)))
        connection.close()
