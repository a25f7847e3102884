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
FROM, TO = "<!-- measured: from here -->", "<!-- measured: to here -->"


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
    "papers": papers,
    "learning": learning,
    "start": start,
}


def main() -> int:
    """Measure what was asked for, say it, keep it."""
    if sys.argv[1:2] == ["scorecards"]:
        from bench import scorecards

        return scorecards.main(sys.argv[2:])
    args = _arguments()
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
    rows = [row for one in measured for row in report.rows(one["size"], one["database"], one["raw"])]
    print(report.as_text(rows))
    missed = [row for row in rows if row.reached is False]
    print(f"\n{sum(row.reached is True for row in rows)} goals reached, {len(missed)} missed; load {machine['load']}")
    file = _keep({"machine": machine, "command": _command(), "measured": measured})
    print(f"everything measured: {file}")
    if args.docs:
        _document(rows, machine)
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
    parser.add_argument("--docs", action="store_true", help="write the table into docs/benchmarks.md")
    return parser.parse_args()


def _command() -> str:
    return f'make bench ARGS="{" ".join(sys.argv[1:])}"' if sys.argv[1:] else "make bench"


def _keep(everything: dict[str, Any]) -> Path:
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{everything['machine']['at'].replace(':', '').replace('+0000', '')}.json"
    file.write_text(json.dumps(everything, indent=1, ensure_ascii=False))
    return file


def _document(rows: list[report.Row], machine: dict[str, Any]) -> None:
    before, _, rest = DOCS.read_text().partition(FROM)
    _, _, after = rest.partition(TO)
    made = (
        f"{FROM}\n\n`{_command()}` on {machine['at'][:10]}: {machine['processors']} processors ({machine['model']}), "
        f"{machine['memory_gb']} GB, Python {machine['python']}, SQLite {machine['sqlite']}, DuckDB {machine['duckdb']}; "
        f"load when it began {machine['load'][0] if machine['load'] else '?'}.\n\n{report.as_markdown(rows)}\n\n{TO}"
    )
    DOCS.write_text(f"{before}{made}{after}")


if __name__ == "__main__":
    sys.exit(main())
