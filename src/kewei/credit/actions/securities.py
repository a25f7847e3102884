"""Registering what secures a customer's debt, and ending it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.credit import facts
from kewei.credit.models import Security
from kewei.credit.queries import headroom, securities
from kewei.credit.rules.securities import SECURITIES, EndNeedsWords, SecurityEnded, check_security, end_of
from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.people.models import Person

SECURE = "credit.secure"


@action
def record_security(
    *,
    terminal: Any,
    kind: str,
    fen: int,
    since: date,
    guarantor: str = "",
    debt: str = "",
    until: date | None = None,
    debt_due: date | None = None,
    paper: Any = None,
    note: str = "",
    by: Person,
    now: datetime,
) -> Security:
    """登记担保  Register a guarantee, a pledge, an insurance or a deposit of `fen`.

    A guarantee whose period nobody stated ends as the law says after `debt_due`. Raises UnknownSecurity,
    SecurityAmount, GuarantorMissing, GuaranteeNeedsEnd, SecurityEndsBefore.
    """
    by.must(SECURE, terminal)
    headroom.lock_accounts({terminal.pk})
    policy = queries_policies.in_force(SECURITIES, localdate(now)).value
    check_security(kind, guarantor, fen, since, None)
    last = end_of(kind, until, debt_due, policy)
    check_security(kind, guarantor, fen, since, last)
    kept = Security.objects.create(
        terminal=terminal, kind=kind, guarantor=guarantor.strip()[:120], fen=fen, debt=debt.strip()[:200], since=since,
        until=last, paper=paper, note=note.strip()[:200], recorded_by=by, recorded_at=now,
    )  # fmt: skip
    record(
        facts.SECURITY_RECORDED, kept, by=by, at=now, terminal=terminal.pk, kind=kind, fen=fen, until=last,
        guarantor=kept.guarantor, digest=paper.digest if paper else "",
    )  # fmt: skip
    return kept


@action
def keep_security_paper(*, security: Security, paper: Any, by: Person, now: datetime) -> None:
    """添加担保扫描件  The contract or certificate of a security; a later one takes the place of the one before."""
    by.must(SECURE, security.terminal)
    Security.objects.filter(pk=security.pk).update(paper=paper)
    record(
        facts.SECURITY_PAPER_KEPT, security, by=by, at=now, terminal=security.terminal_id, digest=paper.digest,
        former=security.paper.digest if security.paper else "",
    )  # fmt: skip


@action
def end_security(*, security: Any, why: str, by: Person, now: datetime) -> Security:
    """结束担保  From now on it secures nothing. Raises NotFound, EndNeedsWords, SecurityEnded."""
    by.must(SECURE)
    kept = securities.security_for(by, security if isinstance(security, int) else security.pk, SECURE)
    headroom.lock_accounts({kept.terminal_id})
    kept.refresh_from_db(fields=["ended_at"])
    if kept.ended_at is not None:
        raise SecurityEnded
    if not why.strip():
        raise EndNeedsWords
    kept.ended_by, kept.ended_at, kept.ended_why = by, now, why.strip()[:200]
    kept.save(update_fields=["ended_by", "ended_at", "ended_why"])
    record(facts.SECURITY_ENDED, kept, by=by, at=now, terminal=kept.terminal_id, fen=kept.fen, why=kept.ended_why)
    return kept
