"""Importing documents by the hundred thousand: one posting, one fact, one transaction for a whole file."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from kewei.journal import bulk
from kewei.journal.actions import action
from kewei.kernel.refusals import NotAllowed, Refused
from kewei.receivables import facts, rules
from kewei.receivables.actions.bills import bill_of_receipt
from kewei.receivables.actions.loading import Loading
from kewei.receivables.models import CREDIT, DEBIT, INVOICE, RECEIPT, RED_LETTER, Allocation, Entry, Item
from kewei.receivables.queries import ledger
from kewei.receivables.rules.bills import BillGiven

Progress = Callable[[int], None]
_Taken = list[tuple[Item, int]]


@action
def import_invoices(
    *, rows: Iterable[rules.InvoiceRow], intake: Any = None, by: Any, now: datetime, progress: Progress | None = None
) -> rules.Imported:
    """导入发票  Book very many invoices at once; all of them, or none.

    `rows` must be readable more than once (a list). `progress` is called with the number of rows written so far. Raises
    RowRefused(row, why) for the first row that cannot be booked, DocumentExists for numbers taken.
    """
    _must_for_all("receivables.post_invoice", by)
    load, today = Loading("import_invoices", by=by, now=now, intake=intake), ledger.local_day(now)
    count = total_fen = 0
    for chunk in Loading.chunks(rows):
        numbers = []
        for place, row in enumerate(chunk, count + 1):
            try:
                rules.check_invoice(
                    number=row.number, total_fen=row.total_fen, invoice_date=row.on, due_date=row.due_date, today=today
                )
            except Refused as why:
                raise rules.RowRefused(row=place, why=why) from why
            numbers.append(row.number.strip())
        _check_free(INVOICE, numbers)
        keys = bulk.next_ids(Entry, len(chunk))
        load.enter(
            [
                (key, row.terminal_id, INVOICE, DEBIT, number, row.on, row.due_date, row.total_fen, None)
                for key, number, row in zip(keys, numbers, chunk, strict=True)
            ]
        )
        load.keep_invoice_details(
            [(key, None, "", _plain(row.fields)) for key, row in zip(keys, chunk, strict=True) if row.fields]
        )
        load.keep_items(
            [
                (key, row.terminal_id, INVOICE, DEBIT, number, row.on, row.due_date, row.total_fen, row.total_fen, True)
                for key, number, row in zip(keys, numbers, chunk, strict=True)
            ],
        )
        count += len(chunk)
        total_fen += sum(row.total_fen for row in chunk)
        if progress:
            progress(count)
    load.finish(facts.INVOICES_IMPORTED, count=count, total_fen=total_fen, intake=intake and intake.pk)
    return rules.Imported(load.posting.pk, count, total_fen)


@action
def import_red_letters(
    *, rows: Iterable[rules.RedLetterRow], intake: Any = None, by: Any, now: datetime, progress: Progress | None = None
) -> rules.Imported:
    """导入红字发票  Book very many red-letter notes; each settles what is still open on the invoice it corrects.

    What exceeds it stays unapplied. Raises RowRefused (with UnknownOriginal where the customer has no such invoice),
    DocumentExists. `rows` and `progress` as in import_invoices.
    """
    _must_for_all("receivables.post_red_letter", by)
    load, today = Loading("import_red_letters", by=by, now=now, intake=intake), ledger.local_day(now)
    count = total_fen = allocated_fen = 0
    for chunk in Loading.chunks(rows):
        for place, row in enumerate(chunk, count + 1):
            _check_receipt(place, row, today, reason=row.reason)
        numbers = [row.number.strip() for row in chunk]
        _check_free(RED_LETTER, numbers)
        named = ledger.lock_invoices_by_number([row.original for row in chunk if row.original])
        keys = bulk.next_ids(Entry, len(chunk))
        taken: list[_Taken] = []
        originals: list[int | None] = []
        for place, row in enumerate(chunk, count + 1):
            invoice = _invoice_of(place, row.terminal_id, row.original, named) if row.original else None
            if invoice is not None and row.on < invoice.on:
                why = rules.refusals.RedLetterBeforeInvoice(on=row.on, invoice_date=invoice.on)
                raise rules.RowRefused(row=place, why=why)
            originals.append(invoice.pk if invoice else None)
            taken.append(_take(row.total_fen, [invoice] if invoice else []))
        _keep_credits(load, RED_LETTER, keys, numbers, chunk, taken)
        load.keep_invoice_details(
            [
                (key, original, row.reason, _plain(row.fields))
                for key, original, row in zip(keys, originals, chunk, strict=True)
                if original or row.reason or row.fields
            ]
        )
        count += len(chunk)
        total_fen += sum(row.total_fen for row in chunk)
        allocated_fen += sum(fen for part in taken for _, fen in part)
        if progress:
            progress(count)
    load.finish(
        facts.RED_LETTERS_IMPORTED, count=count, total_fen=total_fen, allocated_fen=allocated_fen,
        intake=intake and intake.pk,
    )  # fmt: skip
    return rules.Imported(load.posting.pk, count, total_fen, allocated_fen)


@action
def import_receipts(
    *, rows: Iterable[rules.ReceiptRow], intake: Any = None, by: Any, now: datetime, progress: Progress | None = None
) -> rules.Imported:
    """导入收款  Book very many receipts; each settles the invoices it names, in that order, the rest stays unapplied.

    Invoices already settled take nothing. Raises RowRefused (with UnknownInvoice or OtherCustomer for a named invoice,
    UnknownMethod), DocumentExists. `rows` and `progress` as in import_invoices.
    """
    _must_for_all("receivables.receive", by)
    load, today = Loading("import_receipts", by=by, now=now, intake=intake), ledger.local_day(now)
    count = total_fen = allocated_fen = 0
    for chunk in Loading.chunks(rows):
        for place, row in enumerate(chunk, count + 1):
            _check_receipt(place, row, today, payer_name=row.payer_name, memo=row.memo)
            if row.method not in rules.PAYMENT_METHODS:
                raise rules.RowRefused(row=place, why=rules.UnknownMethod(method=row.method))
        bills = [_bill_of(place, row) for place, row in enumerate(chunk, count + 1)]
        numbers = [row.number.strip() for row in chunk]
        _check_free(RECEIPT, numbers)
        named = ledger.lock_invoices_by_number([number for row in chunk for number in row.invoices])
        keys = bulk.next_ids(Entry, len(chunk))
        taken = [
            _take(row.total_fen, [_invoice_of(place, row.terminal_id, number, named) for number in row.invoices])
            for place, row in enumerate(chunk, count + 1)
        ]
        _keep_credits(load, RECEIPT, keys, numbers, chunk, taken)
        load.keep_receipt_details(
            [
                (key, row.method, row.payer_name, None, "", row.memo, _plain(row.fields))
                for key, row in zip(keys, chunk, strict=True)
            ]
        )
        load.keep_bills(
            [
                (
                    key, row.terminal_id, bill.kind, bill.number.strip() or number[:40], bill.acceptor.strip(), bill.issued_on,
                    bill.due_on, row.total_fen,
                )
                for key, number, row, bill in zip(keys, numbers, chunk, bills, strict=True)
                if bill is not None
            ]
        )  # fmt: skip
        count += len(chunk)
        total_fen += sum(row.total_fen for row in chunk)
        allocated_fen += sum(fen for part in taken for _, fen in part)
        if progress:
            progress(count)
    load.finish(
        facts.PAYMENTS_IMPORTED, count=count, total_fen=total_fen, allocated_fen=allocated_fen,
        intake=intake and intake.pk,
    )  # fmt: skip
    return rules.Imported(load.posting.pk, count, total_fen, allocated_fen)


def _must_for_all(verb: str, by: Any) -> None:
    """A file may hold anybody's rows: only those who may do this for every customer import."""
    by.must(verb)
    if not by.reach(verb).everything:
        raise NotAllowed(verb=verb)


def _check_free(kind: str, numbers: Sequence[str]) -> None:
    """Refuse numbers that a live document has already, or that occur twice. Raises DocumentExists."""
    taken = ledger.live_numbers(kind, numbers)
    if len(set(numbers)) < len(numbers):
        taken += sorted(number for number, times in Counter(numbers).items() if times > 1)
    if taken:
        raise rules.DocumentExists(document_numbers=taken)


def _check_receipt(place: int, row: rules.ReceiptRow | rules.RedLetterRow, today: date, **words: str) -> None:
    try:
        rules.check_receipt(number=row.number, fen=row.total_fen, received_on=row.on, today=today)
        rules.check_words(**words)
    except Refused as why:
        raise rules.RowRefused(row=place, why=why) from why


def _bill_of(place: int, row: rules.ReceiptRow) -> BillGiven | None:
    try:
        return bill_of_receipt(row.method, row.bill, row.on)
    except Refused as why:
        raise rules.RowRefused(row=place, why=why) from why


def _invoice_of(place: int, terminal_id: int, number: str, named: Mapping[str, Item]) -> Item:
    invoice = named.get(rules.tidy_number(number))
    if invoice is None:
        raise rules.RowRefused(row=place, why=rules.refusals.UnknownInvoice(invoice_numbers=[number]))
    if invoice.terminal_id != terminal_id:
        raise rules.RowRefused(row=place, why=rules.OtherCustomer(number=number))
    return invoice


def _take(fen: int, invoices: Iterable[Item]) -> _Taken:
    """Settle invoices in the order given; what is open on them is carried on for the rows that follow."""
    taken = []
    for invoice in invoices:
        part = min(fen, invoice.open_fen)
        if part:
            invoice.open_fen -= part
            fen -= part
            taken.append((invoice, part))
    return taken


def _keep_credits(
    load: Loading, kind: str, keys: Sequence[int], numbers: Sequence[str], rows: Sequence[Any], taken: Sequence[_Taken]
) -> None:
    """Keep receipts or red-letter notes with what each settles."""
    load.enter(
        [
            (key, row.terminal_id, kind, CREDIT, number, row.on, None, row.total_fen, None)
            for key, number, row in zip(keys, numbers, rows, strict=True)
        ]
    )
    load.keep_items(
        [
            (
                key, row.terminal_id, kind, CREDIT, number, row.on, None, row.total_fen,
                row.total_fen - sum(fen for _, fen in part), True,
            )
            for key, number, row, part in zip(keys, numbers, rows, taken, strict=True)
        ],
    )  # fmt: skip
    allocated = [
        (invoice.pk, key, fen, rules.earliest_day(row.on, invoice.on, invoice.released_on))
        for key, row, part in zip(keys, rows, taken, strict=True)
        for invoice, fen in part
    ]
    made = bulk.next_ids(Allocation, len(allocated))
    load.allocate([(key, *values, None) for key, values in zip(made, allocated, strict=True)])
    settled: dict[int, int] = {}
    for debit, _, fen, _ in allocated:
        settled[debit] = settled.get(debit, 0) + fen
    Loading.settle(sorted(settled.items()))


def _plain(fields: Mapping[str, Any] | None) -> Any:
    return json.loads(json.dumps(fields or {}, default=str, ensure_ascii=False))
