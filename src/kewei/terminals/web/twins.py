"""查重  Cards that may be one terminal, side by side: merge one into the other, tell them apart, undo."""

from __future__ import annotations

from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kewei.people.keys import key_of
from kewei.people.notices import done
from kewei.terminals import actions, queries, rules
from kewei.terminals.queries import twins
from kewei.terminals.rules.matching import REASONS
from kewei.terminals.rules.prospects import STAGES
from kewei.terminals.web.prospects import tabs

MERGE = "terminals.merge"
SIZE = 20


@require_GET
def desk(request):
    """查重  Pairs nobody has decided, surest first, and what was merged lately."""
    request.user.must(MERGE)
    page_number = max(1, key_of(request.GET.get("page")) or 1)
    city = request.GET.get("city", "")[:30]
    rows, count = twins.twin_pairs(request.user, city=city, start=(page_number - 1) * SIZE, limit=SIZE)
    page = {
        "tabs": tabs(request, "duplicates"),
        "pairs": [
            {
                "row": row,
                "reasons": "、".join(_(REASONS[reason]) for reason in row.reasons),
                "sides": [
                    (side, other, _(rules.KINDS.get(side.kind, side.kind)), _(STAGES[side.stage]) if side.stage else "")
                    for side, other in ((row.low, row.high), (row.high, row.low))
                ],
            }
            for row in rows
        ],
        "count": count,
        "city": city,
        "page": page_number,
        "earlier": page_number - 1,
        "later": page_number + 1 if page_number * SIZE < count else 0,
        "merges": twins.merges(request.user, 20),
    }
    return render(request, "terminals/twins.html", page)


@require_POST
def look(request):
    """查找  Look through the cards of one's territory, or of one city."""
    request.user.must(MERGE)
    found = actions.find_twins(city=request.POST.get("city", "")[:30], by=request.user, now=timezone.now())
    done(request, _("查完：{found} 对疑似重复，其中新的 {new} 对").format(**found))
    return redirect("terminals:duplicates")


@require_POST
def apart(request, pk: int):
    """不是重复  Not the same; not shown again."""
    pair = twins.pair_for(request.user, pk)
    actions.tell_apart(pair=pair, note=request.POST.get("note", "")[:200], by=request.user, now=timezone.now())
    done(request, _("已记为不是重复"))
    return redirect("terminals:duplicates")


@require_POST
def merge(request, pk: int):
    """合并  Keep this card; the other one stands for nothing of its own any more."""
    kept = queries.terminal_for(request.user, pk, MERGE)
    other = queries.terminal_for(request.user, key_of(request.POST.get("other")) or 0, MERGE)
    made = actions.merge_terminals(
        kept=kept, merged=other, why=request.POST.get("why", "")[:200], by=request.user, now=timezone.now()
    )
    done(
        request,
        _("{merged} 已合并到 {kept}").format(merged=other.name, kept=kept.name),
        undo=reverse("terminals:undo_merge", args=[made.pk]),
    )
    return redirect("terminals:duplicates")


@require_POST
def undo_merge(request, pk: int):
    """撤销合并  Two cards again."""
    row = twins.merge_for(request.user, pk)
    actions.undo_merge(merge=row, by=request.user, now=timezone.now())
    done(request, _("合并已撤销"))
    return redirect("terminals:duplicates")


@require_GET
def twins_of(request):
    """查重  What may be the same terminal as the one being typed; a fragment."""
    request.user.must("terminals.create")
    names = ("name", "credit_code", "licence_number", "province", "city", "district")
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:120].strip() for name in names}
    found = queries.duplicates(
        request.user, asked["name"] if len(asked["name"]) >= 2 else "", "".join(asked["credit_code"].split()).upper(),
        asked["licence_number"], province=asked["province"], city=asked["city"], district=asked["district"],
    )  # fmt: skip
    return render(request, "terminals/_twins.html", {"twins": found})


TWINS = [
    path("twins", desk, name="duplicates"),
    path("twins/look", look, name="find_twins"),
    path("twins/of", twins_of, name="twins_of"),
    path("twins/<int:pk>/apart", apart, name="twins_apart"),
    path("<int:pk>/merge", merge, name="merge"),
    path("merges/<int:pk>/undo", undo_merge, name="undo_merge"),
]
