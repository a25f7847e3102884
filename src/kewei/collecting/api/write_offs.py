"""Debts off the books and lawful interest as JSON: what was written off, what came back, what late invoices owe beside."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.utils import timezone
from ninja import Field, Router, Schema, Status

from kewei.collecting import actions
from kewei.collecting.api.cases import same
from kewei.collecting.queries import interest, write_offs
from kewei.journal.api import KEYED, Key, Limit, Page, Start, keyed, page
from kewei.kernel.money import MAX_FEN
from kewei.terminals import queries as terminals

router = Router(tags=["collecting"])
SEE, POST = "collecting.see", "receivables.write_off"


class WriteOffOut(Schema):
    """A write-off: `left_fen` is still owed and off the books; `last_day` until when it can be enforced.

    `state` open, recovered or reversed; `money_fen` waits unapplied on the customer's account.
    """

    id: int
    terminal: int
    customer_code: str
    customer: str
    decision: int
    number: str
    fen: int
    recovered_fen: int
    left_fen: int
    pursued: bool
    state: str
    by: str
    at: datetime
    last_day: date | None
    money_fen: int


class RecoveryOut(Schema):
    """Money that came back: by which receipt, and the entry of what stays written off."""

    receipt_number: str
    fen: int
    rest_number: str
    by: str
    at: datetime


class WriteOffWholeOut(WriteOffOut):
    """A write-off with its evidence (kind, note) and what came back of it, newest first."""

    evidence: list[tuple[str, str]]
    recoveries: list[RecoveryOut]


class EvidenceIn(Schema):
    """What shows that nothing more is to be had: a kind and where it is found."""

    kind: Annotated[str, Field(max_length=20)]
    note: Annotated[str, Field(max_length=200)] = ""


class WriteOffIn(Schema):
    """An agreed exit decision to carry out, by somebody who neither proposed nor decided it."""

    decision: Key
    evidence: Annotated[list[EvidenceIn], Field(max_length=20)]


class RecoveryIn(Schema):
    """The receipt whose money pays what had been written off; all of it where `fen` is null."""

    receipt: Key
    fen: Annotated[int, Field(gt=0, le=MAX_FEN)] | None = None


class InterestLineOut(Schema):
    """An invoice late under the regulation: days run from `start`, the lawful due day is `lawful_due`; fen."""

    invoice: int
    number: str
    due_date: date | None
    start: date
    start_from: str
    lawful_due: date
    days: int
    total_fen: int
    open_fen: int
    interest_fen: int


class InterestOut(Schema):
    """What a customer owes beside the principal; `why` the regulation applies or not; a day's rate in basis points."""

    customer_code: str
    customer: str
    applies: bool
    why: str
    daily_bp: int
    today: date
    interest_fen: int
    open_fen: int
    lines: list[InterestLineOut]


@router.get("/write-offs", response=Page[WriteOffOut], summary="Debts off the books")
def list_write_offs(
    request: Any, customer: str = "", pursued: bool | None = None, text: str = "", start: Start = 0, limit: Limit = 50
) -> Any:
    """Write-offs, newest first; `pursued`: only those that go on being pursued, or only the others."""
    request.user.must(SEE)
    terminal = terminals.terminal_named(request.user, customer).pk if customer else None
    rows, count, _fen = write_offs.list_write_offs(
        request.user, timezone.localdate(), terminal=terminal, pursued=pursued, text=text[:60], start=start, limit=limit
    )
    return page(request, [_row(row) for row in rows], count, start, limit)


@router.get("/write-offs/{int:pk}", response=WriteOffWholeOut, summary="One write-off")
def one_write_off(request: Any, pk: int) -> Any:
    """A write-off with its evidence and what came back."""
    request.user.must(SEE)
    return _whole(request, pk)


@router.post("/write-offs", response={201: WriteOffWholeOut}, summary="Write a debt off", openapi_extra=KEYED)
def post_write_off(request: Any, given: WriteOffIn) -> Any:
    """Take what an agreed exit gives up off the books; the claim goes on."""
    request.user.must(POST)

    def do() -> Any:
        made = actions.post_write_off(
            decision=given.decision, evidence=[(one.kind, one.note) for one in given.evidence], by=request.user,
            now=timezone.now(),
        )  # fmt: skip
        return _whole(request, made.pk)

    return Status(201, keyed(request, "collecting.post_write_off", given.model_dump(mode="json"), do))


@router.post(
    "/write-offs/{int:pk}/recoveries",
    response={201: WriteOffWholeOut},
    summary="Record what came back",
    openapi_extra=KEYED,
)
def recover(request: Any, pk: int, given: RecoveryIn) -> Any:
    """Money that came after all pays what had been written off; the rest stays written off."""
    request.user.must(POST)
    write_offs.write_off_for(request.user, pk, POST)

    def do() -> Any:
        actions.recover_write_off(
            write_off=pk, receipt=given.receipt, fen=given.fen, by=request.user, now=timezone.now()
        )
        return _whole(request, pk)

    asked = {"write_off": pk, **given.model_dump(mode="json")}
    return Status(201, keyed(request, "collecting.recover_write_off", asked, do))


@router.get("/interest", response=InterestOut, summary="Lawful interest of one customer")
def lawful_interest(request: Any, customer: str) -> Any:
    """Invoices late under the regulation on payments to small and medium enterprises, with their interest as of today."""
    request.user.must(SEE)
    terminal = terminals.terminal_named(request.user, customer)
    claim = interest.claim_of(request.user, terminal.pk, timezone.localdate())
    return {
        "customer_code": terminal.code, "customer": terminal.name, "applies": claim.applies.applies,
        "why": claim.applies.why, "daily_bp": claim.applies.daily_bp, "today": claim.today,
        "interest_fen": claim.interest_fen, "open_fen": claim.open_fen,
        "lines": [
            {
                "invoice": one.entry_id, "number": one.number, "due_date": one.due_date, "start": one.start,
                "start_from": one.start_from, "lawful_due": one.interest.lawful_due, "days": one.interest.days,
                "total_fen": one.total_fen, "open_fen": one.open_fen, "interest_fen": one.interest.interest_fen,
            }
            for one in claim.lines
        ],
    }  # fmt: skip


def _row(row: write_offs.WriteOffRow) -> dict[str, Any]:
    who = {"terminal": row.terminal_id, "customer_code": row.terminal_code, "customer": row.terminal_name}
    return {"id": row.pk, **who, **same(row, WriteOffOut)}


def _whole(request: Any, pk: int) -> dict[str, Any]:
    kept = write_offs.write_off_for(request.user, pk)
    found = _row(write_offs.write_off(request.user, pk, timezone.localdate())) | {
        "evidence": [tuple(one) for one in kept.evidence], "recoveries": write_offs.recoveries_of(pk),
    }  # fmt: skip
    return WriteOffWholeOut.model_validate(found, from_attributes=True).model_dump(mode="json")
