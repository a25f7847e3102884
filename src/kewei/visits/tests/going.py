"""Somebody goes somewhere: plans a stop, leaves, arrives, reports; for tests of visits."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tests import cast

from kewei.products.models import Product
from kewei.products.rules import search_text
from kewei.visits import actions
from kewei.visits.models import Plan, Stop, Visit

NOW, TODAY = cast.MORNING, date(2026, 11, 23)
HOUR = timedelta(hours=1)
# A checklist with everything a seller has to do.
SEEN = ("card", "money", "calendar", "orders", "papers", "payment", "compliance", "self")
WORDS = {
    "consent": "药剂科何主任电话同意", "materials": "阿莫西林 2026-09 版", "objections": "嫌价格高：比同类便宜",
    "best": "签回对账单", "least": "约定付款日",
}  # fmt: skip
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc00000030101000c0a85e50000000049454e44ae426082"
)


def product(code: str = "P001", name: str = "阿莫西林胶囊") -> Product:
    """Something to speak of."""
    return Product.objects.create(
        code=code, name=name, unit="盒", scope_class="general", lifecycle="live", listed_price_fen=12_00,
        search=search_text(code, name, "", "", ""), added_at=NOW,
    )  # fmt: skip


def plan_stop(
    person: Any, terminal: Any, day: date = TODAY, purposes: tuple[str, ...] = ("order",), **more: Any
) -> Stop:
    """A stop in somebody's plan."""
    plan, _ = Plan.objects.get_or_create(person=person, month=day.replace(day=1), made_by=person, made_at=NOW)
    return Stop.objects.create(
        plan=plan, person=person, terminal=terminal, day=day, place=1, arrives=9 * 60, minutes=30, metres=0,
        purposes=list(purposes), set_by=person, set_at=NOW, **more,
    )  # fmt: skip


def arrive(person: Any, terminal: Any, at: datetime = NOW, **more: Any) -> Visit:
    """A check-in without a plan."""
    given = {"purposes": ["order"], "unplanned_why": "顺路", "how": "point", "now": at} | more
    return actions.check_in(terminal=terminal.pk, arrived_at=at, by=person, **given)


def tell(visit: Visit, at: datetime | None = None, by: Any = None, **more: Any) -> Any:
    """A report with everything there must be."""
    left = visit.arrived_at + HOUR / 2
    given = {
        "left_at": left, "achieved": "done", "met": [{"name": "何平", "job": "采购"}], "next_step": "送样品检验报告",
        "next_on": visit.day + timedelta(days=7), "now": at or left + timedelta(minutes=5),
    } | more  # fmt: skip
    return actions.report_visit(visit=visit.pk, by=by or visit.person, **given)


def sign(person: Any, terminal: Any, day: date = TODAY, **more: Any) -> Any:
    """A checklist done as it should be."""
    given = {"purposes": ["order"], "seen": SEEN, "words": WORDS, "now": NOW} | more
    return actions.sign_checklist(terminal=terminal.pk, day=day, by=person, **given)
