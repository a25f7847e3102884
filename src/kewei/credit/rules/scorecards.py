"""From known outcomes to a readable score sheet: few bins, monotone where evidence has an order, whole points.

The way of making a sheet, not the shipped sheets, which are policy. Every attribute is cut into few bins whose bad rate
moves one way only; a bin's weight of evidence, drawn towards nought where it is thin, is weighed by a ridge regression
that allows no negative weight, so that better evidence never costs points; then everything is rounded to whole points
out of a hundred. What is missing is a bin of its own (docs/algorithms/scoring.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
FEWEST = 40  # a bin holds at least one in this many cases
CUTS = 20
DRAW = 12  # cases of average outcome added to every bin before its evidence is weighed
RIDGE = 4
ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Bin:
    """One line of an attribute: what it holds, how many cases it was made from, of them bad, and its points.

    Numbers from `low` (none: no lower end) up to but without `high`; or the words `words`; neither: missing.
    """

    low: str
    high: str
    words: tuple[str, ...]
    cases: int
    bad: int
    points: int


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a card with its bins, in their order; `numeric` where they are cut from numbers."""

    name: str
    numeric: bool
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class Card:
    """A readable sheet: attributes with whole points, about 100 in all at best; more points, fewer bad outcomes."""

    attributes: tuple[Attribute, ...]
    base: int

    def points(self, columns: Mapping[str, Sequence[object]]) -> npt.NDArray[np.int64]:
        """The points of each case."""
        total = np.zeros(len(next(iter(columns.values()))), dtype=np.int64)
        for attribute in self.attributes:
            points = np.array([one.points for one in attribute.bins], dtype=np.int64)
            total += points[_place(attribute, columns[attribute.name])]
        return total


@dataclass(frozen=True)
class _Cut:
    """An attribute cut into bins, before they have points; `edges` for numbers, `groups` for words."""

    name: str
    edges: Numbers | None
    groups: Mapping[str, int]
    missing: int
    count: int

    def place(self, values: Sequence[object]) -> npt.NDArray[np.int64]:
        """The bin of each value; words never seen count as missing."""
        if self.edges is None:
            return np.array([self.groups.get(str(value), self.missing) for value in values], dtype=np.int64)
        numbers = np.array(values, dtype=np.float64)
        found = np.searchsorted(self.edges, numbers, side="right")
        return np.where(np.isnan(numbers), self.missing, found)


def make_card(columns: Mapping[str, Sequence[object]], bad: Sequence[int]) -> Card:
    """A card from cases with known outcomes (1 bad, 0 good). Columns of numbers may hold NaN, columns of words ''."""
    outcome = np.array(bad, dtype=np.int64)
    cuts = [_cut(name, values, outcome) for name, values in columns.items()]
    places = [cut.place(columns[cut.name]) for cut in cuts]
    evidence = [_one_way(cut, _evidence(place, cut.count, outcome)) for place, cut in zip(places, cuts, strict=True)]
    table = np.column_stack([weights[place] for weights, place in zip(evidence, places, strict=True)])
    weights = _weigh(table, outcome)
    return _rounded(cuts, places, evidence, weights, outcome)


def _cut(name: str, values: Sequence[object], bad: npt.NDArray[np.int64]) -> _Cut:
    numeric = not any(isinstance(value, str) for value in values)
    return _cut_numbers(name, np.array(values, dtype=np.float64), bad) if numeric else _cut_words(name, values, bad)


def _cut_numbers(name: str, numbers: Numbers, bad: npt.NDArray[np.int64]) -> _Cut:
    """Bins whose bad rate only rises or only falls, whichever tells more apart."""
    known = ~np.isnan(numbers)
    if not known.any():
        return _Cut(name, np.zeros(0), {}, 1, 2)
    quantiles = np.quantile(numbers[known], np.arange(1, CUTS) * np.reciprocal(np.float64(CUTS)))
    edges = np.unique(quantiles[quantiles > numbers[known].min()])
    place = np.searchsorted(edges, numbers[known], side="right")
    cases = np.bincount(place, minlength=len(edges) + 1)
    worse = np.bincount(place, weights=bad[known], minlength=len(edges) + 1)
    options = [_pooled(cases, worse, way, len(numbers)) for way in (1, -1)]
    best = max(options, key=lambda starts: _apart(cases, worse, starts))
    edges = edges[np.array(best[1:], dtype=np.int64) - 1] if len(best) > 1 else np.zeros(0)
    return _Cut(name, edges, {}, len(edges) + 1, len(edges) + 2)


def _pooled(cases: npt.NDArray, worse: npt.NDArray, way: int, whole: int) -> list[int]:
    """The starts of bins after pooling neighbours until rates move one way and no bin is too small."""
    pools: list[list[int]] = []  # start, cases, bad
    for start in range(len(cases)):
        pools.append([start, int(cases[start]), int(worse[start])])
        while len(pools) > 1 and (
            _turns(pools[-2], pools[-1], way) or min(pools[-1][1], pools[-2][1]) * FEWEST < whole
        ):
            last = pools.pop()
            pools[-1][1] += last[1]
            pools[-1][2] += last[2]
    return [start for start, _cases, _bad in pools]


def _turns(before: list[int], after: list[int], way: int) -> bool:
    """Whether the bad rate does not move the right way from one pool to the next; cross-multiplied, so exact."""
    return (after[2] * before[1] - before[2] * after[1]) * way <= 0


def _apart(cases: npt.NDArray, worse: npt.NDArray, starts: list[int]) -> int:
    """How far bins lie apart: Σ bad² per case, larger where bins differ more."""
    cases, worse = np.add.reduceat(cases, starts), np.add.reduceat(worse, starts)
    return int(np.floor_divide(np.square(worse) * 1_000_000, np.maximum(cases, 1)).sum())


def _cut_words(name: str, values: Sequence[object], bad: npt.NDArray[np.int64]) -> _Cut:
    """Words by themselves; those too rare together with the missing."""
    words, place = np.unique(np.array([str(value) for value in values]), return_inverse=True)
    cases = np.bincount(place, minlength=len(words))
    groups: dict[str, int] = {}
    for word, count in zip(words.tolist(), cases.tolist(), strict=True):
        if word and count * FEWEST >= len(values):
            groups[word] = len(groups)
    return _Cut(name, None, groups, len(groups), len(groups) + 1)


def _evidence(place: npt.NDArray[np.int64], count: int, bad: npt.NDArray[np.int64]) -> Numbers:
    """The weight of evidence of each bin for a good outcome: log odds against those of all cases."""
    cases = np.bincount(place, minlength=count).astype(np.float64)
    worse = np.bincount(place, weights=bad, minlength=count)
    share = bad.mean()
    return np.log(cases - worse + DRAW * (1 - share)) - np.log(worse + DRAW * share) - np.log(1 - share) + np.log(share)


def _one_way(cut: _Cut, evidence: Numbers) -> Numbers:
    """Drawing thin bins towards nought may turn neighbours round: then the one nearer the end takes over the other's."""
    known = evidence[:-1]
    if cut.edges is None or len(known) < 2:
        return evidence
    if known[-1] >= known[0]:
        return np.append(np.maximum.accumulate(known), evidence[-1])
    return np.append(np.minimum.accumulate(known), evidence[-1])


def _weigh(table: Numbers, bad: npt.NDArray[np.int64]) -> Numbers:
    """Weights of the columns of evidence: logistic regression drawn towards one half each, none below nought."""
    good = 1 - bad.astype(np.float64)
    weights = np.full(table.shape[1] + 1, np.float64(0))
    table = np.column_stack([np.ones(len(table)), table])
    ridge = np.full(len(weights), np.float64(RIDGE))
    ridge[0] = 0
    centre = np.where(np.arange(len(weights)) > 0, np.exp2(-1), 0)
    active = np.ones(len(weights), dtype=bool)
    for _round in range(ROUNDS):
        share = np.reciprocal(1 + np.exp(-table @ weights))
        slope = table.T @ (good - share) - ridge * (weights - centre)
        bend = (table.T * (share * (1 - share))) @ table + np.diag(ridge)
        active = (weights > 0) | (slope > 0)
        active[0] = True
        step = np.zeros(len(weights))
        step[active] = np.linalg.solve(bend[np.ix_(active, active)], slope[active])
        weights = weights + step
        weights[1:] = np.maximum(weights[1:], 0)
        if np.abs(step).max() < np.exp2(-20):
            break
    return weights[1:]


def _rounded(
    cuts: list[_Cut], places: list[npt.NDArray[np.int64]], evidence: list[Numbers], weights: Numbers,
    bad: npt.NDArray[np.int64],
) -> Card:  # fmt: skip
    """Whole points, the worst bin of an attribute at nought, the best of all together at 100."""
    worth = [weight * (values - values.min()) for weight, values in zip(weights, evidence, strict=True)]
    most = sum(values.max() for values in worth)
    scale = np.float64(100) * np.reciprocal(most) if most > 0 else np.float64(0)
    attributes = []
    for cut, place, values in zip(cuts, places, worth, strict=True):
        points = np.rint(values * scale).astype(np.int64)
        if not points.any():
            continue
        cases, worse = np.bincount(place, minlength=cut.count), np.bincount(place, weights=bad, minlength=cut.count)
        bins = tuple(Bin(*_bounds(cut, n), int(cases[n]), int(worse[n]), int(points[n])) for n in range(cut.count))
        attributes.append(Attribute(cut.name, cut.edges is not None, bins))
    return Card(tuple(attributes), int(bad.sum()))


def _bounds(cut: _Cut, n: int) -> tuple[str, str, tuple[str, ...]]:
    """The lower and upper end of a bin in figures, or its words."""
    if cut.edges is None:
        return "", "", tuple(word for word, place in cut.groups.items() if place == n)
    if n == cut.missing:
        return "", "", ()
    low = repr(cut.edges[n - 1].item()) if n else ""
    return low, repr(cut.edges[n].item()) if n < len(cut.edges) else "", ("≤",) if not n and not len(cut.edges) else ()


def _place(attribute: Attribute, values: Sequence[object]) -> npt.NDArray[np.int64]:
    """The bin of each value."""
    last = len(attribute.bins) - 1
    if attribute.numeric:
        edges = np.array([one.low for one in attribute.bins[1:last]], dtype=np.float64)
        return _Cut(attribute.name, edges, {}, last, last + 1).place(values)
    groups = {word: place for place, one in enumerate(attribute.bins) for word in one.words}
    return _Cut(attribute.name, None, groups, last, last + 1).place(values)
