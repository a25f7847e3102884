"""Applications for credit as JSON: list, what waits for oneself, the whole file, apply, give an opinion, withdraw."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Field, Schema, Status

from kewei.credit import actions
from kewei.credit.api.parts import SEE, Code, Days, Fen, router
from kewei.credit.queries import applications
from kewei.credit.rules.redlines import NEVER_WAIVED, RED_LINES
from kewei.journal.api import KEYED, Key, Limit, Page, Start, keyed, page
from kewei.people import queries as people
from kewei.terminals import queries as terminals

Kind = Literal["new", "renew", "raise", "temporary", "lower", "cancel", "term"]
State = Literal["waiting", "granted", "rejected", "returned", "withdrawn"]


class ApplicationOut(Schema):
    """An application in a list; `waiting_for` is the role whose turn it is, at `step` of `steps`."""

    id: int
    number: str
    kind: str
    terminal: int
    customer_code: str
    customer: str
    wanted_fen: int
    wanted_term_days: int
    wanted_until: date
    suggested_fen: int | None
    applicant: str
    applied_at: datetime
    state: str
    step: int
    steps: int
    waiting_for: str
    step_due_at: datetime | None


class WaitingOut(ApplicationOut):
    """An application that waits for oneself, as which role, and for whom one stands in (a person's id)."""

    role: str
    for_whom: int | None


class OpinionOut(Schema):
    """What somebody said at a step."""

    step: int
    role: str
    word: str
    fen: int | None
    term_days: int | None
    reason: str
    by: str
    stands_in_for: str
    at: datetime


class ApplicationFileOut(ApplicationOut):
    """The whole file: the figures frozen at the application, the calculation, the law, the route and its opinions."""

    for_group: bool
    survey: int | None
    score: int | None
    over_reason: str
    accepts_bills: bool
    waives: list[str]
    suggestion: dict[str, Any]
    file: dict[str, Any]
    statutory: dict[str, Any]
    matrix: str
    route: list[str]
    opinions: list[OpinionOut]
    next_roles: list[str]


class ApplicationIn(Schema):
    """An application for a customer (its code); `pledged`: the applicant answers for the payment."""

    customer: Code = Field(examples=["T0001"])
    kind: Kind
    wanted_fen: Fen
    term_days: Days
    until: date
    pledged: bool = False
    over_reason: Annotated[str, Field(max_length=500)] = ""
    for_group: bool = False
    waives: list[Annotated[str, Field(max_length=30)]] = Field(
        default_factory=list,
        max_length=20,
        description=", ".join(line for line in RED_LINES if line not in NEVER_WAIVED),
    )
    accepts_bills: bool = False
    first_order_fen: Fen = 0


class OpinionIn(Schema):
    """An opinion; `fen` and `term_days` only to give less; `stands_in_for` a person's id where a deputy speaks."""

    word: Literal["agree", "reduce", "condition", "return", "reject"]
    reason: Annotated[str, Field(max_length=500)] = ""
    fen: Annotated[int, Field(ge=1, le=10**15)] | None = None
    term_days: Days | None = None
    stands_in_for: Key | None = None


@router.get("/applications", response=Page[ApplicationOut], summary="Applications for credit")
def list_applications(
    request: Any, customer: str = "", state: State | None = None, kind: Kind | None = None, q: str = "",
    start: Start = 0, limit: Limit = 50,
) -> Any:  # fmt: skip
    """Applications, newest first."""
    request.user.must(SEE)
    terminal = terminals.terminal_named(request.user, customer).pk if customer else None
    rows, count = applications.list_applications(
        request.user, terminal=terminal, state=state or "", kind=kind or "", text=q, start=start, limit=limit
    )
    return page(request, [_row(row) for row in rows], count, start, limit)


@router.get("/applications/waiting", response=list[WaitingOut], summary="Applications that wait for oneself")
def waiting(request: Any) -> Any:
    """What waits for one's opinion, or for whom one stands in: oldest first, never one's own."""
    found = applications.inbox(request.user, timezone.now())
    return [_row(one.row) | {"role": one.role, "for_whom": one.for_whom} for one in found]


@router.get("/applications/{int:pk}", response=ApplicationFileOut, summary="One application with its whole file")
def application(request: Any, pk: int) -> Any:
    """Everything an approver sees, as it was on the day of the application."""
    return _file(request, pk)


@router.post(
    "/applications", response={201: ApplicationFileOut}, openapi_extra=KEYED, summary="Apply for credit for a customer"
)
def apply_for_credit(request: Any, body: ApplicationIn) -> Any:
    """Hand in an application; the authority matrix of the day says who must agree. Needs credit.apply."""

    def do() -> int:
        given = body.dict(exclude={"customer"})
        terminal = terminals.terminal_named(request.user, body.customer)
        return actions.apply_for_credit(terminal=terminal, by=request.user, now=timezone.now(), **given).pk

    return Status(201, _file(request, keyed(request, "apply_for_credit", body.dict(), do)))


@router.post(
    "/applications/{int:pk}/opinions",
    response={201: ApplicationFileOut},
    openapi_extra=KEYED,
    summary="Give an opinion",
)
def give_opinion(request: Any, pk: int, body: OpinionIn) -> Any:
    """Say what one thinks where it is one's turn; never of one's own. Needs credit.approve or credit.approve_quality."""

    def do() -> int:
        giver = people.colleague(body.stands_in_for) if body.stands_in_for else None
        speaker = giver or request.user
        verb = applications.APPROVE if speaker.may(applications.APPROVE) else applications.COUNTERSIGN
        kept = applications.application_for(speaker, pk, verb)
        given = body.dict(exclude={"stands_in_for"})
        actions.give_opinion(application=kept, stands_in_for=giver, by=request.user, now=timezone.now(), **given)
        return pk

    return Status(201, _file(request, keyed(request, f"give_opinion:{pk}", body.dict(), do)))


@router.post("/applications/{int:pk}/withdraw", response=ApplicationFileOut, summary="Withdraw one's application")
def withdraw(request: Any, pk: int) -> Any:
    """Only the applicant withdraws, and only while it waits."""
    kept = applications.application_for(request.user, pk)
    actions.withdraw_application(application=kept, by=request.user, now=timezone.now())
    return _file(request, pk)


def _row(row: applications.ApplicationRow) -> dict[str, Any]:
    return {
        "id": row.pk, "number": row.number, "kind": row.kind, "terminal": row.terminal,
        "customer_code": row.terminal_code, "customer": row.terminal_name, "wanted_fen": row.wanted_fen,
        "wanted_term_days": row.wanted_term_days, "wanted_until": row.wanted_until, "suggested_fen": row.suggested_fen,
        "applicant": row.applicant, "applied_at": row.applied_at, "state": row.state, "step": row.step,
        "steps": row.steps, "waiting_for": row.waiting_for, "step_due_at": row.step_due_at,
    }  # fmt: skip


def _file(request: Any, pk: int) -> dict[str, Any]:
    card = applications.application(request.user, pk)
    names = (
        "for_group", "survey", "score", "over_reason", "accepts_bills", "suggestion", "file", "statutory", "matrix",
    )  # fmt: skip
    return _row(card.row) | {name: getattr(card, name) for name in names} | {
        "waives": list(card.waives), "route": list(card.route), "next_roles": list(card.next_roles),
        "opinions": [
            {
                "step": one.step, "role": one.role, "word": one.word, "fen": one.fen, "term_days": one.term_days,
                "reason": one.reason, "by": one.by, "stands_in_for": one.stands_in_for, "at": one.at,
            }
            for one in card.opinions
        ],
    }  # fmt: skip
