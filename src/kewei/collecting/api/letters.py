"""Letters and evidence as JSON: what customers were asked for on paper, what became of it, how well invoices can be proved."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.utils import timezone
from ninja import Router, Schema

from kewei.collecting.queries import evidence, letter_paper, letters
from kewei.journal.api import Limit, Page, Start, page
from kewei.terminals import queries as terminals

router = Router(tags=["collecting"])
SEE = "collecting.see"

State = Literal["draft", "ready", "sent", "arrived", "returned", "dropped"]


class LetterOut(Schema):
    """A letter: `total_fen` is the principal asked for, `interest_fen` stands beside it and is no part of it."""

    id: int
    number: str
    terminal: int
    customer_code: str
    customer: str
    kind: str
    stage: str
    state: str
    day: date
    total_fen: int
    interest_fen: int
    pay_by: date
    waybill: str
    sent_on: date | None


class LineOut(Schema):
    """What is asked for of one item: open then, less what was disputed then."""

    entry: int
    number: str
    due_date: date
    overdue_days: int
    open_fen: int
    disputed_fen: int
    fen: int
    interest_fen: int


class ArrivalOut(Schema):
    """Whether it reached the customer; `strength` strong, fair or weak says how well that is proved."""

    arrived: bool
    on: date
    signer: str
    signer_role: str
    strength: str


class LetterWholeOut(LetterOut):
    """A letter with its lines, its text as printed, and its arrivals."""

    mark: str
    paragraphs: list[str]
    lines: list[LineOut]
    arrivals: list[ArrivalOut]


class PartOut(Schema):
    """One part of the evidence: `got` in hundredths of it."""

    part: str
    got: int
    weight: int
    points: int


class EvidenceOut(Schema):
    """The evidence score of an invoice, 0 to 100; `low` where somebody has to close the gaps, largest first."""

    invoice: int
    number: str
    open_fen: int
    overdue_days: int
    points: int
    low: bool
    gaps: list[str]
    parts: list[PartOut]


@router.get("/letters", response=Page[LetterOut], summary="Letters to customers")
def list_letters(
    request: Any, customer: str = "", kind: str = "", state: State | None = None, start: Start = 0, limit: Limit = 50
) -> Any:
    """Letters, newest first; dropped ones only where asked for."""
    request.user.must(SEE)
    terminal = terminals.terminal_named(request.user, customer).pk if customer else None
    rows, count, _fen = letters.list_letters(
        request.user, terminal=terminal, kind=kind, state=state or "", start=start, limit=limit
    )
    return page(request, [_row(row) for row in rows], count, start, limit)


@router.get("/letters/{letter}", response=LetterWholeOut, summary="One letter")
def one_letter(request: Any, letter: int) -> Any:
    """A letter with what it says and what became of it."""
    request.user.must(SEE)
    card = letters.letter(request.user, letter)
    paper = letter_paper.paper_of(card.letter)
    return _row(card.row) | {
        "mark": paper["mark"],
        "paragraphs": paper["paragraphs"],
        "lines": [
            {
                "entry": line.item_id, "number": line.number, "due_date": line.due_date, "fen": line.fen,
                "overdue_days": line.overdue_days, "open_fen": line.open_fen, "disputed_fen": line.disputed_fen,
                "interest_fen": line.interest_fen,
            }
            for line in card.lines
        ],
        "arrivals": [
            {name: getattr(one, name) for name in ("arrived", "on", "signer", "signer_role", "strength")}
            for one in card.arrivals
        ],
    }  # fmt: skip


@router.get("/evidence/{invoice}", response=EvidenceOut, summary="How well an invoice can be proved")
def one_evidence(request: Any, invoice: int) -> Any:
    """The evidence score of an invoice, part by part."""
    request.user.must(SEE)
    card = evidence.evidence_of(request.user, invoice, timezone.localdate())
    return {
        "invoice": card.entry_id, "number": card.number, "open_fen": card.open_fen, "overdue_days": card.overdue_days,
        "points": card.evidence.points, "low": card.low, "gaps": list(card.evidence.gaps),
        "parts": [
            {"part": got.part, "got": got.got, "weight": got.weight, "points": got.points}
            for got in card.evidence.parts
        ],
    }  # fmt: skip


def _row(row: letters.LetterRow) -> dict[str, Any]:
    return {
        "id": row.pk, "number": row.number, "terminal": row.terminal_id, "customer_code": row.terminal_code,
        "customer": row.terminal_name, "kind": row.kind, "stage": row.stage, "state": row.state, "day": row.day,
        "total_fen": row.total_fen, "interest_fen": row.interest_fen, "pay_by": row.pay_by, "waybill": row.waybill,
        "sent_on": row.sent_on,
    }  # fmt: skip
