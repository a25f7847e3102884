"""停止赊销  Customers whose credit sales are stopped: why, by whom, until when; placing and lifting, one or many."""

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
from kewei.credit.queries import holds, standing
from kewei.credit.queries.holds import LIVE, STATES, HoldRow
from kewei.credit.rules.holds import REASONS, AlreadyOnHold, NotOnHold
from kewei.credit.web import parts
from kewei.kernel.money import yuan
from kewei.kernel.refusals import N_
from kewei.people.keys import came_with, ticked
from kewei.people.listing import Bulk, Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables.forms import DocumentForm, KeyedForm, day_widget
from kewei.receivables.web.items import customers
from kewei.receivables.web.parts import once, or_error, today
from kewei.terminals import queries as terminals

SEE, HOLD, EXPORT = "credit.see", "credit.hold", "credit.export"
TONES = {"live": "bad", "lifted": "ok", "ended": "quiet"}
AT_ONCE = 200

# What the rules themselves write down, in words.
LIFTED_WHYS: dict[str, str] = {"cause_gone": N_("原因已消除，自动恢复"), "ran_out": N_("到期自动恢复")}


def cause_words(reason: str, cause: str) -> str:
    """What caused a hold a rule placed, with its numbers."""
    first, _sign, last = cause.partition(">")
    if reason == "overdue" and last:
        return _("逾期 {days} 天，超过容许的 {most} 天").format(days=first, most=last)
    if reason == "limit_over" and first.lstrip("-").isdecimal() and last.isdecimal():
        return _("占用 {exposure} 元，额度 {limit} 元").format(exposure=yuan(int(first)), limit=yuan(int(last)))
    if reason == "bill_default":
        return _("{count} 张拒付票据尚未补足").format(count=cause)
    return _("必备证照已到期、暂停或吊销") if reason == "licence" else cause


def why_words(row: HoldRow) -> str:
    """Why a hold stands: the words of who placed it, or what the rule saw."""
    return row.note or cause_words(row.reason, row.cause)


def lifted_words(why: str) -> str:
    """Why a hold was lifted."""
    return _(LIFTED_WHYS[why]) if why in LIFTED_WHYS else why


LISTING = Listing(
    name="credit.holds",
    title=N_("停止赊销"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: reverse("credit:hold", args=[row.pk]),
        ),
        Col("reason", N_("原因"), kind="badge", words=lambda reason: _(REASONS[reason]), tone=lambda row: TONES[row.state]),
        Col("why", N_("说明"), value=why_words, clip=True),
        Col("automatic", N_("由谁"), value=lambda row: _("规则") if row.automatic else row.placed_by),
        Col("placed_at", N_("开始"), kind="moment"),
        Col("until", N_("截止"), kind="day"),
        Col("state", N_("状态"), words=lambda state: _(STATES[state])),
        Col("lifted_at", N_("解除"), kind="moment", sub=lambda row: lifted_words(row.lifted_why), shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户名称、编码")),
        Filter("terminal", N_("客户"), kind="choice", options=customers),
        Filter("reason", N_("原因"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in REASONS.items()]),
        Filter(
            "state", N_("状态"), kind="choice",
            options=lambda _r: [*((k, _(v)) for k, v in STATES.items()), ("all", _("全部"))],
        ),
        Filter("automatic", N_("仅规则设置"), kind="flag"),
    ],
    may_export=EXPORT,
    row_url=lambda row: reverse("credit:hold", args=[row.pk]),
    key=lambda row: row.pk,
    bulk=[Bulk(N_("恢复赊销"), "credit:lift_many", "player-play")],
    empty_title=N_("没有停止赊销的客户"),
    empty_text=N_("逾期过久、票据拒付、证照失效时会自动停止，原因消除后自动恢复；也可以手工停止。"),
    empty_icon="hand-stop",
)  # fmt: skip


class HoldForm(DocumentForm):
    """Stopping credit sales to one customer."""

    VERB = HOLD
    reason = forms.ChoiceField(label=gettext_lazy("原因"))
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200)
    until = forms.DateField(label=gettext_lazy("截止日"), required=False, widget=day_widget())

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["reason"].choices = reasons()  # type: ignore[attr-defined]
        self.fields["until"].help_text = _("留空则一直到有人恢复")


class ManyForm(KeyedForm):
    """Stopping credit sales to several customers at once."""

    reason = forms.ChoiceField(label=gettext_lazy("原因"))
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200)
    until = forms.DateField(label=gettext_lazy("截止日"), required=False, widget=day_widget())

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["reason"].choices = reasons()  # type: ignore[attr-defined]


class LiftForm(KeyedForm):
    """Why credit sales may go on."""

    why = forms.CharField(label=gettext_lazy("恢复的理由"), max_length=200)


def reasons() -> list[tuple[str, str]]:
    """The reasons to choose from."""
    return [(code, _(words)) for code, words in REASONS.items()]


@require_http_methods(["GET", "POST"])
def list_holds(request: HttpRequest) -> HttpResponseBase:
    """停止赊销  Live holds, newest first; those that ended on request."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        state = asked.pop("state", LIVE)
        if "terminal" in asked:
            asked["terminal"] = int(asked["terminal"])
        shown = "" if state == "all" else state
        return holds.list_holds(request.user, today(), state=shown, start=start, limit=limit, **asked)

    return LISTING.answer(request, fetch, "credit/holds.html", {"may_hold": request.user.may(HOLD)})


@require_http_methods(["GET", "POST"])
def place_hold(request: HttpRequest) -> HttpResponse:
    """停止赊销  One customer, with the reason in words."""
    request.user.must(HOLD)
    form = HoldForm(request.user, request.POST or None, initial=came_with(request))
    if form.is_valid():
        given = form.cleaned_data

        def place() -> int:
            return actions.place_hold(
                terminal=given["terminal"], reason=given["reason"], note=given["note"], until=given["until"],
                by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        beside = {"already_on_hold": "reason", "hold_ends_in_past": "until", "hold_needs_words": "note"}
        if pk := or_error(form, lambda: once(request, "place_hold", place), beside):
            done(request, _("{name} 已停止赊销").format(name=given["terminal"].name))
            return redirect("credit:hold", pk)
    crumb = (_("停止赊销"), reverse("credit:holds"))
    note = _("生效后该客户的信用订单不能下单、放行，只能现款或预付。")
    return parts.form_page(request, form, _("停止赊销"), crumb, note=note, danger=True)


@require_GET
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """停止赊销  One hold: why, by whom, until when, and the way to end it."""
    request.user.must(SEE)
    return _page(request, pk)


@require_POST
def lift_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """恢复赊销  With a reason in words."""
    request.user.must(HOLD)
    holds.hold_for(request.user, pk, HOLD)
    form = LiftForm(request.POST)
    if form.is_valid():

        def lift() -> int:
            why = form.cleaned_data["why"]
            return actions.lift_hold(hold=pk, why=why, by=request.user, now=timezone.now()).pk

        if or_error(form, lambda: once(request, "lift_hold", lift)):
            done(request, _("已恢复赊销"))
            return redirect("credit:hold", pk)
    return _page(request, pk, form)


def _page(request: HttpRequest, pk: int, form: LiftForm | None = None) -> HttpResponse:
    kept = holds.hold_for(request.user, pk)
    row = next(one for one in holds.holds_of(request.user, kept.terminal_id, today()) if one.pk == pk)
    page = parts.head(kept.terminal) | {
        "row": row,
        "reason": _(REASONS[row.reason]),
        "why": why_words(row),
        "cause": cause_words(row.reason, row.cause) if row.automatic else "",
        "state": _(STATES[row.state]),
        "tone": TONES[row.state],
        "lifted_why": lifted_words(row.lifted_why),
        "stands": standing.standing(kept.terminal_id, today()),
        "form": form or LiftForm(),
        "may_lift": row.lifted_at is None and request.user.may(HOLD),
    }
    return render(request, "credit/hold.html", page, status=422 if form is not None else 200)


# --- several at once -----------------------------------------------------------------------------------------------------


@require_POST
def lift_many(request: HttpRequest) -> HttpResponse:
    """恢复赊销  The ticked holds, with one reason for all of them; those lifted meanwhile are passed over."""
    request.user.must(HOLD)
    wanted = [holds.hold_for(request.user, pk, HOLD) for pk in ticked(request.POST, most=AT_ONCE)]
    form = LiftForm(request.POST if "why" in request.POST else None)
    if not wanted:
        done(request, _("没有勾选任何一行"))
        return redirect("credit:holds")
    if form.is_valid():

        def lift() -> int:
            lifted = 0
            for one in wanted:
                try:
                    actions.lift_hold(hold=one.pk, why=form.cleaned_data["why"], by=request.user, now=timezone.now())
                    lifted += 1
                except NotOnHold:
                    continue
            return lifted

        count = or_error(form, lambda: once(request, "lift_many", lift))
        if count is not None:
            done(request, _("已恢复 {count} 项").format(count=count))
            return redirect("credit:holds")
    page = {
        "title": _("恢复赊销"), "form": form, "url": reverse("credit:lift_many"),
        "rows": [(one.pk, one.terminal.name, _(REASONS[one.reason])) for one in wanted], "fields": [form["why"]],
        "button": _("恢复赊销"), "danger": False, "back": reverse("credit:holds"),
    }  # fmt: skip
    return render(request, "credit/many.html", page, status=422 if form.is_bound else 200)


@require_POST
def hold_many(request: HttpRequest) -> HttpResponse:
    """停止赊销  The ticked customers, with one reason for all of them; those held for it already are passed over."""
    request.user.must(HOLD)
    wanted = [terminals.terminal_for(request.user, pk, HOLD) for pk in ticked(request.POST, most=AT_ONCE)]
    form = ManyForm(request.POST if "reason" in request.POST else None)
    if not wanted:
        done(request, _("没有勾选任何一行"))
        return redirect("credit:limits")
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("reason", "note", "until")}

        def place() -> int:
            placed = 0
            for one in wanted:
                try:
                    actions.place_hold(terminal=one, by=request.user, now=timezone.now(), **given)
                    placed += 1
                except AlreadyOnHold:
                    continue
            return placed

        count = or_error(form, lambda: once(request, "hold_many", place), {"hold_ends_in_past": "until"})
        if count is not None:
            done(request, _("已停止 {count} 家客户的赊销").format(count=count))
            return redirect("credit:holds")
    page = {
        "title": _("停止赊销"), "form": form, "url": reverse("credit:hold_many"),
        "rows": [(one.pk, one.name, one.code) for one in wanted],
        "fields": [form["reason"], form["note"], form["until"]], "button": _("停止赊销"), "danger": True,
        "back": reverse("credit:limits"),
    }  # fmt: skip
    return render(request, "credit/many.html", page, status=422 if form.is_bound else 200)
