"""Real files, end to end: what the books say after an import is what the file itself says, on any day."""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path

import pytest
from tests import cast

from kewei.config import cli
from kewei.receivables import queries as receivables
from kewei.sales.models import SaleLine
from kewei.terminals.models import Prospect, Terminal

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
AR_IBM = SHARED / "ar_ibm" / "WA_Fn-UseC_-Accounts-Receivable.csv"
ONLINE_RETAIL = SHARED / "online_retail" / "online_retail_II_2009_2010.csv.gz"

DAYS_SAMPLED = 60
# Last day of each bucket of the ageing table, by hand: not due, 1–30, 31–60, 61–90, 91–180, 181–365, 1–2 y, 2–3 y.
EDGES = (0, 30, 60, 90, 180, 365, 730, 1095)

pytestmark = pytest.mark.django_db


def needs(file: Path):
    return pytest.mark.skipif(not file.exists(), reason=f"needs the shared data file {file.name}, which is not here")


@needs(AR_IBM)
def test_ageing_of_the_ibm_file_is_what_the_file_says_on_every_day(capsys):
    staff = cast.assemble()
    run("import", "invoices", str(AR_IBM), "--layout", "ar_ibm", "--as", "zheng")
    invoices = list(read_ibm())
    assert len(invoices) == 2_466
    for day in sampled(invoices):
        table = receivables.ageing(staff.zheng, day)
        assert {row.code: row.bucket_fen for row in table.rows if row.owed_fen} == buckets_by_hand(invoices, day), day
        assert table.totals.owed_fen == table.control_fen  # nothing is left unapplied in this file


@needs(AR_IBM)
def test_the_ibm_file_again_answers_the_same_and_can_be_undone(capsys):
    staff = cast.assemble()
    first = run("import", "invoices", str(AR_IBM), "--as", "zheng", "--json")
    again = run("import", "invoices", str(AR_IBM), "--as", "qian", "--json")
    assert (first["status"], again["status"]) == ("taken", "recognised")
    assert again["intake"] == first["intake"]
    assert [part["new"] for part in again["parts"]] == [100, 2_466, 2_466]
    last = date(2014, 1, 1)
    assert receivables.ageing(staff.zheng, last).control_fen > 0
    run("import", "--undo", str(first["intake"]), "--as", "zheng")
    assert receivables.ageing(staff.zheng, date(2030, 1, 1)).control_fen == 0
    assert run("import", "invoices", str(AR_IBM), "--as", "zheng", "--json")["status"] == "taken"


@needs(ONLINE_RETAIL)
@pytest.mark.slow
def test_online_retail_loads_as_sales(tmp_path, capsys):
    cast.assemble()
    file = tmp_path / "retail.csv"
    with gzip.open(ONLINE_RETAIL, "rt", encoding="utf-8") as packed:
        lines = [next(packed) for _ in range(20_001)]
    file.write_text("".join(lines), encoding="utf-8")
    told = run("import", "sales", str(file), "--layout", "online_retail", "--as", "zheng", "--json")
    rows = list(csv.DictReader(lines))
    bought = [row for row in rows if row["Customer ID"] and len(row["Price"].partition(".")[2]) <= 2]
    assert told["parts"][1]["new"] == SaleLine.objects.count() == len(bought)
    assert told["parts"][1]["aside"]["intake_no_customer"] == sum(not row["Customer ID"] for row in rows)
    assert told["parts"][1]["total_fen"] == sum(int(row["Quantity"]) * cents(row["Price"]) for row in bought)
    returns = sum(row["Invoice"].startswith("C") for row in bought)
    assert SaleLine.objects.filter(quantity_milli__lt=0).count() == returns > 0
    assert Terminal.objects.filter(code="13085", name="13085").exists()


def run(*argv: str):
    """One command; its JSON where it was asked for."""
    capsys = run.capsys
    capsys.readouterr()
    assert cli.main(list(argv)) == 0, capsys.readouterr().err
    out = capsys.readouterr().out
    return json.loads(out) if "--json" in argv else out


@pytest.fixture(autouse=True)
def _captured(capsys):
    run.capsys = capsys


# --- the file by itself, without any code of the house -------------------------------------------------


def read_ibm():
    """(customer, invoice day, due day, settled day, cents) of every row."""
    with AR_IBM.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            days = [
                datetime.strptime(row[name], "%m/%d/%Y").date() for name in ("InvoiceDate", "DueDate", "SettledDate")
            ]
            yield row["customerID"], *days, cents(row["InvoiceAmount"])


def cents(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int(rest.ljust(2, "0"))


def sampled(invoices) -> list[date]:
    days = sorted({day for invoice in invoices for day in invoice[1:4]})
    step = (len(days) - 1) / (DAYS_SAMPLED - 1)
    return sorted({days[round(step * n)] for n in range(DAYS_SAMPLED)})


def buckets_by_hand(invoices, as_of: date) -> dict[str, tuple[int, ...]]:
    table: dict[str, list[int]] = defaultdict(lambda: [0] * (len(EDGES) + 1))
    for customer, invoiced, due, settled, fen in invoices:
        if invoiced <= as_of < settled:
            late = (as_of - due).days
            table[customer][sum(late > edge for edge in EDGES)] += fen
    return {customer: tuple(fens) for customer, fens in table.items()}


CN_HOSPITALS = SHARED / "cn_hospitals" / "hospitals.csv"


@needs(CN_HOSPITALS)
def test_the_list_of_hospitals_fills_the_pool_once(capsys, tmp_path):
    """A cut of the real file: every hundredth row and all of 荆门; the whole is timed by hand (docs/import.md)."""
    staff = cast.assemble()
    lines = CN_HOSPITALS.read_text(encoding="utf-8-sig").splitlines()
    cut = [line for n, line in enumerate(lines[1:]) if n % 100 == 0 or ",荆门市," in line]
    cut = [line for line in cut if ",湖北省," in line or ",四川省," in line]
    file = tmp_path / "hospitals.csv"
    file.write_text("\n".join([lines[0], *cut]) + "\n", encoding="utf-8")
    first = run("import", "white-space", str(file), "--layout", "cn_hospitals", "--as", "zheng", "--json")
    opened = Prospect.objects.count()
    assert first["parts"][0]["new"] == opened
    assert opened >= len(cut) - 2  # the cast's own hospital is on the list, and stays as it is
    assert Terminal.objects.filter(prospect__isnull=False).exclude(owner=None).count() == 0
    assert {t.territory for t in Terminal.objects.filter(prospect__isnull=False)} == {staff.hubei, staff.sichuan}
    file.write_text("\n".join([lines[0], *reversed(cut)]) + "\n", encoding="utf-8")
    again = run("import", "white-space", str(file), "--layout", "cn_hospitals", "--as", "zheng", "--json")
    assert (again["parts"][0]["new"], Prospect.objects.count()) == (0, opened)
