"""Orders as JSON: check without placing, place, release, cancel, deliver, hand over, invoice; what the gate said.

Money is whole fen in *_fen, quantities thousandths in *_milli. What moves money or goods asks for an Idempotency-Key.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from kewei.journal.api import KEYED, Key, Limit, Page, Start, keyed, page
from kewei.kernel.refusals import NotAllowed
from kewei.orders import actions, queries, shapes
from kewei.orders.rules.files import UnknownProduct
from kewei.orders.rules.lines import LineWanted, SentBack, Shipped
from kewei.people import queries as people
from kewei.products import queries as products
from kewei.terminals import queries as terminals
from kewei.terminals.rules import read_kind

router = Router(tags=["orders"])
SEE = "orders.see"

Fen = Annotated[int, Field(ge=0, le=10**10)]
Milli = Annotated[int, Field(ge=1, le=10**12, description="thousandths of the unit: 1500 is 1.5")]
Code = Annotated[str, Field(min_length=1, max_length=64)]
Payment = Literal["credit", "prepaid", "cash"]


class LineIn(Schema):
    """A line wanted: a product by its code; without a price the price book's counts."""

    product_code: Code
    quantity_milli: Milli
    price_fen: Fen | None = None
    note: Annotated[str, Field(max_length=120)] = ""


class OrderIn(Schema):
    """An order."""

    customer_code: Code
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=500)]
    payment: Payment = "credit"
    customer_ref: Annotated[str, Field(max_length=60)] = ""
    wanted_on: date | None = None
    note: Annotated[str, Field(max_length=300)] = ""


class SaidOut(Schema):
    """What one rule of the gate says: code, level (block, warn, record), numbers, sentence; `line` 0 is the whole order."""

    rule: str
    level: str
    line: int
    asks: bool
    waivable: bool
    waived: bool
    numbers: dict[str, Any]
    sentence: str


class CheckOut(Schema):
    """The gate's answer: block, warn (somebody must approve) or pass; headroom as it is before the order."""

    outcome: str
    total_fen: int
    headroom_fen: int
    limit_fen: int | None
    over_fen: int
    said: list[SaidOut]


class OrderOut(Schema):
    """An order in a list."""

    id: int
    number: str
    customer_code: str
    customer_name: str
    placed_at: datetime
    placed_by: str
    payment: str
    total_fen: int
    state: str
    state_at: datetime
    customer_ref: str
    blocked_by: list[str]


class OrderLineOut(Schema):
    """A line of an order."""

    id: int
    place: int
    product_code: str
    product_name: str
    quantity_milli: int
    price_fen: int
    fen: int
    cancelled_milli: int
    delivered_milli: int
    returned_milli: int
    invoiced_milli: int


class StateOut(Schema):
    """A state the order came into."""

    state: str
    why: str
    by: str
    at: datetime


class OrderCardOut(OrderOut):
    """Everything about an order."""

    lines: list[OrderLineOut]
    states: list[StateOut]
    said: list[SaidOut]
    deliveries: list[str]


class VerdictOut(Schema):
    """What the gate said at one moment, and by which versions of the policies."""

    id: int
    moment: str
    outcome: str
    by: str
    at: datetime
    policies: dict[str, str]
    said: list[SaidOut]


class ReasonIn(Schema):
    """A reason."""

    reason: Annotated[str, Field(max_length=300)] = ""


class SpecialIn(Schema):
    """A special release; a deputy gives the login of whom he stands in for, and is judged by that person's authority."""

    reason: Annotated[str, Field(min_length=1, max_length=300)]
    expires_on: date
    stands_in_for: Annotated[str, Field(max_length=64)] = ""


class ShippedIn(Schema):
    """So much of an order line, of a batch."""

    line_id: Key
    quantity_milli: Milli
    batch: Annotated[str, Field(min_length=1, max_length=40)]
    expires_on: date | None = None


class DeliveryIn(Schema):
    """Goods that leave."""

    lines: Annotated[list[ShippedIn], Field(min_length=1, max_length=500)]
    on: date
    address: Annotated[str, Field(max_length=200)] = ""
    carrier: Annotated[str, Field(max_length=120)] = ""
    waybill: Annotated[str, Field(max_length=60)] = ""
    temperature: Annotated[str, Field(max_length=120)] = ""


class DeliveryOut(Schema):
    """A delivery."""

    id: int
    number: str
    order_number: str
    customer_name: str
    on: date
    fen: int
    received_on: date | None
    receiver: str
    invoice_number: str


class HandoverIn(Schema):
    """Who took a delivery: the key of one of the customer's authorised persons."""

    receiver_id: Key
    on: date
    temperature: Annotated[str, Field(max_length=120)] = ""
    note: Annotated[str, Field(max_length=200)] = ""


class InvoiceIn(Schema):
    """An invoice from a delivery."""

    number: Annotated[str, Field(min_length=1, max_length=60)]
    on: date


class BackIn(Schema):
    """So much of a delivered line that came back."""

    delivered_id: Key
    quantity_milli: Milli


class ReturnIn(Schema):
    """Goods that came back."""

    lines: Annotated[list[BackIn], Field(min_length=1, max_length=500)]
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    on: date
    red_letter_number: Annotated[str, Field(max_length=60)] = ""


class PriceOut(Schema):
    """A price of the book, with VAT per unit; for everybody, a kind of customer or one customer."""

    id: int
    product_code: str
    product_name: str
    customer_kind: str
    customer_name: str
    price_fen: int
    floor_fen: int | None
    since: date
    until: date | None
    source: str
    set_by: str
    ended_at: datetime | None


class PriceIn(Schema):
    """A price to set."""

    product_code: Code
    price_fen: Fen
    floor_fen: Fen | None = None
    customer_kind: Annotated[str, Field(max_length=20)] = ""
    customer_code: Annotated[str, Field(max_length=64)] = ""
    since: date
    until: date | None = None
    source: Annotated[str, Field(max_length=120)] = ""


@router.post("/check", response=CheckOut)
def check(request: HttpRequest, body: OrderIn):
    """What the gate would say of an order, without placing it."""
    request.user.must(SEE)
    terminal = terminals.terminal_named(request.user, body.customer_code)
    decision, case = queries.try_order(request.user, terminal, _lines(request, body), body.payment, timezone.now())
    return shapes.checked(decision, case, _)


@router.post("", response={201: OrderCardOut}, openapi_extra=KEYED)
def place(request: HttpRequest, body: OrderIn):
    """Place an order. What the gate blocks is kept too, held, with the reasons. Needs orders.place."""
    request.user.must("orders.place")

    def do() -> int:
        terminal = terminals.terminal_named(request.user, body.customer_code)
        given = {"customer_ref": body.customer_ref, "wanted_on": body.wanted_on, "note": body.note}
        order = actions.place_order(
            terminal=terminal, lines=_lines(request, body), payment=body.payment, source="api", by=request.user,
            now=timezone.now(), **given,
        )  # fmt: skip
        return order.pk

    return Status(201, _card(request, keyed(request, "orders.place", body.dict(), do)))


@router.get("", response=Page[OrderOut])
def orders(
    request: HttpRequest,
    text: Annotated[str, Query(max_length=60)] = "",
    state: Annotated[str, Query(max_length=20, description="a state, or open")] = "",
    customer: Annotated[str, Query(max_length=64)] = "",
    start: Start = 0,
    limit: Limit = 50,
):
    """Orders, newest first."""
    request.user.must(SEE)
    pk = terminals.terminal_named(request.user, customer).pk if customer else None
    plain = text.replace("\x00", "")
    rows, count = queries.list_orders(request.user, text=plain, state=state, terminal=pk, start=start, limit=limit)
    return page(request, [shapes.order(row) for row in rows], count, start, limit)


@router.get("/deliveries", response=Page[DeliveryOut])
def deliveries(
    request: HttpRequest,
    waiting: Annotated[Literal["", "handover", "invoice"], Query()] = "",
    start: Start = 0,
    limit: Limit = 50,
):
    """Deliveries, newest first."""
    request.user.must(SEE)
    rows, count = queries.list_deliveries(request.user, waiting=waiting, start=start, limit=limit)
    return page(request, [_delivery(row) for row in rows], count, start, limit)


@router.get("/prices", response=Page[PriceOut])
def prices(
    request: HttpRequest,
    text: Annotated[str, Query(max_length=60)] = "",
    customer_kind: Annotated[str, Query(max_length=20)] = "",
    ended: bool = False,
    start: Start = 0,
    limit: Limit = 50,
):
    """The price book: live prices, or with `ended` those that count no longer."""
    request.user.must(SEE)
    plain, kind = text.replace("\x00", ""), customer_kind.replace("\x00", "")
    rows, count = queries.list_prices(
        request.user, text=plain, customer_kind=kind, ended=ended, start=start, limit=limit
    )
    return page(request, [shapes.price(row) for row in rows], count, start, limit)


@router.post("/prices", response={201: PriceOut}, openapi_extra=KEYED)
def set_price(request: HttpRequest, body: PriceIn):
    """Set a price; live ones for the same customers from that day on end. Needs orders.price."""
    request.user.must("orders.price")

    def do() -> int:
        given = body.dict(exclude={"product_code", "customer_code", "customer_kind"})
        customer = body.customer_code and terminals.terminal_named(request.user, body.customer_code)
        return actions.set_price(
            product=_product(request, body.product_code), terminal=customer or None,
            customer_kind=read_kind(body.customer_kind) if body.customer_kind and not customer else "",
            by=request.user, now=timezone.now(), **given,
        ).pk  # fmt: skip

    made = keyed(request, "orders.set_price", body.dict(), do)
    return Status(201, shapes.price(queries.price_card(request.user, made)))


@router.delete("/prices/{int:pk}", response={204: None})
def end_price(request: HttpRequest, pk: int):
    """From now on a price counts no longer. Needs orders.price."""
    request.user.must("orders.price")
    actions.end_price(price=queries.price_for(request.user, pk), by=request.user, now=timezone.now())
    return Status(204, None)


@router.get("/{int:pk}", response=OrderCardOut)
def order(request: HttpRequest, pk: int):
    """Everything about an order."""
    return _card(request, pk)


@router.get("/{int:pk}/verdicts", response=list[VerdictOut])
def verdicts(request: HttpRequest, pk: int):
    """What the gate said of an order, newest first."""
    return [
        {
            "id": one.pk, "moment": one.moment, "outcome": one.outcome, "by": one.by, "at": one.at,
            "policies": dict(one.policies), "said": shapes.said(one.lines, _),
        }
        for one in queries.verdicts_of(request.user, pk)
    ]  # fmt: skip


@router.post("/{int:pk}/recheck", response=OrderCardOut)
def recheck(request: HttpRequest, pk: int):
    """Ask the gate again. Needs orders.release."""
    kept = queries.order_for(request.user, pk)
    actions.recheck_order(order=kept, by=request.user, now=timezone.now())
    return _card(request, pk)


@router.post("/{int:pk}/release", response=OrderCardOut)
def release(request: HttpRequest, pk: int):
    """Release an order that passes; never one's own. Needs orders.release."""
    kept = queries.order_for(request.user, pk)
    actions.release_order(order=kept, by=request.user, now=timezone.now())
    return _card(request, pk)


@router.post("/{int:pk}/special-release", response=OrderCardOut, openapi_extra=KEYED)
def release_specially(request: HttpRequest, pk: int, body: SpecialIn):
    """Let an order pass what may be waived, for a reason, within one's authority. Needs orders.release."""

    def do() -> int:
        kept = queries.order_for(request.user, pk)
        given = {"reason": body.reason, "expires_on": body.expires_on, "stands_in_for": _giver(request, body)}
        return actions.release_specially(order=kept, by=request.user, now=timezone.now(), **given).pk

    return _card(request, keyed(request, "orders.release_specially", [pk, body.dict()], do))


@router.post("/{int:pk}/cancel", response=OrderCardOut)
def cancel(request: HttpRequest, pk: int, body: ReasonIn):
    """Cancel what is not delivered. Needs orders.cancel."""
    kept = queries.order_for(request.user, pk)
    actions.cancel_order(order=kept, reason=body.reason, by=request.user, now=timezone.now())
    return _card(request, pk)


@router.post("/{int:pk}/deliveries", response={201: DeliveryOut}, openapi_extra=KEYED)
def deliver(request: HttpRequest, pk: int, body: DeliveryIn):
    """Deliver goods of a released order. Needs orders.deliver."""

    def do() -> int:
        kept = queries.order_for(request.user, pk, "orders.deliver")
        head = body.dict(exclude={"lines"})
        lines = [Shipped(one.line_id, one.quantity_milli, one.batch, one.expires_on) for one in body.lines]
        return actions.deliver(order=kept, lines=lines, by=request.user, now=timezone.now(), **head).pk

    made = keyed(request, "orders.deliver", [pk, body.dict()], do)
    return Status(201, _delivery(queries.delivery(request.user, made).row))


@router.get("/deliveries/{int:pk}", response=DeliveryOut)
def delivery(request: HttpRequest, pk: int):
    """One delivery."""
    request.user.must(SEE)
    return _delivery(queries.delivery(request.user, pk).row)


@router.post("/deliveries/{int:pk}/handover", response=DeliveryOut, openapi_extra=KEYED)
def hand_over(request: HttpRequest, pk: int, body: HandoverIn):
    """An authorised person took the goods. Needs orders.deliver."""

    def do() -> int:
        kept = queries.delivery_for(request.user, pk)
        given = {"receiver": body.receiver_id, "on": body.on, "temperature": body.temperature, "note": body.note}
        return actions.hand_over(delivery=kept, by=request.user, now=timezone.now(), **given).pk

    keyed(request, "orders.hand_over", [pk, body.dict()], do)
    return _delivery(queries.delivery(request.user, pk).row)


@router.post("/deliveries/{int:pk}/invoice", response=DeliveryOut, openapi_extra=KEYED)
def invoice(request: HttpRequest, pk: int, body: InvoiceIn):
    """Invoice a delivery. Needs orders.invoice."""

    def do() -> int:
        kept = queries.delivery_for(request.user, pk)
        given = {"number": body.number, "on": body.on}
        return actions.invoice_delivery(delivery=kept, by=request.user, now=timezone.now(), **given).pk

    keyed(request, "orders.invoice", [pk, body.dict()], do)
    return _delivery(queries.delivery(request.user, pk).row)


@router.post("/deliveries/{int:pk}/returns", response=DeliveryOut, openapi_extra=KEYED)
def take_back(request: HttpRequest, pk: int, body: ReturnIn):
    """Goods came back. Needs orders.invoice."""

    def do() -> int:
        kept = queries.delivery_for(request.user, pk)
        lines = [SentBack(one.delivered_id, one.quantity_milli) for one in body.lines]
        head = body.dict(exclude={"lines"})
        return actions.take_back(delivery=kept, lines=lines, by=request.user, now=timezone.now(), **head).pk

    keyed(request, "orders.take_back", [pk, body.dict()], do)
    return _delivery(queries.delivery(request.user, pk).row)


def _lines(request: HttpRequest, body: OrderIn) -> list[LineWanted]:
    known = products.by_codes(request.user, [line.product_code for line in body.lines])
    return [
        LineWanted(known.get(one.product_code, 0), one.quantity_milli, one.price_fen, one.note) for one in body.lines
    ]


def _giver(request: HttpRequest, body: SpecialIn) -> Any:
    if not body.stands_in_for:
        return None
    givers = people.stands_in_for(request.user, timezone.localdate())
    found = next((one for one in givers if one.login == body.stands_in_for), None)
    if found is None:
        raise NotAllowed(verb="orders.release")
    return found


def _product(request: HttpRequest, code: str) -> Any:
    found = products.by_codes(request.user, [code])
    if code not in found:
        raise UnknownProduct(text=code)
    return products.product_for(request.user, found[code])


def _card(request: HttpRequest, pk: int) -> dict[str, Any]:
    card = queries.order(request.user, pk)
    lines = [
        {
            "id": line.pk, "place": line.place, "product_code": line.code, "product_name": line.name,
            "quantity_milli": line.quantity_milli, "price_fen": line.price_fen, "fen": line.fen,
            "cancelled_milli": line.cancelled_milli, "delivered_milli": line.delivered_milli,
            "returned_milli": line.returned_milli, "invoiced_milli": line.invoiced_milli,
        }
        for line in card.lines
    ]  # fmt: skip
    states = [{"state": one.state, "why": one.why, "by": one.by, "at": one.at} for one in card.states]
    said = shapes.said(card.newest.lines, _) if card.newest else []
    return shapes.order(card.row) | {
        "lines": lines, "states": states, "said": said, "deliveries": [one.number for one in card.deliveries],
    }  # fmt: skip


def _delivery(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk, "number": row.number, "order_number": row.order_number, "customer_name": row.terminal_name,
        "on": row.on, "fen": row.fen, "received_on": row.received_on, "receiver": row.receiver,
        "invoice_number": row.invoice_number,
    }  # fmt: skip
