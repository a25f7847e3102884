"""发货  Goods leave by batch, an authorised person takes them, an invoice follows; what comes back is credited."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.journal import actions as journal_actions
from kewei.journal.web import attachment_response, kept_upload
from kewei.kernel.refusals import N_
from kewei.orders import actions, queries
from kewei.orders.forms import (
    DeliveryForm,
    HandoverForm,
    InvoiceForm,
    ReturnForm,
    SignedReceiptForm,
    returned_lines,
    shipped_lines,
)
from kewei.orders.papers.note import delivery_note
from kewei.people.listing import Col, Filter, Listing, page_of
from kewei.people.notices import done
from kewei.receivables.web.parts import address, once, or_error, today
from kewei.sales.excel import show_quantity
from kewei.terminals import queries as terminals

DELIVER, BILL, SEE = "orders.deliver", "orders.invoice", "orders.see"
_page_of_delivery = page_of("orders:delivery")
_page_of_order = page_of("orders:order")


def _waiting(request: Any) -> list[tuple[str, str]]:
    return [("handover", _("待签收")), ("invoice", _("待开票"))]


REGISTER = Listing(
    name="orders.deliveries",
    title=N_("发货单"),
    columns=[
        Col("number", N_("发货单号"), lead=True, link=lambda row: _page_of_delivery(row.pk)),
        Col("order_number", N_("订单号"), link=lambda row: _page_of_order(row.order)),
        Col("terminal_name", N_("客户"), clip=True),
        Col("on", N_("发货日"), kind="day"),
        Col("fen", N_("金额"), kind="amount"),
        Col("received_on", N_("签收日"), kind="day"),
        Col("receiver", N_("收货人")),
        Col("invoice_number", N_("发票号")),
        Col("carrier", N_("承运人"), shown=False),
        Col("waybill", N_("运单号"), shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("发货单号、订单号")),
        Filter("waiting", N_("还差"), options=_waiting),
    ],
    may_export="orders.export",
    row_url=lambda row: _page_of_delivery(row.pk),
    empty_title=N_("还没有发货"),
    empty_text=N_("放行的订单在订单页发货；随货同行单、签收、开票都在发货单上。"),
    empty_icon="truck-delivery",
)


@require_http_methods(["GET", "POST"])
def register(request):
    """发货单  Deliveries, newest first."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]):
        return queries.list_deliveries(request.user, start=start, limit=limit, **filters)

    return REGISTER.answer(request, fetch)


@require_http_methods(["GET", "POST"])
def deliver(request, pk: int):
    """发货  Of a released order, by batch."""
    request.user.must(DELIVER)
    card = queries.order(request.user, pk)
    kept = queries.order_for(request.user, pk, DELIVER)
    form = DeliveryForm(request.POST or None, initial={"on": today(), "address": kept.terminal.address})
    open_lines = [line for line in card.lines if line.open_milli]
    if form.is_valid():
        given = form.cleaned_data

        def go() -> int:
            lines = shipped_lines(request.POST, open_lines)
            head = {name: given[name] for name in ("on", "carrier", "waybill", "address", "temperature")}
            return actions.deliver(order=kept, lines=lines, by=request.user, now=timezone.now(), **head).pk

        made = or_error(form, lambda: once(request, "deliver", go))
        if made:
            done(request, _("已发货"))
            return redirect("orders:delivery", made)
    typed = {
        line.pk: {
            "quantity": request.POST.get(f"quantity-{line.pk}", show_quantity(line.open_milli)),
            "batch": request.POST.get(f"batch-{line.pk}", ""),
            "expires": request.POST.get(f"expires-{line.pk}", ""),
        }
        for line in open_lines
    }
    page = {"card": card, "form": form, "lines": [(line, typed[line.pk]) for line in open_lines]}
    return render(request, "orders/deliver.html", page, status=422 if request.method == "POST" else 200)


@require_GET
def delivery(request, pk: int):
    """发货单页"""
    return _page(request, pk)


def _page(request: Any, pk: int, **bound: Any):
    card = queries.delivery(request.user, pk)
    reader, row = request.user, card.row
    receivers = [one for one in terminals.authorised_persons(row.terminal) if one.good_for("receive", today())]
    people = [(one.pk, one.name) for one in receivers]
    page = {
        "card": card,
        "row": row,
        "order_url": _page_of_order(row.order),
        "customer_url": address("desk:terminal", row.terminal),
        "invoice_url": address("receivables:entry", row.invoice) if row.invoice else "",
        "note_url": reverse("orders:delivery_note", args=[pk]),
        "people": people,
        "seals": [(one.name, address("terminals:authorised_paper", one.pk, "seal")) for one in receivers if one.seal],
        "may_hand_over": reader.may(DELIVER) and row.received_on is None,
        "may_keep_receipt": reader.may(DELIVER) and (row.received_on is not None or "receipt" in bound),
        "receipt_form": bound.get("receipt") or SignedReceiptForm(),
        "may_invoice": reader.may(BILL) and row.invoice is None,
        "may_take_back": reader.may(BILL),
        "handover_form": bound.get("handover") or HandoverForm(people, initial={"on": today()}),
        "invoice_form": bound.get("invoice") or InvoiceForm(initial={"on": today()}),
        "return_form": bound.get("back") or ReturnForm(initial={"on": today()}),
    }
    return render(request, "orders/delivery.html", page, status=422 if bound else 200)


@require_GET
def note(request, pk: int):
    """随货同行单  As a PDF."""
    card = queries.delivery(request.user, pk)
    answer = HttpResponse(delivery_note(card), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, f"{card.row.number}.pdf") or ""
    return answer


@require_POST
def hand_over(request, pk: int):
    """签收"""
    request.user.must(DELIVER)
    kept = queries.delivery_for(request.user, pk)
    people = [(one.pk, one.name) for one in terminals.authorised_persons(kept.terminal_id)]
    form = HandoverForm(people, request.POST, request.FILES)
    if form.is_valid():
        given = _plain(form)
        upload = given.pop("paper")

        def go() -> int:
            by = {"by": request.user, "now": timezone.now()}
            return actions.hand_over(delivery=kept, paper=kept_upload(request, upload, DELIVER), **given, **by).pk

        if or_error(form, lambda: once(request, "hand_over", go)):
            done(request, _("发货单 {number} 已签收").format(number=kept.number))
            return redirect("orders:delivery", pk)
    return _page(request, pk, handover=form)


@require_POST
def keep_receipt(request, pk: int):
    """补签收单  The signed receipt came later than the handover was noted."""
    request.user.must(DELIVER)
    kept = queries.delivery_for(request.user, pk)
    form = SignedReceiptForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["paper"]

        def go() -> int:
            by = {"by": request.user, "now": timezone.now()}
            paper = kept_upload(request, upload, DELIVER)
            return actions.keep_receipt(delivery=kept, paper=paper, **by).pk

        if or_error(form, lambda: once(request, "keep_receipt", go)):
            done(request, _("签收单已存入"))
            return redirect("orders:delivery", pk)
    return _page(request, pk, receipt=form)


@require_GET
def paper(request, pk: int):
    """签收单  The signed receipt as a download; the look at it is noted."""
    request.user.must(SEE)
    attachment = queries.receipt_of(request.user, pk)
    journal_actions.note_read(what=f"orders.handover:{pk}", verb=SEE, by=request.user, now=timezone.now())
    return attachment_response(attachment)


@require_POST
def invoice(request, pk: int):
    """按发货开票"""
    request.user.must(BILL)
    kept = queries.delivery_for(request.user, pk)
    form = InvoiceForm(request.POST)
    if form.is_valid():

        def go() -> int:
            return actions.invoice_delivery(delivery=kept, by=request.user, now=timezone.now(), **_plain(form)).pk

        if or_error(form, lambda: once(request, "invoice_delivery", go)):
            done(request, _("发货单 {number} 已开票").format(number=kept.number))
            return redirect("orders:delivery", pk)
    return _page(request, pk, invoice=form)


@require_POST
def take_back(request, pk: int):
    """退货"""
    request.user.must(BILL)
    kept = queries.delivery_for(request.user, pk)
    card = queries.delivery(request.user, pk)
    form = ReturnForm(request.POST)
    if form.is_valid():

        def go() -> int:
            lines = returned_lines(request.POST, card.lines)
            return actions.take_back(delivery=kept, lines=lines, by=request.user, now=timezone.now(), **_plain(form)).pk

        if or_error(form, lambda: once(request, "take_back", go)):
            done(request, _("退货已登记"))
            return redirect("orders:delivery", pk)
    return _page(request, pk, back=form)


def _plain(form: Any) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if name != "form_key"}
