"""A company's invoices in a file, to look back at: one row per invoice with the days it was due and settled."""

from __future__ import annotations

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
