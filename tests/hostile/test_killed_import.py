"""A command killed with -9 at any instant: nothing half done, and the same command again completes it."""

from __future__ import annotations

import csv
import json
import random
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
from tests.hostile import making
from tests.hostile.company import kewei
from tests.promises.conftest import counts

pytestmark = pytest.mark.slow

ROWS = 3_000


@counts(5, 60)
def test_the_same_command_again_completes_what_was_killed(times, company, tmp_path):
    customers = tmp_path / "customers.csv"
    customers.write_text("客户编码,名称\nC1,诊所\n", encoding="utf-8")
    run(company, "import", "customers", str(customers))
    before = len(live_numbers(company))
    chance, took = random.Random(20261123), 0.0
    for n in range(times):
        file = invoices(tmp_path / f"invoices-{n}.csv", n)
        if n == 0:
            start = time.monotonic()
            run(company, "import", "invoices", str(file))
            took = time.monotonic() - start
            before += ROWS
            continue
        process = subprocess.Popen(
            kewei("import", "invoices", str(file)), env=company, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(took * chance.uniform(0.3, 1.0))
        process.kill()
        process.wait()
        assert len(live_numbers(company)) in (before, before + ROWS)
        told = json.loads(run(company, "import", "invoices", str(file), "--json"))
        before += ROWS
        assert told["status"] in ("taken", "recognised")
        assert told["parts"][0]["new"] == ROWS
        assert len(live_numbers(company)) == before
    run(company, "check")  # every sum and the chain, exit 0


def invoices(path: Path, n: int) -> Path:
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(making.HEADINGS)
        writer.writerows([f"FP-{n}-{i}", "C1", "2026-10-08", "2027-01-06", f"{i + 1}.5"] for i in range(ROWS))
    return path


def run(environment: dict[str, str], *argv: str) -> str:
    done = subprocess.run(kewei(*argv), env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def live_numbers(environment: dict[str, str]) -> list[str]:
    """Read with nobody's help: the numbers of live documents in the file of the database."""
    with sqlite3.connect(Path(environment["KEWEI_HOME"]) / "kewei.db") as database:
        return [number for (number,) in database.execute("SELECT number FROM receivables_item WHERE live")]
