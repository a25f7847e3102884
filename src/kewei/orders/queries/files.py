"""What an import of orders and prices needs to know, asked in sets; and both again for a file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kewei.journal.bulk import chunks
from kewei.kernel.refusals import Refused
from kewei.orders.models import Order, OrderLine, Price
from kewei.orders.queries import cases
from kewei.orders.rules.files import (
    FilePlan,
    Foreseen,
    HeadDiffers,
    HeldPrice,
    OneOrKind,
    OrderDraft,
    OrderFileRow,
    OtherThanPlaced,
    PriceDraft,
    PriceFileRow,
    UnknownProduct,
    in_the_book,
    order_row,
    price_row,
    says_the_same,
)
from kewei.orders.rules.gate import RECORD, decide
from kewei.orders.rules.lines import BadOrderQuantity, LineWanted, check_lines
from kewei.orders.rules.prices import check_price
from kewei.orders.rules.says import refusal_of
from kewei.orders.rules.states import CANCELLED, HELD, state_after
from kewei.people.models import Person
from kewei.products import queries as products
from kewei.terminals import queries as terminals
from kewei.terminals.queries.importing import by_codes
from kewei.terminals.rules import RepeatedInFile, UnknownCustomer

PLACE, SET, EXPORT = "orders.place", "orders.price", "orders.export"


def plan_orders(person: Person, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> FilePlan:
    """What importing these rows would place: (row number, values by column name). Reads only, in sets.

    Rows of one customer with the same customer_ref (or none) are one order, in the order of the file. An order with that
    customer_ref placed before is counted where it says the same, else it is a fault.
    """
    numbered = [(number, order_row(values)) for number, values in rows]
    mine = by_codes(person, {row.customer_code for _, row in numbered}, PLACE)
    known = products.by_codes(person, {row.product_code for _, row in numbered})
    plan = FilePlan()
    drafts: dict[tuple[str, str], OrderDraft] = {}
    heads: dict[tuple[str, str], tuple[int, OrderFileRow]] = {}
    for number, row in numbered:
        if fault := _order_fault(row, number, mine, known, heads):
            plan.faults.append((number, *fault))
            continue
        key = (row.customer_code, row.customer_ref)
        if key not in drafts:
            drafts[key] = OrderDraft(number, mine[row.customer_code], row.customer_ref, *row.head)
        drafts[key].rows.append(number)
        drafts[key].lines.append(LineWanted(known[row.product_code], row.quantity, row.price, row.line_note))
    placed = _placed(drafts.values())
    for draft in drafts.values():
        _judge_order(plan, draft, placed.get((draft.terminal, draft.customer_ref)))
    return plan


def foresee(drafts: Iterable[OrderDraft], day: date) -> list[Foreseen]:
    """What the gate would make of these orders, were they placed one after another today; writes nothing.

    An order that would hold headroom leaves less of it for those after it, of the same customer and of the same group.
    A few statements per order: for the first orders of a file, not for all of a long one.
    """
    drafts = sorted(drafts, key=lambda one: one.terminal)
    heads = terminals.group_heads({draft.terminal for draft in drafts})
    found = []
    own: dict[int, int] = {}
    groups: dict[int, int] = {}
    for draft in drafts:
        case, policies, _labels = cases.new_case(draft.terminal, draft.lines, draft.payment, day)
        group = heads[draft.terminal]
        stands = case.standing
        before = replace(stands.exposure, ordered_fen=stands.exposure.ordered_fen + own.get(draft.terminal, 0))
        together_fen = stands.group_exposure_fen + groups.get(group, 0)
        case = replace(case, standing=replace(stands, exposure=before, group_exposure_fen=together_fen))
        decision = decide(case, policies)
        state = state_after(decision, stands.grade, policies.gate.released_by_itself, draft.payment)
        if state != HELD and draft.payment == "credit":
            own[draft.terminal] = own.get(draft.terminal, 0) + case.wanted_fen
            groups[group] = groups.get(group, 0) + case.wanted_fen
        told = [line for line in decision.lines if line.level != RECORD]
        said = tuple((draft.rows[line.place - 1] if line.place else draft.row, refusal_of(line)) for line in told)
        found.append(Foreseen(draft.row, state, said))
    return sorted(found, key=lambda one: one.row)


def _order_fault(
    row: OrderFileRow,
    number: int,
    mine: Mapping[str, int],
    known: Mapping[str, int],
    heads: dict[tuple[str, str], tuple[int, OrderFileRow]],
) -> tuple[str, Refused] | None:
    if row.customer_code not in mine:
        return "customer_code", UnknownCustomer(text=row.customer_code)
    if row.product_code not in known:
        return "product_code", UnknownProduct(text=row.product_code)
    if row.quantity <= 0:
        return "quantity", BadOrderQuantity(place=number)
    first, head = heads.setdefault((row.customer_code, row.customer_ref), (number, row))
    if row.head != head.head:
        return "customer_ref", HeadDiffers(row=first)
    return None


def _judge_order(plan: FilePlan, draft: OrderDraft, before: tuple[str, list[tuple[int, int, int]]] | None) -> None:
    try:
        check_lines(draft.lines)
    except Refused as why:
        plan.faults.append((draft.row, "product_code", why))
        return
    if before is None:
        plan.drafts.append(draft)
        plan.new += 1
    elif says_the_same(draft.lines, before[1]):
        plan.same += 1
    else:
        other = OtherThanPlaced(customer_ref=draft.customer_ref, number=before[0])
        plan.faults.append((draft.row, "customer_ref", other))


def _placed(drafts: Collection[OrderDraft]) -> dict[tuple[int, str], tuple[str, list[tuple[int, int, int]]]]:
    """Orders these customers have placed under these references and not cancelled: number and lines."""
    found: dict[tuple[int, str], tuple[str, list[tuple[int, int, int]]]] = {}
    wanted = [draft for draft in drafts if draft.customer_ref]
    for chunk in chunks(wanted, 400):
        rows = OrderLine.objects.filter(
            order__terminal__in={draft.terminal for draft in chunk},
            order__customer_ref__in={draft.customer_ref for draft in chunk},
        ).exclude(order__state=CANCELLED)
        names = ("order__terminal", "order__customer_ref", "order__number", "product", "quantity_milli", "price_fen")
        for terminal, ref, number, *line in rows.order_by("order", "place").values_list(*names):
            kept = found.setdefault((terminal, ref), (number, []))
            if kept[0] == number:
                kept[1].append((line[0], line[1], line[2]))
    return found


def plan_prices(person: Person, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> FilePlan:
    """What importing these prices would set: (row number, values by column name). Reads only, in sets.

    A price that is in the book just so is counted; one for the same product and customers from the same day on, or a
    later one, is replaced.
    """
    numbered = [(number, price_row(values)) for number, values in rows]
    mine = by_codes(person, {row.customer_code for _, row in numbered if row.customer_code}, SET)
    known = products.by_codes(person, {row.product_code for _, row in numbered})
    held = _held(known.values())
    plan = FilePlan()
    first: dict[tuple[Any, ...], int] = {}
    for number, row in numbered:
        if fault := _price_fault(row, mine, known):
            plan.faults.append((number, *fault))
            continue
        draft = PriceDraft(
            number, known[row.product_code], row.customer_kind, mine.get(row.customer_code), row.price, row.floor,
            row.since, row.until, row.source,
        )  # fmt: skip
        before = held.get(draft.key, [])
        if first.setdefault((*draft.key, draft.since), number) != number:
            again = RepeatedInFile(text=row.product_code, row=first[(*draft.key, draft.since)])
            plan.faults.append((number, "product_code", again))
        elif in_the_book(draft, before):
            plan.same += 1
        else:
            plan.drafts.append(draft)
            replaces = any(one.since >= draft.since for one in before)
            plan.new, plan.changed = plan.new + (not replaces), plan.changed + replaces
    # Earlier days first: a price ends later ones of the same customers, also those of its own file.
    plan.drafts.sort(key=lambda draft: draft.since)
    return plan


def _price_fault(row: PriceFileRow, mine: Mapping[str, int], known: Mapping[str, int]) -> tuple[str, Refused] | None:
    if row.product_code not in known:
        return "product_code", UnknownProduct(text=row.product_code)
    if row.customer_code and row.customer_code not in mine:
        return "customer_code", UnknownCustomer(text=row.customer_code)
    if row.customer_code and row.customer_kind:
        return "customer_kind", OneOrKind()
    try:
        check_price(row.price, row.floor, row.since, row.until)
    except Refused as why:
        return ("until" if why.code == "bad_price_days" else "floor"), why
    return None


def _held(product_ids: Iterable[int]) -> dict[tuple[int, str, int | None], list[HeldPrice]]:
    found: dict[tuple[int, str, int | None], list[HeldPrice]] = {}
    for chunk in chunks(product_ids):
        rows = Price.objects.filter(product__in=chunk, ended_at=None).values_list(*HeldPrice._fields)
        for values in rows:
            one = HeldPrice(*values)
            found.setdefault((one.product, one.customer_kind, one.terminal), []).append(one)
    return found


_ORDER_NAMES = {
    "customer_code": "order__terminal__code",
    "customer_ref": "order__customer_ref",
    "product_code": "product__code",
    "quantity": "quantity_milli",
    "price": "price_fen",
    "payment": "order__payment",
    "wanted_on": "order__wanted_on",
    "note": "order__note",
    "line_note": "note",
}
_PRICE_NAMES = {
    "product_code": "product__code",
    "customer_kind": "customer_kind",
    "customer_code": "terminal__code",
    "price": "price_fen",
    "floor": "floor_fen",
    "since": "since",
    "until": "until",
    "source": "source",
}


def export_order_lines(
    person: Person, *, first: date | None = None, last: date | None = None, customer: str = ""
) -> Iterator[dict[str, Any]]:
    """Every line of the orders a person may export, by column name, in the order they were placed."""
    asked = {"placed_at__date__gte": first, "placed_at__date__lte": last, "terminal__code": customer}
    given = {name: value for name, value in asked.items() if value}
    orders = Order.objects.visible_to(person, EXPORT).filter(**given)
    rows = OrderLine.objects.filter(order__in=orders.values("pk")).order_by("order", "place")
    return _named(_ORDER_NAMES, rows.values_list(*_ORDER_NAMES.values()))


def export_prices(person: Person) -> Iterator[dict[str, Any]]:
    """Every live price a person may export, by column name, by product."""
    rows = Price.objects.visible_to(person, EXPORT).filter(ended_at=None)
    ordered = rows.order_by("product__code", "terminal", "customer_kind", "since", "pk")
    return _named(_PRICE_NAMES, ordered.values_list(*_PRICE_NAMES.values()))


def _named(names: Iterable[str], rows: Any) -> Iterator[dict[str, Any]]:
    return (dict(zip(names, row, strict=True)) for row in rows.iterator(chunk_size=2000))
