"""Months: usage posted once however often, frozen when nothing waits, adjusted after that; stock and diversion alarm."""

from __future__ import annotations

import json
from datetime import date

import pytest
from tests import cast

from kewei.flows import actions, facts
from kewei.flows.models import Asking, Goods, MonthState, NameAlias, Usage
from kewei.flows.queries import months
from kewei.flows.rules.balance import BATCH, TERRITORY
from kewei.flows.rules.months import MonthFrozen, MonthNotFrozen, MonthUnfinished
from kewei.flows.tests.selling import OCTOBER, csv, open_distributor, open_product, sold, take_in
from kewei.journal.models import Fact
from kewei.kernel.refusals import NotAllowed
from kewei.sales.models import SaleLine
from kewei.terminals import actions as terminals

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> cast.Cast:
    return cast.assemble()


@pytest.fixture
def product():
    return open_product()


@pytest.fixture
def distributor(staff, product):
    return open_distributor(staff)


def excuse(distributor, by, *kinds):
    for kind in kinds or ("purchases", "stock"):
        actions.tell_absence(
            distributor=distributor, month=OCTOBER, kind=kind, reason="refuses", by=by, now=cast.MORNING
        )


def post(by):
    return actions.post_month(month=OCTOBER, by=by, now=cast.MORNING)


ROWS = [
    sold("荆门市第一人民医院", 10),
    sold("荆门市第一人民医院", -2),
    sold("荆门市第一人民医院", 1, unit="箱", price="1280"),
    sold("益丰大药房中山路店", 5, city="武汉市", price=""),
]


def test_usage_is_posted_once_however_often(staff, distributor, product):
    take_in(distributor, csv(*ROWS), staff.qian)
    told = post(staff.qian)
    assert told == {"places": 2, "changed": 0, "quantity_milli": 113_000, "fen": 1280 * 108 + 1280 * 5}
    assert post(staff.qian)["places"] == 0
    lines = set(
        SaleLine.objects.values_list("terminal", "product", "day", "quantity_milli", "fen", "source", "document")
    )
    assert lines == {
        (staff.wangs_hospital.pk, product.pk, date(2026, 10, 31), 108_000, 138_240, "flow", "LX202610-D0001"),
        (staff.wangs_pharmacy.pk, product.pk, date(2026, 10, 31), 5_000, 6_400, "flow", "LX202610-D0001"),
    }


def test_a_changed_alias_restates_only_what_it_must(staff, distributor):
    take_in(distributor, csv(*ROWS), staff.qian)
    post(staff.qian)
    alias = NameAlias.objects.get(terminal=staff.wangs_pharmacy)
    actions.end_alias(alias=alias, by=staff.qian, now=cast.MORNING)
    actions.decide_name(
        asking=Asking.objects.get(closed_at=None), choice="other", terminal=staff.suns_clinic, by=staff.qian,
        now=cast.MORNING,
    )  # fmt: skip
    assert post(staff.qian) == {"places": 2, "changed": 1, "quantity_milli": 0, "fen": 0}
    sums = {}
    for terminal, milli in SaleLine.objects.values_list("terminal", "quantity_milli"):
        sums[terminal] = sums.get(terminal, 0) + milli
    assert sums == {staff.wangs_hospital.pk: 108_000, staff.wangs_pharmacy.pk: 0, staff.suns_clinic.pk: 5_000}
    assert Usage.objects.filter(terminal=staff.wangs_hospital).count() == 1


def test_goods_taken_for_another_product_restate_only_their_lines_and_say_so(staff, distributor, product):
    take_in(distributor, csv(*ROWS), staff.qian)
    post(staff.qian)
    goods = Goods.objects.get(unit="箱")
    actions.place_goods(goods=goods, product=product, times=10, per=1, by=staff.qian, now=cast.MORNING)
    told = Fact.objects.filter(name=facts.GOODS_PLACED).latest("seq").detail
    told = json.loads(told) if isinstance(told, str) else told
    assert (told["lines"], told["restated"], told["kept"]) == (1, ["2026-10"], [])
    assert post(staff.qian) == {"places": 1, "changed": 1, "quantity_milli": -90_000, "fen": 0}


def test_a_corrected_file_restates_the_month(staff, distributor):
    take_in(distributor, csv(*ROWS), staff.qian)
    post(staff.qian)
    take_in(distributor, csv(*ROWS[:3], sold("益丰大药房中山路店", 6, city="武汉市", price="")), staff.qian)
    assert post(staff.qian)["quantity_milli"] == 1_000


def test_a_prospect_that_buys_elsewhere_is_not_won_by_it(staff, distributor):
    terminals.make_prospect(terminal=staff.wangs_hospital, source="flow", by=staff.wang, now=cast.MORNING)
    take_in(distributor, csv(*ROWS), staff.qian)
    post(staff.qian)
    staff.wangs_hospital.prospect.refresh_from_db()
    assert staff.wangs_hospital.prospect.stage != "won"


def test_a_month_is_frozen_when_nothing_waits_and_says_what_does(staff, distributor):
    take_in(distributor, csv(*ROWS, sold("荆门一医", 1), sold("荆门市第一人民医院", 1, product="怪药")), staff.qian)
    with pytest.raises(MonthUnfinished) as no:
        actions.freeze_month(month=OCTOBER, by=staff.qian, now=cast.MORNING)
    assert no.value.numbers == {"month": "2026-10", "names": 1, "goods": 1, "missing": 2}


def test_a_frozen_month_is_adjusted_by_appeals_only(staff, distributor, product):
    take_in(distributor, csv(*ROWS), staff.qian)
    excuse(distributor, staff.qian)
    given = {
        "month": OCTOBER, "distributor": distributor, "terminal": staff.wangs_hospital, "product": product,
        "quantity_milli": -3_000, "appeal": "branch", "why": "三盒是分院的", "by": staff.qian, "now": cast.MORNING,
    }  # fmt: skip
    with pytest.raises(MonthNotFrozen):
        actions.adjust_month(**given)
    state = actions.freeze_month(month=OCTOBER, by=staff.qian, now=cast.MORNING)
    assert (state.told["rows"], state.told["aside_rows"]) == (4, 0)
    with pytest.raises(MonthFrozen):
        post(staff.qian)
    actions.adjust_month(**given)
    assert months.state_of(OCTOBER) == "adjusted"
    assert months.posted(OCTOBER)[(distributor.pk, staff.wangs_hospital.pk, product.pk)].quantity_milli == 105_000
    assert MonthState.objects.count() == 2


def test_the_same_month_gives_the_same_digest(staff, distributor):
    take_in(distributor, csv(*ROWS), staff.qian)
    excuse(distributor, staff.qian)
    state = actions.freeze_month(month=OCTOBER, by=staff.qian, now=cast.MORNING)
    from kewei.flows.rules.months import digest_of

    assert digest_of(months.wanted(OCTOBER)) == state.told["digest"]


def test_only_who_closes_books_posts_and_freezes(staff, distributor):
    for person in (staff.li, staff.zhao, staff.wang):
        with pytest.raises(NotAllowed):
            post(person)


STOCK_HEAD = ["库存日期", "产品名称", "产品规格", "批号", "库存数量", "单位"]
BOUGHT_HEAD = ["购进日期", "供应商名称", "产品名称", "产品规格", "批号", "采购数量", "单位"]


def counted(quantity, day="2026-10-31"):
    return csv([day, "阿莫西林胶囊", "0.25g×24粒", "B1", quantity, "盒"], head=STOCK_HEAD)


def bought(quantity, batch="B1", day="2026-10-02"):
    return csv([day, "客维医药", "阿莫西林胶囊", "0.25g×24粒", batch, quantity, "盒"], head=BOUGHT_HEAD)


def test_opening_and_in_and_out_make_the_count_or_the_difference_is_told(staff, distributor):
    take_in(distributor, counted(40, "2026-09-30"), staff.qian)
    take_in(distributor, bought(100), staff.qian)
    take_in(distributor, csv(sold("荆门市第一人民医院", 30)), staff.qian)
    take_in(distributor, counted(105), staff.qian)
    (row,) = months.stock(staff.qian, OCTOBER)
    rolled = row.rolled
    assert (rolled.opening_milli, rolled.in_milli, rolled.out_milli) == (40_000, 100_000, 30_000)
    assert (rolled.expected_milli, rolled.counted_milli, rolled.difference_milli) == (110_000, 105_000, -5_000)
    assert (row.months_pct, row.alarm) == (350, True)


def test_goods_sold_outside_the_territory_or_of_anothers_batch_alarm(staff, distributor):
    other = open_distributor(staff, "D0002", "武汉同心医药有限公司")
    take_in(other, bought(100, "B7"), staff.qian)
    take_in(
        distributor,
        csv(
            sold("荆门市第一人民医院", 1, batch="B1"),
            sold("成都李刚诊所", 2, city="成都市", batch="B1"),
            sold("荆门市第一人民医院", 3, batch="B7"),
        ),
        staff.qian,
    )
    found = months.diversion(staff.qian, OCTOBER)
    assert [(row.why, row.quantity_milli, row.whose) for row in found] == [
        (TERRITORY, 2_000, ()),
        (BATCH, 3_000, ("武汉同心医药有限公司",)),
    ]


def test_figures_of_a_month_tell_every_row(staff, distributor):
    take_in(distributor, csv(*ROWS, ROWS[0], sold("荆门一医", 7), sold("x", "y")), staff.qian)
    told = months.figures(staff.qian, OCTOBER)
    assert (told.files, told.rows, told.aside_rows, told.duplicates, told.names_waiting) == (1, 7, 1, 1, 1)
    assert told.raw_milli == told.clean_milli + told.aside_milli
    actions.decide_name(asking=Asking.objects.get(), choice="unknown", by=staff.qian, now=cast.MORNING)
    told = months.figures(staff.qian, OCTOBER)
    assert (told.unknown_names, told.unknown_milli) == (1, 7_000)
    assert [one.name for one in months.prospects(staff.qian, OCTOBER)] == ["荆门一医"]
    assert months.prospects(staff.qian, OCTOBER)[0].fen == 8_960


def test_usage_is_seen_by_those_who_see_the_distributor_or_the_terminal(staff, distributor):
    take_in(distributor, csv(*ROWS), staff.qian)
    post(staff.qian)
    assert len(months.usage(staff.li, month=OCTOBER)) == 2
    assert months.usage(staff.sun, month=OCTOBER) == []
    assert len(months.usage_of_terminal(staff.wang, staff.wangs_hospital.pk, OCTOBER)) == 1
    assert months.usage_of_terminal(staff.sun, staff.wangs_hospital.pk, OCTOBER) == []


def test_what_was_posted_is_checked_against_sales_and_against_the_freezing(staff, distributor, product):
    from kewei.flows.queries.checks import findings

    take_in(distributor, csv(*ROWS), staff.qian)
    excuse(distributor, staff.qian)
    actions.freeze_month(month=OCTOBER, by=staff.qian, now=cast.MORNING)
    actions.adjust_month(
        month=OCTOBER, distributor=distributor, terminal=staff.wangs_hospital, product=product, quantity_milli=-3_000,
        appeal="branch", why="三盒是分院的", by=staff.qian, now=cast.MORNING,
    )  # fmt: skip
    assert list(findings()) == []
    Usage.objects.create(
        distributor=distributor, month=OCTOBER, terminal=staff.wangs_pharmacy, product=product, quantity_milli=7, fen=1,
        posted_by=staff.qian, posted_at=cast.MORNING,
    )  # fmt: skip
    told = [(one.code, one.about) for one in findings()]
    assert told == [("flow_digest_differs", "2026-10"), ("flow_sales_differ", "2026-10")]
