"""承兑汇票: what a bill taken as payment says, and what became of it (domain 2.16; docs/algorithms/exposure.md)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from kewei.kernel.refusals import N_, Refused, refusal

# `unnamed` is a bill of which only the money was written down: it counts like a commercial one until the latest day on
# which it can fall due, so that leaving a field blank never makes room for more credit.
BILL_KINDS: dict[str, str] = {
    "bank": N_("银行承兑汇票"),
    "finance_company": N_("财务公司承兑汇票"),
    "commercial": N_("商业承兑汇票"),
    "supply_chain": N_("供应链票据"),
    "unnamed": N_("票据（未写明）"),
}
# The first digit of a bill package's number tells its kind (domain 2.16 [S32]): 8 and 7 are supply-chain bills.
_FIRST_DIGIT = {"5": "bank", "6": "commercial", "7": "supply_chain", "8": "supply_chain"}
PACKAGE_DIGITS = 30

OPEN, CLEARED, DISHONOURED, REVERSED = "open", "cleared", "dishonoured", "reversed"
STATES: dict[str, str] = {
    OPEN: N_("在手"),
    CLEARED: N_("已兑付"),
    DISHONOURED: N_("已拒付"),
    REVERSED: N_("收款已冲销"),
}


@dataclass(frozen=True, slots=True)
class BillTerms:
    """How long a bill may run from issue to maturity, and within how many days after it must be presented."""

    longest_months: int
    present_days: int
    version: str
    source: str


TERMS = BillTerms(
    longest_months=6, present_days=10, version="2026-1",
    source="domain 2.16: at most 6 months [S32]; presentation within 10 days of maturity, 票据法 53 [S18]",
)  # fmt: skip


@refusal
class UnknownBillKind(Refused):
    code = "unknown_bill_kind"
    says = N_("没有「{text}」这种票据")


@refusal
class BadBillNumber(Refused):
    code = "bad_bill_number"
    says = N_("票据号码 {text} 不是 30 位数字")
    next_step = N_("请照电子票据上的号码填写；纸质票据默认不收")


@refusal
class BillTooLong(Refused):
    code = "bill_too_long"
    says = N_("票据到期日 {due_on} 距{field} {on} 超过 {months} 个月：按规定不得接收")


@refusal
class BillDueBeforeIssue(Refused):
    code = "bill_due_before_issue"
    says = N_("票据到期日 {due_on} 早于出票日 {issued_on}")


@refusal
class BillWithoutMethod(Refused):
    code = "bill_without_method"
    says = N_("写了票据信息，收款方式却不是承兑汇票")


@refusal
class BillDecided(Refused):
    code = "bill_decided"
    says = N_("票据 {number} 已经登记过结果：{reason}")
    status = 409


@refusal
class BillClearedTooEarly(Refused):
    code = "bill_cleared_too_early"
    says = N_("票据 {number} {due_on} 才到期，不能在 {on} 登记兑付")


@dataclass(frozen=True, slots=True)
class BillGiven:
    """What is written down of a bill taken as payment."""

    kind: str
    due_on: date
    number: str = ""
    acceptor: str = ""
    issued_on: date | None = None


def kind_of_number(number: str) -> str:
    """The kind a 30-digit package number tells, '' where it tells none."""
    bare = number.strip()
    return _FIRST_DIGIT.get(bare[:1], "") if bare.isdigit() and len(bare) == PACKAGE_DIGITS else ""


def unnamed_bill(received_on: date, terms: BillTerms = TERMS) -> BillGiven:
    """A bill nobody described: it falls due as late as a bill received on that day can."""
    return BillGiven("unnamed", add_months(received_on, terms.longest_months))


def bill_given(
    method: str, received_on: date, kind: str | None, due_on: date | None, number: str | None, acceptor: str | None
) -> BillGiven | None:
    """The bill a form or a file describes in loose fields; None where the money came otherwise.

    A kind not chosen is read off the number; a due date not given is the latest there can be.
    """
    if method != "bill":
        return None
    told = kind or kind_of_number(number or "") or "unnamed"
    return BillGiven(told, due_on or unnamed_bill(received_on).due_on, number or "", acceptor or "")


def check_bill(bill: BillGiven, received_on: date, terms: BillTerms = TERMS) -> None:
    """Refuse a bill of an unknown kind, or one that runs longer than a bill may.

    Raises UnknownBillKind, BillDueBeforeIssue, BillTooLong. Where the day of issue is not known, the bill was issued at
    the latest on the day it was received.
    """
    if bill.kind not in BILL_KINDS:
        raise UnknownBillKind(text=bill.kind[:40])
    if bill.issued_on is not None and bill.due_on < bill.issued_on:
        raise BillDueBeforeIssue(due_on=bill.due_on, issued_on=bill.issued_on)
    begins = received_on if bill.issued_on is None else bill.issued_on
    if bill.due_on > add_months(begins, terms.longest_months):
        field = N_("收到之日") if bill.issued_on is None else N_("出票日")
        raise BillTooLong(due_on=bill.due_on, field=field, on=begins, months=terms.longest_months)


def check_bill_number(number: str) -> None:
    """Refuse a number no electronic bill has (domain 2.16 [S32]); none given is none to refuse. Raises BadBillNumber."""
    bare = number.strip()
    if bare and not (bare.isascii() and bare.isdigit() and len(bare) == PACKAGE_DIGITS):
        raise BadBillNumber(text=bare[:40])


def state_of(live: bool, cleared: bool | None) -> str:
    """The state of a bill: whether its receipt still stands, and what became of it (None: nothing yet)."""
    if cleared is not None:
        return CLEARED if cleared else DISHONOURED
    return OPEN if live else REVERSED


def last_to_present(due_on: date, terms: BillTerms = TERMS) -> date:
    """The last day on which a bill is presented in time."""
    return due_on + timedelta(days=terms.present_days)


def add_months(day: date, n: int) -> date:
    """The same day n months on, or the last day of that month where it has none such."""
    years, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))
