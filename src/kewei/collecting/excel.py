"""The columns of collecting's files: reasons and promises come in and go out by them; cases, disputes and clocks go out."""

from __future__ import annotations

from dataclasses import replace

from kewei.collecting.rules.disputes import STATES as DISPUTE_STATES
from kewei.collecting.rules.reasons import NAMES
from kewei.kernel import columns
from kewei.kernel.columns import Column
from kewei.kernel.money import yuan_plain
from kewei.kernel.refusals import N_
from kewei.receivables.rules.limitation import KINDS
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

CUSTOMER = Column("customer", "客户", "Customer", columns.text(120))
OPEN = Column("open", "未付余额", "Open", columns.positive_money, show=yuan_plain)

CASES: list[Column] = [
    CUSTOMER_CODE,
    CUSTOMER,
    Column("stage", "阶段", "Stage", columns.text(4)),
    Column("stage_on", "进阶日", "Stage since", columns.day),
    Column("overdue", "逾期金额", "Overdue", columns.positive_money, show=yuan_plain),
    Column("items", "逾期发票数", "Overdue invoices", columns.text(10)),
    Column("oldest_due", "最早到期日", "Earliest due", columns.day),
    Column("owner", "负责人", "Owner", columns.text(60)),
    Column("decided_by", "授信责任人", "Credit decided by", columns.text(60)),
    Column("opened_on", "立案日", "Opened", columns.day),
]

DISPUTES: list[Column] = [
    CUSTOMER_CODE,
    CUSTOMER,
    INVOICE,
    replace(REASONS[2], required=False),
    Column("amount", "争议金额", "Disputed", columns.positive_money, show=yuan_plain),
    Column("words", "争议内容", "In the customer's words", columns.text(300)),
    Column("raised_on", "提出日", "Raised", columns.day),
    Column("answer_by", "答复期", "Answer by", columns.day),
    Column("state", "状态", "State", columns.text(20), show=terminals_excel.label(DISPUTE_STATES)),
]

CLOCKS: list[Column] = [
    CUSTOMER_CODE,
    CUSTOMER,
    INVOICE,
    OPEN,
    Column("due_date", "到期日", "Due", columns.day),
    Column("last_day", "时效届满日", "Last day", columns.day, help=N_("只计有证据的；空白为程序进行中或尚未起算")),
    Column("hoped_day", "待证成立时的届满日", "Last day if all is proved", columns.day),
    Column(
        "set_by",
        "起算事件",
        "Set by",
        columns.text(20),
        show=terminals_excel.label({k: one.name for k, one in KINDS.items()}),
    ),
]
