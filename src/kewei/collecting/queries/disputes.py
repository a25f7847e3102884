"""争议: what is disputed of an item, what waits for an answer, and how disputes ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from kewei.collecting.models import Dispute
from kewei.collecting.queries.promises import StateRow
from kewei.collecting.rules.disputes import LIVE, UPHELD, paused_fen
from kewei.journal.bulk import among, chunks
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person

SEE = "collecting.see"
OPEN, LATE = "live", "late"
# What the list can be narrowed to, beside the states themselves.
SHOWN: dict[str, str] = {OPEN: N_("未了结"), LATE: N_("超过答复期")}


@dataclass(frozen=True)
class DisputeRow:
    """A dispute as listed; fen. `undisputed_fen` is what of the invoice must be paid in any case."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    entry_id: int
    number: str
    reason: str
    fen: int
    words: str
    told_by: str
    department: str
    raised_on: date
    answer_by: date | None
    paper: int | None
    responsible: int | None
    responsible_name: str
    state: str
    state_at: datetime
    upheld_fen: int
    red_letter_number: str
    raised_by: str
    raised_at: datetime
    open_fen: int

    @property
    def paused_fen(self) -> int:
        """What it keeps from being dunned."""
        return min(self.open_fen, paused_fen(self.state, self.fen, self.upheld_fen))


def dispute_for(person: Person, pk: int, verb: str = SEE) -> Dispute:
    """The dispute where this person may see it for a verb. Raises NotFound."""
    found = Dispute.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal", "paper", "entry").first()
    if found is None:
        raise NotFound(noun=N_("争议"))
    return found


def dispute(person: Person, pk: int) -> tuple[DisputeRow, tuple[StateRow, ...], int]:
    """One dispute, its states, and what of its invoice must be paid in any case, fen. Raises NotFound."""
    kept = dispute_for(person, pk)
    row = _rows(Dispute.objects.filter(pk=pk))[0]
    states = kept.states.order_by("pk").values_list("state", "fen", "words", "by__name", "at")
    paused = disputed_fen([row.entry_id]).get(row.entry_id, 0)
    return row, tuple(StateRow(*values) for values in states), max(0, row.open_fen - paused)


def list_disputes(
    person: Person,
    today: date,
    *,
    terminal: int | None = None,
    state: str = OPEN,
    reason: str = "",
    department: str = "",
    text: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[DisputeRow], int, int]:
    """One page of disputes, what must be answered first in front, how many, and their sum in fen.

    `state` is a state, one of SHOWN, or '' for all.
    """
    rows = Dispute.objects.visible_to(person, SEE)
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if reason:
        rows = rows.filter(reason=reason)
    if department:
        rows = rows.filter(department=department)
    if text := text.strip():
        rows = rows.filter(
            Q(terminal__code__startswith=text) | Q(terminal__name__icontains=text) | Q(entry__number__startswith=text)
        )
    if state == OPEN:
        rows = rows.filter(state__in=LIVE)
    elif state == LATE:
        rows = rows.filter(state__in=("open", "working"), answer_by__lt=today)
    elif state:
        rows = rows.filter(state=state)
    order = (F("answer_by").asc(nulls_last=True), "pk") if state in SHOWN else ("-raised_on", "-pk")
    total = rows.aggregate(fen=Sum("fen"))["fen"] or 0
    ordered = rows.order_by(*order)
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return _rows(page), rows.count(), int(total)


def disputes_of(person: Person, terminal_id: int, most: int = 50) -> list[DisputeRow]:
    """A customer's disputes, live ones first, then newest first; none where not visible."""
    rows = _rows(
        Dispute.objects.visible_to(person, SEE).filter(terminal=terminal_id).order_by("-raised_on", "-pk")[:most]
    )
    return sorted(rows, key=lambda row: row.state not in LIVE)


def disputed_fen(item_ids: Collection[int]) -> dict[int, int]:
    """What of each of these items is not dunned because it is disputed, never more than is open; whoever asks.

    Items of which nothing is disputed are left out.
    """
    found: dict[int, int] = defaultdict(int)
    most: dict[int, int] = {}
    for some in chunks(item_ids):
        rows = Dispute.objects.filter(among("entry_id", some), state__in=LIVE)
        for item, state, fen, upheld, open_fen in rows.values_list(
            "entry", "state", "fen", "upheld_fen", "entry__item__open_fen"
        ):
            found[item] += paused_fen(state, fen, upheld)
            most[item] = open_fen
    return {item: capped for item, fen in found.items() if (capped := min(fen, most[item]))}


def every_disputed_fen() -> dict[int, int]:
    """The same for every item there is: for runs over the whole book, which would rather not name them."""
    ids = Dispute.objects.filter(state__in=LIVE).values_list("entry", flat=True).distinct()
    return disputed_fen(list(ids))


def awaiting_red_letter(entry_id: int) -> list[Dispute]:
    """Upheld disputes of an invoice that wait for a red letter, oldest first."""
    return list(Dispute.objects.filter(entry=entry_id, state=UPHELD).order_by("pk"))


_FIELDS = (
    "pk", "terminal_id", "terminal__code", "terminal__name", "entry_id", "entry__number", "reason", "fen", "words",
    "told_by", "department", "raised_on", "answer_by", "paper_id", "responsible_id", "responsible__name", "state",
    "state_at", "upheld_fen", "red_letter__number", "raised_by__name", "raised_at", "entry__item__open_fen",
)  # fmt: skip


def _rows(disputes: QuerySet[Dispute]) -> list[DisputeRow]:
    rows: list[Any] = list(disputes.values_list(*_FIELDS))
    return [DisputeRow(*(*row[:15], row[15] or "", *row[16:19], row[19] or "", *row[20:])) for row in rows]
