"""Where a name is: codes of divisions, how two of them agree, and where in the master it is looked for."""

from __future__ import annotations

from collections.abc import Sequence

from kewei.terminals.rules.divisions import divisions

# 北京, 天津, 上海, 重庆: province and city are one.
MUNICIPALITIES = ("11", "12", "31", "50")


def place_code(province: str, city: str, county: str) -> str:
    """The code of the smallest division three typed names mean; '' where none is known."""
    return divisions().place(province, city, county).division


def city_of(code: str) -> str:
    """Digits shared by everything in the city of a division: four, or the two of a municipality; '' for a province."""
    if code[:2] in MUNICIPALITIES:
        return code[:2]
    return "" if not code or code.endswith("0000") else code[:4]


def level(code: str) -> int:
    """0 unknown, 1 province, 2 city, 3 county."""
    return 0 if not code else 1 if code.endswith("0000") else 2 if code.endswith("00") else 3


def agreement(mine: str, theirs: str) -> int:
    """3 same county, 2 same city, 1 same province, 0 one of them unknown; -3 other province, -2 other city, -1 other county."""
    if not mine or not theirs:
        return 0
    if mine[:2] != theirs[:2]:
        return -3
    if mine.endswith("0000") or theirs.endswith("0000"):
        return 1
    if city_of(mine) != city_of(theirs):
        return -2
    if mine.endswith("00") or theirs.endswith("00"):
        return 2
    return 3 if mine == theirs else -1


def best_agreement(mine: Sequence[str], theirs: Sequence[str]) -> int:
    """The best agreement of any two of several codes."""
    return max((agreement(a, b) for a in mine for b in theirs), default=0)


def scopes(stated: str, named: Sequence[str]) -> tuple[str, ...]:
    """Where a name is looked for: the city stated and those it names; else the province; else everywhere ('')."""
    city = city_of(stated)
    cities = {city_of(one) for one in named if city_of(one)}
    if any(one[:2] == stated[:2] for one in named):
        cities = {one for one in cities if one[:2] == stated[:2]}
    cities |= {city} if city else set()
    if cities:
        return tuple(sorted(cities))
    provinces = {one[:2] for one in (stated, *named) if one}
    return tuple(sorted("p" + one for one in provinces)) or ("",)
