"""Names beside the masters they may mean: the one place that calls matching."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from kewei.flows.models import Name, NameAlias
from kewei.flows.rules.matching import Alias, Asked, Index, Master, Match, match_together
from kewei.flows.rules.matching.deciding import ACCEPT
from kewei.flows.rules.matching.model import shipped
from kewei.terminals import queries as terminals

# What says a name without looking at the name: domain 5.6, keys first.
KEYS = {"credit_code", "licence", "code", "alias"}
# A smaller master is made ready sooner than it could be told whether it changed.
KEPT_FROM = 2000
PROCESSES = 2


class Suggested(NamedTuple):
    """A terminal a name may mean: how likely (hundredths of a per cent), why as (code, numbers), which letters of its name
    differ from the typed one."""

    terminal: int
    probability_bp: int
    reasons: tuple[tuple[str, dict[str, Any]], ...]
    differing: tuple[str, ...]


class Placed(NamedTuple):
    """What became of a name: the terminal where it is certain, and how; else candidates for people."""

    terminal: int | None
    how: str
    probability_bp: int
    why: str
    candidates: tuple[Suggested, ...]


def model_label() -> str:
    """What an alias remembers of the model that made it."""
    return f"matching@{shipped().version}"[:40]


def place_names(names: Sequence[Name]) -> list[Placed]:
    """What each name means, in order, whoever asks: keys first (credit code, licence, the distributor's own code, what
    people confirmed for this distributor), then the very name in its place, then by likeness. Six queries for any number
    of names.

    What people have ended for a distributor is never accepted there again.
    """
    if not names:
        return []
    index = _index()
    decided = _decided({name.distributor_id for name in names})
    found: dict[int, Placed] = {}
    for distributor in sorted({name.distributor_id for name in names}):
        mine = [name for name in names if name.distributor_id == distributor]
        asked = [
            Asked(one.name, one.province, one.city, one.county, one.code, one.credit_code, one.licence) for one in mine
        ]
        matches = match_together(index.with_aliases(decided.get(distributor, [])), asked, PROCESSES)
        found.update((name.pk, _placed(one)) for name, one in zip(mine, matches, strict=True))
    return [found[name.pk] for name in names]


def likely(names: Sequence[Name]) -> list[tuple[Suggested, ...]]:
    """The five terminals nearest to each name, in order, as if nobody had ever said what it stands for."""
    asked = [Asked(one.name, one.province, one.city, one.county) for one in names]
    matches = match_together(_index(), asked, PROCESSES) if asked else []
    return [_placed(one).candidates for one in matches]


# The index of a large master, which takes seconds to make, and the version of the masters it was made of.
_kept: list[tuple[Any, Index]] = []


def _index() -> Index:
    """The masters made ready; a large one is kept in this process until a card, an alias or a licence changes."""
    version = (connection.settings_dict["NAME"], terminals.masters_version())
    if _kept and _kept[0][0] == version:
        return _kept[0][1]
    made = Index.of(
        (
            Master(
                row.pk, row.name, row.province, row.city, row.district, row.kind, row.grade,
                tuple(one for one in (row.short_name, *row.aliases) if one), row.credit_code, row.licences,
            )
            for row in terminals.masters()
        ),
        known=_kept[0][1] if _kept else None,
    )  # fmt: skip
    _kept.clear()
    if len(made.masters) >= KEPT_FROM:
        _kept.append((version, made))
    return made


def _decided(distributors: set[int]) -> dict[int, list[Alias]]:
    """What is known of each distributor's names: what they stand for, and what they were said not to stand for."""
    found: dict[int, list[Alias]] = {}
    rows = NameAlias.objects.filter(name__distributor__in=distributors, terminal__isnull=False).order_by("pk")
    for distributor, terminal, name, code, city, ended in rows.values_list(
        "name__distributor", "terminal", "name__name", "name__code", "name__city", "ended_at"
    ):
        known = Alias(terminal, name, code, city) if ended is None else Alias(terminal, name, same=False)
        found.setdefault(distributor, []).append(known)
    return found


def _placed(match: Match) -> Placed:
    candidates = tuple(
        Suggested(
            one.key,
            _bp(one.probability),
            tuple((code, dict(numbers)) for code, numbers in one.reasons),
            tuple(mine for _typed, mine in one.differing if mine),
        )
        for one in match.candidates[:5]
    )
    if match.verdict == ACCEPT:
        how = "key" if match.reason in KEYS else "match"
        return Placed(match.key, how, _bp(match.probability), match.reason, candidates)
    return Placed(None, match.verdict, _bp(match.probability), match.reason, candidates)


def _bp(probability: float) -> int:
    return round(probability * 10_000)
