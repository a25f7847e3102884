"""拜访计划  Months of visits: asked for, looked at by day, changed, released, and put beside what was done."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.journal.web import attachment_response, kept_upload
from kewei.kernel.refusals import N_, NotFound, Refused
from kewei.people import actions as people_actions
from kewei.people.keys import key_of
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done, failed
from kewei.receivables.forms import KeyedForm, day_widget
from kewei.receivables.web.parts import once, or_error, today
from kewei.visits import actions
from kewei.visits.queries import explaining, planning, plans
from kewei.visits.queries.plans import PlanFile, StopRow, clock
from kewei.visits.rules import calendar_feed, drawing
from kewei.visits.rules.days import walk
from kewei.visits.rules.plans import STATES, TONES, WEEKDAYS, Pattern, days_of_month, month_of
from kewei.visits.rules.purposes import MONEY, PURPOSES
from kewei.visits.rules.wishes import SOURCES, words

SEE, PLAN, RELEASE, EXPORT, TRADE = "visits.see", "visits.plan", "visits.release", "visits.export", "visits.trade"
# Why the planner left a visit out (rules.planning.values.REASONS).
LEFT_OUT: dict[str, str] = {
    "no_person": N_("这些日子没有人上班"),
    "no_pattern": N_("排不出合乎次数与间隔的日子"),
    "closed": N_("上班时间内客户不接待"),
    "too_far": N_("单独去一天也赶不回来"),
    "full": N_("日子已排满更要紧的拜访"),
    "not_worth": N_("路程超过它的权重"),
}
ENDED: dict[str, str] = {
    "moved": N_("改期"), "replanned": N_("重排改期"), "no_room": N_("重排时排不下"), "replaced": N_("由新计划代替"),
    "dropped": N_("计划作废"),
}  # fmt: skip
SCENARIOS: dict[str, str] = {"now": N_("现在"), "more": N_("每天更长或更多家"), "people": N_("再加一人")}
WHAT_IF_SECONDS = 2
FEED_DAYS = 62


def kilometres(metres: int) -> str:
    """Metres as people say a way: kilometres with one decimal."""
    tenths = (metres + 50) // 100
    return f"{tenths // 10}.{tenths % 10}"


def month_in(text: str | None, otherwise: date) -> date:
    """A month of an address (2026-12); what is none is left out rather than refused."""
    try:
        return datetime.strptime(f"{text}-01", "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        return month_of(otherwise)


def months_to_choose(_request: Any = None) -> list[tuple[str, str]]:
    """This month, the next two and the five before."""
    first, found = month_of(today()), []
    for n in range(2, -6, -1):
        number = first.year * 12 + first.month - 1 + n
        found.append(f"{number // 12:04d}-{number % 12 + 1:02d}")
    return [(text, text) for text in found]


def _people(request: HttpRequest) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in plans.visitors(request.user, SEE)]


LISTING = Listing(
    name="visits.plans",
    title=N_("拜访计划"),
    columns=[
        Col("person", N_("人员"), lead=True, link=lambda row: reverse("visits:plan", args=[row.pk])),
        Col("month", N_("月份"), words=lambda month: month.strftime("%Y-%m")),
        Col("state", N_("状态"), kind="badge", words=lambda state: _(STATES[state]), tone=lambda row: TONES[row.state]),
        Col("stops", N_("拜访"), kind="number"),
        Col("visited", N_("已拜访"), kind="number"),
        Col("metres", N_("里程（公里）"), words=kilometres),
        Col("made_by", N_("排程人")),
        Col("made_at", N_("排程时间"), kind="moment"),
    ],
    filters=[
        Filter("month", N_("月份"), kind="choice", options=months_to_choose),
        Filter("whom", N_("人员"), kind="choice", options=_people),
        Filter("state", N_("状态"), kind="choice", options=lambda _r: [(code, _(name)) for code, name in STATES.items()]),
    ],
    may_export=EXPORT,
    row_url=lambda row: reverse("visits:plan", args=[row.pk]),
    empty_title=N_("还没有拜访计划"),
    empty_text=N_("先核对作业安排，再按“排计划”：系统按拜访理由排出整月的日子与路线。"),
    empty_icon="calendar-plus",
)  # fmt: skip


class AskForm(KeyedForm):
    """For whom, for which month, how long to search."""

    month = forms.ChoiceField(label=gettext_lazy("月份"))
    people = forms.MultipleChoiceField(label=gettext_lazy("人员"), widget=forms.CheckboxSelectMultiple)
    seconds = forms.IntegerField(label=gettext_lazy("每人计算秒数"), min_value=1, max_value=120, initial=10)

    def __init__(self, reader: Any, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["month"].choices = months_to_choose()[:3][::-1]  # type: ignore[attr-defined]
        choices = [(str(pk), name) for pk, name in plans.visitors(reader, RELEASE)] or [(str(reader.pk), reader.name)]
        self.fields["people"].choices = choices  # type: ignore[attr-defined]
        self.fields["seconds"].help_text = _("算得久一些，路会短一些；随时可以取当前最好的结果")


class StopForm(KeyedForm):
    """A visit by hand."""

    terminal = forms.TypedChoiceField(label=gettext_lazy("客户"), coerce=int)
    day = forms.DateField(label=gettext_lazy("日期"), widget=day_widget())
    at = forms.TimeField(
        label=gettext_lazy("约定时间"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    minutes = forms.IntegerField(label=gettext_lazy("分钟"), min_value=1, max_value=960, required=False)
    purposes = forms.MultipleChoiceField(label=gettext_lazy("目的"), widget=forms.CheckboxSelectMultiple)
    aim = forms.CharField(label=gettext_lazy("目标结果"), max_length=200, required=False)

    def __init__(self, whom: Any, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["terminal"].choices = plans.terminals_of(whom)  # type: ignore[attr-defined]
        self.fields["purposes"].choices = purposes_of(whom.may(TRADE))  # type: ignore[attr-defined]
        self.fields["at"].help_text = _("与客户约好的时间，重排时不动")


class AimForm(KeyedForm):
    """What a visit is for and should bring."""

    purposes = forms.MultipleChoiceField(label=gettext_lazy("目的"), widget=forms.CheckboxSelectMultiple)
    aim = forms.CharField(label=gettext_lazy("目标结果"), max_length=200, required=False)

    def __init__(self, sells: bool, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["purposes"].choices = purposes_of(sells)  # type: ignore[attr-defined]


class MoveForm(KeyedForm):
    """Another day, or another place in the day's order."""

    day = forms.DateField(label=gettext_lazy("改到"), widget=day_widget())
    place = forms.IntegerField(label=gettext_lazy("当天第几家"), min_value=1, max_value=60, required=False)
    why = forms.CharField(label=gettext_lazy("改期原因"), max_length=100, required=False)


class ConsentForm(KeyedForm):
    """The institution's consent, as a picture or PDF."""

    paper = forms.FileField(label=gettext_lazy("凭证"), help_text=gettext_lazy("PDF、PNG 或 JPEG，最多 10 MB"))


class WhyForm(KeyedForm):
    """Why something is called off."""

    why = forms.CharField(label=gettext_lazy("取消原因"), max_length=100)


def purposes_of(sells: bool) -> list[tuple[str, str]]:
    """Purposes to choose from: none of money for a medical representative (4.4)."""
    return [(code, _(name)) for code, name in PURPOSES.items() if sells or code not in MONEY]


# --- plans ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def list_plans(request: HttpRequest) -> HttpResponseBase:
    """拜访计划  Everybody's months, the newest in front."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        month = month_in(filters.get("month"), today()) if filters.get("month") else None
        return plans.list_plans(
            request.user,
            month=month,
            whom=key_of(filters.get("whom")),
            state=filters.get("state", ""),
            start=start,
            limit=limit,
        )

    context = {
        "may_plan": request.user.may(PLAN),
        "under_way": planning.under_way(request.user.pk),
        "visits_myself": any(pk == request.user.pk for pk, _name in plans.visitors(request.user, SEE)),
    }
    return LISTING.answer(request, fetch, "visits/plans.html", context)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """排计划  For whom, for which month."""
    request.user.must(PLAN)
    initial = {"people": [str(request.user.pk)], "month": months_to_choose()[1][0]}
    form = AskForm(request.user, request.POST or None, initial=initial)
    if form.is_valid():
        given = form.cleaned_data

        def do() -> int:
            return actions.ask_planning(
                people_ids=[int(pk) for pk in given["people"]], month=month_in(given["month"], today()), seconds=given["seconds"],
                by=request.user, now=timezone.now(),
            )  # fmt: skip

        if pk := or_error(form, lambda: once(request, "ask_planning", do), {"month_over": "month"}):
            return redirect("visits:planning", pk)
    return render(request, "visits/plan_ask.html", {"form": form}, status=422 if request.method == "POST" else 200)


@require_GET
def planning_page(request: HttpRequest, pk: int) -> HttpResponse:
    """排程进度  How far it is, what came of it."""
    row = planning.planning(request.user, pk)
    names = dict(zip(row.people, row.names, strict=True))
    failed_ = [(names.get(who, ""), why) for who, why in row.failed]
    return render(request, "visits/planning.html", {"row": row, "failed": failed_, **_hand(row)})


@require_GET
def planning_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, as a fragment; when it is over, the browser loads the page again."""
    row = planning.planning(request.user, pk)
    if row.finished_at is not None:
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = reverse("visits:planning", args=[pk])
        return answer
    return render(request, "visits/parts/planning_progress.html", {"row": row, **_hand(row)})


def _hand(row: planning.PlanningRow) -> dict[str, Any]:
    names = dict(zip(row.people, row.names, strict=True))
    at_hand = [
        _("{name} 目前最好 {km} 公里").format(name=names.get(int(pk), ""), km=kilometres(cost))
        for pk, cost in row.at_hand.items()
    ]
    return {"at_hand": "；".join(at_hand)}


@require_POST
def enough(request: HttpRequest, pk: int) -> HttpResponse:
    """取当前最好  Stop searching and keep the best there is."""
    request.user.must(PLAN)
    actions.take_best(planning=pk, by=request.user, now=timezone.now())
    done(request, _("正在取当前最好的结果"))
    return redirect("visits:planning", pk)


@require_GET
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """计划  A month as a calendar or a list."""
    request.user.must(SEE)
    file = plans.plan_file(request.user, pk)
    view = "list" if request.GET.get("view") == "list" else "month"
    sells = file.row.person_id != request.user.pk or request.user.may(TRADE)
    days = days_of_month(file.row.month)
    of_day: dict[date, list[StopRow]] = {day: [] for day in days}
    for stop in file.stops:
        of_day[stop.day].append(stop)
    mine = file.row.person_id == request.user.pk
    may_change = file.row.state != "dropped" and request.user.may(PLAN if mine else RELEASE)
    page = {
        "file": file, "row": file.row, "state": _(STATES[file.row.state]), "tone": TONES[file.row.state], "view": view,
        "cells": [_cell(day, of_day[day], file) for day in days], "blanks": range(days[0].isoweekday() - 1),
        "weekdays": [_(name) for name in WEEKDAYS.values()], "metres": kilometres(file.row.metres),
        "may_change": may_change, "may_hand_in": mine and request.user.may(PLAN) and file.row.state in ("draft", "sent_back"),
        "may_release": not mine and request.user.may(RELEASE) and file.row.state == "handed_in",
        "may_drop": may_change and file.row.state in ("draft", "sent_back", "handed_in"),
        "month": file.row.month.strftime("%Y-%m"), "states": [(_(STATES[one.state]), TONES[one.state], one) for one in file.states],
        "cancelled": [(stop, _(ENDED.get(why, why))) for stop, why in plans.ended_stops(pk)],
        "key_form": KeyedForm(), "purposes": {code: _(name) for code, name in PURPOSES.items()}, "sells": sells,
        "tabs": [
            {"name": _("月历"), "url": f"{reverse('visits:plan', args=[pk])}", "on": view == "month", "count": None},
            {"name": _("清单"), "url": f"{reverse('visits:plan', args=[pk])}?view=list", "on": view == "list", "count": None},
        ],
        **_figures(file),
    }  # fmt: skip
    return render(request, "visits/plan.html", page)


def _cell(day: date, stops: list[StopRow], file: PlanFile) -> dict[str, Any]:
    return {
        "day": day, "iso": day.isoformat(), "weekday": _(WEEKDAYS[day.isoweekday()]), "off": _(file.off[day]) if day in file.off else "",
        "stops": [(stop, purposes_words(stop)) for stop in stops], "today": day == today(), "past": day < today(),
        "metres": kilometres(sum(stop.metres for stop in stops)), "count": len(stops),
        "full": len(stops) >= file.pattern.stops, "night": file.nights.get(day),
    }  # fmt: skip


def purposes_words(stop: StopRow) -> str:
    """What a stop is for, in words."""
    return "、".join(_(PURPOSES[code]) for code in stop.purposes if code in PURPOSES)


def _figures(file: PlanFile) -> dict[str, Any]:
    """What the planner says of its plan: beside the plain schedule, and what it left out."""
    found = file.found
    if "cost" not in found:
        return {"made_by_hand": True}
    names = plans.terminal_names([key for key, _missing, _reason in found["left_out"]] + file.given.get("unplaced", []))
    saved = found["plain_metres"] - found["metres"]
    return {
        "made_by_hand": False,
        "saved": kilometres(abs(saved)), "saves": saved >= 0, "plain": kilometres(found["plain_metres"]),
        "ours": kilometres(found["metres"]),
        "plain_left_out": found["plain_left_out"], "ours_left_out": sum(missing for _key, missing, _reason in found["left_out"]),
        "left_out": [(key, names.get(key, ""), missing, _(LEFT_OUT.get(reason, reason))) for key, missing, reason in found["left_out"]],
        "unplaced": [(key, names.get(key, "")) for key in file.given.get("unplaced", [])], "guessed": len(file.given.get("guessed", [])),
        "again": [(one, kilometres(one["metres"])) for one in found.get("again", [])[::-1]],
    }  # fmt: skip


@require_GET
def day_sheet(request: HttpRequest, pk: int, day: str) -> HttpResponse:
    """路线单  One day in its order, with a drawn map, for the screen and for paper."""
    request.user.must(SEE)
    file = plans.plan_file(request.user, pk)
    on = _day_of(day, file)
    stops = [stop for stop in file.stops if stop.day == on]
    calls = plans.calls_of(stops)
    pattern, night = file.pattern_on(on), file.nights.get(on)
    round_ = walk(calls, pattern)
    around = [one for one in days_of_month(file.row.month) if any(stop.day == one for stop in file.stops)]
    before = [one for one in around if one < on]
    after = [one for one in around if one > on]
    page = {
        "file": file, "row": file.row, "day": on, "weekday": _(WEEKDAYS[on.isoweekday()]),
        "slept": file.nights.get(on - timedelta(days=1)), "night": night,
        "stops": [(stop, purposes_words(stop), kilometres(stop.metres)) for stop in stops],
        "map": _map(stops, calls, pattern), "metres": kilometres(round_.metres), "begins": clock(round_.begins),
        "back": clock(round_.back), "off": _(file.off[on]) if on in file.off else "",
        "before": before[-1].isoformat() if before else "", "after": after[0].isoformat() if after else "",
        "unplaced": sum(call.place is None for call in calls), "month": file.row.month.strftime("%Y-%m"),
    }  # fmt: skip
    return render(request, "visits/plan_day.html", page)


def _day_of(text: str, file: PlanFile) -> date:
    try:
        on = date.fromisoformat(text)
    except ValueError:
        raise NotFound(noun=N_("日期")) from None
    if month_of(on) != file.row.month:
        raise NotFound(noun=N_("日期"))
    return on


def _map(stops: list[StopRow], calls: list[Any], pattern: Pattern) -> drawing.Drawing | None:
    points, labels = [], []
    if pattern.start:
        points.append(pattern.start)
        labels.append(("", pattern.start_name or _("出发地")))
    for stop, call in zip(stops, calls, strict=True):
        if call.place is not None:
            points.append(call.place)
            labels.append((str(stop.place), stop.terminal_name))
    if pattern.end and len(points) > 1:
        points.append(pattern.end)
        labels.append(("", _("终点")))
    return drawing.draw(points, labels) if len(points) > 1 else None


_STATE_DO: dict[str, tuple[str, str]] = {
    "hand-in": (PLAN, N_("计划已提交")), "release": (RELEASE, N_("计划已批准")), "send-back": (RELEASE, N_("计划已驳回")),
    "drop": (PLAN, N_("计划已作废")),
}  # fmt: skip


@require_POST
def move_on(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """提交、批准、驳回、作废  The next state of a plan."""
    if step not in _STATE_DO:
        raise NotFound(noun=N_("页面"))
    verb, told = _STATE_DO[step]
    request.user.must(verb)
    do: dict[str, Any] = {
        "hand-in": actions.hand_in,
        "release": actions.release_plan,
        "send-back": actions.send_back_plan,
        "drop": actions.drop_plan,
    }
    note = request.POST.get("note", "")[:200]
    if _told(request, lambda: do[step](plan=pk, note=note, by=request.user, now=timezone.now())):
        done(request, _(told))
    return redirect("visits:plan", pk)


@require_POST
def replan(request: HttpRequest, pk: int) -> HttpResponse:
    """重排  The days ahead planned anew, moving as little as possible."""
    request.user.must(PLAN)
    file = plans.plan_file(request.user, pk)
    made = actions.ask_planning(
        people_ids=[file.row.person_id], month=file.row.month, seconds=5, keep=True, by=request.user, now=timezone.now()
    )
    return redirect("visits:planning", made)


@require_GET
def what_if(request: HttpRequest, pk: int) -> HttpResponse:
    """如果  The same month with longer days, more stops, or one more representative."""
    request.user.must(SEE)
    file = plans.plan_file(request.user, pk)
    work = planning.work_kept(plans.plan_for(request.user, pk))
    more = {
        name: min(key_of(request.GET.get(name)) or 0, most)
        for name, most in (("minutes", 240), ("stops", 20), ("people", 1))
    }
    found: list[Any] = []
    if work is not None and any(more.values()):
        scenarios = explaining.what_if(work, more, lambda: Within(WHAT_IF_SECONDS))
        now_ = scenarios[0]
        found = [(_(SCENARIOS[one.name]), one, kilometres(one.metres), one.planned - now_.planned) for one in scenarios]
    page = {
        "row": file.row,
        "month": file.row.month.strftime("%Y-%m"),
        "more": more,
        "found": found,
        "by_hand": work is None,
        "seconds": WHAT_IF_SECONDS,
    }
    return render(request, "visits/plan_what_if.html", page)


class Within:
    """A stopping rule by seconds."""

    def __init__(self, seconds: int) -> None:
        self.seconds, self.began = seconds, monotonic()

    def __call__(self, rounds: int, /) -> float:
        """The share of the seconds that is used up."""
        return (monotonic() - self.began) / self.seconds


def _told(request: HttpRequest, do: Any) -> bool:
    """Do it; a refusal is told on the page one came from."""
    try:
        do()
    except NotFound:
        raise
    except Refused as why:
        failed(request, " ".join(words_ for words_ in (why.sentence(_), why.advice(_)) if words_))
        return False
    return True


# --- stops ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def new_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """安排一次拜访  By hand, into this plan's month."""
    request.user.must(PLAN)
    file = plans.plan_file(request.user, pk)
    whom = plans.whose(request.user, file.row.person_id, RELEASE)
    day = request.GET.get("day", "")
    form = StopForm(whom, request.POST or None, initial={"day": day, "terminal": key_of(request.GET.get("terminal"))})
    if form.is_valid():
        given = form.cleaned_data
        terminal = plans.terminal_for(request.user, given["terminal"])
        at = given["at"].hour * 60 + given["at"].minute if given["at"] else None

        def do() -> int:
            return actions.set_stop(
                person=whom, terminal=terminal, day=given["day"], purposes=given["purposes"], aim=given["aim"],
                minutes=given["minutes"], at=at, by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        if or_error(form, lambda: once(request, "set_stop", do), _BESIDE):
            done(request, _("拜访已安排"))
            return redirect("visits:plan", pk)
    page = {"form": form, "row": file.row, "month": file.row.month.strftime("%Y-%m")}
    return render(request, "visits/plan_stop_new.html", page, status=422 if request.method == "POST" else 200)


_BESIDE = {
    "day_outside_plan": "day", "visit_day_past": "day", "visit_day_off": "day", "visit_day_full": "day", "visit_day_too_long": "day",
    "visit_doors_closed": "day", "visit_twice_a_day": "day", "purpose_not_for_medical": "purposes", "visit_without_purpose": "purposes",
    "plan_why_missing": "why",
}  # fmt: skip


@require_GET
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """计划拜访  Why this day, what would move it, and moving or cancelling it."""
    request.user.must(SEE)
    return _stop_page(request, pk)


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """改期  By the form, by dragging, or by the keys."""
    request.user.must(PLAN)
    row = plans.stop_row(request.user, pk)
    form = MoveForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        place = given["place"] - 1 if given["place"] else None

        def do() -> int:
            return actions.move_stop(
                stop=pk, day=given["day"], place=place, why=given["why"], by=request.user, now=timezone.now()
            ).pk

        if request.POST.get("from") == "calendar":
            if _told(request, lambda: once(request, "move_stop", do)):
                done(request, _("已改到 {day}").format(day=given["day"].isoformat()))
            return redirect(f"{reverse('visits:plan', args=[row.plan_id])}#day-{given['day'].isoformat()}")
        if moved := or_error(form, lambda: once(request, "move_stop", do), _BESIDE):
            done(request, _("已改到 {day}").format(day=given["day"].isoformat()))
            return redirect("visits:stop", moved)
    return _stop_page(request, pk, move_form=form)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """取消拜访  With the reason."""
    request.user.must(PLAN)
    row = plans.stop_row(request.user, pk)
    form = WhyForm(request.POST)
    if form.is_valid():

        def do() -> int:
            return actions.cancel_stop(stop=pk, why=form.cleaned_data["why"], by=request.user, now=timezone.now()).pk

        if or_error(form, lambda: once(request, "cancel_stop", do), _BESIDE):
            done(request, _("拜访已取消；需要时可以重排"))
            return redirect("visits:plan", row.plan_id)
    return _stop_page(request, pk, cancel_form=form)


@require_POST
def aim(request: HttpRequest, pk: int) -> HttpResponse:
    """目的与目标  What it is for and should bring."""
    request.user.must(PLAN)
    row = plans.stop_row(request.user, pk)
    form = AimForm(_sells(request, row), request.POST)
    if form.is_valid():
        given = form.cleaned_data

        def do() -> int:
            return actions.set_aim(
                stop=pk, aim=given["aim"], purposes=given["purposes"], by=request.user, now=timezone.now()
            ).pk

        if or_error(form, lambda: once(request, "set_aim", do), _BESIDE):
            done(request, _("已保存"))
            return redirect("visits:stop", pk)
    return _stop_page(request, pk, aim_form=form)


@require_POST
def keep_consent(request: HttpRequest, pk: int) -> HttpResponse:
    """机构同意凭证  Keep the paper with the planned visit."""
    request.user.must(PLAN)
    plans.stop_row(request.user, pk)
    form = ConsentForm(request.POST, request.FILES)
    if form.is_valid():

        def do() -> int:
            paper = kept_upload(request, form.cleaned_data["paper"], PLAN)
            return actions.keep_consent(stop=pk, paper=paper, by=request.user, now=timezone.now()).pk

        if or_error(form, lambda: once(request, "keep_consent", do)):
            done(request, _("凭证已存入"))
            return redirect("visits:stop", pk)
    return _stop_page(request, pk, consent_form=form)


@require_GET
def consent(request: HttpRequest, pk: int) -> HttpResponse:
    """机构同意凭证  The paper itself."""
    request.user.must(SEE)
    paper = plans.consent_of(request.user, pk)
    if paper is None:
        raise NotFound(noun=N_("附件"))
    return attachment_response(paper)


def _sells(request: HttpRequest, row: StopRow) -> bool:
    return plans.whose(request.user, row.person_id).may(TRADE)


def _stop_page(
    request: HttpRequest, pk: int, *, move_form: MoveForm | None = None, cancel_form: WhyForm | None = None,
    aim_form: AimForm | None = None, consent_form: ConsentForm | None = None,
) -> HttpResponse:  # fmt: skip
    found = explaining.why(request.user, pk, today())
    row = found.row
    verb = PLAN if row.person_id == request.user.pk else RELEASE
    may_change = row.visit is None and row.state != "dropped" and request.user.may(verb) and not plans.is_over(pk)
    page = {
        "why": found, "row": row, "purposes": purposes_words(row), "metres": kilometres(max(0, found.metres)),
        "wishes": [(_(SOURCES[one.source]), words(one.says, one.numbers, _), one) for one in found.wishes],
        "free": [(one, kilometres(abs(one.metres)), one.metres > 0) for one in found.free[:8]],
        "barred": [(one, "；".join(_(explaining.BARS[bar]) for bar in one.bars)) for one in found.barred],
        "held": [(_(explaining.BARS[bar]), day, kilometres(saved)) for bar, day, saved in found.held_by],
        "may_change": may_change,
        "move_form": move_form or MoveForm(initial={"day": row.day, "place": row.place}),
        "cancel_form": cancel_form or WhyForm(),
        "consent": plans.consent_of(request.user, pk), "consent_form": consent_form or ConsentForm(),
        "aim_form": aim_form or AimForm(_sells(request, row), initial={"purposes": list(row.purposes), "aim": row.aim}),
    }  # fmt: skip
    status = 422 if move_form or cancel_form or aim_form or consent_form else 200
    return render(request, "visits/plan_stop.html", page, status=status)


# --- plan and fact ----------------------------------------------------------------------------------------------------


@require_GET
def attainment(request: HttpRequest) -> HttpResponse:
    """计划与实际  Coverage and frequency of a month, by person and by class."""
    request.user.must(SEE)
    month = month_in(request.GET.get("month"), today())
    page = {
        "month": month.strftime("%Y-%m"), "months": months_to_choose(),
        "people": planning.attainment(request.user, month, today()),
        "classes": [one for one in planning.attainment(request.user, month, today(), by="class") if one.wished or one.planned],
    }  # fmt: skip
    return render(request, "visits/plan_attainment.html", page)


# --- the feed ---------------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def feed_address(request: HttpRequest) -> HttpResponse:
    """订阅日历  Make an address other calendars read one's plan at; it is shown once and revoked like any token."""
    request.user.must(SEE)
    url = ""
    if request.method == "POST":
        _token, secret = people_actions.make_token(
            person=request.user, name=_("日历订阅"), scopes=[SEE], by=request.user, now=timezone.now()
        )
        url = request.build_absolute_uri(reverse("visits:feed", args=[secret]))
    return render(request, "visits/plan_feed.html", {"url": url, "tokens_url": reverse("people:me")})


@login_not_required
@require_GET
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """日历  One's own plan as an iCalendar file, for whoever holds its address."""
    person = people_actions.sign_in_with_token(
        secret=secret, address=request.META.get("REMOTE_ADDR", ""), now=timezone.now()
    )
    person.must(SEE)
    first = today() - timedelta(days=31)
    rows = plans.days_of(person, first, today() + timedelta(days=FEED_DAYS))
    events = [
        calendar_feed.Event(
            f"stop-{row.pk}", _at(row.day, row.arrives), _at(row.day, row.arrives + row.minutes), row.terminal_name,
            row.address, "\n".join(text for text in (purposes_words(row), row.aim) if text),
        )
        for row in rows
    ]  # fmt: skip
    text = calendar_feed.feed(_("{name} 的拜访计划").format(name=person.name), events, timezone.now())
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    return answer


def _at(day: date, minute: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time())) + timedelta(minutes=minute)


PLANS = [
    path("plans/", list_plans, name="plans"),
    path("plans/ask/", ask, name="plan_ask"),
    path("plans/attainment/", attainment, name="attainment"),
    path("plans/feed/", feed_address, name="feed_address"),
    path("plans/<int:pk>/", plan, name="plan"),
    path("plans/<int:pk>/days/<str:day>/", day_sheet, name="plan_day"),
    path("plans/<int:pk>/to/<str:step>/", move_on, name="plan_to"),
    path("plans/<int:pk>/replan/", replan, name="replan"),
    path("plans/<int:pk>/what-if/", what_if, name="what_if"),
    path("plans/<int:pk>/stops/", new_stop, name="new_stop"),
    path("planning/<int:pk>/", planning_page, name="planning"),
    path("planning/<int:pk>/progress/", planning_progress, name="planning_progress"),
    path("planning/<int:pk>/enough/", enough, name="enough"),
    path("stops/<int:pk>/", stop, name="stop"),
    path("stops/<int:pk>/move/", move, name="move_stop"),
    path("stops/<int:pk>/cancel/", cancel, name="cancel_stop"),
    path("stops/<int:pk>/aim/", aim, name="stop_aim"),
    path("stops/<int:pk>/consent/", keep_consent, name="keep_consent"),
    path("stops/<int:pk>/consent.file", consent, name="stop_consent"),
    path("calendar/<str:secret>.ics", feed, name="feed"),
]
