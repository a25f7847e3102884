"""A hospital as a key account: what its plan says, who writes and approves it; for tests of key accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from tests import cast

from kewei.keyaccounts import actions
from kewei.keyaccounts.models import Plan
from kewei.keyaccounts.rules.plans import ActionGiven, Content, GoalGiven, RiskGiven, RoleGiven
from kewei.sales.models import SaleLine

NOW, TODAY = cast.MORNING, date(2026, 11, 23)
FIRST, LAST = date(2026, 7, 1), date(2027, 6, 30)


def content(owner: Any, **more: Any) -> Content:
    """Everything the form requires."""
    whole = Content(
        reasons=("sales", "showcase"),
        reason_words="县域龙头，带动医共体",
        roles=(
            RoleGiven("pharmacy", "药学部主任", "decides", "supports", "稳定供货"),
            RoleGiven("finance", "财务科", "carries_out", "neutral", "对账清楚"),
        ),
        situation={
            "covered": "阿莫西林等 6 个品种", "share_bp": 2500, "share_basis": "药学部采购计划估计", "competition": "同类三家",
            "price_agreement": "挂网价", "procurement": "第九批中选", "term_days": 90, "paid_days": 120,
        },
        swot={"strengths": "配送当日达"},
        goals=(
            GoalGiven("sales", 0, 400_000_00),
            GoalGiven("products", 6, 10),
            GoalGiven("collection_days", 120, 80),
            GoalGiven("overdue_rate", 3000, 1000),
        ),
        actions=(
            ActionGiven("与药学部对下一季用量", owner.pk, date(2026, 12, 10), visit=True, serves="sales"),
            ActionGiven("每月 20 日前交齐结算资料", owner.pk, date(2026, 12, 20), visit=True, serves="collection_days"),
            ActionGiven(
                "年度供应会谈", owner.pk, date(2027, 1, 15), kind="executive", compliance="HG-2026-031", ours="总经理",
                theirs="分管副院长",
            ),
        ),
        risks=(
            RiskGiven("concentration", "占公司销售过高", "middle", "同县再开发两家"),
            RiskGiven("people", "药学部换届", "low", "与采购、财务都建立对接"),
        ),
    )  # fmt: skip
    return replace(whole, **more)


def begin(staff: Any, terminal: Any = None, first: date = FIRST, last: date = LAST, **more: Any) -> Plan:
    """A draft of Wang's."""
    return actions.start_plan(
        terminal=terminal or staff.wangs_hospital, first_on=first, last_on=last, owner=staff.wang, by=staff.wang, now=NOW,
        **more,
    )  # fmt: skip


def written(staff: Any, **more: Any) -> Plan:
    """A draft with everything in it."""
    plan = begin(staff)
    actions.write_plan(plan=plan.pk, content=content(staff.wang, **more), by=staff.wang, now=NOW)
    return plan


def live(staff: Any, **more: Any) -> Plan:
    """A plan in force: Wang wrote it, Li approved it."""
    plan = written(staff, **more)
    actions.hand_in_plan(plan=plan.pk, by=staff.wang, now=NOW)
    actions.approve_plan(plan=plan.pk, by=staff.li, now=NOW)
    return Plan.objects.get(pk=plan.pk)


def sold(terminal: Any, day: date, fen: int, text: str = "阿莫西林") -> SaleLine:
    """Something the terminal bought."""
    return SaleLine.objects.create(
        terminal=terminal, day=day, fen=fen, quantity_milli=1000, product_text=text, source="import"
    )
