"""From an order to an open item and back: states, headroom, verdicts that replay, and who may do what."""

import json
from datetime import date, timedelta

import pytest
from tests import trading
from tests.trading import NOW, TODAY

from kewei.credit import actions as credit
from kewei.credit.models import Account, Reservation
from kewei.credit.queries.standing import standing
from kewei.credit.rules.exposure import Exposure
from kewei.journal import following
from kewei.journal.actions import catch_up, once
from kewei.journal.models import Fact
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.orders import actions, queries
from kewei.orders.models import Order, Verdict
from kewei.orders.rules.delivering import AlreadyHandedOver, NothingToInvoice, ReceiverNotAuthorised
from kewei.orders.rules.lines import LineWanted, MoreThanOpen, SentBack
from kewei.orders.rules.states import (
    BeyondAuthority,
    GateClosed,
    NeedsSpecialRelease,
    OwnOrder,
    SalesForReleaser,
    WrongState,
)
from kewei.people import actions as people
from kewei.receivables import actions as receivables
from kewei.receivables.models import Item
from kewei.sales.models import SaleLine
from kewei.terminals import actions as terminals

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade():
    return trading.open_shop()


def exposure(trade) -> Exposure:
    return standing(trade.hospital.pk, TODAY).exposure


def follow(trade):
    for follower in following.followers():
        catch_up(follower=follower, by=trade.staff.system, now=NOW)


def test_an_order_that_fits_is_released_by_itself_and_takes_headroom(trade):
    order = trade.order(60)
    assert (order.state, order.total_fen) == ("released", 600_00)
    assert exposure(trade) == Exposure(ordered_fen=600_00)
    assert Reservation.objects.get().until == NOW + timedelta(days=7)


def test_an_order_over_the_limit_is_kept_and_held_and_takes_nothing(trade):
    trade.order(60)
    over = trade.order(41)
    assert over.state == "held"
    assert exposure(trade).total_fen == 600_00
    card = queries.order(trade.staff.wang, over.pk)
    assert card.row.blocked_by == ("over_limit",)
    assert trade.order(40).state == "released"


def test_grade_c_waits_for_a_person_and_not_for_the_one_who_ordered(trade):
    trading.grade(trade.hospital, "C", trade.staff.zhao)
    order = trade.order(10)
    assert order.state == "waiting"
    with pytest.raises(NotAllowed):
        actions.release_order(order=order, by=trade.staff.wang, now=NOW)
    lis = trade.order(5, by=trade.staff.li)
    with pytest.raises(OwnOrder):
        actions.release_order(order=lis, by=trade.staff.li, now=NOW)
    assert actions.release_order(order=order, by=trade.staff.zhao, now=NOW).state == "released"
    assert [row.number for row in queries.awaiting_release(trade.staff.zhao)] == [lis.number]
    assert queries.awaiting_release(trade.staff.li) == []


def test_goods_go_out_in_parts_are_received_invoiced_and_closed(trade):
    order = trade.order(30)
    first = trade.ship(order, 10)
    order.refresh_from_db()
    assert (order.state, exposure(trade)) == ("part_delivered", Exposure(200_00, 100_00))
    handover = actions.hand_over(
        delivery=first, receiver=trade.made["receiver"].pk, on=TODAY, by=trade.staff.chu, now=NOW
    )
    assert handover.receiver_name == "何采"
    with pytest.raises(AlreadyHandedOver):
        actions.hand_over(delivery=first, receiver=trade.made["receiver"].pk, on=TODAY, by=trade.staff.chu, now=NOW)
    entry = trade.invoice(first)
    assert (entry.total_fen, entry.due_date) == (100_00, TODAY + timedelta(days=60))
    assert exposure(trade) == Exposure(200_00, 0, 100_00)
    with pytest.raises(NothingToInvoice):
        trade.invoice(first)
    second = trade.ship(order)
    trade.invoice(second)
    order.refresh_from_db()
    assert (order.state, exposure(trade)) == ("closed", Exposure(invoiced_fen=300_00))
    assert sum(SaleLine.objects.values_list("fen", flat=True)) == 300_00
    assert list(queries.findings()) == []


def test_a_return_before_the_invoice_gives_headroom_back_and_after_it_a_red_letter(trade):
    order = trade.order(30)
    delivery = trade.ship(order)
    part = delivery.lines.get()
    actions.take_back(
        delivery=delivery, lines=[SentBack(part.pk, 10_000)], reason="近效期", on=TODAY, by=trade.staff.qian, now=NOW
    )
    assert exposure(trade) == Exposure(delivered_fen=200_00)
    entry = trade.invoice(delivery)
    assert entry.total_fen == 200_00
    actions.take_back(
        delivery=delivery, lines=[SentBack(part.pk, 5_000)], reason="破损", on=TODAY, red_letter_number="HZ1",
        by=trade.staff.qian, now=NOW,
    )  # fmt: skip
    assert Item.objects.get(entry=entry).open_fen == 150_00
    assert exposure(trade) == Exposure(invoiced_fen=150_00)
    assert list(queries.findings()) == []


def test_cancelling_gives_back_what_is_not_delivered(trade):
    order = trade.order(30)
    trade.ship(order, 10)
    with pytest.raises(MoreThanOpen):
        actions.cancel_order(order=order, lines={order.lines.get().pk: 20_001}, by=trade.staff.wang, now=NOW)
    actions.cancel_order(order=order, reason="缺货", by=trade.staff.wang, now=NOW)
    order.refresh_from_db()
    assert (order.state, exposure(trade)) == ("delivered", Exposure(delivered_fen=100_00))
    with pytest.raises(WrongState):
        actions.cancel_order(order=order, by=trade.staff.wang, now=NOW)
    untouched = trade.order(20)
    assert actions.cancel_order(order=untouched, by=trade.staff.wang, now=NOW).state == "cancelled"


def test_money_that_arrives_lets_a_held_order_go_by_itself(trade):
    receivables.post_invoice(
        terminal=trade.hospital, number="FP-OLD", invoice_date=date(2026, 8, 1), due_date=date(2026, 10, 1),
        total_fen=50_00, by=trade.staff.qian, now=NOW,
    )  # fmt: skip
    order = trade.order(10)
    assert queries.order(trade.staff.wang, order.pk).row.blocked_by == ("overdue",)
    receivables.receive_payment(
        terminal=trade.hospital, number="SK9", received_on=TODAY, fen=50_00, how="oldest", by=trade.staff.qian, now=NOW
    )
    follow(trade)
    order.refresh_from_db()
    assert order.state == "released"
    assert [state.by for state in queries.order(trade.staff.wang, order.pk).states] == ["系统", "王"]


def test_a_new_limit_and_a_lifted_veto_are_looked_at_again(trade):
    veto = terminals.place_veto(terminal=trade.hospital, reason="冷库停电", by=trade.staff.wu, now=NOW)
    order = trade.order(110)
    assert queries.order(trade.staff.wang, order.pk).row.blocked_by == ("over_limit", "veto")
    trading.limit(trade.staff, trade.hospital, 2_000_00)
    follow(trade)
    order.refresh_from_db()
    assert order.state == "held"
    terminals.lift_veto(veto=veto, why="已恢复", by=trade.staff.wu, now=NOW)
    follow(trade)
    order.refresh_from_db()
    assert order.state == "released"


def test_a_licence_that_expired_since_stops_goods_at_the_door(trade):
    order = trade.order(10)
    trade.hospital.licences.update(valid_to=date(2026, 11, 22))
    with pytest.raises(GateClosed) as no:
        trade.ship(order)
    assert "到期" in str(no.value)


def test_a_reservation_nobody_used_goes_back_and_the_gate_is_asked_again(trade):
    from kewei.orders import jobs

    order = trade.order(60)
    jobs.lapse(now=NOW + timedelta(days=6))
    assert exposure(trade).total_fen == 600_00
    later = NOW + timedelta(days=7, minutes=1)
    jobs.lapse(now=later)
    order.refresh_from_db()
    assert (order.state, exposure(trade).total_fen) == ("lapsed", 0)
    assert actions.recheck_order(order=order, by=trade.staff.zhao, now=later).state == "released"


# --- special release --------------------------------------------------------------------------------------------------


def special(trade, order, by, days=5, reason="急用，已与客户约定月底付款"):
    return actions.release_specially(
        order=order, reason=reason, expires_on=TODAY + timedelta(days=days), by=by, now=NOW
    )


def test_what_may_be_waived_needs_a_reason_and_authority(trade):
    order = trade.order(6000)  # 60,000.00 over a limit of 1,000.00
    with pytest.raises(NeedsSpecialRelease):
        actions.release_order(order=order, by=trade.staff.li, now=NOW)
    with pytest.raises(BeyondAuthority) as no:
        special(trade, order, trade.staff.li)
    assert (no.value.most_fen, no.value.wanted_fen) == (50_000_00, 60_000_00)
    special(trade, order, trade.staff.zhao)
    order.refresh_from_db()
    assert (order.state, exposure(trade).total_fen) == ("released", 60_000_00)
    release = queries.order(trade.staff.wang, order.pk).releases[0]
    assert (release.waives, release.over_fen) == (("over_limit",), 59_000_00)
    trade.ship(order, 1)


def test_only_an_appointed_deputy_releases_in_somebodys_name(trade):
    order, staff = trade.order(200), trade.staff
    given = {"order": order, "reason": "急用", "expires_on": TODAY, "stands_in_for": staff.feng, "by": staff.zhao}
    with pytest.raises(NotAllowed):
        actions.release_specially(**given, now=NOW)
    people.appoint_deputy(
        taker=staff.zhao, since=TODAY, until=TODAY + timedelta(days=7), reason="休假", by=staff.feng, now=NOW
    )
    assert actions.release_specially(**given, now=NOW).state == "released"


def deputise(trade, giver, taker):
    people.appoint_deputy(
        taker=taker, since=TODAY, until=TODAY + timedelta(days=7), reason="休假", by=giver, now=NOW
    )  # fmt: skip


def test_a_deputy_is_judged_by_whom_he_stands_in_for_and_four_eyes_stay_four(trade):
    staff = trade.staff
    deputise(trade, staff.feng, staff.zhao)
    deputise(trade, staff.zhao, staff.li)
    deputise(trade, staff.li, staff.feng)
    large, small = trade.order(30_000), trade.order(6_000)  # 300,000.00 and 60,000.00

    def release(order, by, giver):
        given = {"order": order, "reason": "急用", "expires_on": TODAY, "stands_in_for": giver, "by": by}
        return actions.release_specially(**given, now=NOW)

    with pytest.raises(BeyondAuthority):
        special(trade, large, staff.zhao)
    assert release(large, staff.zhao, staff.feng).state == "released"
    with pytest.raises(BeyondAuthority):  # a manager's 50,000.00, though Feng could do it in his own name
        release(small, staff.feng, staff.li)
    with pytest.raises(SalesForReleaser):
        release(small, staff.li, staff.zhao)
    lis = trade.order(200, by=staff.li)
    with pytest.raises(OwnOrder):
        release(lis, staff.feng, staff.li)
    kept = queries.order(staff.wang, large.pk).releases[0]
    assert (kept.by, kept.authority.rpartition(":")[2]) == ("赵", "credit_manager")


def test_what_the_gate_said_is_kept_when_it_says_no(trade):
    staff, order = trade.staff, trade.order(6_000)

    def said():
        words = Verdict.objects.filter(order=order).order_by("pk").values_list("moment", "outcome", "by__login")
        return list(words)[1:]

    with pytest.raises(NeedsSpecialRelease):
        actions.release_order(order=order, by=staff.zhao, now=NOW)
    with pytest.raises(BeyondAuthority):
        once(
            key="k1", verb="orders.release", body=1, by=staff.li, now=NOW,
            do=lambda: special(trade, order, staff.li).pk,
        )  # fmt: skip
    trade.hospital.licences.update(valid_to=date(2026, 11, 22))
    with pytest.raises(GateClosed):
        special(trade, order, staff.zhao)
    trade.hospital.licences.update(valid_to=date(2028, 1, 1))
    special(trade, order, staff.zhao)
    trade.hospital.licences.update(valid_to=date(2026, 11, 22))
    with pytest.raises(GateClosed):
        trade.ship(order, 1)
    assert said() == [
        ("release", "block", "zhao"), ("release", "block", "li"), ("release", "block", "zhao"), ("release", "block", "zhao"),
        ("delivery", "block", "chu"),
    ]  # fmt: skip
    refused = Fact.objects.filter(name="orders.order_refused").order_by("seq")
    assert [json.loads(fact.detail)["why"] for fact in refused] == [
        "needs_special_release", "beyond_authority", "gate_says_no", "gate_says_no",
    ]  # fmt: skip
    assert all(queries.replay(pk)[0] for pk in Verdict.objects.values_list("pk", flat=True))


def test_what_moves_a_groups_headroom_is_followed_by_its_other_members(trade):
    hospital, shop = trade.hospital, trade.staff.wangs_pharmacy
    shop.kind, shop.group = hospital.kind, hospital
    shop.save()
    trading.papers(shop)
    trading.grade(shop, "B", trade.staff.zhao)
    trading.old_customer(trade.staff, shop)
    trading.limit(trade.staff, shop, 1_000_00)
    trading.limit(trade.staff, hospital, 500_00, for_group=True)
    heads, members = trade.order(40), trade.order(20, terminal=shop)
    assert queries.order(trade.staff.wang, members.pk).row.blocked_by == ("over_group_limit",)
    actions.cancel_order(order=heads, by=trade.staff.wang, now=NOW)
    follow(trade)
    members.refresh_from_db()
    assert members.state == "released"
    more = trade.order(40, terminal=shop)
    assert more.state == "held"
    trading.limit(trade.staff, hospital, 900_00, for_group=True)
    follow(trade)
    more.refresh_from_db()
    assert more.state == "released"


def test_a_special_release_ends_on_its_day(trade):
    order = trade.order(200)
    special(trade, order, trade.staff.zhao, days=0)
    trade.now = NOW + timedelta(days=1)
    with pytest.raises(NeedsSpecialRelease):
        trade.ship(order, on=TODAY + timedelta(days=1))
    actions.release_specially(
        order=order, reason="再给三天", expires_on=TODAY + timedelta(days=3), by=trade.staff.zhao, now=trade.now
    )
    trade.ship(order, 50, on=TODAY + timedelta(days=1))
    order.refresh_from_db()
    assert (order.state, exposure(trade)) == ("part_delivered", Exposure(1_500_00, 500_00))
    trade.now = NOW + timedelta(days=4)
    with pytest.raises(NeedsSpecialRelease):
        trade.ship(order, 50, on=TODAY + timedelta(days=4))
    actions.release_specially(
        order=order, reason="余货", expires_on=TODAY + timedelta(days=5), by=trade.staff.zhao, now=trade.now
    )
    order.refresh_from_db()
    assert (order.state, exposure(trade)) == ("part_delivered", Exposure(1_500_00, 500_00))
    trade.ship(order, on=TODAY + timedelta(days=4))
    assert exposure(trade) == Exposure(delivered_fen=2_000_00)
    assert list(queries.findings()) == []


def test_goods_that_must_be_supplied_do_not_leave_without_somebody_who_answers_for_it(trade):
    order = trade.order(2, product=trade.insulin)
    assert order.state == "released"
    trading_debt(trade)
    with pytest.raises(NeedsSpecialRelease):
        trade.ship(order)
    special(trade, order, trade.staff.zhao)
    trade.ship(order)


def trading_debt(trade) -> None:
    """An invoice that is long overdue."""
    receivables.post_invoice(
        terminal=trade.hospital, number="FP-DEBT", invoice_date=date(2026, 8, 1), due_date=date(2026, 9, 1),
        total_fen=50_00, by=trade.staff.qian, now=NOW,
    )  # fmt: skip


def test_a_lower_floor_lets_an_order_go_by_itself(trade):
    floor = {"product": trade.amoxicillin, "price_fen": 10_00, "since": TODAY, "by": trade.staff.zheng, "now": NOW}
    actions.set_price(floor_fen=9_00, **floor)
    order = trade.order(10, price_fen=8_00)
    assert order.state == "waiting"
    actions.set_price(floor_fen=8_00, **floor)
    follow(trade)
    order.refresh_from_db()
    assert order.state == "released"


def test_what_a_cancelled_order_gives_back_lets_a_held_one_go(trade):
    first, second = trade.order(90), trade.order(80)
    assert (first.state, second.state) == ("released", "held")
    actions.cancel_order(order=first, reason="不要了", by=trade.staff.wang, now=NOW)
    follow(trade)
    second.refresh_from_db()
    assert second.state == "released"


def test_a_reservation_that_no_order_stands_for_is_found(trade):
    order = trade.order(10)
    Reservation.objects.update(reference="orders.order:999999")
    assert [finding.code for finding in queries.findings()] == ["reservation_without_order"]
    Reservation.objects.update(reference=f"orders.order:{order.pk}")
    Order.objects.filter(pk=order.pk).update(state="cancelled")
    assert {finding.code for finding in queries.findings()} == {"state_differs", "reservation_without_order"}


@pytest.mark.parametrize("who", ["zhao", "feng", "tao", "zheng", "wu"])
def test_nobody_lets_an_unlicensed_customer_pass(trade, who):
    trade.hospital.licences.update(valid_to=date(2026, 11, 22))
    order = trade.order(10)
    with pytest.raises((GateClosed, NotAllowed)):
        special(trade, order, getattr(trade.staff, who))
    narcotic = trade.order(1, product=trade.morphine)
    with pytest.raises((GateClosed, NotAllowed)):
        special(trade, narcotic, getattr(trade.staff, who))


def test_only_quality_lifts_its_veto(trade):
    veto = terminals.place_veto(terminal=trade.hospital, reason="查", by=trade.staff.wu, now=NOW)
    for who in (trade.staff.zheng, trade.staff.li, trade.staff.zhao):
        with pytest.raises(NotAllowed):
            terminals.lift_veto(veto=veto, why="算了", by=who, now=NOW)


def test_drugs_that_must_be_supplied_wait_for_approval_instead_of_being_refused(trade):
    credit.end_limit(terminal=trade.hospital, why="试", by=trade.staff.feng, now=NOW)
    order = trade.order(1, product=trade.insulin)
    assert order.state == "waiting"
    with pytest.raises(NeedsSpecialRelease):
        actions.release_order(order=order, by=trade.staff.zhao, now=NOW)
    special(trade, order, trade.staff.zhao, reason="集采中选品种，保障供应")
    order.refresh_from_db()
    assert order.state == "released"


# --- who --------------------------------------------------------------------------------------------------------------


def test_the_medical_representative_and_the_stranger_can_do_none_of_it(trade):
    order = trade.order(10)
    delivery = trade.ship(order, 1)
    for who, no in ((trade.staff.zhou, (NotFound, NotAllowed)), (trade.staff.sun, (NotFound, NotAllowed))):
        tries = [
            lambda who=who: trade.order(1, by=who),
            lambda who=who: actions.recheck_order(order=order, by=who, now=NOW),
            lambda who=who: actions.release_order(order=order, by=who, now=NOW),
            lambda who=who: special(trade, order, who),
            lambda who=who: actions.cancel_order(order=order, by=who, now=NOW),
            lambda who=who: actions.deliver(order=order, lines=[], on=TODAY, by=who, now=NOW),
            lambda who=who: actions.hand_over(delivery=delivery, receiver=1, on=TODAY, by=who, now=NOW),
            lambda who=who: actions.invoice_delivery(delivery=delivery, number="X", on=TODAY, by=who, now=NOW),
            lambda who=who: queries.order(who, order.pk),
            lambda who=who: queries.try_order(who, trade.hospital, [LineWanted(trade.amoxicillin.pk, 1000)], "credit", NOW),
        ]  # fmt: skip
        for attempt in tries:
            with pytest.raises(no):
                attempt()
        assert queries.list_orders(who) == ([], 0)
    assert Order.objects.count() == 1


def test_only_an_authorised_person_receives(trade):
    delivery = trade.ship(trade.order(10))
    expired = trading.authorise(trade.hospital, "旧", valid_to=date(2026, 11, 1))
    blank = trading.authorise(trade.hospital, "空", valid_to=None)
    for person in (expired, blank):
        with pytest.raises(ReceiverNotAuthorised):
            actions.hand_over(delivery=delivery, receiver=person.pk, on=TODAY, by=trade.staff.chu, now=NOW)


# --- replay, prices, counting -----------------------------------------------------------------------------------------


def test_every_word_of_the_gate_replays_bit_by_bit_and_a_forged_one_does_not(trade):
    order = trade.order(30)
    trade.order(500)
    trade.invoice(trade.ship(order))
    assert Verdict.objects.count() == 4
    for pk in Verdict.objects.values_list("pk", flat=True):
        assert queries.replay(pk)[0]


def test_the_most_particular_price_counts_and_below_the_floor_somebody_approves(trade):
    given = {"product": trade.amoxicillin, "since": date(2026, 1, 1), "by": trade.staff.qian, "now": NOW}
    actions.set_price(price_fen=12_00, floor_fen=11_00, **given)
    actions.set_price(price_fen=11_50, floor_fen=11_00, customer_kind="public_hospital", **given)
    assert trade.order(1).total_fen == 11_50
    actions.set_price(price_fen=11_20, floor_fen=11_10, terminal=trade.hospital, **given)
    assert trade.order(1).total_fen == 11_20
    below = trade.order(1, price_fen=11_09)
    assert below.state == "waiting"
    special(trade, below, trade.staff.li, reason="清库存")


def test_refusals_are_counted_as_what_they_kept_out(trade):
    trade.order(200)
    trade.order(300)
    trade.order(10)
    rows = queries.refusal_counts(trade.staff.zheng, TODAY, TODAY)
    assert [(row.key, row.orders, row.fen) for row in rows] == [("over_limit", 2, 5_000_00)]
    assert queries.refusal_counts(trade.staff.sun, TODAY, TODAY) == []


def test_account_and_reservations_agree_after_all_of_it(trade):
    order = trade.order(30)
    trade.ship(order, 5)
    actions.cancel_order(order=order, by=trade.staff.wang, now=NOW)
    account = Account.objects.get(pk=trade.hospital.pk)
    assert (account.ordered_fen, account.delivered_fen) == (0, 50_00)
