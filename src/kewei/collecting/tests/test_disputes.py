"""Disputes pause their own amount only, and what we promised is kept in sight (docs/algorithms/promises.md)."""

from datetime import date

import pytest
from tests import cast

from kewei.collecting import actions
from kewei.collecting.queries import disputes, ours
from kewei.collecting.rules import disputes as rules
from kewei.collecting.rules import ours as our_rules
from kewei.collecting.rules.reasons import UnknownReasonCode
from kewei.collecting.tests.test_promises import follow, owe
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.receivables import actions as receivables

pytestmark = pytest.mark.django_db
NOW, DAY = cast.MORNING, date(2026, 11, 23)


@pytest.fixture
def staff(db):
    return cast.assemble()


def dispute(staff, item, fen=30_00, reason="B1", by=None, **more):
    given = {"words": "少两箱", "raised_on": DAY} | more
    return actions.raise_dispute(item=item, reason=reason, fen=fen, by=by or staff.wang, now=NOW, **given)


def test_a_dispute_pauses_its_own_amount_until_its_red_letter_has_come(staff):
    item = owe(staff)
    made = dispute(staff, item)
    assert (made.department, made.answer_by) == ("logistics", date(2026, 11, 28))
    assert disputes.disputed_fen([item]) == {item: 30_00}
    assert disputes.dispute(staff.wang, made.pk)[2] == 70_00
    actions.take_dispute(dispute=made, responsible=staff.chu, by=staff.zhao, now=NOW)
    actions.uphold_dispute(dispute=made, fen=10_00, words="少一箱，签收单注明", by=staff.zhao, now=NOW)
    assert disputes.disputed_fen([item]) == {item: 10_00}
    note = receivables.post_red_letter(
        terminal=staff.wangs_hospital, number="HZ1", on=DAY, total_fen=10_00, original=item, reason="短少", by=staff.qian,
        now=NOW,
    )  # fmt: skip
    follow(NOW)
    row, told, must_be_paid = disputes.dispute(staff.wang, made.pk)
    assert (row.state, row.red_letter_number, must_be_paid) == ("credited", "HZ1", 90_00)
    assert [one.state for one in told] == ["open", "working", "upheld", "credited"]
    assert disputes.disputed_fen([item]) == {}
    assert note.pk


def test_disputes_of_one_invoice_never_exceed_what_is_open(staff):
    item = owe(staff)
    dispute(staff, item, 60_00)
    with pytest.raises(rules.DisputeAboveOpen) as said:
        dispute(staff, item, 40_01, "C1")
    assert said.value.open_fen == 40_00
    receivables.receive_payment(
        terminal=staff.wangs_hospital, number="SK1", received_on=DAY, fen=70_00, how="oldest", by=staff.qian, now=NOW
    )
    assert disputes.disputed_fen([item]) == {item: 30_00}
    assert disputes.every_disputed_fen() == {item: 30_00}


def test_what_was_not_upheld_is_asked_for_again_at_once(staff):
    item = owe(staff)
    for end in (actions.reject_dispute, actions.withdraw_dispute):
        made = dispute(staff, item)
        with pytest.raises(rules.DisputeNeedsWords):
            end(dispute=made, words="", by=staff.wang, now=NOW)
        end(dispute=made, words="签收单写明数量相符", by=staff.wang, now=NOW)
        assert disputes.disputed_fen([item]) == {}
        with pytest.raises(rules.WrongDisputeState):
            actions.uphold_dispute(dispute=made, fen=1, words="不", by=staff.wang, now=NOW)


def test_only_what_is_wrong_with_an_invoice_is_a_dispute(staff):
    item = owe(staff)
    with pytest.raises(rules.NotDisputable):
        dispute(staff, item, reason="E1")
    with pytest.raises(UnknownReasonCode):
        dispute(staff, item, reason="Z9")
    with pytest.raises(rules.DisputeNeedsWords):
        dispute(staff, item, words=" ")
    with pytest.raises(NotAllowed):
        dispute(staff, item, by=staff.zhou)
    with pytest.raises(NotFound):
        dispute(staff, item, by=staff.sun)
    made = dispute(staff, item)
    with pytest.raises(rules.UpheldAboveDispute):
        actions.uphold_dispute(dispute=made, fen=30_01, words="是", by=staff.zhao, now=NOW)
    actions.uphold_dispute(dispute=made, fen=30_00, words="是", by=staff.zhao, now=NOW)
    other = receivables.post_red_letter(
        terminal=staff.wangs_hospital, number="HZ2", on=DAY, total_fen=20_00, original=item, reason="短少", by=staff.qian,
        now=NOW,
    )  # fmt: skip
    with pytest.raises(rules.RedLetterTooSmall):
        actions.credit_dispute(dispute=made, red_letter=other.pk, by=staff.zhao, now=NOW)
    with pytest.raises(rules.NotItsRedLetter):
        actions.credit_dispute(dispute=made, red_letter=item, by=staff.zhao, now=NOW)
    assert disputes.list_disputes(staff.sun, DAY)[1] == 0
    assert disputes.list_disputes(staff.wang, date(2026, 12, 30))[0][0].pk == made.pk
    assert disputes.disputes_of(staff.wang, staff.wangs_hospital.pk)[0].paused_fen == 30_00


def test_what_we_promised_has_an_owner_and_an_end(staff):
    item = owe(staff)

    def note(**more):
        given = {"kind": "rebate", "words": "三季度返利 2%", "due_on": date(2026, 12, 1)} | more
        return actions.note_our_promise(
            terminal=staff.wangs_hospital, made_on=DAY, owner=staff.li, promised_by=staff.wang, fen=2_000_00, item=item,
            by=staff.wang, now=NOW, **given,
        )  # fmt: skip

    for refused, more in (
        (our_rules.UnknownOwnPromise, {"kind": "trip"}),
        (our_rules.OwnPromiseNeedsWords, {"words": ""}),
        (our_rules.OwnPromiseDays, {"due_on": date(2026, 11, 1)}),
    ):
        with pytest.raises(refused):
            note(**more)
    made = note()
    assert ours.list_ours(staff.wang, date(2026, 12, 2), state="late")[1] == 1
    assert ours.list_ours(staff.sun, DAY)[1] == 0
    with pytest.raises(our_rules.OwnPromiseNeedsWords):
        actions.keep_our_promise(our_promise=made, outcome="", by=staff.li, now=NOW)
    actions.keep_our_promise(our_promise=made, outcome="红字发票 HZ9", by=staff.li, now=NOW)
    with pytest.raises(our_rules.WrongOwnPromiseState):
        actions.drop_our_promise(our_promise=made, outcome="取消", by=staff.li, now=NOW)
    assert ours.ours_to(staff.wang, staff.wangs_hospital.pk)[0].state == "done"
