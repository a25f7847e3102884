"""Files to look back at: a company's invoices with the days they were due and settled, or purchases of its customers."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from kewei.collecting.rules.prediction import OPEN, Invoices
from kewei.kernel.columns import Column, choice, code, day, match_headings, positive_money, read_rows
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.kernel.sheets import read_sheet

ORDERS = ("ymd", "mdy", "dmy")
DELIVERY = {"纸质": "paper", "电子": "electronic"}
COLUMNS = (
    Column("customer", "客户编码", "Customer", code, required=True, aliases=("customerID", "客户")),
    Column("invoice_date", "开票日期", "Invoice date", day, required=True, aliases=("InvoiceDate",)),
    Column("due_date", "到期日", "Due date", day, required=True, aliases=("DueDate",)),
    Column("settled_on", "结清日", "Settled on", day, aliases=("SettledDate",)),
    Column("amount", "金额", "Amount", positive_money, required=True, aliases=("InvoiceAmount", "价税合计")),
    Column("delivery", "开票方式", "Delivery", choice(DELIVERY), aliases=("PaperlessBill",)),
)


@refusal
class RowsUnread(Refused):
    code = "rows_unread"
    says = N_("第 {row} 行「{heading}」：{why}")


@refusal
class DaysAmbiguous(Refused):
    code = "days_ambiguous"
    says = N_("日期的月和日分不清，请用 --order 说明次序")


def read_invoices(path: Path, order: str = "") -> Invoices:
    """The invoices of a file; without an order of day and month the one that reads every row.

    Raises RowsUnread, DaysAmbiguous, MissingColumn, BadSheet.
    """
    if order:
        return _columns(_read(path, order))
    read: list[list[dict[str, Any]]] = []
    first: RowsUnread | None = None
    for one in ORDERS:
        try:
            read.append(_read(path, one))
        except RowsUnread as why:
            first = first or why
    if not read:
        assert first is not None
        raise first
    if any(rows != read[0] for rows in read[1:]):
        raise DaysAmbiguous()
    return _columns(read[0])


def _read(path: Path, order: str) -> list[dict[str, Any]]:
    sheet = read_sheet(path, path.name)
    rows = []
    for number, values, problems in read_rows(sheet, COLUMNS, match_headings(sheet.headings, COLUMNS), order):
        if problems:
            raise RowsUnread(row=number, heading=problems[0].heading, why=problems[0].why.sentence())
        rows.append(values)
    return rows


def _columns(rows: list[dict[str, Any]]) -> Invoices:
    names = {name: place for place, name in enumerate(dict.fromkeys(row["customer"] for row in rows))}
    told = [
        [names[row["customer"]] for row in rows],
        *(
            [row[name].toordinal() if row[name] else OPEN for row in rows]
            for name in ("invoice_date", "due_date", "settled_on")
        ),
        [row["amount"] for row in rows],
        [int(row["delivery"] == "paper") for row in rows],
    ]
    return Invoices(*(np.array(column, dtype=np.int64) for column in told))


# --- purchases --------------------------------------------------------------------------------------------------------

BUYER = ("客户编码", "customer", "buyer", "BUYER_DEA_NO")
DAY = ("日期", "day", "date", "TRANSACTION_DATE")
QUANTITY = ("数量", "quantity", "QUANTITY")
# What the file calls a sale, where it says of each row what it is (ARCOS: S).
KIND, SALE = "TRANSACTION_CODE", "S"


@refusal
class NoSuchColumns(Refused):
    code = "purchases_columns"
    says = N_("文件要有客户和日期两列，列名如 {buyer}、{day}")


@refusal
class BadPurchase(Refused):
    code = "purchases_row"
    says = N_("第 {row} 行的日期「{text}」读不出来")


def read_purchases(path: Path) -> dict[str, list[date]]:
    """The days each customer bought on, from a CSV file (.gz too). Returns do not count. Raises NoSuchColumns, BadPurchase."""
    opened = gzip.open if path.suffix == ".gz" else open
    found: dict[str, list[date]] = defaultdict(list)
    with opened(path, "rt", encoding="utf-8-sig", errors="replace", newline="") as file:  # type: ignore[operator]
        rows = csv.DictReader(file)
        heads = rows.fieldnames or ()
        buyer, day = (next((head for head in heads if head in names), None) for names in (BUYER, DAY))
        quantity = next((head for head in heads if head in QUANTITY), None)
        if buyer is None or day is None:
            raise NoSuchColumns(buyer=BUYER[0], day=DAY[0])
        for number, row in enumerate(rows, start=2):
            back = quantity is not None and (row[quantity] or "").startswith("-")
            if not back and row.get(KIND, SALE) == SALE and row[buyer]:
                found[row[buyer]].append(_day_of(row[day] or "", number))
    return dict(found)


def _day_of(text: str, row: int) -> date:
    """2014-12-31, or month, day and year without anything between, as ARCOS writes it."""
    text = text.strip()[:10]
    try:
        if text.isdecimal() and len(text) in (7, 8):
            text = text.zfill(8)
            return date(int(text[4:]), int(text[:2]), int(text[2:4]))
        return date.fromisoformat(text)
    except ValueError:
        raise BadPurchase(row=row, text=text) from None
