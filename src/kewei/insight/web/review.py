"""月度回顾  A month against the one before and a year ago, on a page and as a file."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kewei.insight.papers import review as papers
from kewei.insight.queries import review as queries
from kewei.insight.queries.habits import SEE
from kewei.insight.rules.periods import BadMonth, month_from
from kewei.insight.web.keeping import shared
from kewei.kernel.calendar import month_before
from kewei.people.listing.export import SHEET_TYPE, take_out
from kewei.receivables.web.parts import today

EXPORT = "sales.export"
MONTHS = 24
TYPES = {"pdf": "application/pdf", "xlsx": SHEET_TYPE}


def month_asked(request: HttpRequest) -> date:
    """The month of an address; last month where it names none that is over."""
    newest = month_before(today())
    try:
        return min(month_from(request.GET.get("month", "")), newest)
    except BadMonth:
        return newest


@require_GET
def review_page(request: HttpRequest) -> HttpResponse:
    """月度回顾  The tables of the review, each number as in the file."""
    request.user.must(SEE)
    month = month_asked(request)
    found = queries.review(request.user, month, today())
    page = shared(request, "review") | {
        "month": month, "months": [month_before(today(), n) for n in range(1, MONTHS + 1)],
        "tables": [
            (title, heads, [[(cell, isinstance(cell, papers.Fen)) for cell in row] for row in rows])
            for title, heads, rows in papers.tables(found, _)
        ],
        "notes": papers.notes(found, _), "may_export": request.user.may(EXPORT),
        "empty": not found.against_before.count and not found.against_year.count,
    }  # fmt: skip
    return render(request, "insight/review.html", page)


@require_GET
def review_file(request: HttpRequest) -> HttpResponse:
    """The review as PDF or Excel (`?format=xlsx`), recorded as taken out."""
    request.user.must(EXPORT)
    month, kind = month_asked(request), "xlsx" if request.GET.get("format") == "xlsx" else "pdf"
    found = queries.review(request.user, month, today())
    content = papers.review_xlsx(found, _) if kind == "xlsx" else papers.review_pdf(found, _)
    take_out(
        noun="sales", verb=EXPORT, rows=sum(len(rows) for _title, _heads, rows in papers.tables(found, _)),
        asked=f"review {month:%Y-%m} {kind}", by=request.user, now=timezone.now(),
    )  # fmt: skip
    answer = HttpResponse(content, content_type=TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="review-{month:%Y-%m}.{kind}"'
    return answer
