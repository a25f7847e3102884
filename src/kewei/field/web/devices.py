"""外勤设备  Enrolling the phone in one's hand, the list of phones, one phone with what it told us, stopping it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.field import actions, queries
from kewei.field.rules import CONFLICTS, REASONS, VERBS
from kewei.kernel.refusals import N_, NotAllowed, Refused
from kewei.people.notices import done
from kewei.receivables.web.parts import address

USE, REVOKE = "field.use", "field.revoke"
TAMPERED = {
    "command": N_("内容与签名不符"),
    "round": N_("整次同步的签名不符"),
    "device": N_("冒用另一台手机的记录"),
    "key": N_("同一编号、不同内容"),
    "piece": N_("原图分片不符"),
}
# What lies on a phone, as people call it; what is not named here is no business of whoever looks.
KINDS = {
    "terminals": N_("客户"),
    "stops": N_("计划拜访"),
    "briefs": N_("拜访提要"),
    "checklists": N_("检核表"),
    "visits": N_("拜访"),
    "invoices": N_("未清发票"),
    "products": N_("产品"),
}


class EnrolForm(forms.Form):
    """The name of a phone."""

    name = forms.CharField(label=gettext_lazy("手机名称"), max_length=60)


class StopForm(forms.Form):
    """Why a phone is stopped."""

    why = forms.ChoiceField(label=gettext_lazy("停用原因"))
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["why"].choices = [(code, _(words)) for code, words in REASONS.items()]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """登记手机  The page asks for a name; what it posts is answered with what the phone signs with, once."""
    request.user.must(USE)
    form = EnrolForm(request.POST or None, initial={"name": _("{name}的手机").format(name=request.user.name)})
    if request.method == "POST" and form.is_valid():
        try:
            device, secret = actions.enrol_device(name=form.cleaned_data["name"], by=request.user, now=timezone.now())
        except Refused as no:
            return JsonResponse({"code": no.code, "sentence": no.sentence(_)}, status=no.status)
        answer = {"device": device.pk, "secret": secret, "name": device.name, "person": request.user.name}
        return JsonResponse(answer)
    return render(request, "field/enrol.html", {"form": form}, status=422 if request.method == "POST" else 200)


@require_GET
def devices(request: HttpRequest) -> HttpResponse:
    """外勤设备  One's own phones, and those of whom one leads."""
    _may_look(request)
    page = {"rows": _shown(request), "may_use": request.user.may(USE), "enrol_url": address("field:enrol")}
    return render(request, "field/devices.html", page)


@require_GET
def device(request: HttpRequest, pk: int) -> HttpResponse:
    """一台手机  What it told us, what was not its own, what lies on it."""
    _may_look(request)
    return _page(request, pk, StopForm())


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """停用手机"""
    _may_look(request)
    found, form = queries.device_for(request.user, pk), StopForm(request.POST)
    if form.is_valid():
        actions.stop_device(device=found, by=request.user, now=timezone.now(), **form.cleaned_data)
        done(request, _("{name} 已停用：它下次联网时会清除客户资料").format(name=found.name))
        return redirect("field:device", pk)
    return _page(request, pk, form, 422)


@require_GET
def conflicts(request: HttpRequest) -> HttpResponse:
    """谁说了算  The whole rule for conflicts, on one page."""
    _may_look(request)
    return render(request, "field/conflicts.html", {"lines": [(_(one.what), _(one.then)) for one in CONFLICTS]})


def _may_look(request: HttpRequest) -> None:
    if not (request.user.may(USE) or request.user.may(REVOKE)):
        raise NotAllowed(verb=USE)


def _shown(request: HttpRequest, pk: int | None = None) -> list[dict[str, Any]]:
    rows = queries.devices(request.user, pk)
    return [{"row": row, "url": reverse("field:device", args=[row.pk]), **_state(row)} for row in rows]


def _state(row: queries.DeviceRow) -> dict[str, str]:
    if row.stopped_at is None:
        return {"state": _("使用中"), "tone": "ok", "why": ""}
    words = _("已停用，已通知清除") if row.told_at or row.why == "left" else _("已停用，尚未联网")
    return {"state": words, "tone": "quiet" if row.told_at or row.why == "left" else "warn", "why": _(REASONS[row.why])}


def _page(request: HttpRequest, pk: int, form: StopForm, status: int = 200) -> HttpResponse:
    found = queries.device_for(request.user, pk)
    held = queries.held_of(request.user, pk)
    page = {
        "one": _shown(request, pk)[0],
        "form": form,
        "may_stop": request.user.may(REVOKE) or found.person_id == request.user.pk,
        "commands": [(one, _(VERBS[one.verb])) for one in queries.commands_of(request.user, pk)],
        "tamperings": [(one, _(TAMPERED[one.why])) for one in queries.tamperings_of(request.user, pk)],
        "waiting_photos": queries.photos_under_way(request.user, pk),
        "held": [(_(words), held[kind]) for kind, words in KINDS.items() if held.get(kind)],
    }
    return render(request, "field/device.html", page, status=status)


URLS = [
    path("enrol/", enrol, name="enrol"),
    path("conflicts/", conflicts, name="conflicts"),
    path("devices/", devices, name="devices"),
    path("devices/<int:pk>/", device, name="device"),
    path("devices/<int:pk>/stop/", stop, name="stop"),
]
