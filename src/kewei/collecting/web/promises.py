"""承诺付款  What customers promised to pay: by the day it falls due, one by one, written down and moved."""

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
from kewei.collecting.actions.promises import Said
from kewei.collecting.queries import disputes, promises
from kewei.collecting.queries.promises import OPEN, SHOWN, PromiseRow
from kewei.collecting.rules.promises import (
    AUTHORITIES,
    FORMS,
    LIVE,
    METHODS,
    STATES,
    STRENGTHS,
    TONES,
    UNKNOWN_AUTHORITY,
    strength_of,
)
from kewei.collecting.web import files
from kewei.journal.web import attachment_response, kept_upload
from kewei.kernel.refusals import N_, NotFound
from kewei.people.keys import MOST_TICKED, key_of, ticked
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables import queries as receivables
from kewei.receivables.forms import DocumentForm, KeyedForm, amount_widget, day_widget
from kewei.receivables.web.items import customers
from kewei.receivables.web.parts import once, or_error, today
from kewei.terminals import queries as terminals

SEE, PROMISE, EXPORT = "collecting.see", "collecting.promise", "collecting.export"


def left_words(row: PromiseRow) -> str:
    """How far away the next instalment is, while a promise lives."""
    if row.state not in LIVE:
        return ""
    days = (row.next_on - today()).days
    return _("还有 {days} 天").format(days=days) if days >= 0 else _("已过 {days} 天").format(days=-days)


def due_tone(row: PromiseRow) -> str:
    """Red once it is late, yellow on the day."""
    if row.state not in LIVE:
        return ""
    days = (row.next_on - today()).days
    return "bad" if days < 0 else "warn" if days == 0 else ""


LISTING = Listing(
    name="collecting.promises",
    title=N_("承诺付款"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: reverse("collecting:promise", args=[row.pk]),
        ),
        Col("next_on", N_("下一期"), kind="day", sub=left_words, tone=due_tone),
        Col("fen", N_("承诺金额"), kind="amount", total=True),
        Col("paid_fen", N_("已到账"), kind="amount"),
        Col("state", N_("状态"), kind="badge", words=lambda s: _(STATES[s]), tone=lambda row: TONES[row.state]),
        Col("promiser", N_("承诺人"), sub=lambda row: row.job, clip=True),
        Col("form", N_("形式"), words=lambda form: _(FORMS[form])),
        Col("due_on", N_("最后一期"), kind="day", shown=False),
        Col("made_on", N_("承诺日"), kind="day"),
        Col("moved", N_("改期次数"), kind="number", shown=False),
        Col("recorded_by", N_("登记人"), shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户、承诺人")),
        Filter("terminal", N_("客户"), kind="choice", options=customers),
        Filter(
            "state", N_("状态"), kind="choice",
            options=lambda _r: [*((k, _(v)) for k, v in SHOWN.items()), *((k, _(v)) for k, v in STATES.items()), ("all", _("全部"))],
        ),
    ],
    may_export=EXPORT,
    row_url=lambda row: reverse("collecting:promise", args=[row.pk]),
    empty_title=N_("没有待履行的承诺"),
    empty_text=N_("客户答应付款时登记在这里：到期后按到账金额自动判定履行或失约。"),
    empty_icon="heart-handshake",
)  # fmt: skip


class PartsForm(KeyedForm):
    """By when how much is to come: one amount by one day, or a plan of instalments."""

    due_on = forms.DateField(label=gettext_lazy("付款日"), required=False, widget=day_widget())
    amount = forms.CharField(label=gettext_lazy("金额（元）"), max_length=30, required=False, widget=amount_widget())
    plan = forms.CharField(
        label=gettext_lazy("分期"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["amount"].help_text = _("不填即所选发票的未付余额")
        self.fields["plan"].help_text = _("每行一期：日期和金额，如 2026-12-31 10000.00；填了分期，上面两项不用填")

    def clean_amount(self) -> int | None:
        """The amount in fen."""
        return files.amount_of(self.cleaned_data["amount"])

    def clean_plan(self) -> Any:
        """The instalments typed."""
        return files.plan_of(self.cleaned_data["plan"])

    def clean(self) -> dict[str, Any]:
        """A day, or a plan."""
        given = super().clean() or {}
        if not self.errors and not given.get("plan") and not given.get("due_on"):
            self.add_error("due_on", _("请填写付款日，或写明分期"))
        return given


class PromiseForm(PartsForm):
    """A promise: who, how, and what proves it."""

    promiser = forms.CharField(label=gettext_lazy("承诺人"), max_length=60)
    job = forms.CharField(label=gettext_lazy("职务"), max_length=60, required=False)
    authority = forms.ChoiceField(label=gettext_lazy("是否有权代表"))
    form = forms.ChoiceField(label=gettext_lazy("形式"))
    method = forms.ChoiceField(label=gettext_lazy("付款方式"))
    made_on = forms.DateField(label=gettext_lazy("承诺日"), widget=day_widget())
    condition = forms.CharField(label=gettext_lazy("附带条件"), max_length=200, required=False)
    note = forms.CharField(label=gettext_lazy("备注"), max_length=200, required=False)
    paper = forms.FileField(label=gettext_lazy("证据"), required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for name, words in (("authority", AUTHORITIES), ("form", FORMS), ("method", METHODS)):
            self.fields[name].choices = [(code, _(text)) for code, text in words.items()]  # type: ignore[attr-defined]
        self.fields["paper"].help_text = _("聊天截图、邮件、盖章计划的 PDF 或照片：有证据的书面承诺使诉讼时效重新起算")

    def said(self, paper: Any) -> Said:
        """Who promised, how, and what proves it."""
        names = ("promiser", "job", "authority", "form", "method", "condition", "note")
        return Said(**{name: self.cleaned_data[name] for name in names}, paper=paper)


class MoveForm(PartsForm):
    """A promise by later days, and why."""

    why = forms.CharField(label=gettext_lazy("改期原因"), max_length=200)


class WhyForm(KeyedForm):
    """Why a promise is struck out."""

    why = forms.CharField(label=gettext_lazy("取消原因"), max_length=200)


@require_http_methods(["GET", "POST"])
def list_promises(request: HttpRequest) -> HttpResponseBase:
    """承诺付款  What falls due first in front."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        state = asked.pop("state", OPEN)
        if "terminal" in asked:
            asked["terminal"] = int(asked["terminal"])
        shown = "" if state == "all" else state
        rows, count, fen = promises.list_promises(request.user, today(), state=shown, start=start, limit=limit, **asked)
        return rows, count, {"fen": fen}

    return LISTING.answer(request, fetch, "collecting/promises.html", {"may_promise": request.user.may(PROMISE)})


@require_http_methods(["GET", "POST"])
def make_promise(request: HttpRequest) -> HttpResponse:
    """登记承诺  Choose the customer, then its invoices, then by when how much."""
    request.user.must(PROMISE)
    chosen = key_of(request.GET.get("terminal"))
    page: dict[str, Any] = {"title": _("登记承诺付款")}
    if chosen is None:
        return render(
            request, "collecting/promise_new.html", page | {"pick": DocumentForm(request.user), "customer": None}
        )
    terminal = terminals.terminal_for(request.user, chosen, PROMISE)
    owed = receivables.owed_by(request.user, PROMISE, terminal.pk)
    promised = promises.promised([item.pk for item in owed])
    disputed = disputes.disputed_fen([item.pk for item in owed])
    free = [item for item in owed if item.pk not in promised]
    asked = ticked(request.POST if request.method == "POST" else request.GET, "item", MOST_TICKED)
    wanted = [item.pk for item in free if item.due_date is None or item.due_date <= today()]
    form = PromiseForm(
        request.POST or None, request.FILES or None,
        initial={"made_on": today(), "authority": UNKNOWN_AUTHORITY, "form": "oral", "method": "transfer"},
    )  # fmt: skip
    if form.is_valid():
        given = form.cleaned_data
        open_fen = sum(item.open_fen for item in free if item.pk in asked)

        def keep() -> int:
            return actions.make_promise(
                terminal=terminal, items=asked, parts=files.parts_of(given["plan"], given["due_on"], given["amount"], open_fen),
                said=form.said(kept_upload(request, given["paper"], PROMISE)), made_on=given["made_on"],
                by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        if pk := or_error(form, lambda: once(request, "make_promise", keep), _BESIDE):
            done(request, _("承诺已登记"))
            return redirect("collecting:promise", pk)
    page |= files.head(terminal) | {
        "form": form,
        "lines": [(item, promised.get(item.pk), disputed.get(item.pk, 0)) for item in owed],
        "ticked": asked if asked or request.method == "POST" else wanted,
    }
    return render(request, "collecting/promise_new.html", page, status=422 if request.method == "POST" else 200)


_BESIDE = {
    "promise_above_open": "amount", "promise_amount_missing": "amount", "promise_days_wrong": "due_on",
    "plan_needs_manager": "due_on", "promise_made_later": "made_on", "promiser_missing": "promiser",
    "plan_needs_paper": "paper", "reschedule_not_later": "due_on", "promise_why_missing": "why",
}  # fmt: skip


@require_GET
def promise(request: HttpRequest, pk: int) -> HttpResponse:
    """承诺  Its instalments, its invoices, what came, and every state it was in."""
    request.user.must(SEE)
    return _page(request, pk)


@require_GET
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """承诺的证据  The file that proves a promise."""
    request.user.must(SEE)
    kept = promises.promise_for(request.user, pk)
    if kept.paper is None:
        raise NotFound(noun=N_("附件"))
    return attachment_response(kept.paper)


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """改期  The same invoices by later days."""
    request.user.must(PROMISE)
    kept = promises.promise(request.user, pk)
    form = MoveForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        open_fen = min(kept.row.left_fen, sum(item.open_fen for item in kept.items))

        def keep() -> int:
            return actions.reschedule_promise(
                promise=pk, parts=files.parts_of(given["plan"], given["due_on"], given["amount"], open_fen),
                why=given["why"], by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        if made := or_error(form, lambda: once(request, "reschedule_promise", keep), _BESIDE):
            done(request, _("承诺已改期"))
            return redirect("collecting:promise", made)
    return _page(request, pk, move_form=form)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """取消承诺  Written down by mistake, or void."""
    request.user.must(PROMISE)
    promises.promise_for(request.user, pk, PROMISE)
    form = WhyForm(request.POST)
    if form.is_valid():

        def keep() -> int:
            why = form.cleaned_data["why"]
            return actions.cancel_promise(promise=pk, why=why, by=request.user, now=timezone.now()).pk

        if or_error(form, lambda: once(request, "cancel_promise", keep)):
            done(request, _("承诺已取消"))
            return redirect("collecting:promise", pk)
    return _page(request, pk, cancel_form=form)


def _page(
    request: HttpRequest, pk: int, move_form: MoveForm | None = None, cancel_form: WhyForm | None = None
) -> HttpResponse:
    kept = promises.promise_for(request.user, pk)
    full = promises.promise(request.user, pk)
    row, paid, instalments = full.row, full.row.paid_fen, []
    for part in row.parts:
        came = max(0, min(paid, part.fen))
        paid -= came
        instalments.append((part, came))
    strength = strength_of(row.form, row.authority, row.paper is not None)
    page = files.head(kept.terminal) | {
        "row": row,
        "instalments": instalments,
        "items": full.items,
        "replaced_by": full.replaced_by,
        "states": [(one, _(STATES[one.state]), TONES[one.state]) for one in full.states],
        "state": _(STATES[row.state]),
        "tone": TONES[row.state],
        "authority": _(AUTHORITIES[row.authority]),
        "form_words": _(FORMS[row.form]),
        "method": _(METHODS[row.method]),
        "strength": _(STRENGTHS[strength]),
        "strength_tone": {"proved": "ok", "doubtful": "warn", "none": "quiet"}[strength],
        "left": left_words(row),
        "move_form": move_form or MoveForm(),
        "cancel_form": cancel_form or WhyForm(),
        "may_change": row.state in LIVE and request.user.may(PROMISE),
    }
    return render(request, "collecting/promise.html", page, status=422 if move_form or cancel_form else 200)


PROMISES = [
    path("promises/", list_promises, name="promises"),
    path("promises/new/", make_promise, name="make_promise"),
    path("promises/<int:pk>/", promise, name="promise"),
    path("promises/<int:pk>/paper/", paper, name="promise_paper"),
    path("promises/<int:pk>/move/", move, name="move_promise"),
    path("promises/<int:pk>/cancel/", cancel, name="cancel_promise"),
]
