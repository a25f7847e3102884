"""Statements of account leave the house: which, for what period, and what was on them."""

from datetime import date, datetime
from typing import Any

from kewei.journal.actions import action, record
from kewei.receivables import facts

STATEMENT = "receivables.statement"


@action
def make_statement(
    *, terminal: Any, first: date, last: date, closing_fen: int, mark: str, form: str, by: Any, now: datetime
) -> None:
    """出具对账单  Record that a customer's statement for a period was made as a file (pdf | xlsx), with its mark.

    `closing_fen` is its closing balance, `mark` the digest printed on it: the copy the customer signs can be compared
    with what we gave out (domain 2.12). Raises NotAllowed, NotFound.
    """
    by.must(STATEMENT, terminal)
    record(
        facts.STATEMENT_MADE, terminal, by=by, at=now, terminal=terminal.pk,
        first=first, last=last, closing_fen=closing_fen, mark=mark, form=form,
    )  # fmt: skip
