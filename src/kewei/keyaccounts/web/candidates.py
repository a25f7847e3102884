"""大客户  Who is one, by what they earn after credit and visits; and a group side by side."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kewei.kernel.refusals import N_
from kewei.keyaccounts.queries.earning import Candidate, identified
from kewei.keyaccounts.queries.groups import group
from kewei.keyaccounts.rules.earning import CONCENTRATED, SPREAD, WARNINGS
from kewei.keyaccounts.rules.plans import STATES, TONES
from kewei.keyaccounts.web.parts import percent, reason_words
from kewei.people.listing import Col, Filter, Listing
from kewei.receivables.web.parts import address, today
from kewei.terminals.rules import KINDS

SEE, PLAN, EXPORT = "keyaccounts.see", "keyaccounts.plan", "keyaccounts.export"
# The largest shown in the chart.
CHARTED = 12
# Members on one page: a chain may have hundreds of shops.
MOST_SHOWN = 200
NONE = "none"
ORDERS = {
    "sales": lambda row: row.earned.sales_fen,
    "gross": lambda row: row.earned.gross_fen,
    "credit": lambda row: row.earned.credit_fen,
    "visits": lambda row: row.earned.visit_fen,
    "profit": lambda row: row.earned.profit_fen,
    "owed": lambda row: row.owed_fen,
    "overdue": lambda row: row.overdue_fen,
    "name": lambda row: row.name,
}


def _plan_url(row: Candidate) -> str:
    if row.plan is not None:
        return reverse("keyaccounts:plan", args=[row.plan])
    return f"{reverse('keyaccounts:start')}?terminal={row.key}"


LISTING = Listing(
    name="keyaccounts.candidates",
    title=N_("大客户识别"),
    columns=[
        Col(
            "name", N_("客户"), lead=True, sort="name", sub=lambda row: f"{row.code} · {_(KINDS.get(row.kind, row.kind))}",
            link=lambda row: address("desk:terminal", row.key), clip=True,
        ),
        Col("members", N_("成员"), kind="number", link=lambda row: reverse("keyaccounts:group", args=[row.key])),
        Col("sales_fen", N_("销售"), kind="amount", value=lambda row: row.earned.sales_fen, sort="sales"),
        Col("share_bp", N_("占比"), words=percent, tone=lambda row: "warn" if CONCENTRATED in row.warnings else ""),
        Col("gross_fen", N_("毛利"), kind="amount", value=lambda row: row.earned.gross_fen, sort="gross"),
        Col("tied_fen", N_("资金占用"), kind="amount", value=lambda row: row.earned.tied_fen, shown=False),
        Col("credit_fen", N_("信用成本"), kind="amount", value=lambda row: row.earned.credit_fen, sort="credit"),
        Col(
            "visit_fen", N_("拜访成本"), kind="amount", value=lambda row: row.earned.visit_fen, sort="visits",
            sub=lambda row: _("{n} 次").format(n=row.earned.visits),
        ),
        Col("profit_fen", N_("扣费用后利润"), kind="amount", value=lambda row: row.earned.profit_fen, sort="profit"),
        Col("owed_fen", N_("应收"), kind="amount", sort="owed", shown=False),
        Col("overdue_fen", N_("逾期"), kind="amount", sort="overdue"),
        Col(
            "reasons", N_("理由"), value=lambda row: row.reasons, words=lambda some: "；".join(map(reason_words, some)),
            sub=lambda row: "；".join(_(WARNINGS[code]) for code in row.warnings),
        ),
        Col("owner_name", N_("负责人"), shown=False),
        Col(
            "plan_state", N_("计划"), kind="badge", value=lambda row: row.plan_state or NONE,
            words=lambda state: _("没有计划") if state == NONE else _(STATES[state]),
            tone=lambda row: TONES.get(row.plan_state, "quiet"), link=_plan_url,
        ),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户编码、名称")),
        Filter("by", N_("口径"), kind="choice", options=lambda _r: [("single", _("按单个客户"))]),
    ],
    may_export=EXPORT,
    empty_title=N_("还没有可识别的大客户"),
    empty_text=N_("有了最近十二个整月的销售明细，这里按扣信用与拜访成本后的利润列出该做计划的客户。"),
    empty_icon="building-bank",
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def candidates(request: HttpRequest) -> HttpResponseBase:
    """大客户识别  The largest by sales or by profit, each with its reasons."""
    request.user.must(SEE)
    found = identified(request.user, today(), grouped=request.GET.get("by") != "single")

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        rows = list(found.rows)
        if text := filters.get("text", "").strip():
            rows = [
                row for row in rows if text.lower() in row.name.lower() or row.code.lower().startswith(text.lower())
            ]
        if (name := order.lstrip("-")) in ORDERS:
            rows.sort(key=ORDERS[name], reverse=order.startswith("-"))
        return rows[start : start + limit], len(rows)

    first = found.rows[:CHARTED]
    page = {
        "found": found,
        "spread": _(SPREAD[found.spread]),
        "loss": sum(row.earned.profit_fen <= 0 for row in found.rows),
        "chart": {
            "names": [row.name for row in first],
            "fen": [row.earned.profit_fen for row in first],
            "urls": [reverse("keyaccounts:group", args=[row.key]) for row in first],
        },
        "may_plan": request.user.may(PLAN),
        "margin": percent(found.by.gross_bp),
    }
    return LISTING.answer(request, fetch, "keyaccounts/candidates.html", page)


@require_GET
def group_page(request: HttpRequest, pk: int) -> HttpResponse:
    """集团视图  The members of a chain or an alliance: what each buys, owes and may owe, and how plans stand."""
    request.user.must(SEE)
    found = group(request.user, pk, today())
    shown = found.members[:MOST_SHOWN]
    return render(
        request,
        "keyaccounts/group.html",
        {
            "found": found,
            "rows": [
                (
                    one,
                    _(KINDS.get(one.kind, one.kind)),
                    percent(one.share_bp),
                    (_(STATES[one.plan.state]), TONES[one.plan.state]) if one.plan else None,
                    address("desk:terminal", one.pk),
                )
                for one in shown
            ],
            "chart": {
                "names": [one.name for one in found.members[:CHARTED]],
                "fen": [one.sales_fen for one in found.members[:CHARTED]],
                "urls": [address("desk:terminal", one.pk) for one in found.members[:CHARTED]],
            },
            "plan": found.plan,
            "plan_state": (_(STATES[found.plan.state]), TONES[found.plan.state]) if found.plan else None,
            "more": len(found.members) - len(shown),
            "may_plan": request.user.may(PLAN),
        },
    )


CANDIDATES = [
    path("candidates/", candidates, name="candidates"),
    path("groups/<int:pk>/", group_page, name="group"),
]
