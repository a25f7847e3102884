"""Writing off and taking money after all: the books stay right, a write-off is whole, nothing is made or lost."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import cast

from kewei.kernel.refusals import NotAllowed, Refused
from kewei.receivables import actions, queries
from kewei.receivables.models import Allocation, Entry, Item
from kewei.receivables.rules.write_offs import recovered

NOW, TODAY = cast.MORNING, date(2026, 11, 23)


@pytest.fixture
def staff(db):
    return cast.assemble()


def invoice(staff, number, fen, due=date(2023, 5, 1)):
    return actions.post_invoice(
        terminal=staff.wangs_hospital, number=number, invoice_date=due - timedelta(days=60), due_date=due, total_fen=fen,
        by=staff.qian, now=NOW,
    )  # fmt: skip


def pay(staff, number, fen, how="none"):
    return actions.receive_payment(
        terminal=staff.wangs_hospital, number=number, received_on=TODAY, fen=fen, how=how, by=staff.qian, now=NOW
    )


def off(staff, *shares, by=None, reason="法院终结执行"):
    return actions.write_off(
        terminal=staff.wangs_hospital, shares=[(entry.pk, fen) for entry, fen in shares], reason=reason,
        by=by or staff.qian, now=NOW,
    )  # fmt: skip


def open_fen(*entries):
    return [Item.objects.get(pk=entry.pk).open_fen for entry in entries]


def code_of(ask) -> str:
    try:
        ask()
    except Refused as no:
        return no.code
    return ""


def sound():
    assert list(queries.findings()) == []


def test_a_write_off_leaves_the_ageing_and_money_after_all_comes_back_through_it(staff):
    first, second = invoice(staff, "FP1", 600_00), invoice(staff, "FP2", 400_00, date(2024, 5, 1))
    entry = off(staff, (first, 600_00), (second, 100_00))
    assert (entry.kind, entry.side, entry.total_fen) == ("write_off", -1, 700_00)
    assert open_fen(first, second, entry) == [0, 300_00, 0]
    row = next(one for one in queries.ageing(staff.qian, TODAY).rows if one.key == staff.wangs_hospital.pk)
    assert (row.owed_fen, row.credit_fen) == (300_00, 0)
    # Yesterday it was all owed: the past does not change.
    before = queries.ageing(staff.qian, TODAY - timedelta(days=1))
    assert next(one for one in before.rows if one.key == staff.wangs_hospital.pk).owed_fen == 1_000_00
    sound()

    money = pay(staff, "SK1", 250_00)
    rest = actions.recover_written_off(write_off=entry, receipt=money, by=staff.qian, now=NOW)
    assert rest.total_fen == 450_00
    assert open_fen(first, second, rest, money) == [0, 300_00, 0, 0]
    assert not Item.objects.get(pk=entry.pk).live
    paid = Allocation.objects.filter(credit=money, fen__gt=0, reversed_by=None)
    assert [(one.debit_id, one.fen) for one in paid] == [(first.pk, 250_00)]
    sound()

    more = pay(staff, "SK2", 500_00)
    assert actions.recover_written_off(write_off=rest, receipt=more, by=staff.qian, now=NOW) is None
    assert open_fen(first, second, more) == [0, 300_00, 50_00]
    statement = queries.statement(staff.qian, staff.wangs_hospital, date(2026, 11, 1), TODAY)
    assert statement.section_fen["write_off"] == -700_00 - 450_00
    assert statement.closing_fen == 250_00
    sound()


def test_a_write_off_is_whole_and_an_invoice_stays_under_it(staff):
    first = invoice(staff, "FP1", 600_00)
    entry = off(staff, (first, 200_00))
    given = {"reason": "试", "by": staff.qian, "now": NOW}
    allocation = Allocation.objects.get(credit=entry)
    assert code_of(lambda: actions.reverse_allocation(allocation=allocation, **given)) == "write_off_is_whole"
    assert code_of(lambda: actions.reverse_entry(entry=first, **given)) == "written_off_meanwhile"
    assert (
        code_of(lambda: actions.reverse_posting(posting=first.posting_id, **{**given, "by": staff.zheng}))
        == "written_off_meanwhile"
    )
    money = pay(staff, "SK1", 700_00)
    recover = {"write_off": entry, "receipt": money, "by": staff.qian, "now": NOW}
    assert code_of(lambda: actions.recover_written_off(**recover, fen=200_01)) == "recovered_more_than_written_off"
    assert code_of(lambda: actions.recover_written_off(**recover, fen=0)) == "nothing_to_allocate"
    assert code_of(lambda: actions.recover_written_off(**{**recover, "write_off": money})) == "not_a_write_off"
    assert code_of(lambda: actions.recover_written_off(**{**recover, "receipt": first})) == "not_a_credit"
    assert code_of(lambda: off(staff, (first, 400_01))) == "more_than_open"
    assert code_of(lambda: off(staff, (first, 1), reason=" ")) == "write_off_needs_words"
    assert code_of(lambda: off(staff, (money, 1))) == "not_a_debit"
    with pytest.raises(NotAllowed):
        off(staff, (first, 1), by=staff.zhou)
    # The whole of it may be undone: the invoice is owed again.
    actions.reverse_entry(entry=entry, **given)
    assert open_fen(first) == [600_00]
    assert code_of(lambda: actions.recover_written_off(**recover)) == "not_a_write_off"
    sound()


def test_a_posting_with_a_write_off_is_undone_whole(staff):
    first = invoice(staff, "FP1", 600_00)
    entry = off(staff, (first, 600_00))
    actions.reverse_posting(posting=entry.posting_id, reason="试", by=staff.zheng, now=NOW)
    assert open_fen(first) == [600_00]
    assert Entry.objects.filter(reverses=entry).exists()
    sound()


@given(written_off=st.lists(st.integers(1, 10**11), min_size=1, max_size=8), fen=st.integers(1, 10**12))
def test_what_came_back_and_what_stays_are_what_was_written_off(written_off, fen):
    pairs = list(enumerate(written_off))
    settled, stays = recovered(pairs, fen)
    assert sum(share.fen for share in settled) == min(fen, sum(written_off))
    both = [0] * len(pairs)
    for share in [*settled, *stays]:
        assert share.fen > 0
        both[share.item_id] += share.fen
    assert both == written_off
