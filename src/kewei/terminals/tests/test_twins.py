"""Cards that may be one terminal: asked at entry, listed at a desk, merged and made two again; and 孙, who must not."""

from datetime import timedelta

import pytest
from tests import cast

from kewei.kernel.ids import make_credit_code
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.terminals import actions, queries
from kewei.terminals.models import Alias, Link, Merge, Terminal, TwinPair
from kewei.terminals.queries import twins
from kewei.terminals.rules.merging import (
    AlreadyMerged,
    CreditCodesDiffer,
    MergeWhyMissing,
    MergeWithItself,
    NotMerged,
    PairDecided,
)

pytestmark = pytest.mark.django_db

CREDIT_CODE = make_credit_code("91420800MA0000001")


@pytest.fixture
def staff() -> cast.Cast:
    return cast.assemble()


@pytest.fixture
def twin(staff) -> Terminal:
    """The same hospital, opened a second time by Wang's colleague Ma."""
    ma = cast.hire("ma", "马", "representative", staff.hubei)
    return cast.open_terminal(
        "T0091", "荆门第一人民医院", "public_hospital", ma, staff.hubei, province="湖北省", city="荆门市"
    )


def pairs(staff, name="li"):
    return twins.twin_pairs(getattr(staff, name))[0]


def merge(staff, twin, **changed):
    given = {"kept": staff.wangs_hospital, "merged": twin, "why": "同一地址", "by": staff.li, "now": cast.MORNING}
    return actions.merge_terminals(**given | changed)


# --- at entry ---------------------------------------------------------------------------------------------------------


def test_at_entry_keys_come_first_then_the_name_then_what_is_like_it(staff, twin):
    actions.change_terminal(terminal=twin, credit_code=CREDIT_CODE, by=staff.li, now=cast.MORNING)
    found = queries.duplicates(staff.li, "荆门市第一人民医院", CREDIT_CODE, province="湖北", city="荆门")
    assert [(t.code, t.why, t.certain) for t in found] == [
        ("T0091", "统一社会信用代码相同", True), ("T0001", "名称相同", False),
    ]  # fmt: skip
    assert [t.code for t in queries.duplicates(staff.wang, "荆门第一人民医院", city="荆门")] == ["", "T0001"]
    assert queries.duplicates(staff.wang, "荆门市第三人民医院", city="荆门") == []


def test_what_stands_in_the_pool_need_only_be_claimed(staff):
    county = actions.register_prospect(
        name="沙洋县人民医院", city="荆门", source="visit", by=staff.wang, now=cast.MORNING
    )
    actions.change_prospect(terminal=county, licence_number="PDY7788", by=staff.wang, now=cast.MORNING)
    actions.give_back_prospect(terminal=county, why="no_time", by=staff.wang, now=cast.MORNING)
    (found,) = queries.duplicates(staff.wang, "沙洋人民医院", "", "PDY7788", city="荆门")
    assert (found.pk, found.claimable, found.name, found.why) == (None, county.pk, "沙洋县人民医院", "证照号相同")
    (hidden,) = queries.duplicates(staff.sun, "沙洋县人民医院", city="荆门")
    assert (hidden.pk, hidden.claimable, hidden.name) == (None, None, "")


# --- the desk ---------------------------------------------------------------------------------------------------------


def test_the_desk_lists_pairs_to_who_may_merge_both(staff, twin):
    assert actions.find_twins(by=staff.li, now=cast.MORNING) == {"found": 1, "new": 1, "gone": 0}
    assert actions.find_twins(by=staff.li, now=cast.MORNING) == {"found": 1, "new": 0, "gone": 0}
    (pair,) = pairs(staff)
    assert (pair.reasons, pair.score, {pair.low.code, pair.high.code}) == (("same_name",), 98, {"T0001", "T0091"})
    assert pairs(staff, "wang") == []
    with pytest.raises(NotAllowed):
        actions.find_twins(by=staff.wang, now=cast.MORNING)


def test_what_was_told_apart_stays_apart(staff, twin):
    actions.find_twins(by=staff.li, now=cast.MORNING)
    pair = TwinPair.objects.get()
    actions.tell_apart(pair=pair, note="一个是分院", by=staff.li, now=cast.MORNING)
    actions.find_twins(by=staff.li, now=cast.MORNING)
    assert pairs(staff) == []
    assert twins.twin_pairs(staff.li, decided="apart")[1] == 1
    with pytest.raises(PairDecided):
        actions.tell_apart(pair=pair, by=staff.li, now=cast.MORNING)


def test_a_pair_nothing_speaks_for_any_more_goes(staff, twin):
    actions.find_twins(by=staff.li, now=cast.MORNING)
    actions.change_terminal(terminal=twin, name="荆门第二人民医院", by=staff.li, now=cast.MORNING)
    assert actions.find_twins(by=staff.li, now=cast.MORNING)["gone"] == 1
    assert pairs(staff) == []


# --- merging ----------------------------------------------------------------------------------------------------------


def test_one_card_stands_for_both_and_nothing_is_lost(staff, twin):
    actions.change_terminal(terminal=twin, credit_code=CREDIT_CODE, by=staff.li, now=cast.MORNING)
    contact = actions.add_contact(terminal=twin, name="陈药师", by=staff.li, now=cast.MORNING)
    merge(staff, twin)
    kept = Terminal.objects.get(pk=staff.wangs_hospital.pk)
    assert kept.credit_code == CREDIT_CODE
    assert queries.terminal_named(staff.wang, "T0091") == kept
    assert queries.by_codes(staff.wang, ["T0091", "T0001"]) == {"T0091": kept.pk, "T0001": kept.pk}
    for text in ("T0091", "荆门第一人民医院", CREDIT_CODE, "T0001"):
        assert [hit.pk for hit in queries.search(staff.wang, text)] == [kept.pk], text
    # What hangs on the merged card stays with it; whoever sees the kept card sees it too, and credit counts them together.
    contact.refresh_from_db()
    assert contact.terminal_id == twin.pk
    assert queries.terminal_for(staff.wang, twin.pk).group == kept
    (row,) = twins.merges_of(kept.pk)
    assert (row.merged_code, row.kept_code, row.why) == ("T0091", "T0001", "同一地址")
    assert "T0091" not in {row.code for row in queries.list_terminals(staff.li)[0]}
    assert [t.code for t in queries.duplicates(staff.li, "荆门第一人民医院")] == ["T0001"]


def test_undone_there_are_two_cards_as_before(staff, twin):
    actions.change_terminal(terminal=twin, credit_code=CREDIT_CODE, by=staff.li, now=cast.MORNING)
    fields = [field.attname for field in Terminal._meta.concrete_fields]

    def state():
        rows = Terminal.objects.filter(pk__in=(twin.pk, staff.wangs_hospital.pk)).order_by("pk").values_list(*fields)
        owners = Link.objects.filter(role="owner", until=None).order_by("terminal").values_list("terminal", "person")
        return list(rows), list(owners), sorted(Alias.objects.filter(ended_at=None).values_list("terminal", "name"))

    before = state()
    made = merge(staff, twin)
    assert state() != before
    actions.undo_merge(merge=made, by=staff.li, now=cast.MORNING + timedelta(days=1))
    assert state() == before
    ma = Terminal.objects.get(pk=twin.pk).owner
    assert [hit.code for hit in queries.search(ma, "荆门第一人民医院")] == ["T0091"]
    with pytest.raises(NotFound):
        queries.terminal_for(staff.wang, twin.pk)
    with pytest.raises(NotMerged):
        actions.undo_merge(merge=made, by=staff.li, now=cast.MORNING)
    assert queries.list_terminals(staff.li)[1] == 3


def test_a_merged_prospect_is_dropped_as_a_duplicate_and_comes_back_with_undo(staff, twin):
    actions.make_prospect(terminal=twin, source="visit", by=staff.li, now=cast.MORNING)
    made = merge(staff, twin)
    twin.refresh_from_db()
    assert (twin.prospect.stage, twin.stages.get(until=None).why) == ("dropped", "twin")
    actions.undo_merge(merge=made, by=staff.li, now=cast.MORNING)
    twin.prospect.refresh_from_db()
    assert twin.prospect.stage == "general"


def test_a_merged_card_goes_where_the_kept_one_goes(staff, twin):
    merge(staff, twin)
    actions.assign_owner(terminal=staff.wangs_hospital, owner=staff.sun, by=staff.zheng, now=cast.MORNING)
    assert queries.terminal_for(staff.sun, twin.pk).owner == staff.sun
    with pytest.raises(NotFound):
        queries.terminal_for(staff.wang, twin.pk)


def test_what_cannot_be_merged(staff, twin):
    with pytest.raises(MergeWhyMissing):
        merge(staff, twin, why=" ")
    with pytest.raises(MergeWithItself):
        merge(staff, twin, merged=staff.wangs_hospital)
    for terminal, body in ((twin, "91420800MA0000001"), (staff.wangs_hospital, "12420800420900001")):
        actions.change_terminal(terminal=terminal, credit_code=make_credit_code(body), by=staff.li, now=cast.MORNING)
    with pytest.raises(CreditCodesDiffer):
        merge(staff, twin)
    actions.change_terminal(terminal=twin, credit_code="", by=staff.li, now=cast.MORNING)
    merge(staff, twin)
    with pytest.raises(AlreadyMerged):
        merge(staff, twin, kept=staff.wangs_pharmacy)
    with pytest.raises(AlreadyMerged):
        merge(staff, twin, kept=twin, merged=staff.wangs_pharmacy)
    assert Merge.objects.count() == 1


def test_sun_and_whoever_may_not(staff, twin):
    for name in ("wang", "sun", "zhou", "zhao"):
        with pytest.raises(NotAllowed):
            merge(staff, twin, by=getattr(staff, name))
    far = cast.hire("yuan", "袁", "manager", staff.sichuan)
    with pytest.raises(NotFound):
        merge(staff, twin, by=far)
    made = merge(staff, twin)
    with pytest.raises(NotFound):
        actions.undo_merge(merge=made, by=far, now=cast.MORNING)
    assert Merge.objects.get().undone_at is None
