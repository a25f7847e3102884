"""重点名单  Candidates with their reasons, the list by owner, one terminal more or less, what each bought."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kewei.campaigns import actions
from kewei.campaigns.queries import campaigns, candidates, lists, results
from kewei.campaigns.rules import holding_out, reasons
from kewei.campaigns.rules.states import OPEN_TO_CHANGE
from kewei.campaigns.web.forms import ComposeForm, WhyForm
from kewei.journal.web import once, or_error
from kewei.kernel.refusals import N_
from kewei.people.keys import key_of
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables.forms import DocumentForm
from kewei.receivables.web.parts import address, today
from kewei.terminals import queries as terminals
from kewei.terminals.rules import KINDS
from kewei.terminals.rules.papers import Finding, finding_says

SEE, PROPOSE, RUN, EXPORT = "campaigns.see", "campaigns.propose", "campaigns.run", "campaigns.export"
SHOWN = 50
ARM_TONES = {holding_out.TREATED: "ok", holding_out.HELD: "quiet", holding_out.ADDED: "info"}


def why_words(kept: Any) -> str:
    """The reasons of a listed terminal in one line."""
    told = reasons.words(kept, _)
    return "；".join(f"{name}：{words}" for name, words in told) or _(reasons.BY_HAND)


def finding_words(findings: Any) -> str:
    """What the papers of a listed terminal say, in one line."""
    kept = [Finding(rule, level, tuple((name, text) for name, text in numbers)) for rule, level, numbers in findings]
    return "；".join(finding_says(one, _) for one in kept)


FOCUS = Listing(
    name="campaigns.focus",
    title=N_("重点名单"),
    columns=[
        Col("place", N_("序"), kind="number", value=lambda row: row.place, sort="place", shown=False),
        Col(
            "terminal_name", N_("客户"), lead=True, clip=True, sub=lambda row: row.terminal_code,
            link=lambda row: reverse("desk:terminal", args=[row.terminal_id]),
        ),
        Col("kind", N_("类型"), words=lambda code: _(KINDS.get(code, code)), shown=False),
        Col("reasons", N_("理由"), value=lambda row: why_words(row.reasons), clip=True),
        Col("owner", N_("负责人"), sort="owner"),
        Col("baseline", N_("基数（每月）"), kind="number", value=lambda row: reasons.quantity(row.baseline_milli)),
        Col("target", N_("目标（每月）"), kind="number", value=lambda row: reasons.quantity(row.target_milli), sort="target"),
        Col("so_far", N_("活动期（每月）"), kind="number", value=lambda row: reasons.quantity(row.so_far_milli)),
        Col("visits", N_("拜访"), kind="number"),
        Col("arm", N_("分组"), kind="badge", words=lambda code: _(holding_out.ARMS[code]), tone=lambda row: ARM_TONES[row.arm]),
        Col("findings", N_("须留意"), value=lambda row: finding_words(row.findings) or None, clip=True, shown=False),
        Col("change", "", value=lambda row: _("移出") if not row.ended else row.ended_why, link=lambda row: row.off_url),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户名称、编码")),
        Filter("arm", N_("分组"), kind="choice", options=lambda _r: [(code, _(words)) for code, words in holding_out.ARMS.items()]),
        Filter("ended", N_("含已移出的"), kind="flag"),
    ],
    order="place",
    may_export=EXPORT,
    empty_title=N_("名单是空的"),
    empty_text=N_("先在候选页生成名单；活动开始后，名单里的终端会进入拜访理由。"),
    empty_icon="list-check",
)  # fmt: skip

RESULT = Listing(
    name="campaigns.result",
    title=N_("结果明细"),
    columns=[
        Col(
            "name", N_("客户"), lead=True, clip=True, sub=lambda row: row.code,
            link=lambda row: reverse("desk:terminal", args=[row.terminal]),
        ),
        Col("arm", N_("分组"), kind="badge", words=lambda code: _(holding_out.ARMS[code]), tone=lambda row: ARM_TONES[row.arm]),
        Col("before", N_("基数（每月）"), kind="number", value=lambda row: reasons.quantity(row.baseline_milli)),
        Col("after", N_("活动期（每月）"), kind="number", value=lambda row: reasons.quantity(row.after_milli)),
        Col("change", N_("变化"), kind="number", value=lambda row: reasons.quantity(row.change_milli)),
    ],
    filters=[
        Filter("arm", N_("分组"), kind="choice", options=lambda _r: [(code, _(words)) for code, words in holding_out.ARMS.items()]),
    ],
    may_export=EXPORT,
    empty_title=N_("还没有结果"),
    empty_text=N_("活动开始后，这里列出每家终端活动期与基数的差别。"),
    empty_icon="chart-bar",
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def candidate_page(request: HttpRequest, pk: int) -> HttpResponse:
    """候选终端  Who is likely to buy more, why, who was left out; and the list made from them."""
    request.user.must(PROPOSE)
    kept = campaigns.campaign_for(request.user, pk, PROPOSE)
    form = ComposeForm(request.POST or None)
    if form.is_valid():

        def keep() -> int:
            return actions.compose_list(
                campaign=pk, size=form.cleaned_data["size"], held=form.cleaned_data["held"], by=request.user,
                now=timezone.now(),
            ).pk  # fmt: skip

        if or_error(form, lambda: once(request, "compose_list", keep)):
            done(request, _("名单已生成"))
            return redirect("campaigns:campaign", pk)
    found = candidates.candidates(request.user, candidates.wanted_of(kept), today(), SHOWN)
    effect = kept.goal_milli or candidates.mean_hope(found.rows)
    power = holding_out.propose(len(found.rows), found.spread_milli, effect, found.hold_out) if found.rows else None
    page = {
        "kept": kept, "form": form, "found": found, "power": power, "may_compose": kept.state in OPEN_TO_CHANGE,
        "figures": _figures(power), "rows": [_row_shown(one) for one in found.rows],
        "left_out": [(_(reasons.LEFT_OUT.get(why, why)), count) for why, count in sorted(found.left_out.items(), key=lambda one: -one[1])],
    }  # fmt: skip
    return render(request, "campaigns/candidates.html", page, status=422 if form.errors else 200)


def _figures(power: Any) -> list[tuple[str, str | None]]:
    """What a hold-out has to do with: spread, effect wanted, least effect seen."""
    if power is None:
        return []
    return [
        (_("每家每月自己的波动"), _shown(power.spread_milli)),
        (_("想看出的效果"), _shown(power.effect_milli)),
        (_("最小能看出的效果"), _shown(power.detectable_milli)),
    ]


def _row_shown(one: candidates.Chosen) -> tuple[Any, ...]:
    """A candidate with its reasons and warnings in words, baseline and target."""
    why = reasons.words(one.reasons, _)
    return one, why, _warnings(one), _shown(one.baseline_milli), _shown(one.target_milli)


def _shown(milli: int | None) -> str | None:
    return None if milli is None else reasons.quantity(milli)


def _warnings(one: candidates.Chosen) -> list[str]:
    return [finding_says(finding, _) for finding in one.findings]


@require_http_methods(["GET", "POST"])
def focus(request: HttpRequest, pk: int) -> HttpResponseBase:
    """重点名单  By owner, with baseline and target, and how the days of the campaign went so far."""
    request.user.must(SEE)
    kept = campaigns.campaign_for(request.user, pk)
    owner = key_of(request.GET.get("owner"))
    may_run = request.user.may(RUN) and campaigns.sees_whole(request.user, kept)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        rows, count = lists.list_focus(
            request.user, kept, today=today(), owner=owner, order=order, start=start, limit=limit, **filters
        )
        return [_Row(row, may_run) for row in rows], count

    page = {
        "title": f"{kept.name} · {_('重点名单')}", "kept": kept, "may_add": may_run, "owners": lists.by_owner(request.user, kept),
        "owner": owner,
    }  # fmt: skip
    return FOCUS.answer(request, fetch, "campaigns/focus.html", page)


class _Row:
    """A listed terminal with the way to take it off, where the reader may."""

    def __init__(self, row: lists.FocusRow, may_run: bool) -> None:
        self._row = row
        self.off_url = reverse("campaigns:take_off", args=[row.pk]) if may_run and not row.ended else ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)


@require_http_methods(["GET", "POST"])
def result_lines(request: HttpRequest, pk: int) -> HttpResponseBase:
    """结果明细  What each drawn terminal bought a month before and in the days of the campaign."""
    request.user.must(SEE)
    kept = campaigns.campaign_for(request.user, pk)
    found = results.shown_result(request.user, kept, today())
    lines = results.named_lines(found[1]) if found else []

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        rows = [line for line in lines if line.arm == filters.get("arm", line.arm)]
        return rows[start : start + limit], len(rows)

    return RESULT.answer(
        request, fetch, "campaigns/result.html", {"title": f"{kept.name} · {_('结果明细')}", "kept": kept}
    )


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """加入名单  Choose the customer, then say why."""
    request.user.must(RUN)
    kept = campaigns.campaign_for(request.user, pk, RUN)
    chosen = key_of(request.GET.get("terminal"))
    page: dict[str, Any] = {"kept": kept, "title": _("加入名单"), "pick": DocumentForm(request.user), "terminal": None}
    if chosen is None:
        return render(request, "campaigns/add.html", page)
    terminal = terminals.terminal_for(request.user, chosen, RUN)
    form = WhyForm(request.POST or None)
    if form.is_valid():

        def keep() -> int:
            return actions.add_terminal(
                campaign=pk, terminal=terminal, why=form.cleaned_data["why"], by=request.user, now=timezone.now()
            ).pk

        if or_error(form, lambda: once(request, "add_terminal", keep)):
            done(request, _("已加入名单"))
            return redirect("campaigns:focus", pk)
    page |= {"terminal": terminal, "form": form}
    return render(request, "campaigns/add.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def take_off(request: HttpRequest, pk: int) -> HttpResponse:
    """移出名单  With the reason."""
    request.user.must(RUN)
    kept = lists.focus_for(request.user, pk, RUN)
    form = WhyForm(request.POST or None)
    if form.is_valid():

        def keep() -> int:
            return actions.take_off(focus=pk, why=form.cleaned_data["why"], by=request.user, now=timezone.now()).pk

        if or_error(form, lambda: once(request, "take_off", keep)):
            done(request, _("已移出名单"))
            return redirect("campaigns:focus", kept.campaign_id)
    page = {
        "form": form, "title": f"{_('移出名单')} · {kept.terminal.name}", "back": address("campaigns:focus", kept.campaign_id),
        "back_name": kept.campaign.name, "note": _("移出后不再拜访；比较时仍按抽签时的分组。"),
    }  # fmt: skip
    return render(request, "campaigns/form.html", page, status=422 if form.errors else 200)


LISTS = [
    path("<int:pk>/candidates/", candidate_page, name="candidates"),
    path("<int:pk>/focus/", focus, name="focus"),
    path("<int:pk>/focus/new/", add, name="add"),
    path("<int:pk>/result/", result_lines, name="result"),
    path("focus/<int:pk>/take-off/", take_off, name="take_off"),
]
