"""How good matching is on labelled pairs: rates with intervals, per set and together, and whether the probabilities hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import sqrt
from typing import Any

from kewei.flows.rules.matching.deciding import ACCEPT, Match
from kewei.flows.rules.matching.training import Labelled

# Sets as ../shared/data/flow_dev names them, taken together. Made-up errors are told apart, never mixed in.
NATURAL = ("typed", "typed_alias", "typed_exact")
MADE_UP = ("synthetic_typo",)
STEPS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)
_Z = 1.96  # of a 95 % interval


@dataclass(frozen=True)
class Rate:
    """`part` of `whole`, with Wilson's interval at 95 %; all three rates are 0 to 1, of nothing 0 to 1 around 0."""

    part: int
    whole: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True)
class Figures:
    """Of `names` names, `matchable` of which are in the master."""

    set: str
    names: int
    matchable: int
    auto: Rate  # accepted without a person
    precision: Rate  # right among accepted
    recall: Rate  # rightly accepted among matchable
    top_1: Rate
    top_5: Rate


@dataclass(frozen=True)
class Step:
    """Names whose likeliest candidate has a probability in [low, high): how many, the mean of it, and how many are right."""

    low: float
    high: float
    mean: float
    right: Rate


def rate(part: int, whole: int) -> Rate:
    """A share with Wilson's interval at 95 %."""
    if not whole:
        return Rate(0, 0, 0.0, 0.0, 1.0)
    share = part / whole
    middle = share + _Z**2 / (2 * whole)
    spread = _Z * sqrt(share * (1 - share) / whole + _Z**2 / (4 * whole**2))
    below = 1 + _Z**2 / whole
    return Rate(part, whole, share, max((middle - spread) / below, 0.0), min((middle + spread) / below, 1.0))


def figures(pairs: Sequence[Labelled], matches: Sequence[Match]) -> list[Figures]:
    """The figures of every set, then of natural names, of hard ones and of all but made-up ones."""
    both = list(zip(pairs, matches, strict=True))
    sets = list(dict.fromkeys(pair.set for pair in pairs))
    found = [_figures(name or "-", [one for one in both if one[0].set == name]) for name in sets]
    groups = {
        "natural": [one for one in both if one[0].set in NATURAL],
        "hard": [one for one in both if one[0].set not in ("typed_exact", *MADE_UP)],
        "overall": [one for one in both if one[0].set not in MADE_UP],
    }
    if not set(sets) & set(NATURAL):
        del groups["natural"], groups["hard"]
    return [*found, *(_figures(name, some) for name, some in groups.items())]


def calibration(pairs: Sequence[Labelled], matches: Sequence[Match]) -> list[Step]:
    """Whether what was called likely was right as often as said; names decided by keys and made-up ones left out."""
    told = [
        (match.candidates[0].probability, _is_first(pair, match))
        for pair, match in zip(pairs, matches, strict=True)
        if match.candidates and match.reason not in ("exact", "alias", "code", "credit_code", "licence")
        if pair.set not in MADE_UP
    ]
    found = []
    for low, high in pairwise(STEPS):
        some = [(likely, right) for likely, right in told if low <= likely < high or (high == likely == 1.0)]
        if some:
            mean = sum(likely for likely, _right in some) / len(some)
            found.append(Step(low, high, mean, rate(sum(right for _likely, right in some), len(some))))
    return found


def as_json(found: Sequence[Figures], steps: Sequence[Step]) -> dict[str, Any]:
    """Figures and calibration as plain values."""
    return {"sets": [asdict(one) for one in found], "calibration": [asdict(one) for one in steps]}


def _figures(name: str, some: Sequence[tuple[Labelled, Match]]) -> Figures:
    accepted = [(pair, match) for pair, match in some if match.verdict == ACCEPT]
    right = sum(match.key == pair.truth for pair, match in accepted)
    matchable = [(pair, match) for pair, match in some if pair.truth]
    first = sum(_is_first(pair, match) for pair, match in matchable)
    shown = sum(any(one.key == pair.truth for one in match.candidates) for pair, match in matchable)
    return Figures(
        name, len(some), len(matchable), rate(len(accepted), len(some)), rate(right, len(accepted)),
        rate(right, len(matchable)), rate(first, len(matchable)), rate(shown, len(matchable)),
    )  # fmt: skip


def _is_first(pair: Labelled, match: Match) -> bool:
    return bool(pair.truth) and bool(match.candidates) and match.candidates[0].key == pair.truth
