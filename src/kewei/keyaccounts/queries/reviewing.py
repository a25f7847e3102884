"""季度复盘: what the ledger says of an account at the end of a quarter, goal by goal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from kewei.journal import queries_policies
from kewei.keyaccounts.models import Plan
from kewei.keyaccounts.queries import plans
from kewei.keyaccounts.queries.earning import efforts_between, members_of
from kewei.keyaccounts.rules import reviewing as rules
from kewei.keyaccounts.rules.earning import share_bp
from kewei.keyaccounts.rules.plans import COLLECTION, OVERDUE, PRODUCTS, SALES, SHARE, quarters_of
from kewei.keyaccounts.rules.reviewing import REVIEWING, Line
from kewei.receivables.queries import paying
from kewei.sales import queries as sales

# Nobody buys more products than this from us.
MOST_PRODUCTS = 10_000


@dataclass(frozen=True)
class Preview:
    """A quarter judged as it stands: lines, the figures they came from, how actions stand; `running` where it is not over."""

    quarter: int
    first_on: date
    last_on: date
    running: bool
    lines: tuple[Line, ...]
    figures: dict[str, Any]
    verdict: str
    policy: str


def preview(plan: Plan, quarter: int, today: date, *, told_share_bp: int | None = None) -> Preview:
    """A quarter of a plan by the version in force, up to today where it is not over; whoever asks.

    The share of the market stands on no ledger of ours: it is what whoever reviews tells. Raises NoSuchQuarter, NotFound.
    """
    spans = quarters_of(plan.first_on, plan.last_on)
    if not 1 <= quarter <= len(spans):
        raise rules.NoSuchQuarter(quarter=quarter)
    first, last = spans[quarter - 1]
    until = min(last, today)
    policy = queries_policies.in_force(REVIEWING, until)
    version = plans.version_of(plan, plan.in_force if plan.in_force is not None else plan.newest)
    figures = ledger(plan, first, until)
    facts: dict[str, int | None] = {
        SALES: figures["sales_fen"],
        PRODUCTS: figures["products"],
        SHARE: told_share_bp,
        COLLECTION: figures["paid_days"],
        OVERDUE: overdue_bp(figures),
    }
    content = plans.content_of(version)
    lines = rules.review(content.goals, quarter, len(spans), facts, policy.value)
    states = plans.actions_of(plan.pk, content)
    figures |= {"share_bp": told_share_bp, "actions": dict(Counter(one.state for one in states))}
    return Preview(quarter, first, until, today <= last, lines, figures, rules.verdict_of(lines), policy.label)


def ledger(plan: Plan, first: date, last: date) -> dict[str, Any]:
    """Sales since the plan began and in the quarter, products bought in it, days to money and what is overdue at its end,
    visits of its months; fen and days. Seven statements for any number of members."""
    ids = members_of(plan.terminal_id, plan.for_group)
    bought = sales.bought_among(ids, first, last, MOST_PRODUCTS)
    settled = paying.settled_between(ids, first, last)
    owed = paying.owed_on(ids, last)
    products = {
        one.product if one.product is not None else one.name
        for some in bought.values()
        for one in some.products
        if one.fen > 0
    }
    return {
        "sales_fen": sum(sales.sold_between(plan.first_on, last, ids).values()),
        "quarter_fen": sum(one.fen for one in bought.values()),
        "products": len(products),
        "settled_fen": settled.fen,
        "paid_days": settled.days,
        "owed_fen": owed.owed_fen,
        "overdue_fen": owed.overdue_fen,
        "visits": sum(one.visits for one in efforts_between(first, last, ids).values()),
        "members": len(ids),
    }


def overdue_bp(figures: Mapping[str, Any]) -> int:
    """逾期率: the part past due of what is owed, by a ledger, in basis points."""
    return share_bp(figures["overdue_fen"], figures["owed_fen"])


def line_as_json(line: Line) -> dict[str, Any]:
    """A line as it is kept."""
    return asdict(line)
