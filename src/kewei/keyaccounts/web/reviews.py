"""季度复盘  A quarter of a plan against the ledger: goals, actions, why, and what is changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kewei.keyaccounts import actions
from kewei.keyaccounts.forms import ReviewForm
from kewei.keyaccounts.queries import plans, reviewing
from kewei.keyaccounts.queries.earning import SEE
from kewei.keyaccounts.rules import plans as rules
from kewei.keyaccounts.rules.plans import SALES
from kewei.keyaccounts.rules.reviewing import VERDICT_TONES, VERDICTS, expected_by
from kewei.keyaccounts.web.parts import lines_shown, percent, span
from kewei.people.notices import done
from kewei.receivables.web.parts import once, or_error, today

REVIEW = "keyaccounts.review"


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, pk: int, quarter: int) -> HttpResponse:
    """季度复盘  As it stands on the ledger, or as it was kept; whoever may writes why and what is changed."""
    request.user.must(SEE)
    kept = plans.plan_for(request.user, pk)
    seen = reviewing.preview(kept, quarter, today())
    file = plans.plan_file(request.user, pk, today())
    former = next((one for one in file.reviews if one.quarter == quarter), None)
    may = request.user.may(REVIEW) and kept.in_force is not None and not seen.running
    form = ReviewForm(
        request.POST or None,
        initial={"reasons": former.reasons, "adjust": former.adjust} if former else {},
    )
    if request.method == "POST":
        request.user.must(REVIEW)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            return actions.keep_review(
                plan=pk, quarter=quarter, reasons=given["reasons"], adjust=given["adjust"], told_share_bp=given["share"],
                by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        if or_error(form, lambda: once(request, "keep_review", keep)):
            done(request, _("复盘已登记"))
            return redirect("keyaccounts:review", pk, quarter)
    now_lines = [reviewing.line_as_json(line) for line in seen.lines]
    page: dict[str, Any] = {
        "row": file.row,
        "span": span(file.row),
        "seen": seen,
        "quarter": quarter,
        "lines": lines_shown(now_lines),
        "verdict": _(VERDICTS[seen.verdict]),
        "tone": VERDICT_TONES[seen.verdict],
        "figures": seen.figures,
        "overdue": percent(reviewing.overdue_bp(seen.figures)),
        "actions": [
            (_(rules.PROGRESS[code]), seen.figures["actions"].get(code, 0), rules.PROGRESS_TONES[code])
            for code in rules.PROGRESS
        ],
        "former": former,
        "former_lines": lines_shown(former.lines) if former else [],
        "former_verdict": (_(VERDICTS[former.verdict]), VERDICT_TONES[former.verdict]) if former else None,
        "form": form,
        "may": may,
        "chart": _sales(kept, file, quarter, seen),
        "quarters": [(n, n == quarter, first <= today()) for n, (first, _last) in enumerate(file.quarters, 1)],
    }
    return render(request, "keyaccounts/review.html", page, status=422 if request.method == "POST" else 200)


def _sales(kept: Any, file: Any, quarter: int, seen: reviewing.Preview) -> dict[str, Any] | None:
    """Sales wanted by each quarter's end, and what there was by those that are reviewed and this one."""
    goal = next(
        (one for one in plans.goals_of(plans.version_of(kept, kept.in_force or kept.newest)) if one.kind == SALES), None
    )
    if goal is None:
        return None
    many = len(file.quarters)
    sold = {one.quarter: one.figures.get("sales_fen") for one in file.reviews} | {quarter: seen.figures["sales_fen"]}
    return {
        "days": [last.isoformat() for _first, last in file.quarters],
        "series": [
            {"name": _("计划"), "fen": [expected_by(goal, n, many) for n in range(1, many + 1)], "dashed": True},
            {"name": _("实际"), "fen": [sold.get(n) for n in range(1, many + 1)], "points": True},
        ],
    }


REVIEWS = [path("<int:pk>/reviews/<int:quarter>/", review, name="review")]
