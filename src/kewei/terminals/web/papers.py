"""证照与质管  The licence report of a customer: required, held, missing, verified by whom; vetoes and suspensions."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kewei.journal import actions as journal_actions
from kewei.journal.web import attachment_response, kept_upload
from kewei.kernel.refusals import Refused
from kewei.people.notices import done
from kewei.terminals import actions, queries, rules
from kewei.terminals.forms import AuthorisedPaperForm, ImageForm, VetoForm
from kewei.terminals.papers.report import licence_report

TONES = {"valid": "ok", "ending": "warn", "expired": "bad", "undated": "quiet"}
LEVELS = {"block": "bad", "warn": "warn", "record": "info"}


@require_GET
def report(request, pk: int):
    """证照报告"""
    return _page(request, pk)


def _page(request: Any, pk: int, veto: VetoForm | None = None, fault: str = ""):
    reader = request.user
    found = queries.paper_report(reader, pk, timezone.now())
    page = {
        "terminal": queries.terminal_for(reader, pk),
        "required": [(" / ".join(_(rules.LICENCE_KINDS[kind]) for kind in group), held) for group, held in found.required],
        "held": [
            (
                one, _(rules.LICENCE_KINDS.get(one.kind, one.kind)), _(rules.LICENCE_STATES[one.state]), TONES[one.state],
                "、".join(_(rules.SCOPE_CODES.get(code, code)) for code in one.scope),
                _(rules.VERIFIED_HOW.get(one.verified_how, "")) if one.verified_how else "",
            )
            for one in found.held
        ],
        "findings": [(rules.finding_says(one, _), LEVELS[one.level]) for one in found.findings],
        "authorised": [
            (one, "、".join(_(rules.AUTHORISED_KINDS.get(kind, kind)) for kind in one.kinds)) for one in found.authorised
        ],
        "vetoes": [(one, _(rules.SCOPE_CLASSES[one[1]]) if one[1] else _("全部品类")) for one in found.vetoes],
        "may_veto": reader.may("terminals.veto"),
        "may_suspend": reader.may("terminals.licence"),
        "may_edit": reader.may("terminals.edit"),
        "veto_form": veto or VetoForm(),
        "fault": fault,
        "today": timezone.localdate(),
    }  # fmt: skip
    return render(request, "terminals/papers.html", page, status=422 if veto or fault else 200)


@require_GET
def report_pdf(request, pk: int):
    """证照报告  As a PDF for the quality file."""
    reader, now = request.user, timezone.now()
    found, terminal = queries.paper_report(reader, pk, now), queries.terminal_for(reader, pk)
    answer = HttpResponse(licence_report(terminal, found, localdate(now)), content_type="application/pdf")
    name = f"{_('证照报告')}-{terminal.code}-{localdate(now)}.pdf"
    answer["Content-Disposition"] = content_disposition_header(False, name) or ""
    return answer


@require_POST
def place_veto(request, pk: int):
    """质管否决"""
    request.user.must("terminals.veto")
    terminal = queries.terminal_for(request.user, pk)
    form = VetoForm(request.POST)
    if form.is_valid():
        try:
            actions.place_veto(terminal=terminal, by=request.user, now=timezone.now(), **form.cleaned_data)
        except Refused as why:
            form.add_error(None, why.sentence(_))
        else:
            done(request, _("已登记质管否决，该客户的订单不再放行"))
            return redirect("terminals:papers", pk)
    return _page(request, pk, veto=form)


@require_POST
def lift_veto(request, pk: int):
    """解除质管否决"""
    request.user.must("terminals.veto")
    veto = queries.veto_for(request.user, pk)
    actions.lift_veto(veto=veto, why=request.POST.get("why", "")[:200], by=request.user, now=timezone.now())
    done(request, _("质管否决已解除"))
    return redirect("terminals:papers", veto.terminal_id)


@require_POST
def suspend(request, pk: int):
    """暂停、吊销或恢复证照"""
    request.user.must("terminals.licence")
    licence = queries.licence_for(request.user, pk)
    how = request.POST.get("how", "")
    by = {"by": request.user, "now": timezone.now()}
    if how == "lift":
        actions.unsuspend_licence(licence=licence, **by)
        done(request, _("证照已恢复"))
    else:
        actions.suspend_licence(
            licence=licence, reason=request.POST.get("reason", "")[:200], revoked=how == "revoke", **by
        )
        done(request, _("证照已登记暂停或吊销"))
    return redirect("terminals:papers", licence.terminal_id)


@require_POST
def add_image(request, pk: int):
    """添加扫描件"""
    request.user.must("terminals.edit")
    licence = queries.licence_for(request.user, pk)
    form = ImageForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, licence.terminal_id, fault=_("请选择文件"))
    by = {"by": request.user, "now": timezone.now()}
    attachment = kept_upload(request, form.cleaned_data["file"], "terminals.edit")
    actions.add_licence_image(licence=licence, attachment=attachment, sealed=form.cleaned_data["sealed"], **by)
    done(request, _("扫描件已添加"))
    return redirect("terminals:papers", licence.terminal_id)


@require_GET
def image(request, pk: int):
    """扫描件  As a download; the look at it is noted."""
    attachment = queries.image_of(request.user, pk)
    journal_actions.note_read(
        what=f"terminals.licenceimage:{pk}", verb="terminals.see", by=request.user, now=timezone.now()
    )
    return attachment_response(attachment)


@require_POST
def add_authorised_paper(request, pk: int):
    """授权书、印章式样  The scanned letter of an authorised person, or the sample of their seal."""
    request.user.must("terminals.edit")
    person = queries.authorised_for(request.user, pk)
    form = AuthorisedPaperForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, person.terminal_id, fault=_("请选择文件"))
    by = {"by": request.user, "now": timezone.now()}
    attachment = kept_upload(request, form.cleaned_data["file"], "terminals.edit")
    actions.keep_authorised_paper(authorised=person, which=form.cleaned_data["which"], attachment=attachment, **by)
    done(request, _("扫描件已添加"))
    return redirect("terminals:papers", person.terminal_id)


@require_GET
def authorised_paper(request, pk: int, which: str):
    """授权书、印章式样  As a download; the look at it is noted."""
    attachment = queries.authorised_paper(request.user, pk, which)
    journal_actions.note_read(
        what=f"terminals.authorised:{pk}:{which}", verb="terminals.see", by=request.user, now=timezone.now()
    )
    return attachment_response(attachment)
