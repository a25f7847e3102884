"""附近与地图  Prospects by distance from where one stands, and a map we draw ourselves."""

from __future__ import annotations

from typing import Any

from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kewei.kernel.refusals import N_
from kewei.terminals import forms, rules
from kewei.terminals.queries import places_of_prospects as places
from kewei.terminals.rules import drawing
from kewei.terminals.web.prospects import PROSPECT, tabs

KILOMETRES = 20
SIZE = 480
STATES: dict[str, tuple[str, str]] = {
    places.HELD: (N_("开发中"), "info"),
    places.FREE: (N_("在公海"), "quiet"),
    places.CUSTOMER: (N_("客户"), "ok"),
}


@require_GET
def near_page(request):
    """附近  What is near a point, nearest first: typed, or told by the browser."""
    request.user.must(PROSPECT)
    asked = "latitude" in request.GET
    form = forms.NearForm(request.GET if asked else None, initial={"kilometres": KILOMETRES})
    rows: list[Any] = []
    point = None
    metres = KILOMETRES * 1000
    if asked and form.is_valid():
        given = form.cleaned_data
        metres = (given["kilometres"] or KILOMETRES) * 1000
        if given["latitude"] is not None and given["longitude"] is not None:
            point = (given["latitude"], given["longitude"])
            rows = places.near(request.user, point, metres)
    dots = drawing.scatter([row.point for row in rows], point, metres, SIZE) if point else []
    page = {
        "tabs": tabs(request, "near"),
        "form": form,
        "point": point,
        "kilometres": metres // 1000,
        "size": SIZE,
        "half": SIZE // 2,
        "quarter": SIZE // 4,
        "rows": [
            (row, _(rules.KINDS.get(row.kind, row.kind)), _(STATES[row.state][0]), STATES[row.state][1], distance(row.metres), x, y)
            for row, (x, y) in zip(rows, dots, strict=True)
        ],
    }  # fmt: skip
    return render(request, "terminals/near.html", page, status=200 if not asked or form.is_valid() else 422)


def distance(metres: int) -> str:
    """A distance as people say it."""
    return _("{metres} 米").format(metres=metres) if metres < 1000 else _("{km} 公里").format(km=f"{metres / 1000:.1f}")


@require_GET
def map_page(request):
    """地图  How many are worked on and how many lie in the pool, by province or by the cities of one."""
    request.user.must(PROSPECT)
    province = request.GET.get("province", "")[:30]
    counts = places.by_province(request.user)
    if province not in {name for _code, name, _held, _free in counts}:
        province = ""
    if province:
        cities = places.by_city(request.user, province)
        picture, rows = drawing.in_rows(cities), cities
    else:
        picture, rows = drawing.provinces(counts), [(name, held, free) for _code, name, held, free in counts]
    page = {
        "tabs": tabs(request, "map"),
        "province": province,
        "picture": picture,
        "tile": drawing.TILE,
        "rows": [row for row in rows if row[1] or row[2]],
        "empty": not any(held or free for _name, held, free in rows),
    }
    return render(request, "terminals/map.html", page)


WHEREABOUTS = [
    path("prospects/near", near_page, name="near"),
    path("prospects/map", map_page, name="map"),
]
