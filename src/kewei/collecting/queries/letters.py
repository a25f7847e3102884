"""函件: what may be asked for, letters by state, and which of them have provably reached a customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from kewei.collecting.models import Arrival, Letter, LetterLine
from kewei.collecting.models import Wording as WordingRow
from kewei.collecting.queries.disputes import disputed_fen
from kewei.collecting.rules.letters import DROPPED, KINDS, Claim, Line
from kewei.collecting.rules.wordings import SHIPPED, Wording
from kewei.journal.bulk import among, chunks
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.receivables import queries as receivables

SEE = "collecting.see"
COUNTED_TO = 100_000


@dataclass(frozen=True)
class LetterRow:
    """A letter as listed; fen."""

    pk: int
    day: date
    kind: str
    stage: str
    state: str
    terminal_id: int
    terminal_code: str
    terminal_name: str
    total_fen: int
    interest_fen: int
    pay_by: date
    waybill: str
    sent_on: date | None
    drafted_by: str

    @property
    def number(self) -> str:
        """What stands on the paper."""
        return f"催字〔{self.day.year}〕{self.pk:06d}号"


@dataclass(frozen=True)
class ArrivalRow:
    """Whether a letter reached the customer, and how well that is proved."""

    pk: int
    arrived: bool
    on: date
    signer: str
    signer_role: str
    strength: str
    proof: int | None
    answer: str
    by: str
    at: datetime


@dataclass(frozen=True)
class ArrivedDemand:
    """A letter with an effect on limitation that has reached the customer: DEMAND or AGREED, on a day, provable how well."""

    letter_id: int
    kind: str
    effect: str
    on: date
    strength: str
    proof_id: int | None


@dataclass(frozen=True)
class LetterCard:
    """Everything about one letter."""

    letter: Letter
    row: LetterRow
    lines: tuple[Line, ...]
    seals: tuple[tuple[bool, str, str, datetime], ...]
    sending: Any
    arrivals: tuple[ArrivalRow, ...]


# --- what may be asked for ------------------------------------------------------------------------------------------


def claims(item_ids: Iterable[int]) -> dict[int, Claim]:
    """Invoices as the ledger has them now, less what is in dispute, whoever asks; what is no live invoice is left out."""
    ids = list(dict.fromkeys(item_ids))
    disputed = disputed_fen(ids)
    return {
        pk: Claim(pk, row.number, row.on, row.due_date or row.on, row.open_fen, disputed.get(pk, 0))
        for pk, row in receivables.documents(ids).items()
        if row.live and row.kind == "invoice"
    }


def customers_of(item_ids: Iterable[int]) -> dict[int, int]:
    """The customer of each item, whoever asks."""
    return {pk: row.terminal_id for pk, row in receivables.documents(item_ids).items()}


def open_claims(person: Person, terminal_id: int, today: date) -> list[Claim]:
    """Everything a customer owes that may be asked for, earliest due first; none where not visible."""
    items = receivables.open_items_of(person, terminal_id, today)
    return sorted(claims(item.item_id for item in items).values(), key=lambda c: (c.due_date, c.number))


# --- texts ----------------------------------------------------------------------------------------------------------


def wording(kind: str, number: int) -> Wording:
    """One version of a kind's text; 0 is the one that comes with the program. Raises NotFound."""
    if number == 0:
        return SHIPPED[kind]
    row = WordingRow.objects.filter(kind=kind, number=number).first()
    if row is None:
        raise NotFound(noun=N_("函件模板"))
    return Wording(row.title, row.body)


def newest_wordings() -> dict[str, int]:
    """The number of the text in force for each kind."""
    found = dict.fromkeys(KINDS, 0)
    for kind, number in WordingRow.objects.order_by("number").values_list("kind", "number"):
        found[kind] = number
    return found


def wording_versions(kind: str) -> list[tuple[int, str, str, str, datetime]]:
    """Versions of a kind's text, newest first: number, title, why, who, when."""
    rows = WordingRow.objects.filter(kind=kind).order_by("-number")
    return list(rows.values_list("number", "title", "why", "made_by__name", "made_at"))


# --- letters --------------------------------------------------------------------------------------------------------


def letter_for(person: Person, pk: int, verb: str = SEE) -> Letter:
    """The letter where this person may see it for a verb. Raises NotFound."""
    found = Letter.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal", "drafted_by").first()
    if found is None:
        raise NotFound(noun=N_("函件"))
    return found


def letter(person: Person, pk: int) -> LetterCard:
    """Everything about one letter. Raises NotFound."""
    kept = letter_for(person, pk)
    sending = getattr(kept, "sending", None)
    arrivals = kept.arrivals.order_by("pk").values_list(
        "pk", "arrived", "on", "signer", "signer_role", "strength", "proof", "answer", "by__name", "at"
    )
    return LetterCard(
        letter=kept,
        row=next(iter(_rows(Letter.objects.filter(pk=pk)))),
        lines=tuple(lines_of_letter(kept.pk)),
        seals=tuple(kept.seals.order_by("pk").values_list("approved", "why", "by__name", "at")),
        sending=sending,
        arrivals=tuple(ArrivalRow(*values) for values in arrivals),
    )


def number_of(pk: int) -> str:
    """What stands on the paper of a letter, whoever asks."""
    return Letter(pk=pk, day=Letter.objects.values_list("day", flat=True).get(pk=pk)).number


def lines_of_letter(pk: int) -> list[Line]:
    """The lines of a letter, earliest due first."""
    rows = LetterLine.objects.filter(letter=pk).order_by("entry__due_date", "entry__on", "entry__number")
    fields = (
        "entry_id", "entry__number", "entry__on", "entry__due_date", "open_fen", "disputed_fen", "fen", "overdue_days",
        "interest_fen",
    )  # fmt: skip
    return [Line(pk, number, on, due or on, *rest) for pk, number, on, due, *rest in rows.values_list(*fields)]


def contracts_of(pk: int) -> list[str]:
    """Contract numbers on the invoices of a letter."""
    ids = list(LetterLine.objects.filter(letter=pk).values_list("entry_id", flat=True))
    return sorted(set(receivables.contracts(ids).values()))


def list_letters(
    person: Person,
    *,
    text: str = "",
    terminal: int | None = None,
    kind: str = "",
    state: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[LetterRow], int, int]:
    """Letters, newest first, how many, and what they ask for together, fen."""
    rows = Letter.objects.visible_to(person, SEE)
    if text := text.strip():
        rows = rows.filter(
            _by_number(text)
            | Q(terminal__code__istartswith=text)
            | Q(terminal__name__icontains=text)
            | Q(sending__waybill=text)
        )
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if kind:
        rows = rows.filter(kind=kind)
    rows = rows.filter(state=state) if state else rows.exclude(state=DROPPED)
    count = rows.order_by()[:COUNTED_TO].count()
    total = rows.order_by().aggregate(fen=Sum("total_fen"))["fen"] or 0
    page = rows.order_by("-day", "-pk")
    return list(_rows(page[start : start + limit] if limit is not None else page[start:])), count, int(total)


def find(person: Person, text: str, limit: int) -> list[LetterRow]:
    """Letters with this number (the whole of 催字〔2026〕000123号, or its figure) or waybill, newest first; no dropped ones."""
    rows = Letter.objects.visible_to(person, SEE).exclude(state=DROPPED)
    found = rows.filter(_by_number(text) | Q(sending__waybill=text.strip())).order_by("-pk")
    return list(_rows(found[:limit]))


def _by_number(text: str) -> Q:
    number = text.strip().rpartition("〕")[2].rstrip("号")
    return Q(pk=int(number)) if number.isdecimal() and len(number) < 19 else Q(pk__in=[])


def count_by_state(person: Person) -> dict[str, int]:
    """How many letters wait in each state."""
    rows = Letter.objects.visible_to(person, SEE).exclude(state=DROPPED).order_by().values("state")
    return dict(rows.annotate(count=Count("pk")).values_list("state", "count"))


def undecided(terminal_ids: Collection[int]) -> list[tuple[int, int, str, date]]:
    """Letters of these customers that have not been sealed or sent: (key, customer, kind, day)."""
    rows = Letter.objects.filter(
        among("terminal_id", list(terminal_ids)), state__in=("draft", "ready"), paper__isnull=True
    )
    return list(rows.values_list("pk", "terminal_id", "kind", "day"))


def entries_of(letter_ids: Collection[int]) -> list[tuple[int, int]]:
    """(letter, item) of every line of these letters."""
    rows = LetterLine.objects.filter(among("letter_id", list(letter_ids)))
    return list(rows.values_list("letter_id", "entry_id"))


def drafted_on(terminal_ids: Collection[int], day: date) -> set[tuple[int, str]]:
    """(customer, kind) of letters these customers already have of this day."""
    rows = Letter.objects.filter(among("terminal_id", list(terminal_ids)), day=day).exclude(state=DROPPED)
    return set(rows.values_list("terminal_id", "kind"))


def arrived_demands(item_ids: Collection[int]) -> dict[int, list[ArrivedDemand]]:
    """Letters about these items that have reached the customer and bear on limitation, whoever asks (domain 4.6).

    A demand for part interrupts the whole claim, so an item's line need not be its whole amount.
    """
    found: dict[int, list[ArrivedDemand]] = defaultdict(list)
    bearing = [code for code, kind in KINDS.items() if kind.effect]
    for part in chunks(item_ids):
        rows = LetterLine.objects.filter(
            among("entry_id", part), letter__kind__in=bearing, letter__arrivals__arrived=True
        )
        arrival = "letter__arrivals__"
        fields = ("entry_id", "letter_id", "letter__kind", f"{arrival}on", f"{arrival}strength", f"{arrival}proof_id")
        for entry, pk, kind, on, strength, proof in rows.order_by("letter__arrivals__on", "letter_id").values_list(
            *fields
        ):
            found[entry].append(ArrivedDemand(pk, kind, KINDS[kind].effect, on, strength, proof))
    return dict(found)


def proof_for(person: Person, pk: int) -> Any:
    """The proof of an arrival this person may see, as an attachment. Raises NotFound."""
    found = (
        Arrival.objects.filter(pk=pk, letter__in=Letter.objects.visible_to(person, SEE)).select_related("proof").first()
    )
    if found is None or found.proof is None:
        raise NotFound(noun=N_("附件"))
    return found.proof


def _rows(letters: QuerySet[Letter]) -> Iterable[LetterRow]:
    fields = (
        "pk", "day", "kind", "stage", "state", "terminal_id", "terminal__code", "terminal__name", "total_fen",
        "interest_fen", "pay_by", "sending__waybill", "sending__on", "drafted_by__name",
    )  # fmt: skip
    for values in letters.values_list(*fields):
        pk, day, kind, stage, state, terminal, code, name, total, interest, by, waybill, sent, who = values
        yield LetterRow(
            pk, day, kind, stage, state, terminal, code, name, total, interest, by, waybill or "", sent, who
        )
