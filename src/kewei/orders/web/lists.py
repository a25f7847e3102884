"""订单  The list of orders, by state; bulk checking again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kewei.kernel.refusals import N_, Refused
from kewei.orders import actions, queries
from kewei.orders.rules.gate import PAYMENTS
from kewei.orders.rules.states import STATES, TONES
from kewei.orders.web import words
from kewei.people.keys import ticked
from kewei.people.listing import Bulk, Col, Filter, Listing, page_of
from kewei.people.notices import done, warned
from kewei.receivables.web.parts import address
from kewei.terminals import queries as terminals

SEE = "orders.see"
MOST_AT_ONCE = 200
# So many reasons fit into what the page says afterwards.
MOST_NAMED = 5

_order_page = page_of("orders:order")


_BULK = [
    Bulk(N_("放行"), "orders:release_many", "check"),
    Bulk(N_("重新过关口"), "orders:recheck_many", "refresh"),
]


def _states(request: Any) -> list[tuple[str, str]]:
    return [("open", _("未完结")), *((code, _(label)) for code, label in STATES.items())]


def _payments(request: Any) -> list[tuple[str, str]]:
    return [(code, _(label)) for code, label in PAYMENTS.items()]


def _customers(request: Any) -> list[tuple[str, str]]:
    asked = request.GET.get("terminal", "")
    named = terminals.labels(request.user, [int(asked)]) if asked.isdecimal() and len(asked) < 19 else {}
    return [(asked, named[int(asked)])] if named else []


def _listing(request: Any) -> Listing:
    came_with = [Filter("terminal", N_("客户"), options=_customers)] if request.GET.get("terminal") else []
    return Listing(
        name="orders.orders",
        title=N_("订单"),
        columns=[
            Col(
                "number",
                N_("订单号"),
                lead=True,
                sort="number",
                link=lambda row: _order_page(row.pk),
                sub=lambda row: row.customer_ref,
            ),
            Col("terminal_name", N_("客户"), sort="terminal", sub=lambda row: row.terminal_code, clip=True),
            Col(
                "state", N_("状态"), kind="badge", words=lambda code: _(STATES[code]), tone=lambda row: TONES[row.state]
            ),
            Col("blocked_by", N_("拦截原因"), value=lambda row: words.rules(row.blocked_by), clip=True),
            Col("total_fen", N_("金额"), kind="amount", sort="total"),
            Col("payment", N_("付款方式"), words=lambda code: _(PAYMENTS[code])),
            Col("placed_at", N_("下单时间"), kind="moment", sort="placed_at"),
            Col("placed_by", N_("下单人")),
            Col("state_at", N_("状态时间"), kind="moment", sort="state_at", shown=False),
        ],
        filters=[
            *came_with,
            Filter("text", N_("查找"), kind="find", placeholder=N_("订单号、客户单号")),
            Filter("state", N_("状态"), options=_states),
            Filter("payment", N_("付款方式"), options=_payments),
            Filter("first", N_("自"), kind="day"),
            Filter("last", N_("至"), kind="day"),
        ],
        order="-placed_at",
        may_export="orders.export",
        row_url=lambda row: _order_page(row.pk),
        key=lambda row: row.pk,
        bulk=_BULK if request.user.may("orders.release") else [],
        empty_title=N_("还没有订单"),
        empty_text=N_("下单即过关口：证照、范围、额度、逾期都在这一步看；被拦下的也留在这里，写明为什么。"),
        empty_icon="clipboard-list",
    )


@require_http_methods(["GET", "POST"])
def orders(request):
    """订单  Orders the reader sees, newest first."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]):
        return queries.list_orders(request.user, order=order, start=start, limit=limit, **_asked(filters))

    def stream(order: str, filters: dict[str, Any]):
        return queries.export_rows(request.user, order=order, **_asked(filters))

    may_place = request.user.may("orders.place")
    context = {"may_place": may_place, "counts": _counts(request), "import_url": import_page("orders")}
    return _listing(request).answer(request, fetch, template="orders/list.html", context=context, stream=stream)


def _asked(filters: dict[str, Any]) -> dict[str, Any]:
    return {**filters, "terminal": int(filters["terminal"])} if "terminal" in filters else filters


def import_page(noun: str) -> str:
    """Where files of a noun are brought in; an empty text where the house has no such page."""
    page = address("desk:intake")
    return f"{page}?noun={noun}" if page else ""


def _counts(request: Any) -> list[dict[str, Any]]:
    """Open orders by state, each a link to its list."""
    found = queries.count_by_state(request.user)
    here = reverse("orders:list")
    return [
        {"name": _(STATES[state]), "count": count, "url": f"{here}?state={state}", "tone": TONES[state]}
        for state, count in found.items()
        if count
    ]


@require_POST
def recheck_many(request):
    """重新过关口  Ask the gate again about the ticked orders; says which it was not asked about, and why."""
    request.user.must("orders.release")
    moved: list[str] = []

    def ask(kept: Any) -> None:
        before = kept.state
        if actions.recheck_order(order=kept, by=request.user, now=timezone.now()).state != before:
            moved.append(kept.number)

    asked, left = _each(request, ask)
    said = _("已重新过关口 {asked} 张订单，{count} 张的状态有变化").format(asked=asked, count=len(moved))
    _tell(request, said, left)
    return redirect("orders:list")


@require_POST
def release_many(request):
    """放行  Release the ticked orders that pass; says which stay where they are, and why."""
    request.user.must("orders.release")
    released, left = _each(request, lambda kept: actions.release_order(order=kept, by=request.user, now=timezone.now()))
    _tell(request, _("已放行 {count} 张订单").format(count=released), left)
    return redirect("orders:list")


def _each(request: Any, do: Callable[[Any], Any]) -> tuple[int, list[str]]:
    """Do something to each ticked order, one transaction each: how often it was done, and what was said where it was not."""
    did, left = 0, []
    for pk in ticked(request.POST, most=MOST_AT_ONCE):
        number = ""
        try:
            kept = queries.order_for(request.user, pk, "orders.release")
            number = kept.number
            do(kept)
        except Refused as why:
            sentence = why.sentence(_)
            left.append(sentence if number in sentence else f"{number} {sentence}")
        else:
            did += 1
    return did, left


def _tell(request: Any, sentence: str, left: list[str]) -> None:
    if not left:
        done(request, sentence)
        return
    named = "；".join(left[:MOST_NAMED]) + ("…" if len(left) > MOST_NAMED else "")
    warned(
        request, _("{sentence}；{count} 张没有处理：{named}").format(sentence=sentence, count=len(left), named=named)
    )
