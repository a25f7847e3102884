"""Papers: 1,000 statements of about two pages as PDF, and the same number of demand letters drafted.

    python -m bench.papers [STATEMENTS]

Customers are those whose last year fills two pages; where there are fewer, they are printed again (each a paper of its own:
its mark differs). What is in the archive is kept nowhere. Letters are written into the company: run it on a copy.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import Any

import django

django.setup()

from django.db.models import Count  # noqa: E402

from bench import trade  # noqa: E402
from kewei.collecting import actions  # noqa: E402
from kewei.collecting.rules.letters import LetterWanted  # noqa: E402
from kewei.people.queries import person_by_login  # noqa: E402
from kewei.receivables import papers, queries  # noqa: E402
from kewei.receivables.models import Entry, Item  # noqa: E402
from kewei.receivables.web.files import paper_of  # noqa: E402
from kewei.terminals.models import Terminal  # noqa: E402

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
STATEMENTS, AT_ONCE = 1_000, 20
ROWS = (36, 60)  # movements and open items that make two pages


def measure(wanted: int = STATEMENTS) -> dict[str, Any]:
    """Seconds for so many statements, their pages, and seconds for drafting as many letters."""
    by = person_by_login("zheng")
    last = trade.TODAY
    chosen = two_pages(by, last)
    began, processor, done, gathering, pages = time.perf_counter(), time.process_time(), 0, 0.0, []
    for first, part in together(chosen, wanted):
        gather = time.perf_counter()
        told = zip(part, queries.statements(by, part, first, last), strict=True)
        made = [paper_of(by, t, one) | {"mark": f"{done}-{n}"} for n, (t, one) in enumerate(told)]
        gathering += time.perf_counter() - gather
        for pdf in papers.statement_pdfs(made):
            pages.append(len(re.findall(rb"/Type\s*/Page\b", pdf)))
        done += len(part)
    seconds, processor = time.perf_counter() - began, time.process_time() - processor
    drafting = time.perf_counter()
    letters = actions.draft_letters(wanted=overdue(wanted), day=last, by=by, now=NOW)
    return {
        "statements": done, "seconds": seconds, "cpu_seconds": processor, "gathering_seconds": gathering,
        "pages": sum(pages) / len(pages), "letters": len(letters),
        "drafting_seconds": time.perf_counter() - drafting,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def two_pages(by: Any, last: Any) -> list[tuple[Any, Any]]:
    """Customers with the day from which their account fills two pages."""
    found = []
    busy = Entry.objects.values("terminal").annotate(rows=Count("pk")).filter(rows__gte=ROWS[0]).order_by("terminal")
    for pk in busy.values_list("terminal", flat=True)[:400]:
        terminal = Terminal.objects.get(pk=pk)
        for days in (60, 120, 240, 400, 800):
            statement = queries.statement(by, terminal, last - timedelta(days=days), last)
            if ROWS[0] <= len(statement.lines) + len(statement.open_lines) <= ROWS[1]:
                found.append((terminal, statement.first))
                break
        if len(found) == 100:
            break
    return found


def together(chosen: list[tuple[Any, Any]], wanted: int) -> Iterator[tuple[Any, list[Any]]]:
    """So many papers, in parts of one period each, going round the customers of that period."""
    by_period: dict[Any, list[Any]] = defaultdict(list)
    for terminal, first in chosen:
        by_period[first].append(terminal)
    done = 0
    for first, terminals in cycle(by_period.items()):
        part = list(islice(cycle(terminals), min(AT_ONCE, wanted - done)))
        yield first, part
        done += len(part)
        if done == wanted:
            return


def overdue(wanted: int) -> list[LetterWanted]:
    """A demand for each of so many customers, about everything they owe."""
    items: dict[int, list[int]] = {}
    owed = Item.objects.filter(open_fen__gt=0, kind="invoice", due_date__lt=trade.TODAY).order_by("terminal")
    for terminal, pk in owed.values_list("terminal", "entry").iterator():
        if terminal not in items and len(items) == wanted:
            break
        items.setdefault(terminal, []).append(pk)
    return [LetterWanted(terminal, "demand", "ST4", tuple(ids)) for terminal, ids in items.items()]


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if sys.argv[1:] else STATEMENTS)))
