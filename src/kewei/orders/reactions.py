"""What earlier facts ask of orders: whoever was held is looked at again when the reason may be gone."""

from __future__ import annotations

import json
from datetime import datetime

from kewei.credit import facts as credit_facts
from kewei.orders import actions, facts, queries
from kewei.people import queries as people
from kewei.receivables import facts as receivables_facts
from kewei.terminals import facts as terminals_facts


def check_orders_again(fact, *, now: datetime) -> None:
    """复核  Money, a limit, a licence, a veto or a hold of a customer changed: ask the gate about its waiting orders."""
    if fact.terminal is None:
        return
    by = people.system()
    for order in queries.open_orders_of([fact.terminal]):
        actions.recheck_order(order=order, by=by, now=now)


def check_orders_of_group_again(fact, *, now: datetime) -> None:
    """复核  What a group may owe or owes changed by one of its members: also those of the other members that it held.

    Where a limit itself moved, every waiting order of the group is looked at: what passed may not any more.
    """
    check_orders_again(fact, now=now)
    if fact.terminal is None:
        return
    by = people.system()
    for order in queries.open_orders_beside(fact.terminal, held_by_group=fact.name not in _LIMITS):
        actions.recheck_order(order=order, by=by, now=now)


def check_orders_of_product_again(fact, *, now: datetime) -> None:
    """复核  A price or a floor changed: ask the gate about the waiting orders of that product."""
    by = people.system()
    for order in queries.open_orders_with(json.loads(fact.detail)["product"], fact.terminal):
        actions.recheck_order(order=order, by=by, now=now)


_LIMITS = (credit_facts.LIMIT_GRANTED, credit_facts.LIMIT_ENDED)

# What moves what a customer, and so its group, owes or may owe.
_MONEY = (
    receivables_facts.PAYMENT_RECEIVED,
    receivables_facts.ALLOCATED,
    receivables_facts.ALLOCATION_REVERSED,
    receivables_facts.ENTRY_REVERSED,
    receivables_facts.RED_LETTER_POSTED,
    receivables_facts.BILL_CLEARED,
    receivables_facts.BILL_DISHONOURED,
    *_LIMITS,
)

_CHANGES = (
    *credit_facts.CHANGE_WHAT_IS_LENT,
    credit_facts.LIST_CHECKED,
    credit_facts.SCORED,
    *terminals_facts.CHANGE_WHAT_MAY_BE_SOLD,
)

# What other orders of the customer gave back may be enough for one that was held.
_GAVE_BACK = (facts.ORDER_CANCELLED, facts.ORDER_LAPSED, facts.GOODS_RETURNED)
_PRICES = (facts.PRICE_SET, facts.PRICE_ENDED)

FOLLOWS = {
    **dict.fromkeys(_CHANGES, check_orders_again),
    **dict.fromkeys((*_MONEY, *_GAVE_BACK), check_orders_of_group_again),
    **dict.fromkeys(_PRICES, check_orders_of_product_again),
}
