"""时钟  Until when claims, guarantees and bills can be enforced, by which rule, and what set each clock."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.collecting import actions
from kewei.collecting.actions.clocks import GUARANTEE_HOWS
from kewei.collecting.queries import clocks
from kewei.collecting.queries.clocks import EFFECTS, LETTER, PROMISE, SOURCES, STATEMENT, WRITTEN, Happening, ItemClock
from kewei.collecting.rules.clocks import BILL_CLOCKS, GUARANTEE_STATES, HOWS, SIGNERS, SUIT
from kewei.collecting.rules.promises import STRENGTHS
from kewei.collecting.web import files
from kewei.credit.rules.securities import KINDS as SECURITY_KINDS
from kewei.journal.web import attachment_response, kept_upload
from kewei.kernel.refusals import N_, NotFound
from kewei.people.keys import key_of
from kewei.people.notices import done
from kewei.receivables.forms import DocumentForm, KeyedForm, day_widget
from kewei.receivables.rules.bills import BILL_KINDS
from kewei.receivables.rules.limitation import KINDS, POLICY
from kewei.receivables.web.parts import once, or_error, today
from kewei.terminals import queries as terminals

SEE, CONTACT, LAW = "collecting.see", "collecting.contact", "collecting.law"
SHOWN = 200
BAND_TONES = {0: "bad", 90: "bad", 180: "warn", 365: "info"}
STRENGTH_TONES = {"proved": "ok", "doubtful": "warn", "none": "quiet"}
EFFECT_TONES = {"counted": "ok", "late": "bad", "idle": "quiet", "unproved": "warn"}
GUARANTEE_TONES = {"running": "warn", "claimed": "ok", "lapsed": "bad"}


class EventForm(KeyedForm):
    """Something provable that restarts limitation."""

    what = forms.ChoiceField(label=gettext_lazy("事件"))
    on = forms.DateField(label=gettext_lazy("到达或发生之日"), widget=day_widget())
    signer = forms.ChoiceField(label=gettext_lazy("签收或确认人身份"))
    names_content = forms.BooleanField(label=gettext_lazy("运单写明内件品名"), required=False)
    runs_from = forms.DateField(label=gettext_lazy("最后一期或程序终结之日"), required=False, widget=day_widget())
    pending = forms.BooleanField(label=gettext_lazy("程序尚未终结"), required=False)
    words = forms.CharField(label=gettext_lazy("说明"), max_length=300, required=False)
    proof = forms.FileField(label=gettext_lazy("证据"), required=False)

    def __init__(self, may_law: bool, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            (_(KINDS[kind].name), [(f"{kind}:{how}", _(words)) for how, words in hows.items()])
            for kind, hows in HOWS.items()
            if may_law or kind != SUIT
        ]
        self.fields["signer"].choices = [(code, _(words)) for code, words in SIGNERS.items()]  # type: ignore[attr-defined]
        self.fields["proof"].help_text = _("没有证据的事件只记录，不改变时效")
        self.fields["runs_from"].help_text = _("分期协议填最后一期；诉讼、仲裁填终结之日")


class WhyForm(KeyedForm):
    """Why an event is taken back."""

    why = forms.CharField(label=gettext_lazy("更正原因"), max_length=200)


class EndedForm(KeyedForm):
    """When proceedings ended."""

    ended_on = forms.DateField(label=gettext_lazy("终结之日"), widget=day_widget())


class ClaimForm(KeyedForm):
    """How and when a guarantor was asked."""

    how = forms.ChoiceField(label=gettext_lazy("方式"))
    on = forms.DateField(label=gettext_lazy("日期"), widget=day_widget())
    words = forms.CharField(label=gettext_lazy("说明"), max_length=300, required=False)
    proof = forms.FileField(label=gettext_lazy("证据"), required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["how"].choices = [(code, _(words)) for code, words in GUARANTEE_HOWS.items()]  # type: ignore[attr-defined]


@require_GET
def list_clocks(request: HttpRequest) -> HttpResponse:
    """时钟  What runs out within a year, or has: claims, guarantees, bills."""
    request.user.must(SEE)
    chosen = key_of(request.GET.get("terminal"))
    terminal = terminals.terminal_for(request.user, chosen, SEE) if chosen is not None else None
    day = today()
    running = clocks.running_out(request.user, day, terminal=chosen)
    named = terminals.named({one.item.terminal_id for one in running[:SHOWN]})
    sums = [
        (band, _BANDS[band], sum(one.item.open_fen for one in running if one.band == band), BAND_TONES[band])
        for band in (0, 90, 180, 365)
    ]
    page = {
        "terminal": terminal,
        "sums": [(_(words), fen, tone if fen else "") for _band, words, fen, tone in sums],
        "claims": [_line(one) | {"name": named.get(one.item.terminal_id, ("", ""))[1]} for one in running[:SHOWN]],
        "more": max(0, len(running) - SHOWN),
        "guarantees": [
            (row, _(SECURITY_KINDS[row.security.kind]), _(GUARANTEE_STATES[row.clock.state]), GUARANTEE_TONES[row.clock.state],
             row.clock.days_left(day))
            for row in clocks.guarantees(request.user, day, terminal=chosen)
        ],
        "bills": [
            (row, _(BILL_KINDS[row.bill.kind]), [
                (_(BILL_CLOCKS[one.code][0]), _(BILL_CLOCKS[one.code][1]), one.last_day, one.days_left(day),
                 "bad" if one.days_left(day) <= 3 else "") for one in row.clocks
            ])
            for row in clocks.bills(request.user, day, terminal=chosen)
        ],
        "may_record": request.user.may(CONTACT),
        "may_claim": request.user.may(LAW),
        "today": day,
    }  # fmt: skip
    return render(request, "collecting/clocks.html", page)


_BANDS = {0: N_("已过时效"), 90: N_("90 天内"), 180: N_("91–180 天"), 365: N_("181–365 天")}


def _line(one: ItemClock) -> dict[str, Any]:
    """A claim as the page shows it."""
    tone = "info" if one.stopped else "quiet" if one.band is None else BAND_TONES[one.band]
    return {"clock": one, "tone": tone, "set_by": _set_by(one), "left": _left(one)}


def _left(one: ItemClock) -> str:
    if one.stopped:
        return _("程序进行中，时效中断")
    if one.days_left is None:
        return _("没有到期日：时效尚未起算")
    if one.days_left < 0:
        return _("已过 {days} 天").format(days=-one.days_left)
    return _("还有 {days} 天").format(days=one.days_left)


def _set_by(one: ItemClock) -> str:
    if one.set_by is None:
        return _("到期日")
    return f"{_(SOURCES[one.set_by.source])}：{_(KINDS[one.set_by.kind].name)}"


@require_GET
def clock(request: HttpRequest, pk: int) -> HttpResponse:
    """一笔债权的时效  The rule, its source, and every event with what became of it."""
    request.user.must(SEE)
    return _page(request, pk)


@require_http_methods(["GET", "POST"])
def record_event(request: HttpRequest) -> HttpResponse:
    """登记时效事件  For one invoice, or for a customer's whole account."""
    request.user.must(CONTACT)
    item = request.GET.get("item", "")
    one = clocks.clock_of(request.user, int(item), today()) if item.isdecimal() and len(item) < 19 else None
    chosen = one.item.terminal_id if one else key_of(request.GET.get("terminal"))
    page: dict[str, Any] = {"title": _("登记时效事件"), "one": one}
    if chosen is None:
        return render(
            request, "collecting/clock_event_new.html", page | {"pick": DocumentForm(request.user), "customer": None}
        )
    terminal = terminals.terminal_for(request.user, chosen, CONTACT)
    form = EventForm(
        request.user.may(LAW), request.POST or None, request.FILES or None, initial={"on": today(), "signer": "unknown"}
    )
    if form.is_valid():
        given = form.cleaned_data
        kind, _colon, how = given["what"].partition(":")

        def keep() -> int:
            return actions.record_clock_event(
                terminal=terminal, kind=kind, how=how, on=given["on"], items=[one.item.pk] if one else [],
                signer=given["signer"], names_content=given["names_content"], runs_from=given["runs_from"],
                pending=given["pending"], proof=kept_upload(request, given["proof"], CONTACT), words=given["words"],
                by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        beside = {"clock_event_in_future": "on", "runs_from_earlier": "runs_from", "unknown_clock_event": "what"}
        if or_error(form, lambda: once(request, "record_clock_event", keep), beside):
            done(request, _("时效事件已登记"))
            if one:
                return redirect("collecting:clock", one.item.pk)
            return redirect(f"{reverse('collecting:clocks')}?terminal={terminal.pk}")
    page |= files.head(terminal) | {"form": form}
    return render(request, "collecting/clock_event_new.html", page, status=422 if request.method == "POST" else 200)


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """更正时效事件  It was written down wrongly."""
    request.user.must(CONTACT)
    kept = clocks.event_for(request.user, pk, CONTACT)
    actions.take_back_clock_event(event=pk, why=request.POST.get("why", ""), by=request.user, now=timezone.now())
    done(request, _("时效事件已更正"))
    return _back(request, kept.terminal_id)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """程序终结  The clock runs anew from that day."""
    request.user.must(LAW)
    kept = clocks.event_for(request.user, pk, LAW)
    form = EndedForm(request.POST)
    if form.is_valid():
        actions.end_proceedings(event=pk, ended_on=form.cleaned_data["ended_on"], by=request.user, now=timezone.now())
        done(request, _("程序已终结，时效重新起算"))
    return _back(request, kept.terminal_id)


def _back(request: HttpRequest, terminal_id: int) -> HttpResponse:
    item = request.POST.get("item", "")
    if item.isdecimal() and len(item) < 19:
        return redirect("collecting:clock", int(item))
    return redirect(f"{reverse('collecting:clocks')}?terminal={terminal_id}")


@require_http_methods(["GET", "POST"])
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """主张保证责任  How and when the guarantor was asked."""
    request.user.must(LAW)
    kept = clocks.guarantee_for(request.user, pk, LAW)
    form = ClaimForm(request.POST or None, request.FILES or None, initial={"on": today()})
    if form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            return actions.claim_guarantee(
                security=pk, on=given["on"], how=given["how"], words=given["words"],
                proof=kept_upload(request, given["proof"], LAW), by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        if or_error(form, lambda: once(request, "claim_guarantee", keep), {"clock_event_in_future": "on"}):
            done(request, _("已登记主张保证责任"))
            return redirect(f"{reverse('collecting:clocks')}?terminal={kept.terminal_id}")
    page = files.head(kept.terminal) | {"form": form, "title": _("主张保证责任"), "one": None}
    return render(request, "collecting/clock_event_new.html", page, status=422 if request.method == "POST" else 200)


@require_GET
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    """时效证据  The file that proves an event."""
    request.user.must(SEE)
    kept = clocks.event_for(request.user, pk)
    if kept.proof is None:
        raise NotFound(noun=N_("附件"))
    return attachment_response(kept.proof)


def _page(request: HttpRequest, pk: int) -> HttpResponse:
    one = clocks.clock_of(request.user, pk, today())
    terminal = terminals.terminal_for(request.user, one.item.terminal_id, SEE)
    events = {row.pk: row for row in clocks.events_of(request.user, terminal.pk, pk)}
    page = files.head(terminal) | _line(one) | {
        "item": one.item,
        "band_tone": BAND_TONES.get(one.band) if one.band is not None else "",
        "source": _(POLICY.source),
        "happenings": [_told(one, happening, events) for happening in one.happenings],
        "taken_back": [(row, _(HOWS[row.kind][row.how])) for row in events.values() if row.taken_back_at],
        "may_record": request.user.may(CONTACT),
        "may_law": request.user.may(LAW),
        "why_form": WhyForm(),
        "ended_form": EndedForm(initial={"on": today()}),
    }  # fmt: skip
    return render(request, "collecting/clock.html", page)


def _told(one: ItemClock, happening: Happening, events: dict[int, Any]) -> dict[str, Any]:
    effect = one.counted(happening)
    url = {
        LETTER: "collecting:letter", PROMISE: "collecting:promise", STATEMENT: "receivables:issued",
    }.get(happening.source)  # fmt: skip
    row = events.get(happening.key) if happening.source == WRITTEN else None
    return {
        "one": happening,
        "kind": _(HOWS[row.kind][row.how]) if row else _(KINDS[happening.kind].name),
        "source": _(SOURCES[happening.source]),
        "url": reverse(url, args=[happening.key]) if url else "",
        "strength": _(STRENGTHS[happening.strength]),
        "strength_tone": STRENGTH_TONES[happening.strength],
        "effect": _(EFFECTS[effect]),
        "effect_tone": EFFECT_TONES[effect],
        "row": row,
        "signer": _(SIGNERS[row.signer]) if row else "",
    }


CLOCKS = [
    path("clocks/", list_clocks, name="clocks"),
    path("clocks/new/", record_event, name="record_clock_event"),
    path("clocks/items/<int:pk>/", clock, name="clock"),
    path("clocks/events/<int:pk>/proof/", proof, name="clock_proof"),
    path("clocks/events/<int:pk>/take-back/", take_back, name="take_back_clock_event"),
    path("clocks/events/<int:pk>/end/", end, name="end_proceedings"),
    path("clocks/guarantees/<int:pk>/claim/", claim, name="claim_guarantee"),
]
