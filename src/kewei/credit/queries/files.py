"""The figures an application freezes: twelve months of trade, how late it pays, and what a limit is computed from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from kewei.credit.queries import limits, standing, surveys
from kewei.credit.rules.exposure import Standing
from kewei.credit.rules.limits import LIMIT, LimitFacts, Suggestion, suggest
from kewei.credit.rules.terms import STATUTORY, TERMS, Statutory, statutory_term
from kewei.journal import queries_policies
from kewei.kernel.calendar import add_years
from kewei.terminals import queries as terminals

# How many of the newest settlements say how late a customer usually pays.
_SETTLEMENTS = 2000


@dataclass(frozen=True)
class TwelveMonths:
    """The last twelve months up to a day: invoiced and received in fen, days late weighted by amount, the longest."""

    invoiced_fen: int
    received_fen: int
    weighted_days_late: int
    longest_late_days: int
    invoices: int


def twelve_months(terminal_id: int, day: date) -> TwelveMonths:
    """What a customer bought and paid in the year up to a day, whoever asks; two statements."""
    first = add_years(day, -1) + timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(SUM(CASE WHEN kind = 'invoice' THEN total_fen END), 0),"
            " COALESCE(SUM(CASE WHEN kind = 'receipt' THEN total_fen END), 0),"
            " COALESCE(SUM(CASE WHEN kind = 'invoice' THEN 1 ELSE 0 END), 0)"
            ' FROM receivables_item WHERE terminal_id = %s AND live AND "on" >= %s AND "on" <= %s',
            [terminal_id, first, day],
        )
        invoiced, received, count = cursor.fetchone()
    late = _days_late(terminal_id, first, day)
    weight = sum(fen for fen, _days in late)
    return TwelveMonths(
        int(invoiced), int(received), sum(fen * days for fen, days in late) // weight if weight else 0,
        max((days for _fen, days in late), default=0), int(count),
    )  # fmt: skip


def monthly_fen(terminal_id: int, day: date, months: int) -> int:
    """The average of the months with invoices among the last `months` whole ones before this month, fen with VAT."""
    end = day.replace(day=1)
    first = end
    for _month in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT \"on\", total_fen FROM receivables_item WHERE terminal_id = %s AND kind = 'invoice' AND live"
            ' AND "on" >= %s AND "on" < %s',
            [terminal_id, first, end],
        )
        by_month: dict[tuple[int, int], int] = {}
        for on, fen in cursor.fetchall():
            on = date.fromisoformat(on) if isinstance(on, str) else on
            by_month[on.year, on.month] = by_month.get((on.year, on.month), 0) + int(fen)
    return sum(by_month.values()) // len(by_month) if by_month else 0


def limit_facts(terminal_id: int, term_days: int, day: date, stands: Standing, months: int) -> LimitFacts:
    """What a limit is computed from on a day, whoever asks; what nobody knows is None."""
    survey = surveys.accepted(terminal_id, day)
    answers: dict[str, Any] = survey.answers if survey else {}
    capital = answers.get("capital", {})
    worth = [fen for fen in capital.get("net_assets_fen", []) if fen is not None]
    suppliers = answers.get("references", {}).get("suppliers", [])
    former = next(
        (
            row
            for row in limits.limits_of(terminal_id)
            if row.ended_at is None and not row.temporary and not row.for_group
        ),
        None,
    )
    left_fen = (
        None
        if stands.group_limit_fen is None
        else stands.group_limit_fen - stands.group_exposure_fen + stands.exposure.total_fen
    )
    return LimitFacts(
        grade=stands.grade or "D",
        monthly_fen=monthly_fen(terminal_id, day, months),
        term_days=term_days,
        normal_delay_days=max(0, min(30, twelve_months(terminal_id, day).weighted_days_late)),
        net_worth_fen=worth[-1] if worth else None,
        working_capital_fen=capital.get("working_capital_fen"),
        turnover_fen=answers.get("selling", {}).get("turnover_fen"),
        peer_limits_fen=tuple(one["highest_fen"] for one in suppliers if one.get("highest_fen")),
        group_headroom_fen=left_fen,
        secured_fen=limits.secured_fen(terminal_id, day),
        former_fen=former.fen if former else None,
        former_since=former.since if former else None,
        new_customer=stands.months_traded is None or stands.months_traded < 6,
    )  # fmt: skip


def suggestion(terminal_id: int, term_days: int, day: date, first_order_fen: int = 0) -> Suggestion:
    """The limit suggested for a customer at a term, line by line, by the policy of the day; whoever asks.

    A new customer's need is taken from its plan of first orders (`first_order_fen` a month).
    """
    policy = queries_policies.in_force(LIMIT, day)
    stands = standing.standing(terminal_id, day)
    facts = limit_facts(terminal_id, term_days, day, stands, policy.value.months)
    if not facts.monthly_fen and first_order_fen:
        from dataclasses import replace

        facts = replace(facts, monthly_fen=first_order_fen)
    return suggest(facts, policy.value, day, policy.label)


def terms_of(terminal_id: int, grade: str, day: date) -> tuple[int, Statutory]:
    """The longest term a customer's grade and kind may have, and what the law says; whoever asks."""
    found = queries_policies.in_force_all([TERMS, STATUTORY], day)
    kind, size, province = terminals.kind_size_province(terminal_id)
    longest = found[TERMS.name].value.get(grade or "D", {}).get(kind, 0)
    law = statutory_term(kind, size, province, found[STATUTORY.name].value, found[STATUTORY.name].label)
    return longest, law


def _days_late(terminal_id: int, first: date, day: date) -> list[tuple[int, int]]:
    """(fen, days late, early as nought) of what was settled from a day on, and of what is open and overdue."""
    with connection.cursor() as cursor:
        # "+ 0": by the customer's invoices, never backwards through everybody's allocations, which PostgreSQL prefers
        # where it does not know yet how many there are.
        cursor.execute(
            'SELECT a.fen, d.due_date, a."on" FROM receivables_allocation a JOIN receivables_entry d ON d.id = a.debit_id'
            " JOIN receivables_item i ON i.entry_id = d.id AND i.live"
            ' WHERE d.terminal_id = %s AND d.kind = \'invoice\' AND a."on" >= %s AND a."on" <= %s AND a.fen > 0'
            " ORDER BY a.id + 0 DESC LIMIT %s",
            [terminal_id, first, day, _SETTLEMENTS],
        )
        settled = cursor.fetchall()
        cursor.execute(
            "SELECT open_fen, due_date, NULL FROM receivables_item WHERE terminal_id = %s AND open_fen > 0 AND side = 1"
            " AND due_date < %s",
            [terminal_id, day],
        )
        still_open = cursor.fetchall()
    return [
        (int(fen), max(0, (_day(paid) or day).toordinal() - due.toordinal()))
        for fen, due_text, paid in [*settled, *still_open]
        if (due := _day(due_text)) is not None
    ]


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
