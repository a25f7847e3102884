"""信用调查  The survey form, factor by factor: draft, hand in, review; its print looks like the paper form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.credit import actions
from kewei.credit.forms import CheckForm, ReviewForm, StartForm, SurveyHeadForm, inputs, read_answers, show
from kewei.credit.queries import surveys
from kewei.credit.rules import survey as rules
from kewei.credit.rules.redlines import LISTS
from kewei.journal import actions as journal_actions
from kewei.journal import web as journal_web
from kewei.journal.web import kept_upload
from kewei.kernel.money import yuan_plain
from kewei.kernel.refusals import N_
from kewei.people.listing import Col, Filter, Listing, page_of
from kewei.people.notices import done
from kewei.receivables.web.parts import address, once, or_error, today
from kewei.terminals import queries as terminals
from kewei.terminals import rules as terminal_rules

SEE, SURVEYING, REVIEW = "credit.see", "credit.survey", "credit.review"
TONES = {"draft": "quiet", "handed_in": "warn", "accepted": "ok", "expired": "bad"}
_page_of_survey = page_of("credit:survey")
either = require_http_methods(["GET", "POST"])


def _states(request: Any) -> list[tuple[str, str]]:
    return [(code, _(words)) for code, words in surveys.STATES.items()]


LISTING = Listing(
    name="credit.surveys",
    title=N_("信用调查"),
    columns=[
        Col(
            "terminal_name",
            N_("客户"),
            lead=True,
            link=lambda row: _page_of_survey(row.pk),
            sub=lambda row: row.terminal_code,
        ),
        Col(
            "state",
            N_("状态"),
            kind="badge",
            words=lambda code: _(surveys.STATES[code]),
            tone=lambda row: TONES[row.state],
        ),
        Col("surveyed_on", N_("调查日"), kind="day"),
        Col("how", N_("调查方式"), words=lambda code: _(rules.HOW[code])),
        Col("surveyor", N_("调查人")),
        Col("valid_until", N_("有效期至"), kind="day"),
        Col("suggested_grade", N_("建议级别")),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户名称、编码")),
        Filter("state", N_("状态"), options=_states),
    ],
    may_export="credit.export",
    row_url=lambda row: _page_of_survey(row.pk),
    empty_title=N_("还没有信用调查表"),
    empty_text=N_("赊销之前先调查：在客户页点“信用调查”，十一项因素逐项填，提交后由信用部门复核。"),
    empty_icon="clipboard-search",
)


@either
def list_page(request):
    """信用调查"""
    request.user.must(SEE)
    return LISTING.answer(
        request,
        lambda start, limit, order, filters: surveys.list_surveys(
            request.user, today(), start=start, limit=limit, **filters
        ),
    )


@either
def new(request):
    """开始调查  Of a customer, from nothing or from the last one."""
    request.user.must(SURVEYING)
    pk = request.GET.get("terminal", "")
    terminal = terminals.terminal_for(request.user, int(pk) if pk.isdecimal() and len(pk) < 19 else 0, SURVEYING)
    last = surveys.accepted(terminal.pk, today())
    form = StartForm(request.POST or None, initial={"how": "site", "surveyed_on": today()})
    if form.is_valid():
        given = form.cleaned_data

        def go() -> int:
            copy = surveys.survey_for(request.user, last.pk) if last and "copy" in request.POST else None
            survey = actions.start_survey(
                terminal=terminal, how=given["how"], surveyed_on=given["surveyed_on"], copy_of=copy, by=request.user,
                now=timezone.now(),
            )  # fmt: skip
            return survey.pk

        made = or_error(form, lambda: once(request, "start_survey", go))
        if made:
            return redirect("credit:survey", made)
    page = {"terminal": terminal, "form": form, "last": last}
    return render(request, "credit/survey_new.html", page, status=422 if request.method == "POST" else 200)


@either
def survey(request, pk: int):
    """调查表  Written by its surveyor while it is a draft, read by others."""
    card = surveys.survey(request.user, pk, today())
    mine = card.row.state == surveys.DRAFT and card.surveyor_id == request.user.pk
    head = SurveyHeadForm(request.POST or None, initial=_head(card))
    typed = None
    if request.method == "POST":
        request.user.must(SURVEYING)
        typed = read_answers(card.row.kind, request.POST)
        if head.is_valid() and not typed.faults:
            kept = surveys.survey_for(request.user, pk)
            saved = or_error(head, lambda: _save(request, kept, typed.answers, head.cleaned_data))
            if saved:
                done(request, _("调查表已提交，等待复核") if "hand_in" in request.POST else _("已保存"))
                return redirect("credit:survey", pk)
    answers: Mapping[str, Any] = typed.answers if typed else card.answers
    page = _page(request, card, answers, typed.faults if typed else {}, mine) | {"head": head}
    return render(request, "credit/survey.html", page, status=422 if request.method == "POST" else 200)


def _save(request: Any, kept: Any, answers: dict[str, Any], head: dict[str, Any]) -> bool:
    changes = {**head, "suggested_fen": head["suggested"]}
    changes.pop("suggested")
    actions.save_survey(survey=kept, answers=answers, by=request.user, now=timezone.now(), **changes)
    if "hand_in" in request.POST:
        actions.hand_in_survey(survey=kept, by=request.user, now=timezone.now())
    return True


def _head(card: Any) -> dict[str, Any]:
    return {
        "how": card.row.how, "surveyed_on": card.row.surveyed_on, "opinion": card.opinion,
        "suggested_grade": card.row.suggested_grade, "suggested_term_days": card.suggested_term_days,
        "suggested": yuan_plain(card.suggested_fen) if card.suggested_fen is not None else "",
    }  # fmt: skip


def _page(request: Any, card: Any, answers: Mapping[str, Any], faults: Mapping[str, str], mine: bool) -> dict[str, Any]:
    kind = card.row.kind
    missing = set(card.complete.missing)
    changed = rules.differences(card.former.answers, answers) if card.former else []
    differs = {(one.factor, one.field) for one in changed}
    factors = []
    for factor in rules.FACTORS:
        if not rules.asked(kind, factor) or not factor.fields:
            continue
        rows = [
            (
                inputs(
                    factor.code, one, answers.get(factor.code, {}).get(one.code), rules.required(kind, factor, one),
                    (factor.code, one.code) in missing, faults.get(f"{factor.code}.{one.code}", ""), card.row.surveyed_on,
                ),
                (factor.code, one.code) in differs,
            )
            for own, one in rules.fields_of(kind)
            if own.code == factor.code
        ]  # fmt: skip
        factors.append((factor.number, _(factor.words), rows))
    return {
        "card": card,
        "row": card.row,
        "kind": _(terminal_rules.KINDS[kind]),
        "state": (_(surveys.STATES[card.row.state]), TONES[card.row.state]),
        "how": _(rules.HOW[card.row.how]),
        "customer_url": address("desk:terminal", card.row.terminal),
        "factors": factors,
        "lists": [(code, _(words), card.lists.get(code), code in card.stale) for code, words in LISTS.items()],
        "missing": [_(rules.words_of(*one)) for one in card.complete.missing],
        "changes": [_change(one) for one in changed],
        "chart": _chart(answers, card.row.surveyed_on.year),
        "mine": mine,
        "may_check": request.user.may(SURVEYING),
        "may_review": request.user.may(REVIEW)
        and card.row.state == surveys.HANDED_IN
        and card.surveyor_id != request.user.pk,
        "check_form": CheckForm(initial={"checked_on": today()}),
        "review_form": ReviewForm(),
        "banned": terminal_rules.banned_words(card.opinion),
    }


def _change(one: rules.Difference) -> tuple[str, str, str]:
    field = next(
        f for factor in rules.FACTORS if factor.code == one.factor for f in factor.fields if f.code == one.field
    )
    return _(field.words), show(field, one.before) or "–", show(field, one.after) or "–"


def _chart(answers: Mapping[str, Any], year: int) -> dict[str, Any] | None:
    """The three-year figures as lines, where there are any."""
    wanted = (
        ("capital", "net_assets_fen", _("净资产")),
        ("profit", "net_profit_fen", _("净利润")),
        ("profit", "cash_flow_fen", _("经营现金流")),
    )
    series = [
        {"name": words, "fen": values}
        for factor, code, words in wanted
        if (values := answers.get(factor, {}).get(code)) and None not in values
    ]
    return {"days": [str(year - 3 + n) for n in range(3)], "series": series} if series else None


@require_GET
def paper(request, pk: int):
    """打印  The survey as the paper form, ruled, with places for signatures."""
    card = surveys.survey(request.user, pk, today())
    return render(request, "credit/survey_paper.html", _page(request, card, card.answers, {}, mine=False))


@require_POST
def check(request, pk: int):
    """红线查询"""
    kept = surveys.survey_for(request.user, pk)
    form = CheckForm(request.POST, request.FILES)
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("line", "found", "checked_on", "note")}

        def go() -> int:
            picture = kept_upload(request, form.cleaned_data["picture"], SURVEYING)
            row = actions.check_list(
                terminal=kept.terminal, survey=kept, picture=picture, by=request.user, now=timezone.now(), **given
            )
            return row.pk

        if or_error(form, lambda: once(request, "check_list", go)):
            done(request, _("已登记查询结果"))
            return redirect(reverse("credit:survey", args=[pk]) + "#lists")
    card = surveys.survey(request.user, pk, today())
    mine = card.row.state == surveys.DRAFT and card.surveyor_id == request.user.pk
    page = _page(request, card, card.answers, {}, mine) | {
        "head": SurveyHeadForm(initial=_head(card)),
        "check_form": form,
    }
    return render(request, "credit/survey.html", page, status=422)


@require_GET
def picture(request, pk: int):
    """截图  What an official list said; the look at it is noted."""
    attachment = surveys.picture_of(request.user, pk)
    journal_actions.note_read(what=f"credit.redlinecheck:{pk}", verb=SEE, by=request.user, now=timezone.now())
    return journal_web.attachment_response(attachment)


@require_POST
def review(request, pk: int):
    """复核"""
    request.user.must(REVIEW)
    kept = surveys.survey_for(request.user, pk)
    form = ReviewForm(request.POST)
    if form.is_valid():
        given = {"accept": form.cleaned_data["accept"], "opinion": form.cleaned_data["opinion"]}

        def go() -> int:
            return actions.review_survey(survey=kept, by=request.user, now=timezone.now(), **given).pk

        if or_error(form, lambda: once(request, "review_survey", go)):
            done(request, _("已复核"))
            return redirect("credit:survey", pk)
    card = surveys.survey(request.user, pk, today())
    page = _page(request, card, card.answers, {}, mine=False) | {
        "head": SurveyHeadForm(initial=_head(card)),
        "review_form": form,
    }
    return render(request, "credit/survey.html", page, status=422)


urlpatterns = [
    path("surveys/", list_page, name="surveys"),
    path("surveys/new/", new, name="survey_new"),
    path("surveys/<int:pk>/", survey, name="survey"),
    path("surveys/<int:pk>/paper/", paper, name="survey_paper"),
    path("surveys/<int:pk>/check", check, name="survey_check"),
    path("surveys/<int:pk>/review", review, name="survey_review"),
    path("surveys/checks/<int:pk>/picture", picture, name="check_picture"),
]
