"""Orders as pages, the API and exports show them: plain values, for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Max, Q, QuerySet, Sum

from kewei.journal.bulk import among, chunks
from kewei.kernel.ids import digest
from kewei.kernel.plain import as_json, from_json
from kewei.kernel.refusals import N_, NotFound
from kewei.orders.models import (
    Delivery,
    DeliveryLine,
    Order,
    OrderInvoice,
    OrderLine,
    OrderState,
    Return,
    ReturnLine,
    SignedReceipt,
    SpecialRelease,
    Verdict,
)
from kewei.orders.queries import cases
from kewei.orders.rules.gate import BLOCK, Case, Decision, Line, decide
from kewei.orders.rules.states import FROM, HELD, LAPSED, OPEN, STATES, WAITING
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.terminals import queries as terminals

SEE = "orders.see"
NOUN = N_("订单")
ORDERS: dict[str, tuple[str, str]] = {
    "placed_at": ("placed_at", "pk"),
    "number": ("number", "pk"),
    "total": ("total_fen", "pk"),
    "terminal": ("terminal__code", "pk"),
    "state_at": ("state_at", "pk"),
}
COUNTED_TO = 100_000
_Row = TypeVar("_Row")


@dataclass(frozen=True)
class OrderRow:
    """An order in a list; `blocked_by` are the rules of its newest verdict, money in fen."""

    pk: int
    number: str
    terminal: int
    terminal_code: str
    terminal_name: str
    placed_at: datetime
    placed_by: str
    payment: str
    total_fen: int
    state: str
    state_at: datetime
    customer_ref: str
    blocked_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class LineRow:
    """A line of an order; quantities in thousandths, money in fen."""

    pk: int
    place: int
    product: int
    code: str
    name: str
    unit: str
    quantity_milli: int
    price_fen: int
    fen: int
    note: str
    cancelled_milli: int
    delivered_milli: int
    returned_milli: int
    invoiced_milli: int

    @property
    def open_milli(self) -> int:
        """Neither delivered nor cancelled."""
        return self.quantity_milli - self.cancelled_milli - self.delivered_milli


@dataclass(frozen=True)
class StateRow:
    """A state the order came into."""

    state: str
    why: str
    by: str
    at: datetime


@dataclass(frozen=True)
class VerdictRow:
    """What the gate said at one moment, with the policies it judged by."""

    pk: int
    moment: str
    outcome: str
    lines: tuple[Line, ...]
    policies: Mapping[str, str]
    by: str
    at: datetime


@dataclass(frozen=True)
class ReleaseRow:
    """A special release: what it waived, why, by which authority, until when."""

    waives: tuple[str, ...]
    reason: str
    over_fen: int
    authority: str
    expires_on: date
    by: str
    at: datetime


@dataclass(frozen=True)
class DeliveryRow:
    """A delivery in a list; `received_on` and `receiver` where it was handed over, `invoice` (key, number) where invoiced."""

    pk: int
    number: str
    order: int
    order_number: str
    terminal: int
    terminal_name: str
    on: date
    fen: int
    carrier: str
    waybill: str
    received_on: date | None
    receiver: str
    invoice: int | None
    invoice_number: str


@dataclass(frozen=True)
class OrderCard:
    """Everything about one order."""

    row: OrderRow
    ship_to: str
    wanted_on: date | None
    note: str
    term_days: int | None
    source: str
    placed_by_id: int
    lines: tuple[LineRow, ...]
    states: tuple[StateRow, ...]
    verdicts: tuple[VerdictRow, ...]
    releases: tuple[ReleaseRow, ...]
    deliveries: tuple[DeliveryRow, ...]

    @property
    def newest(self) -> VerdictRow | None:
        """The gate's latest word."""
        return self.verdicts[0] if self.verdicts else None

    def may(self, verb: str) -> bool:
        """Whether a verb may start from where the order stands."""
        return self.row.state in FROM[verb]


@dataclass(frozen=True)
class DeliveryLineRow:
    """A line of a delivery with what is printed of it; quantities in thousandths, money in fen."""

    pk: int
    place: int
    product: int
    code: str
    name: str
    spec: str
    form: str
    unit: str
    maker: str
    approval_no: str
    cold_chain: bool
    storage: str
    batch: str
    expires_on: date | None
    quantity_milli: int
    price_fen: int
    fen: int
    returned_milli: int


@dataclass(frozen=True)
class DeliveryCard:
    """Everything about one delivery."""

    row: DeliveryRow
    terminal_code: str
    credit_code: str
    address: str
    temperature: str
    handover_temperature: str
    handover_note: str
    signed: bool
    by: str
    lines: tuple[DeliveryLineRow, ...]


def order_for(person: Person, pk: int, verb: str = SEE) -> Order:
    """The order where this person may see it for a verb. Raises NotFound."""
    found = Order.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal").first()
    if found is None:
        raise NotFound(noun=NOUN)
    return found


def delivery_for(person: Person, pk: int, verb: str = SEE) -> Delivery:
    """The delivery where this person may see it for a verb. Raises NotFound."""
    found = Delivery.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal", "order").first()
    if found is None:
        raise NotFound(noun=N_("发货单"))
    return found


def list_orders(
    person: Person,
    *,
    text: str = "",
    state: str = "",
    terminal: int | None = None,
    placed_by: int | None = None,
    payment: str = "",
    rule: str = "",
    first: date | None = None,
    last: date | None = None,
    order: str = "-placed_at",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[OrderRow], int]:
    """One page of orders, newest first, and how many there are (counted to COUNTED_TO + 1); three queries.

    `state` is one of rules.states.STATES, or "open" for all that can still change; `rule` what the newest word of the
    gate was blocked by.
    """
    rows = _filtered(person, text, state, terminal, placed_by, payment, first, last)
    if rule:
        rows = rows.filter(pk__in=Verdict.objects.filter(blocked_by__icontains=f'"{rule}"').values("order"))
    count = rows.order_by()[: COUNTED_TO + 1].count()
    page = rows.order_by(*_order(order)).values_list(*_FIELDS)
    page = page[start : start + limit] if limit is not None else page[start:]
    return _with_blocks([OrderRow(*values) for values in page]), count


def export_rows(person: Person, **filters: Any) -> Iterator[OrderRow]:
    """Every order with the filters of list_orders, streamed."""
    order = filters.pop("order", "-placed_at")
    names = ("text", "state", "terminal", "placed_by", "payment", "first", "last")
    blank = dict.fromkeys(names, None) | {"text": "", "state": "", "payment": ""}
    wanted = blank | {name: value for name, value in filters.items() if name in names}
    asked: list[Any] = [wanted[name] for name in names]
    rows = _filtered(person, *asked).order_by(*_order(order)).values_list(*_FIELDS)
    for chunk in chunks(rows.iterator(chunk_size=2000), 2000):
        yield from _with_blocks([OrderRow(*values) for values in chunk])


def open_among(terminal_ids: Collection[int]) -> dict[int, list[OrderRow]]:
    """Open orders of these customers, newest first, whoever asks; two queries."""
    rows = Order.objects.filter(among("terminal_id", list(terminal_ids)), state__in=OPEN).order_by("-placed_at", "-pk")
    found: dict[int, list[OrderRow]] = {}
    for row in _with_blocks([OrderRow(*values) for values in rows.values_list(*_FIELDS)]):
        found.setdefault(row.terminal, []).append(row)
    return found


def order(person: Person, pk: int) -> OrderCard:
    """Everything about one order; nine queries. Raises NotFound."""
    kept = order_for(person, pk)
    row = OrderRow(
        *Order.objects.filter(pk=pk).values_list(*_FIELDS).get(),
    )
    verdicts = verdicts_of(person, pk, checked=True)
    blocked = tuple(sorted({line.rule for line in verdicts[0].lines if line.level == BLOCK})) if verdicts else ()
    return OrderCard(
        row=replace(row, blocked_by=blocked),
        ship_to=kept.ship_to.name if kept.ship_to else "",
        wanted_on=kept.wanted_on,
        note=kept.note,
        term_days=kept.term_days,
        source=kept.source,
        placed_by_id=kept.placed_by_id,
        lines=tuple(_lines(pk)),
        states=tuple(
            StateRow(*values)
            for values in OrderState.objects.filter(order=pk)
            .order_by("-pk")
            .values_list("state", "why", "by__name", "at")
        ),
        verdicts=tuple(verdicts),
        releases=tuple(_releases(pk)),
        deliveries=tuple(_deliveries(Delivery.objects.filter(order=pk).order_by("-pk"))),
    )


def verdicts_of(person: Person, pk: int, *, checked: bool = False) -> list[VerdictRow]:
    """What the gate said of an order, newest first. Raises NotFound."""
    if not checked:
        order_for(person, pk)
    fields = ("pk", "moment", "outcome", "verdicts", "policies", "by__name", "at")
    rows = Verdict.objects.filter(order=pk).order_by("-pk").values_list(*fields)
    return [VerdictRow(row[0], row[1], row[2], _read_lines(row[3]), *row[4:]) for row in rows]


def verdict_case(person: Person, order_pk: int, verdict_pk: int) -> tuple[VerdictRow, Case]:
    """One word of the gate with all it looked at: what an auditor asks for. Raises NotFound."""
    order_for(person, order_pk)
    row = Verdict.objects.filter(pk=verdict_pk, order=order_pk).select_related("by").first()
    if row is None:
        raise NotFound(noun=N_("关口结论"))
    told = VerdictRow(row.pk, row.moment, row.outcome, _read_lines(row.verdicts), row.policies, row.by.name, row.at)
    return told, from_json(Case, row.case)


def replay(verdict_pk: int) -> tuple[bool, Decision]:
    """Judge a kept case again by the policies of its day: whether that gives the same, bit by bit, and what it gives."""
    row = Verdict.objects.get(pk=verdict_pk)
    decision = decide(from_json(Case, row.case), cases.gate_policies_of(row.policies))
    said = as_json(decision.lines)
    same = said == row.verdicts and decision.outcome == row.outcome
    return same and digest([row.case, row.policies, said]) == row.digest, decision


def awaiting_release(person: Person, limit: int = 200) -> list[OrderRow]:
    """Orders that wait for somebody to release them and that this person may release: not their own. Oldest first."""
    rows = Order.objects.visible_to(person, "orders.release").filter(state__in=(WAITING, HELD, LAPSED))
    rows = rows.exclude(placed_by=person).order_by("state_at", "pk").values_list(*_FIELDS)[:limit]
    return _with_blocks([OrderRow(*values) for values in rows])


def count_by_state(person: Person) -> dict[str, int]:
    """How many open orders this person sees in each state."""
    rows = Order.objects.visible_to(person, SEE).filter(state__in=OPEN).values_list("state", flat=True)
    return {state: Counter(rows).get(state, 0) for state in STATES if state in OPEN}


@dataclass(frozen=True)
class RefusalRow:
    """How often a rule held an order at entry, and the money it kept out, fen."""

    key: str
    name: str
    orders: int
    fen: int


def refusal_counts(person: Person, first: date, last: date, by: str = "rule") -> list[RefusalRow]:
    """Orders refused at entry in a span of days, by rule, representative, month or kind of customer; most first.

    A refusal is a good outcome (deck 1E, row 61): an order counts once for each rule that blocked it.
    """
    rows = Verdict.objects.visible_to(person, SEE).filter(
        outcome=BLOCK, moment="entry", at__date__gte=first, at__date__lte=last
    )
    first_word = rows.filter(pk__in=_first_words(first, last))
    fields = ("blocked_by", "order__placed_by", "order__placed_by__name", "at", "order__total_fen", "terminal__kind")
    orders: Counter[str] = Counter()
    fen: Counter[str] = Counter()
    names: dict[str, str] = {}
    for rules, who, name, at, total_fen, kind in first_word.values_list(*fields):
        keys = {"rule": rules, "person": [str(who)], "month": [f"{at:%Y-%m}"], "kind": [kind]}[by]
        for key in keys:
            orders[key] += 1
            fen[key] += total_fen
            names[key] = name if by == "person" else key
    return [RefusalRow(key, names[key], count, fen[key]) for key, count in orders.most_common()]


def _first_words(first: date, last: date) -> Any:
    """The first word of the gate about each order of these days."""
    from django.db.models import Min

    span = (first - timedelta(days=1), last + timedelta(days=2))
    found = Verdict.objects.filter(at__date__range=span).values("order").annotate(first=Min("pk"))
    return found.values("first")


def list_deliveries(
    person: Person,
    *,
    text: str = "",
    terminal: int | None = None,
    waiting: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[DeliveryRow], int]:
    """Deliveries, newest first, and how many; `waiting` is "handover" or "invoice" for what has not got it yet."""
    rows = Delivery.objects.visible_to(person, SEE)
    if text:
        rows = rows.filter(number__istartswith=text.strip()) | rows.filter(order__number__istartswith=text.strip())
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if waiting == "handover":
        rows = rows.filter(handover=None)
    if waiting == "invoice":
        rows = rows.filter(invoices=None)
    count = rows.order_by()[: COUNTED_TO + 1].count()
    ordered = rows.order_by("-pk")
    return list(_deliveries(ordered[start : start + limit] if limit is not None else ordered[start:])), count


def delivery(person: Person, pk: int) -> DeliveryCard:
    """Everything about one delivery. Raises NotFound."""
    kept = delivery_for(person, pk)
    back = dict(
        ReturnLine.objects.filter(delivered__delivery=pk)
        .values("delivered")
        .annotate(milli=Sum("quantity_milli"))
        .values_list("delivered", "milli")
    )
    fields = (
        "pk", "line__place", "line__product", "line__product__code", "line__product__name", "line__product__spec",
        "line__product__form", "line__product__unit", "line__product__maker", "line__product__approval_no",
        "line__product__cold_chain", "line__product__storage", "batch", "expires_on", "quantity_milli", "line__price_fen", "fen",
    )  # fmt: skip
    lines: Any = DeliveryLine.objects.filter(delivery=pk).order_by("line__place", "pk").values_list(*fields)
    handover = getattr(kept, "handover", None)
    return DeliveryCard(
        row=next(iter(_deliveries(Delivery.objects.filter(pk=pk)))),
        terminal_code=kept.terminal.code,
        credit_code=kept.terminal.credit_code or "",
        address=kept.address or kept.terminal.address,
        temperature=kept.temperature,
        handover_temperature=handover.temperature if handover else "",
        handover_note=handover.note if handover else "",
        signed=bool(handover and handover.paper_id) or SignedReceipt.objects.filter(delivery=pk).exists(),
        by=kept.by.name,
        lines=tuple(_made(DeliveryLineRow, *values, int(back.get(values[0], 0))) for values in lines),
    )


def receipt_of(person: Person, pk: int) -> Any:
    """The newest attachment that shows who signed for a delivery, where this person may see it. Raises NotFound."""
    kept = delivery_for(person, pk)
    later = SignedReceipt.objects.filter(delivery=kept).select_related("paper").order_by("-pk").first()
    paper = later.paper if later else getattr(getattr(kept, "handover", None), "paper", None)
    if paper is None:
        raise NotFound(noun=N_("签收单"))
    return paper


def find_orders(person: Person, text: str, limit: int = 10) -> list[OrderRow]:
    """Orders whose number begins so, newest first, then those with just this number of the customer's own."""
    if len(text := text.strip()) < 2:
        return []
    seen = Order.objects.visible_to(person, SEE).order_by("-pk")
    wanted = (Q(number__startswith=text.upper()), Q(customer_ref=text))
    rows = [row for one in wanted for row in seen.filter(one).values_list(*_FIELDS)[:limit]]
    return _with_blocks([OrderRow(*row) for row in dict.fromkeys(rows)][:limit])


def find_deliveries(person: Person, text: str, limit: int = 10) -> list[DeliveryRow]:
    """Deliveries whose number begins so, newest first."""
    if len(text := text.strip()) < 2:
        return []
    seen = Delivery.objects.visible_to(person, SEE).filter(number__startswith=text.upper())
    return list(_deliveries(seen.order_by("-pk")[:limit]))


def open_orders_of(terminal_ids: list[int]) -> list[Order]:
    """Orders of these customers the gate may be asked about again: held, waiting, timed out; whoever asks."""
    rows = Order.objects.filter(terminal__in=terminal_ids, state__in=(HELD, WAITING))
    return list(rows.order_by("placed_at", "pk"))


def open_orders_beside(terminal: int, held_by_group: bool) -> list[Order]:
    """Held and waiting orders of the other members of a customer's group, whoever asks.

    `held_by_group`: only those whose newest word of the gate named the group's limit, for what moves its headroom.
    """
    head = terminals.group_heads([terminal])[terminal]
    rows = Order.objects.filter(state__in=(HELD, WAITING)).exclude(terminal=terminal)
    # Asked one after the other, because an OR over two tables would go through every open order of the house.
    found = [*rows.filter(terminal=head), *rows.filter(terminal__group=head)]
    found.sort(key=lambda one: (one.placed_at, one.pk))
    if not (found and held_by_group):
        return found
    newest = Verdict.objects.filter(order__in=[one.pk for one in found]).values("order").annotate(last=Max("pk"))
    named = Verdict.objects.filter(pk__in=newest.values("last"), verdicts__icontains='"over_group_limit"')
    keys = set(named.values_list("order", flat=True))
    return [one for one in found if one.pk in keys]


def open_orders_with(product: int, terminal: int | None = None) -> list[Order]:
    """Orders with a line of this product the gate may be asked about again, of one customer or of all; whoever asks."""
    mine = {} if terminal is None else {"terminal": terminal}
    rows = Order.objects.filter(state__in=(HELD, WAITING), lines__product=product, **mine)
    return list(rows.distinct().order_by("placed_at", "pk"))


def all_waiting() -> list[Order]:
    """Every order the gate may be asked about again, oldest first, whoever asks."""
    return list(Order.objects.filter(state__in=(HELD, WAITING)).order_by("placed_at", "pk"))


def returns_of(order_pk: int) -> list[tuple[str, date, int, str, str]]:
    """What came back of an order: (number, day, fen, reason, red-letter number)."""
    rows = Return.objects.filter(delivery__order=order_pk).order_by("pk")
    return [
        (number, on, fen, reason, note or "")
        for number, on, fen, reason, note in rows.values_list("number", "on", "fen", "reason", "red_letter__number")
    ]


_FIELDS = (
    "pk", "number", "terminal", "terminal__code", "terminal__name", "placed_at", "placed_by__name", "payment",
    "total_fen", "state", "state_at", "customer_ref",
)  # fmt: skip


def _filtered(
    person: Person,
    text: str,
    state: str,
    terminal: int | None,
    placed_by: int | None,
    payment: str,
    first: date | None,
    last: date | None,
) -> QuerySet[Order]:
    rows = Order.objects.visible_to(person, SEE)
    if text := text.strip():
        rows = rows.filter(number__istartswith=text) | rows.filter(customer_ref__istartswith=text)
    if state == "open":
        rows = rows.filter(state__in=OPEN)
    elif state:
        rows = rows.filter(state=state)
    asked = {
        "terminal": terminal,
        "placed_by": placed_by,
        "payment": payment,
        "placed_at__date__gte": first,
        "placed_at__date__lte": last,
    }
    return rows.filter(**{field: value for field, value in asked.items() if value not in (None, "")})


def _order(order: str) -> list[str]:
    sign, name = ("-", order[1:]) if order.startswith("-") else ("", order)
    return [sign + field for field in ORDERS.get(name, ORDERS["placed_at"])]


def _with_blocks(rows: list[OrderRow]) -> list[OrderRow]:
    """What the newest word of the gate was blocked by, of the orders that are held."""
    held = [row.pk for row in rows if row.state in (HELD, WAITING, LAPSED)]
    if not held:
        return rows
    newest = dict(Verdict.objects.filter(order__in=held).order_by("order", "pk").values_list("order", "blocked_by"))
    return [replace(row, blocked_by=tuple(newest.get(row.pk, ()))) if row.pk in newest else row for row in rows]


def _lines(pk: int) -> Iterator[LineRow]:
    fields = (
        "pk", "place", "product", "product__code", "product__name", "product__spec", "product__unit", "quantity_milli",
        "price_fen", "fen", "note", "cancelled_milli", "delivered_milli", "returned_milli", "invoiced_milli",
    )  # fmt: skip
    rows: Any = OrderLine.objects.filter(order=pk).order_by("place").values_list(*fields)
    for values in rows:
        yield _made(LineRow, *values[:4], f"{values[4]} {values[5]}".strip(), *values[6:])


def _releases(pk: int) -> Iterator[ReleaseRow]:
    fields = ("waives", "reason", "over_fen", "authority", "expires_on", "by__name", "at")
    for values in SpecialRelease.objects.filter(order=pk).order_by("-pk").values_list(*fields):
        yield ReleaseRow(tuple(values[0]), *values[1:])


def _deliveries(rows: QuerySet[Delivery]) -> Iterator[DeliveryRow]:
    fields = (
        "pk", "number", "order", "order__number", "terminal", "terminal__name", "on", "fen", "carrier", "waybill",
        "handover__on", "handover__receiver_name",
    )  # fmt: skip
    values: Any = list(rows.values_list(*fields))
    invoices = {
        key: (entry, number)
        for key, entry, number in OrderInvoice.objects.filter(delivery__in=[row[0] for row in values]).values_list(
            "delivery", "entry", "entry__number"
        )
    }
    for row in values:
        entry, number = invoices.get(row[0], (None, ""))
        yield _made(DeliveryRow, *row[:11], row[11] or "", entry, number)


def _made(kind: type[_Row], *values: Any) -> _Row:
    """A row of values that the database's types do not know the order of."""
    return kind(*values)


def _read_lines(body: list[dict[str, Any]]) -> tuple[Line, ...]:
    return tuple(from_json(Line, one) for one in body)


def placers(person: Person) -> list[tuple[int, str]]:
    """Who has placed orders, for a filter."""
    return people.choices_of_people(("representative", "manager", "director"))
