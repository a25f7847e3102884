"""Pages of sales: the lines, filtered and taken out as a file."""

from __future__ import annotations

from typing import Any

from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kewei.kernel.refusals import N_, NotFound
from kewei.people.listing import Col, Filter, Listing
from kewei.sales import queries, rules
from kewei.sales.excel import show_quantity
from kewei.terminals import queries as terminals

LISTING = Listing(
    name="sales",
    title=N_("销售明细"),
    columns=[
        Col("day", N_("日期"), kind="day", sort="day"),
        Col(
            "terminal_name", N_("客户"), lead=True, link=lambda row: reverse("desk:terminal", args=[row.terminal]),
            sub=lambda row: row.terminal_code,
        ),
        Col("product", N_("产品"), sub=lambda row: row.product_code),
        Col("quantity", N_("数量"), kind="number", value=lambda row: show_quantity(row.quantity_milli)),
        Col("unit_price", N_("单价"), kind="amount", value=lambda row: row.unit_price_fen),
        Col("fen", N_("金额"), kind="amount"),
        Col("document", N_("单据号"), sort="document"),
        Col("source", N_("来源"), words=lambda code: _(rules.SOURCES.get(code, code)), shown=False),
        Col(
            "reversal", N_("冲回"), kind="badge", shown=False,
            value=lambda row: _("冲回") if row.reversal else None, tone=lambda row: "warn",
        ),
    ],
    filters=[
        Filter("customer", N_("客户编码"), kind="find", placeholder=N_("客户编码或全名")),
        Filter("first", N_("从"), kind="day"),
        Filter("last", N_("到"), kind="day"),
    ],
    order="-day",
    may_export="sales.export",
    empty_title=N_("没有销售明细"),
    empty_text=N_("从 Excel 或 CSV 导入销售明细后，这里一行一笔。"),
    empty_icon="shopping-bag",
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def lines(request, terminal: int | None = None):
    """销售明细  Every line the reader may see, or those of one terminal."""
    request.user.must("sales.see")
    name = terminals.terminal_for(request.user, terminal, "sales.see").name if terminal else ""

    def wanted(filters: dict[str, Any]) -> dict[str, Any] | None:
        asked = dict(filters)
        if code := asked.pop("customer", ""):
            try:
                asked["terminal"] = terminals.terminal_named(request.user, code).pk
            except NotFound:
                return None
        return asked | {"terminal": terminal} if terminal else asked

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]):
        asked = wanted(filters)
        if asked is None:
            return [], 0
        rows, count = queries.list_sales(request.user, order=order, start=start, limit=limit, **asked)
        return rows, count if count <= queries.COUNTED_TO else None

    def stream(order: str, filters: dict[str, Any]):
        asked = wanted(filters)
        return [] if asked is None else queries.export_rows(request.user, order=order, **asked)

    context = {"title": f"{name} · {_('销售明细')}"} if name else {}
    return LISTING.answer(request, fetch, context=context, stream=stream)


urlpatterns = [
    path("", lines, name="lines"),
    path("of/<int:terminal>", lines, name="lines"),
]
