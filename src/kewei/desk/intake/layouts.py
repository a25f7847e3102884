"""Layouts that ship with the house: files of known programmes, each with what every noun takes from them.

A layout of one's own is remembered in the journal; these are code, because one file may feed several nouns and needs a
word of derivation. docs/import.md describes each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kewei.desk.intake.reading import NoSuchHeading, Options
from kewei.kernel.columns import EXTRA, heading_key, plain_text
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.kernel.sheets import Cell, Row, Sheet

GENERIC = "generic"


@refusal
class NoCustomer(Refused):
    code = "intake_no_customer"
    says = N_("没有客户，已搁置")


@refusal
class FractionOfAFen(Refused):
    code = "intake_fraction_of_a_fen"
    says = N_("单价不足一分（{text}），已搁置")


@refusal
class NothingBought(Refused):
    code = "intake_nothing_bought"
    says = N_("数量为零，已搁置")


Change = Callable[[Cell], Cell]


def same(cell: Cell) -> Cell:
    """The cell as it is."""
    return cell


@dataclass(frozen=True)
class From:
    """Where a column of ours comes from: the first of these headings that the file has, and a change to its cells."""

    headings: tuple[str, ...]
    change: Change = same


@dataclass(frozen=True)
class Aside:
    """Rows set aside: counted and listed with their reason, neither taken nor a problem."""

    column: str
    why: Callable[[Cell], Refused | None]


@dataclass(frozen=True)
class Part:
    """What one noun takes from the file.

    `once` names a column: only the first row of each of its values counts, and only where the house does not know it.
    `needs` names a column without which a row is passed over in silence (an invoice not settled yet makes no receipt).
    """

    noun: str
    columns: dict[str, From]
    keep: tuple[str, ...] = ()
    once: str = ""
    needs: str = ""
    aside: tuple[Aside, ...] = ()


@dataclass(frozen=True)
class Shipped:
    """A layout that ships with the house."""

    name: str
    about: str
    noun: str
    parts: tuple[Part, ...]
    options: Options = field(default_factory=Options)
    leaves_out: tuple[str, ...] = ()

    def fits(self, headings: Sequence[str]) -> bool:
        """Whether every heading it needs is there."""
        there = {heading_key(h) for h in headings}
        needed = [source.headings for part in self.parts for source in part.columns.values()]
        return all(any(heading_key(h) in there for h in some) for some in needed)


# --- changes ------------------------------------------------------------------------------------------


def without_point(cell: Cell) -> Cell:
    """13085.0 is the customer 13085: a number that went through a table of floats."""
    text = plain_text(cell)
    bare = text.removesuffix(".0")
    return bare if bare.isdigit() else cell


def receipt_of(cell: Cell) -> Cell:
    """The number of the receipt that settled an invoice."""
    text = plain_text(cell)
    return f"R-{text}" if text else None


def whole_price(cell: Cell) -> Cell:
    """6.950 is 6.95; a real third decimal stays, to be set aside."""
    text = plain_text(cell)
    return text.rstrip("0").rstrip(".") or "0" if "." in text else cell


def known_grade(cell: Cell) -> Cell:
    """A grade as the law knows it; half of a list has none, and 一级 alone says neither 甲 nor 乙."""
    text = plain_text(cell)
    return text if text.endswith("等") else None


def listed_kind(cell: Cell) -> Cell:
    """What a list calls a station is primary care; the rest are words we know."""
    return "primary_care" if plain_text(cell) == "station" else cell


def _no_customer(cell: Cell) -> Refused | None:
    return NoCustomer() if plain_text(cell) in ("", "0") else None


def _fraction(cell: Cell) -> Refused | None:
    text = plain_text(cell)
    return FractionOfAFen(text=text) if len(text.partition(".")[2]) > 2 else None


def _nothing(cell: Cell) -> Refused | None:
    return NothingBought() if plain_text(cell) in ("", "0") else None


# --- the layouts --------------------------------------------------------------------------------------

_AR_CUSTOMER = From(("customerID",))
_AR_NUMBER = From(("invoiceNumber",))

AR_IBM = Shipped(
    name="ar_ibm",
    about=N_("IBM 应收示例：一行一张发票，含到期日和结清日；同时建立客户，并按结清日登记收款、核销"),
    noun="invoices",
    options=Options(order="mdy"),
    parts=(
        Part("customers", {"code": _AR_CUSTOMER, "name": _AR_CUSTOMER}, once="code"),
        Part(
            "invoices",
            {
                "invoice_no": _AR_NUMBER,
                "customer_code": _AR_CUSTOMER,
                "invoice_date": From(("InvoiceDate",)),
                "due_date": From(("DueDate",)),
                "amount": From(("InvoiceAmount",)),
            },
            keep=("countryCode", "PaperlessDate", "PaperlessBill", "Disputed"),
        ),
        Part(
            "receipts",
            {
                "receipt_no": From(("invoiceNumber",), receipt_of),
                "customer_code": _AR_CUSTOMER,
                "received_on": From(("SettledDate",)),
                "amount": From(("InvoiceAmount",)),
                "invoice_no": _AR_NUMBER,
            },
            needs="received_on",
        ),
    ),
    # Both restate the dates.
    leaves_out=("DaysToSettle", "DaysLate"),
)

_SHOP_CUSTOMER = From(("Customer ID", "CustomerID"), without_point)
_SHOP_PRICE = From(("Price", "UnitPrice"), whole_price)
_SHOP_ASIDE = (Aside("customer_code", _no_customer), Aside("unit_price", _fraction), Aside("quantity", _nothing))

ONLINE_RETAIL = Shipped(
    name="online_retail",
    about=N_("UCI Online Retail：一行一笔销售，退货为负数；没有客户的行搁置"),
    noun="sales",
    parts=(
        Part(
            "customers", {"code": _SHOP_CUSTOMER, "name": _SHOP_CUSTOMER}, keep=("Country",), once="code", needs="code"
        ),
        Part(
            "sales",
            {
                "document": From(("Invoice", "InvoiceNo")),
                "customer_code": _SHOP_CUSTOMER,
                "product_code": From(("StockCode",)),
                "product_text": From(("Description",)),
                "day": From(("InvoiceDate",)),
                "quantity": From(("Quantity",), without_point),
                "unit_price": _SHOP_PRICE,
            },
            aside=_SHOP_ASIDE,
        ),
    ),
)

CN_HOSPITALS = Shipped(
    name="cn_hospitals",
    about=N_("全国医院名录：一行一家机构，进入各区域的公海；已有的不变"),
    noun="white-space",
    parts=(
        Part(
            "white-space",
            {
                "code": From(("id",)),
                "name": From(("name",)),
                "province": From(("province",)),
                "city": From(("city",)),
                "district": From(("district",)),
                "grade": From(("level",), known_grade),
                "kind": From(("kind",), listed_kind),
            },
        ),
    ),
    # Which list a row was read from.
    leaves_out=("source",),
)

SHIPPED: dict[str, Shipped] = {layout.name: layout for layout in (AR_IBM, ONLINE_RETAIL, CN_HOSPITALS)}


def fitting(noun: str, headings: Sequence[str]) -> Shipped | None:
    """The shipped layout of this noun whose headings the file has, if any."""
    return next((layout for layout in SHIPPED.values() if layout.noun == noun and layout.fits(headings)), None)


# --- a sheet as one part sees it ----------------------------------------------------------------------


class PartRows:
    """The rows of a file under the names of one part's columns; what is set aside is noted while reading."""

    def __init__(self, sheet: Sheet, part: Part) -> None:
        self._sheet = sheet
        self._part = part
        self._at = {heading_key(h): i for i, h in enumerate(sheet.headings)}
        self._from = [(self._index(source.headings), source.change) for source in part.columns.values()]
        self._kept = [i for h in part.keep if (i := self._at.get(heading_key(h))) is not None]
        self.letters = [sheet.letters[i] for i, _ in self._from] + [sheet.letters[i] for i in self._kept]
        self.headings = [sheet.headings[i] for i, _ in self._from] + [sheet.headings[i] for i in self._kept]
        self.names = [*part.columns, *(sheet.headings[i] for i in self._kept)]
        self.aside: Counter[str] = Counter()
        self.aside_rows: list[tuple[int, str, Cell, Refused]] = []

    def _index(self, headings: tuple[str, ...]) -> int:
        for heading in headings:
            if (index := self._at.get(heading_key(heading))) is not None:
                return index
        raise NoSuchHeading(heading=headings[0], headings=self._sheet.headings)

    def __len__(self) -> int:
        return len(self._sheet.rows)

    def __iter__(self) -> Iterator[Row]:
        names = list(self._part.columns)
        once = names.index(self._part.once) if self._part.once else None
        needs = names.index(self._part.needs) if self._part.needs else None
        aside = [(names.index(rule.column), rule) for rule in self._part.aside]
        seen: set[Cell] = set()
        self.aside.clear()
        self.aside_rows.clear()
        for row in self._sheet.rows:
            cells = [change(row.cells[i]) for i, change in self._from]
            if self._set_aside(row.number, cells, aside):
                continue
            if needs is not None and (cells[needs] is None or _no_customer(cells[needs])):
                continue
            if once is not None:
                if cells[once] in seen:
                    continue
                seen.add(cells[once])
            yield Row(row.number, cells + [row.cells[i] for i in self._kept])

    def _set_aside(self, number: int, cells: list[Cell], rules: list[tuple[int, Aside]]) -> bool:
        for index, rule in rules:
            if why := rule.why(cells[index]):
                self.aside[why.code] += 1
                if self.aside[why.code] <= KEPT_ASIDE:
                    self.aside_rows.append((number, rule.column, cells[index], why))
                return True
        return False


# Rows set aside are all counted; this many of each reason are listed.
KEPT_ASIDE = 10_000


def derive(sheet: Sheet, part: Part) -> tuple[Sheet, dict[str, str | None]]:
    """The sheet as one part sees it, and the mapping of its headings to the noun's columns."""
    rows: Any = PartRows(sheet, part)
    kept = set(rows.names[len(part.columns) :])
    mapping: dict[str, str | None] = {name: EXTRA if name in kept else name for name in rows.names}
    return replace(sheet, headings=rows.names, letters=rows.letters, rows=rows), mapping
