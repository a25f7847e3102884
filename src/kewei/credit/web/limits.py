"""授信额度  Limits in force with what is used of them; one customer's limit line by line, and its exposure part by part."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.credit import actions
from kewei.credit.queries import costs, files, holds, lending, limits, securities, standing
from kewei.credit.queries.lending import ENDED, ENDING, HELD, OVER
from kewei.credit.rules.exposure import PARTS, Standing
from kewei.credit.rules.headroom import WHYS
from kewei.credit.rules.holds import REASONS
from kewei.credit.rules.limits import GRADES, Line
from kewei.credit.rules.redlines import RED_LINES
from kewei.credit.rules.securities import KINDS as SECURITY_KINDS
from kewei.credit.rules.terms import WHY
from kewei.credit.web import parts
from kewei.credit.web.holds import why_words
from kewei.credit.web.parts import FULL_BP, tone_of_use
from kewei.kernel.calendar import add_years
from kewei.kernel.refusals import N_
from kewei.people.keys import key_of
from kewei.people.listing import Bulk, Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables.forms import KeyedForm
from kewei.receivables.web.parts import address, once, or_error, today
from kewei.terminals import queries as terminals
from kewei.terminals import rules as terminal_rules

SEE, APPROVE, HOLD, EXPORT = "credit.see", "credit.approve", "credit.hold", "credit.export"
GRADE_TONES = {"A": "ok", "B": "info", "C": "warn", "D": "bad"}
STATES: dict[str, str] = {
    OVER: N_("已超额度"),
    ENDING: N_("30 天内失效"),
    HELD: N_("停止赊销"),
    ENDED: N_("已过有效期"),
}
TERMS_OFFERED = (15, 30, 45, 60, 90)
LONGEST_TERM = 366


def percent(bp: int) -> str:
    """Basis points as whole percent."""
    return f"{bp // 100}%"


LISTING = Listing(
    name="credit.limits",
    title=N_("授信额度"),
    columns=[
        Col(
            "name", N_("客户"), lead=True, sort="name", clip=True, sub=lambda row: row.code,
            link=lambda row: reverse("credit:limit", args=[row.terminal_id]),
        ),
        Col("grade", N_("等级"), kind="badge", tone=lambda row: GRADE_TONES.get(row.grade, "quiet")),
        Col(
            "granted_fen", N_("额度"), kind="amount", sort="fen", total=True,
            sub=lambda row: _("至 {day}").format(day=row.until.isoformat()),
        ),
        Col(
            "exposure_fen", N_("占用"), kind="amount", sort="exposure", total=True,
            value=lambda row: row.exposure.total_fen,
            link=lambda row: reverse("credit:exposure", args=[row.terminal_id]),
        ),
        Col(
            "used", N_("已用"), kind="share", sort="used", value=lambda row: row.used_bp // 100,
            tone=lambda row: tone_of_use(row.used_bp),
        ),
        Col("left_fen", N_("可用"), kind="amount", sort="left", total=True),
        Col("overdue_fen", N_("逾期"), kind="amount", total=True, value=lambda row: row.overdue_fen or None),
        Col("term_days", N_("账期（天）"), kind="number", sort="term", shown=False),
        Col("until", N_("失效日"), kind="day", sort="until", shown=False),
        Col("since", N_("生效日"), kind="day", sort="since", shown=False),
        Col("kind", N_("类型"), words=lambda kind: _(terminal_rules.KINDS.get(kind, kind)), shown=False),
        Col(
            "held", N_("状态"), kind="badge", value=lambda row: _("停止赊销") if row.held else _("正常"),
            tone=lambda row: "bad" if row.held else "ok",
        ),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户名称、编码")),
        Filter("state", N_("状态"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in STATES.items()]),
        Filter("grade", N_("等级"), kind="choice", options=[(grade, grade) for grade in GRADES]),
        Filter(
            "kind", N_("客户类型"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in terminal_rules.KINDS.items()]
        ),
    ],
    order="code",
    may_export=EXPORT,
    row_url=lambda row: reverse("credit:limit", args=[row.terminal_id]),
    key=lambda row: row.terminal_id,
    bulk=[Bulk(N_("停止赊销"), "credit:hold_many", "hand-stop")],
    empty_title=N_("没有生效中的额度"),
    empty_text=N_("没有额度就是不赊销。额度由授信申请经审批后生效。"),
    empty_icon="credit-card-off",
    empty_url="credit:apply",
    empty_action=N_("申请授信"),
)  # fmt: skip


class EndForm(KeyedForm):
    """Why a limit ends now."""

    why = forms.CharField(label=gettext_lazy("原因"), max_length=200)


@require_http_methods(["GET", "POST"])
def limits_in_force(request: HttpRequest) -> HttpResponseBase:
    """授信额度  Every limit in force that the reader sees."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        return lending.list_limits(request.user, today(), order=order, start=start, limit=limit, **filters)

    def stream(order: str, filters: dict[str, Any]) -> Any:
        return lending.every_limit(request.user, today(), order, **filters)

    context = {"tabs": _tabs(request)}
    return LISTING.answer(request, fetch, "credit/limits.html", context, stream=stream)


def _tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """The states as ways through the list."""
    asked, here = request.GET.get("state", ""), reverse("credit:limits")
    offered = [("", _("全部生效中")), *((code, _(words)) for code, words in STATES.items())]
    return [
        {"name": words, "url": f"{here}?state={code}" if code else f"{here}?all=1", "on": asked == code}
        for code, words in offered
    ]


# --- one customer's limit ----------------------------------------------------------------------------------------------


@require_GET
def limit(request: HttpRequest, pk: int) -> HttpResponse:
    """额度页  Where the customer stands, the limit suggested line by line, the law on its term, and the history."""
    request.user.must(SEE)
    return _limit_page(request, terminals.terminal_for(request.user, pk, SEE))


@require_POST
def end_limit(request: HttpRequest, pk: int) -> HttpResponse:
    """结束额度  From now on there is no credit; the temporary limit alone where that was pressed."""
    request.user.must(APPROVE)
    terminal, form = terminals.terminal_for(request.user, pk, APPROVE), EndForm(request.POST)
    if form.is_valid():

        def end() -> int:
            given = {"why": form.cleaned_data["why"], "temporary": "temporary" in request.POST}
            return actions.end_limit(terminal=terminal, by=request.user, now=timezone.now(), **given).pk

        if or_error(form, lambda: once(request, "end_limit", end)):
            done(request, _("{name} 的额度已结束").format(name=terminal.name))
            return redirect("credit:limit", pk)
    return _limit_page(request, terminal, form)


def _limit_page(request: HttpRequest, terminal: Any, end_with: EndForm | None = None) -> HttpResponse:
    day, person = today(), request.user
    stands = standing.standing(terminal.pk, day)
    longest, law = files.terms_of(terminal.pk, stands.grade, day)
    asked = key_of(request.GET.get("term"))
    term = min(asked or stands.term_days or longest or law.default_days or 30, LONGEST_TERM)
    suggested = files.suggestion(terminal.pk, term, day)
    first = add_years(day, -1) + timedelta(days=1)
    held = [row for row in holds.holds_of(person, terminal.pk, day) if row.state == holds.LIVE]
    terms = sorted({*TERMS_OFFERED, term, *([longest] if longest else [])})
    page = parts.head(terminal) | {
        "stands": stands,
        "bar": bar_of(stands),
        "part_limits": [(_(PARTS[name][1]), fen, stands.exposure.part(name)) for name, fen in stands.part_limits],
        "grade_tone": GRADE_TONES.get(stands.grade, "quiet"),
        "holds": [(_(REASONS[row.reason]), why_words(row)) for row in held],
        "red_lines": [_(RED_LINES.get(line, line)) for line in stands.red_lines],
        "suggested": suggested,
        "lines": [shown(line) for line in suggested.lines],
        "alternatives": [shown(line) for line in suggested.alternatives],
        "term": term,
        "terms": [{"name": _("{days} 天").format(days=days), "url": f"?term={days}", "on": days == term} for days in terms],
        "longest": longest,
        "law": law,
        "law_why": _(WHY[law.why]),
        "over_law": law.most_days is not None and term > law.most_days,
        "over_grade": term > longest,
        "history": limits.limits_of(terminal.pk),
        "ended_whys": ENDED_WHYS,
        "securities": [
            (row, _(SECURITY_KINDS[row.kind])) for row in securities.securities_of(person, terminal.pk, day)
        ],
        "cost": costs.credit_cost(person, terminal.pk, first, day),
        "end_form": end_with or EndForm(),
        "may_end": person.may(APPROVE) and stands.limit_fen is not None,
        "may_secure": person.may("credit.secure"),
        "may_hold": person.may(HOLD),
        "hold_rows": [(row, _(REASONS[row.reason])) for row in held],
        "apply_url": address("credit:apply"),
        "may_apply": person.may("credit.apply"),
    }  # fmt: skip
    return render(request, "credit/limit.html", page, status=422 if end_with is not None else 200)


# What the house itself writes as the reason of an end.
ENDED_WHYS: dict[str, str] = {"replaced": N_("被新额度替换"), "expired": N_("到期")}


def shown(line: Line) -> dict[str, Any]:
    """A line of the calculation as the page shows it."""
    formula = _(line.formula) if line.code.startswith("alt_") else line.formula
    return {"code": line.code, "words": _(line.words), "formula": formula, "fen": line.fen}


def bar_of(stands: Standing) -> dict[str, Any]:
    """How much of the limit is used, for the bar and its words."""
    used = max(0, stands.exposure.total_fen)
    granted = stands.granted_fen
    bp = FULL_BP * used // granted if granted else (FULL_BP if used else 0)
    return {"used": min(used, granted) if granted else used, "whole": granted or max(used, 1), "percent": percent(bp),
            "tone": tone_of_use(bp)}  # fmt: skip


# --- exposure ----------------------------------------------------------------------------------------------------------


@require_GET
def exposure(request: HttpRequest, pk: int) -> HttpResponse:
    """授信占用  One formula: every part with its sign, its own limit where it has one, and the rows behind it."""
    request.user.must(SEE)
    terminal = terminals.terminal_for(request.user, pk, SEE)
    card = lending.exposure_of(request.user, pk, today())
    stands = card.standing
    own = dict(stands.part_limits)
    page = parts.head(terminal) | {
        "stands": stands,
        "bar": bar_of(stands),
        "parts": [
            {
                "code": name, "words": _(words), "sign": "+" if sign > 0 else "−", "fen": stands.exposure.part(name),
                "limit_fen": own.get(name), "over": name in own and stands.exposure.part(name) > own[name],
                "url": _behind(name, pk),
            }
            for name, (sign, words) in PARTS.items()
        ],
        "reservations": [
            {"row": row, "name": _order_words(row.reference), "url": _order_url(row.reference)}
            for row in card.reservations
        ],
        "moves": [
            {"row": row, "name": _order_words(row.reference), "url": _order_url(row.reference),
             "part": _(PARTS[row.part][1]), "why": _(WHYS.get(row.why, row.why))}
            for row in card.moves
        ],
        "members": [
            {"row": row, "url": reverse("credit:exposure", args=[row.terminal_id]) if row.seen else ""}
            for row in card.members
        ],
        "day": today(),
    }  # fmt: skip
    return render(request, "credit/exposure.html", page)


def _behind(part: str, pk: int) -> str:
    """The list that shows the rows of a part; '' where there is no such page."""
    name, asked = {
        "ordered": ("orders:list", f"?terminal={pk}"),
        "delivered": ("orders:list", f"?terminal={pk}"),
        "invoiced": ("receivables:open_items", f"?terminal={pk}"),
        "bills": ("receivables:bills", f"?terminal={pk}&state=open"),
        "unapplied": ("receivables:unmatched", f"?terminal={pk}"),
        "deposits": ("credit:securities", f"?terminal={pk}&kind=deposit"),
    }[part]
    path = address(name)
    return path + asked if path else ""


def _order_words(reference: str) -> str:
    room, _colon, pk = reference.partition(":")
    return _("订单 {number}").format(number=pk) if room == "orders.order" else reference


def _order_url(reference: str) -> str:
    room, _colon, pk = reference.partition(":")
    return address("orders:order", int(pk)) if room == "orders.order" and pk.isdecimal() else ""
