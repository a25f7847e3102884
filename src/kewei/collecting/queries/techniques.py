"""The library of techniques as it stands on a day."""

from __future__ import annotations

from datetime import date

from kewei.collecting.rules.techniques import TECHNIQUES, Situation, Technique, UnknownTechnique, suits
from kewei.journal import queries_policies


def library(day: date) -> dict[str, Technique]:
    """Every technique in force on a day, by code, whoever asks."""
    return queries_policies.in_force(TECHNIQUES, day).value


def technique(code: str, day: date) -> Technique:
    """One technique. Raises UnknownTechnique."""
    found = library(day).get(code)
    if found is None:
        raise UnknownTechnique(text=code[:40])
    return found


def suiting(about: Situation, day: date) -> list[Technique]:
    """Techniques that suit a situation: those made for its reason first, then the most effective."""
    found = [row for row in library(day).values() if suits(row, about)]
    return sorted(found, key=lambda row: (not row.answers(about.reasons), -row.effect_bp, row.code))
