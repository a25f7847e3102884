"""The columns of a file of sale lines."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from kewei.kernel import columns
from kewei.kernel.columns import Column
from kewei.kernel.money import yuan_plain
from kewei.kernel.refusals import N_
from kewei.kernel.sheets import Cell
from kewei.sales import rules

NOT_A_NUMBER, TOO_FINE, TOO_LARGE = N_("不是数字"), N_("小数超过三位"), N_("数量过大")
IS_NOUGHT = N_("数量不能为零")


def quantity(cell: Cell) -> int:
    """A quantity with at most three decimals, negative for returns, in thousandths of the unit. Raises BadQuantity."""
    text = columns.plain_text(cell).replace(",", "").replace("，", "")
    try:
        number = Decimal(format(cell, ".15g") if isinstance(cell, float) else text)
    except InvalidOperation:
        raise rules.BadQuantity(text=text[:40], reason=NOT_A_NUMBER) from None
    if not number.is_finite():
        raise rules.BadQuantity(text=text[:40], reason=NOT_A_NUMBER)
    if abs(number) * rules.MILLI > rules.MAX_QUANTITY_MILLI:
        raise rules.BadQuantity(text=text[:40], reason=TOO_LARGE)
    milli = number * rules.MILLI
    if milli != milli.to_integral_value():
        raise rules.BadQuantity(text=text[:40], reason=TOO_FINE)
    if not milli:
        raise rules.BadQuantity(text=text[:40], reason=IS_NOUGHT)
    return int(milli)


def show_quantity(milli: int) -> str:
    """Thousandths of a unit as a plain number: 12500 -> 12.5."""
    text = format(Decimal(milli) / rules.MILLI, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _money(fen: int | None) -> str:
    return "" if fen is None else yuan_plain(fen)


COLUMNS: list[Column] = [
    Column(
        "customer_code", "终端编码", "Customer code", columns.code, example="T0001", required=True,
        aliases=("客户编码", "客户编号", "客户代码", "终端代码", "customer"),
    ),
    Column(
        "product_code", "产品编码", "Product code", columns.code, example="P0001",
        aliases=("商品编码", "货号", "产品编号", "物料编码", "sku", "StockCode"),
    ),
    Column(
        "product_text", "产品名称", "Product", columns.text(160), example="阿莫西林胶囊 0.25g×24粒",
        aliases=("药品名称", "品名", "商品名称", "通用名", "product_name", "product name", "Description"),
        help=N_("产品编码不在目录中时照此保留"),
    ),
    Column(
        "day", "日期", "Day", columns.day, example="2026-10-15", required=True,
        aliases=("销售日期", "出库日期", "开单日期", "单据日期", "date", "InvoiceDate"),
    ),
    Column(
        "quantity", "数量", "Quantity", quantity, example=20, required=True,
        aliases=("数量(盒)", "销售数量", "出库数量", "qty"), show=show_quantity, help=N_("退货为负数"),
    ),
    Column(
        "unit_price", "单价", "Unit price", columns.money, example="12.80", aliases=("含税单价", "销售单价", "price"),
        show=_money,
    ),
    Column(
        "amount", "金额", "Amount", columns.money, example="256.00",
        aliases=("含税金额", "销售金额", "价税合计", "total"),
        show=_money, help=N_("金额和单价至少填一项"),
    ),
    Column(
        "document", "单据号", "Document", columns.text(60), example="XS-20261015-001",
        aliases=("单号", "出库单号", "销售单号", "发票号", "订单号", "Invoice", "InvoiceNo"),
    ),
]  # fmt: skip
