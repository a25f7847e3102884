"""票据  Bills taken as payment, by the day they fall due; what became of each is written down here."""

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

from kewei.kernel.refusals import N_, as_words
from kewei.kernel.yuan_text import yuan_plain
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables import actions, queries
from kewei.receivables.forms import BillCheckForm, BillTryForm, KeyedForm, day_widget
from kewei.receivables.queries import bills as bill_queries
from kewei.receivables.queries.bills import BillRow
from kewei.receivables.rules.bill_checks import CHECKS, LEVELS, OUTCOMES, outcome
from kewei.receivables.rules.bills import BILL_KINDS, STATES
from kewei.receivables.web.items import customers
from kewei.receivables.web.parts import address, once, or_error, today

SEE, RECEIVE, REVERSE, EXPORT = (
    "receivables.see", "receivables.receive", "receivables.reverse", "receivables.export",
)  # fmt: skip
CHECK_TONES = {"": "quiet", "block": "bad", "warn": "warn", "pass": "ok"}
TONES = {"open": "info", "cleared": "ok", "dishonoured": "bad", "reversed": "quiet"}
# Presented three days ahead; a task at T−3, T0 and T+5 (domain 2.16).
SOON_DAYS = 30


class OutcomeForm(KeyedForm):
    """On which day a bill was paid, or was not, and why not."""

    on = forms.DateField(label=gettext_lazy("日期"), widget=day_widget())
    reason = forms.CharField(label=gettext_lazy("拒付理由"), max_length=200, required=False)


def due_words(row: BillRow) -> str:
    """How long until a bill falls due, or how long it has been."""
    if row.days_left is None:
        return ""
    if row.days_left < 0:
        return _("已到期 {days} 天").format(days=-row.days_left)
    return _("今天到期") if row.days_left == 0 else _("还有 {days} 天").format(days=row.days_left)


def _due_tone(row: BillRow) -> str:
    if row.days_left is None:
        return ""
    return "bad" if row.days_left < 0 else "warn" if row.days_left <= 3 else ""


LISTING = Listing(
    name="receivables.bills",
    title=N_("票据"),
    columns=[
        Col("number", N_("票据号码"), lead=True, link=lambda row: reverse("receivables:bill", args=[row.pk])),
        Col("kind", N_("种类"), words=lambda kind: _(BILL_KINDS[kind])),
        Col("terminal_name", N_("客户"), sort="customer", sub=lambda row: row.terminal_code, clip=True),
        Col("acceptor", N_("承兑人"), clip=True),
        Col("received_on", N_("收到日"), kind="day", shown=False),
        Col("due_on", N_("到期日"), kind="day", sort="due_on", sub=due_words, tone=_due_tone),
        Col("present_by", N_("最晚提示付款"), kind="day"),
        Col("fen", N_("金额"), kind="amount", sort="fen", total=True),
        Col(
            "checked", N_("检查"), kind="badge", words=lambda code: _(OUTCOMES[code]) if code else _("未检查"),
            tone=lambda row: CHECK_TONES[row.checked],
        ),
        Col("state", N_("状态"), kind="badge", words=lambda s: _(STATES[s]), tone=lambda row: TONES[row.state]),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("票号、客户")),
        Filter("terminal", N_("客户"), kind="choice", options=customers),
        Filter("state", N_("状态"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in STATES.items()]),
        Filter("kind", N_("种类"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in BILL_KINDS.items()]),
        Filter("due_by", N_("到期不晚于"), kind="day"),
    ],
    order="due_on",
    may_export=EXPORT,
    row_url=lambda row: reverse("receivables:bill", args=[row.pk]),
    empty_title=N_("没有票据"),
    empty_text=N_("以承兑汇票登记的收款都在这里，按到期日排列。"),
    empty_icon="receipt",
    empty_url="receivables:receive",
    empty_action=N_("登记收款"),
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def bills(request: HttpRequest) -> HttpResponseBase:
    """票据  Every bill, what falls due first in front."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        if "terminal" in asked:
            asked["terminal"] = int(asked["terminal"])
        rows, count, fen = queries.list_bills(request.user, today(), order=order, start=start, limit=limit, **asked)
        return rows, count, {"fen": fen}

    soon = today() + timedelta(days=SOON_DAYS)
    return LISTING.answer(request, fetch, "receivables/bills.html", {"soon": soon.isoformat()})


@require_GET
def bill(request: HttpRequest, pk: int) -> HttpResponse:
    """票据页"""
    request.user.must(SEE)
    return _page(request, queries.bill_row(request.user, pk, today()))


@require_POST
def clear(request: HttpRequest, pk: int) -> HttpResponse:
    """兑付  The acceptor paid."""
    request.user.must(RECEIVE)
    row, form = queries.bill_row(request.user, pk, today()), OutcomeForm(request.POST)
    if form.is_valid():

        def decide() -> int:
            given = {"bill": pk, "on": form.cleaned_data["on"]}
            return actions.clear_bill(by=request.user, now=timezone.now(), **given).pk

        if or_error(form, lambda: once(request, "clear_bill", decide)):
            done(request, _("票据 {number} 已登记兑付").format(number=row.number))
            return redirect("receivables:bill", pk)
    return _page(request, row, clear_with=form)


@require_POST
def dishonour(request: HttpRequest, pk: int) -> HttpResponse:
    """拒付  The acceptor did not pay: what the bill had settled is owed again."""
    request.user.must(REVERSE)
    row, form = queries.bill_row(request.user, pk, today()), OutcomeForm(request.POST)
    if form.is_valid():

        def decide() -> int:
            given = {"bill": pk, "on": form.cleaned_data["on"], "reason": form.cleaned_data["reason"]}
            return actions.dishonour_bill(by=request.user, now=timezone.now(), **given).pk

        if or_error(form, lambda: once(request, "dishonour_bill", decide)):
            done(request, _("票据 {number} 已登记拒付，相关发票已恢复未清").format(number=row.number))
            return redirect("receivables:bill", pk)
    return _page(request, row, dishonour_with=form)


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """票据检查  The sheet of one bill, kept beside it."""
    request.user.must(RECEIVE)
    row = queries.bill_row(request.user, pk, today())
    bill_queries.bill_for(request.user, pk, RECEIVE)
    form = BillCheckForm(request.POST or None, initial=_first_answers(request, row))
    if form.is_valid():

        def keep() -> int:
            return actions.check_bill_sheet(bill=pk, sheet=form.sheet(), by=request.user, now=timezone.now()).pk

        if or_error(form, lambda: once(request, "check_bill_sheet", keep), {"bill_check_needs_trade": "contract"}):
            done(request, _("检查表已存入票据"))
            return redirect("receivables:bill", pk)
    page = {"row": row, "form": form, "kind": _(BILL_KINDS[row.kind]), "checks": _check_table()}
    return render(request, "receivables/bill_check.html", page, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def try_check(request: HttpRequest) -> HttpResponse:
    """收票前检查  The sheet of a bill somebody offers: what it would come to; nothing is kept."""
    request.user.must(RECEIVE)
    form, found = BillTryForm(request.user, request.POST or None, initial={"sub_range": "0", "due_on": today()}), None
    if form.is_valid():
        sheet = form.sheet()

        def look() -> list[Any]:
            return bill_queries.looked_at(sheet, form.cleaned_data["customer"], form.cleaned_data["amount"], today())

        found = or_error(form, look, {"bill_check_needs_trade": "contract"})
    told = found or []
    page = {
        "form": form, "kind": "", "row": None, "checks": _check_table(),
        "found": told_checks((one.level, one.code, one.numbers) for one in told) if found else [],
        "outcome": _(OUTCOMES[outcome(told)]) if found else "",
        "tone": CHECK_TONES[outcome(told)] if found else "",
    }  # fmt: skip
    return render(request, "receivables/bill_check.html", page, status=422 if form.is_bound and not found else 200)


def _check_table() -> list[tuple[str, str, str]]:
    """The table as the page shows it: how grave, what, by which source."""
    return [(_(LEVELS[level]), _(words), source) for level, words, source in CHECKS.values() if "{" not in words]


def told_checks(found: Any) -> list[tuple[str, str, str]]:
    """(level, tone, sentence) of what was found."""
    tones = {"block": "bad", "warn": "warn", "record": "info"}
    return [
        (
            _(LEVELS[level]),
            tones[level],
            _(CHECKS[code][1]).format(**{n: as_words(n, v, _) for n, v in numbers.items()}),
        )
        for level, code, numbers in found
    ]


def _first_answers(request: HttpRequest, row: BillRow) -> dict[str, Any]:
    """What the newest sheet said, else what the bill itself says."""
    kept = bill_queries.checks_of(request.user, row.pk)
    if kept:
        sheet = dict(kept[0].sheet)
        sheet["discount"] = yuan_plain(sheet.pop("discount_fen")) if sheet.get("discount_fen") else ""
        return sheet
    return {
        "kind": row.kind if row.kind != "unnamed" else "", "number": row.number, "acceptor": row.acceptor,
        "issued_on": row.issued_on, "due_on": row.due_on, "sub_range": "0",
    }  # fmt: skip


def _page(
    request: HttpRequest, row: BillRow, clear_with: OutcomeForm | None = None, dishonour_with: OutcomeForm | None = None
) -> HttpResponse:
    kept = bill_queries.checks_of(request.user, row.pk)
    page = {
        "row": row,
        "kind": _(BILL_KINDS[row.kind]),
        "state": _(STATES[row.state]),
        "tone": TONES[row.state],
        "due_words": due_words(row),
        "customer_url": address("desk:terminal", row.terminal_id),
        "clear_form": clear_with or OutcomeForm(initial={"on": today()}),
        "dishonour_form": dishonour_with or OutcomeForm(initial={"on": today()}),
        "checks": [
            (one, told_checks(one.findings), CHECK_TONES[one.outcome], _(OUTCOMES[one.outcome])) for one in kept
        ],
        "may_check": request.user.may(RECEIVE),
        "may_clear": row.state == "open" and request.user.may(RECEIVE),
        "may_dishonour": row.state == "open" and request.user.may(REVERSE),
    }
    bound = clear_with or dishonour_with
    return render(request, "receivables/bill.html", page, status=422 if bound is not None else 200)
