"""Visits as JSON: briefs and checklists before, check-in and report, photos, remarks, adverse reactions after."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Field, File, Form, Router, Schema, Status, UploadedFile

from kewei.journal.api import KEY_WELCOME, Key, KeyInPath, Limit, Page, Pk, Start, keyed, page
from kewei.kernel.money import MAX_FEN
from kewei.kernel.plain import as_json
from kewei.visits import actions
from kewei.visits.queries import briefs, checklists
from kewei.visits.queries import visits as queries
from kewei.visits.queries.visits import VisitFile, VisitRow

router = Router(tags=["visits"])
SEE, VISIT, REMARK, SAFETY = "visits.see", "visits.visit", "visits.remark", "visits.safety"

Text = Annotated[str, Field(max_length=200)]
Long = Annotated[str, Field(max_length=1000)]
Fen = Annotated[int, Field(ge=0, le=MAX_FEN)]
Units = Annotated[int, Field(ge=0, le=10_000_000)]
Purpose = Annotated[str, Field(max_length=16)]
Shown = Literal["unreported", "late", "unplanned", "far"]


class VisitOut(Schema):
    """A visit; `achieved` is empty while nobody has reported."""

    id: int
    terminal: int
    terminal_code: str
    terminal_name: str
    person: int
    person_name: str
    role: str
    purposes: list[str]
    day: date
    arrived_at: datetime
    heard_at: datetime
    how: str
    away_m: int | None
    late: bool
    stop: int | None
    unplanned_why: str
    checklist: int | None
    report: int | None
    achieved: str
    adverse: bool
    next_step: str
    next_on: date | None
    next_owner: str


class VisitWholeOut(VisitOut):
    """A visit with every version of its report, newest first, and what hangs on it."""

    reports: list[dict[str, Any]]
    photos: list[dict[str, Any]]
    companions: list[str]
    remarks: list[dict[str, Any]]


class CheckInIn(Schema):
    """A check-in: one point at most, and only with consent; degrees times a million."""

    terminal: Key
    arrived_at: datetime
    how: Text = "point"
    purposes: Annotated[list[Purpose], Field(max_length=8)] = []
    stop: Key | None = None
    unplanned_why: Text = ""
    lat_e6: Annotated[int, Field(ge=-90_000_000, le=90_000_000)] | None = None
    lon_e6: Annotated[int, Field(ge=-180_000_000, le=180_000_000)] | None = None
    accuracy_m: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    consented: bool = False
    companions: Annotated[list[Key], Field(max_length=10)] = []
    checklist: Key | None = None


class MetIn(Schema):
    """Somebody met: name and post, nothing more."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    job: Annotated[str, Field(max_length=60)] = ""


class MentionIn(Schema):
    """A product spoken of, with the version of the material shown."""

    product: Key
    material: Annotated[str, Field(max_length=60)] = ""
    feedback: Annotated[str, Field(max_length=12)] = ""


class StockIn(Schema):
    """What stands on the shelf."""

    product: Key
    units: Units
    near_units: Units = 0
    near_on: date | None = None
    batch: Annotated[str, Field(max_length=40)] = ""


class IntentIn(Schema):
    """What the terminal says it will order."""

    product: Key
    units: Annotated[int, Field(ge=1, le=10_000_000)]
    by_day: date | None = None


class PartIn(Schema):
    """An instalment."""

    due_on: date
    fen: Annotated[int, Field(gt=0, le=MAX_FEN)]


class PromiseIn(Schema):
    """A promise to pay invoices."""

    items: Annotated[list[Key], Field(min_length=1, max_length=200)]
    parts: Annotated[list[PartIn], Field(min_length=1, max_length=24)]
    promiser: Annotated[str, Field(min_length=1, max_length=60)]
    job: Annotated[str, Field(max_length=60)] = ""
    authority: Annotated[str, Field(max_length=20)] = "unknown"


class ReportIn(Schema):
    """What came of a visit."""

    left_at: datetime
    achieved: Literal["done", "partly", "missed"]
    next_step: Annotated[str, Field(min_length=1, max_length=200)]
    next_on: date
    next_owner: Key | None = None
    met: Annotated[list[MetIn], Field(max_length=20)] = []
    feedback: Annotated[list[Annotated[str, Field(max_length=12)]], Field(max_length=8)] = []
    mentions: Annotated[list[MentionIn], Field(max_length=50)] = []
    stock: Annotated[list[StockIn], Field(max_length=200)] = []
    intents: Annotated[list[IntentIn], Field(max_length=200)] = []
    promise: PromiseIn | None = None
    adverse: bool = False
    adverse_note: Annotated[str, Field(max_length=300)] = ""
    competition: Annotated[str, Field(max_length=300)] = ""
    expense_fen: Fen = 0
    expense_kind: Annotated[str, Field(max_length=20)] = ""
    expense_why: Text = ""
    note: Long = ""
    why_words: Text = ""


class CorrectionIn(ReportIn):
    """The whole report again, and why."""

    why: Annotated[str, Field(min_length=1, max_length=200)]


class ChecklistIn(Schema):
    """What the person did about the lines: codes looked at or ticked, words by code or by record of a promise."""

    terminal: Key
    day: date
    purposes: Annotated[list[Purpose], Field(max_length=8)] = []
    stop: Key | None = None
    seen: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=20)] = []
    words: dict[str, Annotated[str, Field(max_length=300)]] = {}


class MadeOut(Schema):
    """The key of what was made."""

    id: int


class WordsIn(Schema):
    """A remark."""

    words: Annotated[str, Field(min_length=1, max_length=500)]


class NumberIn(Schema):
    """The number of an adverse reaction report."""

    number: Annotated[str, Field(min_length=1, max_length=60)]


class HintOut(Schema):
    """A hint of an adverse reaction: to be reported by `due_at`."""

    id: int
    terminal: int
    terminal_code: str
    terminal_name: str
    visit: int
    words: str
    heard_at: datetime
    due_at: datetime
    number: str
    done_at: datetime | None


@router.get("/visits", response=Page[VisitOut], summary="Visits")
def list_visits(
    request: Any, terminal: Pk | None = None, first: date | None = None, last: date | None = None,
    shown: Shown | None = None, start: Start = 0, limit: Limit = 50,
) -> Any:  # fmt: skip
    """Visits newest first: an MR's for MRs, a seller's for sellers, both for who leads."""
    request.user.must(SEE)
    rows, count = queries.list_visits(
        request.user, terminal=terminal, first=first, last=last, shown=shown or "", start=start, limit=limit
    )
    return page(request, [_row(row) for row in rows], count, start, limit)


@router.get("/visits/{visit}", response=VisitWholeOut, summary="One visit")
def one_visit(request: Any, visit: KeyInPath) -> Any:
    """A visit with everything said of it."""
    request.user.must(SEE)
    return _whole(queries.visit(request.user, visit))


@router.get("/briefs/{terminal}", response=dict[str, Any], summary="A terminal on one page")
def one_brief(request: Any, terminal: KeyInPath, day: date | None = None) -> Any:
    """Everything known about a terminal before one goes there; parts the reader may not see are null."""
    request.user.must(SEE)
    return briefs.brief(request.user, terminal, day or timezone.localdate(), timezone.now())


@router.get("/checklists/{terminal}", response=dict[str, Any], summary="The checklist before leaving, filled")
def one_checklist(request: Any, terminal: KeyInPath, day: date | None = None) -> Any:
    """The eighteen lines with their entries, each with its record and age."""
    request.user.must(VISIT)
    return checklists.checklist(request.user, terminal, day or timezone.localdate(), timezone.now())


@router.post(
    "/checklists", response={201: MadeOut}, openapi_extra=KEY_WELCOME, summary="Sign the checklist before leaving"
)
def sign_checklist(request: Any, given: ChecklistIn) -> Any:
    """Keep the lines as they stand, with what the person looked at, ticked and wrote."""
    request.user.must(VISIT)
    body = given.model_dump()

    def go() -> dict[str, int]:
        return {"id": actions.sign_checklist(**body, by=request.user, now=timezone.now()).pk}

    return Status(201, keyed(request, "visits.sign_checklist", body, go, required=False))


@router.post("/visits", response={201: MadeOut}, openapi_extra=KEY_WELCOME, summary="Check in")
def check_in(request: Any, given: CheckInIn) -> Any:
    """A visit begins."""
    request.user.must(VISIT)
    body = given.model_dump()
    body["arrived_at"] = _aware(given.arrived_at)

    def go() -> dict[str, int]:
        return {"id": actions.check_in(**body, by=request.user, now=timezone.now()).pk}

    return Status(201, keyed(request, "visits.check_in", body, go, required=False))


@router.post("/visits/{visit}/report", response={201: MadeOut}, openapi_extra=KEY_WELCOME, summary="Report a visit")
def report_visit(request: Any, visit: KeyInPath, given: ReportIn) -> Any:
    """What came of a visit; its next step becomes a wish, a promise a promise of collecting."""
    request.user.must(VISIT)
    body = given.model_dump() | {"left_at": _aware(given.left_at)}

    def go() -> dict[str, int]:
        return {"id": actions.report_visit(visit=visit, **body, by=request.user, now=timezone.now()).pk}

    return Status(201, keyed(request, "visits.report_visit", [visit, body], go, required=False))


@router.post(
    "/reports/{report}/correct", response={201: MadeOut}, openapi_extra=KEY_WELCOME, summary="Correct a report"
)
def correct_report(request: Any, report: KeyInPath, given: CorrectionIn) -> Any:
    """A new report in place of the newest one, which stays."""
    request.user.must(VISIT)
    body = given.model_dump(exclude={"promise"}) | {"left_at": _aware(given.left_at)}

    def go() -> dict[str, int]:
        return {"id": actions.correct_report(report=report, **body, by=request.user, now=timezone.now()).pk}

    return Status(201, keyed(request, "visits.correct_report", [report, body], go, required=False))


@router.post("/visits/{visit}/photos", response={201: MadeOut}, openapi_extra=KEY_WELCOME, summary="Add a photo")
def add_photo(
    request: Any, visit: KeyInPath, file: File[UploadedFile], says: Form[str] = "", cleared: Form[bool] = False
) -> Any:
    """A JPEG or PNG; what the camera wrote into it is taken out. `cleared`: no patient is on it."""
    request.user.must(VISIT)
    content = file.read()

    def go() -> dict[str, int]:
        made = actions.add_photo(
            visit=visit, filename=file.name or "", content=content, says=says[:100], cleared=cleared, by=request.user,
            now=timezone.now(),
        )  # fmt: skip
        return {"id": made.pk}

    return Status(201, keyed(request, "visits.add_photo", [visit, file.name, len(content), says], go, required=False))


@router.post("/visits/{visit}/remarks", response={201: MadeOut}, openapi_extra=KEY_WELCOME, summary="Remark on a visit")
def remark(request: Any, visit: KeyInPath, given: WordsIn) -> Any:
    """What somebody above says of a visit."""
    request.user.must(REMARK)

    def go() -> dict[str, int]:
        return {"id": actions.remark(visit=visit, words=given.words, by=request.user, now=timezone.now()).pk}

    return Status(201, keyed(request, "visits.remark", [visit, given.words], go, required=False))


@router.get("/adverse", response=Page[HintOut], summary="Hints of adverse reactions")
def list_adverse(request: Any, start: Start = 0, limit: Limit = 50) -> Any:
    """Hints newest first, reported or not."""
    request.user.must(SAFETY)
    rows, count = queries.list_hints(request.user, start, limit)
    return page(request, [{"id": row.pk, **asdict(row)} for row in rows], count, start, limit)


@router.post("/adverse/{hint}/report", response=MadeOut, openapi_extra=KEY_WELCOME, summary="A hint was reported")
def report_adverse(request: Any, hint: KeyInPath, given: NumberIn) -> Any:
    """Enter the number of the report to pharmacovigilance."""
    request.user.must(SAFETY)

    def go() -> dict[str, int]:
        return {"id": actions.report_adverse(hint=hint, number=given.number, by=request.user, now=timezone.now()).pk}

    return keyed(request, "visits.report_adverse", [hint, given.number], go, required=False)


def _aware(moment: datetime) -> datetime:
    """A moment without an offset is meant where the company is."""
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _row(row: VisitRow) -> dict[str, Any]:
    return {"id": row.pk, **asdict(row)}


def _whole(file: VisitFile) -> dict[str, Any]:
    return _row(file.row) | {
        "reports": [{"id": one.pk, **as_json(one)} for one in file.reports],
        "photos": [
            {"id": one.pk, "says": one.says, "mime": one.mime, "added_at": one.added_at, "waits": one.waits}
            for one in file.photos
        ],
        "companions": list(file.companions),
        "remarks": [{"words": words, "by": by, "at": at} for words, by, at in file.remarks],
    }
