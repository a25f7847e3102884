"""Which terminal a typed name means: keys, then the very name in its place, then the learned score behind the vetoes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from kewei.flows.rules.matching.features import AT, Asked, Pairs, pairs_of
from kewei.flows.rules.matching.index import Index
from kewei.flows.rules.matching.model import Model, shipped
from kewei.flows.rules.matching.parsing import HALF, MAIN, normalise, parse
from kewei.flows.rules.matching.places import agreement, place_code
from kewei.flows.rules.matching.vetoes import HARD

ACCEPT, REVIEW, UNKNOWN = "accept", "review", "unknown"
SHOWN = 5
_NEARLY = 0.85  # a cosine at which the other half of a text names somebody else
_AT_ONCE = 2000  # names matched together


@dataclass(frozen=True, slots=True)
class Candidate:
    """A terminal a name may mean. `reasons` are (code, numbers), codes as says.REASONS; `numbers` are (name, value).

    `differing` are runs of characters that differ: (as typed, as in the master), either may be ''.
    """

    key: Any
    probability: float
    reasons: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()
    differing: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """What became of a name: accept, review or unknown; `key` where accepted; at most five candidates, best first.

    `reason`: credit_code, licence, code, alias, exact, score; or vetoed, apart, doubtful, nothing_alike.
    """

    verdict: str
    key: Any = None
    probability: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    reason: str = ""


def match(index: Index, asked: Sequence[Asked], model: Model | None = None) -> list[Match]:
    """What became of each name, in order; without a model, by the shipped one."""
    model = model or shipped()
    found: list[Match | None] = [keyed(index, one) for one in asked]
    left = [place for place, known in enumerate(found) if known is None]
    for first in range(0, len(left), _AT_ONCE):
        places = left[first : first + _AT_ONCE]
        some = [asked[place] for place in places]
        pairs = pairs_of(index, some)
        decided = judged(index, some, pairs, model.probability(pairs.made), model.threshold, model.review)
        for place, one in zip(places, decided, strict=True):
            found[place] = one
    return [one for one in found if one is not None]


def keyed(index: Index, asked: Asked) -> Match | None:
    """The match that needs no score: a key, a confirmed alias, or the very name of one terminal in the stated place."""
    name = normalise(asked.name)
    apart = index.apart.get(name, set())
    for reason, numbers in _by_keys(index, asked, name):
        numbers = numbers - apart
        if len(numbers) == 1:
            return _accepted(index, next(iter(numbers)), reason)
    number = _by_exact_name(index, asked, name, apart)
    return None if number is None else _accepted(index, number, "exact")


def judged(
    index: Index, asked: Sequence[Asked], pairs: Pairs, probability: Any, threshold: float, review: float
) -> list[Match]:
    """What the scores of the candidates of some names come to. `pairs.asked` is sorted."""
    vetoed = pairs.made[:, [AT[veto] for veto in HARD]].any(axis=1)
    bounds = np.searchsorted(pairs.asked, np.arange(len(asked) + 1))
    return [
        _judged_one(index, one, pairs, probability, vetoed, range(bounds[at], bounds[at + 1]), threshold, review)
        for at, one in enumerate(asked)
    ]


def _by_keys(index: Index, asked: Asked, name: str) -> Iterable[tuple[str, set[int]]]:
    yield "credit_code", index.by_credit_code.get(asked.credit_code.strip().upper(), set())
    yield "licence", index.by_licence.get(asked.licence.strip().upper(), set())
    yield "code", index.known_code.get(asked.code.strip(), set())
    yield "alias", index.known_name.get((name, normalise(asked.city)), set()) if asked.city else set()
    yield "alias", index.known_name.get((name, ""), set())


def _by_exact_name(index: Index, asked: Asked, name: str, apart: set[int]) -> int | None:
    """The one terminal of this very name; of several, the one in the stated city. 人民医院 alone is nobody's name."""
    same = index.by_name.get(name)
    if not same:
        return None
    parsed = parse(asked.name)
    if not parsed.places and not parsed.head:
        return None
    stated = place_code(asked.province, asked.city, asked.county)
    here = [number for number in same if agreement(stated, index.codes[number]) >= 2]
    if len(here) == 1 and here[0] not in apart:
        return here[0]
    only = next(iter(same))
    if len(same) == 1 and only not in apart and agreement(stated, index.codes[only]) >= 0 and parsed.places:
        return only
    return None


def _accepted(index: Index, number: int, reason: str) -> Match:
    key = index.masters[number].key
    return Match(ACCEPT, key, 1.0, (Candidate(key, 1.0, ((reason, ()),)),), reason)


def _judged_one(
    index: Index, asked: Asked, pairs: Pairs, probability: Any, vetoed: Any, rows: range, threshold: float, review: float
) -> Match:  # fmt: skip
    best: dict[int, int] = {}  # the likeliest row of each terminal, likeliest terminal first
    free: dict[int, float] = {}  # the best probability without a veto
    for row in sorted(rows, key=lambda row: (-probability[row], row)):
        number = int(pairs.terminal[row])
        best.setdefault(number, row)
        if not vetoed[row]:
            free.setdefault(number, float(probability[row]))
    if not best:
        return Match(UNKNOWN, reason="nothing_alike")
    first, row = next(iter(best.items()))
    likely = float(probability[row])
    shown = tuple(
        _candidate(index, asked, pairs, number, at, float(probability[at])) for number, at in list(best.items())[:SHOWN]
    )
    apart = first in index.apart.get(normalise(asked.name), ())
    rivalled = _has_rival(pairs, vetoed, row, rows)
    if first in free and free[first] >= threshold and not apart and not rivalled:
        return Match(ACCEPT, index.masters[first].key, free[first], shown, "score")
    if likely < review:
        return Match(UNKNOWN, None, likely, shown, "nothing_alike")
    sure = likely >= threshold
    reason = "apart" if apart else "rivals" if sure and rivalled else "vetoed" if sure else "doubtful"
    return Match(REVIEW, None, likely, shown, reason)


def _has_rival(pairs: Pairs, vetoed: Any, first: int, rows: range) -> bool:
    """Another terminal has the very name too, by which the first is not better called.

    中山医院 is 大连市中山医院, and 大连大学附属中山医院 as well; a text that holds the names of two terminals is for a person.
    """
    made = pairs.made
    if made[first, AT["same_text"]] and made[first, AT["how"]] == MAIN and made[first, AT["their_how"]] == MAIN:
        return False
    half = made[first, AT["how"]] == HALF
    named = [
        row
        for row in rows
        if not vetoed[row]
        and made[row, AT["stated_place"]] >= 0
        and (
            made[row, AT["same_text"]]
            or (
                half
                and made[row, AT["how"]] == HALF
                and (made[row, AT["cosine"]] > _NEARLY or made[row, AT["same_rest"]])
            )
        )
    ]
    return any(pairs.terminal[row] != pairs.terminal[first] for row in named)


def _candidate(index: Index, asked: Asked, pairs: Pairs, number: int, row: int, probability: float) -> Candidate:
    name = index.masters[number].name
    return Candidate(
        index.masters[number].key, round(probability, 4), reasons_of(pairs.made[row]), differing(asked.name, name)
    )


_PLACES = {3: "same_county", 2: "same_city", 1: "same_province"}


def reasons_of(evidence: Any) -> tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]:
    """Why a candidate is one, then the vetoes against it, as (code, numbers)."""
    place = max(int(evidence[AT["stated_place"]]), int(evidence[AT["named_place"]]))
    alike = int(100 * evidence[AT["ratio"]])
    found: list[tuple[str, tuple[tuple[str, Any], ...]]] = []
    if evidence[AT["same_text"]]:
        found.append(("same_name", ()))
    elif evidence[AT["same_rest"]]:
        found.append(("same_core", ()))
    else:
        found.append(("alike", (("percent", alike),)))
    if place in _PLACES:
        found.append((_PLACES[place], ()))
    if evidence[AT["ordinals"]] == 1:
        found.append(("same_ordinal", ()))
    if evidence[AT["kinds"]] == 1:
        found.append(("same_kind", ()))
    found.extend((f"veto_{veto}", ()) for veto in HARD if evidence[AT[veto]])
    return tuple(found)


def differing(typed: str, name: str) -> tuple[tuple[str, str], ...]:
    """The runs of characters in which two names differ, in order: (as typed, as in the master)."""
    mine, theirs = normalise(typed), normalise(name)
    steps = [step for step in Levenshtein.opcodes(mine, theirs) if step.tag != "equal"]
    return tuple((mine[step.src_start : step.src_end], theirs[step.dest_start : step.dest_end]) for step in steps)
