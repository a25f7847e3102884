"""催收任务 and 催收费用: what is to be done about debtors, and what collecting has cost."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum

from kewei.collecting.models import Expense, Task
from kewei.collecting.queries import techniques
from kewei.collecting.rules.value import HOUR, VALUE
from kewei.journal import queries_policies
from kewei.journal.bulk import among
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person

SEE = "collecting.see"
OPEN, MINE, LATE, CLOSED = "open", "mine", "late", "closed"
STATES: dict[str, str] = {MINE: N_("我的，未办"), OPEN: N_("全部未办"), LATE: N_("过期未办"), CLOSED: N_("已了结")}


@dataclass(frozen=True)
class TaskRow:
    """A task as listed."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    technique: str
    role: str
    person_id: int | None
    person: str
    due_on: date
    note: str
    set_by: str
    set_at: datetime
    done: bool | None
    outcome: str
    closed_by: str
    closed_at: datetime | None
    technique_name: str = ""


@dataclass(frozen=True)
class ExpenseRow:
    """An expense as listed; fen and minutes."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    kind: str
    fen: int
    minutes: int
    on: date
    note: str
    recorded_by: str
    takes_back: int | None
    taken_back: bool


@dataclass(frozen=True)
class Cost:
    """What collecting from a customer cost: outlay, minutes, minutes as money by the hourly cost of today; fen."""

    outlay_fen: int
    minutes: int
    time_fen: int

    @property
    def total_fen(self) -> int:
        """Outlay and time."""
        return self.outlay_fen + self.time_fen


def task_for(person: Person, pk: int, verb: str = SEE) -> Task:
    """The task where this person may see it for a verb. Raises NotFound."""
    found = Task.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal").first()
    if found is None:
        raise NotFound(noun=N_("催收任务"))
    return found


def open_techniques(terminal_id: int) -> set[str]:
    """Codes of techniques for which a customer has an open task, whoever asks."""
    return set(Task.objects.filter(terminal=terminal_id, closed_at=None).values_list("technique", flat=True))


def list_tasks(
    person: Person,
    today: date,
    *,
    state: str = OPEN,
    terminal: int | None = None,
    technique: str = "",
    text: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[TaskRow], int]:
    """One page of tasks, the next due in front (closed ones: newest first), and how many; '' for all."""
    rows = Task.objects.visible_to(person, SEE)
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if technique:
        rows = rows.filter(technique=technique)
    if text := text.strip():
        rows = rows.filter(Q(terminal__code__startswith=text) | Q(terminal__name__icontains=text))
    if state in (OPEN, MINE, LATE):
        rows = rows.filter(closed_at=None)
    if state == MINE:
        roles = {held.role for held in person.held}
        rows = rows.filter(Q(person=person) | Q(person=None, role__in=roles))
    elif state == LATE:
        rows = rows.filter(due_on__lt=today)
    elif state == CLOSED:
        rows = rows.exclude(closed_at=None)
    ordered = rows.order_by(*(("-closed_at", "-pk") if state == CLOSED else ("due_on", "pk")))
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return _tasks(page, today), rows.count()


def tasks_of(person: Person, terminal_id: int, today: date, most: int = 30) -> list[TaskRow]:
    """A customer's tasks, open ones first, then newest first; none where not visible."""
    rows = _tasks(
        Task.objects.visible_to(person, SEE).filter(terminal=terminal_id).order_by("-set_at", "-pk")[:most], today
    )
    return sorted(rows, key=lambda row: row.closed_at is not None)


def expense_for(person: Person, pk: int, verb: str = SEE) -> Expense:
    """The expense where this person may see it for a verb. Raises NotFound."""
    found = Expense.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal").first()
    if found is None:
        raise NotFound(noun=N_("催收费用"))
    return found


def list_expenses(
    person: Person,
    today: date,
    *,
    terminal: int | None = None,
    kind: str = "",
    text: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[ExpenseRow], int, Cost]:
    """One page of expenses, newest first, how many, and their sum."""
    rows = Expense.objects.visible_to(person, SEE)
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if kind:
        rows = rows.filter(kind=kind)
    if text := text.strip():
        rows = rows.filter(Q(terminal__code__startswith=text) | Q(terminal__name__icontains=text))
    ordered = rows.order_by("-on", "-pk")
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    found = [ExpenseRow(*(*values[:-1], values[-1] is not None)) for values in page.values_list(*_EXPENSE)]
    return found, rows.count(), _sum(rows, today)


def costs_of(terminal_ids: Collection[int], day: date, since: date | None = None) -> dict[int, Cost]:
    """What collecting from these customers cost up to a day, whoever asks; those without expenses are left out."""
    rows = Expense.objects.filter(among("terminal_id", list(terminal_ids)), on__lte=day)
    if since is not None:
        rows = rows.filter(on__gte=since)
    hour_fen = queries_policies.in_force(VALUE, day).value.hour_fen
    sums = rows.values("terminal").annotate(fen=Sum("fen"), minutes=Sum("minutes"))
    return {
        pk: Cost(fen, minutes, minutes * hour_fen // HOUR)
        for pk, fen, minutes in sums.values_list("terminal", "fen", "minutes")
    }


def _sum(rows: QuerySet[Expense], today: date) -> Cost:
    sums = rows.aggregate(fen=Sum("fen"), minutes=Sum("minutes"))
    minutes = sums["minutes"] or 0
    hour_fen = queries_policies.in_force(VALUE, today).value.hour_fen
    return Cost(sums["fen"] or 0, minutes, minutes * hour_fen // HOUR)


_TASK = (
    "pk", "terminal_id", "terminal__code", "terminal__name", "technique", "role", "person_id", "person__name", "due_on",
    "note", "set_by__name", "set_at", "done", "outcome", "closed_by__name", "closed_at",
)  # fmt: skip
_EXPENSE = (
    "pk", "terminal_id", "terminal__code", "terminal__name", "kind", "fen", "minutes", "on", "note", "recorded_by__name",
    "takes_back_id", "taken_back_by",
)  # fmt: skip


def _tasks(tasks: QuerySet[Task], today: date) -> list[TaskRow]:
    rows: list[Any] = list(tasks.values_list(*_TASK))
    names = {code: row.name for code, row in techniques.library(today).items()} if rows else {}
    return [
        TaskRow(*(*row[:7], row[7] or "", *row[8:14], row[14] or "", row[15], names.get(row[4], row[4])))
        for row in rows
    ]
