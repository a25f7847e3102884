"""预警清单: findings that are open, and what of customers is looked at every night."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from kewei.credit.models import Finding, Limit
from kewei.credit.queries import conduct, securities, standing
from kewei.credit.rules.conduct import NOTHING_SEEN
from kewei.credit.rules.securities import SECURITIES, rung
from kewei.credit.rules.watching import Sight, WatchPolicy
from kewei.journal import queries_policies
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.receivables import queries as receivables
from kewei.terminals import queries as terminals
from kewei.terminals.rules.papers import paper_findings

SEE = "credit.see"
OPEN, CLOSED = "open", "closed"
STATES: dict[str, str] = {OPEN: N_("未处理"), CLOSED: N_("已关闭")}


@dataclass(frozen=True)
class FindingRow:
    """A finding as listed; `detail` holds the numbers of its sentence, or the note of who told it."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    kind: str
    key: str
    grave: bool
    detail: dict[str, Any]
    found_on: date
    found_by: str
    found_at: datetime
    closed_by: str
    closed_at: datetime | None
    outcome: str


def finding_for(person: Person, pk: int, verb: str = SEE) -> Finding:
    """The finding where this person may see it for a verb. Raises NotFound."""
    found = Finding.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal").first()
    if found is None:
        raise NotFound(noun=N_("预警"))
    return found


def findings_of(person: Person, terminal_id: int) -> list[FindingRow]:
    """Every finding about a customer, open ones first, then newest first; none where not visible."""
    rows = Finding.objects.visible_to(person, SEE).filter(terminal=terminal_id).order_by("-pk")
    found = [_row(values) for values in rows.values_list(*_FIELDS)[:200]]
    return sorted(found, key=lambda row: row.closed_at is not None)


def list_findings(
    person: Person,
    *,
    terminal: int | None = None,
    kind: str = "",
    state: str = OPEN,
    grave: bool | None = None,
    text: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[FindingRow], int]:
    """One page of the watch list, grave and oldest first, and how many; `state` open, closed or '' for all."""
    rows = Finding.objects.visible_to(person, SEE)
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if kind:
        rows = rows.filter(kind=kind)
    if grave is not None:
        rows = rows.filter(grave=grave)
    if text := text.strip():
        rows = rows.filter(Q(terminal__code__startswith=text) | Q(terminal__name__icontains=text))
    rows = rows.filter(closed_at=None) if state == OPEN else rows.exclude(closed_at=None) if state == CLOSED else rows
    order = ("-grave", "found_on", "pk") if state == OPEN else ("-found_at", "-pk")
    ordered = rows.order_by(*order).values_list(*_FIELDS)
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return [_row(values) for values in page], rows.count()


def open_findings(terminal_ids: Collection[int]) -> dict[int, list[Finding]]:
    """Open findings by customer, whoever asks; one query."""
    found: dict[int, list[Finding]] = defaultdict(list)
    for one in Finding.objects.filter(terminal__in=list(terminal_ids), closed_at=None).order_by("pk"):
        found[one.terminal_id].append(one)
    return dict(found)


def settled_keys(terminal_ids: Collection[int], by_rule: str) -> set[tuple[int, str, str]]:
    """(customer, kind, key) of what a person has closed: the same sign is not raised again."""
    rows = Finding.objects.filter(terminal__in=list(terminal_ids)).exclude(closed_at=None).exclude(outcome=by_rule)
    return set(rows.values_list("terminal", "kind", "key"))


def watched(today: date) -> list[int]:
    """Customers looked at every night: with a limit nobody has ended, dishonoured bills, securities, open findings."""
    policy = queries_policies.in_force(SECURITIES, today).value
    ids = set(Limit.objects.filter(ended_at=None, for_group=False).values_list("terminal", flat=True))
    ids |= set(receivables.dishonoured_and_owed())
    ids |= set(conduct.seen_since(today - timedelta(days=conduct.WINDOW_DAYS)))
    ids |= {terminal for _pk, terminal, *_rest in securities.ending(today, policy.ladder)}
    ids |= set(Finding.objects.filter(closed_at=None).values_list("terminal", flat=True))
    return sorted(ids)


def overdue_before(person: Person, today: date, window_days: int) -> dict[int, int]:
    """What every customer had overdue `window_days` ago, fen; the whole book at once."""
    rows = receivables.ageing(person, today - timedelta(days=window_days)).rows
    return {row.key: row.overdue_fen for row in rows if isinstance(row.key, int)}


def sights(
    terminal_ids: Collection[int], day: date, policy: WatchPolicy, before_fen: dict[int, int]
) -> dict[int, Sight]:
    """What is looked at of these customers, whoever asks; some dozen queries for any number of them."""
    ids = list(terminal_ids)
    seen = standing.overviews(ids, day)
    limits = _limits(ids)
    bills = receivables.dishonoured_and_owed(ids)
    days = _invoice_days(ids, day)
    papers = _papers(ids, day)
    conducts = conduct.records(ids, day)
    ladder = queries_policies.in_force(SECURITIES, day).value.ladder
    guarantees: dict[int, list[tuple[int, int, date, int]]] = defaultdict(list)
    wanted = set(ids)
    for pk, terminal, _kind, until, fen in securities.ending(day, ladder):
        step = rung(until, day, ladder)
        if terminal in wanted and step is not None:
            guarantees[terminal].append((pk, step, until, fen))
    return {
        pk: Sight(
            exposure_fen=one.exposure.total_fen, limit_fen=limits.get(pk, (None, None))[0],
            limit_until=limits.get(pk, (None, None))[1], overdue_fen=one.overdue_fen,
            overdue_before_fen=before_fen.get(pk, 0), invoice_days=tuple(days.get(pk, ())),
            dishonoured=bills.get(pk, (0, 0)), papers=papers.get(pk, ()), guarantees=tuple(guarantees.get(pk, ())),
            conduct=conducts.get(pk, NOTHING_SEEN),
        )
        for pk, one in seen.items()
    }  # fmt: skip


def _limits(ids: list[int]) -> dict[int, tuple[int, date]]:
    """The fixed limit nobody has ended, with the temporary one where that still runs as long."""
    rows = Limit.objects.filter(terminal__in=ids, ended_at=None, for_group=False)
    fixed = {
        pk: (fen, until) for pk, fen, until in rows.filter(temporary=False).values_list("terminal", "fen", "until")
    }
    for pk, fen, until in rows.filter(temporary=True).values_list("terminal", "fen", "until"):
        if pk in fixed and until >= fixed[pk][1]:
            fixed[pk] = (fixed[pk][0] + fen, fixed[pk][1])
    return fixed


def _invoice_days(ids: list[int], day: date) -> dict[int, list[date]]:
    """Days of the last year on which each was invoiced, off the index of entries by customer and day."""
    if not ids:
        return {}
    keys = ",".join(str(int(pk)) for pk in ids)
    found: dict[int, list[date]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT DISTINCT terminal_id, "on" FROM receivables_entry WHERE terminal_id IN ({keys})'  # noqa: S608
            ' AND "on" > %s AND "on" <= %s AND kind = \'invoice\'',
            [day - timedelta(days=365), day],
        )
        for pk, on in cursor.fetchall():
            found[pk].append(date.fromisoformat(on) if isinstance(on, str) else on)
    return found


def _papers(ids: list[int], day: date) -> dict[int, tuple[tuple[str, str, str, int], ...]]:
    policies, _labels = terminals.paper_policies(day)
    found = {}
    for pk, papers in terminals.papers_of(ids, day).items():
        told = []
        for finding in paper_findings(papers, day, policies):
            numbers = dict(finding.numbers)
            if finding.rule in ("paper_expired", "paper_suspended", "paper_ending"):
                told.append((finding.rule, numbers["paper"], numbers["number"], int(numbers.get("days", "0"))))
        found[pk] = tuple(told)
    return found


_FIELDS = (
    "pk", "terminal_id", "terminal__code", "terminal__name", "kind", "key", "grave", "detail", "found_on",
    "found_by__name", "found_at", "closed_by__name", "closed_at", "outcome",
)  # fmt: skip


def _row(values: Any) -> FindingRow:
    return FindingRow(*(*values[:11], values[11] or "", *values[12:]))


def counts(person: Person) -> tuple[int, int]:
    """How many findings are open, and how many of them are grave, as far as this person sees."""
    rows: QuerySet[Finding] = Finding.objects.visible_to(person, SEE).filter(closed_at=None)
    return rows.count(), rows.filter(grave=True).count()
