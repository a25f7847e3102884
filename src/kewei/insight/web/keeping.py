"""维护老客户  Retention, cohorts and segments; mix, what is missing, and what customers leave after credit and visits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kewei.insight.papers.review import percent
from kewei.insight.queries import habits, keeping
from kewei.insight.queries.habits import SEE
from kewei.insight.rules.keeping import SEGMENTING, Cohort
from kewei.insight.web.lapse import PREPARE
from kewei.kernel.refusals import N_
from kewei.keyaccounts.rules.earning import IDENTIFY
from kewei.receivables.web.parts import address, today
from kewei.sales import queries as sales
from kewei.sales.rules.habits import WORDS

SCOPES = {"ok": (N_("可以卖"), "ok"), "warn": (N_("先看证照"), "warn"), "block": (N_("证照不允许"), "bad")}
# The darkest of the triangle's shades.
SHADES = 8


def tabs(here: str) -> list[dict[str, Any]]:
    """The pages of keeping, side by side."""
    found = [
        ("dashboard", N_("经营看板")), ("keeping", N_("留存与分群")), ("gaps", N_("结构、缺口与毛利")),
        ("lapse", N_("流失预警")), ("review", N_("月度回顾")),
    ]  # fmt: skip
    return [{"name": _(words), "url": address(f"insight:{name}"), "on": name == here} for name, words in found]


def shared(request: HttpRequest, here: str) -> dict[str, Any]:
    """What these pages share: tabs, how old the figures are, whether the reader may make them anew."""
    return {
        "tabs": tabs(here), "age": habits.age(), "fresh": sales.freshness(), "may_prepare": request.user.may(PREPARE),
        "here": f"insight:{here}",
    }  # fmt: skip


@require_GET
def keeping_page(request: HttpRequest) -> HttpResponse:
    """留存与分群  Retention month by month, the triangle of cohorts, segments by fifths."""
    request.user.must(SEE)
    page = shared(request, "keeping")
    page["lapse_url"] = address("insight:lapse")
    found = keeping.retained(request.user, page["age"])
    now = found.months[-1] if found.months else None
    page |= {
        "found": found, "now": now, "rate": percent(now.kept_bp) if now else "",
        "months": [(one, percent(one.kept_bp)) for one in reversed(found.months)],
        "chart": _rates(found) if now else None,
        "cohorts": [_triangle(one) for one in found.cohorts],
        "quarters": range(max((len(one.kept) for one in found.cohorts), default=0)),
        "curves": _curves(found),
        "segments": [
            (_(WORDS[one.code]), one, f"{address('insight:lapse')}?state=all&segment={one.code}") for one in found.segments
        ],
        "segment_chart": {
            "names": [_(WORDS[one.code]) for one in found.segments], "fen": [one.year_fen for one in found.segments],
        },
    }  # fmt: skip
    return render(request, "insight/keeping.html", page)


def _rates(found: keeping.Retained) -> dict[str, Any]:
    return {
        "days": [f"{one.month:%Y-%m}" for one in found.months],
        "series": [{"name": _("留存率"), "fen": [one.kept_bp for one in found.months], "points": True}],
        "percent": True,
    }


def _triangle(one: Cohort) -> tuple[str, int, list[tuple[str, int, int]]]:
    """(quarter, size, (percent, count, shade) for each quarter since)."""
    name = f"{one.first.year} Q{(one.first.month + 2) // 3}"
    return name, one.size, [
        (f"{bp // 100} %", count, min(SHADES, bp * SHADES // 10_000))
        for bp, count in zip(one.kept_bp, one.kept, strict=True)
    ]  # fmt: skip


def _curves(found: keeping.Retained) -> dict[str, Any] | None:
    """The newest cohorts with a past, as shares by quarters since the first purchase."""
    shown = [one for one in found.cohorts if len(one.kept) > 1][-4:]
    if not shown:
        return None
    longest = max(len(one.kept) for one in shown)
    return {
        "days": list(range(longest)),
        "series": [
            {"name": _triangle(one)[0], "fen": [*one.kept_bp, *[None] * (longest - len(one.kept))], "points": True}
            for one in shown
        ],
        "percent": True,
    }  # fmt: skip


@require_GET
def gaps_page(request: HttpRequest) -> HttpResponse:
    """结构、缺口与毛利  Whose mix moved, what customers lack of what their like buy, what is left after credit and visits."""
    request.user.must(SEE)
    page = shared(request, "gaps")
    day = today()
    moved, mix_label = keeping.moved_mix(request.user, day)
    margins, margin_label = keeping.margins(request.user, day)
    page |= {
        "moved": [(row, percent(row.mix_bp)) for row in moved], "mix_label": mix_label,
        "mix_url": address("journal:policy", SEGMENTING.name),
        "gaps": [(gap, percent(gap.share_bp), _(SCOPES[gap.scope][0]), SCOPES[gap.scope][1])
                 for gap in keeping.gaps(request.user, day, page["age"])],
        "margins": [(one, _share(one)) for one in margins], "margin_label": margin_label,
        "margin_url": address("journal:policy", IDENTIFY.name), "largest": keeping.LARGEST,
    }  # fmt: skip
    return render(request, "insight/gaps.html", page)


def _share(one: keeping.Left) -> str:
    sold = one.earned.sales_fen
    return percent(one.earned.profit_fen * 10_000 // sold) if sold > 0 else "–"
