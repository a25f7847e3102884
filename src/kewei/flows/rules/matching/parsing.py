"""A typed name taken apart: written one way, split from its brackets, then place, ordinal, kind, branch and what is left.

Pure strings. The gazetteer is the code table of divisions with its earlier years (terminals.rules.divisions).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from operator import add

from kewei.flows.rules.matching.places import MUNICIPALITIES
from kewei.flows.rules.matching.words import (
    BRANCHES,
    COMMON,
    DESKS,
    LEGAL,
    LOOK_ALIKE,
    OWNED,
    SAME,
    SCHOOLS,
    SIMPLE,
    TYPES,
)
from kewei.kernel.names import fold
from kewei.terminals.rules.divisions import divisions, stem

_CHARACTERS = str.maketrans({**SIMPLE, **LOOK_ALIKE})
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_ORDINAL = re.compile(
    r"(?<!\d)第?([一二三四五六七八九十]{1,3}|\d{1,2})(?=(?:中西|中医|人民|附属|职工|临床|妇幼|口腔|精神|康复|矿工|医院|院|社区|综合|中心|门诊|分院|公费|卫生|儿童|部|传染|冶|建|机|棉))"
)
_SHORT_AFFILIATED = re.compile(r"(?<=[大学院医])(?:附属?)?([一二三四五六七八九])(?:附属?)院$")
_AFFILIATED = re.compile(r"附(?:属)?#(\d+)")
_UNIT = re.compile(r"(?<![一二三四五六七八九十\d])([一二三四五六七八九0-9o]{2,5})(?![一二三四五六七八九十\d])")
_BRACKETS = re.compile(r"[(\[【〔〈《「{]([^)\]】〕〉》」}]*)[)\]】〕〉》」}]?")
_SPLIT = re.compile(r"[;；/、|]|又名|原名|简称|曾用名|别名")
_HOLDS_MORE = re.compile(r"[(\[【〔〈《「{;；/、|]|又名|原名|简称|曾用名|别名")
_BRANCH_IN_BRACKETS = re.compile(r"\(([^()]{2,12}(?:店|院区|分院|分部|分店)|[东西南北本]区|[东西南北]院|本部)\)")
_NOISE = re.compile(r"[\s\-—_·・.,，。:：'\"“”‘’*#!?？！~]+")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A name taken apart. `places` are codes of divisions it names, the smallest last, `place` the word for that one without
    its ending; `head` is its proper name."""

    text: str
    places: tuple[str, ...]
    rest: str
    head: str
    ordinals: frozenset[int]
    kinds: frozenset[str]
    branch: str
    owned: bool
    school: str = ""
    place: str = ""
    others: tuple[tuple[str, int], ...] = field(default=(), compare=False)


@lru_cache(maxsize=1 << 12)
def clean(text: str) -> str:
    """NFKC, simplified characters, no spaces nor punctuation except brackets and separators."""
    folded = fold(text).translate(_CHARACTERS).replace("（", "(").replace("）", ")")
    return _NOISE.sub("", folded)


def forms(text: str) -> list[tuple[str, int]]:
    """The name and the other names it holds, each with how it was found (MAIN, BRACKET, HALF, SCHOOL-less).

    The first is the one to go by: 沈阳市骨科医院(沈阳市骨科研究所) -> 沈阳市骨科医院, 沈阳市骨科研究所.
    """
    whole = clean(text)
    inside: list[str] = []
    pieces = [whole] if whole else []
    if _HOLDS_MORE.search(whole):
        # (中山路店) says which branch it is, and belongs to the name.
        whole = _BRANCH_IN_BRACKETS.sub(r"\1", whole)
        inside = [piece.removeprefix("原") for found in _BRACKETS.findall(whole) for piece in _SPLIT.split(found)]
        pieces = [piece for piece in _SPLIT.split(_BRACKETS.sub("", whole)) if piece]
    named = [piece for piece in inside if len(piece) >= 4 and _looks_like_a_name(piece)]
    names = pieces + named
    halves = [half for name in names for half in _two_in_one(name)]
    bare = [without for name in (*names, *halves) if (without := _without_school(name))]
    found: dict[str, int] = {}
    for how, some in ((MAIN, pieces[:1]), (BRACKET, names), (HALF, halves), (SCHOOLLESS, bare)):
        for name in some:
            found.setdefault(name, how)
    return list(found.items()) or [(whole, MAIN)]


MAIN, BRACKET, HALF, SCHOOLLESS = range(4)
_ENDS = ("医院", "总院", "保健院", "防治院", "疗养院", "研究所", "防治所", "保健所", "保健站", "中心")


def _two_in_one(name: str) -> list[str]:
    """沈阳市第六人民医院沈阳市传染病医院 is two names of one institution, each beginning with a place."""
    if len(name) < 9:
        return []
    for end in _ENDS:
        at = name.find(end)
        if at < 2:
            continue
        first, second = name[: at + len(end)], name[at + len(end) :]
        if len(second) >= 5 and _looks_like_a_name(second) and _begins_a_name(second, _places_of(first)):
            return [first, *(_two_in_one(second) or [second])]
    for joint in ("暨", "即", "原", "又称"):
        first, _, second = name.partition(joint)
        if len(first) >= 4 and len(second) >= 4 and _looks_like_a_name(first) and _looks_like_a_name(second):
            return [first, second]
    return []


def _begins_a_name(text: str, beside: set[str]) -> bool:
    """It begins with a place of the same province as the name before it, or with an army: 九台 in 北京 is no town of 吉林."""
    if text.startswith(("中国", "解放军")):
        return True
    found = _places_of(text)
    return bool(found) and (not beside or bool(found & beside))


def _places_of(text: str) -> set[str]:
    """The provinces (two digits) of the places a text may begin with."""
    return {code[:2] for length in (2, 3, 4) for code in _by_text().get(text[:length], ())}


_SCHOOL = re.compile(
    r"^.{2,12}?(?:大学|医大|医学院|学院|学校|研究院|科学院)(?:医学院|医学部|第.临床医学院)?(?:附属|教学|临床|教育)?"
)


_SCHOOLED = re.compile("大学|医大|学院|学校|研究院|科学院")


def _less_school(name: str) -> str:
    return _SCHOOL.sub("", name, count=1) if _SCHOOLED.search(name) else name


def _without_school(name: str) -> str:
    """首都医科大学附属北京友谊医院 is called 北京友谊医院 too; what is left must have a proper name of its own."""
    left = _less_school(name)
    if (
        left == name
        or len(left) < 4
        or left.startswith(("第", "附", "医院", "校医", "医学", "临床"))
        or left[0] in _DIGITS
    ):
        return ""
    parsed = _parse(left, ())
    return left if parsed.head or parsed.places else ""


def _looks_like_a_name(piece: str) -> bool:
    return piece.endswith(("院", "所", "中心", "站", "店", "房", "室", "诊部")) or "医院" in piece


def one_way(name: str) -> str:
    """Desks and legal forms cut off, one word for one thing, ordinals as #n."""
    if name.endswith(DESKS) and not name.endswith("大药房"):
        for desk in DESKS:
            if name.endswith(desk) and len(name) - len(desk) >= 4:
                name = name.removesuffix(desk)
                break
    if _LEGAL.search(name):
        for legal in LEGAL:
            name = name.replace(legal, "") if len(name) - len(legal) >= 3 else name
    if name.startswith(_SCHOOL_STARTS):
        for school, full in SCHOOLS:
            if name.startswith(school) and not name.startswith(full):
                name = full + name.removeprefix(school)
                break
    name = _same(name).replace("医大大", "医大")
    if not _NUMBERS.isdisjoint(name):
        name = _SHORT_AFFILIATED.sub(r"附属第\1医院", name)
        name = _UNIT.sub(lambda found: "".join(str(_DIGITS.get(c, c)) for c in found.group(1)).replace("o", "0"), name)
        name = _ORDINAL.sub(lambda found: f"#{_number(found.group(1))}", name)
    if "#" in name:
        name = _AFFILIATED.sub(r"附属#\1", name)
        name = re.sub(r"#(\d+)附属", r"附属#\1", name)
        name = re.sub(r"附(?=#\d)", "附属", name)
        name = re.sub(r"#(\d+)院$", r"#\1医院", name.replace("附属属", "附属"))
    if "附" in name:
        name = re.sub(r"(?<=[大学院])附院$", "附属医院", name.replace("附属属", "附属"))
        name = re.sub(r"附属(?!#|医院)", "", name)  # 天津医科大学附属肿瘤医院, 天津医科大学肿瘤医院
    if name.endswith(("县医院", "旗医院")):
        name = name.removesuffix("医院") + "人民医院"
    return name


class _Swaps:
    """Words of a list put in the place of others, in the order of the list; only those a text may hold are looked for."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._pairs = list(pairs)
        self._by_start: dict[str, list[int]] = defaultdict(list)
        for number, (word, _other) in enumerate(self._pairs):
            self._by_start[word[:2]].append(number)

    def __call__(self, text: str) -> str:
        next_ = 0
        while (found := self._first(text, next_)) is not None:
            text = text.replace(*self._pairs[found])
            next_ = found + 1
        return text

    def words_in(self, text: str) -> Iterable[str]:
        """The words that a text holds."""
        for start in _starts(text):
            for number in self._by_start.get(start, ()):
                if self._pairs[number][0] in text:
                    yield self._pairs[number][0]

    def _first(self, text: str, next_: int) -> int | None:
        by_start, pairs = self._by_start, self._pairs
        best = None
        for start in _starts(text):
            for number in by_start.get(start, ()):
                if number >= next_ and (best is None or number < best) and pairs[number][0] in text:
                    best = number
        return best


def _starts(text: str) -> set[str]:
    """All that a word within a text can begin with: every two characters, and each for words of one."""
    return {*text, *map(add, text, text[1:])}


_same = _Swaps(SAME)
_typed = _Swaps((word, "") for _kind, words in TYPES for word in words)
_KIND_OF = {word: kind for kind, words in TYPES for word in words}
_LEGAL = re.compile("|".join(map(re.escape, LEGAL)))
_SCHOOL_STARTS = tuple(school for school, _full in SCHOOLS)
_NUMBERS = frozenset("一二三四五六七八九十0123456789")


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * (_DIGITS.get(tens, 1) if tens else 1) + (_DIGITS.get(ones, 0) if ones else 0)
    return _DIGITS.get(text[-1], 0)


@lru_cache(maxsize=1 << 15)
def parse(text: str) -> Parsed:
    """A name, its brackets split off, taken apart."""
    (first, _how), *others = forms(text)
    return _parse(first, tuple(others))


@lru_cache(maxsize=1 << 13)
def parse_part(text: str) -> Parsed:
    """One of the names a name holds, taken apart; brackets are not looked for again."""
    return _parse(text, ())


def variants(text: str) -> list[tuple[Parsed, int]]:
    """Every name a text holds, taken apart, with how it was found; the one to go by is first."""
    main = parse(text)
    return [(main, MAIN), *((parse_part(other), how) for other, how in main.others)]


_OF_HERE = re.compile(
    r"(市|省|县|区|自治区)(?=第?[一二三四五六七八九十\d]|[人中妇儿传精结口肿职皮立医胸])|第?[一二三四五六七八九]院$"
)


def in_full(name: str, province: str, city: str, county: str) -> str:
    """What people write who are of the place themselves, with the place their row states: 市一院 -> 合肥市一院."""
    text = clean(name)
    found = _OF_HERE.match(text)
    if found is None or _longest_place(text, ()):
        return name
    rank = found.group(1)
    if rank is None:
        return f"{city.strip()}{text}"
    places = {"市": city, "省": province, "自治区": province}.get(rank, county).strip()
    return f"{places}{text.removeprefix(rank)}" if places.endswith(rank) else name


def normalise(name: str) -> str:
    """A name as keys of aliases and products compare it: NFKC, simplified, without spaces and punctuation. Idempotent."""
    return clean(name)


def _parse(name: str, others: tuple[tuple[str, int], ...]) -> Parsed:
    whole = one_way(name)
    places, place, rest, owned = _leading_places(whole)
    ordinals = frozenset(map(int, _NUMBERED.findall(rest))) if "#" in rest else frozenset()
    kinds = frozenset(_KIND_OF[word] for word in _typed.words_in(whole))
    if "west_tcm" in kinds:
        kinds -= {"tcm"}
    if "clinic_station" in kinds:
        kinds -= {"community", "township"}  # 东小口社区卫生服务中心九台社区卫生服务站 is the station
    branch = _branch(name, rest)
    head = _typed(_NUMBERED.sub("", _less_school(rest) or rest))
    for word in COMMON:
        head = head.replace(word, "")
    head = head.rstrip("院所站店室")
    return Parsed(whole, places, rest, head, ordinals, kinds, branch, owned, _school(whole), place, others)


_NUMBERED = re.compile(r"#(\d+)")


def _branch(name: str, rest: str) -> str:
    """The part of an institution a name says: ...院区, ...分院, or what follows its 医院 (总医院龙南医院); '' for the whole.

    A second name of the whole (…人民医院长沙市传染病医院) is no branch.
    """
    if _BRANCHED.search(rest, 2):
        for word in BRANCHES:
            if (at := rest.find(word, 2)) >= 0:
                return rest[: at + len(word)]
    _whole, found, tail = rest.partition("医院")
    if not found or len(tail) < 2 or tail in ("集团", "本部", "公司") or _two_in_one(name):
        return ""
    return tail


_OF_SCHOOLS = re.compile("大学|医大|医学院|军医|学院")
_SCHOOL_WORD = re.compile(r"^([^院所]{1,10}?(?:大学|(?:中)?医大|(?:中)?医(?=学院)|军医|学院))")


_BRANCHED = re.compile("|".join(BRANCHES))


def _school(whole: str) -> str:
    """The university or college a name begins with, as it was before and after it became a university.

    浙江大学医学院附属#1医院 -> 浙江大学; 温州医学院附属医院, 温州医大附属医院 -> 温州医.
    """
    found = _SCHOOL_WORD.match(whole) if _OF_SCHOOLS.search(whole) else None
    return re.sub(r"[市省县]", "", found.group(1)).removesuffix("学院").replace("医大", "医") if found else ""


def _leading_places(name: str) -> tuple[tuple[str, ...], str, str, bool]:
    """Codes of the places a name may begin with, the word for the last, what is left, and whether that is a school's or a works'.

    武汉大学人民医院 is the university's: nothing is cut before 大学, but 武汉 is told.
    """
    places: tuple[str, ...] = ()
    place, rest = "", name
    while True:
        found = _longest_place(rest, places)
        if found is None:
            break
        codes, length = found
        after = rest[length:]
        if after.startswith(OWNED):
            return codes, "", rest, True
        if len(after) < 2 or after in _TOO_LITTLE:
            places = codes
            break
        places, place, rest = codes, stem(rest[:length]), after
    return places, place, rest, any(word in rest for word in OWNED)


_TOO_LITTLE = {"区", "市", "县"}


def _longest_place(text: str, before: tuple[str, ...]) -> tuple[tuple[str, ...], int] | None:
    known = _by_text()
    if text[:2] not in _place_starts() or text.startswith("解放军"):
        return None
    for length in range(min(len(text) - 1, 12), 1, -1):
        found = known.get(text[:length])
        if found and (codes := _under(found, before)):
            return codes, length
    return None


def _under(codes: tuple[str, ...], before: tuple[str, ...]) -> tuple[str, ...]:
    """Those of some divisions that lie under one named before them."""
    if not before:
        return codes
    return tuple(code for code in codes if any(code.startswith(scope_of(above)) for above in before))


@cache
def _place_starts() -> frozenset[str]:
    return frozenset(text[:2] for text in _by_text())


def scope_of(code: str) -> str:
    """The digits that all divisions under one begin with; a municipality is one with its province."""
    if code.endswith("0000") or code[:2] in MUNICIPALITIES:
        return code[:2] if code.endswith("00") else code
    return code[:4] if code.endswith("00") else code


@cache
def _by_text() -> dict[str, tuple[str, ...]]:
    """Every name of a division, present and former, with and without its ending -> codes of today."""
    table = divisions()
    found: dict[str, set[str]] = {}
    for code, name in table._names.items():
        bare = stem(name)
        for text in {name, bare, bare + name[-1]}:
            if len(text) >= 2:
                found.setdefault(text, set()).add(code)
    for name, codes in table._former.items():
        if len(name) >= 2:
            found.setdefault(name, set()).update(codes)
    # 聊城地区 is 聊城市 of today, 长清县 长清区, whether or not an earlier table is at hand that says so.
    for bare in sorted({stem(name) for name in table._names.values()}):
        if len(bare) < 2:
            continue
        of_bare = found[bare]
        for ending in ("市", "县", "区"):
            found.setdefault(bare + ending, of_bare)
        if of_cities := {code for code in of_bare if code.endswith("00") and not code.endswith("0000")}:
            found.setdefault(bare + "地区", of_cities)
    for text in (
        "市辖区",
        "县",
        "省直辖县级行政区划",
        "自治区直辖县级行政区划",
        "中医",
        "城区",
        "矿区",
        "郊区",
        "新区",
    ):
        found.pop(text, None)
    return {text: tuple(sorted(codes)) for text, codes in found.items()}
