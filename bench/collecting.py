"""The daily run of collecting: on a copy, which it fills up and changes. Seconds, processor seconds, memory.

    python -m bench.collecting [SIZE | ITEMS OVERDUE CUSTOMERS]

Items are added until there are so many open, of them so many overdue, on so many customers: 2 million, 200 thousand and
20 thousand where nothing is said. The first run finds the whole arrears at once, the worst there is; the second is the
morning after; the third comes again on the same day.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import django

django.setup()

import numpy as np  # noqa: E402
from django.db import transaction  # noqa: E402

from bench import trade  # noqa: E402
from kewei.collecting import actions  # noqa: E402
from kewei.journal import bulk  # noqa: E402
from kewei.people.queries import system  # noqa: E402
from kewei.receivables.models import Entry, Item, Posting  # noqa: E402
from kewei.terminals.models import Terminal  # noqa: E402

NOW = datetime(2026, 7, 2, 1, 0, tzinfo=UTC)
SIZES = {"tiny": (30_000, 3_000, 300), "small": (330_000, 33_000, 4_000), "large": (2_000_000, 200_000, 20_000)}
TERM_DAYS = 60
_ENTRY = ("id", "posting_id", "terminal_id", "kind", "side", "number", "on", "due_date", "total_fen", "reverses_id")
_ITEM = (
    "entry_id", "terminal_id", "kind", "side", "number", "on", "due_date", "total_fen", "open_fen", "released_on",
    "live",
)  # fmt: skip


def fill_up(items: int, overdue: int, customers: int) -> None:
    """A book of so many open items, written as rows: how they came there is measured elsewhere."""
    by, rng = system(), np.random.default_rng([trade.SEED, 9])
    owner = Terminal.objects.exclude(owner=None).values_list("owner", flat=True).first()
    kinds = [kind for kind, _share, _name in trade.KINDS]
    made = [
        Terminal(code=f"C{n:07d}", name=f"催收客户{n}", kind=kinds[n % len(kinds)], owner_id=owner, added_at=NOW)
        for n in range(customers)
    ]
    Terminal.objects.bulk_create(made, batch_size=2_000)
    pks = list(Terminal.objects.filter(code__startswith="C").order_by("pk").values_list("pk", flat=True)[:customers])
    weight = rng.lognormal(0, 1, customers)
    whose = rng.choice(pks, items, p=weight / weight.sum()).tolist()
    past = np.minimum(1 + rng.exponential(120, overdue), 1_300).astype(int)
    days = np.concatenate([past, -rng.integers(0, TERM_DAYS, items - overdue)]).tolist()
    fen = np.maximum(rng.lognormal(np.log(500_000), 1.1, items), 100).astype(int).tolist()
    dues = [trade.TODAY - timedelta(days=late) for late in days]
    with transaction.atomic():
        posting = Posting.objects.create(verb="receivables.post_invoice", by=by, at=NOW)
        keys = bulk.next_ids(Entry, items)
        rows = list(zip(keys, whose, dues, fen, strict=True))
        on = timedelta(days=TERM_DAYS)
        bulk.insert(
            Entry, _ENTRY,
            ((pk, posting.pk, who, "invoice", 1, f"C{pk}", due - on, due, sum_, None) for pk, who, due, sum_ in rows),
        )  # fmt: skip
        bulk.insert(
            Item, _ITEM,
            (
                (pk, who, "invoice", 1, f"C{pk}", due - on, due, sum_, sum_, None, True)
                for pk, who, due, sum_ in rows
            ),
        )  # fmt: skip


def run(day: Any) -> dict[str, Any]:
    """One run: seconds on the wall and of the processor, what it did, the most memory so far."""
    wall, processor = time.perf_counter(), time.process_time()
    counted = actions.run_day(day=day, by=system(), now=NOW + timedelta(days=1))
    cases = time.perf_counter() - wall
    actions.rank_worklist(day=day, by=system(), now=NOW + timedelta(days=1))
    return {
        "cases_seconds": cases,
        "seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - processor, **vars(counted),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def empty_book() -> None:
    """Put what the company had open aside, so that the book is the one described."""
    Item.objects.filter(open_fen__gt=0).update(open_fen=0)


def measure(items: int, overdue: int, customers: int) -> dict[str, Any]:
    """The arrears at once, the morning after, and the same morning again."""
    empty_book()
    fill_up(items, overdue, customers)
    tomorrow = trade.TODAY + timedelta(days=1)
    return {
        "items": items, "overdue": overdue, "customers": customers, "first": run(trade.TODAY), "next": run(tomorrow),
        "again": run(tomorrow),
    }  # fmt: skip


if __name__ == "__main__":
    words = sys.argv[1:] or ["large"]
    asked = SIZES[words[0]] if words[0] in SIZES else tuple(int(word) for word in words)
    print(json.dumps(measure(*asked)))
