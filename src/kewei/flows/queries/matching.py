"""Names beside the masters they may mean: the one place that calls matching."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kewei.flows.models import Name, NameAlias
from kewei.flows.rules import naming
from kewei.terminals import queries as terminals

ACCEPT, REVIEW, UNKNOWN = "accept", "review", "unknown"
MODEL = "naming@1"


class Suggested(NamedTuple):
    """A terminal a name may mean: how likely (hundredths of a per cent), why, which letters differ."""

    terminal: int
    probability_bp: int
    reasons: tuple[str, ...]
    differing: tuple[str, ...]


class Placed(NamedTuple):
    """What became of a name: the terminal where it is certain, and how; else candidates for people."""

    terminal: int | None
    how: str
    probability_bp: int
    why: str
    candidates: tuple[Suggested, ...]


def place_names(names: Sequence[Name]) -> list[Placed]:
    """What each name means, in order, whoever asks: keys first (credit code, licence, the distributor's own code), then
    matching by name. Six queries for any number of names."""
    if not names:
        return []
    rows = terminals.masters()
    by_credit = {row.credit_code: row.pk for row in rows if row.credit_code}
    by_licence = {number: row.pk for row in rows for number in row.licences}
    own = _own_codes({name.distributor_id for name in names})
    index = naming.Index.of(
        naming.Master(
            str(row.pk), row.name, row.province, row.city, row.district, row.kind,
            tuple(one for one in (row.short_name, *row.aliases) if one),
        )
        for row in rows
    )  # fmt: skip
    keyed = [_by_key(name, by_credit, by_licence, own) for name in names]
    rest = [name for name, key in zip(names, keyed, strict=True) if key is None]
    asked = [
        naming.Asked(one.name, one.province, one.city, one.county, one.code, one.credit_code, one.licence)
        for one in rest
    ]
    matched = iter(naming.match(index, asked))
    return [key or _placed(next(matched)) for key in keyed]


def _own_codes(distributors: set[int]) -> dict[tuple[int, str], int]:
    """Terminals that a distributor's own customer codes stood for, where they stood for one only."""
    found: dict[tuple[int, str], set[int]] = {}
    rows = NameAlias.objects.filter(name__distributor__in=distributors, ended_at=None, terminal__isnull=False)
    for distributor, code, terminal in rows.exclude(name__code="").values_list(
        "name__distributor", "name__code", "terminal"
    ):
        found.setdefault((distributor, code), set()).add(terminal)
    return {key: next(iter(those)) for key, those in found.items() if len(those) == 1}


def _by_key(
    name: Name, by_credit: dict[str, int], by_licence: dict[str, int], own: dict[tuple[int, str], int]
) -> Placed | None:
    for key, told in (
        (by_credit.get(name.credit_code), "credit_code"),
        (by_licence.get(name.licence), "licence"),
        (own.get((name.distributor_id, name.code)) if name.code else None, "own_code"),
    ):
        if key is not None:
            return Placed(key, "key", 10_000, told, ())
    return None


def _placed(match: naming.Match) -> Placed:
    candidates = tuple(
        Suggested(int(one.key), _bp(one.probability), tuple(one.reasons), tuple(one.differing))
        for one in match.candidates[:5]
    )
    if match.verdict == ACCEPT:
        return Placed(int(match.key), "match", _bp(match.probability), match.reason, candidates)
    return Placed(None, match.verdict, _bp(match.probability), match.reason, candidates)


def _bp(probability: float) -> int:
    return round(probability * 10_000)
