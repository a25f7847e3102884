"""Grades and scores as JSON. Points are in hundredths, in fields named *_points_c or points_c; days are ISO dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from django.utils import timezone
from ninja import Query, Schema

from kewei.credit import actions
from kewei.credit.api.parts import SEE, Grade, router
from kewei.credit.papers import plots
from kewei.credit.queries import grades, scores
from kewei.credit.rules import scoring
from kewei.credit.rules.scoring import NotScored
from kewei.journal.api import KEY_WELCOME, Limit, Page, Start, keyed, page
from kewei.terminals import queries as terminals

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


@router.get("/scores/{int:pk}", response=ScoreOut, summary="One score")
def one_score(request: Any, pk: int) -> Any:
    """A score as it was made, with the versions of the policies that made it."""
    request.user.must(SEE)
    return _told(scores.score_for(request.user, pk))


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
