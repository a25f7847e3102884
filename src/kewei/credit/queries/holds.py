"""停止赊销: the holds of customers, and what their accounts show that places or lifts one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from kewei.credit.models import Account, Hold, Limit
from kewei.credit.queries import conduct, standing
from kewei.credit.rules.holds import Trouble
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.receivables import queries as receivables
from kewei.terminals import queries as terminals
from kewei.terminals.rules.papers import paper_findings

SEE = "credit.see"
LIVE, LIFTED, ENDED = "live", "lifted", "ended"
STATES: dict[str, str] = {LIVE: N_("生效中"), LIFTED: N_("已解除"), ENDED: N_("已到期")}


@dataclass(frozen=True)
class HoldRow:
    """A hold as listed; `by_hand` tells whether a person placed it."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    reason: str
    note: str
    automatic: bool
    cause: str
    until: date | None
    placed_by: str
    placed_at: datetime
    lifted_by: str
    lifted_at: datetime | None
    lifted_why: str
    state: str


def hold_for(person: Person, pk: int, verb: str = SEE) -> Hold:
    """The hold where this person may see it for a verb. Raises NotFound."""
    found = Hold.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal").first()
    if found is None:
        raise NotFound(noun=N_("停止赊销"))
    return found


def live_reasons(terminal_id: int) -> list[str]:
    """Reasons for which a customer is on hold and nobody has lifted it, whoever asks."""
    return list(Hold.objects.filter(terminal=terminal_id, lifted_at=None).values_list("reason", flat=True))


def live_holds(terminal_ids: Collection[int]) -> dict[int, list[Hold]]:
    """Holds nobody has lifted, by customer, whoever asks; one query."""
    found: dict[int, list[Hold]] = defaultdict(list)
    for hold in Hold.objects.filter(terminal__in=list(terminal_ids), lifted_at=None).order_by("pk"):
        found[hold.terminal_id].append(hold)
    return dict(found)


def live_of_reason(terminal_ids: Collection[int], reason: str) -> list[Hold]:
    """Live holds of these customers for one reason, whoever asks; one query."""
    return list(Hold.objects.filter(terminal__in=list(terminal_ids), reason=reason, lifted_at=None).order_by("pk"))


def grades_of(terminal_ids: Collection[int]) -> dict[int, str]:
    """The grade of each of these customers that has credit in force or once had, whoever asks; one query."""
    return dict(Account.objects.filter(terminal__in=list(terminal_ids)).values_list("terminal", "grade"))


def lent_to(terminal_ids: Collection[int], day: date) -> set[int]:
    """Which of these customers have a limit in force, whoever asks; one query."""
    rows = Limit.objects.filter(terminal__in=list(terminal_ids), ended_at=None, since__lte=day, until__gte=day)
    return set(rows.values_list("terminal", flat=True))


def lifted_by_hand(terminal_ids: Collection[int], since: datetime, by_rule: Collection[str]) -> dict[int, set[str]]:
    """Reasons whose automatic holds a person lifted after a moment, by customer; `by_rule` are the rules' own words."""
    rows = Hold.objects.filter(terminal__in=list(terminal_ids), automatic=True, lifted_at__gt=since)
    found: dict[int, set[str]] = defaultdict(set)
    for pk, reason in rows.exclude(lifted_why__in=list(by_rule)).values_list("terminal", "reason"):
        found[pk].add(reason)
    return dict(found)


def run_out(today: date) -> list[Hold]:
    """Live holds whose last day has passed."""
    return list(Hold.objects.filter(lifted_at=None, until__lt=today).order_by("pk"))


def to_look_at(today: date) -> list[int]:
    """Customers whose account may need a hold or its end: with credit in force, or held by a rule."""
    lent = Limit.objects.filter(ended_at=None, for_group=False, since__lte=today, until__gte=today)
    held = Hold.objects.filter(lifted_at=None, automatic=True)
    owing = receivables.dishonoured_and_owed()
    return sorted({*lent.values_list("terminal", flat=True), *held.values_list("terminal", flat=True), *owing})


def held_by_rule() -> list[int]:
    """Customers whose live holds a rule had placed."""
    return sorted(set(Hold.objects.filter(lifted_at=None, automatic=True).values_list("terminal", flat=True)))


def troubles(terminal_ids: Collection[int], day: date) -> dict[int, Trouble]:
    """What these customers' accounts show today; some ten queries for any number of them, whoever asks."""
    ids = list(terminal_ids)
    seen = standing.overviews(ids, day)
    limits: dict[int, int] = {}
    live = Limit.objects.filter(terminal__in=ids, ended_at=None, for_group=False, since__lte=day, until__gte=day)
    for pk, fen in live.values_list("terminal", "fen"):
        limits[pk] = limits.get(pk, 0) + fen
    bills = receivables.dishonoured_and_owed(ids)
    policies, _labels = terminals.paper_policies(day)
    papers = terminals.papers_of(ids, day)
    conducts = conduct.records(ids, day)
    return {
        pk: Trouble(
            grade=one.grade, overdue_days=one.overdue_days(day), dishonoured_bills=bills.get(pk, (0, 0))[0],
            exposure_fen=one.exposure.total_fen, limit_fen=limits.get(pk),
            broken_in_row=conducts[pk].in_row if pk in conducts else 0,
            licence_lost=pk in papers and any(
                finding.rule in _LOST for finding in paper_findings(papers[pk], day, policies)
            ),
        )
        for pk, one in seen.items()
    }  # fmt: skip


# A paper that was there and is good no longer; one never handed in is the gate's own affair.
_LOST = ("paper_expired", "paper_suspended")


def holds_of(person: Person, terminal_id: int, today: date) -> list[HoldRow]:
    """Every hold a customer has had, live ones first, then newest first; none where not visible."""
    rows = Hold.objects.visible_to(person, SEE).filter(terminal=terminal_id).order_by("-pk")
    found = [_row(values, today) for values in rows.values_list(*_FIELDS)]
    return sorted(found, key=lambda row: row.state != LIVE)


def list_holds(
    person: Person,
    today: date,
    *,
    terminal: int | None = None,
    reason: str = "",
    state: str = LIVE,
    automatic: bool | None = None,
    text: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[HoldRow], int]:
    """One page of holds, newest first, and how many; `state` is one of STATES, '' for all."""
    rows = Hold.objects.visible_to(person, SEE)
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if reason:
        rows = rows.filter(reason=reason)
    if automatic is not None:
        rows = rows.filter(automatic=automatic)
    if text := text.strip():
        rows = rows.filter(Q(terminal__code__startswith=text) | Q(terminal__name__icontains=text))
    rows = _in_state(rows, state, today)
    ordered = rows.order_by("-placed_at", "-pk").values_list(*_FIELDS)
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return [_row(values, today) for values in page], rows.count()


def _in_state(rows: QuerySet[Hold], state: str, today: date) -> QuerySet[Hold]:
    ended = Q(lifted_at=None, until__lt=today)
    if state == LIVE:
        return rows.filter(lifted_at=None).exclude(ended)
    if state == LIFTED:
        return rows.exclude(lifted_at=None)
    return rows.filter(ended) if state == ENDED else rows


_FIELDS = (
    "pk", "terminal_id", "terminal__code", "terminal__name", "reason", "note", "automatic", "cause", "until",
    "placed_by__name", "placed_at", "lifted_by__name", "lifted_at", "lifted_why",
)  # fmt: skip


def _row(values: Any, today: date) -> HoldRow:
    until, lifted_at = values[8], values[12]
    state = LIFTED if lifted_at else ENDED if until and until < today else LIVE
    return HoldRow(*(*values[:11], values[11] or "", lifted_at, values[13], state))
