"""The statement of a customer as a file: put together, printed, and remembered as made."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kewei.people import queries as people
from kewei.receivables import actions, papers, queries, rules

TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def statement_file(person: Any, terminal: Any, first: date, last: date, kind: str) -> tuple[bytes, str]:
    """A statement as a file of a kind (pdf | xlsx), recorded as made, and its name. Raises NotAllowed, NotFound."""
    made = queries.statement(person, terminal, first, last)
    paper = paper_of(person, terminal, made)
    content = papers.statement_pdf(paper) if kind == "pdf" else papers.statement_xlsx(made, paper, _)
    _note(person, terminal, made, paper, kind)
    return content, _name(terminal, first, last, kind)


def statement_files(person: Any, rows: Sequence[Any], first: date, last: date) -> list[tuple[bytes, str]]:
    """Statements of many customers as PDF, recorded as made, with their names; printed on all processors."""
    made = queries.statements(person, rows, first, last)
    told = [paper_of(person, terminal, one) for terminal, one in zip(rows, made, strict=True)]
    files = []
    for terminal, one, paper, content in zip(rows, made, told, papers.statement_pdfs(told), strict=True):
        _note(person, terminal, one, paper, "pdf")
        files.append((content, _name(terminal, first, last, "pdf")))
    return files


def paper_of(person: Any, terminal: Any, made: rules.Statement) -> dict[str, Any]:
    """Everything the paper says, in the reader's language."""
    ours = people.company()
    company = papers.Party(
        name=ours.name, credit_code=ours.credit_code, address=ours.address, bank=ours.bank, account=ours.account,
        phone=ours.phone,
    )  # fmt: skip
    customer = papers.Party(
        name=terminal.name, code=terminal.code, credit_code=terminal.credit_code or "", address=terminal.address
    )
    return papers.as_paper(made, customer=customer, company=company, made_at=timezone.localtime(), translate=_)


def _note(person: Any, terminal: Any, made: rules.Statement, paper: dict[str, Any], kind: str) -> None:
    actions.make_statement(
        terminal=terminal, first=made.first, last=made.last, closing_fen=made.closing_fen, mark=paper["mark"], form=kind,
        by=person, now=timezone.now(),
    )  # fmt: skip


def _name(terminal: Any, first: date, last: date, kind: str) -> str:
    words = _("对账单 {code} {name} {first} 至 {last}")
    return words.format(code=terminal.code, name=terminal.name, first=first, last=last) + f".{kind}"
