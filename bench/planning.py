"""Planning visits: the instances of the literature, one representative's month, a region of 25; gaps in parts of 10,000.

    python -m bench.planning                     # everything: about 40 minutes
    python -m bench.planning month               # or parts of it: cordeau,month,region
    python -m bench.planning cordeau 10 cpu      # seconds an instance; counted as computing, in one process
    python -m bench.planning months 10 cpu       # what three months cost after so many seconds each

The instances are read from KEWEI_SHARED_DATA (default ../shared/data); without them that part is left out. Seconds are
of the clock on the wall where `cpu` is not said, so a machine that is busy finds less.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

from bench import clock, houses
from kewei.visits.cli import seconds_rule
from kewei.visits.rules.planning import cordeau
from kewei.visits.rules.planning.checking import findings
from kewei.visits.rules.planning.planner import plan_visits
from kewei.visits.rules.planning.together import search_together
from kewei.visits.rules.planning.travel import by_road
from kewei.visits.rules.planning.values import Plan, Problem, Representative, Wanted, Window

PARTS = ("cordeau", "month", "region")
SEED, PROCESSES = 1, 2
INSTANCE_S, SHORT_S, LONG_S = 60.0, 10.0, 600.0
PEOPLE, TERMINALS, DAYS = 25, 150, 21
MONTHS = (1, 2, 3)
HOME = (31_230_000, 121_470_000)
HOURS = ((), (Window(8 * 60 + 30, 11 * 60 + 30),), (Window(9 * 60, 11 * 60), Window(14 * 60, 16 * 60 + 30)))


def measure(parts: list[str], seconds: float, cpu: bool) -> dict[str, Any]:
    """The parts asked for; `seconds` are those of an instance of the literature."""
    told: dict[str, Any] = {"seconds": seconds, "cpu": cpu}
    if "cordeau" in parts:
        told["cordeau"] = dict(_instances(seconds, cpu))
    if "month" in parts:
        told["month"] = one_month(SHORT_S, LONG_S)
    if "region" in parts:
        told["region"] = region(SHORT_S)
    if "months" in parts:
        told["months"] = {number: _planned(month(number), seconds, cpu).cost for number in MONTHS}
    return told


def _instances(seconds: float, cpu: bool) -> Iterator[tuple[str, int | None]]:
    """Every instance's name and by how much its cost lies above the best known; None where no solution was found."""
    folder = Path(os.environ.get("KEWEI_SHARED_DATA", houses.ROOT.parent / "shared" / "data")) / "pvrp"
    if not folder.exists():
        return
    with (folder / "BKS.csv").open() as file:
        known = [(row["instance"], float(row["bks"])) for row in csv.DictReader(file) if row["set"] == "PVRP"]
    for name, best in known:
        instance = cordeau.read_problem((folder / "pvrp" / f"{name}.txt").read_text())
        rule = partial(seconds_rule, seconds, cpu)
        search = search_together(cordeau.ground_of(instance), SEED, 1 if cpu else PROCESSES, rule)
        gap = None
        if search.best is not None:
            routes = cordeau.driven(instance, search, search.best)
            assert not cordeau.broken(instance, routes)
            gap = round(10_000 * (cordeau.cost_of(instance, routes) / best - 1))
        _say(f"{name}: {'none' if gap is None else f'{gap / 100:.2f} %'}")
        yield name, gap


def one_month(short: float, long: float) -> dict[str, Any]:
    """A representative's month after a short search, and how much better the long one does; metres of cost."""
    problem = month(SEED)
    quick, slow = _planned(problem, short), _planned(problem, long)
    above = round(10_000 * (quick.cost - slow.cost) / slow.cost)
    left_out = sum(one.missing for one in quick.unplanned)
    _say(f"month: {quick.cost} m after {short:.0f} s, {slow.cost} m after {long:.0f} s, {left_out} visits left out")
    return {
        "short_s": short,
        "long_s": long,
        "short": quick.cost,
        "long": slow.cost,
        "above_bp": above,
        "out": left_out,
    }


def region(seconds: float) -> dict[str, Any]:
    """Everybody's month, two at a time as the worker does it; how far it is, is said as each one is done."""
    problems = [month(SEED + n) for n in range(PEOPLE)]

    def planned() -> None:
        with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
            asked = [pool.submit(_planned, problem, seconds) for problem in problems]
            for done, one in enumerate(as_completed(asked), start=1):
                _say(f"region: {done} of {PEOPLE}, {one.result().metres} m")

    return {"people": PEOPLE, "each_s": seconds, "s": clock.timed(planned)}


def month(seed: int) -> Problem:
    """Somebody's 21 working days and 150 terminals, most within 10 km, a third of them with hours; the same for a seed."""
    r = Random(seed)
    days = tuple(day for day in range(7 * 5) if day % 7 < 5)[:DAYS]
    spread = [HOME] + [tuple(round(at + r.gauss(0, 45_000)) for at in HOME) for _ in range(TERMINALS)]
    points = [(lat, lon) for lat, lon in spread]
    wanted = tuple(
        Wanted(
            f"terminal{n}",
            n,
            r.choice((20, 25, 30, 40)),
            times=r.choice((1, 1, 1, 2, 2, 4)),
            apart_least=3,
            windows=r.choice((HOURS[0], HOURS[0], HOURS[0], HOURS[1], HOURS[2])),
            must=r.random() < 0.2,
            prize=r.choice((60_000, 90_000, 150_000)),
        )
        for n in range(1, TERMINALS + 1)
    )
    who = Representative("somebody", 0, 0, tuple(range(DAYS)), begins=8 * 60 + 30, minutes=540, stops=14)
    return Problem(days, by_road(points, 130, 500), wanted, (who,))


def _planned(problem: Problem, seconds: float, cpu: bool = False) -> Plan:
    plan = plan_visits(problem, seconds_rule(seconds, cpu), SEED)
    assert findings(problem, plan) == []
    return plan


def _say(text: str) -> None:
    print(f"    {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    asked = sys.argv[1].split(",") if sys.argv[1:] else list(PARTS)
    print(json.dumps(measure(asked, float(sys.argv[2]) if sys.argv[2:] else INSTANCE_S, "cpu" in sys.argv[3:])))
