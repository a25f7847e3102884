"""Bills taken as payment: the list with its due dates, and what of them still counts."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from kewei.kernel.calendar import next_working_day
from kewei.kernel.ids import LARGEST_KEY
from kewei.kernel.refusals import N_, NotFound
from kewei.receivables.models import Bill, BillCheck
from kewei.receivables.queries.items import known_documents
from kewei.receivables.queries.scope import SEE
from kewei.receivables.rules.bill_checks import Finding, Sheet, look_at
from kewei.receivables.rules.bills import CLEARED, DISHONOURED, OPEN, REVERSED, last_to_present, state_of
from kewei.receivables.rules.numbers import tidy_number

ORDERS = ("due_on", "fen", "customer")


@dataclass(frozen=True, slots=True)
class BillRow:
    """A bill as listed; fen and days. `days_left` until it falls due, None once something became of it."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    kind: str
    number: str
    acceptor: str
    issued_on: date | None
    due_on: date
    fen: int
    receipt_number: str
    received_on: date
    state: str
    outcome_on: date | None
    reason: str
    days_left: int | None
    present_by: date
    checked: str = ""


def bill_for(person: Any, pk: int, verb: str = SEE) -> Bill:
    """The bill, by the key of its receipt, where this person may see it for a verb. Raises NotFound."""
    # A key that is a foreign key too is not checked by Django for fitting into the column.
    found = Bill.objects.visible_to(person, verb).filter(pk=pk).first() if 0 < pk <= LARGEST_KEY else None
    if found is None:
        raise NotFound(noun=N_("票据"))
    return found


def bill_row(person: Any, pk: int, today: date) -> BillRow:
    """One bill as listed. Raises NotFound."""
    bill_for(person, pk)
    return _row(_described(Bill.objects.filter(pk=pk)).get(), today)


def bill_of(person: Any, receipt_id: int, today: date) -> BillRow | None:
    """The bill a receipt was paid with, None where it was none or is not visible."""
    found = _described(Bill.objects.visible_to(person, SEE).filter(pk=receipt_id)).first()
    return _row(found, today) if found else None


def list_bills(
    person: Any,
    today: date,
    *,
    terminal: int | None = None,
    kind: str = "",
    state: str = "",
    due_by: date | None = None,
    text: str = "",
    order: str = "due_on",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[BillRow], int, int]:
    """One page of bills by due date, how many, and their sum in fen; `state` is one of rules.bills.STATES."""
    rows = Bill.objects.visible_to(person, SEE)
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(_IN_STATE[state])
    if due_by is not None:
        rows = rows.filter(due_on__lte=due_by)
    if text := text.strip():
        rows = rows.filter(
            Q(number__startswith=text) | Q(terminal__code__startswith=text) | Q(terminal__name__icontains=text)
        )
    sums = rows.aggregate(fen=Sum("fen"))
    minus, name = "-" if order.startswith("-") else "", order.removeprefix("-")
    ordered = _described(rows).order_by(f"{minus}{_ORDER_BY.get(name, 'due_on')}", "pk")
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return [_row(values, today) for values in page], rows.count(), int(sums["fen"] or 0)


# A dishonoured bill is made good once what it had settled is paid; where it had settled nothing, once nothing is owed.
_OWED = """
SELECT b.terminal_id, COUNT(*), SUM(b.fen) FROM receivables_billoutcome o
 JOIN receivables_bill b ON b.receipt_id = o.bill_id WHERE NOT o.cleared {only} AND (
 EXISTS (SELECT 1 FROM receivables_allocation a JOIN receivables_item i ON i.entry_id = a.debit_id
  WHERE a.credit_id = b.receipt_id AND a.fen > 0 AND i.kind = 'invoice' AND i.open_fen > 0)
 OR (NOT EXISTS (SELECT 1 FROM receivables_allocation a JOIN receivables_item i ON i.entry_id = a.debit_id
  WHERE a.credit_id = b.receipt_id AND i.kind = 'invoice')
  AND EXISTS (SELECT 1 FROM receivables_item w WHERE w.terminal_id = b.terminal_id AND w.side = 1 AND w.open_fen > 0)))
 GROUP BY b.terminal_id
"""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A sheet that was kept: its answers, what was found, what it came to."""

    pk: int
    sheet: dict[str, Any]
    findings: list[Any]
    outcome: str
    by: str
    at: datetime


def looked_at(sheet: Sheet, terminal_id: int, fen: int, received_on: date) -> list[Finding]:
    """What a sheet about a bill of a customer comes to, whoever asks; writes nothing. Raises BillCheckNeedsTrade."""
    numbers = [part for part in re.split(r"[,，、;；\s]+", sheet.invoice.strip()) if part]
    mine = {one.number for one in known_documents("invoice", numbers) if one.terminal_id == terminal_id}
    known = bool(numbers) and {tidy_number(number) for number in numbers} <= {tidy_number(number) for number in mine}
    present_by = next_working_day(last_to_present(sheet.due_on))
    return look_at(sheet, fen=fen, received_on=received_on, invoice_known=known, present_by=present_by)


def checks_of(person: Any, pk: int) -> list[CheckRow]:
    """The sheets kept of a bill, newest first. Raises NotFound."""
    bill_for(person, pk)
    rows = BillCheck.objects.filter(bill=pk).order_by("-pk")
    return [CheckRow(*row) for row in rows.values_list("pk", "sheet", "findings", "outcome", "by__name", "at")]


def dishonoured_and_owed(terminal_ids: Collection[int] | None = None) -> dict[int, tuple[int, int]]:
    """Dishonoured bills that were not made good since, by customer (None: all): (how many, fen); whoever asks."""
    if terminal_ids is not None and not terminal_ids:
        return {}
    keys = "" if terminal_ids is None else ",".join(str(int(pk)) for pk in terminal_ids)
    with connection.cursor() as cursor:
        cursor.execute(_OWED.format(only=f"AND b.terminal_id IN ({keys})" if keys else ""))
        return {pk: (int(count), int(fen)) for pk, count, fen in cursor.fetchall()}


_ORDER_BY = {"due_on": "due_on", "fen": "fen", "customer": "terminal__code"}
_IN_STATE = {
    OPEN: Q(outcome=None, receipt__item__live=True),
    CLEARED: Q(outcome__cleared=True),
    DISHONOURED: Q(outcome__cleared=False),
    REVERSED: Q(outcome=None, receipt__item__live=False),
}
_FIELDS = (
    "pk", "terminal_id", "terminal__code", "terminal__name", "kind", "number", "acceptor", "issued_on", "due_on", "fen",
    "receipt__number", "receipt__on", "receipt__item__live", "outcome__cleared", "outcome__on", "outcome__reason",
    "checked",
)  # fmt: skip


def _described(rows: QuerySet[Bill]) -> QuerySet[Any]:
    newest = BillCheck.objects.filter(bill=OuterRef("pk")).order_by("-pk").values("outcome")[:1]
    return rows.annotate(checked=Subquery(newest)).values_list(*_FIELDS)


def _row(values: Any, today: date) -> BillRow:
    live, cleared, outcome_on, reason = values[12:16]
    state = state_of(live, cleared)
    due_on = values[8]
    days_left = (due_on - today).days if state == OPEN else None
    return BillRow(
        *(*values[:12], state, outcome_on, reason or "", days_left, last_to_present(due_on), values[16] or "")
    )
