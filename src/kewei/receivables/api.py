"""Receivables as JSON: ageing, items, documents, postings, statements, figures, the unmatched queue.

Money is whole fen in fields named *_fen; days are ISO dates. What posts money asks for an Idempotency-Key.
"""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from kewei.journal.api import KEYED, Key, Limit, Page, Start, keyed, page
from kewei.kernel.refusals import N_, BadValue
from kewei.receivables import actions, queries, rules, shapes
from kewei.receivables.queries import register
from kewei.receivables.rules.bill_checks import Sheet
from kewei.receivables.rules.bills import BillGiven
from kewei.receivables.web.files import TYPES, statement_file
from kewei.terminals import queries as terminals

router = Router(tags=["receivables"])
SEE = "receivables.see"

Fen = Annotated[int, Field(ge=1, le=10**12, description="whole fen: 1130000 is 11,300.00 yuan")]
AsOf = Annotated[date | None, Query(description="end of this day; none: today")]
By = Literal["customer", "owner", "territory", "region", "kind"]
Axis = Literal["overdue", "invoice"]
Kind = Literal["invoice", "red_letter", "receipt", "write_off", "reversal"]
Method = Literal["transfer", "bill", "insurance", "offset", "cash", "other"]
How = Literal["none", "named", "exact", "subset", "oldest"]


# --- what is answered ----------------------------------------------------------------------------------------------


class BucketOut(Schema):
    """A bucket: its stable code, and its name in the reader's language."""

    code: str
    name: str


class AgeingRowOut(Schema):
    """A group's line. `bucket_fen` by bucket code; `credit_fen` (≤ 0) is never netted into them."""

    key: int | str | None
    code: str
    label: str
    bucket_fen: dict[str, int]
    owed_fen: int
    credit_fen: int
    balance_fen: int
    overdue_fen: int
    items: int
    oldest_due: date | None
    days_to_limitation: int | None


class AgeingOut(Schema):
    """The ageing table on a day: one page of rows, totals over all of them, and the control total they agree with."""

    as_of: date
    by: str
    axis: str
    buckets: list[BucketOut]
    totals: AgeingRowOut
    control_fen: int
    unapplied_fen: int
    agrees: bool
    rows: list[AgeingRowOut]
    count: int
    next: str | None


class ItemOut(Schema):
    """An open item."""

    id: int
    terminal: int
    customer_code: str
    customer: str
    kind: str
    number: str
    on: date
    due_date: date | None
    total_fen: int
    open_fen: int
    overdue_days: int
    age_days: int
    bucket: str | None
    days_to_limitation: int | None


class RegisterOut(Schema):
    """A document in the register; `live` is false once it is reversed."""

    id: int
    terminal: int
    customer_code: str
    customer: str
    kind: str
    side: int
    number: str
    on: date
    due_date: date | None
    total_fen: int
    open_fen: int
    live: bool


class RegisterPage(Schema):
    """One page of the register; it is not counted."""

    items: list[RegisterOut]
    next: str | None


class AllocationOut(Schema):
    """An allocation between this document and another; negative fen is its reversal."""

    id: int
    posting: int
    other: int
    other_kind: str
    other_number: str
    fen: int
    on: date
    live: bool


class EntryOut(Schema):
    """A document with its allocations. `side` +1 adds to what the customer owes, −1 takes away."""

    id: int
    posting: int
    terminal: int
    customer_code: str
    customer: str
    kind: str
    side: int
    number: str
    on: date
    due_date: date | None
    total_fen: int
    open_fen: int
    live: bool
    overdue_days: int
    days_to_limitation: int | None
    method: str
    payer_name: str
    payer: int | None
    reference: str
    memo: str
    reason: str
    original: int | None
    reverses: int | None
    reversed_by: int | None
    posted_by: str
    posted_at: str
    fields: dict[str, Any]
    allocations: list[AllocationOut]


class PostingOut(Schema):
    """What was booked: the posting, and the document as it stands now."""

    posting: int
    entry: EntryOut | None


class BillOut(Schema):
    """A bill taken as payment; `id` is that of its receipt, `state` open, cleared, dishonoured or reversed; `checked` is
    what its newest check sheet came to: block, warn, pass, or empty.
    """

    id: int
    terminal: int
    customer_code: str
    customer: str
    kind: str
    number: str
    acceptor: str
    issued_on: date | None
    due_on: date
    present_by: date
    fen: int
    receipt: str
    received_on: date
    state: str
    outcome_on: date | None
    reason: str
    checked: str


class UnmatchedOut(Schema):
    """Money not yet applied."""

    id: int
    terminal: int
    customer_code: str
    customer: str
    kind: str
    number: str
    on: date
    total_fen: int
    open_fen: int
    method: str
    payer_name: str
    reference: str
    memo: str


class ShareOut(Schema):
    """So much of the money to this invoice."""

    debit: int
    number: str
    fen: int


class ProposalOut(Schema):
    """A way to apply the money; to apply it, post its shares as an allocation, or its place."""

    place: int
    terminal: int
    reason: str
    reason_says: str
    payer: str
    payer_says: str
    sure: bool
    rivals: bool
    left_fen: int
    shares: list[ShareOut]
    applies: bool


class KpiOut(Schema):
    """A figure: `value` in fen, tenths of a day or basis points, as `unit` says; null of nothing."""

    code: str
    name: str
    formula: str
    caution: str
    unit: str
    value: int | None
    numbers: dict[str, int]


class KpisOut(Schema):
    """The figures at the end of a day over the months before it."""

    as_of: date
    months: int
    figures: list[KpiOut]


class MovementOut(Schema):
    """A line of a statement with the balance after it."""

    section: str
    on: date
    number: str
    fen: int
    due_date: date | None
    reverses: str
    balance_fen: int


class StatementItemOut(Schema):
    """An invoice open at the end of the period."""

    id: int
    number: str
    on: date
    due_date: date
    open_fen: int
    overdue_days: int


class StatementOut(Schema):
    """A statement of account: opening + movements = closing = open items − unapplied."""

    terminal: int
    customer_code: str
    customer: str
    first: date
    last: date
    opening_fen: int
    closing_fen: int
    closing_in_words: str
    section_fen: dict[str, int]
    unapplied_fen: int
    due_fen: int
    overdue_fen: int
    movements: list[MovementOut]
    open_items: list[StatementItemOut]


# --- what is asked for ---------------------------------------------------------------------------------------------


class InvoiceIn(Schema):
    """An invoice; `customer` is the customer's code."""

    customer: str = Field(examples=["T0001"])
    number: str = Field(examples=["26422000000012345678"])
    invoice_date: date = Field(examples=["2026-10-08"])
    due_date: date = Field(examples=["2027-01-06"])
    total_fen: Fen = Field(examples=[1130000])
    fields: dict[str, Any] | None = Field(None, examples=[{"contract": "HT-2026-031"}])


class RedLetterIn(Schema):
    """A red-letter note, positive; `original` is the number of the invoice it corrects."""

    customer: str = Field(examples=["T0001"])
    number: str = Field(examples=["26422000000087654321"])
    on: date = Field(examples=["2026-11-12"])
    total_fen: Fen = Field(examples=[226000])
    original: str | None = Field(None, examples=["26422000000012345678"])
    reason: str = Field("", examples=["退货"], max_length=200)
    allocate: bool = True


class BillIn(Schema):
    """The bill a receipt was paid with (domain 2.16)."""

    kind: Literal["bank", "finance_company", "commercial", "supply_chain"]
    due_on: date = Field(examples=["2027-03-20"])
    number: str = Field("", max_length=40)
    acceptor: str = Field("", max_length=120)
    issued_on: date | None = None


class BillCheckIn(Schema):
    """The check sheet of a bill (domain 2.16); what is not said was not seen to be so."""

    kind: Literal["bank", "finance_company", "commercial", "supply_chain"]
    number: Annotated[str, Field(max_length=40)]
    sub_range: Annotated[str, Field(max_length=40)] = "0"
    acceptor: Annotated[str, Field(max_length=120)]
    issued_on: date | None = None
    due_on: date
    acceptor_exact: bool = False
    acceptor_listed: bool = False
    searched_on: date | None = None
    complete: bool = False
    chain_unbroken: bool = False
    restriction: Literal["none", "non_transferable", "pledge", "collection"] = "none"
    before_us_pays: bool = False
    paid_by_another: Annotated[str, Field(max_length=120)] = ""
    contract: Annotated[str, Field(max_length=60)]
    invoice: Annotated[str, Field(max_length=200)]
    refused: bool = False
    paper: bool = False
    discount_fen: Annotated[int, Field(ge=0, le=10**12)] = 0


class ReceiptIn(Schema):
    """Money received; `how` says what to settle with it at once, `invoices` which where how is named."""

    customer: str = Field(examples=["T0001"])
    number: str = Field(examples=["SK-20261120-01"])
    received_on: date = Field(examples=["2026-11-20"])
    total_fen: Fen = Field(examples=[1130000])
    method: Method = "transfer"
    payer_name: str = Field("", max_length=120)
    payer: str | None = Field(None, description="code of the customer that paid, where it is another one")
    reference: str = Field("", max_length=120)
    memo: str = Field("", max_length=300)
    how: How = "none"
    invoices: list[str] = Field(default_factory=list, max_length=1000)
    bill: BillIn | None = Field(
        None, description="where method is bill; a bill not described counts until it must be due"
    )
    bill_check: BillCheckIn | None = Field(
        None, description="what was seen of the bill before it was taken; refused where something stops it"
    )


class ShareIn(Schema):
    """So much to this debit entry."""

    debit: Key
    fen: Fen


class AllocationIn(Schema):
    """What a receipt or note settles: `shares`, or a rule (`how`, with `invoices` where it is named)."""

    credit: Key
    shares: list[ShareIn] = Field(default_factory=list, max_length=1000)
    how: Literal["named", "exact", "subset", "oldest"] | None = None
    invoices: list[str] = Field(default_factory=list, max_length=1000)
    on: date | None = None


class ReversalIn(Schema):
    """What to take back: a document, an allocation, or everything a posting booked; and why."""

    entry: Key | None = None
    allocation: Key | None = None
    posting: Key | None = None
    on: date | None = None
    reason: str = Field(min_length=1, max_length=200, examples=["开票有误"])


class ApplyIn(Schema):
    """Which proposal: its place in the list, and what it should settle, so that nothing else is applied."""

    place: int = Field(ge=0, le=100)
    shares: list[ShareIn] | None = Field(None, description="the proposal's shares; refused where they have changed")


class OutcomeIn(Schema):
    """What became of a bill; `reason` where it was dishonoured."""

    cleared: bool
    on: date
    reason: str = Field("", max_length=200)


class BillCheckOut(Schema):
    """What a check sheet came to; `findings` are [level, code, numbers]."""

    id: int
    outcome: str
    findings: list[Any]


# --- questions -----------------------------------------------------------------------------------------------------


@router.get("/ageing", response=AgeingOut)
def ageing(
    request: HttpRequest, as_of: AsOf = None, by: By = "customer", axis: Axis = "overdue",
    order: Literal["-balance", "balance", "-overdue", "overdue", "label", "-label"] = "-balance",
    start: Start = 0, limit: Limit = 50,
) -> dict:  # fmt: skip
    """The ageing table on a day, by customer, owner, territory, region or kind."""
    request.user.must(SEE)
    table = queries.ageing(request.user, as_of or timezone.localdate(), by, axis, order)
    rows = [shapes.ageing_row(row, table.buckets) for row in table.rows[start : start + limit]]
    paged = page(request, rows, len(table.rows), start, limit)
    return shapes.ageing_head(table, _) | {"rows": rows, "count": paged["count"], "next": paged["next"]}


@router.get("/open-items", response=Page[ItemOut])
def open_items(
    request: HttpRequest, as_of: AsOf = None, customer: str = "", owner: Key | None = None, kind: str | None = None,
    region: str | None = None, territory: Key | None = None, bucket: str | None = None, age: str | None = None,
    overdue: bool = False,
    order: Literal["due_date", "-due_date", "on", "-on", "open", "-open", "total", "-total", "customer"] = "due_date",
    start: Start = 0, limit: Limit = 50,
) -> dict:  # fmt: skip
    """What is owed at the end of a day; `bucket` by days past due, `age` by the age of the invoice (their codes)."""
    request.user.must(SEE)
    _check_code(bucket, rules.PAST_DUE.codes, N_("逾期账龄"))
    _check_code(age, rules.INVOICE_AGE.codes, N_("发票账龄"))
    terminal = terminals.terminal_named(request.user, customer).pk if customer else None
    rows, count = queries.open_items(
        request.user, as_of or timezone.localdate(), terminal=terminal, bucket=bucket, owner=owner, kind=kind,
        region=region, territory=territory, age=age, overdue=overdue, order=order, start=start, limit=limit,
    )  # fmt: skip
    return page(request, [shapes.item(row) for row in rows], count, start, limit)


@router.get("/documents", response=RegisterPage)
def documents(
    request: HttpRequest, number: str = "", kind: Kind | None = None, customer: str = "", first: date | None = None,
    last: date | None = None, start: Start = 0, limit: Limit = 50,
) -> dict:  # fmt: skip
    """The register, what was posted last first; `number` is how the number begins."""
    request.user.must(SEE)
    terminal = terminals.terminal_named(request.user, customer).pk if customer else None
    rows, _none = register.documents(
        request.user, q=number[:60], kind=kind, terminal=terminal, first=first, last=last, start=start, limit=limit + 1
    )
    items = [
        {
            "id": row.entry_id, "terminal": row.terminal_id, "customer_code": row.terminal_code,
            "customer": row.terminal_name, "kind": row.kind, "side": row.side, "number": row.number, "on": row.on,
            "due_date": row.due_date, "total_fen": row.total_fen, "open_fen": row.open_fen, "live": row.live,
        }
        for row in rows[:limit]
    ]  # fmt: skip
    return {"items": items, "next": page(request, items, start + len(rows), start, limit)["next"]}


@router.get("/documents/{int:pk}", response=EntryOut)
def document(request: HttpRequest, pk: int) -> dict:
    """A document with its allocations."""
    request.user.must(SEE)
    return shapes.entry(queries.entry(request.user, pk, timezone.localdate()))


@router.get("/bills", response=Page[BillOut])
def bills(
    request: HttpRequest, customer: str = "", state: Literal["open", "cleared", "dishonoured", "reversed"] | None = None,
    due_by: date | None = None, start: Start = 0, limit: Limit = 50,
) -> dict:  # fmt: skip
    """Bills taken as payment, what falls due first in front."""
    request.user.must(SEE)
    terminal = terminals.terminal_named(request.user, customer).pk if customer else None
    rows, count, _fen = queries.list_bills(
        request.user,
        timezone.localdate(),
        terminal=terminal,
        state=state or "",
        due_by=due_by,
        start=start,
        limit=limit,
    )
    return page(request, [shapes.bill(row) for row in rows], count, start, limit)


@router.get("/unmatched", response=Page[UnmatchedOut])
def unmatched(request: HttpRequest, start: Start = 0, limit: Limit = 50) -> dict:
    """Money and notes not yet applied, oldest first."""
    request.user.must(SEE)
    rows, count = queries.unmatched(request.user, start, limit)
    return page(request, [shapes.unmatched(row) for row in rows], count, start, limit)


@router.get("/unmatched/{int:pk}/proposals", response=list[ProposalOut])
def proposals(request: HttpRequest, pk: int) -> list:
    """Ways to apply what is left of it, best first, each with its reason."""
    request.user.must(SEE)
    return shapes.offers(queries.proposals(request.user, pk), _)


@router.get("/kpis", response=KpisOut)
def kpis(request: HttpRequest, as_of: AsOf = None, months: Annotated[int, Query(ge=1, le=24)] = 3) -> dict:
    """Every figure with its definition and the numbers it was made of."""
    request.user.must(SEE)
    day = as_of or timezone.localdate()
    figures = [shapes.kpi(figure, _) for figure in queries.kpis(request.user, day, months)]
    return {"as_of": day, "months": months, "figures": figures}


@router.get("/statements/{customer}", response=StatementOut)
def statement(request: HttpRequest, customer: str, first: date, last: date) -> dict:
    """A customer's statement for a period; `customer` is its code."""
    request.user.must("receivables.statement")
    terminal = terminals.terminal_named(request.user, customer)
    made = shapes.statement(queries.statement(request.user, terminal, first, last))
    return {"terminal": terminal.pk, "customer_code": terminal.code, "customer": terminal.name} | made


@router.get("/statements/{customer}/{format}")
def statement_as_file(
    request: HttpRequest, customer: str, format: Literal["pdf", "xlsx"], first: date, last: date
) -> HttpResponse:
    """The statement as a file; the journal remembers that it was made."""
    request.user.must("receivables.statement")
    terminal = terminals.terminal_named(request.user, customer)
    content, name = statement_file(request.user, terminal, first, last, format)
    answer = HttpResponse(content, content_type=TYPES[format])
    answer["Content-Disposition"] = content_disposition_header(True, name)
    return answer


# --- postings ------------------------------------------------------------------------------------------------------


@router.post("/invoices", response={201: PostingOut}, openapi_extra=KEYED)
def post_invoice(request: HttpRequest, body: InvoiceIn) -> Status:
    """Book an invoice. Needs receivables.post_invoice."""
    given = body.dict(exclude={"customer"})

    def post() -> dict:
        terminal = terminals.terminal_named(request.user, body.customer)
        entry = actions.post_invoice(terminal=terminal, by=request.user, now=timezone.now(), **given)
        return _booked(request, entry.pk)

    return Status(201, keyed(request, "post_invoice", body.dict(), post))


@router.post("/red-letters", response={201: PostingOut}, openapi_extra=KEYED)
def post_red_letter(request: HttpRequest, body: RedLetterIn) -> Status:
    """Book a red-letter note. Needs receivables.post_red_letter."""
    given = body.dict(exclude={"customer", "original"})

    def post() -> dict:
        terminal = terminals.terminal_named(request.user, body.customer)
        original = register.invoice_named(terminal.pk, body.original) if body.original else None
        entry = actions.post_red_letter(
            terminal=terminal, original=original, by=request.user, now=timezone.now(), **given
        )
        return _booked(request, entry.pk)

    return Status(201, keyed(request, "post_red_letter", body.dict(), post))


@router.post("/receipts", response={201: PostingOut}, openapi_extra=KEYED)
def receive_payment(request: HttpRequest, body: ReceiptIn) -> Status:
    """Book money received. Needs receivables.receive."""
    given = body.dict(exclude={"customer", "payer", "total_fen", "bill", "bill_check"})
    bill = BillGiven(**body.bill.dict()) if body.bill else None
    sheet = Sheet(**body.bill_check.dict()) if body.bill_check else None

    def post() -> dict:
        terminal = terminals.terminal_named(request.user, body.customer)
        payer = terminals.terminal_named(request.user, body.payer).pk if body.payer else None
        entry = actions.receive_payment(
            terminal=terminal,
            payer=payer,
            fen=body.total_fen,
            bill=bill,
            sheet=sheet,
            by=request.user,
            now=timezone.now(),
            **given,
        )
        return _booked(request, entry.pk)

    return Status(201, keyed(request, "receive_payment", body.dict(), post))


@router.post("/allocations", response={201: PostingOut}, openapi_extra=KEYED)
def allocate(request: HttpRequest, body: AllocationIn) -> Status:
    """Settle invoices with a receipt or note. Needs receivables.allocate."""

    def spend() -> dict:
        who = {"by": request.user, "now": timezone.now()}
        if body.how:
            posting = actions.allocate_by(credit=body.credit, how=body.how, invoices=body.invoices, **who)
        else:
            shares = [(share.debit, share.fen) for share in body.shares]
            posting = actions.allocate(credit=body.credit, shares=shares, on=body.on, **who)
        return _booked(request, body.credit, posting.pk)

    return Status(201, keyed(request, "allocate", body.dict(), spend))


@router.post("/unmatched/{int:pk}/apply", response={201: PostingOut}, openapi_extra=KEYED)
def apply(request: HttpRequest, pk: int, body: ApplyIn) -> Status:
    """Apply one of the proposals. Needs receivables.allocate."""

    def spend() -> dict:
        offers = queries.proposals(request.user, pk)
        wanted = None if body.shares is None else [(share.debit, share.fen) for share in body.shares]
        shares = [(debit, fen) for debit, _number, fen in offers[body.place].shares] if body.place < len(offers) else []
        if not shares or (wanted is not None and wanted != shares):
            raise BadValue(field=N_("建议"), value=str(body.place), reason=N_("这条建议已经变了，请重新查看"))
        posting = actions.allocate(credit=pk, shares=shares, by=request.user, now=timezone.now())
        return _booked(request, pk, posting.pk)

    return Status(201, keyed(request, f"apply:{pk}", body.dict(), spend))


@router.post("/reversals", response={201: PostingOut}, openapi_extra=KEYED)
def reverse(request: HttpRequest, body: ReversalIn) -> Status:
    """Take back a document, an allocation or a posting: exactly one of them. Needs receivables.reverse."""
    named = [name for name in ("entry", "allocation", "posting") if getattr(body, name) is not None]
    if len(named) != 1:
        raise BadValue(field=N_("冲销对象"), value="、".join(named), reason=N_("单据、核销、凭证须写明其中一个"))

    def undo() -> dict:
        who = {"reason": body.reason, "by": request.user, "now": timezone.now()}
        if body.entry is not None:
            return _booked(request, actions.reverse_entry(entry=body.entry, on=body.on, **who).pk)
        if body.allocation is not None:
            posting = actions.reverse_allocation(allocation=body.allocation, on=body.on, **who)
            return {"posting": posting.pk, "entry": None}
        return {"posting": actions.reverse_posting(posting=body.posting, **who).pk, "entry": None}

    return Status(201, keyed(request, "reverse", body.dict(), undo))


@router.post("/bills/{int:pk}/check", response={201: BillCheckOut}, openapi_extra=KEYED)
def bill_check(request: HttpRequest, pk: int, body: BillCheckIn) -> Status:
    """Keep what was seen of a bill; the newest sheet counts. Needs receivables.receive."""

    def keep() -> dict:
        sheet = Sheet(**body.dict())
        made = actions.check_bill_sheet(bill=pk, sheet=sheet, by=request.user, now=timezone.now())
        return {"id": made.pk, "outcome": made.outcome, "findings": made.findings}

    return Status(201, keyed(request, f"bill_check:{pk}", body.dict(), keep))


@router.post("/bills/{int:pk}/outcome", response={201: BillOut}, openapi_extra=KEYED)
def bill_outcome(request: HttpRequest, pk: int, body: OutcomeIn) -> Status:
    """Say that a bill was cleared, or dishonoured, which reverses its receipt. Needs receivables.receive or reverse."""

    def decide() -> dict:
        who = {"bill": pk, "on": body.on, "by": request.user, "now": timezone.now()}
        if body.cleared:
            actions.clear_bill(**who)
        else:
            actions.dishonour_bill(reason=body.reason, **who)
        return shapes.bill(queries.bill_row(request.user, pk, timezone.localdate()))

    return Status(201, keyed(request, f"bill_outcome:{pk}", body.dict(), decide))


# --- helpers -------------------------------------------------------------------------------------------------------


def _booked(request: HttpRequest, entry: int, posting: int | None = None) -> dict:
    card = shapes.entry(queries.entry(request.user, entry, timezone.localdate()))
    return {"posting": posting or card["posting"], "entry": card}


def _check_code(code: str | None, codes: tuple[str, ...], field: str) -> None:
    if code is not None and code not in codes:
        raise BadValue(field=field, value=code[:40], reason=N_("没有这个账龄段"))
