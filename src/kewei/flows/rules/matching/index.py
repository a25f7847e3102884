"""The master made ready to be searched: keys, exact names, names taken apart by place, n-grams weighed by how rare they are."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kewei.flows.rules.matching.grams import Bags, Grams
from kewei.flows.rules.matching.parsing import MAIN, normalise, variants
from kewei.flows.rules.matching.parts import Parts, columns
from kewei.flows.rules.matching.places import ANYWHERE, cities, number_of, place_code

# In a place of many names an n-gram this many of them hold finds nobody, and costs the most.
_TOO_COMMON = 2000
_AT_ONCE = 256
# 三级甲等, or 3A as cards have it.
_LEVELS = {"一": 1, "二": 2, "三": 3, "1": 1, "2": 2, "3": 3}
# What a hospital of level 0 (unknown) to 3 is preferred by in cosine as a candidate.
_PREFERRED = np.array([0, 0, 0.05, 0.12], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Master:
    """A terminal of the master as matching sees it. `aliases` are its other names, in any order; `key` is returned as given.

    `level` is a hospital's grade, 三级甲等 or 3A; the larger one is, the more people write of it, and the more ways they have to.
    """

    key: Any
    name: str
    province: str = ""
    city: str = ""
    county: str = ""
    kind: str = ""
    level: str = ""
    aliases: tuple[str, ...] = ()
    credit_code: str = ""
    licences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alias:
    """What a person decided about a name or a customer code of a distributor.

    It is the terminal `key`, or, where not `same`, it is not. `city` (as typed) narrows an alias to rows that state it.
    """

    key: Any
    name: str = ""
    code: str = ""
    city: str = ""
    same: bool = True


@dataclass(frozen=True, slots=True)
class _Scope:
    """The names of one place: `rows` of the index, and (n-gram, name) -> weight with n-grams numbered among themselves."""

    rows: Any
    grams: Any
    weights: Any
    preferred: Any


class Index:
    """Terminals of the master, found by key, by exact name and by parts of a name within a place. Only read once made."""

    @classmethod
    def of(cls, masters: Iterable[Master], aliases: Iterable[Alias] = (), known: Index | None = None) -> Index:
        """The index of some terminals; takes about 0.1 ms for each, a fifth of it for those that an index `known` has too."""
        made = cls(list(masters), known)
        return made.with_aliases(aliases)

    def __init__(self, masters: Sequence[Master], known: Index | None = None) -> None:
        self.masters = masters
        self.number_of = {master.key: number for number, master in enumerate(masters)}
        self.codes = np.array(
            [number_of(place_code(one.province, one.city, one.county)) for one in masters], dtype=np.int32
        )
        self.levels = np.array([_LEVELS.get(one.level[:1], 0) for one in masters], dtype=np.int8)
        # The row of each terminal that has this very name.
        self.by_name: dict[str, tuple[int, ...]] = {}
        self.by_credit_code: dict[str, set[int]] = defaultdict(set)
        self.by_licence: dict[str, set[int]] = defaultdict(set)
        self.known_code: dict[str, set[int]] = {}
        self.known_name: dict[tuple[str, str], set[int]] = {}
        self.apart: dict[str, set[int]] = {}
        named = [(number, name) for number, one in enumerate(masters) for name in (one.name, *one.aliases)]
        self.parts, holds = _taken_apart([name for _number, name in named], known)
        # The terminal of each name that is held by a name of the master; the first row of each name of the master.
        self.rows = np.repeat(np.array([number for number, _name in named], dtype=np.int32), holds)
        self.first = np.cumsum(holds) - holds
        self._take_keys(named)
        self.named = {name: place for place, (_number, name) in enumerate(named)}
        self.holds = holds
        self.grams: Grams
        self.bags: Bags
        self.grams, self.bags = Grams.of(self.parts.plain.tolist())
        self._count()

    def with_aliases(self, aliases: Iterable[Alias]) -> Index:
        """The same index that also knows what people decided; the heavy parts are shared, so one per distributor is cheap."""
        made = copy.copy(self)
        made.known_code = {code: set(found) for code, found in self.known_code.items()}
        made.known_name = {name: set(found) for name, found in self.known_name.items()}
        made.apart = {name: set(found) for name, found in self.apart.items()}
        for alias in aliases:
            number = self.number_of.get(alias.key)
            if number is None:
                continue  # the terminal was closed or merged since
            name = normalise(alias.name)
            if not alias.same:
                made.apart.setdefault(name, set()).add(number)
                continue
            if alias.code:
                made.known_code.setdefault(alias.code.strip(), set()).add(number)
            if name:
                made.known_name.setdefault((name, normalise(alias.city)), set()).add(number)
        return made

    def nearest(self, scope: int, bags: Bags, asking: Any, most: Any, least: float) -> Iterator[tuple[Any, Any]]:
        """Pairs (name of `bags`, row) of the rows within a scope most like each name of `asking`, some at a time.

        At most `most[name]` for each, none less alike than `least`. A scope is as places.scopes has them.
        """
        here = self._scope(scope)
        if not len(here.rows):
            return
        number = np.zeros(len(self.grams.codes) + 1, dtype=np.int32)
        number[here.grams] = np.arange(1, len(here.grams) + 1)
        step = max(1, min(_AT_ONCE, 4_000_000 // len(here.rows)))
        for start in range(0, len(asking), step):
            some = asking[start : start + step]
            alike = (_matrix(bags, some, number, len(here.grams)) @ here.weights).toarray()
            alike = np.where(alike > least, alike + here.preferred, np.float32(0))
            yield _best_of(alike, some, here.rows, most[some], least)

    def _scope(self, scope: int) -> _Scope:
        """Kept once asked for."""
        found = self._scopes.get(scope)
        if found is None:
            found = self._scopes[scope] = self._made_scope(scope)
        return found

    def _made_scope(self, scope: int) -> _Scope:
        from scipy.sparse import csr_array

        rows = np.arange(len(self.rows)) if scope == ANYWHERE else self._names_in.get(scope, np.zeros(0, dtype=int))
        count = self.bags.first[rows + 1] - self.bags.first[rows]
        first = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum(count, out=first[1:])
        flat = np.arange(first[-1]) + np.repeat(self.bags.first[rows] - first[:-1], count)
        grams, local = np.unique(self.bags.gram[flat], return_inverse=True)
        held = np.bincount(local, minlength=len(grams))
        weight = self.bags.weight[flat]
        if (held > _TOO_COMMON).any():
            kept = held[local] <= _TOO_COMMON
            owner = np.repeat(np.arange(len(rows)), count)[kept]
            first = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(rows)))])
            local, weight = local[kept], weight[kept]
        by_name = csr_array((weight, local.astype(np.int32), first.astype(np.int32)), shape=(len(rows), len(grams)))
        return _Scope(rows, grams, by_name.T.tocsr(), _PREFERRED[self.levels[self.rows[rows]]])

    def _take_keys(self, named: Sequence[tuple[int, str]]) -> None:
        for (number, name), row in zip(named, self.first.tolist(), strict=True):
            same = self.by_name.get(normalise(name), ())
            if number not in [int(self.rows[one]) for one in same]:
                self.by_name[normalise(name)] = (*same, row)
        for number, master in enumerate(self.masters):
            if master.credit_code:
                self.by_credit_code[master.credit_code.strip().upper()].add(number)
            for licence in master.licences:
                self.by_licence[licence.strip().upper()].add(number)

    def _twins(self, city: Any) -> Any:
        """Which terminals hold, besides their own name, the own name of another one in their city: perhaps a second card of it.

        武汉市江夏区中医院武昌县中医院 beside 武昌县中医院.
        """
        found = np.zeros(len(self.masters), dtype=bool)
        own: dict[tuple[int, int], set[int]] = defaultdict(set)
        keys = list(zip(city.tolist(), self.parts.text_key.tolist(), self.rows.tolist(), strict=True))
        main = (self.parts.how == MAIN).tolist()
        for (place, text, number), is_main in zip(keys, main, strict=True):
            if is_main:
                own[place, text].add(number)
        for (place, text, number), is_main in zip(keys, main, strict=True):
            if not is_main and own.get((place, text), set()) - {number}:
                found[number] = True
        return found

    def _count(self) -> None:
        """How many names share what is left of each beside its place, and which names are in which place."""
        codes = self.codes[self.rows]
        city = cities(codes)
        self.same_rest = _times([self.parts.rest_key])
        self.same_rest_here = _times([self.parts.rest_key, city])
        self.twins = self._twins(city)
        self.largest = _largest([city, self.parts.place_key], self.levels[self.rows])
        province = codes // 10_000
        # 枞阳县 went from 安庆 to 铜陵: its hospital is found in both, whatever its card says.
        found = [(city, city != 0), (-province, codes != 0)]
        for at in range(self.parts.places.shape[1]):
            place = self.parts.places[:, at]
            found.append((cities(place), (place != 0) & (place // 10_000 == province) & (cities(place) != 0)))
        scope = np.concatenate([some[kept] for some, kept in found])
        row = np.concatenate([np.flatnonzero(kept) for _some, kept in found])
        both = np.unique(np.column_stack([scope, row]), axis=0) if len(row) else np.zeros((0, 2), dtype=np.int64)
        starts = np.flatnonzero(np.diff(both[:, 0], prepend=-1_000_000))
        self._names_in = {
            int(both[start, 0]): some for start, some in zip(starts, np.split(both[:, 1], starts[1:]), strict=False)
        }
        self._scopes: dict[int, _Scope] = {}


def _taken_apart(names: Sequence[str], known: Index | None) -> tuple[Parts, Any]:
    """The columns of some names, and how many rows each has; those an earlier index knows are taken from there."""
    if known is None:
        held = [variants(name) for name in names]
        return columns(held), np.array([len(some) for some in held], dtype=np.int64)
    places = [known.named.get(name, -1) for name in names]
    held = [variants(name) for name, place in zip(names, places, strict=True) if place < 0]
    holds = np.append(known.holds, [len(some) for some in held]).astype(np.int64)
    first = np.cumsum(holds) - holds
    new = iter(range(len(known.holds), len(holds)))
    source = np.array([next(new) if place < 0 else place for place in places], dtype=np.int64)
    count = holds[source]
    rows = np.arange(int(count.sum())) + np.repeat(first[source] - np.cumsum(count) + count, count)
    return known.parts.after(columns(held)).take(rows), count


def _times(keys: Sequence[Any]) -> Any:
    """How often the keys of each row stand together in all rows."""
    if not len(keys[0]):
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort(tuple(keys))
    new = np.zeros(len(order), dtype=bool)
    new[0] = True
    for key in keys:
        new[1:] |= np.diff(key[order]) != 0
    group = np.cumsum(new) - 1
    found = np.empty(len(order), dtype=np.int64)
    found[order] = np.bincount(group)[group]
    return found


def _largest(keys: Sequence[Any], values: Any) -> Any:
    """2 alone the greatest of those with the same keys, 1 one of several such, 0 not of the greatest."""
    if not len(values):
        return np.zeros(0, dtype=np.int8)
    order = np.lexsort(tuple(keys))
    new = np.zeros(len(order), dtype=bool)
    new[0] = True
    for key in keys:
        new[1:] |= np.diff(key[order]) != 0
    start = np.flatnonzero(new)
    group = np.cumsum(new) - 1
    top = np.maximum.reduceat(values[order], start)[group] == values[order]
    many = np.add.reduceat(top.astype(np.int64), start)[group]
    found = np.empty(len(order), dtype=np.int8)
    found[order] = np.where(top, np.where(many == 1, 2, 1), 0)
    return found


def _matrix(bags: Bags, some: Any, number: Any, width: int) -> Any:
    """Some names as rows over the n-grams of a scope."""
    from scipy.sparse import csr_array

    count = bags.first[some + 1] - bags.first[some]
    flat = np.arange(int(count.sum())) + np.repeat(bags.first[some] - np.cumsum(count) + count, count)
    local = number[np.minimum(bags.gram[flat], len(number) - 1)] - 1
    kept = local >= 0
    owner = np.repeat(np.arange(len(some)), count)[kept]
    first = np.zeros(len(some) + 1, dtype=np.int32)
    np.cumsum(np.bincount(owner, minlength=len(some)), out=first[1:])
    return csr_array((bags.weight[flat][kept], local[kept], first), shape=(len(some), width))


def _best_of(alike: Any, some: Any, rows: Any, most: Any, least: float) -> tuple[Any, Any]:
    """Of each row the `most` greatest, of equals those that come first."""
    widest = int(most.max())
    if alike.shape[1] > widest:
        # The order of equals must not depend on what else is asked: the least that is in is found, then whoever reaches it.
        best = np.argpartition(-alike, widest - 1, axis=1)[:, :widest]
        floor = np.take_along_axis(alike, best, axis=1).min(axis=1)
        at, column = np.nonzero((alike >= floor[:, None]) & (alike > least))
    else:
        at, column = np.nonzero(alike > least)
    values = alike[at, column]
    order = np.lexsort((column, -values, at))
    at, column = at[order], column[order]
    first = np.flatnonzero(np.diff(at, prepend=-1))
    rank = np.arange(len(at)) - np.repeat(first, np.diff(first, append=len(at)))
    kept = rank < most[at]
    return some[at[kept]], rows[column[kept]]
