"""重点产品活动  The list, the calendar of the year, one campaign with its way, its result and what it cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.campaigns import actions
from kewei.campaigns.queries import campaigns, lists, materials, results
from kewei.campaigns.rules import results as result_rules
from kewei.campaigns.rules import states as rules
from kewei.campaigns.rules.results import ALONE, FEW, HARMED, NONE, UNSHOWN, WORKED
from kewei.campaigns.rules.states import (
    APPROVED,
    CHECKS,
    CLOSED,
    COSTS,
    DRAFT,
    HANDED_IN,
    RUNNING,
    SENT_BACK,
    STATES,
    STEPS,
    WITHDRAWN,
)
from kewei.campaigns.web.forms import CampaignForm, CostForm, OpinionForm, UseForm, WhyForm
from kewei.campaigns.web.materials import TONES as MATERIAL_TONES
from kewei.journal.web import once, or_error
from kewei.kernel.calendar import month_before, month_end
from kewei.kernel.money import yuan_plain
from kewei.kernel.refusals import N_
from kewei.orders.rules.lines import quantity
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables.web.parts import today

SEE, PROPOSE, RUN, APPROVE, EXPORT = (
    "campaigns.see", "campaigns.propose", "campaigns.run", "campaigns.approve", "campaigns.export",
)  # fmt: skip
TONES = {
    DRAFT: "quiet", HANDED_IN: "warn", SENT_BACK: "bad", APPROVED: "info", RUNNING: "ok", CLOSED: "quiet", WITHDRAWN: "quiet",
}  # fmt: skip
VERDICT_TONES = {WORKED: "ok", HARMED: "bad", UNSHOWN: "quiet", FEW: "warn", ALONE: "warn", NONE: "quiet"}

LISTING = Listing(
    name="campaigns.list",
    title=N_("重点产品活动"),
    columns=[
        Col(
            "name", N_("活动"), lead=True, clip=True, sub=lambda row: row.product,
            link=lambda row: reverse("campaigns:campaign", args=[row.pk]),
        ),
        Col("month", N_("月份"), value=lambda row: f"{row.month:%Y-%m}"),
        Col("territory", N_("销售区域"), value=lambda row: row.territory or _("全公司")),
        Col("state", N_("状态"), kind="badge", words=lambda code: _(STATES[code]), tone=lambda row: TONES[row.state]),
        Col("listed", N_("重点终端"), kind="number"),
        Col(
            "verdict", N_("结果"), kind="badge", value=lambda row: row.verdict or None,
            words=lambda code: _(result_rules.VERDICTS[code]), tone=lambda row: VERDICT_TONES.get(row.verdict, "quiet"),
        ),
        Col("proposed_by", N_("提出人"), shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("活动、产品")),
        Filter("state", N_("状态"), kind="choice", options=lambda _r: [(code, _(words)) for code, words in STATES.items()]),
    ],
    may_export=EXPORT,
    row_url=lambda row: reverse("campaigns:campaign", args=[row.pk]),
    empty_title=N_("还没有重点产品活动"),
    empty_text=N_("每月选一个产品：系统从客户档案里找出可能多用的终端和理由，留出一部分作比较，月末看拜访有没有效果。"),
    empty_icon="target",
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def list_campaigns(request: HttpRequest) -> HttpResponseBase:
    """重点产品活动  Newest month first."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        return campaigns.list_campaigns(request.user, start=start, limit=limit, **filters)

    return LISTING.answer(request, fetch, "campaigns/campaigns.html", {"may_propose": request.user.may(PROPOSE)})


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """活动日历  The campaigns of a year by month."""
    request.user.must(SEE)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and 2000 <= int(asked[:5]) <= 2100 else today().year
    months = [
        (month, [(row, _(STATES[row.state]), TONES[row.state]) for row in rows])
        for month, rows in campaigns.calendar(request.user, year).items()
    ]
    page = {"year": year, "before": year - 1, "after": year + 1, "months": months, "this": today().replace(day=1)}
    return render(request, "campaigns/calendar.html", page | {"may_propose": request.user.may(PROPOSE)})


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """提出活动  A product for a month."""
    request.user.must(PROPOSE)
    first = month_before(today(), -1)
    start = {
        "first_on": first,
        "last_on": month_end(first),
        "benefit": rules.NOTHING,
        "product": request.GET.get("product"),
    }
    form = CampaignForm(request.user, request.POST or None, initial=start)
    if form.is_valid():

        def keep() -> int:
            return actions.propose_campaign(
                product=form.cleaned_data["product"], territory=form.cleaned_data["territory"], given=form.given(),
                by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        if pk := or_error(form, lambda: once(request, "propose_campaign", keep)):
            done(request, _("活动已建立，下一步生成名单"))
            return redirect("campaigns:candidates", pk)
    page = {"form": form, "title": _("提出活动"), "back": reverse("campaigns:list"), "back_name": _("重点产品活动")}
    return render(request, "campaigns/form.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """修改活动  While it is a draft or was sent back."""
    request.user.must(PROPOSE)
    kept = campaigns.campaign_for(request.user, pk, PROPOSE)
    start = {
        name: getattr(kept, name) for name in ("name", "first_on", "last_on", "goal", "benefit", "benefit_words")
    } | {"goal_units": quantity(kept.goal_milli), "cap": yuan_plain(kept.cap_fen)}
    form = CampaignForm(request.user, request.POST or None, initial=start, fixed=True)
    if form.is_valid():

        def keep() -> int:
            return actions.change_campaign(campaign=pk, given=form.given(), by=request.user, now=timezone.now()).pk

        if or_error(form, lambda: once(request, "change_campaign", keep)):
            done(request, _("活动已修改"))
            return redirect("campaigns:campaign", pk)
    page = {
        "form": form,
        "title": _("修改活动"),
        "back": reverse("campaigns:campaign", args=[pk]),
        "back_name": kept.name,
    }
    return render(request, "campaigns/form.html", page, status=422 if form.errors else 200)


@require_GET
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """活动  What it is, where it stands, what it brought."""
    request.user.must(SEE)
    return _page(request, pk)


def _step(
    form_class: Any, name: str, do: Callable[[int, Any, Any], Any], words: str, verb: str
) -> Callable[..., HttpResponse]:
    """A step of the campaign's way, taken from its page."""

    def view(request: HttpRequest, pk: int) -> HttpResponse:
        request.user.must(verb)
        campaigns.campaign_for(request.user, pk, SEE)
        form = form_class(request.POST) if form_class else None
        if form is None:
            do(pk, {}, request.user)
        elif not form.is_valid() or not or_error(
            form, lambda: once(request, name, lambda: _true(do, pk, form, request))
        ):
            return _page(request, pk, {name: form})
        done(request, _(words))
        return redirect("campaigns:campaign", pk)

    view.__name__, view.__doc__ = name, words
    return require_POST(view)


def _true(do: Any, pk: int, form: Any, request: HttpRequest) -> bool:
    do(pk, form.cleaned_data, request.user)
    return True


def _hand_in(pk: int, _given: Any, by: Any) -> None:
    actions.hand_in(campaign=pk, by=by, now=timezone.now())


def _give_opinion(pk: int, given: Any, by: Any) -> None:
    actions.give_opinion(
        campaign=pk,
        agreed=given["agreed"] == "yes",
        checks=given["checks"],
        note=given["note"],
        by=by,
        now=timezone.now(),
    )


def _start(pk: int, _given: Any, by: Any) -> None:
    actions.start_campaign(campaign=pk, by=by, now=timezone.now())


def _withdraw(pk: int, given: Any, by: Any) -> None:
    actions.withdraw_campaign(campaign=pk, why=given["why"], by=by, now=timezone.now())


def _close(pk: int, _given: Any, by: Any) -> None:
    actions.close_campaign(campaign=pk, by=by, now=timezone.now())


def _cost(pk: int, given: Any, by: Any) -> None:
    actions.note_cost(
        campaign=pk, kind=given["kind"], fen=given["amount"], on=given["on"], document=given["document"],
        note=given["note"], by=by, now=timezone.now(),
    )  # fmt: skip


@require_POST
def use(request: HttpRequest, pk: int) -> HttpResponse:
    """选用材料  A version the campaign shows."""
    request.user.must(PROPOSE)
    kept = campaigns.campaign_for(request.user, pk, PROPOSE)
    form = UseForm(_versions(kept), request.POST)

    def keep() -> bool:
        version = form.cleaned_data["version"]
        actions.use_material(campaign=pk, version=version, by=request.user, now=timezone.now())
        return True

    if not form.is_valid() or not or_error(form, lambda: once(request, "use_material", keep)):
        return _page(request, pk, {"use": form})
    done(request, _("材料已选用"))
    return redirect("campaigns:campaign", pk)


@require_POST
def stop_using(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """不再选用材料  Before compliance is asked."""
    request.user.must(PROPOSE)
    actions.use_material(campaign=pk, version=version, use=False, by=request.user, now=timezone.now())
    done(request, _("材料已移除"))
    return redirect("campaigns:campaign", pk)


def _page(request: HttpRequest, pk: int, forms: dict[str, Any] | None = None) -> HttpResponse:
    person, day, forms = request.user, today(), forms or {}
    kept, row = campaigns.campaign_for(person, pk), campaigns.campaign(person, pk)
    whole = campaigns.sees_whole(person, kept)
    mine = person.may(PROPOSE) and whole
    page: dict[str, Any] = {
        "row": row, "kept": kept, "state": _(STATES[row.state]), "tone": TONES[row.state], "whole": whole,
        "benefit": _(rules.BENEFITS[kept.benefit]), "unit": kept.product.unit, "owners": lists.by_owner(person, kept),
        "may_export": person.may(EXPORT),
    }  # fmt: skip
    if whole:
        page |= _inside(request, kept, row, day, mine, forms)
    return render(request, "campaigns/campaign.html", page, status=422 if forms else 200)


def _inside(request: HttpRequest, kept: Any, row: Any, day: date, mine: bool, forms: dict[str, Any]) -> dict[str, Any]:
    """What only those see who look after all of it: the draw, compliance, materials, costs, the comparison."""
    person, state = request.user, row.state
    found = results.shown_result(person, kept, day)
    may_judge = state == HANDED_IN and person.may(APPROVE) and person.pk not in campaigns.hands_on(kept)
    versions = _versions(kept) if mine and state in rules.OPEN_TO_CHANGE else []
    composed = campaigns.composition_of(kept.pk)
    return {
        "composition": composed, "least_milli": tenth(composed.power["detectable_milli"]) if composed else None,
        "arms": lists.arms_of(kept.pk),
        "states": [(_(STATES[one.state]), TONES[one.state], one) for one in campaigns.states_of(kept.pk)],
        "opinions": [(one, [_(CHECKS[code]) for code in one.checks if code in CHECKS]) for one in campaigns.opinions_of(kept.pk)],
        "materials": [_material_shown(one, day) for one in campaigns.materials_of(kept.pk)],
        "costs": [(_(COSTS[one.kind]), one) for one in campaigns.costs_of(kept.pk)], "noted_fen": campaigns.noted_fen(kept.pk),
        "may_change": mine and state in rules.OPEN_TO_CHANGE, "may_hand_in": mine and state in STEPS[HANDED_IN],
        "may_judge": may_judge, "may_start": state == APPROVED and person.may(RUN), "may_list": person.may(RUN) and state in rules.LISTED,
        "may_close": state == RUNNING and day > kept.last_on and person.may(RUN),
        "may_withdraw": state in STEPS[WITHDRAWN] and person.may(RUN),
        "may_cost": state in (RUNNING, APPROVED) and person.may(RUN),
        "opinion_form": forms.get("give_opinion") or OpinionForm(), "cost_form": forms.get("note_cost") or CostForm(initial={"on": day}),
        "withdraw_form": forms.get("withdraw") or WhyForm(), "use_form": forms.get("use") or (UseForm(versions) if versions else None),
        **(_result(kept, found[0], day) if found else {}),
    }  # fmt: skip


def _result(kept: Any, found: results.Found, day: date) -> dict[str, Any]:
    """The comparison in words, tiles and a picture; money of units as the listed price says."""
    price = found.price_fen or 100
    months = results.months_of(kept, day)
    series = [
        {"name": _("重点终端"), "fen": [one.treated_milli * price // 1000 for one in months], "points": True},
        {
            "name": _("留出组"),
            "fen": [_or_none(one.held_milli, price) for one in months],
            "points": True,
            "dashed": True,
        },
    ]
    return {
        "found": found, "verdict": _(result_rules.VERDICTS[found.verdict]), "verdict_tone": VERDICT_TONES[found.verdict],
        "over": found.until >= kept.last_on,
        "months": [(one.first_on, one.during, tenth(one.treated_milli), tenth(one.held_milli)) for one in months],
        "spoilt": [(_(result_rules.CONTAMINATIONS[why]), count) for why, count in found.spoilt_why.items()],
        "effect_milli": tenth(found.compared["effect"]), "low_milli": tenth(found.compared["low"]),
        "high_milli": tenth(found.compared["high"]), "treated_milli": tenth(found.compared["treated_change"]),
        "held_milli": tenth(found.compared["held_change"]), "chance": _percent(found.compared["chance"]),
        "chart": {"days": [f"{one.first_on:%m-%d}" for one in months], "series": series}, "priced": bool(found.price_fen),
    }  # fmt: skip


def _or_none(milli: int | None, price: int) -> int | None:
    return None if milli is None else milli * price // 1000


def tenth(milli: float | None) -> int | None:
    """Thousandths rounded to a tenth of a unit: what people read of a mean."""
    return None if milli is None else round(milli / 100) * 100


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f} %"


def _versions(kept: Any) -> list[tuple[int, str]]:
    """Versions of this product's materials: those that may be used, and those still to be judged."""
    rows = materials.of_product(kept.product_id)
    return [(row.pk, f"{row.name} v{row.number}") for row in rows if row.agreed is not False]


def _material_shown(one: campaigns.UsedMaterial, day: date) -> tuple[campaigns.UsedMaterial, str, str]:
    """A version the campaign shows, with the tone and the words of its state."""
    state = materials.state_of(one.agreed, one.valid_until, day)
    return one, MATERIAL_TONES[state], _(materials.STATES[state])


CAMPAIGNS = [
    path("", list_campaigns, name="list"),
    path("calendar/", calendar, name="calendar"),
    path("new/", propose, name="propose"),
    path("<int:pk>/", campaign, name="campaign"),
    path("<int:pk>/change/", change, name="change"),
    path("<int:pk>/hand-in/", _step(None, "hand_in", _hand_in, N_("已提交合规审核"), PROPOSE), name="hand_in"),
    path(
        "<int:pk>/opinion/",
        _step(OpinionForm, "give_opinion", _give_opinion, N_("合规意见已登记"), APPROVE),
        name="opinion",
    ),
    path("<int:pk>/start/", _step(None, "start", _start, N_("活动已开始"), RUN), name="start"),
    path("<int:pk>/withdraw/", _step(WhyForm, "withdraw", _withdraw, N_("活动已撤回"), RUN), name="withdraw"),
    path("<int:pk>/close/", _step(None, "close", _close, N_("活动已完结，结果已保存"), RUN), name="close"),
    path("<int:pk>/costs/", _step(CostForm, "note_cost", _cost, N_("费用已登记"), RUN), name="cost"),
    path("<int:pk>/materials/", use, name="use"),
    path("<int:pk>/materials/<int:version>/stop/", stop_using, name="stop_using"),
]
