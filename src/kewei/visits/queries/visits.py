"""拜访: lists and single visits with everything said of them; what actions look at before they write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When

from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.terminals import queries as terminals
from kewei.terminals.queries import prospects
from kewei.terminals.queries.searching import matching
from kewei.visits.models import (
    AdverseHint,
    Checklist,
    Companion,
    Intent,
    Mention,
    Photo,
    Remark,
    Report,
    StockCount,
    Stop,
    Visit,
    Wish,
)
from kewei.visits.rules.checklist import PASS
from kewei.visits.rules.planning.travel import by_road
from kewei.visits.rules.reporting import UnknownAnswer
from kewei.visits.rules.roles import MEDICAL
from kewei.visits.rules.wishes import CAMPAIGN

SEE, VISIT, TRADE, SAFETY = "visits.see", "visits.visit", "visits.trade", "visits.safety"
NOUN = N_("拜访")
COUNTED_TO = 100_000
UNREPORTED, LATE, UNPLANNED, FAR = "unreported", "late", "unplanned", "far"
# What the list can be narrowed to.
SHOWN: dict[str, str] = {
    UNREPORTED: N_("未写记录"),
    LATE: N_("补记"),
    UNPLANNED: N_("临时拜访"),
    FAR: N_("离终端较远"),
}
ORDERS: dict[str, tuple[str, ...]] = {
    "day": ("day", "arrived_at", "pk"),
    "terminal": ("terminal__code", "-arrived_at", "pk"),
    "person": ("person__login", "-arrived_at", "pk"),
}


@dataclass(frozen=True)
class VisitRow:
    """A visit as listed; `achieved` is empty while nobody has reported."""

    pk: int
    terminal: int
    terminal_code: str
    terminal_name: str
    terminal_kind: str
    person: int
    person_name: str
    role: str
    purposes: tuple[str, ...]
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
    left_at: datetime | None
    achieved: str
    adverse: bool
    report_late: bool
    note: str
    next_step: str
    next_on: date | None
    next_owner: str


@dataclass(frozen=True)
class MentionRow:
    """A product spoken of."""

    product: int
    code: str
    name: str
    material: str
    feedback: str


@dataclass(frozen=True)
class StockRow:
    """What stood on the shelf."""

    product: int
    code: str
    name: str
    units: int
    near_units: int
    near_on: date | None
    batch: str


@dataclass(frozen=True)
class IntentRow:
    """What the terminal says it will order."""

    product: int
    code: str
    name: str
    units: int
    by_day: date | None


@dataclass(frozen=True)
class ReportRow:
    """One version of a visit's report; fen."""

    pk: int
    left_at: datetime
    met: tuple[dict[str, str], ...]
    achieved: str
    feedback: tuple[str, ...]
    adverse: bool
    adverse_note: str
    competition: str
    expense_fen: int
    expense_kind: str
    expense_why: str
    promise: int | None
    note: str
    warned: tuple[str, ...]
    why_words: str
    next_step: str
    next_on: date
    next_owner: int
    next_owner_name: str
    signature: int | None
    late: bool
    corrects: int | None
    correct_why: str
    reported_by: str
    said_at: datetime
    reported_at: datetime
    mentions: tuple[MentionRow, ...] = ()
    stock: tuple[StockRow, ...] = ()
    intents: tuple[IntentRow, ...] = ()


@dataclass(frozen=True)
class PhotoRow:
    """A photo of a visit; `waits` while only its small picture is there."""

    pk: int
    says: str
    mime: str
    size_bytes: int
    added_by: str
    added_at: datetime
    waits: bool


@dataclass(frozen=True)
class VisitFile:
    """A visit with its reports, newest first, and what hangs on it."""

    row: VisitRow
    lat_e6: int | None
    lon_e6: int | None
    accuracy_m: int | None
    consented: bool
    policy: str
    reports: tuple[ReportRow, ...]
    photos: tuple[PhotoRow, ...]
    companions: tuple[str, ...]
    remarks: tuple[tuple[str, str, datetime], ...]
    hint: HintRow | None


@dataclass(frozen=True)
class HintRow:
    """A hint of an adverse reaction as its task shows it."""

    pk: int
    terminal: int
    terminal_code: str
    terminal_name: str
    visit: int
    words: str
    heard_at: datetime
    due_at: datetime
    opened_by: str
    number: str
    done_by: str
    done_at: datetime | None


# --- lists ------------------------------------------------------------------------------------------------------------


def list_visits(
    person: Person,
    *,
    text: str = "",
    terminal: int | None = None,
    visitor: int | None = None,
    first: date | None = None,
    last: date | None = None,
    purpose: str = "",
    shown: str = "",
    away_metres: int = 0,
    order: str = "-day",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[VisitRow], int]:
    """One page of visits, newest first, and how many (counted to COUNTED_TO); `away_metres` is what FAR goes by."""
    rows = _narrowed(person, text, terminal, visitor, first, last, purpose, shown, away_metres)
    count = rows.order_by()[:COUNTED_TO].count()
    ordered = rows.order_by(*_order(order)).values_list(*_FIELDS)
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return [_row(values) for values in page], count


def export_rows(person: Person, **filters: Any) -> Iterator[VisitRow]:
    """Every visit with the filters of list_visits, streamed."""
    order = filters.pop("order", "-day")
    names = ("text", "terminal", "visitor", "first", "last", "purpose", "shown", "away_metres")
    blank: dict[str, Any] = dict.fromkeys(names) | {"text": "", "purpose": "", "shown": "", "away_metres": 0}
    wanted = blank | {name: value for name, value in filters.items() if name in names}
    rows = _narrowed(person, *(wanted[name] for name in names)).order_by(*_order(order)).values_list(*_FIELDS)
    return (_row(values) for values in rows.iterator(chunk_size=2000))


def today_of(person: Person, day: date) -> list[VisitRow]:
    """This person's own visits of a day in the order they were made."""
    rows = Visit.objects.filter(person=person, day=day).order_by("arrived_at", "pk").values_list(*_FIELDS)
    return [_row(values) for values in rows]


@dataclass(frozen=True)
class PlannedRow:
    """A stop of today's plan that was not made yet."""

    pk: int
    terminal: int
    terminal_name: str
    arrives: int
    aim: str

    @property
    def clock(self) -> str:
        """When one should be there, as a clock shows it."""
        return f"{self.arrives // 60:02}:{self.arrives % 60:02}"


def planned_today(person: Person, day: date) -> list[PlannedRow]:
    """This person's planned visits of a day not made yet, in the order of the route."""
    made = Visit.objects.filter(person=person, day=day).values("terminal")
    rows = Stop.objects.filter(person=person, day=day, ended_at=None).exclude(terminal__in=made).order_by("place", "pk")
    return [PlannedRow(*values) for values in rows.values_list("pk", "terminal", "terminal__name", "arrives", "aim")]


@dataclass(frozen=True)
class Due:
    """What somebody still owes after their visits: reports not written, steps agreed whose day has come."""

    unreported: int
    next_steps: int


def due(person: Person, since: date, day: date) -> Due:
    """This person's visits since a day without a report, and next steps of theirs due by a day; one query.

    A later visit to the same terminal follows a step up.
    """
    later = Visit.objects.filter(terminal=OuterRef("terminal"), day__gt=OuterRef("day"))
    mine = Visit.objects.visible_to(person, SEE).filter(Q(person=person) | Q(report__next_owner=person))
    counts = mine.aggregate(
        unreported=Count("pk", filter=Q(person=person, day__gte=since, report=None)),
        next_steps=Count("pk", filter=Q(~Exists(later), report__next_owner=person, report__next_on__lte=day)),
    )
    return Due(**counts)


def hints_waiting(person: Person) -> int:
    """How many hints nobody has reported yet."""
    return AdverseHint.objects.visible_to(person, SAFETY).filter(done_at=None).count()


def open_hints(person: Person, now: datetime) -> list[HintRow]:
    """Hints nobody has reported yet, most urgent first."""
    rows = AdverseHint.objects.visible_to(person, SAFETY).filter(done_at=None).order_by("due_at", "pk")
    return [_hint(values) for values in rows.values_list(*_HINT)]


def list_hints(person: Person, start: int = 0, limit: int = 50) -> tuple[list[HintRow], int]:
    """All hints, newest first, and how many."""
    rows = AdverseHint.objects.visible_to(person, SAFETY)
    page = rows.order_by("-heard_at", "-pk").values_list(*_HINT)[start : start + limit]
    return [_hint(values) for values in page], rows.count()


def hint(person: Person, pk: int) -> HintRow:
    """One hint. Raises NotFound."""
    hint_for(person, pk)
    return _hint(AdverseHint.objects.filter(pk=pk).values_list(*_HINT).get())


# --- one visit --------------------------------------------------------------------------------------------------------


def visit(person: Person, pk: int) -> VisitFile:
    """One visit with everything said of it; a constant number of queries. Raises NotFound."""
    kept = visit_for(person, pk)
    row = _row(Visit.objects.filter(pk=pk).values_list(*_FIELDS).get())
    reports = _reports(pk)
    hints = AdverseHint.objects.filter(report__visit=pk).values_list(*_HINT).first()
    return VisitFile(
        row=row, lat_e6=kept.lat_e6, lon_e6=kept.lon_e6, accuracy_m=kept.accuracy_m, consented=kept.consented,
        policy=kept.policy, reports=reports, photos=_photos(pk),
        companions=tuple(
            Companion.objects.filter(visit=pk).order_by("pk").values_list("person__name", flat=True)
        ),
        remarks=tuple(Remark.objects.filter(visit=pk).order_by("pk").values_list("words", "by__name", "at")),
        hint=_hint(hints) if hints else None,
    )  # fmt: skip


def _photos(visit: int) -> tuple[PhotoRow, ...]:
    fields = ("pk", "says", "attachment__mime", "attachment__size_bytes", "added_by__name", "added_at")
    waits = Case(When(~Q(full_digest="") & Q(full=None), then=True), default=False)
    rows = Photo.objects.filter(visit=visit).order_by("pk").annotate(waits=waits)
    return tuple(PhotoRow(*values) for values in rows.values_list(*fields, "waits"))


def visit_for(person: Person, pk: int, verb: str = SEE) -> Visit:
    """The visit where this person may see it for a verb. Raises NotFound."""
    found = Visit.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal", "person").first()
    if found is None:
        raise NotFound(noun=NOUN)
    return found


def own_visit(person: Person, pk: int, *, lock: bool = False) -> Visit:
    """A visit this person made and still sees. Raises NotFound: nobody reports another's visit."""
    found = visit_for(person, pk, VISIT)
    if found.person_id != person.pk:
        raise NotFound(noun=NOUN)
    if lock:
        Visit.objects.select_for_update().get(pk=pk)
        found.refresh_from_db()
    return found


def report_for(person: Person, pk: int, *, lock: bool = False) -> Report:
    """A report of a visit this person sees. Raises NotFound."""
    found = Report.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound(noun=N_("拜访记录"))
    kept = visit_for(person, found.visit_id)
    if lock:
        Visit.objects.select_for_update().get(pk=kept.pk)
        kept.refresh_from_db()
    found.visit = kept
    return found


def photo_for(person: Person, pk: int) -> Photo:
    """A photo of a visit this person sees. Raises NotFound."""
    found = Photo.objects.filter(pk=pk).select_related("attachment", "full__attachment").first()
    if found is None:
        raise NotFound(noun=N_("照片"))
    visit_for(person, found.visit_id)
    return found


def picture_of(photo: Photo, *, small: bool = False) -> Any:
    """What is shown of a photo, as an attachment: the full picture once it is there, the small one before or for a list."""
    full = getattr(photo, "full", None)
    return photo.attachment if small or full is None else full.attachment


def signature_of(person: Person, report: int) -> Any:
    """The signature under a report, as an attachment. Raises NotFound."""
    found = report_for(person, report)
    if found.signature is None:
        raise NotFound(noun=N_("附件"))
    return found.signature


def hint_for(person: Person, pk: int, *, lock: bool = False) -> AdverseHint:
    """A hint this person may report. Raises NotFound."""
    rows = AdverseHint.objects.visible_to(person, SAFETY)
    found = (AdverseHint.objects.select_for_update().filter(pk__in=rows.values("pk")) if lock else rows).filter(pk=pk)
    row = found.first()
    if row is None:
        raise NotFound(noun=N_("不良反应线索"))
    return row


def checklist_for(person: Person, pk: int) -> Checklist:
    """A signed checklist this person may see. Raises NotFound."""
    rows = Checklist.objects.visible_to(person, SEE).select_related("terminal", "person")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(noun=N_("出发前检核"))
    return found


# --- what actions look at ---------------------------------------------------------------------------------------------


def place_for(person: Person, pk: int, verb: str) -> Any:
    """The terminal where this person may visit it. Raises NotFound, NotAllowed."""
    person.must(verb)
    return terminals.terminal_for(person, pk, verb)


def stop_of(person: Person, terminal: int, day: date, asked: int | None) -> int | None:
    """The planned visit: the one named, else this person's live one of the day. Raises NotFound for another's."""
    rows = Stop.objects.filter(person=person, terminal=terminal, ended_at=None)
    if asked is not None:
        if not rows.filter(pk=asked).exists():
            raise NotFound(noun=N_("计划拜访"))
        return asked
    return rows.filter(day=day).order_by("pk").values_list("pk", flat=True).first()


def purposes_of_stop(stop: int | None) -> list[str]:
    """What a planned visit is for; nothing without one."""
    return (Stop.objects.filter(pk=stop).values_list("purposes", flat=True).first() or []) if stop else []


def checklist_of(person: Person, terminal: int, day: date, asked: int | None) -> int | None:
    """The checklist signed for a visit: the one named, else the last of the day. Raises NotFound for another's."""
    rows = Checklist.objects.filter(person=person, terminal=terminal)
    if asked is not None:
        if not rows.filter(pk=asked).exists():
            raise NotFound(noun=N_("出发前检核"))
        return asked
    return rows.filter(day=day).order_by("-pk").values_list("pk", flat=True).first()


def consent_of(stop: int | None, checklist: int | None) -> bool:
    """Whether the institution has agreed: a paper of the plan, or words in the signed checklist."""
    if stop and Stop.objects.filter(pk=stop, consent__isnull=False).exists():
        return True
    lines = Checklist.objects.filter(pk=checklist).values_list("lines", flat=True).first() if checklist else None
    return any(line["code"] == "consent" and line["state"] == PASS for line in lines or ())


def away_m(terminal: int, lat_e6: int | None, lon_e6: int | None) -> int | None:
    """Metres from the terminal's place; None where either is not known."""
    place = prospects.coordinates([terminal]).get(terminal)
    if lat_e6 is None or lon_e6 is None or place is None:
        return None
    return by_road([(lat_e6, lon_e6), place], 100, 1).metres[0][1]


def first_reported_at(visit: int) -> datetime:
    """When the first report of a visit came."""
    return Report.objects.filter(visit=visit).order_by("pk").values_list("reported_at", flat=True)[0]


def products_named(given: Mapping[str, Any]) -> set[int]:
    """Every product a report names."""
    return {one["product"] for part in ("mentions", "stock", "intents") for one in given[part]}


def check_products(given: Mapping[str, Any], known: Mapping[int, Any]) -> None:
    """Refuse products there are not. Raises UnknownAnswer."""
    for pk in products_named(given):
        if pk not in known:
            raise UnknownAnswer(text=str(pk))


def wish_key(report: int) -> str:
    """The name of the wish a report's next step makes."""
    return f"visits:report:{report}:next"


# --- rows -------------------------------------------------------------------------------------------------------------


_FIELDS = (
    "pk", "terminal", "terminal__code", "terminal__name", "terminal__kind", "person", "person__name", "role", "purposes",
    "day", "arrived_at", "heard_at", "how", "away_m", "late", "stop", "unplanned_why", "checklist", "report",
    "report__left_at", "report__achieved", "report__adverse", "report__late", "report__note", "report__next_step",
    "report__next_on", "report__next_owner__name",
)  # fmt: skip


def _row(values: Sequence[Any]) -> VisitRow:
    told: list[Any] = [
        *values[19:20],
        values[20] or "",
        bool(values[21]),
        bool(values[22]),
        values[23] or "",
        values[24] or "",
    ]
    row: list[Any] = [*values[:8], tuple(values[8]), *values[9:19], *told, values[25], values[26] or ""]
    return VisitRow(*row)


def _narrowed(
    person: Person, text: str, terminal: int | None, visitor: int | None, first: date | None, last: date | None,
    purpose: str, shown: str, away_metres: int,
) -> QuerySet[Visit]:  # fmt: skip
    rows = Visit.objects.visible_to(person, SEE)
    asked = {"terminal": terminal, "person": visitor, "day__gte": first, "day__lte": last}
    rows = rows.filter(**{name: value for name, value in asked.items() if value is not None})
    if text := text.strip():
        rows = rows.filter(terminal__in=matching(person, text))
    if purpose:
        # Kept as JSON text; codes are words of ours and none is part of another.
        rows = rows.filter(purposes__icontains=f'"{purpose}"')
    wanted = {
        UNREPORTED: Q(report=None), LATE: Q(late=True) | Q(report__late=True), UNPLANNED: Q(stop=None),
        FAR: Q(away_m__gt=away_metres),
    }  # fmt: skip
    return rows.filter(wanted[shown]) if shown in wanted else rows


def _order(order: str) -> list[str]:
    fields = ORDERS.get(order.removeprefix("-"), ORDERS["day"])
    if not order.startswith("-"):
        return list(fields)
    return [field.removeprefix("-") if field.startswith("-") else f"-{field}" for field in fields]


def _reports(visit: int) -> tuple[ReportRow, ...]:
    fields = (
        "pk", "left_at", "met", "achieved", "feedback", "adverse", "adverse_note", "competition", "expense_fen",
        "expense_kind", "expense_why", "promise", "note", "warned", "why_words", "next_step", "next_on", "next_owner",
        "next_owner__name", "signature", "late", "corrects", "correct_why", "reported_by__name", "said_at", "reported_at",
    )  # fmt: skip
    rows: list[Any] = list(Report.objects.filter(visit=visit).order_by("-pk").values_list(*fields))
    keys = [row[0] for row in rows]
    named = ("report", "product", "product__code", "product__name")
    mentions = _by_report(MentionRow, Mention.objects.filter(report__in=keys), (*named, "material", "feedback"))
    stock = _by_report(
        StockRow, StockCount.objects.filter(report__in=keys), (*named, "units", "near_units", "near_on", "batch")
    )
    intents = _by_report(IntentRow, Intent.objects.filter(report__in=keys), (*named, "units", "by_day"))
    made: list[Any] = [
        [
            *row[:2], tuple(row[2]), row[3], tuple(row[4]), *row[5:13], tuple(row[13]), *row[14:],
            tuple(mentions[row[0]]), tuple(stock[row[0]]), tuple(intents[row[0]]),
        ]
        for row in rows
    ]  # fmt: skip
    return tuple(ReportRow(*values) for values in made)


def _by_report(kind: Any, rows: QuerySet[Any], fields: Sequence[str]) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for report, *values in rows.order_by("pk").values_list(*fields):
        found[report].append(kind(*values))
    return found


_HINT = (
    "pk", "terminal", "terminal__code", "terminal__name", "report__visit", "words", "heard_at", "due_at",
    "opened_by__name", "number", "done_by__name", "done_at",
)  # fmt: skip


def _hint(values: Sequence[Any]) -> HintRow:
    row: list[Any] = [*values[:10], values[10] or "", values[11]]
    return HintRow(*row)


@dataclass(frozen=True)
class SpokenOf:
    """A reported visit of somebody who sells: how many minutes it took, and the products it was about."""

    visit: int
    terminal: int
    person: int
    day: date
    minutes: int
    products: frozenset[int]


def spoken_of(pk: int) -> SpokenOf | None:
    """What a visit was about: products mentioned or wanted, and those of the campaigns it was planned for; None of an MR's
    visit, which sells nothing (4.4), and of one without a report; whoever asks."""
    visit = Visit.objects.filter(pk=pk).exclude(role=MEDICAL).select_related("report", "stop").first()
    if visit is None or visit.report is None:
        return None
    about = set(visit.report.mentions.values_list("product", flat=True))
    about |= set(visit.report.intents.values_list("product", flat=True))
    if visit.stop is not None and visit.stop.wishes:
        wished = Wish.objects.filter(pk__in=visit.stop.wishes, source=CAMPAIGN)
        about |= {
            numbers["product_id"] for numbers in wished.values_list("numbers", flat=True) if "product_id" in numbers
        }
    minutes = max(0, int((visit.report.left_at - visit.arrived_at).total_seconds()) // 60)
    return SpokenOf(pk, visit.terminal_id, visit.person_id, visit.day, minutes, frozenset(about))


def counted_at(pk: int) -> tuple[Visit, list[StockCount]]:
    """A reported visit and what was counted on the shelf, with the products; whoever asks. Two queries."""
    visit = Visit.objects.select_related("report", "terminal").get(pk=pk)
    counts = [] if visit.report is None else list(visit.report.stock.select_related("product").order_by("pk"))
    return visit, counts
