"""A file of customers: new codes, known codes, blanks, owners; what is wrong with it; and taking it back."""

import pytest
from tests import cast

from kewei.journal import queries as journal
from kewei.journal.models import Intake
from kewei.kernel.ids import make_credit_code
from kewei.kernel.refusals import NotAllowed
from kewei.terminals import actions, queries, rules
from kewei.terminals.models import Alias, ImportedTerminal, Link, SearchLine, Terminal

pytestmark = pytest.mark.django_db

CREDIT_CODE = make_credit_code("91420800MA0000001")
LATER = cast.MORNING.replace(hour=3)


@pytest.fixture
def staff() -> cast.Cast:
    return cast.assemble()


def intake_of(person, at=LATER) -> Intake:
    return Intake.objects.create(
        noun="customers", filename="客户.xlsx", file_digest="0" * 64, taken_by=person, taken_at=at
    )


def take(person, *rows):
    intake = intake_of(person)
    return intake, actions.import_terminals(rows=rows, intake=intake, by=person, now=LATER)


def test_new_codes_become_cards_with_owner_territory_place_and_search_line(staff):
    _, made = take(
        staff.qian,
        {"code": "N1", "name": "宜昌市中医院", "kind": "public_hospital", "owner": "wang", "city": "宜昌"},
        {
            "code": "N2",
            "name": "武汉某门店",
            "province": "湖北",
            "city": "武汉",
            "group_code": "N1",
            "aliases": ["老店"],
        },
        {"code": "N3", "name": "成都某诊所", "city": "成都市", "owner": None, "extra": {"旧系统号": "77"}},
    )
    assert made == {"created": 3, "changed": 0, "unchanged": 0}
    n1, n2, n3 = (Terminal.objects.get(code=code) for code in ("N1", "N2", "N3"))
    assert (n1.owner, n1.territory, n1.province, n1.division) == (staff.wang, staff.hubei, "湖北省", "420500")
    assert (n2.owner, n2.territory, n2.group, n2.kind) == (None, staff.hubei, n1, "other")
    assert (n3.territory, n3.extra) == (staff.sichuan, {"旧系统号": "77"})
    assert [hit.pk for hit in queries.search(staff.qian, "老店")] == [n2.pk]
    assert [hit.pk for hit in queries.search(staff.wang, "ycszyy")] == [n1.pk]
    assert {row.pk for row in queries.list_terminals(staff.wang)[0]} >= {n1.pk}


def test_a_representatives_new_cards_are_hers(staff):
    take(staff.wang, {"code": "N1", "name": "甲"})
    card = Terminal.objects.get(code="N1")
    assert (card.owner, card.territory) == (staff.wang, staff.hubei)
    assert Link.objects.filter(terminal=card, person=staff.wang, role="owner", until=None).exists()


def test_a_known_code_changes_only_where_the_cell_is_not_blank(staff):
    intake, made = take(
        staff.qian,
        {"code": "T0001", "name": "荆门市人民医院", "beds": 800, "kind": None, "city": None, "aliases": ["一医"]},
        {"code": "T0002", "name": "益丰大药房中山路店"},
    )
    assert made == {"created": 0, "changed": 1, "unchanged": 1}
    hospital = Terminal.objects.get(code="T0001")
    assert (hospital.name, hospital.beds, hospital.kind, hospital.city) == (
        "荆门市人民医院", 800, "public_hospital", "荆门市"
    )  # fmt: skip
    assert [hit.pk for hit in queries.search(staff.wang, "一医")] == [hospital.pk]
    kept = ImportedTerminal.objects.get(intake=intake)
    assert kept.changes["beds"] == [None, 800]


def test_the_same_file_again_changes_nothing(staff):
    rows = [{"code": "N1", "name": "甲", "city": "荆门", "owner": "wang", "aliases": ["乙"], "extra": {"a": "b"}}]
    take(staff.qian, *rows)
    before = list(Terminal.objects.order_by("pk").values()), list(SearchLine.objects.order_by("pk").values())
    _, made = take(staff.qian, *rows)
    assert made == {"created": 0, "changed": 0, "unchanged": 1}
    assert (list(Terminal.objects.order_by("pk").values()), list(SearchLine.objects.order_by("pk").values())) == before
    assert Alias.objects.count() == 1
    assert Link.objects.filter(terminal__code="N1").count() == 1


def test_a_new_owner_ends_the_old_link(staff):
    take(staff.qian, {"code": "T0001", "name": "荆门市第一人民医院", "owner": "sun"})
    hospital = Terminal.objects.get(code="T0001")
    assert (hospital.owner, hospital.territory) == (staff.sun, staff.sichuan)
    links = Link.objects.filter(terminal=hospital, role="owner").order_by("pk").values_list("person__login", "until")
    assert list(links) == [("wang", LATER), ("sun", None)]


FAULTY = {
    "code twice": (
        [{"code": "N1", "name": "甲"}, {"code": "N1", "name": "乙"}],
        [(2, "code", rules.RepeatedInFile)],
    ),
    "credit code twice": (
        [
            {"code": "N1", "name": "甲", "credit_code": CREDIT_CODE},
            {"code": "N2", "name": "乙", "credit_code": CREDIT_CODE},
        ],
        [(2, "credit_code", rules.RepeatedInFile)],
    ),
    "nobody of that login": ([{"code": "N1", "name": "甲", "owner": "nobody"}], [(1, "owner", rules.UnknownOwner)]),
    "owner is medical": ([{"code": "N1", "name": "甲", "owner": "zhou"}], [(1, "owner", rules.MedicalCannotOwn)]),
    "unknown group": (
        [{"code": "N1", "name": "甲", "group_code": "ZZ"}],
        [(1, "group_code", rules.UnknownCustomer)],
    ),
    "its own group": ([{"code": "N1", "name": "甲", "group_code": "N1"}], [(1, "group_code", rules.MemberOfItself)]),
}


@pytest.mark.parametrize("case", FAULTY)
def test_every_fault_is_named_with_row_and_column_and_nothing_is_written(staff, case):
    rows, expected = FAULTY[case]
    faults = queries.import_faults(staff.qian, enumerate(rows, 1))
    assert [(row, column, type(why)) for row, column, why in faults] == expected
    with pytest.raises(rules.ImportHasFaults):
        take(staff.qian, *rows)
    assert not Terminal.objects.filter(code__startswith="N").exists()


def test_a_credit_code_of_another_card_is_a_fault(staff):
    actions.add_terminal(code="X1", name="x", credit_code=CREDIT_CODE, by=staff.sun, now=cast.MORNING)
    rows = [(5, {"code": "N1", "name": "甲", "credit_code": CREDIT_CODE})]
    ((row, column, why),) = queries.import_faults(staff.qian, rows)
    assert (row, column, type(why)) == (5, "credit_code", rules.CreditCodeTaken)


def test_sun_cannot_touch_wangs_card_by_its_code_nor_give_cards_away(staff):
    rows = [(2, {"code": "T0001", "name": "归我", "owner": "sun"}), (3, {"code": "N1", "name": "甲", "owner": "wang"})]
    faults = queries.import_faults(staff.sun, rows)
    assert [(row, column, type(why)) for row, column, why in faults] == [
        (2, "code", rules.CodeTaken),
        (3, "owner", NotAllowed),
    ]
    with pytest.raises(rules.ImportHasFaults):
        actions.import_terminals(rows=[rows[0][1]], intake=intake_of(staff.sun), by=staff.sun, now=LATER)
    assert Terminal.objects.get(code="T0001").name == "荆门市第一人民医院"


def test_zhou_may_not_import(staff):
    with pytest.raises(NotAllowed):
        actions.import_terminals(rows=[], intake=intake_of(staff.zhou), by=staff.zhou, now=LATER)


def test_undo_removes_unused_closes_used_and_puts_changes_back(staff):
    intake, _ = take(
        staff.qian,
        {"code": "N1", "name": "没人用", "owner": "wang", "aliases": ["x"]},
        {"code": "N2", "name": "已有证照", "owner": "wang"},
        {"code": "N3", "name": "已改过", "owner": "wang"},
        {"code": "T0001", "name": "新名字", "beds": 800, "owner": "sun", "aliases": ["一医"]},
        {"code": "T0002", "name": "益丰大药房中山路店", "beds": 1},
    )
    used, touched = Terminal.objects.get(code="N2"), Terminal.objects.get(code="N3")
    actions.record_licence(terminal=used, kind="business", number="1", by=staff.wang, now=LATER)
    actions.change_terminal(terminal=touched, beds=2, by=staff.wang, now=LATER)
    actions.change_terminal(terminal=staff.wangs_pharmacy, beds=3, by=staff.wang, now=LATER)
    done = actions.undo_import_terminals(intake=intake, by=staff.qian, now=LATER)
    assert done == {"removed": 1, "closed": 2, "restored": 2, "left": 0}
    assert not Terminal.objects.filter(code="N1").exists()
    assert {row.code for row in queries.list_terminals(staff.qian, closed=True)[0]} == {"N2", "N3"}
    hospital = Terminal.objects.get(code="T0001")
    assert (hospital.name, hospital.beds, hospital.owner) == ("荆门市第一人民医院", None, staff.wang)
    assert Terminal.objects.get(code="T0002").beds == 3  # changed by hand since: it stays
    assert queries.search(staff.qian, "一医") == []
    assert [hit.pk for hit in queries.search(staff.wang, "荆门市第一人民医院")] == [hospital.pk]
    (name, *_), *_ = [fact[1:] for fact in journal.facts_since(0)][-1:]
    assert name == "terminals.import_undone"


def test_progress_reaches_the_end_and_never_turns_back(staff):
    told = []
    rows = [{"code": f"N{n}", "name": f"甲{n}"} for n in range(4500)] + [{"code": "T0001", "name": "新名字"}]
    actions.import_terminals(
        rows=rows,
        intake=intake_of(staff.qian),
        by=staff.qian,
        now=LATER,
        progress=lambda done, of: told.append((done, of)),
    )
    assert told == [(2000, 4501), (4000, 4501), (4500, 4501), (4501, 4501)]


def test_the_timeline_tells_of_imports_and_of_changes_by_hand(staff):
    take(staff.qian, {"code": "T0001", "name": "荆门市第一人民医院", "beds": 800})
    actions.change_terminal(terminal=staff.wangs_hospital, beds=900, by=staff.wang, now=LATER.replace(hour=4))
    told = queries.timeline(staff.wang, staff.wangs_hospital)
    assert [(moment.name, moment.by) for moment in told] == [
        ("terminals.terminal_changed", "王"),
        ("terminals.terminals_imported", "钱"),
    ]
    assert told[1].detail == {"file": "客户.xlsx", "created": False, "changes": {"beds": [None, 800]}}


def test_a_thousand_rows_take_a_fixed_number_of_queries(staff, django_assert_max_num_queries):
    few = [{"code": f"A{n}", "name": f"甲{n}", "city": "荆门"} for n in range(10)]
    many = [{"code": f"B{n}", "name": f"乙{n}", "city": "荆门"} for n in range(1000)]
    with django_assert_max_num_queries(40):
        take(staff.qian, *few)
    with django_assert_max_num_queries(40):
        take(staff.qian, *many)
