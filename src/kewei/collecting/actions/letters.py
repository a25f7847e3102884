"""函件: drafting, sealing, sending, proving arrival; amounts are the ledger's at the moment they are stamped (domain 2.13)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.collecting import facts
from kewei.collecting.actions.clocks import note_notice
from kewei.collecting.models import Arrival, Letter, LetterLine, SealDecision, Sending
from kewei.collecting.models import Wording as WordingRow
from kewei.collecting.queries import letter_paper, letters
from kewei.collecting.rules import letters as rules
from kewei.collecting.rules.letters import ARRIVED, DRAFT, DROPPED, LETTERS, READY, RETURNED, SENT, LetterWanted, Line
from kewei.collecting.rules.wordings import Wording, check_wording
from kewei.collecting.rules.words import WORDS, check_outgoing
from kewei.credit.queries import securities
from kewei.journal import bulk, queries_policies
from kewei.journal.actions import action, record
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.terminals import queries as terminals

LETTER, SEAL = "collecting.letter", "collecting.seal"
AT_ONCE = 500
SUPERSEDED = "superseded"


@action
def draft_letters(*, wanted: Sequence[LetterWanted], day: date, by: Person, now: datetime) -> list[int]:
    """批量起草  Letters for many customers at once, as the ladder asks; keys of those drafted.

    A customer that has a letter of the kind and day keeps it; unsealed drafts all of whose items the new letter asks for
    are replaced. Whoever has nothing left to be asked for gets none. Raises UnknownLetter, NotFound.
    """
    by.must(LETTER)
    made: list[int] = []
    for part in bulk.chunks(wanted, AT_ONCE):
        made += _draft_part(part, day, by, now)
    if made:
        record(facts.LETTERS_DRAFTED, by=by, at=now, day=day, count=len(made), first=made[0], last=made[-1])
    return made


@action
def draft_letter(
    *, terminal: Any, kind: str, item_ids: Collection[int], given: Mapping[str, Any] | None = None, stage: str = "",
    by: Person, now: datetime,
) -> Letter:  # fmt: skip
    """起草函件  One letter by hand, with what its kind needs beside the items.

    `given` may hold security (or counterpart, counterpart_until where no guarantee is recorded), plan [(ISO day, fen)],
    asset, asset_fen, note. Raises UnknownLetter, LetterNeeds, NotItsGuarantor, ForbiddenWords, NothingToAskFor,
    PlanOutOfOrder, PlanDoesNotAdd, NotYetDue, LetterMoved where one of the kind went out today.
    """
    by.must(LETTER, terminal)
    chosen, day = rules.kind_named(kind), localdate(now)
    kept = dict(given or {})
    if chosen.to_guarantor:
        found = securities.guarantors_of(terminal.pk, day)
        kept = rules.to_guarantor(kept, {one.security: (one.name, one.until) for one in found})
    rules.check_needs(chosen, kept)
    _check_words("".join(str(kept.get(name, "")) for name in ("counterpart", "asset", "note")), day)
    _drop([pk for pk, _terminal, of_kind, _day in letters.undecided([terminal.pk]) if of_kind == kind])
    if (terminal.pk, kind) in letters.drafted_on([terminal.pk], day):
        raise rules.LetterMoved(found=rules.STATES[READY])
    rate_bp = terminals.late_rates([terminal.pk]).get(terminal.pk, 0)
    lines = _lines(chosen, terminal.pk, item_ids, day, rate_bp)
    _check_given(chosen, kept, lines, day)
    letter = Letter(terminal=terminal, kind=kind, stage=stage or chosen.stage, drafted_by=by, given=kept, day=day)
    _stamp(letter, lines, rate_bp, now)
    record(facts.LETTER_DRAFTED, letter, by=by, at=now, terminal=terminal.pk, kind=kind, fen=letter.total_fen)
    return letter


@action
def renew_letter(*, letter: Any, by: Person, now: datetime) -> Letter:
    """更新金额  Take the amounts of a letter that has not gone out from the ledger anew; a seal must be asked for again.

    Raises NotFound, LetterMoved, NothingToAskFor, PlanDoesNotAdd.
    """
    by.must(LETTER)
    kept = _lock(letter, by, LETTER)
    if kept.state != DRAFT:
        rules.check_move(kept.state, DRAFT)
    kind, day = rules.kind_named(kept.kind), localdate(now)
    rate_bp = terminals.late_rates([kept.terminal_id]).get(kept.terminal_id, 0)
    ids = list(kept.lines.values_list("entry_id", flat=True))
    lines = _lines(kind, kept.terminal_id, ids, day, rate_bp)
    _check_given(kind, kept.given, lines, day)
    if (kept.terminal_id, kept.kind) not in letters.drafted_on([kept.terminal_id], day):
        kept.day = day
    kept.lines.all().delete()
    _stamp(kept, lines, rate_bp, now)
    record(facts.LETTER_DRAFTED, kept, by=by, at=now, terminal=kept.terminal_id, kind=kept.kind, fen=kept.total_fen)
    return kept


@action
def approve_letter(*, letter: Any, approve: bool = True, why: str = "", by: Person, now: datetime) -> Letter:
    """用印审批  Somebody other than the drafter allows the seal, or does not; what the paper says is kept from here on.

    Raises NotFound, LetterMoved, SealOwnLetter, RefusalNeedsWords, LetterStale where the ledger has moved on.
    """
    by.must(SEAL)
    kept = _lock(letter, by, SEAL)
    rules.check_move(kept.state, READY if approve else DROPPED)
    if kept.state != DRAFT:
        raise rules.LetterMoved(found=rules.STATES[kept.state])
    if kept.drafted_by_id == by.pk:
        raise rules.SealOwnLetter
    if not approve and not why.strip():
        raise rules.RefusalNeedsWords
    if approve:
        _check_fresh(kept)
        _keep_paper(kept)
        kept.state = READY
    else:
        kept.state, kept.dropped_why = DROPPED, why.strip()[:200]
    kept.save()
    SealDecision.objects.create(letter=kept, approved=approve, why=why.strip()[:200], by=by, at=now)
    fact = facts.LETTER_SEALED if approve else facts.LETTER_NOT_SEALED
    record(fact, kept, by=by, at=now, terminal=kept.terminal_id, kind=kept.kind, fen=kept.total_fen, mark=kept.mark)
    return kept


@action
def note_sent(
    *, letter: Any, channel: str, on: date, carrier: str = "", waybill: str = "", content_named: bool = True,
    receipt: Any = None, by: Person, now: datetime,
) -> Letter:  # fmt: skip
    """登记发出  How a letter left the house; by post with the waybill's number and its content named.

    Raises NotFound, LetterMoved, SealedGoesOnPaper, WaybillMissing, LetterDay, LetterStale.
    """
    by.must(LETTER)
    kept = _lock(letter, by, LETTER)
    rules.check_move(kept.state, SENT)
    _check_day(on, kept.day, now)
    title = letters.wording(kept.kind, kept.wording).title
    content = rules.content_of(title, _contract(kept))
    if kept.seals.exists() and channel not in (*rules.POSTED, "hand"):
        raise rules.SealedGoesOnPaper
    if channel in rules.POSTED and not waybill.strip():
        raise rules.WaybillMissing(content=content)
    _check_fresh(kept)
    if kept.paper is None:
        _keep_paper(kept)
    kept.state = SENT
    kept.save()
    Sending.objects.create(
        letter=kept, channel=channel, on=on, carrier=carrier.strip()[:60], waybill=waybill.strip()[:60],
        content=content[:200] if channel in rules.POSTED else "", content_named=content_named, receipt=receipt,
        by=by, at=now,
    )  # fmt: skip
    record(
        facts.LETTER_SENT, kept, by=by, at=now, terminal=kept.terminal_id, kind=kept.kind, channel=channel, on=on,
        waybill=waybill, fen=kept.total_fen,
    )  # fmt: skip
    return kept


@action
def note_arrived(
    *, letter: Any, arrived: bool, on: date, signer: str = "", signer_role: str = "unknown", proof: Any = None,
    answer: str = "", by: Person, now: datetime,
) -> Arrival:  # fmt: skip
    """登记妥投  Whether a letter reached the customer, and who signed; with proof it restarts limitation (domain 4.6).

    A notice to a guarantor claims the guarantee chosen. A letter that came back may still arrive by another try.
    Raises NotFound, LetterMoved, LetterDay.
    """
    by.must(LETTER)
    kept = _lock(letter, by, LETTER)
    rules.check_move(kept.state, ARRIVED if arrived else RETURNED)
    sending = kept.sending
    _check_day(on, sending.on, now)
    strength = rules.strength(sending.channel, signer_role, proof is not None, sending.content_named)
    row = Arrival.objects.create(
        letter=kept, arrived=arrived, on=on, signer=signer.strip()[:60], signer_role=signer_role,
        strength=strength if arrived else rules.WEAK, proof=proof, answer=answer.strip()[:400], by=by, at=now,
    )  # fmt: skip
    kept.state = ARRIVED if arrived else RETURNED
    kept.save(update_fields=["state"])
    if arrived and "security" in kept.given and row.strength != rules.WEAK:
        note_notice(
            security=kept.given["security"], terminal=kept.terminal_id, on=on, proof=proof, words=kept.number, verb=LETTER,
            by=by, now=now,
        )  # fmt: skip
    record(
        facts.LETTER_ARRIVED if arrived else facts.LETTER_RETURNED, kept, by=by, at=now, terminal=kept.terminal_id,
        kind=kept.kind, on=on, strength=row.strength, items=[line.item_id for line in letters.lines_of_letter(kept.pk)],
    )  # fmt: skip
    return row


@action
def drop_letter(*, letter: Any, why: str, by: Person, now: datetime) -> Letter:
    """作废函件  A letter that will not go out. Raises NotFound, LetterMoved, RefusalNeedsWords."""
    by.must(LETTER)
    kept = _lock(letter, by, LETTER)
    rules.check_move(kept.state, DROPPED)
    if not why.strip():
        raise rules.RefusalNeedsWords
    kept.state, kept.dropped_why = DROPPED, why.strip()[:200]
    kept.save(update_fields=["state", "dropped_why"])
    record(facts.LETTER_DROPPED, kept, by=by, at=now, terminal=kept.terminal_id, kind=kept.kind, why=kept.dropped_why)
    return kept


@action
def withdraw_letter(*, letter: Letter, why: str, verb: str, by: Person, now: datetime) -> None:
    """撤回函件  What it was about is off: a letter that has not gone out is dropped, by the right to do what ended it."""
    by.must(verb, letter.terminal)
    rules.check_move(letter.state, DROPPED)
    letter.state, letter.dropped_why = DROPPED, why.strip()[:200]
    letter.save(update_fields=["state", "dropped_why"])
    record(
        facts.LETTER_DROPPED,
        letter,
        by=by,
        at=now,
        terminal=letter.terminal_id,
        kind=letter.kind,
        why=letter.dropped_why,
    )


@action
def edit_wording(*, kind: str, title: str, body: str, why: str, by: Person, now: datetime) -> WordingRow:
    """修改模板  A new version of the text of a kind of letter; letters drafted before keep theirs.

    Raises UnknownLetter, WordingLength, WordingUnknown, WordingLacks, ForbiddenWords.
    """
    by.must(SEAL)
    rules.kind_named(kind)
    text = Wording(title.strip(), body.replace("\r\n", "\n").strip())
    check_wording(kind, text)
    _check_words(text.title + text.body, localdate(now))
    number = letters.newest_wordings()[kind] + 1
    row = WordingRow.objects.create(
        kind=kind, number=number, title=text.title[:40], body=text.body, why=why.strip()[:200], made_by=by, made_at=now
    )
    record(facts.WORDING_EDITED, row, by=by, at=now, kind=kind, number=number)
    return row


# --- what the verbs lean on -----------------------------------------------------------------------------------------


def _draft_part(part: Sequence[LetterWanted], day: date, by: Person, now: datetime) -> list[int]:
    """Letters for some hundred customers, in a handful of statements."""
    ids = list({one.terminal_id for one in part})
    if terminals.visible_among(by, ids, LETTER) != set(ids):
        raise NotFound(noun=N_("终端"))
    have = letters.drafted_on(ids, day)
    fresh = [one for one in part if (one.terminal_id, one.kind) not in have]
    every = [pk for one in fresh for pk in one.item_ids]
    claims, owners, rates = letters.claims(every), letters.customers_of(every), terminals.late_rates(ids)
    policy, wordings = _policy(day), letters.newest_wordings()
    drawn = []
    for one in fresh:
        kind, rate_bp = rules.kind_named(one.kind), rates.get(one.terminal_id, 0)
        mine = [claims[pk] for pk in one.item_ids if pk in claims and owners[pk] == one.terminal_id]
        if lines := rules.lines_of(kind, mine, day, rate_bp):
            drawn.append((one, kind, lines, rate_bp))
    _replace_drafts({one.terminal_id: {line.item_id for line in lines} for one, _kind, lines, _rate in drawn})
    keys = bulk.next_ids(Letter, len(drawn))
    bulk.insert(
        Letter,
        (
            "id", "terminal_id", "kind", "stage", "state", "day", "stamped_at", "total_fen", "interest_fen", "rate_bp",
            "pay_by", "wording", "given", "paper", "mark", "drafted_by_id", "dropped_why",
        ),
        (
            (
                pk, one.terminal_id, one.kind, one.stage, DRAFT if kind.code in policy.seal else READY, day, now,
                sum(line.fen for line in lines), sum(line.interest_fen for line in lines), rate_bp,
                rules.pay_by(kind, lines, day, policy), wordings[kind.code], {}, None, "", by.pk, "",
            )
            for pk, (one, kind, lines, rate_bp) in zip(keys, drawn, strict=True)
        ),
    )  # fmt: skip
    _insert_lines((pk, lines) for pk, (_one, _kind, lines, _rate) in zip(keys, drawn, strict=True))
    return keys


def _replace_drafts(asked: Mapping[int, set[int]]) -> None:
    """Unsealed drafts of the ladder give way to a letter that asks for all their items; others keep theirs."""
    waiting = {
        pk: terminal
        for pk, terminal, kind, _day in letters.undecided(list(asked))
        if kind in rules.KIND_OF_STAGE.values()
    }
    items: dict[int, set[int]] = {pk: set() for pk in waiting}
    for pk, entry in letters.entries_of(list(waiting)):
        items[pk].add(entry)
    _drop([pk for pk, terminal in waiting.items() if items[pk] <= asked[terminal]])


def _insert_lines(drawn: Any) -> None:
    bulk.insert(
        LetterLine,
        ("letter_id", "entry_id", "open_fen", "disputed_fen", "fen", "overdue_days", "interest_fen"),
        (
            (pk, line.item_id, line.open_fen, line.disputed_fen, line.fen, line.overdue_days, line.interest_fen)
            for pk, lines in drawn
            for line in lines
        ),
    )


def _lines(kind: rules.Kind, terminal_id: int, item_ids: Collection[int], day: date, rate_bp: int) -> list[Line]:
    owners = letters.customers_of(item_ids)
    if any(owners.get(pk) != terminal_id for pk in item_ids):
        raise NotFound(noun=N_("单据"))
    lines = rules.lines_of(kind, letters.claims(item_ids).values(), day, rate_bp)
    if not lines:
        raise rules.NothingToAskFor
    return lines


def _check_given(kind: rules.Kind, given: Mapping[str, Any], lines: Sequence[Line], day: date) -> None:
    if "plan" in kind.needs:
        plan = [(date.fromisoformat(on), int(fen)) for on, fen in given["plan"]]
        rules.check_plan(plan, sum(line.fen for line in lines), day)
    if kind.code == "offset":
        rules.check_offset(lines, day)


def _stamp(letter: Letter, lines: Sequence[Line], rate_bp: int, now: datetime) -> None:
    """The amounts of this moment; whoever needs a seal has to ask for it."""
    kind, policy = rules.kind_named(letter.kind), _policy(letter.day)
    letter.state = DRAFT if kind.code in policy.seal else READY
    letter.stamped_at, letter.rate_bp, letter.paper, letter.mark = now, rate_bp, None, ""
    letter.total_fen = sum(line.fen for line in lines)
    letter.interest_fen = sum(line.interest_fen for line in lines)
    letter.pay_by = rules.pay_by(kind, lines, localdate(now), policy)
    letter.wording = letters.newest_wordings()[letter.kind]
    letter.save()
    _insert_lines([(letter.pk, lines)])


def _keep_paper(letter: Letter) -> None:
    letter.paper = letter_paper.paper_of(letter)
    letter.mark = letter.paper["mark"]


def _check_fresh(letter: Letter) -> None:
    lines = letters.lines_of_letter(letter.pk)
    claims = letters.claims([line.item_id for line in lines])
    rules.check_fresh([(line.item_id, line.number, line.fen) for line in lines], claims)


def _check_day(on: date, first: date, now: datetime) -> None:
    if not first <= on <= localdate(now):
        raise rules.LetterDay(on=on, first=first)


def _contract(letter: Letter) -> str:
    found = letters.contracts_of(letter.pk)
    return found[0] if found else ""


def _check_words(text: str, day: date) -> None:
    """Nothing unlawful goes out, whoever typed it (domain 4.7)."""
    check_outgoing(text, queries_policies.in_force(WORDS, day).value)


def _policy(day: date) -> rules.LetterPolicy:
    return queries_policies.in_force(LETTERS, day).value


def _drop(keys: Sequence[int]) -> None:
    """Drafts nobody has sealed or sent give way to newer ones."""
    for part in bulk.chunks(keys):
        Letter.objects.filter(pk__in=part).update(state=DROPPED, dropped_why=SUPERSEDED)


def _lock(letter: Any, by: Person, verb: str) -> Letter:
    pk = letter if isinstance(letter, int) else letter.pk
    letters.letter_for(by, pk, verb)
    return Letter.objects.select_for_update(of=("self",)).select_related("terminal").get(pk=pk)
