from datetime import date, timedelta

import pytest
from tests import cast

from kewei.kernel.refusals import NotAllowed
from kewei.receivables import actions, queries, rules
from kewei.receivables.models import Allocation, Item, Posting
from kewei.receivables.rules.refusals import AlreadyReversed

pytestmark = pytest.mark.django_db

NOW = cast.MORNING
TODAY = date(2026, 11, 23)
JANUARY = date(2026, 1, 15)


@pytest.fixture
def staff():
    return cast.assemble()


def undo(staff, posting, by=None):
    return actions.reverse_posting(posting=posting, reason="文件拿错了", by=by or staff.qian, now=NOW)


def invoices(staff, count=3):
    rows = [
        rules.InvoiceRow(staff.wangs_hospital.pk, f"FP{n}", JANUARY, JANUARY + timedelta(30), 100) for n in range(count)
    ]
    return actions.import_invoices(rows=rows, by=staff.qian, now=NOW).posting_id


def open_amounts():
    return dict(Item.objects.filter(live=True).values_list("number", "open_fen"))


def test_an_undone_import_leaves_no_trace_on_any_day_and_can_be_made_again(staff):
    posting = invoices(staff)
    undo(staff, posting)
    assert open_amounts() == {}
    for day in (JANUARY, JANUARY + timedelta(5), TODAY):
        table = queries.ageing(staff.qian, day)
        assert (table.totals.owed_fen, table.unapplied_fen, table.control_fen) == (0, 0, 0)
    assert list(queries.findings()) == []
    invoices(staff)
    assert open_amounts() == {"FP0": 100, "FP1": 100, "FP2": 100}


def test_undoing_an_import_frees_the_money_that_settled_it(staff):
    posting = invoices(staff)
    rows = [rules.ReceiptRow(staff.wangs_hospital.pk, "SK1", date(2026, 2, 1), 150, "transfer", ("FP0", "FP1"))]
    receipts = actions.import_receipts(rows=rows, by=staff.qian, now=NOW).posting_id
    undo(staff, posting)
    assert open_amounts() == {"SK1": 150}
    assert queries.ageing(staff.qian, date(2026, 2, 1)).unapplied_fen == 150
    assert list(queries.findings()) == []
    undo(staff, receipts)
    assert open_amounts() == {}
    assert list(queries.findings()) == []


def test_undoing_receipts_opens_their_invoices_again(staff):
    invoices(staff)
    money = actions.receive_payment(
        terminal=staff.wangs_hospital, number="SK1", received_on=JANUARY, fen=150, how="oldest", by=staff.qian, now=NOW
    )
    undo(staff, money.posting)
    assert open_amounts() == {"FP0": 100, "FP1": 100, "FP2": 100}
    assert list(queries.findings()) == []


def test_undoing_an_allocation_made_by_hand(staff):
    invoices(staff)
    money = actions.receive_payment(
        terminal=staff.wangs_hospital, number="SK1", received_on=JANUARY, fen=150, by=staff.qian, now=NOW
    )
    made = actions.allocate_by(credit=money, how="oldest", by=staff.qian, now=NOW)
    undo(staff, made)
    assert open_amounts() == {"FP0": 100, "FP1": 100, "FP2": 100, "SK1": 150}


def test_what_was_reversed_one_by_one_is_not_reversed_again(staff):
    posting = invoices(staff)
    actions.reverse_entry(entry=Item.objects.get(number="FP1").pk, reason="开错", by=staff.qian, now=NOW)
    reversal = undo(staff, posting)
    assert reversal.entries.count() == 2
    assert list(queries.findings()) == []
    with pytest.raises(AlreadyReversed):
        undo(staff, posting)
    with pytest.raises(rules.ReversalIsFinal):
        undo(staff, reversal)


def test_a_reversal_cannot_be_loosened_from_what_it_reverses(staff):
    posting = invoices(staff, 1)
    undo(staff, posting)
    with pytest.raises(rules.ReversalIsFinal):
        actions.reverse_allocation(allocation=Allocation.objects.get(), reason="x", by=staff.qian, now=NOW)


def test_many_rows_are_undone_in_chunks(staff):
    posting, seen = invoices(staff, 5_003), []
    actions.reverse_posting(posting=posting, reason="x", by=staff.qian, now=NOW, progress=seen.append)
    assert seen == [5_000, 5_003]
    assert open_amounts() == {}
    assert list(queries.findings()) == []


@pytest.mark.parametrize("who", ["wang", "li", "zhao", "sun", "zhou"])
def test_only_those_who_keep_the_ledger_may_undo(staff, who):
    posting = invoices(staff)
    with pytest.raises(NotAllowed):
        undo(staff, posting, getattr(staff, who))
    assert Posting.objects.count() == 1
