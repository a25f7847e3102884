"""友会与座谈会  Clubs and councils: planned, approved, held within a cap, minuted, followed up."""

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

from kewei.journal.forms import FenField, KeyedForm
from kewei.journal.web import kept_upload
from kewei.kernel.refusals import N_
from kewei.membership import actions
from kewei.membership.queries import meetings, programmes
from kewei.membership.rules.meetings import APPROVED, CLOSED, COSTS, JOBS, KINDS, MOST_PEOPLE, PROPOSED, STATES, TONES
from kewei.membership.web.parts import SEE, DecideForm, WhyForm, answer, bound, form_page, posted
from kewei.people import queries as people
from kewei.people.listing import Col, Filter, Listing
from kewei.receivables.forms import day_widget
from kewei.receivables.web.parts import today
from kewei.terminals import queries as terminals

MEET, APPROVE = "membership.meet", "membership.approve"

LISTING = Listing(
    name="membership.meetings",
    title=N_("座谈会与友会活动"),
    columns=[
        Col(
            "title", N_("名称"), lead=True, sub=lambda row: row.club or row.programme, clip=True,
            link=lambda row: reverse("membership:meeting", args=[row.pk]),
        ),
        Col("kind", N_("种类"), words=lambda kind: _(KINDS[kind])),
        Col("on", N_("日期"), kind="day"),
        Col("state", N_("状态"), kind="badge", words=lambda s: _(STATES[s]), tone=lambda row: TONES[row.state]),
        Col("people", N_("出席人数"), kind="number"),
        Col("cost_fen", N_("费用"), kind="amount"),
        Col("cost_cap_fen", N_("费用上限"), kind="amount"),
        Col("owner", N_("负责人")),
        Col("place", N_("地点"), clip=True, shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("名称、目的")),
        Filter("kind", N_("种类"), options=lambda _r: [(k, _(v)) for k, v in KINDS.items()]),
        Filter("state", N_("状态"), options=lambda _r: [(k, _(v)) for k, v in STATES.items()]),
    ],
    may_export="membership.export",
    row_url=lambda row: reverse("membership:meeting", args=[row.pk]),
    empty_title=N_("没有座谈会和友会活动"),
    empty_text=N_("先写目的、议程和费用上限并经批准；出席只登记机构和岗位。"),
    empty_icon="messages",
)  # fmt: skip


class MeetingForm(KeyedForm):
    """A council or a club's event."""

    kind = forms.ChoiceField(label=gettext_lazy("种类"))
    title = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    purpose = forms.CharField(label=gettext_lazy("目的"), max_length=300)
    agenda = forms.CharField(
        label=gettext_lazy("议程"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("一行一项"),
    )  # fmt: skip
    on = forms.DateField(label=gettext_lazy("日期"), widget=day_widget())
    place = forms.CharField(label=gettext_lazy("地点"), max_length=120, required=False)
    cap = FenField(label=gettext_lazy("费用上限（元）"))
    club = forms.TypedChoiceField(label=gettext_lazy("友会"), required=False, coerce=int, empty_value=None)
    programme = forms.TypedChoiceField(label=gettext_lazy("计划"), required=False, coerce=int, empty_value=None)

    def __init__(self, reader: Any, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        choose: Any = self.fields
        choose["kind"].choices = [(code, _(words)) for code, words in KINDS.items()]
        choose["club"].choices = [("", "–"), *((row.pk, row.name) for row in meetings.list_clubs(reader))]
        choose["programme"].choices = [("", "–"), *programmes.choices(reader)]


class CameForm(KeyedForm):
    """Who came: an institution by its code, a post, how many."""

    customer = forms.CharField(label=gettext_lazy("客户编码或全名"), max_length=120)
    job = forms.ChoiceField(label=gettext_lazy("岗位"))
    people = forms.IntegerField(label=gettext_lazy("人数"), min_value=1, max_value=MOST_PEOPLE, initial=1)
    proof = forms.FileField(label=gettext_lazy("签到表扫描件"), required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["job"].choices = [(code, _(words)) for code, words in JOBS.items()]  # type: ignore[attr-defined]


class MinutesForm(KeyedForm):
    """Minutes."""

    words = forms.CharField(label=gettext_lazy("纪要"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))


class CostForm(KeyedForm):
    """A cost."""

    kind = forms.ChoiceField(label=gettext_lazy("种类"))
    amount = FenField(label=gettext_lazy("金额（元）"), positive=True)
    invoice = forms.CharField(label=gettext_lazy("发票号"), max_length=60)
    payee = forms.CharField(label=gettext_lazy("收款单位"), max_length=120)
    note = forms.CharField(label=gettext_lazy("备注"), max_length=200, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = [(code, _(words)) for code, words in COSTS.items()]  # type: ignore[attr-defined]


class ActionForm(KeyedForm):
    """What somebody of ours does."""

    what = forms.CharField(label=gettext_lazy("行动"), max_length=200)
    owner = forms.TypedChoiceField(label=gettext_lazy("负责人"), coerce=int)
    due_on = forms.DateField(label=gettext_lazy("完成日"), widget=day_widget())

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["owner"].choices = people.choices_of_people()  # type: ignore[attr-defined]


class WordsForm(KeyedForm):
    """What came of it."""

    words = forms.CharField(label=gettext_lazy("结果"), max_length=200)


class CapForm(WhyForm):
    """Another cost cap."""

    cap = FenField(label=gettext_lazy("费用上限（元）"))
    field_order = ["cap", "why"]


class ClubForm(KeyedForm):
    """A club."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    purpose = forms.CharField(label=gettext_lazy("目的"), max_length=300)
    programme = forms.TypedChoiceField(label=gettext_lazy("计划"), required=False, coerce=int, empty_value=None)

    def __init__(self, reader: Any, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["programme"].choices = [("", "–"), *programmes.choices(reader)]  # type: ignore[attr-defined]


class JoinForm(KeyedForm):
    """An institution joins."""

    customer = forms.CharField(label=gettext_lazy("客户编码或全名"), max_length=120)


@require_http_methods(["GET", "POST"])
def list_meetings(request: HttpRequest) -> HttpResponseBase:
    """座谈会与友会活动  Newest day first."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        return meetings.list_meetings(request.user, start=start, limit=limit, **filters)

    return LISTING.answer(request, fetch, "membership/meetings.html", {"may_meet": request.user.may(MEET)})


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """提出会议"""
    request.user.must(MEET)
    form = bound(MeetingForm, request, request.user, on=today(), club=request.GET.get("club", "")[:18])

    def go(given: dict[str, Any]) -> int:
        names = ("kind", "title", "purpose", "on", "place", "club", "programme")
        return actions.propose_meeting(
            **{name: given[name] for name in names}, agenda=given["agenda"].splitlines(), cost_cap_fen=given["cap"] or 0,
            by=request.user, now=timezone.now(),
        ).pk  # fmt: skip

    if pk := posted(request, form, "propose_meeting", go, _("会议已提出，等待批准")):
        return redirect("membership:meeting", pk)
    return form_page(request, form, _("提出会议"), (_("座谈会与友会活动"), reverse("membership:meetings")))


@require_GET
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """会议  Purpose, agenda, who came, minutes, actions, costs."""
    request.user.must(SEE)
    card = meetings.meeting(request.user, pk)
    row, may_meet = card.row, request.user.may(MEET)
    open_ = row.state == APPROVED
    page = {
        "row": row,
        "card": card,
        "kind": _(KINDS[row.kind]),
        "state": _(STATES[row.state]),
        "tone": TONES[row.state],
        "states": [(_(STATES[state]), TONES[state], cap, why, by, at) for state, cap, why, by, at in card.states],
        "came": [(one, _(JOBS[one.job])) for one in card.came],
        "costs": [(one, _(COSTS[one.kind])) for one in card.costs],
        "left_fen": row.cost_cap_fen - row.cost_fen,
        "may_decide": row.state == PROPOSED and request.user.may(APPROVE) and card.proposer != request.user.pk,
        "may_hold": may_meet and open_,
        "may_follow": may_meet and row.state in (APPROVED, CLOSED),
        "may_cap": may_meet and row.state != CLOSED,
        "form": DecideForm(),
        "came_form": CameForm(),
        "minutes_form": MinutesForm(),
        "cost_form": CostForm(),
        "action_form": ActionForm(),
        "done_form": WordsForm(),
        "cap_form": CapForm(),
        "close_form": KeyedForm(),
    }
    return render(request, "membership/meeting.html", page)


def _on_meeting(
    request: HttpRequest, form: Any, pk: int, name: str, go: Any, said: str, title: str, beside: Any = None
) -> HttpResponse:
    back = reverse("membership:meeting", args=[pk])
    crumb = (meetings.meeting_for(request.user, pk).title, back)
    return answer(request, form, name, go, said, back, title, crumb, beside)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """审批会议"""
    request.user.must(APPROVE)
    return _on_meeting(
        request, DecideForm(request.POST), pk, "decide_meeting",
        lambda given: actions.decide_meeting(
            meeting=pk, agree=given["agree"] == "1", why=given["why"], by=request.user, now=timezone.now()
        ).pk,
        _("已登记"), _("审批会议"), {"membership_why_missing": "why"},
    )  # fmt: skip


@require_POST
def cap(request: HttpRequest, pk: int) -> HttpResponse:
    """调整费用上限"""
    request.user.must(MEET)
    return _on_meeting(
        request, CapForm(request.POST), pk, "raise_cap",
        lambda given: actions.raise_cap(
            meeting=pk, cost_cap_fen=given["cap"] or 0, why=given["why"], by=request.user, now=timezone.now()
        ).pk,
        _("新的上限等待批准"), _("调整费用上限"),
    )  # fmt: skip


@require_POST
def came(request: HttpRequest, pk: int) -> HttpResponse:
    """登记出席"""
    request.user.must(MEET)

    def go(given: dict[str, Any]) -> int:
        terminal = terminals.terminal_named(request.user, given["customer"])
        return actions.note_attendance(
            meeting=pk, terminal=terminal, job=given["job"], people=given["people"],
            proof=kept_upload(request, given["proof"], MEET), by=request.user, now=timezone.now(),
        ).pk  # fmt: skip

    form = CameForm(request.POST, request.FILES)
    beside = {"not_found": "customer", "came_already": "job"}
    return _on_meeting(request, form, pk, "note_attendance", go, _("出席已登记"), _("登记出席"), beside)


@require_POST
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """登记纪要"""
    request.user.must(MEET)
    return _on_meeting(
        request, MinutesForm(request.POST), pk, "keep_minutes",
        lambda given: actions.keep_minutes(meeting=pk, words=given["words"], by=request.user, now=timezone.now()).pk,
        _("纪要已登记"), _("登记纪要"),
    )  # fmt: skip


@require_POST
def cost(request: HttpRequest, pk: int) -> HttpResponse:
    """登记会议费用"""
    request.user.must(MEET)
    return _on_meeting(
        request, CostForm(request.POST), pk, "note_cost",
        lambda given: actions.note_cost(
            meeting=pk, kind=given["kind"], fen=given["amount"], invoice=given["invoice"], payee=given["payee"],
            note=given["note"], by=request.user, now=timezone.now(),
        ).pk,
        _("费用已登记"), _("登记会议费用"), {"over_cost_cap": "amount", "over_meal_cap": "amount"},
    )  # fmt: skip


@require_POST
def action(request: HttpRequest, pk: int) -> HttpResponse:
    """会议行动"""
    request.user.must(MEET)
    return _on_meeting(
        request, ActionForm(request.POST), pk, "set_action",
        lambda given: actions.set_action(
            meeting=pk, what=given["what"], owner=people.colleague(given["owner"]), due_on=given["due_on"],
            by=request.user, now=timezone.now(),
        ).pk,
        _("行动已登记"), _("会议行动"),
    )  # fmt: skip


@require_POST
def done_action(request: HttpRequest, pk: int) -> HttpResponse:
    """完成会议行动"""
    request.user.must(MEET)
    item = meetings.action_for(request.user, pk, MEET)
    return _on_meeting(
        request, WordsForm(request.POST), item.meeting_id, "finish_action",
        lambda given: actions.finish_action(item=pk, words=given["words"], by=request.user, now=timezone.now()).pk,
        _("行动已完成"), _("完成会议行动"),
    )  # fmt: skip


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """办结会议"""
    request.user.must(MEET)
    return _on_meeting(
        request, KeyedForm(request.POST), pk, "close_meeting",
        lambda _given: actions.close_meeting(meeting=pk, by=request.user, now=timezone.now()).pk,
        _("会议已办结"), _("办结会议"),
    )  # fmt: skip


# --- clubs ------------------------------------------------------------------------------------------------------------


@require_GET
def clubs(request: HttpRequest) -> HttpResponse:
    """友会  By name."""
    request.user.must(SEE)
    page = {"rows": meetings.list_clubs(request.user), "may_meet": request.user.may(MEET)}
    return render(request, "membership/clubs.html", page)


@require_http_methods(["GET", "POST"])
def found(request: HttpRequest) -> HttpResponse:
    """成立友会"""
    request.user.must(MEET)
    form = bound(ClubForm, request, request.user)

    def go(given: dict[str, Any]) -> int:
        names = ("name", "purpose", "programme")
        return actions.found_club(**{name: given[name] for name in names}, by=request.user, now=timezone.now()).pk

    if pk := posted(request, form, "found_club", go, _("友会已成立")):
        return redirect("membership:club", pk)
    return form_page(request, form, _("成立友会"), (_("友会"), reverse("membership:clubs")))


@require_GET
def club(request: HttpRequest, pk: int) -> HttpResponse:
    """友会  Who is in it."""
    request.user.must(SEE)
    kept = meetings.club_for(request.user, pk)
    page = {
        "row": kept,
        "members": meetings.members_of_club(request.user, kept),
        "may_meet": kept.ended_at is None and request.user.may(MEET),
        "join_form": JoinForm(),
        "leave_form": KeyedForm(),
        "close_form": WhyForm(),
    }
    return render(request, "membership/club.html", page)


def _on_club(request: HttpRequest, form: Any, pk: int, name: str, go: Any, said: str, title: str) -> HttpResponse:
    back = reverse("membership:club", args=[pk])
    crumb = (meetings.club_for(request.user, pk).name, back)
    beside = {"not_found": "customer", "in_club_already": "customer"} if "customer" in form.fields else {}
    return answer(request, form, name, go, said, back, title, crumb, beside)


@require_POST
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """加入友会"""
    request.user.must(MEET)

    def go(given: dict[str, Any]) -> int:
        terminal = terminals.terminal_named(request.user, given["customer"])
        return actions.join_club(club=pk, terminal=terminal, by=request.user, now=timezone.now()).pk

    return _on_club(request, JoinForm(request.POST), pk, "join_club", go, _("已加入"), _("加入友会"))


@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """退出友会"""
    request.user.must(MEET)
    kept = meetings.club_member_for(request.user, pk, MEET)

    def go(_given: dict[str, Any]) -> int:
        actions.leave_club(member=pk, by=request.user, now=timezone.now())
        return pk

    return _on_club(request, KeyedForm(request.POST), kept.club_id, "leave_club", go, _("已退出"), _("退出友会"))


@require_POST
def close_club(request: HttpRequest, pk: int) -> HttpResponse:
    """解散友会"""
    request.user.must(MEET)
    return _on_club(
        request, WhyForm(request.POST), pk, "close_club",
        lambda given: actions.close_club(club=pk, why=given["why"], by=request.user, now=timezone.now()).pk,
        _("友会已解散"), _("解散友会"),
    )  # fmt: skip
