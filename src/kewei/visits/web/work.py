"""作业安排、拜访频率与拜访理由  How somebody works, how often terminals are seen, and why they deserve it."""

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

from kewei.kernel.refusals import N_
from kewei.people.keys import key_of
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables.forms import KeyedForm, day_widget
from kewei.receivables.web.items import customers
from kewei.receivables.web.parts import address, once, or_error, today
from kewei.visits import actions
from kewei.visits.queries import places, plans, wishes
from kewei.visits.queries.wishes import WishRow
from kewei.visits.rules.plans import WEEKDAYS, Doors, Pattern
from kewei.visits.rules.purposes import PURPOSES
from kewei.visits.rules.wishes import GATHERED, SOURCES, words
from kewei.visits.web.plans import purposes_of

SEE, PLAN, RELEASE, EXPORT, TRADE = "visits.see", "visits.plan", "visits.release", "visits.export", "visits.trade"


def _weekdays() -> list[tuple[str, str]]:
    return [(str(number), _(name)) for number, name in WEEKDAYS.items()]


class Degrees(forms.DecimalField):
    """Degrees with up to six decimals; its value is millionths of a degree."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_digits=9, decimal_places=6, required=False, **more)

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        """Whole millionths, None where nothing was typed."""
        typed = super().clean(value)
        return None if typed is None else int(typed.scaleb(6))


class PatternForm(KeyedForm):
    """How somebody works."""

    start_name = forms.CharField(label=gettext_lazy("出发地"), max_length=60, required=False)
    start_lat = Degrees(label=gettext_lazy("出发地纬度"))
    start_lon = Degrees(label=gettext_lazy("出发地经度"))
    end_lat = Degrees(label=gettext_lazy("终点纬度"))
    end_lon = Degrees(label=gettext_lazy("终点经度"))
    begins_at = forms.TimeField(
        label=gettext_lazy("几点出发"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    minutes = forms.IntegerField(label=gettext_lazy("每天分钟数"), min_value=1, max_value=960)
    stops = forms.IntegerField(label=gettext_lazy("每天最多家数"), min_value=1, max_value=60)
    weekdays = forms.MultipleChoiceField(label=gettext_lazy("工作日"), widget=forms.CheckboxSelectMultiple)
    overnight = forms.BooleanField(label=gettext_lazy("可以在外过夜"), required=False)
    road_percent = forms.IntegerField(label=gettext_lazy("道路系数（%）"), min_value=100, max_value=400)
    metres_per_minute = forms.IntegerField(label=gettext_lazy("车速（米/分钟）"), min_value=10, max_value=2000)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["weekdays"].choices = _weekdays()  # type: ignore[attr-defined]
        self.fields["weekdays"].help_text = _("节假日与调休按国务院安排，不必另填")
        self.fields["start_lat"].help_text = _("如 30.592800；不填则从第一家开始算")
        self.fields["road_percent"].help_text = _("直线 100 米约合多少米路，通常 130")

    def pattern(self) -> Pattern:
        """What was typed, as the rules take it."""
        given = self.cleaned_data
        start, end = (given["start_lat"], given["start_lon"]), (given["end_lat"], given["end_lon"])
        return Pattern(
            start_name=given["start_name"], start=None if None in start else start, end=None if None in end else end,
            begins=given["begins_at"].hour * 60 + given["begins_at"].minute, minutes=given["minutes"], stops=given["stops"],
            weekdays=tuple(int(day) for day in given["weekdays"]), overnight=given["overnight"],
            road_percent=given["road_percent"], metres_per_minute=given["metres_per_minute"],
        )  # fmt: skip


class AbsenceForm(KeyedForm):
    """Days without visits."""

    first_on = forms.DateField(label=gettext_lazy("从"), widget=day_widget())
    last_on = forms.DateField(label=gettext_lazy("到"), widget=day_widget())
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=60, required=False)


class RhythmForm(KeyedForm):
    """How often a terminal is seen and when it receives visitors."""

    per_month = forms.IntegerField(label=gettext_lazy("每月次数"), min_value=0, max_value=31, required=False)
    minutes = forms.IntegerField(label=gettext_lazy("每次分钟数"), min_value=1, max_value=960, required=False)
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("接待拜访的日子"), widget=forms.CheckboxSelectMultiple, required=False
    )
    opens = forms.TimeField(
        label=gettext_lazy("从几点"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    closes = forms.TimeField(
        label=gettext_lazy("到几点"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    note = forms.CharField(label=gettext_lazy("备注"), max_length=200, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["weekdays"].choices = _weekdays()  # type: ignore[attr-defined]
        self.fields["per_month"].help_text = _("不填按等级的频率，填 0 表示不排")
        self.fields["weekdays"].help_text = _("都不选表示哪天都可以")

    def doors(self) -> Doors:
        """What was typed, as the rules take it."""
        given = self.cleaned_data
        opens, closes = (
            given[name].hour * 60 + given[name].minute if given[name] else None for name in ("opens", "closes")
        )
        return Doors(
            given["per_month"],
            given["minutes"],
            tuple(int(day) for day in given["weekdays"]),
            opens,
            closes,
            given["note"],
        )


class WishForm(KeyedForm):
    """A reason of one's own."""

    purpose = forms.ChoiceField(label=gettext_lazy("目的"))
    says = forms.CharField(label=gettext_lazy("理由"), max_length=200)
    first_on = forms.DateField(label=gettext_lazy("最早"), widget=day_widget())
    last_on = forms.DateField(label=gettext_lazy("最晚"), widget=day_widget())
    minutes = forms.IntegerField(label=gettext_lazy("分钟"), min_value=1, max_value=960, initial=30)
    must = forms.BooleanField(label=gettext_lazy("必须安排"), required=False)

    def __init__(self, sells: bool, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["purpose"].choices = purposes_of(sells)  # type: ignore[attr-defined]


# --- wishes -----------------------------------------------------------------------------------------------------------


WISHES = Listing(
    name="visits.wishes",
    title=N_("拜访理由"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: address("desk:terminal", row.terminal_id),
        ),
        Col("source", N_("来源"), words=lambda source: _(SOURCES[source])),
        Col("says", N_("理由"), value=lambda row: words(row.says, row.numbers, _), clip=True),
        Col("purpose", N_("目的"), words=lambda code: _(PURPOSES[code])),
        Col("first_on", N_("最早"), kind="day"),
        Col("last_on", N_("最晚"), kind="day", tone=lambda row: "warn" if (row.last_on - today()).days <= 3 else ""),
        Col(
            "must", N_("必须"), kind="badge", words=lambda must: _("必须") if must else _("应当"),
            tone=lambda row: "bad" if row.must else "quiet",
        ),
        Col("weight", N_("权重"), kind="number"),
        Col("minutes", N_("分钟"), kind="number", shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户")),
        Filter("source", N_("来源"), kind="choice", options=lambda _r: [(code, _(name)) for code, name in SOURCES.items()]),
        Filter("terminal", N_("客户"), kind="choice", options=customers),
    ],
    may_export=EXPORT,
    row_url=lambda row: address("visits:terminal_wishes", row.terminal_id),
    empty_title=N_("还没有拜访理由"),
    empty_text=N_("每天早上从客户等级、进货、逾期、对账、证照与下次行动中汇集；也可以在客户页手工提出。"),
    empty_icon="list-check",
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def list_wishes(request: HttpRequest) -> HttpResponseBase:
    """拜访理由  Why terminals deserve a visit, what must be in front."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        if "terminal" in asked:
            asked["terminal"] = key_of(asked["terminal"])
        return wishes.list_wishes(request.user, start=start, limit=limit, **asked)

    return WISHES.answer(request, fetch, "lists/page.html", {})


@require_http_methods(["GET", "POST"])
def terminal_wishes(request: HttpRequest, pk: int) -> HttpResponse:
    """一家客户的拜访  Why it deserves a visit, how often and when it is seen; one's own reason, its own rhythm."""
    request.user.must(SEE)
    terminal = plans.terminal_for(request.user, pk)
    kept = places.doors_of([pk]).get(pk)
    form = WishForm(request.user.may(TRADE), initial={"first_on": today(), "last_on": today() + timedelta(days=14)})
    rhythm = RhythmForm(initial=_rhythm_initial(kept))
    if request.method == "POST" and "says" in request.POST:
        form = WishForm(request.user.may(TRADE), request.POST)
        if form.is_valid():
            given = {
                name: form.cleaned_data[name] for name in ("purpose", "says", "first_on", "last_on", "minutes", "must")
            }

            def wish() -> int:
                return actions.wish_by_hand(terminal=terminal, **given, by=request.user, now=timezone.now()).pk

            if or_error(form, lambda: once(request, "wish", wish), {"bad_wish": "last_on"}):
                done(request, _("拜访理由已提出，排计划时会用到"))
                return redirect("visits:terminal_wishes", pk)
    elif request.method == "POST":
        rhythm = RhythmForm(request.POST)
        if rhythm.is_valid():

            def keep() -> int:
                return actions.set_rhythm(
                    terminal=terminal, doors=rhythm.doors(), by=request.user, now=timezone.now()
                ).pk

            if or_error(rhythm, lambda: once(request, "set_rhythm", keep)):
                done(request, _("拜访频率已保存，明早起按它汇集"))
                return redirect("visits:terminal_wishes", pk)
    rows, _count = wishes.list_wishes(request.user, terminal=pk, limit=100)
    page = {
        "terminal": terminal, "kept": kept, "form": form, "rhythm": rhythm, "customer_url": address("desk:terminal", pk),
        "rows": [(row, _(SOURCES[row.source]), words(row.says, row.numbers, _), _(PURPOSES[row.purpose]), _by_hand(row)) for row in rows],
        "may_plan": request.user.may(PLAN),
    }  # fmt: skip
    return render(request, "visits/plan_terminal.html", page, status=422 if request.method == "POST" else 200)


def _by_hand(row: WishRow) -> bool:
    return row.source not in GATHERED


def _rhythm_initial(kept: Doors | None) -> dict[str, Any]:
    if kept is None:
        return {}
    return {
        "per_month": kept.per_month, "minutes": kept.minutes, "weekdays": [str(day) for day in kept.weekdays],
        "opens": plans.clock(kept.opens) if kept.opens is not None else None,
        "closes": plans.clock(kept.closes) if kept.closes is not None else None, "note": kept.note,
    }  # fmt: skip


@require_POST
def end_rhythm(request: HttpRequest, pk: int) -> HttpResponse:
    """恢复默认频率"""
    request.user.must(PLAN)
    actions.end_rhythm(terminal=plans.terminal_for(request.user, pk), by=request.user, now=timezone.now())
    done(request, _("已恢复按等级的频率"))
    return redirect("visits:terminal_wishes", pk)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回拜访理由"""
    request.user.must(PLAN)
    wish = actions.withdraw_wish(wish=pk, by=request.user, now=timezone.now())
    done(request, _("拜访理由已撤回"))
    return redirect("visits:terminal_wishes", wish.terminal_id)


# --- how somebody works -----------------------------------------------------------------------------------------------


@require_GET
def my_pattern(request: HttpRequest) -> HttpResponse:
    """作业安排  One's own."""
    request.user.must(PLAN)
    return redirect("visits:pattern", request.user.pk)


@require_http_methods(["GET", "POST"])
def pattern(request: HttpRequest, pk: int) -> HttpResponse:
    """作业安排  How somebody works, and the days they do not."""
    request.user.must(PLAN)
    whom = plans.whose(request.user, pk, RELEASE)
    kept = plans.pattern_on_the_road(pk)
    form, absence = (
        PatternForm(initial=_pattern_initial(kept)),
        AbsenceForm(initial={"first_on": today(), "last_on": today()}),
    )
    if request.method == "POST" and "first_on" in request.POST:
        absence = AbsenceForm(request.POST)
        if absence.is_valid():
            given = {name: absence.cleaned_data[name] for name in ("first_on", "last_on", "reason")}

            def note() -> int:
                return actions.note_absence(person=whom, **given, by=request.user, now=timezone.now()).pk

            if or_error(absence, lambda: once(request, "note_absence", note), {"bad_absence": "last_on"}):
                done(request, _("已登记；已排的拜访请在计划里重排"))
                return redirect("visits:pattern", pk)
    elif request.method == "POST":
        form = PatternForm(request.POST)
        if form.is_valid():

            def keep() -> int:
                return actions.set_work_pattern(
                    person=whom, pattern=form.pattern(), by=request.user, now=timezone.now()
                ).pk

            if or_error(form, lambda: once(request, "set_work_pattern", keep)):
                done(request, _("作业安排已保存"))
                return redirect("visits:pattern", pk)
    people = plans.visitors(request.user, RELEASE)
    page = {
        "whom": whom, "form": form, "absence": absence, "is_set": plans.pattern_row(pk) is not None,
        "ways": len(kept.ways),
        "absences": plans.absences_of(pk, today(), today() + timedelta(days=400)),
        "people": [(key, name, reverse("visits:pattern", args=[key]), key == pk) for key, name in people] if len(people) > 1 else [],
    }  # fmt: skip
    return render(request, "visits/plan_pattern.html", page, status=422 if request.method == "POST" else 200)


def _pattern_initial(kept: Pattern) -> dict[str, Any]:
    start, end = kept.start or (None, None), kept.end or (None, None)
    return {
        "start_name": kept.start_name, "start_lat": _degrees(start[0]), "start_lon": _degrees(start[1]), "end_lat": _degrees(end[0]),
        "end_lon": _degrees(end[1]), "begins_at": plans.clock(kept.begins), "minutes": kept.minutes, "stops": kept.stops,
        "weekdays": [str(day) for day in kept.weekdays], "overnight": kept.overnight, "road_percent": kept.road_percent,
        "metres_per_minute": kept.metres_per_minute,
    }  # fmt: skip


def _degrees(e6: int | None) -> str | None:
    """Millionths of a degree as degrees."""
    return None if e6 is None else f"{'-' if e6 < 0 else ''}{abs(e6) // 1_000_000}.{abs(e6) % 1_000_000:06d}"


@require_POST
def end_absence(request: HttpRequest, pk: int) -> HttpResponse:
    """取消请假"""
    request.user.must(PLAN)
    kept = actions.end_absence(absence=pk, by=request.user, now=timezone.now())
    done(request, _("请假已取消"))
    return redirect("visits:pattern", kept.person_id)


WORK = [
    path("wishes/", list_wishes, name="wishes"),
    path("wishes/<int:pk>/withdraw/", withdraw, name="withdraw_wish"),
    path("terminals/<int:pk>/wishes/", terminal_wishes, name="terminal_wishes"),
    path("terminals/<int:pk>/rhythm/end/", end_rhythm, name="end_rhythm"),
    path("pattern/", my_pattern, name="my_pattern"),
    path("people/<int:pk>/pattern/", pattern, name="pattern"),
    path("absences/<int:pk>/end/", end_absence, name="end_absence"),
]
