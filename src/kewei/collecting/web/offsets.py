"""以物抵债  Things taken instead of money: proposed, agreed to, handed over, disposed of."""

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
from kewei.collecting.actions.offsets import Offered
from kewei.collecting.queries import offsets
from kewei.collecting.rules.letters import DROPPED
from kewei.collecting.rules.letters import STATES as LETTER_STATES
from kewei.collecting.rules.offsets import (
    APPROVED,
    ASSETS,
    DRUGS,
    MOVES,
    OPINIONS,
    PERFORMED,
    PROPOSED,
    QUALITY,
    RULES,
    STATES,
    TONES,
    wanted_opinions,
)
from kewei.collecting.web import files
from kewei.collecting.web.letters import TONES as LETTER_TONES
from kewei.journal.web import attachment_response, kept_upload
from kewei.kernel.refusals import N_, as_words
from kewei.kernel.yuan_text import yuan
from kewei.people.keys import MOST_TICKED, key_of, ticked
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables import queries as receivables
from kewei.receivables.forms import DocumentForm, KeyedForm, amount_widget, day_widget
from kewei.receivables.web.items import customers
from kewei.receivables.web.parts import once, or_error, today
from kewei.terminals import queries as terminals

SEE, LETTER, OFFSET, EXPORT = "collecting.see", "collecting.letter", "collecting.offset", "collecting.export"

LISTING = Listing(
    name="collecting.offsets",
    title=N_("以物抵债"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: reverse("collecting:offset", args=[row.pk]),
        ),
        Col("asset", N_("资产类型"), words=lambda code: _(ASSETS[code])),
        Col("words", N_("资产"), clip=True),
        Col("offset_fen", N_("抵偿金额"), kind="amount", total=True),
        Col("value_fen", N_("评估价"), kind="amount"),
        Col("agreed_on", N_("协议日"), kind="day"),
        Col("state", N_("状态"), kind="badge", words=lambda s: _(STATES[s]), tone=lambda row: TONES[row.state]),
        Col("result_fen", N_("处置损益"), kind="amount", shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户、资产")),
        Filter("terminal", N_("客户"), kind="choice", options=customers),
        Filter("state", N_("状态"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in STATES.items()]),
    ],
    may_export=EXPORT,
    row_url=lambda row: reverse("collecting:offset", args=[row.pk]),
    empty_title=N_("没有以物抵债"),
    empty_text=N_("付不出钱的客户可以用资产抵债：到期后订立协议，交付后债务才消灭。"),
    empty_icon="package",
)  # fmt: skip


class OffsetForm(KeyedForm):
    """What a customer offers for its debt."""

    asset = forms.ChoiceField(label=gettext_lazy("资产类型"))
    words = forms.CharField(label=gettext_lazy("资产"), max_length=300)
    agreed_on = forms.DateField(label=gettext_lazy("协议日"), widget=day_widget())
    amount = forms.CharField(label=gettext_lazy("抵偿金额（元）"), max_length=30, widget=amount_widget())
    value = forms.CharField(label=gettext_lazy("评估价（元）"), max_length=30, widget=amount_widget())
    valued_on = forms.DateField(label=gettext_lazy("评估日"), widget=day_widget())
    valued_how = forms.CharField(label=gettext_lazy("评估方法与机构"), max_length=120, required=False)
    searched_on = forms.DateField(label=gettext_lazy("抵押、查封查询日"), required=False, widget=day_widget())
    encumbered = forms.BooleanField(label=gettext_lazy("有共有、抵押或查封"), required=False)
    auto_transfer = forms.BooleanField(label=gettext_lazy("约定到期不还资产即归我方"), required=False)
    invoiced = forms.BooleanField(label=gettext_lazy("对方开具发票"), required=False)
    plan = forms.CharField(label=gettext_lazy("处置计划"), max_length=200, required=False)
    plan_until = forms.DateField(label=gettext_lazy("处置期限"), required=False, widget=day_widget())
    title = forms.FileField(label=gettext_lazy("权属证明"), required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["asset"].choices = [(code, _(words)) for code, words in ASSETS.items()]  # type: ignore[attr-defined]
        self.fields["amount"].help_text = _("以公允价值入账，与债权的差额计入损益")

    def clean_amount(self) -> int:
        """The amount in fen."""
        return files.amount_of(self.cleaned_data["amount"]) or 0

    def clean_value(self) -> int:
        """The value in fen."""
        return files.amount_of(self.cleaned_data["value"]) or 0


class OpinionForm(KeyedForm):
    """Legal's, finance's or quality's word."""

    part = forms.ChoiceField(label=gettext_lazy("意见"))
    verdict = forms.ChoiceField(label=gettext_lazy("结论"))
    words = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)

    def __init__(self, parts: list[str], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["part"].choices = [(part, _(OPINIONS[part][0])) for part in parts]  # type: ignore[attr-defined]
        self.fields["verdict"].choices = [("yes", _("同意")), ("no", _("不同意"))]  # type: ignore[attr-defined]


class PerformForm(KeyedForm):
    """When the thing became ours, and the receipt that took the debt off the ledger."""

    on = forms.DateField(label=gettext_lazy("交付日"), widget=day_widget())
    receipt = forms.ChoiceField(label=gettext_lazy("抵账收款"))
    drugs_received = forms.BooleanField(label=gettext_lazy("药品已完成 GSP 收货验收"), required=False)

    def __init__(self, receipts: list[tuple[int, str]], drugs: bool, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["receipt"].choices = receipts  # type: ignore[attr-defined]
        if not drugs:
            del self.fields["drugs_received"]


class DisposeForm(KeyedForm):
    """What disposing of it brought."""

    on = forms.DateField(label=gettext_lazy("处置日"), widget=day_widget())
    proceeds = forms.CharField(label=gettext_lazy("变现金额（元）"), max_length=30, widget=amount_widget())

    def clean_proceeds(self) -> int:
        """The amount in fen."""
        return files.amount_of(self.cleaned_data["proceeds"]) or 0


class WhyForm(KeyedForm):
    """Why an offset is given up."""

    why = forms.CharField(label=gettext_lazy("取消原因"), max_length=200)


@require_http_methods(["GET", "POST"])
def list_offsets(request: HttpRequest) -> HttpResponseBase:
    """以物抵债  Newest first."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        if "terminal" in asked:
            asked["terminal"] = int(asked["terminal"])
        rows, count, fen = offsets.list_offsets(request.user, start=start, limit=limit, **asked)
        return rows, count, {"offset_fen": fen}

    return LISTING.answer(request, fetch, "collecting/offsets.html", {"may_propose": request.user.may(LETTER)})


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """提出抵债  Choose the customer, then its invoices, then what it offers."""
    request.user.must(LETTER)
    chosen = key_of(request.GET.get("terminal"))
    page: dict[str, Any] = {"title": _("提出抵债")}
    if chosen is None:
        return render(
            request, "collecting/offset_new.html", page | {"pick": DocumentForm(request.user), "customer": None}
        )
    terminal = terminals.terminal_for(request.user, chosen, LETTER)
    owed = receivables.owed_by(request.user, LETTER, terminal.pk)
    form = OffsetForm(request.POST or None, request.FILES or None, initial={"agreed_on": today(), "valued_on": today()})
    if form.is_valid():
        given = form.cleaned_data
        plain = {name: given[name] for name in _PLAIN}

        def keep() -> int:
            offered = Offered(
                offset_fen=given["amount"], value_fen=given["value"],
                title=kept_upload(request, given["title"], LETTER), **plain,
            )  # fmt: skip
            return actions.propose_offset(
                terminal=terminal,
                items=ticked(request.POST, "item", MOST_TICKED),
                offered=offered,
                by=request.user,
                now=timezone.now(),
            ).pk

        if pk := or_error(form, lambda: once(request, "propose_offset", keep)):
            done(request, _("抵债已提出，等待审批"))
            return redirect("collecting:offset", pk)
    page |= files.head(terminal) | {"form": form, "owed": owed, "ticked": ticked(request.POST, "item", MOST_TICKED)}
    return render(request, "collecting/offset_new.html", page, status=422 if request.method == "POST" else 200)


_PLAIN = (
    "asset", "words", "agreed_on", "valued_on", "valued_how", "searched_on", "encumbered", "auto_transfer", "invoiced",
    "plan", "plan_until",
)  # fmt: skip


def _looks_as(request: HttpRequest) -> str:
    """The verb under which somebody looks at an offset: quality sees those it is asked about, and no other debt."""
    verb = SEE if request.user.may(SEE) else OPINIONS[QUALITY][1]
    request.user.must(verb)
    return verb


@require_GET
def offset(request: HttpRequest, pk: int) -> HttpResponse:
    """抵债  What the rules say, who agreed, and how far it is."""
    _looks_as(request)
    return _page(request, pk)


@require_GET
def title(request: HttpRequest, pk: int) -> HttpResponse:
    """权属证明  The file that proves whose it is."""
    return attachment_response(offsets.offset_for(request.user, pk, _looks_as(request)).title)


@require_POST
def opine(request: HttpRequest, pk: int) -> HttpResponse:
    """抵债意见  Yes or no, by those who may."""
    kept = offsets.offset_for(request.user, pk, _looks_as(request))
    form = OpinionForm(list(OPINIONS), request.POST)
    if form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            return actions.opine_on_offset(
                offset=kept.pk, part=given["part"], approve=given["verdict"] == "yes", words=given["words"], by=request.user,
                now=timezone.now(),
            ).pk  # fmt: skip

        if or_error(form, lambda: once(request, "opine_on_offset", keep)):
            done(request, _("意见已登记"))
            return redirect("collecting:offset", pk)
    return _page(request, pk, opinion=form)


@require_POST
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """起草抵债协议  Where approving could not draft it, or it was dropped since."""
    request.user.must(LETTER)
    kept = actions.draft_agreement(offset=pk, by=request.user, now=timezone.now())
    done(request, _("函件已起草"))
    return redirect("collecting:letter", kept.letter_id)


@require_POST
def perform(request: HttpRequest, pk: int) -> HttpResponse:
    """抵债交付  The thing is ours; the debt ends."""
    request.user.must(OFFSET)
    kept = offsets.offset_for(request.user, pk, OFFSET)
    form = PerformForm(_receipts(kept.terminal_id), kept.asset == DRUGS, request.POST)
    if form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            return actions.perform_offset(
                offset=pk, on=given["on"], receipt=int(given["receipt"]), drugs_received=given.get("drugs_received", False),
                by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        if or_error(form, lambda: once(request, "perform_offset", keep)):
            done(request, _("交付已登记"))
            return redirect("collecting:offset", pk)
    return _page(request, pk, perform=form)


@require_POST
def dispose(request: HttpRequest, pk: int) -> HttpResponse:
    """抵债处置  What it brought."""
    request.user.must(OFFSET)
    offsets.offset_for(request.user, pk, OFFSET)
    form = DisposeForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            return actions.dispose_of_offset(
                offset=pk, on=given["on"], proceeds_fen=given["proceeds"], by=request.user, now=timezone.now()
            ).pk

        if or_error(form, lambda: once(request, "dispose_of_offset", keep)):
            done(request, _("处置已登记"))
            return redirect("collecting:offset", pk)
    return _page(request, pk, dispose=form)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """取消抵债  We claim the debt itself instead."""
    request.user.must(OFFSET)
    offsets.offset_for(request.user, pk, OFFSET)
    form = WhyForm(request.POST)
    if form.is_valid():

        def keep() -> int:
            why = form.cleaned_data["why"]
            return actions.cancel_offset(offset=pk, why=why, by=request.user, now=timezone.now()).pk

        if or_error(form, lambda: once(request, "cancel_offset", keep)):
            done(request, _("抵债已取消"))
            return redirect("collecting:offset", pk)
    return _page(request, pk, cancel=form)


def _receipts(terminal_id: int) -> list[tuple[int, str]]:
    found = receivables.receipts_by(terminal_id, "offset")
    return [(one.pk, f"{one.number}　{yuan(one.total_fen)}") for one in found]


def _page(request: HttpRequest, pk: int, **given: Any) -> HttpResponse:
    verb, person = _looks_as(request), request.user
    kept = offsets.offset_for(person, pk, verb)
    row, opinions = offsets.offset(person, pk, verb), offsets.opinions_on(pk)
    said = {part for part, *_rest in opinions}
    mine = [part for part in wanted_opinions(row.asset) if part not in said and person.may(OPINIONS[part][1])]
    told = [
        (_(RULES[rule]).format(**{name: as_words(name, value, _) for name, value in numbers.items()}), level)
        for rule, level, numbers in row.verdicts
    ]  # fmt: skip
    receipts = _receipts(kept.terminal_id) if row.state == APPROVED else []
    page = files.head(kept.terminal) | {
        "row": row,
        "asset": _(ASSETS[row.asset]),
        "state": _(STATES[row.state]),
        "tone": TONES[row.state],
        "told": told,
        "numbers": list(kept.items.order_by("pk").values_list("entry__number", flat=True)),
        "opinions": [(_(OPINIONS[part][0]), approve, words, who, at) for part, approve, words, who, at in opinions],
        "waiting": [_(OPINIONS[part][0]) for part in wanted_opinions(row.asset) if part not in said],
        "proposed": row.state == PROPOSED,
        "receipts": receipts,
        "letter": kept.letter if person.may(SEE) else None,
        "letter_state": _(LETTER_STATES[kept.letter.state]) if kept.letter else "",
        "letter_tone": LETTER_TONES[kept.letter.state] if kept.letter else "",
        "may_draft": row.state == APPROVED
        and person.may(LETTER)
        and (kept.letter is None or kept.letter.state == DROPPED),
        "opinion_form": given.get("opinion") or OpinionForm(mine),
        "perform_form": given.get("perform") or PerformForm(receipts, row.asset == DRUGS, initial={"on": today()}),
        "dispose_form": given.get("dispose") or DisposeForm(initial={"on": today()}),
        "cancel_form": given.get("cancel") or WhyForm(),
        "may_opine": row.state == PROPOSED and bool(mine) and kept.proposed_by_id != person.pk,
        "may_perform": row.state == APPROVED and person.may(OFFSET),
        "may_dispose": row.state == PERFORMED and person.may(OFFSET),
        "may_cancel": row.state in MOVES["cancel"][0] and person.may(OFFSET),
    }
    return render(request, "collecting/offset.html", page, status=422 if given else 200)


OFFSETS = [
    path("offsets/", list_offsets, name="offsets"),
    path("offsets/new/", propose, name="propose_offset"),
    path("offsets/<int:pk>/", offset, name="offset"),
    path("offsets/<int:pk>/title/", title, name="offset_title"),
    path("offsets/<int:pk>/opinion/", opine, name="opine_on_offset"),
    path("offsets/<int:pk>/agreement/", agreement, name="offset_agreement"),
    path("offsets/<int:pk>/perform/", perform, name="perform_offset"),
    path("offsets/<int:pk>/dispose/", dispose, name="dispose_of_offset"),
    path("offsets/<int:pk>/cancel/", cancel, name="cancel_offset"),
]
