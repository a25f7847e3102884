"""随货同行单: what travels with the goods (domain 4.1: generic name, spec, form, batch, expiry, maker, buyer, quantity, price)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kewei.kernel.money import yuan, yuan_in_words
from kewei.kernel.typesetting import compiled
from kewei.orders.rules.lines import quantity
from kewei.people import queries as people

TEMPLATE = Path(__file__).resolve().parent / "note.typ"


def delivery_note(card: Any) -> bytes:
    """A delivery (queries.DeliveryCard) as a PDF. Raises NoChineseFont."""
    return compiled(TEMPLATE, as_paper(card))


def storage(said: str, cold_chain: bool) -> str:
    """How goods are kept on the way: as the product says; cold ones must not leave the cold chain.

    Where the catalogue says nothing the package does.
    """
    if cold_chain:
        return f"冷链：{said or '按说明书温度'}，途中测温"
    return said or "按说明书贮藏"


def as_paper(card: Any) -> dict[str, Any]:
    """The texts the template prints."""
    company = people.company()
    row = card.row
    return {
        "seller": company.name,
        "seller_address": company.address,
        "seller_code": company.credit_code,
        "seller_phone": company.phone,
        "number": row.number,
        "order": row.order_number,
        "on": row.on.isoformat(),
        "buyer": row.terminal_name,
        "buyer_code": card.credit_code,
        "address": card.address,
        "carrier": " ".join(part for part in (row.carrier, row.waybill) if part),
        "temperature": card.temperature,
        "total": yuan(row.fen),
        "words": yuan_in_words(row.fen),
        "lines": [
            [
                line.name, line.spec, line.form, line.maker, line.approval_no, line.batch,
                line.expires_on.isoformat() if line.expires_on else "", line.unit, quantity(line.quantity_milli),
                yuan(line.price_fen), yuan(line.fen), storage(line.storage, line.cold_chain),
            ]
            for line in card.lines
        ],
    }  # fmt: skip
