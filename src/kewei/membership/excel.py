"""The columns of files of benefits, of adjusted points and of stock: template, import and export share them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kewei.kernel import columns
from kewei.kernel.columns import Column, NotAChoice
from kewei.kernel.money import yuan_plain
from kewei.kernel.refusals import N_
from kewei.membership.rules.conduct import CHANNELS, EVIDENCE, FORBIDDEN, KINDS
from kewei.membership.rules.usage import MOST_UNITS
from kewei.terminals import excel as terminals_excel

CUSTOMER_CODE = replace(terminals_excel.CUSTOMER_CODE, name="customer_code")
PROGRAMME = Column(
    "programme", "计划编码", "Programme", columns.code, example="LS26", required=True, aliases=("会员计划", "计划")
)
# What nobody may have is read too, so that the table of conduct refuses it by its name and not as a spelling mistake.
ANY_KIND = KINDS | FORBIDDEN


def whole(most: int) -> Any:
    """A reader of whole numbers of either sign."""

    def read(cell: Any) -> int:
        text = columns.plain_text(cell).replace(",", "").replace("，", "")
        number = int(text) if text.lstrip("-").isdecimal() and len(text) < 16 else None
        if number is None or abs(number) > most:
            raise NotAChoice(text=text[:40], allowed=[f"-{most}", f"{most}"])
        return number

    return read


def several(words: dict[str, str]) -> Any:
    """A reader of words of a table, separated by 、 or commas."""
    one = terminals_excel.word(words)

    def read(cell: Any) -> tuple[str, ...]:
        text = columns.plain_text(cell)
        for sign in ",，;；":
            text = text.replace(sign, "、")
        return tuple(one(part.strip()) for part in text.split("、") if part.strip())

    return read


YES_NO: dict[str, str] = {"yes": N_("是"), "no": N_("否")}


def yes(cell: Any) -> bool:
    """A yes or a no."""
    return terminals_excel.word(YES_NO)(cell) == "yes"


def units(cell: Any) -> int:
    """Whole units, nought or more. Raises NotAChoice."""
    number = whole(MOST_UNITS)(cell)
    if number < 0:
        raise NotAChoice(text=columns.plain_text(cell)[:40], allowed=["0", f"{MOST_UNITS}"])
    return int(number)


STOCK: list[Column] = [
    CUSTOMER_CODE,
    Column(
        "product_code",
        "产品编码",
        "Product code",
        columns.code,
        example="P0001",
        required=True,
        aliases=("商品编码", "货号"),
    ),
    Column(
        "on", "盘点日期", "Counted on", columns.day, example="2026-11-20", required=True, aliases=("日期", "库存日期")
    ),
    Column("units", "库存数量", "Stock", units, example=120, required=True, aliases=("数量", "库存")),
    Column("near_units", "近效期数量", "Near expiry", units, example=10, aliases=("近效期",)),
    Column("near_on", "近效期到期日", "Expires on", columns.day, example="2027-03-31", aliases=("有效期至",)),
    Column("batch", "批号", "Batch", columns.text(40), example="A2601"),
]
POINTS: list[Column] = [
    CUSTOMER_CODE,
    PROGRAMME,
    Column("points", "积分", "Points", whole(10**9), example=200, required=True, help=N_("扣回写负数")),
    Column("why", "原因", "Reason", columns.text(200), example="补记九月活动", required=True, aliases=("说明", "备注")),
]
BENEFITS: list[Column] = [
    CUSTOMER_CODE,
    PROGRAMME,
    Column(
        "kind", "权益种类", "Kind", terminals_excel.word(ANY_KIND), example="增值服务", required=True, aliases=("种类",),
        show=terminals_excel.label(ANY_KIND),
    ),
    Column("words", "内容", "Content", columns.text(300), example="近效期盘点与调换", required=True),
    Column("ground", "法律依据", "Legal ground", columns.text(300), example="服务协议第三条", required=True, aliases=("依据",)),
    Column("fen", "金额", "Amount", columns.money_or_nought, example="0.00", show=yuan_plain),
    Column(
        "channel", "给付方式", "Way", terminals_excel.word(CHANNELS), example="服务或实物", aliases=("方式",),
        show=terminals_excel.label(CHANNELS), help=N_("价格优惠只能是发票行折扣或红字发票；留空为服务或实物"),
    ),
    Column(
        "recipient", "受益人", "Recipient", columns.text(120), aliases=("收款人", "受益者"),
        help=N_("只能是会员机构本身，可留空；写别人的整行拦下"),
    ),
    Column("tied", "与采购挂钩", "Tied to orders", yes, example="否", show=lambda tied: "是" if tied else "否"),
    Column("near_tender", "临近招标", "Near a tender", yes, example="否", show=lambda near: "是" if near else "否"),
    Column(
        "evidence", "证据", "Evidence", several(EVIDENCE), example="业务目的",
        show=lambda rows: "、".join(EVIDENCE[one] for one in rows), help=N_("用顿号分开"),
    ),
]  # fmt: skip
