"""Writing down what a customer promises to pay, moving it, and judging every day whether it was kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.collecting import facts
from kewei.collecting.models import Promise, PromiseItem, PromisePart, PromiseState
from kewei.collecting.queries import promises
from kewei.collecting.rules.promises import (
    BROKEN,
    KEPT,
    PART,
    PENDING,
    PROMISES,
    AlreadyPromised,
    Part,
    PromiseWithoutItems,
    RescheduleNotLater,
    WhyMissing,
    check_authority,
    check_move,
    check_promise,
    judge,
)
from kewei.credit import actions as credit
from kewei.credit.rules.conduct import BROKEN as BROKEN_CONDUCT
from kewei.credit.rules.conduct import KEPT as KEPT_CONDUCT
from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.receivables.queries import ledger

PROMISE, ESCALATE = "collecting.promise", "collecting.escalate"


@dataclass(frozen=True, slots=True)
class Said:
    """Who promised, how, and what proves it."""

    promiser: str
    job: str = ""
    authority: str = "unknown"
    form: str = "oral"
    method: str = "transfer"
    condition: str = ""
    note: str = ""
    paper: Any = None


@action
def make_promise(
    *,
    terminal: Any,
    items: Collection[int],
    parts: Sequence[Part],
    said: Said,
    made_on: date,
    by: Person,
    now: datetime,
) -> Promise:
    """登记承诺  The customer will pay these invoices in these instalments.

    Raises PromiseWithoutItems, AlreadyPromised, NotFound, what check_promise raises, PlanNeedsManager.
    """
    by.must(PROMISE, terminal)
    return _make(terminal.pk, items, parts, said, made_on, None, by, now)


@action
def reschedule_promise(
    *, promise: Any, parts: Sequence[Part], why: str, said: Said | None = None, by: Person, now: datetime
) -> Promise:
    """改期  The same invoices by later days: the former promise ends, a new one stands in its place.

    A concession needs a reason, and the second one a manager (domain 1E row 68, 2.14). Raises WrongPromiseState,
    WhyMissing, RescheduleNotLater, SecondReschedule and what make_promise raises.
    """
    by.must(PROMISE)
    kept = _locked(promise, by)
    state = check_move("reschedule", kept.state)
    if not why.strip():
        raise WhyMissing
    if not parts or parts[-1].due_on <= kept.due_on:
        raise RescheduleNotLater(last_on=parts[-1].due_on if parts else kept.due_on, former_on=kept.due_on)
    told = said or Said(
        kept.promiser, kept.job, kept.authority, "oral", kept.method, kept.condition, kept.note
    )  # the former paper proves the former days only
    entries = list(kept.items.values_list("entry", flat=True))
    _into(kept, state, kept.paid_fen, why.strip(), by, now)
    made = _make(kept.terminal_id, entries, parts, told, localdate(now), kept, by, now)
    record(
        facts.PROMISE_RESCHEDULED, kept, by=by, at=now, terminal=kept.terminal_id, fen=made.fen, due_on=made.due_on,
        moved=made.moved, why=why.strip()[:200], promise=made.pk,
    )  # fmt: skip
    return made


@action
def cancel_promise(*, promise: Any, why: str, by: Person, now: datetime) -> Promise:
    """取消承诺  It was written down by mistake, or is void. Raises NotFound, WrongPromiseState, WhyMissing."""
    by.must(PROMISE)
    kept = _locked(promise, by)
    state = check_move("cancel", kept.state)
    if not why.strip():
        raise WhyMissing
    _into(kept, state, kept.paid_fen, why.strip(), by, now)
    record(facts.PROMISE_CANCELLED, kept, by=by, at=now, terminal=kept.terminal_id, fen=kept.fen, why=why.strip()[:200])
    return kept


@dataclass(frozen=True, slots=True)
class Judged:
    """How many promises came into which state."""

    kept: int = 0
    broken: int = 0
    part: int = 0


@action
def judge_promises(*, keys: Collection[int], by: Person, now: datetime) -> Judged:
    """判定承诺  Kept, broken, or partly paid, by the money that has come; each is told once.

    A broken promise is corrected where money dated in time was booked late. Raises nothing: what changed meanwhile is
    left alone.
    """
    by.must(PROMISE)
    today = localdate(now)
    locked = {p.pk: p for p in Promise.objects.select_for_update().filter(pk__in=list(keys)).order_by("pk")}
    counts = {KEPT: 0, BROKEN: 0, PART: 0}
    for one in promises.to_judge(list(locked)):
        kept = locked[one.pk]
        found = judge(one.parts, one.received, today, one.policy)
        if kept.state == BROKEN:
            if found.state == KEPT:
                counts[KEPT] += 1
                _tell(kept, "correct", found.paid_fen, by, now)
        elif found.state == KEPT:
            counts[KEPT] += 1
            _tell(kept, "keep", found.paid_fen, by, now)
        elif found.state == BROKEN:
            counts[BROKEN] += 1
            _tell(kept, "break", found.paid_fen, by, now)
        elif kept.state in (PENDING, PART) and found.paid_fen != kept.paid_fen:
            counts[PART] += 1
            _tell(kept, "receive", found.paid_fen, by, now)
    return Judged(counts[KEPT], counts[BROKEN], counts[PART])


_TELLS = {
    "keep": facts.PROMISE_KEPT,
    "correct": facts.PROMISE_KEPT,
    "break": facts.PROMISE_BROKEN,
    "receive": facts.PROMISE_PART_PAID,
}


def _tell(kept: Promise, verb: str, paid_fen: int, by: Person, now: datetime) -> None:
    _into(kept, check_move(verb, kept.state), paid_fen, "", by, now)
    record(
        _TELLS[verb], kept, by=by, at=now, terminal=kept.terminal_id, fen=kept.fen, paid_fen=paid_fen,
        due_on=kept.due_on, corrected=verb == "correct",
    )  # fmt: skip
    if verb != "receive":
        credit.note_conduct(
            terminal_id=kept.terminal_id, kind=BROKEN_CONDUCT if verb == "break" else KEPT_CONDUCT,
            subject=f"collecting.promise:{kept.pk}", on=kept.due_on, fen=kept.fen, verb=PROMISE, by=by, now=now,
        )  # fmt: skip


def _make(
    terminal_id: int, items: Collection[int], parts: Sequence[Part], said: Said, made_on: date, former: Promise | None,
    by: Person, now: datetime,
) -> Promise:  # fmt: skip
    if not items:
        raise PromiseWithoutItems
    locked = ledger.lock_items(by, PROMISE, items)
    if any(item.terminal_id != terminal_id or item.side < 0 or not item.live for item in locked.values()):
        raise NotFound(noun=N_("发票"))
    taken = promises.promised(locked)
    if taken:
        raise AlreadyPromised(number=min(taken.values()))
    owed = [item for item in locked.values() if item.open_fen]
    today = localdate(now)
    policy = queries_policies.in_force(PROMISES, today)
    check_promise(
        parts, sum(item.open_fen for item in owed), made_on, today, said.promiser, said.form, said.paper is not None
    )
    moved = former.moved + 1 if former else 0
    check_authority(parts[-1].due_on, today, moved, by.may(ESCALATE), policy.value)
    made = Promise.objects.create(
        terminal_id=terminal_id, fen=sum(part.fen for part in parts), made_on=made_on, due_on=parts[-1].due_on,
        promiser=said.promiser.strip()[:60], job=said.job.strip()[:60], authority=said.authority, form=said.form,
        method=said.method, condition=said.condition.strip()[:200], note=said.note.strip()[:200], paper=said.paper,
        replaces=former, moved=moved, state=PENDING, state_at=now, policy=policy.label, recorded_by=by, recorded_at=now,
    )  # fmt: skip
    PromisePart.objects.bulk_create(
        PromisePart(promise=made, place=place, due_on=part.due_on, fen=part.fen) for place, part in enumerate(parts)
    )
    PromiseItem.objects.bulk_create(
        PromiseItem(promise=made, entry_id=item.pk, open_fen=item.open_fen) for item in sorted(owed, key=lambda i: i.pk)
    )
    PromiseState.objects.create(promise=made, state=PENDING, by=by, at=now)
    record(
        facts.PROMISE_MADE, made, by=by, at=now, terminal=terminal_id, fen=made.fen, due_on=made.due_on,
        parts=len(parts), form=said.form, items=[item.pk for item in owed],
    )  # fmt: skip
    return made


def _locked(promise: Any, by: Person) -> Promise:
    """The promise, its row locked, where this person may act on it. Raises NotFound."""
    pk = promise if isinstance(promise, int) else promise.pk
    promises.promise_for(by, pk, PROMISE)
    return Promise.objects.select_for_update().get(pk=pk)


def _into(kept: Promise, state: str, paid_fen: int, why: str, by: Person, now: datetime) -> None:
    kept.state, kept.state_at, kept.paid_fen = state, now, paid_fen
    kept.save(update_fields=["state", "state_at", "paid_fen"])
    PromiseState.objects.create(promise=kept, state=state, paid_fen=paid_fen, why=why[:200], by=by, at=now)
    if state not in (PENDING, PART):
        PromiseItem.objects.filter(promise=kept, live=True).update(live=False)
