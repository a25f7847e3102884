"""宣传材料  Materials by version: what may be shown, what waits for compliance."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.campaigns import actions
from kewei.campaigns.queries import materials
from kewei.campaigns.queries.materials import GOOD, OLD, REFUSED, STATES, WAITING
from kewei.campaigns.web.forms import JudgeForm, MaterialForm, VersionForm
from kewei.journal.web import attachment_response, kept_upload, once, or_error
from kewei.kernel.refusals import N_, NotFound
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables.web.parts import today

SEE, PROPOSE, APPROVE, EXPORT = "campaigns.see", "campaigns.propose", "campaigns.approve", "campaigns.export"
TONES = {WAITING: "warn", GOOD: "ok", REFUSED: "bad", OLD: "quiet"}

LISTING = Listing(
    name="campaigns.materials",
    title=N_("宣传材料"),
    columns=[
        Col(
            "name", N_("材料"), lead=True, clip=True, sub=lambda row: row.product,
            link=lambda row: reverse("campaigns:material", args=[row.material_id]),
        ),
        Col("number", N_("版本"), value=lambda row: f"v{row.number}"),
        Col("valid_until", N_("有效期至"), kind="day"),
        Col(
            "state", N_("状态"), kind="badge", value=lambda row: row.state(today()), words=lambda code: _(STATES[code]),
            tone=lambda row: TONES[row.state(today())],
        ),
        Col("by", N_("登记人"), shown=False),
        Col("judged_by", N_("审核人")),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("材料、产品")),
        Filter("waiting", N_("只看待审核的"), kind="flag"),
    ],
    may_export=EXPORT,
    row_url=lambda row: reverse("campaigns:material", args=[row.material_id]),
    empty_title=N_("还没有宣传材料"),
    empty_text=N_("拜访和会议上给客户看的折页、幻灯、价签，先登记版本、由合规审核，活动才能选用。"),
    empty_icon="file-text",
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def list_materials(request: HttpRequest) -> HttpResponseBase:
    """宣传材料  Versions, newest first."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        return materials.list_versions(request.user, start=start, limit=limit, **filters)

    return LISTING.answer(request, fetch, "campaigns/materials.html", {"may_propose": request.user.may(PROPOSE)})


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """登记宣传材料  With its first version."""
    request.user.must(PROPOSE)
    form = MaterialForm(request.user, request.POST or None, request.FILES or None)
    if form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            return actions.make_material(
                name=given["name"], product=given["product"], says=given["says"], valid_until=given["valid_until"],
                paper=kept_upload(request, given["paper"], PROPOSE), by=request.user, now=timezone.now(),
            ).material_id  # fmt: skip

        if pk := or_error(form, lambda: once(request, "make_material", keep)):
            done(request, _("材料已登记，等待合规审核"))
            return redirect("campaigns:material", pk)
    page = {
        "form": form,
        "title": _("登记宣传材料"),
        "back": reverse("campaigns:materials"),
        "back_name": _("宣传材料"),
        "files": True,
    }
    return render(request, "campaigns/form.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def material(request: HttpRequest, pk: int) -> HttpResponse:
    """宣传材料  Its versions with what compliance said; POST adds a version."""
    request.user.must(SEE)
    kept = materials.material_for(request.user, pk)
    form = VersionForm(request.POST or None, request.FILES or None) if request.user.may(PROPOSE) else None
    if request.method == "POST":
        request.user.must(PROPOSE)
    if form is not None and form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            return actions.add_version(
                material=pk, says=given["says"], valid_until=given["valid_until"],
                paper=kept_upload(request, given["paper"], PROPOSE), by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        if or_error(form, lambda: once(request, "add_version", keep)):
            done(request, _("新版本已登记，等待合规审核"))
            return redirect("campaigns:material", pk)
    return _page(request, kept, form)


@require_POST
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """材料审核  One word about a version."""
    request.user.must(APPROVE)
    version = materials.version_for(request.user, pk, APPROVE)
    form = JudgeForm(request.POST)

    def keep() -> int:
        given = form.cleaned_data
        return actions.judge_version(
            version=pk, agreed=given["agreed"] == "yes", note=given["note"], by=request.user, now=timezone.now()
        ).pk

    if not form.is_valid() or not or_error(form, lambda: once(request, "judge_version", keep)):
        return _page(request, version.material, None, form)
    done(request, _("审核已登记"))
    return redirect("campaigns:material", version.material_id)


@require_GET
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """材料文件  The file of a version."""
    request.user.must(SEE)
    version = materials.version_for(request.user, pk)
    if version.paper is None:
        raise NotFound(noun=N_("附件"))
    return attachment_response(version.paper)


def _page(request: HttpRequest, kept: Any, form: Any, judging: Any = None) -> HttpResponse:
    person, day = request.user, today()
    rows = materials.versions_of(kept.pk)
    mine = {kept.made_by_id}
    waiting = next((row for row in rows if row.agreed is None and person.pk not in mine | {row.by_id}), None)
    page = {
        "kept": kept, "rows": [(row, _(STATES[row.state(day)]), TONES[row.state(day)]) for row in rows], "form": form,
        "waiting": waiting if person.may(APPROVE) else None, "judge_form": judging or JudgeForm(),
    }  # fmt: skip
    wrong = bool((form is not None and form.errors) or judging is not None)
    return render(request, "campaigns/material.html", page, status=422 if wrong else 200)


MATERIALS = [
    path("materials/", list_materials, name="materials"),
    path("materials/new/", new, name="material_new"),
    path("materials/<int:pk>/", material, name="material"),
    path("materials/versions/<int:pk>/judge/", judge, name="judge"),
    path("materials/versions/<int:pk>/paper/", paper, name="material_paper"),
]
