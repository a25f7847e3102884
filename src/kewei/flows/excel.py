"""The columns of distributors' files, and how a file becomes rows (domain 5.4)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kewei.flows import actions
from kewei.flows.queries import files as queries
from kewei.flows.rules import files, layouts
from kewei.flows.rules.files import KindUnclear, RawLine, Sent
from kewei.flows.rules.words import PURCHASES, SALES, STOCK
from kewei.kernel import columns
from kewei.kernel.columns import Column, ColumnMappedTwice, MissingColumn
from kewei.kernel.money import yuan_plain
from kewei.kernel.refusals import N_
from kewei.kernel.sheets import Cell, Limits, Sheet, column_letter, read_sheet
from kewei.kernel.sheets.table import Rows
from kewei.sales import excel as sales
from kewei.sales.rules import BadQuantity

if TYPE_CHECKING:
    from kewei.flows.models import File


# A month of one distributor: beyond that a file is no sell-through file.
LIMITS = Limits(max_bytes=60 << 20, max_rows=300_000)


def quantity(cell: Cell) -> int:
    """A quantity in thousandths; negative for returns, nought in stock. Raises BadQuantity."""
    try:
        return sales.quantity(cell)
    except BadQuantity as why:
        if why.reason == sales.IS_NOUGHT:
            return 0
        raise


def _money(fen: int | None) -> str:
    return "" if fen is None else yuan_plain(fen)


COLUMNS: list[Column] = [
    Column(
        "day", "销售日期", "Day", columns.day, example="2026-10-15",
        aliases=(
            "日期", "购进日期", "采购日期", "进货日期", "入库日期", "出库日期", "开票日期", "单据日期", "业务日期", "销售时间", "发货日期",
            "库存提取日期", "库存日期", "盘点日期", "提取日期", "date", "sale date", "transaction_date",
        ),
    ),
    Column(
        "customer", "客户名称", "Customer", columns.text(200), example="荆门市一医院",
        aliases=(
            "购货单位", "购货单位名称", "客户", "购货方", "往来单位", "收货单位", "客户全称", "终端名称", "终端客户名称", "销往单位",
            "买方名称", "下游客户", "下游名称", "医院名称", "customer name", "buyer", "buyer_name",
        ),
    ),
    Column(
        "supplier", "供应商名称", "Supplier", columns.text(200), example="客维医药有限公司",
        aliases=("供货单位", "供货单位名称", "供应商", "供货方", "进货单位", "上游供应商", "supplier name", "vendor"),
    ),
    Column(
        "product", "产品名称", "Product", columns.text(160), example="阿莫西林胶囊",
        aliases=(
            "品名", "商品名称", "药品名称", "通用名", "通用名称", "货品名称", "品种", "品种名称", "物料名称", "商品名", "product name",
            "product_name", "drug_name", "item",
        ),
    ),
    Column(
        "spec", "产品规格", "Spec", columns.text(80), example="0.25g×24粒",
        aliases=("规格", "商品规格", "规格型号", "药品规格", "包装规格", "specification"),
    ),
    Column(
        "quantity", "数量(盒)", "Quantity", quantity, example=20, show=sales.show_quantity,
        aliases=(
            "数量", "销售数量", "出库数量", "采购数量", "购进数量", "进货数量", "入库数量", "库存数量", "实际库存", "库存", "件数",
            "发货数量", "开票数量", "销量", "qty",
        ),
    ),
    Column("unit", "单位", "Unit", columns.text(20), example="盒", aliases=("计量单位", "包装单位", "销售单位", "uom")),
    Column(
        "price", "单价", "Unit price", columns.money, example="12.80", show=_money,
        aliases=("含税单价", "销售单价", "采购单价", "进价", "售价", "unit price", "price"),
    ),
    Column(
        "amount", "金额", "Amount", columns.money, example="256.00", show=_money,
        aliases=("含税金额", "销售金额", "采购金额", "价税合计", "总金额", "total amount"),
    ),
    Column(
        "batch", "批号", "Batch", columns.text(60), example="20260801", aliases=("生产批号", "产品批号", "lot", "batch no"),
    ),
    Column(
        "code", "客户内码", "Customer code", columns.text(64), example="C00017",
        aliases=("客户编码", "客户编号", "客户代码", "单位编号", "buyer_dea_no", "customer code"),
        help=N_("经销商自己系统里的编码"),
    ),
    Column(
        "credit_code", "客户信用代码", "Credit code", columns.text(18), example="12420800420900001X",
        aliases=("统一社会信用代码", "社会信用代码", "信用代码", "税号", "credit code"),
    ),
    Column("licence", "许可证号", "Licence", columns.text(60), aliases=("证照号", "医疗机构登记号", "药品经营许可证号")),
    Column("province", "客户省份", "Province", columns.text(30), aliases=("省份", "省", "省区", "buyer_state")),
    Column("city", "客户城市", "City", columns.text(30), example="荆门市", aliases=("城市", "地市", "市", "buyer_city")),
    Column("county", "客户区县", "District", columns.text(30), aliases=("区县", "县区", "县", "区", "buyer_county")),
    Column("product_code", "商品内码", "Product code", columns.text(64), aliases=("商品编码", "产品编码", "货号", "物料编码", "ndc_no")),
    Column(
        "document", "单据号", "Document", columns.text(60), aliases=("单号", "订单号", "出库单号", "销售单号", "发票号", "transaction_id"),
    ),
]  # fmt: skip

# Without these a file of the kind says nothing.
REQUIRED: dict[str, tuple[str, ...]] = {
    SALES: ("day", "customer", "product", "quantity"),
    PURCHASES: ("day", "product", "quantity"),
    STOCK: ("product", "quantity"),
}
# What the other kinds of file have no use for.
LEFT_OUT: dict[str, tuple[str, ...]] = {
    SALES: ("supplier",),
    PURCHASES: ("customer", "code", "credit_code", "licence"),
    STOCK: ("customer", "supplier", "code", "credit_code", "licence", "document"),
}


def columns_of(kind: str) -> list[Column]:
    """The columns of a kind of file, those it must have marked required."""
    return [
        replace(column, required=column.name in REQUIRED[kind])
        for column in COLUMNS
        if column.name not in LEFT_OUT[kind]
    ]


def open_file(content: bytes | Path, filename: str, sheet: str = "") -> tuple[Sheet, str]:
    """The sheet of a file and the digest of its bytes. Raises BadSheet refusals."""
    raw = content.read_bytes() if isinstance(content, Path) else content
    return read_sheet(content, filename, sheet=sheet or None, limits=LIMITS), hashlib.sha256(raw).hexdigest()


def kind_of(headings: Sequence[str]) -> str:
    """Which kind a file is by its headings. Raises KindUnclear."""
    return files.guess_kind(columns.match_headings(headings, COLUMNS))


def read_file(
    content: bytes | Path,
    filename: str,
    *,
    kind: str = "",
    remembered: Mapping[str, str | None] | None = None,
    order: str = "ymd",
    sheet: str = "",
) -> Sent:
    """A file as rows, with what each heading was taken for. Raises BadSheet refusals, KindUnclear, MissingColumn,
    ColumnMappedTwice before the first row; what is wrong with single rows stands in them."""
    return _read(*open_file(content, filename, sheet), filename, kind, remembered, order)


def _read(
    table: Sheet, digest: str, filename: str, kind: str, remembered: Mapping[str, str | None] | None, order: str
) -> Sent:
    kind = kind or kind_of(table.headings)
    known = columns_of(kind)
    mapping = columns.match_headings(table.headings, known, remembered)
    return Sent(
        kind=kind,
        filename=filename[:200],
        digest=digest,
        sheet=table.name[:60],
        headings=list(table.headings),
        mapping=mapping,
        order=order,
        lines=list(_lines(table, known, mapping, order)),
    )


def read_again(file: File) -> list[RawLine]:
    """A file's rows read once more from the lake, by the layout they were read by when it was taken in."""
    rows: list[tuple[int, list[Cell]]] = [
        (number, [cell or None for cell in cells]) for number, cells in queries.numbered_rows(file)
    ]
    at = list(range(len(file.headings)))
    table = Sheet(list(file.headings), Rows(rows, 0, at, len(rows)), [column_letter(one) for one in at], 0)
    return list(_lines(table, columns_of(file.kind), file.layout.mapping, file.layout.order))


def _day_first(order: str) -> Callable[[Cell], date]:
    """Days written without signs, month or day first, as some systems write them: 06252009."""

    def read(cell: Cell) -> date:
        text = columns.plain_text(cell)
        if re.fullmatch(r"[0-9]{7,8}", text):
            text = text.zfill(8)
            cell = f"{text[:2]}/{text[2:4]}/{text[4:]}"
        return columns.day(cell, order=order)

    return read


def _lines(table: Sheet, known: list[Column], mapping: Mapping[str, str | None], order: str) -> Iterator[RawLine]:
    if order != "ymd":
        known = [replace(one, read=_day_first(order)) if one.read is columns.day else one for one in known]
    columns.check_mapping(known, mapping)
    rows: Any = list(table.rows)  # read from the file once, though looked at twice
    table = replace(table, rows=rows)
    read = columns.read_rows(table, known, mapping, order)
    for row, (number, values, problems) in zip(table.rows, read, strict=True):
        cells = {heading: columns.plain_text(cell) for heading, cell in zip(table.headings, row.cells, strict=False)}
        first = problems[0] if problems else None
        problem = (first.column, first.heading, first.why) if first else None
        yield RawLine(number, cells, values.get("quantity"), values, problem)


def read_as_learned(
    distributor: int,
    content: bytes | Path,
    filename: str,
    *,
    kind: str = "",
    mapping: Mapping[str, str | None] | None = None,
    order: str = "",
    sheet: str = "",
) -> Sent:
    """A distributor's file read by the layout learned from it, where there is one; what is given by hand goes before it.

    See read_file for what it raises.
    """
    table, digest = open_file(content, filename, sheet)
    if not kind:
        layouts_known = {one.kind: one.mapping for one in queries.layouts_of(distributor)}
        kind = files.kind_by_layout(set(table.headings), layouts_known)
    known = queries.layout_of(distributor, kind) if kind else None
    learned = known.mapping if known else {}
    order = order or (known.order if known else "ymd")
    return _read(table, digest, filename, kind, {**learned, **(mapping or {})}, order)


# What says that the columns are not known; everything else is wrong with the file itself.
UNKNOWN_LAYOUT = (KindUnclear, MissingColumn, ColumnMappedTwice)


def bring(
    distributor: Any,
    content: bytes | Path,
    filename: str,
    *,
    by: Any,
    now: datetime,
    month: date | None = None,
    mode: str = actions.AUTO,
    **layout: Any,
) -> actions.Taken:
    """Read a distributor's file by its layout and take it in, for every door alike.

    A file whose columns are not known is kept until somebody says what they are; the refusal is raised all the same.
    """
    try:
        sent = read_as_learned(distributor.pk, content, filename, **layout)
    except UNKNOWN_LAYOUT as why:
        raw = content.read_bytes() if isinstance(content, Path) else content
        actions.keep_unread(distributor=distributor, filename=filename, content=raw, why=why, by=by, now=now)
        raise
    return actions.take_in_file(distributor=distributor, sent=sent, month=month, mode=mode, by=by, now=now)


def explain(
    unread: Any,
    mapping: Mapping[str, str | None],
    *,
    kind: str,
    by: Any,
    now: datetime,
    order: str = "ymd",
    month: date | None = None,
) -> actions.Taken:
    """Take in a file that waited, now that somebody has said what its columns are; its layout is known from now on."""
    sent = read_file(bytes(unread.content), unread.filename, kind=kind, remembered=mapping, order=order)
    taken = actions.take_in_file(distributor=unread.distributor, sent=sent, month=month, by=by, now=now)
    actions.close_unread(unread=unread, file=taken.file, by=by, now=now)
    return taken


@dataclass(frozen=True)
class Preview:
    """The beginning of a file: its headings, the first cells under each as text, and what each heading may be."""

    headings: list[str]
    cells: dict[str, list[str]]
    suggested: dict[str, str | None]


SHOWN = 5


def preview(unread: Any, kind: str = "") -> Preview:
    """What a person looks at who says what the columns are. Raises BadSheet refusals."""
    table, _digest = open_file(bytes(unread.content), unread.filename)
    rows = [row.cells for row in islice(table.rows, SHOWN)]
    cells = {heading: [row[at] if at < len(row) else None for row in rows] for at, heading in enumerate(table.headings)}
    learned = {h: c for one in queries.layouts_of(unread.distributor_id) for h, c in one.mapping.items()}
    known = columns_of(kind) if kind else COLUMNS
    matched = columns.match_headings(table.headings, known, learned)
    suggested = layouts.suggest(table.headings, cells, known, matched)
    return Preview(
        list(table.headings), {h: [columns.plain_text(cell) for cell in some] for h, some in cells.items()}, suggested
    )
