"""Measured figures as rows of a table: what was measured, what it should reach, what it stands beside."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

Raw = dict[str, Any]  # the figures of one size on one database, by part


@dataclass(frozen=True)
class Row:
    """A figure with its goal and its floor; `less` is whether little is good. Seconds, MB or pages a second."""

    part: str
    what: str
    size: str
    database: str
    value: float
    unit: str = "s"
    p95: float | None = None
    goal: float | None = None
    floor: float | None = None
    floor_is: str = ""
    judged: float | None = None  # what the goal is about, where that is not `value`
    less: bool = True

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        if self.goal is None:
            return None
        judged = self.value if self.judged is None else self.judged
        return judged <= self.goal if self.less else judged >= self.goal


# --- rows from raw figures --------------------------------------------------------------------------------------------

AGEING_S = {"small": 0.15, "large": 1.5}
POST_S, RECEIPT_S = 0.005, 0.015
IMPORT_S, IMPORT_MB = 60, 600
REGRADE_S = 60
CANDIDATES_S = 3.0  # issue 5: one product over 200,000 terminals
TREE_S, BUYERS_S, DASHBOARD_P95_S = 2.0, 30.0, 0.2  # issue 6
CURVES_S = 10
AUC_BP, BRIER_BP = 8_800, 1_220
COLLECT_S, COLLECT_CPU_S, COLLECT_MB = 120, 3, 1536
STATEMENTS_S = 60
GATE_S, GATE_P95_S, EXPOSURE_S = 0.003, 0.008, 0.001
MATCH_S = {50_000: 20.0, 1_000_000: 120.0}  # of 200,000 names (issue 7)
FLOWS_S = 300.0
MATCH_MB = 6_000
PAGE_S, PAGES_PER_S = 0.150, 100
HELP_S, WEB_S = 0.3, 3
GAP_MEAN, GAP_WORST, MONTH_ABOVE, REGION_S = 1.0, 3.0, 1.0, 300
SHELL_MB, PAINT_S, DAY_S = 0.150, 1, 5

PAGES = {
    "today": "today",
    "today_ageing": "today: panel of ageing",
    "today_flow": "today: panel of billing and collections",
    "list": "customer list, 50 rows",
    "list_deep": "customer list, any page",
    "list_ordered": "customer list, other orders",
    "list_filtered": "customer list of one kind",
    "list_found": "customer list, part of a name",
    "card": "360° card",
    "ageing": "ageing",
    "ageing_owner": "ageing by owner",
    "ageing_past": "ageing of a past day",
    "items": "open items",
    "items_bucket": "open items of one bucket",
    "kpis": "KPIs",
    "search_name": "search: part of a name",
    "search_number": "search: an invoice number",
    "search_initials": "search: pinyin initials",
}
PROMISED = {"today", "list", "card", "ageing"}


def rows(size: str, database: str, raw: Raw) -> Iterator[Row]:
    """Every row of one size on one database."""
    for part, make in (
        ("ageing", _ageing),
        ("posting", _posting),
        ("import", _import),
        ("pages", _pages),
        ("orders", _orders),
        ("scoring", _scoring),
        ("collecting", _collecting),
        ("campaigns", _campaigns),
        ("insight", _insight),
        ("papers", _papers),
        ("learning", _learning),
        ("sync", _sync),
        ("flows-match", _flows_match),
        ("flows", _flows),
        ("plan", _plan),
        ("start", _start),
    ):
        if part in raw:
            yield from make(size, database, raw[part])


def _ageing(size: str, database: str, raw: Raw) -> Iterator[Row]:
    goal, floor = AGEING_S.get(size), raw["duckdb"]["p50"]

    def row(what: str, key: str, goal: float | None, floor: float | None, floor_is: str = "DuckDB") -> Row:
        return Row(
            "ageing",
            what,
            size,
            database,
            raw[key]["p50"],
            p95=raw[key]["p95"],
            goal=goal,
            floor=floor,
            floor_is=floor_is,
        )

    yield row("whole book, a day not asked before", "today", goal, floor)
    yield row("as of a past day not asked before", "past", goal and 2 * goal, raw["duckdb_past"]["p50"])
    for by in ("owner", "region", "kind"):
        yield row(f"by {by}", f"by_{by}", goal, floor)
    yield row("a day asked before", "kept", goal, floor)
    yield row("plain Python loop over tuples", "loop", None, floor)
    yield Row("ageing", "cold: reading the ledger first", size, database, raw["cold"])
    yield Row("ageing", "memory of the process", size, database, raw["cold_mb"], "MB")


def _orders(size: str, database: str, raw: Raw) -> Iterator[Row]:
    def row(what: str, key: str, goal: float | None, **more: Any) -> Row:
        figure = raw[key]
        return Row(
            "orders", what, size, database, figure["p50"], p95=figure["p95"], goal=goal, floor=raw["floor"]["p50"],
            floor_is="one row by key", **more,
        )  # fmt: skip

    gate = f"the gate, an order of {raw['lines']} lines ({raw['queries']} queries)"
    for key, items in (("gate", raw["open_items"]), ("gate_heaviest", raw["most_open_items"])):
        what = f"{gate}, customers with {items:,.0f} open items"
        yield row(what, key, GATE_S)
        yield row(f"{what}: p95", key, GATE_P95_S, judged=raw[key]["p95"])
    yield row("exposure of one customer", "exposure", EXPOSURE_S)
    yield row(f"exposure, {raw['most_open_items']:,.0f} open items", "exposure_heaviest", EXPOSURE_S)
    yield row("standing of one customer", "standing", None)
    yield row("placing an order, its verdict and headroom kept", "place", None)
    yield Row(
        "orders", "the gate: processor, of us and of the database", size, database, raw["gate_cpu"],
        floor=raw["floor_cpu"], floor_is="one row by key",
    )  # fmt: skip
    for key, what in (
        ("inbox", f"approvals inbox, {raw['waiting']} applications waiting"),
        ("credit_file", "credit file of a customer"),
        ("application", "an application with its file"),
    ):
        figure = raw["pages"][key]
        yield Row(
            "orders", f"{what} ({figure['queries']} queries)", size, database, figure["p50"], p95=figure["p95"],
            goal=PAGE_S, judged=figure["p95"],
        )  # fmt: skip


def _papers(size: str, database: str, raw: Raw) -> Iterator[Row]:
    what = f"{raw['statements']:,} statements of {raw['pages']:.1f} pages as PDF"
    yield Row("papers", what, size, database, raw["seconds"], goal=STATEMENTS_S)
    yield Row("papers", f"{raw['letters']:,} demand letters drafted", size, database, raw["drafting_seconds"])


def _scoring(size: str, database: str, raw: Raw) -> Iterator[Row]:
    what = f"grading {raw['customers']:,} customers"
    yield Row("scoring", what, size, database, raw["seconds"], goal=REGRADE_S)
    yield Row("scoring", f"{what} again, keeping what is new", size, database, raw["again_seconds"], goal=REGRADE_S)


def _insight(size: str, database: str, raw: Raw) -> Iterator[Row]:
    """Wall time of the growth tree, BG/NBD and dashboards over ten million prepared rows."""
    for name, told in raw["tree"].items():
        yield Row("insight", f"growth tree: {name}", size, database, told["seconds"], goal=TREE_S)
    what = f"BG/NBD of {raw['bg_nbd']['buyers']:,} buyers"
    yield Row("insight", what, size, database, raw["bg_nbd"]["seconds"], goal=BUYERS_S)
    for name, told in raw["pages"].items():
        goal = DASHBOARD_P95_S if name.endswith(".dashboard") else None
        yield Row(
            "insight", f"page {name}", size, database, told["p50"], p95=told["p95"], goal=goal, judged=told["p95"]
        )


def _campaigns(size: str, database: str, raw: Raw) -> Iterator[Row]:
    what = f"candidates for one product over {raw['terminals']:,} terminals, {raw['lines']:,} lines"
    yield Row("campaigns", what, size, database, raw["seconds"], goal=CANDIDATES_S)
    yield Row("campaigns", "a list of 200 with its draw", size, database, raw["compose_seconds"])
    yield Row("campaigns", "its result", size, database, raw["result_seconds"])


def _learning(size: str, database: str, raw: Raw) -> Iterator[Row]:
    names = {
        "curves": f"recovery curves on both clocks, {raw['invoices']:,} invoices",
        "loss": "expected loss by roll rates",
        "prediction": "late payment: training and its card",
        "forecast": "thirteen weeks of cash, with six looks back",
        "chances": f"chances of {raw['overdue']:,} overdue invoices",
    }
    for key, what in names.items():
        yield Row("learning", what, size, database, raw[key], goal=CURVES_S if key == "curves" else None)
    yield Row("learning", "chances of a page of invoices", size, database, raw["page"]["p50"], p95=raw["page"]["p95"])
    yield Row("learning", "memory of the process", size, database, raw["mb"], "MB")
    if "ar_ibm" not in raw:
        return
    for way in raw["ar_ibm"]["ways"]:
        ours = way["name"] == "model"
        name = f"ar_ibm by {way['name']}"
        if way["auc_bp"] is not None:
            auc, brier = way["auc_bp"] / 10_000, way["brier_bp"] / 10_000
            yield Row(
                "learning", f"{name}: AUC", size, database, auc, "", goal=AUC_BP / 10_000 if ours else None, less=False
            )
            yield Row("learning", f"{name}: Brier", size, database, brier, "", goal=BRIER_BP / 10_000 if ours else None)
        share = way["top_fifth_bp"] / 10_000
        yield Row("learning", f"{name}: late money in the first fifth", size, database, share, "", less=False)


def _flows_match(size: str, database: str, raw: Raw) -> Iterator[Row]:
    """For each size of master: names per second of processor, each way with its own number of names; and the wall time of all."""
    for point in raw if isinstance(raw, list) else [raw]:
        masters = f"against {point['masters']:,} terminals"
        for key, what, names in (
            ("ours", "names", point["names"]),
            ("rapidfuzz", "the same by rapidfuzz within the city", point["rapidfuzz_names"]),
            ("tfidf", "the same by TF-IDF", point["tfidf_names"]),
        ):
            rate = names / max(point[key], 1e-9)
            yield Row("flows-match", f"{what} {masters}", size, database, rate, "names/s", less=False)
        if "wall" in point:
            what = f"{point['names']:,} names {masters}, {point['processes']} processes"
            yield Row("flows-match", what, size, database, point["wall"], goal=MATCH_S.get(point["masters"]))
            what = f"memory of matching {masters}"
            yield Row("flows-match", what, size, database, point["match_mb"], "MB", goal=MATCH_MB)
        for count, seconds in sorted(point.get("curve", {}).items(), key=lambda one: int(one[0])):
            yield Row("flows-match", f"a name against {int(count):,} terminals", size, database, seconds)
        yield Row("flows-match", f"index of {point['masters']:,} terminals", size, database, point["index"])
        one = point["one"]
        yield Row("flows-match", f"one name typed {masters}", size, database, one["p50"], p95=one["p95"], goal=0.02)


def _flows(size: str, database: str, raw: Raw) -> Iterator[Row]:
    for point in raw["points"]:
        what = f"a month of {point['rows']:,} rows in {point['files']} files"
        goal = FLOWS_S if point["rows"] == 1_000_000 else None
        yield Row("flows", f"{what}: upload to posted usage", size, database, point["whole"], goal=goal)
        yield Row("flows", f"{what}: taken in, processor", size, database, point["take_in_cpu"])
        yield Row("flows", f"{what}: posted, processor", size, database, point["post_cpu"])
        yield Row("flows", f"{what}: memory", size, database, point["mb"], "MB")


def _collecting(size: str, database: str, raw: Raw) -> Iterator[Row]:
    book = f"{raw['items']:,} open items, {raw['overdue']:,} overdue"
    first, after = raw["first"], raw["next"]
    yield Row("collecting", f"daily run, all arrears at once: {book}", size, database, first["seconds"], goal=COLLECT_S)
    yield Row("collecting", "daily run, the morning after", size, database, after["seconds"], goal=COLLECT_S)
    # The promise about processor time is for 33 thousand overdue items.
    goal = COLLECT_CPU_S if size == "small" else None
    yield Row("collecting", "daily run, the morning after, processor", size, database, after["cpu_seconds"], goal=goal)
    yield Row("collecting", "daily run again", size, database, raw["again"]["seconds"])
    yield Row("collecting", "memory of the run", size, database, first["peak_mb"], "MB", goal=COLLECT_MB)


def _posting(size: str, database: str, raw: Raw) -> Iterator[Row]:
    def row(what: str, key: str, goal: float, floor: str) -> Row:
        figure = raw[key]
        return Row(
            "posting", what, size, database, figure["p50"], p95=figure["p95"], goal=goal, floor=raw[floor]["p50"],
            floor_is="bare rows, committed",
        )  # fmt: skip

    yield row("one invoice", "invoice", POST_S, "invoice_floor")
    yield row("one receipt over 50 invoices, oldest first", "receipt_oldest", RECEIPT_S, "receipt_floor")
    yield row("one receipt over 50 invoices, named", "receipt_named", RECEIPT_S, "receipt_floor")


def _import(size: str, database: str, raw: Raw) -> Iterator[Row]:
    for kind in ("csv", "xlsx"):
        what = f"{raw['rows']:,} invoices from .{kind}"
        yield Row(
            "import", what, size, database, raw[kind]["wall"], goal=IMPORT_S, floor=raw["floor"]["wall"],
            floor_is="csv reader, bare rows",
        )  # fmt: skip
        yield Row("import", f"{what}: processor", size, database, raw[kind]["cpu"], floor=raw["floor"]["cpu"])
        yield Row(
            "import", f"{what}: memory", size, database, raw[kind]["mb"], "MB", goal=IMPORT_MB, floor=raw["floor"]["mb"]
        )


def _pages(size: str, database: str, raw: Raw) -> Iterator[Row]:
    bare = raw["floor"]["bare"]["p50"]
    for reader, pages in raw["pages"].items():
        for name, figure in pages.items():
            what = PAGES[name] + ("" if reader == "director" else f", {reader}")
            what += f" ({raw['queries'][reader][name]} queries)"
            yield Row(
                "pages", what, size, database, figure["p50"], p95=figure["p95"], judged=figure["p95"], floor=bare,
                goal=PAGE_S, floor_is="as many bytes, nothing done",
            )  # fmt: skip
    yield Row(
        "pages", f"list pages sustained ({raw['sustained']['with']})", size, database, raw["sustained"]["per_s"], "/s",
        goal=PAGES_PER_S, less=False, floor=raw["floor"]["bare_per_s"], floor_is="as many bytes, nothing done",
    )  # fmt: skip
    slowest = max(raw["cold"].values())
    yield Row("pages", "slowest first answer of a fresh process", size, database, slowest)
    yield Row("pages", "memory of all server processes", size, database, raw["server_mb"], "MB")


def _sync(size: str, database: str, raw: Raw) -> Iterator[Row]:
    if "round_s" not in raw:
        return
    yield Row("sync", "field app: its shell", size, database, raw["shell_bytes"] / 1e6, "MB", goal=SHELL_MB)
    yield Row(
        "sync", "field app: first paint without a network, 4 times slower", size, database, raw["paint"]["first"]["p50"],
        p95=raw["paint"]["first"]["p95"], goal=PAINT_S,
    )  # fmt: skip
    yield Row(
        "sync", "field app: today's route drawn, the same", size, database, raw["paint"]["route"]["p50"],
        p95=raw["paint"]["route"]["p95"],
    )  # fmt: skip
    yield Row("sync", "a day's round at 1 Mbit/s: 12 visits, 12 reports", size, database, raw["round_s"])
    yield Row("sync", "the day: with 20 small pictures, 12 kB each at most", size, database, raw["day_s"], goal=DAY_S)
    yield Row(
        "sync", "the whole: with 20 full photos of 200 kB behind it", size, database, raw["whole_s"], floor=raw["line_s"],
        floor_is="the line, for the photos' bytes alone",
    )  # fmt: skip


def _plan(size: str, database: str, raw: Raw) -> Iterator[Row]:
    gaps = [gap / 100 for gap in raw.get("cordeau", {}).values() if gap is not None]
    if gaps:
        each = f"{len(gaps)} instances of Cordeau, {raw['seconds']:.0f} s each"
        yield Row("plan", f"{each}: mean above best known", size, database, sum(gaps) / len(gaps), "%", goal=GAP_MEAN)
        yield Row("plan", f"{each}: worst", size, database, max(gaps), "%", goal=GAP_WORST)
    for name, gap in raw.get("cordeau", {}).items():
        if gap is not None:
            yield Row("plan", f"{name} above best known", size, database, gap / 100, "%")
    if month := raw.get("month"):
        what = f"150 terminals, a month: {month['short_s']:.0f} s above {month['long_s']:.0f} s"
        yield Row("plan", what, size, database, month["above_bp"] / 100, "%", goal=MONTH_ABOVE)
    if region := raw.get("region"):
        what = f"{region['people']} people of 150 terminals, two at a time"
        yield Row("plan", what, size, database, region["s"], goal=REGION_S)


def _start(size: str, database: str, raw: Raw) -> Iterator[Row]:
    yield Row(
        "start", "kewei --help", size, database, raw["help"]["p50"], p95=raw["help"]["p95"], goal=HELP_S,
        floor=raw["python"]["p50"], floor_is="Python and argparse",
    )  # fmt: skip
    yield Row(
        "start", "web server until it answers", size, database, raw["web"]["p50"], p95=raw["web"]["p95"], goal=WEB_S,
        floor=raw["bare_web"]["p50"], floor_is="server of nothing",
    )  # fmt: skip


# --- the table --------------------------------------------------------------------------------------------------------

HEADINGS = ("what", "size", "database", "p50", "p95", "goal", "", "floor", "× floor", "floor is")


def cells(row: Row) -> tuple[str, ...]:
    """A row as texts."""
    mark = {None: "", True: "ok", False: "MISSED"}[row.reached]
    goal = "" if row.goal is None else f"{'≤' if row.less else '≥'} {shown(row.goal, row.unit)}"
    if row.goal is not None and row.judged is not None:
        goal = f"p95 {goal}"
    times = "" if not row.floor else f"{row.value / row.floor:.1f}" if row.less else f"1/{row.floor / row.value:.0f}"
    return (
        row.what, row.size, row.database, shown(row.value, row.unit), "" if row.p95 is None else shown(row.p95, row.unit),
        goal, mark, "" if row.floor is None else shown(row.floor, row.unit), times, row.floor_is,
    )  # fmt: skip


def shown(value: float, unit: str) -> str:
    """A figure with its unit, to about three digits."""
    if unit == "s" and value < 1:
        ms = value * 1000
        return f"{ms:.2f} ms" if ms < 1 else f"{ms:.1f} ms" if ms < 100 else f"{ms:.0f} ms"
    if unit == "s":
        return f"{value:.2f} s" if value < 10 else f"{value:.1f} s"
    if unit == "%":
        return f"{value:.2f} %"
    if not unit:
        return f"{value:.4f}"
    return f"{value:,.0f} {unit}".replace(" /", "/")


def as_text(found: list[Row]) -> str:
    """The table for a terminal."""
    lines = [HEADINGS, *map(cells, found)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def as_markdown(found: list[Row]) -> str:
    """The table for the docs, one per part."""
    blocks = []
    for part in dict.fromkeys(row.part for row in found):
        lines = [HEADINGS, ("---",) * len(HEADINGS), *(cells(row) for row in found if row.part == part)]
        blocks.append(f"### {part.capitalize()}\n\n" + "\n".join("| " + " | ".join(line) + " |" for line in lines))
    return "\n\n".join(blocks)


def machine() -> dict[str, Any]:
    """What it was measured on."""
    model, memory = platform.processor(), 0
    if (info := Path("/proc/cpuinfo")).exists():
        model = next((line.partition(": ")[2] for line in info.read_text().splitlines() if "model name" in line), model)
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1024**3
    import sqlite3

    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "model": model,
        "memory_gb": memory,
        "system": platform.platform(),
        "python": sys.version.split()[0],
        "sqlite": sqlite3.sqlite_version,
        "duckdb": version("duckdb"),
        "load": [round(load, 1) for load in os.getloadavg()] if hasattr(os, "getloadavg") else [],
    }
