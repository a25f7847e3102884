"""Names placed: keys and certain names by themselves, the rest by people, two for much money; undone by a later row."""

from __future__ import annotations

import pytest
from tests import cast

from kewei.flows import actions
from kewei.flows.models import Asking, Decision, GoodsAlias, Name, NameAlias
from kewei.flows.queries import matching, names
from kewei.flows.rules.names import AlreadyPlaced, AlreadySpoken
from kewei.flows.tests.selling import SALES_HEAD, csv, open_distributor, open_product, sold, take_in
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.terminals import actions as terminals_actions
from kewei.terminals import queries as terminals

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> cast.Cast:
    return cast.assemble()


@pytest.fixture
def distributor(staff):
    open_product()
    return open_distributor(staff)


def decide(asking, choice, by, **given):
    return actions.decide_name(asking=asking, choice=choice, by=by, now=cast.MORNING, **given)


def test_the_same_name_in_the_same_city_needs_nobody(staff, distributor):
    taken = take_in(distributor, csv(sold("荆门市第一人民医院", 1), sold("荆门市 第一人民医院 ", 1)), staff.qian)
    assert (taken.matched, taken.waiting) == (2, 0)
    assert set(NameAlias.objects.values_list("terminal", "how")) == {(staff.wangs_hospital.pk, "match")}


def test_another_ordinal_is_never_the_same(staff, distributor):
    taken = take_in(distributor, csv(sold("荆门市第三人民医院", 1)), staff.qian)
    assert (taken.matched, taken.waiting) == (0, 1)
    (row,), _count = names.queue(staff.qian)
    told = {one.terminal: {code for code, _numbers in one.reasons} for one in row.candidates}
    assert "veto_ordinal" in told.get(staff.wangs_hospital.pk, {"veto_ordinal"})


def test_a_credit_code_says_it_whatever_the_name(staff, distributor):
    staff.wangs_hospital.credit_code = "12420800420900001X"
    staff.wangs_hospital.save()
    content = csv([*sold("一医", 1), "12420800420900001X"], head=[*SALES_HEAD, "客户信用代码"])
    assert take_in(distributor, content, staff.qian).matched == 1
    assert NameAlias.objects.get().how == "key"


def test_the_distributors_own_code_is_learned_from_a_confirmed_name(staff, distributor):
    head = [*SALES_HEAD, "客户内码"]
    take_in(distributor, csv([*sold("荆门一医", 1), "C17"], head=head), staff.qian)
    decide(Asking.objects.get(), "other", staff.qian, terminal=staff.wangs_hospital)
    taken = take_in(distributor, csv([*sold("荆门一院（新系统）", 1, day="2026-10-09"), "C17"], head=head), staff.qian)
    assert (taken.matched, taken.waiting) == (1, 0)


def test_a_decision_is_remembered_for_this_distributor_alone(staff, distributor):
    other = open_distributor(staff, "D0002", "武汉同心医药有限公司")
    take_in(distributor, csv(sold("荆门一医", 1)), staff.qian)
    made = decide(Asking.objects.get(), "other", staff.qian, terminal=staff.wangs_hospital)
    assert (made.terminal_id, made.how, made.made_by) == (staff.wangs_hospital.pk, "review", staff.qian)
    again = take_in(distributor, csv(sold("荆门一医", 9, day="2026-11-02")), staff.qian)
    elsewhere = take_in(other, csv(sold("荆门一医", 1)), staff.qian)
    assert (again.waiting, elsewhere.waiting) == (0, 1)


def test_much_money_needs_a_second_person_who_says_the_same(staff, distributor):
    take_in(distributor, csv(sold("荆门一医", 5_000)), staff.qian)
    asking = Asking.objects.get()
    assert asking.fen == 6_400_000
    assert decide(asking, "other", staff.qian, terminal=staff.wangs_hospital) is None
    assert not NameAlias.objects.exists()
    with pytest.raises(AlreadySpoken):
        decide(asking, "other", staff.qian, terminal=staff.wangs_hospital)
    assert decide(asking, "unknown", staff.li) is None
    made = decide(asking, "other", staff.zheng, terminal=staff.wangs_hospital)
    assert made.terminal_id == staff.wangs_hospital.pk
    assert Decision.objects.count() == 3
    told = names.agreement(staff.zheng)
    assert (told.both, told.same, told.rate_bp) == (1, 0, 0)
    with pytest.raises(AlreadyPlaced):
        decide(asking, "unknown", staff.zheng)


def test_unknown_becomes_a_prospect_that_the_name_means_from_then_on(staff, distributor):
    take_in(distributor, csv(sold("荆门市掇刀石社区医院", 3)), staff.qian)
    alias = decide(Asking.objects.get(), "unknown", staff.li)
    assert alias.terminal_id is None
    made = actions.propose_prospect(alias=alias, kind="public_hospital", by=staff.li, now=cast.MORNING)
    assert (made.name, made.city) == ("荆门市掇刀石社区医院", "荆门市")
    assert made.prospect.source == "flow"
    assert NameAlias.objects.get(ended_at=None).terminal_id == made.pk
    assert NameAlias.objects.count() == 2


def test_undoing_asks_again_and_says_what_it_restates(staff, distributor):
    take_in(distributor, csv(sold("荆门市第一人民医院", 1), sold("荆门市第一人民医院", 2)), staff.qian)
    alias = NameAlias.objects.get()
    told = actions.end_alias(alias=alias, why="看错了", by=staff.qian, now=cast.MORNING)
    assert (told["lines"], told["restated"], told["kept"]) == (2, ["2026-10"], [])
    kept = NameAlias.objects.get()
    assert (kept.ended_by, kept.ended_why) == (staff.qian, "看错了")
    assert Asking.objects.get(closed_at=None).name == alias.name
    with pytest.raises(AlreadyPlaced):
        actions.end_alias(alias=alias, by=staff.qian, now=cast.MORNING)


def test_what_was_ended_is_not_accepted_again_by_itself(staff, distributor):
    take_in(distributor, csv(sold("荆门市第一人民医院", 1)), staff.qian)
    actions.end_alias(alias=NameAlias.objects.get(), why="看错了", by=staff.qian, now=cast.MORNING)
    again = take_in(distributor, csv(sold("荆门市第一人民医院", 4, day="2026-11-02")), staff.qian)
    assert (again.matched, again.waiting) == (0, 1)


def test_candidates_outside_ones_territory_are_not_shown(staff, distributor):
    cast.open_terminal("T0044", "成都李强诊所", "clinic", staff.sun, staff.sichuan, province="四川省", city="成都市")
    take_in(distributor, csv(sold("李刚诊所", 1, city="")), staff.qian)
    (seen,), _ = names.queue(staff.qian)
    (hidden,), _ = names.queue(staff.li)
    assert staff.suns_clinic.pk in {one.terminal for one in seen.candidates}
    assert hidden.candidates == ()
    with pytest.raises(NotFound):
        decide(Asking.objects.get(), "other", staff.li, terminal=staff.suns_clinic)


def test_only_reviewers_decide(staff, distributor):
    take_in(distributor, csv(sold("李刚诊所", 1)), staff.qian)
    for person in (staff.wang, staff.zhou, staff.zhao):
        with pytest.raises(NotAllowed):
            decide(Asking.objects.get(), "unknown", person)


def test_the_queue_asks_a_constant_number_of_questions(staff, distributor, django_assert_num_queries):
    take_in(distributor, csv(sold("李刚诊所", 1), sold("李强诊所", 1)), staff.qian)
    names.queue(staff.qian)
    with django_assert_num_queries(5):
        assert names.queue(staff.qian)[1] == 2


def test_goods_alike_are_placed_cases_by_their_factor_and_others_wait(staff, distributor):
    rows = [
        sold("荆门市第一人民医院", 2, unit="箱"),
        sold("荆门市第一人民医院", 2, spec="0.25g*24粒"),
        sold("荆门市第一人民医院", 2, product="阿莫西林", spec="24片"),
    ]
    taken = take_in(distributor, csv(*rows), staff.qian)
    assert taken.goods_waiting == 1
    assert sorted(GoodsAlias.objects.values_list("times", "per")) == [(1, 1), (100, 1)]


def test_goods_are_placed_again_without_losing_what_was_said(staff, distributor):
    take_in(distributor, csv(sold("荆门市第一人民医院", 2, product="阿莫西林", spec="24片")), staff.qian)
    (row,), _ = names.list_goods(staff.qian, waiting=True)
    goods = names.goods_for(staff.qian, row.pk)
    actions.place_goods(goods=goods, product=None, by=staff.qian, now=cast.MORNING)
    product = open_product("P0002", spec="24片")
    actions.place_goods(goods=goods, product=product, times=1, per=24, by=staff.qian, now=cast.MORNING)
    assert GoodsAlias.objects.filter(goods=goods).count() == 2
    assert GoodsAlias.objects.get(goods=goods, ended_at=None).product == product


def test_names_of_merged_cards_are_not_masters(staff):
    assert {row.pk for row in terminals.masters()} >= {staff.wangs_hospital.pk}
    assert Name.objects.count() == 0


def test_a_large_master_is_kept_until_a_card_is_called_otherwise(staff, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(matching, "KEPT_FROM", 1)
    monkeypatch.setattr(matching, "_kept", [])
    first = matching._index()
    with django_assert_num_queries(3):
        assert matching._index() is first
    terminals_actions.add_alias(terminal=staff.wangs_hospital, name="荆门一医", by=staff.wang, now=cast.MORNING)
    renewed = matching._index()
    assert renewed is not first
    assert "荆门一医" in renewed.by_name
