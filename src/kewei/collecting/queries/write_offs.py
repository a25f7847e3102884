"""账销案存: what was written off and is still owed to us: how much came back, until when it can be enforced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.timezone import localdate

from kewei.collecting.models import Exit, Recovery, WriteOff
from kewei.collecting.queries import clocks, worklist
from kewei.collecting.rules.write_offs import POLICY, Decided
from kewei.journal import queries_policies
from kewei.journal.bulk import among
from kewei.journal.queries_attachments import attachments
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.receivables import queries as receivables
from kewei.receivables.rules import OpenItem, Share
from kewei.receivables.rules.write_offs import oldest_first

SEE = "collecting.see"
OPEN, DONE, UNDONE = "open", "recovered", "reversed"
STATES: dict[str, str] = {OPEN: N_("账销案存"), DONE: N_("已全部收回"), UNDONE: N_("核销已冲销")}


@dataclass(frozen=True)
class WriteOffRow:
    """A write-off as listed; fen. `entry` is the one that stands now; `money_fen` waits unapplied on the customer's account."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    decision: int
    entry: int
    number: str
    fen: int
    recovered_fen: int
    pursued: bool
    live: bool
    by: str
    at: datetime
    last_day: date | None = None
    money_fen: int = 0

    @property
    def left_fen(self) -> int:
        """What is still written off and owed; nothing where the write-off itself was undone."""
        return self.fen - self.recovered_fen if self.state == OPEN else 0

    @property
    def state(self) -> str:
        """Open, wholly recovered, or the write-off itself undone."""
        if self.recovered_fen >= self.fen:
            return DONE
        return OPEN if self.live else UNDONE


@dataclass(frozen=True)
class RecoveryRow:
    """Money that came back."""

    receipt: int
    receipt_number: str
    fen: int
    rest_number: str
    by: str
    at: datetime


def write_off_for(person: Person, pk: int, verb: str = SEE) -> WriteOff:
    """The write-off where this person may see it. Raises NotFound."""
    found = WriteOff.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal", "decision").first()
    if found is None:
        raise NotFound(noun=N_("账务核销"))
    return found


def write_off(person: Person, pk: int, today: date) -> WriteOffRow:
    """One write-off as listed. Raises NotFound."""
    write_off_for(person, pk)
    return _rows(WriteOff.objects.filter(pk=pk), today)[0]


def of_decision(decision: int) -> int | None:
    """The key of the write-off that carried a decision out, whoever asks."""
    return WriteOff.objects.filter(decision=decision).values_list("pk", flat=True).first()


def list_write_offs(
    person: Person,
    today: date,
    *,
    terminal: int | None = None,
    pursued: bool | None = None,
    text: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[WriteOffRow], int, int]:
    """One page of write-offs, newest first, how many, and what was written off by them, fen."""
    rows = WriteOff.objects.visible_to(person, SEE)
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if pursued is not None:
        rows = rows.filter(pursued=pursued)
    if text := text.strip():
        rows = rows.filter(Q(terminal__code__startswith=text) | Q(terminal__name__icontains=text))
    total = rows.aggregate(fen=Sum("fen"))["fen"] or 0
    ordered = rows.order_by("-at", "-pk")
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return _rows(page, today), rows.count(), int(total)


def recoveries_of(pk: int) -> list[RecoveryRow]:
    """What came back of a write-off, newest first, whoever asks."""
    rows = Recovery.objects.filter(write_off=pk).order_by("-pk")
    fields = ("receipt", "receipt__number", "fen", "rest__number", "by__name", "at")
    found: list[Any] = list(rows.values_list(*fields))
    return [RecoveryRow(*(*row[:3], row[3] or "", *row[4:])) for row in found]


def current_entry(kept: WriteOff) -> int | None:
    """The entry that stands for a write-off now: what the last recovery left of it; None where nothing is left."""
    last = Recovery.objects.filter(write_off=kept).order_by("-pk").first()
    return kept.entry_id if last is None else last.rest_id


def paper_of(kept: WriteOff, attachment: int) -> Any:
    """A file of its evidence. Raises NotFound."""
    if attachment not in kept.papers:
        raise NotFound(noun=N_("附件"))
    found = attachments([attachment]).get(attachment)
    if found is None:
        raise NotFound(noun=N_("附件"))
    return found


def proposed(decision: Exit, day: date) -> tuple[list[Share], list[Any]]:
    """Which overdue invoices a decision would be carried out on, the oldest first, and those invoices, whoever asks."""
    items = receivables.items_by_key(worklist.overdue_of(decision.terminal_id, day))
    owed = [OpenItem(one.pk, one.number, one.due_date or one.on, one.on, one.open_fen) for one in items.values()]
    shares = oldest_first(decision.write_off_fen, owed)
    return shares, [items[share.item_id] for share in shares]


def decided(decision: Exit, shares: Sequence[Share], items: Sequence[Any], day: date) -> Decided:
    """The decision as the rules of posting look at it."""
    people = frozenset(pk for pk in (decision.proposed_by_id, decision.decided_by_id) if pk is not None)
    waited = (day - localdate(decision.decided_at)).days if decision.decided_at else 0
    days = min(((day - item.due_date).days for item in items), default=0)
    return Decided(
        decision.agreed is True, tuple(decision.steps), people, waited, sum(share.fen for share in shares), days
    )


def policy(day: date) -> Any:
    """What must be there, as in force on a day."""
    return queries_policies.in_force(POLICY, day)


def lately(terminal_ids: Sequence[int], since: date) -> set[int]:
    """Customers of whom something was written off since a day, whoever asks: their cases close for that reason."""
    rows = WriteOff.objects.filter(among("terminal_id", list(terminal_ids)), at__date__gte=since)
    return set(rows.values_list("terminal", flat=True))


_FIELDS = (
    "pk", "terminal_id", "terminal__code", "terminal__name", "decision_id", "entry_id", "entry__number", "fen",
)  # fmt: skip


def _rows(rows: QuerySet[WriteOff], today: date) -> list[WriteOffRow]:
    """A handful of queries for any number of rows."""
    kept: list[Any] = list(rows.values_list(*_FIELDS, "pursued", "by__name", "at", "items"))
    back: dict[int, int] = {}
    rest: dict[int, int | None] = {}
    for pk, fen, left in (
        Recovery.objects.filter(among("write_off_id", [row[0] for row in kept])).order_by("pk")
        .values_list("write_off", "fen", "rest")
    ):  # fmt: skip
        back[pk], rest[pk] = back.get(pk, 0) + fen, left
    stands = {row[0]: rest[row[0]] if row[0] in rest else row[5] for row in kept}
    known = receivables.documents([pk for pk in stands.values() if pk is not None])
    ends = clocks.limitation_of({item for row in kept for item, _fen in row[11]}, today)
    money = receivables.money_not_applied({row[1] for row in kept})
    found = []
    for row in kept:
        document = known.get(stands[row[0]] or 0)
        days = [ends[item].last_day for item, _fen in row[11] if item in ends]
        told = (
            *row[:8], back.get(row[0], 0), row[8], bool(document and document.live), row[9], row[10],
            min((day for day in days if day is not None), default=None), sum(fen for _on, fen in money.get(row[1], ())),
        )  # fmt: skip
        one = WriteOffRow(*told)
        found.append(replace(one, entry=document.entry_id, number=document.number) if document else one)
    return found
