"""What earlier facts ask of orders: whoever was held is looked at again when the reason may be gone."""

from __future__ import annotations

from datetime import datetime

from kewei.credit import facts as credit_facts
from kewei.orders import actions, queries
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


_CHANGES = (
    receivables_facts.PAYMENT_RECEIVED,
    receivables_facts.ALLOCATED,
    receivables_facts.ALLOCATION_REVERSED,
    receivables_facts.ENTRY_REVERSED,
    receivables_facts.RED_LETTER_POSTED,
    receivables_facts.BILL_CLEARED,
    receivables_facts.BILL_DISHONOURED,
    *credit_facts.CHANGE_WHAT_IS_LENT,
    *terminals_facts.CHANGE_WHAT_MAY_BE_SOLD,
)

FOLLOWS = dict.fromkeys(_CHANGES, check_orders_again)
