"""Promise 5: two people allocate the same money, or the same invoice, at once: exactly one wins."""

from datetime import date

import pytest
from tests import cast
from tests.promises.conftest import counts

from kewei.receivables import actions, queries, rules
from kewei.receivables.models import Allocation, Item

NOW = cast.MORNING
DAY = date(2026, 11, 1)

pytestmark = pytest.mark.django_db(transaction=True)


def invoices(staff, numbers):
    rows = [rules.InvoiceRow(staff.wangs_hospital.pk, number, DAY, DAY, 100) for number in numbers]
    actions.import_invoices(rows=rows, by=staff.qian, now=NOW)


def receipts(staff, numbers):
    rows = [rules.ReceiptRow(staff.wangs_hospital.pk, number, DAY, 100) for number in numbers]
    actions.import_receipts(rows=rows, by=staff.qian, now=NOW)


@pytest.mark.parametrize("contested", ["one receipt, two invoices", "one invoice, two receipts", "one of each"])
@counts(20, 200)
def test_exactly_one_wins(times, contested, at_once):
    staff = cast.assemble()
    bills = [[f"FP{n}a", f"FP{n}a" if contested != "one receipt, two invoices" else f"FP{n}b"] for n in range(times)]
    money = [[f"SK{n}a", f"SK{n}a" if contested != "one invoice, two receipts" else f"SK{n}b"] for n in range(times)]
    invoices(staff, sorted({number for pair in bills for number in pair}))
    receipts(staff, sorted({number for pair in money for number in pair}))
    key = dict(Item.objects.values_list("number", "pk"))
    people = (staff.qian, staff.zheng)

    for bill, receipt in zip(bills, money, strict=True):

        def allocate(who, bill=bill, receipt=receipt):
            shares = [(key[bill[who]], 100)]
            return actions.allocate(credit=key[receipt[who]], shares=shares, by=people[who], now=NOW)

        answers = at_once(2, allocate)
        refused = [answer for answer in answers if isinstance(answer, Exception)]
        assert len(refused) == 1, answers
        assert type(refused[0]) in (rules.refusals.MoreThanOpen, rules.refusals.MoreThanUnapplied, NothingLeft)
    assert Allocation.objects.count() == times
    assert list(queries.findings()) == []


NothingLeft = rules.refusals.NothingToAllocate


@counts(5, 20)
def test_many_receipts_over_the_same_invoices(times, at_once):
    """Eight people spread receipts over one customer's invoices, oldest first: not a fen is settled twice."""
    staff = cast.assemble()
    invoices(staff, [f"FP{n}" for n in range(times * 4)])

    def receive(who):
        for n in range(times):
            actions.receive_payment(
                terminal=staff.wangs_hospital, number=f"SK{who}-{n}", received_on=DAY, fen=35, how="oldest", by=staff.qian,
                now=NOW,
            )  # fmt: skip

    answers = at_once(8, receive)
    assert answers == [None] * 8
    owed = sum(Item.objects.filter(side=1).values_list("open_fen", flat=True))
    left = sum(Item.objects.filter(side=-1).values_list("open_fen", flat=True))
    assert (owed, left) == (times * 4 * 100 - times * 8 * 35, 0)
    assert list(queries.findings()) == []


@counts(4, 40)
def test_two_imports_of_the_same_file(times, at_once):
    """One of them books it; the other is told that the numbers are taken, and has booked nothing."""
    staff = cast.assemble()
    for turn in range(times):
        rows = [rules.InvoiceRow(staff.wangs_hospital.pk, f"FP{turn}-{n}", DAY, DAY, 100) for n in range(200)]

        def take_in(_, rows=rows):
            return actions.import_invoices(rows=rows, by=staff.qian, now=NOW)

        answers = at_once(3, take_in)
        assert sorted(type(answer).__name__ for answer in answers) == ["DocumentExists", "DocumentExists", "Imported"]
    assert Item.objects.count() == times * 200
    assert list(queries.findings()) == []
