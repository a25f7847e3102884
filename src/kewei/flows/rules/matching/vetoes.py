"""What two names may not differ in if they are to be one terminal without a person looking (domain 5.6).

A veto is said of a pair of names, each taken apart, and of where they are. It never says that they are different:
only that a person decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from kewei.flows.rules.matching.parsing import Parsed
from kewei.flows.rules.matching.places import agreement, best_agreement, level

# Kinds that one name may leave out although the institution is of that kind; the others are strong.
WEAK_KINDS = frozenset({"rehab", "infectious", "occupational", "tumour", "heart", "gynaeco"})

ORDINAL = "ordinal"
ORDINAL_MISSING = "ordinal_missing"
OTHER_PLACE = "other_place"
OTHER_COUNTY = "other_county"
NAMED_PLACE = "named_place"
NAMES_OF_PLACES = "names_of_places"
BRANCH = "branch"
PART = "part"
KIND = "kind"
KIND_MISSING = "kind_missing"
SCHOOL = "school"
BARE = "bare"
RANK = "place_rank"
HEAD = "head"
HEAD_MISSING = "head_missing"
GRADE = "grade"
NO_SORT = "no_sort"

VETOES = (
    ORDINAL, ORDINAL_MISSING, OTHER_PLACE, OTHER_COUNTY, NAMED_PLACE, NAMES_OF_PLACES, BRANCH, PART, KIND,
    KIND_MISSING, SCHOOL, HEAD, HEAD_MISSING, GRADE, NO_SORT, BARE, RANK,
)  # fmt: skip
# Those that no score outweighs. The others are evidence: right too often to forbid (只有一方写明类型).
HARD = (
    ORDINAL,
    OTHER_PLACE,
    OTHER_COUNTY,
    NAMED_PLACE,
    BRANCH,
    PART,
    KIND,
    SCHOOL,
    HEAD,
    HEAD_MISSING,
    GRADE,
    NO_SORT,
    BARE,
    RANK,
)


def vetoes(mine: Parsed, theirs: Parsed, stated: str, code: str, whole: Parsed, their_whole: Parsed) -> tuple[str, ...]:
    """The vetoes between a typed name in a stated division and a name of the master whose terminal is in `code`.

    Where the two are names found within longer ones (in brackets, halves), `whole` and `their_whole` are the longer ones:
    上海长征医院 within 上海长征医院闸北分院 is not the hospital itself.
    """
    named = max((agreement(one, code) for one in mine.places), default=0)
    schoolless = bool(whole.school) and not mine.school
    same_place = bool({one for one in mine.places if level(one) > 1} & set(theirs.places))
    found = [
        (ORDINAL, bool(mine.ordinals and theirs.ordinals and mine.ordinals != theirs.ordinals)),
        (ORDINAL_MISSING, bool(mine.ordinals) != bool(theirs.ordinals)),
        (OTHER_PLACE, agreement(stated, code) < -1 and not (same_place and stated[:2] == code[:2])),
        (OTHER_COUNTY, agreement(stated, code) == -1),
        # 思茅 is 普洱 today: where both names say the same place, the record's own column is the older one.
        (NAMED_PLACE, named < 0 and not same_place),
        (NAMES_OF_PLACES, best_agreement(mine.places, theirs.places) < 0),
        (BRANCH, bool(mine.branch and theirs.branch and mine.branch != theirs.branch)),
        (PART, bool(mine.branch or whole.branch) != bool(theirs.branch or their_whole.branch)),
        (KIND, _kinds_differ(mine, theirs)),
        (KIND_MISSING, mine.kinds != theirs.kinds and not mine.kinds ^ theirs.kinds <= WEAK_KINDS),
        (SCHOOL, _schools_differ(mine.school or whole.school, theirs.school or their_whole.school)),
        (HEAD, _heads_differ(mine.head, theirs.head, schoolless or _both_private(mine, theirs))),
        (HEAD_MISSING, _head_missing(mine, theirs)),
        (GRADE, _grade(mine.text) != _grade(theirs.text)),
        (NO_SORT, not _SORT & set(mine.text)),
        (BARE, not mine.head and not mine.places and level(stated) < 2),
        (RANK, _rank_differs(mine, theirs)),
    ]
    return tuple(code for code, differs in found if differs)


def _grade(text: str) -> tuple[bool, ...]:
    """华县铁路医院 and 华县铁路中心医院 may be two."""
    return tuple(word in text for word in ("中心医院", "总医院"))


def _kinds_differ(mine: Parsed, theirs: Parsed) -> bool:
    """Two different kinds; without proper names also a kind on one side only: 天津医院, 天津医科大学肿瘤医院."""
    if mine.kinds and theirs.kinds:
        return not mine.kinds & theirs.kinds
    return mine.kinds != theirs.kinds and not mine.head and not theirs.head and not mine.ordinals & theirs.ordinals


def _schools_differ(mine: str, theirs: str) -> bool:
    """温州医学院 became 温州医科大学; 浙江大学 and 浙江中医药大学 are two."""
    return bool(mine and theirs) and mine not in theirs and theirs not in mine


# A name of an institution holds one of these; 团风县红十字会 is not its hospital.
_SORT = frozenset("院所站店房室心部校厂司队库行铺")


def _heads_differ(mine: str, theirs: str, exact: bool) -> bool:
    """Both have a proper name, less than half of it in common: 同济医学院附属协和医院, 同济医学院附属梨园医院.

    Where it is all that tells (`exact`), it has to be the very same: 李刚诊所, 李强诊所; 友谊医院 without its university.
    """
    if exact and mine != theirs:
        return True
    if len(mine) < 2 or len(theirs) < 2 or mine in theirs or theirs in mine:
        return False
    return fuzz.ratio(mine, theirs) < _HALF


_HALF = 51


def _both_private(mine: Parsed, theirs: Parsed) -> bool:
    """Pharmacies and clinics, of which every street has one: only their proper name tells them apart."""
    return bool(mine.kinds & theirs.kinds & {"pharmacy", "clinic_station"})


def _head_missing(mine: Parsed, theirs: Parsed) -> bool:
    """丰台区北宫镇社区医院 and 丰台区医院: only one has a proper name, and the other has nothing else of its own."""
    bare = theirs if mine.head else mine
    return bool(mine.head) != bool(theirs.head) and not bare.ordinals and not bare.kinds and not bare.school


def _rank_differs(mine: Parsed, theirs: Parsed) -> bool:
    """荆门市人民医院 and 荆门市东宝区人民医院: nothing but the place tells them apart, and it is not of the same rank."""
    my_ranks, their_ranks = _ranks(mine.places), _ranks(theirs.places)
    return bool(my_ranks and their_ranks and not my_ranks & their_ranks and not mine.head and not theirs.head)


def _ranks(places: Sequence[str]) -> set[int]:
    """City, county or both: 长沙 may be 长沙市 or 长沙县. A province is told from neither: it is often left out."""
    return {level(one) for one in places} - {0, 1}
