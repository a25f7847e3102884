"""院外药房  Which pharmacies outside serve which hospital: told with a month, ended with one."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kewei.flows import actions
from kewei.flows.queries import offsite
from kewei.flows.rules.months import words_of
from kewei.flows.web.parts import MonthField, asked_month
from kewei.journal.forms import KeyedForm
from kewei.journal.web import once, or_error
from kewei.people.notices import done
from kewei.terminals import queries as terminals

SEE, REVIEW = "flows.see", "flows.review"
MOST = 500


class OffSiteForm(KeyedForm):
    """A pharmacy, the hospital it serves, and since which month."""

    pharmacy = forms.CharField(label=gettext_lazy("院外药房编码或全名"), max_length=120)
    hospital = forms.CharField(label=gettext_lazy("医院编码或全名"), max_length=120)
    since = MonthField(label=gettext_lazy("起始月份"))


@require_http_methods(["GET", "POST"])
def off_sites(request: HttpRequest) -> HttpResponse:
    """院外药房  Told here; usage can be shown at the hospital, moved and never counted twice."""
    request.user.must(SEE)
    form = OffSiteForm(request.POST or None, initial={"since": words_of(asked_month(request))})
    if request.method == "POST":
        request.user.must(REVIEW)
    if form.is_valid():
        given = form.cleaned_data

        def tell() -> int:
            return actions.tell_off_site(
                pharmacy=terminals.terminal_named(request.user, given["pharmacy"]),
                hospital=terminals.terminal_named(request.user, given["hospital"]), since=given["since"],
                by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        if or_error(form, lambda: once(request, "tell_off_site", tell)):
            done(request, _("院外药房已登记"))
            return redirect("flows:off_sites")
    rows, count = offsite.list_off_sites(request.user, limit=MOST)
    page = {
        "form": form, "rows": [(row, words_of(row.since), words_of(row.until) if row.until else "") for row in rows],
        "count": count, "may_tell": request.user.may(REVIEW),
    }  # fmt: skip
    return render(request, "flows/offsite.html", page, status=422 if request.method == "POST" else 200)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """结束归属  From this month on the pharmacy counts for itself again."""
    request.user.must(REVIEW)
    kept = offsite.off_site_for(request.user, pk)
    actions.end_off_site(off_site=kept, until=timezone.localdate(), by=request.user, now=timezone.now())
    done(request, _("院外药房归属已结束"))
    return redirect("flows:off_sites")


OFF_SITES = [
    path("offsite/", off_sites, name="off_sites"),
    path("offsite/<int:pk>/end/", end, name="end_off_site"),
]
