"""Names taken apart as columns: what parsing says of many names, laid side by side so that pairs are compared all at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from kewei.flows.rules.matching.parsing import Parsed
from kewei.flows.rules.matching.places import number_of
from kewei.flows.rules.matching.words import SORTS, TYPES

_BIT_OF = {kind: 1 << place for place, (kind, _words) in enumerate(TYPES)}
# Places one name may mean; 鼓楼区 alone is in five cities.
PLACES = 8


@dataclass(frozen=True, slots=True)
class Parts:
    """One row per name. Strings are object columns; `*_key` are Python's hashes of them, equal within one process only.

    `plain` is the name with no place but its smallest, 烟台市莱阳中心医院 and 莱阳市中心医院 both 莱阳中心医院; `length` is its.
    `places` are codes, 0 where there are fewer than PLACES; `kinds` a bit per kind of words.TYPES; `ordinals` a key of the
    set and `ordinal_bits` a bit for each (modulo 62). `whole_*` are of the longer name that holds this one.
    """

    plain: Any
    text: Any
    rest: Any
    head: Any
    place: Any
    school: Any
    whole_school: Any
    text_key: Any
    rest_key: Any
    place_key: Any
    branch_key: Any
    places: Any
    ordinals: Any
    ordinal_bits: Any
    kinds: Any
    branched: Any
    whole_branched: Any
    owned: Any
    others: Any
    ranks: Any
    grades: Any
    no_sort: Any
    ends: Any
    length: Any
    head_length: Any
    rest_length: Any
    how: Any

    def __len__(self) -> int:
        return len(self.text)

    def take(self, rows: Any) -> Parts:
        """These rows, in this order, as often as they are named."""
        return Parts(*(getattr(self, one.name)[rows] for one in fields(self)))

    def after(self, more: Parts) -> Parts:
        """These rows and more behind them."""
        both = ((getattr(self, one.name), getattr(more, one.name)) for one in fields(self))
        return Parts(*(np.concatenate(pair) for pair in both))


def columns(names: Iterable[Sequence[tuple[Parsed, int]]]) -> Parts:
    """The columns of some texts, each given as the names it holds with how they were found, the one to go by first."""
    whole: list[Parsed] = []
    some: list[Parsed] = []
    how: list[int] = []
    for held in names:
        for parsed, found in held:
            whole.append(held[0][0])
            some.append(parsed)
            how.append(found)
    count = len(some)
    places = np.zeros((count, PLACES), dtype=np.int32)
    for row, one in enumerate(some):
        for at, code in enumerate(one.places[:PLACES]):
            places[row, at] = number_of(code)
    texts = [one.text for one in some]
    return Parts(
        plain=_strings([one.place + one.rest for one in some]),
        text=_strings(texts),
        rest=_strings([one.rest for one in some]),
        head=_strings([one.head for one in some]),
        place=_strings([one.place for one in some]),
        school=_strings([one.school for one in some]),
        whole_school=_strings([one.school for one in whole]),
        text_key=_keys(texts),
        rest_key=_keys([one.rest for one in some]),
        place_key=_keys([one.place for one in some]),
        branch_key=_keys([one.branch for one in some]),
        places=places,
        ordinals=np.fromiter((hash(one.ordinals) if one.ordinals else 0 for one in some), np.int64, count),
        ordinal_bits=np.fromiter((_bits(one.ordinals) for one in some), np.int64, count),
        kinds=np.fromiter((sum(_BIT_OF[kind] for kind in one.kinds) for one in some), np.int64, count),
        branched=np.fromiter((bool(one.branch) for one in some), bool, count),
        whole_branched=np.fromiter((bool(one.branch) for one in whole), bool, count),
        owned=np.fromiter((one.owned for one in some), np.int8, count),
        others=np.fromiter((bool(one.others) for one in some), bool, count),
        ranks=_ranks(places),
        grades=np.fromiter((("中心医院" in text) + 2 * ("总医院" in text) for text in texts), np.int8, count),
        no_sort=np.fromiter((SORTS.isdisjoint(text) for text in texts), bool, count),
        ends=_keys([text[-2:] for text in texts]),
        length=np.fromiter((len(one.place) + len(one.rest) for one in some), np.int32, count),
        head_length=np.fromiter((len(one.head) for one in some), np.int32, count),
        rest_length=np.fromiter((len(one.rest) for one in some), np.int32, count),
        how=np.array(how, dtype=np.int8),
    )


def bits_of(kinds: Iterable[str]) -> int:
    """Some kinds of words.TYPES as `Parts.kinds` has them."""
    return sum(_BIT_OF[kind] for kind in kinds)


def _strings(values: list[str]) -> Any:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def _keys(values: list[str]) -> Any:
    return np.fromiter(map(hash, values), np.int64, len(values))


def _bits(numbers: Iterable[int]) -> int:
    return sum({1 << number % 62 for number in numbers})


def _ranks(places: Any) -> Any:
    """Bit 1 a city, bit 2 a county among the places. A province is told from neither: it is often left out."""
    city = (places != 0) & (places % 100 == 0) & (places % 10_000 != 0)
    county = places % 100 != 0
    return (city.any(axis=1) + 2 * county.any(axis=1)).astype(np.int8)
