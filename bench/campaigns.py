"""Candidates for a campaign among very many terminals, the list drawn from them, a result: on a copy, which it fills and changes.

    python -m bench.campaigns [TERMINALS]

Terminals are added until there are so many (200,000): one in five uses the product, three in five have a class of potential.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import django

django.setup()

import numpy as np  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from kewei.campaigns import actions  # noqa: E402
from kewei.campaigns.queries import candidates, results  # noqa: E402
from kewei.campaigns.queries.candidates import Wanted  # noqa: E402
from kewei.campaigns.rules.states import Given  # noqa: E402
from kewei.journal import bulk  # noqa: E402
from kewei.people.queries import person_by_login  # noqa: E402
from kewei.products import actions as products  # noqa: E402
from kewei.sales import actions as sales  # noqa: E402
from kewei.sales.models import SaleLine  # noqa: E402
from kewei.terminals.models import Licence, Potential, Terminal  # noqa: E402

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY, FIRST, LAST = date(2026, 11, 23), date(2026, 12, 1), date(2026, 12, 31)
TERMINALS, ROUNDS, LISTED = 200_000, 5, 200
SEED = 20261128


def fill_up(wanted: int, product: int) -> int:
    """Clinics until there are `wanted` terminals, with licences, classes and purchases; answers how many lines were sold."""
    rng, have = np.random.default_rng(SEED), Terminal.objects.count()
    owners = list(Terminal.objects.exclude(owner=None).order_by("owner").values_list("owner", "city").distinct()[:200])
    fields = ("code", "name", "kind", "city", "province", "owner_id", "short_name", "ownership", "size", "grade", "division",
              "district", "address", "note", "extra", "added_at")  # fmt: skip
    bulk.insert(
        Terminal, fields,
        (
            (f"Z{n:07d}", f"重点诊所{n}", "clinic", owners[n % len(owners)][1], "", owners[n % len(owners)][0], "", "", "", "", "",
             "", "", "", {}, NOW)
            for n in range(have, wanted)
        ),
    )  # fmt: skip
    pks = list(Terminal.objects.filter(code__startswith="Z").order_by("pk").values_list("pk", flat=True))
    by = person_by_login("zheng")
    assert by is not None
    bulk.insert(
        Licence, ("terminal_id", "kind", "number", "valid_to", "verified_on", "recorded_at", "issuer", "warehouse", "verified_how",
                  "long_term", "scope"),
        ((pk, "medical", f"L{pk}", date(2029, 1, 1), TODAY, NOW, "", "", "", False, []) for pk in pks),
    )  # fmt: skip
    classes = rng.choice(["A", "B", "C", ""], len(pks), p=[0.15, 0.2, 0.25, 0.4]).tolist()
    bulk.insert(
        Potential, ("terminal_id", "potential", "basis", "policy", "since", "set_by_id", "set_at", "among", "note", "peers", "barrier",
                    "judged"),
        ((pk, one, "told", "terminals.potential@0", TODAY, by.pk, NOW, "", "", 0, False, False)
         for pk, one in zip(pks, classes, strict=True) if one),
    )  # fmt: skip
    return bulk.insert(
        SaleLine,
        ("terminal_id", "product_id", "day", "quantity_milli", "fen", "source", "product_text", "document"),
        _lines(pks, product, rng),
    )


def _lines(pks: list[int], product: int, rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    """One terminal in five buys every month or two, more or less."""
    for pk in pks:
        if rng.random() < 0.2:
            day, every, boxes = (
                TODAY - timedelta(days=int(rng.integers(1, 90))),
                int(rng.integers(25, 60)),
                int(rng.integers(5, 80)),
            )
            while day > TODAY - timedelta(days=400):
                yield pk, product, day, boxes * 1000, boxes * 12_00, "import", "", ""
                day -= timedelta(days=every)


def measure(wanted: int) -> dict[str, Any]:
    """Seconds for candidates (median), for a list of two hundred and for its result."""
    by: Any = person_by_login("zheng")
    product = products.add_product(
        code="BENCH-C", name="重点产品", unit="盒", scope_class="general", listed_price_fen=12_00, by=by, now=NOW
    ).pk
    with transaction.atomic():
        lines = fill_up(wanted, product)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    sales.prepare_months(by=by, now=NOW)  # as every night
    asked, took = Wanted(product, FIRST, LAST), []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        found = candidates.candidates(by, asked, TODAY, LISTED)
        took.append(time.perf_counter() - began)
    given = Given("十二月重点", FIRST, FIRST, LAST, "多用", 10_000)
    campaign = actions.propose_campaign(product=product, given=given, by=by, now=NOW)
    began = time.perf_counter()
    actions.compose_list(campaign=campaign.pk, size=LISTED, seed=SEED, by=by, now=NOW)
    composed = time.perf_counter() - began
    began = time.perf_counter()
    results.result(campaign, LAST)
    return {
        "terminals": Terminal.objects.count(), "lines": lines, "ranked": found.ranked, "seconds": sorted(took)[ROUNDS // 2],
        "compose_seconds": composed, "result_seconds": time.perf_counter() - began,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if sys.argv[1:] else TERMINALS)))
