"""Planning visits: the instances of the literature, one representative's month, a region of 25; gaps in parts of 10,000.

    python -m bench.planning                           # everything: about 40 minutes
    python -m bench.planning month                     # or parts of it: cordeau,month,region,months
    python -m bench.planning cordeau 10 cpu            # seconds an instance; counted as computing, in one process
    python -m bench.planning cordeau 60 p04,p10,p12    # only these instances; ends with a table
    python -m bench.planning cordeau 60 kept=FILE      # every instance is written there when it is done; asked again, goes on
    python -m bench.planning region 5 cpu              # everybody's month by one process, so many seconds of computing each
    python -m bench.planning months 10 cpu             # what three months cost after so many seconds each

The instances are read from KEWEI_SHARED_DATA (default ../shared/data); without them that part is left out. Seconds are
of the clock on the wall where `cpu` is not said, so a machine that is busy finds less.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Asked:
    """What to measure, and how long an instance or a month may take; which instances, and where those done are kept."""

    parts: tuple[str, ...] = PARTS
    seconds: float | None = None
    cpu: bool = False
    names: tuple[str, ...] = ()
    kept: Path | None = None


def measure(asked: Asked) -> dict[str, Any]:
    """The parts asked for."""
    short, told = asked.seconds or SHORT_S, {"seconds": asked.seconds or INSTANCE_S, "cpu": asked.cpu}
    if "cordeau" in asked.parts:
        told["cordeau"] = {name: gap for name, (_best, _cost, gap) in _instances(asked).items()}
    if "month" in asked.parts:
        told["month"] = one_month(SHORT_S, LONG_S)
    if "region" in asked.parts:
        told["region"] = region(short, asked.cpu)
    if "months" in asked.parts:
        told["months"] = {number: _told(_planned(month(number), short, asked.cpu)) for number in MONTHS}
    return told


Row = tuple[float, float | None, int | None]


def _instances(asked: Asked) -> dict[str, Row]:
    """Every instance's best known cost, ours, and the gap; None where no solution was found. Ends with a table."""
    folder = Path(os.environ.get("KEWEI_SHARED_DATA", houses.ROOT.parent / "shared" / "data")) / "pvrp"
    if not folder.exists():
        return {}
    with (folder / "BKS.csv").open() as file:
        known = {row["instance"]: float(row["bks"]) for row in csv.DictReader(file) if row["set"] == "PVRP"}
    done: dict[str, Row] = {}
    if asked.kept and asked.kept.exists():
        done = {name: tuple(row) for name, row in map(json.loads, asked.kept.read_text().splitlines())}  # type: ignore[misc]
    for name, best in known.items():
        if asked.names and name not in asked.names:
            continue
        if name not in done:
            done[name] = _instance(folder / "pvrp" / f"{name}.txt", best, asked)
            if asked.kept:
                with asked.kept.open("a") as file:
                    file.write(json.dumps([name, done[name]]) + "\n")
        _say(_line(name, done[name]))
    found = {name: row for name, row in done.items() if not asked.names or name in asked.names}
    _table(found)
    return found


def _instance(path: Path, best: float, asked: Asked) -> Row:
    instance = cordeau.read_problem(path.read_text())
    rule = partial(seconds_rule, asked.seconds or INSTANCE_S, asked.cpu)
    search = search_together(cordeau.ground_of(instance), SEED, 1 if asked.cpu else PROCESSES, rule)
    if search.best is None:
        return best, None, None
    routes = cordeau.driven(instance, search, search.best)
    assert not cordeau.broken(instance, routes)
    cost = cordeau.cost_of(instance, routes)
    return best, round(cost, 2), round(10_000 * (cost / best - 1))


def _line(name: str, row: Row) -> str:
    best, cost, gap = row
    return f"| {name} | {best:.2f} | " + ("none | |" if gap is None else f"{cost:.2f} | {gap / 100:.2f} % |")


def _table(rows: dict[str, Row]) -> None:
    """As the docs show it: best known, ours, above it; then the mean and the worst."""
    print("| instance | best known | cost | above |", "|---|---|---|---|", sep="\n", file=sys.stderr)
    print(*(_line(name, row) for name, row in sorted(rows.items())), sep="\n", file=sys.stderr)
    gaps = [gap for _best, _cost, gap in rows.values() if gap is not None]
    if gaps:
        mean, worst = sum(gaps) / len(gaps) / 100, max(gaps) / 100
        _say(f"mean {mean:.2f} %, worst {worst:.2f} %, {len(gaps)} of {len(rows)} solved")


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


def region(seconds: float, cpu: bool) -> dict[str, Any]:
    """Everybody's month, two at a time as the worker does it; how far it is, is said as each one is done.

    With `cpu` one after the other in this process; `computing_s` is what that took, and half of it what two idle processors
    would need.
    """
    problems = [month(SEED + n) for n in range(PEOPLE)]
    began, costs = time.process_time(), []

    def planned() -> None:
        with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
            asked = [pool.submit(_planned, problem, seconds) for problem in problems]
            for done, one in enumerate(as_completed(asked), start=1):
                _say(f"region: {done} of {PEOPLE}, {one.result().metres} m")
                costs.append(_told(one.result()))

    def counted() -> None:
        for done, problem in enumerate(problems, start=1):
            costs.append(_told(_planned(problem, seconds, cpu=True)))
            _say(
                f"region: {done} of {PEOPLE}, {costs[-1]['metres']} m, {time.process_time() - began:.0f} s of computing"
            )

    took = clock.timed(counted if cpu else planned)
    computing = {"computing_s": time.process_time() - began} if cpu else {}
    sums = {name: sum(one[name] for one in costs) for name in ("cost", "metres", "left_out")}
    return {"people": PEOPLE, "each_s": seconds, "s": took, **computing, **sums}


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


def _told(plan: Plan) -> dict[str, int]:
    return {"cost": plan.cost, "metres": plan.metres, "left_out": sum(one.missing for one in plan.unplanned)}


def _say(text: str) -> None:
    print(f"    {text}", file=sys.stderr, flush=True)


def asked_for(words: list[str]) -> Asked:
    """What the words of the command ask for (see above)."""
    parts = tuple(words[0].split(",")) if words else PARTS
    seconds = next((float(word) for word in words[1:] if word.replace(".", "", 1).isdigit()), None)
    kept = next((Path(word.removeprefix("kept=")) for word in words[1:] if word.startswith("kept=")), None)
    names = next((tuple(word.split(",")) for word in words[1:] if word.startswith("p")), ())
    return Asked(parts, seconds, "cpu" in words[1:], names, kept)


if __name__ == "__main__":
    print(json.dumps(measure(asked_for(sys.argv[1:]))))
