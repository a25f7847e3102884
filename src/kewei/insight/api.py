"""Insight as JSON: the growth tree of any slice and who is behind each branch. Money is whole fen, months are 2026-10."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from kewei.insight.queries import tree
from kewei.insight.rules.periods import Periods, chosen, periods_of
from kewei.journal.api import Key, Limit, Page, Start, page
from kewei.receivables.web.parts import today
from kewei.sales import queries as sales

router = Router(tags=["insight"])

Span = Literal["month", "quarter", "half", "year", "year_ago"]
Part = Literal["new", "reactivated", "orders", "volume", "products", "price", "lost"]
Month = Annotated[str, Field(max_length=7)]


class Asked(Schema):
    """Two periods (a span up to last month, or months chosen) and a slice; everything given holds together."""

    span: Span = "quarter"
    first: Month = ""
    last: Month = ""
    before_first: Month = ""
    before_last: Month = ""
    source: Literal["direct", "through"] = "direct"
    kind: Annotated[str, Field(max_length=20)] = ""
    province: Annotated[str, Field(max_length=30)] = ""
    owner: Key | None = None
    product: Key | None = None


class BranchOut(Schema):
    """A part of the change."""

    part: str
    terminals: int
    fen: int


class MovedOut(Schema):
    """Terminals that changed owner or kind since the first period began, counted where they stand today."""

    owners: int
    owners_fen: int
    kinds: int
    kinds_fen: int


class TreeOut(Schema):
    """The change between two periods; `fen` of the branches add up to now_fen − before_fen. `prepared_at` is when months were
    last counted, `lines_since` how many lines came after that (their months were read from the lines)."""

    before_first: date
    before_last: date
    now_first: date
    now_last: date
    before_fen: int
    now_fen: int
    branches: list[BranchOut]
    moved: MovedOut
    prepared_at: datetime | None
    lines_since: int


class BehindOut(Schema):
    """A terminal behind a branch."""

    pk: int
    code: str
    name: str
    owner: str
    before_fen: int
    now_fen: int
    fen: int


@router.get("/tree", response=TreeOut)
def growth_tree(request, asked: Query[Asked]):
    """The growth tree of what the reader sees."""
    found = _found(request, asked)
    fresh = sales.freshness()
    return {
        **asdict(found.periods), "before_fen": found.tree.before_fen, "now_fen": found.tree.now_fen,
        "branches": [asdict(one) for one in found.tree.branches], "moved": asdict(found.moved),
        "prepared_at": fresh.at, "lines_since": fresh.lines_since,
    }  # fmt: skip


@router.get("/tree/{part}", response=Page[BehindOut])
def tree_behind(request, part: Part, asked: Query[Asked], start: Start = 0, limit: Limit = 50):
    """The terminals behind a branch, those that moved it most first."""
    rows, count = tree.behind(request.user, _found(request, asked), part, start + limit)
    return page(request, [asdict(row) for row in rows[start:]], count, start, limit)


def _found(request: Any, asked: Asked) -> tree.Found:
    request.user.must(tree.SEE)
    return tree.tree_of(
        request.user, _periods(asked), tree.Slice(asked.kind, asked.province, asked.owner, asked.product, asked.source)
    )


def _periods(asked: Asked) -> Periods:
    if asked.first or asked.last or asked.before_first or asked.before_last:
        return chosen(asked.first or asked.last, asked.last, asked.before_first, asked.before_last)
    return periods_of(asked.span, today())
