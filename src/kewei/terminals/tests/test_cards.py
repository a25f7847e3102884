"""Opening, changing, assigning and closing a card; and 孙, who must not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import cast

from kewei.journal import queries as journal
from kewei.journal.models import Intake
from kewei.kernel.ids import make_credit_code
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.terminals import actions, queries, rules
from kewei.terminals.models import Link, Terminal

pytestmark = pytest.mark.django_db

CREDIT_CODE = make_credit_code("91420800MA0000001")


@pytest.fixture
def staff() -> cast.Cast:
    return cast.assemble()


def facts_of(terminal):
    return [(name, detail) for _, _, name, _, detail, _ in journal.facts_about(terminal.pk, ["terminals"])]


def test_a_representative_opens_a_card_which_is_hers_in_her_territory(staff):
    card = actions.add_terminal(
        name="襄樊市中医院", province="湖北", city="襄樊", kind="public_hospital", by=staff.wang, now=cast.MORNING
    )
    card.refresh_from_db()
    assert (card.owner, card.territory, card.code) == (staff.wang, staff.hubei, f"T{card.pk:06d}")
    assert (card.division, card.province, card.city) == ("420600", "湖北省", "襄阳市")
    assert queries.terminal_for(staff.wang, card.pk) == card
    assert [hit.pk for hit in queries.search(staff.wang, "xfszyy")] == [card.pk]
    assert [name for name, _ in facts_of(card)] == ["terminals.terminal_added"]


def test_a_card_cannot_be_opened_twice_under_one_code_or_credit_code(staff):
    with pytest.raises(rules.CodeTaken):
        actions.add_terminal(code="T0003", name="x", by=staff.wang, now=cast.MORNING)
    actions.add_terminal(code="N1", name="甲", credit_code=CREDIT_CODE, by=staff.wang, now=cast.MORNING)
    with pytest.raises(rules.CreditCodeTaken):
        actions.add_terminal(code="N2", name="乙", credit_code=CREDIT_CODE.lower(), by=staff.sun, now=cast.MORNING)
    assert not Terminal.objects.filter(code="N2").exists()


def test_a_wrong_check_digit_is_refused_with_the_reason(staff):
    wrong = CREDIT_CODE[:-1] + ("0" if CREDIT_CODE[-1] != "0" else "1")
    with pytest.raises(rules.BadCreditCode) as refusal:
        actions.add_terminal(name="甲", credit_code=wrong, by=staff.wang, now=cast.MORNING)
    assert "校验位" in refusal.value.sentence()


def test_only_given_fields_change_and_the_fact_keeps_before_and_after(staff):
    hospital = staff.wangs_hospital
    actions.change_terminal(terminal=hospital, beds=800, name="荆门市人民医院", by=staff.wang, now=cast.MORNING)
    hospital.refresh_from_db()
    assert (hospital.beds, hospital.kind, hospital.city) == (800, "public_hospital", "荆门市")
    (name, detail), *_ = facts_of(hospital)
    assert name == "terminals.terminal_changed"
    assert detail["changes"] == {"beds": [None, 800], "name": ["荆门市第一人民医院", "荆门市人民医院"]}
    with pytest.raises(rules.NothingToChange):
        actions.change_terminal(terminal=hospital, beds=800, by=staff.wang, now=cast.MORNING)


def test_a_change_of_city_makes_the_place_standard(staff):
    changed = actions.change_terminal(
        terminal=staff.wangs_hospital, city="宜昌", district="西陵", by=staff.wang, now=cast.MORNING
    )
    assert (changed.division, changed.city, changed.district) == ("420502", "宜昌市", "西陵区")


def test_a_group_cannot_lead_back_to_its_member(staff):
    actions.change_terminal(terminal=staff.wangs_pharmacy, group=staff.wangs_hospital, by=staff.wang, now=cast.MORNING)
    with pytest.raises(rules.MemberOfItself):
        actions.change_terminal(
            terminal=staff.wangs_hospital, group=staff.wangs_pharmacy, by=staff.wang, now=cast.MORNING
        )


def test_handing_over_moves_card_territory_and_sight(staff):
    actions.assign_owner(terminal=staff.wangs_hospital, owner=staff.sun, by=staff.zheng, now=cast.MORNING)
    hospital = queries.terminal_for(staff.sun, staff.wangs_hospital.pk)
    assert (hospital.owner, hospital.territory) == (staff.sun, staff.sichuan)
    with pytest.raises(NotFound):
        queries.terminal_for(staff.wang, hospital.pk)
    live = Link.objects.filter(terminal=hospital, role="owner", until=None)
    assert [link.person for link in live] == [staff.sun]


def test_without_an_owner_a_terminal_is_seen_by_its_manager_only(staff):
    actions.end_link(terminal=staff.wangs_hospital, role="owner", by=staff.li, now=cast.MORNING)
    assert queries.terminal_for(staff.li, staff.wangs_hospital.pk).owner is None
    with pytest.raises(NotFound):
        queries.terminal_for(staff.wang, staff.wangs_hospital.pk)
    with pytest.raises(rules.NoLinkToEnd):
        actions.end_link(terminal=staff.wangs_hospital, role="owner", by=staff.li, now=cast.MORNING)


def test_a_medical_representative_can_be_linked_but_never_own(staff):
    with pytest.raises(rules.MedicalCannotOwn):
        actions.assign_owner(terminal=staff.wangs_hospital, owner=staff.zhou, by=staff.zheng, now=cast.MORNING)
    with pytest.raises(NotAllowed):
        actions.change_terminal(terminal=staff.wangs_hospital, beds=1, by=staff.zhou, now=cast.MORNING)


def test_closing_and_reopening_are_rows_and_leave_and_enter_the_list(staff):
    actions.close_terminal(terminal=staff.wangs_pharmacy, reason="歇业", by=staff.wang, now=cast.MORNING)
    with pytest.raises(rules.AlreadyClosed):
        actions.close_terminal(terminal=staff.wangs_pharmacy, reason="歇业", by=staff.wang, now=cast.MORNING)
    assert [row.code for row in queries.list_terminals(staff.wang)[0]] == ["T0001"]
    assert [row.code for row in queries.list_terminals(staff.wang, closed=True)[0]] == ["T0002"]
    actions.reopen_terminal(terminal=staff.wangs_pharmacy, by=staff.wang, now=cast.MORNING)
    assert queries.list_terminals(staff.wang)[1] == 2
    with pytest.raises(rules.NotClosed):
        actions.reopen_terminal(terminal=staff.wangs_pharmacy, by=staff.wang, now=cast.MORNING)


REFUSED_TO_SUN = {
    "change": lambda s: actions.change_terminal(terminal=s.wangs_hospital, beds=1, by=s.sun, now=cast.MORNING),
    "close": lambda s: actions.close_terminal(terminal=s.wangs_hospital, reason="x", by=s.sun, now=cast.MORNING),
    "alias": lambda s: actions.add_alias(terminal=s.wangs_hospital, name="x", by=s.sun, now=cast.MORNING),
    "contact": lambda s: actions.add_contact(terminal=s.wangs_hospital, name="x", by=s.sun, now=cast.MORNING),
    "licence": lambda s: actions.record_licence(
        terminal=s.wangs_hospital, kind="medical", number="1", by=s.sun, now=cast.MORNING
    ),
    "settlement": lambda s: actions.set_settlement(terminal=s.wangs_hospital, term_days=30, by=s.sun, now=cast.MORNING),
    "authorised": lambda s: actions.add_authorised(
        terminal=s.wangs_hospital, name="x", kinds=["buy"], by=s.sun, now=cast.MORNING
    ),
    "card": lambda s: queries.card(s.sun, s.wangs_hospital.pk, cast.MORNING.date()),
    "terminal_for": lambda s: queries.terminal_for(s.sun, s.wangs_hospital.pk),
    "terminal_named": lambda s: queries.terminal_named(s.sun, "T0001"),
}


@pytest.mark.parametrize("verb", REFUSED_TO_SUN)
def test_for_sun_wangs_hospital_does_not_exist_and_nothing_is_written(staff, verb):
    seq, _ = journal.head()
    with pytest.raises(NotFound):
        REFUSED_TO_SUN[verb](staff)
    assert journal.head()[0] == seq


@pytest.mark.parametrize("verb", ["assign_owner", "end_link"])
def test_sun_may_not_assign_at_all(staff, verb):
    given = {"owner": staff.sun} if verb == "assign_owner" else {"role": "owner"}
    with pytest.raises(NotAllowed):
        getattr(actions, verb)(terminal=staff.wangs_hospital, by=staff.sun, now=cast.MORNING, **given)
    assert Link.objects.filter(terminal=staff.wangs_hospital, until=None).count() == 2


def test_sun_finds_and_lists_only_his_own(staff):
    assert [row.code for row in queries.list_terminals(staff.sun, closed=None)[0]] == ["T0003"]
    assert [row.code for row in queries.export_rows(staff.sun)] == ["T0003"]
    assert queries.search(staff.sun, "T000") == queries.search(staff.sun, "T0003")
    assert queries.search(staff.sun, "荆门") == queries.search(staff.sun, "t0001") == []
    assert queries.by_codes(staff.sun, ["T0001", "T0003"]) == {"T0003": staff.suns_clinic.pk}
    assert queries.labels(staff.sun, [staff.wangs_hospital.pk]) == {}


def test_sun_is_told_that_a_twin_exists_but_not_whose(staff):
    (twin,) = queries.duplicates(staff.sun, "荆门市第一人民医院")
    assert (twin.pk, twin.code, twin.name, twin.certain) == (None, "", "", False)
    (hers,) = queries.duplicates(staff.wang, "荆门市第一人民医院")
    assert hers.pk == staff.wangs_hospital.pk


# --- the list, at any size ----------------------------------------------------------------------------------------------


def many(staff, count):
    rows = [
        {
            "code": f"M{n:05}",
            "name": f"仁和药店{n}",
            "kind": "pharmacy",
            "city": "武汉",
            "owner": "wang" if n % 2 else "sun",
        }
        for n in range(count)
    ]
    intake = Intake.objects.create(
        noun="customers", filename="x", file_digest="0" * 64, taken_by=staff.qian, taken_at=cast.MORNING
    )
    actions.import_terminals(rows=rows, intake=intake, by=staff.qian, now=cast.MORNING)


@pytest.mark.parametrize("who", ["wang", "li", "zheng"])
def test_a_page_and_a_search_take_as_many_queries_at_any_size(staff, who):
    def asked(**filters):
        person = type(staff.wang).objects.get(pk=getattr(staff, who).pk)
        person.held  # noqa: B018 - posts are read once per request
        with CaptureQueriesContext(connection) as listing:
            rows, _ = queries.list_terminals(person, **filters)
        with CaptureQueriesContext(connection) as searching:
            queries.search(person, "仁和药")
        return len(listing), len(searching), len(rows)

    few = asked()
    many(staff, 400)
    more = asked(start=50)
    assert more[2] == 50
    assert more[0] <= few[0] <= 6
    assert more[1] <= few[1] + 1 <= 10


def test_a_remembered_count_is_never_an_old_one(staff, monkeypatch):
    monkeypatch.setattr("kewei.terminals.queries.listing.REMEMBERED_FROM", 1)
    assert queries.list_terminals(staff.wang)[1] == 2
    fresh = actions.add_terminal(name="新的", by=staff.wang, now=cast.MORNING)
    assert queries.list_terminals(staff.wang)[1] == 3
    actions.close_terminal(terminal=fresh, reason="x", by=staff.wang, now=cast.MORNING)
    assert queries.list_terminals(staff.wang)[1] == 2
    assert queries.list_terminals(staff.wang, closed=True)[1] == 1
    actions.assign_owner(terminal=staff.wangs_pharmacy, owner=staff.sun, by=staff.zheng, now=cast.MORNING)
    assert queries.list_terminals(staff.wang)[1] == 1
    assert queries.list_terminals(staff.sun)[1] == 2
    many(staff, 10)
    assert queries.list_terminals(staff.sun)[1] == 7


def test_exact_and_beginning_come_before_anywhere_inside(staff):
    names = ["协和", "武汉协和医院", "协和东西湖医院", "老协和门诊"]
    for n, name in enumerate(names):
        cast.open_terminal(f"X{n}", name, "clinic", staff.wang, staff.hubei)
    found = [hit.name for hit in queries.search(staff.wang, "协和")]
    assert found[:2] == ["协和", "协和东西湖医院"]
    assert set(found) == set(names)
    assert [hit.name for hit in queries.search(staff.wang, "x2")] == ["协和东西湖医院"]
    assert [hit.name for hit in queries.search(staff.wang, "武汉 医院")] == ["武汉协和医院"]
    assert queries.search(staff.wang, "  ") == []


def test_every_order_is_answered_from_an_index(staff):
    """The page's keys must not be sorted out of the whole table."""
    many(staff, 50)
    for order in (*queries.ORDERS, *(f"-{name}" for name in queries.ORDERS)):
        with CaptureQueriesContext(connection) as asked:
            queries.list_terminals(staff.zheng, order=order, closed=None)
        sql = asked.captured_queries[-1]["sql"]
        assert "LIMIT" in sql
        if connection.vendor == "sqlite":
            keys = sql[sql.index("IN (SELECT") + 4 : sql.rindex(")") if "ORDER BY" in sql else None]
            inner = keys[: keys.index("LIMIT")] + "LIMIT 50"
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {inner}")
                plan = " | ".join(row[3] for row in cursor.fetchall())
            assert "USE TEMP B-TREE FOR ORDER BY" not in plan, (order, plan)
