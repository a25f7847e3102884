"""The master made ready to be searched: keys, exact names, parsed names by place, n-grams weighed by how rare they are."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from kewei.flows.rules.matching.parsing import Parsed, normalise, variants
from kewei.flows.rules.matching.places import city_of, place_code


@dataclass(frozen=True, slots=True)
class Master:
    """A terminal of the master as matching sees it. `aliases` are its other names, in any order; `key` is returned as given."""

    key: Any
    name: str
    province: str = ""
    city: str = ""
    county: str = ""
    kind: str = ""
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


class Index:
    """Terminals of the master, found by key, by exact name and by parts of a name within a place. Only read once made."""

    @classmethod
    def of(cls, masters: Iterable[Master], aliases: Iterable[Alias] = ()) -> Index:
        """The index of some terminals; takes about 0.2 ms for each."""
        made = cls(list(masters))
        return made.with_aliases(aliases)

    def __init__(self, masters: Sequence[Master]) -> None:
        self.masters = masters
        self.number_of = {master.key: number for number, master in enumerate(masters)}
        self.codes = [place_code(one.province, one.city, one.county) for one in masters]
        self.cities = [city_of(code) for code in self.codes]
        self.rows: list[int] = []  # the terminal of each name
        self.parsed: list[Parsed] = []
        self.how: list[int] = []
        self.whole: list[int] = []  # the row of the longer name that holds this one
        self.by_name: dict[str, set[int]] = defaultdict(set)
        self.by_credit_code: dict[str, set[int]] = defaultdict(set)
        self.by_licence: dict[str, set[int]] = defaultdict(set)
        self.known_code: dict[str, set[int]] = {}
        self.known_name: dict[tuple[str, str], set[int]] = {}
        self.apart: dict[str, set[int]] = {}
        for number, master in enumerate(masters):
            self._take_in(number, master)
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

    def within(self, scope: str) -> Any:
        """Positions in `parsed` of the names in a city (its digits), a province ('p' and two digits) or anywhere ('')."""
        if not scope:
            return np.arange(len(self.parsed))
        return self._names_in.get(scope, np.zeros(0, dtype=np.int64))

    def part(self, scope: str) -> Any:
        """The rows of `matrix` within a scope, kept once asked for."""
        if not scope:
            return self.matrix
        if scope not in self._parts:
            self._parts[scope] = self.matrix[self.within(scope)]
        return self._parts[scope]

    def weigh(self, names: Iterable[str]) -> Any:
        """Names as rows comparable with `matrix`."""
        return self._weigher.transform(names)

    @cached_property
    def matrix(self) -> Any:
        """One row per name, n-grams of one and two characters by their rarity, each row of length one."""
        return self._weigher.transform([parsed.text for parsed in self.parsed]).tocsr()

    @cached_property
    def idf(self) -> dict[str, float]:
        """How rare an n-gram is in the master."""
        return dict(zip(self._weigher.get_feature_names_out(), self._weigher.idf_.tolist(), strict=True))

    @cached_property
    def _weigher(self) -> Any:
        # scikit-learn takes a second to load, which only those who match should pay.
        from sklearn.feature_extraction.text import TfidfVectorizer

        weigher = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), dtype=np.float32, lowercase=False)
        return weigher.fit([parsed.text for parsed in self.parsed] or ["医院"])

    def _take_in(self, number: int, master: Master) -> None:
        for name in (master.name, *master.aliases):
            self.by_name[normalise(name)].add(number)
            first = len(self.rows)
            for parsed, how in variants(name):
                self.whole.append(first)
                self.rows.append(number)
                self.parsed.append(parsed)
                self.how.append(how)
        if master.credit_code:
            self.by_credit_code[master.credit_code.strip().upper()].add(number)
        for licence in master.licences:
            self.by_licence[licence.strip().upper()].add(number)

    def _count(self) -> None:
        self.same_rest: dict[str, int] = defaultdict(int)
        self.same_rest_in: dict[tuple[str, str], int] = defaultdict(int)
        names_in: dict[str, list[int]] = defaultdict(list)
        for position, (number, parsed) in enumerate(zip(self.rows, self.parsed, strict=True)):
            code, city = self.codes[number], self.cities[number]
            self.same_rest[parsed.rest] += 1
            self.same_rest_in[city, parsed.rest] += 1
            # 枞阳县 went from 安庆 to 铜陵: its hospital is found in both, whatever its card says.
            for found in {city, *(city_of(one) for one in parsed.places if one[:2] == code[:2])} - {""}:
                names_in[found].append(position)
            if code:
                names_in["p" + code[:2]].append(position)
        self._names_in = {scope: np.array(found) for scope, found in names_in.items()}
        self._parts: dict[str, Any] = {}
        self.grams: dict[int, set[str]] = {}
