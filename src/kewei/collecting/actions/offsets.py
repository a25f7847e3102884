"""Taking a thing instead of money: proposing it, agreeing to it, and what becomes of it."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.collecting import facts
from kewei.collecting.actions.letters import draft_letter, withdraw_letter
from kewei.collecting.models import Offset, OffsetItem, OffsetOpinion
from kewei.collecting.queries import letters, offsets
from kewei.collecting.rules.letters import DRAFT, DROPPED, READY
from kewei.collecting.rules.offsets import (
    ASSETS,
    BLOCK,
    DRUGS,
    OFFSETS,
    OPINIONS,
    PROPOSED,
    AgreementWaits,
    Deal,
    DrugsNotReceived,
    OffsetBlocked,
    OffsetIncomplete,
    OffsetNeedsReceipt,
    OffsetOpinionGiven,
    check_move,
    check_opinion,
    verdicts,
    wanted_opinions,
)
from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.kernel.refusals import N_, NotFound, Refused, as_json
from kewei.people.models import Person
from kewei.receivables import queries as receivables

OFFSET, LETTER = "collecting.offset", "collecting.letter"


@dataclass(frozen=True, slots=True)
class Offered:
    """What a customer offers for its debt, as written down; fen."""

    asset: str
    words: str
    agreed_on: date
    offset_fen: int
    value_fen: int
    valued_on: date | None
    valued_how: str = ""
    searched_on: date | None = None
    encumbered: bool = False
    auto_transfer: bool = False
    invoiced: bool = False
    title: Any = None
    plan: str = ""
    plan_until: date | None = None


@action
def propose_offset(*, terminal: Any, items: Collection[int], offered: Offered, by: Person, now: datetime) -> Offset:
    """提出抵债  A thing for these invoices; what the law forbids is refused, what is doubtful is written beside it.

    Raises OffsetIncomplete, OffsetBlocked, NotFound.
    """
    by.must(LETTER, terminal)
    found = receivables.items_by_key(items)
    if set(found) != set(items) or any(item.terminal_id != terminal.pk for item in found.values()):
        raise NotFound(noun=N_("发票"))
    if not found or not offered.words.strip() or offered.offset_fen <= 0 or offered.asset not in ASSETS:
        raise OffsetIncomplete
    policy = queries_policies.in_force(OFFSETS, localdate(now))
    deal = Deal(
        asset=offered.asset, agreed_on=offered.agreed_on, offset_fen=offered.offset_fen, value_fen=offered.value_fen,
        valued_on=offered.valued_on, items=offsets.deal_items(found.values()), searched_on=offered.searched_on,
        encumbered=offered.encumbered, auto_transfer=offered.auto_transfer, has_title=offered.title is not None,
        invoiced=offered.invoiced, customer_kind=terminal.kind,
        drug_paper=offered.asset == DRUGS and offsets.may_sell_drugs(terminal.pk, localdate(now)),
    )  # fmt: skip
    told = verdicts(deal, policy.value)
    stop = next((one for one in told if one.level == BLOCK), None)
    if stop is not None:
        raise OffsetBlocked(reason=stop.rule, rule=stop.rule, told=dict(stop.numbers))
    if offered.valued_on is None:
        raise OffsetIncomplete
    kept = Offset.objects.create(
        terminal=terminal, asset=offered.asset, words=offered.words.strip()[:300], agreed_on=offered.agreed_on,
        offset_fen=offered.offset_fen, value_fen=offered.value_fen, valued_on=offered.valued_on,
        valued_how=offered.valued_how.strip()[:120], searched_on=offered.searched_on, invoiced=offered.invoiced,
        title=offered.title, plan=offered.plan.strip()[:200], plan_until=offered.plan_until,
        verdicts=[[one.rule, one.level, as_json(dict(one.numbers))] for one in told], policy=policy.label, state=PROPOSED,
        state_at=now, proposed_by=by, proposed_at=now,
    )  # fmt: skip
    OffsetItem.objects.bulk_create(OffsetItem(offset=kept, entry_id=pk) for pk in sorted(found))
    record(
        facts.OFFSET_PROPOSED, kept, by=by, at=now, terminal=terminal.pk, asset=kept.asset, fen=kept.offset_fen,
        value_fen=kept.value_fen, items=sorted(found),
    )  # fmt: skip
    return kept


@action
def opine_on_offset(*, offset: Any, part: str, approve: bool, words: str = "", by: Person, now: datetime) -> Offset:
    """抵债意见  Legal, finance, and quality for drugs; one no ends it, the last yes approves it and drafts the agreement.

    Raises NotFound, WrongOffsetState, OffsetOpinionGiven, OffsetOwnOpinion.
    """
    if part not in OPINIONS:
        raise OffsetOpinionGiven
    verb = OPINIONS[part][1]
    by.must(verb)
    kept = _locked(offset, by, verb)
    check_move("approve", kept.state)
    given = dict(kept.opinions.values_list("part", "by"))
    check_opinion(part, kept.asset, given, by.pk, {kept.proposed_by_id, *given.values()})
    OffsetOpinion.objects.create(offset=kept, part=part, approve=approve, words=words.strip()[:200], by=by, at=now)
    if not approve:
        _into(kept, check_move("refuse", kept.state), words, now)
    elif {*given, part} == set(wanted_opinions(kept.asset)):
        _into(kept, check_move("approve", kept.state), "", now)
        # In the name of whoever proposed it. What cannot be put on paper now is agreed all the same: its page offers the draft.
        with suppress(Refused):
            draft_agreement(offset=kept, by=kept.proposed_by, now=now)
    record(
        facts.OFFSET_OPINION,
        kept,
        by=by,
        at=now,
        terminal=kept.terminal_id,
        part=part,
        approve=approve,
        state=kept.state,
    )
    return kept


@action
def draft_agreement(*, offset: Any, by: Person, now: datetime) -> Offset:
    """起草抵债协议  The agreement on paper, for the seal of somebody else; the one there is, where it was not dropped.

    Raises NotFound, WrongOffsetState, AgreementWaits, and what drafting a letter refuses.
    """
    by.must(LETTER)
    kept = _locked(offset, by, LETTER)
    check_move("draft", kept.state)
    if kept.letter is not None and kept.letter.state != DROPPED:
        return kept
    # A draft nobody has sealed gives way to a newer one of its kind: not where it is another deal's.
    for waiting in letters.undecided([kept.terminal_id]):
        if waiting[2] == "offset" and offsets.is_agreement(waiting[0]):
            raise AgreementWaits(number=letters.number_of(waiting[0]))
    kept.letter = draft_letter(
        terminal=kept.terminal, kind="offset", item_ids=list(kept.items.values_list("entry_id", flat=True)),
        given={"asset": kept.words, "asset_fen": kept.offset_fen}, by=by, now=now,
    )  # fmt: skip
    kept.save(update_fields=["letter"])
    return kept


@action
def cancel_offset(*, offset: Any, why: str, by: Person, now: datetime) -> Offset:
    """取消抵债  We claim the debt itself instead; an agreement that has not gone out is dropped.

    Raises NotFound, WrongOffsetState.
    """
    by.must(OFFSET)
    kept = _locked(offset, by, OFFSET)
    _into(kept, check_move("cancel", kept.state), why, now)
    if kept.letter is not None and kept.letter.state in (DRAFT, READY):
        withdraw_letter(letter=kept.letter, why=kept.why, verb=OFFSET, by=by, now=now)
    record(facts.OFFSET_CANCELLED, kept, by=by, at=now, terminal=kept.terminal_id, why=kept.why)
    return kept


@action
def perform_offset(
    *, offset: Any, on: date, receipt: int, drugs_received: bool = False, by: Person, now: datetime
) -> Offset:
    """抵债交付  The thing is ours, and the receipt that took the debt off the ledger is named: only now the debt has ended.

    Raises NotFound, WrongOffsetState, OffsetNeedsReceipt, DrugsNotReceived.
    """
    by.must(OFFSET)
    kept = _locked(offset, by, OFFSET)
    state = check_move("perform", kept.state)
    if kept.asset == DRUGS and not drugs_received:
        raise DrugsNotReceived
    if not receivables.is_receipt_of(receipt, kept.terminal_id, kept.offset_fen, "offset"):
        raise OffsetNeedsReceipt(offset_fen=kept.offset_fen, number=receivables.number_of(receipt) or str(receipt))
    kept.receipt_id, kept.performed_on = receipt, on
    _into(kept, state, "", now)
    record(facts.OFFSET_PERFORMED, kept, by=by, at=now, terminal=kept.terminal_id, on=on, receipt=receipt)
    return kept


@action
def dispose_of_offset(*, offset: Any, on: date, proceeds_fen: int, by: Person, now: datetime) -> Offset:
    """抵债处置  It was sold or used; the difference to its booked value is told. Raises NotFound, WrongOffsetState."""
    by.must(OFFSET)
    kept = _locked(offset, by, OFFSET)
    state = check_move("dispose", kept.state)
    kept.disposed_on, kept.proceeds_fen = on, proceeds_fen
    _into(kept, state, "", now)
    record(
        facts.OFFSET_DISPOSED, kept, by=by, at=now, terminal=kept.terminal_id, on=on, proceeds_fen=proceeds_fen,
        result_fen=proceeds_fen - kept.offset_fen,
    )  # fmt: skip
    return kept


def _locked(offset: Any, by: Person, verb: str) -> Offset:
    """The offset, its row locked, where this person may act on it. Raises NotFound."""
    pk = offset if isinstance(offset, int) else offset.pk
    offsets.offset_for(by, pk, verb)
    return Offset.objects.select_for_update().get(pk=pk)


def _into(kept: Offset, state: str, why: str, now: datetime) -> None:
    kept.state, kept.state_at, kept.why = state, now, why.strip()[:200]
    kept.save()
