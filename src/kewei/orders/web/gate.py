"""关口  The decision table as quality reads it, a try-out, and what the gate kept out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kewei.kernel.refusals import N_, Refused
from kewei.orders import queries
from kewei.orders.forms import TypedLine, understood
from kewei.orders.queries.cases import gate_policies
from kewei.orders.rules.gate import BLOCK, MOMENTS, PASS, PAYMENTS, QUESTIONS, RECORD, TABLE, WARN, doubts
from kewei.orders.rules.says import NAMES
from kewei.orders.web import words
from kewei.receivables.web.parts import day_in, today
from kewei.terminals import queries as terminals
from kewei.terminals import rules as terminal_rules
from kewei.terminals.rules.licences import LICENCE_KINDS, SCOPE_CLASSES

SEE = "orders.see"

# The words of the table as people read them.
WORD_NAMES: dict[str, str] = {
    "moment": N_("环节"),
    "payment": N_("付款方式"),
    "supply": N_("保供品种"),
    "limit": N_("额度"),
    "grade": N_("等级"),
    "room": N_("本单与剩余额度"),
    "group": N_("集团额度"),
    "parts": N_("分项额度"),
    "overdue": N_("逾期"),
    "holds": N_("停止赊销"),
    "red_lines": N_("红线"),
    "trade": N_("往来"),
    "special_class": N_("特殊药品"),
    "price": N_("价格"),
    "lifecycle": N_("产品"),
}
VALUE_NAMES: dict[str, str] = {
    **MOMENTS,
    **PAYMENTS,
    "all": N_("全部是"),
    "some": N_("部分是"),
    "none": N_("无"),
    "in_force": N_("生效中"),
    "within": N_("以内"),
    "tolerated": N_("容忍之内"),
    "over": N_("超过"),
    "beyond": N_("超过容忍"),
    "waivable": N_("可豁免"),
    "final": N_("不可豁免"),
    "new": N_("新"),
    "known": N_("老"),
    "no": N_("否"),
    "yes": N_("是"),
    "fits": N_("不低于底价"),
    "below_floor": N_("低于底价"),
    "unknown": N_("没有"),
    "on_sale": N_("在售"),
    "ended": N_("停售"),
}
LEVELS: dict[str, tuple[str, str]] = {
    "block": (N_("拦截"), "bad"),
    "warn": (N_("警示"), "warn"),
    "record": (N_("记录"), "info"),
    "pass": (N_("通过"), "ok"),
    "allow": (N_("可售"), "ok"),
}


# Who may let a row of the table pass.
WHO: dict[str, str] = {
    "waivable": N_("可特批"),
    "final": N_("任何人不能豁免"),
    "asks": N_("须批准"),
}


@require_GET
def table(request):
    """关口一览  Every rule: when, what happens, who may let it pass, where it comes from; and who may buy which class.

    Narrowed by question, level and who may let it pass; with a customer and a product, what the gate would say.
    """
    request.user.must(SEE)
    policies, labels = gate_policies(today())
    kind = request.GET.get("kind", "")
    asked = {
        "question": _one_of(request, "question", QUESTIONS),
        "level": _one_of(request, "level", LEVELS),
        "who": _one_of(request, "who", WHO),
    }
    questions = [(_(name), [_row(row) for row in _rows(code, asked)]) for code, name in QUESTIONS.items()]
    page = {
        "questions": [(name, rows) for name, rows in questions if rows],
        "asked": asked,
        "question_choices": [(code, _(name)) for code, name in QUESTIONS.items()],
        "level_choices": [(code, _(LEVELS[code][0])) for code in (BLOCK, WARN, RECORD, PASS)],
        "who_choices": [(code, _(name)) for code, name in WHO.items()],
        "payments": [(code, _(name)) for code, name in PAYMENTS.items()],
        "typed": {name: request.GET.get(name, "")[:120] for name in ("customer", "product", "quantity", "payment")},
        **_tried(request),
        "doubts": len(doubts()) + len(policies.papers.scope.doubts()),
        "scope": _scope(policies.papers.scope, kind),
        "kinds": [(code, _(label)) for code, label in terminal_rules.KINDS.items()],
        "kind": kind if kind in terminal_rules.KINDS else "",
        "required": [
            (
                _(label),
                [" / ".join(_(LICENCE_KINDS[paper]) for paper in group) for group in policies.papers.required.of(code)],
            )
            for code, label in terminal_rules.KINDS.items()
        ],
        "policy": policies.gate,
        "labels": sorted(labels.items()),
    }
    return render(request, "orders/gate.html", page)


def _one_of(request: Any, name: str, choices: Any) -> str:
    text = request.GET.get(name, "")
    return text if text in choices else ""


def _rows(question: str, asked: dict[str, str]) -> list[Any]:
    """The rows of a question that are asked for."""
    if asked["question"] not in ("", question):
        return []
    rows = [row for row in TABLE if row.question == question and asked["level"] in ("", row.level)]
    return [row for row in rows if not asked["who"] or asked["who"] in _who(row)]


def _who(row: Any) -> tuple[str, ...]:
    """Who may let a row pass, as codes of WHO, the first to be shown."""
    found = (("asks", row.asks), ("waivable", row.waivable), ("final", row.level == BLOCK and not row.waivable))
    return tuple(code for code, so in found if so)


def _row(row: Any) -> dict[str, Any]:
    level, tone = LEVELS[row.level]
    who = _who(row)
    return {
        "when": [
            (_(WORD_NAMES[name]), "、".join(_(VALUE_NAMES.get(v, v)) for v in values)) for name, values in row.when
        ],
        "level": _(level),
        "tone": tone,
        "rule": _(NAMES[row.rule]) if row.rule else "",
        "who": _(WHO[who[0]]) if who else "",
        "source": row.source,
    }


def _scope(scope: Any, kind: str) -> list[dict[str, Any]]:
    rows = []
    for row in scope.rows:
        if kind and kind in terminal_rules.KINDS and kind not in row.kinds:
            continue
        level, tone = LEVELS[row.level]
        needs = [_(LICENCE_KINDS[paper]) for paper in row.papers]
        if row.in_scope:
            needs.append(_("经营范围含该品类"))
        rows.append(
            {
                "scope_class": _(SCOPE_CLASSES[row.scope_class]),
                "kinds": "、".join(_(terminal_rules.KINDS[code]) for code in row.kinds),
                "level": _(level),
                "tone": tone,
                "needs": " / ".join(needs),
                "note": row.note,
            }
        )
    return rows


@require_GET
def try_out(request):
    """试一试  What the gate would say if this customer ordered this product; a fragment."""
    request.user.must(SEE)
    return render(request, "orders/_check.html", _tried(request))


def _tried(request: Any) -> dict[str, Any]:
    """The gate's answer about the customer, product, quantity and payment asked for; empty where nothing was."""
    code, text = request.GET.get("customer", "").strip()[:40], request.GET.get("product", "").strip()[:120]
    if not (code and text):
        return {}
    payment = _one_of(request, "payment", PAYMENTS) or "credit"
    try:
        terminal = terminals.terminal_named(request.user, code)
        rows, lines = understood(request.user, [TypedLine(text, request.GET.get("quantity", "")[:20] or "1")])
        if rows and rows[0].fault:
            return {"refused": rows[0].fault}
        decision, case = queries.try_order(request.user, terminal, lines, payment, timezone.now())
    except Refused as why:
        return {"refused": why.sentence(_)}
    outcome, tone = words.outcome(decision.outcome)
    return {
        "outcome": outcome, "tone": tone, "said": words.said(decision.lines), "case_lines": case.lines,
        "total_fen": case.wanted_fen, "left_fen": case.standing.headroom_fen,
        "after_fen": case.standing.headroom_fen - case.wanted_fen, "on_credit": payment == "credit",
        "has_limit": case.standing.limit_fen is not None,
    }  # fmt: skip


BY: dict[str, str] = {"rule": N_("按规则"), "person": N_("按下单人"), "month": N_("按月"), "kind": N_("按客户类型")}


@require_GET
def refusals(request):
    """拦截统计  What the gate kept out at entry: a refusal is a good outcome."""
    request.user.must(SEE)
    last = day_in(request.GET.get("last"), today())
    first = day_in(request.GET.get("first"), last - timedelta(days=89))
    by = request.GET.get("by", "rule")
    by = by if by in BY else "rule"
    rows = queries.refusal_counts(request.user, first, last, by)
    here = reverse("orders:refusals")
    names = {row.key: _named(by, row.name) for row in rows}
    page = {
        "first": first,
        "last": last,
        "rows": [(names[row.key], row) for row in rows],
        "orders": sum(row.orders for row in rows),
        "tabs": [
            {"name": _(label), "url": f"{here}?by={code}&first={first}&last={last}", "on": code == by, "count": None}
            for code, label in BY.items()
        ],
        "chart": {"names": [names[row.key] for row in rows[:12]], "fen": [row.fen for row in rows[:12]]},
    }
    return render(request, "orders/refusals.html", page)


def _named(by: str, name: str) -> str:
    if by == "rule":
        return _(NAMES.get(name, name))
    return _(terminal_rules.KINDS.get(name, name)) if by == "kind" else name
