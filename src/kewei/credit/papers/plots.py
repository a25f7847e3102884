"""The calibration plot as SVG, and calibrations as JSON: no library draws it, so that any machine can."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from kewei.credit.rules.calibration import Rate

SIZE, EDGE = 360, 48


def percent(bp: int) -> str:
    """Basis points as a percentage with one decimal."""
    tenths = (bp + 5) // 10
    return f"{tenths // 10}.{tenths % 10} %"


def calibration(groups: Sequence[Rate]) -> str:
    """Expected against observed, with the bounds of each group and the line on which they would agree."""
    most = max([100, *(max(one.high_bp, one.expected_bp or 0) for one in groups)])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" height="{SIZE}" '
        'font-family="sans-serif" font-size="11" fill="currentColor" stroke-width="1.5">',
        f'<rect x="{EDGE}" y="12" width="{SIZE - EDGE - 12}" height="{SIZE - EDGE - 12}" fill="none" stroke="#8a8f98"/>',
        _line(0, 0, most, most, most, 'stroke="#8a8f98" stroke-dasharray="4 4"'),
    ]
    for one in groups:
        expected = one.expected_bp or 0
        parts.append(_line(expected, one.low_bp, expected, one.high_bp, most, 'stroke="#1f6f8b"'))
        x, y = _place(expected, one.rate_bp, most)
        told = f"n={one.cases}: {percent(expected)} → {percent(one.rate_bp)}"
        parts.append(f'<circle cx="{x}" cy="{y}" r="4" fill="#1f6f8b"><title>{told}</title></circle>')
    for bp in (0, most // 2, most):
        x, y = _place(bp, 0, most)
        parts.append(f'<text x="{x}" y="{SIZE - EDGE + 16}" text-anchor="middle">{percent(bp)}</text>')
        x, y = _place(0, bp, most)
        parts.append(f'<text x="{EDGE - 6}" y="{y + 4}" text-anchor="end">{percent(bp)}</text>')
    middle = (SIZE + EDGE) // 2
    parts.append(f'<text x="{middle}" y="{SIZE - 10}" text-anchor="middle">expected 预期</text>')
    parts.append(f'<text x="{EDGE + 6}" y="26">observed 实际</text></svg>')
    return "\n".join(parts)


def _place(expected: int, observed: int, most: int) -> tuple[int, int]:
    room = SIZE - EDGE - 12
    return EDGE + expected * room // most, SIZE - EDGE - observed * room // most


def _line(x1: int, y1: int, x2: int, y2: int, most: int, how: str) -> str:
    (ax, ay), (bx, by) = _place(x1, y1, most), _place(x2, y2, most)
    return f'<line x1="{ax}" y1="{ay}" x2="{bx}" y2="{by}" {how}/>'


def as_json(found: Any) -> dict[str, Any]:
    """A calibration as JSON: shares in basis points, Brier and AUC as decimals of their exact fractions."""
    result = found.result
    return {
        "from": found.first.isoformat(), "to": found.last.isoformat(), "months": found.months, "late_days": 60,
        "cases": result.cases, "late": result.late, "already_late": found.already, "nothing_due": found.idle,
        "brier": _number(result.brier), "brier_of_the_mean": _number(result.base), "auc": _number(result.auc),
        "auc_of_grades": _number(result.auc_grade),
        "grades": [_rate(one) for one in result.grades], "groups": [_rate(one) for one in result.groups],
    }  # fmt: skip


def _number(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), 6)


def _rate(one: Rate) -> dict[str, Any]:
    return {
        "name": one.name, "cases": one.cases, "late": one.late, "rate_bp": one.rate_bp, "low_bp": one.low_bp,
        "high_bp": one.high_bp, "expected_bp": one.expected_bp,
    }  # fmt: skip
