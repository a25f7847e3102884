"""Which terminal a typed name means: keys, then the very name in its place, then the learned score behind the vetoes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from kewei.flows.rules.matching.features import AT, Asked, Pairs, pairs_of
from kewei.flows.rules.matching.index import Index
from kewei.flows.rules.matching.model import Model, shipped
from kewei.flows.rules.matching.parsing import HALF, MAIN, normalise
from kewei.flows.rules.matching.places import agreement, number_of, place_code
from kewei.flows.rules.matching.vetoes import HARD

ACCEPT, REVIEW, UNKNOWN = "accept", "review", "unknown"
SHOWN = 5
_NEARLY = 0.85  # a cosine at which the other half of a text names somebody else
_AS_LIKELY = 0.5  # from here on a second terminal is a rival, however likely the first
_AT_ONCE = 1024  # names matched together

# What of the evidence is told to people, in this order.
_TOLD = ("stated_place", "named_place", "ratio", "same_text", "same_rest", "ordinals", "kinds", *HARD)
_TOLD_AT = {name: place for place, name in enumerate(_TOLD)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A terminal a name may mean. What is said of it is put into words only when somebody asks."""

    key: Any
    probability: float
    typed: str = ""
    name: str = ""
    how: str = ""
    evidence: bytes = field(default=b"", repr=False)

    @property
    def reasons(self) -> tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]:
        """Why it is one, then the vetoes against it, as (code, numbers); codes as says.REASONS, `numbers` are (name, value)."""
        return ((self.how, ()),) if self.how else reasons_of(np.frombuffer(self.evidence, dtype=np.int8))

    @property
    def differing(self) -> tuple[tuple[str, str], ...]:
        """Runs of characters that differ: (as typed, as in the master), either may be ''; none where a key decided."""
        return () if self.how else differing(self.typed, self.name)


@dataclass(frozen=True, slots=True)
class Match:
    """What became of a name: accept, review or unknown; `key` where accepted; at most five candidates, best first.

    `reason`: credit_code, licence, code, alias, exact, score; or vetoed, rivals, apart, doubtful, nothing_alike.
    """

    verdict: str
    key: Any = None
    probability: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    reason: str = ""


def match(index: Index, asked: Sequence[Asked], model: Model | None = None) -> list[Match]:
    """What became of each name, in order; without a model, by the shipped one. A name alone and among others is the same."""
    model = model or shipped()
    found: list[Match | None] = [keyed(index, one) for one in asked]
    left = [place for place in in_order_of_place(asked) if found[place] is None]
    for first in range(0, len(left), _AT_ONCE):
        places = left[first : first + _AT_ONCE]
        some = [asked[place] for place in places]
        pairs = pairs_of(index, some)
        decided = judged(index, some, pairs, model.probability(pairs.made), model.threshold, model.review)
        for place, one in zip(places, decided, strict=True):
            found[place] = one
    return [one for one in found if one is not None]


def in_order_of_place(asked: Sequence[Asked]) -> list[int]:
    """Names of one city side by side: they are compared with the same terminals."""
    return sorted(range(len(asked)), key=lambda place: (asked[place].province, asked[place].city))


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
    rows = _best_rows(pairs, probability)
    starts = np.searchsorted(pairs.asked[rows], np.arange(len(asked) + 1)).tolist()
    vetoed = pairs.made[:, [AT[veto] for veto in HARD]].any(axis=1)
    free = _free(pairs, probability, vetoed, rows)
    rivalled = _rivalled(index, pairs, probability, vetoed, rows, len(asked))
    told = _told(pairs.made)
    terminals, likely, rounded = pairs.terminal.tolist(), probability.tolist(), np.round(probability, 4).tolist()
    found = []
    for at, one in enumerate(asked):
        mine = rows[starts[at] : starts[at + 1]]
        if not len(mine):
            found.append(Match(UNKNOWN, reason="nothing_alike"))
            continue
        shown = tuple(
            Candidate(
                index.masters[terminals[row]].key, rounded[row], one.name, index.masters[terminals[row]].name,
                "", told[row].tobytes(),
            )
            for row in mine[:SHOWN].tolist()
        )  # fmt: skip
        first, best = terminals[mine[0]], likely[mine[0]]
        apart = bool(index.apart) and first in index.apart.get(normalise(one.name), ())
        found.append(_verdict(shown, best, free[at], apart, bool(rivalled[at]), threshold, review))
    return found


def _verdict(
    shown: tuple[Candidate, ...],
    likely: float,
    free: float,
    apart: bool,
    rivalled: bool,
    threshold: float,
    review: float,
) -> Match:
    if free >= threshold and not apart and not rivalled:
        return Match(ACCEPT, shown[0].key, free, shown, "score")
    if likely < review:
        return Match(UNKNOWN, None, likely, shown, "nothing_alike")
    sure = likely >= threshold
    reason = "apart" if apart else "rivals" if sure and rivalled else "vetoed" if sure else "doubtful"
    return Match(REVIEW, None, likely, shown, reason)


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
    # The same letters are taken apart the same way: the master's name is asked what it says.
    row = same[0]
    placed = bool(index.parts.places[row, 0])
    if not placed and not index.parts.head_length[row]:
        return None
    stated = number_of(place_code(asked.province, asked.city, asked.county))
    numbers = [int(index.rows[row]) for row in same]
    agreed = [agreement(stated, int(index.codes[number])) for number in numbers]
    here = [number for number, agrees in zip(numbers, agreed, strict=True) if agrees >= 2]
    if len(here) == 1 and here[0] not in apart:
        return here[0]
    if len(numbers) == 1 and numbers[0] not in apart and agreed[0] >= 0 and placed:
        return numbers[0]
    return None


def _accepted(index: Index, number: int, reason: str) -> Match:
    key = index.masters[number].key
    return Match(ACCEPT, key, 1.0, (Candidate(key, 1.0, how=reason),), reason)


def _best_rows(pairs: Pairs, probability: Any) -> Any:
    """The likeliest row of every terminal of each name, likeliest terminal first; of equals, the earlier row."""
    order = np.lexsort((np.arange(len(probability)), -probability, pairs.asked))
    width = int(pairs.terminal.max()) + 1 if len(order) else 1
    _both, first = np.unique(pairs.asked[order] * np.int64(width) + pairs.terminal[order], return_index=True)
    return order[np.sort(first)]


def _first_of(pairs: Pairs, rows: Any) -> tuple[Any, Any]:
    """The first of `rows` of every name that has one, and for each row of `pairs` the first of its name."""
    firsts = rows[np.flatnonzero(np.diff(pairs.asked[rows], prepend=-1))]
    return firsts, firsts[np.searchsorted(pairs.asked[firsts], pairs.asked)]


def _free(pairs: Pairs, probability: Any, vetoed: Any, rows: Any) -> dict[int, float]:
    """For every name the best probability without a veto of the terminal that is likeliest; below 0 for none."""
    firsts, first = _first_of(pairs, rows)
    own = np.where((pairs.terminal == pairs.terminal[first]) & ~vetoed, probability, -1.0)
    if not len(firsts):
        return {}
    starts = np.flatnonzero(np.diff(pairs.asked, prepend=-1))
    best = np.maximum.reduceat(own, starts)
    return dict(zip(pairs.asked[starts].tolist(), best.tolist(), strict=True))


def _rivalled(index: Index, pairs: Pairs, probability: Any, vetoed: Any, rows: Any, names: int) -> Any:
    """Whether another terminal has the very name too, by which the first of a name is not better called, or is nearly as likely.

    中山医院 is 大连市中山医院, and 大连大学附属中山医院 as well; a text that holds the names of two terminals is for a person.
    So is a terminal that may be a second card of another (Index.twins), unless the name is its very own.
    """
    found = np.zeros(names, dtype=bool)
    if not len(rows):
        return found
    made = pairs.made
    same_text, how, their_how = made[:, AT["same_text"]] > 0, made[:, AT["how"]], made[:, AT["their_how"]]
    _firsts, first = _first_of(pairs, rows)
    settled = (same_text & (how == MAIN) & (their_how == MAIN))[first]
    halves = (how == HALF) & (how[first] == HALF)
    nearly = halves & ((made[:, AT["cosine"]] > _NEARLY) | (made[:, AT["same_rest"]] > 0))
    other = pairs.terminal != pairs.terminal[first]
    rival = other & ~settled & ~vetoed & (made[:, AT["stated_place"]] >= 0) & (same_text | nearly)
    found[pairs.asked[rival]] = True
    found[pairs.asked[other & ~vetoed & (probability >= _AS_LIKELY)]] = True
    found[pairs.asked[index.twins[pairs.terminal[first]] & ~settled]] = True
    return found


def _told(made: Any) -> Any:
    """What people are told of each row of evidence, small whole numbers as _TOLD."""
    told = made[:, [AT[name] for name in _TOLD]]
    told[:, _TOLD_AT["ratio"]] *= 100
    return np.clip(told, -128, 127).astype(np.int8)


_PLACES = {3: "same_county", 2: "same_city", 1: "same_province"}


def reasons_of(told: Any) -> tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]:
    """Why a candidate is one, then the vetoes against it, as (code, numbers); `told` is as _TOLD."""

    def of(name: str) -> int:
        return int(told[_TOLD_AT[name]])

    found: list[tuple[str, tuple[tuple[str, Any], ...]]] = []
    if of("same_text"):
        found.append(("same_name", ()))
    elif of("same_rest"):
        found.append(("same_core", ()))
    else:
        found.append(("alike", (("percent", of("ratio")),)))
    place = max(of("stated_place"), of("named_place"))
    if place in _PLACES:
        found.append((_PLACES[place], ()))
    if of("ordinals") == 1:
        found.append(("same_ordinal", ()))
    if of("kinds") == 1:
        found.append(("same_kind", ()))
    found.extend((f"veto_{veto}", ()) for veto in HARD if of(veto))
    return tuple(found)


def differing(typed: str, name: str) -> tuple[tuple[str, str], ...]:
    """The runs of characters in which two names differ, in order: (as typed, as in the master)."""
    mine, theirs = normalise(typed), normalise(name)
    steps = [step for step in Levenshtein.opcodes(mine, theirs) if step.tag != "equal"]
    return tuple((mine[step.src_start : step.src_end], theirs[step.dest_start : step.dest_end]) for step in steps)
