"""Delivering, handing over, invoicing, taking back: from released goods to an open item, and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.timezone import localdate

from kewei.credit import actions as credit_actions
from kewei.credit.queries import headroom
from kewei.journal.actions import action, record
from kewei.journal.bulk import next_ids
from kewei.kernel.refusals import N_, NotFound
from kewei.orders import facts
from kewei.orders.actions.keeping import enter, hold_headroom, judge, let_go, locked, refused
from kewei.orders.models import (
    Delivery,
    DeliveryLine,
    Handover,
    Order,
    OrderInvoice,
    OrderLine,
    Return,
    ReturnLine,
    SignedReceipt,
)
from kewei.orders.queries import cases
from kewei.orders.rules.delivering import (
    AlreadyHandedOver,
    BeforeDelivery,
    MoreThanDelivered,
    NeedsRedLetter,
    NotHandedOver,
    NothingToInvoice,
    ReceiverNotAuthorised,
    back_fen,
    check_shipped,
    due_date,
)
from kewei.orders.rules.gate import DELIVERY, INVOICE, PASS
from kewei.orders.rules.lines import BadOrderQuantity, NothingGiven, SentBack, Shipped, quantity
from kewei.orders.rules.states import after_delivery, after_invoice, check_state
from kewei.people.models import Person
from kewei.receivables import actions as receivables_actions
from kewei.receivables import queries as receivables
from kewei.receivables.models import Entry
from kewei.sales import actions as sales_actions
from kewei.sales.rules import SaleRow
from kewei.terminals import queries as terminals

DELIVER, BILL = "orders.deliver", "orders.invoice"


@action
def deliver(
    *,
    order: Any,
    lines: Sequence[Shipped],
    on: date,
    address: str = "",
    carrier: str = "",
    waybill: str = "",
    temperature: str = "",
    by: Person,
    now: datetime,
) -> Delivery:
    """发货  Goods of a released order leave, by batch; the gate is asked once more at the door.

    Raises WrongState, NothingGiven, MoreThanOpen, NeedsBatch, Expired, and GateClosed or NeedsSpecialRelease.
    """
    by.must(DELIVER)
    kept = locked(order, DELIVER, by, now)
    check_state("deliver", kept.number, kept.state)
    if not lines:
        raise NothingGiven
    decision, case, policies, verdict = judge(kept, DELIVERY, by, now)
    if decision.outcome != PASS:
        raise refused(verdict, decision, DELIVER, by, now)
    rows = {row.pk: row for row in OrderLine.objects.select_for_update().filter(order=kept)}
    pk = next_ids(Delivery, 1)[0]
    parts = _shipped(rows, lines, on)
    fen = sum(part.fen for part in parts)
    delivery = Delivery.objects.create(
        pk=pk, number=f"F{localdate(now):%y%m%d}{pk:06d}", order=kept, terminal=kept.terminal, on=on, address=address,
        carrier=carrier, waybill=waybill, temperature=temperature, fen=fen, by=by, at=now,
    )  # fmt: skip
    for part in parts:
        part.delivery = delivery
    DeliveryLine.objects.bulk_create(parts)
    for row in rows.values():
        row.save(update_fields=["delivered_milli"])
    if kept.payment == "credit" and fen:
        held = headroom.held(cases.reference(kept))
        if held.ordered_fen < fen:  # its time was over; the gate has just said that there is room
            hold_headroom(kept, case.wanted_fen - cases.uninvoiced_fen(kept) + fen, policies, DELIVER, by, now)
        credit_actions.deliver_reserved(reference=cases.reference(kept), fen=fen, verb=DELIVER, by=by, now=now)
    enter(kept, after_delivery(sum(cases.line_state(row).open_milli for row in rows.values())), by, now)
    record(
        facts.GOODS_DELIVERED, delivery, by=by, at=now, terminal=kept.terminal_id, number=delivery.number,
        order=kept.number, fen=fen,
    )  # fmt: skip
    return delivery


@action
def hand_over(
    *,
    delivery: Any,
    receiver: int | None = None,
    on: date,
    temperature: str = "",
    note: str = "",
    paper: Any = None,
    by: Person,
    now: datetime,
) -> Handover:
    """签收  An authorised person of the customer took the goods (domain 4.1: verify the collecting person).

    `receiver` is the key of one of the customer's authorised persons. Raises ReceiverNotAuthorised,
    AlreadyHandedOver, BeforeDelivery.
    """
    by.must(DELIVER)
    kept = _delivery(delivery, DELIVER, by)
    if on < kept.on:
        raise BeforeDelivery(day=on, delivered_on=kept.on)
    person = _receiver(kept.terminal_id, receiver, on)
    try:
        with transaction.atomic():
            handover = Handover.objects.create(
                delivery=kept, receiver_id=person.pk, receiver_name=person.name, on=on, temperature=temperature,
                note=note, paper=paper, by=by, at=now,
            )  # fmt: skip
    except IntegrityError as clash:
        raise AlreadyHandedOver(number=kept.number) from clash
    record(
        facts.GOODS_HANDED_OVER, kept, by=by, at=now, terminal=kept.terminal_id, number=kept.number, on=on,
        temperature=temperature,
    )  # fmt: skip
    return handover


@action
def keep_receipt(*, delivery: Any, paper: Any, by: Person, now: datetime) -> SignedReceipt:
    """补签收单  Add the scan of the signed receipt to a delivery handed over before; what was kept stays beside it.

    Raises NotHandedOver.
    """
    by.must(DELIVER)
    kept = _delivery(delivery, DELIVER, by)
    if not Handover.objects.filter(delivery=kept).exists():
        raise NotHandedOver(number=kept.number)
    receipt = SignedReceipt.objects.create(delivery=kept, paper=paper, by=by, at=now)
    record(
        facts.RECEIPT_KEPT, kept, by=by, at=now, terminal=kept.terminal_id, number=kept.number, paper=paper.pk
    )  # fmt: skip
    return receipt


@action
def invoice_delivery(*, delivery: Any, number: str, on: date, by: Person, now: datetime) -> Entry:
    """按发货开票  Invoice what of a delivery is neither returned nor invoiced; no line without delivery (domain 4.9).

    Posts into receivables and sales; what the order held as delivered is now an open item. Raises NothingToInvoice,
    WrongState, and what receivables' post_invoice raises.
    """
    by.must(BILL)
    kept = _delivery(delivery, BILL, by)
    order = locked(kept.order, BILL, by, now)
    check_state("invoice", order.number, order.state)
    parts = _uninvoiced(kept)
    fen = sum(part_fen for _part, _milli, part_fen in parts)
    if not fen or OrderInvoice.objects.filter(delivery=kept).exists():
        raise NothingToInvoice(number=kept.number)
    judge(order, INVOICE, by, now)
    term = terminals.settlement_terms(by, [order.terminal_id]).get(order.terminal_id)
    days = order.term_days if order.term_days is not None else (term[0] if term else 0)
    due = due_date(on, kept.on, days if order.payment == "credit" else 0, term[1] if term else "")
    entry = receivables_actions.post_invoice(
        terminal=order.terminal, number=number, invoice_date=on, due_date=due, total_fen=fen,
        fields={"order": order.number, "delivery": kept.number}, by=by, now=now,
    )  # fmt: skip
    OrderInvoice.objects.create(
        delivery=kept, entry=entry, fen=fen, by=by, at=now,
        lines=[[part.pk, milli, part_fen] for part, milli, part_fen in parts],
    )  # fmt: skip
    for part, milli, _part_fen in parts:
        line = OrderLine.objects.select_for_update().get(pk=part.line_id)
        line.invoiced_milli += milli
        line.save(update_fields=["invoiced_milli"])
    sales_actions.post_lines(
        rows=[
            SaleRow(order.terminal_id, part.line.product_id, "", on, milli, part.line.price_fen, part_fen, entry.number)
            for part, milli, part_fen in parts
        ],
        source="order", verb=BILL, by=by, now=now,
    )  # fmt: skip
    let_go(order, fen, "delivered", "invoiced", BILL, by, now)
    _close_if_done(order, by, now)
    record(
        facts.DELIVERY_INVOICED, kept, by=by, at=now, terminal=order.terminal_id, number=kept.number, order=order.number,
        invoice=entry.number, fen=fen, due_date=due,
    )  # fmt: skip
    return entry


@action
def take_back(
    *,
    delivery: Any,
    lines: Sequence[SentBack],
    reason: str,
    on: date,
    red_letter_number: str = "",
    by: Person,
    now: datetime,
) -> Return:
    """退货  Goods of a delivery came back; what was invoiced of them is credited by a red-letter note.

    Raises NothingGiven, MoreThanDelivered, NeedsRedLetter, BeforeDelivery.
    """
    by.must(BILL)
    kept = _delivery(delivery, BILL, by)
    order = locked(kept.order, BILL, by, now)
    check_state("take_back", order.number, order.state)
    if on < kept.on:
        raise BeforeDelivery(day=on, delivered_on=kept.on)
    if not lines:
        raise NothingGiven
    invoice = OrderInvoice.objects.filter(delivery=kept).select_related("entry").first()
    if invoice is not None and not red_letter_number.strip():
        raise NeedsRedLetter
    parts = _came_back(kept, lines, invoiced=invoice is not None)
    fen = sum(part.fen for part in parts)
    pk = next_ids(Return, 1)[0]
    note = None
    if invoice is not None and fen:
        note = receivables_actions.post_red_letter(
            terminal=order.terminal, number=red_letter_number, on=on, total_fen=fen, original=invoice.entry,
            reason=reason, allocate=_still_open(invoice.entry, fen), by=by, now=now,
        )  # fmt: skip
    back = Return.objects.create(
        pk=pk, number=f"T{localdate(now):%y%m%d}{pk:06d}", delivery=kept, terminal=order.terminal, on=on, reason=reason,
        fen=fen, red_letter=note, by=by, at=now,
    )  # fmt: skip
    for part in parts:
        part.back = back
    ReturnLine.objects.bulk_create(parts)
    if invoice is None:
        let_go(order, fen, "delivered", "returned", BILL, by, now)
    else:
        _post_returned_sales(order, parts, on, back.number, by, now)
    _close_if_done(order, by, now)
    record(
        facts.GOODS_RETURNED, back, by=by, at=now, terminal=order.terminal_id, number=back.number, order=order.number,
        fen=fen, red_letter=note.number if note else "", reason=reason,
    )  # fmt: skip
    return back


def _shipped(rows: dict[int, OrderLine], lines: Sequence[Shipped], on: date) -> list[DeliveryLine]:
    parts = []
    for shipped in lines:
        row = rows.get(shipped.line_id)
        if row is None:
            raise NotFound(noun=N_("订单行"))
        fen = cases.line_state(row).next_fen(shipped.quantity_milli)
        check_shipped(row.place, shipped.batch, shipped.expires_on, on)
        row.delivered_milli += shipped.quantity_milli
        parts.append(
            DeliveryLine(
                line=row,
                quantity_milli=shipped.quantity_milli,
                fen=fen,
                batch=shipped.batch,
                expires_on=shipped.expires_on,
            )
        )
    return parts


def _delivery(delivery: Any, verb: str, by: Person) -> Delivery:
    found = Delivery.objects.visible_to(by, verb).filter(pk=delivery.pk).select_related("order", "terminal").first()
    if found is None:
        raise NotFound(noun=N_("发货单"))
    return found


def _receiver(terminal_id: int, pk: int | None, on: date):
    """The authorised person who received, where their letter was good on that day."""
    people = terminals.authorised_persons(terminal_id)
    person = next((one for one in people if one.pk == pk), None)
    if person is None or not person.good_for("receive", on):
        raise ReceiverNotAuthorised(name=person.name if person else "—")
    return person


def _uninvoiced(kept: Delivery) -> list[tuple[DeliveryLine, int, int]]:
    """Delivered lines with what did not come back: (line, thousandths, fen)."""
    found = []
    for part in DeliveryLine.objects.filter(delivery=kept).select_related("line").order_by("pk"):
        back = ReturnLine.objects.filter(delivered=part).aggregate(milli=Sum("quantity_milli"), fen=Sum("fen"))
        milli, fen = part.quantity_milli - (back["milli"] or 0), part.fen - (back["fen"] or 0)
        if milli > 0:
            found.append((part, milli, fen))
    return found


def _came_back(kept: Delivery, lines: Sequence[SentBack], invoiced: bool) -> list[ReturnLine]:
    delivered = {part.pk: part for part in DeliveryLine.objects.filter(delivery=kept).select_related("line__product")}
    parts = []
    for back in lines:
        part = delivered.get(back.delivered_id)
        if part is None:
            raise NotFound(noun=N_("发货行"))
        if back.quantity_milli <= 0:
            raise BadOrderQuantity(place=part.line.place)
        before = ReturnLine.objects.filter(delivered=part).aggregate(milli=Sum("quantity_milli"))["milli"] or 0
        if before + back.quantity_milli > part.quantity_milli:
            raise MoreThanDelivered(
                product=str(part.line.product), delivered=quantity(part.quantity_milli), returned=quantity(before),
                wanted=quantity(back.quantity_milli),
            )  # fmt: skip
        fen = back_fen(part.fen, part.quantity_milli, before, back.quantity_milli)
        parts.append(
            ReturnLine(delivered=part, quantity_milli=back.quantity_milli, fen=fen, invoiced_fen=fen if invoiced else 0)
        )
        line = OrderLine.objects.select_for_update().get(pk=part.line_id)
        line.returned_milli += back.quantity_milli
        line.save(update_fields=["returned_milli"])
    return parts


def _still_open(entry: Any, fen: int) -> bool:
    """Whether an invoice has enough open for the note to settle it; else the note stays unapplied."""
    return receivables.open_fen_of(entry.pk) >= fen


def _post_returned_sales(
    order: Order, parts: list[ReturnLine], on: date, number: str, by: Person, now: datetime
) -> None:
    rows = [
        SaleRow(
            order.terminal_id, part.delivered.line.product_id, "", on, -part.quantity_milli,
            part.delivered.line.price_fen, -part.fen, number,
        )
        for part in parts
    ]  # fmt: skip
    sales_actions.post_lines(rows=rows, source="order", verb=BILL, by=by, now=now)


def _close_if_done(order: Order, by: Person, now: datetime) -> None:
    open_milli = sum(cases.line_state(row).open_milli for row in OrderLine.objects.filter(order=order))
    state = after_invoice(open_milli, cases.uninvoiced_fen(order), order.state)
    if state != order.state:
        enter(order, state, by, now)
