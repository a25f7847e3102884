"""The desk as JSON: files in."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from kewei.desk.intake import engine, kept
from kewei.journal import queries_intake
from kewei.journal.api import KEY_WELCOME
from kewei.journal.rules import BadKey

router = Router(tags=["intake"])

# Of a long list of problems the answer holds so many; `problem_count` tells of all.
LISTED = 1_000


class Part(Schema):
    """One noun's part of a file: rows new, changed, there already; fen where it is money."""

    noun: str
    new: int
    changed: int
    same: int
    total_fen: int | None = None
    unapplied_fen: int | None = None
    allocated_fen: int | None = None
    aside: dict[str, int] | None = None


class CellProblem(Schema):
    """What is wrong with a cell, or with an empty column the whole row."""

    row: int
    column: str
    heading: str
    value: str
    code: str
    numbers: dict[str, Any]
    reason: str


class Says(Schema):
    """A sentence of the gate about a row."""

    row: int
    code: str
    numbers: dict[str, Any]
    reason: str


class ForeseenOrder(Schema):
    """What the gate would make of the order that begins on this row."""

    row: int
    state: str
    says: list[Says]


class Outcome(Schema):
    """What came of a file: `status` is taken, recognised, dry_run or problems; nothing is written for the last two."""

    status: str
    intake: int | None = None
    rows: int
    left_out: int = 0
    parts: list[Part]
    problem_count: int = 0
    problems: list[CellProblem] = []
    foreseen: list[ForeseenOrder] = []
    kept: list[str] = []
    ignored: list[str] = []


@router.post("/intake/{noun}", response={200: Outcome, 422: Outcome}, openapi_extra=KEY_WELCOME)
def take_in(
    request,
    noun: str,
    file: UploadedFile = File(...),
    layout: str = Form(""),
    dry_run: bool = Form(False),
    good_rows: bool = Form(False),
    order: str = Form(""),
    unit: str = Form(""),
    sheet: str = Form(""),
    encoding: str = Form(""),
):
    """Take a file of customers, licences, products, invoices, receipts, red-letters, sales, orders, prices, reasons or promises.

    The same file again does nothing.

    With `dry_run` nothing is written; with `good_rows` rows with problems are left out. 422 with the list of problems
    where there are any.
    """
    found = engine.noun_named(noun)
    request.user.must(found.verb)
    upload = kept.keep(noun, file.name or "", file.chunks(), request.user)
    try:
        options = {"order": order, "unit": unit, "sheet": sheet, "encoding": encoding}
        plan = engine.plan(found, upload.file, layout=layout, options=options)
        return _outcome(request, plan, _key(request), dry_run, good_rows)
    finally:
        kept.forget(upload.folder)


def _key(request) -> str:
    """The request's Idempotency-Key, each person's their own, or an empty text."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > 80 or not key.isprintable():
        raise BadKey(key=key[:80])
    return f"api:{request.user.pk}:{key}" if key else ""


def _outcome(request, plan: engine.Plan, key: str, dry_run: bool, good_rows: bool) -> Status:
    by, now = request.user, timezone.now()
    if not dry_run and not key and (before := engine.recognise(plan)):
        return Status(200, {"status": "recognised", **before.as_json()})
    trial = engine.try_out(plan, by=by, now=now)
    told = trial.as_json(_, LISTED)
    if dry_run:
        return Status(422 if trial.problems.count else 200, {**told, "status": "dry_run"})
    if trial.problems.count and not good_rows:
        return Status(422, {**told, "status": "problems"})
    taken = engine.take(trial, by=by, now=now, key=key, good_rows=good_rows)
    return Status(200, {**told, **taken.as_json(), "status": "recognised" if taken.recognised else "taken"})


@router.post("/intake/{int:pk}/undo", response={200: dict})
def undo(request, pk: int):
    """Undo an import; raises where what it made has been used since."""
    row = engine.undo(pk, by=request.user, now=timezone.now())
    return {"intake": row.pk, "undone_at": row.undone_at}


@router.get("/intakes", response=list[dict])
def past(request, limit: Annotated[int, Query(ge=1, le=500)] = 50):
    """Past imports, newest first: one's own, or everybody's for those who may read the journal."""
    rows = queries_intake.intakes(request.user, limit=limit)
    return [
        {
            "intake": row.pk,
            "noun": row.noun,
            "file": row.filename,
            "layout": row.layout,
            "taken_by": row.taken_by,
            "taken_at": row.taken_at,
            "undone_at": row.undone_at,
            **engine.Taken(row.pk, row.made).as_json(),
        }
        for row in rows
    ]
