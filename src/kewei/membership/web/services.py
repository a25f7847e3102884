"""增值服务  Services to institutions: asked for, done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.journal.forms import KeyedForm
from kewei.kernel.refusals import N_
from kewei.membership import actions
from kewei.membership.queries import services
from kewei.membership.rules.services import KINDS
from kewei.membership.web.parts import SEE, answer, bound, form_page, posted
from kewei.people.keys import came_with
from kewei.people.listing import Col, Filter, Listing
from kewei.receivables.forms import DocumentForm, day_widget
from kewei.receivables.web.parts import address, today

SERVE = "membership.serve"


def _state(row: Any) -> str:
    return "done" if row.done_at else "late" if row.due_on < today() else "open"


STATES = {"open": N_("进行中"), "late": N_("已过期限"), "done": N_("已完成")}
TONES = {"open": "info", "late": "bad", "done": "ok"}

LISTING = Listing(
    name="membership.services",
    title=N_("增值服务"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: reverse("membership:service", args=[row.pk]),
        ),
        Col("kind", N_("种类"), words=lambda kind: _(KINDS[kind])),
        Col("words", N_("内容"), clip=True),
        Col("due_on", N_("完成日"), kind="day"),
        Col("owner", N_("负责人")),
        Col(
            "state", N_("状态"), kind="badge", value=lambda row: _(STATES[_state(row)]),
            tone=lambda row: TONES[_state(row)],
        ),
        Col("outcome", N_("结果"), clip=True, shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户、内容")),
        Filter("kind", N_("种类"), options=lambda _r: [(k, _(v)) for k, v in KINDS.items()]),
        Filter("state", N_("状态"), options=lambda _r: [("open", _("进行中")), ("done", _("已完成")), ("all", _("全部"))]),
    ],
    may_export="membership.export",
    row_url=lambda row: reverse("membership:service", args=[row.pk]),
    empty_title=N_("没有进行中的服务"),
    empty_text=N_("证照办理、培训、召回、近效期：服务不收费，也不与采购挂钩。"),
    empty_icon="lifebuoy",
)  # fmt: skip


class ServiceForm(DocumentForm):
    """A service to an institution."""

    VERB = SERVE
    kind = forms.ChoiceField(label=gettext_lazy("种类"))
    words = forms.CharField(label=gettext_lazy("内容"), max_length=300)
    due_on = forms.DateField(label=gettext_lazy("完成日"), widget=day_widget())

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = [(code, _(words)) for code, words in KINDS.items()]  # type: ignore[attr-defined]


class OutcomeForm(KeyedForm):
    """What came of it."""

    outcome = forms.CharField(label=gettext_lazy("结果"), max_length=300)


@require_http_methods(["GET", "POST"])
def list_services(request: HttpRequest) -> HttpResponseBase:
    """增值服务  Open ones by the day they are due."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        return services.list_services(request.user, start=start, limit=limit, **filters)

    return LISTING.answer(request, fetch, "membership/services.html", {"may_serve": request.user.may(SERVE)})


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """提出服务"""
    request.user.must(SERVE)
    form = bound(ServiceForm, request, request.user, **came_with(request))

    def go(given: dict[str, Any]) -> int:
        names = ("terminal", "kind", "words", "due_on")
        return actions.ask_service(**{name: given[name] for name in names}, by=request.user, now=timezone.now()).pk

    if pk := posted(request, form, "ask_service", go, _("服务已登记"), {"service_tied": "words"}):
        return redirect("membership:service", pk)
    return form_page(request, form, _("提出服务"), (_("增值服务"), reverse("membership:services")))


@require_GET
def service(request: HttpRequest, pk: int) -> HttpResponse:
    """服务"""
    request.user.must(SEE)
    row = services.service(request.user, pk)
    page = {
        "row": row,
        "kind": _(KINDS[row.kind]),
        "state": _(STATES[_state(row)]),
        "tone": TONES[_state(row)],
        "form": OutcomeForm(),
        "may_finish": row.done_at is None and request.user.may(SERVE),
        "customer_url": address("desk:terminal", row.terminal_id),
    }
    return render(request, "membership/service.html", page)


@require_POST
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """完成服务"""
    request.user.must(SERVE)
    back = reverse("membership:service", args=[pk])
    crumb = (services.service(request.user, pk).terminal_name, back)
    return answer(
        request, OutcomeForm(request.POST), "finish_service",
        lambda given: actions.finish_service(
            service=pk, outcome=given["outcome"], by=request.user, now=timezone.now()
        ).pk,
        _("服务已完成"), back, _("完成服务"), crumb,
    )  # fmt: skip
