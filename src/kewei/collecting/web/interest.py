"""法定逾期利息  Per invoice the lawful due day and the interest with its lines; a claim to print."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kewei.collecting.papers.interest import interest_claim
from kewei.collecting.queries import interest
from kewei.collecting.rules.interest import STARTS
from kewei.collecting.web import files
from kewei.credit.rules.terms import WHY
from kewei.receivables.web.parts import today
from kewei.terminals import queries as terminals

SEE = "collecting.see"


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """法定逾期利息  What one customer owes beside the principal, line by line."""
    request.user.must(SEE)
    terminal = terminals.terminal_for(request.user, pk, SEE)
    claim = interest.claim_of(request.user, pk, today())
    page = files.head(terminal) | {
        "claim": claim,
        "why": _(WHY[claim.applies.why]),
        "lines": [(line, _(STARTS[line.start_from])) for line in claim.lines],
        "rate": _rate(claim.applies.daily_bp),
    }
    return render(request, "collecting/interest.html", page)


@require_GET
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """逾期利息主张书  The claim as a PDF."""
    request.user.must(SEE)
    terminal = terminals.terminal_for(request.user, pk, SEE)
    claim = interest.claim_of(request.user, pk, today())
    answer = HttpResponse(
        interest_claim(terminal, claim, _rate(claim.applies.daily_bp)), content_type="application/pdf"
    )
    answer["Content-Disposition"] = (
        content_disposition_header(False, "{} {}.pdf".format(_("逾期利息"), terminal.code)) or ""
    )
    return answer


def _rate(daily_bp: int) -> str:
    """Basis points a day as a percentage: 5 is 0.05%."""
    return f"{daily_bp // 100}.{daily_bp % 100:02d}%"


INTEREST: list[Any] = [
    path("terminals/<int:pk>/interest/", show, name="interest"),
    path("terminals/<int:pk>/interest.pdf", paper, name="interest_paper"),
]
