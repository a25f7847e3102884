"""How a customer stands: exposure, limit, overdue, holds, in a number of statements that no book makes longer.

Sums come from the covering index of open items, so a customer costs what its own open items cost, however many
others there are.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from kewei.credit.models import Reservation
from kewei.credit.rules.bills import BILLS, BillPolicy
from kewei.credit.rules.exposure import Exposure, Standing
from kewei.journal import queries_policies
from kewei.journal.bulk import ask
from kewei.kernel.refusals import N_, NotFound

# Everything about some customers that is added up, as rows (customer, what, three numbers, two texts).
_PARTS = """
SELECT terminal_id, 'account', ordered_fen, delivered_fen, 0, grade, '' FROM credit_account WHERE terminal_id IN {ids}
UNION ALL
SELECT terminal_id, 'items', SUM(CASE WHEN side = 1 THEN open_fen ELSE 0 END),
 SUM(CASE WHEN side = -1 THEN open_fen ELSE 0 END),
 SUM(CASE WHEN side = 1 AND due_date < {day} THEN open_fen ELSE 0 END),
 COALESCE(CAST(MIN(CASE WHEN side = 1 THEN due_date END) AS TEXT), ''), ''
 FROM receivables_item WHERE open_fen > 0 AND terminal_id IN {ids} GROUP BY terminal_id
UNION ALL
SELECT b.terminal_id, 'bills', SUM(b.fen), 0, 0, '', '' FROM receivables_bill b
 JOIN receivables_item i ON i.entry_id = b.receipt_id AND i.live
 LEFT JOIN receivables_billoutcome o ON o.bill_id = b.receipt_id
 WHERE b.terminal_id IN {ids} AND o.bill_id IS NULL AND (b.kind IN {cleared} OR (b.kind IN {due} AND b.due_on >= {day})
  OR (SELECT c.outcome FROM receivables_billcheck c WHERE c.bill_id = b.receipt_id ORDER BY c.id DESC LIMIT 1) = 'block')
 GROUP BY b.terminal_id
UNION ALL
SELECT terminal_id, 'deposits', SUM(fen), 0, 0, '', '' FROM credit_security
 WHERE terminal_id IN {ids} AND kind = 'deposit' AND ended_at IS NULL AND since <= {day}
 AND (until IS NULL OR until >= {day}) GROUP BY terminal_id
"""

# What only the customer itself is asked for.
_OWN = """
UNION ALL
SELECT terminal_id, 'hold', 0, 0, 0, reason, note FROM credit_hold
 WHERE terminal_id = {one} AND lifted_at IS NULL AND (until IS NULL OR until >= {day})
UNION ALL
SELECT terminal_id, 'red', 0, 0, 0, line, '' FROM credit_redlinecheck c WHERE terminal_id = {one} AND found
 AND NOT EXISTS (SELECT 1 FROM credit_redlinecheck n WHERE n.terminal_id = c.terminal_id AND n.line = c.line
  AND (n.checked_on > c.checked_on OR (n.checked_on = c.checked_on AND n.id > c.id)))
UNION ALL
SELECT terminal_id, 'limit', fen, term_days, CASE WHEN temporary THEN 1 ELSE 0 END, CAST(until AS TEXT),
 CAST(parts AS TEXT) FROM credit_limit
 WHERE terminal_id = {one} AND NOT for_group AND ended_at IS NULL AND since <= {day} AND until >= {day}
UNION ALL
SELECT t.id, 'first', COALESCE(t.group_id, t.id),
 COALESCE((SELECT l.fen FROM credit_limit l WHERE l.terminal_id = COALESCE(t.group_id, t.id) AND l.for_group
  AND NOT l.temporary AND l.ended_at IS NULL AND l.since <= {day} AND l.until >= {day}), -1),
 (SELECT COUNT(*) FROM (SELECT 1 FROM receivables_entry e JOIN receivables_item i ON i.entry_id = e.id
  WHERE e.terminal_id = {one} AND i.kind = 'invoice' AND i.live AND i.open_fen = 0 LIMIT {enough}) paid),
 COALESCE((SELECT CAST(MIN(e."on") AS TEXT) FROM receivables_entry e WHERE e.terminal_id = {one}), ''), ''
 FROM terminals_terminal t WHERE t.id = {one}
"""


def standing(terminal_id: int, day: date, *, without: str = "", bills: BillPolicy | None = None) -> Standing:
    """How a customer stands on `day`, whoever asks; what the reservation `without` holds is left out. For the gate.

    Exposure is that of now: it is asked for by who is about to add to it. `bills` is the policy of that day, where who
    asks has it already. Raises NotFound.
    """
    policy = bills or queries_policies.in_force(BILLS, day).value
    found = _added_up([terminal_id], day, policy, terminal_id)
    if "first" not in found.get(terminal_id, {}):
        raise NotFound(noun=N_("终端"))
    head, group_fen, paid, first_day, _none = found[terminal_id]["first"][0]
    members = [terminal_id]
    if group_fen >= 0:
        members = members_of(head)
        found |= _added_up([pk for pk in members if pk != terminal_id], day, policy)
    exposures, account, overdue_fen, oldest = {}, ("", 0), 0, ""
    holds: list[tuple[str, str]] = []
    red: list[str] = []
    for pk in {terminal_id, *members}:
        exposures[pk] = _exposure(found.get(pk, {}))
    own = found.get(terminal_id, {})
    account = (own["account"][0][3], 0) if "account" in own else ("", 0)
    if "items" in own:
        overdue_fen, oldest = int(own["items"][0][2]), own["items"][0][3]
    holds = sorted((row[3], row[4]) for row in own.get("hold", []))
    red = sorted(row[3] for row in own.get("red", []))
    if without:
        exposures[terminal_id] = _less(exposures[terminal_id], without)
    limits = {bool(row[2]): row for row in own.get("limit", [])}
    fixed, temporary = limits.get(False), limits.get(True)
    due = date.fromisoformat(oldest) if oldest else None
    months = None if not first_day else _months(date.fromisoformat(first_day), day)
    return Standing(
        grade=account[0],
        limit_fen=int(fixed[0]) if fixed else None,
        temporary_fen=int(temporary[0]) if fixed and temporary else 0,
        term_days=int(fixed[1]) if fixed else 0,
        limit_until=date.fromisoformat(fixed[3]) if fixed else None,
        part_limits=tuple(sorted(json.loads(fixed[4]).items())) if fixed else (),
        exposure=exposures[terminal_id],
        group_limit_fen=None if group_fen < 0 else int(group_fen),
        group_exposure_fen=0 if group_fen < 0 else sum(exposures[pk].total_fen for pk in members),
        overdue_days=max(0, (day - due).days) if due else 0,
        overdue_fen=overdue_fen,
        holds=tuple(holds),
        red_lines=tuple(red),
        months_traded=months,
        orders_paid=int(paid),
    )


def exposures(terminal_ids: Collection[int], day: date) -> dict[int, Exposure]:
    """The exposure of each of these customers, whoever asks; one statement for any number of them."""
    if not terminal_ids:
        return {}
    policy = queries_policies.in_force(BILLS, day).value
    found = _added_up(list(terminal_ids), day, policy)
    return {pk: _exposure(found.get(pk, {})) for pk in terminal_ids}


@dataclass(frozen=True, slots=True)
class Overview:
    """What lists and night jobs need of many customers at once; fen. `oldest_due` of the open invoices."""

    grade: str
    exposure: Exposure
    overdue_fen: int
    oldest_due: date | None

    def overdue_days(self, day: date) -> int:
        """Days past due of the oldest open invoice, 0 where none is."""
        return max(0, (day - self.oldest_due).days) if self.oldest_due else 0


def overviews(terminal_ids: Collection[int], day: date) -> dict[int, Overview]:
    """Grade, exposure and what is overdue of each of these customers, whoever asks; two statements."""
    if not terminal_ids:
        return {}
    policy = queries_policies.in_force(BILLS, day).value
    found = _added_up(list(terminal_ids), day, policy)
    return {pk: _overview(found.get(pk, {})) for pk in terminal_ids}


def _overview(rows: dict[str, list]) -> Overview:
    overdue_fen, oldest = (int(rows["items"][0][2]), rows["items"][0][3]) if "items" in rows else (0, "")
    grade = rows["account"][0][3] if "account" in rows else ""
    return Overview(grade, _exposure(rows), overdue_fen, date.fromisoformat(oldest) if oldest else None)


# Whoever has paid this many invoices is no new customer; nobody counts further.
ENOUGH = 12


def members_of(head: int) -> list[int]:
    """The head of a group and everybody in it, whoever asks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM terminals_terminal WHERE id = %s OR group_id = %s", [head, head])
        return [pk for (pk,) in cursor.fetchall()]


def _added_up(ids: list[int], day: date, policy: BillPolicy, one: int | None = None) -> dict[int, dict[str, list]]:
    """Rows of each customer by what they say; of `one` also what only it is asked for. One customer is asked for by a
    statement of always the same text, whose plan is kept.
    """
    words = {
        "ids": "(%(one)s)" if len(ids) == 1 and one in (None, ids[0]) else _numbers(ids),
        "day": _day(day),
        "one": "%(one)s",
        "enough": ENOUGH,
        "cleared": _texts(policy.kinds("cleared")),
        "due": _texts(policy.kinds("due")),
    }
    found: dict[int, dict[str, list]] = {}
    if not ids:
        return found
    statement = (_PARTS + (_OWN if one is not None else "")).format(**words)
    for pk, what, *values in ask(statement, {"one": one or ids[0]} if "%(one)s" in statement else ()):
        found.setdefault(pk, {}).setdefault(what, []).append(values)
    return found


def _exposure(rows: dict[str, list]) -> Exposure:
    account = rows.get("account", [[0, 0]])[0]
    items = rows.get("items", [[0, 0]])[0]
    return Exposure(
        ordered_fen=int(account[0]),
        delivered_fen=int(account[1]),
        invoiced_fen=int(items[0]),
        bills_fen=int(rows.get("bills", [[0]])[0][0]),
        unapplied_fen=int(items[1]),
        deposits_fen=int(rows.get("deposits", [[0]])[0][0]),
    )


def _less(exposure: Exposure, reference: str) -> Exposure:
    held = Reservation.objects.filter(reference=reference).values_list("ordered_fen", "delivered_fen").first()
    return exposure if held is None else exposure + Exposure(ordered_fen=-held[0], delivered_fen=-held[1])


def _months(first: date, day: date) -> int:
    """Whole months between two days."""
    return max(0, (day.year - first.year) * 12 + day.month - first.month - (day.day < first.day))


def _numbers(ids: Collection[int]) -> str:
    return f"({','.join(str(int(pk)) for pk in ids)})"


def _texts(words: Collection[str]) -> str:
    return "(" + ",".join(f"'{word}'" for word in words if word.isidentifier()) + ")" if words else "('')"


def _day(day: date) -> str:
    """A day written out, as the plans of both databases like it best."""
    return f"'{day.isoformat()}'"


def accounts(terminal_ids: Collection[int]) -> dict[int, Any]:
    """Grade of each of these customers' accounts; those without one are left out."""
    from kewei.credit.models import Account

    return dict(Account.objects.filter(terminal__in=list(terminal_ids)).values_list("terminal", "grade"))
