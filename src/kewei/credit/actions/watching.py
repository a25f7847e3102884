"""Keeping the watch list: what a person tells, what the rules see every night, and what came of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.credit import facts
from kewei.credit.models import Finding
from kewei.credit.queries import headroom, watching
from kewei.credit.rules.watching import BY_RULE, WATCH, FindingClosed, OutcomeMissing, Sign, check_note, signs
from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.people.models import Person

WATCHING = "credit.watch"
# The outcome where the rule no longer sees the sign.
SIGN_GONE = "sign_gone"


@action
def note_finding(*, terminal: Any, kind: str, note: str, grave: bool = False, by: Person, now: datetime) -> Finding:
    """登记预警  Tell that something about a customer has changed, in words.

    Raises UnknownSign, SignNeedsWords, SignAlreadyOpen.
    """
    by.must(WATCHING, terminal)
    headroom.lock_accounts({terminal.pk})
    open_keys = [one.key for one in watching.open_findings([terminal.pk]).get(terminal.pk, []) if one.kind == kind]
    key = check_note(kind, note, open_keys)
    return _open(terminal.pk, Sign(kind, key, {"note": note.strip()[:500]}), grave, by, now)


@action
def close_finding(*, finding: Any, outcome: str, by: Person, now: datetime) -> Finding:
    """关闭预警  Say what came of a finding; a rule does not raise the same sign again.

    Raises NotFound, OutcomeMissing, FindingClosed.
    """
    by.must(WATCHING)
    kept = watching.finding_for(by, finding if isinstance(finding, int) else finding.pk, WATCHING)
    headroom.lock_accounts({kept.terminal_id})
    kept.refresh_from_db(fields=["closed_at"])
    if kept.closed_at is not None:
        raise FindingClosed
    if not outcome.strip():
        raise OutcomeMissing
    return _close(kept, outcome.strip(), by, now)


@action
def keep_findings(
    *, terminals: Collection[int], before_fen: dict[int, int], by: Person, now: datetime
) -> tuple[int, int]:
    """夜间预警  Open findings for the signs the rules see, and close those they see no longer; (opened, closed).

    `before_fen` is what customers had overdue at the beginning of the window (queries.watching.overdue_before).
    """
    by.must(WATCHING)
    day = localdate(now)
    policy = queries_policies.in_force(WATCH, day).value
    sights = watching.sights(terminals, day, policy, before_fen)
    live = watching.open_findings(list(sights))
    settled = watching.settled_keys(list(sights), SIGN_GONE)
    opened = closed = 0
    for pk, sight in sights.items():
        seen = {(sign.kind, sign.key): sign for sign in signs(sight, day, policy)}
        mine = {(one.kind, one.key): one for one in live.get(pk, []) if one.kind in BY_RULE}
        for place, sign in seen.items():
            if place not in mine and (pk, *place) not in settled:
                _open(pk, sign, sign.grave, by, now)
                opened += 1
        for place, finding in mine.items():
            if place not in seen:
                _close(finding, SIGN_GONE, by, now)
                closed += 1
    return opened, closed


def _open(terminal_id: int, sign: Sign, grave: bool, by: Person, now: datetime) -> Finding:
    kept = Finding.objects.create(
        terminal_id=terminal_id, kind=sign.kind, key=sign.key[:120], grave=grave, detail=sign.detail,
        found_on=localdate(now), found_by=by, found_at=now,
    )  # fmt: skip
    record(facts.FINDING_OPENED, kept, by=by, at=now, terminal=terminal_id, kind=sign.kind, key=kept.key, grave=grave)
    return kept


def _close(finding: Finding, outcome: str, by: Person, now: datetime) -> Finding:
    finding.closed_by, finding.closed_at, finding.outcome = by, now, outcome[:200]
    finding.save(update_fields=["closed_by", "closed_at", "outcome"])
    record(
        facts.FINDING_CLOSED, finding, by=by, at=now, terminal=finding.terminal_id, kind=finding.kind,
        outcome=finding.outcome,
    )  # fmt: skip
    return finding
