"""代理人  Who decides in somebody's place while they are away: the reader's own, and those they stand in for."""

from __future__ import annotations

from typing import Any

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kewei.kernel.refusals import N_, Refused
from kewei.people import actions, queries
from kewei.people.forms import DeputyForm
from kewei.people.notices import done

# State of a deputy: what readers call it, and its tone.
STATES: dict[str, tuple[str, str]] = {
    "live": (N_("代理中"), "ok"),
    "waiting": (N_("未开始"), "info"),
    "over": (N_("已到期"), "quiet"),
    "ended": (N_("已提前结束"), "quiet"),
}


@require_http_methods(["GET", "POST"])
def deputies(request):
    """代理人  The list, and a form to appoint one; whoever appoints people sees everybody's."""
    request.user.must("people.deputise")
    today = timezone.localdate()
    form = DeputyForm(request.user, request.POST or None, initial={"since": today})
    if form.is_valid():
        given = dict(form.cleaned_data)
        taker = queries.colleague(given.pop("taker"))
        try:
            actions.appoint_deputy(taker=taker, by=request.user, now=timezone.now(), **given)
        except Refused as no:
            form.add_error(None, no.sentence(_))
        else:
            done(request, _("{name} 将在此期间代您作决定").format(name=taker.name))
            return redirect("people:deputies")
    page = {
        "form": form,
        "rows": [_told(row, request.user, today) for row in queries.deputies(request.user)],
        "stands_in_for": queries.stands_in_for(request.user, today),
        "everybody": request.user.may("people.appoint"),
    }
    return render(request, "people/deputies.html", page, status=422 if request.method == "POST" else 200)


def _told(row: queries.DeputyRow, reader: Any, today: Any) -> dict[str, Any]:
    state = row.state(today)
    words, tone = STATES[state]
    may_end = state in {"live", "waiting"} and (row.giver == reader.login or reader.may("people.appoint"))
    return {"row": row, "state": _(words), "tone": tone, "may_end": may_end}


@require_POST
def end_deputy(request, pk: int):
    """结束代理"""
    actions.end_deputy(pk=pk, by=request.user, now=timezone.now())
    done(request, _("代理已结束"))
    return redirect("people:deputies")
