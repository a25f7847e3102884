"""Statements of account leave the house: which, for what period, and what was on them."""

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.journal.actions import action, record
from kewei.receivables import facts
from kewei.receivables.models import SignBack, StatementIssued
from kewei.receivables.queries import sign_backs
from kewei.receivables.rules.sign_backs import SEALS, check_sign_back

STATEMENT = "receivables.statement"


@action
def make_statement(
    *, terminal: Any, first: date, last: date, closing_fen: int, mark: str, form: str, by: Any, now: datetime
) -> StatementIssued:
    """出具对账单  Record that a customer's statement for a period was made as a file (pdf | xlsx), with its mark.

    `closing_fen` is its closing balance, `mark` the digest printed on it: the copy the customer signs can be compared
    with what we gave out (domain 2.12). Raises NotAllowed, NotFound.
    """
    by.must(STATEMENT, terminal)
    kept = StatementIssued.objects.create(
        terminal=terminal, first=first, last=last, closing_fen=closing_fen, mark=mark, form=form, by=by, at=now
    )
    record(
        facts.STATEMENT_MADE, terminal, by=by, at=now, terminal=terminal.pk,
        first=first, last=last, closing_fen=closing_fen, mark=mark, form=form,
    )  # fmt: skip
    return kept


@action
def sign_back(
    *, statement: Any, agrees: bool, difference_fen: int = 0, reason: str = "", signer: str, job: str, seal: str, on: date,
    paper: Any = None, by: Any, now: datetime,
) -> SignBack:  # fmt: skip
    """登记回签  What a customer signed on a statement; a signed one that agrees acknowledges what was open (domain 2.12).

    Raises NotFound, SignBackDay, SignBackNeedsSigner, SignBackNeedsDifference.
    """
    by.must(STATEMENT)
    kept = sign_backs.issued_for(by, statement if isinstance(statement, int) else statement.pk)
    check_sign_back(
        agrees=agrees, difference_fen=difference_fen, reason=reason, signer=signer, job=job, on=on, last=kept.last,
        today=localdate(now),
    )  # fmt: skip
    row = SignBack.objects.create(
        statement=kept, agrees=agrees, difference_fen=difference_fen, reason=reason.strip()[:200],
        signer=signer.strip()[:60], job=job.strip()[:60], seal=seal if seal in SEALS else "none", on=on, paper=paper, by=by,
        at=now,
    )  # fmt: skip
    record(
        facts.STATEMENT_SIGNED if agrees else facts.STATEMENT_DIFFERS, row, by=by, at=now, terminal=kept.terminal_id,
        statement=kept.pk, last=kept.last, closing_fen=kept.closing_fen, difference_fen=difference_fen, on=on,
    )  # fmt: skip
    return row
