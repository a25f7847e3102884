"""催收任务、费用: who may be given what to do, what spending is called, what an hour costs (domain 1E row 60, 1G rows 96, 97)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from kewei.collecting.rules.techniques import Technique
from kewei.kernel.money import MAX_FEN
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.people.rules import ROLES

EXPENSE_KINDS: dict[str, str] = {
    "time": N_("工时"),
    "travel": N_("差旅"),
    "postage": N_("邮寄"),
    "lawyer": N_("律师费"),
    "court": N_("诉讼与保全费"),
    "notary": N_("公证与鉴定"),
    "bill": N_("贴现与票据"),
    "other": N_("其他"),
}
DAY_MINUTES = 24 * 60
LONGEST_DAYS = 366


@refusal
class TaskInPast(Refused):
    code = "task_in_past"
    says = N_("任务的日期 {due_on} 已经过去")


@refusal
class TaskTooFar(Refused):
    code = "task_too_far"
    says = N_("任务的日期 {due_on} 太远，最多排到一年以内")


@refusal
class TaskExists(Refused):
    code = "task_exists"
    says = N_("这家客户已经有一项同样的任务没有办完")
    status = 409


@refusal
class NotTheirTechnique(Refused):
    code = "not_their_technique"
    says = N_("{name} 没有做这件事的权限")
    next_step = N_("请交给：{role}")


@refusal
class TaskClosed(Refused):
    code = "task_closed"
    says = N_("这项任务已经了结")
    status = 409


@refusal
class TaskNeedsOutcome(Refused):
    code = "task_needs_outcome"
    says = N_("请写明结果")


@refusal
class ExpenseAmount(Refused):
    code = "expense_amount"
    says = N_("费用须写明金额或分钟数，金额不超过 {max_fen} 元，分钟数不超过一天")


@refusal
class UnknownExpense(Refused):
    code = "unknown_expense"
    says = N_("没有「{text}」这种费用")


@refusal
class ExpenseInFuture(Refused):
    code = "expense_in_future"
    says = N_("费用日期 {on} 晚于今天")


@refusal
class ExpenseTakenBack(Refused):
    code = "expense_taken_back"
    says = N_("这笔费用已经冲回")
    status = 409


def check_task(due_on: date, today: date, open_codes: Collection[str], technique: Technique) -> None:
    """Raises TaskInPast, TaskTooFar, TaskExists."""
    if due_on < today:
        raise TaskInPast(due_on=due_on)
    if (due_on - today).days > LONGEST_DAYS:
        raise TaskTooFar(due_on=due_on)
    if technique.code in open_codes:
        raise TaskExists


def check_hands(name: str, may: bool, technique: Technique) -> None:
    """Somebody without the technique's permission cannot be given it; a medical representative never has it (domain 4.4).

    Raises NotTheirTechnique.
    """
    if not may:
        raise NotTheirTechnique(name=name, role=ROLES[technique.role].name)


def check_expense(kind: str, fen: int, minutes: int, on: date, today: date) -> None:
    """Raises UnknownExpense, ExpenseAmount, ExpenseInFuture."""
    if kind not in EXPENSE_KINDS:
        raise UnknownExpense(text=kind[:40])
    if fen < 0 or minutes < 0 or fen + minutes == 0 or fen > MAX_FEN or minutes > DAY_MINUTES:
        raise ExpenseAmount(max_fen=MAX_FEN)
    if on > today:
        raise ExpenseInFuture(on=on)
