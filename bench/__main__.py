"""The speed of Kewei: `make bench`, or `make bench ARGS="--size small --db sqlite --only ageing,posting"`.

Prints a table, each figure beside its goal and its floor of the same run, and writes everything measured as JSON to
bench/results/. Companies are drawn from a seed the first time and kept under KEWEI_BENCH_HOME (default var/bench).
Exit code 1 where a goal was missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import bringing, houses, report, trade
from bench.houses import House, Street

RESULTS = Path(__file__).resolve().parent / "results"
DOCS = houses.ROOT / "docs" / "benchmarks.md"


def ageing(street: Street, house: House) -> Any:
    """In a fresh process."""
    return house.ask("bench.ageing")


def posting(street: Street, house: House) -> Any:
    """On a copy, which it changes."""
    with street.copy_of(house) as copy:
        return copy.ask("bench.posting")


def bring_in(street: Street, house: House) -> Any:
    """Into a house of its own; the goal is about the small book."""
    return bringing.measure(street, house.size, house.database) if house.size.name != "large" else None


def pages(street: Street, house: House) -> Any:
    """Served."""
    return house.ask("bench.pages", house.size.name)


def orders(street: Street, house: House) -> Any:
    """On a copy, which it changes."""
    with street.copy_of(house) as copy:
        return copy.ask("bench.orders")


def scoring(street: Street, house: House) -> Any:
    """On a copy, which it changes."""
    with street.copy_of(house) as copy:
        return copy.ask("bench.scoring")


def papers(street: Street, house: House) -> Any:
    """On a copy, which it changes; the small book is enough to print from."""
    if house.size.name == "large":
        return None
    with street.copy_of(house) as copy:
        return copy.ask("bench.papers")


def learning(street: Street, house: House) -> Any:
    """On a copy, which it changes."""
    with street.copy_of(house) as copy:
        return copy.ask("bench.learning")


def collecting(street: Street, house: House) -> Any:
    """On a copy, which it fills up and changes."""
    with street.copy_of(house) as copy:
        return copy.ask("bench.collecting", house.size.name)


def campaigns(street: Street, house: House) -> Any:
    """On a copy, which it fills up and changes; its terminals are its own, so one book is enough."""
    if house.size.name == "large":
        return None
    with street.copy_of(house) as copy:
        return copy.ask("bench.campaigns")


def insight(street: Street, house: House) -> Any:
    """Of no book at all: ten million lines are its own; measured once."""
    return house.ask("bench.insight") if (house.size.name, house.database) == ("small", "sqlite") else None


def sync(street: Street, house: House) -> Any:
    """On a copy, which it changes; the small book is enough to go round in."""
    if house.size.name == "large":
        return None
    with street.copy_of(house) as copy:
        return copy.ask("bench.sync")


def flows_match(street: Street, house: House) -> Any:
    """Of no book at all: masters and names are its own; both points the goals name."""
    if (house.size.name, house.database) != ("small", "sqlite"):
        return None
    return [house.ask("bench.matching", "--names", "200000", "--masters", masters) for masters in ("50000", "1000000")]


def flows(street: Street, house: House) -> Any:
    """On copies, which it fills and changes: the month of the goal, and smaller ones for the curve; one book is enough."""
    if (house.size.name, house.database) != ("small", "sqlite"):
        return None
    points = []
    for rows in ("50000", "200000", "1000000"):
        with street.copy_of(house) as copy:
            points.append(copy.ask("bench.flows", "--rows", rows))
    return {"points": points}


def plan(street: Street, house: House) -> Any:
    """Of no book at all: measured once."""
    return None if (house.size.name, house.database) != ("small", "sqlite") else house.ask("bench.planning")


def start(street: Street, house: House) -> Any:
    """The same for every book."""
    return house.ask("bench.starting")


PARTS: dict[str, Callable[[Street, House], Any]] = {
    "ageing": ageing,
    "posting": posting,
    "import": bring_in,
    "pages": pages,
    "orders": orders,
    "scoring": scoring,
    "collecting": collecting,
    "campaigns": campaigns,
    "insight": insight,
    "papers": papers,
    "learning": learning,
    "sync": sync,
    "flows-match": flows_match,
    "flows": flows,
    "plan": plan,
    "start": start,
}


def main() -> int:
    """Measure what was asked for, say it, keep it."""
    if sys.argv[1:2] == ["scorecards"]:
        from bench import scorecards

        return scorecards.main(sys.argv[2:])
    args = _arguments()
    if args.kept:
        return _say([json.loads(file.read_text()) for file in args.kept], args.docs)
    machine, measured = report.machine(), []
    with houses.street(args.db) as street:
        for size in args.size:
            for database in args.db:
                house, raw = street.house(trade.SIZES[size], database), {}
                for part in args.only:
                    print(f"  {size} on {database}: {part}", file=sys.stderr, flush=True)
                    if (found := PARTS[part](street, house)) is not None:
                        raw[part] = {**found, "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None}
                measured.append({"size": size, "database": database, "written": street.written(house), "raw": raw})
    run = {"machine": machine, "command": _command(), "measured": measured}
    print(f"everything measured: {_keep(run)}")
    return _say([run], args.docs)


def _say(runs: list[dict[str, Any]], docs: str | None) -> int:
    """Print the figures of some runs, write them where wanted; 1 where a goal was missed."""
    rows = [
        row for run in runs for one in run["measured"] for row in report.rows(one["size"], one["database"], one["raw"])
    ]
    print(report.as_text(rows))
    missed = [row for row in rows if row.reached is False]
    loads = ", ".join(str(run["machine"]["load"]) for run in runs)
    print(f"\n{sum(row.reached is True for row in rows)} goals reached, {len(missed)} missed; load {loads}")
    if docs:
        _document(rows, runs, docs)
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    def several(names: list[str]) -> Callable[[str], list[str]]:
        def read(text: str) -> list[str]:
            if unknown := set(text.split(",")) - set(names):
                raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not one of {', '.join(names)}")
            return text.split(",")

        return read

    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    databases, sizes = ["sqlite", "postgres"], list(trade.SIZES)
    parser.add_argument("--size", type=several(sizes), default=["small", "large"], help=",".join(sizes))
    parser.add_argument("--db", type=several(databases), default=databases, help=",".join(databases))
    parser.add_argument("--only", type=several(list(PARTS)), default=list(PARTS), help=",".join(PARTS))
    parser.add_argument(
        "--docs", nargs="?", const="books", metavar="NAME", help="write the table into docs/benchmarks.md, at its marks"
    )
    parser.add_argument("--kept", nargs="+", type=Path, help="show what earlier runs kept, and measure nothing")
    return parser.parse_args()


def _command() -> str:
    return f'make bench ARGS="{" ".join(sys.argv[1:])}"' if sys.argv[1:] else "make bench"


def _keep(everything: dict[str, Any]) -> Path:
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{everything['machine']['at'].replace(':', '').replace('+0000', '')}.json"
    file.write_text(json.dumps(everything, indent=1, ensure_ascii=False))
    return file


def _document(rows: list[report.Row], runs: list[dict[str, Any]], name: str) -> None:
    start, end = f"<!-- measured {name}: from here -->", f"<!-- measured {name}: to here -->"
    before, found, rest = DOCS.read_text().partition(start)
    _, _, after = rest.partition(end)
    if not found:
        raise SystemExit(f"{DOCS} has no {start}")
    told = "\n".join(f"* {_told(run)}" for run in runs)
    DOCS.write_text(f"{before}{start}\n\n{told}\n\n{report.as_markdown(rows)}\n\n{end}{after}")


def _told(run: dict[str, Any]) -> str:
    """The command of a run, its day, its machine and how busy that was when it began and at each part."""
    machine = run["machine"]
    loads = sorted(part["load"] for one in run["measured"] for part in one["raw"].values() if part.get("load"))
    return (
        f"`{run['command']}` on {machine['at'][:10]}: {machine['processors']} processors ({machine['model']}), "
        f"{machine['memory_gb']} GB, Python {machine['python']}, SQLite {machine['sqlite']}, DuckDB {machine['duckdb']}; "
        f"load when it began {machine['load'][0] if machine['load'] else '?'}"
        + (f", while it ran {loads[0]:.1f} to {loads[-1]:.1f}." if loads else ".")
    )


if __name__ == "__main__":
    sys.exit(main())
