"""What two names agree and disagree in, as numbers: the evidence a match is judged by, of many pairs at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from kewei.flows.rules.matching.grams import Bags
from kewei.flows.rules.matching.index import Index
from kewei.flows.rules.matching.parsing import MAIN, in_full, variants
from kewei.flows.rules.matching.parts import Parts, columns
from kewei.flows.rules.matching.places import (
    agreements,
    best_agreements,
    levels,
    number_of,
    place_code,
    scopes,
    share_a_place,
)
from kewei.flows.rules.matching.vetoes import VETOES, vetoes

NAMES = (
    "cosine", "ratio", "rest_ratio", "head_ratio", "partial", "same_text", "same_rest", "covered_mine", "covered_theirs",
    "ordinals", "kinds", "stated_place", "named_place", "both_named", "branch", "owned", "head_length", "head_rare",
    "rest_shared", "rest_shared_here", "length_gap", "stated_level", "named_level", "others", "gap_cosine", "gap_score",
    "rank", "records", "ends_alike", "same_place_and_rest", "how", "their_how", "schools", "head_within", "missing_mine",
    "missing_theirs", "my_head_length", "level", "my_ordinal", "their_ordinal", "my_kind", "their_kind", "my_school",
    "their_school", "their_rest_length", "largest_here", "place_within", "my_level", "gap_rest", "vetoes", *VETOES,
)  # fmt: skip
AT = {name: place for place, name in enumerate(NAMES)}
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

    asked: Any  # int (n,), sorted
    terminal: Any  # int (n,)
    row: Any  # int (n,)
    made: Any  # float32 (n, len(NAMES))


class Typed(NamedTuple):
    """Typed names made ready: one row for every name they hold; `asked` numbers the text it is from."""

    parts: Parts
    asked: Any
    stated: Any  # code of the division the row states
    bags: Bags
    scopes: Sequence[tuple[int, ...]]


def pairs_of(index: Index, asked: Sequence[Asked]) -> Pairs:
    """The candidates of every name, with the evidence for each. The same for a name alone as among others."""
    typed = typed_of(index, asked)
    at, row = _found(index, typed)
    made = _evidence(index, typed, at, row)
    number, terminal = typed.asked[at], index.rows[row]
    _beside_rivals(made, number, terminal)
    return Pairs(number, terminal, row, made)


def typed_of(index: Index, asked: Sequence[Asked]) -> Typed:
    """Names taken apart and weighed."""
    held = [variants(in_full(one.name, one.province, one.city, one.county)) for one in asked]
    codes = [place_code(one.province, one.city, one.county) for one in asked]
    number = np.repeat(np.arange(len(asked)), [len(some) for some in held])
    parts = columns(held)
    where = [
        scopes(code, form.places or some[0][0].places)
        for code, some in zip(codes, held, strict=True)
        for form, _how in some
    ]
    stated = np.array([number_of(code) for code in codes], dtype=np.int32)[number]
    return Typed(parts, number, stated, index.grams.bags(parts.plain.tolist()), where)


def _found(index: Index, typed: Typed) -> tuple[Any, Any]:
    """For every name the rows of the index most like it, where it may be; (name, row) in order of names."""
    most = np.where(typed.parts.how == MAIN, CANDIDATES, FURTHER)
    by_scope: dict[int, list[int]] = {}
    for name, some in enumerate(typed.scopes):
        for scope in some:
            by_scope.setdefault(scope, []).append(name)
    names: list[Any] = [np.zeros(0, dtype=np.int64)]
    rows: list[Any] = [np.zeros(0, dtype=np.int64)]
    for scope, asking in by_scope.items():
        for at, row in index.nearest(scope, typed.bags, np.array(asking), most, _LEAST_COSINE):
            names.append(at)
            rows.append(row)
    both = np.unique(np.concatenate(names) * np.int64(max(len(index.rows), 1)) + np.concatenate(rows))
    at, row = np.divmod(both, max(len(index.rows), 1))
    return at, row


def _evidence(index: Index, typed: Typed, at: Any, row: Any) -> Any:
    """One row of evidence for each pair, as NAMES."""
    mine, theirs = typed.parts.take(at), index.parts.take(row)
    code, stated = index.codes[index.rows[row]], typed.stated[at]
    made = np.zeros((len(at), len(NAMES)), dtype=np.float32)

    def put(name: str, values: Any) -> None:
        made[:, AT[name]] = values

    _shared(index, typed.bags, at, row, put)
    put("ratio", _alike(mine.plain, theirs.plain) / 100)
    put("rest_ratio", _alike(mine.rest, theirs.rest) / 100)
    heads = _alike(mine.head, theirs.head)
    headless = (mine.head_length == 0) & (theirs.head_length == 0)
    put("head_ratio", np.where(headless, -1, heads / 100))
    put("partial", cpdist(mine.rest, theirs.rest, scorer=fuzz.partial_ratio, dtype=np.float32) / 100)
    same_rest = mine.rest_key == theirs.rest_key
    put("same_text", mine.text_key == theirs.text_key)
    put("same_rest", same_rest)
    put("ordinals", sets_agree(mine.ordinals, theirs.ordinals, mine.ordinal_bits, theirs.ordinal_bits))
    put("kinds", sets_agree(mine.kinds, theirs.kinds, mine.kinds, theirs.kinds))
    named = best_agreements(mine.places, code[:, None])
    both = best_agreements(mine.places, theirs.places)
    put("stated_place", agreements(stated, code))
    put("named_place", named)
    put("both_named", both)
    put(
        "branch",
        (mine.branched.astype(int) + theirs.branched) * np.where(mine.branch_key == theirs.branch_key, 1, -1),
    )
    put("owned", mine.owned - theirs.owned)
    put("head_length", theirs.head_length)
    put("rest_shared", np.log1p(index.same_rest[row]))
    put("rest_shared_here", index.same_rest_here[row])
    put("length_gap", mine.length - theirs.length)
    put("stated_level", levels(stated))
    put("named_level", levels(mine.places).max(axis=1) - levels(theirs.places).max(axis=1))
    put("others", mine.others)
    put("ends_alike", mine.ends == theirs.ends)
    shares = share_a_place(mine.places, theirs.places)
    put("same_place_and_rest", (same_rest & (mine.ordinals == theirs.ordinals)) * (1 + shares - 2 * (both < 0)))
    put("how", mine.how)
    put("their_how", theirs.how)
    put("schools", _schools_agree(mine, theirs))
    inside = within(mine.head, theirs.head)
    put("head_within", inside)
    put("my_head_length", mine.head_length)
    put("level", index.levels[index.rows[row]])
    put("largest_here", index.largest[row])
    put("my_ordinal", _lowest(mine.ordinal_bits))
    put("their_ordinal", _lowest(theirs.ordinal_bits))
    put("my_kind", _lowest(mine.kinds))
    put("their_kind", _lowest(theirs.kinds))
    put("my_school", mine.school != "")
    put("their_school", theirs.school != "")
    put("their_rest_length", theirs.rest_length)
    put("my_level", levels(mine.places).max(axis=1))
    put("place_within", _told_of(theirs.place, mine.text))
    found = vetoes(mine, theirs, stated, code, named, both, heads, inside)
    put("vetoes", found.sum(axis=1))
    made[:, AT[VETOES[0]] :] = found
    return made


def vetoes_of(mine: Parts, theirs: Parts, stated: Any, code: Any) -> Any:
    """(n, len(VETOES)) of bool: what forbids each pair; typed names in the divisions `stated`, the others in `code`."""
    named, both = best_agreements(mine.places, code[:, None]), best_agreements(mine.places, theirs.places)
    return vetoes(
        mine, theirs, stated, code, named, both, _alike(mine.head, theirs.head), within(mine.head, theirs.head)
    )


def sets_agree(mine: Any, theirs: Any, my_bits: Any, their_bits: Any) -> Any:
    """1 the same and something, 0 nothing on either side, -1 one side only, -2 different, -3 none in common."""
    found = np.where((my_bits & their_bits) != 0, -2, -3)
    found[(mine == 0) | (theirs == 0)] = -1
    found[mine == theirs] = 1
    found[(mine == 0) & (theirs == 0)] = 0
    return found


def within(mine: Any, theirs: Any) -> Any:
    """2 the same proper name, 1 mine holds theirs, -1 theirs holds mine, 0 neither: 望京 stands within 凌和望京."""
    return np.array(
        [
            0 if not one or not other else 2 if one == other else 1 if other in one else -1 if one in other else 0
            for one, other in zip(mine.tolist(), theirs.tolist(), strict=True)
        ],
        dtype=np.int8,
    )


def _lowest(bits: Any) -> Any:
    """One more than the place of the lowest bit, 0 where none is set."""
    return np.log2(np.maximum(bits & -bits, 1)).astype(np.int8) + (bits != 0)


def _told_of(place: Any, text: Any) -> Any:
    """1 the place's name stands anywhere in the text, -1 it does not, 0 there is none: 江苏大学附属昆山医院 is of 昆山."""
    return np.array(
        [0 if not one else 1 if one in other else -1 for one, other in zip(place.tolist(), text.tolist(), strict=True)],
        dtype=np.int8,
    )


def _alike(mine: Any, theirs: Any) -> Any:
    return cpdist(mine, theirs, scorer=fuzz.ratio, dtype=np.float32)


def _schools_agree(mine: Parts, theirs: Parts) -> Any:
    """As sets_agree, of the letters of two schools."""
    found = np.zeros(len(mine), dtype=np.int8)
    told = np.flatnonzero((mine.school != "") | (theirs.school != ""))
    found[told] = [
        -1 if not one or not other else 1 if one == other else -2 if set(one) & set(other) else -3
        for one, other in zip(mine.school[told], theirs.school[told], strict=True)
    ]
    return found


def _shared(index: Index, typed: Bags, at: Any, row: Any, put: Any) -> None:
    """How much of each name's rarity the other holds, and the rarest n-gram both have or only one has."""
    theirs = index.bags
    count = (theirs.first[row + 1] - theirs.first[row]).astype(np.int64)
    first = np.zeros(len(row), dtype=np.int64)
    np.cumsum(count[:-1], out=first[1:])
    pair = np.repeat(np.arange(len(row)), count)
    flat = np.arange(int(count.sum())) + np.repeat(theirs.first[row] - first, count)
    gram, weight = theirs.gram[flat], theirs.weight[flat]
    rarity = index.grams.rarity[gram]
    names = len(typed.first) - 1
    name = np.repeat(np.arange(names), np.diff(typed.first))
    place, position = _positions(typed, name, at, pair, gram, len(index.grams.codes))
    held = position >= 0
    shared_rarity = np.where(held, rarity, 0)
    my_rarity = np.append(index.grams.rarity_of(typed.gram), np.float32(0))
    shared = np.add.reduceat(shared_rarity, first) if len(row) else np.zeros(0)
    whole = np.add.reduceat(rarity, first) if len(row) else np.zeros(0)
    my_whole = np.bincount(name, my_rarity[:-1], minlength=names)[at]
    put("covered_mine", shared / np.maximum(my_whole, 1e-6))
    put("covered_theirs", shared / np.maximum(whole, 1e-6))
    put("head_rare", np.maximum.reduceat(shared_rarity, first) if len(row) else 0)
    put("missing_theirs", np.maximum.reduceat(np.where(held, 0, rarity), first) if len(row) else 0)
    my_weight = np.where(held, typed.weight[place], 0)
    put("cosine", np.add.reduceat(my_weight * weight, first) if len(row) else 0)
    put("missing_mine", _rarest_missing(typed, at, pair[held], position[held], my_rarity))


def _positions(typed: Bags, name: Any, at: Any, pair: Any, gram: Any, width: int) -> tuple[Any, Any]:
    """Where in the typed name of its pair each n-gram stands: (place in `typed`, position in the name), -1 for nowhere.

    `name` is whose each n-gram of `typed` is.
    """
    # N-grams of the typed names, numbered among themselves: a small table instead of one as wide as the vocabulary.
    known = typed.gram < width
    codes, local = np.unique(typed.gram[known], return_inverse=True)
    number = np.zeros(width, dtype=np.int32)
    number[codes] = np.arange(1, len(codes) + 1)
    table = np.full((len(typed.first) - 1, len(codes) + 1), -1, dtype=np.int32)
    places = np.flatnonzero(known)
    table[name[known], local + 1] = places
    place = table[at[pair], number[gram]]
    position = np.where(place >= 0, place - typed.first[at[pair]], -1)
    return place, position


def _rarest_missing(typed: Bags, at: Any, pair: Any, position: Any, my_rarity: Any) -> Any:
    """For each pair the rarest n-gram of the typed name that the other lacks."""
    count = np.diff(typed.first)
    width = int(count.max()) if len(count) else 0
    flat = typed.first[:-1][:, None] + np.arange(width)
    beyond = np.arange(width) >= count[:, None]
    rarities = my_rarity[np.where(beyond, len(my_rarity) - 1, flat)][at]
    rarities[pair, position] = 0
    return rarities.max(axis=1) if width else np.zeros(len(at))


def _beside_rivals(made: Any, asked: Any, terminal: Any) -> None:
    """Fill in what tells each candidate from the best one of another terminal; `asked` is sorted."""
    if not len(asked):
        return
    score = (
        made[:, AT["cosine"]] + made[:, AT["ratio"]] + made[:, AT["rest_ratio"]]
        + (made[:, AT["covered_mine"]] + made[:, AT["covered_theirs"]]) / 2
        + made[:, AT["stated_place"]] / 10 + made[:, AT["ordinals"]] / 5
    )  # fmt: skip
    made[:, AT["gap_cosine"]] = made[:, AT["cosine"]] - _best_rivals(made[:, AT["cosine"]], asked, terminal)
    made[:, AT["gap_score"]] = score - _best_rivals(score, asked, terminal)
    made[:, AT["gap_rest"]] = made[:, AT["rest_ratio"]] - _best_rivals(made[:, AT["rest_ratio"]], asked, terminal)
    order = np.lexsort((-score, asked))
    first = np.flatnonzero(np.diff(asked, prepend=-1))
    count = np.diff(first, append=len(asked))
    made[order, AT["rank"]] = np.arange(len(asked)) - np.repeat(first, count)
    ordered = np.lexsort((terminal, asked))
    new = (np.diff(asked[ordered], prepend=-1) != 0) | (np.diff(terminal[ordered], prepend=-1) != 0)
    made[:, AT["records"]] = np.repeat(np.add.reduceat(new.astype(np.int32), first), count)


def _best_rivals(values: Any, asked: Any, terminal: Any) -> Any:
    """For each candidate the best value among those of other terminals of the same name; -1 where there is none."""
    order = np.lexsort((-values, asked))
    first = np.flatnonzero(np.diff(asked, prepend=-1))
    count = np.diff(first, append=len(asked))
    best = np.repeat(order[first], count)
    others = terminal != terminal[best]
    second = np.where(others, values, np.float32(-1))
    second = np.repeat(np.maximum.reduceat(second, first), count)
    # Values below -1 do not occur: a cosine is 0 or more, a score loses at most 0.9.
    return np.where(others, values[best], second)
