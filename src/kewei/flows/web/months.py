"""流向月份  Does it add up, what alarms, what was used; posting, freezing, appeals."""

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

from kewei.flows import actions
from kewei.flows.queries import files, months, offsite, samples
from kewei.flows.rules.balance import DIVERSIONS
from kewei.flows.rules.months import BadMonth, month_of, words_of
from kewei.flows.rules.words import APPEALS, OPEN, STATES
from kewei.flows.web.parts import asked_month, month_words
from kewei.flows.web.samples import precision_words
from kewei.journal.forms import KeyedForm
from kewei.journal.web import once, or_error
from kewei.kernel.refusals import N_, NotFound
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.products import queries as products
from kewei.sales import excel as sales
from kewei.sales.excel import show_quantity
from kewei.sales.rules import BadQuantity
from kewei.terminals import queries as terminals

SEE, FREEZE, PROSPECT, REVIEW = "flows.see", "flows.freeze", "terminals.prospect", "flows.review"
MOST = 200

USAGE = Listing(
    name="flows.usage",
    title=N_("终端用量"),
    columns=[
        Col("terminal_name", N_("终端"), lead=True, sub=lambda row: row.terminal_code),
        Col("month", N_("月份"), value=lambda row: words_of(row.month)),
        Col("product_name", N_("产品"), sub=lambda row: row.product_code),
        Col("distributor_name", N_("经销商")),
        Col("quantity", N_("数量"), kind="number", value=lambda row: show_quantity(row.quantity_milli)),
        Col("fen", N_("金额"), kind="amount", total=True),
    ],
    filters=[
        Filter("month", N_("月份"), kind="find", placeholder="2026-10"),
        Filter("attributed", N_("院外药房"), kind="choice", options=lambda _r: [("yes", _("归到医院"))]),
    ],
    may_export=SEE,
    empty_title=N_("还没有登记用量"),
    empty_text=N_("月份页登记用量后，每个终端每个产品一行。"),
    empty_icon="chart-bar",
)


@require_GET
def month(request: HttpRequest) -> HttpResponse:
    """流向月份  One month: balance, what waits, stock, diversion, prospects, usage."""
    request.user.must(SEE)
    person, asked = request.user, asked_month(request)
    states = months.states_of(asked)
    state = states[0].state if states else OPEN
    told = months.figures(person, asked)
    alarms, stock = months.diversion(person, asked), months.stock(person, asked)
    usage = months.usage(person, month=asked)
    missing = [kind for row in files.calendar(person, asked) for kind in row.missing]
    sampled = samples.figures_of(person, asked)
    page: dict[str, Any] = {
        **month_words(asked),
        "state": _(STATES[state]),
        "states": [(_(STATES[one.state]), one) for one in states],
        "open": state == OPEN,
        "told": told,
        "raw": show_quantity(told.raw_milli),
        "clean": show_quantity(told.clean_milli),
        "aside": show_quantity(told.aside_milli),
        "unknown": show_quantity(told.unknown_milli),
        "missing": len(missing),
        "alarms": [(_(DIVERSIONS[one.why]), one, show_quantity(one.quantity_milli)) for one in alarms[:MOST]],
        "stock": [_stock(row) for row in stock[:MOST]],
        "stock_alarms": sum(row.alarm for row in stock),
        "prospects": months.prospects(person, asked)[:MOST],
        "usage": [(row, show_quantity(row.quantity_milli)) for row in usage[:MOST]],
        "usage_count": len(usage),
        "usage_fen": sum(row.fen for row in usage),
        "sample": sampled,
        "precision": precision_words(sampled),
        "may_freeze": person.may(FREEZE),
        "may_review": person.may(REVIEW),
        "may_propose": person.may(PROSPECT) and person.may(REVIEW),
    }  # fmt: skip
    return render(request, "flows/month.html", page)


def _stock(row: months.StockRow) -> dict[str, Any]:
    def shown(milli: int | None) -> str:
        return "" if milli is None else show_quantity(milli)

    rolled = row.rolled
    length = "" if row.months_pct is None else f"{row.months_pct // 100}.{row.months_pct % 100:02}"
    return {
        "row": row,
        "opening": shown(rolled.opening_milli), "came": shown(rolled.in_milli), "out": shown(rolled.out_milli),
        "expected": shown(rolled.expected_milli), "counted": shown(rolled.counted_milli),
        "difference": shown(rolled.difference_milli), "length": _("无销售") if row.never_sold else length,
    }  # fmt: skip


@require_POST
def post(request: HttpRequest) -> HttpResponse:
    """登记用量  Post what is left of a month to sales."""
    request.user.must(FREEZE)
    asked = asked_month(request)
    told = actions.post_month(month=asked, by=request.user, now=timezone.now())
    done(request, _("已登记 {places} 处用量，其中 {changed} 处为重算").format(**told))
    return redirect(f"{reverse('flows:month')}?month={words_of(asked)}")


@require_POST
def freeze(request: HttpRequest) -> HttpResponse:
    """冻结月份  Nothing waits: close it."""
    request.user.must(FREEZE)
    asked = asked_month(request)
    actions.freeze_month(month=asked, by=request.user, now=timezone.now(), note=request.POST.get("note", "")[:200])
    done(request, _("{month} 已冻结").format(month=words_of(asked)))
    return redirect(f"{reverse('flows:month')}?month={words_of(asked)}")


class AppealForm(KeyedForm):
    """What a frozen month got wrong."""

    distributor = forms.CharField(label=gettext_lazy("经销商编码"), max_length=120)
    terminal = forms.CharField(label=gettext_lazy("终端编码或全名"), max_length=120)
    product = forms.CharField(label=gettext_lazy("产品编码"), max_length=40)
    quantity = forms.CharField(label=gettext_lazy("调整数量"), max_length=20)
    appeal = forms.ChoiceField(label=gettext_lazy("申诉类型"))
    why = forms.CharField(label=gettext_lazy("说明"), max_length=200)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["appeal"].choices = [(code, _(words)) for code, words in APPEALS.items()]  # type: ignore[attr-defined]
        self.fields["quantity"].help_text = _("减少用负数")

    def clean_quantity(self) -> int:
        """Thousandths of the product's unit."""
        try:
            return sales.quantity(self.cleaned_data["quantity"])
        except BadQuantity as why:
            raise forms.ValidationError(why.sentence(_)) from why


@require_http_methods(["GET", "POST"])
def appeal(request: HttpRequest) -> HttpResponse:
    """申诉调整  A row that adjusts a frozen month."""
    request.user.must(FREEZE)
    asked = asked_month(request)
    form = AppealForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            keys = products.by_codes(request.user, [given["product"]])
            if given["product"] not in keys:
                raise NotFound(noun=N_("产品"))
            return actions.adjust_month(
                month=asked, distributor=terminals.terminal_named(request.user, given["distributor"]),
                terminal=terminals.terminal_named(request.user, given["terminal"]),
                product=products.product_for(request.user, keys[given["product"]]), quantity_milli=given["quantity"],
                appeal=given["appeal"], why=given["why"], by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        if or_error(form, lambda: once(request, "adjust_month", keep)):
            done(request, _("调整已登记"))
            return redirect(f"{reverse('flows:month')}?month={words_of(asked)}")
    page = {"form": form, **month_words(asked)}
    return render(request, "flows/appeal.html", page, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def list_usage(request: HttpRequest) -> HttpResponseBase:
    """终端用量  What was posted, per terminal, product and distributor."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        try:
            asked = month_of(filters["month"]) if "month" in filters else None
        except BadMonth:
            return [], 0, {"fen": 0}
        rows = months.usage(request.user, month=asked)
        if filters.get("attributed"):
            rows = offsite.at_hospitals(request.user, rows)
        return rows[start : start + limit], len(rows), {"fen": sum(row.fen for row in rows)}

    return USAGE.answer(request, fetch, "flows/usage.html", {})


MONTHS = [
    path("month/", month, name="month"),
    path("month/post/", post, name="post_month"),
    path("month/freeze/", freeze, name="freeze_month"),
    path("month/appeal/", appeal, name="appeal"),
    path("usage/", list_usage, name="usage"),
]
