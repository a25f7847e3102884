"""我方承诺  What we promised customers: by the day it is due, written down, kept or dropped."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.collecting import actions
from kewei.collecting.queries import ours
from kewei.collecting.queries.ours import LATE
from kewei.collecting.rules.ours import KINDS, OPEN, STATES, TONES
from kewei.collecting.web import files
from kewei.credit.web.parts import form_page
from kewei.kernel.refusals import N_
from kewei.people import queries as people
from kewei.people.keys import key_of
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables.forms import DocumentForm, KeyedForm, amount_widget, day_widget
from kewei.receivables.web.items import customers
from kewei.receivables.web.parts import once, or_error, today

SEE, PROMISE, EXPORT = "collecting.see", "collecting.promise", "collecting.export"

LISTING = Listing(
    name="collecting.ours",
    title=N_("我方承诺"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: reverse("collecting:our_promise", args=[row.pk]),
        ),
        Col("kind", N_("种类"), words=lambda kind: _(KINDS[kind][0])),
        Col("words", N_("承诺内容"), clip=True),
        Col("fen", N_("金额"), kind="amount"),
        Col(
            "due_on", N_("兑现日"), kind="day",
            tone=lambda row: "bad" if row.state == OPEN and row.due_on < today() else "",
        ),
        Col("owner", N_("负责兑现"), sub=lambda row: row.promised_by),
        Col("state", N_("状态"), kind="badge", words=lambda s: _(STATES[s]), tone=lambda row: TONES[row.state]),
        Col("number", N_("发票"), shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户")),
        Filter("terminal", N_("客户"), kind="choice", options=customers),
        Filter(
            "state", N_("状态"), kind="choice",
            options=lambda _r: [(LATE, _("已过兑现日")), *((k, _(v)) for k, v in STATES.items()), ("all", _("全部"))],
        ),
    ],
    may_export=EXPORT,
    row_url=lambda row: reverse("collecting:our_promise", args=[row.pk]),
    empty_title=N_("没有待兑现的我方承诺"),
    empty_text=N_("答应客户的返利、换货、红字发票和单据登记在这里：兑现了，客户就没有理由扣款。"),
    empty_icon="arrow-back-up",
)  # fmt: skip


class OurPromiseForm(DocumentForm):
    """What we promised a customer."""

    VERB = PROMISE
    what = forms.ChoiceField(label=gettext_lazy("种类"))
    words = forms.CharField(label=gettext_lazy("承诺内容"), max_length=300)
    amount = forms.CharField(label=gettext_lazy("金额（元）"), max_length=30, required=False, widget=amount_widget())
    made_on = forms.DateField(label=gettext_lazy("承诺日"), widget=day_widget())
    due_on = forms.DateField(label=gettext_lazy("兑现日"), widget=day_widget())
    promised_by = forms.ChoiceField(label=gettext_lazy("谁承诺的"))
    owner = forms.ChoiceField(label=gettext_lazy("负责兑现"))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        staff = people.choices_of_people(everybody=True)
        self.fields["what"].choices = [(code, _(words)) for code, (words, _reason) in KINDS.items()]  # type: ignore[attr-defined]
        self.fields["promised_by"].choices = staff  # type: ignore[attr-defined]
        self.fields["owner"].choices = staff  # type: ignore[attr-defined]

    def clean_amount(self) -> int | None:
        """The amount in fen."""
        return files.amount_of(self.cleaned_data["amount"])


class EndForm(KeyedForm):
    """What came of it."""

    end = forms.ChoiceField(label=gettext_lazy("结果"))
    outcome = forms.CharField(label=gettext_lazy("说明"), max_length=300)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["end"].choices = [("do", _("已兑现")), ("drop", _("不再兑现"))]  # type: ignore[attr-defined]
        self.fields["outcome"].help_text = _("凭什么算兑现；不再兑现的，写明原因和怎样告知客户")


@require_http_methods(["GET", "POST"])
def list_ours(request: HttpRequest) -> HttpResponseBase:
    """我方承诺  What is due first in front."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        state = asked.pop("state", OPEN)
        if "terminal" in asked:
            asked["terminal"] = int(asked["terminal"])
        shown = "" if state == "all" else state
        rows, count = ours.list_ours(request.user, today(), state=shown, start=start, limit=limit, **asked)
        return rows, count, {}

    return LISTING.answer(request, fetch, "collecting/ours.html", {"may_promise": request.user.may(PROMISE)})


@require_http_methods(["GET", "POST"])
def note(request: HttpRequest) -> HttpResponse:
    """登记我方承诺  What, by when, and who keeps it."""
    request.user.must(PROMISE)
    initial = {"made_on": today(), "promised_by": request.user.pk, "owner": request.user.pk}
    form = OurPromiseForm(
        request.user, request.POST or None, initial=initial | {"terminal": key_of(request.GET.get("terminal"))}
    )
    if form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            return actions.note_our_promise(
                terminal=given["terminal"], kind=given["what"], words=given["words"], made_on=given["made_on"],
                due_on=given["due_on"], fen=given["amount"], owner=people.colleague(int(given["owner"])),
                promised_by=people.colleague(int(given["promised_by"])), by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        beside = {"own_promise_days": "due_on", "own_promise_needs_words": "words"}
        if pk := or_error(form, lambda: once(request, "note_our_promise", keep), beside):
            done(request, _("我方承诺已登记"))
            return redirect("collecting:our_promise", pk)
    return form_page(request, form, _("登记我方承诺"), (_("我方承诺"), reverse("collecting:ours")))


@require_GET
def our_promise(request: HttpRequest, pk: int) -> HttpResponse:
    """我方承诺  What it says, and what came of it."""
    request.user.must(SEE)
    return _page(request, pk)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """我方承诺了结  Kept, or dropped with the reason."""
    request.user.must(PROMISE)
    ours.our_promise_for(request.user, pk, PROMISE)
    form = EndForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        do = actions.keep_our_promise if given["end"] == "do" else actions.drop_our_promise

        def keep() -> int:
            return do(our_promise=pk, outcome=given["outcome"], by=request.user, now=timezone.now()).pk

        if or_error(form, lambda: once(request, "end_our_promise", keep)):
            done(request, _("我方承诺已了结"))
            return redirect("collecting:our_promise", pk)
    return _page(request, pk, form)


def _page(request: HttpRequest, pk: int, form: EndForm | None = None) -> HttpResponse:
    kept = ours.our_promise_for(request.user, pk)
    row = ours.our_promise(request.user, pk)
    words, reason = KINDS[row.kind]
    page = files.head(kept.terminal) | {
        "row": row,
        "kind_words": _(words),
        "reason": reason,
        "state": _(STATES[row.state]),
        "tone": TONES[row.state],
        "late": row.state == OPEN and row.due_on < today(),
        "form": form or EndForm(),
        "may_end": row.state == OPEN and request.user.may(PROMISE),
    }
    return render(request, "collecting/our_promise.html", page, status=422 if form is not None else 200)


OURS = [
    path("ours/", list_ours, name="ours"),
    path("ours/new/", note, name="note_our_promise"),
    path("ours/<int:pk>/", our_promise, name="our_promise"),
    path("ours/<int:pk>/end/", end, name="end_our_promise"),
]
