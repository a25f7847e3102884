"""Noting what a room above has seen of a customer's conduct."""

from __future__ import annotations

from datetime import date, datetime

from kewei.credit import facts
from kewei.credit.models import Conduct
from kewei.credit.rules.conduct import check_conduct
from kewei.journal.actions import action, record
from kewei.people.models import Person


@action
def note_conduct(
    *, terminal_id: int, kind: str, subject: str, on: date, verb: str, fen: int = 0, by: Person, now: datetime
) -> Conduct:
    """记录信用行为  A promise was kept or broken, a dispute raised or answered; the verb checked is the caller's.

    Raises UnknownConduct.
    """
    by.must(verb)
    check_conduct(kind)
    kept = Conduct.objects.create(
        terminal_id=terminal_id, kind=kind, subject=subject[:60], fen=fen, on=on, noted_by=by, noted_at=now
    )
    record(
        facts.CONDUCT_NOTED, kept, by=by, at=now, terminal=terminal_id, kind=kind, subject=kept.subject, fen=fen, on=on
    )
    return kept
