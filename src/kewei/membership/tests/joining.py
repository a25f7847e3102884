"""A programme with members, for tests of membership and above: a pharmacy chain with good papers, a year of purchases."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests import cast, trading

from kewei.kernel.ids import make_credit_code
from kewei.membership import actions
from kewei.membership.models import Enrolment, Programme
from kewei.membership.rules.programmes import SHIPPED
from kewei.sales.models import SaleLine
from kewei.terminals.models import Terminal

NOW, TODAY = cast.MORNING, date(2026, 11, 23)
GROUND = "反不正当竞争法第七条：以明示方式给予折扣并如实入账"


def verify(terminal: Terminal, body17: str, *kinds: str) -> Terminal:
    """A terminal with a credit code, the rest of a good card, and verified papers."""
    terminal.credit_code = make_credit_code(body17)
    terminal.address, terminal.ownership, terminal.size = "中山路 1 号", "private", "medium"
    terminal.save()
    for kind in kinds:
        trading.papers(terminal, kind)
    return terminal


def programme(
    staff: cast.Cast, *, approved: bool = True, rules: dict[str, Any] | None = None, **more: Any
) -> Programme:
    """A programme of the manager's, approved by counsel."""
    given: dict[str, Any] = {
        "code": "LS26", "name": "连锁药房会员", "purpose": "稳定连锁药房的供货与服务", "ground": GROUND,
        "since": date(2026, 1, 1), "until": date(2027, 12, 31), "budget_fen": 500_000_00,
        "kinds": ["pharmacy", "chain_hq", "chain_store"],
    }  # fmt: skip
    made = actions.propose_programme(rules=rules, by=staff.li, now=NOW, **(given | more))
    if approved:
        actions.decide_programme(programme=made.pk, agree=True, by=staff.he, now=NOW)
        made.refresh_from_db()
    return made


def pharmacy(staff: cast.Cast) -> Terminal:
    """Wang's pharmacy as somebody who may become a member."""
    return verify(staff.wangs_pharmacy, "91420100MA4KWY7Q3", "business", "drug_retail")


def member(staff: cast.Cast, kept: Programme | None = None, **more: Any) -> Enrolment:
    """Wang's pharmacy in a programme."""
    kept = kept or programme(staff, **more)
    made = actions.enrol(programme=kept.pk, terminal=pharmacy(staff), by=staff.li, now=NOW)
    made.since = date(2026, 9, 1)  # as though it had been one since: what it bought before it entered earns nothing
    made.save(update_fields=["since"])
    return made


def bought(terminal: Terminal, day: date, fen: int, product: Any = None, milli: int = 10_000, source: str = "order"):
    """A line of sales."""
    return SaleLine.objects.create(
        terminal=terminal, product=product, day=day, quantity_milli=milli, fen=fen, source=source
    )


def give(staff: cast.Cast, enrolment: Enrolment, points: int, now=NOW) -> Any:
    """Points by hand, by the accountant."""
    return actions.adjust_points(enrolment=enrolment.pk, points=points, why="补记", by=staff.qian, now=now)


def rules(**more: Any) -> dict[str, Any]:
    """The shipped rules, changed."""
    return SHIPPED | more
