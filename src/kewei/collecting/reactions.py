"""What earlier facts ask of collecting: money keeps promises, a red letter closes an upheld dispute."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.collecting import actions
from kewei.collecting.queries import cases, promises
from kewei.journal.bulk import chunks
from kewei.people import queries as people
from kewei.receivables import facts as receivables_facts

AT_ONCE = 500


def judge_promises(fact: Any, *, now: datetime) -> None:
    """承诺履行  Look again at the promises of the customer whose money came; after an import at all of them."""
    ids = None if fact.terminal is None else [fact.terminal]
    for part in chunks(promises.to_look_at(now, ids), AT_ONCE):
        actions.judge_promises(keys=part, by=people.system(), now=now)


def money_came(fact: Any, *, now: datetime) -> None:
    """收款之后  Promises are judged, and the case of the customer closes or shows what is left."""
    judge_promises(fact, now=now)
    if fact.terminal is not None and cases.open_case_of(fact.terminal) is not None:
        actions.look_at(terminal_ids=[fact.terminal], day=localdate(now), climb=False, by=people.system(), now=now)


def credit_disputes(fact: Any, *, now: datetime) -> None:
    """争议冲账  A red letter takes an upheld dispute off its invoice."""
    label, _colon, pk = fact.subject.partition(":")
    if label == "receivables.entry":
        actions.credit_by_red_letter(red_letter=int(pk), by=people.system(), now=now)


FOLLOWS = {
    receivables_facts.PAYMENT_RECEIVED: money_came,
    receivables_facts.PAYMENTS_IMPORTED: judge_promises,
    receivables_facts.ALLOCATED: money_came,
    receivables_facts.WRITTEN_OFF: money_came,
    receivables_facts.WRITE_OFF_RECOVERED: money_came,
    receivables_facts.RED_LETTER_POSTED: credit_disputes,
}
