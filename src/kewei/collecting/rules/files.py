"""Reasons and promises from files: what a row says, and what is wrong with an invoice it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kewei.collecting.rules.promises import Part
from kewei.kernel.refusals import N_, Refused, refusal


@refusal
class NoOpenInvoice(Refused):
    code = "collecting_file_no_open_invoice"
    says = N_("客户 {customer_code} 没有未付清的发票 {number}")
    next_step = N_("请核对客户编码和发票号；已付清的发票不用再登记")


@refusal
class ReasonTwice(Refused):
    code = "collecting_file_reason_twice"
    says = N_("发票 {number} 在第 {first_row} 行已经写了原因")


@dataclass(slots=True)
class ReasonDraft:
    """A reason to note for one invoice."""

    row: int
    terminal: int
    item: int
    code: str
    due_on: date | None
    note: str


@dataclass(slots=True)
class PromiseDraft:
    """A promise to record for one invoice: the row it begins on, and its instalments."""

    row: int
    terminal: int
    item: int
    promiser: str
    job: str
    made_on: date
    note: str
    parts: list[Part] = field(default_factory=list)


def text_of(values: Mapping[str, Any], name: str) -> str:
    """A cell as text, "" where it was blank."""
    return str(values.get(name) or "").strip()
