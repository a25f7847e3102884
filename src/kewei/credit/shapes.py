"""Answers of credit as plain JSON values: one shape for the API and for `--json` on the command line.

Money is whole fen, days are ISO dates, codes are stable.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from kewei.credit.queries.holds import HoldRow
from kewei.credit.queries.lending import LentRow
from kewei.credit.queries.watching import FindingRow
from kewei.credit.rules.exposure import PARTS, Exposure, Standing
from kewei.credit.rules.limits import Line, Suggestion

Shape = dict[str, Any]


def day(value: date | None) -> str | None:
    """A day as text."""
    return value.isoformat() if value else None


def exposure(parts: Exposure) -> Shape:
    """The parts of an exposure with their signs, and their sum."""
    return {
        "total_fen": parts.total_fen,
        "parts": [{"part": name, "sign": sign, "fen": parts.part(name)} for name, (sign, _words) in PARTS.items()],
    }


def standing(stands: Standing) -> Shape:
    """How a customer stands; `limit_fen` is null where there is no limit, which means no credit."""
    return {
        "grade": stands.grade,
        "limit_fen": stands.limit_fen,
        "temporary_fen": stands.temporary_fen,
        "granted_fen": stands.granted_fen,
        "headroom_fen": stands.headroom_fen,
        "term_days": stands.term_days,
        "limit_until": day(stands.limit_until),
        "part_limits": dict(stands.part_limits),
        "exposure": exposure(stands.exposure),
        "group_limit_fen": stands.group_limit_fen,
        "group_exposure_fen": stands.group_exposure_fen,
        "overdue_fen": stands.overdue_fen,
        "overdue_days": stands.overdue_days,
        "holds": [{"reason": reason, "note": note} for reason, note in stands.holds],
        "red_lines": list(stands.red_lines),
        "months_traded": stands.months_traded,
    }


def line(one: Line) -> Shape:
    """A line of a calculation."""
    return {"code": one.code, "fen": one.fen, "formula": one.formula}


def suggestion(one: Suggestion) -> Shape:
    """A suggested limit, line by line, with the published ways beside it."""
    return {
        "fen": one.fen,
        "grade": one.grade,
        "term_days": one.term_days,
        "braked": one.braked,
        "policy": one.policy,
        "lines": [line(each) for each in one.lines],
        "alternatives": [line(each) for each in one.alternatives],
    }


def limit(row: LentRow) -> Shape:
    """A limit in force."""
    return {
        "terminal": row.terminal_id, "customer_code": row.code, "customer": row.name, "kind": row.kind,
        "grade": row.grade, "fen": row.fen, "temporary_fen": row.temporary_fen, "term_days": row.term_days,
        "since": day(row.since), "until": day(row.until), "exposure_fen": row.exposure.total_fen,
        "left_fen": row.left_fen, "used_bp": row.used_bp, "overdue_fen": row.overdue_fen, "held": row.held,
    }  # fmt: skip


def hold(row: HoldRow) -> Shape:
    """A hold."""
    return {
        "id": row.pk, "terminal": row.terminal_id, "customer_code": row.terminal_code, "customer": row.terminal_name,
        "reason": row.reason, "note": row.note, "automatic": row.automatic, "cause": row.cause,
        "until": day(row.until), "placed_by": row.placed_by, "placed_at": row.placed_at.isoformat(),
        "lifted_by": row.lifted_by, "lifted_at": row.lifted_at.isoformat() if row.lifted_at else None,
        "lifted_why": row.lifted_why, "state": row.state,
    }  # fmt: skip


def finding(row: FindingRow) -> Shape:
    """A finding of the watch list."""
    return {
        "id": row.pk, "terminal": row.terminal_id, "customer_code": row.terminal_code, "customer": row.terminal_name,
        "kind": row.kind, "grave": row.grave, "detail": row.detail, "found_on": day(row.found_on),
        "found_by": row.found_by, "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "outcome": row.outcome,
    }  # fmt: skip
