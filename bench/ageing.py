"""Ageing of the whole book, beside DuckDB and a plain Python loop over the same rows, whose answers must be the same.

    python -m bench.ageing

Every timed answer is of a day not asked for before, so that nothing kept from an earlier answer helps; `kept` is what
asking again takes. The rows of every customer are made, not only those of one page.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from datetime import date, timedelta
from typing import Any

import django
import numpy as np

django.setup()

import duckdb  # noqa: E402

from bench import clock, houses, trade  # noqa: E402
from kewei.people.queries import acting  # noqa: E402
from kewei.receivables import queries  # noqa: E402
from kewei.receivables.queries import streaming  # noqa: E402
from kewei.receivables.rules import PAST_DUE  # noqa: E402

RUNS = 5
TODAY = trade.TODAY
PAST = TODAY - timedelta(days=200)
Answer = dict[int, tuple[int, ...]]  # terminal -> fen by bucket, then credit

# What is open on a day, one row per entry: (terminal, due, side × open fen).
OPEN_ON = """
CREATE OR REPLACE TABLE open_on AS
WITH moved AS (
    SELECT entry, sum(fen) AS fen FROM (
        SELECT debit AS entry, fen FROM allocations WHERE "on" <= $day
        UNION ALL SELECT credit, fen FROM allocations WHERE "on" <= $day) GROUP BY entry)
SELECT terminal, due, side * (total_fen - coalesce(moved.fen, 0)) AS fen
FROM entries LEFT JOIN moved ON moved.entry = entries.id WHERE "on" <= $day AND total_fen > coalesce(moved.fen, 0)
"""
AGED = "SELECT terminal, {} FROM open_on GROUP BY terminal".format(
    ", ".join(
        f"coalesce(sum(fen) FILTER (fen > 0 AND $day - due > {low} AND $day - due <= {high}), 0)::BIGINT"
        for low, high in zip((-(10**6), *PAST_DUE.edges), (*PAST_DUE.edges, 10**6), strict=True)
    )
    + ", coalesce(sum(fen) FILTER (fen < 0), 0)::BIGINT"
)


def measure() -> dict[str, Any]:
    """All figures of ageing, in seconds."""
    person = acting(houses.DIRECTOR)
    told: dict[str, Any] = {"cold": clock.timed(lambda: ask(person, TODAY))}
    told["cold_mb"] = clock.peak_mb()
    told["today"] = clock.repeat(lambda n: ask(person, TODAY + timedelta(days=n + 1)), RUNS)
    told["past"] = clock.repeat(lambda n: ask(person, PAST - timedelta(days=30 * n)), RUNS)
    for step, by in enumerate(("owner", "region", "kind"), 1):
        told[f"by_{by}"] = clock.repeat(
            lambda n, by=by, s=step: ask(person, TODAY + timedelta(days=20 * s + n), by), RUNS
        )
    told["kept"] = clock.repeat(lambda _: ask(person, TODAY), RUNS)
    told["customers"] = len(ask(person, TODAY).rows)
    told |= beside(answer(person, TODAY), answer(person, PAST))
    return told


def ask(person: Any, day: date, by: str = "customer") -> Any:
    """The table, every row of it made."""
    table = queries.ageing(person, day, by)
    assert sum(row.balance_fen for row in table.rows) == table.control_fen
    return table


def answer(person: Any, day: date) -> Answer:
    """What Kewei says."""
    return {row.key: (*row.bucket_fen, row.credit_fen) for row in ask(person, day).rows}


def beside(today: Answer, past: Answer) -> dict[str, Any]:
    """DuckDB and the loop, on the rows of the same database, already in memory as each likes them best."""
    with streaming.snapshot():
        entries, allocations = streaming.entries(), streaming.allocations()
    lake = duckdb.connect()
    lake.execute("SET threads = 2")
    for name, rows in (("entries", entries), ("allocations", allocations)):
        columns = {column: np.ascontiguousarray(rows[column]) for column in rows.dtype.names or ()}
        lake.register("coming", columns)
        lake.execute(f"CREATE TABLE {name} AS SELECT * FROM coming")
    day = {"day": TODAY.toordinal()}
    lake.execute(OPEN_ON, day)
    same("DuckDB", today, {row[0]: row[1:] for row in lake.execute(AGED, day).fetchall()})
    told = {"duckdb": clock.repeat(lambda _: lake.execute(AGED, day).fetchall(), RUNS)}
    items: list[tuple[int, int, int]] = lake.execute("SELECT terminal, due, fen FROM open_on").fetchall()
    same("the loop", today, loop(items, TODAY))
    told["loop"] = clock.repeat(lambda _: loop(items, TODAY), 3)
    day = {"day": PAST.toordinal()}

    def as_of(_: int = 0) -> Answer:
        lake.execute(OPEN_ON, day)
        return {row[0]: row[1:] for row in lake.execute(AGED, day).fetchall()}

    same("DuckDB as of a past day", past, as_of())
    return told | {"duckdb_past": clock.repeat(as_of, RUNS), "entries": len(entries), "allocations": len(allocations)}


def loop(items: list[tuple[int, int, int]], day: date) -> Answer:
    """The plain way: one item after the other."""
    today, edges, width, found = day.toordinal(), PAST_DUE.edges, len(PAST_DUE), {}
    for terminal, due, fen in items:
        row = found.get(terminal)
        if row is None:
            row = found[terminal] = [0] * (width + 1)
        row[bisect_left(edges, today - due) if fen > 0 else width] += fen
    return {terminal: tuple(row) for terminal, row in found.items()}


def same(who: str, ours: Answer, theirs: Answer) -> None:
    """Stop where another way of counting says something else."""
    if ours != theirs:
        different = [key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)]
        raise SystemExit(f"{who} says something else about {len(different)} customers, e.g. {different[:3]}")


if __name__ == "__main__":
    print(json.dumps(measure()))
