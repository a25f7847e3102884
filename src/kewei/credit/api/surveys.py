"""客户信用状况调查表 as JSON: what the form asks, surveys, drafting, handing in, reviewing, looks into official lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Field, Schema, Status

from kewei.credit import actions
from kewei.credit.api.parts import SEE, Code, Days, Fen, Grade, router
from kewei.credit.queries import surveys
from kewei.credit.rules import survey as rules
from kewei.credit.rules.redlines import LISTS
from kewei.journal.api import KEYED, Limit, Page, Start, keyed, page
from kewei.terminals import queries as terminals
from kewei.terminals.rules import KINDS

How = Literal["site", "phone", "public", "report"]
State = Literal["draft", "handed_in", "accepted", "expired"]
List = Literal["dishonest_debtor", "serious_illegal", "abnormal_operation", "bill_default", "licence", "restructuring"]


class AskedOut(Schema):
    """A field of the form: its kind, whether it must be filled, the words of its levels, the columns of its rows."""

    factor: str
    field: str
    words: str
    kind: str
    required: bool
    levels: list[str]
    columns: list[str]


class SurveyOut(Schema):
    """A survey in a list."""

    id: int
    terminal: int
    customer_code: str
    customer: str
    kind: str
    how: str
    surveyed_on: date
    surveyor: str
    state: str
    valid_until: date | None
    suggested_grade: str


class MissingOut(Schema):
    """Something required that is not there."""

    factor: str
    field: str


class LookOut(Schema):
    """The newest look into an official list; `stale` where it is too old to count."""

    list: str
    found: bool
    checked_on: date
    note: str
    by: str
    stale: bool


class ReviewOut(Schema):
    """What a reviewer said."""

    accepted: bool
    opinion: str
    valid_until: date | None
    by: str
    at: datetime


class ChangeOut(Schema):
    """A field that says something else than in the accepted survey before."""

    factor: str
    field: str
    before: Any = None
    after: Any = None


class SurveyFileOut(SurveyOut):
    """A survey with its answers by factor and field, what it lacks, and what changed since the one before."""

    answers: dict[str, dict[str, Any]]
    opinion: str
    suggested_fen: int | None
    suggested_term_days: int | None
    percent: int
    missing: list[MissingOut]
    looks: list[LookOut]
    reviews: list[ReviewOut]
    changes: list[ChangeOut]


class SurveyIn(Schema):
    """A survey begun of a customer (its code); with `copy_last` from the answers of the one in force."""

    customer: Code = Field(examples=["T0001"])
    how: How
    surveyed_on: date
    copy_last: bool = False


class DraftIn(Schema):
    """What is to change in a draft; what is left out stays. Answers are whole: by factor and field, money in fen."""

    answers: dict[str, dict[str, Any]] | None = None
    how: How | None = None
    surveyed_on: date | None = None
    opinion: Annotated[str, Field(max_length=2000)] | None = None
    suggested_grade: Grade | None = None
    suggested_fen: Fen | None = None
    suggested_term_days: Days | None = None


class ReviewIn(Schema):
    """A review; a survey sent back needs words."""

    accept: bool
    opinion: Annotated[str, Field(max_length=500)] = ""


class LookIn(Schema):
    """A look into an official list about a customer (its code)."""

    customer: Code = Field(examples=["T0001"])
    list: List
    found: bool
    checked_on: date
    note: Annotated[str, Field(max_length=200)] = ""


@router.get("/survey-form", response=list[AskedOut], summary="What the survey form asks of a kind of customer")
def survey_form(request: Any, kind: str = "pharmacy") -> Any:
    """Every field in the order of the paper form."""
    request.user.must(SEE)
    kind = kind if kind in KINDS else "other"
    return [
        {
            "factor": factor.code, "field": field.code, "words": field.words, "kind": field.kind,
            "required": rules.required(kind, factor, field), "levels": list(field.levels),
            "columns": [column.code for column in field.columns],
        }
        for factor, field in rules.fields_of(kind)
    ]  # fmt: skip


@router.get("/surveys", response=Page[SurveyOut], summary="Credit surveys")
def list_surveys(
    request: Any, customer: str = "", state: State | None = None, q: str = "", start: Start = 0, limit: Limit = 50
) -> Any:
    """Surveys, newest first."""
    request.user.must(SEE)
    terminal = terminals.terminal_named(request.user, customer).pk if customer else None
    rows, count = surveys.list_surveys(
        request.user, timezone.localdate(), terminal=terminal, state=state or "", text=q, start=start, limit=limit
    )
    return page(request, [_row(row) for row in rows], count, start, limit)


@router.get("/surveys/waiting", response=list[SurveyOut], summary="Surveys that wait for one's review")
def waiting(request: Any) -> Any:
    """Surveys handed in by somebody else that one may review, oldest first."""
    request.user.must("credit.review")
    return [_row(row) for row in surveys.waiting_for_review(request.user, timezone.localdate())]


@router.get("/surveys/{int:pk}", response=SurveyFileOut, summary="One survey")
def survey(request: Any, pk: int) -> Any:
    """A survey with its answers, what it lacks, its looks into lists, its reviews."""
    request.user.must(SEE)
    return _file(request, pk)


@router.post("/surveys", response={201: SurveyFileOut}, openapi_extra=KEYED, summary="Begin a survey")
def start_survey(request: Any, body: SurveyIn) -> Any:
    """A draft only its surveyor changes. Needs credit.survey."""

    def do() -> int:
        terminal = terminals.terminal_named(request.user, body.customer)
        last = surveys.accepted(terminal.pk, timezone.localdate()) if body.copy_last else None
        copy_of = surveys.survey_for(request.user, last.pk) if last else None
        return actions.start_survey(
            terminal=terminal, how=body.how, surveyed_on=body.surveyed_on, copy_of=copy_of, by=request.user,
            now=timezone.now(),
        ).pk  # fmt: skip

    return Status(201, _file(request, keyed(request, "start_survey", body.dict(), do)))


@router.patch("/surveys/{int:pk}", response=SurveyFileOut, summary="Write into a draft")
def save_survey(request: Any, pk: int, body: DraftIn) -> Any:
    """Change what is given. Needs credit.survey, and to be its surveyor."""
    kept = surveys.survey_for(request.user, pk)
    changes = {name: value for name, value in body.dict(exclude_unset=True).items() if value is not None}
    actions.save_survey(survey=kept, by=request.user, now=timezone.now(), **changes)
    return _file(request, pk)


@router.post("/surveys/{int:pk}/hand-in", response=SurveyFileOut, summary="Hand in a survey")
def hand_in(request: Any, pk: int) -> Any:
    """From then on it is read, not written. Refused while anything required is missing."""
    kept = surveys.survey_for(request.user, pk)
    actions.hand_in_survey(survey=kept, by=request.user, now=timezone.now())
    return _file(request, pk)


@router.post("/surveys/{int:pk}/review", response={201: SurveyFileOut}, openapi_extra=KEYED, summary="Review a survey")
def review(request: Any, pk: int, body: ReviewIn) -> Any:
    """Accept it or send it back, once, as somebody else than its surveyor. Needs credit.review."""

    def do() -> int:
        kept = surveys.survey_for(request.user, pk)
        actions.review_survey(survey=kept, by=request.user, now=timezone.now(), **body.dict())
        return pk

    return Status(201, _file(request, keyed(request, f"review_survey:{pk}", body.dict(), do)))


@router.post("/looks", response={201: LookOut}, openapi_extra=KEYED, summary="Note a look into an official list")
def look(request: Any, body: LookIn) -> Any:
    """What an official list said about a customer. Needs credit.survey; a hit is a red line."""

    def do() -> dict[str, Any]:
        terminal = terminals.terminal_named(request.user, body.customer)
        row = actions.check_list(
            terminal=terminal, line=body.list, found=body.found, checked_on=body.checked_on, note=body.note,
            by=request.user, now=timezone.now(),
        )  # fmt: skip
        told = {"list": row.line, "found": row.found, "checked_on": row.checked_on.isoformat(), "note": row.note}
        return told | {"by": request.user.name, "stale": False}

    return Status(201, keyed(request, "check_list", body.dict(), do))


def _row(row: surveys.SurveyRow) -> dict[str, Any]:
    return {
        "id": row.pk, "terminal": row.terminal, "customer_code": row.terminal_code, "customer": row.terminal_name,
        "kind": row.kind, "how": row.how, "surveyed_on": row.surveyed_on, "surveyor": row.surveyor, "state": row.state,
        "valid_until": row.valid_until, "suggested_grade": row.suggested_grade,
    }  # fmt: skip


def _file(request: Any, pk: int) -> dict[str, Any]:
    card = surveys.survey(request.user, pk, timezone.localdate())
    changes = rules.differences(card.former.answers, card.answers) if card.former else []
    return _row(card.row) | {
        "answers": card.answers, "opinion": card.opinion, "suggested_fen": card.suggested_fen,
        "suggested_term_days": card.suggested_term_days, "percent": card.complete.percent,
        "missing": [{"factor": factor, "field": field} for factor, field in card.complete.missing],
        "looks": [
            {
                "list": line, "found": one.found, "checked_on": one.checked_on, "note": one.note, "by": one.by,
                "stale": line in card.stale,
            }
            for line in LISTS if (one := card.lists.get(line))
        ],
        "reviews": [vars(one) for one in card.reviews],
        "changes": [
            {"factor": one.factor, "field": one.field, "before": one.before, "after": one.after} for one in changes
        ],
    }  # fmt: skip
