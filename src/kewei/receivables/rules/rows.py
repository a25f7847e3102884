"""Plain rows that travel between doors, queries and actions of receivables, and the refusals of keeping a ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from kewei.kernel.refusals import N_, BadValue, Refused, refusal
from kewei.receivables.rules.ageing import Buckets
from kewei.receivables.rules.bills import BillGiven
from kewei.receivables.rules.kpis import Definition
from kewei.receivables.rules.matching import Proposal

# How money comes in (domain 2.16, 4.3, 4.9).
PAYMENT_METHODS: dict[str, str] = {
    "transfer": N_("银行转账"),
    "bill": N_("承兑汇票"),
    "insurance": N_("医保直接结算"),
    "offset": N_("抵账"),
    "cash": N_("现金"),
    "other": N_("其他"),
}

# What a document is, as screens name it.
KINDS: dict[str, str] = {
    "invoice": N_("发票"),
    "red_letter": N_("红字发票"),
    "receipt": N_("收款"),
    "write_off": N_("账务核销"),
    "reversal": N_("冲销"),
}

# How a receipt may be spread when it is booked, and the allocation method behind each word.
HOW: dict[str, str] = {
    "named": "by_number",
    "exact": "exact_sum",
    "subset": "subset_sum",
    "oldest": "oldest_first",
}


class InvoiceRow(NamedTuple):
    """An invoice to import; fen."""

    terminal_id: int
    number: str
    on: date
    due_date: date
    total_fen: int
    fields: Mapping[str, Any] | None = None


class RedLetterRow(NamedTuple):
    """A red-letter note to import, positive fen; `original` is the number of the invoice it corrects, where known."""

    terminal_id: int
    number: str
    on: date
    total_fen: int
    original: str | None = None
    reason: str = ""
    fields: Mapping[str, Any] | None = None


class ReceiptRow(NamedTuple):
    """A receipt to import, fen; `invoices` are settled in the order named, the rest stays unapplied."""

    terminal_id: int
    number: str
    on: date
    total_fen: int
    method: str = "transfer"
    invoices: tuple[str, ...] = ()
    payer_name: str = ""
    memo: str = ""
    fields: Mapping[str, Any] | None = None
    bill: BillGiven | None = None


def earliest_day(asked: date, *others: date | None) -> date:
    """The first day, from `asked` on, on which an allocation may count.

    `others` are the documents' own days and the days on which a reversed allocation last gave money back to either:
    from the latest of them on, what is open on both only ever falls, so that today's open amounts suffice for every
    later day.
    """
    return max(day for day in (asked, *others) if day is not None)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import made: the posting, how many documents of how much, and how much of it was allocated; fen."""

    posting_id: int
    count: int
    total_fen: int
    allocated_fen: int = 0


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A document as an import's dry run and a search see it; `live` is False once it is reversed."""

    entry_id: int
    kind: str
    number: str
    terminal_id: int
    on: date
    total_fen: int
    open_fen: int
    due_date: date | None = None
    live: bool = True
    terminal_name: str = ""

    @property
    def pk(self) -> int:
        """The entry's key, as pages link to it."""
        return self.entry_id


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A line of the list of open items; fen, days. `days_left` is to limitation, None for what does not lapse."""

    entry_id: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    kind: str
    side: int
    number: str
    on: date
    due_date: date | None
    total_fen: int
    open_fen: int
    overdue_days: int
    age_days: int
    bucket: int | None
    days_left: int | None


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """An allocation as a document's page lists it; `live` is False once it is reversed and for the reversal itself."""

    allocation_id: int
    posting_id: int
    other_id: int
    other_kind: str
    other_number: str
    fen: int
    on: date
    live: bool


@dataclass(frozen=True, slots=True)
class EntryCard:
    """Everything one document's page shows; fen. `pk` is what the actions take."""

    pk: int
    posting_id: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    kind: str
    side: int
    number: str
    on: date
    due_date: date | None
    total_fen: int
    open_fen: int
    live: bool
    overdue_days: int
    days_left: int | None
    method: str
    payer_name: str
    payer_id: int | None
    reference: str
    memo: str
    reason: str
    original_id: int | None
    original_number: str
    reverses_id: int | None
    reversed_by_id: int | None
    posted_by: str
    posted_at: Any
    fields: Mapping[str, Any] = field(default_factory=dict)
    allocations: tuple[AllocationRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """A customer's figures in lists and on its card; fen. `balance_fen` is owed less unapplied."""

    balance_fen: int = 0
    overdue_fen: int = 0
    open_count: int = 0
    oldest_due: date | None = None
    unapplied_fen: int = 0


@dataclass(frozen=True, slots=True)
class AgeingRow:
    """A group's line in the ageing table.

    Fen. `bucket_fen` holds what is owed, `credit_fen` (≤ 0) what is not netted into it.
    """

    key: int | str | None
    label: str
    code: str
    bucket_fen: tuple[int, ...]
    credit_fen: int
    overdue_fen: int
    items: int
    oldest_due: date | None
    days_left: int | None

    @property
    def owed_fen(self) -> int:
        """The sum of the buckets."""
        return sum(self.bucket_fen)

    @property
    def balance_fen(self) -> int:
        """Owed less credits."""
        return self.owed_fen + self.credit_fen


@dataclass(frozen=True, slots=True)
class AgeingTable:
    """应收账款账龄分析表 on one day (domain 2.10). `rows` is lazy: take slices of it.

    `control_fen` is the sum of documents, computed without allocations: Σ buckets − unapplied must equal it, and does.
    """

    as_of: date
    by: str
    axis: str
    buckets: Buckets
    rows: Sequence[AgeingRow]
    totals: AgeingRow
    control_fen: int
    unapplied_fen: int


@dataclass(frozen=True, slots=True)
class KpiFigure:
    """A figure with its definition, its exact value (days, a fraction of 1, or fen) and the numbers it is made of."""

    definition: Definition
    value: Fraction | None
    numbers: Mapping[str, int]

    @property
    def code(self) -> str:
        """The definition's code."""
        return self.definition.code


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A line of the unmatched queue: money not yet applied, since when, and what the bank said; fen."""

    entry_id: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    kind: str
    number: str
    on: date
    total_fen: int
    open_fen: int
    method: str
    payer_name: str
    reference: str
    memo: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposal for a receipt, with what a page needs to show and a press needs to send."""

    proposal: Proposal
    terminal_id: int
    shares: tuple[tuple[int, str, int], ...]  # (debit entry, its number, fen)
    applies: bool  # whether a press can apply it: money of the customer's own account


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the ledger that is not as it must be: a stable code, what it is about, and its numbers."""

    code: str
    about: str
    numbers: Mapping[str, Any]


FINDINGS: dict[str, str] = {
    "open_amount": N_("未清金额与核销不符"),
    "item_missing": N_("单据没有未清项"),
    "item_extra": N_("未清项没有单据"),
    "item_differs": N_("未清项与单据不一致"),
    "allocated_too_much": N_("核销超过单据金额"),
    "customers_differ": N_("核销跨客户"),
    "sides_differ": N_("核销两端方向不对"),
    "day_too_early": N_("核销日早于单据日"),
    "negative_day": N_("某一天的未清金额为负或超过总额"),
    "reversal_differs": N_("冲销与原单据不符"),
    "write_off_open": N_("账务核销没有核到发票上"),
    "control_total": N_("客户余额与控制合计不符"),
    "posting_changed": N_("凭证的行与日志的摘要不符"),
    "posting_unvouched": N_("凭证没有对应的日志"),
    "posting_missing": N_("日志所述凭证不存在"),
    "row_without_posting": N_("行没有凭证"),
    "chain": N_("日志链断裂"),
    "bill_missing": N_("以票据收款却没有票据"),
    "bill_differs": N_("票据与收款不一致"),
    "trigger_missing": N_("数据库的禁改触发器缺失"),
}


# How long the words of a document may be; the database keeps no longer ones.
LONGEST = {"reason": 200, "payer_name": 120, "reference": 120, "memo": 300}
WORDS = {"reason": N_("原因"), "payer_name": N_("付款人"), "reference": N_("流水号"), "memo": N_("附言")}
TOO_LONG, UNREADABLE = N_("太长"), N_("含有不可见的控制字符")


def check_words(**words: str) -> None:
    """Refuse words longer than LONGEST or with signs no database keeps. Raises BadValue(field, value, reason)."""
    for name, text in words.items():
        if len(text) > LONGEST[name]:
            raise BadValue(field=WORDS[name], value=text[:40], reason=TOO_LONG)
        if "\0" in text:
            raise BadValue(field=WORDS[name], value=text.replace("\0", "␀")[:40], reason=UNREADABLE)


@refusal
class DocumentExists(Refused):
    code = "document_exists"
    says = N_("单据号已经存在：{document_numbers}。")
    next_step = N_("若要更正，请先冲销原单据。")
    status = 409


@refusal
class OtherCustomer(Refused):
    code = "other_customer"
    says = N_("{number} 属于另一客户，不能互相核销。")


@refusal
class NotACredit(Refused):
    code = "not_a_credit"
    says = N_("{number} 不是收款或红字发票，不能用来核销。")


@refusal
class NotADebit(Refused):
    code = "not_a_debit"
    says = N_("{number} 不是应收款项，不能被核销。")


@refusal
class ReversalIsFinal(Refused):
    code = "reversal_is_final"
    says = N_("{number} 本身就是冲销，不能再冲销；请重新登记原单据。")


@refusal
class UnknownMethod(Refused):
    code = "unknown_method"
    says = N_("没有「{method}」这种方式。")


@refusal
class ReasonMissing(Refused):
    code = "reason_missing"
    says = N_("请写明原因。")


@refusal
class UnknownOriginal(Refused):
    code = "unknown_original"
    says = N_("该客户没有可冲红的发票：{invoice_numbers}。")


@refusal
class RowRefused(Refused):
    """What stands in the way of one row of an import, with its place among the rows given (from 1)."""

    code = "row_refused"
    says = N_("第 {row} 行：{why}")


@refusal
class BookNotAsOf(Refused):
    code = "as_of_out_of_range"
    says = N_("日期 {on} 不在 {first} 至 {last} 之间。")
