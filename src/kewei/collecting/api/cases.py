"""Cases as JSON: the debtors that owe, who was spoken to about what, and why each invoice is late."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status
from pydantic import AwareDatetime

from kewei.collecting import actions
from kewei.collecting.queries import cases, contacts, reasons
from kewei.collecting.rules.reasons import REASONS
from kewei.journal import queries_policies
from kewei.journal.api import KEYED, Limit, Page, Start, keyed, page
from kewei.people import queries as people
from kewei.receivables.queries import register
from kewei.terminals import queries as terminals

router = Router(tags=["collecting"])
SEE, SPEAK = "collecting.see", "collecting.contact"

Code = Annotated[str, Field(min_length=1, max_length=64)]
Numbers = Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], Field(min_length=1, max_length=500)]
# Days a ledger may know; beyond them calendars end.
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2099, 12, 31))]
Moment = Annotated[AwareDatetime, Field(ge=datetime(1990, 1, 1, tzinfo=UTC), le=datetime(2099, 12, 31, tzinfo=UTC))]
Stage = Annotated[int, Query(ge=0, le=7, description="0 to 7: the stage ST0 … ST7")]


class CaseOut(Schema):
    """A case: all that one debtor has overdue; `stage` the highest any of its invoices has reached."""

    id: int
    terminal: int
    customer_code: str
    customer: str
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


class CaseItemOut(Schema):
    """An overdue invoice of a case; `last_day` is that of limitation, null while the clock does not run."""

    invoice: int
    number: str
    due_date: date
    overdue_days: int
    open_fen: int
    disputed_fen: int
    promised_on: date | None
    stage: int | None
    reason: str
    last_day: date | None


class StepOut(Schema):
    """A step of the ladder: what was asked for on a day, by which channel, from which day on."""

    id: int
    stage: int
    on: date
    asked_fen: int
    channel: str
    document: str
    act_on: date
    items: int


class ContactOut(Schema):
    """A contact with a debtor; `corrected` where a later record says it better."""

    id: int
    terminal: int
    at: datetime
    channel: str
    ours: bool
    stage: int
    made_by: str
    spoke_with: str
    post: str
    standing: str
    asked_fen: int
    words: str
    outcome: str
    reason: str
    effect: str
    next_on: date
    note: str
    corrects: int | None
    corrected: bool
    invoices: list[str]


class CaseWholeOut(CaseOut):
    """A case with its invoices, the people on it, its steps and its contacts; promises, disputes and letters have lists."""

    kind: str
    invoices: list[CaseItemOut]
    members: list[str]
    steps: list[StepOut]
    contacts: list[ContactOut]


class ContactIn(Schema):
    """Who was spoken to about which invoices (their numbers), and what came of it; the moment is with its offset."""

    customer_code: Code
    invoices: Numbers
    channel: Annotated[str, Field(max_length=12)]
    at: Moment
    words: Annotated[str, Field(min_length=1, max_length=500)]
    outcome: Annotated[str, Field(max_length=20)]
    reason: Annotated[str, Field(max_length=4)]
    effect: Literal["arrived", "agreed", "unproved", "none"] = "unproved"
    next_on: Day
    standing: Annotated[str, Field(max_length=20)] = "unknown"
    spoke_with: Annotated[str, Field(max_length=60)] = ""
    post: Annotated[str, Field(max_length=60)] = ""
    ours: bool = True
    note: Annotated[str, Field(max_length=500)] = ""


class ReasonOut(Schema):
    """Why an overdue invoice is late, who sees to it and until when."""

    invoice: int
    number: str
    terminal: int
    customer_code: str
    customer: str
    due_date: date
    open_fen: int
    code: str
    also: list[str]
    side: str
    owner: str
    due_on: date | None
    note: str
    noted_on: date


class ReasonIn(Schema):
    """Why these invoices (their numbers) of a customer are late; without `due_on` the target of the reason counts."""

    customer_code: Code
    invoices: Numbers
    code: Annotated[str, Field(min_length=1, max_length=4)]
    also: Annotated[list[Annotated[str, Field(max_length=4)]], Field(max_length=5)] = []
    owner: Annotated[str, Field(max_length=40)] = ""
    due_on: Day | None = None
    note: Annotated[str, Field(max_length=200)] = ""


class ReasonsNoted(Schema):
    """How many invoices got another reason, owner or day than they had."""

    changed: int


class ReasonKindOut(Schema):
    """A reason there is: whose it is, who sees to it, and its target in working days."""

    code: str
    name: str
    side: str
    days: int | None


@router.get("/cases", response=Page[CaseOut], summary="Cases")
def list_cases(
    request: Any, customer: str = "", state: Literal["open", "closed", ""] = "open", stage: Stage | None = None,
    text: str = "", order: Literal["amount", "oldest", "opened"] = "amount", start: Start = 0, limit: Limit = 50,
) -> Any:  # fmt: skip
    """Cases, the largest first, or the oldest invoice, or what opened last."""
    request.user.must(SEE)
    terminal = terminals.terminal_named(request.user, customer).pk if customer else None
    asked = {"amount": "-amount", "oldest": "oldest", "opened": "-opened"}[order]
    rows, count, _fen = cases.list_cases(
        request.user, state=state, text=text[:60], terminal=terminal, stage=stage, order=asked, start=start, limit=limit
    )
    return page(request, [_case(row) for row in rows], count, start, limit)


@router.get("/cases/{int:pk}", response=CaseWholeOut, summary="One case")
def one_case(request: Any, pk: int) -> Any:
    """A case with its invoices and what happened in it."""
    request.user.must(SEE)
    file = cases.case_file(request.user, pk, timezone.localdate())
    return _case(file.row) | {
        "kind": file.kind,
        "invoices": [
            {
                "invoice": one.pk,
                **{name: getattr(one, name) for name in CaseItemOut.model_fields if name != "invoice"},
            }
            for one in file.items
        ],
        "members": [one.person for one in file.members],
        "steps": [{"id": one.pk, **_fields(one, StepOut)} for one in file.steps],
        "contacts": [_contact(one) for one in file.contacts],
    }


def _case(row: cases.CaseRow) -> dict[str, Any]:
    who = {"terminal": row.terminal_id, "customer_code": row.terminal_code, "customer": row.terminal_name}
    return {"id": row.pk, **who, **_fields(row, CaseOut)}


def _fields(row: Any, schema: type[Schema]) -> dict[str, Any]:
    """The fields a schema and a row call the same."""
    return {name: getattr(row, name) for name in schema.model_fields if hasattr(row, name)}


@router.get("/contacts", response=list[ContactOut], summary="Contacts with a customer")
def list_contacts(request: Any, customer: str, limit: Limit = 50) -> Any:
    """Contacts with one customer (its code), newest first."""
    request.user.must(SEE)
    terminal = terminals.terminal_named(request.user, customer)
    return [_contact(row) for row in contacts.contacts_of(request.user, terminal.pk, limit)]


def _contact(row: contacts.ContactRow) -> dict[str, Any]:
    return {"id": row.pk, "terminal": row.terminal_id, "invoices": list(row.numbers), **_fields(row, ContactOut)}


@router.post("/contacts", response={201: ContactOut}, summary="Record a contact", openapi_extra=KEYED)
def record_contact(request: Any, given: ContactIn) -> Any:
    """A call, a visit or a message about some invoices; within lawful hours, caps and words, or it is refused."""
    request.user.must(SPEAK)
    terminal, items = debtor(request, given.customer_code, given.invoices, SPEAK)

    def do() -> Any:
        made = actions.record_contact(
            terminal=terminal, items=items, channel=given.channel, at=given.at, words=given.words, outcome=given.outcome,
            reason=given.reason, effect=given.effect, next_on=given.next_on, standing=given.standing,
            spoke_with=given.spoke_with, post=given.post, ours=given.ours, note=given.note, by=request.user,
            now=timezone.now(),
        )  # fmt: skip
        rows = contacts.contacts_of(request.user, terminal.pk)
        return ContactOut(**_contact(next(row for row in rows if row.pk == made.pk))).model_dump(mode="json")

    return Status(201, keyed(request, "collecting.contact", given.model_dump(mode="json"), do))


@router.get("/reasons", response=Page[ReasonOut], summary="Why invoices are late")
def list_reasons(
    request: Any, code: str = "", side: Literal["ours", "theirs", ""] = "", late: bool = False, customer: str = "",
    start: Start = 0, limit: Limit = 50,
) -> Any:  # fmt: skip
    """Overdue invoices that have a reason, what should have been done first in front; `late`: past their target day."""
    request.user.must(SEE)
    terminal = terminals.terminal_named(request.user, customer).pk if customer else None
    rows, count = reasons.list_reasons(
        request.user, timezone.localdate(), code=code, side=side, late=late or None, terminal=terminal, start=start,
        limit=limit,
    )  # fmt: skip
    told = [
        {
            "invoice": row.item, "terminal": row.terminal_id, "customer_code": row.terminal_code,
            "customer": row.terminal_name, **_fields(row, ReasonOut),
        }
        for row in rows
    ]  # fmt: skip
    return page(request, told, count, start, limit)


@router.get("/reasons/kinds", response=list[ReasonKindOut], summary="Reasons there are")
def list_reason_kinds(request: Any) -> Any:
    """Every reason in force today."""
    request.user.must(SEE)
    policy = queries_policies.in_force(REASONS, timezone.localdate()).value
    return [_fields(row, ReasonKindOut) | {"name": _(row.name)} for row in policy.codes.values()]


@router.post("/reasons", response=ReasonsNoted, summary="Say why invoices are late", openapi_extra=KEYED)
def note_reason(request: Any, given: ReasonIn) -> Any:
    """A reason for some invoices of a customer, with who sees to it (a login; else the owner of the case) and until when."""
    request.user.must(SPEAK)
    terminal, items = debtor(request, given.customer_code, given.invoices, SPEAK)
    owner = people.acting(given.owner) if given.owner else None

    def do() -> Any:
        changed = actions.note_reason(
            terminal=terminal, items=items, code=given.code, also=given.also, owner=owner, due_on=given.due_on,
            note=given.note, by=request.user, now=timezone.now(),
        )  # fmt: skip
        return {"changed": changed}

    return keyed(request, "collecting.reason", given.model_dump(mode="json"), do)


def same(row: Any, schema: type[Schema]) -> dict[str, Any]:
    """The fields of a schema that a row has under the same names."""
    return {name: getattr(row, name) for name in schema.model_fields if hasattr(row, name)}


def debtor(request: Any, code: str, numbers: list[str], verb: str) -> tuple[Any, list[int]]:
    """A customer by its code, and the keys of its invoices by their numbers, each once. Raises NotFound, UnknownOriginal."""
    terminal = terminals.terminal_for(request.user, terminals.terminal_named(request.user, code).pk, verb)
    return terminal, [register.invoice_named(terminal.pk, number) for number in dict.fromkeys(numbers)]
