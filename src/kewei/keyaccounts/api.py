"""Key accounts as JSON: candidates, groups, plans, their actions and reviews. Money is whole fen, shares basis points."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Field, Path, Router, Schema, Status

from kewei.journal.api import KEY_WELCOME, Key, KeyInPath, Limit, Page, Pk, Start, keyed, page
from kewei.kernel.money import MAX_FEN
from kewei.keyaccounts import actions
from kewei.keyaccounts.queries import plans, reviewing
from kewei.keyaccounts.queries.earning import SEE, identified
from kewei.keyaccounts.queries.groups import group
from kewei.keyaccounts.rules.plans import ActionGiven, Content, GoalGiven, RiskGiven, RoleGiven
from kewei.people import queries as people
from kewei.terminals import queries as terminals

router = Router(tags=["keyaccounts"])
PLAN, DECIDE, REVIEW = "keyaccounts.plan", "keyaccounts.approve", "keyaccounts.review"

Code = Annotated[str, Field(max_length=16)]
Line = Annotated[str, Field(max_length=200)]
Post = Annotated[str, Field(max_length=40)]
Note = Annotated[str, Field(max_length=300)]
Long = Annotated[str, Field(max_length=500)]
Value = Annotated[int, Field(ge=0, le=MAX_FEN)]
Bp = Annotated[int, Field(ge=0, le=10_000)]
Days = Annotated[int, Field(ge=0, le=10_000)]
Number = Annotated[int, Field(ge=0, le=32_000)]
NumberInPath = Annotated[int, Path(ge=1, le=32_000)]
Quarter = Annotated[int, Path(ge=1, le=20)]


class CandidateOut(Schema):
    """A customer (or a group under its head) that may be a key account; fen, `share_bp` of what the asker sees."""

    key: int
    code: str
    name: str
    kind: str
    members: int
    sales_fen: int
    gross_fen: int
    tied_fen: int
    credit_fen: int
    visit_fen: int
    visits: int
    profit_fen: int
    share_bp: int
    owed_fen: int
    overdue_fen: int
    reasons: list[str]
    warnings: list[str]
    plan: int | None
    plan_state: str


class IdentifiedOut(Schema):
    """The candidates of a period and how much hangs on few: HHI from 0 to 10,000; `efforts_told_at` when visits were counted."""

    first: date
    last: date
    customers: int
    hhi: int
    spread: str
    policy: str
    efforts_told_at: datetime | None
    items: list[CandidateOut]


class MemberOut(Schema):
    """A member of a group; `limit_fen` null where no limit is in force."""

    pk: int
    code: str
    name: str
    head: bool
    sales_fen: int
    before_fen: int
    share_bp: int
    owed_fen: int
    overdue_fen: int
    limit_fen: int | None
    headroom_fen: int


class GroupOut(Schema):
    """A group as far as the asker sees it; `unseen` members are not counted."""

    head: int
    first: date
    last: date
    hhi: int
    unseen: int
    plan: int | None
    members: list[MemberOut]


class PlanOut(Schema):
    """A plan: `state` draft, handed_in, sent_back, live, amending, closed or dropped; actions done, of how many, late."""

    id: int
    terminal: int
    customer_code: str
    customer: str
    for_group: bool
    first_on: date
    last_on: date
    owner: int
    owner_name: str
    state: str
    newest: int
    in_force: int | None
    done: int
    actions: int
    late: int
    verdict: str
    due_quarter: int | None


class RoleIn(Schema):
    """A post and its part in deciding: no name, nothing private."""

    department: Code
    post: Annotated[str, Field(min_length=1, max_length=40)]
    part: Code
    attitude: Code = "unknown"
    needs: Line = ""


class GoalIn(Schema):
    """A goal in the unit of its kind: sales fen, products a count, share and overdue_rate basis points, collection_days days."""

    kind: Literal["sales", "products", "share", "collection_days", "overdue_rate"]
    baseline: Value
    target: Value
    milestones: Annotated[list[Value], Field(max_length=20)] = []


class ActionIn(Schema):
    """An action or an executive visit; `number` keeps one that is there, 0 is a new one."""

    words: Annotated[str, Field(min_length=1, max_length=200)]
    owner: Key
    due_on: date
    number: Number = 0
    kind: Literal["work", "executive"] = "work"
    budget_fen: Value = 0
    compliance: Post = ""
    serves: Literal["sales", "products", "share", "collection_days", "overdue_rate"] = "sales"
    visit: bool = False
    terminal: Key | None = None
    ours: Post = ""
    theirs: Post = ""


class RiskIn(Schema):
    """A risk and what is done then."""

    kind: Code
    words: Annotated[str, Field(min_length=1, max_length=200)]
    level: Code = "middle"
    answer: Line = ""


class SituationIn(Schema):
    """How things stand."""

    covered: Note = ""
    share_bp: Bp | None = None
    share_basis: Line = ""
    competition: Note = ""
    price_agreement: Note = ""
    procurement: Note = ""
    term_days: Days | None = None
    paid_days: Days | None = None


class SwotIn(Schema):
    """Strengths, weaknesses, opportunities, threats."""

    strengths: Long = ""
    weaknesses: Long = ""
    opportunities: Long = ""
    threats: Long = ""


class ContentIn(Schema):
    """Everything the form asks for, in its order."""

    reasons: Annotated[list[Code], Field(max_length=4)] = []
    reason_words: Note = ""
    roles: Annotated[list[RoleIn], Field(max_length=60)] = []
    situation: SituationIn = SituationIn()
    swot: SwotIn = SwotIn()
    goals: Annotated[list[GoalIn], Field(max_length=5)] = []
    actions: Annotated[list[ActionIn], Field(max_length=60)] = []
    risks: Annotated[list[RiskIn], Field(max_length=60)] = []
    why_words: Line = ""


class PlanWholeOut(PlanOut):
    """A plan with its newest version, what became of its actions, its reviews."""

    content: dict[str, Any]
    figures: dict[str, Any]
    complete: int
    missing: list[str]
    progress: list[dict[str, Any]]
    reviews: list[dict[str, Any]]


class StartIn(Schema):
    """A plan of a customer for whole months; without an owner it is one's own."""

    customer_code: Annotated[str, Field(min_length=1, max_length=40)]
    first_on: date
    last_on: date
    owner: Key | None = None
    for_group: bool = False


class MoveIn(Schema):
    """What is done with the plan, and why."""

    move: Literal["hand_in", "approve", "send_back", "amend", "withdraw", "close"]
    note: Note = ""


class ProgressIn(Schema):
    """What became of an action."""

    state: Literal["begun", "done", "left"]
    words: Line = ""


class ReviewIn(Schema):
    """Why goals were missed, what is changed, and the share of the market as estimated."""

    reasons: Long = ""
    adjust: Long = ""
    share_bp: Bp | None = None


class ReviewOut(Schema):
    """A quarter against the ledger; `running` where it is not over."""

    quarter: int
    first_on: date
    last_on: date
    running: bool
    verdict: str
    policy: str
    lines: list[dict[str, Any]]
    figures: dict[str, Any]


@router.get("/candidates", response=IdentifiedOut, summary="Who is a key account")
def candidates(request: Any, grouped: bool = True) -> Any:
    """The largest by sales or by profit after credit and visits, the largest first; groups count as one unless told otherwise."""
    request.user.must(SEE)
    found = identified(request.user, timezone.localdate(), grouped=grouped)
    items = [
        vars(row)
        | asdict(row.earned)
        | {"profit_fen": row.earned.profit_fen, "reasons": [one.code for one in row.reasons]}
        for row in found.rows
    ]
    return {
        "first": found.first, "last": found.last, "customers": found.customers, "hhi": found.hhi, "spread": found.spread,
        "policy": found.policy, "efforts_told_at": found.told_at, "items": items,
    }  # fmt: skip


@router.get("/groups/{int:pk}", response=GroupOut, summary="A group side by side")
def one_group(request: Any, pk: KeyInPath) -> Any:
    """The members of a chain or an alliance: what each buys, owes and may owe."""
    request.user.must(SEE)
    found = group(request.user, pk, timezone.localdate())
    return vars(found) | {
        "plan": found.plan.pk if found.plan else None,
        "members": [vars(one) for one in found.members],
    }


@router.get("/plans", response=Page[PlanOut], summary="Key-account plans")
def list_plans(
    request: Any, text: str = "", owner: Pk | None = None, start: Start = 0, limit: Limit = 50,
    state: Literal["open", "unreviewed", "draft", "handed_in", "sent_back", "live", "amending", "closed", "dropped", ""] = "open",
) -> Any:  # fmt: skip
    """Plans by customer; `unreviewed`: with a quarter that is over and not reviewed."""
    request.user.must(SEE)
    rows, count = plans.list_plans(
        request.user, timezone.localdate(), state=state, text=text[:60], owner=owner, start=start, limit=limit
    )
    return page(request, [_told(row) for row in rows], count, start, limit)


@router.post("/plans", response={201: PlanOut}, summary="Begin a plan", openapi_extra=KEY_WELCOME)
def start_plan(request: Any, body: StartIn) -> Any:
    """An empty draft."""
    request.user.must(PLAN)
    terminal = terminals.terminal_named(request.user, body.customer_code)

    def do() -> int:
        owner = people.colleague(body.owner) if body.owner else request.user
        return actions.start_plan(
            terminal=terminal, first_on=body.first_on, last_on=body.last_on, owner=owner, for_group=body.for_group,
            by=request.user, now=timezone.now(),
        ).pk  # fmt: skip

    pk = keyed(request, "keyaccounts.start_plan", body.model_dump(mode="json"), do, required=False)
    return Status(201, _told(plans.plan_file(request.user, pk, timezone.localdate()).row))


@router.get("/plans/{int:pk}", response=PlanWholeOut, summary="One plan")
def one_plan(request: Any, pk: KeyInPath) -> Any:
    """A plan with everything in its newest version."""
    request.user.must(SEE)
    return _whole(request, pk)


@router.put("/plans/{int:pk}", response=PlanWholeOut, summary="Write a plan")
def write_plan(request: Any, pk: KeyInPath, body: ContentIn) -> Any:
    """Everything the form asks for takes the place of what the open version said."""
    request.user.must(PLAN)
    actions.write_plan(plan=pk, content=_content(body), by=request.user, now=timezone.now())
    return _whole(request, pk)


@router.post("/plans/{int:pk}/moves", response=PlanOut, summary="Move a plan on", openapi_extra=KEY_WELCOME)
def move_plan(request: Any, pk: KeyInPath, body: MoveIn) -> Any:
    """Hand in, approve, send back, amend, withdraw or close."""
    request.user.must(DECIDE if body.move in ("approve", "send_back", "close") else PLAN)

    def do() -> int:
        note = {} if body.move == "hand_in" else {"why" if body.move == "amend" else "note": body.note}
        act: Any = getattr(actions, f"{body.move}_plan")
        return act(plan=pk, by=request.user, now=timezone.now(), **note).pk

    keyed(request, "keyaccounts.move_plan", [pk, body.model_dump(mode="json")], do, required=False)
    return _told(plans.plan_file(request.user, pk, timezone.localdate()).row)


@router.post(
    "/plans/{int:pk}/actions/{int:number}",
    response=PlanWholeOut,
    summary="Progress of an action",
    openapi_extra=KEY_WELCOME,
)
def note_progress(request: Any, pk: KeyInPath, number: NumberInPath, body: ProgressIn) -> Any:
    """Begun, done, left; or begun again."""
    request.user.must(PLAN)

    def do() -> int:
        return actions.note_progress(
            plan=pk, number=number, state=body.state, words=body.words, by=request.user, now=timezone.now()
        ).pk

    keyed(request, "keyaccounts.note_progress", [pk, number, body.model_dump(mode="json")], do, required=False)
    return _whole(request, pk)


@router.get("/plans/{int:pk}/reviews/{int:quarter}", response=ReviewOut, summary="A quarter against the ledger")
def one_review(request: Any, pk: KeyInPath, quarter: Quarter) -> Any:
    """As it stands now; what was kept stands with the plan."""
    request.user.must(SEE)
    return _seen(request, pk, quarter)


@router.post(
    "/plans/{int:pk}/reviews/{int:quarter}", response=ReviewOut, summary="Keep a review", openapi_extra=KEY_WELCOME
)
def keep_review(request: Any, pk: KeyInPath, quarter: Quarter, body: ReviewIn) -> Any:
    """The goals against the ledger, why, and what is changed; of a quarter that is over."""
    request.user.must(REVIEW)

    def do() -> int:
        return actions.keep_review(
            plan=pk, quarter=quarter, reasons=body.reasons, adjust=body.adjust, told_share_bp=body.share_bp,
            by=request.user, now=timezone.now(),
        ).pk  # fmt: skip

    keyed(request, "keyaccounts.keep_review", [pk, quarter, body.model_dump(mode="json")], do, required=False)
    return _seen(request, pk, quarter, body.share_bp)


def _seen(request: Any, pk: int, quarter: int, share_bp: int | None = None) -> dict[str, Any]:
    found = reviewing.preview(plans.plan_for(request.user, pk), quarter, timezone.localdate(), told_share_bp=share_bp)
    return vars(found) | {"lines": [reviewing.line_as_json(line) for line in found.lines]}


def _told(row: plans.PlanRow) -> dict[str, Any]:
    who = {"terminal": row.terminal_id, "customer_code": row.terminal_code, "customer": row.terminal_name}
    return vars(row) | {"id": row.pk} | who


def _whole(request: Any, pk: int) -> dict[str, Any]:
    file = plans.plan_file(request.user, pk, timezone.localdate())
    return _told(file.row) | {
        "content": asdict(file.content), "figures": file.figures, "complete": file.completeness.percent,
        "missing": list(file.completeness.missing),
        "progress": [{"number": one.number, "state": one.state, "said": one.said, "visits": one.visits} for one in file.actions],
        "reviews": [vars(one) for one in file.reviews],
    }  # fmt: skip


def _content(body: ContentIn) -> Content:
    return Content(
        reasons=tuple(body.reasons),
        reason_words=body.reason_words,
        roles=tuple(RoleGiven(**one.model_dump()) for one in body.roles),
        situation={name: value for name, value in body.situation.model_dump().items() if value not in ("", None)},
        swot={name: value for name, value in body.swot.model_dump().items() if value},
        goals=tuple(GoalGiven(one.kind, one.baseline, one.target, tuple(one.milestones)) for one in body.goals),
        actions=tuple(ActionGiven(**one.model_dump()) for one in body.actions),
        risks=tuple(RiskGiven(**one.model_dump()) for one in body.risks),
        why_words=body.why_words,
    )
