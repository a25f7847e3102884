"""大客户计划  The plan in the order of the paper form: begun, written, approved, worked on, printed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.kernel.calendar import month_end
from kewei.kernel.refusals import N_, NotFound
from kewei.keyaccounts import actions
from kewei.keyaccounts.forms import PlanForms, ProgressForm, StartForm, WordsForm, members_to_choose
from kewei.keyaccounts.papers.plan import plan_paper
from kewei.keyaccounts.queries import plans, reviewing
from kewei.keyaccounts.queries.earning import SEE, figures_of, members_of
from kewei.keyaccounts.queries.plans import OPEN_ONES, SHOWN, PlanFile
from kewei.keyaccounts.rules import plans as rules
from kewei.keyaccounts.rules.earning import REASONS
from kewei.keyaccounts.rules.reviewing import VERDICT_TONES, VERDICTS
from kewei.keyaccounts.web.parts import in_unit, percent, span
from kewei.people import queries as people
from kewei.people.keys import key_of
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables.forms import DocumentForm
from kewei.receivables.web.parts import address, once, or_error, today
from kewei.terminals import queries as terminals

PLAN, DECIDE, REVIEW, EXPORT = "keyaccounts.plan", "keyaccounts.approve", "keyaccounts.review", "keyaccounts.export"
# Who may answer for a plan or an action of it: nobody who may not sell (4.4).
OWNERS = (
    "representative", "manager", "credit", "credit_manager", "finance_director", "accountant", "quality", "legal", "director",
)  # fmt: skip

# What the ledger says beside the form: of the year before today.
YEAR = timedelta(days=364)

LISTING = Listing(
    name="keyaccounts.plans",
    title=N_("大客户计划"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: reverse("keyaccounts:plan", args=[row.pk]),
        ),
        Col("for_group", N_("范围"), words=lambda yes: _("集团") if yes else _("单个客户")),
        Col("first_on", N_("期限"), value=span),
        Col("owner_name", N_("负责人")),
        Col(
            "state", N_("状态"), kind="badge", words=lambda s: _(rules.STATES[s]), tone=lambda row: rules.TONES[row.state]
        ),
        Col(
            "done", N_("行动"), value=lambda row: f"{row.done} / {row.actions}", tone=lambda row: "bad" if row.late else "",
            sub=lambda row: _("{n} 项过期").format(n=row.late) if row.late else "",
        ),
        Col(
            "verdict", N_("最近复盘"), kind="badge", words=lambda v: _(VERDICTS[v]) if v else _("未复盘"),
            tone=lambda row: VERDICT_TONES.get(row.verdict, "quiet"),
            sub=lambda row: _("第 {n} 季").format(n=row.reviewed) if row.reviewed else "",
        ),
        Col(
            "due_quarter", N_("该复盘"), words=lambda n: _("第 {n} 季").format(n=n) if n else "", tone=lambda _row: "warn",
            link=lambda row: reverse("keyaccounts:review", args=[row.pk, row.due_quarter]) if row.due_quarter else None,
        ),
        Col("newest", N_("版本"), kind="number", shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户编码、名称")),
        Filter("owner", N_("负责人"), kind="choice", options=lambda _r: [(str(pk), name) for pk, name in people.choices_of_people(OWNERS)]),
        Filter(
            "state", N_("状态"), kind="choice",
            options=lambda _r: [
                *((k, _(v)) for k, v in SHOWN.items()), *((k, _(v)) for k, v in rules.STATES.items()), ("all", _("全部")),
            ],
        ),
    ],
    may_export=EXPORT,
    row_url=lambda row: reverse("keyaccounts:plan", args=[row.pk]),
    empty_title=N_("还没有大客户计划"),
    empty_text=N_("从“大客户识别”里挑一家，写清为何重要、谁决策、目标、行动和风险，批准后按季复盘。"),
    empty_icon="target-arrow",
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def list_plans(request: HttpRequest) -> HttpResponseBase:
    """大客户计划  Those that are open, with what is late and what is to be reviewed."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        state = asked.pop("state", OPEN_ONES)
        if "owner" in asked:
            asked["owner"] = key_of(asked["owner"])
        return plans.list_plans(
            request.user, today(), state="" if state == "all" else state, start=start, limit=limit, **asked
        )

    return LISTING.answer(request, fetch, "keyaccounts/plans.html", {"may_plan": request.user.may(PLAN)})


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """开始大客户计划  The customer, then the months."""
    request.user.must(PLAN)
    chosen = key_of(request.GET.get("terminal"))
    page: dict[str, Any] = {"title": _("新大客户计划")}
    if chosen is None:
        page |= {"pick": DocumentForm(request.user), "customer": None}
        return render(request, "keyaccounts/start.html", page)
    terminal = terminals.terminal_for(request.user, chosen, PLAN)
    members = members_of(terminal.pk, True)
    first = _next_first(today())
    form = StartForm(
        people.choices_of_people(OWNERS), len(members) > 1, request.POST or None,
        initial={
            "first_on": first, "last_on": month_end(date(first.year + (first.month > 1), (first.month - 2) % 12 + 1, 1)),
            "owner": terminal.owner_id or request.user.pk, "for_group": len(members) > 1,
        },
    )  # fmt: skip
    if form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            return actions.start_plan(
                terminal=terminal, first_on=given["first_on"], last_on=given["last_on"],
                owner=people.colleague(int(given["owner"])), for_group=bool(given.get("for_group")), by=request.user,
                now=timezone.now(),
            ).pk  # fmt: skip

        if pk := or_error(form, lambda: once(request, "start_plan", keep)):
            done(request, _("草稿已建立，请填写"))
            return redirect("keyaccounts:write", pk)
    earned, _label = figures_of(members if len(members) > 1 else [terminal.pk], today())
    page |= {"terminal": terminal, "form": form, "earned": earned, "members": len(members)}
    return render(request, "keyaccounts/start.html", page, status=422 if request.method == "POST" else 200)


def _next_first(day: date) -> date:
    """The first of the next month: a plan begins with one."""
    return date(day.year + (day.month == 12), day.month % 12 + 1, 1)


@require_GET
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """大客户计划  Every part in the order of the form, what became of its actions, its reviews."""
    request.user.must(SEE)
    return _page(request, pk)


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """填写大客户计划  The whole form at once."""
    request.user.must(PLAN)
    kept = plans.plan_for(request.user, pk, PLAN)
    file = plans.plan_file(request.user, pk, today())
    rules.after(kept.state, rules.WRITE, kept.in_force is not None)
    ids = members_of(kept.terminal_id, kept.for_group)
    forms = PlanForms(
        file.content,
        people.choices_of_people(OWNERS),
        members_to_choose(kept, ids),
        kept.owner_id,
        request.POST or None,
    )
    if request.method == "POST" and forms.is_valid():

        def keep() -> int:
            return actions.write_plan(plan=pk, content=forms.content(), by=request.user, now=timezone.now()).pk

        if or_error(forms.once, lambda: once(request, "write_plan", keep), {"private_words_in_plan": "why_words"}):
            done(request, _("计划已保存"))
            return redirect("keyaccounts:plan", pk)
    found = reviewing.ledger(kept, today() - YEAR, today())
    page = _head(file) | {"forms": forms, "ledger": found, "overdue": percent(reviewing.overdue_bp(found))}
    return render(request, "keyaccounts/write.html", page, status=422 if request.method == "POST" else 200)


def _move(name: str, verb: str, act: Callable[..., Any], words: str) -> Callable[[HttpRequest, int], HttpResponse]:
    """A page that moves a plan on by one action, with a note where it takes one."""

    @require_POST
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        request.user.must(verb)
        plans.plan_for(request.user, pk, verb)
        form = WordsForm(request.POST)
        if form.is_valid():
            given = {} if name == "hand_in_plan" else {_NOTE.get(name, "note"): form.cleaned_data["note"]}

            def keep() -> int:
                return act(plan=pk, by=request.user, now=timezone.now(), **given).pk

            if or_error(form, lambda: once(request, name, keep)):
                done(request, _(words))
                return redirect("keyaccounts:write" if name == "amend_plan" else "keyaccounts:plan", pk)
        return _page(request, pk, form)

    view.__doc__ = act.__doc__
    return view


_NOTE = {"amend_plan": "why"}
amend = _move("amend_plan", PLAN, actions.amend_plan, N_("已开始修订：批准之前仍按原计划执行"))
hand_in = _move("hand_in_plan", PLAN, actions.hand_in_plan, N_("计划已提交"))
approve = _move("approve_plan", DECIDE, actions.approve_plan, N_("计划已批准"))
send_back = _move("send_back_plan", DECIDE, actions.send_back_plan, N_("计划已退回"))
withdraw = _move("withdraw_plan", PLAN, actions.withdraw_plan, N_("已放弃"))
close = _move("close_plan", DECIDE, actions.close_plan, N_("计划已结束"))


@require_POST
def progress(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """登记行动进展  Begun, done, left, or taken up again."""
    request.user.must(PLAN)
    plans.plan_for(request.user, pk, PLAN)
    form = ProgressForm(request.POST)
    if form.is_valid():

        def keep() -> int:
            return actions.note_progress(
                plan=pk, number=number, state=form.cleaned_data["state"], words=form.cleaned_data["words"], by=request.user,
                now=timezone.now(),
            ).pk  # fmt: skip

        if or_error(form, lambda: once(request, "note_progress", keep)):
            done(request, _("进展已登记"))
            return redirect("keyaccounts:plan", pk)
    return _page(request, pk, form)


@require_GET
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """大客户计划（PDF）  The paper form."""
    request.user.must(SEE)
    file = plans.plan_file(request.user, pk, today(), number=_version(request))
    return HttpResponse(plan_paper(_shown(file)), content_type="application/pdf")


def _version(request: HttpRequest) -> int | None:
    text = request.GET.get("version", "")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 4:
        raise NotFound(noun=N_("计划版本"))
    return int(text)


def _page(request: HttpRequest, pk: int, form: Any = None) -> HttpResponse:
    number = _version(request) if request.method == "GET" else None
    file = plans.plan_file(request.user, pk, today(), number=number)
    moves = rules.MOVES[file.row.state] if file.number == file.row.newest else {}
    may, decide = request.user.may(PLAN), request.user.may(DECIDE)
    working = file.row.in_force is not None and file.row.state in rules.OPEN and file.number == file.row.in_force
    page = _shown(file) | {
        "form": form,
        "words_form": WordsForm(),
        "may_write": may and rules.WRITE in moves,
        "may_hand_in": may and rules.HAND_IN in moves,
        "may_amend": may and rules.AMEND in moves,
        "may_withdraw": may and rules.WITHDRAW in moves,
        "may_decide": decide and rules.APPROVE in moves,
        "may_close": decide and rules.CLOSE in moves,
        "may_work": may and working,
        "may_review": request.user.may(REVIEW) and file.row.in_force is not None,
        "group_url": reverse("keyaccounts:group", args=[file.row.terminal_id]),
    }
    return render(request, "keyaccounts/plan.html", page, status=422 if form is not None else 200)


def _head(file: PlanFile) -> dict[str, Any]:
    row = file.row
    return {
        "row": row,
        "file": file,
        "span": span(row),
        "state": _(rules.STATES[row.state]),
        "tone": rules.TONES[row.state],
        "customer_url": address("desk:terminal", row.terminal_id),
        "missing": [_(name) for name in file.completeness.missing],
    }


def _shown(file: PlanFile) -> dict[str, Any]:
    """Everything of a plan in words, in the order of the form."""
    content, day = file.content, today()
    work = [one for one in file.actions if one.kind == rules.WORK]
    talks = [one for one in file.actions if one.kind == rules.EXECUTIVE]
    reviewed = {one.quarter: one for one in file.reviews}
    return _head(file) | {
        "reasons": [_(REASONS[code]) for code in content.reasons if code in REASONS],
        "roles": [
            (_(rules.DEPARTMENTS[one.department]), one.post, _(rules.PARTS[one.part]), _(rules.ATTITUDES[one.attitude]), one.needs)
            for one in content.roles
        ],
        "situation": [
            (_(name), percent(value) if code == "share_bp" else value)
            for code, name in rules.SITUATION.items()
            if (value := content.situation.get(code)) not in (None, "")
        ],
        "swot": [(_(name), content.swot.get(code, "")) for code, name in rules.SWOT.items()],
        "goals": [
            (
                _(rules.GOALS[one.kind]), in_unit(one.kind, one.baseline), in_unit(one.kind, one.target),
                [in_unit(one.kind, step) for step in one.milestones],
            )
            for one in content.goals
        ],
        "work": [_action(one, day) for one in work],
        "talks": [_action(one, day) for one in talks],
        "risks": [(_(rules.RISKS[one.kind]), one.words, _(rules.LEVELS[one.level]), one.answer) for one in content.risks],
        "states": [(one, _(rules.STATES[one.state]), rules.TONES[one.state]) for one in reversed(file.states)],
        "quarters": [
            {
                "n": n, "first": first, "last": last, "over": last < day, "begun": first <= day,
                "review": reviewed.get(n),
                "verdict": _(VERDICTS[reviewed[n].verdict]) if n in reviewed else "",
                "tone": VERDICT_TONES[reviewed[n].verdict] if n in reviewed else "",
            }
            for n, (first, last) in enumerate(file.quarters, 1)
        ],
    }  # fmt: skip


def _action(one: plans.ActionRow, day: date) -> dict[str, Any]:
    return {
        "row": one,
        "serves": _(rules.GOALS[one.serves]),
        "state": _(rules.PROGRESS[one.state]),
        "tone": "bad" if one.late(day) else rules.PROGRESS_TONES[one.state],
        "late": one.late(day),
    }


PLANS = [
    path("", list_plans, name="plans"),
    path("new/", start, name="start"),
    path("<int:pk>/", plan, name="plan"),
    path("<int:pk>/write/", write, name="write"),
    path("<int:pk>/amend/", amend, name="amend"),
    path("<int:pk>/hand-in/", hand_in, name="hand_in"),
    path("<int:pk>/approve/", approve, name="approve"),
    path("<int:pk>/send-back/", send_back, name="send_back"),
    path("<int:pk>/withdraw/", withdraw, name="withdraw"),
    path("<int:pk>/close/", close, name="close"),
    path("<int:pk>/actions/<int:number>/", progress, name="progress"),
    path("<int:pk>/plan.pdf", paper, name="paper"),
]
