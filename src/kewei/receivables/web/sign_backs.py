"""对账回签  Statements that went out, and what came back signed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.journal.web import attachment_response, kept_upload
from kewei.kernel import columns
from kewei.kernel.refusals import N_, Refused
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables import actions
from kewei.receivables.forms import KeyedForm, amount_widget, day_widget
from kewei.receivables.queries import sign_backs
from kewei.receivables.rules.sign_backs import AGREED, DIFFERS, LATE, SEALS, STATES, WAITING
from kewei.receivables.web.items import customers
from kewei.receivables.web.parts import address, once, or_error, today

VERB, EXPORT = "receivables.statement", "receivables.export"
TONES = {WAITING: "info", LATE: "warn", AGREED: "ok", DIFFERS: "bad"}
# The rate is told over the statements of this many days.
RATE_DAYS = 92

LISTING = Listing(
    name="receivables.sign_backs",
    title=N_("对账回签"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: reverse("receivables:issued", args=[row.pk]),
        ),
        Col("last", N_("截止日"), kind="day"),
        Col("closing_fen", N_("期末余额"), kind="amount"),
        Col("at", N_("出具"), kind="moment"),
        Col("state", N_("回签"), kind="badge", words=lambda s: _(STATES[s]), tone=lambda row: TONES[row.state]),
        Col("signed_on", N_("回签日"), kind="day"),
        Col("mark", N_("校验码"), shown=False),
        Col("by", N_("出具人"), shown=False),
    ],
    filters=[
        Filter("terminal", N_("客户"), kind="choice", options=customers),
        Filter("state", N_("回签"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in STATES.items()]),
    ],
    may_export=EXPORT,
    row_url=lambda row: reverse("receivables:issued", args=[row.pk]),
    empty_title=N_("还没有出具对账单"),
    empty_text=N_("在账龄表里勾选客户生成对账单；每一份都在这里等回签，30 天未回签会提示。"),
    empty_icon="file-text",
)  # fmt: skip


class SignBackForm(KeyedForm):
    """What stands on the paper that came back."""

    outcome = forms.ChoiceField(label=gettext_lazy("结论"))
    difference = forms.CharField(
        label=gettext_lazy("差额（元）"), max_length=30, required=False, widget=amount_widget()
    )
    reason = forms.CharField(label=gettext_lazy("差额原因"), max_length=200, required=False)
    signer = forms.CharField(label=gettext_lazy("经办人"), max_length=60)
    job = forms.CharField(label=gettext_lazy("职务"), max_length=60)
    seal = forms.ChoiceField(label=gettext_lazy("印章"))
    on = forms.DateField(label=gettext_lazy("回签日"), widget=day_widget())
    paper = forms.FileField(label=gettext_lazy("回签件"), required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["outcome"].choices = [(AGREED, _(STATES[AGREED])), (DIFFERS, _(STATES[DIFFERS]))]  # type: ignore[attr-defined]
        self.fields["seal"].choices = [(code, _(words)) for code, words in SEALS.items()]  # type: ignore[attr-defined]
        self.fields["difference"].help_text = _("我方余额减对方余额；对方账上更少时为正数")
        self.fields["paper"].help_text = _("盖章的对账单扫描件：PDF、PNG 或 JPEG")

    def clean_difference(self) -> int:
        """The difference in fen, 0 where nothing was typed."""
        typed = self.cleaned_data["difference"]
        if not typed:
            return 0
        try:
            return columns.money(typed)
        except Refused as why:
            raise forms.ValidationError(why.sentence(_)) from why


@require_http_methods(["GET", "POST"])
def list_issued(request: HttpRequest) -> HttpResponseBase:
    """对账回签  Newest first, with the share that came back."""
    request.user.must(VERB)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        if "terminal" in asked:
            asked["terminal"] = int(asked["terminal"])
        return sign_backs.list_issued(request.user, today(), start=start, limit=limit, **asked)

    back, out = sign_backs.sign_back_rate(request.user, today() - timedelta(days=RATE_DAYS), today())
    page = {"back": back, "out": out, "percent": 100 * back // out if out else 0, "days": RATE_DAYS}
    return LISTING.answer(request, fetch, "receivables/sign_backs.html", page)


@require_GET
def issued(request: HttpRequest, pk: int) -> HttpResponse:
    """对账单回签  One statement that went out, and what came back."""
    request.user.must(VERB)
    return _page(request, pk)


@require_POST
def sign_back(request: HttpRequest, pk: int) -> HttpResponse:
    """登记回签  That it agrees, or by how much and why not."""
    request.user.must(VERB)
    sign_backs.issued_for(request.user, pk)
    form = SignBackForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            return actions.sign_back(
                statement=pk, agrees=given["outcome"] == AGREED, difference_fen=given["difference"],
                reason=given["reason"], signer=given["signer"], job=given["job"], seal=given["seal"], on=given["on"],
                paper=kept_upload(request, given["paper"], VERB), by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        beside = {"sign_back_day": "on", "sign_back_needs_difference": "difference"}
        if or_error(form, lambda: once(request, "sign_back", keep), beside):
            done(request, _("回签已登记"))
            return redirect("receivables:issued", pk)
    return _page(request, pk, form)


@require_GET
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """回签件  The signed paper."""
    request.user.must(VERB)
    return attachment_response(sign_backs.sign_back_paper(request.user, pk))


def _page(request: HttpRequest, pk: int, form: SignBackForm | None = None) -> HttpResponse:
    row, backs = sign_backs.issued(request.user, pk, today())
    page = {
        "row": row,
        "backs": [(back, _(STATES[AGREED if back.agrees else DIFFERS]), _(SEALS[back.seal])) for back in backs],
        "state": _(STATES[row.state]),
        "tone": TONES[row.state],
        "form": form or SignBackForm(initial={"on": today()}),
        "customer_url": address("desk:terminal", row.terminal_id),
    }
    return render(request, "receivables/issued.html", page, status=422 if form is not None else 200)
