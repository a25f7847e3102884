"""流失预警  Customers silent beyond their own rhythm, why they stopped, and one customer's rhythm; figures made anew on demand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kewei.insight import jobs
from kewei.insight.papers.review import percent
from kewei.insight.queries import habits
from kewei.insight.queries.habits import DUE, EVERY, LAPSED, SEE, HabitRow
from kewei.journal import queries_policies
from kewei.journal.web import or_error
from kewei.kernel.refusals import N_
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables.web.parts import address, today
from kewei.sales import actions as sales_actions
from kewei.sales import queries as sales
from kewei.sales.rules.habits import WORDS
from kewei.sales.rules.lapse import LAPSE
from kewei.sales.rules.losses import REASONS
from kewei.terminals import queries as terminals

PREPARE, LOSS = "sales.prepare", "sales.loss"
STATES: dict[str, str] = {LAPSED: N_("已过自己的预警日"), DUE: N_("该再买了"), EVERY: N_("全部")}
NONE = "none"


def reason_words(reason: str) -> str:
    """What people read for a reason; empty: not asked yet."""
    return _(REASONS[reason]) if reason else _("还没有问")


def _in_words(words: dict[str, str]) -> list[tuple[str, str]]:
    return [(code, _(text)) for code, text in words.items()]


LISTING = Listing(
    name="insight.lapse",
    title=N_("流失预警"),
    columns=[
        Col("name", N_("客户"), lead=True, link=lambda row: address("insight:habit", row.pk), sub=lambda row: row.code),
        Col("owner", N_("负责人")),
        Col("worth_fen", N_("一年买多少"), kind="amount", sort="worth", help=N_("近十二个月与前十二个月中较多的一个")),
        Col("last_day", N_("最近一次"), kind="day", sort="silent"),
        Col("usual_days", N_("自己的间隔（天）"), kind="number"),
        Col("missed", N_("错过几次"), kind="number", help=N_("自己的间隔过去了几个而没有再买")),
        Col("next_day", N_("下次该买"), kind="day", sort="next"),
        Col("alive", N_("还会再买"), value=lambda row: percent(row.alive_bp), sort="alive"),
        Col("reason", N_("流失原因"), value=lambda row: reason_words(row.reason)),
        Col("segment", N_("分群"), value=lambda row: _(WORDS[row.segment]), shown=False),
        Col("alarm_day", N_("预警日"), kind="day", shown=False),
        Col("purchases", N_("买过几天"), kind="number", shown=False),
    ],
    filters=[
        Filter("state", N_("状态"), options=lambda _request: _in_words(STATES)),
        Filter("reason", N_("流失原因"), options=lambda _request: _in_words({**REASONS, NONE: N_("还没有问")})),
        Filter("segment", N_("分群"), options=lambda _request: _in_words(WORDS)),
    ],
    order="-worth",
    may_export="sales.export",
    row_url=lambda row: address("insight:habit", row.pk),
    empty_title=N_("没有沉默得超过自己节奏的客户"),
    empty_text=N_("每个客户按自己的购买间隔预警；买过五次以上才有预警。"),
    empty_icon="heartbeat",
)


@require_http_methods(["GET", "POST"])
def lapse_page(request: HttpRequest) -> HttpResponseBase:
    """流失预警  Customers by what may be lost with them, the reasons told, and how old the figures are."""
    request.user.must(SEE)
    day = today()

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = {"state": LAPSED, **filters}
        return habits.habits(request.user, day, order=order, start=start, limit=limit, **asked)

    sums = habits.losses(request.user, day)
    age = habits.age()
    context = {
        "age": age, "fresh": sales.freshness(), "may_prepare": request.user.may(PREPARE),
        "sums": [(reason_words(one.reason), one, f"?reason={one.reason or NONE}") for one in sums if one.terminals],
        "chart": {"names": [reason_words(one.reason) for one in sums], "fen": [one.fen for one in sums]},
        "model": _model(age),
    }  # fmt: skip
    return LISTING.answer(request, fetch, template="insight/lapse.html", context=context)


def _model(age: habits.Age) -> str:
    """What is known of the model behind 还会再买, in words."""
    told = age.told or {}
    if "r" not in told:
        return ""
    numbers = "，".join(f"{name} = {told[name] / habits.MILLION:.3f}" for name in ("r", "alpha", "a", "b"))
    return _("BG/NBD，{buyers} 家客户：{numbers}").format(buyers=told["buyers"], numbers=numbers)


class LossForm(forms.Form):
    """Why a customer stopped, as it says itself."""

    reason = forms.ChoiceField(label=gettext_lazy("为什么不买了"))
    note = forms.CharField(label=gettext_lazy("客户的原话或补充"), required=False, max_length=200)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fields["reason"].choices = [("", "–"), *((code, _(words)) for code, words in REASONS.items())]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def habit_page(request: HttpRequest, pk: int) -> HttpResponse:
    """购买节奏  One customer's rhythm and what was told of why it stopped; a POST tells it."""
    terminal = terminals.terminal_for(request.user, pk, SEE)
    day = today()
    row = habits.habit_of(request.user, pk, day)
    form = LossForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        kept = or_error(form, lambda: _tell(request, terminal, form.cleaned_data), {"loss_other_needs_words": "note"})
        if kept is not None:
            done(request, _("已登记流失原因：{reason}").format(reason=reason_words(kept.reason)))
            return redirect("insight:habit", pk)
    page = {
        "terminal": terminal, "row": row, "form": form, "may_tell": request.user.may(LOSS), "age": habits.age(),
        "said": [(reason_words(one.reason), one) for one in habits.said_of(pk)],
        "alive": percent(row.alive_bp) if row else "", "segment": _(WORDS[row.segment]) if row else "",
        "expected": f"{row.expected_milli / 1000:.1f}" if row and row.expected_milli is not None else "–",
        "lapsed": _lapsed(row, day), "policy": queries_policies.in_force(LAPSE, day).label,
        "policy_url": address("journal:policy", LAPSE.name),
    }  # fmt: skip
    return render(request, "insight/habit.html", page, status=422 if form.errors else 200)


def _lapsed(row: HabitRow | None, day: Any) -> bool:
    return row is not None and row.alarm_day is not None and row.alarm_day <= day


def _tell(request: HttpRequest, terminal: Any, told: dict[str, Any]) -> Any:
    return sales_actions.tell_loss(
        terminal=terminal, reason=told["reason"], note=told["note"], by=request.user, now=timezone.now()
    )


@require_POST
def prepare(request: HttpRequest) -> HttpResponse:
    """现在计算  Count the months and reckon the habits now, as every night."""
    request.user.must(PREPARE)
    sales_actions.prepare_months(by=request.user, now=timezone.now())
    count = jobs.reckon_habits(now=timezone.now(), by=request.user)
    done(request, _("已按现在的销售明细计算 {count} 家客户").format(count=count))
    return redirect(request.POST.get("next") if request.POST.get("next") in _OURS else "insight:lapse")


_OURS = ("insight:lapse", "insight:keeping", "insight:dashboard")
