"""重新学习  Make a study anew from the ledger as it stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kewei.collecting import actions
from kewei.collecting.queries import learning
from kewei.kernel.refusals import N_, NotFound
from kewei.people.notices import done
from kewei.receivables.web.parts import address, today

STUDIES = {
    learning.CURVE: (actions.draw_curves, "insight:recovery"),
    learning.PREDICTION: (actions.train_prediction, "insight:late"),
    learning.LOSS: (actions.reckon_loss, "insight:loss"),
    learning.FORECAST: (actions.forecast_cash, "insight:forecast"),
}


@require_POST
def learn(request: HttpRequest, kind: str) -> HttpResponse:
    """重新学习  Curves, the model of late payment, the expected loss or the forecast."""
    if kind not in STUDIES:
        raise NotFound(noun=N_("学习结果"))
    study, page = STUDIES[kind]
    study(as_of=today(), by=request.user, now=timezone.now())
    done(request, _("已按今天的账重新学习"))
    return redirect(address(page) or "/")


LEARNING = [path("learn/<str:kind>/", learn, name="learn")]
