"""Answers of receivables as plain JSON values: one shape for the API and for `--json` on the command line.

Money is whole fen, days are ISO dates, codes are stable; names are in the reader's language.
"""

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from kewei.receivables import rules
from kewei.receivables.queries.bills import BillRow
from kewei.receivables.rules.kpis import basis_points, tenths

Translate = Callable[[str], str]
Shape = dict[str, Any]


def day(value: date | None) -> str | None:
    """A day as text."""
    return value.isoformat() if value else None


def ageing_head(table: rules.AgeingTable, translate: Translate) -> Shape:
    """What an ageing table is about, without its rows."""
    return {
        "as_of": day(table.as_of),
        "by": table.by,
        "axis": table.axis,
        "buckets": [
            {"code": code, "name": translate(name)}
            for code, name in zip(table.buckets.codes, table.buckets.names, strict=True)
        ],
        "totals": ageing_row(table.totals, table.buckets),
        "control_fen": table.control_fen,
        "unapplied_fen": table.unapplied_fen,
        "agrees": table.totals.balance_fen == table.control_fen,
    }


def ageing_row(row: rules.AgeingRow, buckets: rules.Buckets) -> Shape:
    """A group's line: buckets by their code, credits apart."""
    return {
        "key": row.key,
        "code": row.code,
        "label": row.label,
        "bucket_fen": dict(zip(buckets.codes, row.bucket_fen, strict=True)),
        "owed_fen": row.owed_fen,
        "credit_fen": row.credit_fen,
        "balance_fen": row.balance_fen,
        "overdue_fen": row.overdue_fen,
        "items": row.items,
        "oldest_due": day(row.oldest_due),
        "days_to_limitation": row.days_left,
    }


def item(row: rules.ItemRow, buckets: rules.Buckets = rules.PAST_DUE) -> Shape:
    """An open item."""
    return {
        "id": row.entry_id,
        "terminal": row.terminal_id,
        "customer_code": row.terminal_code,
        "customer": row.terminal_name,
        "kind": row.kind,
        "number": row.number,
        "on": day(row.on),
        "due_date": day(row.due_date),
        "total_fen": row.total_fen,
        "open_fen": row.open_fen,
        "overdue_days": row.overdue_days,
        "age_days": row.age_days,
        "bucket": None if row.bucket is None else buckets.codes[row.bucket],
        "days_to_limitation": row.days_left,
    }


def entry(card: rules.EntryCard) -> Shape:
    """A document with its allocations."""
    return {
        "id": card.pk,
        "posting": card.posting_id,
        "terminal": card.terminal_id,
        "customer_code": card.terminal_code,
        "customer": card.terminal_name,
        "kind": card.kind,
        "side": card.side,
        "number": card.number,
        "on": day(card.on),
        "due_date": day(card.due_date),
        "total_fen": card.total_fen,
        "open_fen": card.open_fen,
        "live": card.live,
        "overdue_days": card.overdue_days,
        "days_to_limitation": card.days_left,
        "method": card.method,
        "payer_name": card.payer_name,
        "payer": card.payer_id,
        "reference": card.reference,
        "memo": card.memo,
        "reason": card.reason,
        "original": card.original_id,
        "reverses": card.reverses_id,
        "reversed_by": card.reversed_by_id,
        "posted_by": card.posted_by,
        "posted_at": card.posted_at.isoformat(),
        "fields": dict(card.fields),
        "allocations": [
            {
                "id": a.allocation_id,
                "posting": a.posting_id,
                "other": a.other_id,
                "other_kind": a.other_kind,
                "other_number": a.other_number,
                "fen": a.fen,
                "on": day(a.on),
                "live": a.live,
            }
            for a in card.allocations
        ],
    }


def unmatched(row: rules.Unmatched) -> Shape:
    """A line of the unmatched queue."""
    return {
        "id": row.entry_id,
        "terminal": row.terminal_id,
        "customer_code": row.terminal_code,
        "customer": row.terminal_name,
        "kind": row.kind,
        "number": row.number,
        "on": day(row.on),
        "total_fen": row.total_fen,
        "open_fen": row.open_fen,
        "method": row.method,
        "payer_name": row.payer_name,
        "reference": row.reference,
        "memo": row.memo,
    }


def offers(made: Sequence[rules.Offer], translate: Translate) -> list[Shape]:
    """Proposals for a receipt, best first; `place` is what applying one asks for."""
    return [
        {
            "place": place,
            "terminal": offer.terminal_id,
            "reason": offer.proposal.reason.code,
            "reason_says": translate(offer.proposal.reason.says),
            "payer": offer.proposal.payer.code,
            "payer_says": translate(offer.proposal.payer.says),
            "sure": offer.proposal.sure,
            "rivals": offer.proposal.rivals,
            "left_fen": offer.proposal.left_fen,
            "shares": [{"debit": pk, "number": number, "fen": fen} for pk, number, fen in offer.shares],
            "applies": offer.applies,
        }
        for place, offer in enumerate(made)
    ]


def statement(made: rules.Statement) -> Shape:
    """A statement of account: opening + movements = closing."""
    return {
        "first": day(made.first),
        "last": day(made.last),
        "opening_fen": made.opening_fen,
        "closing_fen": made.closing_fen,
        "closing_in_words": made.closing_in_words,
        "section_fen": dict(made.section_fen),
        "unapplied_fen": made.unapplied_fen,
        "due_fen": made.due_fen,
        "overdue_fen": made.overdue_fen,
        "movements": [
            {
                "section": line.movement.section,
                "on": day(line.movement.on),
                "number": line.movement.number,
                "fen": line.movement.fen,
                "due_date": day(line.movement.due_date),
                "reverses": line.movement.reverses,
                "balance_fen": line.balance_fen,
            }
            for line in made.lines
        ],
        "open_items": [
            {
                "id": line.item.item_id,
                "number": line.item.number,
                "on": day(line.item.on),
                "due_date": day(line.item.due_date),
                "open_fen": line.item.open_fen,
                "overdue_days": line.overdue_days,
            }
            for line in made.open_lines
        ],
    }


def kpi(figure: rules.KpiFigure, translate: Translate) -> Shape:
    """A figure: `value` is whole fen, tenths of a day, or basis points, as `unit` says; None of nothing."""
    definition = figure.definition
    return {
        "code": figure.code,
        "name": translate(definition.name),
        "formula": translate(definition.formula),
        "caution": translate(definition.caution) if definition.caution else "",
        "unit": UNITS[definition.unit],
        "value": rounded(definition.unit, figure.value),
        "numbers": dict(figure.numbers),
    }


UNITS = {"days": "tenths_of_a_day", "percent": "basis_points", "fen": "fen"}


def rounded(unit: str, value: Fraction | None) -> int | None:
    """An exact value as the whole number its unit counts in (see UNITS)."""
    if value is None:
        return None
    if unit == "days":
        return tenths(value)
    return basis_points(value) if unit == "percent" else int(value)


def bill(row: BillRow) -> dict[str, Any]:
    """A bill taken as payment."""
    return {
        "id": row.pk, "terminal": row.terminal_id, "customer_code": row.terminal_code, "customer": row.terminal_name,
        "kind": row.kind, "number": row.number, "acceptor": row.acceptor, "issued_on": day(row.issued_on),
        "due_on": day(row.due_on), "present_by": day(row.present_by), "fen": row.fen, "receipt": row.receipt_number,
        "received_on": day(row.received_on), "state": row.state, "outcome_on": day(row.outcome_on), "reason": row.reason,
        "checked": row.checked,
    }  # fmt: skip
