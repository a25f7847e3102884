"""案件: open and closed cases, their invoices and steps, who works on them, and all that happened in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Sum

from kewei.collecting.models import Case, Level, Member, Reason, Stage
from kewei.collecting.queries.clocks import limitation_of
from kewei.collecting.queries.contacts import ContactRow, contacts_of
from kewei.collecting.queries.disputes import DisputeRow, disputed_fen, disputes_of
from kewei.collecting.queries.letters import LetterRow, list_letters
from kewei.collecting.queries.promises import PromiseRow, open_by_item, promises_of
from kewei.collecting.rules.ladder import stage_of
from kewei.journal.bulk import among
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.receivables import queries as receivables
from kewei.receivables.rules import OpenItem
from kewei.terminals.queries.searching import matching

SEE = "collecting.see"
OPEN, CLOSED = "open", "closed"
STATES: dict[str, str] = {OPEN: N_("未结"), CLOSED: N_("已结案")}


@dataclass(frozen=True)
class CaseRow:
    """A case as listed; fen."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    stage: int
    stage_on: date
    overdue_fen: int
    items: int
    oldest_due: date
    owner: str
    decided_by: str
    opened_on: date
    closed_on: date | None
    why: str


@dataclass(frozen=True)
class StepRow:
    """A step of the ladder; fen. `items` is how many invoices it named."""

    pk: int
    stage: int
    on: date
    asked_fen: int
    channel: str
    document: str
    act_on: date
    items: int


@dataclass(frozen=True)
class CaseItem:
    """An overdue invoice of a case; fen. `stage` is None where it was not asked for yet; `last_day` that of limitation."""

    pk: int
    number: str
    due_date: date
    overdue_days: int
    open_fen: int
    disputed_fen: int
    promised_on: date | None
    stage: int | None
    reason: str
    last_day: date | None
    days_left: int | None


@dataclass(frozen=True)
class MemberRow:
    """Somebody's part in a case."""

    pk: int
    person: str
    role: str
    since: datetime


@dataclass(frozen=True)
class CaseFile:
    """A case with everything about it."""

    row: CaseRow
    kind: str
    items: tuple[CaseItem, ...]
    more: int
    members: tuple[MemberRow, ...]
    steps: tuple[StepRow, ...]
    contacts: tuple[ContactRow, ...]
    promises: tuple[PromiseRow, ...]
    disputes: tuple[DisputeRow, ...]
    letters: tuple[LetterRow, ...]
    unapplied_fen: int


ORDERS = {
    "amount": ("overdue_fen", "pk"), "-amount": ("-overdue_fen", "pk"), "oldest": ("oldest_due", "pk"),
    "-oldest": ("-oldest_due", "pk"), "opened": ("opened_on", "pk"), "-opened": ("-opened_on", "pk"),
}  # fmt: skip
# Invoices shown of one case; the list of open items has the rest.
SHOWN = 200


def case_for(person: Person, pk: int, verb: str = SEE) -> Case:
    """The case where this person may see it for a verb. Raises NotFound."""
    found = Case.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal").first()
    if found is None:
        raise NotFound(noun=N_("案件"))
    return found


def member_for(person: Person, pk: int, verb: str = SEE) -> Member:
    """A part somebody has in a case this person may see for a verb. Raises NotFound."""
    found = Member.objects.filter(pk=pk).select_related("case__terminal").first()
    if found is None or not Case.objects.visible_to(person, verb).filter(pk=found.case_id).exists():
        raise NotFound(noun=N_("案件成员"))
    return found


def open_case_of(terminal_id: int) -> Case | None:
    """The open case of a debtor, whoever asks."""
    return Case.objects.filter(terminal=terminal_id, closed_on=None).first()


def open_figures() -> dict[int, tuple[int, int, int]]:
    """(fen, earliest due day as an ordinal, items) that every open case remembers, by customer, whoever asks."""
    rows = Case.objects.filter(closed_on=None).values_list("terminal", "overdue_fen", "oldest_due", "items")
    return {
        terminal: (fen, _ordinal(oldest), items) for terminal, fen, oldest, items in rows.iterator(chunk_size=20_000)
    }


def _ordinal(day: date) -> int:
    return day.toordinal()


def open_stages(least: int) -> list[tuple[int, int, int, date, int]]:
    """(case, customer, stage, since when, overdue fen) of open cases that have come to a stage, whoever asks."""
    rows = Case.objects.filter(closed_on=None, stage__gte=least).order_by("pk")
    return list(rows.values_list("pk", "terminal", "stage", "stage_on", "overdue_fen"))


def list_cases(
    person: Person,
    *,
    state: str = OPEN,
    text: str = "",
    terminal: int | None = None,
    stage: int | None = None,
    kind: str = "",
    order: str = "-amount",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[CaseRow], int, int]:
    """One page of cases, how many, and what they have overdue, fen; `state` open, closed or '' for all."""
    rows = Case.objects.visible_to(person, SEE)
    if state == OPEN:
        rows = rows.filter(closed_on=None)
    elif state == CLOSED:
        rows = rows.exclude(closed_on=None)
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if stage is not None:
        rows = rows.filter(stage=stage)
    if kind:
        rows = rows.filter(terminal__kind=kind)
    if text := text.strip():
        rows = rows.filter(terminal__in=matching(person, text))
    total = rows.aggregate(count=Count("pk"), fen=Sum("overdue_fen"))
    ordered = rows.order_by(*ORDERS.get(order, ORDERS["-amount"])).values_list(*_FIELDS)
    page = ordered[start:] if limit is None else ordered[start : start + limit]
    return [_row(values) for values in page], total["count"], int(total["fen"] or 0)


def find(person: Person, text: str, limit: int) -> list[CaseRow]:
    """Open cases of customers with this in their code or name, the largest first: for the search of everything."""
    rows = Case.objects.visible_to(person, SEE).filter(closed_on=None, terminal__in=matching(person, text))
    return [_row(values) for values in rows.order_by("-overdue_fen", "pk").values_list(*_FIELDS)[:limit]]


def case_file(person: Person, pk: int, today: date) -> CaseFile:
    """One case with its invoices and all that happened in it, in a constant number of queries. Raises NotFound."""
    kept = case_for(person, pk)
    terminal = kept.terminal_id
    values = Case.objects.filter(pk=pk).values_list(*_FIELDS).first()
    owed = [one for one in receivables.open_items_of(person, terminal, today) if one.due_date < today]
    shown = owed[:SHOWN] if kept.closed_on is None else []
    members = kept.members.filter(until=None).order_by("pk").values_list("pk", "person__name", "role", "since")
    steps = Stage.objects.filter(terminal=terminal, on__gte=kept.opened_on).order_by("-on", "-pk")
    return CaseFile(
        row=_row(values), kind=kept.terminal.kind, items=_items(shown, today),
        more=len(owed) - len(shown) if kept.closed_on is None else 0,
        members=tuple(MemberRow(*row) for row in members),
        steps=tuple(
            StepRow(*(*row[:7], len(row[7])))
            for row in steps.values_list(
                "pk", "stage", "on", "asked_fen", "channel", "document", "act_on", "items"
            )[:100]
        ),
        contacts=tuple(contacts_of(person, terminal)), promises=tuple(promises_of(person, terminal)),
        disputes=tuple(disputes_of(person, terminal)),
        letters=tuple(list_letters(person, terminal=terminal, limit=50)[0]),
        unapplied_fen=receivables.figures(person, [terminal], today)[terminal].unapplied_fen
        if receivables.seen_among(person, [terminal], "receivables.see") else 0,
    )  # fmt: skip


def _items(owed: Sequence[OpenItem], today: date) -> tuple[CaseItem, ...]:
    keys = [one.item_id for one in owed]
    paused, promised, clocks = disputed_fen(keys), open_by_item(keys), limitation_of(keys, today)
    levels = dict(Level.objects.filter(among("pk", keys)).values_list("pk", "place"))
    reasons = dict(Reason.objects.filter(among("item_id", keys), ended_at=None).values_list("item", "code"))
    found = []
    for one in owed:
        clock, place = clocks.get(one.item_id), levels.get(one.item_id)
        promise = promised.get(one.item_id)
        found.append(
            CaseItem(
                one.item_id, one.number, one.due_date, (today - one.due_date).days, one.open_fen,
                paused.get(one.item_id, 0), promise.next_on if promise else None,
                None if place is None else stage_of(place), reasons.get(one.item_id, ""),
                clock.last_day if clock else None, clock.days_left if clock else None,
            )
        )  # fmt: skip
    return tuple(found)


_FIELDS = (
    "pk", "terminal_id", "terminal__code", "terminal__name", "stage", "stage_on", "overdue_fen", "items", "oldest_due",
    "owner__name", "decided_by__name", "opened_on", "closed_on", "why",
)  # fmt: skip


def _row(values: Any) -> CaseRow:
    return CaseRow(*(*values[:9], values[9] or "", values[10] or "", *values[11:]))
