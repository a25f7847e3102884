"""The house's own pages: what does not fit together."""

from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from kewei.config import checking

SHOWN = 500


@require_GET
def check(request):
    """核对  Every finding of every room, now."""
    request.user.must("journal.check")
    found = list(checking.findings(SHOWN + 1))
    return render(request, "config/check.html", {"found": found[:SHOWN], "more": len(found) > SHOWN})


urlpatterns = [path("check", check, name="check")]
