"""经营看板  For a representative, a manager, a director: the same figures of what each of them sees, from what the night made."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kewei.insight.papers.review import percent
from kewei.insight.queries import habits, keeping
from kewei.insight.queries.habits import DUE, LAPSED, SEE
from kewei.insight.web.keeping import shared
from kewei.insight.web.lapse import reason_words
from kewei.kernel.refusals import N_
from kewei.receivables.web.parts import address, today
from kewei.terminals.rules import KINDS

OWN, REGION, HOUSE = "own", "region", "house"
SCOPES = {OWN: N_("业务员看板：我的客户"), REGION: N_("经理看板：我的区域"), HOUSE: N_("总经理看板：全公司")}
# What the table of each is by.
AXIS = {OWN: "kind", REGION: "owner", HOUSE: "province"}
AXIS_WORDS = {"kind": N_("终端类型"), "owner": N_("负责人"), "province": N_("省份")}
LISTED = 10


def scope_of(person: Any) -> str:
    """Which dashboard is a person's: by how far it sees sales."""
    reach = person.reach(SEE)
    return HOUSE if reach.everything else REGION if reach.territory_paths else OWN


@require_GET
def dashboard_page(request: HttpRequest) -> HttpResponse:
    """经营看板  Sales by month, keeping, lapse and its reasons, and a table by owner, province or kind."""
    person = request.user
    person.must(SEE)
    day, scope = today(), scope_of(person)
    axis = request.GET.get("by", "")
    axis = axis if axis in AXIS_WORDS else AXIS[scope]
    (whole,) = keeping.sums_by(person, day, "all")
    months = keeping.sold_each_month(person, day)
    lapsed, lapsed_count = habits.habits(person, day, state=LAPSED, limit=LISTED)
    due, due_count = habits.habits(person, day, state=DUE, order="next", limit=LISTED)
    losses = habits.losses(person, day)
    page = shared(request, "dashboard") | {
        "scope": _(SCOPES[scope]), "whole": whole, "kept": percent(whole.kept_bp), "change": percent(whole.change_bp),
        "chart": {
            "days": [f"{month:%Y-%m}" for month, _fen in months[12:]],
            "series": [
                {"name": _("今年"), "fen": [fen for _month, fen in months[12:]], "points": True},
                {"name": _("去年同月"), "fen": [fen for _month, fen in months[:12]], "dashed": True},
            ],
        },
        "months": [(month, fen, before) for (month, fen), (_m, before) in zip(months[12:], months[:12], strict=True)][::-1],
        "last_month": months[-2], "this_month": months[-1],
        "rows": [(_name(axis, one), one, percent(one.kept_bp), percent(one.change_bp)) for one in keeping.sums_by(person, day, axis)],
        "axis": _(AXIS_WORDS[axis]), "axes": [(code, _(words), code == axis) for code, words in AXIS_WORDS.items()],
        "lapsed": lapsed, "lapsed_count": lapsed_count, "due": due, "due_count": due_count,
        "losses": [(reason_words(one.reason), one) for one in losses if one.terminals],
        "loss_chart": {"names": [reason_words(one.reason) for one in losses], "fen": [one.fen for one in losses]},
        "lapse_url": address("insight:lapse"),
    }  # fmt: skip
    return render(request, "insight/dashboard.html", page)


def _name(axis: str, one: keeping.OneSum) -> str:
    if axis == "kind":
        return _(KINDS[one.name]) if one.name in KINDS else one.name
    return one.name or _("没有")
