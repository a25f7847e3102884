"""Months: usage posted to sales as often as one likes, frozen once, adjusted after that by rows of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime

from kewei.flows import facts
from kewei.flows.actions.samples import draw_sample
from kewei.flows.models import MonthState, Usage
from kewei.flows.queries import files, months
from kewei.flows.queries.names import unplaced
from kewei.flows.queries.samples import may_be_drawn
from kewei.flows.rules.months import (
    Amount,
    MonthFrozen,
    MonthNotFrozen,
    Place,
    check_may_freeze,
    digest_of,
    last_day,
    left_to_post,
    words_of,
)
from kewei.flows.rules.words import ADJUSTED, APPEALS, FROZEN, OPEN, read_word
from kewei.journal.actions import action, record
from kewei.journal.bulk import insert
from kewei.people.models import Person
from kewei.products.models import Product
from kewei.sales import actions as sales
from kewei.sales.rules import SaleRow, reckon_fen
from kewei.terminals import queries as terminals
from kewei.terminals.models import Terminal

FREEZE = "flows.freeze"


@action
def post_month(*, month: date, by: Person, now: datetime) -> dict[str, int]:
    """登记月度用量  Post to sales what each terminal took of each product, by the aliases that hold now.

    Only what differs from what was posted before is posted, so doing it again does nothing. Answers {"places", "changed"
    (places posted before that were re-stated), "quantity_milli", "fen"}. Raises MonthFrozen.
    """
    by.must(FREEZE)
    if months.state_of(month) != OPEN:
        raise MonthFrozen(month=words_of(month))
    before = months.posted(month)
    left = left_to_post(months.wanted(month), before)
    told = {
        "places": len(left),
        "changed": sum(place in before for place in left),
        "quantity_milli": sum(amount.quantity_milli for amount in left.values()),
        "fen": sum(amount.fen for amount in left.values()),
    }
    if left:
        _post(month, left, by, now)
        record(facts.USAGE_POSTED, words_of(month), by=by, at=now, **told)
    return told


@action
def freeze_month(*, month: date, by: Person, now: datetime, note: str = "") -> MonthState:
    """冻结月份  Post what is left, draw the month's sample and close it; from now on it is adjusted by appeals only.

    Raises MonthUnfinished while a name, a product or a file waits, MonthFrozen.
    """
    by.must(FREEZE)
    if months.state_of(month) != OPEN:
        raise MonthFrozen(month=words_of(month))
    missing = sum(len(one.missing) for one in files.calendar(by, month))
    check_may_freeze(month, *unplaced(month), missing)
    post_month(month=month, by=by, now=now)
    if may_be_drawn(month):
        draw_sample(month=month, by=by, now=now)
    told = asdict(months.figures(by, month)) | {"digest": digest_of(months.posted(month))}
    state = MonthState.objects.create(month=month, state=FROZEN, note=note[:200], told=told, by=by, at=now)
    record(facts.MONTH_FROZEN, state, by=by, at=now, month=words_of(month), **told)
    return state


@action
def adjust_month(
    *,
    month: date,
    distributor: Terminal,
    terminal: Terminal,
    product: Product,
    quantity_milli: int,
    appeal: str,
    why: str,
    by: Person,
    now: datetime,
) -> Usage:
    """申诉调整  A row that adjusts a frozen month: so much more (or less) was used by a terminal, and why.

    Money at the product's listed price. Raises MonthNotFrozen, NoSuchWord.
    """
    by.must(FREEZE)
    read_word(APPEALS, appeal)
    if months.state_of(month) == OPEN:
        raise MonthNotFrozen(month=words_of(month))
    fen = reckon_fen(quantity_milli, months.listed_prices([product.pk]).get(product.pk, 0))
    place = (distributor.pk, terminal.pk, product.pk)
    _post(month, {place: Amount(quantity_milli, fen)}, by, now, appeal, why)
    row = Usage.objects.filter(month=month, appeal=appeal).order_by("-pk")[0]
    MonthState.objects.create(month=month, state=ADJUSTED, note=why[:200], told={"usage": row.pk}, by=by, at=now)
    record(
        facts.MONTH_ADJUSTED, row, by=by, at=now, terminal=terminal.pk, month=words_of(month), appeal=appeal, why=why,
        quantity_milli=quantity_milli, fen=fen,
    )  # fmt: skip
    return row


def _post(
    month: date, amounts: Mapping[Place, Amount], by: Person, now: datetime, appeal: str = "", why: str = ""
) -> None:
    """Usage rows, and the same as lines of sales on the month's last day: a prospect that buys elsewhere is not won by it."""
    insert(
        Usage,
        (
            "distributor_id", "month", "terminal_id", "product_id", "quantity_milli", "fen", "appeal", "why",
            "posted_by_id", "posted_at",
        ),
        (
            (distributor, month, terminal, product, one.quantity_milli, one.fen, appeal, why[:200], by.pk, now)
            for (distributor, terminal, product), one in amounts.items()
        ),
    )  # fmt: skip
    codes = terminals.named({distributor for distributor, _, _ in amounts})
    rows = [
        SaleRow(
            terminal, product, "", last_day(month), one.quantity_milli, None, one.fen,
            f"LX{month:%Y%m}-{codes[distributor][0]}"[:60],
        )
        for (distributor, terminal, product), one in amounts.items()
    ]  # fmt: skip
    sales.post_lines(rows=rows, source="flow", verb=FREEZE, by=by, now=now, wins=False)
