"""Writing down what we promised a customer, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from kewei.collecting import facts
from kewei.collecting.models import OurPromise
from kewei.collecting.queries import ours
from kewei.collecting.rules.ours import OPEN, OwnPromiseNeedsWords, check_move, check_own_promise
from kewei.journal.actions import action, record
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.receivables.queries import ledger

PROMISE = "collecting.promise"


@action
def note_our_promise(
    *, terminal: Any, kind: str, words: str, made_on: date, due_on: date, owner: Person, promised_by: Person,
    fen: int | None = None, item: int | None = None, by: Person, now: datetime,
) -> OurPromise:  # fmt: skip
    """登记我方承诺  Somebody of us promised a customer something; `owner` keeps it.

    Raises UnknownOwnPromise, OwnPromiseNeedsWords, OwnPromiseDays, NotFound for an invoice of another customer.
    """
    by.must(PROMISE, terminal)
    check_own_promise(kind, words, made_on, due_on)
    if item is not None and ledger.visible_entry(by, item, PROMISE).terminal_id != terminal.pk:
        raise NotFound(noun=N_("发票"))
    kept = OurPromise.objects.create(
        terminal=terminal, entry_id=item, kind=kind, words=words.strip()[:300], fen=fen, made_on=made_on, due_on=due_on,
        promised_by=promised_by, owner=owner, state=OPEN, recorded_by=by, recorded_at=now,
    )  # fmt: skip
    record(
        facts.OUR_PROMISE_MADE, kept, by=by, at=now, terminal=terminal.pk, kind=kind, fen=fen, due_on=due_on,
        owner=owner.pk,
    )  # fmt: skip
    return kept


@action
def keep_our_promise(*, our_promise: Any, outcome: str, by: Person, now: datetime) -> OurPromise:
    """我方承诺已兑现  With what was done. Raises NotFound, WrongOwnPromiseState, OwnPromiseNeedsWords."""
    by.must(PROMISE)
    return _end("do", our_promise, outcome, by, now)


@action
def drop_our_promise(*, our_promise: Any, outcome: str, by: Person, now: datetime) -> OurPromise:
    """不再兑现  With the reason, and how the customer was told. Raises NotFound, WrongOwnPromiseState, OwnPromiseNeedsWords."""
    by.must(PROMISE)
    return _end("drop", our_promise, outcome, by, now)


def _end(verb: str, our_promise: Any, outcome: str, by: Person, now: datetime) -> OurPromise:
    pk = our_promise if isinstance(our_promise, int) else our_promise.pk
    ours.our_promise_for(by, pk, PROMISE)
    kept = OurPromise.objects.select_for_update().get(pk=pk)
    state = check_move(verb, kept.state)
    if not outcome.strip():
        raise OwnPromiseNeedsWords
    kept.state, kept.outcome, kept.ended_by, kept.ended_at = state, outcome.strip()[:300], by, now
    kept.save(update_fields=["state", "outcome", "ended_by", "ended_at"])
    record(facts.OUR_PROMISE_ENDED, kept, by=by, at=now, terminal=kept.terminal_id, state=state, outcome=kept.outcome)
    return kept
