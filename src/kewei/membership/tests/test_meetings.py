"""Clubs, councils, services, the usage card: 1C rows 33-36."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import cast, trading

from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.membership import actions
from kewei.membership.models import Attendance, Meeting, StockTold
from kewei.membership.queries import meetings, services, usage
from kewei.membership.rules import meetings as rules
from kewei.membership.rules.programmes import OwnProposal, WhyMissing
from kewei.membership.rules.services import ServiceDone, ServiceSaysLittle, ServiceTied
from kewei.membership.rules.usage import BadStock
from kewei.membership.tests import joining
from kewei.membership.tests.joining import NOW, TODAY


@pytest.fixture
def staff(db):
    return cast.assemble()


def council(staff, cap_fen=3_000_00, approved=True, **more):
    given = {
        "kind": "council", "title": "连锁药房座谈会", "purpose": "听取供货与近效期意见", "agenda": ["供货", "近效期"],
        "on": TODAY, "cost_cap_fen": cap_fen,
    } | more  # fmt: skip
    made = actions.propose_meeting(by=staff.li, now=NOW, **given)
    if approved:
        actions.decide_meeting(meeting=made.pk, agree=True, by=staff.he, now=NOW)
    return made


def came(staff, meeting, job="pharmacy", people=2, terminal=None):
    return actions.note_attendance(
        meeting=meeting.pk, terminal=terminal or staff.wangs_pharmacy, job=job, people=people, by=staff.li, now=NOW
    )


def cost(staff, meeting, fen, kind="room", invoice="FP-1", payee="武汉国际会议中心"):
    return actions.note_cost(meeting=meeting.pk, kind=kind, fen=fen, invoice=invoice, payee=payee, by=staff.li, now=NOW)


def test_a_council_from_proposal_to_close(staff):
    made = council(staff, approved=False)
    with pytest.raises(rules.MeetingState):
        came(staff, made)
    with pytest.raises(NotAllowed):
        actions.decide_meeting(meeting=made.pk, agree=True, by=staff.li, now=NOW)
    actions.decide_meeting(meeting=made.pk, agree=True, by=staff.he, now=NOW)
    came(staff, made)
    with pytest.raises(rules.CameAlready):
        came(staff, made)
    for wrong in ({"job": "张医生"}, {"people": 0}, {"people": 501}):
        with pytest.raises(rules.BadAttendance):
            came(staff, made, **wrong)
    with pytest.raises(rules.NobodyCame):
        actions.close_meeting(meeting=made.pk, by=staff.li, now=NOW)
    actions.keep_minutes(meeting=made.pk, words="希望近效期六个月可调换", by=staff.li, now=NOW)
    todo = actions.set_action(
        meeting=made.pk, what="拟近效期调换办法", owner=staff.wang, due_on=TODAY + timedelta(14), by=staff.li, now=NOW
    )
    cost(staff, made, 1_000_00)
    actions.close_meeting(meeting=made.pk, by=staff.li, now=NOW)
    actions.finish_action(item=todo.pk, words="办法已发", by=staff.li, now=NOW)
    with pytest.raises(rules.ActionDone):
        actions.finish_action(item=todo.pk, words="又", by=staff.li, now=NOW)
    card = meetings.meeting(staff.li, made.pk)
    assert (card.row.state, card.row.cost_fen, card.row.people) == ("closed", 1_000_00, 2)
    assert [row.what for row in card.actions] == ["拟近效期调换办法"]


def test_no_column_keeps_anybodys_name():
    named = {"name", "person", "attendee", "phone", "id_number"}
    assert not named & {field.name for field in Attendance._meta.get_fields()}


def test_costs_stay_within_the_cap_until_a_higher_one_is_approved(staff):
    made = council(staff, cap_fen=1_000_00)
    cost(staff, made, 800_00)
    with pytest.raises(rules.OverCostCap):
        cost(staff, made, 200_01)
    for wrong in ({"invoice": " "}, {"payee": ""}, {"kind": "gift"}):
        with pytest.raises(rules.CostNeedsInvoice):
            cost(staff, made, 1_00, **wrong)
    with pytest.raises(WhyMissing):
        actions.raise_cap(meeting=made.pk, cost_cap_fen=2_000_00, why=" ", by=staff.zheng, now=NOW)
    actions.raise_cap(meeting=made.pk, cost_cap_fen=2_000_00, why="场地涨价", by=staff.zheng, now=NOW)
    with pytest.raises(OwnProposal):
        actions.decide_meeting(meeting=made.pk, agree=True, by=staff.zheng, now=NOW)
    with pytest.raises(rules.MeetingState):
        cost(staff, made, 1_00)
    actions.decide_meeting(meeting=made.pk, agree=True, by=staff.tao, now=NOW)
    cost(staff, made, 200_01)


def test_meals_stay_within_the_cap_per_head(staff):
    made = council(staff)
    with pytest.raises(rules.OverMealCap):
        cost(staff, made, 1_00, kind="meal")
    came(staff, made)
    cost(staff, made, 300_00, kind="meal")
    with pytest.raises(rules.OverMealCap) as no:
        cost(staff, made, 2_00, kind="meal")
    assert (no.value.each_fen, no.value.cap_fen) == (151_00, 150_00)


def test_a_meeting_exists_for_who_keeps_it_and_whose_customers_came(staff):
    made = council(staff)
    for who in (staff.wang, staff.sun):
        with pytest.raises(NotFound):
            meetings.meeting(who, made.pk)
    came(staff, made)
    assert len(meetings.meeting(staff.wang, made.pk).came) == 1
    with pytest.raises(NotFound):
        meetings.meeting(staff.sun, made.pk)
    assert meetings.meeting(staff.tao, made.pk).row.people == 2
    for wrong in ({"title": ""}, {"purpose": ""}, {"agenda": [" "]}, {"cost_cap_fen": -1}, {"kind": "party"}):
        with pytest.raises(rules.MeetingSaysLittle):
            council(staff, approved=False, **wrong)
    assert Meeting.objects.count() == 1


def test_a_club_and_its_events(staff):
    club = actions.found_club(name="江城药店友会", purpose="慢病用药经验交流", by=staff.li, now=NOW)
    joined = actions.join_club(club=club.pk, terminal=staff.wangs_pharmacy, by=staff.li, now=NOW)
    with pytest.raises(rules.InClubAlready):
        actions.join_club(club=club.pk, terminal=staff.wangs_pharmacy, by=staff.li, now=NOW)
    event = council(staff, kind="club", club=club.pk)
    assert event.club_id == club.pk
    assert [row.members for row in meetings.list_clubs(staff.wang)] == [1]
    assert meetings.list_clubs(staff.sun) == []
    actions.leave_club(member=joined.pk, by=staff.li, now=NOW)
    assert meetings.members_of_club(staff.li, club) == []
    actions.close_club(club=club.pk, why="并入公司级友会", by=staff.li, now=NOW)
    with pytest.raises(rules.ClubClosed):
        actions.join_club(club=club.pk, terminal=staff.wangs_pharmacy, by=staff.li, now=NOW)


def test_services_are_for_nothing_and_tied_to_nothing(staff):
    about = {"terminal": staff.wangs_pharmacy, "due_on": TODAY + timedelta(7), "by": staff.wang, "now": NOW}
    made = actions.ask_service(kind="licence_help", words="药品经营许可证换证材料", **about)
    for wrong in ({"kind": "party", "words": "x"}, {"kind": "training", "words": " "}):
        with pytest.raises(ServiceSaysLittle):
            actions.ask_service(**about, **wrong)
    with pytest.raises(ServiceTied):
        actions.ask_service(kind="training", words="进货满 5 万元赠培训", **about)
    assert [row.pk for row in services.list_services(staff.wang)[0]] == [made.pk]
    assert services.list_services(staff.sun)[0] == []
    actions.finish_service(service=made.pk, outcome="新证已取", by=staff.wu, now=NOW)
    with pytest.raises(ServiceDone):
        actions.finish_service(service=made.pk, outcome="又", by=staff.wang, now=NOW)
    assert services.list_services(staff.wang)[0] == []
    assert services.service(staff.wang, made.pk).outcome == "新证已取"


def test_the_usage_card_knows_use_stock_next_order_and_expiry(staff):
    pharmacy, product = staff.wangs_pharmacy, trading.product("P1", "阿莫西林胶囊", 10_00)
    for month, source in ((6, "order"), (8, "flow"), (10, "order")):
        joining.bought(pharmacy, date(2026, month, 15), 900_00, product, 90_000, source)
    actions.tell_stock(
        terminal=pharmacy, product=product, units=20, near_units=5, near_on=date(2027, 1, 31), on=date(2026, 11, 13),
        by=staff.wang, now=NOW,
    )  # fmt: skip
    card = usage.usage_card(staff.wang, pharmacy.pk, TODAY)
    row = card.products[0]
    assert row.months[-6:] == (90_000, 0, 90_000, 0, 90_000, 0)
    assert row.through[-6:] == (0, 0, 90_000, 0, 0, 0)
    assert row.total_milli == 270_000
    assert (row.use.days_left, row.use.next_on, row.use.basis) == (3, date(2026, 12, 15), "told")
    assert card.short == card.due == (row,)
    assert [(one.quantity_milli, one.expires_on, one.told) for one in card.near] == [(5_000, date(2027, 1, 31), True)]
    with pytest.raises(NotFound):
        usage.usage_card(staff.sun, pharmacy.pk, TODAY)
    for wrong in ({"units": -1}, {"units": 1, "near_units": 2}, {"units": 1, "on": TODAY + timedelta(1)}):
        with pytest.raises(BadStock):
            actions.tell_stock(terminal=pharmacy, product=product, by=staff.wang, now=NOW, **wrong)
    assert StockTold.objects.count() == 1


def test_batches_of_ours_that_end_soon_are_on_the_card(db):
    trade = trading.open_shop()
    order = trade.order(10, payment="prepaid")
    trade.ship(order)
    near = usage.usage_card(trade.staff.wang, trade.hospital.pk, date(2027, 8, 1)).near
    assert [(one.batch, one.quantity_milli, one.told) for one in near] == [("B2611", 10_000, False)]


def test_a_card_takes_a_constant_number_of_queries(staff):
    pharmacy = staff.wangs_pharmacy
    usage.usage_card(staff.wang, pharmacy.pk, TODAY)
    counted = []
    for number in (1, 6):
        for code in range(number):
            product = trading.product(f"P{number}{code}", "药", 1_00)
            joining.bought(pharmacy, date(2026, 10, 15), 900_00, product)
        with CaptureQueriesContext(connection) as asked:
            usage.usage_card(staff.wang, pharmacy.pk, TODAY)
        counted.append(len(asked))
    assert counted[0] == counted[1]
