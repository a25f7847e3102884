"""Clocks and things taken instead of money as JSON: until when what can be enforced, by which event; deals in kind."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Query, Router, Schema

from kewei.collecting.api.cases import same
from kewei.collecting.queries import clocks, offsets
from kewei.journal.api import Limit, Page, Start, page
from kewei.receivables.rules.limitation import POLICY
from kewei.terminals import queries as terminals

router = Router(tags=["collecting"])
SEE = "collecting.see"

Within = Annotated[int, Query(ge=0, le=1096, description="last days at most so many days ahead, and all that are past")]


class HappeningOut(Schema):
    """Something that bears on limitation: where it is kept (`source`, `key`), how well it is proved, what became of it.

    `strength` proved, doubtful or none; `effect` counted, late (after the last day), idle, or unproved.
    """

    on: date
    kind: str
    source: str
    key: int
    strength: str
    effect: str


class ClockOut(Schema):
    """The limitation clock of an invoice: `last_day` counts what is proved, null while it does not run.

    `hoped_day` is what it would be if everything doubtful could be proved, where that is another day; `set_by` the event
    that set it, null where the due day did; `rule` the version of the law.
    """

    invoice: int
    number: str
    terminal: int
    customer_code: str
    customer: str
    due_date: date | None
    open_fen: int
    starts_on: date | None
    last_day: date | None
    days_left: int | None
    hoped_day: date | None
    stopped: bool
    provisional: bool
    rule: str
    set_by: HappeningOut | None


class ClockWholeOut(ClockOut):
    """A clock with everything that bears on it, the oldest first."""

    happenings: list[HappeningOut]


class GuaranteeOut(Schema):
    """A guarantee's own clock: `ends_on` is never extended; `last_day` once it was claimed in time."""

    security: int
    terminal: int
    customer_code: str
    customer: str
    kind: str
    guarantor: str
    fen: int
    state: str
    ends_on: date
    claimed_on: date | None
    last_day: date | None


class BillClockOut(Schema):
    """One clock of a bill: present, notice, recourse or maker."""

    code: str
    runs_from: date
    last_day: date


class BillOut(Schema):
    """A bill with the clocks that run for it."""

    bill: int
    number: str
    terminal: int
    customer_code: str
    customer: str
    fen: int
    due_on: date
    state: str
    clocks: list[BillClockOut]


class OffsetOut(Schema):
    """A thing taken instead of money; `letter` is its agreement on paper, `result_fen` what disposing of it brought."""

    id: int
    terminal: int
    customer_code: str
    customer: str
    asset: str
    words: str
    agreed_on: date
    offset_fen: int
    value_fen: int
    valued_on: date
    state: str
    why: str
    letter: int | None
    receipt_number: str
    performed_on: date | None
    disposed_on: date | None
    result_fen: int | None
    proposed_by: str


class OpinionOut(Schema):
    """Legal's, finance's or quality's word on it."""

    part: str
    approve: bool
    words: str
    by: str
    at: datetime


class OffsetWholeOut(OffsetOut):
    """A deal with what the rules said of it (rule, level) and who agreed."""

    verdicts: list[tuple[str, str]]
    opinions: list[OpinionOut]


def _customer(request: Any, code: str) -> int | None:
    return terminals.terminal_named(request.user, code).pk if code else None


@router.get("/clocks", response=Page[ClockOut], summary="Claims that run out")
def list_clocks(
    request: Any, customer: str = "", within: Within = 365, start: Start = 0, limit: Limit = 50
) -> Any:  # fmt: skip
    """Open invoices whose limitation ends within some days, has ended, or does not run; nearest first."""
    request.user.must(SEE)
    day, terminal = timezone.localdate(), _customer(request, customer)
    found = clocks.running_out(request.user, day, terminal=terminal, within_days=within)
    shown = found[start : start + limit]
    names = terminals.named({one.item.terminal_id for one in shown})
    return page(request, [_clock(one, *names[one.item.terminal_id]) for one in shown], len(found), start, limit)


@router.get("/clocks/guarantees", response=list[GuaranteeOut], summary="Clocks of guarantees")
def list_guarantees(request: Any, customer: str = "") -> Any:
    """Guarantees nobody has ended, what ends first in front."""
    request.user.must(SEE)
    day, terminal = timezone.localdate(), _customer(request, customer)
    return [
        {
            "security": row.security.pk, "terminal": row.security.terminal_id, "customer_code": row.security.terminal_code,
            "customer": row.security.terminal_name, "kind": row.security.kind, "guarantor": row.security.guarantor,
            "fen": row.security.fen, **same(row.clock, GuaranteeOut),
        }
        for row in clocks.guarantees(request.user, day, terminal=terminal)
    ]  # fmt: skip


@router.get("/clocks/bills", response=list[BillOut], summary="Clocks of bills")
def list_bills(request: Any, customer: str = "") -> Any:
    """Bills that fall due within thirty days or were refused, what runs out first in front."""
    request.user.must(SEE)
    day, terminal = timezone.localdate(), _customer(request, customer)
    return [
        {
            "bill": row.bill.pk, "terminal": row.bill.terminal_id, "customer_code": row.bill.terminal_code,
            "customer": row.bill.terminal_name, "clocks": [same(one, BillClockOut) for one in row.clocks],
            **same(row.bill, BillOut),
        }
        for row in clocks.bills(request.user, day, terminal=terminal)
    ]  # fmt: skip


@router.get("/clocks/items/{int:pk}", response=ClockWholeOut, summary="The clock of one invoice")
def one_clock(request: Any, pk: int) -> Any:
    """Until when an invoice (its key) can be enforced, and everything that bears on it."""
    request.user.must(SEE)
    found = clocks.clock_of(request.user, pk, timezone.localdate())
    names = terminals.named({found.item.terminal_id})[found.item.terminal_id]
    return _clock(found, *names) | {"happenings": [_happening(found, one) for one in found.happenings]}


def _clock(one: clocks.ItemClock, code: str, name: str) -> dict[str, Any]:
    return {
        "invoice": one.item.pk, "number": one.item.number, "terminal": one.item.terminal_id, "customer_code": code,
        "customer": name, "due_date": one.item.due_date, "open_fen": one.item.open_fen, "starts_on": one.clock.starts_on,
        "last_day": one.last_day, "days_left": one.days_left, "hoped_day": one.hoped_day, "stopped": one.stopped,
        "provisional": one.clock.provisional, "rule": POLICY.version,
        "set_by": _happening(one, one.set_by) if one.set_by else None,
    }  # fmt: skip


def _happening(clock: clocks.ItemClock, one: clocks.Happening) -> dict[str, Any]:
    return {**same(one, HappeningOut), "effect": clock.counted(one)}


@router.get("/offsets", response=Page[OffsetOut], summary="Things taken instead of money")
def list_offsets(
    request: Any, customer: str = "", text: str = "", start: Start = 0, limit: Limit = 50,
    state: Literal["proposed", "approved", "refused", "cancelled", "performed", "disposed", ""] = "",
) -> Any:  # fmt: skip
    """Deals in kind, newest first."""
    request.user.must(SEE)
    rows, count, _fen = offsets.list_offsets(
        request.user, terminal=_customer(request, customer), state=state, text=text[:60], start=start, limit=limit
    )
    return page(request, [_offset(row) for row in rows], count, start, limit)


@router.get("/offsets/{int:pk}", response=OffsetWholeOut, summary="One deal in kind")
def one_offset(request: Any, pk: int) -> Any:
    """A deal with what the rules said of it and who agreed."""
    request.user.must(SEE)
    row = offsets.offset(request.user, pk)
    return _offset(row) | {
        "verdicts": [(rule, level) for rule, level, _numbers in row.verdicts],
        "opinions": [
            {"part": part, "approve": approve, "words": words, "by": by, "at": at}
            for part, approve, words, by, at in offsets.opinions_on(pk)
        ],
    }


def _offset(row: offsets.OffsetRow) -> dict[str, Any]:
    who = {"terminal": row.terminal_id, "customer_code": row.terminal_code, "customer": row.terminal_name}
    return {"id": row.pk, **who, **same(row, OffsetOut)}
