"""Bringing in a file of 300,000 invoices by the command line, end to end: seconds and memory of the whole process.

The floor reads the same CSV with Python's own reader and writes the bare rows, nothing checked or vouched for.
"""

from __future__ import annotations

import csv
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any

from bench import houses, trade
from bench.houses import House, Street

CUSTOMERS = ("客户编码", "名称", "终端类型", "统一社会信用代码", "省", "市", "负责人")
INVOICES = ("发票号", "客户编码", "开票日", "到期日", "价税合计")
Row = Sequence[Any]


def measure(street: Street, size: trade.Size, database: str) -> dict[str, Any]:
    """Seconds and MB of each import, and of the floor."""
    told: dict[str, Any] = {"rows": size.invoices}
    customers, as_csv, as_xlsx = files(size)
    for name, file in (("csv", as_csv), ("xlsx", as_xlsx)):
        with street.empty(size, database) as house:
            found(house, customers)
            told[name] = run(house, "-m", "kewei", "import", "invoices", str(file))
            if name == "csv":
                told["floor"] = run(house, "-m", "bench.bringing", str(as_csv))
    return told


def found(house: House, customers: Path) -> None:
    """A company with its customers and nothing else."""
    house.run(
        "-m", "kewei", "init", "--user", houses.DIRECTOR, "--password-stdin", input=houses.PASSWORD, text=True,
        stdout=DEVNULL,
    )  # fmt: skip
    house.run("-m", "kewei", "import", "customers", str(customers), stdout=DEVNULL)


def run(house: House, *command: str) -> dict[str, float]:
    """Run a program to its end: wall and processor seconds, and the most memory it held."""
    start = time.perf_counter()
    process = Popen([sys.executable, *command], env=house.environment, cwd=houses.ROOT, stdout=DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if process.returncode or status:
        raise SystemExit(f"{' '.join(command)} failed")
    scale = 1024**2 if sys.platform == "darwin" else 1024
    return {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss / scale}


# --- files ------------------------------------------------------------------------------------------------------------


def files(size: trade.Size) -> tuple[Path, Path, Path]:
    """Customers as CSV, invoices as CSV and as a workbook; written once."""
    folder = houses.home() / f"files-{size.name}-{trade.EDITION}"
    customers, as_csv, as_xlsx = folder / "customers.csv", folder / "invoices.csv", folder / "invoices.xlsx"
    if not as_xlsx.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fields = ("code", "name", "kind", "credit_code", "province", "city")
        _write_csv(customers, CUSTOMERS[:-1], ([row[f] for f in fields] for row in trade.terminals(size)))
        _write_csv(as_csv, INVOICES, _invoices(size))
        _write_xlsx(as_xlsx, INVOICES, _invoices(size))
    return customers, as_csv, as_xlsx


def _invoices(size: trade.Size) -> Iterator[Row]:
    book = trade.invoices(size)
    codes = [row["code"] for row in trade.terminals(size)]
    columns = zip(*(c.tolist() for c in (book.customer, book.on, book.due, book.fen)), strict=True)
    for place, (customer, on, due, fen) in enumerate(columns):
        amount = f"{fen // 100}.{fen % 100:02d}"
        yield book.number(place), codes[customer], date.fromordinal(on), date.fromordinal(due), amount


def _write_csv(file: Path, headings: Row, rows: Iterable[Row]) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([headings, *rows])


def _write_xlsx(file: Path, headings: Row, rows: Iterable[Row]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, headings)
        for place, (number, code, on, due, amount) in enumerate(rows, 1):
            sheet.write_string(place, 0, number)
            sheet.write_string(place, 1, code)
            sheet.write_datetime(place, 2, on)
            sheet.write_datetime(place, 3, due)
            sheet.write_number(place, 4, float(amount))


# --- floor ------------------------------------------------------------------------------------------------------------


def floor(file: Path) -> None:
    """Read the file and write a document and its summary for each line, in one transaction."""
    import django

    django.setup()
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("bench_entry", "bench_item"):
            cursor.execute(
                f'CREATE TABLE {table} (id bigint PRIMARY KEY, number varchar(60), code varchar(40), "on" date, due date,'
                " fen bigint)"
            )
        for table in ("bench_entry", "bench_item"):
            rows = _read(file)
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                cursor.executemany(f"INSERT INTO {table} VALUES (%s, %s, %s, %s, %s, %s)", rows)


def _read(file: Path) -> Iterator[Row]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines)
        next(reader)
        for place, (number, code, on, due, amount) in enumerate(reader, 1):
            yield place, number, code, on, due, int(amount.replace(".", ""))


if __name__ == "__main__":
    floor(Path(sys.argv[1]))
