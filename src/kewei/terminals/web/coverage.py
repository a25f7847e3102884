"""潜在客户数量与潜力  Whether the prospects carry to the target, who needs how many, and the nine-box."""

from __future__ import annotations

from datetime import date

from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kewei.people import queries as people
from kewei.people.keys import key_of
from kewei.people.notices import done
from kewei.terminals import actions
from kewei.terminals.queries import potential as queries
from kewei.terminals.rules.coverage import BadTarget
from kewei.terminals.rules.potential import ADVICE, CLASS_WORDS, CLASSES, SHARES
from kewei.terminals.rules.prospects import OPEN_STAGES, STAGES
from kewei.terminals.web.prospects import PROSPECT, tabs


def month_of(text: str) -> date:
    """The month asked for, as its first day; this one where none is."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return timezone.localdate().replace(day=1)


@require_GET
def coverage_page(request):
    """潜在客户数量  Held, expected, needed and missing of each representative, with the conversion behind it."""
    request.user.must(PROSPECT)
    month = month_of(request.GET.get("month", ""))
    found = queries.pipeline(request.user, month, timezone.localdate())
    page = {
        "tabs": tabs(request, "coverage"),
        "found": found,
        "month": month,
        "stages": [(stage, _(STAGES[stage]), found.house[stage]) for stage in OPEN_STAGES],
        "rows": [
            {
                "row": row,
                "held": [(_(STAGES[stage]), row.held.get(stage, 0)) for stage in OPEN_STAGES],
                "expected": f"{row.figures.expected_milli / 1000:.1f}",
                "covered": None if row.figures.covered_bp is None else min(999, row.figures.covered_bp // 100),
                "rate": percent(row.rates[OPEN_STAGES[0]].rate_bp),
                "url": reverse("terminals:prospects") + f"?owner={row.person}",
            }
            for row in found.rows
        ],
        "house": [
            (_(STAGES[stage]), rate, percent(rate.rate_bp), percent(rate.low_bp), percent(rate.high_bp))
            for stage, rate in found.house.items()
        ],
        "alarms": sum(row.figures.alarm for row in found.rows),
        "may_set": request.user.may("terminals.growth"),
        "confidence": f"{found.rules.z_thousandths / 1000:.3f}",
    }
    return render(request, "terminals/coverage.html", page)


def percent(bp: int) -> str:
    """Basis points as a percentage with one decimal."""
    return f"{bp / 100:.1f}%"


@require_POST
def set_target(request):
    """设定开发目标  How many new customers somebody is to win in a month."""
    request.user.must("terminals.growth")
    month = month_of(request.POST.get("month", ""))
    person = people.colleague(key_of(request.POST.get("person")) or 0)
    text = request.POST.get("customers", "").strip()
    if not text.isdecimal() or len(text) > 6:
        raise BadTarget(text=text[:20], most=999)
    actions.set_target(person=person, month=month, customers=int(text), by=request.user, now=timezone.now())
    done(
        request,
        _("{name} {month} 的开发目标：{count} 家").format(name=person.name, month=f"{month:%Y-%m}", count=int(text)),
    )
    return redirect(reverse("terminals:coverage") + f"?month={month:%Y-%m}")


@require_GET
def nine_box(request):
    """潜力九宫格  Potential against our share: where to win, to invest, to defend."""
    request.user.must(PROSPECT)
    day = timezone.localdate()
    potential, share = request.GET.get("potential", ""), request.GET.get("share", "")
    chosen = potential in CLASSES and share in SHARES
    boxes = queries.nine_box(request.user, day)
    page = {
        "tabs": tabs(request, "nine_box"),
        "heads": [_(words) for words in SHARES.values()],
        "rows": [
            (
                _(CLASS_WORDS[row]),
                [
                    (box, _(ADVICE[box.potential, box.share]), f"?potential={box.potential}&share={box.share}")
                    for box in boxes
                    if box.potential == row
                ],
            )
            for row in CLASSES
        ],
        "chosen": f"{_(CLASS_WORDS[potential])} · {_(SHARES[share])}" if chosen else "",
        "advice": _(ADVICE[potential, share]) if chosen else "",
        "listed": [
            (row, (row[5] or 0) / 100) for row in queries.box_terminals(request.user, day, potential, share)
        ] if chosen else [],
        "empty": not any(box.count for box in boxes),
    }  # fmt: skip
    return render(request, "terminals/nine_box.html", page)


COVERAGE = [
    path("prospects/coverage", coverage_page, name="coverage"),
    path("prospects/targets", set_target, name="set_target"),
    path("prospects/nine-box", nine_box, name="nine_box"),
]
