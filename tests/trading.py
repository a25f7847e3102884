"""A customer that may buy on credit, and products, for tests of credit and orders: good papers, a grade, a limit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests import cast

from kewei.credit import actions as credit
from kewei.credit.models import Account, Score
from kewei.orders import actions as orders
from kewei.orders.rules.lines import LineWanted, Shipped
from kewei.products.models import Product
from kewei.products.rules import search_text
from kewei.receivables.models import Entry
from kewei.terminals.models import Authorised, Licence, Terminal

TODAY = date(2026, 11, 23)
NOW = cast.MORNING


@dataclass
class Trade:
    """The cast with something to trade in."""

    staff: cast.Cast
    amoxicillin: Product
    insulin: Product
    morphine: Product
    number: int = 0
    now: datetime = NOW
    made: dict[str, Any] = field(default_factory=dict)

    @property
    def hospital(self) -> Terminal:
        return self.staff.wangs_hospital

    def order(self, quantity=10, product=None, by=None, terminal=None, price_fen=None, payment="credit", now=None):
        """An order of so many boxes by Wang."""
        wanted = [LineWanted((product or self.amoxicillin).pk, quantity * 1000, price_fen)]
        return orders.place_order(
            terminal=terminal or self.hospital, lines=wanted, payment=payment, by=by or self.staff.wang,
            now=now or self.now,
        )  # fmt: skip

    def ship(self, order, quantity=None, on=TODAY):
        """All of an order, or so many boxes of its first line."""
        lines = []
        for line in order.lines.order_by("place"):
            open_milli = line.quantity_milli - line.cancelled_milli - line.delivered_milli
            milli = open_milli if quantity is None else quantity * 1000
            if milli:
                lines.append(Shipped(line.pk, milli, "B2611", on + timedelta(days=365)))
        return orders.deliver(order=order, lines=lines, on=on, by=self.staff.chu, now=self.now)

    def invoice(self, delivery, on=TODAY) -> Entry:
        """Invoice a delivery under the next number."""
        self.number += 1
        return orders.invoice_delivery(
            delivery=delivery, number=f"2642{self.number:016}", on=on, by=self.staff.qian, now=self.now
        )


def product(code: str, name: str, price_fen: int, **more: Any) -> Product:
    """A product of the catalogue."""
    fields = {
        "unit": "盒",
        "scope_class": "general",
        "lifecycle": "live",
        "listed_price_fen": price_fen,
        "added_at": NOW,
    }
    return Product.objects.create(
        code=code, name=name, search=search_text(code, name, "", "", ""), **{**fields, **more}
    )


def papers(terminal: Terminal, kind: str = "medical", valid_to: date | None = date(2028, 1, 1), **more: Any) -> Licence:
    """A verified licence."""
    return Licence.objects.create(
        terminal=terminal, kind=kind, number=f"L-{terminal.code}-{kind}", valid_to=valid_to, verified_how="original",
        verified_on=date(2026, 6, 1), recorded_at=NOW, **more,
    )  # fmt: skip


def authorise(
    terminal: Terminal, name: str = "何采", kinds=("buy", "receive"), valid_to=date(2027, 6, 1)
) -> Authorised:
    """Somebody who may buy and receive for the customer."""
    return Authorised.objects.create(terminal=terminal, name=name, kinds=list(kinds), valid_to=valid_to, added_at=NOW)


def grade(terminal: Terminal, letter: str, by: Any) -> Account:
    """Give a customer a grade, as its newest score."""
    score = Score.objects.create(
        terminal=terminal, as_of=TODAY, sheet="credit.sheet.existing@0", points_c=80_00, grade=letter, made_by=by,
        made_at=NOW,
    )  # fmt: skip
    account, _ = Account.objects.update_or_create(terminal=terminal, defaults={"grade": letter, "score": score})
    return account


def limit(staff: cast.Cast, terminal: Terminal, fen: int, **more: Any) -> Any:
    """A limit in force."""
    given = {"term_days": 60, "since": TODAY, "until": date(2027, 6, 1), "application": None} | more
    return credit.grant_limit(terminal=terminal, fen=fen, by=staff.feng, now=NOW, **given)


def old_customer(staff: cast.Cast, terminal: Terminal) -> None:
    """Trade since a year ago, all paid."""
    from kewei.receivables import actions as receivables

    day = date(2025, 10, 1)
    receivables.post_invoice(
        terminal=terminal, number=f"OLD-{terminal.code}", invoice_date=day, due_date=day + timedelta(days=60),
        total_fen=1_000_00, by=staff.qian, now=NOW,
    )  # fmt: skip
    receivables.receive_payment(
        terminal=terminal, number=f"OLDSK-{terminal.code}", received_on=day + timedelta(days=30), fen=1_000_00,
        how="oldest", by=staff.qian, now=NOW,
    )  # fmt: skip


def open_shop(limit_fen: int | None = 1_000_00, letter: str = "B") -> Trade:
    """Wang's hospital with good papers, a grade and a limit of 1,000.00; three products."""
    staff = cast.assemble()
    trade = Trade(
        staff,
        product("P1", "阿莫西林胶囊", 10_00),
        product("P2", "胰岛素注射液", 40_00, scope_class="biological", cold_chain=True, supply="vbp"),
        product("P3", "盐酸吗啡注射液", 20_00, scope_class="narcotic_1"),
    )
    papers(trade.hospital)
    trade.made["receiver"] = authorise(trade.hospital)
    grade(trade.hospital, letter, staff.zhao)
    old_customer(staff, trade.hospital)
    if limit_fen is not None:
        limit(staff, trade.hospital, limit_fen)
    return trade
