"""Provinces, cities and districts with their GB/T 2260 codes; typed names made standard, former names understood.

Present names come from an npm package put in place at set-up, names of 2002 to 2014 from a PyPI package
(docs/decisions/0005-geography.md). Names without the closing 省, 市, 县 or the names of peoples are understood too: 恩施 is
恩施土家族苗族自治州. What nobody knows is kept as typed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from kewei.kernel.names import fold

PROVINCE, CITY, DISTRICT = "province", "city", "district"

_FILE = Path(__file__).resolve().parents[2] / "assets" / "divisions" / "divisions.json"

_ENDINGS = (
    "特别行政区", "自治区", "自治州", "自治县", "自治旗", "联合旗", "行政区", "地区", "林区", "特区", "新区",
    "省", "市", "州", "区", "县", "旗", "盟",
)  # fmt: skip
_PEOPLES = (
    "蒙古族", "蒙古", "回族", "藏族", "维吾尔", "苗族", "彝族", "壮族", "布依族", "朝鲜族", "满族", "侗族", "瑶族", "白族",
    "土家族", "哈尼族", "哈萨克族", "哈萨克", "傣族", "黎族", "傈僳族", "佤族", "畲族", "拉祜族", "水族", "东乡族", "纳西族",
    "景颇族", "柯尔克孜族", "柯尔克孜", "土族", "达斡尔族", "达斡尔", "仫佬族", "羌族", "布朗族", "撒拉族", "毛南族", "仡佬族",
    "锡伯族", "锡伯", "阿昌族", "普米族", "塔吉克族", "塔吉克", "怒族", "鄂温克族", "德昂族", "保安族", "裕固族", "独龙族",
    "鄂伦春", "各族",
)  # fmt: skip
# Headings of the code table that are not places: 直辖县级行政区划 of 河南, 湖北, 海南, 新疆; 县 of 重庆; 市辖区.
_NOT_PLACES = {"省直辖县级行政区划", "自治区直辖县级行政区划", "县", "市辖区"}


@dataclass(frozen=True)
class Division:
    """A province, city or district: six digits and its present name."""

    code: str
    name: str

    @property
    def level(self) -> str:
        """province, city or district, as the digits say."""
        if self.code.endswith("0000"):
            return PROVINCE
        return CITY if self.code.endswith("00") else DISTRICT


class Place(NamedTuple):
    """Where something is: the code of the smallest division known, and three names, standard where known."""

    division: str
    province: str
    city: str
    district: str


def stem(name: str) -> str:
    """A place's name without its closing word and the names of peoples: 恩施土家族苗族自治州 -> 恩施."""
    bare = name
    for ending in _ENDINGS:
        if bare.endswith(ending) and len(bare) - len(ending) >= 2:
            bare = bare.removesuffix(ending)
            break
    shorter = True
    while shorter:
        shorter = False
        for people in _PEOPLES:
            if bare.endswith(people) and len(bare) - len(people) >= 2:
                bare, shorter = bare.removesuffix(people), True
    return bare


class Divisions:
    """The code table, asked by code and by name."""

    def __init__(self, rows: Iterable[tuple[str, str]], revisions: Iterable[Mapping[int, str]] = ()) -> None:
        """`rows` are (code, name) of today; `revisions` hold earlier years, code -> name, in any order."""
        self._names = dict(rows)
        self._revisions = revisions
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        self._children: dict[str, list[Division]] = defaultdict(list)
        self._places: dict[tuple[str, str, str], Place] = {}
        for code, name in sorted(self._names.items()):
            self._children[self._parent(code)].append(Division(code, name))
            if name not in _NOT_PLACES:
                self._by_name[name].append(code)
                for key in {stem(name), stem(name) + name[-1]} - {name}:
                    self._by_stem[key].append(code)

    def get(self, code: str) -> Division | None:
        """The division with this code today, or None."""
        name = self._names.get(code)
        return None if name is None else Division(code, name)

    def provinces(self) -> list[Division]:
        """All provinces, in the order of their codes."""
        return list(self._children[""])

    def cities(self, province: str) -> list[Division]:
        """Cities of a province's code, with the counties that stand directly under the province."""
        found: list[Division] = []
        for city in self._children[province]:
            if city.name in _NOT_PLACES and city.name != "县":
                found.extend(self._children[city.code])
            elif city.name != "县":
                found.append(city)
        return found

    def districts(self, city: str) -> list[Division]:
        """Districts of a city's code; for 重庆 its counties too."""
        counties = self._children[city[:2] + "0200"] if self._names.get(city[:2] + "0200") == "县" else []
        return [*self._children[city], *(counties if city.endswith("0100") else [])]

    def place(self, province: str, city: str, district: str) -> Place:
        """The place three typed names mean, any of them blank. Unknown names are kept as typed; never raises.

        ("湖北", "襄樊", "") -> (420600, 湖北省, 襄阳市, ""); ("", "荆门", "东宝区") -> (420802, 湖北省, 荆门市, 东宝区).
        """
        typed = (fold(province), fold(city), fold(district))
        if typed not in self._places:
            self._places[typed] = self._find_place(*typed)
        return self._places[typed]

    def place_of(self, code: str) -> Place | None:
        """The three names of a division's code, or None for a code that is not of today."""
        if code not in self._names:
            return None
        city = self._city_of(code)
        province = self._names.get(code[:2] + "0000", "")
        if code.endswith("0000"):
            return Place(code, province, "", "")
        if city == code:
            return Place(code, province, self._names[code], "")
        return Place(code, province, self._names[city], self._names[code])

    def find(self, text: str, within: str = "") -> list[Division]:
        """Divisions a name means, by present name, then without its ending, then by a former name; under `within` only."""
        name = fold(text)
        for index in (self._by_name, self._by_stem):
            if found := [code for code in index.get(name, ()) if self._under(code, within)]:
                return [Division(code, self._names[code]) for code in found]
        former = [code for code in self._former.get(name, ()) if self._under(code, within)]
        return [Division(code, self._names[code]) for code in former]

    # --- below: how it is done

    def _find_place(self, province: str, city: str, district: str) -> Place:
        if not province:
            province = next((p.name for p in self.provinces() if city.startswith(p.name) and city != p.name), "")
        at_province = self._one(province, "", (PROVINCE,))
        if province and not at_province:
            return Place("", province, city, district)  # what contradicts itself is left as it was typed
        within = at_province[:2]
        at_city = self._one_below(city, at_province, within, (CITY,)) or self._one_below(
            city, at_province, within, (DISTRICT,)
        )
        if not city and within and self._is_municipality(at_province):
            at_city = f"{within}0100"
        scope = self._scope(at_city) or within
        at_district = "" if city and not at_city else self._one_below(district, at_city, scope, (DISTRICT,))
        best = at_district or at_city or at_province
        place = self.place_of(best)
        if place is None:
            return Place("", province, city, district)
        kept = district.removeprefix(place.province).removeprefix(place.city)
        return Place(
            best,
            place.province or province,
            place.city or city,
            place.district if at_district else (kept or district or place.district),
        )

    def _one_below(self, text: str, above: str, within: str, levels: tuple[str, ...]) -> str:
        """The one division the text means, also where the name above it stands before it: 湖北省荆门市, 荆门市东宝区."""
        if found := self._one(text, within, levels):
            return found
        name = self._names.get(above, "")
        for prefix in (name, stem(name)):
            if prefix and text.startswith(prefix):
                return self._one(text.removeprefix(prefix), within, levels)
        return ""

    def _one(self, text: str, within: str, levels: tuple[str, ...]) -> str:
        """The one division of these levels that the text means; '' for none and for several."""
        if not text:
            return ""
        found = [d.code for d in self.find(text, within) if d.level in levels]
        return found[0] if len(found) == 1 else ""

    def _scope(self, city: str) -> str:
        if not city:
            return ""
        return city[:2] if self._is_municipality(city[:2] + "0000") else city[:4]

    def _is_municipality(self, code: str) -> bool:
        return self._names.get(code[:2] + "0100") == self._names.get(code)

    def _under(self, code: str, within: str) -> bool:
        return code.startswith(within)

    def _city_of(self, code: str) -> str:
        """The code of the city a district belongs to; a county directly under its province is its own city."""
        city = code[:4] + "00"
        name = self._names.get(city, "")
        if name == "县":
            return code[:2] + "0100"
        return code if name in _NOT_PLACES or not name else city

    def _parent(self, code: str) -> str:
        if code.endswith("0000"):
            return ""
        return code[:2] + "0000" if code.endswith("00") else code[:4] + "00"

    @cached_property
    def _former(self) -> dict[str, list[str]]:
        """Former name (also without its ending) -> today's codes that took its place."""
        found: dict[str, set[str]] = defaultdict(set)
        for revision in self._revisions:
            for number, name in revision.items():
                code = str(number)
                if name in _NOT_PLACES or self._names.get(code) == name:
                    continue
                if successor := self._successor(code, name):
                    found[name].add(successor)
                    found[stem(name)].add(successor)
        return {name: sorted(codes) for name, codes in found.items()}

    def _successor(self, code: str, name: str) -> str:
        """Today's code for a code of an earlier year: the same, else the same stem nearby, else the city around it."""
        if code in self._names:
            return code
        wanted = stem(name)
        for nearby in (code[:4], code[:2]):
            for index, key in ((self._by_name, name), (self._by_stem, wanted)):
                same = [c for c in index.get(key, ()) if c.startswith(nearby)]
                if len(same) == 1:
                    return same[0]
        city = code[:4] + "00"
        return city if city in self._names and not code.endswith("00") else ""


@cache
def divisions() -> Divisions:
    """The code table of this installation. Raises RuntimeError where set-up has not put it in place."""
    if not _FILE.exists():
        raise RuntimeError(f"{_FILE.name} is missing: run `make setup`")
    return Divisions(json.loads(_FILE.read_text(encoding="utf-8")), _EarlierYears())


class _EarlierYears:
    """The revisions of 2002 to 2014, loaded when a name is not one of today's: it takes a third of a second."""

    def __iter__(self):
        from gb2260.data import data

        return iter(data.values())
