"""The worklist as JSON: debtors by what acting today is worth, one customer's choices, techniques, tasks, costs, exits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from kewei.collecting import actions
from kewei.collecting.queries import exits, tasks, techniques, worklist
from kewei.collecting.rules.techniques import Technique
from kewei.collecting.rules.value import Worth
from kewei.journal.api import KEY_WELCOME, KEYED, Limit, Page, Start, keyed, page
from kewei.kernel.money import MAX_FEN
from kewei.people import queries as people
from kewei.terminals import queries as terminals

router = Router(tags=["collecting"])
SEE, CONTACT, ESCALATE, EXIT = "collecting.see", "collecting.contact", "collecting.escalate", "collecting.exit"

Code = Annotated[str, Field(min_length=1, max_length=64)]
Words = Annotated[str, Field(min_length=1, max_length=200)]
Fen = Annotated[int, Field(ge=0, le=MAX_FEN)]
Stage = Annotated[int, Query(ge=0, le=7, description="0 to 7: the stage ST0 … ST7")]


class WhyOut(Schema):
    """One reason why a customer is on the list, with its numbers."""

    code: str
    numbers: dict[str, int]


class LineOut(Schema):
    """A customer of the list; `worth_fen` = `gain_fen` + `stake_fen` − `cost_fen` of the next best action."""

    terminal: int
    customer_code: str
    customer: str
    segment: str
    stage: int
    days: int
    items: int
    overdue_fen: int
    asked_fen: int
    worth_fen: int
    gain_fen: int
    stake_fen: int
    cost_fen: int
    technique: str
    role: str
    reasons: list[str]
    why: list[WhyOut]
    basis: str
    planned_on: date | None


class ChoiceOut(Schema):
    """Something that may be done about a customer today, and what it is worth."""

    technique: str
    name: str
    role: str
    verb: str
    gain_fen: int
    stake_fen: int
    cost_fen: int
    worth_fen: int
    script: str
    paper: str


class NowOut(Schema):
    """A customer as it stands now: what is owed, why it is on the list, and everything that may be done."""

    terminal: int
    segment: str
    stage: int
    days: int
    overdue_fen: int
    soon_fen: int
    disputed_fen: int
    promised_fen: int
    asked_fen: int
    fading_fen: int
    why: list[WhyOut]
    basis: str
    choices: list[ChoiceOut]
    policies: list[str]


class TechniqueOut(Schema):
    """A row of the library; empty segments or reasons mean any."""

    code: str
    name: str
    channel: str
    stages: list[int]
    days: list[int]
    segments: list[str]
    reasons: list[str]
    needs: list[str]
    role: str
    verb: str
    minutes: int
    fen: int
    effect_bp: int
    script: str
    evidence: list[str]
    paper: str


class TaskOut(Schema):
    """A task; `done` is null while it is open."""

    id: int
    terminal: int
    customer_code: str
    customer: str
    technique: str
    role: str
    person: str
    due_on: date
    note: str
    set_by: str
    done: bool | None
    outcome: str
    closed_at: datetime | None


class TaskIn(Schema):
    """A technique to be used on a customer (its code) by a day, by somebody (their login) or by whoever has its role."""

    customer_code: Code
    technique: Code
    due_on: date
    person: Annotated[str, Field(max_length=40)] = ""
    note: Annotated[str, Field(max_length=200)] = ""


class CloseIn(Schema):
    """What came of a task; minutes and outlay become a cost of collecting."""

    done: bool
    outcome: Words
    minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    fen: Fen = 0
    kind: Annotated[str, Field(max_length=20)] = "time"


class CostOut(Schema):
    """An expense; one that takes another back is negative and names it."""

    id: int
    terminal: int
    customer_code: str
    customer: str
    kind: str
    fen: int
    minutes: int
    on: date
    note: str
    takes_back: int | None


class CostIn(Schema):
    """Outlay and minutes spent on collecting from a customer (its code)."""

    customer_code: Code
    kind: Annotated[str, Field(max_length=20)]
    fen: Fen = 0
    minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    on: date
    note: Annotated[str, Field(max_length=200)] = ""


class ExitOut(Schema):
    """An exit decision; `findings` are [level, code, numbers]."""

    id: int
    terminal: int
    customer_code: str
    customer: str
    state: str
    steps: list[str]
    write_off_fen: int
    overdue_fen: int
    why: str
    findings: list[Any]
    proposed_by: str
    decided_by: str


class ExitIn(Schema):
    """What is to be done with a customer's debt: steps of stop, sue, provide, write_off, off_ledger."""

    customer_code: Code
    steps: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=5)]
    write_off_fen: Fen = 0
    limitation_checked: bool = False
    why: Annotated[str, Field(min_length=1, max_length=500)]


class DecideIn(Schema):
    """A decision, with its reason."""

    agree: bool
    why: Annotated[str, Field(max_length=200)] = ""


@router.get("/worklist", response=Page[LineOut], summary="Debtors by what acting today is worth")
def list_lines(
    request: Any, order: Literal["worth", "days", "overdue"] = "worth", state: Literal["todo", "planned", ""] = "todo",
    segment: str = "", stage: Stage | None = None, technique: str = "", role: str = "", start: Start = 0, limit: Limit = 100,
) -> Any:  # fmt: skip
    """The list of the last ranking, the most first in the order asked for."""
    request.user.must(SEE)
    rows, count = worklist.list_lines(
        request.user, timezone.localdate(), order=f"-{order}", state=state, segment=segment, stage=stage,
        technique=technique, roles=[role] if role else (), start=start, limit=limit,
    )  # fmt: skip
    told = [
        {
            "terminal": row.terminal_id, "customer_code": row.terminal_code, "customer": row.terminal_name,
            "why": [{"code": code, "numbers": numbers} for code, numbers in row.why],
            **{
                name: getattr(row, name)
                for name in LineOut.model_fields
                if name not in ("terminal", "customer_code", "customer", "why")
            },
        }
        for row in rows
    ]  # fmt: skip
    return page(request, told, count, start, limit)


@router.get("/worklist/{int:terminal}", response=NowOut | None, summary="What may be done about one customer today")
def one_line(request: Any, terminal: int) -> Any:
    """One customer as it stands now, with every technique that suits, the most worth first; null where nothing is owed."""
    request.user.must(SEE)
    day = timezone.localdate()
    found = worklist.judged(request.user, terminal, day)
    if found is None:
        return None
    sight = found.sight
    return {
        "terminal": terminal, "segment": sight.segment, "stage": sight.stage, "days": sight.days,
        "overdue_fen": sight.overdue_fen, "soon_fen": sight.soon_fen, "disputed_fen": sight.disputed_fen,
        "promised_fen": sight.promised_fen, "asked_fen": found.weighed.fen, "fading_fen": found.weighed.fading_fen,
        "why": [{"code": code, "numbers": numbers} for code, numbers in found.why],
        "basis": found.basis,
        "choices": [_choice(row, worth) for row, worth in found.choices],
        "policies": list(worklist.policies(day).labels),
    }  # fmt: skip


def _choice(row: Technique, worth: Worth) -> dict[str, Any]:
    return {
        "technique": row.code, "name": _(row.name), "role": row.role, "verb": row.verb, "gain_fen": worth.gain_fen,
        "stake_fen": worth.stake_fen, "cost_fen": worth.cost_fen, "worth_fen": worth.worth_fen, "script": _(row.script),
        "paper": row.paper,
    }  # fmt: skip


@router.get("/techniques", response=list[TechniqueOut], summary="The library of collection techniques")
def list_techniques(request: Any) -> Any:
    """Every technique in force today."""
    request.user.must(SEE)
    return [
        {
            **{name: getattr(row, name) for name in TechniqueOut.model_fields},
            "name": _(row.name), "script": _(row.script), "evidence": [_(words) for words in row.evidence],
            **{name: list(getattr(row, name)) for name in ("stages", "days", "segments", "reasons", "needs")},
        }
        for row in techniques.library(timezone.localdate()).values()
    ]  # fmt: skip


@router.get("/tasks", response=Page[TaskOut], summary="Collection tasks")
def list_tasks(
    request: Any, state: Literal["open", "mine", "late", "closed", ""] = "open", start: Start = 0, limit: Limit = 100
) -> Any:
    """Tasks, what is due first in front."""
    request.user.must(SEE)
    rows, count = tasks.list_tasks(request.user, timezone.localdate(), state=state, start=start, limit=limit)
    return page(request, [_task(row) for row in rows], count, start, limit)


def _task(row: tasks.TaskRow) -> dict[str, Any]:
    return {
        "id": row.pk, "terminal": row.terminal_id, "customer_code": row.terminal_code, "customer": row.terminal_name,
        **{
            name: getattr(row, name)
            for name in ("technique", "role", "person", "due_on", "note", "set_by", "done", "outcome", "closed_at")
        },
    }  # fmt: skip


def _task_of(request: Any, terminal: int, pk: int) -> dict[str, Any]:
    found = next(one for one in tasks.tasks_of(request.user, terminal, timezone.localdate(), 1_000) if one.pk == pk)
    return TaskOut(**_task(found)).model_dump(mode="json")


@router.post("/tasks", response={201: TaskOut}, summary="Set a task", openapi_extra=KEY_WELCOME)
def set_task(request: Any, given: TaskIn) -> Any:
    """A technique to be used on a customer by a day."""
    request.user.must(CONTACT)
    found = terminals.terminal_named(request.user, given.customer_code)
    terminal = terminals.terminal_for(request.user, found.pk, CONTACT)
    person = people.acting(given.person) if given.person else None

    def do() -> Any:
        made = actions.set_task(
            terminal=terminal, technique=given.technique, due_on=given.due_on, person=person, note=given.note,
            by=request.user, now=timezone.now(),
        )  # fmt: skip
        return _task_of(request, terminal.pk, made.pk)

    return Status(201, keyed(request, "collecting.task", given.model_dump(mode="json"), do, required=False))


@router.post("/tasks/{int:pk}/close", response=TaskOut, summary="Close a task", openapi_extra=KEYED)
def close_task(request: Any, pk: int, given: CloseIn) -> Any:
    """Done or dropped, with what came of it."""
    request.user.must(CONTACT)
    kept = tasks.task_for(request.user, pk, CONTACT)

    def do() -> Any:
        actions.close_task(
            task=pk, done=given.done, outcome=given.outcome, minutes=given.minutes, fen=given.fen, kind=given.kind,
            by=request.user, now=timezone.now(),
        )  # fmt: skip
        return _task_of(request, kept.terminal_id, pk)

    return keyed(request, "collecting.close_task", {"task": pk, **given.model_dump(mode="json")}, do)


@router.get("/costs", response=Page[CostOut], summary="What collecting costs")
def list_costs(request: Any, kind: str = "", start: Start = 0, limit: Limit = 100) -> Any:
    """Expenses, newest first."""
    request.user.must(SEE)
    rows, count, _sum = tasks.list_expenses(request.user, timezone.localdate(), kind=kind, start=start, limit=limit)
    return page(request, [_cost(row) for row in rows], count, start, limit)


def _cost(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk, "terminal": row.terminal_id, "customer_code": row.terminal_code, "customer": row.terminal_name,
        **{name: getattr(row, name) for name in ("kind", "fen", "minutes", "on", "note", "takes_back")},
    }  # fmt: skip


@router.post("/costs", response={201: CostOut}, summary="Note a cost of collecting", openapi_extra=KEYED)
def note_cost(request: Any, given: CostIn) -> Any:
    """Outlay, time, or both."""
    request.user.must(CONTACT)
    found = terminals.terminal_named(request.user, given.customer_code)
    terminal = terminals.terminal_for(request.user, found.pk, CONTACT)

    def do() -> Any:
        made = actions.note_expense(
            terminal=terminal, kind=given.kind, fen=given.fen, minutes=given.minutes, on=given.on, note=given.note,
            by=request.user, now=timezone.now(),
        )  # fmt: skip
        told = {
            "id": made.pk, "terminal": terminal.pk, "customer_code": terminal.code, "customer": terminal.name,
            "kind": made.kind, "fen": made.fen, "minutes": made.minutes, "on": made.on, "note": made.note,
            "takes_back": None,
        }  # fmt: skip
        return CostOut(**told).model_dump(mode="json")

    return Status(201, keyed(request, "collecting.cost", given.model_dump(mode="json"), do))


@router.get("/exits", response=Page[ExitOut], summary="Exit decisions")
def list_exits(
    request: Any, state: Literal["waiting", "agreed", "refused", ""] = "", start: Start = 0, limit: Limit = 100
) -> Any:
    """Exit decisions, newest first."""
    request.user.must(SEE)
    rows, count = exits.list_exits(request.user, state=state, start=start, limit=limit)
    return page(request, [_exit(row) for row in rows], count, start, limit)


def _exit(row: exits.ExitRow) -> dict[str, Any]:
    return {
        "id": row.pk, "terminal": row.terminal_id, "customer_code": row.terminal_code, "customer": row.terminal_name,
        **{
            name: getattr(row, name)
            for name in ("state", "steps", "write_off_fen", "overdue_fen", "why", "findings", "proposed_by", "decided_by")
        },
    }  # fmt: skip


@router.post("/exits", response={201: ExitOut}, summary="Propose an exit", openapi_extra=KEYED)
def propose_exit(request: Any, given: ExitIn) -> Any:
    """What is to be done with a debt that is not worth pursuing as before; somebody else decides."""
    request.user.must(ESCALATE)
    found = terminals.terminal_named(request.user, given.customer_code)
    terminal = terminals.terminal_for(request.user, found.pk, ESCALATE)

    def do() -> Any:
        made = actions.propose_exit(
            terminal=terminal, steps=given.steps, write_off_fen=given.write_off_fen,
            limitation_checked=given.limitation_checked, why=given.why, by=request.user, now=timezone.now(),
        )  # fmt: skip
        return ExitOut(**_exit(exits.exit_row(request.user, made.pk))).model_dump(mode="json")

    return Status(201, keyed(request, "collecting.exit", given.model_dump(mode="json"), do))


@router.post("/exits/{int:pk}/decide", response=ExitOut, summary="Decide on an exit", openapi_extra=KEYED)
def decide_exit(request: Any, pk: int, given: DecideIn) -> Any:
    """Agree or not; never on one's own proposal."""
    request.user.must(EXIT)
    exits.exit_for(request.user, pk, EXIT)

    def do() -> Any:
        actions.decide_exit(decision=pk, agree=given.agree, why=given.why, by=request.user, now=timezone.now())
        return ExitOut(**_exit(exits.exit_row(request.user, pk))).model_dump(mode="json")

    return keyed(request, "collecting.decide_exit", {"exit": pk, **given.model_dump(mode="json")}, do)
