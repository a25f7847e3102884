"""What two names may not differ in if they are to be one terminal without a person looking (domain 5.6).

A veto is said of a pair of names, each taken apart, and of where they are. It never says that they are different:
only that a person decides. Pairs are columns: row i of one side beside row i of the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kewei.flows.rules.matching.parts import Parts, bits_of
from kewei.flows.rules.matching.places import agreements, levels, share_a_place

# Kinds that one name may leave out although the institution is of that kind; the others are strong.
WEAK_KINDS = bits_of({"rehab", "infectious", "occupational", "tumour", "heart", "gynaeco"})
# Pharmacies and clinics, of which every street has one: only their proper name tells them apart.
PRIVATE_KINDS = bits_of({"pharmacy", "clinic_station"})

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
    ORDINAL, OTHER_PLACE, OTHER_COUNTY, NAMED_PLACE, BRANCH, PART, KIND, SCHOOL, HEAD, HEAD_MISSING, GRADE, NO_SORT,
    BARE, RANK,
)  # fmt: skip
_HALF = 51


def vetoes(
    mine: Parts, theirs: Parts, stated: Any, code: Any, named: Any, both_named: Any, heads: Any, within: Any
) -> Any:
    """(n, len(VETOES)) of bool: typed names in the divisions `stated` beside names of the master in the divisions `code`.

    `named` and `both_named` are the best agreement of the typed name's places with `code` and with the other name's places;
    `heads` how alike the proper names are, 0 to 100; `within` as features.within. Where two names are found within longer
    ones, these count too: 上海长征医院 within 上海长征医院闸北分院 is not the hospital itself.
    """
    there = agreements(stated, code)
    my_places = (mine.places != 0).any(axis=1)
    same_place = share_a_place(mine.places, theirs.places, from_level=2)
    same_province = stated // 10_000 == code // 10_000
    my_kinds, their_kinds = mine.kinds, theirs.kinds
    schoolless = (mine.whole_school != "") & (mine.school == "")
    private = (my_kinds & their_kinds & PRIVATE_KINDS) != 0
    my_head, their_head = mine.head_length > 0, theirs.head_length > 0
    my_ordinals, their_ordinals = mine.ordinals != 0, theirs.ordinals != 0
    differs = {
        ORDINAL: my_ordinals & their_ordinals & (mine.ordinals != theirs.ordinals),
        ORDINAL_MISSING: my_ordinals != their_ordinals,
        OTHER_PLACE: (there < -1) & ~(same_place & same_province),
        OTHER_COUNTY: there == -1,
        # 思茅 is 普洱 today: where both names say the same place, the record's own column is the older one.
        NAMED_PLACE: (named < 0) & ~same_place,
        NAMES_OF_PLACES: both_named < 0,
        BRANCH: mine.branched & theirs.branched & (mine.branch_key != theirs.branch_key),
        PART: (mine.branched | mine.whole_branched) != (theirs.branched | theirs.whole_branched),
        KIND: _kinds_differ(mine, theirs),
        KIND_MISSING: (my_kinds != their_kinds) & (((my_kinds ^ their_kinds) & ~np.int64(WEAK_KINDS)) != 0),
        SCHOOL: _schools_differ(mine, theirs),
        HEAD: _heads_differ(mine, theirs, schoolless | private, heads, within),
        HEAD_MISSING: (my_head != their_head) & _nothing_else(mine, theirs, my_head),
        # 华县铁路医院 and 华县铁路中心医院 may be two.
        GRADE: mine.grades != theirs.grades,
        NO_SORT: mine.no_sort,
        # There is a 李刚诊所 in every city.
        BARE: ~my_places & np.where(private, stated == 0, ~my_head & (levels(stated) < 2)),
        # 荆门市人民医院, 荆门市东宝区人民医院: nothing but the place tells them apart, and it is not of the same rank.
        RANK: (mine.ranks != 0) & (theirs.ranks != 0) & ((mine.ranks & theirs.ranks) == 0) & ~my_head & ~their_head,
    }
    return np.column_stack([differs[veto] for veto in VETOES])


def _kinds_differ(mine: Parts, theirs: Parts) -> Any:
    """Two different kinds; without proper names also a kind on one side only: 天津医院, 天津医科大学肿瘤医院."""
    both = (mine.kinds != 0) & (theirs.kinds != 0)
    bare = (mine.head_length == 0) & (theirs.head_length == 0) & ((mine.ordinal_bits & theirs.ordinal_bits) == 0)
    return np.where(both, (mine.kinds & theirs.kinds) == 0, (mine.kinds != theirs.kinds) & bare)


def _schools_differ(mine: Parts, theirs: Parts) -> Any:
    """温州医学院 became 温州医科大学; 浙江大学 and 浙江中医药大学 are two."""
    found = np.zeros(len(mine), dtype=bool)
    my_school = np.where(mine.school != "", mine.school, mine.whole_school)
    their_school = np.where(theirs.school != "", theirs.school, theirs.whole_school)
    told = np.flatnonzero((my_school != "") & (their_school != ""))
    found[told] = [
        one not in other and other not in one for one, other in zip(my_school[told], their_school[told], strict=True)
    ]
    return found


def _heads_differ(mine: Parts, theirs: Parts, exact: Any, heads: Any, within: Any) -> Any:
    """Both have a proper name, less than half of it in common: 同济医学院附属协和医院, 同济医学院附属梨园医院.

    Where it is all that tells (`exact`), it has to be the very same: 李刚诊所, 李强诊所; 友谊医院 without its university.
    """
    short = (mine.head_length < 2) | (theirs.head_length < 2)
    same = (within == 2) | ((mine.head_length == 0) & (theirs.head_length == 0))
    return np.where(exact & ~same, True, ~short & (within == 0) & (heads < _HALF))


def _nothing_else(mine: Parts, theirs: Parts, my_head: Any) -> Any:
    """丰台区北宫镇社区医院 and 丰台区医院: only one has a proper name, and the other has nothing else of its own."""
    mine_bare = (mine.ordinals == 0) & (mine.kinds == 0) & (mine.school == "")
    theirs_bare = (theirs.ordinals == 0) & (theirs.kinds == 0) & (theirs.school == "")
    return np.where(my_head, theirs_bare, mine_bare)
