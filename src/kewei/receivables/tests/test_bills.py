"""A bill counts as exposure until it is cleared; dishonoured, it gives the invoices back (domain 2.16)."""

from datetime import date

import pytest
from tests import cast

from kewei.credit.queries import standing as asking
from kewei.credit.rules.exposure import Exposure
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.receivables import actions, queries, rules
from kewei.receivables.models import Bill
from kewei.receivables.rules import bills

pytestmark = pytest.mark.django_db
NOW, DAY = cast.MORNING, date(2026, 11, 23)


@pytest.fixture
def staff(db):
    return cast.assemble()


def owe(staff, fen=500_00, number="FP1"):
    return actions.post_invoice(
        terminal=staff.wangs_hospital, number=number, invoice_date=date(2026, 9, 1), due_date=date(2026, 10, 1),
        total_fen=fen, by=staff.qian, now=NOW,
    )  # fmt: skip


def pay(staff, fen=500_00, number="SK1", bill=None, **more):
    given = {"method": "bill", "received_on": date(2026, 10, 8), "how": "oldest"} | more
    return actions.receive_payment(
        terminal=staff.wangs_hospital, number=number, fen=fen, bill=bill, by=staff.qian, now=NOW, **given
    )


def exposure(staff, day=DAY):
    return asking.standing(staff.wangs_hospital.pk, day).exposure


def commercial(due_on=date(2026, 11, 20)):
    return bills.BillGiven("commercial", due_on, "6" + "1" * 29, "荆门医药")


def test_a_commercial_bill_moves_from_invoiced_to_bills_and_leaves_when_cleared(staff):
    owe(staff)
    receipt = pay(staff, bill=commercial())
    assert exposure(staff) == Exposure(bills_fen=500_00)
    with pytest.raises(bills.BillClearedTooEarly):
        actions.clear_bill(bill=receipt.pk, on=date(2026, 11, 19), by=staff.qian, now=NOW)
    actions.clear_bill(bill=receipt.pk, on=date(2026, 11, 20), by=staff.qian, now=NOW)
    assert exposure(staff) == Exposure()
    with pytest.raises(bills.BillDecided):
        actions.dishonour_bill(bill=receipt.pk, on=DAY, reason="后悔", by=staff.qian, now=NOW)


def test_a_dishonoured_bill_gives_its_invoices_back_nothing_lost_or_doubled(staff):
    owe(staff)
    receipt = pay(staff, 600_00, bill=commercial())
    assert exposure(staff) == Exposure(bills_fen=600_00, unapplied_fen=100_00)
    actions.dishonour_bill(bill=receipt.pk, on=DAY, reason="余额不足", by=staff.qian, now=NOW)
    assert exposure(staff) == Exposure(invoiced_fen=500_00)
    assert queries.bill_row(staff.wang, receipt.pk, DAY).state == bills.DISHONOURED
    assert list(queries.findings()) == []


def test_bank_bills_are_released_at_receipt_and_unnamed_ones_until_they_must_be_due(staff):
    owe(staff, 900_00)
    pay(staff, 300_00, "SK1", bills.BillGiven("bank", date(2026, 12, 31)))
    assert exposure(staff) == Exposure(invoiced_fen=600_00)
    pay(staff, 200_00, "SK2")
    assert Bill.objects.get(number="SK2").due_on == date(2027, 4, 8)
    assert exposure(staff) == Exposure(invoiced_fen=400_00, bills_fen=200_00)
    assert exposure(staff, date(2027, 4, 9)).bills_fen == 0


def test_a_reversed_receipt_takes_its_bill_with_it(staff):
    owe(staff)
    receipt = pay(staff, bill=commercial())
    actions.reverse_entry(entry=receipt, reason="登错", by=staff.qian, now=NOW)
    assert exposure(staff) == Exposure(invoiced_fen=500_00)
    assert queries.bill_of(staff.wang, receipt.pk, DAY).state == bills.REVERSED


def test_a_bill_runs_at_most_six_months_and_only_comes_with_a_receipt_by_bill(staff):
    with pytest.raises(bills.BillTooLong) as no:
        pay(staff, bill=commercial(date(2027, 4, 9)))
    assert no.value.months == 6
    with pytest.raises(bills.BillWithoutMethod):
        pay(staff, bill=commercial(), method="transfer")
    with pytest.raises(bills.BillDueBeforeIssue):
        pay(staff, bill=bills.BillGiven("bank", DAY, issued_on=date(2026, 11, 24)))
    with pytest.raises(bills.UnknownBillKind):
        pay(staff, bill=bills.BillGiven("promise", DAY))


def test_an_import_keeps_bills_too(staff):
    rows = [
        rules.ReceiptRow(staff.wangs_hospital.pk, "SK1", DAY, 100, "bill", bill=bills.BillGiven("bank", DAY)),
        rules.ReceiptRow(staff.wangs_hospital.pk, "SK2", DAY, 200, "bill"),
        rules.ReceiptRow(staff.wangs_hospital.pk, "SK3", DAY, 300),
    ]
    actions.import_receipts(rows=rows, by=staff.qian, now=NOW)
    assert dict(Bill.objects.values_list("number", "kind")) == {"SK1": "bank", "SK2": "unnamed"}
    assert list(queries.findings()) == []


def test_only_who_keeps_the_ledger_says_what_became_of_a_bill(staff):
    receipt = pay(staff, bill=commercial(), how="none")
    for person, no in ((staff.zhou, NotAllowed), (staff.wang, NotAllowed), (staff.sun, NotAllowed)):
        with pytest.raises(no):
            actions.clear_bill(bill=receipt.pk, on=DAY, by=person, now=NOW)
        with pytest.raises(no):
            actions.dishonour_bill(bill=receipt.pk, on=DAY, reason="x", by=person, now=NOW)
    with pytest.raises(NotFound):
        queries.bill_row(staff.sun, receipt.pk, DAY)
    with pytest.raises(NotFound):
        queries.bill_row(staff.wang, 2**63, DAY)
    assert queries.list_bills(staff.wang, DAY)[1:] == (1, 500_00)
    assert queries.list_bills(staff.sun, DAY)[0] == []


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("5" + "0" * 29, "bank"),
        ("6" + "0" * 29, "commercial"),
        ("7" + "0" * 29, "supply_chain"),
        ("5123", ""),
        ("", ""),
    ],
)
def test_the_first_digit_of_a_package_number_tells_its_kind(number, kind):
    assert bills.kind_of_number(number) == kind


def test_six_months_end_on_the_last_day_of_a_short_month():
    assert bills.add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert bills.add_months(date(2027, 8, 31), 6) == date(2028, 2, 29)
    assert bills.add_months(date(2026, 1, 15), 6) == date(2026, 7, 15)
