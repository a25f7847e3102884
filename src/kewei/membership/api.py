"""Membership as JSON; money is whole fen, points are counted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Field, Router, Schema, Status

from kewei.journal.api import KEYED, KeyInPath, Limit, Page, Pk, Start, keyed, page
from kewei.kernel.refusals import N_, NotFound
from kewei.membership import actions
from kewei.membership.queries import benefits, ledger, meetings, members, programmes, services
from kewei.membership.queries.usage import usage_card
from kewei.products import queries as products
from kewei.terminals import queries as terminals

router = Router(tags=["membership"])
SEE = "membership.see"
Fen = Annotated[int, Field(ge=0, le=10**13)]
Points = Annotated[int, Field(ge=-(10**9), le=10**9)]
Units = Annotated[int, Field(ge=0, le=10**9)]
Code = Annotated[str, Field(min_length=1, max_length=64)]
Words = Annotated[str, Field(min_length=1, max_length=300)]


class ProgrammeOut(Schema):
    """A programme."""

    pk: int
    code: str
    name: str
    purpose: str
    since: date
    until: date
    budget_fen: int
    state: str
    owner: str
    members: int


class MemberOut(Schema):
    """A member with what is left of its points and coupons."""

    pk: int
    programme_code: str
    terminal_code: str
    terminal_name: str
    tier: str
    points: int
    fen: int
    since: date
    ended_at: datetime | None


class LotOut(Schema):
    """A lot of points, or a coupon (unit fen), with its last day."""

    pk: int
    unit: str
    number: str
    amount: int
    left: int
    earned_on: date
    expires_on: date


class MoveOut(Schema):
    """A movement: what it did to what is owed, and what was owed after it."""

    pk: int
    kind: str
    on: date
    words: str
    points: int
    fen: int
    points_after: int
    fen_after: int
    document_number: str


class StatementOut(Schema):
    """A member's statement."""

    first: date
    last: date
    opening_points: int
    opening_fen: int
    closing_points: int
    closing_fen: int
    moves: list[MoveOut]
    lots: list[LotOut]


class AccountOut(Schema):
    """An account of the ledger; the four sum to nought."""

    account: str
    points: int
    fen: int


class OwedOut(Schema):
    """What is owed to one member."""

    terminal_code: str
    terminal_name: str
    points: int
    worth_fen: int
    coupon_fen: int


class EndingOut(Schema):
    """What ends in a month unless it is used."""

    month: date
    points: int
    worth_fen: int
    coupon_fen: int


class LiabilityOut(Schema):
    """What a programme owes."""

    points: int
    coupon_fen: int
    fen: int
    point_fen: int
    accounts: list[AccountOut]
    members: list[OwedOut]
    months: list[EndingOut]


class TierOut(Schema):
    """What a review today would do with a member."""

    terminal_code: str
    terminal_name: str
    before: str
    after: str
    way: str
    basis_fen: int
    missing_fen: int


class BenefitOut(Schema):
    """A benefit: how the table of conduct judged it, and where it stands."""

    pk: int
    programme_code: str
    terminal_code: str
    terminal_name: str
    kind: str
    words: str
    fen: int
    channel: str
    ground: str
    cap_fen: int
    outcome: str
    sides: list[str]
    state: str
    proposed_by: str
    proposed_at: datetime


class MeetingOut(Schema):
    """A council or a club's event."""

    pk: int
    kind: str
    title: str
    purpose: str
    on: date
    place: str
    owner: str
    cost_cap_fen: int
    cost_fen: int
    people: int
    state: str


class ServiceOut(Schema):
    """A service."""

    pk: int
    terminal_code: str
    terminal_name: str
    kind: str
    words: str
    due_on: date
    owner: str
    asked_at: datetime
    done_at: datetime | None
    outcome: str


class UsedOut(Schema):
    """A product on the usage card, thousandths; `through_milli` came through distributors."""

    product_code: str
    product: str
    unit: str
    months_milli: list[int]
    through_milli: list[int]
    a_day_milli: int
    stock_milli: int | None
    days_left: int | None
    usual_days: int | None
    next_on: date | None
    basis: str


class NearOut(Schema):
    """Something that expires soon."""

    product_code: str
    product_name: str
    batch: str
    expires_on: date | None
    quantity_milli: int
    told: bool


class UsageOut(Schema):
    """The usage card of a terminal."""

    customer_code: str
    customer: str
    today: date
    months: list[date]
    products: list[UsedOut]
    near: list[NearOut]
    policy: str


class EnrolIn(Schema):
    """An institution (its code) enters a programme (its code)."""

    programme: Code
    customer: Code


class AdjustIn(Schema):
    """Points by hand; negative ones are taken."""

    points: Points
    why: Annotated[str, Field(min_length=1, max_length=200)]


class CouponIn(Schema):
    """Points that become a coupon."""

    points: Annotated[int, Field(ge=1, le=10**9)]


class UseIn(Schema):
    """A coupon on a document: a red-letter note on `invoice`, or the discount line of a new invoice."""

    fen: Annotated[int, Field(ge=1, le=10**13)]
    channel: Annotated[str, Field(max_length=20, examples=["red_letter", "invoice"])]
    number: Annotated[str, Field(min_length=1, max_length=60)]
    on: date
    invoice: Pk | None = None
    gross_fen: Fen = 0
    due_date: date | None = None


class BenefitIn(Schema):
    """A benefit for the member itself. `kind` and `channel` are judged by the table of conduct, and refused by name."""

    kind: Annotated[str, Field(max_length=20, examples=["service"])]
    words: Words
    ground: Words
    fen: Fen = 0
    channel: Annotated[str, Field(max_length=12, examples=["in_kind"])] = "in_kind"
    recipient: Annotated[str, Field(max_length=120)] = ""
    tied: bool = False
    near_tender: bool = False
    evidence: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=20)] = []


class OpinionIn(Schema):
    """An opinion of compliance or counsel."""

    agree: bool
    side: Literal["compliance", "legal"] = "compliance"
    why: Annotated[str, Field(max_length=300)] = ""


class StockIn(Schema):
    """What lies on the shelf of a terminal, units of the product."""

    product: Code
    units: Units
    near_units: Units = 0
    near_on: date | None = None
    batch: Annotated[str, Field(max_length=40)] = ""
    on: date | None = None


@router.get("/programmes", response=Page[ProgrammeOut], summary="Programmes")
def list_programmes(request: Any, state: str = "", start: Start = 0, limit: Limit = 50) -> Any:
    """Programmes, newest first."""
    request.user.must(SEE)
    rows, count = programmes.list_programmes(request.user, state=state, start=start, limit=limit)
    return page(request, [vars(row) for row in rows], count, start, limit)


@router.get("/programmes/{code}/liability", response=LiabilityOut, summary="What a programme owes")
def liability(request: Any, code: str) -> Any:
    """Points and coupons owed, by account, by member and by the month in which they end."""
    request.user.must(SEE)
    kept = programmes.programme_named(request.user, code)
    owed = ledger.liability(request.user, kept, programmes.in_force(kept, timezone.localdate()).rules)
    accounts = [{"account": name, "points": points, "fen": fen} for name, points, fen in owed.account_rows()]
    return {
        "points": owed.points, "coupon_fen": owed.coupon_fen, "fen": owed.fen, "point_fen": owed.point_fen,
        "accounts": accounts, "members": [vars(one) for one in owed.members],
        "months": [vars(one) for one in owed.months],
    }  # fmt: skip


@router.get("/programmes/{code}/tiers", response=list[TierOut], summary="What a review of tiers would change")
def tiers(request: Any, code: str) -> Any:
    """Each member's tier now and after a review today, and what it lacks to the next; nothing is written."""
    request.user.must(SEE)
    kept = programmes.programme_named(request.user, code)
    lines, _version = members.tier_preview(request.user, kept, timezone.localdate())
    return [
        {
            "terminal_code": one.terminal_code, "terminal_name": one.terminal_name, "before": one.judged.before.code,
            "after": one.judged.after.code, "way": one.judged.way, "basis_fen": one.judged.basis_fen,
            "missing_fen": one.judged.missing_fen,
        }
        for one in lines
    ]  # fmt: skip


@router.get("/members", response=Page[MemberOut], summary="Members")
def list_members(
    request: Any, programme: str = "", q: str = "", ended: bool = False, start: Start = 0, limit: Limit = 50
) -> Any:
    """Members by customer."""
    request.user.must(SEE)
    kept = programmes.programme_named(request.user, programme).pk if programme else None
    rows, count, _sums = members.list_members(
        request.user, programme=kept, text=q, ended=ended, start=start, limit=limit
    )
    return page(request, [vars(row) for row in rows], count, start, limit)


@router.post("/members", response={201: MemberOut}, openapi_extra=KEYED, summary="Enrol an institution")
def enrol(request: Any, body: EnrolIn) -> Any:
    """A verified licensed institution becomes a member. Needs membership.enrol."""

    def do() -> dict[str, Any]:
        made = actions.enrol(
            programme=programmes.programme_named(request.user, body.programme).pk,
            terminal=terminals.terminal_named(request.user, body.customer), by=request.user, now=timezone.now(),
        )  # fmt: skip
        return _member(request, made.pk)

    return Status(201, keyed(request, "enrol", body.dict(), do))


@router.get("/members/{int:pk}/statement", response=StatementOut, summary="A member's statement")
def statement(request: Any, pk: KeyInPath, first: date | None = None, last: date | None = None) -> Any:
    """Opening, movements, closing; none given: from the first of the year to today."""
    request.user.must(SEE)
    kept = members.enrolment_for(request.user, pk)
    until = last or timezone.localdate()
    told = ledger.statement(request.user, kept, first or until.replace(month=1, day=1), until)
    return vars(told) | {"moves": [vars(one) for one in told.moves], "lots": [vars(one) for one in told.lots]}


@router.post(
    "/members/{int:pk}/adjust", response={201: MemberOut}, openapi_extra=KEYED, summary="Adjust points by hand"
)
def adjust(request: Any, pk: KeyInPath, body: AdjustIn) -> Any:
    """Give points, or take them, with a reason. Needs membership.post."""

    def do() -> dict[str, Any]:
        actions.adjust_points(enrolment=pk, points=body.points, why=body.why, by=request.user, now=timezone.now())
        return _member(request, pk)

    return Status(201, keyed(request, f"adjust_points:{pk}", body.dict(), do))


@router.post(
    "/members/{int:pk}/coupons", response={201: LotOut}, openapi_extra=KEYED, summary="Turn points into a coupon"
)
def issue_coupon(request: Any, pk: KeyInPath, body: CouponIn) -> Any:
    """Points, those that end soonest, become a coupon at their worth. Needs membership.post."""

    def do() -> dict[str, Any]:
        made = actions.issue_coupon(enrolment=pk, points=body.points, by=request.user, now=timezone.now())
        return _lot(made)

    return Status(201, keyed(request, f"issue_coupon:{pk}", body.dict(), do))


@router.post("/coupons/{int:pk}/use", response={201: LotOut}, openapi_extra=KEYED, summary="Put a coupon on a document")
def use_coupon(request: Any, pk: KeyInPath, body: UseIn) -> Any:
    """As a red-letter note, or as the discount line of a new invoice; no other way. Needs membership.post and the right to
    post the document."""

    def do() -> dict[str, Any]:
        actions.use_coupon(coupon=pk, by=request.user, now=timezone.now(), **body.dict())
        return _lot(ledger.coupon_for(request.user, pk))

    return Status(201, keyed(request, f"use_coupon:{pk}", body.model_dump(mode="json"), do))


@router.get("/benefits", response=Page[BenefitOut], summary="Benefits")
def list_benefits(request: Any, state: str = "", kind: str = "", start: Start = 0, limit: Limit = 50) -> Any:
    """Benefits, newest first."""
    request.user.must(SEE)
    rows, count, _fen = benefits.list_benefits(request.user, state=state, kind=kind, start=start, limit=limit)
    return page(request, [vars(row) for row in rows], count, start, limit)


@router.post("/members/{int:pk}/benefits", response={201: BenefitOut}, openapi_extra=KEYED, summary="Propose a benefit")
def want_benefit(request: Any, pk: KeyInPath, body: BenefitIn) -> Any:
    """For the member itself; what the law forbids is refused by name. Needs membership.want."""

    def do() -> dict[str, Any]:
        made = actions.want_benefit(enrolment=pk, by=request.user, now=timezone.now(), **body.dict())
        return _benefit(request, made.pk)

    return Status(201, keyed(request, f"want_benefit:{pk}", body.dict(), do))


@router.post(
    "/benefits/{int:pk}/opinion", response={201: BenefitOut}, openapi_extra=KEYED, summary="Decide on a benefit"
)
def decide_benefit(request: Any, pk: KeyInPath, body: OpinionIn) -> Any:
    """One side's opinion; never the proposer's. Needs membership.approve, or membership.legal for counsel's."""

    def do() -> dict[str, Any]:
        actions.decide_benefit(
            benefit=pk, agree=body.agree, side=body.side, why=body.why, by=request.user, now=timezone.now()
        )
        return _benefit(request, pk)

    return Status(201, keyed(request, f"decide_benefit:{pk}", body.dict(), do))


@router.get("/meetings", response=Page[MeetingOut], summary="Councils and club events")
def list_meetings(request: Any, state: str = "", start: Start = 0, limit: Limit = 50) -> Any:
    """Meetings, newest day first."""
    request.user.must(SEE)
    rows, count = meetings.list_meetings(request.user, state=state, start=start, limit=limit)
    return page(request, [vars(row) for row in rows], count, start, limit)


@router.get("/services", response=Page[ServiceOut], summary="Services")
def list_services(
    request: Any, state: Literal["open", "done", "all"] = "open", start: Start = 0, limit: Limit = 50
) -> Any:
    """Services, open ones by the day they are due."""
    request.user.must(SEE)
    rows, count = services.list_services(request.user, state=state, start=start, limit=limit)
    return page(request, [vars(row) for row in rows], count, start, limit)


@router.get("/usage/{customer}", response=UsageOut, summary="A terminal's usage card")
def usage(request: Any, customer: str) -> Any:
    """What a terminal (its code) uses of each product by month, days of stock, next order, near-expiry."""
    request.user.must(SEE)
    card = usage_card(request.user, terminals.terminal_named(request.user, customer).pk, timezone.localdate())
    return {
        "customer_code": card.code, "customer": card.name, "today": card.today, "months": list(card.months),
        "products": [_used(row) for row in card.products], "near": [vars(one) for one in card.near],
        "policy": card.policy,
    }  # fmt: skip


@router.post("/usage/{customer}/stock", response={201: UsedOut}, openapi_extra=KEYED, summary="Tell a terminal's stock")
def tell_stock(request: Any, customer: str, body: StockIn) -> Any:
    """What lies on the shelf; the usage card reckons from it. Needs membership.serve."""

    def do() -> dict[str, Any]:
        terminal = terminals.terminal_named(request.user, customer)
        found = products.by_codes(request.user, [body.product])
        if body.product not in found:
            raise NotFound(noun=N_("产品"))
        product = products.product_for(request.user, found[body.product])
        given = body.dict(exclude={"product"})
        actions.tell_stock(terminal=terminal, product=product, by=request.user, now=timezone.now(), **given)
        card = usage_card(request.user, terminal.pk, timezone.localdate())
        told = _used(next(row for row in card.products if row.product == product.pk))
        return told | {"next_on": told["next_on"].isoformat() if told["next_on"] else None}

    return Status(201, keyed(request, f"tell_stock:{customer}", body.model_dump(mode="json"), do))


def _member(request: Any, pk: int) -> dict[str, Any]:
    row = members.member(request.user, pk)
    ended = row.ended_at.isoformat() if row.ended_at else None
    return vars(row) | {"since": row.since.isoformat(), "ended_at": ended}


def _lot(lot: Any) -> dict[str, Any]:
    names = ("pk", "unit", "number", "amount", "left")
    days = {name: getattr(lot, name).isoformat() for name in ("earned_on", "expires_on")}
    return {name: getattr(lot, name) for name in names} | days


def _benefit(request: Any, pk: int) -> dict[str, Any]:
    row = benefits.benefit(request.user, pk).row
    return vars(row) | {"proposed_at": row.proposed_at.isoformat()}


def _used(row: Any) -> dict[str, Any]:
    return {
        "product_code": row.code, "product": row.name, "unit": row.unit, "months_milli": list(row.months),
        "through_milli": list(row.through), "a_day_milli": row.use.a_day_milli, "stock_milli": row.use.stock_milli,
        "days_left": row.use.days_left, "usual_days": row.use.usual_days, "next_on": row.use.next_on,
        "basis": row.use.basis,
    }  # fmt: skip
