"""信用评分  A customer's score with its reasons, customers by grade, who moved, the sheets, and what came of old scores."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.credit import actions
from kewei.credit.forms import sheets as sheet_forms
from kewei.credit.papers import plots
from kewei.credit.queries import grades, runs, scores
from kewei.credit.rules import scoring
from kewei.credit.rules.calibration import NothingToCalibrate
from kewei.credit.rules.evidence import FACTORS, MEASURES
from kewei.credit.rules.redlines import FOUND, RED_LINES
from kewei.credit.rules.scoring import Change, Line, SheetBook
from kewei.credit.rules.sheets import BEHAVIOUR, CAPS, GRADES, GRADING, POLICIES, SHEETS, WITHOUT_DATA, Cap, Factor
from kewei.credit.rules.survey import OUTLOOK
from kewei.journal import actions as journal_actions
from kewei.journal import queries_policies
from kewei.kernel.calendar import day_from_text
from kewei.kernel.money import yuan
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.terminals import queries as terminals
from kewei.terminals.rules import KINDS

SEE, SCORE, EXPORT, POLICY = "credit.see", "credit.score", "credit.export", "credit.policy"
TONES = {"A": "ok", "B": "info", "C": "warn", "D": "bad"}
WIDTH, HEIGHT = 640, 160
EDITED: list[Policy[Any]] = [*POLICIES, OUTLOOK]


def points(points_c: int) -> str:
    """Hundredths of a point as people read them."""
    return f"{points_c // 100}.{points_c % 100:02}"


def tone(grade: str) -> str:
    """How alarming a grade is."""
    return TONES.get(grade, "quiet")


# --- customers by grade ------------------------------------------------------------------------------------------------

LIST = Listing(
    name="credit.grades",
    title=N_("信用等级"),
    columns=[
        Col("name", N_("客户"), lead=True, sub=lambda row: row.code, sort="code", clip=True,
            link=lambda row: reverse("credit:score", args=[row.terminal])),
        Col("kind", N_("类型"), words=lambda kind: _(KINDS.get(kind, kind))),
        Col("grade", N_("等级"), kind="badge", tone=lambda row: tone(row.grade), sort="grade"),
        Col("points_c", N_("得分"), value=lambda row: points(row.points_c), sort="points"),
        Col("why", N_("红线与封顶"), value=lambda row: "、".join(held_by(row)), clip=True),
        Col("as_of", N_("评分日"), kind="day", sort="as_of"),
        Col("sheet", N_("评分表版本"), value=lambda row: sheet_words(row.sheet)),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find"),
        Filter("grade", N_("等级"), kind="choice", options=lambda request: [(grade, grade) for grade in GRADES]),
        Filter("kind", N_("类型"), kind="choice", options=lambda request: [(k, _(v)) for k, v in KINDS.items()]),
    ],
    order="grade",
    may_export=EXPORT,
    row_url=lambda row: reverse("credit:score", args=[row.terminal]),
    empty_title=N_("还没有评过分的客户"),
    empty_text=N_("在客户的信用评分页评分，或由信用部门一次评完全部客户。"),
    empty_icon="star",
)  # fmt: skip


def held_by(row: Any) -> list[str]:
    """Red lines and caps of a score, as people read them, without their numbers."""
    caps = {cap.code: cap for cap in _grading().caps}
    told = [_(RED_LINES.get(line, line)) for line in row.red_lines]
    return told + [cap_words(caps.get(code, Cap(code, ""))) for code in row.capped_by]


@lru_cache(maxsize=1)
def _grading() -> Any:
    """The shipped grading, for the numbers in the words of caps in a list; a score's own page has its own version."""
    return GRADING.read(GRADING.body)


@require_http_methods(["GET", "POST"])
def list_grades(request: HttpRequest) -> HttpResponseBase:
    """信用等级  Customers with their newest grade."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        return grades.list_grades(request.user, order=order, start=start, limit=limit, **filters)

    def stream(order: str, filters: dict[str, Any]) -> Any:
        return grades.every_grade(request.user, order, **filters)

    counts = scores.grade_counts(request.user)
    total = sum(counts.values())
    context = {
        "tiles": [(grade, counts.get(grade, 0), total, tone(grade)) for grade in GRADES],
        "may_score": request.user.may(SCORE),
    }
    return LIST.answer(request, fetch, "credit/grades.html", context, stream=stream)


# --- all at once ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def regrade(request: HttpRequest) -> HttpResponse:
    """全部重新评分  A POST asks for it; the worker does it, and the run's page says how far it is."""
    request.user.must(SCORE)
    under_way = runs.regrade_under_way()
    if request.method == "POST":
        under_way = actions.ask_regrade(by=request.user, now=timezone.now())
    if under_way is not None:
        return redirect("credit:run", under_way)
    return render(request, "credit/regrading.html", {"total": len(scores.every_customer())})


@require_http_methods(["GET", "POST"])
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """后台任务  How far it is and what came of it; a POST proposes the policy that was previewed."""
    row = runs.run_for(request.user, pk)
    page: dict[str, Any] = {
        "row": row, "since": timezone.localdate().isoformat(), "source": "", "reason": "",
        "movers": [
            (one, points(one.former_points_c), points(one.points_c), tone(one.grade), scoring.worse(one.grade, one.former))
            for one in row.moved
        ],
        "counts": [(before, after, customers, before != after) for before, after, customers in row.counts],
        "more": sum(n for before, after, n in row.counts if before != after) - len(row.moved),
    }  # fmt: skip
    if row.kind == runs.PREVIEW:
        page["title"] = _(queries_policies.policy_named(row.policy).title)
    if request.method == "POST" and row.kind == runs.PREVIEW:
        page |= {name: request.POST.get(name, "") for name in ("since", "source", "reason")}
        made = journal_actions.propose_policy(
            name=row.policy, body=row.body, since=day_from_text(page["since"]), source=page["source"],
            reason=page["reason"], by=request.user, now=timezone.now(),
        )  # fmt: skip
        done(request, _("第 {number} 版已提出，等另一人批准").format(number=made.number))
        return redirect("credit:sheet", row.policy)
    return render(request, "credit/run.html", page)


@require_GET
def run_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, as a fragment; when it is over, the browser loads the page again."""
    row = runs.run_for(request.user, pk)
    if row.finished_at is not None:
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = reverse("credit:run", args=[pk])
        return answer
    return render(request, "credit/parts/run_progress.html", {"row": row})


# --- one customer --------------------------------------------------------------------------------------------------------


@require_GET
def score(request: HttpRequest, pk: int) -> HttpResponse:
    """信用评分  The newest score of a customer, line by line; what would lift it; its history."""
    terminal = terminals.terminal_for(request.user, pk, SEE)
    request.user.must(SEE, terminal)
    return _score_page(request, terminal, scores.score_of(terminal.pk))


@require_GET
def one_score(request: HttpRequest, pk: int) -> HttpResponse:
    """一次评分  One score as it was made: every reason, what would have lifted it, the versions of what judged it."""
    request.user.must(SEE)
    full = scores.score_for(request.user, pk)
    return _score_page(request, terminals.terminal_for(request.user, full.row.terminal, SEE), full)


def _score_page(request: HttpRequest, terminal: Any, full: scores.FullScore | None) -> HttpResponse:
    page: dict[str, Any] = {
        "terminal": terminal, "full": full, "may_score": request.user.may(SCORE),
        "score_url": reverse("credit:score_now", args=[terminal.pk]),
    }  # fmt: skip
    if full is not None:
        history = scores.history(terminal.pk)
        book = scores.book_of(full.labels)
        caps = {cap.code: cap for cap in book.grading.caps}
        page |= {
            "row": full.row, "points": points(full.row.points_c), "tone": tone(full.row.grade),
            "own_grade": scoring.band(full.row.points_c, book.grading),
            "red_lines": [_(RED_LINES.get(line, line)) for line in full.row.red_lines],
            "caps": [(cap_words(caps[code]), caps[code].grade) for code in full.row.capped_by if code in caps],
            "factors": [shown(line, full.case, book) for line in full.lines if line.family == "factor"],
            "parts": [shown(line, full.case, book) for line in full.lines if line.family == "behaviour"],
            "lifts": [change_words(change) for change in scoring.lift(full.case, book)],
            "replays": scores.replays(full), "sheet": sheet_words(full.row.sheet),
            "newest": full.row.pk == max(history, key=lambda one: (one.as_of, one.pk)).pk,
            "versions": [(_(policy.title), *_version(full.labels.get(policy.name, ""))) for policy in scores.MADE_BY],
            "survey_url": reverse("credit:survey", args=[full.row.survey]) if full.row.survey else "",
            "history": [(one, points(one.points_c), tone(one.grade)) for one in history],
            "drawn": drawn(list(reversed(history)), book),
        }  # fmt: skip
    return render(request, "credit/score.html", page)


@require_POST
def score_now(request: HttpRequest, pk: int) -> HttpResponse:
    """立即评分"""
    terminal = terminals.terminal_for(request.user, pk, SEE)
    made = actions.score_customer(terminal=terminal, by=request.user, now=timezone.now())
    done(request, _("{name} 信用等级 {grade}").format(name=terminal.name, grade=made.grade))
    return redirect("credit:score", terminal.pk)


def shown(line: Line, case: scoring.Case, book: SheetBook) -> dict[str, Any]:
    """A line as its page shows it: name, weight, what it got, points, and why."""
    if line.family == "behaviour":
        return {
            "name": _(BEHAVIOUR[line.code]), "weight": line.weight, "got": f"{line.got // 100} %", "part": line.got,
            "whole": 10_000, "points": points(line.points_c), "missing": line.missing, "moved": line.moved,
            "why": behaviour_words(line, case),
        }  # fmt: skip
    sheet = book.sheets[book.sheet_of(case)]
    factor = next(one for one in sheet.factors if one.code == line.code)
    return {
        "name": _(FACTORS[line.code]), "weight": line.weight, "got": str(line.got), "part": line.got, "whole": 5,
        "points": points(line.points_c), "missing": line.missing, "moved": False, "why": factor_words(factor, case),
    }  # fmt: skip


def factor_words(factor: Factor, case: scoring.Case) -> str:
    """What is known of a factor, measure by measure."""
    codes = dict.fromkeys(code for _points, ways in factor.rungs for way in ways for code, _least in way)
    codes.update(dict.fromkeys(code for code, _bad in factor.zero))
    told = [
        f"{_(MEASURES[code].words)} {value_words(code, case.measures[code])}" for code in codes if code in case.measures
    ]
    return "；".join(told) or _("没有证据：按 1 分计")


def value_words(code: str, value: int) -> str:
    """A measure's value with its unit."""
    measure = MEASURES[code]
    if measure.levels:
        return _(measure.levels[min(max(value, 0), len(measure.levels) - 1)])
    if measure.unit == "yes":
        return _("是") if value else _("否")
    if measure.unit == "fen":
        return yuan(value)
    units = {"percent": "%", "years": _("年"), "months": _("个月"), "days": _("天"), "count": ""}
    return f"{value} {units[measure.unit]}".strip()


def behaviour_words(line: Line, case: scoring.Case) -> str:
    """The figures a part of behaviour stands on."""
    if line.moved:
        return _("还没有数据：权重按比例分给有数据的各项")
    if line.missing:
        return _("没有数据：按缺失证据计分")
    late = case.late_fen_days * 10 // max(case.weighed_fen, 1)
    return {
        "on_time": _("近一年到期 {due} 元，其中按期付 {paid} 元").format(
            due=yuan(case.due_fen), paid=yuan(case.on_time_fen)
        ),
        "days_late": _("按金额加权平均迟付 {days} 天").format(days=f"{late // 10}.{late % 10}"),
        "promises": _("{due} 次承诺兑现 {kept} 次").format(due=case.promises_due, kept=case.promises_kept),
        "continuity": _("近 {possible} 个月有 {bought} 个月采购").format(
            possible=case.months_possible, bought=case.months_bought
        ),
        "sign_back": _("{sent} 份对账单回签 {signed} 份").format(
            sent=case.statements_sent, signed=case.statements_signed
        ),
        "disputes": _("{all} 起争议 {valid} 起成立").format(all=case.disputes, valid=case.disputes_valid),
    }[line.code]


def cap_words(cap: Cap) -> str:
    """A cap with its numbers."""
    return (
        _(CAPS[cap.code]).format(months=cap.limit, days=cap.limit, window=cap.window) if cap.code in CAPS else cap.code
    )


def change_words(change: Change) -> str:
    """What would have to be otherwise, as people read it."""
    to = dict(change.to)
    if change.family == "red":
        return _("解除红线：{line}").format(line=_(RED_LINES.get(change.code, change.code)))
    if change.family == "cap":
        return _CURES_SAID[change.code]().format(days=to.get("worst_late", 0), months=to.get("months_traded", 0))
    if change.family == "factor":
        wanted = "、".join(f"{_(MEASURES[code].words)} {limit_words(code, value)}" for code, value in change.to)
        return _("{factor}：{wanted}").format(factor=_(FACTORS[change.code]), wanted=wanted)
    return _("{part} 提高到：{wanted}").format(part=_(BEHAVIOUR[change.code]), wanted=part_words(change))


def limit_words(code: str, value: int) -> str:
    """A threshold as people read it: at least, at most, or the word itself."""
    measure = MEASURES[code]
    said = value_words(code, value)
    if measure.unit in ("yes", "level"):
        return said
    return (_("至少 {value}") if measure.better > 0 else _("至多 {value}")).format(value=said)


def part_words(change: Change) -> str:
    """How far a part of behaviour would have to come."""
    name, value = change.to[0]
    if name in ("on_time_fen",):
        return _("按期付 {amount} 元").format(amount=yuan(value))
    if name == "late_fen_days":
        return _("更短的平均迟付天数")
    return str(value)


_CURES_SAID: dict[str, Any] = {
    "traded_short": lambda: _("交易满 {months} 个月"),
    "traded_young": lambda: _("交易满 {months} 个月"),
    "late_some": lambda: _("半年内不再有逾期超过 {days} 天"),
    "late_much": lambda: _("半年内不再有逾期超过 {days} 天"),
    "unchecked": lambda: _("补做公开信息查询"),
    "order_gap": lambda: _("恢复采购"),
    "pressed": lambda: _("付清催收的款项"),
    "documents": lambda: _("补齐资料"),
}


def sheet_words(label: str) -> str:
    """A sheet and its version, as people read them."""
    name, _at, number = label.partition("@")
    titles = {policy.name: policy.title for policy in EDITED}
    return f"{_(titles.get(name, name))} · {_('第 {number} 版').format(number=number)}"


def _version(label: str) -> tuple[str, str]:
    """A version in words, and the page of its policy."""
    if not label:
        return _("没有记下"), ""
    return label, reverse("journal:policy", args=[label.partition("@")[0]])


def drawn(history: list[scores.ScoreRow], book: SheetBook) -> dict[str, Any]:
    """The history of points as a line over the bands: places in a picture of WIDTH × HEIGHT."""
    if not history:
        return {}
    first, days = history[0].as_of, max((history[-1].as_of - history[0].as_of).days, 1)
    dots = [
        {
            "x": 10 + (one.as_of - first).days * (WIDTH - 20) // days, "y": HEIGHT - one.points_c * HEIGHT // 10_000,
            "said": f"{one.as_of.isoformat()} {one.grade} {points(one.points_c)}", "grade": one.grade,
        }
        for one in history
    ]  # fmt: skip
    bands = [{"grade": grade, "y": HEIGHT - least * HEIGHT // 10_000} for grade, least in book.grading.bands]
    return {
        "width": WIDTH, "height": HEIGHT, "dots": dots, "bands": bands,
        "line": " ".join(f"{dot['x']},{dot['y']}" for dot in dots),
    }  # fmt: skip


# --- who moved -------------------------------------------------------------------------------------------------------------


@require_GET
def movers(request: HttpRequest) -> HttpResponse:
    """等级变动  Customers whose grade changed lately, worst changes marked."""
    request.user.must(SEE)
    today = timezone.localdate()
    last = _day(request.GET.get("last", ""), today)
    first = _day(request.GET.get("first", ""), last - timedelta(days=90))
    rows, count = grades.movers(request.user, first, last, limit=200)
    told = [(one, points(one.points_c), tone(one.grade), scoring.worse(one.grade, one.former)) for one in rows]
    page = {
        "first": first, "last": last, "rows": told, "count": count, "worse": sum(one[3] for one in told),
        "better": sum(not one[3] for one in told),
    }  # fmt: skip
    return render(request, "credit/movers.html", page)


def _day(text: str, otherwise: date) -> date:
    try:
        return day_from_text(text) if text else otherwise
    except Refused:
        return otherwise


# --- the sheets ------------------------------------------------------------------------------------------------------------


@require_GET
def sheets(request: HttpRequest) -> HttpResponse:
    """评分项目表  The sheets in force today, as tables."""
    request.user.must(SEE)
    today = timezone.localdate()
    found = queries_policies.in_force_all(EDITED, today)
    told = [
        {
            "policy": policy, "title": _(policy.title), "one": found[policy.name], "factors": _table(found[policy.name].value),
            "parts": [(_(BEHAVIOUR[part.code]), part.weight, _(WITHOUT_DATA[part.without])) for part in found[policy.name].value.parts],
            "url": reverse("credit:sheet", args=[policy.name]),
        }
        for policy in SHEETS.values()
    ]  # fmt: skip
    grading = found[GRADING.name].value
    page = {
        "sheets": told,
        "bands": grading.bands,
        "caps": [(cap_words(cap), cap.grade) for cap in grading.caps],
        "red_lines": [_(RED_LINES[line]) for line in [*sorted(grading.red_lists), *FOUND]],
        "others": [
            (_(one.title), found[one.name], reverse("credit:sheet", args=[one.name])) for one in EDITED[-2:]
        ],
        "may_edit": request.user.may(POLICY),
    }  # fmt: skip
    return render(request, "credit/sheets.html", page)


def _table(sheet: Any) -> list[dict[str, Any]]:
    rows = []
    for factor in sheet.factors:
        rungs = {got: [_way(way) for way in ways] for got, ways in factor.rungs}
        zero = [f"{_(MEASURES[code].words)} {value_words(code, bad)}" for code, bad in factor.zero]
        rows.append(
            {
                "name": _(FACTORS[factor.code]),
                "weight": factor.weight,
                "rungs": [rungs.get(n, []) for n in (5, 4, 3, 2)],
                "zero": zero,
            }
        )
    return rows


def _way(way: Any) -> str:
    """One way to reach a rung: everything that must be met together."""
    return " + ".join(f"{_(MEASURES[code].words)} {limit_words(code, least)}" for code, least in way)


@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, name: str) -> HttpResponse:
    """修改评分表  Edit a sheet: see which customers would move, then propose it as a new version for somebody else to approve."""
    request.user.must(POLICY)
    policy = queries_policies.policy_named(name)
    if policy.name not in {one.name for one in EDITED}:
        return redirect("credit:sheets")
    today = timezone.localdate()
    one = queries_policies.in_force(policy, today)
    versions = queries_policies.versions(name)
    body = _body(request, name) or next((row.body for row in versions if row.number == one.number), policy.body)
    page: dict[str, Any] = {
        "policy": policy, "title": _(policy.title), "one": one, "versions": versions,
        "as_text": "text" in request.POST or request.GET.get("as") == "json",
        "text": json.dumps(body, ensure_ascii=False, indent=1),
    }  # fmt: skip
    typed = sheet_forms.flat(name, body)
    if request.method == "POST":
        page["text"] = request.POST.get("text", page["text"])
        try:
            if page["as_text"]:
                changed = _read_text(page["text"])
            else:
                typed = sheet_forms.typed(request.POST)
                changed = sheet_forms.body_of(name, body, typed)
            asked = actions.ask_preview(name=name, body=changed, by=request.user, now=timezone.now())
            return redirect("credit:run", asked)
        except BadPolicy as wrong:
            page["fault"] = wrong.sentence(_)
    page["parts_of"] = {} if page["as_text"] else sheet_forms.drawn(name, typed)
    return render(request, "credit/sheet.html", page, status=422 if "fault" in page else 200)


def _body(request: HttpRequest, name: str) -> Any:
    """The body of a preview one comes back from, to change it again."""
    asked = request.GET.get("run", "")
    if not asked.isdecimal() or len(asked) > 18:
        return None
    row = runs.run_for(request.user, int(asked))
    return row.body if row.policy == name else None


def _read_text(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise BadPolicy(reason=str(wrong)) from wrong


# --- what came of old scores -----------------------------------------------------------------------------------------------


@require_GET
def calibration(request: HttpRequest) -> HttpResponse:
    """评分校准  Old scores beside what happened in the months after."""
    request.user.must(SEE)
    today = timezone.localdate()
    last = _day(request.GET.get("last", ""), today)
    first = _day(request.GET.get("first", ""), last - timedelta(days=3 * 365))
    asked = request.GET.get("months", "")
    months = int(asked) if asked in ("3", "6", "12", "24") else 6
    page: dict[str, Any] = {"first": first, "last": last, "months": months, "choices": (3, 6, 12, 24)}
    try:
        found = grades.calibrated(request.user, first, last, months, today)
    except NothingToCalibrate as nothing:
        return render(request, "credit/calibration.html", page | {"nothing": nothing})
    result = found.result
    page |= {
        "found": found, "told": plots.as_json(found),
        "plot_url": f"{reverse('credit:calibration_plot')}?first={first}&last={last}&months={months}",
        "grades": [
            (one, *map(plots.percent, (one.rate_bp, one.low_bp, one.high_bp)), tone(one.name)) for one in result.grades
        ],
        "groups": [(one, plots.percent(one.expected_bp or 0), plots.percent(one.rate_bp)) for one in result.groups],
    }  # fmt: skip
    return render(request, "credit/calibration.html", page)


@require_GET
def calibration_plot(request: HttpRequest) -> HttpResponse:
    """校准图  The plot as a picture."""
    request.user.must(SEE)
    today = timezone.localdate()
    last = _day(request.GET.get("last", ""), today)
    first = _day(request.GET.get("first", ""), last - timedelta(days=3 * 365))
    asked = request.GET.get("months", "")
    found = grades.calibrated(request.user, first, last, int(asked) if asked in ("3", "6", "12", "24") else 6, today)
    return HttpResponse(plots.calibration(found.result.groups), content_type="image/svg+xml")
