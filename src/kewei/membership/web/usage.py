"""用量卡  What a terminal uses, days of stock, next order, near-expiry; the letter that says so."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kewei.journal.actions import note_export
from kewei.journal.forms import KeyedForm
from kewei.kernel.refusals import N_, NotFound
from kewei.membership import actions
from kewei.membership.papers.usage import usage_letter
from kewei.membership.queries import members
from kewei.membership.queries.usage import usage_card
from kewei.membership.rules.usage import BASES, MOST_UNITS
from kewei.membership.web.parts import SEE, answer
from kewei.products import queries as products
from kewei.receivables.forms import day_widget
from kewei.receivables.web.parts import address, today
from kewei.terminals import queries as terminals

SERVE = "membership.serve"


class StockForm(KeyedForm):
    """What lies on the shelf."""

    product = forms.CharField(label=gettext_lazy("产品编码"), max_length=64)
    units = forms.IntegerField(label=gettext_lazy("库存"), min_value=0, max_value=MOST_UNITS)
    near_units = forms.IntegerField(label=gettext_lazy("其中近效期"), min_value=0, max_value=MOST_UNITS, required=False)
    near_on = forms.DateField(label=gettext_lazy("效期"), required=False, widget=day_widget())
    batch = forms.CharField(label=gettext_lazy("批号"), max_length=40, required=False)
    on = forms.DateField(label=gettext_lazy("盘点日"), required=False, widget=day_widget())


@require_GET
def card(request: HttpRequest, terminal: int) -> HttpResponse:
    """用量卡"""
    request.user.must(SEE)
    found = usage_card(request.user, terminal, today())
    page = {
        "card": found,
        "rows": [(row, list(zip(found.months, row.months, row.through, strict=True)), _(BASES[row.use.basis])) for row in found.products],
        "members": members.members_of_terminal(request.user, terminal),
        "customer_url": address("desk:terminal", terminal),
        "form": StockForm(),
        "may_serve": request.user.may(SERVE),
    }  # fmt: skip
    return render(request, "membership/usage.html", page)


@require_GET
def letter(request: HttpRequest, terminal: int) -> HttpResponse:
    """用量分析信  As PDF; that it was taken out is noted."""
    request.user.must(SEE)
    found = usage_card(request.user, terminal, today())
    paper = usage_letter(found)
    note_export(noun="membership.usage", rows=len(found.products), verb=SEE, by=request.user, now=timezone.now())
    return HttpResponse(
        paper,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="usage-{found.code}.pdf"'},
    )


@require_POST
def stock(request: HttpRequest, terminal: int) -> HttpResponse:
    """登记终端库存"""
    request.user.must(SERVE)
    kept = terminals.terminal_for(request.user, terminal, SERVE)
    back = reverse("membership:usage", args=[terminal])

    def go(given: dict[str, Any]) -> int:
        found = products.by_codes(request.user, [given["product"]])
        if given["product"] not in found:
            raise NotFound(noun=N_("产品"))
        product = products.product_for(request.user, found[given["product"]])
        return actions.tell_stock(
            terminal=kept, product=product, units=given["units"], near_units=given["near_units"] or 0,
            near_on=given["near_on"], batch=given["batch"], on=given["on"], by=request.user, now=timezone.now(),
        ).pk  # fmt: skip

    beside = {"not_found": "product", "bad_stock_told": "units"}
    crumb = (kept.name, back)
    form = StockForm(request.POST)
    return answer(request, form, "tell_stock", go, _("库存已登记"), back, _("登记终端库存"), crumb, beside)
