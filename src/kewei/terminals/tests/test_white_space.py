"""Lists of hospitals fill the pool of every territory, once; what is here already stays as it is."""

from datetime import date

import pytest
from tests import cast

from kewei.journal.models import Intake
from kewei.kernel.refusals import NotAllowed
from kewei.terminals import actions, queries, rules
from kewei.terminals.models import Prospect, Stage, Terminal
from kewei.terminals.queries import prospects
from kewei.terminals.queries.white_space import plan_white_space
from kewei.terminals.rules import near
from kewei.terminals.rules.white_space import kind_by_name

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
ROWS = [
    {"code": "H1", "name": "京山市人民医院", "province": "湖北省", "city": "荆门市", "grade": "2A", "kind": "public_hospital"},
    {"code": "H2", "name": "钟祥市柴湖镇卫生院", "province": "湖北", "city": "荆门", "kind": "public_hospital"},
    {"code": "H3", "name": "成都市第三人民医院", "province": "四川省", "city": "成都市", "latitude": 30_667_000, "longitude": 104_060_000},
    {"code": "H4", "name": "荆门市第一人民医院", "province": "湖北省", "city": "荆门市"},
]  # fmt: skip


@pytest.fixture
def staff() -> cast.Cast:
    return cast.assemble()


def bring(staff, rows=ROWS, by=None, digest="h" * 64):
    by = by or staff.zheng
    intake = Intake.objects.create(
        noun="white-space", filename="名录.csv", file_digest=digest, taken_by=by, taken_at=cast.MORNING
    )
    return intake, actions.import_white_space(rows=rows, intake=intake, by=by, now=cast.MORNING)


def test_each_comes_into_the_pool_of_its_territory_and_customers_are_not_opened_again(staff):
    _intake, made = bring(staff)
    assert made == {"created": 3, "known": 1}
    assert [row.code for row in prospects.pool(staff.wang, TODAY)[0]] == ["H1", "H2"]
    assert [row.code for row in prospects.pool(staff.sun, TODAY)[0]] == ["H3"]
    opened = Terminal.objects.get(code="H2")
    assert (opened.kind, opened.division, opened.territory, opened.owner) == (
        "primary_care", "420800", staff.hubei, None,
    )  # fmt: skip
    assert (opened.prospect.source, opened.stages.get().stage) == ("public_list", "general")
    assert queries.coordinates([Terminal.objects.get(code="H3").pk]) == {
        Terminal.objects.get(code="H3").pk: (30_667_000, 104_060_000)
    }


def test_a_second_import_changes_nothing(staff):
    bring(staff)
    before = list(Terminal.objects.order_by("pk").values()), list(Stage.objects.values())
    _intake, made = bring(staff, digest="i" * 64)
    assert made == {"created": 0, "known": 4}
    assert (list(Terminal.objects.order_by("pk").values()), list(Stage.objects.values())) == before


def test_undone_the_untouched_go_and_those_worked_on_stay_closed(staff):
    intake, _made = bring(staff)
    first = Terminal.objects.get(code="H1")
    actions.claim_prospects(terminal_ids=[first.pk], by=staff.wang, now=cast.MORNING.replace(hour=3))
    done = actions.undo_import_terminals(intake=intake, by=staff.zheng, now=cast.MORNING.replace(hour=4))
    assert (done["removed"], done["closed"]) == (2, 1)
    assert list(Prospect.objects.values_list("terminal__code", flat=True)) == ["H1"]
    assert queries.card(staff.wang, first.pk, TODAY).closure is not None


def test_a_row_twice_is_a_fault_and_nothing_is_written(staff):
    plan = plan_white_space(staff.zheng, enumerate([*ROWS, ROWS[0]], 2))
    assert [(row, column) for row, column, _ in plan.faults] == [(6, "code")]
    with pytest.raises(rules.ImportHasFaults):
        bring(staff, [*ROWS, ROWS[0]])
    assert not Prospect.objects.exists()


def test_a_place_in_no_territory_goes_to_the_importers_own_or_to_the_top(staff):
    far = [{"code": "H9", "name": "拉萨市人民医院", "province": "西藏自治区", "city": "拉萨市"}]
    bring(staff, far)
    assert Terminal.objects.get(code="H9").territory.code == "CN"
    bring(staff, [far[0] | {"code": "H10", "name": "拉萨市中医院"}], by=staff.li, digest="j" * 64)
    assert Terminal.objects.get(code="H10").territory == staff.hubei
    assert prospects.pool(staff.wang, TODAY)[1] == 1
    # Without a territory above all there is nowhere to put them.
    cast.draw_territory("HK", "香港区")
    lhasa = [far[0] | {"code": "H11", "name": "拉萨市藏医院"}]
    assert [column for _, column, _ in plan_white_space(staff.zheng, enumerate(lhasa, 1)).faults] == ["province"]


def test_who_sells_or_judges_does_not_fill_the_pool(staff):
    for name in ("wang", "sun", "zhou", "zhao", "qian", "wu"):
        with pytest.raises(NotAllowed):
            bring(staff, by=getattr(staff, name), digest=name * 16)
    assert not Prospect.objects.exists()


def test_a_name_tells_its_kind_where_a_list_calls_everything_a_hospital():
    given = {
        "柴湖镇卫生院": ("public_hospital", "primary_care"), "李刚诊所": ("public_hospital", "clinic"),
        "民政医院": ("", "public_hospital"), "同仁堂药房": ("pharmacy", "pharmacy"), "康复中心": ("", "other"),
    }  # fmt: skip
    assert {name: kind_by_name(name, kind) for name, (kind, _) in given.items()} == {
        name: kind for name, (_, kind) in given.items()
    }


def test_distances_are_those_of_the_sphere():
    wuhan, jingmen = (30_593_000, 114_305_000), (31_035_000, 112_199_000)
    assert near.metres_between(wuhan, wuhan) == 0
    assert abs(near.metres_between(wuhan, jingmen) - 207_000) < 1_000
    one_degree = near.metres_between((0, 0), (1_000_000, 0))
    assert abs(one_degree - 111_195) < 2
    (south, west), (north, east) = near.box_around(wuhan, 50_000)
    for corner in ((south, 114_305_000), (north, 114_305_000), (30_593_000, west), (30_593_000, east)):
        assert near.metres_between(wuhan, corner) >= 50_000
    assert near.read_degrees("31.035412", 90) == 31_035_412
    assert [near.read_degrees(text, 90) for text in ("91", "31,0", "", "nan", "1e1")] == [None] * 5
