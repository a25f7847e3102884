"""What somebody takes along to several customers at once: grade, limit, what is left of it, holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from kewei.credit.models import Limit
from kewei.credit.queries import standing
from kewei.credit.queries.holds import live_holds
from kewei.credit.rules.exposure import Standing
from kewei.terminals import queries as terminals
from kewei.terminals.queries.briefs import members_among


@dataclass(frozen=True)
class BriefCredit:
    """How a customer's credit stands; fen. `limit_fen` is None where no limit is in force; `headroom_fen` as the gate has it."""

    grade: str
    limit_fen: int | None
    temporary_fen: int
    limit_until: date | None
    term_days: int
    exposure_fen: int
    headroom_fen: int
    holds: tuple[tuple[int, str, str, date], ...]


def lent_among(terminal_ids: Collection[int], day: date) -> dict[int, BriefCredit]:
    """Grade, limit, headroom and holds of each of these customers, whoever asks; seven queries for any number of them."""
    ids = list(terminal_ids)
    if not ids:
        return {}
    heads = terminals.group_heads(ids)
    own, of_group = _limits(ids, sorted(set(heads.values())), day)
    members = _members({head for head in heads.values() if head in of_group})
    everybody = {*ids, *(pk for group in members.values() for pk in group)}
    stands = standing.overviews(sorted(everybody), day)
    holds = live_holds(ids)
    found = {}
    for pk in ids:
        head = heads.get(pk, pk)
        fixed, temporary = own.get((pk, False)), own.get((pk, True))
        group_fen = of_group.get(head)
        whole = Standing(
            limit_fen=fixed[0] if fixed else None,
            temporary_fen=temporary[0] if fixed and temporary else 0,
            exposure=stands[pk].exposure,
            group_limit_fen=group_fen,
            group_exposure_fen=0 if group_fen is None else sum(stands[one].exposure.total_fen for one in members[head]),
        )
        held = tuple(
            (hold.pk, hold.reason, hold.note, hold.placed_at.date())
            for hold in holds.get(pk, ())
            if hold.until is None or hold.until >= day
        )
        found[pk] = BriefCredit(
            stands[pk].grade, whole.limit_fen, whole.temporary_fen, fixed[2] if fixed else None, fixed[1] if fixed else 0,
            whole.exposure.total_fen, whole.headroom_fen, held,
        )  # fmt: skip
    return found


def _limits(
    ids: list[int], heads: list[int], day: date
) -> tuple[dict[tuple[int, bool], tuple[int, int, date]], dict[int, int]]:
    """Limits in force: of each customer (fixed, temporary) as (fen, days, until), and of each group, fen."""
    own: dict[tuple[int, bool], tuple[int, int, date]] = {}
    of_group: dict[int, int] = {}
    rows = Limit.objects.filter(ended_at=None, since__lte=day, until__gte=day).filter(
        Q(terminal__in=ids, for_group=False) | Q(terminal__in=heads, for_group=True, temporary=False)
    )
    fields = ("terminal_id", "for_group", "temporary", "fen", "term_days", "until")
    for terminal, for_group, temporary, fen, term_days, until in rows.values_list(*fields):
        if for_group:
            of_group[terminal] = fen
        else:
            own[terminal, temporary] = (fen, term_days, until)
    return own, of_group


def _members(heads: Collection[int]) -> dict[int, list[int]]:
    """Everybody of each of these groups, the head included; one query."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for head in heads:
        found[head].append(head)
    for pk, head in members_among(heads):
        found[head].append(pk)
    return dict(found)
