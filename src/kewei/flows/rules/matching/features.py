"""What two names agree and disagree in, as numbers: the evidence a match is judged by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from rapidfuzz import fuzz

from kewei.flows.rules.matching.index import Index
from kewei.flows.rules.matching.parsing import MAIN, Parsed, variants
from kewei.flows.rules.matching.places import agreement, best_agreement, level, place_code, scopes
from kewei.flows.rules.matching.vetoes import VETOES, vetoes

NAMES = (
    "cosine", "ratio", "rest_ratio", "head_ratio", "partial", "same_text", "same_rest", "covered_mine", "covered_theirs",
    "ordinals", "kinds", "stated_place", "named_place", "both_named", "branch", "owned", "head_length", "head_rare",
    "rest_shared", "rest_shared_here", "length_gap", "stated_level", "named_level", "others", "gap_cosine", "gap_score",
    "rank", "records", "ends_alike", "same_place_and_rest", "how", "their_how", "schools", "head_within", "missing_mine",
    "missing_theirs", "my_head_length", "vetoes", *VETOES,
)  # fmt: skip
AT = {name: place for place, name in enumerate(NAMES)}
UNSEEN = 12.0  # the rarity of an n-gram that no name of the master holds
# How many candidates a name is given, and each further name that it holds.
CANDIDATES, FURTHER = 12, 6
_LEAST_COSINE = 0.05


class Asked(NamedTuple):
    """A name as a distributor typed it, with what its row states beside it, any of it blank.

    `code` is the distributor's own code of its customer.
    """

    name: str
    province: str = ""
    city: str = ""
    county: str = ""
    code: str = ""
    credit_code: str = ""
    licence: str = ""


class Pairs(NamedTuple):
    """Candidates of some names: `asked` and `terminal` number them, `row` is the name of the index, `made` the evidence."""

    asked: Any  # int (n,)
    terminal: Any  # int (n,)
    row: Any  # int (n,)
    made: Any  # float32 (n, len(NAMES))


def pairs_of(index: Index, asked: Sequence[Asked]) -> Pairs:
    """The candidates of every name, with the evidence for each."""
    typed = [(number, stated, form, how) for number, one in enumerate(asked) for stated, form, how in _typed(one)]
    wholes = {number: form for number, _stated, form, how in typed if how == MAIN}
    found = _found(index, typed)
    numbers, rows, made = [], [], []
    for (number, stated, form, how), rivals in zip(typed, found, strict=True):
        for row, cosine in rivals.items():
            numbers.append(number)
            rows.append(row)
            made.append(_evidence(index, stated, form, how, row, cosine, wholes[number]))
    if not rows:
        empty = np.zeros(0, dtype=np.int64)
        return Pairs(empty, empty, empty, np.zeros((0, len(NAMES)), dtype=np.float32))
    asked_of, row_of = np.array(numbers), np.array(rows)
    terminal = np.array(index.rows)[row_of]
    order = np.argsort(asked_of, kind="stable")
    evidence = np.array(made, dtype=np.float32)[order]
    asked_of, terminal, row_of = asked_of[order], terminal[order], row_of[order]
    _beside_rivals(evidence, asked_of, terminal)
    return Pairs(asked_of, terminal, row_of, evidence)


def _typed(asked: Asked) -> Iterable[tuple[str, Parsed, int]]:
    stated = place_code(asked.province, asked.city, asked.county)
    return [(stated, form, how) for form, how in variants(asked.name)]


def _found(index: Index, typed: Sequence[tuple[int, str, Parsed, int]]) -> list[dict[int, float]]:
    """For every name the rows of the index most like it, where it may be: row -> cosine."""
    found: list[dict[int, float]] = [{} for _one in typed]
    if not index.parsed:
        return found
    by_scope: dict[str, list[int]] = {}
    places_of: dict[int, tuple[str, ...]] = {}
    for at, (number, stated, form, how) in enumerate(typed):
        if how == MAIN:
            places_of[number] = form.places
        for scope in scopes(stated, form.places or places_of.get(number, ())):
            by_scope.setdefault(scope, []).append(at)
    weighed = index.weigh([form.text for _number, _stated, form, _how in typed])
    for scope, asking in by_scope.items():
        names = index.within(scope)
        if not len(names):
            continue
        for start in range(0, len(asking), 256):
            some = asking[start : start + 256]
            alike = (weighed[some] @ index.part(scope).T).tocsr()
            for place, at in enumerate(some):
                _keep_best(found[at], alike, place, names, CANDIDATES if typed[at][3] == MAIN else FURTHER)
    return found


def _keep_best(kept: dict[int, float], alike: Any, place: int, names: Any, most: int) -> None:
    first, last = alike.indptr[place], alike.indptr[place + 1]
    cosines, columns = alike.data[first:last], alike.indices[first:last]
    if len(cosines) > most:
        best = np.argpartition(-cosines, most - 1)[:most]
        cosines, columns = cosines[best], columns[best]
    for cosine, column in zip(cosines.tolist(), names[columns].tolist(), strict=True):
        if cosine > _LEAST_COSINE:
            kept[column] = max(cosine, kept.get(column, 0.0))


def _evidence(
    index: Index, stated: str, mine: Parsed, how: int, row: int, cosine: float, whole: Parsed
) -> tuple[Any, ...]:
    """One row of evidence, as NAMES."""
    theirs, number = index.parsed[row], index.rows[row]
    code = index.codes[number]
    my_grams, their_grams = _grams_of(mine.text), _bag(index, row)
    idf = index.idf
    missing_mine, missing_theirs = my_grams - their_grams, their_grams - my_grams
    shared = my_grams & their_grams
    weight, my_rest, their_rest = _weight(shared, idf), _weight(missing_mine, idf), _weight(missing_theirs, idf)
    found = vetoes(mine, theirs, stated, code, whole, index.parsed[index.whole[row]])
    both = best_agreement(mine.places, theirs.places)
    same_rest = mine.rest == theirs.rest
    return (
        cosine,
        fuzz.ratio(mine.text, theirs.text) / 100,
        fuzz.ratio(mine.rest, theirs.rest) / 100,
        fuzz.ratio(mine.head, theirs.head) / 100 if mine.head or theirs.head else -1,
        fuzz.partial_ratio(mine.rest, theirs.rest) / 100,
        mine.text == theirs.text,
        same_rest,
        weight / (weight + my_rest),
        weight / (weight + their_rest),
        sets_agree(mine.ordinals, theirs.ordinals),
        sets_agree(mine.kinds, theirs.kinds),
        agreement(stated, code),
        max((agreement(one, code) for one in mine.places), default=0),
        both,
        (bool(mine.branch) + bool(theirs.branch)) * (1 if mine.branch == theirs.branch else -1),
        mine.owned - theirs.owned,
        len(theirs.head),
        max((idf.get(gram, UNSEEN) for gram in shared), default=0.0),
        np.log1p(index.same_rest.get(theirs.rest, 0)),
        index.same_rest_in.get((index.cities[number], theirs.rest), 0),
        len(mine.text) - len(theirs.text),
        level(stated),
        max((level(one) for one in mine.places), default=0) - max((level(one) for one in theirs.places), default=0),
        bool(mine.others),
        0.0, 0.0, 0.0, 0.0,
        mine.text[-2:] == theirs.text[-2:],
        (same_rest and mine.ordinals == theirs.ordinals)
        * (1 + bool(set(mine.places) & set(theirs.places)) - 2 * (both < 0)),
        how,
        index.how[row],
        sets_agree(mine.school, theirs.school),
        _within(mine.head, theirs.head),
        max((idf.get(gram, UNSEEN) for gram in missing_mine), default=0.0),
        max((idf.get(gram, UNSEEN) for gram in missing_theirs), default=0.0),
        len(mine.head),
        len(found),
        *(veto in found for veto in VETOES),
    )  # fmt: skip


def sets_agree(mine: Collection[Any], theirs: Collection[Any]) -> int:
    """1 the same and something, 0 nothing on either side, -1 one side only, -2 different, -3 none in common."""
    if not mine and not theirs:
        return 0
    if mine == theirs:
        return 1
    if not mine or not theirs:
        return -1
    return -2 if set(mine) & set(theirs) else -3


def _within(mine: str, theirs: str) -> int:
    """2 the same proper name, 1 mine holds theirs, -1 theirs holds mine, 0 neither: 望京 stands within 凌和望京."""
    if not mine or not theirs:
        return 0
    if mine == theirs:
        return 2
    return 1 if theirs in mine else -1 if mine in theirs else 0


def _grams_of(text: str) -> set[str]:
    return {*text, *(text[at : at + 2] for at in range(len(text) - 1))}


def _bag(index: Index, row: int) -> set[str]:
    """The n-grams of a name of the index, kept once asked for."""
    kept = index.grams.get(row)
    if kept is None:
        kept = index.grams[row] = _grams_of(index.parsed[row].text)
    return kept


def _weight(grams: set[str], idf: dict[str, float]) -> float:
    return sum([idf.get(gram, UNSEEN) for gram in grams])


def _beside_rivals(made: Any, asked: Any, terminal: Any) -> None:
    """Fill in what tells each candidate from the best one of another terminal; `asked` is sorted."""
    score = (
        made[:, AT["cosine"]] + made[:, AT["ratio"]] + made[:, AT["rest_ratio"]]
        + (made[:, AT["covered_mine"]] + made[:, AT["covered_theirs"]]) / 2
        + made[:, AT["stated_place"]] / 10 + made[:, AT["ordinals"]] / 5
    )  # fmt: skip
    cosine = made[:, AT["cosine"]].copy()
    bounds = np.flatnonzero(np.diff(asked)) + 1
    for some in np.split(np.arange(len(asked)), bounds):
        ours = terminal[some]
        made[some, AT["gap_cosine"]] = cosine[some] - _best_rival(cosine[some], ours)
        made[some, AT["gap_score"]] = score[some] - _best_rival(score[some], ours)
        made[some, AT["rank"]] = np.argsort(np.argsort(-score[some]))
        made[some, AT["records"]] = len(np.unique(ours))


def _best_rival(values: Any, terminals: Any) -> Any:
    """For each candidate the best value among those of other terminals; -1 where there is none."""
    rivals = np.full(len(values), -1.0, dtype=np.float32)
    first = int(np.argmax(values))
    others = terminals != terminals[first]
    rivals[others] = values[first]
    if others.any():
        rivals[~others] = values[others].max()
    return rivals
