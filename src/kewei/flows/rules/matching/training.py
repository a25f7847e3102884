"""Learning the score from pairs, and judging pairs by models that never saw their province."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from kewei.flows.rules.matching.deciding import ACCEPT, Match, judged, keyed
from kewei.flows.rules.matching.features import NAMES, Asked, Pairs, pairs_of
from kewei.flows.rules.matching.index import Index
from kewei.flows.rules.matching.model import Model
from kewei.flows.rules.matching.parsing import BRACKET, HALF, forms

FOLDS = 5
# Accepted names may be wrong in one of two hundred (domain 5.6). Chosen at less, and never below ACCEPT_FROM, so that it
# also holds on names nobody has seen.
WRONG_AT_MOST = 0.004
ACCEPT_FROM = 0.94
REVIEW_FROM = 0.3
# Made-up typing errors flatter a model: it is not trained on them.
NOT_LEARNED = frozenset({"synthetic_typo"})
_TREES, _LEAVES, _SEED = 120, 15, 0
# A card that names one of these beside a hospital names a part of it, not another name.
PARTS = ("分院", "门诊部", "卫生所", "站")


class Labelled(NamedTuple):
    """A typed name of a file of pairs: the master's key it means, '' where it means none; `set` says where it is from."""

    asked: Asked
    truth: str
    set: str = ""


def train(index: Index, labelled: Sequence[Labelled], version: str, trained_on: Mapping[str, str]) -> Model:
    """A model of all pairs, its threshold from models that judged provinces they had not seen."""
    pairs, right = evidence(index, labelled)
    more = second_names(index)
    learned = _learned(labelled)[pairs.asked]
    out_of_fold, _folds = _judge_by_province(labelled, pairs, right, more)
    threshold = threshold_of(index, labelled, pairs, out_of_fold, np.ones(len(labelled), dtype=bool))
    made, right = np.concatenate([pairs.made[learned], more.made]), np.concatenate([right[learned], more.right])
    return fitted(made, right, threshold, version, trained_on)


def judge_unseen(index: Index, labelled: Sequence[Labelled]) -> list[Match]:
    """Every pair judged by a model and a threshold made without any pair of its province."""
    pairs, right = evidence(index, labelled)
    probability, folds = _judge_by_province(labelled, pairs, right, second_names(index))
    decided: list[Match] = [Match("unknown")] * len(labelled)
    asked = [one.asked for one in labelled]
    for fold in range(FOLDS):
        threshold = threshold_of(index, labelled, pairs, probability, folds != fold)
        judgements = judged(index, asked, pairs, probability, threshold, REVIEW_FROM)
        for place in np.flatnonzero(folds == fold).tolist():
            decided[place] = keyed(index, asked[place]) or judgements[place]
    return decided


def evidence(index: Index, labelled: Sequence[Labelled]) -> tuple[Pairs, Any]:
    """Candidates of every pair with their evidence, and which of them are right."""
    pairs = pairs_of(index, [one.asked for one in labelled])
    truth = np.array([index.number_of.get(one.truth, -1) for one in labelled], dtype=np.int64)
    return pairs, pairs.terminal == truth[pairs.asked]


class SecondNames(NamedTuple):
    """Evidence for the second names that the master itself tells, and the fold of each row's province."""

    made: Any
    right: Any
    folds: Any


def second_names(index: Index) -> SecondNames:
    """What the master's cards that hold two names teach of second names, no pair being asked.

    太原市传染病医院第三人民医院 is cut to either half, and asked for by the other: so is learned that a hospital for infectious
    diseases is often the third, and that a university's hospital at a place is its first.
    """
    # One whose other name is another card's own would teach that the other card is wrong.
    twofold = {
        number: names
        for number, one in enumerate(index.masters)
        if not index.twins[number] and len(names := _names_of(one.name)) > 1
    }
    made, right, folds = [np.zeros((0, len(NAMES)), dtype=np.float32)], [np.zeros(0, dtype=bool)], [np.zeros(0, int)]
    for kept in (0, 1) if twofold else ():
        cut = Index.of(
            (
                replace(one, name=twofold[number][kept]) if number in twofold else one
                for number, one in enumerate(index.masters)
            ),
            known=index,
        )
        asked = [
            Labelled(Asked(name, one.province, one.city), one.key)
            for number, names in twofold.items()
            for one in (index.masters[number],)
            for at, name in enumerate(names)
            if at != kept
        ]
        pairs, truly = evidence(cut, asked)
        # Where the card is not among the candidates there is nothing to choose.
        told = np.isin(pairs.asked, pairs.asked[truly])
        made.append(pairs.made[told])
        right.append(truly[told])
        folds.append(np.array([fold_of(one) for one in asked], dtype=int)[pairs.asked[told]])
    return SecondNames(np.concatenate(made), np.concatenate(right), np.concatenate(folds))


def _names_of(name: str) -> list[str]:
    """The names a card's name holds: its halves, or what is before and in its brackets; a branch is no name of the whole."""
    found = forms(name)
    halves = [text for text, how in found if how == HALF]
    names = halves or [found[0][0], *(text for text, how in found[1:] if how == BRACKET)]
    return [] if any(text.endswith(PARTS) for text in names[1:]) else names


def fitted(made: Any, right: Any, threshold: float, version: str, trained_on: Mapping[str, str]) -> Model:
    """Boosted trees of this evidence, as plain numbers."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    # One thread: so small a task is slowed by more of them wherever the machine has other work.
    with threadpool_limits(1):
        trees = HistGradientBoostingClassifier(
            max_iter=_TREES, max_leaf_nodes=_LEAVES, learning_rate=0.08, l2_regularization=1.0, min_samples_leaf=10,
            random_state=_SEED, early_stopping=False,
        ).fit(made, right)  # fmt: skip
    return _as_numbers(trees, threshold, version, trained_on)


def threshold_of(index: Index, labelled: Sequence[Labelled], pairs: Pairs, probability: Any, judging: Any) -> float:
    """The lowest probability, from ACCEPT_FROM on, with which at most WRONG_AT_MOST of the names accepted are wrong.

    `judging` says which of the pairs may be looked at.
    """
    scored = judged(index, [one.asked for one in labelled], pairs, probability, 0.0, 0.0)
    looked_at = _learned(labelled) & judging
    accepted = sorted(
        (
            (one.probability, one.key == pair.truth)
            for one, pair, look in zip(scored, labelled, looked_at, strict=True)
            if look and one.verdict == ACCEPT
        ),
        reverse=True,
    )
    wrong, threshold = 0, 0.999
    for count, (likely, right) in enumerate(accepted, start=1):
        wrong += not right
        if wrong <= WRONG_AT_MOST * count:
            threshold = likely
    return round(max(float(threshold), ACCEPT_FROM), 4)


def fold_of(pair: Labelled) -> int:
    """All names of a province are in one fold; those that state none are spread by their letters."""
    province = pair.asked.province or f"{crc32(pair.asked.name.encode()) % 10}"
    return crc32(province.encode()) % FOLDS


def _judge_by_province(labelled: Sequence[Labelled], pairs: Pairs, right: Any, more: SecondNames) -> tuple[Any, Any]:
    folds = np.array([fold_of(one) for one in labelled], dtype=np.int64)
    learned = _learned(labelled)
    probability = np.zeros(len(right))
    for fold in range(FOLDS):
        mine = folds[pairs.asked] == fold
        others = ~mine & learned[pairs.asked]
        if mine.any() and right[others].any():
            beside = more.folds != fold
            made = np.concatenate([pairs.made[others], more.made[beside]])
            known = np.concatenate([right[others], more.right[beside]])
            probability[mine] = fitted(made, known, 1.0, "", {}).probability(pairs.made[mine])
    return probability, folds


def _learned(labelled: Sequence[Labelled]) -> Any:
    return np.array([one.set not in NOT_LEARNED for one in labelled], dtype=bool)


def _as_numbers(trees: Any, threshold: float, version: str, trained_on: Mapping[str, str]) -> Model:
    nodes = [tree[0].nodes for tree in trees._predictors]
    width = max(len(one) for one in nodes)
    shape = (len(nodes), width)
    feature, left, right = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    limit, value = np.zeros(shape, dtype=np.float32), np.zeros(shape)
    for tree, some in enumerate(nodes):
        for place, node in enumerate(some):
            leaf = bool(node["is_leaf"])
            feature[tree, place] = 0 if leaf else node["feature_idx"]
            limit[tree, place] = 0 if leaf else node["num_threshold"]
            left[tree, place] = place if leaf else node["left"]
            right[tree, place] = place if leaf else node["right"]
            value[tree, place] = node["value"] if leaf else 0
    return Model(
        version=version, trained_on=dict(trained_on), threshold=threshold, review=REVIEW_FROM,
        start=float(trees._baseline_prediction.ravel()[0]), feature=feature, limit=limit, left=left, right=right,
        value=value, depth=max(int(one["depth"].max()) for one in nodes),
    )  # fmt: skip
