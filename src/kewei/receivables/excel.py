"""Columns of invoices, receipts and red-letter notes: one list for template, import, export and API (law 8)."""

from kewei.kernel import columns
from kewei.kernel.columns import Column
from kewei.kernel.money import yuan_plain
from kewei.kernel.refusals import N_

# How money reaches us (domain 2.16, 3.2, 4.3): labels people type -> what is kept.
METHODS = {
    N_("银行转账"): "transfer",
    N_("承兑汇票"): "bill",
    N_("医保直接结算"): "insurance",
    N_("抵账"): "offset",
    N_("现金"): "cash",
    N_("其他"): "other",
}
_METHOD_WORDS = METHODS | {
    "转账": "transfer",
    "电汇": "transfer",
    "网银": "transfer",
    "汇款": "transfer",
    "银行承兑汇票": "bill",
    "商业承兑汇票": "bill",
    "汇票": "bill",
    "票据": "bill",
    "医保": "insurance",
    "医保支付": "insurance",
    "对冲": "offset",
    "冲抵": "offset",
    "bank transfer": "transfer",
    "wire": "transfer",
}

# Kinds of bill (domain 2.16).
BILLS = {
    N_("银行承兑汇票"): "bank",
    N_("财务公司承兑汇票"): "finance_company",
    N_("商业承兑汇票"): "commercial",
    N_("供应链票据"): "supply_chain",
}
_BILL_WORDS = BILLS | {"银承": "bank", "财票": "finance_company", "商承": "commercial", "bank bill": "bank"}

# Kinds of e-invoice (domain 4.9).
INVOICE_TYPES = {N_("专用发票"): "special", N_("普通发票"): "ordinary"}
_TYPE_WORDS = INVOICE_TYPES | {
    "专票": "special",
    "普票": "ordinary",
    "增值税专用发票": "special",
    "增值税普通发票": "ordinary",
    "数电专票": "special",
    "数电普票": "ordinary",
    "电子发票（增值税专用发票）": "special",
    "电子发票（普通发票）": "ordinary",
}


def _one_of(words: dict[str, str], labels: dict[str, str]) -> columns.Reader:
    """A choice that understands many words, but names only the proper labels where it refuses."""
    understood, proper = columns.choice(words), columns.choice(labels)

    def read(cell: columns.Cell) -> str:
        try:
            return understood(cell)
        except columns.NotAChoice:
            return proper(cell)

    return read


def _label_of(labels: dict[str, str]):
    words = {value: label for label, value in labels.items()}
    return lambda value: words.get(value, value)


def _day(value) -> str:
    return value.isoformat()


def _numbers(values) -> str:
    return ";".join(values)


CUSTOMER_CODE = Column(
    "customer_code",
    "客户编码",
    "Customer code",
    columns.code,
    example="T0001",
    required=True,
    aliases=("客户代码", "客户编号", "客户号", "往来单位编码", "购方编码", "customer", "customer id", "customer no"),
    help=N_("先导入客户；这里写客户档案里的编码"),
)

INVOICES = (
    Column(
        "invoice_no",
        "发票号",
        "Invoice number",
        columns.code,
        example="26422000000012345678",
        required=True,
        aliases=("发票号码", "数电发票号码", "数电票号码", "单据号", "invoice", "invoice number", "invoice no."),
        help=N_("数电发票 20 位号码；单元格请设成文本，免得表格软件改掉后几位"),
    ),
    CUSTOMER_CODE,
    Column(
        "invoice_date",
        "开票日",
        "Invoice date",
        columns.day,
        example="2026-10-08",
        required=True,
        aliases=("开票日期", "发票日期", "单据日期", "date"),
        show=_day,
        help=N_("如 2026-10-08、2026/10/8、2026年10月8日"),
    ),
    Column(
        "due_date",
        "到期日",
        "Due date",
        columns.day,
        example="2027-01-06",
        aliases=("到期日期", "应收日期", "付款到期日", "due"),
        show=_day,
        help=N_("可留空：按客户的结算账期从开票日起算；客户没有账期时必填"),
    ),
    Column(
        "amount",
        "价税合计",
        "Amount with tax",
        columns.positive_money,
        example="11300.00",
        required=True,
        aliases=("价税合计(元)", "价税合计金额", "金额", "发票金额", "含税金额", "应收金额", "total", "invoice amount"),
        show=yuan_plain,
        help=N_("含税，大于零；红字发票请用红字模板"),
    ),
    Column(
        "invoice_type",
        "发票类型",
        "Invoice type",
        _one_of(_TYPE_WORDS, INVOICE_TYPES),
        example="专用发票",
        aliases=("票种", "发票种类"),
        show=_label_of(INVOICE_TYPES),
    ),
    Column(
        "tax",
        "税额",
        "Tax",
        columns.money_or_nought,
        example="1300.00",
        aliases=("合计税额", "vat"),
        show=yuan_plain,
    ),
    Column(
        "net",
        "不含税金额",
        "Amount without tax",
        columns.money_or_nought,
        example="10000.00",
        aliases=("未税金额", "合计金额(不含税)"),
        show=yuan_plain,
    ),
    Column("contract", "合同号", "Contract", columns.text(80), example="HT-2026-031", aliases=("合同编号",)),
    Column("order", "订单号", "Order", columns.text(80), example="DD-20261001", aliases=("销售订单号", "订单编号")),
    Column("memo", "备注", "Memo", columns.text(300), aliases=("摘要", "说明", "remark", "note")),
)

RECEIPTS = (
    Column(
        "receipt_no",
        "收款单号",
        "Receipt number",
        columns.code,
        example="SK-20261120-01",
        required=True,
        aliases=("收款编号", "收款单编号", "流水号", "银行流水号", "单据号", "receipt"),
    ),
    CUSTOMER_CODE,
    Column(
        "received_on",
        "收款日",
        "Received on",
        columns.day,
        example="2026-11-20",
        required=True,
        aliases=("收款日期", "到账日期", "入账日期", "交易日期", "单据日期", "date"),
        show=_day,
    ),
    Column(
        "amount",
        "金额",
        "Amount",
        columns.positive_money,
        example="11300.00",
        required=True,
        aliases=("收款金额", "到账金额", "金额(元)", "total"),
        show=yuan_plain,
    ),
    Column(
        "method",
        "方式",
        "Method",
        _one_of(_METHOD_WORDS, METHODS),
        example="银行转账",
        aliases=("收款方式", "结算方式", "付款方式"),
        show=_label_of(METHODS),
        help=N_("银行转账、承兑汇票、医保直接结算、抵账、现金、其他；留空为银行转账"),
    ),
    Column(
        "invoice_no",
        "核销发票号",
        "Invoices settled",
        columns.many(),
        example="26422000000012345678",
        aliases=("发票号", "核销发票", "对应发票号", "invoice numbers"),
        show=_numbers,
        help=N_("可留空，以后再核销；几张发票用分号 ; 隔开，按所写次序核销"),
    ),
    Column("payer", "付款方", "Payer", columns.text(120), aliases=("付款人", "付款单位", "对方户名")),
    Column(
        "bill_kind",
        "票据种类",
        "Kind of bill",
        _one_of(_BILL_WORDS, BILLS),
        aliases=("汇票种类", "承兑类型"),
        show=_label_of(BILLS),
        help=N_("方式为承兑汇票时填写；未写明的票据在最晚到期日之前一直占用额度"),
    ),
    Column("bill_no", "票据号码", "Bill number", columns.text(40), aliases=("票号", "汇票号码", "票据包号")),
    Column("bill_due", "票据到期日", "Bill due date", columns.day, aliases=("汇票到期日", "票据到期"), show=_day),
    Column("acceptor", "承兑人", "Acceptor", columns.text(120), aliases=("承兑行", "付款行")),
    Column("memo", "备注", "Memo", columns.text(300), aliases=("摘要", "附言", "用途", "remark", "note")),
)

RED_LETTERS = (
    Column(
        "red_letter_no",
        "红字发票号",
        "Red-letter number",
        columns.code,
        example="26422000000087654321",
        required=True,
        aliases=("红字发票号码", "发票号", "发票号码", "单据号", "credit note"),
    ),
    CUSTOMER_CODE,
    Column(
        "issued_on",
        "开票日",
        "Issued on",
        columns.day,
        example="2026-11-12",
        required=True,
        aliases=("开票日期", "红字日期", "单据日期", "date"),
        show=_day,
    ),
    Column(
        "amount",
        "金额",
        "Amount",
        columns.money,
        example="-2260.00",
        required=True,
        aliases=("价税合计", "红字金额", "金额(元)", "total"),
        show=yuan_plain,
        help=N_("写正数或负数都可以，一律冲减"),
    ),
    Column(
        "original_no",
        "原发票号",
        "Original invoice",
        columns.code,
        example="26422000000012345678",
        aliases=("蓝字发票号", "原蓝票号", "对应发票号"),
        help=N_("可留空：红字作为客户的贷项，以后再核销"),
    ),
    Column("reason", "原因", "Reason", columns.text(200), example="退货", aliases=("红冲原因", "开具原因", "说明")),
)
