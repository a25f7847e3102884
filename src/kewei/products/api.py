"""Products as JSON: the catalogue."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from kewei.journal.api import KEY_WELCOME, Limit, Page, Start, keyed, page
from kewei.kernel.columns import NotAChoice
from kewei.kernel.money import MAX_FEN
from kewei.products import actions, queries, rules

router = Router(tags=["products"])

Word = Annotated[str, Field(max_length=30)]
Fen = Annotated[int, Field(ge=0, le=MAX_FEN)]


class ProductOut(Schema):
    """A product; the listed price in fen."""

    id: int
    code: str
    name: str
    trade_name: str
    spec: str
    form: str
    unit: str
    per_case: int | None
    maker: str
    approval_no: str
    scope_class: str
    prescription: str
    cold_chain: bool
    storage: str
    lifecycle: str
    supply: str
    tax_bp: int | None
    listed_price_fen: int | None
    extra: dict[str, str]
    added_at: datetime


class ProductFields(Schema):
    """Fields of a product; class, prescription and lifecycle by code or Chinese label."""

    trade_name: Annotated[str, Field(max_length=80)] | None = None
    spec: Annotated[str, Field(max_length=80)] | None = None
    form: Annotated[str, Field(max_length=40)] | None = None
    unit: Annotated[str, Field(max_length=20)] | None = None
    per_case: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    maker: Annotated[str, Field(max_length=120)] | None = None
    approval_no: Annotated[str, Field(max_length=60)] | None = None
    scope_class: Word | None = None
    prescription: Word | None = None
    cold_chain: bool | None = None
    storage: Annotated[str, Field(max_length=80)] | None = None
    lifecycle: Word | None = None
    supply: Word | None = None
    tax_bp: Annotated[int, Field(ge=0, le=10_000)] | None = None
    listed_price_fen: Fen | None = None


class ProductIn(ProductFields):
    """A new product."""

    code: Annotated[str, Field(min_length=1, max_length=40)]
    name: Annotated[str, Field(min_length=1, max_length=120)]


class ProductChange(ProductFields):
    """Only the given fields change; an empty text empties a field."""

    name: Annotated[str, Field(min_length=1, max_length=120)] | None = None


@router.get("", response=Page[ProductOut])
def products(
    request,
    text: Annotated[str, Query(max_length=120)] = "",
    scope_class: Word = "",
    lifecycle: Word = "",
    order: Annotated[
        str, Query(description="one of: " + ", ".join(queries.ORDERS) + "; - before it reverses")
    ] = "code",
    start: Start = 0,
    limit: Limit = 50,
):
    """The catalogue."""
    request.user.must("products.see")
    wanted = {"text": text, "scope_class": scope_class, "lifecycle": lifecycle}
    plain = {name: value.replace("\x00", "") for name, value in wanted.items()}
    rows, count = queries.list_products(request.user, order=order, start=start, limit=limit, **plain)
    return page(request, [_out(row) for row in rows], count, start, limit)


@router.post("", response={201: ProductOut}, openapi_extra=KEY_WELCOME)
def add(request, body: ProductIn):
    """Add a product. Needs products.edit."""
    request.user.must("products.edit")

    def do() -> int:
        return actions.add_product(by=request.user, now=timezone.now(), **_fields(body.dict(exclude_none=True))).pk

    pk = keyed(request, "products.add", body.dict(), do, required=False)
    return 201, _out(queries.card(request.user, pk))


@router.get("/{int:pk}", response=ProductOut)
def product(request, pk: int):
    """One product."""
    return _out(queries.card(request.user, pk))


@router.patch("/{int:pk}", response=ProductOut)
def change(request, pk: int, body: ProductChange):
    """Change the given fields. Needs products.edit."""
    request.user.must("products.edit")
    kept = queries.product_for(request.user, pk)
    fields = _fields(body.dict(exclude_unset=True))
    actions.change_product(product=kept, by=request.user, now=timezone.now(), **fields)
    return _out(queries.card(request.user, pk))


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    nullable = ("per_case", "listed_price_fen", "tax_bp")
    fields = {name: value for name, value in given.items() if value is not None or name in nullable}
    if fields.get("scope_class"):
        fields["scope_class"] = rules.read_scope_class(fields["scope_class"])
    for name, words in (
        ("prescription", rules.PRESCRIPTION),
        ("lifecycle", rules.LIFECYCLES),
        ("supply", rules.SUPPLIES),
    ):
        if fields.get(name):
            fields[name] = _word(words, fields[name])
    return fields


def _word(words: dict[str, str], text: str) -> str:
    for code, label in words.items():
        if text in (code, label):
            return code
    raise NotAChoice(text=text, allowed=list(words.values()))


def _out(row: queries.ProductCard) -> dict[str, Any]:
    values = asdict(row)
    return {"id": values.pop("pk"), **values}
