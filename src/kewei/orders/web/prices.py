"""价格本  Prices and floors."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kewei.kernel.refusals import N_, NotFound, Refused
from kewei.orders import actions, queries
from kewei.orders.forms import PriceForm
from kewei.orders.web.lists import import_page
from kewei.people.keys import ticked
from kewei.people.listing import Bulk, Col, Filter, Listing
from kewei.people.notices import done
from kewei.products import queries as products
from kewei.receivables.web.parts import once, or_error, today
from kewei.terminals import queries as terminals
from kewei.terminals import rules as terminal_rules

SET, SEE = "orders.price", "orders.see"
MOST_AT_ONCE = 200


def _kinds(request: Any) -> list[tuple[str, str]]:
    return [(code, _(label)) for code, label in terminal_rules.KINDS.items()]


def _for_whom(row: Any) -> str:
    return row.terminal_name or (_(terminal_rules.KINDS[row.customer_kind]) if row.customer_kind else _("所有客户"))


BOOK = Listing(
    name="orders.prices",
    title=N_("价格本"),
    columns=[
        Col("product_name", N_("产品"), lead=True, sub=lambda row: row.product_code),
        Col("for_whom", N_("适用"), value=_for_whom),
        Col("price_fen", N_("含税单价"), kind="amount"),
        Col("floor_fen", N_("底价"), kind="amount"),
        Col("since", N_("起始日"), kind="day"),
        Col("until", N_("截止日"), kind="day"),
        Col("source", N_("依据"), clip=True),
        Col("set_by", N_("登记人"), shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("产品名称、编码")),
        Filter("customer_kind", N_("客户类型"), options=_kinds),
        Filter("ended", N_("已停用"), kind="flag"),
    ],
    may_export="orders.export",
    empty_title=N_("价格本是空的"),
    empty_text=N_("没有登记价格时，订单用产品的挂网价；登记底价后，低于底价的订单要有权人批准。"),
    empty_icon="tag",
    key=lambda row: row.pk,
)
ENDING = replace(BOOK, bulk=[Bulk(N_("停用"), "orders:price_end_many", "circle-off")])


@require_http_methods(["GET", "POST"])
def book(request):
    """价格本"""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]):
        return queries.list_prices(request.user, start=start, limit=limit, **filters)

    context = {"may_set": request.user.may(SET), "import_url": import_page("prices")}
    listing = ENDING if context["may_set"] else BOOK
    return listing.answer(request, fetch, template="orders/prices.html", context=context)


@require_http_methods(["GET", "POST"])
def new(request):
    """登记价格"""
    request.user.must(SET)
    form = PriceForm(request.POST or None, initial={"since": today(), "product": request.GET.get("product", "")[:40]})
    if form.is_valid():
        given = form.cleaned_data

        def go() -> int:
            code = given["product"].split()[0]
            found = products.by_codes(request.user, [code])
            if code not in found:
                raise NotFound(noun=N_("产品"))
            terminal = (
                terminals.terminal_named(request.user, given["customer_code"]) if given["customer_code"] else None
            )
            price = actions.set_price(
                product=products.product_for(request.user, found[code]), price_fen=given["price"], floor_fen=given["floor"],
                customer_kind="" if terminal else given["customer_kind"], terminal=terminal, since=given["since"],
                until=given["until"], source=given["source"], by=request.user, now=timezone.now(),
            )  # fmt: skip
            return price.pk

        pk = or_error(form, lambda: once(request, "set_price", go))
        if pk:
            done(request, _("价格已登记"), undo=reverse("orders:price_end", args=[pk]))
            return redirect("orders:prices")
    return render(request, "orders/price_form.html", {"form": form}, status=422 if request.method == "POST" else 200)


@require_POST
def end(request, pk: int):
    """停用价格"""
    request.user.must(SET)
    actions.end_price(price=queries.price_for(request.user, pk), by=request.user, now=timezone.now())
    done(request, _("价格已停用"))
    return redirect("orders:prices")


@require_POST
def end_many(request):
    """停用价格  The ticked ones; from now on they count no longer."""
    request.user.must(SET)
    ended = 0
    for pk in ticked(request.POST, most=MOST_AT_ONCE):
        with suppress(Refused):  # somebody ended it meanwhile: that is what was wanted
            actions.end_price(price=queries.price_for(request.user, pk), by=request.user, now=timezone.now())
            ended += 1
    done(request, _("已停用 {count} 条价格").format(count=ended))
    return redirect("orders:prices")
