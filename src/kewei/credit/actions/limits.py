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
from kewei.kernel.refusals import NotAllowed
from kewei.people import queries as people
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
    stands_in_for: Person | None = None,
    by: Person,
    now: datetime,
) -> Limit:
    """授信额度生效  Put a limit in force and end the one it replaces. Done by the last opinion on an application.

    A deputy grants by the right of whom they stand in for, in their own name. Raises LimitInPast, LimitTooLong,
    TemporaryNeedsFixed.
    """
    (stands_in_for or by).must(APPROVE, terminal)
    check_deputy(by, stands_in_for, now)
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
        stands_in_for=stands_in_for.login if stands_in_for else "",
    )  # fmt: skip
    return limit


@action
def end_limit(
    *,
    terminal: Any,
    why: str,
    for_group: bool = False,
    temporary: bool = False,
    stands_in_for: Person | None = None,
    by: Person,
    now: datetime,
) -> Limit:
    """结束授信额度  From now on there is no credit (or no temporary credit). Raises NoLimitToEnd."""
    (stands_in_for or by).must(APPROVE, terminal)
    check_deputy(by, stands_in_for, now)
    live = limits.live_limit(terminal.pk, for_group=for_group, temporary=temporary)
    if live is None:
        raise NoLimitToEnd
    _end(live, why, by, now)
    return live


def check_deputy(by: Person, giver: Person | None, now: datetime) -> None:
    """Whether somebody was appointed to decide for `giver` today; nothing to ask where they decide for themselves."""
    if giver is not None and giver.pk not in {one.pk for one in people.stands_in_for(by, localdate(now))}:
        raise NotAllowed(verb=APPROVE)


def _end(limit: Limit, why: str, by: Person, now: datetime) -> None:
    limit.ended_by, limit.ended_at, limit.ended_why = by, now, why[:200]
    limit.save(update_fields=["ended_by", "ended_at", "ended_why"])
    record(
        facts.LIMIT_ENDED, limit, by=by, at=now, terminal=limit.terminal_id, fen=limit.fen, why=why,
        temporary=limit.temporary,
    )  # fmt: skip
