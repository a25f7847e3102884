"""The review queue, what names stand for, what goods are."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Field, Router, Schema

from kewei.flows import actions
from kewei.flows.queries import months, names
from kewei.journal.api import KEY_WELCOME, Key, KeyInPath, Limit, Page, Pk, Start, keyed, page
from kewei.products import queries as products
from kewei.terminals import queries as terminals

router = Router(tags=["flows"])
SEE, REVIEW, TAKE_IN = "flows.see", "flows.review", "flows.take_in"

Factor = Annotated[int, Field(ge=1, le=100_000)]


class CandidateOut(Schema):
    """A terminal a name may mean; probability in hundredths of a per cent; reasons as codes with numbers; pieces of
    its name with whether they differ."""

    place: int
    terminal: int
    code: str
    name: str
    where: str
    probability_bp: int
    reasons: list[tuple[str, dict[str, Any]]]
    marked: list[tuple[str, bool]]


class AskingOut(Schema):
    """A name that waits for a person; `mine` where the asker has spoken already."""

    pk: int
    name_id: int
    name: str
    distributor: int
    distributor_name: str
    where: str
    code: str
    month: date
    fen: int
    lines: int
    needs_second: bool
    spoken: list[str]
    mine: bool
    candidates: list[CandidateOut]


class DecideIn(Schema):
    """accept a candidate, choose another terminal, or say there is no card."""

    choice: Literal["accept", "other", "unknown"]
    terminal: Key | None = None


class DecidedOut(Schema):
    """The alias made; None while a second person must say the same."""

    alias: int | None
    terminal: int | None


class AliasOut(Schema):
    """What a name stands for, since when; `terminal` None where it is known to have no card."""

    pk: int
    name_id: int
    name: str
    distributor: int
    distributor_name: str
    terminal: int | None
    terminal_name: str
    how: str
    probability_bp: int | None
    made_by: str
    made_at: datetime
    ended_at: datetime | None


class EndIn(Schema):
    """Why an alias no longer holds."""

    why: Annotated[str, Field(min_length=1, max_length=200)]


class EndedOut(Schema):
    """What ending an alias re-states: the new question, how many lines, which open months, which frozen ones stay."""

    asking: int
    lines: int
    restated: list[str]
    kept: list[str]


class GoodsOut(Schema):
    """A product as a distributor writes it; `per` of its unit hold `times` of the product's."""

    pk: int
    distributor: int
    distributor_name: str
    text: str
    spec: str
    unit: str
    code: str
    placed: bool
    product: int | None
    product_name: str
    times: int
    per: int


class GoodsIn(Schema):
    """Which product goods are; None: not ours."""

    product: Key | None = None
    times: Factor = 1
    per: Factor = 1


class PlacedOut(Schema):
    """The row that says it, and what it re-states: how many lines, which open months, which frozen ones stay."""

    pk: int
    lines: int
    restated: list[str]
    kept: list[str]


@router.get("review", response=Page[AskingOut])
def queue(request, start: Start = 0, limit: Limit = 20):
    """Names that wait, those worth most first, with the top five terminals they may mean."""
    request.user.must(REVIEW)
    rows, count = names.queue(request.user, start=start, limit=limit)
    return page(request, rows, count, start, limit)


@router.post("review/{pk}", response=DecidedOut, openapi_extra=KEY_WELCOME)
def decide(request, pk: KeyInPath, asked: DecideIn):
    """Say which terminal a name means."""
    request.user.must(REVIEW)
    asking = names.asking_for(request.user, pk)
    terminal = terminals.terminal_for(request.user, asked.terminal, REVIEW) if asked.terminal else None

    def do() -> dict:
        made = actions.decide_name(
            asking=asking, choice=asked.choice, terminal=terminal, by=request.user, now=timezone.now()
        )
        return {"alias": made.pk if made else None, "terminal": made.terminal_id if made else None}

    return keyed(request, "flows.decide_name", {"asking": pk, **asked.dict()}, do, required=False)


@router.get("aliases", response=Page[AliasOut])
def list_aliases(
    request, text: str = "", distributor: Pk | None = None, live: bool = True, start: Start = 0, limit: Limit = 50
):
    """What names stand for, newest first."""
    request.user.must(SEE)
    rows, count = names.aliases(request.user, text=text, distributor=distributor, live=live, start=start, limit=limit)
    return page(request, rows, count, start, limit)


@router.post("aliases/{pk}/end", response=EndedOut, openapi_extra=KEY_WELCOME)
def end_alias(request, pk: KeyInPath, asked: EndIn):
    """End what a name stands for; it is asked again."""
    request.user.must(REVIEW)
    alias = names.alias_for(request.user, pk)

    def do() -> dict:
        return actions.end_alias(alias=alias, why=asked.why, by=request.user, now=timezone.now())

    return keyed(request, "flows.end_alias", {"alias": pk, **asked.dict()}, do, required=False)


@router.get("goods", response=Page[GoodsOut])
def list_goods(request, waiting: bool = False, distributor: Pk | None = None, start: Start = 0, limit: Limit = 50):
    """What distributors call products; `waiting` only those nobody has placed."""
    request.user.must(SEE)
    rows, count = names.list_goods(request.user, waiting=waiting, distributor=distributor, start=start, limit=limit)
    return page(request, rows, count, start, limit)


@router.post("goods/{pk}", response=PlacedOut, openapi_extra=KEY_WELCOME)
def place_goods(request, pk: KeyInPath, asked: GoodsIn):
    """Say which product goods are."""
    request.user.must(TAKE_IN)
    goods = names.goods_for(request.user, pk)
    product = products.product_for(request.user, asked.product) if asked.product else None

    def do() -> dict:
        made = actions.place_goods(
            goods=goods, product=product, times=asked.times, per=asked.per, by=request.user, now=timezone.now()
        )
        return {"pk": made.pk, **months.touched_by_goods(goods)}

    return keyed(request, "flows.place_goods", {"goods": pk, **asked.dict()}, do, required=False)
