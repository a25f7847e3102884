"""信用档案  Everything about a customer's credit on one page."""

from __future__ import annotations

from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kewei.credit.queries import applications, limits, standing, surveys
from kewei.credit.rules.applications import KINDS, STATES
from kewei.credit.rules.exposure import PARTS
from kewei.credit.rules.holds import REASONS
from kewei.credit.rules.redlines import LISTS
from kewei.receivables.web.parts import address, today
from kewei.terminals import queries as terminals
from kewei.terminals import rules as terminal_rules

SEE = "credit.see"


@require_GET
def credit_file(request, pk: int):
    """信用档案"""
    terminal = terminals.terminal_for(request.user, pk, SEE)
    stands = standing.standing(pk, today())
    rows, _count = applications.list_applications(request.user, terminal=pk, limit=8)
    forms, _n = surveys.list_surveys(request.user, today(), terminal=pk, limit=8)
    lists = surveys.lists_of(pk)
    granted = stands.granted_fen
    page = {
        "terminal": terminal,
        "kind": _(terminal_rules.KINDS[terminal.kind]),
        "customer_url": address("desk:terminal", pk),
        "stands": stands,
        "used_percent": max(0, stands.exposure.total_fen) * 100 // granted if granted else 0,
        "parts": [(_(words), stands.exposure.part(name), sign) for name, (sign, words) in PARTS.items()],
        "holds": [(_(REASONS[reason]), note) for reason, note in stands.holds],
        "limits": limits.limits_of(pk)[:8],
        "applications": [(row, _(KINDS[row.kind]), _(STATES[row.state])) for row in rows],
        "surveys": [(row, _(surveys.STATES[row.state])) for row in forms],
        "lists": [(_(words), lists.get(code)) for code, words in LISTS.items()],
        "score_url": address("credit:score", pk),
        "may_survey": request.user.may("credit.survey"),
        "may_apply": request.user.may("credit.apply"),
        "survey_url": f"{reverse('credit:survey_new')}?terminal={pk}",
        "apply_url": f"{reverse('credit:apply')}?terminal={pk}",
    }
    return render(request, "credit/file.html", page)


urlpatterns = [path("terminals/<int:pk>/", credit_file, name="file")]
