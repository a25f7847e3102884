"""查重: whether two names may be one terminal, and why (domain 5.6; docs/algorithms/duplicates.md).

A score alone ranks 第一人民医院 and 第三人民医院 above many a true pair. So a name is first taken apart into place, core,
ordinal, sort and branch; what contradicts is never a match; only then are the cores compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz, process

from kewei.kernel.names import fold
from kewei.kernel.refusals import N_
from kewei.terminals.rules.divisions import divisions, stem

CREDIT_CODE, LICENCE, SAME_NAME, SAME_PARTS, CONTAINED, ALIKE, ADDRESS, PHONE = (
    "credit_code", "licence", "same_name", "same_parts", "contained", "alike", "address", "phone",
)  # fmt: skip
REASONS: dict[str, str] = {
    CREDIT_CODE: N_("统一社会信用代码相同"),
    LICENCE: N_("证照号相同"),
    SAME_NAME: N_("名称相同"),
    SAME_PARTS: N_("字号、序号、类型都相同"),
    CONTAINED: N_("一个名称包含另一个的字号"),
    ALIKE: N_("字号相近"),
    ADDRESS: N_("地址相同"),
    PHONE: N_("联系电话相同"),
}

# How sure each reason is, out of a hundred; our own judgement, measured in docs/algorithms/duplicates.md.
SURE = {SAME_NAME: 98, SAME_PARTS: 92, CONTAINED: 75}
ALIKE_FROM = 80
# Another district of the same city may be a wrong one, or another hospital.
OTHER_DISTRICT = 15
EVIDENCE = {ADDRESS: 8, PHONE: 8}

# Endings that say what sort of place it is: written -> (sort, family). The first that fits counts.
_SORTS: tuple[tuple[str, str, str], ...] = (
    ("中西医结合医院", "combined", "hospital"),
    ("妇幼保健计划生育服务中心", "mother_child", "hospital"),
    ("妇幼保健院", "mother_child", "hospital"),
    ("妇幼保健站", "mother_child", "hospital"),
    ("妇幼保健所", "mother_child", "hospital"),
    ("妇保院", "mother_child", "hospital"),
    ("社区卫生服务中心", "community_centre", "primary"),
    ("社区卫生服务站", "community_station", "primary"),
    ("疾病预防控制中心", "cdc", "cdc"),
    ("疾控中心", "cdc", "cdc"),
    ("精神卫生中心", "mind", "hospital"),
    ("精神病医院", "mind", "hospital"),
    ("中医医院", "chinese", "hospital"),
    ("中医院", "chinese", "hospital"),
    ("口腔医院", "teeth", "hospital"),
    ("眼科医院", "eyes", "hospital"),
    ("肿瘤医院", "cancer", "hospital"),
    ("儿童医院", "children", "hospital"),
    ("妇产医院", "women", "hospital"),
    ("妇产科医院", "women", "hospital"),
    ("传染病医院", "infection", "hospital"),
    ("骨科医院", "bones", "hospital"),
    ("康复医院", "rehabilitation", "hospital"),
    ("红十字会医院", "red_cross", "hospital"),
    ("红十字医院", "red_cross", "hospital"),
    ("民族医院", "peoples", "hospital"),
    ("防治院", "prevention", "hospital"),
    ("防治所", "prevention", "hospital"),
    ("研究所", "institute", "hospital"),
    ("疗养院", "sanatorium", "hospital"),
    ("光荣院", "veterans", "hospital"),
    ("福利院", "welfare", "hospital"),
    ("人民医院", "people", "general"),
    ("中心医院", "central", "general"),
    ("职工医院", "workers", "general"),
    ("附属医院", "attached", "general"),
    ("总医院", "main", "general"),
    ("医院", "", "general"),
    ("中心卫生院", "township", "primary"),
    ("乡镇卫生院", "township", "primary"),
    ("卫生院", "township", "primary"),
    ("卫生室", "village", "primary"),
    ("卫生所", "health_post", "primary"),
    ("医务室", "sickroom", "clinic"),
    ("门诊部", "outpatients", "clinic"),
    ("诊所", "clinic", "clinic"),
    ("大药房", "pharmacy", "pharmacy"),
    ("药房", "pharmacy", "pharmacy"),
    ("药店", "pharmacy", "pharmacy"),
    ("药铺", "pharmacy", "pharmacy"),
)
_LEGAL = re.compile(r"(股份有限公司|有限责任公司|有限公司|连锁公司|总公司|公司|连锁|集团)")
_NUMERAL = "零一二三四五六七八九十百"
_ORDINAL = re.compile(rf"第([{_NUMERAL}〇○o\d]+)")
_DIGITS = re.compile(r"\d+")
# Numbers as units of the army write them: 三〇九医院, 一四一医院, 二十四团.
_SPELT = re.compile(r"[零〇○o一二三四五六七八九十百]{2,}")
_SPELT_DIGITS = str.maketrans("零〇○o一二三四五六七八九", "0000123456789")
_BRACKETS = re.compile(r"[((]([^()()]*)[))]")
_BRANCH_END = re.compile(r"(分店|分院|院区|校区|门店|店)$")
_SHOP = re.compile(
    r"^(.*?(?:大药房|药房|药店))(?:连锁)?(?:股份)?(?:有限)?(?:责任)?(?:公司)?([^医院]{1,20}?(?:分店|门店|店))$"
)
# Places below the city, as names write them one after the other: 密云区 太师屯镇 上庄子村.
_BELOW = re.compile(
    r"^([^县区旗市镇乡村]{1,6}?(?:自治县|县|自治旗|旗|(?<![社小地矿城园校院])区|市|街道|镇|乡|村))(?=.{2})"
)
_NOISE = re.compile(r"[\s·\-—_,.,。、/]+")


class Parts(NamedTuple):
    """A name taken apart; `level` are the places below the city it begins with, `provinces` those it mentions anywhere."""

    level: str
    core: str
    ordinal: tuple[int, ...]
    sort: str
    family: str
    branch: str
    provinces: frozenset[str]

    @property
    def plain(self) -> bool:
        """Whether the name has nothing of its own: 朝阳区第二医院 is told from others by place and ordinal only."""
        return not self.core


@dataclass(frozen=True, slots=True)
class Card:
    """What of a card is compared: all its names, its codes, where it is."""

    pk: int
    names: tuple[str, ...]
    credit_code: str = ""
    licences: frozenset[str] = frozenset()
    province: str = ""
    city: str = ""
    district: str = ""
    address: str = ""
    phones: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """Two cards that may be one: reasons, the gravest first, and how sure out of a hundred; `certain` by a key alone."""

    reasons: tuple[str, ...]
    score: int

    @property
    def certain(self) -> bool:
        """A key says so: the same credit code or the same licence number."""
        return bool({CREDIT_CODE, LICENCE} & set(self.reasons))


def compare(one: Card, other: Card) -> Match | None:
    """Whether two cards may be one terminal; None where nothing says so or something contradicts.

    Different credit codes do not contradict by themselves: the same pharmacy may have been re-registered.
    """
    reasons: list[str] = []
    if one.credit_code and one.credit_code == other.credit_code:
        reasons.append(CREDIT_CODE)
    if one.licences & other.licences:
        reasons.append(LICENCE)
    if not reasons and _elsewhere(one, other):
        return None
    best = max(
        (found for a in _forms(one) for b in _forms(other) if (found := compare_parts(a, b, one, other))),
        key=lambda found: found[1],
        default=None,
    )
    if best is None and not reasons:
        return None
    score = 100 if reasons else 0
    if best is not None:
        reasons.append(best[0])
        score = max(score, best[1])
    for reason, same in ((ADDRESS, _same_address(one, other)), (PHONE, bool(one.phones & other.phones))):
        if same:
            reasons.append(reason)
            score = score if score >= 99 else min(99, score + EVIDENCE[reason])
    return Match(tuple(reasons), score)


def compare_parts(a: Parts, b: Parts, one: Card, other: Card) -> tuple[str, int] | None:
    """(reason, score) of two names taken apart; None for what never matches or is not alike."""
    if contradict(a, b):
        return None
    if a.plain or b.plain:
        # Nothing but place, ordinal and sort: then all three must be the same, and the district too where both have one.
        if a.plain != b.plain or bool(a.level) != bool(b.level) or a.sort != b.sort or a.ordinal != b.ordinal:
            return None
        if _other_district(one, other):
            return None
        return (SAME_NAME, SURE[SAME_NAME])
    if a.ordinal != b.ordinal or bool(a.branch) != bool(b.branch):
        return None
    if a.core == b.core:
        reason = SAME_NAME if a.sort == b.sort and bool(a.level) == bool(b.level) else SAME_PARTS
        return (reason, SURE[reason] - (OTHER_DISTRICT if _other_district(one, other) else 0))
    short, long = sorted((a.core, b.core), key=len)
    # At the end only: 同济医学院附属协和 is 协和, 西南师范大学 is not 西南.
    if len(short) >= 2 and long.endswith(short) and len(long) - len(short) >= 2:
        return (CONTAINED, SURE[CONTAINED])
    if len(short) < 4:
        return None  # 李刚 and 李强 are two people
    alike = round(fuzz.ratio(a.core, b.core))
    return (ALIKE, alike * 9 // 10) if alike >= ALIKE_FROM else None


def contradict(a: Parts, b: Parts) -> bool:
    """Whether two names can never be one: another ordinal, sort, branch, province or place below the city."""
    if a.ordinal and b.ordinal and a.ordinal != b.ordinal:
        return True
    if a.branch and b.branch and a.branch != b.branch:
        return True
    if a.provinces and b.provinces and not a.provinces & b.provinces:
        return True
    if a.level and b.level and not (a.level.endswith(b.level) or b.level.endswith(a.level)):
        return True
    if a.sort == b.sort:
        return False
    generic = {a.sort, b.sort} & {""}
    if generic and a.family == b.family == "general":
        return False
    return not (a.family == "" or b.family == "")


def candidates(wanted: Card, cards: Sequence[Card], most: int = 40) -> list[tuple[Card, Match]]:
    """The cards that may be the wanted one, surest first; of very many only those nearest by letters are looked at.

    All with the same key are looked at whatever their letters.
    """
    keyed = [
        card
        for card in cards
        if (wanted.credit_code and card.credit_code == wanted.credit_code) or wanted.licences & card.licences
    ]
    texts = {(n, i): fold(name) for n, card in enumerate(cards) for i, name in enumerate(card.names)}
    near: dict[int, Card] = {card.pk: card for card in keyed}
    for name in wanted.names:
        for _text, _score, (n, _i) in process.extract(
            fold(name), texts, scorer=fuzz.partial_ratio, limit=most, score_cutoff=60
        ):
            near.setdefault(cards[n].pk, cards[n])
    found = [
        (card, match) for card in near.values() if card.pk != wanted.pk and (match := compare(wanted, card)) is not None
    ]
    return sorted(found, key=lambda pair: (-pair[1].score, pair[0].pk))


def pairs_within(cards: Sequence[Card]) -> Iterator[tuple[Card, Card, Match]]:
    """Every two cards of one city that may be one terminal, each pair once.

    Only cards that share a key, an address, a phone, a core, or a core within the other's, or whose cores are alike are
    compared at all: a city of 4,000 hospitals has eight million pairs.
    """
    seen: set[tuple[int, int]] = set()
    by_pk = {card.pk: card for card in cards}
    for one, other in _worth_comparing(cards):
        key = (min(one, other), max(one, other))
        if one == other or key in seen:
            continue
        seen.add(key)
        if (match := compare(by_pk[key[0]], by_pk[key[1]])) is not None:
            yield by_pk[key[0]], by_pk[key[1]], match


def _worth_comparing(cards: Sequence[Card]) -> Iterator[tuple[int, int]]:
    by_key: dict[tuple[str, str], list[int]] = {}
    by_core: dict[str, set[int]] = {}
    for card in cards:
        for mark, values in _marks(card):
            for value in values:
                by_key.setdefault((mark, value), []).append(card.pk)
        for parts in _forms(card):
            by_core.setdefault(parts.core or f"|{parts.level}|{parts.ordinal}|{parts.sort}", set()).add(card.pk)
    for keys in (*by_key.values(), *(sorted(keys) for keys in by_core.values())):
        # What hundreds share says nothing: the switchboard of a group, a core that is a word of the trade.
        if len(keys) <= 60:
            yield from ((a, b) for i, a in enumerate(keys) for b in keys[i + 1 :])
    cores = [core for core in by_core if not core.startswith("|")]
    known = set(cores)
    for core in cores:
        for inner in _inner(core) & known:
            yield from ((a, b) for a in by_core[core] for b in by_core[inner])
    long = [core for core in cores if len(core) >= 4]
    for start in range(0, len(long), 500):
        some = long[start : start + 500]
        scores = process.cdist(some, long, scorer=fuzz.ratio, score_cutoff=ALIKE_FROM)
        for i, j in zip(*scores.nonzero(), strict=True):
            if start + i < j:
                yield from ((a, b) for a in by_core[some[i]] for b in by_core[long[j]])


def _marks(card: Card) -> Iterator[tuple[str, Iterable[str]]]:
    yield CREDIT_CODE, ((card.credit_code,) if card.credit_code else ())
    yield LICENCE, card.licences
    yield PHONE, card.phones
    yield ADDRESS, ((fold(card.address),) if len(card.address) >= 6 else ())


def _inner(core: str) -> set[str]:
    """The ends of a core that could be another's whole core."""
    return {core[i:] for i in range(2, len(core) - 1)}


def _forms(card: Card) -> list[Parts]:
    return [take_apart(name, card.province, card.city, card.district) for name in card.names if name]


@lru_cache(maxsize=1 << 17)
def take_apart(name: str, province: str = "", city: str = "", district: str = "") -> Parts:
    """A name as place, core, ordinal, sort and branch; the places are those of its card, any of them blank.

    ("益丰大药房(中山路店)") -> core 益丰, sort pharmacy, branch 中山路.
    """
    text = fold(name)
    branch = ""
    for inside in _BRACKETS.findall(text):
        if _BRANCH_END.search(inside):
            branch = _BRANCH_END.sub("", inside)
        elif any(inside == written for written, _sort, _family in _SORTS):
            text = f"{text}{inside}"  # (诊所)李刚
    text = _NOISE.sub("", _BRACKETS.sub("", text))
    if not branch and (shop := _SHOP.match(text)):
        text, branch = shop.group(1), _BRANCH_END.sub("", shop.group(2))
    bare, level = _without_places(text, province, city, district)
    provinces = frozenset(one for one in _provinces() if one in bare)
    bare = _LEGAL.sub("", bare)
    if not branch and (end := re.search(r"([^院]{1,10})(分院|院区)$", bare)):
        branch, bare = end.group(1), bare[: end.start()] or bare
    bare, ordinal = _without_numbers(bare)
    for written, sort, family in _SORTS:
        if bare.endswith(written):
            core = bare.removesuffix(written)
            if sort == "community_station" and "社区卫生服务中心" in core:
                level, _centre, core = core.partition("社区卫生服务中心")
            return Parts(level, core, ordinal, sort, family, branch, provinces)
    return Parts(level, bare, ordinal, "", "", branch, provinces)


def _without_numbers(text: str) -> tuple[str, tuple[int, ...]]:
    """The text without its numbers, and the numbers: 第三, 309, 三〇九."""
    found = [_number(word) for word in _ORDINAL.findall(text)]
    text = _ORDINAL.sub("", text)
    found += [_number(word) for word in _SPELT.findall(text)]
    text = _SPELT.sub("", text)
    found += [int(word) for word in _DIGITS.findall(text)]
    return _DIGITS.sub("", text), tuple(found)


def _without_places(text: str, province: str, city: str, district: str) -> tuple[str, str]:
    """The text without the places it begins with, and those below the city as they are written."""
    for place in (province, city):
        text = _without(text, place)
    below = ""
    if district and (rest := _without(text, district)) != text:
        text, below = rest, district
    while found := _BELOW.match(text):
        below, text = below + found.group(1), text[found.end() :]
    return text, below


def _without(text: str, place: str) -> str:
    for written in (place, stem(place)) if place else ():
        # 北京大学 is a university, not a place called 大学.
        if len(written) >= 2 and text.startswith(written) and not text.removeprefix(written).startswith("大学"):
            return text.removeprefix(written) or text
    return text


@lru_cache(maxsize=1)
def _provinces() -> frozenset[str]:
    return frozenset(stem(one.name) for one in divisions().provinces())


def _number(word: str) -> int:
    if word.isdecimal():
        return int(word)
    if len(word) > 1 and not set(word) & set("十百"):
        return int(word.translate(_SPELT_DIGITS))
    total, last = 0, 0
    for character in word:
        value = _NUMERAL.index(character) if character in _NUMERAL else 0
        if value >= 10:
            weight = 10 if value == 10 else 100
            total, last = total + (last or 1) * weight, 0
        else:
            last = value
    return total + last


def _elsewhere(one: Card, other: Card) -> bool:
    """Whether the cards say they are in different cities."""
    pairs: Mapping[str, tuple[str, str]] = {"province": (one.province, other.province), "city": (one.city, other.city)}
    return any(a and b and a != b for a, b in pairs.values())


def _other_district(one: Card, other: Card) -> bool:
    return bool(one.district and other.district and one.district != other.district)


def _same_address(one: Card, other: Card) -> bool:
    return len(one.address) >= 6 and fold(one.address) == fold(other.address)
