"""The columns of files of orders and of prices: template, import, export, API and command line share them."""

from __future__ import annotations

from dataclasses import replace

from kewei.kernel import columns
from kewei.kernel.columns import Column
from kewei.kernel.money import yuan_plain
from kewei.kernel.refusals import N_
from kewei.orders.rules.gate import PAYMENTS
from kewei.sales.excel import quantity, show_quantity
from kewei.terminals import excel as terminals_excel
from kewei.terminals import rules as terminal_rules

CUSTOMER_CODE = replace(terminals_excel.CUSTOMER_CODE, name="customer_code")
PRODUCT_CODE = Column(
    "product_code", "产品编码", "Product code", columns.code, example="P0001", required=True,
    aliases=("商品编码", "货号", "产品编号", "物料编码", "药品编码", "sku"),
)  # fmt: skip

ORDERS: list[Column] = [
    CUSTOMER_CODE,
    Column(
        "customer_ref", "客户单号", "Customer reference", columns.code, example="CG20261101",
        aliases=("采购单号", "客户订单号", "订单号", "采购订单号", "order no", "po", "po number"),
        help=N_("同一客户、同一单号的行是一张订单；留空的，一个客户的行合成一张"),
    ),
    PRODUCT_CODE,
    Column(
        "quantity", "数量", "Quantity", quantity, example=20, required=True, aliases=("订货数量", "采购数量", "qty"),
        show=show_quantity,
    ),
    Column(
        "price", "含税单价", "Price with VAT", columns.money_or_nought, example="12.80", aliases=("单价", "价格"),
        show=yuan_plain, help=N_("留空按价格本；价格本没有的按挂网价"),
    ),
    Column(
        "payment", "付款方式", "Payment", terminals_excel.word(PAYMENTS), example="赊销",
        show=terminals_excel.label(PAYMENTS), help=N_("赊销、预付、现款；留空为赊销"),
    ),
    Column(
        "wanted_on", "要货日", "Wanted on", columns.day, example="2026-12-01",
        aliases=("要货日期", "期望到货日", "交货日期"),
    ),
    Column("note", "备注", "Note", columns.text(300), aliases=("订单备注",)),
    Column("line_note", "行备注", "Line note", columns.text(120)),
]  # fmt: skip

PRICES: list[Column] = [
    PRODUCT_CODE,
    Column(
        "price", "含税单价", "Price with VAT", columns.money_or_nought, example="12.80", required=True,
        aliases=("单价", "价格", "供货价"), show=yuan_plain,
    ),
    Column(
        "floor", "底价", "Floor", columns.money_or_nought, example="11.50", aliases=("最低价", "最低售价"), show=yuan_plain,
        help=N_("低于底价的订单要有权人批准"),
    ),
    Column(
        "since", "起始日", "Since", columns.day, example="2026-12-01", required=True,
        aliases=("生效日", "执行日期", "生效日期"),
    ),
    Column("until", "截止日", "Until", columns.day, example="2027-11-30", aliases=("失效日", "终止日期")),
    Column(
        "customer_kind", "终端类型", "Kind", terminals_excel.kind, example="公立医院",
        aliases=("客户类型", "机构类型", "适用类型"), show=terminals_excel.label(terminal_rules.KINDS),
        help=N_("只给这一类客户；两样都留空为所有客户"),
    ),
    replace(CUSTOMER_CODE, required=False, example="", help=N_("只给这一家客户；与终端类型不能同时写")),
    Column("source", "依据", "Source", columns.text(120), example="2026 年集采中选价", aliases=("价格依据", "来源")),
]  # fmt: skip
