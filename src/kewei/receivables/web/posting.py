"""登记单据  Invoice, red-letter note and receipt: a customer found by typing, a due date that follows the term."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kewei.kernel.calendar import month_end
from kewei.kernel.money import fen_from_text, yuan, yuan_in_words
from kewei.kernel.refusals import Refused
from kewei.people.keys import came_with
from kewei.people.notices import done
from kewei.receivables import actions, queries
from kewei.receivables.forms import InvoiceForm, ReceiptForm, RedLetterForm
from kewei.receivables.queries import register
from kewei.receivables.web.parts import address, day_in, once, or_error, today
from kewei.terminals import queries as terminals
from kewei.terminals import rules as terminal_rules

either = require_http_methods(["GET", "POST"])
SEE = "receivables.see"
HITS = 8
OPEN_SHOWN = 200

# Which field of a form a refusal is about.
BESIDE: dict[str, str] = {
    "document_exists": "number",
    "bad_document_number": "number",
    "amount_out_of_range": "amount",
    "due_before_invoice": "due_date",
    "due_too_far": "due_date",
    "date_too_far_ahead": "on",
    "date_too_old": "on",
    "unknown_original": "original_no",
    "red_letter_more_than_open": "amount",
    "red_letter_before_invoice": "on",
    "unknown_invoice": "invoice_no",
    "already_settled": "invoice_no",
    "named_twice": "invoice_no",
    "no_exact_sum": "how",
    "no_subset": "how",
    "ambiguous_sum": "how",
    "search_too_large": "how",
    "nothing_to_allocate": "how",
    "bill_too_long": "bill_due",
    "unknown_bill_kind": "bill_kind",
    "bad_bill_number": "bill_no",
}


@either
def post_invoice(request: HttpRequest) -> HttpResponse:
    """登记发票"""
    request.user.must("receivables.post_invoice")
    form = InvoiceForm(request.user, request.POST or None, initial=came_with(request) | {"invoice_date": today()})
    if form.is_valid():
        given = form.cleaned_data

        def post() -> int:
            entry = actions.post_invoice(
                terminal=given["terminal"], number=given["invoice_no"], invoice_date=given["invoice_date"],
                due_date=given["due_date"], total_fen=given["amount"], fields=form.invoice_fields() or None,
                by=request.user, now=timezone.now(),
            )  # fmt: skip
            return entry.pk

        pk = or_error(form, lambda: once(request, "post_invoice", post), _beside("invoice_no", "invoice_date"))
        if pk:
            return _posted(request, pk, _("发票 {number} 已登记"), given["invoice_no"])
    page = {"title": _("登记发票"), "again": reverse("receivables:post_invoice")}
    return _page(request, form, "receivables/invoice_form.html", page)


@either
def post_red_letter(request: HttpRequest) -> HttpResponse:
    """登记红字发票"""
    request.user.must("receivables.post_red_letter")
    initial = came_with(request) | {"issued_on": today(), "original_no": request.GET.get("original", "")[:60]}
    form = RedLetterForm(request.user, request.POST or None, initial=initial)
    if form.is_valid():
        given = form.cleaned_data

        def post() -> int:
            entry = actions.post_red_letter(
                terminal=given["terminal"], number=given["red_letter_no"], on=given["issued_on"],
                total_fen=given["amount"], original=_original(given), reason=given["reason"] or "",
                allocate=given["allocate"], by=request.user, now=timezone.now(),
            )  # fmt: skip
            return entry.pk

        pk = or_error(form, lambda: once(request, "post_red_letter", post), _beside("red_letter_no", "issued_on"))
        if pk:
            return _posted(request, pk, _("红字发票 {number} 已登记"), given["red_letter_no"])
    page = {"title": _("登记红字发票"), "again": reverse("receivables:post_red_letter")}
    return _page(request, form, "receivables/red_letter_form.html", page)


@either
def receive_payment(request: HttpRequest) -> HttpResponse:
    """登记收款"""
    request.user.must("receivables.receive")
    initial = came_with(request) | {"received_on": today(), "method": "transfer"}
    form = ReceiptForm(request.user, request.POST or None, initial=initial)
    if form.is_valid():
        given = form.cleaned_data

        def post() -> int:
            entry = actions.receive_payment(
                terminal=given["terminal"], number=given["receipt_no"], received_on=given["received_on"],
                fen=given["amount"], method=given["method"] or "transfer", payer_name=given["payer"] or "",
                payer=given["payer_terminal"], reference=given["reference"], memo=given["memo"] or "",
                fields=form.receipt_fields() or None, how=given["how"], bill=form.bill(), sheet=form.sheet(),
                invoices=form.invoice_numbers() if given["how"] == "named" else (), by=request.user, now=timezone.now(),
            )  # fmt: skip
            return entry.pk

        pk = or_error(form, lambda: once(request, "receive_payment", post), _beside("receipt_no", "received_on"))
        if pk:
            then = "receivables:bill" if form.bill() is not None else "receivables:entry"
            return _posted(request, pk, _("收款 {number} 已登记"), given["receipt_no"], then)
    page = {"title": _("登记收款"), "again": reverse("receivables:receive")}
    return _page(request, form, "receivables/receipt_form.html", page)


# --- parts of the forms that follow what is typed -------------------------------------------------------------------


@require_GET
def find_customer(request: HttpRequest) -> HttpResponse:
    """查找客户  Customers that match what is being typed, to choose one of."""
    request.user.must(SEE)
    text = request.GET.get("customer", "").strip()[:100]
    hits = terminals.search(request.user, text, HITS) if text else []
    page = {"text": text, "hits": [_hit(hit) for hit in hits]}
    return render(request, "receivables/parts/customer_hits.html", page)


@require_GET
def pick_customer(request: HttpRequest) -> HttpResponse:
    """另选客户  The empty field to find another customer with."""
    request.user.must(SEE)
    return render(request, "receivables/parts/customer_find.html")


@require_GET
def chosen_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """选定客户  The customer as the form shows it, with what it owes and the term it has."""
    request.user.must(SEE)
    terminals.terminal_for(request.user, pk, SEE)
    return render(request, "receivables/parts/customer_chosen.html", {"customer": customer_facts(request.user, pk)})


@require_GET
def due_date(request: HttpRequest) -> HttpResponse:
    """到期日  The due date that the customer's term gives, unless another one was typed."""
    request.user.must(SEE)
    asked = request.GET
    typed, proposed = asked.get("due_date", ""), asked.get("due_proposed", "")
    pk, on = asked.get("terminal", ""), day_in(asked.get("invoice_date"), today())
    suggestion = suggested_due(request.user, int(pk), on) if pk.isdecimal() and len(pk) < 19 else None
    keep = bool(typed) and typed != proposed
    shown = typed if keep or suggestion is None else suggestion["on"].isoformat()
    page = {"value": shown, "suggestion": suggestion, "kept": keep and suggestion is not None}
    return render(request, "receivables/parts/due_date.html", page)


@require_GET
def in_words(request: HttpRequest) -> HttpResponse:
    """大写  The amount being typed, in capital characters, or what is wrong with it."""
    text = request.GET.get("amount", "").strip()[:60]
    page: dict[str, Any] = {}
    if text:
        try:
            fen = fen_from_text(text)
            page = {"words": yuan_in_words(fen), "yuan": yuan(fen)}
        except Refused as why:
            page = {"wrong": why.sentence(_)}
    return render(request, "receivables/parts/in_words.html", page)


@require_GET
def open_invoices(request: HttpRequest, pk: int) -> HttpResponse:
    """可核销的发票  What a customer owes, oldest first, to tick."""
    request.user.must(SEE)
    terminals.terminal_for(request.user, pk, SEE)
    return render(request, "receivables/parts/open_invoices.html", open_debits(request.user, pk))


# --- helpers --------------------------------------------------------------------------------------------------------


def customer_facts(person: Any, pk: int) -> dict[str, Any]:
    """What a form shows of the customer chosen."""
    code, name = terminals.named([pk]).get(pk, ("", ""))
    figures = queries.figures(person, [pk], today()).get(pk)
    term = terminals.settlement_terms(person, [pk]).get(pk)
    return {
        "pk": pk,
        "code": code,
        "name": name,
        "figures": figures,
        "term": term_in_words(*term) if term else "",
        "url": address("desk:terminal", pk),
    }


def open_debits(person: Any, pk: int) -> dict[str, Any]:
    """A customer's open invoices, oldest due first, and how many there are beyond those shown."""
    rows, count = queries.open_items(person, today(), terminal=pk, order="due_date", start=0, limit=OPEN_SHOWN)
    owed = [row for row in rows if row.side > 0]
    return {"rows": owed, "count": count, "shown": len(owed), "more": max(0, count - len(rows))}


def suggested_due(person: Any, pk: int, on: date) -> dict[str, Any] | None:
    """The due date by the customer's live settlement term, with the reason; None where there is no term."""
    term = terminals.settlement_terms(person, [pk]).get(pk)
    if term is None:
        return None
    days, start = term
    # 月结次月: the term is counted from the end of the month of the invoice.
    begins = month_end(on) if start == "next_month" else on
    return {"on": begins + timedelta(days=days), "why": term_in_words(days, start)}


def term_in_words(days: int, start: str) -> str:
    """A settlement term as people say it."""
    begins = _(terminal_rules.TERM_STARTS[start]) if start in terminal_rules.TERM_STARTS else start
    return _("{begins}起 {days} 天").format(begins=begins, days=days)


def _hit(hit: Any) -> dict[str, Any]:
    kind = terminal_rules.KINDS.get(hit.kind, hit.kind)
    return {
        "pk": hit.pk, "code": hit.code, "name": hit.name, "kind": _(kind), "place": hit.city or hit.province,
        "owner": hit.owner,
    }  # fmt: skip


def _original(given: dict[str, Any]) -> int | None:
    """The invoice a red-letter note corrects, by its number. Raises UnknownOriginal."""
    number = given["original_no"]
    return register.invoice_named(given["terminal"].pk, number) if number else None


def _beside(number: str, on: str) -> dict[str, str]:
    names = {"number": number, "on": on}
    return {code: names.get(field, field) for code, field in BESIDE.items()}


def _posted(request: HttpRequest, pk: int, sentence: str, number: str, then: str = "receivables:entry") -> HttpResponse:
    """To the document (or what is to be done next with it), with a way back; or to the next empty form, where that was
    asked for."""
    done(request, sentence.format(number=number), undo=reverse("receivables:undo_entry", args=[pk]))
    if "another" in request.POST:
        return redirect(f"{request.path}?terminal={request.POST['terminal']}")
    return redirect(then, pk)


def _page(request: HttpRequest, form: Any, template: str, page: dict[str, Any]) -> HttpResponse:
    chosen = form["terminal"].value()
    customer = None
    if str(chosen or "").isdecimal() and "terminal" not in form.errors:
        try:
            terminals.terminal_for(request.user, int(chosen), form.VERB)
            customer = customer_facts(request.user, int(chosen))
        except Refused:
            form.initial.pop("terminal", None)
    page |= {"form": form, "customer": customer, "crumb": reverse("receivables:entries")}
    return render(request, template, page, status=422 if request.method == "POST" else 200)
