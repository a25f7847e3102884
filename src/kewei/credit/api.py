"""Credit as JSON: grades and scores; standing, limits, holds and warnings of customers.

Points are in hundredths, in fields named *_points_c or points_c; days are ISO dates.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from kewei.credit import actions, shapes
from kewei.credit.papers import plots
from kewei.credit.queries import files, grades, holds, lending, scores, standing, watching
from kewei.credit.rules import scoring
from kewei.credit.rules.scoring import NotScored
from kewei.journal.api import KEY_WELCOME, KEYED, Limit, Page, Start, keyed, page
from kewei.terminals import queries as terminals

router = Router(tags=["credit"])
SEE = "credit.see"

Grade = Literal["A", "B", "C", "D"]
Months = Annotated[int, Query(ge=1, le=36, description="months after a score in which its outcome is looked for")]


class GradeOut(Schema):
    """A customer with its newest grade."""

    terminal: int
    customer_code: str
    customer: str
    kind: str
    grade: str
    points_c: int
    sheet: str
    as_of: date
    capped_by: list[str]
    red_lines: list[str]


class LineOut(Schema):
    """A line of a score: `got` is 0–5 of a factor, basis points of a part of behaviour; `moved` where its weight went elsewhere."""

    family: str
    code: str
    weight: int
    got: int
    points_c: int
    missing: bool
    moved: bool


class ChangeOut(Schema):
    """One thing that would have to be otherwise to lift the grade one band: the values fields or measures would have."""

    family: str
    code: str
    to: dict[str, Any]


class ScoreOut(Schema):
    """A score with everything that made it; `replays` says that it comes out bit-equal again."""

    id: int
    terminal: int
    as_of: date
    sheet: str
    grade: str
    points_c: int
    own_grade: str
    red_lines: list[str]
    capped_by: list[str]
    lines: list[LineOut]
    lift: list[ChangeOut]
    versions: dict[str, str]
    replays: bool


class MoverOut(Schema):
    """A customer whose grade changed."""

    score: int
    terminal: int
    customer_code: str
    customer: str
    former: str
    grade: str
    points_c: int
    former_points_c: int
    as_of: date


@router.get("/grades", response=Page[GradeOut], summary="Customers by grade")
def list_grades(
    request: Any, grade: Grade | None = None, kind: str = "", q: str = "", start: Start = 0, limit: Limit = 100
) -> Any:
    """Customers that have been scored, by grade and code."""
    request.user.must(SEE)
    rows, count = grades.list_grades(request.user, grade=grade or "", kind=kind, text=q, start=start, limit=limit)
    told = [
        {
            "terminal": row.terminal, "customer_code": row.code, "customer": row.name, "kind": row.kind, "grade": row.grade,
            "points_c": row.points_c, "sheet": row.sheet, "as_of": row.as_of, "capped_by": row.capped_by,
            "red_lines": row.red_lines,
        }
        for row in rows
    ]  # fmt: skip
    return page(request, told, count, start, limit)


@router.get("/movers", response=Page[MoverOut], summary="Customers whose grade changed")
def movers(
    request: Any, first: date | None = None, last: date | None = None, start: Start = 0, limit: Limit = 100
) -> Any:
    """The last change of each customer between two days (none: the last 90), newest first."""
    request.user.must(SEE)
    last = last or timezone.localdate()
    rows, count = grades.movers(request.user, first or last - timedelta(days=90), last, start=start, limit=limit)
    told = [
        {
            "score": row.score, "terminal": row.terminal, "customer_code": row.code, "customer": row.name,
            "former": row.former, "grade": row.grade, "points_c": row.points_c, "former_points_c": row.former_points_c,
            "as_of": row.as_of,
        }
        for row in rows
    ]  # fmt: skip
    return page(request, told, count, start, limit)


@router.get("/calibration", response=dict[str, Any], summary="Old scores beside what came of them")
def calibration(request: Any, first: date | None = None, last: date | None = None, months: Months = 6) -> Any:
    """Who became more than 60 days late within some months of a score: Brier, AUC, by grade and by expectation."""
    request.user.must(SEE)
    today = timezone.localdate()
    last = last or today
    return plots.as_json(grades.calibrated(request.user, first or last - timedelta(days=3 * 365), last, months, today))


@router.get("/terminals/{int:pk}/credit-score", response=ScoreOut, summary="A customer's newest score")
def newest_score(request: Any, pk: int) -> Any:
    """The newest score with every line, what would lift it, and the versions of the policies that made it."""
    request.user.must(SEE)
    terminal = terminals.terminal_for(request.user, pk, SEE)
    return _told(scores.score_of(terminal.pk))


@router.post(
    "/terminals/{int:pk}/credit-score", response=ScoreOut, summary="Score a customer now", openapi_extra=KEY_WELCOME
)
def score_now(request: Any, pk: int) -> Any:
    """Score the customer by what is known now, and set its grade."""
    terminal = terminals.terminal_for(request.user, pk, SEE)

    def do() -> Any:
        made = actions.score_customer(terminal=terminal, by=request.user, now=timezone.now())
        return ScoreOut(**_told(scores.score_of(terminal.pk, made.pk))).model_dump(mode="json")

    return keyed(request, "credit.score", {"terminal": pk}, do, required=False)


def _told(full: scores.FullScore | None) -> dict[str, Any]:
    if full is None:
        raise NotScored
    book = scores.book_of(full.labels)
    return {
        "id": full.row.pk, "terminal": full.row.terminal, "as_of": full.row.as_of, "sheet": full.row.sheet,
        "grade": full.row.grade, "points_c": full.row.points_c, "own_grade": scoring.band(full.row.points_c, book.grading),
        "red_lines": list(full.row.red_lines), "capped_by": list(full.row.capped_by),
        "lines": [
            {
                "family": line.family, "code": line.code, "weight": line.weight, "got": line.got, "points_c": line.points_c,
                "missing": line.missing, "moved": line.moved,
            }
            for line in full.lines
        ],
        "lift": [
            {"family": one.family, "code": one.code, "to": dict(one.to)}
            for one in scoring.lift(full.case, book)
        ],
        "versions": full.labels, "replays": scores.replays(full),
    }  # fmt: skip


# --- standing, limits, holds, warnings -----------------------------------------------------------------------------------


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
    kind: Literal["registry", "lawsuit", "dispute", "promise", "staff", "rumour", "other"]
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
