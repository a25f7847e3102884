"""两种增长  More customers, or more from each: what moved sales, and the list behind each lever (domain 1B)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kewei.insight.queries import growth
from kewei.insight.rules.growth import GROWN, LOST, NEW, REACTIVATED, SHRUNK
from kewei.kernel.refusals import N_
from kewei.receivables.web.parts import address, today
from kewei.terminals.queries import potential, prospects

WAYS: dict[str, str] = {
    NEW: N_("新客户"),
    REACTIVATED: N_("重新购买"),
    GROWN: N_("老客户增加"),
    SHRUNK: N_("老客户减少"),
    LOST: N_("流失"),
}
LEVERS: dict[str, tuple[str, str]] = {
    growth.SMALLER: (N_("增加使用量"), N_("每次买得比前半年少的客户")),
    growth.SLOWING: (N_("增加使用次数"), N_("超过自己平常间隔一半还没有再买的客户")),
    growth.NARROW: (N_("使用更多品种"), N_("品种少于同类客户中位数的客户")),
    growth.DISTRIBUTORS: (N_("经销商：扩大销量、管好下游"), N_("向我们进货的经销商")),
}


@require_GET
def growth_page(request: HttpRequest) -> HttpResponse:
    """两种增长  The change to the fen, the levers, and with `lever` the terminals one could move."""
    request.user.must("sales.see")
    day = today()
    found = growth.levers(request.user, day)
    lever = request.GET.get("lever", "")
    lever = lever if lever in found.lists else ""
    names = {code: words for code, (words, _about) in LEVERS.items()} | WAYS
    page: dict[str, Any] = {
        "found": found,
        "parts": [(part, _(WAYS[part.way]), f"?lever={part.way}") for part in found.growth.parts],
        "levers": [
            (_(words), _(about), len(found.lists[code]), f"?lever={code}") for code, (words, about) in LEVERS.items()
        ],
        "win": _winning(request) if request.user.may("terminals.prospect") else None,
        "lever": lever,
        "lever_name": _(names[lever]) if lever else "",
        "rows": growth.lever_rows(request.user, found, lever) if lever else [],
        "empty": not found.bought,
    }
    return render(request, "insight/growth.html", page)


def _winning(request: HttpRequest) -> list[tuple[str, str, int, str]]:
    """(words, about, how many, address) of the levers that bring new customers."""
    day = today()
    alarms = prospects.alarms(request.user, day)
    _rows, held = prospects.prospects(request.user, day, limit=0)
    boxes = {(box.potential, box.share): box.count for box in potential.nine_box(request.user, day)}
    best = boxes["A", "none"]
    return [
        (_("开拓新市场"), _("公海里还没有人去过的终端"), alarms.pool, address("terminals:pool")),
        (_("在横层面继续开发潜在客户"), _("正在跟进的潜在客户"), held, address("terminals:prospects")),
        (_("先攻高潜力"), _("A 级、还没有合作"), best, address("terminals:nine_box") + "?potential=A&share=none"),
        (
            _("推进要到期的行动"),
            _("下次行动已过期的潜在客户"),
            alarms.late,
            address("terminals:prospects") + "?alarm=late",
        ),
    ]
