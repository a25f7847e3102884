"""What the pages of key accounts share: goals and reasons in words, the figures of an account."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kewei.kernel.money import yuan
from kewei.keyaccounts.queries.plans import PlanRow
from kewei.keyaccounts.rules.earning import REASON_SAYS, Reason
from kewei.keyaccounts.rules.plans import GOALS, UNITS
from kewei.keyaccounts.rules.reviewing import VERDICT_TONES, VERDICTS


def percent(bp: int | None) -> str:
    """Basis points as per cent with one decimal; empty for None."""
    if bp is None:
        return ""
    tenths = (bp + 5) // 10
    return f"{tenths // 10}.{tenths % 10}%"


def in_unit(kind: str, value: int | None) -> str:
    """A goal's number as people read it."""
    if value is None:
        return ""
    unit = UNITS[kind]
    if unit == "fen":
        return yuan(value)
    if unit == "bp":
        return percent(value)
    return _("{days} 天").format(days=value) if unit == "days" else str(value)


def reason_words(reason: Reason) -> str:
    """Why a customer is a candidate, with its numbers."""
    numbers = dict(reason.numbers)
    return _(REASON_SAYS[reason.code]).format(**(numbers | {"share": percent(numbers.get("share_bp", 0))}))


def span(row: PlanRow) -> str:
    """The months of a plan."""
    return f"{row.first_on:%Y-%m} – {row.last_on:%Y-%m}"


def lines_shown(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines of a review in words."""
    return [_line(one["kind"], one["verdict"], one) for one in lines]


def _line(kind: str, verdict: str, one: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": _(GOALS[kind]),
        "baseline": in_unit(kind, one["baseline"]),
        "expected": in_unit(kind, one["expected"]),
        "target": in_unit(kind, one["target"]),
        "actual": in_unit(kind, one["actual"]),
        "achieved": percent(one["achieved_bp"]),
        "percent": min(100, (one["achieved_bp"] or 0) // 100),
        "known": one["achieved_bp"] is not None,
        "verdict": _(VERDICTS[verdict]),
        "tone": VERDICT_TONES[verdict],
    }
