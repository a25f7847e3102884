"""Orders and prices from files: what a row says, which rows are one order, and what a price in the book already says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from kewei.kernel.refusals import N_, Refused, refusal
from kewei.orders.rules.lines import LineWanted


@refusal
class UnknownProduct(Refused):
    code = "order_file_unknown_product"
    says = N_("产品目录里没有编码 {text}")
    next_step = N_("请先导入或新增产品")


@refusal
class HeadDiffers(Refused):
    code = "order_file_head_differs"
    says = N_("同一客户、同一客户单号的行是一张订单：这里写的与第 {row} 行不同")
    next_step = N_("不是一张订单的，请写不同的客户单号")


@refusal
class OtherThanPlaced(Refused):
    code = "order_file_other_than_placed"
    says = N_("客户单号 {customer_ref} 已下单 {number}，内容与文件不同")
    next_step = N_("要改的请先取消原订单，或换一个客户单号")
    status = 409


@refusal
class ImportedOrderMoved(Refused):
    code = "imported_order_moved"
    says = N_("订单 {number} 已发货，这次导入不能撤销")
    next_step = N_("请逐张取消未发的订单；已发的走退货")
    status = 409


@refusal
class OneOrKind(Refused):
    code = "price_for_one_or_kind"
    says = N_("一行价格或者给一类客户，或者给一家客户，不能两样都写")


@refusal
class FilesFault(Refused):
    code = "order_file_has_faults"
    says = N_("文件有 {count} 处问题，未导入。第 {row} 行：{first}")


Fault = tuple[int, str, Refused]


class OrderFileRow(NamedTuple):
    """One line of an order in a file: quantity in thousandths, price in fen; None where the cell was blank."""

    customer_code: str
    product_code: str
    quantity: int
    price: int | None = None
    customer_ref: str = ""
    payment: str = "credit"
    wanted_on: date | None = None
    note: str = ""
    line_note: str = ""

    @property
    def head(self) -> tuple[str, date | None, str]:
        """What all rows of one order say alike."""
        return self.payment, self.wanted_on, self.note


class PriceFileRow(NamedTuple):
    """One price of a file, fen; None where the cell was blank."""

    product_code: str
    price: int
    since: date
    floor: int | None = None
    customer_kind: str = ""
    customer_code: str = ""
    until: date | None = None
    source: str = ""


@dataclass(slots=True)
class OrderDraft:
    """An order to place: the row it begins on, its customer, its head, its lines and the row of each."""

    row: int
    terminal: int
    customer_ref: str
    payment: str
    wanted_on: date | None
    note: str
    lines: list[LineWanted] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class PriceDraft:
    """A price to set, fen."""

    row: int
    product: int
    customer_kind: str
    terminal: int | None
    price_fen: int
    floor_fen: int | None
    since: date
    until: date | None
    source: str

    @property
    def key(self) -> tuple[int, str, int | None]:
        """What it is the price of, and for whom."""
        return self.product, self.customer_kind, self.terminal


class HeldPrice(NamedTuple):
    """A price of the book that has not ended."""

    product: int
    customer_kind: str
    terminal: int | None
    price_fen: int
    floor_fen: int | None
    since: date
    until: date | None


@dataclass
class FilePlan:
    """What an import would do: drafts to take, how many would change what is there, how many are there already."""

    drafts: list[Any] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    same: int = 0
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the gate would make of an order of a file: the state it would come into, and what it says of which row."""

    row: int
    state: str
    says: tuple[tuple[int, Refused], ...]


def order_row(values: Mapping[str, Any]) -> OrderFileRow:
    """A row from values by column name; names it does not know are passed over."""
    return OrderFileRow(**_known(values, OrderFileRow._fields))


def price_row(values: Mapping[str, Any]) -> PriceFileRow:
    """A row from values by column name; names it does not know are passed over."""
    return PriceFileRow(**_known(values, PriceFileRow._fields))


def _known(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: values[name] for name in names if values.get(name) not in (None, "")}


def says_the_same(wanted: Sequence[LineWanted], placed: Sequence[tuple[int, int, int]]) -> bool:
    """Whether an order placed before, as (product, thousandths, price in fen), is what a file wants.

    A price the file leaves open is whatever the book said then.
    """
    return len(wanted) == len(placed) and all(
        (line.product_id, line.quantity_milli) == (product, milli) and line.price_fen in (None, price_fen)
        for line, (product, milli, price_fen) in zip(wanted, placed, strict=True)
    )


def in_the_book(draft: PriceDraft, held: Iterable[HeldPrice]) -> bool:
    """Whether one of the prices held says just this."""
    told = (draft.price_fen, draft.floor_fen, draft.since, draft.until)
    return any(told == (one.price_fen, one.floor_fen, one.since, one.until) for one in held)


def check_faults(faults: Sequence[Fault]) -> None:
    """A file is taken without faults, or not at all. Raises FilesFault."""
    if faults:
        row, _column, first = min(faults, key=lambda one: one[0])
        raise FilesFault(count=len(faults), row=row, first=first)
