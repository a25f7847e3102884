"""Files in: nothing is lost, sent again it is recognised, bad rows stand aside while good ones go on."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from tests import cast

from kewei.flows import actions, excel
from kewei.flows.models import File, Layout, Name
from kewei.flows.queries import files
from kewei.flows.rules.months import MonthFrozen
from kewei.flows.tests.selling import OCTOBER, csv, open_distributor, open_product, sold, take_in
from kewei.kernel.columns import MissingColumn
from kewei.kernel.refusals import NotAllowed, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> cast.Cast:
    return cast.assemble()


@pytest.fixture
def distributor(staff):
    open_product()
    return open_distributor(staff)


UGLY = csv(
    sold("荆门市第一人民医院", 10),
    sold("荆门市第一人民医院", 10),
    sold("不知何处诊所", -3),
    sold("荆门市第一人民医院", "十"),
    sold("荆门市第一人民医院", 5, day="2026-09-30"),
    sold("", 7),
    sold("合计", 29),
)


def test_good_rows_go_on_bad_ones_stand_aside_and_nothing_is_lost(staff, distributor):
    taken = take_in(distributor, UGLY, staff.qian)
    row = files.file_row(staff.qian, taken.file)
    assert (taken.status, taken.rows, taken.clean, taken.aside) == ("taken", 7, 3, 4)
    assert row.balance.holds
    assert (row.raw_milli, row.clean_milli, row.aside_milli, row.unreadable) == (58_000, 17_000, 41_000, 1)
    file = files.file_for(staff.qian, taken.file)
    assert dict(files.reasons_of(file)) == {
        "bad_quantity": 1, "flows_out_of_window": 1, "flows_total_row": 1, "missing_value": 1
    }  # fmt: skip
    rows, count = files.rows_of(file)
    assert count == 7
    assert [row.flags for row in rows if row.why is None] == [(), ("duplicate",), ("negative",)]


def test_every_row_can_be_rebuilt_as_it_stood(staff, distributor):
    taken = take_in(distributor, UGLY, staff.qian)
    table = list(files.raw_table(files.file_for(staff.qian, taken.file)))
    assert "\n".join(",".join(row) for row in table).encode() == UGLY


def test_rows_taken_in_are_never_changed(staff, distributor):
    take_in(distributor, UGLY, staff.qian)
    with pytest.raises(DatabaseError), transaction.atomic():
        File.objects.all().delete()


def test_the_same_file_again_is_recognised(staff, distributor):
    first = take_in(distributor, UGLY, staff.qian)
    again = take_in(distributor, UGLY, staff.qian, name="另一个名字.csv")
    assert (again.status, again.file) == ("recognised", first.file)
    assert File.objects.count() == 1


def test_a_corrected_file_takes_the_place_of_the_first_and_tells_which_rows_changed(staff, distributor):
    rows = [sold("荆门市第一人民医院", n, batch=f"B{n}") for n in range(1, 7)]
    first = take_in(distributor, csv(*rows), staff.qian)
    rows[0][6] = 100
    again = take_in(distributor, csv(*rows[:5], sold("益丰大药房中山路店", 4, city="武汉市")), staff.qian)
    assert (again.new, again.changed, again.same, again.gone, again.replaces) == (1, 1, 4, 1, first.file)
    assert [one.pk for one in files.live_files(OCTOBER)] == [again.file]


def test_another_part_of_the_month_stands_beside_the_first_and_tells_rows_twice(staff, distributor):
    take_in(distributor, csv(*[sold("荆门市第一人民医院", n) for n in range(1, 6)]), staff.qian)
    later = [sold("荆门市第一人民医院", n, day="2026-10-20") for n in range(1, 6)]
    part = take_in(distributor, csv(sold("荆门市第一人民医院", 1), *later), staff.qian)
    assert part.replaces is None
    assert files.live_files(OCTOBER).count() == 2
    assert files.counts_of(files.file_for(staff.qian, part.file))["duplicate"] == 1


def test_a_layout_is_learned_and_a_change_of_it_is_told(staff, distributor):
    head = ["出单时间", "送到哪", "货", "几盒"]
    with pytest.raises(Exception, match="看不出是销售"):
        excel.read_file(csv(["2026-10-05", "荆门市第一人民医院", "阿莫西林胶囊", 1], head=head), "x.csv")
    mapping = {"出单时间": "day", "送到哪": "customer", "货": "product", "几盒": "quantity"}
    content = csv(["2026-10-05", "荆门市第一人民医院", "阿莫西林胶囊", 1], head=head)
    sent = excel.read_file(content, "x.csv", kind="sales", remembered=mapping)
    actions.take_in_file(distributor=distributor, sent=sent, by=staff.qian, now=cast.MORNING)
    known = files.layout_of(distributor.pk, "sales")
    wider = csv(["2026-11-05", "荆门市第一人民医院", "阿莫西林胶囊", 1, "x"], head=[*head, "备注"])
    again = excel.read_file(wider, "y.csv", kind="sales", remembered=known.mapping)
    taken = actions.take_in_file(distributor=distributor, sent=again, by=staff.qian, now=cast.MORNING)
    assert File.objects.get(pk=taken.file).drift == {"came": ["备注"], "went": []}
    assert Layout.objects.count() == 2


def test_a_file_without_a_column_it_needs_is_asked_about_not_guessed(distributor):
    with pytest.raises(MissingColumn):
        excel.read_file(csv(["2026-10-05", "荆门", 1], head=["销售日期", "客户名称", "数量"]), "x.csv", kind="sales")


def test_names_are_remembered_once_per_distributor(staff, distributor):
    other = open_distributor(staff, "D0002", "武汉同心医药有限公司")
    take_in(distributor, csv(sold("荆门市一医院", 1), sold("荆门市一医院", 2)), staff.qian)
    take_in(other, csv(sold("荆门市一医院", 1)), staff.qian)
    assert Name.objects.count() == 2


def test_a_frozen_month_takes_no_more_files(staff, distributor):
    take_in(distributor, csv(sold("荆门市第一人民医院", 1)), staff.qian)
    for kind in ("purchases", "stock"):
        actions.tell_absence(
            distributor=distributor, month=OCTOBER, kind=kind, reason="refuses", by=staff.qian, now=cast.MORNING
        )
    actions.freeze_month(month=OCTOBER, by=staff.qian, now=cast.MORNING)
    with pytest.raises(MonthFrozen):
        take_in(distributor, csv(sold("荆门市第一人民医院", 2)), staff.qian)


def test_only_who_may_takes_files_in_and_only_of_distributors_they_see(staff, distributor):
    with pytest.raises(NotAllowed):
        take_in(distributor, UGLY, staff.wang)
    elsewhere = cast.open_terminal("D0009", "成都医药有限公司", "distributor", staff.sun, staff.sichuan)
    with pytest.raises(NotFound):
        take_in(elsewhere, UGLY, staff.li)
    taken = take_in(elsewhere, UGLY, staff.qian)
    assert files.list_files(staff.li) == ([], 0)
    with pytest.raises(NotFound):
        files.file_for(staff.li, taken.file)


def test_the_calendar_says_who_is_missing(staff, distributor):
    quiet = open_distributor(staff, "D0002", "武汉同心医药有限公司")
    take_in(distributor, csv(sold("荆门市第一人民医院", 1)), staff.qian)
    actions.tell_absence(
        distributor=distributor, month=OCTOBER, kind="stock", reason="tool_off", by=staff.qian, now=cast.MORNING
    )
    first, second = files.calendar(staff.qian, OCTOBER)
    assert first.missing == ["purchases"]
    assert (second.distributor, second.missing) == (quiet.pk, [])
