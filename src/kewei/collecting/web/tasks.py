"""催收任务 and 催收费用: what is to be done about debtors by whom, and what collecting costs."""

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
from kewei.collecting.queries import tasks, techniques
from kewei.collecting.queries.tasks import TaskRow
from kewei.collecting.rules.tasks import EXPENSE_KINDS
from kewei.collecting.web import debtor
from kewei.collecting.web.worklist import role_words
from kewei.kernel.money import fen_from_text
from kewei.kernel.refusals import N_, Refused
from kewei.people.keys import came_with
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables.forms import DocumentForm, KeyedForm, amount_widget, day_widget
from kewei.receivables.web.items import customers
from kewei.receivables.web.parts import once, or_error, today

SEE, CONTACT, EXPORT = "collecting.see", "collecting.contact", "collecting.export"


def state_words(row: TaskRow) -> str:
    """How a task stands."""
    if row.closed_at is not None:
        return _("已办") if row.done else _("不办了")
    return _("过期") if row.due_on < today() else _("待办")


def tone_of(row: TaskRow) -> str:
    """How pressing a task is."""
    if row.closed_at is not None:
        return "ok" if row.done else "quiet"
    return "bad" if row.due_on < today() else "warn" if row.due_on == today() else "info"


TASKS = Listing(
    name="collecting.tasks",
    title=N_("催收任务"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: reverse("collecting:task", args=[row.pk]),
        ),
        Col("technique", N_("办法"), value=lambda row: _(row.technique_name)),
        Col("due_on", N_("日期"), kind="day"),
        Col("state", N_("状态"), kind="badge", value=state_words, tone=tone_of),
        Col("person", N_("由谁"), value=lambda row: row.person or role_words(row.role)),
        Col("note", N_("备注"), clip=True),
        Col("outcome", N_("结果"), clip=True),
        Col("set_by", N_("安排人"), shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户名称、编码")),
        Filter("terminal", N_("客户"), kind="choice", options=customers),
        Filter(
            "technique", N_("办法"), kind="choice",
            options=lambda _r: [(code, _(row.name)) for code, row in techniques.library(today()).items()],
        ),
        Filter(
            "state", N_("状态"), kind="choice",
            options=lambda _r: [*((k, _(v)) for k, v in tasks.STATES.items()), ("all", _("全部"))],
        ),
    ],
    may_export=EXPORT,
    row_url=lambda row: reverse("collecting:task", args=[row.pk]),
    empty_title=N_("没有催收任务"),
    empty_text=N_("在今日催收里选下一步，排到某一天、交给某个人；领导走访也是一项任务。"),
    empty_icon="checklist",
)  # fmt: skip

COSTS = Listing(
    name="collecting.costs",
    title=N_("催收费用"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: reverse("collecting:act", args=[row.terminal_id]),
        ),
        Col("on", N_("日期"), kind="day"),
        Col("kind", N_("种类"), words=lambda kind: _(EXPENSE_KINDS.get(kind, kind))),
        Col("fen", N_("金额"), kind="amount", total=True),
        Col("minutes", N_("分钟"), kind="number"),
        Col("note", N_("说明"), clip=True, sub=lambda row: _("冲回") if row.takes_back else _("已冲回") if row.taken_back else ""),
        Col("recorded_by", N_("登记人")),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户名称、编码")),
        Filter("terminal", N_("客户"), kind="choice", options=customers),
        Filter("kind", N_("种类"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in EXPENSE_KINDS.items()]),
    ],
    may_export=EXPORT,
    empty_title=N_("没有催收费用"),
    empty_text=N_("了结任务时写上分钟和花费，或在这里登记；要账比销售更难，看得见才知道值不值。"),
    empty_icon="receipt",
)  # fmt: skip


class AmountField(forms.CharField):
    """Yuan as people type them, as fen; nothing is nought."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, max_length=30, widget=amount_widget(), **more)

    def to_python(self, value: Any) -> Any:
        """Fen."""
        typed = super().to_python(value)
        if not typed:
            return 0
        try:
            return fen_from_text(typed)
        except Refused as why:
            raise forms.ValidationError(why.sentence(_)) from why

    def run_validators(self, value: Any) -> None:
        """The reader has checked it; a number has no length."""


class CloseForm(KeyedForm):
    """What came of a task, and what it took."""

    done = forms.ChoiceField(label=gettext_lazy("办了吗"))
    outcome = forms.CharField(label=gettext_lazy("结果"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    minutes = forms.IntegerField(label=gettext_lazy("用了几分钟"), required=False, min_value=0, max_value=1440)
    amount = AmountField(label=gettext_lazy("花费（元）"))
    kind = forms.ChoiceField(label=gettext_lazy("费用种类"))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["done"].choices = [("yes", _("已办")), ("no", _("不办了"))]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [(code, _(words)) for code, words in EXPENSE_KINDS.items()]  # type: ignore[attr-defined]


class CostForm(DocumentForm):
    """An expense of collecting."""

    VERB = CONTACT
    kind = forms.ChoiceField(label=gettext_lazy("种类"))
    amount = AmountField(label=gettext_lazy("金额（元）"))
    minutes = forms.IntegerField(label=gettext_lazy("分钟"), required=False, min_value=0, max_value=1440)
    on = forms.DateField(label=gettext_lazy("日期"), widget=day_widget())
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = [(code, _(words)) for code, words in EXPENSE_KINDS.items()]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def list_tasks(request: HttpRequest) -> HttpResponseBase:
    """催收任务  What is due first in front."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        state = asked.pop("state", tasks.OPEN)
        if "terminal" in asked:
            asked["terminal"] = int(asked["terminal"])
        shown = "" if state == "all" else state
        return tasks.list_tasks(request.user, today(), state=shown, start=start, limit=limit, **asked)

    return TASKS.answer(request, fetch)


@require_GET
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """催收任务  One task, with its script and the form that closes it."""
    request.user.must(SEE)
    return _page(request, pk)


@require_POST
def close_task(request: HttpRequest, pk: int) -> HttpResponse:
    """了结催收任务  Done or not, with what came of it."""
    request.user.must(CONTACT)
    tasks.task_for(request.user, pk, CONTACT)
    form = CloseForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data

        def close() -> int:
            return actions.close_task(
                task=pk, done=given["done"] == "yes", outcome=given["outcome"], minutes=given["minutes"] or 0,
                fen=given["amount"], kind=given["kind"], by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        if or_error(
            form,
            lambda: once(request, "close_task", close),
            {"task_needs_outcome": "outcome", "expense_amount": "amount"},
        ):
            done(request, _("任务已了结"))
            return redirect("collecting:task", pk)
    return _page(request, pk, form)


def _page(request: HttpRequest, pk: int, form: CloseForm | None = None) -> HttpResponse:
    kept = tasks.task_for(request.user, pk)
    row = next(one for one in tasks.tasks_of(request.user, kept.terminal_id, today(), 1_000) if one.pk == pk)
    found = techniques.library(today()).get(row.technique)
    page = debtor.head(kept.terminal) | {
        "row": row,
        "name": _(row.technique_name),
        "role": role_words(row.role),
        "state": state_words(row),
        "tone": tone_of(row),
        "evidence": [_(words) for words in found.evidence] if found else [],
        "act_url": f"{reverse('collecting:act', args=[kept.terminal_id])}?do={row.technique}",
        "form": form or CloseForm(initial={"minutes": found.minutes if found else None}),
        "may_close": row.closed_at is None and request.user.may(CONTACT),
    }
    return render(request, "collecting/task.html", page, status=422 if form is not None else 200)


@require_http_methods(["GET", "POST"])
def list_costs(request: HttpRequest) -> HttpResponseBase:
    """催收费用  Outlay and time, newest first, with the sum of both."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        if "terminal" in asked:
            asked["terminal"] = int(asked["terminal"])
        rows, count, cost = tasks.list_expenses(request.user, today(), start=start, limit=limit, **asked)
        return rows, count, {"fen": cost.outlay_fen}

    return COSTS.answer(request, fetch, "collecting/costs.html", {"may_note": request.user.may(CONTACT)})


@require_http_methods(["GET", "POST"])
def note_cost(request: HttpRequest) -> HttpResponse:
    """登记催收费用  Outlay, time, or both."""
    request.user.must(CONTACT)
    form = CostForm(request.user, request.POST or None, initial=came_with(request) | {"on": today()})
    if form.is_valid():
        given = form.cleaned_data

        def note() -> int:
            return actions.note_expense(
                terminal=given["terminal"], kind=given["kind"], fen=given["amount"], minutes=given["minutes"] or 0,
                on=given["on"], note=given["note"], by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        beside = {"expense_amount": "amount", "expense_in_future": "on"}
        if or_error(form, lambda: once(request, "note_cost", note), beside):
            done(request, _("费用已登记"))
            return redirect("collecting:costs")
    return debtor.form_page(request, form, _("登记催收费用"), (_("催收费用"), reverse("collecting:costs")))


@require_POST
def take_back_cost(request: HttpRequest, pk: int) -> HttpResponse:
    """冲回催收费用  A row with the opposite sign, with the reason."""
    request.user.must(CONTACT)
    actions.take_back_expense(expense=pk, why=request.POST.get("why", ""), by=request.user, now=timezone.now())
    done(request, _("费用已冲回"))
    return redirect("collecting:costs")


TASK_PAGES = [
    path("tasks/", list_tasks, name="tasks"),
    path("tasks/<int:pk>/", task, name="task"),
    path("tasks/<int:pk>/close/", close_task, name="close_task"),
    path("costs/", list_costs, name="costs"),
    path("costs/new/", note_cost, name="note_cost"),
    path("costs/<int:pk>/back/", take_back_cost, name="take_back_cost"),
]
