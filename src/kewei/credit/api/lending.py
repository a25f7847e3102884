"""Standing, limits, holds and warnings of customers as JSON; money is whole fen."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Field, Query, Schema, Status

from kewei.credit import actions, shapes
from kewei.credit.api.parts import SEE, Grade, router
from kewei.credit.queries import files, holds, lending, standing, watching
from kewei.journal.api import KEYED, Limit, Page, Start, keyed, page
from kewei.terminals import queries as terminals


class PartOut(Schema):
    """A part of exposure with its sign (+1 adds, −1 takes away)."""

    part: str
    sign: int
    fen: int


class ExposureOut(Schema):
    """Open orders + delivered not invoiced + open invoices + immature bills − unapplied − deposits."""

    total_fen: int
    parts: list[PartOut]


class HeldOut(Schema):
    """A live hold, as an order is judged by it."""

    reason: str
    note: str


class StandingOut(Schema):
    """How a customer stands. `limit_fen` is null where no limit is in force: that is no credit, not unlimited credit."""

    terminal: int
    customer_code: str
    customer: str
    as_of: date
    grade: str
    limit_fen: int | None
    temporary_fen: int
    granted_fen: int
    headroom_fen: int
    term_days: int
    limit_until: date | None
    part_limits: dict[str, int]
    exposure: ExposureOut
    group_limit_fen: int | None
    group_exposure_fen: int
    overdue_fen: int
    overdue_days: int
    holds: list[HeldOut]
    red_lines: list[str]
    months_traded: int | None


class StepOut(Schema):
    """A line of the calculation; null fen where its figures are missing."""

    code: str
    fen: int | None
    formula: str


class SuggestionOut(Schema):
    """A limit suggested, line by line, with what the published methods give beside it."""

    fen: int
    grade: str
    term_days: int
    braked: bool
    policy: str
    lines: list[StepOut]
    alternatives: list[StepOut]


class LimitOut(Schema):
    """A limit in force with what is used of it; `used_bp` in basis points."""

    terminal: int
    customer_code: str
    customer: str
    kind: str
    grade: str
    fen: int
    temporary_fen: int
    term_days: int
    since: date
    until: date
    exposure_fen: int
    left_fen: int
    used_bp: int
    overdue_fen: int
    held: bool


class HoldOut(Schema):
    """A hold: `automatic` where a rule placed it, with what it saw in `cause`."""

    id: int
    terminal: int
    customer_code: str
    customer: str
    reason: str
    note: str
    automatic: bool
    cause: str
    until: date | None
    placed_by: str
    placed_at: str
    lifted_by: str
    lifted_at: str | None
    lifted_why: str
    state: str


class WarningOut(Schema):
    """A finding of the watch list."""

    id: int
    terminal: int
    customer_code: str
    customer: str
    kind: str
    grave: bool
    detail: dict[str, Any]
    found_on: date
    found_by: str
    closed_at: str | None
    outcome: str


class HoldIn(Schema):
    """Stop credit sales to a customer (its code), until a day or until somebody lifts it."""

    customer: str = Field(examples=["T0001"])
    reason: Literal[
        "overdue",
        "bill_default",
        "limit_over",
        "licence",
        "survey_expired",
        "promise_broken",
        "legal",
        "dispute",
        "other",
    ]
    note: str = Field(min_length=1, max_length=200, examples=["对账争议"])
    until: date | None = None


class WhyIn(Schema):
    """Why."""

    why: str = Field(min_length=1, max_length=200)


class WarningIn(Schema):
    """Something seen about a customer (its code)."""

    customer: str = Field(examples=["T0001"])
    kind: Literal["registry", "lawsuit", "staff", "rumour", "other"]
    note: str = Field(min_length=1, max_length=300)
    grave: bool = False


@router.get("/standing/{customer}", response=StandingOut, summary="How a customer stands now")
def how_it_stands(request: Any, customer: str) -> Any:
    """Exposure part by part, limit, headroom, overdue, holds and red lines of a customer, by its code."""
    request.user.must(SEE)
    terminal = terminals.terminal_named(request.user, customer)
    terminal = terminals.terminal_for(request.user, terminal.pk, SEE)
    today = timezone.localdate()
    who = {"terminal": terminal.pk, "customer_code": terminal.code, "customer": terminal.name, "as_of": today}
    return who | shapes.standing(standing.standing(terminal.pk, today))


@router.get("/standing/{customer}/suggestion", response=SuggestionOut, summary="The limit suggested for a customer")
def suggested_limit(request: Any, customer: str, term_days: Annotated[int, Query(ge=0, le=366)] = 30) -> Any:
    """The limit of the default method at a term, line by line, with the published methods beside it."""
    request.user.must(SEE)
    terminal = terminals.terminal_for(request.user, terminals.terminal_named(request.user, customer).pk, SEE)
    return shapes.suggestion(files.suggestion(terminal.pk, term_days, timezone.localdate()))


@router.get("/limits", response=Page[LimitOut], summary="Limits in force")
def limits_in_force(
    request: Any, state: Literal["over", "ending", "held", "ended"] | None = None, grade: Grade | None = None,
    q: str = "", order: Literal["code", "used", "-used", "left", "-left", "until", "-until", "fen", "-fen"] = "code",
    start: Start = 0, limit: Limit = 50,
) -> Any:  # fmt: skip
    """Limits in force with what is used of them; `state` narrows to overdrawn, ending within 30 days, held or ended."""
    request.user.must(SEE)
    rows, count, _totals = lending.list_limits(
        request.user, timezone.localdate(), state=state or "", grade=grade or "", text=q, order=order, start=start,
        limit=limit,
    )  # fmt: skip
    return page(request, [shapes.limit(row) for row in rows], count, start, limit)


@router.get("/holds", response=Page[HoldOut], summary="Credit holds")
def list_holds(
    request: Any, customer: str = "", state: Literal["live", "lifted", "ended"] | None = "live", start: Start = 0,
    limit: Limit = 50,
) -> Any:  # fmt: skip
    """Holds, newest first."""
    request.user.must(SEE)
    terminal = terminals.terminal_named(request.user, customer).pk if customer else None
    rows, count = holds.list_holds(
        request.user, timezone.localdate(), terminal=terminal, state=state or "", start=start, limit=limit
    )
    return page(request, [shapes.hold(row) for row in rows], count, start, limit)


@router.post("/holds", response={201: HoldOut}, openapi_extra=KEYED, summary="Stop credit sales to a customer")
def place_hold(request: Any, body: HoldIn) -> Any:
    """Place a hold. Needs credit.hold."""

    def place() -> dict[str, Any]:
        terminal = terminals.terminal_named(request.user, body.customer)
        made = actions.place_hold(
            terminal=terminal, reason=body.reason, note=body.note, until=body.until, by=request.user, now=timezone.now()
        )
        return _hold(request, made)

    return Status(201, keyed(request, "place_hold", body.dict(), place))


@router.post("/holds/{int:pk}/lift", response={201: HoldOut}, openapi_extra=KEYED, summary="Lift a hold")
def lift_hold(request: Any, pk: int, body: WhyIn) -> Any:
    """Lift a hold, with the reason. Needs credit.hold."""

    def lift() -> dict[str, Any]:
        return _hold(request, actions.lift_hold(hold=pk, why=body.why, by=request.user, now=timezone.now()))

    return Status(201, keyed(request, f"lift_hold:{pk}", body.dict(), lift))


@router.get("/watch", response=Page[WarningOut], summary="The watch list")
def watch_list(
    request: Any, customer: str = "", state: Literal["open", "closed"] | None = "open", start: Start = 0,
    limit: Limit = 50,
) -> Any:  # fmt: skip
    """Findings, grave and oldest first."""
    request.user.must(SEE)
    terminal = terminals.terminal_named(request.user, customer).pk if customer else None
    rows, count = watching.list_findings(request.user, terminal=terminal, state=state or "", start=start, limit=limit)
    return page(request, [shapes.finding(row) for row in rows], count, start, limit)


@router.post("/watch", response={201: WarningOut}, openapi_extra=KEYED, summary="Write down what was seen")
def note_finding(request: Any, body: WarningIn) -> Any:
    """Tell that something about a customer has changed. Needs credit.watch."""

    def note() -> dict[str, Any]:
        terminal = terminals.terminal_named(request.user, body.customer)
        made = actions.note_finding(
            terminal=terminal, kind=body.kind, note=body.note, grave=body.grave, by=request.user, now=timezone.now()
        )
        return _finding(request, made)

    return Status(201, keyed(request, "note_finding", body.dict(), note))


@router.post("/watch/{int:pk}/close", response={201: WarningOut}, openapi_extra=KEYED, summary="Close a warning")
def close_finding(request: Any, pk: int, body: WhyIn) -> Any:
    """Close a finding with what came of it (`why`). Needs credit.watch."""

    def close() -> dict[str, Any]:
        made = actions.close_finding(finding=pk, outcome=body.why, by=request.user, now=timezone.now())
        return _finding(request, made)

    return Status(201, keyed(request, f"close_finding:{pk}", body.dict(), close))


def _hold(request: Any, made: Any) -> dict[str, Any]:
    rows = holds.holds_of(request.user, made.terminal_id, timezone.localdate())
    return shapes.hold(next(row for row in rows if row.pk == made.pk))


def _finding(request: Any, made: Any) -> dict[str, Any]:
    rows = watching.findings_of(request.user, made.terminal_id)
    return shapes.finding(next(row for row in rows if row.pk == made.pk))
