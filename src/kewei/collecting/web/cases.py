"""案件  Debtors with something overdue: the list, and one case with all that happened in it."""

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
from kewei.collecting.queries import cases
from kewei.collecting.queries.cases import OPEN, STATES, CaseRow
from kewei.collecting.rules.cases import CASE_ROLES, ENDS
from kewei.collecting.rules.ladder import CHANNELS, STAGES
from kewei.collecting.rules.reasons import NAMES
from kewei.collecting.web import parts
from kewei.kernel.refusals import N_
from kewei.people import queries as people
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables.forms import KeyedForm
from kewei.receivables.web.items import customers
from kewei.receivables.web.parts import address, once, or_error, today
from kewei.terminals import rules as terminal_rules

SEE, ESCALATE, EXPORT = "collecting.see", "collecting.escalate", "collecting.export"
COLLECTING_ROLES = (
    "representative",
    "manager",
    "credit",
    "credit_manager",
    "finance_director",
    "accountant",
    "legal",
    "director",
)


def stage_words(stage: int) -> str:
    """ST4 第一次催款函."""
    return f"ST{stage} {_(STAGES[stage])}"


def stage_tone(stage: int) -> str:
    """How far a case has come, as a tone."""
    return "quiet" if stage == 0 else "info" if stage < 3 else "warn" if stage < 5 else "bad"


def late_words(row: CaseRow) -> str:
    """How long the oldest invoice is overdue."""
    return _("最久逾期 {days} 天").format(days=(today() - row.oldest_due).days) if row.closed_on is None else ""


LISTING = Listing(
    name="collecting.cases",
    title=N_("案件"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: reverse("collecting:case", args=[row.pk]),
        ),
        Col("stage", N_("阶段"), kind="badge", words=stage_words, tone=lambda row: stage_tone(row.stage)),
        Col("overdue_fen", N_("逾期"), kind="amount", total=True, sort="amount"),
        Col("items", N_("张数"), kind="number"),
        Col("oldest_due", N_("最早到期"), kind="day", sub=late_words, sort="oldest"),
        Col("owner", N_("业务员")),
        Col("opened_on", N_("立案"), kind="day", sort="opened"),
        Col("closed_on", N_("结案"), kind="day", shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户名称、编码")),
        Filter("terminal", N_("客户"), kind="choice", options=customers),
        Filter("stage", N_("阶段"), kind="choice", options=lambda _r: [(str(n), stage_words(n)) for n in STAGES]),
        Filter(
            "kind", N_("客户类型"), kind="choice",
            options=lambda _r: [(code, _(words)) for code, words in terminal_rules.KINDS.items()],
        ),
        Filter(
            "state", N_("状态"), kind="choice",
            options=lambda _r: [*((k, _(v)) for k, v in STATES.items()), ("all", _("全部"))],
        ),
    ],
    may_export=EXPORT,
    row_url=lambda row: reverse("collecting:case", args=[row.pk]),
    empty_title=N_("没有未结的案件"),
    empty_text=N_("客户一有逾期，每天早上自动立案；逾期清了，自动结案。"),
    empty_icon="briefcase",
)  # fmt: skip


class MemberForm(KeyedForm):
    """Who joins a case, in which part."""

    person = forms.ChoiceField(label=gettext_lazy("人员"))
    role = forms.ChoiceField(label=gettext_lazy("分工"))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        chosen = [("", _("请选择")), *((str(pk), name) for pk, name in people.choices_of_people(COLLECTING_ROLES))]
        self.fields["person"].choices = chosen  # type: ignore[attr-defined]
        self.fields["role"].choices = [(code, _(words)) for code, words in CASE_ROLES.items()]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def list_cases(request: HttpRequest) -> HttpResponseBase:
    """案件  The largest in front; open ones unless asked otherwise."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        state = asked.pop("state", OPEN)
        for name in ("terminal", "stage"):
            if name in asked:
                asked[name] = int(asked[name])
        shown = "" if state == "all" else state
        rows, count, fen = cases.list_cases(
            request.user, state=shown, order=order or "-amount", start=start, limit=limit, **asked
        )
        return rows, count, {"overdue_fen": fen}

    return LISTING.answer(request, fetch, "lists/page.html")


@require_GET
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """案件  What is owed, how far it has come, and everything that happened, newest first."""
    request.user.must(SEE)
    return _page(request, pk)


@require_POST
def join_case(request: HttpRequest, pk: int) -> HttpResponse:
    """加入案件  Somebody gets a part in the case."""
    request.user.must(ESCALATE)
    cases.case_for(request.user, pk, ESCALATE)
    form = MemberForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data

        def join() -> int:
            person = people.colleague(int(given["person"]))
            return actions.join_case(case=pk, person=person, role=given["role"], by=request.user, now=timezone.now()).pk

        if or_error(form, lambda: once(request, "join_case", join)):
            done(request, _("已加入案件"))
            return redirect("collecting:case", pk)
    return _page(request, pk, form)


@require_POST
def leave_case(request: HttpRequest, pk: int) -> HttpResponse:
    """退出案件  Somebody's part in a case ends."""
    request.user.must(ESCALATE)
    member = actions.leave_case(member=pk, by=request.user, now=timezone.now())
    done(request, _("已退出案件"))
    return redirect("collecting:case", member.case_id)


def _page(request: HttpRequest, pk: int, form: MemberForm | None = None) -> HttpResponse:
    file = cases.case_file(request.user, pk, today())
    row, reader = file.row, request.user
    terminal = row.terminal_id
    page = {
        "row": row,
        "file": file,
        "kind": _(terminal_rules.KINDS.get(file.kind, file.kind)),
        "stage": stage_words(row.stage),
        "tone": stage_tone(row.stage),
        "late_days": (today() - row.oldest_due).days,
        "why": _(ENDS.get(row.why, row.why)),
        "items": [
            {
                "row": item,
                "stage": stage_words(item.stage) if item.stage is not None else _("尚未催收"),
                "tone": stage_tone(item.stage or 0),
                "reason": f"{item.reason} {_(NAMES[item.reason])}" if item.reason else "",
            }
            for item in file.items
        ],
        "moments": parts.moments(reader, file),
        "members": [(one, _(CASE_ROLES[one.role])) for one in file.members],
        "form": form or MemberForm(),
        "may_escalate": reader.may(ESCALATE) and row.closed_on is None,
        "next_steps": [
            {"name": _(words), "url": f"{url}?terminal={terminal}", "icon": icon}
            for name, words, icon, verb in _STEPS
            if reader.may(verb) and (url := address(name))
        ],
        "customer_url": address("desk:terminal", terminal),
        "act_url": address("collecting:act", terminal),
        "clocks_url": address("collecting:clocks"),
        "channels": CHANNELS,
    }
    return render(request, "collecting/case.html", page, status=422 if form is not None else 200)


_STEPS = (
    ("collecting:record_contact", N_("登记联系"), "phone", "collecting.contact"),
    ("collecting:make_promise", N_("登记承诺"), "heart-handshake", "collecting.promise"),
    ("collecting:raise_dispute", N_("登记争议"), "messages", "collecting.dispute"),
    ("collecting:letter_new", N_("起草函件"), "mail", "collecting.letter"),
    ("collecting:note_reason", N_("登记原因"), "tags", "collecting.contact"),
)

CASES = [
    path("cases/", list_cases, name="cases"),
    path("cases/<int:pk>/", case, name="case"),
    path("cases/<int:pk>/join/", join_case, name="join_case"),
    path("members/<int:pk>/leave/", leave_case, name="leave_case"),
]
