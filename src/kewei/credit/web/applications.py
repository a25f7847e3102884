"""授信申请  Applying, the whole file in view for whoever decides, and the letter to the customer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.credit import actions
from kewei.credit.forms import ApplicationForm, OpinionForm
from kewei.credit.papers.letter import credit_letter
from kewei.credit.queries import applications, files, standing, surveys
from kewei.credit.rules.applications import KINDS, STATES, WORDS
from kewei.credit.rules.exposure import PARTS
from kewei.credit.rules.redlines import NEVER_WAIVED, RED_LINES
from kewei.credit.rules.terms import WHY
from kewei.kernel.money import yuan_plain
from kewei.kernel.refusals import N_, NotFound
from kewei.people import queries as people
from kewei.people.listing import Col, Filter, Listing, page_of
from kewei.people.notices import done
from kewei.people.rules import ROLES
from kewei.receivables.web.parts import address, once, or_error, today
from kewei.terminals import queries as terminals

SEE, APPLY = "credit.see", "credit.apply"
TONES = {"waiting": "warn", "granted": "ok", "rejected": "bad", "returned": "info", "withdrawn": "quiet"}
_page_of_application = page_of("credit:application")
either = require_http_methods(["GET", "POST"])


def _words(words: dict[str, str]) -> Any:
    return lambda request: [(code, _(label)) for code, label in words.items()]


LISTING = Listing(
    name="credit.applications",
    title=N_("授信申请"),
    columns=[
        Col("number", N_("申请号"), lead=True, sort="number", link=lambda row: _page_of_application(row.pk)),
        Col("terminal_name", N_("客户"), sub=lambda row: row.terminal_code, clip=True),
        Col("kind", N_("类型"), words=lambda code: _(KINDS[code])),
        Col("state", N_("状态"), kind="badge", words=lambda code: _(STATES[code]), tone=lambda row: TONES[row.state]),
        Col("waiting_for", N_("等谁"), words=lambda code: _(ROLES[code].name)),
        Col("step", N_("进度"), value=lambda row: f"{row.step} / {row.steps}"),
        Col("wanted_fen", N_("申请额度"), kind="amount", sort="wanted"),
        Col("suggested_fen", N_("建议额度"), kind="amount"),
        Col("wanted_term_days", N_("账期（天）"), kind="number"),
        Col("applicant", N_("申请人")),
        Col("applied_at", N_("申请时间"), kind="moment", sort="applied_at"),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("申请号、客户")),
        Filter("state", N_("状态"), options=_words(STATES)),
        Filter("kind", N_("类型"), options=_words(KINDS)),
    ],
    order="-applied_at",
    may_export="credit.export",
    row_url=lambda row: _page_of_application(row.pk),
    empty_title=N_("还没有授信申请"),
    empty_text=N_("在客户页点“授信申请”：调查、评分、建议额度自动带入，按权限表逐级审批。"),
    empty_icon="file-certificate",
)


@either
def list_page(request):
    """授信申请"""
    request.user.must(SEE)
    return LISTING.answer(
        request,
        lambda start, limit, order, filters: applications.list_applications(
            request.user, order=order, start=start, limit=limit, **filters
        ),
    )


@either
def new(request):
    """授信申请表  What the customer's file says beside what is asked for."""
    request.user.must(APPLY)
    text = request.GET.get("terminal", "")
    terminal = terminals.terminal_for(request.user, int(text) if text.isdecimal() and len(text) < 19 else 0, APPLY)
    stands = standing.standing(terminal.pk, today())
    longest, law = files.terms_of(terminal.pk, stands.grade, today())
    initial = {
        "kind": "raise" if stands.limit_fen is not None else "new",
        "until": today() + timedelta(days=365),
        "term_days": min(longest, law.most_days) if law.most_days is not None else longest,
        "wanted": yuan_plain(stands.limit_fen) if stands.limit_fen is not None else "",
    }
    form = ApplicationForm(request.POST or None, initial=initial)
    if form.is_valid():
        given = form.cleaned_data

        def go() -> int:
            application = actions.apply_for_credit(
                terminal=terminal, kind=given["kind"], wanted_fen=given["wanted"], term_days=given["term_days"],
                until=given["until"], pledged=given["pledged"], over_reason=given["over_reason"],
                for_group=given["for_group"], waives=given["waives"], accepts_bills=given["accepts_bills"],
                first_order_fen=given["first_order"], by=request.user, now=timezone.now(),
            )  # fmt: skip
            return application.pk

        pk = or_error(form, lambda: once(request, "apply_for_credit", go))
        if pk:
            done(request, _("申请已提交"))
            return redirect("credit:application", pk)
    suggested = files.suggestion(terminal.pk, initial["term_days"], today())
    page = {
        "terminal": terminal,
        "form": form,
        "stands": stands,
        "suggestion": suggested,
        "year": files.twelve_months(terminal.pk, today()),
        "law": law,
        "law_words": _(WHY[law.why]),
        "longest": longest,
        "red_lines": [(_(RED_LINES.get(line, line)), line in NEVER_WAIVED) for line in sorted(stands.red_lines)],
        "survey": surveys.accepted(terminal.pk, today()),
        "survey_url": f"{reverse('credit:survey_new')}?terminal={terminal.pk}",
    }
    return render(request, "credit/apply.html", page, status=422 if request.method == "POST" else 200)


@require_GET
def application(request, pk: int):
    """授信申请  The whole file in view."""
    return _page(request, pk)


def _page(request: Any, pk: int, bound: OpinionForm | None = None):
    card = applications.application(request.user, pk)
    mine = next((one for one in applications.inbox(request.user, timezone.now()) if one.row.pk == pk), None)
    steps = [
        {
            "role": _(ROLES[role].name),
            "done": n < card.row.step,
            "now": card.row.state == "waiting" and n == card.row.step,
            "opinions": [(one, _(WORDS[one.word])) for one in card.opinions if one.step == n],
        }
        for n, role in enumerate(card.route)
    ]
    frozen = card.file.get("standing", {})
    page = {
        "card": card,
        "row": card.row,
        "kind": _(KINDS[card.row.kind]),
        "state": (_(STATES[card.row.state]), TONES[card.row.state]),
        "customer_url": address("desk:terminal", card.row.terminal),
        "steps": steps,
        "next_roles": "、".join(_(ROLES[role].name) for role in card.next_roles),
        "mine": mine,
        "own": card.applicant_id == request.user.pk,
        "form": bound or OpinionForm(initial={"stands_in_for": mine.for_whom if mine else None}),
        "year": card.file.get("twelve_months", {}),
        "frozen": frozen,
        "exposure": [
            (_(words), frozen.get("exposure", {}).get(f"{name}_fen", 0), sign) for name, (sign, words) in PARTS.items()
        ],
        "law_words": _(WHY[card.statutory["why"]]) if card.statutory.get("why") else "",
        "lines": [{**line, "words": _(line["words"])} for line in card.suggestion.get("lines", [])],
        "alternatives": [
            {**line, "words": _(line["words"]), "formula": _(line["formula"])}
            for line in card.suggestion.get("alternatives", [])
        ],
        "waives": [_(RED_LINES[line]) for line in card.waives],
        "survey_url": reverse("credit:survey", args=[card.survey]) if card.survey and request.user.may(SEE) else "",
        "letter_url": reverse("credit:letter", args=[pk]) if card.row.state == "granted" else "",
    }
    return render(request, "credit/application.html", page, status=422 if bound else 200)


@require_POST
def opine(request, pk: int):
    """审批意见  One press for plain agreement; anything else with its reason."""
    card = applications.application(request.user, pk)
    form = OpinionForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        giver = people.colleague(given["stands_in_for"]) if given["stands_in_for"] else None

        def go() -> int:
            kept = applications.application_for(giver or request.user, pk, _verb(giver or request.user))
            return actions.give_opinion(
                application=kept, word=given["word"], reason=given["reason"], fen=given["fen"],
                term_days=given["term_days"], stands_in_for=giver, by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        if or_error(form, lambda: once(request, "give_opinion", go)):
            done(request, _("{number}：{word}").format(number=card.row.number, word=_(WORDS[given["word"]])))
            inbox = address("desk:inbox")
            return redirect(
                inbox if request.POST.get("back") == "inbox" and inbox else reverse("credit:application", args=[pk])
            )
    return _page(request, pk, form)


def _verb(person: Any) -> str:
    return applications.APPROVE if person.may(applications.APPROVE) else applications.COUNTERSIGN


@require_POST
def withdraw(request, pk: int):
    """撤回申请"""
    kept = applications.application_for(request.user, pk)
    actions.withdraw_application(application=kept, by=request.user, now=timezone.now())
    done(request, _("申请已撤回"))
    return redirect("credit:application", pk)


@require_GET
def letter(request, pk: int):
    """授信告知书  The letter to the customer, of what was granted."""
    card = applications.application(request.user, pk)
    granted = applications.granted_limit(pk)
    if granted is None:
        raise NotFound(noun=N_("授信告知书"))
    answer = HttpResponse(credit_letter(card, granted, today()), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, f"{card.row.number}.pdf") or ""
    return answer


urlpatterns = [
    path("applications/", list_page, name="applications"),
    path("applications/new/", new, name="apply"),
    path("applications/<int:pk>/", application, name="application"),
    path("applications/<int:pk>/opinion", opine, name="opine"),
    path("applications/<int:pk>/withdraw", withdraw, name="withdraw"),
    path("applications/<int:pk>/letter.pdf", letter, name="letter"),
]
