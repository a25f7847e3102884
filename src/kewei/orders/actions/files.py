"""Orders and prices from files: each placed or set as by hand, so that the gate, the history and followers are the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from kewei.journal.actions import action, record
from kewei.journal.bulk import chunks
from kewei.journal.models import Intake
from kewei.kernel.refusals import N_
from kewei.orders import facts
from kewei.orders.actions.placing import cancel_order, place_order
from kewei.orders.actions.prices import end_price, set_price, takes_the_place_of
from kewei.orders.models import Delivery, Order, Price
from kewei.orders.queries.files import plan_orders, plan_prices
from kewei.orders.rules.files import ImportedOrderMoved, check_faults
from kewei.orders.rules.states import FROM
from kewei.people.models import Person
from kewei.products import queries as products
from kewei.terminals import queries as terminals

PLACE, CANCEL, SET = "orders.place", "orders.cancel", "orders.price"
UNDONE = N_("撤销导入")
Progress = Callable[[int, int], None]


@action
def import_orders(
    *, rows: Iterable[Mapping[str, Any]], intake: Intake, by: Person, now: datetime, progress: Progress | None = None
) -> dict[str, Any]:
    """导入订单  Place every order of a file; the gate looks at each of them, and keeps those it blocks too.

    `rows` are values by column name, cleaned by the columns. Answers {"order_ids"} for an undo, and how many came into
    which state. All or nothing: raises FilesFault where plan_orders finds any.
    """
    by.must(PLACE)
    plan = plan_orders(by, enumerate(rows, 1))
    check_faults(plan.faults)
    tell = progress or (lambda done, of: None)
    made: list[int] = []
    states: Counter[str] = Counter()
    # By customer, so that two imports at once never wait for each other crosswise.
    for draft in sorted(plan.drafts, key=lambda one: one.terminal):
        order = place_order(
            terminal=terminals.terminal_for(by, draft.terminal, PLACE), lines=draft.lines, payment=draft.payment,
            customer_ref=draft.customer_ref, wanted_on=draft.wanted_on, note=draft.note, source="file", intake=intake,
            by=by, now=now,
        )  # fmt: skip
        made.append(order.pk)
        states[order.state] += 1
        tell(len(made), len(plan.drafts))
    record(facts.ORDERS_IMPORTED, intake, by=by, at=now, placed=plan.new, unchanged=plan.same, **states)
    return {"order_ids": made, "states": dict(states)}


@action
def undo_import_orders(*, intake: Intake, order_ids: Sequence[int], by: Person, now: datetime) -> dict[str, int]:
    """撤销订单导入  Cancel the orders of a file; those cancelled meanwhile stay so.

    Raises ImportedOrderMoved where goods of one have left.
    """
    by.must(CANCEL)
    cancelled = 0
    for chunk in chunks(order_ids, 500):
        moved = Delivery.objects.filter(order__in=chunk).values_list("order__number", flat=True).first()
        if moved:
            raise ImportedOrderMoved(number=moved)
        for order in Order.objects.filter(pk__in=chunk, state__in=FROM["cancel"]).order_by("terminal", "pk"):
            cancel_order(order=order, reason=UNDONE, by=by, now=now)
            cancelled += 1
    done = {"cancelled": cancelled, "left": len(order_ids) - cancelled}
    record(facts.ORDERS_IMPORT_UNDONE, intake, by=by, at=now, **done)
    return done


@action
def import_prices(
    *, rows: Iterable[Mapping[str, Any]], intake: Intake, by: Person, now: datetime, progress: Progress | None = None
) -> dict[str, list[int]]:
    """导入价格  Set every price of a file; live ones of the same customers from that day on end.

    `rows` are values by column name, cleaned by the columns. Answers {"price_ids", "replaced_ids"} for an undo. All or
    nothing: raises FilesFault where plan_prices finds any.
    """
    by.must(SET)
    plan = plan_prices(by, enumerate(rows, 1))
    check_faults(plan.faults)
    tell = progress or (lambda done, of: None)
    made: list[int] = []
    replaced: list[int] = []
    for draft in plan.drafts:
        terminal = terminals.terminal_for(by, draft.terminal, SET) if draft.terminal else None
        product = products.product_for(by, draft.product)
        former = takes_the_place_of(product, draft.customer_kind, terminal, draft.since)
        replaced.extend(former.order_by("pk").values_list("pk", flat=True))
        price = set_price(
            product=product, price_fen=draft.price_fen, floor_fen=draft.floor_fen, customer_kind=draft.customer_kind,
            terminal=terminal, since=draft.since, until=draft.until, source=draft.source, by=by, now=now,
        )  # fmt: skip
        made.append(price.pk)
        tell(len(made), len(plan.drafts))
    record(facts.PRICES_IMPORTED, intake, by=by, at=now, set=len(made), replaced=len(replaced), unchanged=plan.same)
    return {"price_ids": made, "replaced_ids": replaced}


@action
def undo_import_prices(
    *, intake: Intake, price_ids: Sequence[int], replaced_ids: Sequence[int], by: Person, now: datetime
) -> dict[str, int]:
    """撤销价格导入  End the prices of a file, and let those they replaced count again.

    A price somebody has ended or replaced since stays as it is, and so does what it had replaced.
    """
    by.must(SET)
    free: set[tuple[int, str, int | None]] = set()
    ended = 0
    for chunk in chunks(price_ids, 500):
        for price in Price.objects.filter(pk__in=chunk, ended_at=None).order_by("pk"):
            end_price(price=price, by=by, now=now)
            free.add((price.product_id, price.customer_kind, price.terminal_id))
            ended += 1
    restored = 0
    for chunk in chunks(replaced_ids, 500):
        for price in Price.objects.filter(pk__in=chunk).exclude(ended_at=None).order_by("pk"):
            if (price.product_id, price.customer_kind, price.terminal_id) not in free:
                continue
            Price.objects.filter(pk=price.pk).update(ended_at=None)
            record(
                facts.PRICE_SET, price, by=by, at=now, terminal=price.terminal_id, product=price.product_id,
                price_fen=price.price_fen, floor_fen=price.floor_fen, customer_kind=price.customer_kind,
                since=price.since,
            )  # fmt: skip
            restored += 1
    done = {"ended": ended, "restored": restored, "left": len(price_ids) - ended}
    record(facts.PRICES_IMPORT_UNDONE, intake, by=by, at=now, **done)
    return done
