"""自动匹配抽查  A month's sample laid before reviewers by the same keys as the queue, and what it says of the month."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kewei.flows import actions
from kewei.flows.queries import names, samples
from kewei.flows.rules.months import words_of
from kewei.flows.web.names import AT_ONCE, chosen, said_words
from kewei.flows.web.parts import asked_month, interval, month_words, percent
from kewei.people.notices import done

REVIEW = "flows.review"


@require_GET
def sample(request: HttpRequest) -> HttpResponse:
    """自动匹配抽查  Drawn names, none marked as accepted: 1–5 chooses, 0 says there is no card, j and k move."""
    request.user.must(REVIEW)
    month = asked_month(request)
    told = samples.figures_of(request.user, month)
    rows, count = samples.to_judge(request.user, month=month, limit=AT_ONCE) if told else ([], 0)
    page = {
        **month_words(month),
        "told": told,
        "precision": precision_words(told),
        "population": _("共 {rows} 行").format(rows=told.population) if told else "",
        "rows": [(row, reverse("flows:judge", args=[row.pk]), [(one, []) for one in row.candidates]) for row in rows],
        "count": count,
        "said": said_words(told.agreement if told else names.agreement(request.user)),
        "wrong": samples.wrong_of(request.user, month) if told else [],
    }
    return render(request, "flows/sample.html", page)


def precision_words(told: samples.SampleFigures | None) -> dict[str, Any] | None:
    """The precision of a month for a page; None before anything was judged."""
    if told is None or told.precision is None:
        return None
    one = told.precision
    return {
        "rate": percent(one.rate_bp),
        "interval": _("{right} / {judged} 行，95% 区间 {interval}").format(
            right=one.right, judged=one.judged, interval=interval(one.low_bp, one.high_bp)
        ),
        "tone": "warn" if told.warns else "ok",
        "low": percent(told.low_bp),
    }


@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """抽取样本  Draw the month's sample; once drawn it stays."""
    request.user.must(REVIEW)
    month = asked_month(request)
    made = actions.draw_sample(month=month, by=request.user, now=timezone.now())
    done(request, _("{month} 抽取了 {rows} 行").format(month=words_of(month), rows=made.rows))
    return redirect(_address(month))


@require_POST
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """抽查结论  Which terminal a drawn name means."""
    request.user.must(REVIEW)
    sampled = samples.sampled_for(request.user, pk)
    actions.judge_sampled(
        sampled=sampled, terminal=chosen(request)["terminal"], by=request.user, now=timezone.now()
    )  # fmt: skip
    done(request, _("「{name}」已抽查").format(name=sampled.alias.name.name))
    return redirect(_address(sampled.sample.month))


def _address(month: Any) -> str:
    return f"{reverse('flows:sample')}?month={words_of(month)}"


SAMPLES = [
    path("sample/", sample, name="sample"),
    path("sample/draw/", draw, name="draw_sample"),
    path("sample/<int:pk>/", judge, name="judge"),
]
