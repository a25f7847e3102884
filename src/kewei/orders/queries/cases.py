"""What the gate looks at, put together from the rooms below; whoever asks, the gate sees all of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.credit.queries import standing as credit
from kewei.credit.rules.bills import BILLS, BillPolicy
from kewei.journal import queries_policies
from kewei.journal.bulk import ask, marks
from kewei.kernel.refusals import N_, NotFound
from kewei.orders.models import Order, OrderLine, SpecialRelease
from kewei.orders.rules.gate import ENTRY, GATE, Case, CaseLine, Decision, GatePolicies, decide
from kewei.orders.rules.lines import LineState, LineWanted, check_lines, worth_fen
from kewei.orders.rules.prices import PriceRow, best
from kewei.people.models import Person
from kewei.products import queries as products
from kewei.terminals import queries as terminals
from kewei.terminals.queries.papers import policies_of
from kewei.terminals.rules.papers import LICENCE_LADDER, REQUIRED, SCOPE, VERIFICATION

# Written out, because every order asks this: putting an ORM statement together took longer than answering it.
_PRICES = """
SELECT id, product_id, customer_kind, terminal_id, price_fen, floor_fen, CAST(since AS TEXT) FROM orders_price
WHERE product_id IN ({keys}) AND ended_at IS NULL AND since <= %s AND (until IS NULL OR until >= %s)
 AND (terminal_id = %s OR (terminal_id IS NULL AND customer_kind IN ('', %s)))
"""

POLICIES = (GATE, REQUIRED, LICENCE_LADDER, VERIFICATION, SCOPE, BILLS)


def try_order(
    person: Person, terminal: Any, lines: Sequence[LineWanted], payment: str, now: datetime
) -> tuple[Decision, Case]:
    """What the gate would say of an order, without placing it. Raises what check_lines raises, NotFound, NotAllowed."""
    person.must("orders.see", terminal)
    check_lines(list(lines))
    case, policies, _labels = new_case(terminal.pk, lines, payment, localdate(now))
    return decide(case, policies), case


def new_case(
    terminal_id: int, lines: Sequence[LineWanted], payment: str, day: date
) -> tuple[Case, GatePolicies, dict[str, str]]:
    """The case of an order not yet placed, with the policies of the day and their labels."""
    policies, labels, bills = _in_force(day)
    papers = _papers(terminal_id, day, policies)
    wanted = {line.product_id for line in lines}
    known = products.facts_of(wanted)
    if missing := wanted - set(known):
        raise NotFound(noun=N_("产品") if missing else "")
    prices = price_of(papers.kind, terminal_id, wanted, day)
    case_lines = []
    for place, line in enumerate(lines, 1):
        price = prices.get(line.product_id)
        listed = known[line.product_id].listed_price_fen
        price_fen = line.price_fen if line.price_fen is not None else price.price_fen if price else listed
        case_lines.append(
            _case_line(
                place, known[line.product_id], line.quantity_milli, price_fen, price.floor_fen if price else None
            )
        )
    stands = credit.standing(terminal_id, day, bills=bills)
    total_fen = sum(line.fen for line in case_lines)
    case = Case(ENTRY, day, terminal_id, payment, papers, tuple(case_lines), stands, total_fen)
    return case, policies, labels


def case_of(order: Order, moment: str, day: date) -> tuple[Case, GatePolicies, dict[str, str]]:
    """The case of an order as it stands: what it still wants, with special releases in force."""
    policies, labels, bills = _in_force(day)
    papers = _papers(order.terminal_id, day, policies)
    rows = list(OrderLine.objects.filter(order=order).order_by("place"))
    known = products.facts_of({row.product_id for row in rows})
    prices = price_of(papers.kind, order.terminal_id, set(known), day)
    lines = []
    for row in rows:
        price = prices.get(row.product_id)
        floor_fen = price.floor_fen if price else None
        lines.append(
            _case_line(row.place, known[row.product_id], row.quantity_milli, row.price_fen, floor_fen, row.fen)
        )
    stands = credit.standing(order.terminal_id, day, without=reference(order), bills=bills)
    waived, waived_fen = _waived(order, day)
    wanted_fen = outstanding_fen(order, rows)
    return (
        Case(
            moment, day, order.terminal_id, order.payment, papers, tuple(lines), stands, wanted_fen, waived, waived_fen
        ),
        policies,
        labels,
    )


def gate_policies(day: date) -> tuple[GatePolicies, dict[str, str]]:
    """The versions in force on a day and their labels; one query."""
    policies, labels, _bills = _in_force(day)
    return policies, labels


def gate_policies_of(labels: Mapping[str, str]) -> GatePolicies:
    """The versions a verdict remembers."""
    return _gate_policies({policy.name: queries_policies.version(policy, labels[policy.name]) for policy in POLICIES})


def reference(order: Order) -> str:
    """By what an order's reservation is known."""
    return f"orders.order:{order.pk}"


def outstanding_fen(order: Order, rows: Sequence[OrderLine]) -> int:
    """What an order will still come to: not delivered, and delivered but not invoiced, fen."""
    return sum(line_state(row).open_fen for row in rows) + uninvoiced_fen(order)


def uninvoiced_fen(order: Order) -> int:
    """What of an order is delivered, not returned and not invoiced, fen."""
    from django.db.models import Sum

    from kewei.orders.models import DeliveryLine, OrderInvoice, ReturnLine

    delivered = DeliveryLine.objects.filter(delivery__order=order).aggregate(fen=Sum("fen"))["fen"] or 0
    if not delivered:
        return 0
    back = ReturnLine.objects.filter(back__delivery__order=order).aggregate(
        fen=Sum("fen"), invoiced=Sum("invoiced_fen")
    )
    invoiced = OrderInvoice.objects.filter(delivery__order=order).aggregate(fen=Sum("fen"))["fen"] or 0
    return int(delivered) - (int(back["fen"] or 0) - int(back["invoiced"] or 0)) - int(invoiced)


def line_state(row: OrderLine) -> LineState:
    """A line as the rules see it."""
    return LineState(row.pk, row.place, row.quantity_milli, row.fen, row.cancelled_milli, row.delivered_milli)


def price_of(customer_kind: str, terminal_id: int, product_ids: Collection[int], day: date) -> dict[int, PriceRow]:
    """The price that counts for a customer on a day, of each product that has one; one query."""
    found: dict[int, list[PriceRow]] = {}
    if not product_ids:
        return {}
    statement = _PRICES.format(keys=marks(len(product_ids)))
    values = [*product_ids, day.isoformat(), day.isoformat(), terminal_id, customer_kind]
    for pk, product, kind, terminal, price_fen, floor_fen, since in ask(statement, values):
        row = PriceRow(pk, product, kind, terminal, price_fen, floor_fen, date.fromisoformat(since))
        found.setdefault(product, []).append(row)
    return {product: price for product, rows in found.items() if (price := best(rows)) is not None}


def prices_for(terminal: Any, product_ids: Collection[int], day: date) -> dict[int, int]:
    """What a unit costs this customer on a day where nobody gives a price: the book's, else the listed one; fen.

    Products that have neither are left out; two queries.
    """
    book = price_of(terminal.kind, terminal.pk, product_ids, day)
    found = {pk: one.listed_price_fen for pk, one in products.facts_of(product_ids).items()}
    found |= {pk: row.price_fen for pk, row in book.items()}
    return {pk: fen for pk, fen in found.items() if fen is not None}


def _in_force(day: date) -> tuple[GatePolicies, dict[str, str], BillPolicy]:
    """The versions in force on a day, their labels, and how bills count; one query."""
    found = queries_policies.in_force_all(POLICIES, day)
    return _gate_policies(found), {name: one.label for name, one in found.items()}, found[BILLS.name].value


def _gate_policies(found: Mapping[str, Any]) -> GatePolicies:
    return GatePolicies(found[GATE.name].value, policies_of(dict(found)))


def _papers(terminal_id: int, day: date, policies: GatePolicies):
    found = terminals.papers_of([terminal_id], day, policies.papers.verification).get(terminal_id)
    if found is None:
        raise NotFound(noun=N_("终端"))
    return found


def _case_line(
    place: int, facts: Any, quantity_milli: int, price_fen: int | None, floor_fen: int | None, fen: int | None = None
) -> CaseLine:
    if fen is None:
        fen = worth_fen(quantity_milli, price_fen or 0)
    return CaseLine(
        place, facts.pk, facts.code, facts.name, facts.scope_class, facts.prescription, facts.cold_chain,
        facts.lifecycle, facts.supply, quantity_milli, price_fen, floor_fen, fen,
    )  # fmt: skip


def _waived(order: Order, day: date) -> tuple[tuple[str, ...], int]:
    """What special releases still in force let pass, and how far beyond the limit."""
    rows = SpecialRelease.objects.filter(order=order, expires_on__gte=day).values_list("waives", "over_fen")
    rules: set[str] = set()
    over_fen = 0
    for waives, fen in rows:
        rules.update(waives)
        over_fen = max(over_fen, fen)
    return tuple(sorted(rules)), over_fen
