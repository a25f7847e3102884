"""退出决定  Stop, sue, provide, write off, pursue off-ledger: proposed by one, decided by another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.collecting import actions
from kewei.collecting.queries import exits, tasks, write_offs
from kewei.collecting.queries.exits import ExitRow
from kewei.collecting.rules.exits import FINDINGS, LEVELS, STEPS, WRITE_OFF, findings
from kewei.collecting.web import debtor
from kewei.collecting.web.tasks import AmountField
from kewei.collecting.web.write_offs import POST, PostForm, posting
from kewei.journal.web import kept_upload
from kewei.kernel.money import MAX_FEN
from kewei.kernel.refusals import N_, as_words
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.people.rules import ROLES
from kewei.receivables.forms import KeyedForm
from kewei.receivables.web.items import customers
from kewei.receivables.web.parts import once, or_error, today
from kewei.terminals import queries as terminals

SEE, ESCALATE, EXIT, EXPORT = "collecting.see", "collecting.escalate", "collecting.exit", "collecting.export"
TONES = {"waiting": "warn", "agreed": "ok", "refused": "quiet"}
LEVEL_TONES = {"block": "bad", "warn": "warn", "record": "info"}


def steps_words(row: ExitRow) -> str:
    """What was decided, by name."""
    return "、".join(_(STEPS[step]) for step in row.steps if step in STEPS)


LISTING = Listing(
    name="collecting.exits",
    title=N_("退出决定"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: reverse("collecting:exit", args=[row.pk]),
        ),
        Col("steps", N_("决定"), value=steps_words),
        Col("overdue_fen", N_("逾期"), kind="amount"),
        Col("write_off_fen", N_("核销"), kind="amount"),
        Col("state", N_("状态"), kind="badge", words=lambda state: _(exits.STATES[state]), tone=lambda row: TONES[row.state]),
        Col("proposed_by", N_("提出人")),
        Col("proposed_at", N_("提出"), kind="moment"),
        Col("decided_by", N_("审批人"), shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户名称、编码")),
        Filter("terminal", N_("客户"), kind="choice", options=customers),
        Filter("state", N_("状态"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in exits.STATES.items()]),
    ],
    may_export=EXPORT,
    row_url=lambda row: reverse("collecting:exit", args=[row.pk]),
    empty_title=N_("没有退出决定"),
    empty_text=N_("继续追不值得时，从客户的下一步页面提出：停止交易、起诉、计提、核销、账外继续追索，由另一个人审批。"),
    empty_icon="door-exit",
)  # fmt: skip


class ExitForm(KeyedForm):
    """A proposal."""

    steps = forms.MultipleChoiceField(label=gettext_lazy("怎么办"), widget=forms.CheckboxSelectMultiple)
    amount = AmountField(label=gettext_lazy("核销金额（元）"))
    checked = forms.BooleanField(label=gettext_lazy("已逐张核对时效"), required=False)
    why = forms.CharField(label=gettext_lazy("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["steps"].choices = [(code, _(words)) for code, words in STEPS.items()]  # type: ignore[attr-defined]


class DecideForm(KeyedForm):
    """A decision."""

    agree = forms.ChoiceField(label=gettext_lazy("意见"))
    why = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["agree"].choices = [("yes", _("同意")), ("no", _("不同意"))]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def list_exits(request: HttpRequest) -> HttpResponseBase:
    """退出决定  Newest first."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        if "terminal" in asked:
            asked["terminal"] = int(asked["terminal"])
        return exits.list_exits(request.user, start=start, limit=limit, **asked)

    return LISTING.answer(request, fetch)


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """提出退出决定  What the debt looks like, what collecting has cost, and what is proposed."""
    request.user.must(ESCALATE)
    terminal = terminals.terminal_for(request.user, pk, ESCALATE)
    form = ExitForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data

        def ask() -> int:
            return actions.propose_exit(
                terminal=terminal, steps=given["steps"], write_off_fen=given["amount"], limitation_checked=given["checked"],
                why=given["why"], by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        beside = {"write_off_beyond_overdue": "amount", "exit_needs_words": "why", "no_steps": "steps"}
        if made := or_error(form, lambda: once(request, "propose_exit", ask), beside):
            done(request, _("已提出，等待另一个人审批"))
            return redirect("collecting:exit", made)
    day = today()
    sight = exits.sight_of(pk, day)
    policy = exits.exit_policy(day)
    asked = exits.proposal_of(sight, [], 0, False, day) if sight else None
    page = debtor.head(terminal) | {
        "form": form,
        "sight": sight,
        "asked": asked,
        "cost": tasks.costs_of([pk], day).get(pk),
        "findings": [told((one.level, one.code, one.numbers)) for one in findings(asked, policy.value)]
        if asked
        else [],
        "waiting": exits.waiting_exit(pk),
        "authority": [(fen if fen < MAX_FEN else None, _(ROLES[role].name)) for fen, role in policy.value.authority],
        "label": policy.label,
    }
    return render(request, "collecting/exit_new.html", page, status=422 if form.is_bound else 200)


def told(finding: Any) -> dict[str, str]:
    """A finding as people read it."""
    level, code, numbers = finding
    shown = {name: as_words(name, value, _) for name, value in numbers.items()}
    return {"level": _(LEVELS[level]), "tone": LEVEL_TONES[level], "words": _(FINDINGS[code]).format(**shown)}


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """退出决定  One decision with what was found, and the form of whoever may decide."""
    request.user.must(SEE)
    return exit_page(request, pk)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """审批退出决定  Agree or not; what is agreed becomes tasks."""
    request.user.must(EXIT)
    exits.exit_for(request.user, pk, EXIT)
    form = DecideForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data

        def decide_it() -> int:
            return actions.decide_exit(
                decision=pk, agree=given["agree"] == "yes", why=given["why"], by=request.user, now=timezone.now()
            ).pk

        if or_error(form, lambda: once(request, "decide_exit", decide_it), {"exit_needs_words": "why"}):
            done(request, _("已审批"))
            return redirect("collecting:exit", pk)
    return exit_page(request, pk, form)


def exit_page(request: HttpRequest, pk: int, form: DecideForm | None = None, **more: Any) -> HttpResponse:
    """The page of a decision, with the form that was sent and something is wrong with."""
    kept = exits.exit_for(request.user, pk)
    row = exits.exit_row(request.user, pk)
    written_off = write_offs.of_decision(pk) if row.agreed else None
    to_post = row.agreed and WRITE_OFF in row.steps and written_off is None
    page = debtor.head(kept.terminal) | {
        "row": row,
        "steps": steps_words(row),
        "state": _(exits.STATES[row.state]),
        "tone": TONES[row.state],
        "findings": [told(one) for one in row.findings],
        "tasks": tasks.tasks_of(request.user, row.terminal_id, today(), 8) if row.agreed else [],
        "form": form or DecideForm(),
        "own": row.proposed_by_id == request.user.pk,
        "written_off": written_off,
        "to_post": to_post,
        **(posting(request, kept, more.get("post_form")) if to_post else {}),
        "may_decide": row.agreed is None and request.user.may(EXIT),
    }
    return render(request, "collecting/exit.html", page, status=422 if form is not None or more else 200)


@require_POST
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """核销入账  Take what was agreed off the books, on evidence."""
    request.user.must(POST)
    exits.exit_for(request.user, pk, POST)
    form = PostForm(request.POST, request.FILES)
    if form.is_valid():

        def keep() -> int:
            given = form.cleaned_data
            papers = [kept_upload(request, given["paper"], POST)] if given["paper"] else []
            return actions.post_write_off(
                decision=pk, evidence=[(kind, given["note"]) for kind in given["evidence"]], papers=papers, by=request.user,
                now=timezone.now(),
            ).pk  # fmt: skip

        if made := or_error(form, lambda: once(request, "post_write_off", keep)):
            done(request, _("核销已入账，列入账销案存"))
            return redirect("collecting:write_off", made)
    return exit_page(request, pk, post_form=form)


EXITS = [
    path("exits/<int:pk>/post/", post, name="post_write_off"),
    path("exits/", list_exits, name="exits"),
    path("exits/<int:pk>/", show, name="exit"),
    path("exits/<int:pk>/decide/", decide, name="decide_exit"),
    path("terminals/<int:pk>/exit/", propose, name="propose_exit"),
]
