"""Files out: every noun with the columns it comes in by, so that an export can be read back."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from kewei.collecting import excel as collecting_excel
from kewei.collecting.queries import files as collecting_files
from kewei.journal import actions as journal_actions
from kewei.kernel.columns import Column
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.membership import excel as membership_excel
from kewei.membership.queries import files as membership_files
from kewei.orders import excel as orders_excel
from kewei.orders import queries as orders
from kewei.products import excel as products_excel
from kewei.products import queries as products
from kewei.receivables import excel as receivables_excel
from kewei.receivables.queries import outgoing as receivables
from kewei.sales import excel as sales_excel
from kewei.sales import queries as sales
from kewei.terminals import excel as terminals_excel
from kewei.terminals import queries as terminals

# Excel has no more rows than this on a sheet, one of them for the headings.
MAX_XLSX_ROWS = 1_048_575
Values = dict[str, Any]


@refusal
class UnknownFileKind(Refused):
    code = "outgoing_unknown_file_kind"
    says = N_("不会写「{suffix}」文件，请用 .xlsx 或 .csv")


@refusal
class TooManyForExcel(Refused):
    code = "outgoing_too_many_for_excel"
    says = N_("超过 {limit} 行，一张 Excel 工作表放不下")
    next_step = N_("请导出成 .csv，或缩小日期范围")


@refusal
class NoSuchFilter(Refused):
    code = "outgoing_no_such_filter"
    says = N_("导出{noun}不能按「{name}」筛选")


@dataclass(frozen=True)
class Noun:
    """Something that goes out in files: its columns, its rows by column name, and the verb it takes."""

    name: str
    label: str
    columns: Sequence[Column]
    verb: str
    rows: Callable[..., Iterable[Values]]
    filters: tuple[str, ...] = ()


def write(name: str, path: Path, *, by: Any, now: datetime, english: bool = False, **filters: date | str | None) -> int:
    """Write every row of a noun this person may see to an .xlsx or .csv file; answers how many; noted in the journal.

    Filters: `first` and `last` day, `customer` code, where the noun has them. A half-written file is never left behind.
    Raises NotAllowed, UnknownFileKind, TooManyForExcel, NoSuchFilter.
    """
    noun = NOUNS[name]
    by.must(noun.verb)
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UnknownFileKind(suffix=path.suffix)
    asked = {key: value for key, value in filters.items() if value}
    for key in asked:
        if key not in noun.filters:
            raise NoSuchFilter(noun=noun.label, name=key)
    columns = list(noun.columns)
    part = path.with_name(f".{path.name}.part")
    try:
        rows = _Counted(noun.rows(by, **asked))
        writer(part, columns, rows, english)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    told = {key: str(value) for key, value in asked.items()}
    journal_actions.note_export(noun=name, rows=rows.count, verb=noun.verb, by=by, now=now, **told)
    return rows.count


class _Counted:
    """Rows passing by, counted."""

    def __init__(self, rows: Iterable[Values]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Values]:
        for row in self._rows:
            self.count += 1
            yield row


def _write_csv(path: Path, columns: list[Column], rows: Iterable[Values], english: bool) -> None:
    # With a mark, so that Excel reads the Chinese.
    with path.open("w", newline="", encoding="utf-8-sig") as out:
        writer = csv.writer(out)
        writer.writerow([_heading(column, english) for column in columns])
        writer.writerows([_safe(_shown(column, row)) for column in columns] for row in rows)


def _write_xlsx(path: Path, columns: list[Column], rows: Iterable[Values], english: bool) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    head, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    page = book.add_worksheet()
    page.freeze_panes(1, 0)
    for at, column in enumerate(columns):
        page.set_column(at, at, 18, text)
        page.write_string(0, at, _heading(column, english), head)
    for line, row in enumerate(rows, 1):
        if line > MAX_XLSX_ROWS:
            book.close()
            raise TooManyForExcel(limit=MAX_XLSX_ROWS)
        for at, column in enumerate(columns):
            page.write_string(line, at, _shown(column, row))
    book.close()


_WRITERS = {".csv": _write_csv, ".xlsx": _write_xlsx}


def _heading(column: Column, english: bool) -> str:
    return column.en if english else column.zh


def _shown(column: Column, row: Values) -> str:
    value = row.get(column.name)
    return "" if value in (None, "", [], ()) else column.show(value)


def _safe(text: str) -> str:
    """Text a spreadsheet will not take for a formula; amounts keep their minus."""
    return f"'{text}" if text[:1] in ("=", "+", "@") or (text[:1] == "-" and not text[1:2].isdigit()) else text


# --- rows by column name ------------------------------------------------------------------------------


def _customers(person: Any) -> Iterator[Values]:
    for row in terminals.export_rows(person, closed=None):
        yield {**_plain(row), "owner": row.owner_login}


def _products(person: Any) -> Iterator[Values]:
    for row in products.export_rows(person):
        yield {**_plain(row), "listed_price": row.listed_price_fen}


def _sales(person: Any, **filters: Any) -> Iterator[Values]:
    if code := filters.pop("customer", None):
        filters["terminal"] = terminals.terminal_named(person, code).pk
    for row in sales.export_rows(person, order="day", **filters):
        yield {
            **_plain(row),
            "customer_code": row.terminal_code,
            "product_text": row.product,
            "quantity": row.quantity_milli,
            "unit_price": row.unit_price_fen,
            "amount": row.fen,
        }


def _plain(row: Any) -> Values:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


_BY_DAY = ("first", "last", "customer")

NOUNS: dict[str, Noun] = {
    noun.name: noun
    for noun in (
        Noun("customers", N_("客户"), terminals_excel.COLUMNS, "terminals.export", _customers),
        Noun("licences", N_("证照"), terminals_excel.LICENCES, "terminals.export", terminals.export_licences),
        Noun("products", N_("产品"), products_excel.COLUMNS, "products.export", _products),
        Noun(
            "invoices",
            N_("发票"),
            receivables_excel.INVOICES,
            "receivables.export",
            receivables.export_invoices,
            _BY_DAY,
        ),
        Noun(
            "receipts",
            N_("收款"),
            receivables_excel.RECEIPTS,
            "receivables.export",
            receivables.export_receipts,
            _BY_DAY,
        ),
        Noun(
            "red-letters",
            N_("红字发票"),
            receivables_excel.RED_LETTERS,
            "receivables.export",
            receivables.export_red_letters,
            _BY_DAY,
        ),
        Noun("sales", N_("销售明细"), sales_excel.COLUMNS, "sales.export", _sales, _BY_DAY),
        Noun("orders", N_("订单"), orders_excel.ORDERS, "orders.export", orders.export_order_lines, _BY_DAY),
        Noun("prices", N_("价格"), orders_excel.PRICES, "orders.export", orders.export_prices),
        Noun(
            "points", N_("积分调整"), membership_excel.POINTS, "membership.export", membership_files.export_adjustments
        ),
        Noun(
            "benefits", N_("会员权益"), membership_excel.BENEFITS, "membership.export", membership_files.export_benefits
        ),
        Noun("stock", N_("终端库存"), membership_excel.STOCK, "membership.export", membership_files.export_stock),
        Noun("reasons", N_("逾期原因"), collecting_excel.REASONS, "collecting.export", collecting_files.export_reasons),
        Noun(
            "promises", N_("承诺付款"), collecting_excel.PROMISES, "collecting.export", collecting_files.export_promises
        ),
        Noun(
            "cases",
            N_("案件"),
            collecting_excel.CASES,
            "collecting.export",
            collecting_files.export_cases,
            ("customer",),
        ),
        Noun(
            "disputes",
            N_("争议"),
            collecting_excel.DISPUTES,
            "collecting.export",
            collecting_files.export_disputes,
            ("customer",),
        ),
        Noun(
            "clocks",
            N_("时效时钟"),
            collecting_excel.CLOCKS,
            "collecting.export",
            collecting_files.export_clocks,
            ("customer",),
        ),
    )
}
