"""重新学习  Ask for studies to be made anew from the ledger as it stands, and see how far the worker is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kewei.collecting import actions
from kewei.collecting.queries import learning
from kewei.kernel.refusals import N_
from kewei.receivables.web.parts import address

LEARN = "collecting.learn"
# Each study: its name and where it is read.
STUDIES = {
    learning.CURVE: (N_("回款曲线"), "insight:recovery"),
    learning.PREDICTION: (N_("迟付预测"), "insight:late"),
    learning.LOSS: (N_("预期信用损失"), "insight:loss"),
    learning.FORECAST: (N_("十三周回款"), "insight:forecast"),
}


@require_POST
def learn(request: HttpRequest, kind: str) -> HttpResponse:
    """重新学习  A POST asks for a study, or for all; the worker makes it, and the run's page says how far it is."""
    request.user.must(LEARN)
    return redirect("collecting:learning_run", actions.ask_learning(what=kind, by=request.user, now=timezone.now()))


@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """后台任务  How far it is, and what came of each study."""
    request.user.must(LEARN)
    row = learning.run_for(request.user, pk)
    told = [(_(STUDIES[kind][0]), why, address(STUDIES[kind][1])) for kind, why in row.told]
    back = address(STUDIES[row.kinds[0]][1])
    return render(request, "collecting/learning_run.html", _progress(row) | {"told": told, "back": back})


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, as a fragment; when it is over, the browser loads the page again."""
    request.user.must(LEARN)
    row = learning.run_for(request.user, pk)
    if row.finished_at is not None:
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = reverse("collecting:learning_run", args=[pk])
        return answer
    return render(request, "collecting/parts/learning_progress.html", _progress(row))


def _progress(row: learning.RunRow) -> dict[str, object]:
    return {"row": row, "total": len(row.kinds), "making": _(STUDIES[row.making][0]) if row.making else ""}


LEARNING = [
    path("learn/runs/<int:pk>/", run, name="learning_run"),
    path("learn/runs/<int:pk>/progress", progress, name="learning_progress"),
    path("learn/<str:kind>/", learn, name="learn"),
]
