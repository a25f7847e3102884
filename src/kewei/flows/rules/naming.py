"""Which terminal a typed name means: keys first, then the same name in the same place; the rest is for people (domain 5.6).

Answers in the shape of `flows.rules.matching`, which takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kewei.kernel.names import fold
from kewei.terminals.rules import matching as cards
from kewei.terminals.rules.divisions import stem


class Master(NamedTuple):
    """A terminal as names are compared with it."""

    key: str
    name: str
    province: str = ""
    city: str = ""
    county: str = ""
    kind: str = ""
    aliases: tuple[str, ...] = ()


class Asked(NamedTuple):
    """A name as a distributor typed it, with what stood beside it."""

    name: str
    province: str = ""
    city: str = ""
    county: str = ""
    code: str = ""
    credit_code: str = ""
    licence: str = ""


@dataclass(frozen=True)
class Candidate:
    """A terminal a name may mean: how likely (0 to 1), why, and which words differ."""

    key: str
    probability: float
    reasons: tuple[str, ...]
    differing: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """What became of a name: accept, review or unknown; the key where it is accepted; the likeliest candidates."""

    verdict: str
    key: str
    probability: float
    candidates: tuple[Candidate, ...]
    reason: str


@dataclass(frozen=True)
class Index:
    """Masters laid out for finding."""

    masters: dict[str, Master]
    cards: list[cards.Card]
    by_name: dict[str, list[str]]

    @classmethod
    def of(cls, masters: Iterable[Master]) -> Index:
        """Lay out masters by their names."""
        known = {master.key: master for master in masters}
        by_name: dict[str, list[str]] = {}
        rows = []
        for at, master in enumerate(known.values()):
            names = (master.name, *master.aliases)
            for name in names:
                by_name.setdefault(bare(name), []).append(master.key)
            rows.append(cards.Card(at, names, province=master.province, city=master.city, district=master.county))
        return cls(known, rows, by_name)


def bare(name: str) -> str:
    """A name without what typing adds: width, case, spaces, brackets."""
    return "".join(character for character in fold(name) if character.isalnum())


def match(index: Index, asked: Sequence[Asked]) -> list[Match]:
    """What became of each name, in order."""
    return [_match(index, one) for one in asked]


def _match(index: Index, asked: Asked) -> Match:
    same = list(dict.fromkeys(index.by_name.get(bare(asked.name), ())))
    here = [key for key in same if not _elsewhere(asked, index.masters[key])]
    if len(here) == 1 and len(same) == 1:
        return Match("accept", here[0], 1.0, (), "same_name")
    keys = list(index.masters)
    wanted = cards.Card(-1, (asked.name,), province=asked.province, city=asked.city, district=asked.county)
    found = cards.candidates(wanted, index.cards)[:5]
    candidates = tuple(
        Candidate(
            keys[card.pk],
            match.score / 100,
            tuple(cards.REASONS[reason] for reason in match.reasons),
            differing(asked.name, card.names[0]),
        )
        for card, match in found
    )
    if not candidates:
        return Match("unknown", "", 0.0, (), "")
    return Match("review", "", candidates[0].probability, candidates, candidates[0].reasons[0])


def _elsewhere(asked: Asked, master: Master) -> bool:
    return bool(
        (asked.province and master.province and stem(asked.province) != stem(master.province))
        or (asked.city and master.city and stem(asked.city) != stem(master.city))
    )


def differing(typed: str, name: str) -> tuple[str, ...]:
    """The runs of letters that stand in only one of two names."""
    from rapidfuzz.distance import Indel

    runs = []
    one, other = bare(typed), bare(name)
    for step in Indel.opcodes(one, other):
        if step.tag != "equal":
            runs.append(one[step.src_start : step.src_end] or other[step.dest_start : step.dest_end])
    return tuple(dict.fromkeys(runs))
