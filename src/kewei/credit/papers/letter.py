"""授信告知书: tells a customer its limit, its term, and what the law says (domain 2.8, 4.3)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from kewei.kernel.money import yuan, yuan_in_words
from kewei.kernel.typesetting import compiled
from kewei.people import queries as people

TEMPLATE = Path(__file__).resolve().parent / "letter.typ"


def credit_letter(card: Any, limit: Any, today: date) -> bytes:
    """The letter for a granted application (queries.applications.ApplicationCard) and its limit. Raises NoChineseFont."""
    return compiled(TEMPLATE, as_paper(card, limit, today))


def as_paper(card: Any, limit: Any, today: date) -> dict[str, Any]:
    """The texts the template prints."""
    company = people.company()
    law = card.statutory
    return {
        "company": company.name,
        "address": company.address,
        "phone": company.phone,
        "account": "　".join(part for part in (company.bank, company.account) if part),
        "number": card.row.number,
        "customer": card.row.terminal_name,
        "code": card.row.terminal_code,
        "amount": yuan(limit.fen),
        "words": yuan_in_words(limit.fen),
        "term": str(limit.term_days),
        "since": limit.since.isoformat(),
        "until": limit.until.isoformat(),
        "temporary": limit.temporary,
        "group": limit.for_group,
        "applies": bool(law.get("applies")),
        "daily": _percent(law.get("daily_bp", 5)) if law.get("applies") else "",
        "conditions": [one.reason for one in card.opinions if one.word == "condition" and one.reason],
        "today": today.isoformat(),
    }


def _percent(bp: int) -> str:
    """Basis points as percent with two decimals: 5 -> 0.05."""
    return f"{bp // 100}.{bp % 100:02}"
