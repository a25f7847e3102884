"""Clocks count what is proved, wherever it is kept (docs/algorithms/clocks.md)."""

from datetime import date, timedelta

import pytest
from tests import cast

from kewei.collecting import actions
from kewei.collecting.actions.promises import Said
from kewei.collecting.queries import clocks, positions
from kewei.collecting.rules import clocks as rules
from kewei.collecting.rules.ladder import LADDER
from kewei.collecting.rules.promises import Part
from kewei.credit import actions as credit
from kewei.journal.actions import keep_attachment
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.receivables import actions as receivables
from kewei.receivables.rules.bills import BillGiven

pytestmark = pytest.mark.django_db
NOW, DAY = cast.MORNING, date(2026, 11, 23)
DUE = date(2024, 3, 1)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def staff(db, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return cast.assemble()


@pytest.fixture
def proof(staff):
    return keep_attachment(filename="妥投.pdf", content=PDF, verb="collecting.contact", by=staff.zhao, now=NOW)


def owe(staff, number="FP1", due=DUE, terminal=None, fen=100_00):
    return receivables.post_invoice(
        terminal=terminal or staff.wangs_hospital, number=number, invoice_date=due - timedelta(days=60), due_date=due,
        total_fen=fen, by=staff.qian, now=NOW,
    ).pk  # fmt: skip


def event(staff, on, kind="demand", how="by_hand", by=None, **more):
    given = {"signer": "mail_room", "terminal": staff.wangs_hospital} | more
    return actions.record_clock_event(kind=kind, how=how, on=on, by=by or staff.zhao, now=NOW, **given)


def last_day(item, today=DAY):
    return clocks.limitation_of([item], today)[item].last_day


def test_what_is_proved_moves_the_clock_and_what_is_not_is_shown_beside(staff, proof):
    first, second = owe(staff), owe(staff, "FP2")
    assert last_day(first) == date(2027, 3, 1)
    event(staff, date(2025, 5, 6), items=[first])
    clock = clocks.limitation_of([first], DAY)[first]
    assert (clock.last_day, clock.hoped_day, clock.set_by) == (date(2027, 3, 1), None, None)
    event(staff, date(2025, 6, 6), items=[first], how="post", proof=proof)
    clock = clocks.limitation_of([first], DAY)[first]
    assert (clock.last_day, clock.hoped_day) == (date(2027, 3, 1), date(2028, 6, 6))
    named = event(staff, date(2025, 6, 6), items=[first], how="post", proof=proof, names_content=True)
    clock = clocks.limitation_of([first], DAY)[first]
    assert (clock.last_day, clock.set_by.key, clock.band) == (date(2028, 6, 6), named.pk, None)
    assert [clock.counted(one) for one in clock.happenings] == ["unproved", "unproved", "counted"]
    assert last_day(second) == date(2027, 3, 1)
    # The whole account: every invoice written by then.
    whole = event(staff, date(2026, 1, 5), "acknowledged", "statement", signer="finance", proof=proof)
    assert (last_day(first), last_day(second)) == (date(2029, 1, 5), date(2029, 1, 5))
    actions.take_back_clock_event(event=whole, why="对方否认", by=staff.zhao, now=NOW)
    assert last_day(second) == date(2027, 3, 1)
    with pytest.raises(rules.ClockEventTakenBack):
        actions.take_back_clock_event(event=whole, why="再来", by=staff.zhao, now=NOW)


def test_payments_promises_and_proceedings_restart_it(staff, proof):
    item = owe(staff)
    receivables.receive_payment(
        terminal=staff.wangs_hospital, number="SK1", received_on=date(2026, 10, 9), fen=10_00, how="oldest",
        by=staff.qian, now=NOW,
    )  # fmt: skip
    assert last_day(item) == date(2029, 10, 9)
    assert last_day(item, date(2026, 10, 8)) == date(2027, 3, 1)
    plan = actions.make_promise(
        terminal=staff.wangs_hospital, items=[item], parts=[Part(date(2026, 12, 1), 40_00), Part(date(2027, 1, 4), 50_00)],
        said=Said("李会计", "", "in_charge", "sealed", paper=proof), made_on=DAY, by=staff.wang, now=NOW,
    )  # fmt: skip
    clock = clocks.limitation_of([item], DAY)[item]
    assert (clock.last_day, clock.set_by.source) == (date(2030, 1, 4), "promise")
    actions.cancel_promise(promise=plan, why="作废", by=staff.wang, now=NOW)
    assert last_day(item) == date(2029, 10, 9)
    with pytest.raises(NotAllowed):
        event(staff, DAY, "suit", "suit", by=staff.wang, pending=True, proof=proof)
    suit = event(staff, DAY, "suit", "suit", by=staff.he, pending=True, proof=proof, items=[item])
    clock = clocks.limitation_of([item], DAY)[item]
    assert (clock.last_day, clock.stopped) == (None, True)
    later = NOW + timedelta(days=120)
    actions.end_proceedings(event=suit, ended_on=date(2027, 3, 15), by=staff.he, now=later)
    assert last_day(item, date(2027, 3, 20)) == date(2030, 3, 15)
    with pytest.raises(rules.NoSuchProceedings):
        actions.end_proceedings(event=suit, ended_on=date(2027, 3, 16), by=staff.he, now=later)


def test_whose_clocks_these_are(staff):
    item, other = owe(staff), owe(staff, "FP2", terminal=staff.wangs_pharmacy)
    for refused, given in (
        (rules.UnknownClockEvent, {"how": "shout"}),
        (rules.ClockEventInFuture, {"on": date(2026, 11, 24)}),
        (rules.RunsFromEarlier, {"runs_from": date(2026, 1, 1)}),
        (NotFound, {"items": [other]}),
        (NotAllowed, {"by": staff.zhou}),
    ):
        with pytest.raises(refused):
            event(staff, **({"on": DAY} | given))
    assert clocks.clock_of(staff.wang, item, DAY).item.number == "FP1"
    for stranger in (staff.sun, staff.zhou):
        with pytest.raises(NotFound):
            clocks.clock_of(stranger, item, DAY)
    assert [one.item.pk for one in clocks.running_out(staff.wang, DAY)] == [item, other]
    assert clocks.running_out(staff.sun, DAY) == []
    assert clocks.running_out(staff.wang, DAY, within_days=90) == []


def test_the_ladder_counts_what_restarted_the_clock(staff):
    """Court is due before limitation ends, not before the three years from the due day do."""
    ladder = LADDER.read(LADDER.body)
    near, restarted, over = (
        owe(staff, f"FP{n}", due) for n, due in enumerate((date(2023, 12, 20), date(2023, 12, 20), date(2022, 5, 1)))
    )
    fresh = owe(staff, "FP9", date(2026, 10, 1))
    for on, number in ((date(2025, 6, 6), "FP1"), (date(2024, 2, 1), "FP2")):
        receivables.receive_payment(
            terminal=staff.wangs_hospital, number=f"SK-{number}", received_on=on, fen=1_00, how="named", invoices=[number],
            by=staff.qian, now=NOW,
        )  # fmt: skip
    left = positions.limitation_left(positions.debts(DAY, 0), ladder)
    assert left == {
        near: (date(2026, 12, 21) - DAY).days, restarted: (date(2028, 6, 6) - DAY).days, over: (date(2027, 2, 1) - DAY).days,
    }  # fmt: skip
    found = positions.debts(DAY, 0)
    segments = {staff.wangs_hospital.pk: "public"}
    climbing, told = positions.judged(found, segments, ladder)
    assert fresh in climbing.item.tolist()
    debts = {one.item: one.limitation_left for one in positions.as_debts(climbing, told)[staff.wangs_hospital.pk]}
    assert debts == {**left, fresh: None}
    assert positions.limitation_left(positions.debts(date(2026, 11, 23), 0, [staff.suns_clinic.pk]), ladder) == {}


def test_guarantees_and_bills_have_clocks_of_their_own(staff, django_assert_max_num_queries):
    guarantee = credit.record_security(
        terminal=staff.wangs_hospital, kind="guarantee_joint", fen=100_00, guarantor="荆门医药集团", since=DAY,
        debt_due=date(2026, 6, 30), by=staff.zhao, now=NOW,
    )  # fmt: skip
    row = clocks.guarantees(staff.wang, DAY)[0]
    assert (row.clock.ends_on, row.clock.state, row.clock.days_left(DAY)) == (date(2026, 12, 30), "running", 37)
    with pytest.raises(rules.UnknownClockEvent):
        actions.claim_guarantee(security=guarantee.pk, on=DAY, how="hint", by=staff.he, now=NOW)
    actions.claim_guarantee(security=guarantee.pk, on=DAY, how="demand", by=staff.he, now=NOW)
    assert clocks.guarantees(staff.wang, date(2027, 5, 1))[0].clock.last_day == date(2029, 11, 23)
    for number, due in (("SK1", date(2026, 12, 1)), ("SK2", date(2026, 11, 10))):
        receivables.receive_payment(
            terminal=staff.wangs_hospital, number=number, received_on=date(2026, 10, 9), fen=10_00, how="none",
            method="bill", bill=BillGiven("commercial", due), by=staff.qian, now=NOW,
        )  # fmt: skip
    second = clocks.bills(staff.wang, DAY)[0].bill
    assert (second.due_on, second.present_by) == (date(2026, 11, 10), date(2026, 11, 20))
    receivables.dishonour_bill(bill=second.pk, on=date(2026, 11, 20), reason="账户余额不足", by=staff.qian, now=NOW)
    with django_assert_max_num_queries(12):
        found = {row.bill.receipt_number: row.next.last_day for row in clocks.bills(staff.wang, DAY)}
    assert found == {"SK1": date(2026, 12, 11), "SK2": date(2026, 11, 23)}
    assert clocks.bills(staff.sun, DAY) == clocks.guarantees(staff.sun, DAY) == []


def test_any_number_of_clocks_costs_a_handful_of_queries(staff, proof, django_assert_max_num_queries):
    items = [owe(staff, f"FP{n}") for n in range(30)]
    for item in items:
        event(staff, date(2026, 1, 5), items=[item], proof=proof)
    with django_assert_max_num_queries(8):
        assert {one.last_day for one in clocks.limitation_of(items, DAY).values()} == {date(2029, 1, 5)}
