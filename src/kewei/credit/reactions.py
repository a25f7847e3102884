"""What earlier facts ask of credit: a hold a rule had placed ends when money, a licence or a limit takes its reason away."""

from __future__ import annotations

from datetime import datetime

from kewei.credit import actions, facts
from kewei.credit.queries import holds
from kewei.people import queries as people
from kewei.receivables import facts as receivables_facts
from kewei.terminals import facts as terminals_facts


def keep_holds(fact, *, now: datetime) -> None:
    """自动停赊与恢复  Look again at the customer of the fact; after an import at every customer a rule holds."""
    ids = [fact.terminal] if fact.terminal is not None else holds.held_by_rule()
    if fact.terminal is not None and fact.name in _ONLY_ENDS and not set(ids) & set(holds.held_by_rule()):
        return
    if ids:
        actions.keep_holds(terminals=ids, by=people.system(), now=now)


# After these a reason can only have ended: a customer held by no rule need not be looked at.
_ONLY_ENDS = {
    receivables_facts.PAYMENT_RECEIVED,
    receivables_facts.PAYMENTS_IMPORTED,
    receivables_facts.ALLOCATED,
    receivables_facts.RED_LETTER_POSTED,
    receivables_facts.RED_LETTERS_IMPORTED,
    receivables_facts.BILL_CLEARED,
    terminals_facts.LICENCE_RECORDED,
    terminals_facts.LICENCE_VERIFIED,
    terminals_facts.LICENCE_UNSUSPENDED,
}
_MAY_BEGIN = {
    receivables_facts.BILL_DISHONOURED,
    terminals_facts.LICENCE_SUSPENDED,
    terminals_facts.LICENCE_ENDED,
    facts.LIMIT_GRANTED,
    facts.CONDUCT_NOTED,
}

FOLLOWS = dict.fromkeys(sorted(_ONLY_ENDS | _MAY_BEGIN), keep_holds)
