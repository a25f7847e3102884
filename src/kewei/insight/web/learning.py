"""学习  What the ledger teaches: thirteen weeks of cash, recovery curves, late payment, expected loss."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kewei.collecting.queries import learning
from kewei.collecting.queries.learning import Learnt
from kewei.collecting.rules import rolling
from kewei.collecting.rules.prediction import MICRO
from kewei.collecting.rules.recovery import CLOCKS, CURVES, MARKS, Curve, CurvePolicy
from kewei.collecting.rules.segments import SEGMENTS
from kewei.journal import queries_policies
from kewei.kernel.refusals import N_
from kewei.receivables import queries as receivables
from kewei.receivables.web.parts import address, today
from kewei.terminals import queries as terminals

SEE, LEARN = "collecting.see", "collecting.learn"
WEEKS, STEP, ITEMS = 13, 15, 50
WAYS = {
    "model": N_("客维：付款习惯"),
    "logistic": N_("普通逻辑回归"),
    "rate": N_("客户自己的迟付率"),
    "median": N_("客户自己的中位数"),
    "oldest": N_("最早到期在前"),
    "largest": N_("金额最大在前"),
}
WHY = {
    "all": N_("所有客户的中心"),
    "customer": N_("这家客户自己的习惯"),
    "amount": N_("金额"),
    "term": N_("账期"),
    "paper": N_("纸质发票"),
}


def _page(request: HttpRequest, kind: str, **more: Any) -> dict[str, Any]:
    """What the four pages share: tabs, the study shown, who may make it anew, whether one sees the whole company."""
    request.user.must(SEE)
    study = learning.latest(kind)
    tabs = [
        ("forecast", N_("十三周回款"), learning.FORECAST), ("recovery", N_("回款曲线"), learning.CURVE),
        ("late", N_("迟付预测"), learning.PREDICTION), ("loss", N_("预期信用损失"), learning.LOSS),
    ]  # fmt: skip
    may = request.user.may(LEARN)
    return {
        "tabs": [
            {"name": _(words), "url": address(f"insight:{name}"), "on": code == kind} for name, words, code in tabs
        ],
        "study": study,
        "learn_url": address("collecting:learn", kind) if may else "",
        "learn_all_url": address("collecting:learn", learning.ALL),
        "whole": request.user.reach(SEE).everything,
        **more,
    }


@require_GET
def forecast(request: HttpRequest) -> HttpResponse:
    """十三周回款  By week, of what is open and of what will be billed, with bounds and what looking back says."""
    page = _page(request, learning.FORECAST)
    study: Learnt | None = page["study"]
    if study is not None and page["whole"]:
        page |= _weeks(study)
    return render(request, "insight/forecast.html", page)


def _weeks(study: Learnt) -> dict[str, Any]:
    told, bounds = study.told, study.told["bounds"]
    rows = []
    for n, (open_fen, new_fen) in enumerate(zip(told["open_fen"], told["new_fen"], strict=True)):
        fen, first = open_fen + new_fen, study.as_of + timedelta(days=7 * n + 1)
        row = {"first": first, "last": first + timedelta(days=6), "open_fen": open_fen, "new_fen": new_fen, "fen": fen}
        if bounds:
            row |= {
                "low_fen": fen * bounds["week_low_bp"] // 10_000,
                "high_fen": fen * bounds["week_high_bp"] // 10_000,
            }
        rows.append(row)
    total = sum(row["fen"] for row in rows)
    series = [{"name": _("预计"), "fen": [row["fen"] for row in rows], "points": True}]
    if bounds:
        series += [
            {"name": _("下限"), "fen": [row["low_fen"] for row in rows], "dashed": True},
            {"name": _("上限"), "fen": [row["high_fen"] for row in rows], "dashed": True},
        ]
    cuts = [
        {
            "day": date.fromordinal(one["day"]), "said_fen": sum(one["said_fen"]), "came_fen": sum(one["came_fen"]),
            "off": _percent((sum(one["said_fen"]) - sum(one["came_fen"])) * 10_000 // max(sum(one["came_fen"]), 1)),
        }
        for one in told["cuts"]
    ]  # fmt: skip
    return {
        "rows": rows, "total_fen": total, "open_fen": sum(told["open_fen"]), "new_fen": sum(told["new_fen"]),
        "owed_fen": study.inputs["open_fen"], "bounds": bounds, "cuts": cuts,
        "low_fen": total * bounds["whole_low_bp"] // 10_000 if bounds else None,
        "high_fen": total * bounds["whole_high_bp"] // 10_000 if bounds else None,
        "chart": {"days": [row["first"].isoformat() for row in rows], "series": series},
    }  # fmt: skip


@require_GET
def recovery(request: HttpRequest) -> HttpResponse:
    """回款曲线  One's own by segment on a clock, with bounds, beside the deck's and the published figures."""
    page = _page(request, learning.CURVE)
    clock = request.GET.get("clock", "past_due")
    clock = clock if clock in CLOCKS else "past_due"
    policy = queries_policies.in_force(CURVES, today())
    own = learning.own_curves(page["study"], clock)
    chosen = request.GET.get("segment", "")
    chosen = chosen if chosen in own else next(iter(own), "")
    force = learning.curves_in_force(today(), page["study"])
    page |= {
        "clocks": [(code, _(words), code == clock) for code, words in CLOCKS.items()],
        "segments": [(code, _(SEGMENTS[code]), code == chosen) for code in own],
        "marks": MARKS,
        "curves": [_told(curve) for curve in own.values()],
        "published": _published(policy.value, clock),
        "in_force": [
            {
                "name": _(words), "own": force[code].own_bp // 100,
                "rest": next(_(one.title) for one in policy.value.published if one.name == force[code].rest),
                "told": [(day, _percent(force[code].to_come_bp[min(day, policy.value.horizon_days)])) for day in MARKS],
            }
            for code, words in SEGMENTS.items()
        ],
        "chart": _curve_chart(own.get(chosen), policy.value, clock), "label": policy.label,
        "months": page["study"].told["months"] if page["study"] else 0,
        "full_after": policy.value.full_after_months, "policy_url": address("journal:policy", CURVES.name),
    }  # fmt: skip
    return render(request, "insight/recovery.html", page)


def _told(curve: Curve) -> dict[str, Any]:
    last = len(curve.to_come_bp) - 1
    return {
        "name": _(SEGMENTS[curve.segment]), "fen": curve.fen, "items": curve.items, "seen_days": curve.seen_days,
        "told": [
            (
                day,
                _percent(curve.to_come_bp[min(day, last)]),
                f"{curve.to_come_low_bp[min(day, last)] // 100}–{-(-curve.to_come_high_bp[min(day, last)] // 100)}",
            )
            if day <= curve.seen_days
            else (day, "–", "")
            for day in MARKS
        ],
    }  # fmt: skip


def _published(policy: CurvePolicy, clock: str) -> list[dict[str, Any]]:
    """Published figures of a clock, only at the days they speak of."""
    return [
        {
            "name": _(one.title), "source": one.source, "training": one.training_only,
            "told": [(day, _percent(dict(one.points)[day]) if day in dict(one.points) else "") for day in MARKS],
        }
        for one in policy.published
        if one.clock == clock
    ]  # fmt: skip


def _curve_chart(curve: Curve | None, policy: CurvePolicy, clock: str) -> dict[str, Any] | None:
    """One's own with bounds, and beside it the deck's by credit age, or the segment's published one by days past due."""
    if curve is None:
        return None
    beside = policy.default_of(curve.segment)
    if beside.clock != clock:
        beside = next((one for one in policy.published if one.clock == clock), beside)
    told = dict(beside.points)
    days = sorted({*range(0, policy.horizon_days + 1, STEP), *told})

    def mine(values: tuple[int, ...]) -> list[int | None]:
        return [values[day] if day <= min(curve.seen_days, len(values) - 1) else None for day in days]

    series: list[dict[str, Any]] = [
        {"name": _("本公司"), "fen": mine(curve.to_come_bp)},
        {"name": _("下限"), "fen": mine(curve.to_come_low_bp), "dashed": True},
        {"name": _("上限"), "fen": mine(curve.to_come_high_bp), "dashed": True},
        {"name": _(beside.title), "fen": [told.get(day) for day in days], "points": True, "dashed": True},
    ]
    return {"days": days, "series": series, "percent": True}


@require_GET
def late(request: HttpRequest) -> HttpResponse:
    """迟付预测  The model's card, and what is expected of a customer's open invoices with the reasons."""
    page = _page(request, learning.PREDICTION)
    study: Learnt | None = page["study"]
    if study is not None:
        model, card = study.told["model"], study.told["card"]
        page |= {
            "model": {
                "cases": model["cases"], "customers": model["customers"], "late": _percent(model["late"] * 10_000 // model["cases"]),
                "until": date.fromordinal(model["until"]) - timedelta(days=1), "middle": _days(model["middle"]),
            },
            "effects": [(_(WHY[name]), _days(value)) for name, value in zip(("amount", "term", "paper"), model["effects"], strict=True)],
            "card": card and {
                **card, "cut_on": date.fromordinal(card["cut"]), "inside": _percent(card["inside_bp"]),
                "days_off": _tenths(card["days_off"]), "median_off": _tenths(card["median_off"]),
                "rows": [
                    {
                        "name": _way(one), "auc": _thousandth(one["auc_bp"]), "brier": _thousandth(one["brier_bp"]),
                        "top": _percent(one["top_fifth_bp"]),
                    }
                    for one in card["ways"]
                ],
            },
        }  # fmt: skip
    text = request.GET.get("terminal", "")
    if text.isdigit():
        page |= _customer(request.user, int(text))
    return render(request, "insight/late.html", page)


def _way(told: dict[str, Any]) -> str:
    words = WAYS[told["name"]]
    return _(words)


def _customer(person: Any, terminal: int) -> dict[str, Any]:
    """What is expected of a customer's open invoices, those due first; nothing where the customer may not be seen."""
    card = terminals.card(person, terminal, today())
    rows, count = receivables.open_items(person, today(), terminal=terminal, limit=ITEMS)
    told = learning.expected([row.entry_id for row in rows], today())
    return {
        "customer": card,
        "count": count,
        "items": [
            {
                "number": row.number, "open_fen": row.open_fen, "due": told[row.entry_id].due, "told": told[row.entry_id],
                "late": "–" if told[row.entry_id].late_bp is None else _percent(told[row.entry_id].late_bp or 0),
                "why": [(_(WHY[what]), days) for what, days in told[row.entry_id].reasons if days],
            }
            for row in rows
            if row.entry_id in told
        ],
    }  # fmt: skip


@require_GET
def loss(request: HttpRequest) -> HttpResponse:
    """预期信用损失  By segment and bucket with own roll rates, and the sales that make up for each customer's loss."""
    page = _page(request, learning.LOSS)
    study: Learnt | None = page["study"]
    if study is not None:
        page["burdens"] = learning.burdens(request.user, today())
        page["margin"] = _percent(study.inputs["margin_bp"])
    if study is not None and page["whole"]:
        segments = [_lost(code, one) for code, one in study.told["segments"].items()]
        page |= {
            "segments": segments, "buckets": [_(words) for words in rolling.BUCKETS], "months": study.inputs["months"],
            "owed_fen": sum(one["owed_fen"] for one in segments), "loss_fen": sum(one["loss_fen"] for one in segments),
        }  # fmt: skip
    return render(request, "insight/loss.html", page)


def _lost(code: str, told: dict[str, Any]) -> dict[str, Any]:
    owed, lost = sum(told["owed_fen"]), sum(told["loss_fen"])
    return {
        "name": _(SEGMENTS[code]), "owed_fen": owed, "loss_fen": lost, "own": told["own_bp"] // 100,
        "outlook": _percent(told["outlook_bp"]), "share": _percent(lost * 10_000 // owed if owed else 0),
        "cells": [
            {"roll": _percent(roll), "owed_fen": fen, "loss_fen": loss_fen}
            for roll, fen, loss_fen in zip(told["roll_bp"], told["owed_fen"], told["loss_fen"], strict=True)
        ],
    }  # fmt: skip


def _percent(bp: int) -> str:
    sign, whole = ("-" if bp < 0 else ""), abs(bp)
    return f"{sign}{whole // 100}.{whole % 100 // 10} %"


def _thousandth(bp: int | None) -> str:
    return "–" if bp is None else f"0.{bp // 10:03}" if bp < 10_000 else "1.000"


def _tenths(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"


def _days(micro: int) -> str:
    tenths = (abs(micro) * 10 + MICRO // 2) // MICRO
    return f"{'-' if micro < 0 and tenths else ''}{tenths // 10}.{tenths % 10}"
