"""Wang's hospital owes: invoices of several ages, for tests of papers."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests import cast

from kewei.people import actions as people
from kewei.receivables import actions as receivables

NOW, TODAY = cast.MORNING, date(2026, 11, 23)


def invoice(staff: cast.Cast, number: str, due: date, fen: int, terminal: Any = None, on: date | None = None) -> Any:
    """An invoice of Wang's hospital, or of somebody else."""
    return receivables.post_invoice(
        terminal=terminal or staff.wangs_hospital, number=number, invoice_date=on or date(2026, 1, 15), due_date=due,
        total_fen=fen, by=staff.qian, now=NOW,
    )  # fmt: skip


def pay(staff: cast.Cast, number: str, fen: int, terminal: Any = None, invoices: tuple[str, ...] = ()) -> Any:
    """Money comes in and settles the named invoices, or what fell due first."""
    return receivables.receive_payment(
        terminal=terminal or staff.wangs_hospital, number=number, received_on=date(2026, 11, 20), fen=fen,
        how="named" if invoices else "oldest", invoices=list(invoices), by=staff.qian, now=NOW,
    )  # fmt: skip


def our_company(staff: cast.Cast) -> None:
    """What stands on our papers."""
    people.set_company(
        name="武汉明德医药有限公司", credit_code="91420100MA4KWY7Q3B", address="武汉市江汉区发展大道 1 号",
        bank="中国银行武汉江汉支行", account="5567 0000 7731", phone="027-8577 1234", by=staff.zheng, now=NOW,
    )  # fmt: skip
