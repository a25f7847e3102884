"""逾期利息主张书: the interest a late buyer owes by the regulation, invoice by invoice, with its lines (domain 4.3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kewei.kernel.money import yuan, yuan_in_words
from kewei.people import queries as people
from kewei.receivables.papers.pdf import compiled

TEMPLATE = Path(__file__).resolve().parent / "interest.typ"


def interest_claim(terminal: Any, claim: Any, rate: str) -> bytes:
    """The claim (queries.interest.Claim) as a PDF. Raises NoChineseFont."""
    return compiled(TEMPLATE, as_paper(terminal, claim, rate))


def as_paper(terminal: Any, claim: Any, rate: str) -> dict[str, Any]:
    """The texts the template prints."""
    company = people.company()
    return {
        "company": company.name, "company_code": company.credit_code, "bank": company.bank, "account": company.account,
        "customer": terminal.name, "code": terminal.credit_code or "", "on": claim.today.isoformat(), "rate": rate,
        "total": yuan(claim.interest_fen), "words": yuan_in_words(claim.interest_fen), "open": yuan(claim.open_fen),
        "lines": [
            [
                line.number, line.start.isoformat(), str(line.due_date or ""), line.interest.lawful_due.isoformat(),
                yuan(line.open_fen), str(line.interest.days), yuan(line.interest.interest_fen),
            ]
            for line in claim.lines
        ],
        "periods": [
            [line.number, one.first.isoformat(), one.last.isoformat(), yuan(one.fen), str(one.days)]
            for line in claim.lines
            for one in line.interest.periods
        ],
    }  # fmt: skip
