"""Where a name is: codes of divisions, how two of them agree, and where in the master it is looked for.

Codes are whole numbers of six digits, 0 where no place is known; a function of columns takes numpy arrays of any one shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from kewei.terminals.rules.divisions import divisions

# 北京, 天津, 上海, 重庆: province and city are one.
MUNICIPALITIES = ("11", "12", "31", "50")
_MUNICIPAL = np.zeros(100, dtype=bool)
_MUNICIPAL[[int(one) for one in MUNICIPALITIES]] = True
ANYWHERE = 0


def place_code(province: str, city: str, county: str) -> str:
    """The code of the smallest division three typed names mean; '' where none is known."""
    return divisions().place(province, city, county).division


def number_of(code: str) -> int:
    """A division's code as a number."""
    return int(code) if code else 0


def levels(codes: Any) -> Any:
    """The level of every code: 0 unknown, 1 province, 2 city, 3 county."""
    return np.where(codes == 0, 0, np.where(codes % 10_000 == 0, 1, np.where(codes % 100 == 0, 2, 3)))


def cities(codes: Any) -> Any:
    """The first four digits of the city of every code, one number for a whole municipality; 0 for a province."""
    province = codes // 10_000
    return np.where(_MUNICIPAL[province], province * 100, np.where(codes % 10_000 == 0, 0, codes // 100))


def agreements(mine: Any, theirs: Any) -> Any:
    """3 same county, 2 same city, 1 same province, 0 one of them unknown; -3 other province, -2 other city, -1 other county."""
    found = np.where(mine == theirs, 3, -1).astype(np.int8)
    found[(mine % 100 == 0) | (theirs % 100 == 0)] = 2
    found[cities(mine) != cities(theirs)] = -2
    found[(mine % 10_000 == 0) | (theirs % 10_000 == 0)] = 1
    found[mine // 10_000 != theirs // 10_000] = -3
    found[(mine == 0) | (theirs == 0)] = 0
    return found


def agreement(mine: int, theirs: int) -> int:
    """As `agreements`, of two codes."""
    if not mine or not theirs:
        return 0
    if mine // 10_000 != theirs // 10_000:
        return -3
    if not mine % 10_000 or not theirs % 10_000:
        return 1
    if not _MUNICIPAL[mine // 10_000] and mine // 100 != theirs // 100:
        return -2
    if not mine % 100 or not theirs % 100:
        return 2
    return 3 if mine == theirs else -1


def best_agreements(mine: Any, theirs: Any) -> Any:
    """The best agreement of any two of several codes in each row; codes are (n, width), 0 where a row has fewer."""
    best = np.full(len(mine), -4, dtype=np.int8)
    for a, b, both in _both_named(mine, theirs):
        best[both] = np.maximum(best[both], agreements(mine[both, a], theirs[both, b]))
    best[best == -4] = 0
    return best


def share_a_place(mine: Any, theirs: Any, from_level: int = 1) -> Any:
    """Whether two rows of codes have one in common, of that level or smaller."""
    found = np.zeros(len(mine), dtype=bool)
    for a, b, both in _both_named(mine, theirs):
        same = mine[both, a] == theirs[both, b]
        found[both] |= same if from_level == 1 else same & (levels(mine[both, a]) >= from_level)
    return found


def _both_named(mine: Any, theirs: Any) -> Iterator[tuple[int, int, Any]]:
    """Columns of either side with the rows in which both name a place; most names have one place, few have more."""
    for a in range(mine.shape[1]):
        mine_has = mine[:, a] != 0
        if not mine_has.any():
            return
        for b in range(theirs.shape[1]):
            both = np.flatnonzero(mine_has & (theirs[:, b] != 0))
            if not len(both):
                break
            yield a, b, both


def scopes(stated: str, named: Sequence[str]) -> tuple[int, ...]:
    """Where a name is looked for: the city stated and those it names; else the province (negative); else ANYWHERE."""
    city = city_of(stated)
    found = {city_of(one) for one in named if city_of(one)}
    if any(one[:2] == stated[:2] for one in named):
        found = {one for one in found if one // 100 == int(stated[:2])}
    found |= {city} if city else set()
    if found:
        return tuple(sorted(found))
    provinces = {int(one[:2]) for one in (stated, *named) if one}
    return tuple(sorted(-one for one in provinces)) or (ANYWHERE,)


def city_of(code: str) -> int:
    """As `cities`, of one code."""
    if code[:2] in MUNICIPALITIES:
        return int(code[:2]) * 100
    return 0 if not code or code.endswith("0000") else int(code[:4])
