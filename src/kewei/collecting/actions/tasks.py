"""Setting tasks about debtors, closing them with what came of it, and noting what collecting costs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.collecting import facts
from kewei.collecting.models import Expense, Task
from kewei.collecting.queries import tasks, techniques
from kewei.collecting.rules.tasks import (
    ExpenseTakenBack,
    TaskClosed,
    TaskNeedsOutcome,
    check_expense,
    check_hands,
    check_task,
)
from kewei.journal.actions import action, record
from kewei.people.models import Person

CONTACT = "collecting.contact"


@action
def set_task(
    *,
    terminal: Any,
    technique: str,
    due_on: date,
    person: Person | None = None,
    note: str = "",
    by: Person,
    now: datetime,
) -> Task:
    """安排催收任务  A technique to be used on a debtor by a day, by somebody or by whoever has its role.

    Raises UnknownTechnique, TaskInPast, TaskTooFar, TaskExists, NotTheirTechnique.
    """
    by.must(CONTACT, terminal)
    row = techniques.technique(technique, localdate(now))
    check_task(due_on, localdate(now), tasks.open_techniques(terminal.pk), row)
    if person is not None:
        check_hands(person.name, person.may(row.verb), row)
    task = Task.objects.create(
        terminal_id=terminal.pk, technique=row.code, role=row.role, person=person, due_on=due_on, note=note.strip()[:200],
        set_by=by, set_at=now,
    )  # fmt: skip
    record(
        facts.TASK_SET, task, by=by, at=now, terminal=terminal.pk, technique=row.code, due_on=due_on,
        person=person.name if person else "", note=task.note,
    )  # fmt: skip
    return task


@action
def close_task(
    *,
    task: Any,
    done: bool,
    outcome: str,
    minutes: int = 0,
    fen: int = 0,
    kind: str = "time",
    by: Person,
    now: datetime,
) -> Task:
    """了结催收任务  Done or dropped, with what came of it, the minutes it took and what was laid out.

    Raises NotFound, TaskClosed, TaskNeedsOutcome, NotTheirTechnique, UnknownExpense, ExpenseAmount.
    """
    by.must(CONTACT)
    kept = tasks.task_for(by, task if isinstance(task, int) else task.pk, CONTACT)
    kept = Task.objects.select_for_update().get(pk=kept.pk)
    if kept.closed_at is not None:
        raise TaskClosed
    if not outcome.strip():
        raise TaskNeedsOutcome
    if done:
        row = techniques.library(localdate(now)).get(kept.technique)
        if row is not None:
            check_hands(by.name, by.may(row.verb), row)
    kept.done, kept.outcome, kept.closed_by, kept.closed_at = done, outcome.strip()[:200], by, now
    kept.save(update_fields=["done", "outcome", "closed_by", "closed_at"])
    if minutes or fen:
        check_expense(kind, fen, minutes, localdate(now), localdate(now))
        _spend(kept.terminal_id, kind, fen, minutes, localdate(now), kept.outcome, kept, None, by, now)
    record(
        facts.TASK_CLOSED, kept, by=by, at=now, terminal=kept.terminal_id, technique=kept.technique, done=done,
        outcome=kept.outcome, minutes=minutes, fen=fen,
    )  # fmt: skip
    return kept


@action
def note_expense(
    *, terminal: Any, kind: str, fen: int, minutes: int, on: date, note: str = "", by: Person, now: datetime
) -> Expense:
    """登记催收费用  Outlay and time spent on collecting from a customer. Raises UnknownExpense, ExpenseAmount, ExpenseInFuture."""
    by.must(CONTACT, terminal)
    check_expense(kind, fen, minutes, on, localdate(now))
    spent = _spend(terminal.pk, kind, fen, minutes, on, note.strip(), None, None, by, now)
    record(facts.EXPENSE_NOTED, spent, by=by, at=now, terminal=terminal.pk, kind=kind, fen=fen, minutes=minutes, on=on)
    return spent


@action
def take_back_expense(*, expense: Any, why: str, by: Person, now: datetime) -> Expense:
    """冲回催收费用  A row with the opposite sign that names the one taken back. Raises NotFound, TaskNeedsOutcome, ExpenseTakenBack."""
    by.must(CONTACT)
    kept = tasks.expense_for(by, expense if isinstance(expense, int) else expense.pk, CONTACT)
    if not why.strip():
        raise TaskNeedsOutcome
    if kept.takes_back_id is not None or Expense.objects.filter(takes_back=kept.pk).exists():
        raise ExpenseTakenBack
    back = _spend(kept.terminal_id, kept.kind, -kept.fen, -kept.minutes, kept.on, why.strip(), None, kept, by, now)
    record(
        facts.EXPENSE_NOTED, back, by=by, at=now, terminal=kept.terminal_id, kind=kept.kind, fen=back.fen,
        minutes=back.minutes, on=kept.on, takes_back=kept.pk,
    )  # fmt: skip
    return back


def _spend(
    terminal_id: int, kind: str, fen: int, minutes: int, on: date, note: str, task: Task | None, back: Expense | None,
    by: Person, now: datetime,
) -> Expense:  # fmt: skip
    return Expense.objects.create(
        terminal_id=terminal_id, kind=kind, fen=fen, minutes=minutes, on=on, note=note[:200], task=task, takes_back=back,
        recorded_by=by, recorded_at=now,
    )  # fmt: skip
