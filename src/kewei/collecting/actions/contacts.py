"""Recording who was spoken to about which invoices, and why each is late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate, localtime

from kewei.collecting import facts
from kewei.collecting.models import Case, Contact, ContactItem, Reason
from kewei.collecting.queries import cases, contacts, disputes
from kewei.collecting.rules import contacting
from kewei.collecting.rules.cases import CannotCollect
from kewei.collecting.rules.contacting import CONTACT, Plan
from kewei.collecting.rules.reasons import REASONS, reason_of
from kewei.collecting.rules.words import WORDS, check_outgoing
from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.kernel.calendar import add_working_days
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.receivables.queries import ledger

SPEAK = "collecting.contact"


@action
def record_contact(
    *, terminal: Any, items: Sequence[int], channel: str, at: datetime, words: str, outcome: str, reason: str,
    effect: str, next_on: date, standing: str = "unknown", spoke_with: str = "", post: str = "", ours: bool = True,
    note: str = "", paper: Any = None, made_by: Person | None = None, corrects: Any = None, by: Person, now: datetime,
) -> Contact:  # fmt: skip
    """登记催收联系  One contact with a debtor about some of its invoices; every one of them gets the reason.

    Never changed afterwards: a correction is another record that names the first. Raises ContactAhead, ContactNeedsItems,
    what rules.contacting and rules.words refuse, SystemCannotSpeak, CannotCollect, AlreadyCorrected, UnknownReasonCode.
    """
    by.must(SPEAK, terminal)
    speaker, day = made_by or by, localdate(at)
    policies = queries_policies.in_force_all([CONTACT, WORDS, REASONS], day)
    _check_speaker(speaker, channel, policies[CONTACT.name].value)
    if at > now:
        raise contacting.ContactAhead(at=localtime(at).strftime("%Y-%m-%d %H:%M"))
    if next_on < day:
        raise contacting.NextBeforeContact(next=next_on, on=day)
    case = Case.objects.select_for_update().filter(terminal=terminal, closed_on=None).first()
    first = None if corrects is None else contacts.contact_for(by, getattr(corrects, "pk", corrects), SPEAK)
    if first is not None and (first.terminal_id != terminal.pk or contacts.is_corrected(first.pk)):
        raise contacting.AlreadyCorrected
    made = contacts.history([terminal.pk], day, planned=False, without=first.pk if first else None).get(terminal.pk, [])
    plan = Plan(channel, localtime(at).replace(tzinfo=None), standing, ours)
    contacting.check_contact(plan, made, policies[CONTACT.name].value)
    contacting.check_words(words, outcome, effect, paper is not None)
    if ours:
        check_outgoing(words, policies[WORDS.name].value)
    reason_of(policies[REASONS.name].value, reason)
    asked = _asked(by, terminal, items)
    contact = Contact.objects.create(
        terminal=terminal, case=case, at=at, channel=channel, ours=ours, stage=case.stage if case else 0,
        made_by=speaker, spoke_with=spoke_with.strip()[:60], post=post.strip()[:60], standing=standing,
        asked_fen=sum(asked.values()), words=words.strip()[:500], outcome=outcome, reason=reason, effect=effect,
        paper=paper, next_on=next_on, note=note.strip()[:500], corrects=first, recorded_by=by, recorded_at=now,
    )  # fmt: skip
    ContactItem.objects.bulk_create([ContactItem(contact=contact, item_id=pk, fen=fen) for pk, fen in asked.items()])
    _note(terminal.pk, list(asked), reason, (), None, None, "", policies[REASONS.name].value, case, by, now)
    record(
        facts.CONTACT_RECORDED, contact, by=by, at=now, terminal=terminal.pk, channel=channel, outcome=outcome,
        reason=reason, effect=effect, asked_fen=contact.asked_fen, items=list(asked), on=day.isoformat(),
    )  # fmt: skip
    return contact


def _check_speaker(speaker: Person, channel: str, policy: contacting.ContactPolicy) -> None:
    """Machines do not call; who may not collect has not spoken for us (domain 4.4)."""
    if channel in policy.channels and policy.binds(channel, "hours") and speaker.pk == people.system().pk:
        raise contacting.SystemCannotSpeak
    if not speaker.may(SPEAK):
        raise CannotCollect(name=speaker.name)


def _asked(by: Person, terminal: Any, items: Sequence[int]) -> dict[int, int]:
    """What is asked for of each item: the open amount without what is disputed."""
    open_fen = _open_fen(by, terminal, items)
    paused = disputes.disputed_fen(list(open_fen))
    return {pk: fen - paused.get(pk, 0) for pk, fen in open_fen.items()}


def _open_fen(by: Person, terminal: Any, items: Sequence[int]) -> dict[int, int]:
    """What is open of these items, each once. Raises ContactNeedsItems where one is not the customer's, or is paid."""
    owed = ledger.lock_items(by, SPEAK, items)
    if not items or any(one.terminal_id != terminal.pk or one.side < 0 or one.open_fen <= 0 for one in owed.values()):
        raise contacting.ContactNeedsItems
    return {pk: owed[pk].open_fen for pk in items}


@action
def note_reason(
    *, terminal: Any, items: Sequence[int], code: str, also: Sequence[str] = (), owner: Person | None = None,
    due_on: date | None = None, note: str = "", by: Person, now: datetime,
) -> int:  # fmt: skip
    """登记逾期原因  Say why some invoices of a customer are late, who sees to it and until when; how many changed.

    Without `due_on` the target of the reason counts, in working days. Raises UnknownReasonCode, TooManyReasons,
    ContactNeedsItems, CannotCollect.
    """
    by.must(SPEAK, terminal)
    policy = queries_policies.in_force(REASONS, localdate(now)).value
    for one in (code, *also):
        reason_of(policy, one)
    contacting.check_reasons(code, also)
    wanted = list(_open_fen(by, terminal, items))
    case = cases.open_case_of(terminal.pk)
    changed = _note(terminal.pk, wanted, code, tuple(also), owner, due_on, note.strip()[:200], policy, case, by, now)
    if changed:
        record(facts.REASON_NOTED, terminal, by=by, at=now, terminal=terminal.pk, reason=code, items=changed)
    return len(changed)


def _note(
    terminal_id: int, items: Sequence[int], code: str, also: tuple[str, ...], owner: Person | None, due_on: date | None,
    note: str, policy: Any, case: Case | None, by: Person, now: datetime,
) -> list[int]:  # fmt: skip
    """End what said otherwise and begin anew; items that say the same keep their row, and with it the age of their code."""
    reason, today = reason_of(policy, code), localdate(now)
    live = {one.item_id: one for one in Reason.objects.select_for_update().filter(item__in=items, ended_at=None)}
    fresh = [pk for pk in items if pk not in live or not _same(live[pk], code, also, owner, due_on, note)]
    Reason.objects.filter(item__in=fresh, ended_at=None).update(ended_at=now)
    if due_on is None and reason.days is not None:
        due_on = add_working_days(today, reason.days)
    seer = owner or (case.owner if case is not None and case.owner is not None else by)
    Reason.objects.bulk_create(
        [
            Reason(
                terminal_id=terminal_id, item_id=pk, code=code, also=list(also), side=reason.side, owner=seer,
                due_on=due_on, note=note, noted_by=by, noted_at=now,
                noted_on=live[pk].noted_on if pk in live and live[pk].code == code else today,
            )
            for pk in fresh
        ]
    )  # fmt: skip
    return fresh


def _same(live: Reason, code: str, also: tuple[str, ...], owner: Person | None, due_on: date | None, note: str) -> bool:
    return (
        live.code == code
        and (not also or live.also == list(also))
        and (owner is None or live.owner_id == owner.pk)
        and (due_on is None or live.due_on == due_on)
        and (not note or live.note == note)
    )
