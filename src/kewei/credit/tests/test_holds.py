"""A hold stops credit; one placed by a rule lifts itself when its reason is gone (docs/algorithms/holds.md)."""

from datetime import date, timedelta

import pytest
from tests import cast

from kewei.credit import actions, jobs
from kewei.credit.models import Hold
from kewei.credit.queries import holds
from kewei.credit.queries import standing as asking
from kewei.credit.rules import holds as rules
from kewei.journal.actions import catch_up
from kewei.journal.following import followers
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.people import queries as people
from kewei.receivables import actions as receivables
from kewei.receivables.rules.bills import BillGiven

pytestmark = pytest.mark.django_db
NOW, DAY = cast.MORNING, date(2026, 11, 23)
POLICY = rules.HOLDS.read(rules.HOLDS.body)


@pytest.fixture
def staff(db):
    return cast.assemble()


def lend(staff, fen=1_000_00):
    return actions.grant_limit(
        terminal=staff.wangs_hospital, fen=fen, term_days=60, since=DAY, until=date(2027, 5, 1), application=None,
        by=staff.feng, now=NOW,
    )  # fmt: skip


def owe(staff, fen=500_00, due=date(2026, 11, 1), number="FP1"):
    return receivables.post_invoice(
        terminal=staff.wangs_hospital, number=number, invoice_date=date(2026, 8, 1), due_date=due, total_fen=fen,
        by=staff.qian, now=NOW,
    )  # fmt: skip


def pay(staff, fen, number="SK1", how="oldest", **more):
    return receivables.receive_payment(
        terminal=staff.wangs_hospital, number=number, received_on=DAY, fen=fen, how=how, by=staff.qian, now=NOW, **more
    )


def reasons(staff, day=DAY):
    return [reason for reason, _note in asking.standing(staff.wangs_hospital.pk, day).holds]


def follow(now=NOW):
    for follower in followers():
        if follower.name == "credit.keep_holds":
            catch_up(follower=follower, by=people.system(), now=now)


def test_a_person_stops_credit_and_starts_it_again_with_words(staff):
    hold = actions.place_hold(terminal=staff.wangs_hospital, reason="legal", note="被起诉", by=staff.zhao, now=NOW)
    assert reasons(staff) == ["legal"]
    with pytest.raises(rules.AlreadyOnHold):
        actions.place_hold(terminal=staff.wangs_hospital, reason="legal", note="又来", by=staff.zhao, now=NOW)
    with pytest.raises(rules.HoldNeedsWords):
        actions.lift_hold(hold=hold, why=" ", by=staff.zhao, now=NOW)
    actions.lift_hold(hold=hold, why="撤诉", by=staff.zhao, now=NOW)
    assert reasons(staff) == []
    with pytest.raises(rules.NotOnHold):
        actions.lift_hold(hold=hold, why="再次", by=staff.zhao, now=NOW)


def test_a_hold_with_a_last_day_ends_by_itself(staff):
    given = {"terminal": staff.wangs_hospital, "reason": "dispute", "by": staff.zhao}
    with pytest.raises(rules.HoldEndsInPast):
        actions.place_hold(note="对账", until=date(2026, 11, 22), now=NOW, **given)
    actions.place_hold(note="对账", until=DAY, now=NOW, **given)
    assert (reasons(staff), reasons(staff, date(2026, 11, 24))) == (["dispute"], [])
    tomorrow = NOW + timedelta(days=1)
    actions.place_hold(note="再对", now=tomorrow, **given)
    assert list(Hold.objects.order_by("pk").values_list("lifted_why", flat=True)) == ["ran_out", ""]


def test_an_overdue_hold_lifts_itself_when_money_arrives(staff):
    lend(staff)
    owe(staff, due=date(2026, 11, 1))
    jobs.keep_holds(now=NOW)
    assert reasons(staff) == ["overdue"]
    assert Hold.objects.get().cause == "22>15"
    pay(staff, 499_99)
    follow()
    assert reasons(staff) == ["overdue"]
    pay(staff, 1, "SK2")
    follow()
    assert reasons(staff) == []
    assert (Hold.objects.get().lifted_why, Hold.objects.get().lifted_by) == ("cause_gone", staff.system)


def test_what_a_person_placed_no_rule_lifts(staff):
    lend(staff)
    owe(staff)
    actions.place_hold(terminal=staff.wangs_hospital, reason="overdue", note="先停", by=staff.zhao, now=NOW)
    jobs.keep_holds(now=NOW)
    pay(staff, 500_00)
    follow()
    assert reasons(staff) == ["overdue"]


def test_a_hold_lifted_by_hand_comes_back_only_after_the_respite(staff):
    lend(staff)
    owe(staff)
    jobs.keep_holds(now=NOW)
    actions.lift_hold(hold=Hold.objects.get(), why="已承诺周五付款", by=staff.zhao, now=NOW)
    jobs.keep_holds(now=NOW + timedelta(days=6))
    assert reasons(staff) == []
    jobs.keep_holds(now=NOW + timedelta(days=8))
    assert reasons(staff) == ["overdue"]


def test_without_credit_in_force_nothing_is_stopped(staff):
    owe(staff)
    jobs.keep_holds(now=NOW)
    assert not Hold.objects.exists()
    lend(staff)
    follow()
    assert reasons(staff) == ["overdue"]


def test_a_dishonoured_bill_holds_until_what_it_had_settled_is_paid(staff):
    owe(staff, due=DAY)
    bill = BillGiven("commercial", DAY)
    receipt = pay(staff, 500_00, method="bill", bill=bill)
    receivables.dishonour_bill(bill=receipt.pk, on=DAY, reason="余额不足", by=staff.qian, now=NOW)
    follow()
    assert reasons(staff) == ["bill_default"]
    pay(staff, 500_00, "SK2")
    follow()
    assert reasons(staff) == []


def test_only_credit_holds_and_strangers_see_none(staff):
    for person, no in ((staff.zhou, NotAllowed), (staff.wang, NotAllowed), (staff.qian, NotAllowed)):
        with pytest.raises(no):
            actions.place_hold(terminal=staff.wangs_hospital, reason="other", note="x", by=person, now=NOW)
    hold = actions.place_hold(terminal=staff.wangs_hospital, reason="other", note="x", by=staff.zhao, now=NOW)
    assert holds.list_holds(staff.sun, DAY) == ([], 0)
    assert holds.list_holds(staff.wang, DAY)[1] == 1
    with pytest.raises(NotFound):
        holds.hold_for(staff.sun, hold.pk)


@pytest.mark.parametrize(
    ("trouble", "due"),
    [
        (rules.Trouble("A", 30, limit_fen=1), {}),
        (rules.Trouble("A", 31, limit_fen=1), {"overdue": "31>30"}),
        (rules.Trouble("C", 15, limit_fen=1), {}),
        (rules.Trouble("C", 16, limit_fen=1), {"overdue": "16>15"}),
        (rules.Trouble("D", 1, limit_fen=1), {"overdue": "1>0"}),
        (rules.Trouble("A", exposure_fen=120, limit_fen=100), {}),
        (rules.Trouble("A", exposure_fen=121, limit_fen=100), {"limit_over": "121>100"}),
        (rules.Trouble("A", exposure_fen=121), {}),
        (rules.Trouble("A", dishonoured_bills=1), {"bill_default": "1"}),
        (rules.Trouble("A", licence_lost=True), {"licence": "licence"}),
    ],
)
def test_the_reasons_of_the_rules(trouble, due):
    assert rules.due_holds(trouble, POLICY) == due
