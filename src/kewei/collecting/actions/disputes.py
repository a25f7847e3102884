"""Writing down what a customer disputes, answering it, and taking it off the ledger by a red letter."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.collecting import facts
from kewei.collecting.models import Dispute, DisputeState
from kewei.collecting.queries import disputes
from kewei.collecting.rules.disputes import (
    OPEN,
    REJECTED,
    UPHELD,
    WITHDRAWN,
    DisputeNeedsWords,
    NotItsRedLetter,
    RedLetterTooSmall,
    answer_by,
    check_dispute,
    check_move,
    check_upheld,
)
from kewei.collecting.rules.reasons import REASONS, reason_of
from kewei.credit import actions as credit
from kewei.credit.rules import conduct
from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.receivables import queries as receivables
from kewei.receivables.queries import ledger

DISPUTE = "collecting.dispute"


@action
def raise_dispute(
    *, item: int, reason: str, fen: int, words: str, raised_on: date, told_by: str = "", paper: Any = None, by: Person,
    now: datetime,
) -> Dispute:  # fmt: skip
    """登记争议  The customer says `fen` of an invoice are wrong, and why; the rest goes on being asked for.

    Raises NotFound, UnknownReasonCode, NotDisputable, DisputeAboveOpen, DisputeNeedsWords.
    """
    by.must(DISPUTE)
    found = ledger.lock_items(by, DISPUTE, [item])[item]
    if found.side < 0 or not found.live:
        raise NotFound(noun=N_("发票"))
    why = reason_of(queries_policies.in_force(REASONS, localdate(now)).value, reason)
    free_fen = found.open_fen - disputes.disputed_fen([item]).get(item, 0)
    check_dispute(why, fen, free_fen, words)
    made = Dispute.objects.create(
        terminal_id=found.terminal_id, entry_id=item, reason=reason, fen=fen, words=words.strip()[:300],
        told_by=told_by.strip()[:60], department=why.owners[0], raised_on=raised_on,
        answer_by=answer_by(why, raised_on), paper=paper, state=OPEN, state_at=now, raised_by=by, raised_at=now,
    )  # fmt: skip
    DisputeState.objects.create(dispute=made, state=OPEN, fen=fen, words=made.words, by=by, at=now)
    record(
        facts.DISPUTE_RAISED, made, by=by, at=now, terminal=made.terminal_id, item=item, number=found.number,
        reason=reason, fen=fen, answer_by=made.answer_by,
    )  # fmt: skip
    _tell_credit(made, conduct.RAISED, raised_on, by, now)
    return made


@action
def take_dispute(*, dispute: Any, responsible: Person, by: Person, now: datetime) -> Dispute:
    """受理争议  Somebody sees to it. Raises NotFound, WrongDisputeState."""
    by.must(DISPUTE)
    kept = _locked(dispute, by)
    state = check_move("take", kept.state)
    kept.responsible = responsible
    _into(kept, state, kept.fen, responsible.name, by, now)
    record(facts.DISPUTE_TAKEN, kept, by=by, at=now, terminal=kept.terminal_id, responsible=responsible.pk)
    return kept


@action
def uphold_dispute(*, dispute: Any, fen: int, words: str, by: Person, now: datetime) -> Dispute:
    """争议成立  So much of it is right, and is taken off by a red letter; the rest is asked for again at once.

    Raises NotFound, WrongDisputeState, UpheldAboveDispute, DisputeNeedsWords.
    """
    by.must(DISPUTE)
    kept = _locked(dispute, by)
    state = check_move("uphold", kept.state)
    check_upheld(fen, kept.fen)
    return _resolve(kept, state, fen, words, by, now)


@action
def reject_dispute(*, dispute: Any, words: str, by: Person, now: datetime) -> Dispute:
    """争议不成立  Nothing of it is right: all of it is asked for again. Raises NotFound, WrongDisputeState, DisputeNeedsWords."""
    by.must(DISPUTE)
    kept = _locked(dispute, by)
    return _resolve(kept, check_move("reject", kept.state), 0, words, by, now)


@action
def withdraw_dispute(*, dispute: Any, words: str, by: Person, now: datetime) -> Dispute:
    """撤回争议  The customer takes it back. Raises NotFound, WrongDisputeState, DisputeNeedsWords."""
    by.must(DISPUTE)
    kept = _locked(dispute, by)
    return _resolve(kept, check_move("withdraw", kept.state), 0, words, by, now)


@action
def credit_dispute(*, dispute: Any, red_letter: int, by: Person, now: datetime) -> Dispute:
    """争议冲账  The red letter that takes an upheld dispute off the invoice.

    Raises NotFound, WrongDisputeState, NotItsRedLetter, RedLetterTooSmall.
    """
    by.must(DISPUTE)
    kept = _locked(dispute, by)
    state = check_move("credit", kept.state)
    notes = receivables.red_letters_on(kept.entry_id)
    if red_letter not in notes:
        raise NotItsRedLetter(number=receivables.number_of(red_letter) or str(red_letter))
    if notes[red_letter] < kept.upheld_fen:
        raise RedLetterTooSmall(credited_fen=notes[red_letter], upheld_fen=kept.upheld_fen)
    kept.red_letter_id = red_letter
    _into(kept, state, kept.upheld_fen, "", by, now)
    record(
        facts.DISPUTE_CREDITED, kept, by=by, at=now, terminal=kept.terminal_id, item=kept.entry_id, fen=kept.upheld_fen,
        red_letter=red_letter,
    )  # fmt: skip
    return kept


@action
def credit_by_red_letter(*, red_letter: int, by: Person, now: datetime) -> int:
    """红字冲账  A red letter has come: the upheld dispute of its invoice that it covers is closed; how many were."""
    by.must(DISPUTE)
    original = receivables.original_of(red_letter)
    if original is None:
        return 0
    settled_fen = receivables.red_letters_on(original).get(red_letter, 0)
    for waiting in disputes.awaiting_red_letter(original):
        if waiting.upheld_fen <= settled_fen:
            credit_dispute(dispute=waiting.pk, red_letter=red_letter, by=by, now=now)
            return 1
    return 0


def _resolve(kept: Dispute, state: str, fen: int, words: str, by: Person, now: datetime) -> Dispute:
    if not words.strip():
        raise DisputeNeedsWords
    kept.upheld_fen = fen
    _into(kept, state, fen, words.strip(), by, now)
    record(
        facts.DISPUTE_RESOLVED, kept, by=by, at=now, terminal=kept.terminal_id, item=kept.entry_id, state=state,
        reason=kept.reason, fen=kept.fen, upheld_fen=fen,
    )  # fmt: skip
    _tell_credit(kept, _CONDUCT[state], localdate(now), by, now)
    return kept


# Valid disputes speak for a customer, invalid ones against it (domain 2.7).
_CONDUCT = {UPHELD: conduct.VALID, REJECTED: conduct.INVALID, WITHDRAWN: conduct.WITHDRAWN}


def _tell_credit(kept: Dispute, kind: str, on: date, by: Person, now: datetime) -> None:
    credit.note_conduct(
        terminal_id=kept.terminal_id, kind=kind, subject=f"collecting.dispute:{kept.pk}", on=on, fen=kept.fen, verb=DISPUTE,
        by=by, now=now,
    )  # fmt: skip


def _locked(dispute: Any, by: Person) -> Dispute:
    """The dispute, its row locked, where this person may act on it. Raises NotFound."""
    pk = dispute if isinstance(dispute, int) else dispute.pk
    disputes.dispute_for(by, pk, DISPUTE)
    return Dispute.objects.select_for_update().get(pk=pk)


def _into(kept: Dispute, state: str, fen: int, words: str, by: Person, now: datetime) -> None:
    kept.state, kept.state_at = state, now
    kept.save(update_fields=["state", "state_at", "upheld_fen", "responsible", "red_letter"])
    DisputeState.objects.create(dispute=kept, state=state, fen=fen, words=words[:300], by=by, at=now)
