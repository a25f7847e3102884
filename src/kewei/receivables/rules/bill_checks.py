"""票据检查: what is looked at before a bill is taken, and what stops it (domain 2.16, 4.11; docs/algorithms/bill_check.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel.refusals import N_, Refused, refusal
from kewei.receivables.rules.bills import BILL_KINDS, TERMS, BillTerms, add_months, kind_of_number

BLOCK, WARN, RECORD = "block", "warn", "record"
LEVELS: dict[str, str] = {BLOCK: N_("不得接收"), WARN: N_("须留意"), RECORD: N_("记录")}
FINE = "pass"
OUTCOMES: dict[str, str] = {**LEVELS, FINE: N_("检查通过")}

# What is written on the back of a bill that limits who may hold it (票据法 27, 34, 35).
RESTRICTIONS: dict[str, str] = {
    "none": N_("没有"),
    "non_transferable": N_("不得转让"),
    "pledge": N_("质押"),
    "collection": N_("委托收款"),
}

# Each check: its level, the sentence where it fails, its source. The table of domain 2.16.
CHECKS: dict[str, tuple[str, str, str]] = {
    "paper": (BLOCK, N_("纸质票据：默认不收"), "2.16 [INF]"),
    "number": (BLOCK, N_("票据号码应为 30 位数字"), "2.16 [S32]"),
    "range": (BLOCK, N_("子票区间应为 0（不可分包），或按 0.01 元编号的起止号"), "2.16 [S32]"),
    "range_sum": (BLOCK, N_("子票区间合 {range_fen} 元，票面 {bill_fen} 元，对不上"), "2.16 [S32]"),
    "acceptor_listed": (BLOCK, N_("承兑人在持续逾期名单上"), "2.16"),
    "acceptor_name": (BLOCK, N_("承兑人与披露平台登记的名称不完全一致"), "2.16"),
    "term": (BLOCK, N_("出票日 {issued_on} 到到期日 {due_on} 超过 {months} 个月"), "2.16 [S32]"),
    "altered": (BLOCK, N_("必备记载不全，或金额、日期、收款人有更改：票据无效"), "票据法 9、22"),
    "broken_chain": (BLOCK, N_("背书不连续"), "票据法 31"),
    "non_transferable": (BLOCK, N_("记有「不得转让」"), "票据法 27、34"),
    "refused": (BLOCK, N_("已被拒付或已过提示付款期：不得再背书转让"), "票据法 36"),
    "pledge": (WARN, N_("记有质押背书：先解除质押"), "票据法 35"),
    "collection": (WARN, N_("记有委托收款背书：被背书人不得再转让"), "票据法 35"),
    "third_party": (WARN, N_("直接前手不是付款客户，且没有代付证明"), "2.16"),
    "paid_by_another": (RECORD, N_("直接前手不是付款客户，代付证明：{evidence}"), "2.16"),
    "kind_differs": (WARN, N_("号码首位说明是{kind}，登记的是另一种"), "2.16 [S32]"),
    "commercial": (WARN, N_("商业承兑：到兑付前一直占用额度"), "4.11"),
    "not_searched": (WARN, N_("没有查询披露平台"), "2.16"),
    "not_linked": (WARN, N_("发票号 {invoice} 不在这家客户名下"), "票据法 10"),
    "discount": (RECORD, N_("贴现成本 {discount_fen} 元，计入本单毛利"), "2.16"),
    "present": (RECORD, N_("{present_by} 前提示付款"), "票据法 53"),
}


@refusal
class BillCheckNeedsTrade(Refused):
    code = "bill_check_needs_trade"
    says = N_("请写明合同号和发票号：票据须有真实交易（票据法 10）")


@refusal
class BillBlocked(Refused):
    code = "bill_blocked"
    says = N_("这张票据不得接收：{failed}")
    next_step = N_("请退还票据，改用转账或其他票据付款")


# What stops a bill, as the sentence of its check.
_FAILED: dict[str, type[Refused]] = {
    code: type(f"Bill_{code}", (Refused,), {"code": f"bill_{code}", "says": words})
    for code, (level, words, _source) in CHECKS.items()
    if level == BLOCK
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was seen of a bill. `sub_range` is "0" or "from-to" in units of 0.01 yuan; money in fen."""

    kind: str
    number: str
    sub_range: str
    acceptor: str
    issued_on: date | None
    due_on: date
    acceptor_exact: bool
    acceptor_listed: bool
    searched_on: date | None
    complete: bool
    chain_unbroken: bool
    restriction: str
    before_us_pays: bool
    paid_by_another: str
    contract: str
    invoice: str
    refused: bool
    paper: bool
    discount_fen: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, with its numbers."""

    level: str
    code: str
    numbers: dict[str, Any]


def look_at(
    sheet: Sheet, *, fen: int, received_on: date, invoice_known: bool, present_by: date, terms: BillTerms = TERMS
) -> list[Finding]:
    """Everything the sheet says about a bill, what stops it first. Raises BillCheckNeedsTrade."""
    if not sheet.contract.strip() or not sheet.invoice.strip():
        raise BillCheckNeedsTrade
    found = [
        Finding(CHECKS[code][0], code, numbers)
        for code, numbers in _found(sheet, fen, received_on, invoice_known, terms)
    ]
    found.append(Finding(RECORD, "present", {"present_by": present_by}))
    order = list(LEVELS)
    return sorted(found, key=lambda one: order.index(one.level))


def outcome(found: list[Finding]) -> str:
    """The gravest of what was found; what is only recorded passes."""
    return found[0].level if found and found[0].level != RECORD else FINE


def refuse_blocked(found: list[Finding]) -> None:
    """Refuse a bill that something stops, with everything that does. Raises BillBlocked."""
    failed = [_FAILED[one.code](**one.numbers) for one in found if one.level == BLOCK]
    if failed:
        raise BillBlocked(failed=failed)


def _found(
    sheet: Sheet, fen: int, received_on: date, invoice_known: bool, terms: BillTerms
) -> Iterator[tuple[str, dict[str, Any]]]:
    if sheet.paper:
        yield "paper", {}
    else:
        yield from _number(sheet, fen)
    if sheet.acceptor_listed:
        yield "acceptor_listed", {}
    if not sheet.acceptor_exact:
        yield "acceptor_name", {}
    if sheet.searched_on is None:
        yield "not_searched", {}
    begins = sheet.issued_on or received_on
    if sheet.due_on > add_months(begins, terms.longest_months):
        yield "term", {"issued_on": begins, "due_on": sheet.due_on, "months": terms.longest_months}
    if not sheet.complete:
        yield "altered", {}
    if not sheet.chain_unbroken:
        yield "broken_chain", {}
    if sheet.restriction in ("non_transferable", "pledge", "collection"):
        yield sheet.restriction, {}
    if sheet.refused:
        yield "refused", {}
    if not sheet.before_us_pays:
        evidence = sheet.paid_by_another.strip()
        yield ("paid_by_another", {"evidence": evidence}) if evidence else ("third_party", {})
    if sheet.kind in ("commercial", "supply_chain"):
        yield "commercial", {}
    if not invoice_known:
        yield "not_linked", {"invoice": sheet.invoice.strip()}
    if sheet.discount_fen:
        yield "discount", {"discount_fen": sheet.discount_fen}


def _number(sheet: Sheet, fen: int) -> Iterator[tuple[str, dict[str, Any]]]:
    told = kind_of_number(sheet.number)
    if not re.fullmatch(r"\d{30}", sheet.number.strip()):
        yield "number", {}
    elif told and told != sheet.kind:
        yield "kind_differs", {"kind": BILL_KINDS[told]}
    part = sheet.sub_range.strip()
    if part == "0":
        return
    ends = re.fullmatch(r"(\d{1,12})\s*[-–—~]\s*(\d{1,12})", part)
    if ends is None or not 1 <= int(ends[1]) <= int(ends[2]):
        yield "range", {}
    elif (range_fen := int(ends[2]) - int(ends[1]) + 1) != fen:
        yield "range_sum", {"range_fen": range_fen, "bill_fen": fen}
