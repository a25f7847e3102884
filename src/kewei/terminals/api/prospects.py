"""Prospects as JSON: registering, stages, next actions, the pool, coverage, what is near. Money is whole fen."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from django.utils import timezone
from ninja import Query, Schema
from pydantic import Field

from kewei.journal.api import KEY_WELCOME, Limit, Page, Start, keyed, page
from kewei.terminals import actions, queries, rules
from kewei.terminals.api.cards import CardFields, ContactIn, Name, Short, Word, _colleague, _fields, _plain, router
from kewei.terminals.queries import places_of_prospects as places
from kewei.terminals.queries import potential, prospects, twins
from kewei.terminals.rules.prospects import ESTIMATE_BASES, PAPER_CHECKS, PAYS_BY, SOURCES

PROSPECT = "terminals.prospect"

Count = Annotated[int, Field(ge=0, le=10_000_000)]
Fen = Annotated[int, Field(ge=0, le=10**14)]
Text = Annotated[str, Field(max_length=1000)]
Note = Annotated[str, Field(max_length=200)]
Degrees = Annotated[float, Query(ge=-180, le=180)]


class ProspectOut(Schema):
    """A prospect in a list; `over` days too long in its stage, `late` days its next action is overdue."""

    id: int
    code: str
    name: str
    kind: str
    grade: str
    province: str
    city: str
    district: str
    stage: str
    stage_since: datetime
    potential: str
    source: str
    owner_name: str
    next_what: str
    next_on: date | None
    next_person: str
    estimate_fen: int | None
    first_order_fen: int | None
    first_order_on: date | None
    days: int
    over: int
    idle_left: int | None
    late: int


class StageOut(Schema):
    """A stage of a prospect's history."""

    stage: str
    since: datetime
    until: datetime | None
    days: int
    why: str
    note: str
    holder: str
    set_by: str
    policy: str


class ActionOut(Schema):
    """A next action; live where `ended_at` is null."""

    what: str
    due_on: date
    person_name: str
    set_by: str
    set_at: datetime
    ended_at: datetime | None
    done: bool
    outcome: str


class ProspectCardOut(Schema):
    """The prospect's part of a card: what further stages still need is in `missing`, by stage, in the words of needs."""

    terminal: int
    stage: str
    stage_since: datetime
    days: int
    over: int
    idle_left: int | None
    in_pool: bool
    registered_by: str
    registered_at: datetime
    touched_at: datetime
    fields: dict[str, Any]
    next_action: ActionOut | None
    actions: list[ActionOut]
    stages: list[StageOut]
    potential: str
    missing: dict[str, list[str]]


class ProspectFields(Schema):
    """The prospect's own fields of domain 2.1; words by code or Chinese label; null empties a field."""

    licence_number: Short | None = None
    scope_text: Annotated[str, Field(max_length=500)] | None = None
    paper_check: Word | None = None
    outpatients: Count | None = None
    floor_area: Count | None = None
    stores: Count | None = None
    yearly_fen: Fen | None = None
    estimate_fen: Fen | None = None
    estimate_units: Count | None = None
    estimate_basis: Word | None = None
    estimate_on: date | None = None
    rivals: Annotated[str, Field(max_length=500)] | None = None
    buying_process: Text | None = None
    pays_by: Word | None = None
    pays_after_days: Annotated[int, Field(ge=0, le=999)] | None = None
    first_order_fen: Fen | None = None
    first_order_on: date | None = None
    obstacles: Text | None = None


class ProspectIn(CardFields):
    """A new prospect: the card it keeps, where it was heard of, who was met, what is next."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    source: Word
    code: Annotated[str, Field(max_length=40)] = ""
    known: ProspectFields | None = None
    contact: ContactIn | None = None
    next_what: Note = ""
    next_on: date | None = None


class StageIn(Schema):
    """A stage by code; dropping needs `why`, moving back a `note`."""

    stage: Word
    why: Word = ""
    note: Note = ""


class NextIn(Schema):
    """What is next by which day; `login` says who, else the owner."""

    what: Annotated[str, Field(min_length=1, max_length=200)]
    due_on: date
    login: Annotated[str, Field(max_length=40)] = ""


class OutcomeIn(Schema):
    """What came of the next action."""

    outcome: Note = ""


class ReturnIn(Schema):
    """Why a prospect goes back to the pool."""

    why: Word
    note: Note = ""


class ClaimIn(Schema):
    """Which terminals of the pool are claimed."""

    terminals: Annotated[list[Annotated[int, Field(ge=1, le=2**62)]], Field(min_length=1, max_length=200)]


class ClaimedOut(Schema):
    """How many were claimed."""

    claimed: int


class NearOut(Schema):
    """A terminal near a point: held, free (in the pool) or customer; the address of what is free is left out."""

    id: int
    name: str
    kind: str
    city: str
    district: str
    address: str
    owner_name: str
    state: str
    stage: str
    metres: int


class CoverageOut(Schema):
    """How far a representative's prospects carry to the month's target; expected customers in thousandths."""

    login: str
    name: str
    held: dict[str, int]
    target: int
    won: int
    expected_milli: int
    needed: int | None
    needed_low: int | None
    needed_high: int | None
    missing: int | None
    covered_bp: int | None
    alarm: bool


class MergeIn(Schema):
    """Which card is kept, which stands for nothing of its own any more, and on what that rests."""

    kept: Annotated[int, Field(ge=1, le=2**62)]
    merged: Annotated[int, Field(ge=1, le=2**62)]
    why: Annotated[str, Field(min_length=1, max_length=200)]


class MergedOut(Schema):
    """A merge, to be undone by its number."""

    id: int


@router.get("/prospects", response=Page[ProspectOut])
def list_prospects(
    request,
    text: Name = "",
    stage: Word = "",
    kind: Word = "",
    potential: Annotated[str, Query(max_length=1)] = "",
    city: Word = "",
    alarm: Annotated[str, Query(description="late, over, idle or plain")] = "",
    order: Annotated[str, Query(description="one of: " + ", ".join(prospects.ORDERS) + "; - reverses")] = "next_on",
    start: Start = 0,
    limit: Limit = 50,
):
    """Prospects somebody works on, as far as the reader sees them; open ones where no stage is asked for."""
    request.user.must(PROSPECT)
    rows, count = prospects.prospects(
        request.user, timezone.localdate(), text=_plain(text), stage=_plain(stage), kind=_plain(kind),
        potential=_plain(potential), city=_plain(city), alarm=alarm, order=order, start=start, limit=limit,
    )  # fmt: skip
    return page(request, [_row(row) for row in rows], count, start, limit)


@router.get("/prospects/pool", response=Page[ProspectOut])
def list_pool(
    request,
    text: Name = "",
    kind: Word = "",
    province: Word = "",
    city: Word = "",
    start: Start = 0,
    limit: Limit = 50,
):
    """Prospects nobody looks after where the reader wins customers."""
    request.user.must(PROSPECT)
    rows, count = prospects.pool(
        request.user, timezone.localdate(), text=_plain(text), kind=_plain(kind), province=_plain(province),
        city=_plain(city), start=start, limit=limit,
    )  # fmt: skip
    return page(request, [_row(row) for row in rows], count, start, limit)


@router.get("/prospects/near", response=list[NearOut])
def near(
    request,
    latitude: Annotated[float, Query(ge=-90, le=90)],
    longitude: Degrees,
    metres: Annotated[int, Query(ge=1, le=500_000)] = 20_000,
):
    """Terminals the reader works on or may claim near a point, nearest first, at most a hundred."""
    request.user.must(PROSPECT)
    point = (round(latitude * 1_000_000), round(longitude * 1_000_000))
    rows = [asdict(row) for row in places.near(request.user, point, metres)]
    return [{"id": row.pop("pk"), **row} for row in rows]


@router.get("/prospects/coverage", response=list[CoverageOut])
def coverage(request, month: date | None = None):
    """For each representative the reader leads: held, expected, needed and missing of a month (any day of it)."""
    request.user.must(PROSPECT)
    today = timezone.localdate()
    found = potential.pipeline(request.user, (month or today).replace(day=1), today)
    return [
        {"login": row.login, "name": row.name, "held": dict(row.held)}
        | {name: value for name, value in asdict(row.figures).items() if name != "held"}
        for row in found.rows
    ]


@router.post("/prospects", response={201: ProspectCardOut}, openapi_extra=KEY_WELCOME)
def register(request, body: ProspectIn):
    """Register a prospect on the card it keeps as a customer. Needs terminals.prospect and terminals.create."""
    request.user.must(PROSPECT)
    apart = {"source", "known", "contact", "next_what", "next_on"}

    def do() -> int:
        fields = _fields(request.user, body.dict(exclude_unset=True, exclude=apart))
        return actions.register_prospect(
            source=rules.read_word(SOURCES, body.source), known=_known(body.known) if body.known else None,
            contact=body.contact.dict() if body.contact else None, next_what=body.next_what, next_on=body.next_on,
            by=request.user, now=timezone.now(), **fields,
        ).pk  # fmt: skip

    pk = keyed(request, "terminals.register", body.dict(), do, required=False)
    return 201, _card(request, pk)


@router.post("/prospects/claims", response={201: ClaimedOut})
def claim(request, body: ClaimIn):
    """Take prospects out of the pool into one's own hands, all or none."""
    count = actions.claim_prospects(terminal_ids=body.terminals, by=request.user, now=timezone.now())
    return 201, {"claimed": count}


@router.get("/{int:pk}/prospect", response=ProspectCardOut)
def card(request, pk: int):
    """The prospect's part of a card."""
    request.user.must(PROSPECT)
    return _card(request, pk)


@router.patch("/{int:pk}/prospect", response=ProspectCardOut)
def change(request, pk: int, body: ProspectFields):
    """Change the given fields of the prospect's part."""
    request.user.must(PROSPECT)
    terminal = queries.terminal_for(request.user, pk, PROSPECT)
    actions.change_prospect(terminal=terminal, by=request.user, now=timezone.now(), **_known(body))
    return _card(request, pk)


@router.post("/{int:pk}/prospect/stage", response=ProspectCardOut)
def move(request, pk: int, body: StageIn):
    """Move a prospect to a stage: up, down, out or back in."""
    request.user.must(PROSPECT)
    terminal = queries.terminal_for(request.user, pk, PROSPECT)
    actions.set_stage(terminal=terminal, by=request.user, now=timezone.now(), **body.dict())
    return _card(request, pk)


@router.post("/{int:pk}/prospect/next-action", response=ProspectCardOut)
def plan_next(request, pk: int, body: NextIn):
    """Set what is next; it takes the place of the one before."""
    request.user.must(PROSPECT)
    terminal = queries.terminal_for(request.user, pk, PROSPECT)
    actions.set_next_action(
        terminal=terminal, what=body.what, due_on=body.due_on, person=_colleague(body.login) if body.login else None,
        by=request.user, now=timezone.now(),
    )  # fmt: skip
    return _card(request, pk)


@router.post("/{int:pk}/prospect/next-action/done", response=ProspectCardOut)
def finish_next(request, pk: int, body: OutcomeIn):
    """The next action was done."""
    request.user.must(PROSPECT)
    terminal = queries.terminal_for(request.user, pk, PROSPECT)
    actions.finish_next_action(terminal=terminal, outcome=body.outcome, by=request.user, now=timezone.now())
    return _card(request, pk)


@router.post("/{int:pk}/prospect/return", response={204: None})
def give_back(request, pk: int, body: ReturnIn):
    """Give a prospect back to the pool."""
    request.user.must(PROSPECT)
    terminal = queries.terminal_for(request.user, pk, PROSPECT)
    actions.give_back_prospect(terminal=terminal, by=request.user, now=timezone.now(), **body.dict())
    return 204, None


@router.post("/merges", response={201: MergedOut})
def merge(request, body: MergeIn):
    """Let one card stand for another. Needs terminals.merge for both."""
    request.user.must("terminals.merge")
    made = actions.merge_terminals(
        kept=queries.terminal_for(request.user, body.kept, "terminals.merge"),
        merged=queries.terminal_for(request.user, body.merged, "terminals.merge"), why=body.why, by=request.user,
        now=timezone.now(),
    )  # fmt: skip
    return 201, {"id": made.pk}


@router.post("/merges/{int:pk}/undo", response={204: None})
def undo_merge(request, pk: int):
    """Two cards again."""
    request.user.must("terminals.merge")
    actions.undo_merge(merge=twins.merge_for(request.user, pk), by=request.user, now=timezone.now())
    return 204, None


_WORDS = {"paper_check": PAPER_CHECKS, "estimate_basis": ESTIMATE_BASES, "pays_by": PAYS_BY}


def _known(body: ProspectFields) -> dict[str, Any]:
    """The given fields, words read."""
    given = body.dict(exclude_unset=True)
    return {
        name: rules.read_word(_WORDS[name], value) if name in _WORDS and value else value
        for name, value in given.items()
    }


def _row(row: prospects.ProspectRow) -> dict[str, Any]:
    values = asdict(row)
    return {"id": values.pop("pk"), **values}


def _card(request, pk: int) -> dict[str, Any]:
    found = prospects.prospect_card(request.user, pk, timezone.localdate())
    values = asdict(found)
    values["potential"] = found.potential.potential if found.potential else ""
    values["missing"] = {stage: list(needs) for stage, needs in found.missing.items()}
    return values
