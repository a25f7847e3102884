"""订单页  One order: lines, states, what the gate said and why, and what can be done next."""

from __future__ import annotations

from typing import Any

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kewei.kernel.plain import as_json
from kewei.orders import actions, queries
from kewei.orders.forms import ReasonForm, SpecialForm, cancelled_lines
from kewei.orders.rules.gate import BLOCK, MOMENTS, PAYMENTS
from kewei.orders.rules.states import STATES
from kewei.orders.web import words
from kewei.people import queries as people
from kewei.people.notices import done
from kewei.receivables.web.parts import address, once, or_error, today

SEE = "orders.see"


@require_GET
def order(request, pk: int):
    """订单页"""
    return _page(request, queries.order(request.user, pk))


def _page(request: Any, card: Any, special: SpecialForm | None = None, cancel: ReasonForm | None = None):
    reader, row = request.user, card.row
    state, tone = words.state(row.state)
    may_release = reader.may("orders.release") and card.may("release") and card.placed_by_id != reader.pk
    newest = card.newest
    page: dict[str, Any] = {
        "card": card,
        "row": row,
        "state": state,
        "tone": tone,
        "payment": _(PAYMENTS[row.payment]),
        "customer_url": address("desk:terminal", row.terminal),
        "newest": newest,
        "said": words.said(newest.lines) if newest else [],
        "outcome": words.outcome(newest.outcome) if newest else ("", ""),
        "moment": _(MOMENTS[newest.moment]) if newest else "",
        "states": [(words.state(one.state), one) for one in card.states],
        "verdicts": [
            (one, _(MOMENTS[one.moment]), words.outcome(one.outcome), reverse("orders:verdict", args=[row.pk, one.pk]))
            for one in card.verdicts
        ],
        "releases": [(one, words.rules(one.waives)) for one in card.releases],
        "returns": queries.returns_of(row.pk),
        "delivered_fen": sum(one.fen for one in card.deliveries),
        "may_release": may_release,
        "own": reader.may("orders.release") and card.placed_by_id == reader.pk and card.may("release"),
        "may_special": reader.may("orders.release")
        and card.may("release_specially")
        and card.placed_by_id != reader.pk
        and newest is not None
        and all(line.waivable or line.waived for line in newest.lines if line.level == BLOCK)
        and (newest.outcome != "pass" or not card.may("release")),
        "may_recheck": card.may("recheck") and (reader.may("orders.release") or reader.may("orders.recheck")),
        "may_cancel": reader.may("orders.cancel") and card.may("cancel"),
        "may_deliver": reader.may("orders.deliver") and card.may("deliver"),
        "may_place": reader.may("orders.place"),
        "special_form": special or SpecialForm(today(), givers(reader)),
        "cancel_form": cancel or ReasonForm(),
    }
    return render(request, "orders/order.html", page, status=422 if special or cancel else 200)


def givers(reader: Any) -> list[tuple[int, str]]:
    """Those who may release orders and whom the reader stands in for today."""
    return [(one.pk, one.name) for one in people.stands_in_for(reader, today()) if one.may("orders.release")]


@require_GET
def verdict(request, pk: int, verdict: int):
    """关口结论  Everything the gate looked at, at one moment, and whether it judges the same today: for the auditor."""
    told, case = queries.verdict_case(request.user, pk, verdict)
    same, _decision = queries.replay(verdict)
    card = queries.order(request.user, pk)
    page = {
        "row": card.row,
        "told": told,
        "moment": _(MOMENTS[told.moment]),
        "outcome": words.outcome(told.outcome),
        "said": words.said(told.lines),
        "same": same,
        "case": case,
        "stands": case.standing,
        "exposure": as_json(case.standing.exposure),
        "policies": sorted(told.policies.items()),
    }
    return render(request, "orders/verdict.html", page)


@require_POST
def recheck(request, pk: int):
    """重新过关口"""
    kept = queries.order_for(request.user, pk)
    state = actions.recheck_order(order=kept, by=request.user, now=timezone.now()).state
    done(request, _("已重新过关口，现为「{state}」").format(state=_(STATES[state])))
    return redirect("orders:order", pk)


@require_POST
def release(request, pk: int):
    """放行"""
    kept = queries.order_for(request.user, pk)
    actions.release_order(order=kept, by=request.user, now=timezone.now())
    done(request, _("订单 {number} 已放行").format(number=kept.number))
    return redirect(
        (request.POST.get("back") == "inbox" and address("desk:inbox")) or reverse("orders:order", args=[pk])
    )


@require_POST
def special(request, pk: int):
    """特批放行  With a reason, within one's authority, until a day."""
    kept = queries.order_for(request.user, pk)
    form = SpecialForm(today(), givers(request.user), request.POST)
    if form.is_valid():
        given = {"reason": form.cleaned_data["reason"], "expires_on": form.cleaned_data["expires_on"]}
        if giver := form.cleaned_data.get("stands_in_for"):
            given["stands_in_for"] = people.colleague(giver)

        def go() -> int:
            return actions.release_specially(order=kept, by=request.user, now=timezone.now(), **given).pk

        if or_error(form, lambda: once(request, "release_specially", go)):
            done(request, _("订单 {number} 已特批放行").format(number=kept.number))
            return redirect("orders:order", pk)
    return _page(request, queries.order(request.user, pk), special=form)


@require_POST
def cancel(request, pk: int):
    """取消订单  What is not delivered, all of it or of some lines."""
    kept = queries.order_for(request.user, pk)
    form = ReasonForm(request.POST)
    card = queries.order(request.user, pk)
    if form.is_valid():

        def go() -> int:
            lines = cancelled_lines(request.POST, card.lines)
            given = {"order": kept, "reason": form.cleaned_data["reason"], "lines": lines or None}
            return actions.cancel_order(by=request.user, now=timezone.now(), **given).pk

        if or_error(form, lambda: once(request, "cancel_order", go)):
            done(request, _("订单 {number} 已取消未发部分").format(number=kept.number))
            return redirect("orders:order", pk)
    return _page(request, card, cancel=form)
