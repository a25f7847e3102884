"""今日催收  Debtors by what acting today is worth, each with why, what to do next, script and papers; plain orders beside it."""

from __future__ import annotations

from datetime import timedelta
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
from kewei.collecting.queries import contacts, exits, interest, tasks, techniques, worklist
from kewei.collecting.queries.worklist import Judged, LineRow
from kewei.collecting.rules.cases import CASE_ROLES
from kewei.collecting.rules.escalation import RUNGS, SIDES
from kewei.collecting.rules.ladder import STAGES
from kewei.collecting.rules.letters import KIND_OF_STAGE, LetterWanted
from kewei.collecting.rules.reasons import NAMES
from kewei.collecting.rules.segments import SEGMENTS
from kewei.collecting.rules.techniques import CHANNELS, PAPERS, Technique
from kewei.collecting.rules.value import BASES, WHY
from kewei.collecting.web import debtor
from kewei.kernel.calendar import add_working_days
from kewei.kernel.money import yuan
from kewei.kernel.refusals import N_, as_words
from kewei.people import queries as people
from kewei.people.keys import ticked
from kewei.people.listing import Bulk, Col, Filter, Listing
from kewei.people.notices import done
from kewei.people.rules import APART_FROM_MEDICAL, ROLES
from kewei.receivables import queries as receivables
from kewei.receivables.forms import KeyedForm, day_widget
from kewei.receivables.rules.policies import rates_on
from kewei.receivables.web.items import customers
from kewei.receivables.web.parts import address, once, or_error, today
from kewei.terminals import queries as terminals
from kewei.terminals.rules import CONTACT_DUTIES

SEE, CONTACT, ESCALATE, EXPORT = "collecting.see", "collecting.contact", "collecting.escalate", "collecting.export"
LETTER = "collecting.letter"
AT_ONCE, ITEMS, TOP_CHOICES = 200, 12, 6
# Channels bound to hours, days and caps (domain 4.7).
SPOKEN = ("message", "phone", "visit")
# Whom to speak with first about money (domain 1G row 88): people of the organisation only.
DUTIES = ("finance", "head", "purchasing", "pharmacy", "warehouse", "other")
ALL_ORDERS: dict[str, tuple[str, str]] = {
    "worth": (N_("按期望收益"), "-worth"),
    "days": (N_("按最老"), "-days"),
    "overdue": (N_("按最大"), "-overdue"),
}


# What a row of the list says in its own columns.
PLAIN = ("overdue", "due_soon")


def row_words(row: LineRow) -> str:
    """Why a customer is on the list, beyond what its columns say."""
    return why_words([one for one in row.why if one[0] not in PLAIN] or row.why, 2)


def why_words(why: list[Any] | tuple[Any, ...], most: int = 3) -> str:
    """Why a customer is on the list, in sentences."""
    told = []
    for code, numbers in list(why)[:most]:
        shown = {name: as_words(name, value, _) for name, value in numbers.items()}
        told.append(_(WHY[code]).format(**shown) if code in WHY else code)
    return "；".join(told)


def stage_words(stage: int) -> str:
    """A stage as lists call it."""
    return f"ST{stage} {_(STAGES[stage])}" if stage in STAGES else f"ST{stage}"


def role_words(role: str) -> str:
    """A role as people read it."""
    return _(ROLES[role].name) if role in ROLES else role


def tone_of(row: LineRow) -> str:
    """How pressing a line is."""
    codes = {code for code, _numbers in row.why}
    if codes & {"limitation", "promise_broken"}:
        return "bad"
    return "warn" if codes & {"pay_run", "run_today", "promise_today"} else "info"


def _techniques(_request: HttpRequest) -> list[tuple[str, str]]:
    return [(code, _(row.name)) for code, row in techniques.library(today()).items()]


LISTING = Listing(
    name="collecting.worklist",
    title=N_("今日催收"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sub=lambda row: f"{row.terminal_code} · {_(SEGMENTS[row.segment])}", clip=True,
            link=lambda row: reverse("collecting:act", args=[row.terminal_id]),
        ),
        Col("worth_fen", N_("期望收益"), kind="amount", sort="worth", help=N_("今天做下一步预计多收回的，加上保住的，减去花费")),
        Col("overdue_fen", N_("逾期"), kind="amount", sort="overdue"),
        Col("days", N_("最长逾期天数"), kind="number", sort="days"),
        Col("stage", N_("阶段"), words=stage_words),
        Col("why", N_("为什么"), value=row_words),
        Col(
            "technique", N_("下一步"), kind="badge", value=lambda row: _(row.technique_name), tone=tone_of,
            sub=lambda row: _("由{role}").format(role=role_words(row.role)) if row.role else "",
        ),
        Col("planned_on", N_("已排"), kind="day"),
        Col("items", N_("张数"), kind="number", shown=False),
        Col("asked_fen", N_("可催金额"), kind="amount", shown=False),
        Col("gain_fen", N_("多收回"), kind="amount", shown=False),
        Col("stake_fen", N_("保住"), kind="amount", shown=False),
        Col("cost_fen", N_("花费"), kind="amount", shown=False),
        Col("basis", N_("自付的可能按"), words=lambda code: _(BASES[code]) if code in BASES else "", shown=False),
        Col("reasons", N_("逾期原因"), value=lambda row: "、".join(_(NAMES.get(code, code)) for code in row.reasons), shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户名称、编码")),
        Filter("terminal", N_("客户"), kind="choice", options=customers),
        Filter("segment", N_("客户分类"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in SEGMENTS.items()]),
        Filter("stage", N_("阶段"), kind="choice", options=lambda _r: [(str(k), stage_words(k)) for k in STAGES]),
        Filter("technique", N_("下一步"), kind="choice", options=_techniques),
        Filter("role", N_("由谁"), kind="choice", options=lambda _r: [(k, role_words(k)) for k in ROLES if k in APART_FROM_MEDICAL]),
        Filter(
            "state", N_("安排"), kind="choice",
            options=lambda _r: [*((k, _(v)) for k, v in worklist.STATES.items()), ("all", _("全部"))],
        ),
        Filter("mine", N_("仅我该做的"), kind="flag"),
    ],
    order="-worth",
    may_export=EXPORT,
    row_url=lambda row: reverse("collecting:act", args=[row.terminal_id]),
    key=lambda row: row.terminal_id,
    bulk=[
        Bulk(N_("安排任务"), "collecting:plan_many", "calendar-plus"),
        Bulk(N_("起草本阶段函件"), "collecting:write_many", "mail-plus"),
    ],
    empty_title=N_("今天没有要催的"),
    empty_text=N_("每天早上按账本重新排序；没有逾期也没有即将到期的，这里就是空的。"),
    empty_icon="phone-call",
)  # fmt: skip


class PlanForm(KeyedForm):
    """Something to be done about one or several debtors."""

    technique = forms.ChoiceField(label=gettext_lazy("办法"))
    person = forms.ChoiceField(label=gettext_lazy("交给"), required=False)
    due_on = forms.DateField(label=gettext_lazy("日期"), widget=day_widget())
    note = forms.CharField(label=gettext_lazy("备注"), max_length=200, required=False)

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["technique"].choices = choices  # type: ignore[attr-defined]
        everybody = people.choices_of_people(sorted(APART_FROM_MEDICAL))
        self.fields["person"].choices = [("", _("有权限的人")), *((str(pk), name) for pk, name in everybody)]  # type: ignore[attr-defined]


class EscalateForm(KeyedForm):
    """Taking a debt one rung higher."""

    rung = forms.ChoiceField(label=gettext_lazy("升级到"))
    whom = forms.CharField(label=gettext_lazy("找谁（单位职务）"), max_length=80)
    why = forms.CharField(label=gettext_lazy("为什么"), max_length=200)

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["rung"].choices = choices  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def lines(request: Any) -> HttpResponseBase:
    """今日催收  The list, and what its first lines win against oldest first and largest first."""
    request.user.must(SEE)
    day = today()

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        state = asked.pop("state", worklist.TODO)
        roles = [asked.pop("role")] if "role" in asked else []
        if asked.pop("mine", None):
            roles = sorted({held.role for held in request.user.held})
        for name in ("terminal", "stage"):
            if name in asked:
                asked[name] = int(asked[name])
        shown = "" if state == "all" else state
        return worklist.list_lines(
            request.user, day, order=order or "-worth", state=shown, roles=roles, start=start, limit=limit, **asked
        )

    made = worklist.ranking()
    context = {
        "made": made,
        "stale": made is not None and made.day < day,
        "may_rank": request.user.may(ESCALATE),
        "compare": _compare(request) if made is not None and not request.htmx and "format" not in request.GET else [],
        "first": worklist.FIRST_LINES,
    }
    return LISTING.answer(request, fetch, "collecting/worklist.html", context)


def _compare(request: HttpRequest) -> list[dict[str, Any]]:
    """What the first lines of each order are worth, and the way to that order."""
    found = worklist.first_lines(request.user, today())
    most = max(worth for worth, _fen in found.values()) or 1
    return [
        {
            "name": _(words), "worth": found[code][0], "overdue": found[code][1], "percent": found[code][0] * 100 // most,
            "url": f"{reverse('collecting:worklist')}?order={order}",
        }
        for code, (words, order) in ALL_ORDERS.items()
    ]  # fmt: skip


@require_POST
def rank(request: HttpRequest) -> HttpResponse:
    """重新排序  The list is made anew from the ledger as it is now."""
    request.user.must(ESCALATE)
    made = actions.rank_worklist(day=today(), by=request.user, now=timezone.now())
    done(request, _("已重新排序：{count} 家客户").format(count=made.customers))
    return redirect("collecting:worklist")


@require_POST
def plan_many(request: HttpRequest) -> HttpResponse:
    """安排任务  The ticked customers, with one task each; those that have it already are passed over."""
    request.user.must(CONTACT)
    wanted = [terminals.terminal_for(request.user, pk, CONTACT) for pk in ticked(request.POST, most=AT_ONCE)]
    if not wanted:
        done(request, _("没有勾选任何一行"))
        return redirect("collecting:worklist")
    form = PlanForm(
        _techniques(request), request.POST if "technique" in request.POST else None,
        initial={"due_on": add_working_days(today(), 1)},
    )  # fmt: skip
    if form.is_valid():

        def plan() -> int:
            return len([one for one in wanted if _set(request, one, form.cleaned_data, skip=True)])

        count = or_error(form, lambda: once(request, "plan_many", plan), {"task_in_past": "due_on"})
        if count is not None:
            done(request, _("已安排 {count} 项任务").format(count=count))
            return redirect("collecting:worklist")
    page = {
        "title": _("安排任务"), "form": form, "url": reverse("collecting:plan_many"),
        "rows": [(one.pk, one.name, one.code) for one in wanted],
        "fields": [form[name] for name in ("technique", "person", "due_on", "note")], "button": _("安排任务"),
        "danger": False, "back": reverse("collecting:worklist"),
    }  # fmt: skip
    return render(request, "collecting/many.html", page, status=422 if form.is_bound else 200)


def _set(request: HttpRequest, terminal: Any, given: dict[str, Any], *, skip: bool = False) -> int:
    """Set a task; 0 where the customer has it already and that is passed over."""
    if skip and given["technique"] in tasks.open_techniques(terminal.pk):
        return 0
    person = people.colleague(int(given["person"])) if given["person"] else None
    return actions.set_task(
        terminal=terminal, technique=given["technique"], due_on=given["due_on"], person=person, note=given["note"],
        by=request.user, now=timezone.now(),
    ).pk  # fmt: skip


@require_POST
def write_many(request: HttpRequest) -> HttpResponse:
    """起草本阶段函件  The letter of each ticked customer's stage, for all that is overdue; drafts still need their seal."""
    request.user.must(LETTER)
    wanted = [terminals.terminal_for(request.user, pk, LETTER).pk for pk in ticked(request.POST, most=AT_ONCE)]
    found = worklist.overdue_items(wanted, today()) if wanted else {}
    letters = [
        LetterWanted(pk, KIND_OF_STAGE[f"ST{stage}"], f"ST{stage}", tuple(items))
        for pk, (stage, items) in found.items()
        if f"ST{stage}" in KIND_OF_STAGE
    ]
    made = actions.draft_letters(wanted=letters, day=today(), by=request.user, now=timezone.now()) if letters else []
    done(request, _("起草了 {count} 封函件，其余阶段没有函件或今天已经起草").format(count=len(made)))
    return redirect("collecting:letters" if made else "collecting:worklist")


# --- one customer -----------------------------------------------------------------------------------------------------


@require_GET
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """下一步  One customer today: why, what to do, with whom, in which words, with which papers, and what else there is."""
    request.user.must(SEE)
    return _page(request, pk)


@require_POST
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """安排任务  For this customer."""
    request.user.must(CONTACT)
    terminal = terminals.terminal_for(request.user, pk, CONTACT)
    form = PlanForm(_techniques(request), request.POST)
    if form.is_valid():
        beside = {
            "task_in_past": "due_on",
            "task_too_far": "due_on",
            "not_their_technique": "person",
            "task_exists": "technique",
        }
        if or_error(form, lambda: once(request, "plan", lambda: _set(request, terminal, form.cleaned_data)), beside):
            done(request, _("任务已安排"))
            return redirect("collecting:act", pk)
    return _page(request, pk, plan_form=form)


@require_POST
def escalate(request: HttpRequest, pk: int) -> HttpResponse:
    """升级  One rung higher, inside the customer or inside the house."""
    request.user.must(ESCALATE)
    terminal = terminals.terminal_for(request.user, pk, ESCALATE)
    form = EscalateForm(_rungs(), request.POST)
    if form.is_valid():
        side, _dot, rung = form.cleaned_data["rung"].partition(".")

        def raise_it() -> int:
            return actions.escalate(
                terminal=terminal, side=side, rung=rung, whom=form.cleaned_data["whom"], why=form.cleaned_data["why"],
                by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        if or_error(
            form, lambda: once(request, "escalate", raise_it), {"rung_skipped": "rung", "rung_too_early": "rung"}
        ):
            done(request, _("已升级"))
            return redirect("collecting:act", pk)
    return _page(request, pk, escalate_form=form)


def _rungs() -> list[tuple[str, str]]:
    """Every rung as a choice."""
    house = [code for code in RUNGS if code in ROLES]
    return [
        (f"{side}.{code}", f"{_(words)} · {_(RUNGS[code])}")
        for side, words in SIDES.items()
        for code in RUNGS
        if (code in house) == (side == "house")
    ]


def _page(
    request: HttpRequest, pk: int, *, plan_form: PlanForm | None = None, escalate_form: EscalateForm | None = None
) -> HttpResponse:
    person, day = request.user, today()
    terminal = terminals.terminal_for(person, pk, SEE)
    found = worklist.judged(person, pk, day)
    rungs = exits.next_rungs(found.sight, day) if found and found.sight.overdue_fen else {}
    chosen, team = debtor.chosen(request, found), worklist.team_of(pk)
    choices = _techniques(request)
    following = [
        (f"{side}.{rung.code}", f"{_(SIDES[side])} · {_(RUNGS[rung.code])}") for side, rung in rungs.items() if rung
    ]
    page = debtor.head(terminal) | {
        "found": found,
        "segment": _(SEGMENTS[found.sight.segment]) if found else "",
        "stage": stage_words(found.sight.stage) if found else "",
        "why": [why_words([one]) for one in found.why] if found else [],
        "basis": _(BASES[found.basis]) if found else "",
        "choices": [_choice(row, worth, pk) for row, worth in found.choices[:TOP_CHOICES]] if found else [],
        "more": max(0, len(found.choices) - TOP_CHOICES) if found else 0,
        "chosen": _told(chosen, found, terminal.name) if chosen and found else None,
        "contacts": _contacts(person, pk),
        "not_now": _not_now(pk, chosen),
        "items": receivables.open_items(person, day, terminal=pk, limit=ITEMS)[0] if person.may("receivables.see") else [],
        "tasks": [(row, _(row.technique_name), role_words(row.role)) for row in tasks.tasks_of(person, pk, day, 8)],
        "cost": tasks.costs_of([pk], day).get(pk),
        "case": team,
        "case_members": [(_(CASE_ROLES.get(role, role)), name) for role, name in team.members] if team else [],
        "escalations": [(row, _(SIDES[row.side]), _(RUNGS.get(row.rung, row.rung))) for row in exits.escalations_of(person, pk, 8)],
        "exit": exits.waiting_exit(pk),
        "interest": interest.claim_of(person, pk, day) if found and "sme" in found.sight.has else None,
        "plan_form": plan_form or PlanForm(
            choices, initial={"technique": chosen.code if chosen else "", "due_on": add_working_days(day, 1)}
        ),
        "escalate_form": escalate_form or EscalateForm(following),
        "may_plan": person.may(CONTACT),
        "may_escalate": person.may(ESCALATE) and bool(following or escalate_form),
        "ways": _ways(person, pk),
        "policies": worklist.policies(day).labels,
    }  # fmt: skip
    status = 422 if plan_form is not None or escalate_form is not None else 200
    return render(request, "collecting/act.html", page, status=status)


def _choice(row: Technique, worth: Any, pk: int) -> dict[str, Any]:
    return {
        "code": row.code, "name": _(row.name), "channel": _(CHANNELS[row.channel]), "role": role_words(row.role),
        "worth": worth, "url": f"{reverse('collecting:act', args=[pk])}?do={row.code}",
    }  # fmt: skip


def _told(row: Technique, found: Judged, name: str) -> dict[str, Any]:
    """The chosen technique with its script filled in from the customer's own figures."""
    sight, day = found.sight, today()
    run_in = sight.moment.run_in
    blanks = {
        "customer": name, "amount": yuan(found.weighed.fen), "count": sight.items, "oldest": sight.oldest.isoformat(),
        "days": max(0, sight.days), "deadline": add_working_days(day, rates_on(day).pay_within_working_days).isoformat(),
        "run_day": (day + timedelta(days=run_in)).isoformat() if run_in is not None else "",
    }  # fmt: skip
    paper = address("collecting:letter_new") or address("collecting:letters")
    return {
        "code": row.code, "name": _(row.name), "channel": _(CHANNELS[row.channel]), "role": role_words(row.role),
        "script": _(row.script).format(**blanks), "evidence": [_(words) for words in row.evidence],
        "paper": _(PAPERS[row.paper]) if row.paper else "", "minutes": row.minutes, "fen": row.fen,
        "paper_url": (
            f"{address('receivables:statement', sight.terminal_id)}" if row.paper == "statement"
            else f"{paper}?terminal={sight.terminal_id}&kind={row.paper}" if row.paper and paper else ""
        ),
        "url": f"{reverse('collecting:techniques')}#{row.code}",
    }  # fmt: skip


def _not_now(pk: int, chosen: Technique | None) -> tuple[str, str] | None:
    """Why the customer may not be spoken to at this moment, and what to do instead; None where it may, or nobody speaks."""
    if chosen is None or chosen.channel not in SPOKEN:
        return None
    refused = contacts.refused_now(pk, chosen.channel, timezone.now())
    return None if refused is None else (refused.sentence(_), refused.advice(_))


def _contacts(person: Any, pk: int) -> list[tuple[Any, str]]:
    """Whom to speak with, finance first."""
    found = terminals.contacts_of(person, pk)
    ordered = sorted(found, key=lambda row: DUTIES.index(row.duty) if row.duty in DUTIES else len(DUTIES))
    return [(row, _(CONTACT_DUTIES.get(row.duty, ""))) for row in ordered[:6]]


# What can be done from here: verb, URL name, words, icon. A page that is not built is not offered.
_WAYS: list[tuple[str, str, str, str]] = [
    ("collecting.contact", "collecting:record_contact", N_("登记联系"), "phone"),
    ("collecting.promise", "collecting:make_promise", N_("登记承诺"), "heart-handshake"),
    ("collecting.dispute", "collecting:raise_dispute", N_("登记争议"), "messages"),
    ("collecting.contact", "collecting:note_cost", N_("登记费用"), "receipt"),
]


def _ways(person: Any, pk: int) -> list[dict[str, str]]:
    return [
        {"name": _(words), "icon": icon, "url": f"{url}?terminal={pk}"}
        for verb, name, words, icon in _WAYS
        if person.may(verb) and (url := address(name))
    ]


WORKLIST = [
    path("", lines, name="worklist"),
    path("rank/", rank, name="rank"),
    path("plan/", plan_many, name="plan_many"),
    path("write/", write_many, name="write_many"),
    path("terminals/<int:pk>/", act, name="act"),
    path("terminals/<int:pk>/plan/", plan, name="plan"),
    path("terminals/<int:pk>/escalate/", escalate, name="escalate"),
]
