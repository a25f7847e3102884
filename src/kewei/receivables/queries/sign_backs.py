"""Statements that went out, and which came back signed (domain 2.12)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import localdate, make_aware

from kewei.journal.bulk import among
from kewei.kernel.refusals import N_, NotFound
from kewei.receivables.models import SignBack, StatementIssued
from kewei.receivables.rules.sign_backs import AGREED, DIFFERS, LATE, LATE_DAYS, WAITING, state_of

STATEMENT = "receivables.statement"
COUNTED_TO = 100_000


@dataclass(frozen=True)
class IssuedRow:
    """A statement that went out; fen."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    first: date
    last: date
    closing_fen: int
    mark: str
    form: str
    by: str
    at: datetime
    agrees: bool | None
    signed_on: date | None
    state: str


@dataclass(frozen=True)
class SignBackRow:
    """What came back; fen."""

    pk: int
    agrees: bool
    difference_fen: int
    reason: str
    signer: str
    job: str
    seal: str
    on: date
    paper: int | None
    by: str
    at: datetime


@dataclass(frozen=True)
class Signed:
    """A statement a customer has agreed to: it acknowledges what was open at the end of `last`."""

    statement: int
    first: date
    last: date
    on: date
    seal: str
    paper: int | None


def issued_for(person: Any, pk: int, verb: str = STATEMENT) -> StatementIssued:
    """A statement that went out, where this person may see it. Raises NotFound."""
    found = StatementIssued.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal").first()
    if found is None:
        raise NotFound(noun=N_("对账单"))
    return found


def issued(person: Any, pk: int, today: date) -> tuple[IssuedRow, list[SignBackRow]]:
    """One statement that went out and everything that came back for it, newest first. Raises NotFound."""
    issued_for(person, pk)
    fields = ("pk", "agrees", "difference_fen", "reason", "signer", "job", "seal", "on", "paper", "by__name", "at")
    backs = SignBack.objects.filter(statement=pk).order_by("-pk").values_list(*fields)
    return next(iter(_rows(StatementIssued.objects.filter(pk=pk), today))), [SignBackRow(*row) for row in backs]


def list_issued(
    person: Any, today: date, *, terminal: int | None = None, state: str = "", start: int = 0, limit: int | None = 50
) -> tuple[list[IssuedRow], int]:
    """Statements that went out, newest first, and how many."""
    rows = _with_newest(StatementIssued.objects.visible_to(person, STATEMENT))
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    rows = _in_state(rows, state, today)
    count = rows.order_by()[:COUNTED_TO].count()
    page = rows.order_by("-at", "-pk")
    return list(_rows(page[start : start + limit] if limit is not None else page[start:], today)), count


def sign_back_rate(person: Any, first: date, last: date) -> tuple[int, int]:
    """Of the statements that went out from `first` to `last`: how many came back, agreeing or not, and how many went out."""
    rows = StatementIssued.objects.visible_to(person, STATEMENT).filter(last__gte=first, last__lte=last)
    return rows.filter(sign_backs__isnull=False).distinct().count(), rows.count()


def signed_of(terminal_ids: Collection[int]) -> dict[int, list[Signed]]:
    """Statements these customers have agreed to, by the end of their period, whoever asks."""
    found: dict[int, list[Signed]] = {}
    rows = SignBack.objects.filter(among("statement__terminal_id", list(terminal_ids)), agrees=True).order_by(
        "statement__last", "pk"
    )
    fields = ("statement__terminal_id", "statement_id", "statement__first", "statement__last", "on", "seal", "paper_id")
    for terminal, *values in rows.values_list(*fields):
        found.setdefault(terminal, []).append(Signed(*values))
    return found


def returned(terminal_ids: Collection[int], day: date, window_days: int = 365) -> dict[int, tuple[int, int]]:
    """(sent, came back) of the statements each customer was given in the days before, as known at the end of a day.

    Whoever asks. A period counts once, however often its statement was made; one that went out lately and has not come
    back yet is neither. What came back counts whether it agrees or not: that the customer answers is what is judged.
    """
    end = make_aware(datetime.combine(day + timedelta(days=1), time()))
    since, late = end - timedelta(days=window_days + 1), end - timedelta(days=LATE_DAYS + 1)
    back = SignBack.objects.filter(statement=OuterRef("pk"), at__lt=end)
    rows = StatementIssued.objects.filter(among("terminal_id", list(terminal_ids)), at__gte=since, at__lt=end)
    periods: dict[tuple[int, date], tuple[bool, bool]] = {}
    for terminal, last, at, came in rows.annotate(came=Exists(back)).values_list("terminal", "last", "at", "came"):
        due, before = periods.get((terminal, last), (False, False))
        periods[terminal, last] = (due or at < late, before or came)
    found: dict[int, tuple[int, int]] = {}
    for (terminal, _last), (due, came) in periods.items():
        if due or came:
            sent, signed = found.get(terminal, (0, 0))
            found[terminal] = (sent + 1, signed + came)
    return found


def sign_back_paper(person: Any, pk: int) -> Any:
    """The signed paper, as an attachment. Raises NotFound."""
    mine = StatementIssued.objects.visible_to(person, STATEMENT)
    found = SignBack.objects.filter(pk=pk, statement__in=mine).select_related("paper").first()
    if found is None or found.paper is None:
        raise NotFound(noun=N_("附件"))
    return found.paper


def _with_newest(rows: QuerySet[StatementIssued]) -> QuerySet[Any]:
    newest = SignBack.objects.filter(statement=OuterRef("pk")).order_by("-pk")
    return rows.annotate(agrees=Subquery(newest.values("agrees")[:1]), signed_on=Subquery(newest.values("on")[:1]))


def _in_state(rows: QuerySet[Any], state: str, today: date) -> QuerySet[Any]:
    before = today - timedelta(days=LATE_DAYS)
    wanted = {
        WAITING: Q(agrees=None, at__date__gte=before),
        LATE: Q(agrees=None, at__date__lt=before),
        AGREED: Q(agrees=True),
        DIFFERS: Q(agrees=False),
    }
    return rows.filter(wanted[state]) if state in wanted else rows


def _rows(rows: QuerySet[Any], today: date) -> Any:
    fields = (
        "pk", "terminal_id", "terminal__code", "terminal__name", "first", "last", "closing_fen", "mark", "form",
        "by__name", "at", "agrees", "signed_on",
    )  # fmt: skip
    with_newest = rows if "agrees" in rows.query.annotations else _with_newest(rows)
    every: Any = with_newest.values_list(*fields)
    for values in every:
        yield IssuedRow(*(*values, state_of(values[11], localdate(values[10]), today)))
