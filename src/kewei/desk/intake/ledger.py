"""Invoices, receipts and red-letter notes: judged row by row, then against the ledger in sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from kewei.desk.intake.findings import Bench, Judged, Record
from kewei.desk.intake.world import Document, World
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.receivables import actions, rules
from kewei.terminals.rules import UnknownCustomer

Draft = tuple[int, str, Any]  # row, customer code, the ledger's row still without its customer

OTHER_CUSTOMER, OTHER_DAY, OTHER_AMOUNT, OTHER_DUE_DATE = N_("客户"), N_("日期"), N_("金额"), N_("到期日")


@refusal
class OtherThanPosted(Refused):
    code = "intake_other_than_posted"
    says = N_("单据 {number} 已经登记，但{reason}不同")
    next_step = N_("若要更正，请先冲销原单据")


@refusal
class NoDueDate(Refused):
    code = "intake_no_due_date"
    says = N_("没有到期日，客户档案里也没有结算账期")


@refusal
class AmountIsNought(Refused):
    code = "intake_amount_is_nought"
    says = N_("金额不能为零")


@refusal
class NoSuchInvoice(Refused):
    code = "intake_no_such_invoice"
    says = N_("没有发票 {number}，本文件里也没有")


@refusal
class NotThisCustomers(Refused):
    code = "intake_not_this_customers"
    says = N_("发票 {number} 不是这个客户的")


INVOICE_FIELDS = ("invoice_type", "contract", "order", "memo")

# Which of a row's values a refusal of the ledger's rules is about.
_ABOUT = {
    "bad_document_number": "number",
    "date_too_far_ahead": "on",
    "date_too_old": "on",
    "due_before_invoice": "due_date",
    "due_too_far": "due_date",
    "bill_too_long": "bill",
}


def judge_invoices(world: World, records: Iterator[Record], bench: Bench) -> Judged:
    """Invoices to post; identical ones already posted are counted, different ones are problems."""
    columns = {"number": "invoice_no", "on": "invoice_date", "due_date": "due_date"}
    drafts = _drafts(records, bench, "invoice_no", _invoice)
    ids = world.terminals({code for _, code, _ in drafts})
    known = world.documents("invoice", [row.number for _, _, row in drafts])
    terms = world.due_dates((ids[code], row.on) for _, code, row in drafts if row.due_date is None and code in ids)
    for line, code, draft in drafts:
        if (terminal_id := _customer(bench, ids, line, code)) is None:
            continue
        posted = known.get(draft.number)
        due_date = draft.due_date or terms[terminal_id, draft.on] or (posted.due_date if posted else None)
        row = draft._replace(terminal_id=terminal_id, due_date=due_date)
        if posted is not None:
            _compare(bench, line, columns["number"], row, posted)
        elif due_date is None:
            bench.fault(line, "due_date", None, NoDueDate())
        elif _stands(bench, line, columns, row, lambda r: _check_invoice(r, world)):
            bench.take(row)
            world.bring_invoice(row.number, Document(terminal_id, row.on, row.total_fen, row.total_fen, due_date))
    return bench.found


def judge_receipts(world: World, records: Iterator[Record], bench: Bench) -> Judged:
    """Receipts to book and to spread over the invoices they name, in the order of the file."""
    columns = {"number": "receipt_no", "on": "received_on", "bill": "bill_due"}
    drafts = _drafts(records, bench, "receipt_no", _receipt)
    ids = world.terminals({code for _, code, _ in drafts})
    known = world.documents("receipt", [row.number for _, _, row in drafts])
    world.ask_invoices({name for _, _, row in drafts for name in row.invoices})
    for line, code, draft in drafts:
        if (terminal_id := _customer(bench, ids, line, code)) is None:
            continue
        row = draft._replace(terminal_id=terminal_id)
        if (posted := known.get(row.number)) is not None:
            _compare(bench, line, columns["number"], row, posted)
        elif _stands(bench, line, columns, row, lambda r: _check_other(r, world)) and _spread(bench, line, row, world):
            bench.take(row)
    return bench.found


def judge_red_letters(world: World, records: Iterator[Record], bench: Bench) -> Judged:
    """Red-letter notes to post; against the invoice they correct where they name one."""
    columns = {"number": "red_letter_no", "on": "issued_on"}
    drafts = _drafts(records, bench, "red_letter_no", _red_letter)
    ids = world.terminals({code for _, code, _ in drafts})
    known = world.documents("red_letter", [row.number for _, _, row in drafts])
    world.ask_invoices({row.original for _, _, row in drafts if row.original})
    for line, code, draft in drafts:
        if (terminal_id := _customer(bench, ids, line, code)) is None:
            continue
        row = draft._replace(terminal_id=terminal_id)
        if (posted := known.get(row.number)) is not None:
            _compare(bench, line, columns["number"], row, posted)
        elif row.total_fen == 0:
            bench.fault(line, "amount", 0, AmountIsNought())
        elif _stands(bench, line, columns, row, lambda r: _check_other(r, world)) and _correct(bench, line, row, world):
            bench.take(row)
    return bench.found


# --- drafts -------------------------------------------------------------------------------------------


def _drafts(
    records: Iterator[Record], bench: Bench, number: str, draft: Callable[[dict[str, Any]], Any]
) -> list[Draft]:
    """Compact rows without those whose number came before in the same file; one text for each customer's code."""
    codes: dict[str, str] = {}
    return [
        (line, codes.setdefault(values["customer_code"], values["customer_code"]), draft(values))
        for line, values in bench.once_each(records, number)
    ]


def _invoice(values: dict[str, Any]) -> rules.InvoiceRow:
    fields = {name: values[name] for name in INVOICE_FIELDS if values[name]}
    fields |= {f"{name}_fen": values[name] for name in ("tax", "net") if values[name] is not None}
    return rules.InvoiceRow(
        0,
        values["invoice_no"],
        values["invoice_date"],
        values["due_date"],
        values["amount"],
        {**fields, **(_extra(values) or {})} or None,
    )


def _receipt(values: dict[str, Any]) -> rules.ReceiptRow:
    return rules.ReceiptRow(
        0,
        values["receipt_no"],
        values["received_on"],
        values["amount"],
        values["method"] or "transfer",
        tuple(dict.fromkeys(values["invoice_no"] or ())),
        values["payer"] or "",
        values["memo"] or "",
        _receipt_fields(values),
        rules.bills.bill_given(
            values["method"] or "transfer", values["received_on"], values["bill_kind"], values["bill_due"],
            values["bill_no"], values["acceptor"],
        ),
    )  # fmt: skip


def _receipt_fields(values: dict[str, Any]) -> dict[str, Any] | None:
    """What is kept with a receipt: what the file says of its bill, and cells of headings nobody mapped."""
    told = {name: values[name] for name in ("bill_kind", "bill_no", "bill_due", "acceptor") if values[name]}
    bill = {name: value.isoformat() if isinstance(value, date) else value for name, value in told.items()}
    return {**bill, **(_extra(values) or {})} or None


def _red_letter(values: dict[str, Any]) -> rules.RedLetterRow:
    return rules.RedLetterRow(
        0,
        values["red_letter_no"],
        values["issued_on"],
        abs(values["amount"]),
        values["original_no"],
        values["reason"] or "",
        _extra(values),
    )


def _extra(values: dict[str, Any]) -> dict[str, Any] | None:
    """Cells of headings nobody mapped, kept beside the document."""
    return {"extra": values["extra"]} if values["extra"] else None


# --- one row ------------------------------------------------------------------------------------------


def _customer(bench: Bench, ids: dict[str, int], line: int, code: str) -> int | None:
    if code not in ids:
        bench.fault(line, "customer_code", code, UnknownCustomer(text=code))
    return ids.get(code)


def _compare(bench: Bench, line: int, column: str, row: Any, posted: Document) -> None:
    """Count a document that is there already, just so; name the weightiest difference where there is one."""
    due_date = getattr(row, "due_date", None)
    for mine, theirs, what in (
        (row.terminal_id, posted.terminal_id, OTHER_CUSTOMER),
        (row.total_fen, posted.total_fen, OTHER_AMOUNT),
        (row.on, posted.on, OTHER_DAY),
        (due_date, posted.due_date, OTHER_DUE_DATE),
    ):
        if mine != theirs:
            bench.fault(line, column, row.number, OtherThanPosted(number=row.number, reason=what))
            return
    bench.found.same += 1


def _check_invoice(row: rules.InvoiceRow, world: World) -> None:
    rules.check_invoice(
        number=row.number, total_fen=row.total_fen, invoice_date=row.on, due_date=row.due_date, today=world.today
    )


def _check_other(row: Any, world: World) -> None:
    rules.check_receipt(number=row.number, fen=row.total_fen, received_on=row.on, today=world.today)
    if getattr(row, "bill", None) is not None:
        rules.bills.check_bill(row.bill, row.on)


def _stands(bench: Bench, line: int, columns: dict[str, str], row: Any, check: Callable[[Any], None]) -> bool:
    """Whether the ledger's own rule lets a row pass; its refusal becomes a problem at the column it is about."""
    try:
        check(row)
    except Refused as why:
        about = _ABOUT.get(why.code, "")
        value = row.bill.due_on if about == "bill" else getattr(row, about or "total_fen")
        bench.fault(line, columns.get(about, "amount"), value, why)
        return False
    return True


def _spread(bench: Bench, line: int, row: rules.ReceiptRow, world: World) -> bool:
    """Whether the named invoices are this customer's; what this row settles of them is gone for later rows."""
    invoices: list[Document] = []
    for name in row.invoices:
        try:
            invoices.append(_invoice_of(row, name, world))
        except Refused as why:
            bench.fault(line, "invoice_no", name, why)
    if len(invoices) < len(row.invoices):
        return False
    money = row.total_fen
    for invoice in invoices:
        money -= invoice.take(money)
    bench.found.unapplied_fen += money
    return True


def _correct(bench: Bench, line: int, row: rules.RedLetterRow, world: World) -> bool:
    """Whether the invoice it corrects is this customer's and no younger; what exceeds it stays unapplied."""
    if not row.original:
        bench.found.unapplied_fen += row.total_fen
        return True
    try:
        invoice = _invoice_of(row, row.original, world)
        if row.on < invoice.on:
            raise rules.refusals.RedLetterBeforeInvoice(on=row.on, invoice_date=invoice.on)
    except Refused as why:
        bench.fault(line, "original_no", row.original, why)
        return False
    bench.found.unapplied_fen += row.total_fen - invoice.take(row.total_fen)
    return True


def _invoice_of(row: Any, name: str, world: World) -> Document:
    """The invoice a row names. Raises NoSuchInvoice, NotThisCustomers."""
    invoice = world.invoice(name)
    if invoice is None:
        raise NoSuchInvoice(number=name)
    if invoice.terminal_id != row.terminal_id:
        raise NotThisCustomers(number=name)
    return invoice


# --- taking and undoing -------------------------------------------------------------------------------


def take_invoices(world: World, judged: Judged, **given: Any) -> dict[str, Any]:
    """Book the invoices; answers the posting."""
    return {"posting": actions.import_invoices(rows=world.resolved(judged.fresh), **given).posting_id}


def take_receipts(world: World, judged: Judged, **given: Any) -> dict[str, Any]:
    """Book the receipts and spread them; answers the posting and what was settled."""
    done = actions.import_receipts(rows=world.resolved(judged.fresh), **given)
    return {"posting": done.posting_id, "allocated_fen": done.allocated_fen}


def take_red_letters(world: World, judged: Judged, **given: Any) -> dict[str, Any]:
    """Book the red-letter notes; answers the posting and what was settled."""
    done = actions.import_red_letters(rows=world.resolved(judged.fresh), **given)
    return {"posting": done.posting_id, "allocated_fen": done.allocated_fen}


def undo_posting(part: dict[str, Any], *, intake: Any, by: Any, now: Any, progress: Any) -> None:
    """Reverse everything the part booked, as one posting that names it."""
    if part.get("posting"):
        reason = UNDO_REASON.format(intake=intake.pk, file=intake.filename)
        actions.reverse_posting(posting=part["posting"], reason=reason, by=by, now=now, progress=progress)


UNDO_REASON = N_("撤销第 {intake} 号导入：{file}")
