"""The statement of a customer as a file: put together, printed, and remembered as made."""

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
    actions.make_statement(
        terminal=terminal, first=first, last=last, closing_fen=made.closing_fen, mark=paper["mark"], form=kind,
        by=person, now=timezone.now(),
    )  # fmt: skip
    name = _("对账单 {code} {name} {first} 至 {last}").format(
        code=terminal.code, name=terminal.name, first=first, last=last
    )
    return content, f"{name}.{kind}"


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
