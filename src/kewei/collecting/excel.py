"""The columns of files of reasons and of promises: template, import and export share them."""

from __future__ import annotations

from dataclasses import replace

from kewei.collecting.rules.reasons import NAMES
from kewei.kernel import columns
from kewei.kernel.columns import Column
from kewei.kernel.money import yuan_plain
from kewei.kernel.refusals import N_
from kewei.terminals import excel as terminals_excel

CUSTOMER_CODE = replace(terminals_excel.CUSTOMER_CODE, name="customer_code")
INVOICE = Column(
    "invoice", "发票号", "Invoice number", columns.code, example="26420000001234567890", required=True,
    aliases=("发票号码", "单据号", "发票", "invoice"),
)  # fmt: skip

REASONS: list[Column] = [
    CUSTOMER_CODE,
    INVOICE,
    Column(
        "code", "逾期原因", "Reason", terminals_excel.word(NAMES), example="E2", required=True,
        aliases=("原因码", "原因", "原因代码"), help=N_("原因码或原因的名称"),
    ),
    Column(
        "due_on", "处理期限", "Due on", columns.day, example="2026-12-15", aliases=("期限", "应办日期"),
        help=N_("留空按原因的时限推算"),
    ),
    Column("note", "备注", "Note", columns.text(200), aliases=("说明",)),
]  # fmt: skip

PROMISES: list[Column] = [
    CUSTOMER_CODE,
    INVOICE,
    Column(
        "amount", "承诺金额", "Amount", columns.positive_money, example="50000.00", required=True,
        aliases=("金额", "承诺付款金额"), show=yuan_plain,
    ),
    Column(
        "due_on", "承诺付款日", "Promised for", columns.day, example="2026-12-31", required=True,
        aliases=("付款日", "承诺日期", "预计付款日"), help=N_("同一张发票有几行的，是一个承诺的几期"),
    ),
    Column(
        "promiser", "承诺人", "Promised by", columns.text(60), example="刘会计", required=True, aliases=("对方承诺人",)
    ),
    Column("job", "职务", "Job", columns.text(60), example="财务主管"),
    Column(
        "made_on", "承诺作出日", "Promised on", columns.day, example="2026-11-23", aliases=("登记日", "作出日"),
        help=N_("留空为今天"),
    ),
    Column("note", "备注", "Note", columns.text(200), aliases=("说明",)),
]  # fmt: skip
