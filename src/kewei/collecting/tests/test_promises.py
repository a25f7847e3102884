"""Promises to pay: written down, moved, judged by the money that came (docs/algorithms/promises.md)."""

from datetime import date, timedelta

import pytest
from tests import cast

from kewei.collecting import actions, jobs
from kewei.collecting.actions.promises import Said
from kewei.collecting.models import ClockEvent, Dispute, Promise, PromiseState
from kewei.collecting.queries import checks, promises
from kewei.collecting.rules import promises as rules
from kewei.collecting.rules.promises import Part
from kewei.journal.actions import catch_up
from kewei.journal.following import followers
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.people import queries as people
from kewei.receivables import actions as receivables

pytestmark = pytest.mark.django_db
NOW, DAY = cast.MORNING, date(2026, 11, 23)
FRIDAY = date(2026, 12, 4)
HIM = Said("李会计", "财务科长", "finance", "written")


@pytest.fixture
def staff(db):
    return cast.assemble()


def owe(staff, number="FP1", fen=100_00, terminal=None):
    return receivables.post_invoice(
        terminal=terminal or staff.wangs_hospital, number=number, invoice_date=date(2026, 8, 1),
        due_date=date(2026, 10, 1), total_fen=fen, by=staff.qian, now=NOW,
    ).pk  # fmt: skip


def pay(staff, fen, on, number="SK1", how="oldest", now=NOW):
    return receivables.receive_payment(
        terminal=staff.wangs_hospital, number=number, received_on=on, fen=fen, how=how, by=staff.qian, now=now
    )


def promise(staff, items, *parts, by=None, said=HIM, made_on=DAY):
    given = [Part(on, fen) for on, fen in parts or [(FRIDAY, 100_00)]]
    return actions.make_promise(
        terminal=staff.wangs_hospital, items=items, parts=given, said=said, made_on=made_on, by=by or staff.wang,
        now=NOW,
    )  # fmt: skip


def at(day):
    return NOW + timedelta(days=(day - DAY).days)


def states(made):
    return list(PromiseState.objects.filter(promise=made).order_by("pk").values_list("state", flat=True))


def follow(now):
    for follower in followers():
        if follower.name.startswith("collecting."):
            catch_up(follower=follower, by=people.system(), now=now)


def test_money_keeps_a_promise_the_moment_it_is_booked(staff):
    made = promise(staff, [owe(staff)])
    pay(staff, 40_00, FRIDAY, now=at(FRIDAY))
    follow(at(FRIDAY))
    assert promises.promise(staff.wang, made.pk).row.paid_fen == 40_00
    pay(staff, 60_00, FRIDAY, number="SK2", how="none", now=at(FRIDAY))
    follow(at(FRIDAY))
    found = promises.promise(staff.wang, made.pk)
    assert (found.row.state, found.row.paid_fen) == ("kept", 100_00)
    assert states(made) == ["pending", "part", "kept"]
    assert promises.open_by_item([found.items[0].entry]) == {}


def test_a_broken_promise_is_told_once_and_corrected_by_money_booked_late(staff):
    item = owe(staff)
    made = promise(staff, [item])
    open_one = promises.open_by_item([item])[item]
    assert (open_one.next_on, open_one.judged_after) == (FRIDAY, date(2026, 12, 8))
    for day in (8, 9, 10):
        jobs.judge_promises(now=at(date(2026, 12, day)))
    assert states(made) == ["pending", "broken"]
    assert promises.broken_in_row([staff.wangs_hospital.pk]) == {staff.wangs_hospital.pk: 1}
    pay(staff, 100_00, date(2026, 12, 7), now=at(date(2026, 12, 14)))
    jobs.judge_promises(now=at(date(2026, 12, 14)))
    assert states(made) == ["pending", "broken", "kept"]
    assert promises.broken_in_row([staff.wangs_hospital.pk]) == {}


def test_two_broken_promises_in_a_row_push_the_case_up(staff):
    for number in (1, 2):
        promise(staff, [owe(staff, f"FP{number}")])
    jobs.judge_promises(now=at(date(2026, 12, 9)))
    assert promises.pushed_up([staff.wangs_hospital.pk], date(2026, 12, 9)) == {staff.wangs_hospital.pk: 1}


def test_loose_money_counts_once(staff):
    first = promise(staff, [owe(staff, "FP1")], (FRIDAY, 100_00))
    second = promise(staff, [owe(staff, "FP2")], (FRIDAY + timedelta(days=1), 100_00))
    pay(staff, 120_00, DAY, how="none")
    jobs.judge_promises(now=at(date(2026, 12, 9)))
    assert (states(first)[-1], states(second)[-1]) == ("kept", "broken")
    assert promises.promise(staff.wang, second.pk).row.paid_fen == 20_00


def test_money_from_before_a_promise_does_not_keep_it(staff):
    item = owe(staff, fen=200_00)
    pay(staff, 50_00, date(2026, 11, 20))
    made = promise(staff, [item], (FRIDAY, 150_00))
    jobs.judge_promises(now=at(FRIDAY))
    assert promises.promise(staff.wang, made.pk).row.paid_fen == 0


def test_an_item_stands_in_one_live_promise(staff):
    item = owe(staff)
    made = promise(staff, [item])
    with pytest.raises(rules.AlreadyPromised) as said:
        promise(staff, [item])
    assert said.value.number == "FP1"
    actions.cancel_promise(promise=made, why="记错了", by=staff.wang, now=NOW)
    assert promise(staff, [item]).state == "pending"


def test_the_second_reschedule_is_a_managers_and_needs_a_reason(staff):
    made = promise(staff, [owe(staff)])
    later = [FRIDAY + timedelta(days=7 * n) for n in (1, 2, 3)]
    with pytest.raises(rules.WhyMissing):
        actions.reschedule_promise(promise=made, parts=[Part(later[0], 100_00)], why=" ", by=staff.wang, now=NOW)
    with pytest.raises(rules.RescheduleNotLater):
        actions.reschedule_promise(promise=made, parts=[Part(FRIDAY, 100_00)], why="盘点", by=staff.wang, now=NOW)
    once = actions.reschedule_promise(
        promise=made, parts=[Part(later[0], 50_00), Part(later[1], 50_00)], why="盘点", by=staff.wang, now=NOW
    )
    with pytest.raises(rules.SecondReschedule):
        actions.reschedule_promise(promise=once, parts=[Part(later[2], 100_00)], why="又盘点", by=staff.wang, now=NOW)
    twice = actions.reschedule_promise(promise=once, parts=[Part(later[2], 100_00)], why="又盘点", by=staff.li, now=NOW)
    assert (twice.moved, twice.replaces_id, states(made)) == (2, once.pk, ["pending", "rescheduled"])
    with pytest.raises(rules.WrongPromiseState):
        actions.cancel_promise(promise=made, why="错", by=staff.li, now=NOW)


@pytest.mark.parametrize(
    ("refused", "given"),
    [
        (rules.PromiseAboveOpen, {"parts": [(FRIDAY, 100_01)]}),
        (rules.PromiseDaysWrong, {"parts": [(FRIDAY, 50_00), (FRIDAY, 50_00)]}),
        (rules.PromiseDaysWrong, {"parts": [(date(2026, 11, 22), 50_00)]}),
        (rules.PromiseAmountMissing, {"parts": [(FRIDAY, 0)]}),
        (rules.PromiserMissing, {"said": Said(" ")}),
        (rules.PlanNeedsPaper, {"said": Said("李", form="sealed")}),
        (rules.PlanNeedsManager, {"parts": [(date(2027, 3, 1), 100_00)]}),
        (rules.PromiseMadeLater, {"made_on": date(2026, 11, 24)}),
    ],
)
def test_what_is_no_promise_is_refused(staff, refused, given):
    parts = given.pop("parts", [(FRIDAY, 100_00)])
    with pytest.raises(refused):
        promise(staff, [owe(staff)], *parts, **given)


def test_whose_promises_these_are(staff):
    item = owe(staff)
    with pytest.raises(rules.PromiseWithoutItems):
        promise(staff, [])
    with pytest.raises(NotFound):
        promise(staff, [owe(staff, "FP9", terminal=staff.wangs_pharmacy)])
    for stranger in (staff.zhou, staff.sun, staff.wu):
        with pytest.raises((NotAllowed, NotFound)):
            promise(staff, [item], by=stranger)
    made = promise(staff, [item])
    assert promises.list_promises(staff.sun, DAY)[1] == 0
    with pytest.raises(NotFound):
        promises.promise_for(staff.sun, made.pk)
    rows, count, fen = promises.list_promises(staff.wang, FRIDAY, state="due")
    assert ([row.pk for row in rows], count, fen) == ([made.pk], 1, 100_00)
    assert promises.promises_of(staff.wang, staff.wangs_hospital.pk)[0].left_fen == 100_00


def test_kewei_check_finds_what_was_changed_past_the_house(staff):
    made = promise(staff, [owe(staff)])
    actions.raise_dispute(
        item=owe(staff, "FP2"), reason="B1", fen=30_00, words="少", raised_on=DAY, by=staff.wang, now=NOW
    )
    actions.record_clock_event(
        terminal=staff.wangs_hospital, kind="demand", how="by_hand", on=DAY, signer="mail_room", by=staff.wang, now=NOW
    )
    assert list(checks.findings()) == []
    Promise.objects.filter(pk=made.pk).update(state="kept", fen=100_01)
    Dispute.objects.update(state="rejected")
    ClockEvent.objects.update(strength="proved")
    assert sorted(one.code for one in checks.findings()) == [
        "clock_strength_differs", "dispute_state_differs", "promise_items_differ", "promise_parts_differ",
        "promise_state_differs",
    ]  # fmt: skip
    Dispute.objects.update(state="open", fen=100_01)
    assert "disputed_above_invoice" in {one.code for one in checks.findings()}
