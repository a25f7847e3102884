"""淡季工作单  The company's quiet weeks and the work with data put into them, for everybody one looks after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kewei.insight.queries import quiet
from kewei.insight.queries.quiet import SEE, Thing
from kewei.insight.rules.quiet import (
    CARDS,
    KINDS,
    LICENCES,
    NAMES,
    PLANS,
    POTENTIAL,
    SURVEYS,
    TWINS,
    WEEK,
    YEAR_WEEKS,
    Week,
    monday_of,
    week_of,
)
from kewei.kernel.refusals import N_, NotFound
from kewei.people import queries as people
from kewei.people.listing import Col, Filter, Listing
from kewei.receivables.web.parts import address, today

# Where each kind is worked off; the others have the list of this room.
DESKS = {TWINS: "terminals:duplicates", NAMES: "flows:queue", PLANS: "keyaccounts:plans"}
LISTED = (LICENCES, CARDS, SURVEYS, POTENTIAL, PLANS, TWINS)


def desk_of(kind: str) -> str:
    """The address where a kind is worked off; empty where the reader's house has none."""
    if kind in DESKS:
        return address(DESKS[kind]) + ("?state=unreviewed" if kind == PLANS else "")
    return reverse("insight:quiet_kind", args=[kind])


@require_GET
def quiet_page(request: HttpRequest) -> HttpResponse:
    """淡季工作单  When the company is quiet, and what is looked at then."""
    request.user.must(SEE)
    day = today()
    found = quiet.work(request.user, day)
    taken = [week for week in found.weeks if week.quiet]
    page = {
        "found": found,
        "known": bool(found.index),
        "kinds": [
            (_(KINDS[kind]), count, desk_of(kind), found.by.minutes[kind]) for kind, count in found.counts.items()
        ],
        "waiting": sum(found.counts.values()),
        "taken": len(taken),
        "next": taken[0].monday if taken else None,
        "chart": _chart(found.index, day),
        "weeks": [(week, _percent(week), week.monday + timedelta(days=6)) for week in found.weeks],
        "owners": [
            {
                "name": name or _("公司"),
                "weeks": _weeks(done.blocks),
                "left": [(_(KINDS[kind]), count) for kind, count in done.left],
            }
            for _owner, name, done in found.owners
        ],
    }
    return render(request, "insight/quiet.html", page)


def _percent(week: Week) -> str:
    return "" if week.percent is None else f"{week.percent}%"


def _weeks(blocks: Any) -> list[tuple[date, list[dict[str, Any]], int]]:
    """A person's blocks by week, and the minutes of each week."""
    by_week: dict[date, list[Any]] = {}
    for block in blocks:
        by_week.setdefault(block.monday, []).append(block)
    return [
        (
            monday,
            [{"name": _(KINDS[one.kind]), "count": one.count, "url": desk_of(one.kind)} for one in some],
            sum(one.minutes for one in some),
        )
        for monday, some in by_week.items()
    ]


def _chart(index: dict[int, int], day: date) -> dict[str, Any] | None:
    """The index of the year to come, week by week; basis points."""
    if not index:
        return None
    mondays = [monday_of(day) + n * WEEK for n in range(YEAR_WEEKS)]
    points = [index.get(week_of(monday)) for monday in mondays]
    return {
        "days": [monday.isoformat() for monday in mondays],
        "series": [
            {"name": _("季节指数"), "fen": [None if one is None else one * 100 for one in points]},
            {"name": _("平常"), "fen": [10_000] * len(mondays), "dashed": True},
        ],
        "percent": True,
    }


def _link(row: Thing) -> str:
    if row.plan is not None:
        return reverse("keyaccounts:plan", args=[row.plan])
    return address("desk:terminal", row.terminal) if row.terminal else ""


def _listing(kind: str) -> Listing:
    return Listing(
        name=f"insight.quiet.{kind}",
        title=KINDS[kind],
        columns=[
            Col("name", N_("客户"), lead=True, link=lambda row: row["link"], sub=lambda row: row["code"]),
            Col("words", N_("看什么"), words=lambda words: "、".join(_(one) for one in words if one)),
            Col("owner", N_("负责人")),
        ],
        filters=[
            Filter("text", N_("查找"), kind="find", placeholder=N_("客户编码、名称")),
            Filter(
                "owner", N_("负责人"), kind="choice",
                options=lambda request: [(str(pk), name) for pk, name in people.choices_of_people()],
            ),
        ],
        may_export="terminals.export",
        empty_title=N_("没有等着的"),
        empty_text=N_("这一类都看过了。"),
        empty_icon="checks",
    )  # fmt: skip


LISTINGS = {kind: _listing(kind) for kind in LISTED}


@require_http_methods(["GET", "POST"])
def kind_page(request: HttpRequest, kind: str) -> HttpResponseBase:
    """淡季工作单的一类  Everything of one kind that waits, each with the way to where it is put right."""
    request.user.must(SEE)
    if kind not in LISTED:
        raise NotFound(noun=N_("这一类工作"))
    rows = quiet.things(request.user, today(), kind)
    names = people.names({row.owner for row in rows})

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        found = rows
        if text := filters.get("text", "").strip():
            found = [row for row in found if text in row.name or row.code.startswith(text)]
        if owner := filters.get("owner"):
            found = [row for row in found if str(row.owner) == owner]
        shown = [
            {
                "name": row.name,
                "code": row.code,
                "words": row.words,
                "owner": names.get(row.owner, ""),
                "link": _link(row),
            }
            for row in found[start : start + limit]
        ]
        return shown, len(found)

    return LISTINGS[kind].answer(request, fetch)
