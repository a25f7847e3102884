"""What two names may not differ in if they are to be one terminal without a person looking (domain 5.6).

A veto is said of a pair of names, each taken apart, and of where they are. It never says that they are different:
only that a person decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from kewei.flows.rules.matching.parsing import Parsed
from kewei.flows.rules.matching.places import agreement, best_agreement, level

# Kinds that one name may leave out although the institution is of that kind; the others are strong.
WEAK_KINDS = frozenset({"rehab", "infectious", "occupational", "tumour", "heart", "gynaeco"})

ORDINAL = "ordinal"
ORDINAL_MISSING = "ordinal_missing"
OTHER_PLACE = "other_place"
NAMED_PLACE = "named_place"
NAMES_OF_PLACES = "names_of_places"
BRANCH = "branch"
PART = "part"
KIND = "kind"
KIND_MISSING = "kind_missing"
SCHOOL = "school"
BARE = "bare"
RANK = "rank"
HEAD = "head"
NO_SORT = "no_sort"

VETOES = (
    ORDINAL, ORDINAL_MISSING, OTHER_PLACE, NAMED_PLACE, NAMES_OF_PLACES, BRANCH, PART, KIND, KIND_MISSING, SCHOOL, HEAD, NO_SORT,
    BARE, RANK,
)  # fmt: skip
# Those that no score outweighs. The others are evidence: right too often to forbid (只有一方写明类型).
HARD = (ORDINAL, OTHER_PLACE, NAMED_PLACE, BRANCH, PART, KIND, SCHOOL, HEAD, NO_SORT, BARE)


def vetoes(mine: Parsed, theirs: Parsed, stated: str, code: str, whole: Parsed, their_whole: Parsed) -> tuple[str, ...]:
    """The vetoes between a typed name in a stated division and a name of the master whose terminal is in `code`.

    Where the two are names found within longer ones (in brackets, halves), `whole` and `their_whole` are the longer ones:
    上海长征医院 within 上海长征医院闸北分院 is not the hospital itself.
    """
    named = max((agreement(one, code) for one in mine.places), default=0)
    found = [
        (ORDINAL, bool(mine.ordinals and theirs.ordinals and mine.ordinals != theirs.ordinals)),
        (ORDINAL_MISSING, bool(mine.ordinals) != bool(theirs.ordinals)),
        (OTHER_PLACE, agreement(stated, code) < -1),
        # 思茅 is 普洱 today: where both names say the same place, the record's own column is the older one.
        (NAMED_PLACE, named < 0 and not set(mine.places) & set(theirs.places)),
        (NAMES_OF_PLACES, best_agreement(mine.places, theirs.places) < 0),
        (BRANCH, bool(mine.branch and theirs.branch and mine.branch != theirs.branch)),
        (PART, bool(mine.branch or whole.branch) != bool(theirs.branch or their_whole.branch)),
        (KIND, bool(mine.kinds and theirs.kinds and not mine.kinds & theirs.kinds)),
        (KIND_MISSING, mine.kinds != theirs.kinds and not mine.kinds ^ theirs.kinds <= WEAK_KINDS),
        (SCHOOL, _schools_differ(mine.school or whole.school, theirs.school or their_whole.school)),
        (HEAD, _heads_differ(mine.head, theirs.head)),
        (NO_SORT, not _SORT & set(mine.text)),
        (BARE, not mine.head and not mine.places and level(stated) < 2),
        (RANK, _rank_differs(mine, theirs)),
    ]
    return tuple(code for code, differs in found if differs)


def _schools_differ(mine: str, theirs: str) -> bool:
    """温州医学院 became 温州医科大学; 浙江大学 and 浙江中医药大学 are two."""
    return bool(mine and theirs) and mine not in theirs and theirs not in mine


# A name of an institution holds one of these; 团风县红十字会 is not its hospital.
_SORT = frozenset("院所站店房室心部校厂司队库行铺")


def _heads_differ(mine: str, theirs: str) -> bool:
    """Both have a proper name, and not a character of it in common."""
    return len(mine) > 1 and len(theirs) > 1 and not set(mine) & set(theirs)


def _rank_differs(mine: Parsed, theirs: Parsed) -> bool:
    """荆门市人民医院 and 荆门市东宝区人民医院: nothing but the place tells them apart, and it is not of the same rank."""
    return not mine.head and not theirs.head and _rank(mine.places) != _rank(theirs.places)


def _rank(places: Sequence[str]) -> int:
    return max((level(one) for one in places), default=0)
