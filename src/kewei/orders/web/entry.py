"""下单  Order entry for fast hands: product, quantity, Enter; the gate answers while one types; works without scripts too."""

from __future__ import annotations

from typing import Any

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.credit.queries import standing as credit
from kewei.kernel.money import yuan_plain
from kewei.kernel.refusals import NotFound, Refused
from kewei.orders import actions, queries
from kewei.orders.forms import EMPTY_ROWS, OrderForm, TypedLine, typed_lines, understood
from kewei.orders.rules.lines import LineWanted
from kewei.orders.rules.states import HELD, WAITING
from kewei.orders.web import words
from kewei.people.notices import done
from kewei.products import queries as products
from kewei.receivables.web.parts import once, or_error, today
from kewei.sales.excel import show_quantity
from kewei.terminals import queries as terminals
from kewei.terminals import rules as terminal_rules

PLACE = "orders.place"
HITS = 10


@require_http_methods(["GET", "POST"])
def new(request):
    """下单  First the customer, then the lines."""
    request.user.must(PLACE)
    terminal = _terminal(request)
    if terminal is None:
        text = request.GET.get("customer", "").strip()[:100]
        return render(request, "orders/choose.html", {"text": text, "hits": _customers(request, text)})
    form = OrderForm(request.POST or None, initial={"payment": "credit"})
    rows, lines = understood(request.user, typed_lines(request.POST)) if request.method == "POST" else ([], [])
    if request.method == "POST" and form.is_valid() and not any(row.fault for row in rows):
        given = form.cleaned_data

        def place() -> int:
            order = actions.place_order(
                terminal=terminal, lines=lines, payment=given["payment"], customer_ref=given["customer_ref"],
                wanted_on=given["wanted_on"], note=given["note"], by=request.user, now=timezone.now(),
            )  # fmt: skip
            return order.pk

        pk = or_error(form, lambda: once(request, "place_order", place))
        if pk:
            return _placed(request, pk)
    if request.method == "GET" and (last := request.GET.get("like", "")).isdecimal():
        rows, lines = understood(request.user, _like(request, terminal, int(last)))
    page = _page(request, terminal, form, rows, lines)
    return render(request, "orders/new.html", page, status=422 if request.method == "POST" else 200)


def _placed(request: Any, pk: int):
    order = queries.order_for(request.user, pk)
    told = {
        HELD: _("订单 {number} 已登记，关口拦下：原因和怎么办见下"),
        WAITING: _("订单 {number} 已登记，等待放行"),
    }.get(order.state, _("订单 {number} 已放行"))
    done(request, told.format(number=order.number))
    return redirect("orders:order", pk)


def _page(
    request: Any, terminal: Any, form: OrderForm, rows: list[TypedLine], lines: list[LineWanted]
) -> dict[str, Any]:
    last, _count = queries.list_orders(request.user, terminal=terminal.pk, limit=1)
    for place, row in enumerate(rows, 1):
        row.field = place  # blank rows between are gone, pasted ones have come up
    judged = _judged(request, terminal, rows, lines, form["payment"].value()) if rows else {}
    said = dict(judged.get("by_field", []))
    empty = (TypedLine() for _n in range(max(2, EMPTY_ROWS - len(rows))))
    return {
        "terminal": terminal,
        "kind": _(terminal_rules.KINDS[terminal.kind]),
        "form": form,
        "rows": [*((row, said.get(row.field, [])) for row in rows), *((row, []) for row in empty)],
        "standing": credit.standing(terminal.pk, today()),
        "last": last[0] if last else None,
        **judged,
    }


@require_POST
def check(request):
    """试算  What the gate would say of what is typed so far; a fragment, and what belongs to each line beside it."""
    request.user.must(PLACE)
    terminal = _terminal(request)
    if terminal is None:
        raise NotFound(noun=_("终端"))
    typed = typed_lines(request.POST)
    rows, lines = understood(request.user, typed)
    page = _judged(request, terminal, rows, lines, request.POST.get("payment", "credit"))
    for row in rows:
        # A product without its quantity is a line still being typed; sending it says so on the line.
        row.fault = row.fault if row.quantity else ""
    said = dict(page["by_field"])
    page["fields"] = [(row, said.get(row.field, [])) for row in typed if row.field]
    return render(request, "orders/_checked.html", page)


def _judged(
    request: Any, terminal: Any, rows: list[TypedLine], lines: list[LineWanted], payment: str
) -> dict[str, Any]:
    """The gate's answer, what it says of single lines sorted to the rows of the form they stand in."""
    page: dict[str, Any] = {
        "by_field": [],
        "faults": [(n, row) for n, row in enumerate(rows, 1) if row.fault and row.quantity and not row.field],
    }
    if not lines:
        return page
    try:
        decision, case = queries.try_order(request.user, terminal, lines, payment, timezone.now())
    except Refused as why:
        return page | {"refused": why.sentence(_)}
    outcome, tone = words.outcome(decision.outcome)
    stands = case.standing
    place_in = [row.field for row in rows if row.wanted]
    by_field: dict[int, list[words.Said]] = {}
    general: list[words.Said] = []
    for one in words.said(decision.lines):
        field = place_in[one.place - 1] if one.place else 0
        (by_field.setdefault(field, []) if field else general).append(one)
    return page | {
        "by_field": list(by_field.items()),
        "case_lines": case.lines,
        "total_fen": case.wanted_fen,
        "left_fen": stands.headroom_fen,
        "after_fen": stands.headroom_fen - case.wanted_fen,
        "has_limit": stands.limit_fen is not None,
        "on_credit": case.payment == "credit",
        "outcome": outcome,
        "tone": tone,
        "said": general,
        "lines_said": len(by_field),
    }


@require_GET
def product_hits(request):
    """查找产品  Products that match what is typed, with what this customer pays, for the list under the field."""
    request.user.must(PLACE)
    text = request.GET.get("text", "").strip()[:60]
    hits = products.search(request.user, text, HITS) if text else []
    terminal = _terminal(request)
    prices = queries.prices_for(terminal, {hit.pk for hit in hits}, today()) if terminal and hits else {}
    page = {"hits": [(hit, _price(prices.get(hit.pk))) for hit in hits]}
    return render(request, "orders/_products.html", page)


def _price(fen: int | None) -> str:
    return "" if fen is None else yuan_plain(fen)


@require_GET
def customer_hits(request):
    """查找客户  Customers that match what is typed."""
    request.user.must(PLACE)
    text = request.GET.get("customer", "").strip()[:100]
    return render(request, "orders/_customers.html", {"text": text, "hits": _customers(request, text)})


def _customers(request: Any, text: str) -> list[tuple[Any, str, str]]:
    here = reverse("orders:new")
    hits = terminals.search(request.user, text, HITS) if text else []
    return [(hit, _(terminal_rules.KINDS[hit.kind]), f"{here}?terminal={hit.pk}") for hit in hits]


def _terminal(request: Any):
    text = request.POST.get("terminal") or request.GET.get("terminal", "")
    if not text.isdecimal() or len(text) > 18:
        return None
    return terminals.terminal_for(request.user, int(text), PLACE)


def _like(request: Any, terminal: Any, pk: int) -> list[TypedLine]:
    """The lines of an earlier order, to order the same again; prices come from the book anew."""
    lines = queries.order(request.user, pk).lines
    prices = queries.prices_for(terminal, {line.product for line in lines}, today())
    return [
        TypedLine(f"{line.code} {line.name}", show_quantity(line.quantity_milli), _price(prices.get(line.product)))
        for line in lines
    ]
