"""Posting documents one at a time: invoices, red-letter notes, receipts."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from kewei.journal.actions import action
from kewei.receivables import facts, rules
from kewei.receivables.actions.bills import bill_of_receipt, keep_bill, keep_check, seen_before_taken
from kewei.receivables.actions.booking import Booking
from kewei.receivables.models import (
    CREDIT,
    DEBIT,
    INVOICE,
    RECEIPT,
    RED_LETTER,
    Entry,
    InvoiceDetail,
    Item,
    ReceiptDetail,
)
from kewei.receivables.queries import ledger
from kewei.receivables.rules import vouching
from kewei.receivables.rules.bill_checks import Sheet
from kewei.receivables.rules.bills import BillGiven, BillWithoutMethod

POST_INVOICE, POST_RED_LETTER, RECEIVE = (
    "receivables.post_invoice",
    "receivables.post_red_letter",
    "receivables.receive",
)


@action
def post_invoice(
    *,
    terminal: Any,
    number: str,
    invoice_date: date,
    due_date: date,
    total_fen: int,
    fields: Mapping[str, Any] | None = None,
    by: Any,
    now: datetime,
) -> Entry:
    """登记发票  Book an invoice: the customer owes `total_fen` from the invoice date, due on the due date.

    `fields` are further fields of the invoice (domain 4.9), kept as given. Raises what rules.check_invoice raises, and
    DocumentExists where a live invoice has the number.
    """
    by.must(POST_INVOICE, terminal)
    rules.check_invoice(
        number=number, total_fen=total_fen, invoice_date=invoice_date, due_date=due_date, today=ledger.local_day(now)
    )
    number = _free_number(INVOICE, number)
    booking = Booking("post_invoice", by=by, now=now)
    entry, _ = booking.enter(
        terminal_id=terminal.pk, kind=INVOICE, side=DEBIT, number=number, on=invoice_date, due_date=due_date,
        total_fen=total_fen,
    )  # fmt: skip
    _keep_invoice_detail(booking, entry, fields=fields)
    booking.finish(facts.INVOICE_POSTED, entry, terminal.pk, number=number, total_fen=total_fen, due_date=due_date)
    return entry


@action
def post_red_letter(
    *,
    terminal: Any,
    number: str,
    on: date,
    total_fen: int,
    original: Any = None,
    reason: str = "",
    allocate: bool = True,
    by: Any,
    now: datetime,
) -> Entry:
    """登记红字发票  Book a red-letter note of `total_fen` (positive); with `allocate` it settles its original at once.

    `original` is the invoice it corrects (row, key, or None where there is none). Raises what rules.check_red_letter
    raises, UnknownOriginal where the original is no live invoice of this customer, DocumentExists.
    """
    by.must(POST_RED_LETTER, terminal)
    rules.check_words(reason=reason)
    item = _original(terminal, original, by)
    today = ledger.local_day(now)
    if item is None:
        rules.check_receipt(number=number, fen=total_fen, received_on=on, today=today)
    else:
        rules.check_red_letter(
            number=number, fen=total_fen, on=on, today=today, original_number=item.number, original_on=item.on,
            original_open_fen=item.open_fen if allocate else item.total_fen,
        )  # fmt: skip
    number = _free_number(RED_LETTER, number)
    booking = Booking("post_red_letter", by=by, now=now, reason=reason)
    entry, note = booking.enter(
        terminal_id=terminal.pk, kind=RED_LETTER, side=CREDIT, number=number, on=on, total_fen=total_fen
    )
    _keep_invoice_detail(booking, entry, original=item, reason=reason)
    allocated_fen = 0
    if item is not None and allocate:
        booking.allocate({item.pk: item}, note, [rules.Share(item.pk, total_fen)], on)
        allocated_fen = total_fen
    booking.finish(
        facts.RED_LETTER_POSTED, entry, terminal.pk, number=number, total_fen=total_fen, allocated_fen=allocated_fen,
        original=item and item.number,
    )  # fmt: skip
    return entry


@action
def receive_payment(
    *,
    terminal: Any,
    number: str,
    received_on: date,
    fen: int,
    method: str = "transfer",
    payer_name: str = "",
    payer: Any = None,
    reference: str = "",
    memo: str = "",
    fields: Mapping[str, Any] | None = None,
    how: str = "none",
    invoices: Sequence[str] = (),
    bill: BillGiven | None = None,
    sheet: Sheet | None = None,
    by: Any,
    now: datetime,
) -> Entry:
    """登记收款  Book money received on a customer's account and, unless `how` is "none", settle invoices with it.

    The payer may be somebody else than the debtor (insurance direct settlement, domain 4.3): `payer_name` as the bank
    wrote it, `payer` the terminal where it is one. `how`: none | named | exact | subset | oldest. Allocations count
    from the later of receipt and invoice. A receipt by bill keeps its `bill`, or one nobody described, and the `sheet` of
    its check, which refuses one that may not be taken (domain 2.16). Raises what rules.check_receipt,
    rules.bills.check_bill and the way to allocate raise, UnknownMethod, DocumentExists, BadBillNumber, BillBlocked,
    BillCheckNeedsTrade, BillWithoutMethod.
    """
    by.must(RECEIVE, terminal)
    rules.check_receipt(number=number, fen=fen, received_on=received_on, today=ledger.local_day(now))
    rules.check_words(payer_name=payer_name, reference=reference, memo=memo)
    if method not in rules.PAYMENT_METHODS:
        raise rules.UnknownMethod(method=method)
    taken = bill_of_receipt(method, bill, received_on)
    if taken is None and sheet is not None:
        raise BillWithoutMethod
    found = seen_before_taken(sheet, terminal.pk, fen, received_on)
    number = _free_number(RECEIPT, number)
    shares, debit_of = _spread(terminal.pk, fen, how, invoices)
    booking = Booking("receive_payment", by=by, now=now)
    entry, receipt = booking.enter(
        terminal_id=terminal.pk, kind=RECEIPT, side=CREDIT, number=number, on=received_on, total_fen=fen
    )
    kept = _plain(fields)
    payer_id = None if payer is None else ledger.key_of(payer)
    booking.detail(
        "receipt_details",
        ReceiptDetail(
            entry=entry, method=method, payer_name=payer_name, payer_id=payer_id, reference=reference, memo=memo,
            fields=kept,
        ),
        vouching.receipt_detail_line(entry.pk, method, payer_name, payer_id, reference, memo, kept),
    )  # fmt: skip
    booking.allocate(debit_of, receipt, shares, received_on)
    if taken is not None:
        kept_bill = keep_bill(entry, taken)
        if sheet is not None:
            keep_check(kept_bill, sheet, found, by, now)
    booking.finish(
        facts.PAYMENT_RECEIVED, entry, terminal.pk, number=number, total_fen=fen, unapplied_fen=receipt.open_fen,
        method=method, invoices=[debit_of[share.item_id].number for share in shares],
        **({"bill_kind": taken.kind, "bill_due_on": taken.due_on} if taken else {}),
    )  # fmt: skip
    return entry


def _free_number(kind: str, number: str) -> str:
    """The number as it is kept. Raises BadDocumentNumber, DocumentExists."""
    number = rules.check_number(number)
    if taken := ledger.live_numbers(kind, [number]):
        raise rules.DocumentExists(document_numbers=taken)
    return number


def _original(terminal: Any, original: Any, by: Any) -> Item | None:
    if original is None:
        return None
    key = ledger.key_of(original)
    item = ledger.lock_items(by, POST_RED_LETTER, [key])[key]
    if item.kind != INVOICE or not item.live or item.terminal_id != terminal.pk:
        raise rules.UnknownOriginal(invoice_numbers=[item.number])
    return item


def _spread(terminal_id: int, fen: int, how: str, invoices: Sequence[str]) -> tuple[list[rules.Share], dict[int, Item]]:
    """What the receipt settles, by the way asked for, with the items locked that it was decided on."""
    if how == "none":
        return [], {}
    if how not in rules.HOW:
        raise rules.UnknownMethod(method=how)
    named = how == "named"
    items = ledger.lock_named_invoices(terminal_id, invoices) if named else ledger.lock_open_invoices(terminal_id)
    shares, _ = rules.allocate(rules.HOW[how], fen, ledger.as_open_items(items), invoices)
    return shares, {item.pk: item for item in items}


def _keep_invoice_detail(
    booking: Booking,
    entry: Entry,
    *,
    original: Item | None = None,
    reason: str = "",
    fields: Mapping[str, Any] | None = None,
) -> None:
    """Keep a detail row where there is something to say."""
    if original is None and not reason and not fields:
        return
    kept, original_id = _plain(fields), None if original is None else original.pk
    booking.detail(
        "invoice_details",
        InvoiceDetail(entry=entry, original_id=original_id, reason=reason, fields=kept),
        vouching.invoice_detail_line(entry.pk, original_id, reason, kept),
    )


def _plain(fields: Mapping[str, Any] | None) -> dict[str, Any]:
    """Fields as the database will give them back: days as text, keys as text."""
    return json.loads(json.dumps(fields or {}, default=str, ensure_ascii=False))
