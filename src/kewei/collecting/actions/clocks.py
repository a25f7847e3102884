"""Writing down what restarts limitation and is kept nowhere else, and claims on guarantors."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.collecting import facts
from kewei.collecting.models import ClockEvent, ClockEventItem, GuaranteeClaim
from kewei.collecting.queries import clocks
from kewei.collecting.rules.clocks import (
    HOWS,
    SUIT,
    ClockEventInFuture,
    ClockEventTakenBack,
    ClockWordsMissing,
    NoSuchProceedings,
    RunsFromEarlier,
    UnknownClockEvent,
    check_event,
    strength_of,
)
from kewei.credit.queries import securities
from kewei.journal.actions import action, record
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.receivables import queries as receivables

CONTACT, LAW = "collecting.contact", "collecting.law"


@action
def record_clock_event(
    *, terminal: Any, kind: str, how: str, on: date, items: Collection[int] = (), signer: str = "unknown",
    names_content: bool = False, runs_from: date | None = None, pending: bool = False, proof: Any = None, words: str = "",
    by: Person, now: datetime,
) -> ClockEvent:  # fmt: skip
    """登记时效事件  A demand that arrived, an acknowledgement, an agreement, proceedings; without items for the whole account.

    Raises UnknownClockEvent, ClockEventInFuture, RunsFromEarlier, NotFound for an invoice of another customer.
    """
    by.must(LAW if kind == SUIT else CONTACT, terminal)
    check_event(kind, how, on, runs_from, localdate(now))
    found = receivables.items_by_key(items)
    if set(found) != set(items) or any(item.terminal_id != terminal.pk for item in found.values()):
        raise NotFound(noun=N_("发票"))
    kept = ClockEvent.objects.create(
        terminal=terminal, kind=kind, how=how, on=on, runs_from=runs_from, pending=pending and kind == SUIT,
        signer=signer, names_content=names_content, proof=proof, words=words.strip()[:300],
        strength=strength_of(kind, how, signer, proof is not None, names_content), recorded_by=by, recorded_at=now,
    )  # fmt: skip
    ClockEventItem.objects.bulk_create(ClockEventItem(event=kept, entry_id=pk) for pk in sorted(found))
    record(
        facts.CLOCK_RESTARTED, kept, by=by, at=now, terminal=terminal.pk, kind=kind, how=how, on=on,
        strength=kept.strength, items=sorted(found),
    )  # fmt: skip
    return kept


@action
def end_proceedings(*, event: Any, ended_on: date, by: Person, now: datetime) -> ClockEvent:
    """程序终结  Proceedings that held the clock have ended: it runs anew from that day (民法典 195).

    Raises NotFound, NoSuchProceedings, RunsFromEarlier, ClockEventInFuture.
    """
    by.must(LAW)
    kept = _locked(event, by, LAW)
    if not kept.pending:
        raise NoSuchProceedings
    if ended_on < kept.on:
        raise RunsFromEarlier(on=kept.on, runs_from=ended_on)
    if ended_on > localdate(now):
        raise ClockEventInFuture(on=ended_on)
    kept.pending, kept.runs_from = False, ended_on
    kept.save(update_fields=["pending", "runs_from"])
    record(facts.PROCEEDINGS_ENDED, kept, by=by, at=now, terminal=kept.terminal_id, ended_on=ended_on)
    return kept


@action
def take_back_clock_event(*, event: Any, why: str, by: Person, now: datetime) -> ClockEvent:
    """更正时效事件  It was written down wrongly: it counts no longer. Raises NotFound, ClockEventTakenBack, ClockWordsMissing."""
    by.must(CONTACT)
    kept = _locked(event, by, CONTACT)
    if kept.kind == SUIT:
        by.must(LAW)
    if not why.strip():
        raise ClockWordsMissing
    kept.taken_back_by, kept.taken_back_at, kept.taken_back_why = by, now, why.strip()[:200]
    kept.save(update_fields=["taken_back_by", "taken_back_at", "taken_back_why"])
    record(facts.CLOCK_EVENT_TAKEN_BACK, kept, by=by, at=now, terminal=kept.terminal_id, why=kept.taken_back_why)
    return kept


@action
def claim_guarantee(
    *, security: int, on: date, how: str, proof: Any = None, words: str = "", by: Person, now: datetime
) -> GuaranteeClaim:
    """主张保证责任  The guarantor was asked, or the debtor sued, within the guarantee's own period or after it.

    Raises NotFound, UnknownClockEvent, ClockEventInFuture.
    """
    by.must(LAW)
    kept = securities.security_for(by, security, LAW)
    if how not in GUARANTEE_HOWS:
        raise UnknownClockEvent(text=how[:60])
    if on > localdate(now):
        raise ClockEventInFuture(on=on)
    return _claimed(security, kept.terminal_id, on, how, proof, words, by, now)


@action
def note_notice(
    *, security: int, terminal: int, on: date, proof: Any, words: str, verb: str, by: Person, now: datetime
) -> GuaranteeClaim:
    """通知函送达保证人  A notice to the guarantor that provably arrived is a claim on the guarantee, whoever notes it."""
    by.must(verb)
    return _claimed(security, terminal, on, "demand", proof, words, by, now)


def _claimed(
    security: int, terminal: int, on: date, how: str, proof: Any, words: str, by: Person, now: datetime
) -> GuaranteeClaim:
    claim = GuaranteeClaim.objects.create(
        security_id=security, terminal_id=terminal, on=on, how=how, proof=proof, words=words.strip()[:300],
        recorded_by=by, recorded_at=now,
    )  # fmt: skip
    record(facts.GUARANTEE_CLAIMED, claim, by=by, at=now, terminal=terminal, security=security, on=on, how=how)
    return claim


GUARANTEE_HOWS = {"demand": N_("向保证人主张"), "suit": HOWS[SUIT]["suit"], "arbitration": HOWS[SUIT]["arbitration"]}


def _locked(event: Any, by: Person, verb: str) -> ClockEvent:
    """The event, its row locked, where it still counts. Raises NotFound, ClockEventTakenBack."""
    pk = event if isinstance(event, int) else event.pk
    clocks.event_for(by, pk, verb)
    kept = ClockEvent.objects.select_for_update().get(pk=pk)
    if kept.taken_back_at is not None:
        raise ClockEventTakenBack
    return kept
