"""Where a name is: codes of divisions, how two of them agree, and where in the master it is looked for.

Codes are whole numbers of six digits, 0 where no place is known; a function of columns takes numpy arrays of any one shape.
"""

from __future__ import annotations

from collections.abc import Sequence
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


def level(code: str) -> int:
    """0 unknown, 1 province, 2 city, 3 county."""
    return 0 if not code else 1 if code.endswith("0000") else 2 if code.endswith("00") else 3


def levels(codes: Any) -> Any:
    """The level of every code, 0 to 3."""
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


def best_agreements(mine: Any, theirs: Any) -> Any:
    """The best agreement of any two of several codes in each row; codes are (n, width), a row without any 0."""
    best = np.full(len(mine), -4, dtype=np.int8)
    for a in range(mine.shape[1]):
        for b in range(theirs.shape[1]):
            both = np.flatnonzero((mine[:, a] != 0) & (theirs[:, b] != 0))
            if len(both):
                best[both] = np.maximum(best[both], agreements(mine[both, a], theirs[both, b]))
    best[best == -4] = 0
    return best


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
