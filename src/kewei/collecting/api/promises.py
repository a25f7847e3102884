"""Promises and disputes as JSON: what customers promised and dispute, and what we promised them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Field, Router, Schema, Status

from kewei.collecting import actions
from kewei.collecting.actions.promises import Said
from kewei.collecting.api.cases import Code, Day, Numbers, debtor
from kewei.collecting.queries import disputes, ours, promises
from kewei.collecting.rules.promises import Part
from kewei.journal.api import KEYED, Limit, Page, Start, keyed, page
from kewei.kernel.money import MAX_FEN
from kewei.people import queries as people
from kewei.terminals import queries as terminals

router = Router(tags=["collecting"])
SEE, PROMISE, DISPUTE = "collecting.see", "collecting.promise", "collecting.dispute"

Fen = Annotated[int, Field(gt=0, le=MAX_FEN)]
Why = Annotated[str, Field(min_length=1, max_length=200)]
Login = Annotated[str, Field(max_length=40)]


class PartOut(Schema):
    """An instalment: so much by a day."""

    due_on: date
    fen: int


class PartIn(Schema):
    """An instalment: so much by a day."""

    due_on: Day
    fen: Fen


class PromiseOut(Schema):
    """A promise to pay: `state` pending, part, kept, broken, rescheduled or cancelled; `moved` how often it was moved."""

    id: int
    terminal: int
    customer_code: str
    customer: str
    fen: int
    paid_fen: int
    made_on: date
    due_on: date
    next_on: date
    promiser: str
    job: str
    authority: str
    form: str
    method: str
    condition: str
    note: str
    replaces: int | None
    moved: int
    state: str
    parts: list[PartOut]


class PromisedOut(Schema):
    """An invoice of a promise: open when it was promised, and open now."""

    invoice: int
    number: str
    promised_open_fen: int
    open_fen: int


class StateOut(Schema):
    """A state it came into."""

    state: str
    fen: int
    words: str
    by: str
    at: datetime


class PromiseWholeOut(PromiseOut):
    """A promise with its invoices and every state it was in; `replaced_by` the one it was moved to."""

    invoices: list[PromisedOut]
    states: list[StateOut]
    replaced_by: int | None


Parts = Annotated[list[PartIn], Field(min_length=1, max_length=60)]


class PromiseIn(Schema):
    """The customer will pay these invoices (their numbers) in these instalments; a sealed plan is recorded with its paper."""

    customer_code: Code
    invoices: Numbers
    parts: Parts
    promiser: Annotated[str, Field(min_length=1, max_length=60)]
    made_on: Day
    job: Annotated[str, Field(max_length=60)] = ""
    authority: Literal["legal_rep", "in_charge", "finance", "authorised", "unknown"] = "unknown"
    form: Literal["oral", "written"] = "oral"
    method: Literal["transfer", "bill", "platform"] = "transfer"
    condition: Annotated[str, Field(max_length=200)] = ""
    note: Annotated[str, Field(max_length=200)] = ""


class MoveIn(Schema):
    """The same invoices by later days, and why."""

    parts: Parts
    why: Why


class WhyIn(Schema):
    """The reason."""

    why: Why


class DisputeOut(Schema):
    """A dispute: `fen` of one invoice; `paused_fen` is what it keeps from being dunned now."""

    id: int
    terminal: int
    customer_code: str
    customer: str
    invoice: int
    number: str
    reason: str
    fen: int
    paused_fen: int
    words: str
    told_by: str
    department: str
    raised_on: date
    answer_by: date | None
    responsible: str
    state: str
    upheld_fen: int
    red_letter_number: str


class DisputeWholeOut(DisputeOut):
    """A dispute with every state it was in; `undisputed_fen` of its invoice must be paid in any case."""

    undisputed_fen: int
    states: list[StateOut]


class DisputeIn(Schema):
    """So much of an invoice (its number) is wrong, and why, in the customer's words."""

    customer_code: Code
    invoice: Annotated[str, Field(min_length=1, max_length=40)]
    reason: Annotated[str, Field(min_length=1, max_length=4)]
    fen: Fen
    words: Annotated[str, Field(min_length=1, max_length=300)]
    raised_on: Day
    told_by: Annotated[str, Field(max_length=60)] = ""


class TakeIn(Schema):
    """Who sees to it (a login; else oneself)."""

    responsible: Login = ""


class CloseDisputeIn(Schema):
    """How a dispute ended: upheld (with how much of it), rejected, or withdrawn by the customer."""

    outcome: Literal["upheld", "rejected", "withdrawn"]
    upheld_fen: Annotated[int, Field(ge=0, le=MAX_FEN)] = 0
    words: Annotated[str, Field(min_length=1, max_length=300)]


class OursOut(Schema):
    """Something we promised a customer; `owner` has to keep it."""

    id: int
    terminal: int
    customer_code: str
    customer: str
    number: str
    kind: str
    words: str
    fen: int | None
    made_on: date
    due_on: date
    promised_by: str
    owner: str
    state: str
    outcome: str


def _told(row: Any, schema: type[Schema], **more: Any) -> dict[str, Any]:
    """The fields a schema and a row call the same, with whose they are."""
    same = {name: getattr(row, name) for name in schema.model_fields if hasattr(row, name)}
    who = {"terminal": row.terminal_id, "customer_code": row.terminal_code, "customer": row.terminal_name}
    return {"id": row.pk, **who, **same, **more}


def _customer(request: Any, code: str) -> int | None:
    return terminals.terminal_named(request.user, code).pk if code else None


# --- promises -----------------------------------------------------------------------------------------------------------


@router.get("/promises", response=Page[PromiseOut], summary="Promises to pay")
def list_promises(
    request: Any, customer: str = "", text: str = "", start: Start = 0, limit: Limit = 50,
    state: Literal["open", "due", "pending", "part", "kept", "broken", "rescheduled", "cancelled", ""] = "open",
) -> Any:  # fmt: skip
    """Promises; of those that stand, what is due first in front; `due`: due today or before."""
    request.user.must(SEE)
    rows, count, _fen = promises.list_promises(
        request.user, timezone.localdate(), terminal=_customer(request, customer), state=state, text=text[:60],
        start=start, limit=limit,
    )  # fmt: skip
    return page(request, [_promise(row) for row in rows], count, start, limit)


@router.get("/promises/{int:pk}", response=PromiseWholeOut, summary="One promise")
def one_promise(request: Any, pk: int) -> Any:
    """A promise with its invoices and its states."""
    request.user.must(SEE)
    full = promises.promise(request.user, pk)
    return _promise(full.row) | {
        "invoices": [
            {
                "invoice": one.entry, "number": one.number, "promised_open_fen": one.promised_open_fen,
                "open_fen": one.open_fen,
            }
            for one in full.items
        ],
        "states": [vars(one) for one in full.states],
        "replaced_by": full.replaced_by,
    }  # fmt: skip


def _promise(row: promises.PromiseRow) -> dict[str, Any]:
    parts = [{"due_on": one.due_on, "fen": one.fen} for one in row.parts]
    return _told(row, PromiseOut, parts=parts)


def _kept_promise(request: Any, pk: int) -> dict[str, Any]:
    return PromiseOut(**_promise(promises.promise(request.user, pk).row)).model_dump(mode="json")


@router.post("/promises", response={201: PromiseOut}, summary="Record a promise", openapi_extra=KEYED)
def make_promise(request: Any, given: PromiseIn) -> Any:
    """A promise to pay some invoices; it is judged by the money that comes."""
    request.user.must(PROMISE)
    terminal, items = debtor(request, given.customer_code, given.invoices, PROMISE)
    said = Said(
        given.promiser, given.job, given.authority, given.form, given.method, given.condition, given.note
    )  # fmt: skip

    def do() -> Any:
        made = actions.make_promise(
            terminal=terminal, items=items, parts=_parts(given.parts), said=said, made_on=given.made_on, by=request.user,
            now=timezone.now(),
        )  # fmt: skip
        return _kept_promise(request, made.pk)

    return Status(201, keyed(request, "collecting.promise", given.model_dump(mode="json"), do))


def _parts(given: list[PartIn]) -> list[Part]:
    return [Part(one.due_on, one.fen) for one in given]


@router.post("/promises/{int:pk}/move", response={201: PromiseOut}, summary="Move a promise", openapi_extra=KEYED)
def move_promise(request: Any, pk: int, given: MoveIn) -> Any:
    """The same invoices by later days: answers the promise that stands in its place."""
    request.user.must(PROMISE)
    promises.promise_for(request.user, pk, PROMISE)

    def do() -> Any:
        made = actions.reschedule_promise(
            promise=pk, parts=_parts(given.parts), why=given.why, by=request.user, now=timezone.now()
        )
        return _kept_promise(request, made.pk)

    return Status(201, keyed(request, "collecting.move_promise", {"promise": pk, **given.model_dump(mode="json")}, do))


@router.post("/promises/{int:pk}/cancel", response=PromiseOut, summary="Cancel a promise", openapi_extra=KEYED)
def cancel_promise(request: Any, pk: int, given: WhyIn) -> Any:
    """It was written down by mistake, or is void."""
    request.user.must(PROMISE)
    promises.promise_for(request.user, pk, PROMISE)

    def do() -> Any:
        actions.cancel_promise(promise=pk, why=given.why, by=request.user, now=timezone.now())
        return _kept_promise(request, pk)

    return keyed(request, "collecting.cancel_promise", {"promise": pk, "why": given.why}, do)


# --- disputes -----------------------------------------------------------------------------------------------------------


@router.get("/disputes", response=Page[DisputeOut], summary="Disputes")
def list_disputes(
    request: Any, customer: str = "", reason: str = "", text: str = "", start: Start = 0, limit: Limit = 50,
    state: Literal["live", "late", "open", "working", "upheld", "rejected", "withdrawn", "credited", ""] = "live",
) -> Any:  # fmt: skip
    """Disputes; of live ones, what must be answered first in front; `late`: past the day of the answer."""
    request.user.must(SEE)
    rows, count, _fen = disputes.list_disputes(
        request.user, timezone.localdate(), terminal=_customer(request, customer), state=state, reason=reason,
        text=text[:60], start=start, limit=limit,
    )  # fmt: skip
    return page(request, [_dispute(row) for row in rows], count, start, limit)


@router.get("/disputes/{int:pk}", response=DisputeWholeOut, summary="One dispute")
def one_dispute(request: Any, pk: int) -> Any:
    """A dispute with its states."""
    request.user.must(SEE)
    row, states, undisputed_fen = disputes.dispute(request.user, pk)
    return _dispute(row) | {"undisputed_fen": undisputed_fen, "states": [vars(one) for one in states]}


def _dispute(row: disputes.DisputeRow) -> dict[str, Any]:
    return _told(row, DisputeOut, invoice=row.entry_id, responsible=row.responsible_name)


def _kept_dispute(request: Any, pk: int) -> dict[str, Any]:
    return DisputeOut(**_dispute(disputes.dispute(request.user, pk)[0])).model_dump(mode="json")


@router.post("/disputes", response={201: DisputeOut}, summary="Open a dispute", openapi_extra=KEYED)
def raise_dispute(request: Any, given: DisputeIn) -> Any:
    """So much of an invoice is disputed: only that is not asked for any more."""
    request.user.must(DISPUTE)
    _terminal, items = debtor(request, given.customer_code, [given.invoice], DISPUTE)

    def do() -> Any:
        made = actions.raise_dispute(
            item=items[0], reason=given.reason, fen=given.fen, words=given.words, raised_on=given.raised_on,
            told_by=given.told_by, by=request.user, now=timezone.now(),
        )  # fmt: skip
        return _kept_dispute(request, made.pk)

    return Status(201, keyed(request, "collecting.dispute", given.model_dump(mode="json"), do))


@router.post("/disputes/{int:pk}/take", response=DisputeOut, summary="Take a dispute", openapi_extra=KEYED)
def take_dispute(request: Any, pk: int, given: TakeIn) -> Any:
    """Somebody sees to it."""
    request.user.must(DISPUTE)
    disputes.dispute_for(request.user, pk, DISPUTE)
    responsible = people.acting(given.responsible) if given.responsible else request.user

    def do() -> Any:
        actions.take_dispute(dispute=pk, responsible=responsible, by=request.user, now=timezone.now())
        return _kept_dispute(request, pk)

    return keyed(request, "collecting.take_dispute", {"dispute": pk, "responsible": given.responsible}, do)


@router.post("/disputes/{int:pk}/close", response=DisputeOut, summary="Close a dispute", openapi_extra=KEYED)
def close_dispute(request: Any, pk: int, given: CloseDisputeIn) -> Any:
    """Upheld, rejected or withdrawn, with why; what is upheld waits for its red letter."""
    request.user.must(DISPUTE)
    disputes.dispute_for(request.user, pk, DISPUTE)

    def do() -> Any:
        who: dict[str, Any] = {"dispute": pk, "words": given.words, "by": request.user, "now": timezone.now()}
        if given.outcome == "upheld":
            actions.uphold_dispute(fen=given.upheld_fen, **who)
        else:
            {"rejected": actions.reject_dispute, "withdrawn": actions.withdraw_dispute}[given.outcome](**who)
        return _kept_dispute(request, pk)

    return keyed(request, "collecting.close_dispute", {"dispute": pk, **given.model_dump(mode="json")}, do)


# --- ours ---------------------------------------------------------------------------------------------------------------


@router.get("/ours", response=Page[OursOut], summary="What we promised")
def list_ours(
    request: Any, customer: str = "", state: Literal["open", "late", "done", "dropped", ""] = "open", start: Start = 0,
    limit: Limit = 50,
) -> Any:  # fmt: skip
    """Promises of ours, what is due first in front; `late`: due before today."""
    request.user.must(SEE)
    rows, count = ours.list_ours(
        request.user, timezone.localdate(), terminal=_customer(request, customer), state=state, start=start, limit=limit
    )
    return page(request, [_told(row, OursOut) for row in rows], count, start, limit)


@router.get("/ours/{int:pk}", response=OursOut, summary="One promise of ours")
def one_of_ours(request: Any, pk: int) -> Any:
    """Something we promised a customer."""
    request.user.must(SEE)
    return _told(ours.our_promise(request.user, pk), OursOut)
