"""预警清单  Signs that something about a customer has changed; each is closed with what came of it."""

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

from kewei.credit import actions
from kewei.credit.queries import standing, watching
from kewei.credit.queries.watching import OPEN, STATES, FindingRow
from kewei.credit.rules.watching import BY_HAND, KINDS, FindingClosed, sentence
from kewei.credit.web import parts
from kewei.kernel.refusals import N_
from kewei.people.keys import came_with, ticked
from kewei.people.listing import Bulk, Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables.forms import DocumentForm, KeyedForm
from kewei.receivables.web.items import customers
from kewei.receivables.web.parts import once, or_error, today
from kewei.terminals.rules import LICENCE_KINDS

SEE, WATCH, EXPORT = "credit.see", "credit.watch", "credit.export"
AT_ONCE = 200
OUTCOMES: dict[str, str] = {"sign_gone": N_("迹象已消失，自动关闭")}


def words_of(row: FindingRow) -> str:
    """A finding in a sentence, with papers called by their names."""
    paper = LICENCE_KINDS.get(row.detail.get("paper", ""))
    return sentence(row.kind, row.detail | ({"paper": _(paper)} if paper else {}), _)


def outcome_words(outcome: str) -> str:
    """What came of a finding."""
    return _(OUTCOMES[outcome]) if outcome in OUTCOMES else outcome


def tone_of(row: FindingRow) -> str:
    """How alarming a finding is."""
    return "quiet" if row.closed_at else "bad" if row.grave else "warn"


LISTING = Listing(
    name="credit.watch",
    title=N_("预警清单"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: reverse("credit:finding", args=[row.pk]),
        ),
        Col("kind", N_("预警"), kind="badge", words=lambda kind: _(KINDS.get(kind, kind)), tone=tone_of),
        Col("words", N_("说明"), value=words_of),
        Col("found_on", N_("发现日"), kind="day"),
        Col("found_by", N_("由谁"), shown=False),
        Col("outcome", N_("处理结果"), value=lambda row: outcome_words(row.outcome), clip=True),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户名称、编码")),
        Filter("terminal", N_("客户"), kind="choice", options=customers),
        Filter("kind", N_("种类"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in KINDS.items()]),
        Filter(
            "state", N_("状态"), kind="choice",
            options=lambda _r: [*((k, _(v)) for k, v in STATES.items()), ("all", _("全部"))],
        ),
        Filter("grave", N_("仅严重"), kind="flag"),
    ],
    may_export=EXPORT,
    row_url=lambda row: reverse("credit:finding", args=[row.pk]),
    key=lambda row: row.pk,
    bulk=[Bulk(N_("关闭预警"), "credit:close_many", "checks")],
    empty_title=N_("没有未处理的预警"),
    empty_text=N_("每晚检查有额度的客户：占用、逾期、进货节奏、票据、证照和担保；人看到的变化也可以登记。"),
    empty_icon="eye-check",
)  # fmt: skip


class NoteForm(DocumentForm):
    """What a person saw."""

    VERB = WATCH
    kind = forms.ChoiceField(label=gettext_lazy("种类"))
    note = forms.CharField(label=gettext_lazy("看到了什么"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    grave = forms.BooleanField(label=gettext_lazy("严重"), required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = [(code, _(words)) for code, words in BY_HAND.items()]  # type: ignore[attr-defined]


class OutcomeForm(KeyedForm):
    """What came of a finding."""

    outcome = forms.CharField(label=gettext_lazy("处理结果"), max_length=200)


@require_http_methods(["GET", "POST"])
def watch(request: HttpRequest) -> HttpResponseBase:
    """预警清单  Open findings, grave and oldest first."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        state = asked.pop("state", OPEN)
        if "terminal" in asked:
            asked["terminal"] = int(asked["terminal"])
        shown = "" if state == "all" else state
        return watching.list_findings(request.user, state=shown, start=start, limit=limit, **asked)

    return LISTING.answer(request, fetch, "credit/watch.html", {"may_watch": request.user.may(WATCH)})


@require_http_methods(["GET", "POST"])
def note_finding(request: HttpRequest) -> HttpResponse:
    """登记预警  A registry change, a lawsuit, a rumour: typed in by who saw it."""
    request.user.must(WATCH)
    form = NoteForm(request.user, request.POST or None, initial=came_with(request))
    if form.is_valid():
        given = form.cleaned_data

        def note() -> int:
            return actions.note_finding(
                terminal=given["terminal"], kind=given["kind"], note=given["note"], grave=given["grave"],
                by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        if pk := or_error(form, lambda: once(request, "note_finding", note), {"sign_already_open": "note"}):
            done(request, _("预警已登记"))
            return redirect("credit:finding", pk)
    return parts.form_page(request, form, _("登记预警"), (_("预警清单"), reverse("credit:watch")))


@require_GET
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """预警  One finding, and the way to close it."""
    request.user.must(SEE)
    return _page(request, pk)


@require_POST
def close_finding(request: HttpRequest, pk: int) -> HttpResponse:
    """关闭预警  With what came of it."""
    request.user.must(WATCH)
    watching.finding_for(request.user, pk, WATCH)
    form = OutcomeForm(request.POST)
    if form.is_valid():

        def close() -> int:
            outcome = form.cleaned_data["outcome"]
            return actions.close_finding(finding=pk, outcome=outcome, by=request.user, now=timezone.now()).pk

        if or_error(form, lambda: once(request, "close_finding", close)):
            done(request, _("预警已关闭"))
            return redirect("credit:watch")
    return _page(request, pk, form)


@require_POST
def close_many(request: HttpRequest) -> HttpResponse:
    """关闭预警  The ticked findings, with one outcome for all of them; those closed meanwhile are passed over."""
    request.user.must(WATCH)
    wanted = [watching.finding_for(request.user, pk, WATCH) for pk in ticked(request.POST, most=AT_ONCE)]
    if not wanted:
        done(request, _("没有勾选任何一行"))
        return redirect("credit:watch")
    form = OutcomeForm(request.POST if "outcome" in request.POST else None)
    if form.is_valid():

        def close() -> int:
            closed = 0
            for one in wanted:
                try:
                    outcome = form.cleaned_data["outcome"]
                    actions.close_finding(finding=one.pk, outcome=outcome, by=request.user, now=timezone.now())
                    closed += 1
                except FindingClosed:
                    continue
            return closed

        count = or_error(form, lambda: once(request, "close_many", close))
        if count is not None:
            done(request, _("已关闭 {count} 项预警").format(count=count))
            return redirect("credit:watch")
    page = {
        "title": _("关闭预警"), "form": form, "url": reverse("credit:close_many"),
        "rows": [(one.pk, one.terminal.name, _(KINDS.get(one.kind, one.kind))) for one in wanted],
        "fields": [form["outcome"]], "button": _("关闭预警"), "danger": False, "back": reverse("credit:watch"),
    }  # fmt: skip
    return render(request, "credit/many.html", page, status=422 if form.is_bound else 200)


def _page(request: HttpRequest, pk: int, form: OutcomeForm | None = None) -> HttpResponse:
    kept = watching.finding_for(request.user, pk)
    row = next(one for one in watching.findings_of(request.user, kept.terminal_id) if one.pk == pk)
    page = parts.head(kept.terminal) | {
        "row": row,
        "kind_words": _(KINDS.get(row.kind, row.kind)),
        "words": words_of(row),
        "tone": tone_of(row),
        "state": _("已关闭") if row.closed_at else _("严重") if row.grave else _("未处理"),
        "outcome": outcome_words(row.outcome),
        "stands": standing.standing(kept.terminal_id, today()),
        "others": [
            (one, _(KINDS.get(one.kind, one.kind)), words_of(one), tone_of(one))
            for one in watching.findings_of(request.user, kept.terminal_id)
            if one.pk != pk
        ][:20],
        "form": form or OutcomeForm(),
        "may_close": row.closed_at is None and request.user.may(WATCH),
        "may_hold": request.user.may("credit.hold"),
    }
    return render(request, "credit/finding.html", page, status=422 if form is not None else 200)
