"""What somebody takes along to several customers at once: the case, promises of both sides, disputes, the last letter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from kewei.collecting.models import Case, Dispute, Letter, Line, OurPromise, Promise
from kewei.collecting.queries import promises
from kewei.collecting.queries.evidence import scores
from kewei.collecting.rules import disputes as dispute_rules
from kewei.collecting.rules import ours as our_rules
from kewei.collecting.rules.evidence import EVIDENCE, is_low
from kewei.collecting.rules.letters import DROPPED
from kewei.collecting.rules.promises import BROKEN, LIVE
from kewei.journal import queries_policies
from kewei.journal.bulk import among
from kewei.receivables import queries as receivables

# Rows of one customer that a page of one sheet has room for.
MOST = 6


@dataclass(frozen=True)
class BriefCase:
    """The open case as its last run left it; fen."""

    pk: int
    stage: int
    opened_on: date
    overdue_fen: int
    items: int


@dataclass(frozen=True)
class BriefPromise:
    """A promise the customer has not kept whole yet, or has broken last; fen."""

    pk: int
    made_on: date
    next_on: date
    due_on: date
    fen: int
    paid_fen: int
    promiser: str
    state: str


@dataclass(frozen=True)
class BriefOurs:
    """What we promised the customer and have not done."""

    pk: int
    kind: str
    words: str
    fen: int | None
    made_on: date
    due_on: date
    owner: str


@dataclass(frozen=True)
class BriefDispute:
    """A dispute nobody has closed; fen."""

    pk: int
    number: str
    reason: str
    fen: int
    raised_on: date
    answer_by: date | None
    state: str


@dataclass(frozen=True)
class BriefLetter:
    """The letter that went out last; fen."""

    pk: int
    kind: str
    day: date
    total_fen: int
    state: str


@dataclass(frozen=True)
class BriefCollecting:
    """All there is about a customer's debts; `technique` is what the list of the day would do next."""

    case: BriefCase | None
    promises: tuple[BriefPromise, ...]
    ours: tuple[BriefOurs, ...]
    disputes: tuple[BriefDispute, ...]
    letter: BriefLetter | None
    technique: str


def collecting_among(terminal_ids: Collection[int]) -> dict[int, BriefCollecting]:
    """Cases, promises, disputes and letters of these customers, whoever asks; a constant number of queries."""
    ids = list(terminal_ids)
    cases = _cases(ids)
    promised, ours, disputed, letters = _promises(ids), _ours(ids), _disputes(ids), _letters(ids)
    next_best = dict(Line.objects.filter(pk__in=ids).values_list("pk", "technique"))
    return {
        pk: BriefCollecting(
            cases.get(pk), tuple(promised[pk]), tuple(ours[pk]), tuple(disputed[pk]), letters.get(pk), next_best.get(pk, "")
        )
        for pk in ids
    }  # fmt: skip


def lacking_evidence(item_ids: Collection[int], today: date) -> dict[int, int]:
    """Points of those of these invoices whose evidence is too thin for their age, whoever asks."""
    policy = queries_policies.in_force(EVIDENCE, today).value
    documents = receivables.documents(item_ids)
    found = {}
    for pk, one in scores(item_ids, today).items():
        due = documents[pk].due_date or documents[pk].on
        if is_low(one.points, max(0, (today - due).days), policy):
            found[pk] = one.points
    return found


def _cases(ids: list[int]) -> dict[int, BriefCase]:
    rows = Case.objects.filter(among("terminal_id", ids), closed_on=None)
    fields = ("terminal_id", "pk", "stage", "opened_on", "overdue_fen", "items")
    return {terminal: BriefCase(*values) for terminal, *values in rows.values_list(*fields)}


def _promises(ids: list[int]) -> defaultdict[int, list[BriefPromise]]:
    """Live ones by the day they fall due, then the last one broken, of each customer."""
    rows = Promise.objects.filter(among("terminal_id", ids), state__in=(*LIVE, BROKEN)).order_by("due_on", "pk")
    fields = ("terminal_id", "pk", "made_on", "due_on", "fen", "paid_fen", "promiser", "state")
    found, broken = list(rows.values_list(*fields)), {}
    live = [row for row in found if row[7] in LIVE]
    parts = promises.parts_of([row[1] for row in live])
    by_terminal: defaultdict[int, list[BriefPromise]] = defaultdict(list)
    for terminal, pk, made_on, due_on, fen, paid_fen, promiser, state in found:
        if state == BROKEN:
            broken[terminal] = BriefPromise(pk, made_on, due_on, due_on, fen, paid_fen, promiser, state)
        elif len(by_terminal[terminal]) < MOST:
            next_on = promises.next_part(parts[pk], paid_fen).due_on
            by_terminal[terminal].append(BriefPromise(pk, made_on, next_on, due_on, fen, paid_fen, promiser, state))
    for terminal, one in broken.items():
        by_terminal[terminal].append(one)
    return by_terminal


def _ours(ids: list[int]) -> defaultdict[int, list[BriefOurs]]:
    rows = OurPromise.objects.filter(among("terminal_id", ids), state=our_rules.OPEN).order_by("due_on", "pk")
    fields = ("terminal_id", "pk", "kind", "words", "fen", "made_on", "due_on", "owner__name")
    found: defaultdict[int, list[BriefOurs]] = defaultdict(list)
    for terminal, *values in rows.values_list(*fields):
        if len(found[terminal]) < MOST:
            found[terminal].append(BriefOurs(*values))
    return found


def _disputes(ids: list[int]) -> defaultdict[int, list[BriefDispute]]:
    rows = Dispute.objects.filter(among("terminal_id", ids), state__in=dispute_rules.LIVE).order_by("raised_on", "pk")
    fields = ("terminal_id", "pk", "entry__number", "reason", "fen", "raised_on", "answer_by", "state")
    found: defaultdict[int, list[BriefDispute]] = defaultdict(list)
    for terminal, *values in rows.values_list(*fields):
        if len(found[terminal]) < MOST:
            found[terminal].append(BriefDispute(*values))
    return found


def _letters(ids: list[int]) -> dict[int, BriefLetter]:
    rows = Letter.objects.filter(among("terminal_id", ids)).exclude(state=DROPPED).order_by("day", "pk")
    fields = ("terminal_id", "pk", "kind", "day", "total_fen", "state")
    return {terminal: BriefLetter(*values) for terminal, *values in rows.values_list(*fields)}
