"""拜访  Visits made: the list, one visit with its report and photos, checking in, reporting, adverse reactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.journal import queries_policies
from kewei.journal.web import attachment_response
from kewei.kernel.columns import positive_money
from kewei.kernel.ids import new_key
from kewei.kernel.refusals import N_, Refused
from kewei.people import queries as people
from kewei.people.keys import key_of, ticked
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.people.rules import ROLES
from kewei.products import queries as products
from kewei.receivables import queries as receivables
from kewei.receivables.forms import DocumentForm, KeyedForm, day_widget
from kewei.receivables.web.items import customers
from kewei.receivables.web.parts import address, once, or_error, today
from kewei.visits import actions
from kewei.visits.queries import visits as queries
from kewei.visits.queries.visits import SHOWN, ReportRow, VisitRow
from kewei.visits.rules.purposes import PURPOSES
from kewei.visits.rules.reporting import (
    ACHIEVED,
    ACHIEVED_TONES,
    EXPENSES,
    FEEDBACK,
    PARTS,
    REPORT,
    WAYS,
    ReportPolicy,
    required_parts,
)
from kewei.visits.rules.roles import MEDICAL, blocked, role_of

SEE, VISIT, REMARK, EXPORT = "visits.see", "visits.visit", "visits.remark", "visits.export"
TRADE, SAFETY = "visits.trade", "visits.safety"
# Lines of products a report has room for.
ROWS = 5


def policy() -> ReportPolicy:
    """What check-in and report go by today."""
    return queries_policies.in_force(REPORT, today()).value


def purposes_words(codes: Any) -> str:
    """Purposes in one text."""
    return "、".join(_(PURPOSES[code]) for code in codes)


def away_words(row: VisitRow) -> str:
    """How far from the terminal, where that is worth saying."""
    if row.away_m is None:
        return ""
    return _("离终端 {metres} 米").format(metres=row.away_m)


def marks(row: VisitRow) -> list[tuple[str, str]]:
    """(words, tone): what about a visit somebody should look at."""
    found = []
    if row.report is None:
        found.append((_("未写记录"), "warn"))
    if row.late or row.report_late:
        found.append((_("补记"), "warn"))
    if row.stop is None:
        found.append((_("临时拜访"), "info"))
    if row.away_m is not None and row.away_m > policy().away_metres:
        found.append((away_words(row), "warn"))
    if row.adverse:
        found.append((_("不良反应线索"), "bad"))
    return found


LISTING = Listing(
    name="visits.visits",
    title=N_("拜访"),
    columns=[
        Col(
            "terminal_name", N_("终端"), lead=True, sort="terminal", sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: reverse("visits:visit", args=[row.pk]),
        ),
        Col("arrived_at", N_("到达"), kind="moment", sort="day"),
        Col("person_name", N_("拜访人"), sort="person", sub=lambda row: _(ROLES[row.role].name)),
        Col("purposes", N_("目的"), words=purposes_words, clip=True),
        Col(
            "achieved", N_("目的达成"), kind="badge", words=lambda code: _(ACHIEVED[code]) if code else _("未写记录"),
            tone=lambda row: ACHIEVED_TONES.get(row.achieved, "warn"),
        ),
        Col("note", N_("摘要"), clip=True),
        Col("next_step", N_("下一步"), sub=lambda row: row.next_owner, clip=True),
        Col("next_on", N_("下一步日期"), kind="day"),
        Col("how", N_("签到方式"), words=lambda how: _(WAYS[how]), sub=away_words, shown=False),
        Col("unplanned_why", N_("临时拜访原因"), clip=True, shown=False),
        Col("heard_at", N_("服务器时间"), kind="moment", shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("终端")),
        Filter("terminal", N_("终端"), kind="choice", options=customers),
        Filter("purpose", N_("目的"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in PURPOSES.items()]),
        Filter("shown", N_("只看"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in SHOWN.items()]),
        Filter("first", N_("从"), kind="day"),
        Filter("last", N_("到"), kind="day"),
    ],
    order="-day",
    may_export=EXPORT,
    row_url=lambda row: reverse("visits:visit", args=[row.pk]),
    empty_title=N_("还没有拜访"),
    empty_text=N_("签到之后，拜访和记录都在这里。"),
    empty_icon="map-pin",
    empty_url="visits:check_in",
    empty_action=N_("签到"),
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def list_visits(request: HttpRequest) -> HttpResponseBase:
    """拜访  Newest first."""
    request.user.must(SEE)

    def asked(filters: dict[str, Any]) -> dict[str, Any]:
        wanted = dict(filters) | {"away_metres": policy().away_metres}
        if "terminal" in wanted:
            wanted["terminal"] = int(wanted["terminal"])
        return wanted

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        return queries.list_visits(request.user, order=order, start=start, limit=limit, **asked(filters))

    def stream(order: str, filters: dict[str, Any]) -> Iterator[VisitRow]:
        return queries.export_rows(request.user, order=order, **asked(filters))

    context = {"may_visit": request.user.may(VISIT)}
    return LISTING.answer(request, fetch, "visits/visits.html", context, stream)


@require_GET
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """拜访页  One visit and everything said of it."""
    request.user.must(SEE)
    return _visit_page(request, pk)


def _visit_page(request: HttpRequest, pk: int, form: Any = None) -> HttpResponse:
    person = request.user
    file = queries.visit(person, pk)
    mine = file.row.person == person.pk and person.may(VISIT)
    newest = file.reports[0] if file.reports else None
    page = {
        "file": file, "row": file.row, "role": _(ROLES[file.row.role].name), "purposes": purposes_words(file.row.purposes),
        "how": _(WAYS[file.row.how]), "away": away_words(file.row), "marks": marks(file.row),
        "reports": [(one, report_facts(one)) for one in file.reports], "newest": newest, "mine": mine,
        "may_correct": newest is not None and (mine or person.may(REMARK)), "may_remark": person.may(REMARK) and not mine,
        "form": form or RemarkForm(), "photo_form": PhotoForm(), "card_url": address("desk:terminal", file.row.terminal),
        "colleagues": people.choices_of_people(VISITORS) if mine else [], "remark_key": new_key(),
    }  # fmt: skip
    return render(request, "visits/visit.html", page, status=422 if form is not None else 200)


VISITORS = [code for code, role in ROLES.items() if VISIT in role.verbs]


def report_facts(one: ReportRow) -> list[tuple[str, str]]:
    """A report as names and words; products have tables of their own."""
    met = "、".join(f"{met['name']} {met.get('job', '')}".strip() for met in one.met)
    lines = [
        (_("目的达成"), _(ACHIEVED[one.achieved])),
        (_("见到的人"), met),
        (_("反馈"), "、".join(_(FEEDBACK[code]) for code in one.feedback)),
        (_("摘要"), one.note),
        (_("竞品信息"), one.competition),
        (_("不良反应线索"), one.adverse_note if one.adverse else ""),
        (_("下一步"), f"{one.next_on} {one.next_step}（{one.next_owner_name}）"),
        (_("涉及个人生活的用语"), f"{'、'.join(one.warned)}：{one.why_words}" if one.warned else ""),
        (_("更正原因"), one.correct_why),
    ]
    return [(name, words) for name, words in lines if words]


# --- checking in ------------------------------------------------------------------------------------------------------


class CheckInForm(DocumentForm):
    """Where, when, how and what for."""

    VERB = VISIT
    arrived_at = forms.DateTimeField(
        label=gettext_lazy("到达时间"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    how = forms.ChoiceField(label=gettext_lazy("签到方式"))
    purposes = forms.MultipleChoiceField(
        label=gettext_lazy("目的"), required=False, widget=forms.CheckboxSelectMultiple
    )
    unplanned_why = forms.CharField(label=gettext_lazy("临时拜访原因"), max_length=100, required=False)

    def __init__(self, reader: Any, *args: Any, **given: Any) -> None:
        super().__init__(reader, *args, **given)
        role = role_of({post.role for post in reader.held})
        self.fields["how"].choices = [(code, _(words)) for code, words in WAYS.items()]  # type: ignore[attr-defined]
        self.fields["purposes"].choices = [  # type: ignore[attr-defined]
            (code, _(words)) for code, words in PURPOSES.items() if not blocked([code], role)
        ]
        self.fields["purposes"].help_text = _("计划里已有的拜访可以不选，沿用计划的目的")
        self.fields["unplanned_why"].help_text = _("计划里没有这次拜访时必填")


@require_http_methods(["GET", "POST"])
def check_in(request: HttpRequest) -> HttpResponse:
    """签到  A visit begins. On a phone the field app does this with one point of place; here no place is kept."""
    request.user.must(VISIT)
    pk = key_of(request.POST.get("terminal") or request.GET.get("terminal"))
    terminal = None if pk is None else queries.place_for(request.user, pk, VISIT)
    form = CheckInForm(
        request.user, request.POST or None,
        initial={"terminal": pk, "arrived_at": timezone.localtime(), "how": "phone" if pk is None else "point"},
    )  # fmt: skip
    if form.is_valid():
        given = form.cleaned_data

        def go() -> int:
            return actions.check_in(
                terminal=given["terminal"].pk, arrived_at=given["arrived_at"], how=given["how"],
                purposes=given["purposes"], unplanned_why=given["unplanned_why"], by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        beside = {
            "unplanned_without_reason": "unplanned_why", "check_in_ahead": "arrived_at", "check_in_too_late": "arrived_at",
            "visit_without_purpose": "purposes", "purpose_not_for_medical": "purposes",
        }  # fmt: skip
        if made := or_error(form, lambda: once(request, "check_in", go), beside):
            done(request, _("已签到"))
            return redirect("visits:visit", made)
    page = {"form": form, "terminal": terminal, "pick": form}
    return render(request, "visits/check_in.html", page, status=422 if request.method == "POST" else 200)


# --- reporting --------------------------------------------------------------------------------------------------------


class ReportForm(KeyedForm):
    """The report; what only sellers may say is not there for a medical representative."""

    left_at = forms.DateTimeField(
        label=gettext_lazy("离开时间"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    achieved = forms.ChoiceField(label=gettext_lazy("目的达成"))
    met = forms.CharField(label=gettext_lazy("见到的人"), max_length=400, required=False)
    feedback = forms.MultipleChoiceField(
        label=gettext_lazy("反馈"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=gettext_lazy("摘要"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    competition = forms.CharField(label=gettext_lazy("竞品信息"), max_length=300, required=False)
    adverse = forms.BooleanField(label=gettext_lazy("有不良反应线索"), required=False)
    adverse_note = forms.CharField(label=gettext_lazy("品种和情况"), max_length=300, required=False)
    expense = forms.CharField(label=gettext_lazy("费用（元）"), max_length=20, required=False)
    expense_kind = forms.ChoiceField(label=gettext_lazy("费用种类"), required=False)
    expense_why = forms.CharField(label=gettext_lazy("费用理由和参加人"), max_length=200, required=False)
    next_step = forms.CharField(label=gettext_lazy("下一步"), max_length=200)
    next_on = forms.DateField(label=gettext_lazy("下一步日期"), widget=day_widget())
    next_owner = forms.TypedChoiceField(label=gettext_lazy("负责人"), coerce=int)
    why_words = forms.CharField(label=gettext_lazy("用语说明"), max_length=200, required=False)
    why = forms.CharField(label=gettext_lazy("更正原因"), max_length=200, required=False)

    def __init__(self, needed: list[str], corrects: bool, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        choices: dict[str, list[Any]] = {
            "achieved": [(code, _(words)) for code, words in ACHIEVED.items()],
            "feedback": [(code, _(words)) for code, words in FEEDBACK.items()],
            "expense_kind": [("", "–"), *((code, _(words)) for code, words in EXPENSES.items())],
            "next_owner": people.choices_of_people(VISITORS),
        }
        for name, options in choices.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]
        self.fields["met"].help_text = _("姓名 职务，多人用顿号分开，如：何平 采购、李红 财务") + (
            _("；必填") if "met" in needed else ""
        )
        self.fields["why_words"].help_text = _("写到可能涉及个人生活的用语时，说明业务上的必要")
        if corrects:
            self.fields["why"].required = True
        else:
            del self.fields["why"]

    def clean_met(self) -> list[dict[str, str]]:
        """People as {name, job}."""
        found = []
        for one in self.cleaned_data["met"].replace(",", "、").replace("，", "、").split("、"):
            name, _space, job = one.strip().partition(" ")
            if name:
                found.append({"name": name, "job": job.strip()})
        return found

    def clean_expense(self) -> int:
        """The amount in fen; nought where nothing was typed."""
        typed = self.cleaned_data["expense"].strip()
        try:
            return positive_money(typed) if typed else 0
        except Refused as why:
            raise forms.ValidationError(why.sentence(_)) from why


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """填写记录  What came of a visit, or a correction of it."""
    request.user.must(VISIT)
    file = queries.visit(request.user, pk)
    corrected = file.reports[0] if file.reports else None
    kept = queries.visit_for(request.user, pk) if corrected else queries.own_visit(request.user, pk)
    needed = required_parts(file.row.terminal_kind, file.row.role, policy())
    form = ReportForm(needed, corrected is not None, request.POST or None, initial=_initial(file.row, corrected))
    sells = file.row.role != MEDICAL and request.user.may(TRADE)
    rows = _typed_rows(request, corrected)
    owed = receivables.open_items_of(request.user, kept.terminal_id, today())[:50] if sells and not corrected else []
    if form.is_valid():
        told = dict(form.cleaned_data)
        why = told.pop("why", "")
        told.pop("form_key")
        told["expense_fen"] = told.pop("expense")

        def go() -> int:
            lines = _lines(request, sells)
            common = told | lines | {"by": request.user, "now": timezone.now()}
            if corrected is not None:
                return actions.correct_report(report=corrected.pk, why=why, **common).pk
            signature = request.FILES["signature"].read() if "signature" in request.FILES else b""
            promise = _promise(request) if sells else None
            return actions.report_visit(visit=pk, promise=promise, signature=signature, **common).pk

        beside = {
            "report_times": "left_at", "next_step_missing": "next_step", "adverse_without_words": "adverse_note",
            "report_forbidden_words": "note", "report_private_words": "why_words", "expense_over_cap": "expense_why",
            "correction_why_missing": "why",
        }  # fmt: skip
        if or_error(form, lambda: once(request, "report_visit", go), beside):
            done(request, _("记录已更正") if corrected else _("记录已提交"))
            return redirect("visits:visit", pk)
    page = {
        "form": form, "row": file.row, "corrected": corrected, "sells": sells, "rows": rows, "owed": owed,
        "needed": [_(PARTS[part]) for part in needed], "medical": file.row.role == MEDICAL,
        "feedback": [(code, _(words)) for code, words in FEEDBACK.items()],
    }  # fmt: skip
    return render(request, "visits/report.html", page, status=422 if request.method == "POST" else 200)


def _initial(row: VisitRow, former: ReportRow | None) -> dict[str, Any]:
    if former is None:
        return {
            "left_at": min(timezone.localtime(), timezone.localtime(row.arrived_at) + timedelta(minutes=30)),
            "achieved": "done", "next_owner": row.person, "next_on": row.day + timedelta(days=7),
        }  # fmt: skip
    names = ("achieved", "note", "competition", "adverse", "adverse_note", "expense_kind", "expense_why", "next_step")
    kept: dict[str, Any] = {name: getattr(former, name) for name in names}
    return kept | {
        "left_at": timezone.localtime(former.left_at), "feedback": list(former.feedback), "next_on": former.next_on,
        "met": "、".join(f"{one['name']} {one.get('job', '')}".strip() for one in former.met),
        "next_owner": former.next_owner, "why_words": former.why_words,
        "expense": f"{former.expense_fen // 100}.{former.expense_fen % 100:02}" if former.expense_fen else "",
    }  # fmt: skip


def _number(text: str) -> int:
    return int(text) if text.strip().isdecimal() and len(text) < 8 else 0


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# Columns of the lines of products, and how each is read.
_COLUMNS: dict[str, dict[str, Callable[[str], Any]]] = {
    "mentions": {"material": str.strip, "feedback": str.strip},
    "stock": {"units": _number, "near_units": _number, "near_on": _day, "batch": str.strip},
    "intents": {"units": _number, "by_day": _day},
}


def _typed_rows(request: HttpRequest, former: ReportRow | None) -> dict[str, list[dict[str, Any]]]:
    """Lines as the page shows them: what was typed, else what the former report said, else empty ones."""
    found: dict[str, list[dict[str, Any]]] = {}
    for part, columns in _COLUMNS.items():
        if request.method == "POST":
            codes = request.POST.getlist(f"{part}-code")[:ROWS]
            rows = [
                {"code": code} | {name: _at(request, part, name, n) for name in columns} for n, code in enumerate(codes)
            ]
        else:
            kept = getattr(former, part) if former else ()
            rows = [{"code": one.code} | {name: _shown(getattr(one, name)) for name in columns} for one in kept]
        found[part] = [*rows, *({"code": ""} for _n in range(ROWS - len(rows)))]
    return found


def _shown(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else "" if value is None else value


def _at(request: HttpRequest, part: str, name: str, place: int) -> str:
    typed = request.POST.getlist(f"{part}-{name}")
    return typed[place] if place < len(typed) else ""


def _lines(request: HttpRequest, sells: bool) -> dict[str, list[dict[str, Any]]]:
    """Lines with a product, as the action takes them. Raises UnknownAnswer through the action for unknown codes."""
    found: dict[str, list[dict[str, Any]]] = {}
    for part, columns in _COLUMNS.items():
        if part != "mentions" and not sells:
            continue
        codes = [code.strip() for code in request.POST.getlist(f"{part}-code")[:ROWS]]
        keys = products.by_codes(request.user, [code for code in codes if code])
        found[part] = [
            {"product": keys.get(code, 0)} | {name: read(_at(request, part, name, n)) for name, read in columns.items()}
            for n, code in enumerate(codes)
            if code
        ]
    return found


def _promise(request: HttpRequest) -> dict[str, Any] | None:
    """A promise to pay the ticked invoices, whole and by one day; None where none is ticked."""
    items = ticked(request.POST, "item", 200)
    due_on = _day(request.POST.get("promise_on", ""))
    if not items or due_on is None:
        return None
    owed = {one.pk: one for one in receivables.items_by_key(items).values()}
    fen = sum(one.open_fen for one in owed.values())
    return {
        "items": items, "parts": [{"due_on": due_on, "fen": fen}],
        "promiser": request.POST.get("promiser", "")[:60], "job": request.POST.get("promiser_job", "")[:60],
    }  # fmt: skip


# --- what is added ----------------------------------------------------------------------------------------------------


class PhotoForm(KeyedForm):
    """A photo."""

    file = forms.FileField(label=gettext_lazy("照片"))
    says = forms.CharField(label=gettext_lazy("说明"), max_length=100, required=False)
    cleared = forms.BooleanField(label=gettext_lazy("照片里没有患者信息和无关的人脸"), required=False)


class RemarkForm(KeyedForm):
    """A remark."""

    words = forms.CharField(
        label=gettext_lazy("点评"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )


class NumberForm(KeyedForm):
    """The number of an adverse reaction report."""

    number = forms.CharField(label=gettext_lazy("报告编号"), max_length=60, required=False)


@require_POST
def add_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """添加照片"""
    request.user.must(VISIT)
    queries.own_visit(request.user, pk)
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["file"]

        def go() -> int:
            return actions.add_photo(
                visit=pk, filename=upload.name, content=upload.read(), says=form.cleaned_data["says"],
                cleared=form.cleaned_data["cleared"], by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        if or_error(form, lambda: once(request, "add_photo", go)):
            done(request, _("照片已添加"))
            return redirect("visits:visit", pk)
    return _visit_page(request, pk, form)


@require_POST
def remark(request: HttpRequest, pk: int) -> HttpResponse:
    """点评"""
    request.user.must(REMARK)
    queries.visit_for(request.user, pk, REMARK)
    form = RemarkForm(request.POST)
    if form.is_valid():

        def go() -> int:
            words = form.cleaned_data["words"]
            return actions.remark(visit=pk, words=words, by=request.user, now=timezone.now()).pk

        if or_error(form, lambda: once(request, "remark", go)):
            done(request, _("点评已记下"))
            return redirect("visits:visit", pk)
    return _visit_page(request, pk, form)


@require_POST
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """协访"""
    request.user.must(VISIT)
    queries.own_visit(request.user, pk)
    if (person := key_of(request.POST.get("person"))) is not None:
        actions.join_visit(visit=pk, person=person, by=request.user, now=timezone.now())
        done(request, _("协访人已登记"))
    return redirect("visits:visit", pk)


@require_GET
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """照片  The picture itself; ?small=1 for a list."""
    request.user.must(SEE)
    found = queries.photo_for(request.user, pk)
    return attachment_response(queries.picture_of(found, small="small" in request.GET))


@require_GET
def signature(request: HttpRequest, pk: int) -> HttpResponse:
    """签名"""
    request.user.must(SEE)
    return attachment_response(queries.signature_of(request.user, pk))


@require_GET
def adverse(request: HttpRequest) -> HttpResponse:
    """不良反应线索  What must be reported to pharmacovigilance, most urgent first, then what was."""
    request.user.must(SAFETY)
    return _adverse_page(request)


def _adverse_page(request: HttpRequest, form: Any = None) -> HttpResponse:
    open_ones = queries.open_hints(request.user, timezone.now())
    rows, count = queries.list_hints(request.user)
    page = {
        "open": [(one, new_key()) for one in open_ones], "done": [row for row in rows if row.done_at],
        "count": count, "now": timezone.now(),
        "form": form or NumberForm(),
    }  # fmt: skip
    return render(request, "visits/adverse.html", page, status=422 if form is not None else 200)


@require_POST
def report_adverse(request: HttpRequest, pk: int) -> HttpResponse:
    """已上报  A hint has become a report."""
    request.user.must(SAFETY)
    queries.hint_for(request.user, pk)
    form = NumberForm(request.POST)
    if form.is_valid():

        def go() -> int:
            number = form.cleaned_data["number"]
            return actions.report_adverse(hint=pk, number=number, by=request.user, now=timezone.now()).pk

        if or_error(form, lambda: once(request, "report_adverse", go)):
            done(request, _("已记下上报编号"))
            return redirect("visits:adverse")
    return _adverse_page(request, form)


VISITS = [
    path("", list_visits, name="list"),
    path("check-in/", check_in, name="check_in"),
    path("adverse/", adverse, name="adverse"),
    path("adverse/<int:pk>/", report_adverse, name="report_adverse"),
    path("photos/<int:pk>/", photo, name="photo"),
    path("reports/<int:pk>/signature/", signature, name="signature"),
    path("<int:pk>/", visit, name="visit"),
    path("<int:pk>/report/", report, name="report"),
    path("<int:pk>/photos/", add_photo, name="add_photo"),
    path("<int:pk>/remark/", remark, name="remark"),
    path("<int:pk>/companions/", join, name="join"),
]
