"""Months: figures, usage, stock, diversion; posting, freezing, adjusting."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated

from django.utils import timezone
from ninja import Field, Path, Router, Schema

from kewei.flows import actions
from kewei.flows.api.files import Month, MonthIn
from kewei.flows.queries import months, offsite
from kewei.flows.rules.months import month_of
from kewei.journal.api import KEY_WELCOME, Key, KeyInPath, Limit, Page, Pk, Start, keyed, page
from kewei.products import queries as products
from kewei.terminals import queries as terminals

router = Router(tags=["flows"])
SEE, FREEZE, REVIEW = "flows.see", "flows.freeze", "flows.review"

MonthKey = Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


class MonthOut(Schema):
    """A month in numbers; quantities in thousandths of the units written in: raw = clean + aside."""

    state: str
    files: int
    rows: int
    raw_milli: int
    clean_milli: int
    aside_rows: int
    aside_milli: int
    duplicates: int
    names_waiting: int
    goods_waiting: int
    unknown_names: int
    unknown_milli: int


class UsageOut(Schema):
    """What a terminal took of a product through a distributor in a month; thousandths of the product's unit, fen."""

    month: date
    distributor: int
    distributor_name: str
    terminal: int
    terminal_code: str
    terminal_name: str
    product: int
    product_code: str
    product_name: str
    quantity_milli: int
    fen: int


class StockOut(Schema):
    """Opening + in − out beside the count; months of stock in hundredths."""

    distributor: int
    distributor_name: str
    product: int
    product_code: str
    product_name: str
    opening_milli: int | None
    in_milli: int
    out_milli: int
    expected_milli: int | None
    counted_milli: int | None
    difference_milli: int | None
    months_pct: int | None
    alarm: bool


class DiversionOut(Schema):
    """A line that left its territory, or of a batch that went to other distributors."""

    file: int
    row: int
    why: str
    distributor: int
    distributor_name: str
    terminal: int
    terminal_name: str
    product_name: str
    batch: str
    day: date
    quantity_milli: int
    whose: list[str]


class PostedOut(Schema):
    """What was posted: places, of them re-stated, quantity and fen together."""

    places: int
    changed: int
    quantity_milli: int
    fen: int


class NoteIn(Schema):
    """A word beside the freezing."""

    note: Annotated[str, Field(max_length=200)] = ""


class AppealIn(Schema):
    """So much more (or less) was used, and why."""

    distributor: Key
    terminal: Key
    product: Key
    quantity_milli: Annotated[int, Field(ge=-(10**12), le=10**12)]
    appeal: Annotated[str, Field(max_length=16)]
    why: Annotated[str, Field(min_length=1, max_length=200)]


class OffSiteOut(Schema):
    """A pharmacy and the hospital it serves, from one month on, up to another (left out) where that is told."""

    pk: int
    terminal: int
    terminal_code: str
    terminal_name: str
    hospital: int
    hospital_code: str
    hospital_name: str
    since: date
    until: date | None


class OffSiteIn(Schema):
    """This pharmacy serves that hospital from a month on."""

    pharmacy: Key
    hospital: Key
    since: MonthIn


class UntilIn(Schema):
    """From which month on a pharmacy counts for itself again."""

    until: MonthIn


class ToldOut(Schema):
    """The row that says it."""

    pk: int


@router.get("months/{month}", response=MonthOut)
def month_of_figures(request, month: MonthKey):
    """A month's figures and its state."""
    request.user.must(SEE)
    return _month(request, month)


def _month(request, month: str) -> dict:
    asked = month_of(month)
    return asdict(months.figures(request.user, asked)) | {"state": months.state_of(asked)}


@router.get("usage", response=Page[UsageOut])
def list_usage(
    request,
    month: Month | None = None,
    distributor: Pk | None = None,
    terminal: Pk | None = None,
    attributed: bool = False,
    start: Start = 0,
    limit: Limit = 50,
):
    """Posted usage of the distributors one may see; `attributed` shows what off-site pharmacies took at their hospitals."""
    request.user.must(SEE)
    asked = month_of(month) if month else None
    rows = months.usage(request.user, month=asked, distributor=distributor, terminal=None if attributed else terminal)
    if attributed:
        rows = offsite.at_hospitals(request.user, rows)
        rows = [row for row in rows if terminal in (None, row.terminal)]
    return page(request, rows[start : start + limit], len(rows), start, limit)


@router.get("stock", response=list[StockOut])
def list_stock(request, month: Month):
    """Per distributor and product: does the stock add up, and how long does it last; alarms first."""
    request.user.must(SEE)
    return [
        asdict(row) | asdict(row.rolled) | {
            "expected_milli": row.rolled.expected_milli, "difference_milli": row.rolled.difference_milli,
        }
        for row in months.stock(request.user, month_of(month))
    ]  # fmt: skip


@router.get("diversion", response=list[DiversionOut])
def list_diversion(request, month: Month):
    """Lines that alarm."""
    request.user.must(SEE)
    return months.diversion(request.user, month_of(month))


@router.post("months/{month}/post", response=PostedOut)
def post_month(request, month: MonthKey):
    """Post to sales what is left of a month; doing it again does nothing."""
    request.user.must(FREEZE)
    return actions.post_month(month=month_of(month), by=request.user, now=timezone.now())


@router.post("months/{month}/freeze", response=MonthOut)
def freeze_month(request, month: MonthKey, asked: NoteIn):
    """Freeze a month nothing waits in."""
    request.user.must(FREEZE)
    actions.freeze_month(month=month_of(month), note=asked.note, by=request.user, now=timezone.now())
    return _month(request, month)


@router.post("months/{month}/appeals", response=MonthOut, openapi_extra=KEY_WELCOME)
def adjust_month(request, month: MonthKey, asked: AppealIn):
    """Adjust a frozen month by a row of its own."""
    request.user.must(FREEZE)
    distributor = terminals.terminal_for(request.user, asked.distributor)
    terminal = terminals.terminal_for(request.user, asked.terminal)
    product = products.product_for(request.user, asked.product)

    def do() -> int:
        return actions.adjust_month(
            month=month_of(month), distributor=distributor, terminal=terminal, product=product,
            quantity_milli=asked.quantity_milli, appeal=asked.appeal, why=asked.why, by=request.user, now=timezone.now(),
        ).pk  # fmt: skip

    keyed(request, "flows.adjust_month", {"month": month, **asked.dict()}, do, required=False)
    return _month(request, month)


@router.get("off-sites", response=Page[OffSiteOut])
def list_off_sites(request, start: Start = 0, limit: Limit = 50):
    """Off-site pharmacies and the hospitals they serve or served, newest first."""
    request.user.must(SEE)
    rows, count = offsite.list_off_sites(request.user, start=start, limit=limit)
    return page(request, rows, count, start, limit)


@router.post("off-sites", response=ToldOut, openapi_extra=KEY_WELCOME)
def tell_off_site(request, asked: OffSiteIn):
    """Say that a pharmacy serves a hospital's prescriptions."""
    request.user.must(REVIEW)
    pharmacy = terminals.terminal_for(request.user, asked.pharmacy, REVIEW)
    hospital = terminals.terminal_for(request.user, asked.hospital, REVIEW)

    def do() -> dict:
        told = actions.tell_off_site(
            pharmacy=pharmacy, hospital=hospital, since=month_of(asked.since), by=request.user, now=timezone.now()
        )
        return {"pk": told.pk}

    return keyed(request, "flows.tell_off_site", asked.dict(), do, required=False)


@router.post("off-sites/{pk}/end", response=ToldOut)
def end_off_site(request, pk: KeyInPath, asked: UntilIn):
    """Say from which month on a pharmacy counts for itself again."""
    request.user.must(REVIEW)
    kept = offsite.off_site_for(request.user, pk)
    actions.end_off_site(off_site=kept, until=month_of(asked.until), by=request.user, now=timezone.now())
    return {"pk": pk}
