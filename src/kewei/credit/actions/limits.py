"""Granting and ending limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.credit import facts
from kewei.credit.models import Limit
from kewei.credit.queries import limits
from kewei.credit.rules.limits import LIMIT, NoLimitToEnd, TemporaryNeedsFixed, check_days
from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.people.models import Person

APPROVE = "credit.approve"


@action
def grant_limit(
    *,
    terminal: Any,
    fen: int,
    term_days: int,
    since: date,
    until: date,
    application: Any,
    for_group: bool = False,
    temporary: bool = False,
    parts: Mapping[str, int] | None = None,
    method: str = "",
    by: Person,
    now: datetime,
) -> Limit:
    """授信额度生效  Put a limit in force and end the one it replaces. Done by the last opinion on an application.

    Raises LimitInPast, LimitTooLong, TemporaryNeedsFixed.
    """
    by.must(APPROVE, terminal)
    policy = queries_policies.in_force(LIMIT, localdate(now)).value
    check_days(since, until, policy, temporary)
    former = limits.live_limit(terminal.pk, for_group=for_group, temporary=temporary)
    if temporary and limits.live_limit(terminal.pk, for_group=for_group) is None:
        raise TemporaryNeedsFixed
    if former is not None:
        _end(former, "replaced", by, now)
    limit = Limit.objects.create(
        terminal=terminal, fen=fen, term_days=term_days, since=since, until=until, application=application,
        for_group=for_group, temporary=temporary, parts=dict(parts or {}), method=method, granted_by=by, granted_at=now,
    )  # fmt: skip
    record(
        facts.LIMIT_GRANTED, limit, by=by, at=now, terminal=terminal.pk, fen=fen, term_days=term_days, until=until,
        temporary=temporary, for_group=for_group, former_fen=former.fen if former else None,
    )  # fmt: skip
    return limit


@action
def end_limit(
    *, terminal: Any, why: str, for_group: bool = False, temporary: bool = False, by: Person, now: datetime
) -> Limit:
    """结束授信额度  From now on there is no credit (or no temporary credit). Raises NoLimitToEnd."""
    by.must(APPROVE, terminal)
    live = limits.live_limit(terminal.pk, for_group=for_group, temporary=temporary)
    if live is None:
        raise NoLimitToEnd
    _end(live, why, by, now)
    return live


def _end(limit: Limit, why: str, by: Person, now: datetime) -> None:
    limit.ended_by, limit.ended_at, limit.ended_why = by, now, why[:200]
    limit.save(update_fields=["ended_by", "ended_at", "ended_why"])
    record(
        facts.LIMIT_ENDED, limit, by=by, at=now, terminal=limit.terminal_id, fen=limit.fen, why=why,
        temporary=limit.temporary,
    )  # fmt: skip
