"""指标  Every figure of receivables with its definition, the numbers it was made of, and how it moved."""

import time
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kewei.kernel.money import yuan
from kewei.kernel.refusals import N_
from kewei.receivables import queries, rules
from kewei.receivables.rules import kpis as figures
from kewei.receivables.rules.policies import rates_on
from kewei.receivables.shapes import rounded
from kewei.receivables.web.parts import day_in, today

SEE = "receivables.see"
TREND_MONTHS = 6
KEPT_SECONDS, MOST_KEPT = 600, 500
CHART_MONTHS = 24
PERIODS = (1, 3, 6, 12)

UNITS: dict[str, str] = {"days": N_("天"), "percent": "%", "fen": N_("元")}
# The numbers a figure is made of, as the page names them.
NUMBERS: dict[str, str] = {
    "receivable_fen": N_("期末应收"),
    "current_fen": N_("其中未到期"),
    "sales_fen": N_("本期赊销额"),
    "days": N_("天数"),
    "months": N_("本期月数"),
    "begin_fen": N_("期初应收"),
    "end_fen": N_("期末应收"),
    "end_current_fen": N_("期末未到期"),
    "overdue_fen": N_("逾期应收"),
    "over_one_year_fen": N_("开票超过一年"),
    "collected_fen": N_("本期回款"),
    "unexplained_fen": N_("各月销售仍不足以解释的应收"),
    "weighed_fen": N_("参与加权的金额"),
    "within_days": N_("距届满不超过（天）"),
    "annual_rate_bp": N_("年利率"),
    "daily_rate_bp": N_("日利率"),
    "margin_bp": N_("净利率"),
    "loss_fen": N_("假设全部损失的金额"),
}
# Both ways of counting days of sales stand side by side: they can move in opposite directions (domain 3.6).
FIRST = ("dso", "dso_count_back", "collection_effectiveness", "overdue_ratio")

_kept: dict[tuple, list[tuple[str, str, int | None]]] = {}


@require_GET
def kpis(request: HttpRequest) -> HttpResponse:
    """应收指标  At the end of a day, over the months before it."""
    request.user.must(SEE)
    as_of = day_in(request.GET.get("as_of"), today())
    asked = request.GET.get("months", "")
    months = int(asked) if asked in map(str, PERIODS) else 3
    found = {figure.code: figure for figure in queries.kpis(request.user, as_of, months)}
    found |= {figure.code: figure for figure in what_if(found, as_of)}
    billing = queries.billing_and_collections(request.user, as_of, CHART_MONTHS)
    page = {
        "as_of": as_of,
        "today": today(),
        "months": months,
        "periods": [(n, _("近 {n} 个月").format(n=n), n == months) for n in PERIODS],
        "first": [_tile(found[code]) for code in FIRST if code in found],
        "figures": [shown(figure) for figure in found.values()],
        "billing": {
            "months": [month.strftime("%Y-%m") for month, _b, _c in billing],
            "billed": [billed for _m, billed, _c in billing],
            "collected": [collected for _m, _b, collected in billing],
            "names": [_("开票"), _("回款")],
        },
        "rows": [
            {"month": month.strftime("%Y-%m"), "billed": billed, "collected": collected}
            for month, billed, collected in reversed(billing)
        ],
        "trend_url": f"{reverse('receivables:kpi_trend')}?as_of={as_of.isoformat()}&months={months}",
        "empty": not any(billed or collected for _m, billed, collected in billing),
        "receive_url": reverse("receivables:post_invoice"),
    }
    return render(request, "receivables/kpis.html", page)


@require_GET
def trend(request: HttpRequest) -> HttpResponse:
    """走势  The same figures at the ends of the months before, for the small charts; asked for after the page."""
    request.user.must(SEE)
    as_of = day_in(request.GET.get("as_of"), today())
    asked = request.GET.get("months", "")
    months = int(asked) if asked in map(str, PERIODS) else 3
    days = month_ends(as_of, TREND_MONTHS)
    series: dict[str, list[int | None]] = {}
    units: dict[str, str] = {}
    for day in days:
        for code, unit, value in figures_then(request.user, day, months):
            series.setdefault(code, []).append(value)
            units[code] = unit
    page = {
        "days": days,
        "series": [
            {
                "code": code,
                "name": _(figures.DEFINITIONS[code].name),
                "chart": {"fen": values},
                "values": [value_words(units[code], value) for value in values],
            }
            for code, values in series.items()
            if any(value is not None for value in values)
        ],
    }
    return render(request, "receivables/parts/trend.html", page)


def figures_then(person: Any, day: date, months: int) -> list[tuple[str, str, int | None]]:
    """(code, unit, rounded value) at the end of a day, kept for some minutes: small charts need no more, and are dear."""
    asked = (person.pk, tuple(person.held), day, months, int(time.time()) // KEPT_SECONDS)
    if asked not in _kept:
        while len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)), None)
        found = queries.kpis(person, day, months)
        _kept[asked] = [(f.code, f.definition.unit, rounded(f.definition.unit, f.value)) for f in found]
    return _kept[asked]


def what_if(found: dict[str, rules.KpiFigure], on: date) -> list[rules.KpiFigure]:
    """What receivables cost at the rates of that day: carrying them, losing what is over a year old, a day of delay."""
    if not {"dso", "overdue_ratio", "over_one_year_ratio"} <= found.keys():
        return []
    receivable_fen = found["overdue_ratio"].numbers["receivable_fen"]
    overdue_fen = found["overdue_ratio"].numbers["overdue_fen"]
    loss_fen = found["over_one_year_ratio"].numbers["over_one_year_fen"]
    rates = rates_on(on)
    days = figures.nearest(found["dso"].value or Fraction(0))
    made = {
        "cost_of_credit": (
            figures.cost_of_credit(receivable_fen, rates.annual_bp, days),
            {"receivable_fen": receivable_fen, "annual_rate_bp": rates.annual_bp, "days": days},
        ),
        "bad_debt_equivalent_sales": (
            figures.bad_debt_equivalent_sales(loss_fen, rates.margin_bp), {"loss_fen": loss_fen, "margin_bp": rates.margin_bp},
        ),
        "late_interest": (
            figures.late_interest(overdue_fen, rates.late_daily_bp, 1),
            {"overdue_fen": overdue_fen, "daily_rate_bp": rates.late_daily_bp, "days": 1},
        ),
    }  # fmt: skip
    return [
        rules.KpiFigure(figures.DEFINITIONS[code], None if value is None else Fraction(value), numbers)
        for code, (value, numbers) in made.items()
    ]


def shown(figure: rules.KpiFigure) -> dict[str, Any]:
    """A figure with everything its card says."""
    definition = figure.definition
    value = rounded(definition.unit, figure.value)
    return {
        "code": figure.code,
        "name": _(definition.name),
        "value": value_words(definition.unit, value),
        "unit": "" if value is None else _(UNITS[definition.unit]),
        "tone": tone_of(figure),
        "formula": _(definition.formula),
        "caution": _(definition.caution) if definition.caution else "",
        "numbers": [(_(NUMBERS.get(name, name)), _number(name, number)) for name, number in figure.numbers.items()],
    }


def value_words(unit: str, value: int | None) -> str:
    """A rounded value as people read it: days with one decimal, percents with one, amounts in yuan."""
    if value is None:
        return "–"
    if unit == "fen":
        return yuan(value)
    tenths = value if unit == "days" else figures.nearest(Fraction(value, 10))
    sign, whole = ("-" if tenths < 0 else ""), abs(tenths)
    return f"{sign}{whole // 10:,}.{whole % 10}"


def tone_of(figure: rules.KpiFigure) -> str:
    """How alarming a figure is, where its definition says so (domain 3.6)."""
    if figure.value is None:
        return ""
    if figure.code == "collection_effectiveness":
        return "ok" if figure.value >= Fraction(80, 100) else "bad" if figure.value <= Fraction(50, 100) else "warn"
    if figure.code == "limitation_at_risk":
        return "bad" if figure.value > 0 else "ok"
    return ""


def month_ends(as_of: date, count: int) -> list[date]:
    """The day itself and the ends of the months before it, oldest first."""
    days = [as_of]
    while len(days) < count:
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    return days[::-1]


def _tile(figure: rules.KpiFigure) -> dict[str, Any]:
    card = shown(figure)
    return {name: card[name] for name in ("name", "value", "unit", "tone", "formula", "code")}


def _number(name: str, number: int) -> str:
    if name.endswith("_bp"):
        return f"{number // 100}.{number % 100:02} %"
    return yuan(number) if name.endswith("_fen") else f"{number:,}"
