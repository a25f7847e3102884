"""Files of the room: what a row of benefits, of adjusted points or of stock says, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from kewei.kernel.refusals import N_, Refused, refusal


@refusal
class NotAMember(Refused):
    code = "member_not_in_programme"
    says = N_("{text} 不是计划 {programme} 的会员")
    next_step = N_("请先入会")


@refusal
class MembershipFileFault(Refused):
    code = "membership_file_has_faults"
    says = N_("文件有 {count} 处问题，未导入。第 {row} 行：{first}")


@refusal
class FiledBenefitMoved(Refused):
    code = "filed_benefit_moved"
    says = N_("文件里的权益已有 {count} 项有了结论，这次导入不能撤销")
    status = 409


Fault = tuple[int, str, Refused]


class AdjustRow(NamedTuple):
    """Points given or taken by hand."""

    customer_code: str
    programme: str
    points: int
    why: str


class BenefitRow(NamedTuple):
    """A benefit wanted; fen."""

    customer_code: str
    programme: str
    kind: str
    words: str
    ground: str
    fen: int = 0
    channel: str = "in_kind"
    recipient: str = ""
    tied: bool = False
    near_tender: bool = False
    evidence: tuple[str, ...] = ()


class StockRow(NamedTuple):
    """Stock of a product on a terminal's shelf on a day, units."""

    customer_code: str
    product_code: str
    on: date
    units: int
    near_units: int = 0
    near_on: date | None = None
    batch: str = ""


@dataclass(slots=True)
class FilePlan:
    """What an import would do: how many rows are new, changed, the same; and what is wrong."""

    new: int = 0
    changed: int = 0
    same: int = 0
    faults: list[Fault] = field(default_factory=list)
    drafts: list[tuple[int, int, Any]] = field(default_factory=list)


def adjust_row(values: Mapping[str, Any]) -> AdjustRow:
    """A row's values by column name."""
    return AdjustRow(values["customer_code"], values["programme"], values["points"], values.get("why", ""))


def benefit_row(values: Mapping[str, Any]) -> BenefitRow:
    """A row's values by column name."""
    return BenefitRow(
        values["customer_code"], values["programme"], values["kind"], values["words"], values["ground"],
        values.get("fen") or 0, values.get("channel") or "in_kind", values.get("recipient", ""),
        bool(values.get("tied")), bool(values.get("near_tender")), tuple(values.get("evidence") or ()),
    )  # fmt: skip


def stock_row(values: Mapping[str, Any]) -> StockRow:
    """A row's values by column name."""
    return StockRow(
        values["customer_code"], values["product_code"], values["on"], values["units"], values.get("near_units") or 0,
        values.get("near_on"), values.get("batch", ""),
    )  # fmt: skip


def check_faults(faults: Sequence[Fault]) -> None:
    """All or nothing. Raises MembershipFileFault."""
    if faults:
        row, _column, why = faults[0]
        raise MembershipFileFault(count=len(faults), row=row, first=why)
