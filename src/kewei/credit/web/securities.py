"""担保登记  Guarantees, pledges and deposits by the day they end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.credit import actions
from kewei.credit.queries import securities
from kewei.credit.queries.securities import LIVE, STATES, SecurityRow
from kewei.credit.rules.securities import KINDS
from kewei.credit.web import parts
from kewei.journal.actions import note_read
from kewei.journal.web import attachment_response, kept_upload
from kewei.kernel import columns
from kewei.kernel.refusals import N_, Refused
from kewei.people.keys import came_with
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables.forms import DocumentForm, KeyedForm, amount_widget, day_widget
from kewei.receivables.web.items import customers
from kewei.receivables.web.parts import once, or_error, today

SEE, SECURE, EXPORT = "credit.see", "credit.secure", "credit.export"
TONES = {"live": "ok", "ending": "warn", "ended": "quiet"}


def left_words(row: SecurityRow) -> str:
    """How long a security still holds."""
    if row.days_left is None:
        return "" if row.until else _("无截止日")
    return _("还有 {days} 天").format(days=row.days_left)


LISTING = Listing(
    name="credit.securities",
    title=N_("担保登记"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: reverse("credit:security", args=[row.pk]),
        ),
        Col("kind", N_("方式"), words=lambda kind: _(KINDS[kind])),
        Col("guarantor", N_("担保人"), clip=True),
        Col("fen", N_("金额"), kind="amount", total=True),
        Col("since", N_("开始"), kind="day", shown=False),
        Col(
            "until", N_("截止日"), kind="day", sub=left_words,
            tone=lambda row: "bad" if row.rung is not None and row.rung <= 7 else "warn" if row.rung else "",
        ),
        Col("debt", N_("主债务"), clip=True, shown=False),
        Col("state", N_("状态"), kind="badge", words=lambda s: _(STATES[s]), tone=lambda row: TONES[row.state]),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户、担保人")),
        Filter("terminal", N_("客户"), kind="choice", options=customers),
        Filter("kind", N_("方式"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in KINDS.items()]),
        Filter(
            "state", N_("状态"), kind="choice",
            options=lambda _r: [*((k, _(v)) for k, v in STATES.items()), ("all", _("全部"))],
        ),
    ],
    may_export=EXPORT,
    row_url=lambda row: reverse("credit:security", args=[row.pk]),
    empty_title=N_("没有登记担保"),
    empty_text=N_("保证、抵押、质押和信用保险增加建议额度；保证金直接减少占用。"),
    empty_icon="shield-lock",
)  # fmt: skip


class SecurityForm(DocumentForm):
    """A security for a customer's debt."""

    VERB = SECURE
    kind = forms.ChoiceField(label=gettext_lazy("方式"))
    amount = forms.CharField(label=gettext_lazy("金额（元）"), max_length=30, widget=amount_widget())
    guarantor = forms.CharField(label=gettext_lazy("担保人"), max_length=120, required=False)
    since = forms.DateField(label=gettext_lazy("开始"), widget=day_widget())
    until = forms.DateField(label=gettext_lazy("截止日"), required=False, widget=day_widget())
    debt_due = forms.DateField(label=gettext_lazy("主债务到期日"), required=False, widget=day_widget())
    debt = forms.CharField(label=gettext_lazy("主债务"), max_length=200, required=False)
    note = forms.CharField(label=gettext_lazy("备注"), max_length=200, required=False)
    paper = forms.FileField(label=gettext_lazy("扫描件"), required=False, help_text=gettext_lazy("PNG、JPEG 或 PDF"))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = [(code, _(words)) for code, words in KINDS.items()]  # type: ignore[attr-defined]
        self.fields["guarantor"].help_text = _("保证金不填")
        self.fields["debt_due"].help_text = _("没有约定保证期间时填写：保证期间为到期后 6 个月，催收不能延长")

    def clean_amount(self) -> int:
        """The amount in fen."""
        try:
            return columns.positive_money(self.cleaned_data["amount"])
        except Refused as why:
            raise forms.ValidationError(why.sentence(_)) from why


class PaperForm(KeyedForm):
    """The scanned contract or certificate of a security."""

    paper = forms.FileField(label=gettext_lazy("扫描件"), help_text=gettext_lazy("PNG、JPEG 或 PDF"))


class EndForm(KeyedForm):
    """Why a security ends."""

    why = forms.CharField(label=gettext_lazy("原因"), max_length=200)


@require_http_methods(["GET", "POST"])
def list_securities(request: HttpRequest) -> HttpResponseBase:
    """担保登记  What ends first in front."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        state = asked.pop("state", LIVE)
        if "terminal" in asked:
            asked["terminal"] = int(asked["terminal"])
        shown = "" if state == "all" else state
        rows, count, fen = securities.list_securities(
            request.user, today(), state=shown, start=start, limit=limit, **asked
        )
        return rows, count, {"fen": fen}

    return LISTING.answer(request, fetch, "credit/securities.html", {"may_secure": request.user.may(SECURE)})


@require_http_methods(["GET", "POST"])
def record_security(request: HttpRequest) -> HttpResponse:
    """登记担保  Who stands for what, and until when."""
    request.user.must(SECURE)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = SecurityForm(request.user, *posted, initial=came_with(request) | {"since": today()})
    if form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            return actions.record_security(
                terminal=given["terminal"], kind=given["kind"], fen=given["amount"], guarantor=given["guarantor"],
                since=given["since"], until=given["until"], debt_due=given["debt_due"], debt=given["debt"],
                note=given["note"], paper=kept_upload(request, given["paper"], SECURE), by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        beside = {
            "guarantee_needs_end": "until", "security_ends_before": "until", "guarantor_missing": "guarantor",
            "security_amount": "amount",
        }  # fmt: skip
        if pk := or_error(form, lambda: once(request, "record_security", keep), beside):
            done(request, _("担保已登记"))
            return redirect("credit:security", pk)
    return parts.form_page(request, form, _("登记担保"), (_("担保登记"), reverse("credit:securities")))


@require_GET
def security(request: HttpRequest, pk: int) -> HttpResponse:
    """担保  One security, with the clock of its own."""
    request.user.must(SEE)
    return _page(request, pk)


@require_POST
def add_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """添加扫描件  The contract or certificate; the one before stays among the attachments."""
    request.user.must(SECURE)
    kept = securities.security_for(request.user, pk, SECURE)
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():

        def keep() -> int:
            paper = kept_upload(request, form.cleaned_data["paper"], SECURE)
            actions.keep_security_paper(security=kept, paper=paper, by=request.user, now=timezone.now())
            return pk

        if or_error(form, lambda: once(request, "keep_security_paper", keep)):
            done(request, _("扫描件已添加"))
            return redirect("credit:security", pk)
    return _page(request, pk, paper_form=form)


@require_GET
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """扫描件  As a download; the look at it is noted."""
    request.user.must(SEE)
    attachment = securities.paper_of(request.user, pk)
    note_read(what=f"credit.security:{pk}", verb=SEE, by=request.user, now=timezone.now())
    return attachment_response(attachment)


@require_POST
def end_security(request: HttpRequest, pk: int) -> HttpResponse:
    """结束担保  From now on it secures nothing."""
    request.user.must(SECURE)
    securities.security_for(request.user, pk, SECURE)
    form = EndForm(request.POST)
    if form.is_valid():

        def end() -> int:
            why = form.cleaned_data["why"]
            return actions.end_security(security=pk, why=why, by=request.user, now=timezone.now()).pk

        if or_error(form, lambda: once(request, "end_security", end)):
            done(request, _("担保已结束"))
            return redirect("credit:security", pk)
    return _page(request, pk, form)


def _page(
    request: HttpRequest, pk: int, form: EndForm | None = None, paper_form: PaperForm | None = None
) -> HttpResponse:
    kept = securities.security_for(request.user, pk)
    row = securities.security(request.user, pk, today())
    page = parts.head(kept.terminal) | {
        "row": row,
        "kind_words": _(KINDS[row.kind]),
        "state": _(STATES[row.state]),
        "tone": TONES[row.state],
        "left": left_words(row),
        "form": form or EndForm(),
        "paper_form": paper_form or PaperForm(),
        "may_end": row.ended_at is None and request.user.may(SECURE),
    }
    return render(request, "credit/security.html", page, status=422 if form or paper_form else 200)
