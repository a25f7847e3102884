"""以物抵债: what was offered for debts, what the rules say, and how far each is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum

from kewei.collecting.models import Offset, OffsetOpinion
from kewei.collecting.rules.offsets import APPROVED, DISPOSED, PERFORMED
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.receivables.queries import ItemFacts
from kewei.terminals import queries as terminals

SEE = "collecting.see"
# Papers under which drugs may be sold to us.
DRUG_PAPERS = ("drug_wholesale", "drug_chain", "production")


@dataclass(frozen=True)
class OffsetRow:
    """An offset in kind as listed; fen."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    asset: str
    words: str
    agreed_on: date
    offset_fen: int
    value_fen: int
    valued_on: date
    valued_how: str
    searched_on: date | None
    invoiced: bool
    plan: str
    plan_until: date | None
    verdicts: list[Any]
    state: str
    why: str
    letter: int | None
    receipt_number: str
    performed_on: date | None
    disposed_on: date | None
    proceeds_fen: int | None
    proposed_by: str
    proposed_at: datetime

    @property
    def result_fen(self) -> int | None:
        """What disposing of it brought beyond the value it was booked at; None until then."""
        return None if self.proceeds_fen is None else self.proceeds_fen - self.offset_fen


def offset_for(person: Person, pk: int, verb: str = SEE) -> Offset:
    """The offset where this person may see it for a verb. Raises NotFound."""
    found = Offset.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal", "title", "letter").first()
    if found is None:
        raise NotFound(noun=N_("抵债"))
    return found


def offset(person: Person, pk: int, verb: str = SEE) -> OffsetRow:
    """One offset as listed. Raises NotFound."""
    offset_for(person, pk, verb)
    return _rows(Offset.objects.filter(pk=pk))[0]


def list_offsets(
    person: Person,
    *,
    terminal: int | None = None,
    state: str = "",
    text: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[OffsetRow], int, int]:
    """One page of offsets, newest first, how many, and their sum in fen."""
    rows = Offset.objects.visible_to(person, SEE)
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if state:
        rows = rows.filter(state=state)
    if text := text.strip():
        rows = rows.filter(
            Q(terminal__code__startswith=text) | Q(terminal__name__icontains=text) | Q(words__icontains=text)
        )
    total = rows.aggregate(fen=Sum("offset_fen"))["fen"] or 0
    ordered = rows.order_by("-agreed_on", "-pk")
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return _rows(page), rows.count(), int(total)


def is_agreement(letter: int) -> bool:
    """Whether a letter is the agreement of a thing taken that nobody has refused or cancelled, whoever asks."""
    return Offset.objects.filter(letter=letter, state__in=(APPROVED, PERFORMED, DISPOSED)).exists()


def opinions_on(pk: int) -> list[tuple[str, bool, str, str, datetime]]:
    """(part, approve, words, who, when) of every opinion given."""
    rows = OffsetOpinion.objects.filter(offset=pk).order_by("pk")
    return list(rows.values_list("part", "approve", "words", "by__name", "at"))


def may_sell_drugs(terminal_id: int, day: date) -> bool:
    """Whether the customer has a paper to deal in drugs that is good on a day."""
    papers = terminals.papers_of([terminal_id], day).get(terminal_id)
    if papers is None:
        return False
    return any(
        paper.kind in DRUG_PAPERS
        and not paper.suspended
        and (paper.long_term or paper.valid_to is None or paper.valid_to >= day)
        for paper in papers.licences
    )


def deal_items(items: Collection[ItemFacts]) -> tuple[tuple[str, date | None, int], ...]:
    """Invoices as the rules take them."""
    return tuple((item.number, item.due_date, item.open_fen) for item in items)


_FIELDS = (
    "pk", "terminal_id", "terminal__code", "terminal__name", "asset", "words", "agreed_on", "offset_fen", "value_fen",
    "valued_on", "valued_how", "searched_on", "invoiced", "plan", "plan_until", "verdicts", "state", "why",
    "letter_id", "receipt__number", "performed_on", "disposed_on", "proceeds_fen", "proposed_by__name", "proposed_at",
)  # fmt: skip


def _rows(offsets: QuerySet[Offset]) -> list[OffsetRow]:
    rows: list[Any] = list(offsets.values_list(*_FIELDS))
    return [OffsetRow(*(*row[:19], row[19] or "", *row[20:])) for row in rows]
