"""Bad and large files cost bounded memory, measured from outside, in a company of their own."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.hostile import making

pytestmark = pytest.mark.slow

# A process that has only started takes some 90 MB.
HOSTILE_MB = 320
LARGE_MB = 600
LARGE_ROWS = 60_000
BAD_ROWS = 50_000


# The kernel counts a parent's memory among what its child ever had until the child has loaded its own program, so what
# a process that did not start small says of its children is too much: the command itself reports its peak.
REPORTING = """
import os, resource, sys
from pathlib import Path
from kewei.config.cli import main
code = main(sys.argv[1:])
status = Path("/proc/self/status")
if status.exists():
    peak = next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) // 1024
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1 << 20)
Path(os.environ["KEWEI_HOME"], "peak").write_text(str(peak))
sys.exit(code)
"""


def run(environment: dict[str, str], *argv: str) -> tuple[int, str, int]:
    """Exit code, everything printed, and the most memory it ever had, in MB."""
    command = [sys.executable, "-c", REPORTING, *argv]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode(), int(Path(environment["KEWEI_HOME"], "peak").read_text())


@pytest.mark.parametrize(
    ("name", "make", "told"),
    [
        ("bomb.xlsx", making.bomb, "内容不安全"),
        ("empty.xlsx", making.empty_rows, "表中没有数据"),
        ("far.csv", making.far_below, "第 200003 行 E 列"),
        ("wide.csv", making.wide_rows, "超过上限 200 列"),
        ("one line.csv", lambda: b"x" * (60 << 20), "第 1 行"),
    ],
)
def test_a_hostile_file_costs_little_memory(company, tmp_path, name, make, told):
    file = tmp_path / name
    file.write_bytes(make())
    code, printed, megabytes = run(company, "import", "invoices", str(file))
    assert code == 1
    assert told in printed
    assert megabytes <= HOSTILE_MB


def test_every_row_bad_costs_bounded_memory(company, tmp_path):
    file = tmp_path / "bad.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(making.HEADINGS)
        writer.writerows([f"FP{n}", "没有", "2026-02-30", "x", "-1"] for n in range(BAD_ROWS))
    code, printed, megabytes = run(company, "import", "invoices", str(file))
    assert code == 1
    assert "共 150,000 处问题，50,000 行" in printed
    assert megabytes <= LARGE_MB


def test_a_large_import_stays_within_its_memory_and_comes_again_as_the_same(company, tmp_path):
    customers, invoices = tmp_path / "customers.csv", tmp_path / "invoices.csv"
    with customers.open("w", newline="", encoding="gb18030") as out:
        csv.writer(out).writerows([["客户编码", "名称"], *([f"C{n}", f"诊所{n}"] for n in range(500))])
    with invoices.open("w", newline="", encoding="gb18030") as out:
        writer = csv.writer(out)
        writer.writerow(making.HEADINGS)
        rows = (
            [f"{26 * 10**18 + n}", f"C{n % 500}", "2026-10-08", "2027-01-06", f"{n + 1}.07"] for n in range(LARGE_ROWS)
        )
        writer.writerows(rows)
    assert run(company, "import", "customers", str(customers))[0] == 0
    code, printed, megabytes = run(company, "import", "invoices", str(invoices), "--json")
    told = json.loads(printed)
    total_fen = sum((n + 1) * 100 + 7 for n in range(LARGE_ROWS))
    assert (code, told["parts"][0]["new"], told["parts"][0]["total_fen"]) == (0, LARGE_ROWS, total_fen)
    assert megabytes <= LARGE_MB
    again = json.loads(run(company, "import", "invoices", str(invoices), "--json")[1])
    assert (again["status"], again["intake"]) == ("recognised", told["intake"])
