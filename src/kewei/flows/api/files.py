"""Files in, what became of their rows, and who is missing."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, File, Form, Query, Router, Schema
from ninja.files import UploadedFile

from kewei.flows import actions, excel
from kewei.flows.queries import files, unread
from kewei.flows.rules.months import month_of, words_of
from kewei.journal.api import KEY_WELCOME, Key, KeyInPath, Limit, Page, Pk, Start, keyed, page
from kewei.terminals import queries as terminals

router = Router(tags=["flows"])
SEE, TAKE_IN = "flows.see", "flows.take_in"

Month = Annotated[str, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="2026-10")]
MonthIn = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


class TakenOut(Schema):
    """What came of a file: taken or recognised; rows by what became of them; names matched and left for people."""

    status: str
    file: int
    month: str
    kind: str
    rows: int
    clean: int
    aside: int
    new: int
    changed: int
    same: int
    gone: int
    replaces: int | None
    matched: int
    waiting: int
    goods_waiting: int
    drift: dict[str, list[str]]


class UnreadOut(Schema):
    """A file that waits for the meaning of its columns, and what is the matter with it."""

    pk: int
    distributor: int
    distributor_name: str
    filename: str
    code: str
    reason: str
    brought_at: datetime


class PreviewOut(Schema):
    """The beginning of a file: headings, first cells under each, the column each may be (None: no idea)."""

    headings: list[str]
    cells: dict[str, list[str]]
    suggested: dict[str, str | None]


class ExplainIn(Schema):
    """What each heading stands for, by column name (None: of no use), and what kind of file it is."""

    mapping: dict[Annotated[str, Field(max_length=200)], Annotated[str, Field(max_length=20)] | None]
    kind: Literal["sales", "purchases", "stock"]
    order: Literal["ymd", "mdy", "dmy"] = "ymd"
    month: Annotated[str, Field(pattern=r"^(20[0-9]{2}-(0[1-9]|1[0-2]))?$")] = ""


class FileOut(Schema):
    """A file; quantities in thousandths of the units it is written in: raw = clean + aside."""

    pk: int
    distributor: int
    distributor_code: str
    distributor_name: str
    month: date
    kind: str
    filename: str
    digest: str
    rows: int
    clean_rows: int
    aside_rows: int
    unreadable: int
    raw_milli: int
    clean_milli: int
    aside_milli: int
    gone: int
    replaced: bool
    taken_at: datetime


class RowOut(Schema):
    """A row as it stood, its tag, its flags, or why it is set aside."""

    row: int
    cells: list[str]
    tag: str
    quantity_milli: int | None
    flags: list[str]
    column: str
    heading: str
    code: str
    reason: str


class ExpectedOut(Schema):
    """What came from a distributor for a month: file by kind, reason by kind, kinds that are missing."""

    distributor: int
    code: str
    name: str
    files: dict[str, int]
    absences: dict[str, str]
    takes_part: bool
    missing: list[str]


class AbsenceIn(Schema):
    """Why a file is missing: one of nineteen codes."""

    distributor: Key
    month: MonthIn
    kind: Annotated[str, Field(max_length=12)]
    reason: Annotated[str, Field(max_length=24)]
    note: Annotated[str, Field(max_length=200)] = ""


@router.post("files", response=TakenOut)
def take_in(
    request,
    file: UploadedFile = File(...),
    distributor: str = Form("", max_length=120),
    kind: str = Form("", max_length=12),
    month: str = Form("", max_length=10),
    mode: str = Form("auto", pattern="^(auto|replace|add)$"),
    order: str = Form("", pattern="^(ymd|mdy|dmy|)$"),
):
    """Take a distributor's file in. The same bytes again change nothing. `distributor` is a code; none: as the file's name says."""
    request.user.must(TAKE_IN)
    known = files.distributor_named(request.user, distributor, file.name or "")
    taken = excel.bring(
        known, file.read(), file.name or "", kind=kind, order=order, month=month_of(month) if month else None,
        mode=mode, by=request.user, now=timezone.now(),
    )  # fmt: skip
    return asdict(taken) | {"month": words_of(taken.month)}


@router.get("unread", response=Page[UnreadOut])
def list_unread(request, start: Start = 0, limit: Limit = 50):
    """Files whose columns nobody knows, waiting for somebody to say."""
    request.user.must(TAKE_IN)
    rows, count = unread.list_unread(request.user, start=start, limit=limit)
    told = [asdict(row) | {"reason": row.why.sentence(_) if row.why else row.code} for row in rows]
    return page(request, told, count, start, limit)


@router.get("unread/{pk}", response=PreviewOut)
def preview(request, pk: KeyInPath):
    """The beginning of such a file, and what each heading may be."""
    request.user.must(TAKE_IN)
    return asdict(excel.preview(unread.unread_for(request.user, pk)))


@router.post("unread/{pk}", response=TakenOut, openapi_extra=KEY_WELCOME)
def explain(request, pk: KeyInPath, asked: ExplainIn):
    """Say what the columns are; the file is taken in and its layout known from now on."""
    request.user.must(TAKE_IN)

    def do() -> dict[str, Any]:
        taken = excel.explain(
            unread.unread_for(request.user, pk), asked.mapping, kind=asked.kind, order=asked.order,
            month=month_of(asked.month) if asked.month else None, by=request.user, now=timezone.now(),
        )  # fmt: skip
        return asdict(taken) | {"month": words_of(taken.month)}

    return keyed(request, "flows.explain", {"unread": pk, **asked.dict()}, do, required=False)


@router.post("unread/{pk}/close", response={204: None})
def close_unread(request, pk: KeyInPath):
    """Set such a file aside."""
    request.user.must(TAKE_IN)
    actions.close_unread(unread=unread.unread_for(request.user, pk), by=request.user, now=timezone.now())
    return 204, None


@router.get("files", response=Page[FileOut])
def list_files(
    request,
    month: Month | None = None,
    distributor: Pk | None = None,
    kind: str = "",
    start: Start = 0,
    limit: Limit = 50,
):
    """Files one may see, newest first."""
    request.user.must(SEE)
    rows, count = files.list_files(
        request.user, month=month_of(month) if month else None, distributor=distributor, kind=kind, start=start,
        limit=limit,
    )  # fmt: skip
    return page(request, rows, count, start, limit)


@router.get("files/{pk}/rows", response=Page[RowOut])
def list_rows(request, pk: KeyInPath, only: str = "", start: Start = 0, limit: Limit = 50):
    """Rows of a file in their order; `only` aside, duplicate, negative, new or changed."""
    request.user.must(SEE)
    rows, count = files.rows_of(files.file_for(request.user, pk), only=only, start=start, limit=limit)
    return page(request, [_row(one) for one in rows], count, start, limit)


def _row(one: files.RowShown) -> dict[str, Any]:
    why = one.why
    told = asdict(one) | {"code": why.code if why else "", "reason": why.sentence(_) if why else ""}
    return told | {"flags": list(one.flags)}


@router.get("calendar", response=list[ExpectedOut])
def calendar(request, month: Month):
    """Who has sent what for a month, who is missing and why."""
    request.user.must(SEE)
    return files.calendar(request.user, month_of(month))


@router.post("absences", response=ExpectedOut, openapi_extra=KEY_WELCOME)
def tell_absence(request, asked: AbsenceIn):
    """Tell why a distributor's file is missing."""
    request.user.must(TAKE_IN)
    month = month_of(asked.month)
    distributor = terminals.terminal_for(request.user, asked.distributor, TAKE_IN)

    def do() -> int:
        return actions.tell_absence(
            distributor=distributor, month=month, kind=asked.kind, reason=asked.reason, note=asked.note,
            by=request.user, now=timezone.now(),
        ).pk  # fmt: skip

    keyed(request, "flows.tell_absence", asked.dict(), do, required=False)
    return files.expected_of(request.user, distributor, month)
