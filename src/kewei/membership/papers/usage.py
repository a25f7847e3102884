"""用量分析信: tells a terminal what it uses, what runs short, what expires soon and when to order (domain 1C row 35)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from kewei.kernel.typesetting import compiled
from kewei.kernel.yuan_text import yuan
from kewei.membership.queries.usage import UsageCard
from kewei.people import queries as people

TEMPLATE = Path(__file__).resolve().parent / "usage.typ"
# One sheet holds so many products; those bought most of come first.
MOST = 30


def usage_letter(card: UsageCard) -> bytes:
    """The letter as PDF. Raises NoChineseFont."""
    return compiled(TEMPLATE, as_paper(card))


def as_paper(card: UsageCard) -> dict[str, Any]:
    """The texts the template prints."""
    company = people.company()
    return {
        "company": company.name,
        "address": company.address,
        "phone": company.phone,
        "customer": card.name,
        "code": card.code,
        "today": card.today.isoformat(),
        "since": card.months[0].strftime("%Y-%m"),
        "rows": [
            {
                "name": f"{row.name}（{row.unit}）" if row.unit else row.name,
                "total": units(row.total_milli),
                "through": units(sum(row.through)),
                "months": " ".join(units(milli) for milli in row.months[-6:]),
                "a_day": units(row.use.a_day_milli),
                "stock": "–" if row.use.stock_milli is None else units(row.use.stock_milli),
                "days": "–" if row.use.days_left is None else str(row.use.days_left),
                "next": _day(row.use.next_on),
                "short": row.use.short,
            }
            for row in card.products[:MOST]
        ],
        "left_out": max(0, len(card.products) - MOST),
        "short": "、".join(row.name for row in card.short),
        "near": [
            {
                "name": one.product_name, "batch": one.batch or "–", "on": _day(one.expires_on),
                "quantity": units(one.quantity_milli),
            }
            for one in card.near[:MOST]
        ],
        "total": yuan(sum(row.fen for row in card.products)),
    }  # fmt: skip


def units(milli: int) -> str:
    """Thousandths as a number of units: 1500 -> 1.5."""
    whole, rest = divmod(abs(milli), 1000)
    text = f"{whole}.{rest:03}".rstrip("0").rstrip(".")
    return f"-{text}" if milli < 0 else text


def _day(value: date | None) -> str:
    return value.isoformat() if value else "–"
