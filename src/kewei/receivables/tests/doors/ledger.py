"""A small ledger for the tests of doors: Wang's hospital and pharmacy, Sun's clinic, money applied and not."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from tests import cast

from kewei.kernel.ids import new_key
from kewei.receivables import actions

OPEN_FEN = {"FP1": 1_000_00, "FP2": 1_500_00, "FP3": 4_000_00, "FP4": 8_000_00}


@dataclass
class Ledger:
    """The cast, the day, and the documents by number."""

    staff: cast.Cast
    today: date
    entries: dict[str, Any]

    def client(self, name: str) -> Client:
        """Somebody of the cast, signed in."""
        client = Client()
        client.force_login(getattr(self.staff, name))
        return client


def keep() -> Ledger:
    """FP1 not due, FP2 5 days late with 500.00 paid, FP3 400 days late, FP4 of Sun; SK2 of 100.00 unapplied."""
    staff, now, today = cast.assemble(), timezone.now(), timezone.localdate()
    hospital, pharmacy, clinic = staff.wangs_hospital, staff.wangs_pharmacy, staff.suns_clinic
    who = {"by": staff.qian, "now": now}

    def invoice(number, fen, late, terminal):
        due = today - timedelta(days=late)
        return actions.post_invoice(
            terminal=terminal, number=number, invoice_date=due - timedelta(days=60), due_date=due, total_fen=fen, **who
        )

    def receipt(number, fen, days_ago, terminal, **more):
        on = today - timedelta(days=days_ago)
        return actions.receive_payment(terminal=terminal, number=number, received_on=on, fen=fen, **who, **more)

    made = [
        invoice("FP1", 1_000_00, -5, hospital),
        invoice("FP2", 2_000_00, 5, hospital),
        invoice("FP3", 4_000_00, 400, pharmacy),
        invoice("FP4", 8_000_00, 1, clinic),
        receipt("SK1", 500_00, 3, hospital, how="named", invoices=("FP2",)),
        receipt("SK2", 100_00, 2, hospital, payer_name="荆门市第一人民医院"),
    ]
    return Ledger(staff, today, {entry.number: entry for entry in made})


def form(**fields: Any) -> dict[str, Any]:
    """What a page's form sends, with a fresh key."""
    return {"form_key": new_key(), **fields}


def keep_more(ledger: Ledger, count: int) -> None:
    """So many further invoices of Wang's, and as many receipts nobody has applied."""
    staff, now = ledger.staff, timezone.now()
    for n in range(count):
        due = ledger.today - timedelta(days=n)
        actions.post_invoice(
            terminal=staff.wangs_hospital, number=f"MORE-{n}", invoice_date=due - timedelta(days=30), due_date=due,
            total_fen=10_00 + n, by=staff.qian, now=now,
        )  # fmt: skip
        actions.receive_payment(
            terminal=staff.wangs_pharmacy, number=f"SKM-{n}", received_on=due, fen=1_00 + n, by=staff.qian, now=now
        )
