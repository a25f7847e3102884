"""Being paid, five stories: an instalment plan that is kept, insurance money that is late, a bill not honoured, a short
delivery, and a claim about to be out of time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests import cast

from kewei.collecting import actions, jobs
from kewei.collecting.actions.promises import Said
from kewei.collecting.models import Case, Letter, Promise, Stage
from kewei.collecting.rules.promises import Part
from kewei.journal import actions as journal
from kewei.journal.actions.following import catch_up
from kewei.journal.following import followers
from kewei.people import queries as people
from kewei.receivables import actions as receivables
from kewei.receivables.models import Item
from kewei.receivables.rules.bills import BillGiven

pytestmark = pytest.mark.django_db
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
DUE = date(2026, 3, 31)


@pytest.fixture
def staff():
    return cast.assemble()


def on(day: date) -> datetime:
    """Nine o'clock of a day."""
    return cast.MORNING + (day - cast.MORNING.date())


def owe(staff: cast.Cast, terminal: Any, number: str, fen: int, due: date = DUE) -> int:
    """An invoice of sixty days."""
    issued = due - timedelta(days=60)
    return receivables.post_invoice(
        terminal=terminal,
        number=number,
        invoice_date=issued,
        due_date=due,
        total_fen=fen,
        by=staff.qian,
        now=on(issued),
    ).pk


def pay(staff: cast.Cast, terminal: Any, number: str, day: date, fen: int, **more: Any) -> Any:
    """Money comes in, settles what is oldest, and everybody who waits for it hears of it."""
    receipt = receivables.receive_payment(
        terminal=terminal, number=number, received_on=day, fen=fen, how="oldest", by=staff.qian, now=on(day), **more
    )
    follow(day)
    return receipt


def follow(day: date) -> None:
    """Followers of facts do what waits."""
    for follower in followers():
        catch_up(follower=follower, by=people.system(), now=on(day))


def morning(day: date) -> None:
    """The night's judgement of promises and the morning's run."""
    jobs.judge_promises(now=on(day))
    jobs.run_day(now=on(day))


def stages(terminal: Any) -> list[tuple[int, str]]:
    """The steps a customer was taken through, with the paper of each."""
    return [(one.stage, one.document) for one in Stage.objects.filter(terminal=terminal).order_by("pk")]


def test_a_pharmacy_from_the_first_reminder_to_a_kept_instalment_plan(staff):
    pharmacy = staff.wangs_pharmacy
    item = owe(staff, pharmacy, "F1", 90_000_00)
    for days in (-7, 1, 7, 15, 30):
        morning(DUE + timedelta(days=days))
    assert [stage for stage, _paper in stages(pharmacy)] == [0, 1, 2, 3, 4]
    assert (4, "demand") in stages(pharmacy)
    case = Case.objects.get(terminal=pharmacy)
    assert (case.stage, case.overdue_fen, case.closed_on) == (4, 90_000_00, None)

    made = DUE + timedelta(days=33)
    plan = journal.keep_attachment(
        filename="还款计划.pdf", content=PAPER, verb="collecting.promise", by=staff.li, now=on(made)
    )
    parts = [Part(made + timedelta(days=30 * n), 30_000_00) for n in (1, 2, 3)]
    said = Said("刘经理", "财务负责人", authority="finance", form="sealed", paper=plan)
    promise = actions.make_promise(
        terminal=pharmacy, items=[item], parts=parts, said=said, made_on=made, by=staff.li, now=on(made)
    )
    steps = len(stages(pharmacy))
    for n, part in enumerate(parts):
        morning(part.due_on - timedelta(days=2))
        pay(staff, pharmacy, f"S{n}", part.due_on, part.fen)
        morning(part.due_on + timedelta(days=1))
    assert len(stages(pharmacy)) == steps, "a plan that is kept rests the ladder"
    assert Promise.objects.get(pk=promise.pk).state == "kept"
    case.refresh_from_db()
    assert case.closed_on == parts[-1].due_on, "the day the last of the money came"


def test_a_hospital_waits_for_insurance_money_and_is_asked_more_slowly(staff):
    hospital = staff.wangs_hospital
    owe(staff, hospital, "F1", 400_000_00)
    for days in (1, 16, 31):
        morning(DUE + timedelta(days=days))
    assert max(stage for stage, _paper in stages(hospital)) < 4, "a pharmacy would have had its first demand by now"
    paid = DUE + timedelta(days=45)
    pay(
        staff,
        hospital,
        "YB1",
        paid,
        400_000_00,
        method="insurance",
        payer_name="医保基金结算中心",
        memo="医保基金结算中心代付",
    )
    morning(paid + timedelta(days=1))
    assert Case.objects.get(terminal=hospital).closed_on == paid


def test_a_bill_that_is_not_honoured_is_owed_again_from_the_old_day(staff):
    pharmacy = staff.wangs_pharmacy
    item = owe(staff, pharmacy, "F1", 80_000_00)
    matures = DUE + timedelta(days=90)
    receipt = receivables.receive_payment(
        terminal=pharmacy, number="PJ1", received_on=DUE, fen=80_000_00, method="bill", how="oldest",
        bill=BillGiven("commercial", matures, f"6{1:029}", "某某集团财务公司"), by=staff.qian, now=on(DUE),
    )  # fmt: skip
    morning(DUE + timedelta(days=20))
    assert not Case.objects.exists(), "the bill settles the invoice until it is known better"
    refused = matures + timedelta(days=3)
    receivables.dishonour_bill(bill=receipt.bill, on=refused, reason="账户余额不足", by=staff.qian, now=on(refused))
    assert Item.objects.get(pk=item).open_fen == 80_000_00
    morning(refused + timedelta(days=1))
    case = Case.objects.get(terminal=pharmacy)
    assert (case.oldest_due, case.overdue_fen) == (DUE, 80_000_00)
    assert case.stage >= 5, "ninety-four days late, it does not begin with a reminder"


def test_a_short_delivery_pauses_its_own_amount_and_no_more(staff):
    pharmacy = staff.wangs_pharmacy
    item = owe(staff, pharmacy, "F1", 10_000_00)
    day = DUE + timedelta(days=3)
    dispute = actions.raise_dispute(
        item=item, reason="B1", fen=2_000_00, words="少两箱", raised_on=day, by=staff.wang, now=on(day)
    )
    morning(DUE + timedelta(days=7))
    assert Stage.objects.filter(terminal=pharmacy).latest("pk").asked_fen == 8_000_00
    actions.take_dispute(dispute=dispute, responsible=staff.chu, by=staff.zhao, now=on(day))
    actions.uphold_dispute(dispute=dispute, fen=2_000_00, words="签收单注明少两箱", by=staff.zhao, now=on(day))
    receivables.post_red_letter(
        terminal=pharmacy, number="HZ1", on=DUE + timedelta(days=8), total_fen=2_000_00, original=item, reason="短少",
        by=staff.qian, now=on(DUE + timedelta(days=8)),
    )  # fmt: skip
    follow(DUE + timedelta(days=8))
    dispute.refresh_from_db()
    assert dispute.state == "credited"
    pay(staff, pharmacy, "S1", DUE + timedelta(days=9), 8_000_00)
    morning(DUE + timedelta(days=10))
    assert Case.objects.get(terminal=pharmacy).closed_on is not None
    assert Item.objects.get(pk=item).open_fen == 0


def test_a_claim_twenty_days_before_its_time_is_up_goes_to_court_first(staff):
    hospital = staff.wangs_hospital
    owe(staff, hospital, "F1", 36_500_00, due=date(2023, 4, 20))
    today = DUE
    morning(today)
    case = Case.objects.get(terminal=hospital)
    assert case.stage == 7, "whatever the ladder of hospitals says, the clock is faster"
    assert (today - case.oldest_due).days > 1_000
    assert not Letter.objects.filter(terminal=hospital, kind="due_notice").exists()
