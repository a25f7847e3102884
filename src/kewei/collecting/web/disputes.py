"""争议  What customers say is wrong with an invoice: by the day we must answer, one by one, raised, taken up, answered."""

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
from kewei.collecting.queries import disputes
from kewei.collecting.queries.disputes import OPEN, SHOWN, DisputeRow
from kewei.collecting.rules import disputes as rules
from kewei.collecting.rules.disputes import FAMILIES, STATES, TONES
from kewei.collecting.rules.reasons import NAMES, OWNERS
from kewei.collecting.web import files
from kewei.journal.web import attachment_response, kept_upload
from kewei.kernel.refusals import N_, NotFound
from kewei.people import queries as people
from kewei.people.keys import key_of
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables import queries as receivables
from kewei.receivables.forms import DocumentForm, KeyedForm, amount_widget, day_widget
from kewei.receivables.web.items import customers
from kewei.receivables.web.parts import once, or_error, today
from kewei.terminals import queries as terminals

SEE, DISPUTE, EXPORT = "collecting.see", "collecting.dispute", "collecting.export"
DISPUTABLE = {code: name for code, name in NAMES.items() if code[0] in FAMILIES}


def answer_words(row: DisputeRow) -> str:
    """How far away our answer is, while it is owed."""
    if row.state not in (rules.OPEN, rules.WORKING) or row.answer_by is None:
        return ""
    days = (row.answer_by - today()).days
    return _("还有 {days} 天").format(days=days) if days >= 0 else _("已过 {days} 天").format(days=-days)


def answer_tone(row: DisputeRow) -> str:
    """Red once our answer is late."""
    if row.state not in (rules.OPEN, rules.WORKING) or row.answer_by is None:
        return ""
    days = (row.answer_by - today()).days
    return "bad" if days < 0 else "warn" if days <= 1 else ""


LISTING = Listing(
    name="collecting.disputes",
    title=N_("争议"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: reverse("collecting:dispute", args=[row.pk]),
        ),
        Col("number", N_("发票"), clip=True),
        Col("reason", N_("原因"), words=lambda code: f"{code} {_(NAMES.get(code, code))}", clip=True),
        Col("fen", N_("争议额"), kind="amount", total=True),
        Col("department", N_("责任部门"), words=lambda code: _(OWNERS.get(code, code)), sub=lambda row: row.responsible_name),
        Col("answer_by", N_("答复期限"), kind="day", sub=answer_words, tone=answer_tone),
        Col("state", N_("状态"), kind="badge", words=lambda s: _(STATES[s]), tone=lambda row: TONES[row.state]),
        Col("raised_on", N_("提出日"), kind="day", shown=False),
        Col("upheld_fen", N_("成立金额"), kind="amount", shown=False),
        Col("raised_by", N_("登记人"), shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户、发票号")),
        Filter("terminal", N_("客户"), kind="choice", options=customers),
        Filter("reason", N_("原因"), kind="choice", options=lambda _r: [(k, f"{k} {_(v)}") for k, v in DISPUTABLE.items()]),
        Filter("department", N_("责任部门"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in OWNERS.items()]),
        Filter(
            "state", N_("状态"), kind="choice",
            options=lambda _r: [*((k, _(v)) for k, v in SHOWN.items()), *((k, _(v)) for k, v in STATES.items()), ("all", _("全部"))],
        ),
    ],
    may_export=EXPORT,
    row_url=lambda row: reverse("collecting:dispute", args=[row.pk]),
    empty_title=N_("没有未了结的争议"),
    empty_text=N_("客户对发票有异议时登记在这里：只暂停争议部分的催收，其余照付。"),
    empty_icon="messages",
)  # fmt: skip


class DisputeForm(KeyedForm):
    """What of one invoice is disputed, and why."""

    item = forms.ChoiceField(label=gettext_lazy("发票"))
    reason = forms.ChoiceField(label=gettext_lazy("原因"))
    amount = forms.CharField(label=gettext_lazy("争议额（元）"), max_length=30, widget=amount_widget())
    words = forms.CharField(label=gettext_lazy("争议内容"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    told_by = forms.CharField(label=gettext_lazy("提出人"), max_length=60, required=False)
    raised_on = forms.DateField(label=gettext_lazy("提出日"), widget=day_widget())
    paper = forms.FileField(label=gettext_lazy("证据"), required=False)

    def __init__(self, items: list[tuple[int, str]], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["item"].choices = items  # type: ignore[attr-defined]
        self.fields["reason"].choices = [(code, f"{code} {_(name)}") for code, name in DISPUTABLE.items()]  # type: ignore[attr-defined]

    def clean_amount(self) -> int | None:
        """The amount in fen."""
        return files.amount_of(self.cleaned_data["amount"])


class TakeForm(KeyedForm):
    """Who sees to it."""

    responsible = forms.ChoiceField(label=gettext_lazy("处理人"))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["responsible"].choices = people.choices_of_people(everybody=True)  # type: ignore[attr-defined]


class AnswerForm(KeyedForm):
    """What we found."""

    outcome = forms.ChoiceField(label=gettext_lazy("结论"))
    amount = forms.CharField(
        label=gettext_lazy("成立金额（元）"), max_length=30, required=False, widget=amount_widget()
    )
    words = forms.CharField(label=gettext_lazy("说明"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            ("uphold", _("成立（全部或部分）")), ("reject", _("不成立")), ("withdraw", _("客户撤回")),
        ]  # fmt: skip
        self.fields["amount"].help_text = _("成立时填写；不填即全部。成立的部分开红字发票冲减")

    def clean_amount(self) -> int | None:
        """The amount in fen."""
        return files.amount_of(self.cleaned_data["amount"])


class CreditForm(KeyedForm):
    """The red letter that takes it off."""

    red_letter = forms.ChoiceField(label=gettext_lazy("红字发票"))

    def __init__(self, notes: list[tuple[int, str]], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["red_letter"].choices = notes  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def list_disputes(request: HttpRequest) -> HttpResponseBase:
    """争议  What must be answered first in front."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        state = asked.pop("state", OPEN)
        if "terminal" in asked:
            asked["terminal"] = int(asked["terminal"])
        shown = "" if state == "all" else state
        rows, count, fen = disputes.list_disputes(request.user, today(), state=shown, start=start, limit=limit, **asked)
        return rows, count, {"fen": fen}

    return LISTING.answer(request, fetch, "collecting/disputes.html", {"may_dispute": request.user.may(DISPUTE)})


@require_http_methods(["GET", "POST"])
def raise_dispute(request: HttpRequest) -> HttpResponse:
    """登记争议  Choose the customer, then the invoice."""
    request.user.must(DISPUTE)
    chosen = key_of(request.GET.get("terminal"))
    page: dict[str, Any] = {"title": _("登记争议")}
    if chosen is None:
        return render(
            request, "collecting/dispute_new.html", page | {"pick": DocumentForm(request.user), "customer": None}
        )
    terminal = terminals.terminal_for(request.user, chosen, DISPUTE)
    owed = receivables.owed_by(request.user, DISPUTE, terminal.pk)
    choices = [(item.pk, f"{item.number}　{item.open_fen // 100:,}.{item.open_fen % 100:02d}") for item in owed]
    form = DisputeForm(
        choices, request.POST or None, request.FILES or None,
        initial={"raised_on": today(), "item": request.GET.get("item", "")},
    )  # fmt: skip
    if form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            return actions.raise_dispute(
                item=int(given["item"]), reason=given["reason"], fen=given["amount"], words=given["words"],
                told_by=given["told_by"], raised_on=given["raised_on"],
                paper=kept_upload(request, given["paper"], DISPUTE), by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        beside = {"dispute_above_open": "amount", "dispute_needs_words": "words", "not_disputable": "reason"}
        if pk := or_error(form, lambda: once(request, "raise_dispute", keep), beside):
            done(request, _("争议已登记：其余部分照常催收"))
            return redirect("collecting:dispute", pk)
    page |= files.head(terminal) | {"form": form, "owed": owed}
    return render(request, "collecting/dispute_new.html", page, status=422 if request.method == "POST" else 200)


@require_GET
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """争议  What it says, who sees to it, and what came of it."""
    request.user.must(SEE)
    return _page(request, pk)


@require_GET
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """争议的证据  The file the customer sent."""
    request.user.must(SEE)
    kept = disputes.dispute_for(request.user, pk)
    if kept.paper is None:
        raise NotFound(noun=N_("附件"))
    return attachment_response(kept.paper)


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """受理争议  Somebody sees to it."""
    request.user.must(DISPUTE)
    disputes.dispute_for(request.user, pk, DISPUTE)
    form = TakeForm(request.POST)
    if form.is_valid():
        who = people.colleague(int(form.cleaned_data["responsible"]))

        def keep() -> int:
            return actions.take_dispute(dispute=pk, responsible=who, by=request.user, now=timezone.now()).pk

        if or_error(form, lambda: once(request, "take_dispute", keep)):
            done(request, _("争议已受理"))
            return redirect("collecting:dispute", pk)
    return _page(request, pk, take_form=form)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """争议结论  Upheld, rejected or withdrawn, in words."""
    request.user.must(DISPUTE)
    kept = disputes.dispute_for(request.user, pk, DISPUTE)
    form = AnswerForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            common = {"dispute": pk, "words": given["words"], "by": request.user, "now": timezone.now()}
            if given["outcome"] == "uphold":
                fen = kept.fen if given["amount"] is None else given["amount"]
                return actions.uphold_dispute(fen=fen, **common).pk
            do = actions.reject_dispute if given["outcome"] == "reject" else actions.withdraw_dispute
            return do(**common).pk

        beside = {"upheld_above_dispute": "amount", "dispute_needs_words": "words"}
        if or_error(form, lambda: once(request, "answer_dispute", keep), beside):
            done(request, _("结论已登记"))
            return redirect("collecting:dispute", pk)
    return _page(request, pk, answer_form=form)


@require_POST
def credit(request: HttpRequest, pk: int) -> HttpResponse:
    """争议冲账  The red letter that takes it off the invoice."""
    request.user.must(DISPUTE)
    kept = disputes.dispute_for(request.user, pk, DISPUTE)
    form = CreditForm(_notes(kept.entry_id), request.POST)
    if form.is_valid():

        def keep() -> int:
            note = int(form.cleaned_data["red_letter"])
            return actions.credit_dispute(dispute=pk, red_letter=note, by=request.user, now=timezone.now()).pk

        if or_error(form, lambda: once(request, "credit_dispute", keep)):
            done(request, _("争议已冲账"))
            return redirect("collecting:dispute", pk)
    return _page(request, pk, credit_form=form)


def _notes(entry_id: int) -> list[tuple[int, str]]:
    return [(pk, receivables.number_of(pk)) for pk in receivables.red_letters_on(entry_id)]


def _page(request: HttpRequest, pk: int, **given: Any) -> HttpResponse:
    kept = disputes.dispute_for(request.user, pk)
    row, states, undisputed_fen = disputes.dispute(request.user, pk)
    may = request.user.may(DISPUTE)
    notes = _notes(kept.entry_id) if row.state == rules.UPHELD else []
    page = files.head(kept.terminal) | {
        "row": row,
        "undisputed_fen": undisputed_fen,
        "reason": _(NAMES.get(row.reason, row.reason)),
        "department": _(OWNERS.get(row.department, row.department)),
        "state": _(STATES[row.state]),
        "tone": TONES[row.state],
        "answer_left": answer_words(row),
        "states": [(one, _(STATES[one.state]), TONES[one.state]) for one in states],
        "may_take": may and row.state == rules.OPEN,
        "may_answer": may and row.state in (rules.OPEN, rules.WORKING),
        "may_credit": may and row.state == rules.UPHELD,
        "take_form": given.get("take_form") or TakeForm(initial={"responsible": request.user.pk}),
        "answer_form": given.get("answer_form") or AnswerForm(),
        "credit_form": given.get("credit_form") or CreditForm(notes),
        "notes": notes,
    }
    return render(request, "collecting/dispute.html", page, status=422 if given else 200)


DISPUTES = [
    path("disputes/", list_disputes, name="disputes"),
    path("disputes/new/", raise_dispute, name="raise_dispute"),
    path("disputes/<int:pk>/", dispute, name="dispute"),
    path("disputes/<int:pk>/paper/", paper, name="dispute_paper"),
    path("disputes/<int:pk>/take/", take, name="take_dispute"),
    path("disputes/<int:pk>/answer/", answer, name="answer_dispute"),
    path("disputes/<int:pk>/credit/", credit, name="credit_dispute"),
]
