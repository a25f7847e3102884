from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests import cast

from kewei.journal import queries as journal
from kewei.journal import rules as journal_rules
from kewei.kernel.refusals import BadValue, NotAllowed, NotFound
from kewei.receivables import actions, rules
from kewei.receivables.models import Allocation, Entry, Item, Posting

pytestmark = pytest.mark.django_db

NOW = cast.MORNING
TODAY = date(2026, 11, 23)
JANUARY = date(2026, 1, 15)


@pytest.fixture
def staff():
    return cast.assemble()


def invoice(staff, number, fen, on=JANUARY, terminal=None, days=60):
    return actions.post_invoice(
        terminal=terminal or staff.wangs_hospital,
        number=number,
        invoice_date=on,
        due_date=on + timedelta(days=days),
        total_fen=fen,
        by=staff.qian,
        now=NOW,
    )


def receipt(staff, number, fen, on=date(2026, 3, 1), terminal=None, **more):
    return actions.receive_payment(
        terminal=terminal or staff.wangs_hospital,
        number=number,
        received_on=on,
        fen=fen,
        by=staff.qian,
        now=NOW,
        **more,
    )


def open_of(entry):
    return Item.objects.get(pk=entry.pk).open_fen


def test_an_invoice_is_open_by_its_total(staff):
    entry = invoice(staff, "FP1", 120_000)
    item = Item.objects.get(pk=entry.pk)
    assert (item.open_fen, item.side, item.live, item.number) == (120_000, 1, True, "FP1")


def test_a_receipt_settles_the_oldest_first_and_keeps_the_rest(staff):
    old, new = invoice(staff, "FP1", 100), invoice(staff, "FP2", 200, on=date(2026, 2, 1))
    money = receipt(staff, "SK1", 150, how="oldest")
    assert (open_of(old), open_of(new), open_of(money)) == (0, 150, 0)
    # Booked together, the allocation counts from the later of the two documents.
    assert set(Allocation.objects.values_list("on", flat=True)) == {date(2026, 3, 1)}


def test_named_invoices_are_found_in_any_width_and_case(staff):
    invoice(staff, "fp-1", 100)
    named = invoice(staff, "fp-2", 100)
    receipt(staff, "SK1", 80, how="named", invoices=("ＦＰ－２",))
    assert open_of(named) == 20
    with pytest.raises(rules.refusals.UnknownInvoice):
        receipt(staff, "SK2", 80, how="named", invoices=("FP-3",))
    assert Entry.objects.filter(number="SK2").count() == 0


@pytest.mark.parametrize("words", [{"memo": "长" * 301}, {"payer_name": "长" * 121}, {"reference": "x\0y"}])
def test_words_no_database_keeps_are_refused(staff, words):
    with pytest.raises(BadValue):
        receipt(staff, "SK1", 100, **words)
    assert Posting.objects.count() == 0
    receipt(staff, "SK1", 100, memo="长" * 300)


def test_a_number_is_given_once_per_kind(staff):
    invoice(staff, "FP1", 100)
    with pytest.raises(rules.DocumentExists) as refused:
        invoice(staff, "FP1", 100, terminal=staff.wangs_pharmacy)
    assert refused.value.document_numbers == ["FP1"]
    receipt(staff, "FP1", 100)
    assert Entry.objects.count() == 2


def test_what_is_allocated_by_hand_counts_from_today_unless_a_day_is_asked(staff):
    first, second = invoice(staff, "FP1", 100), invoice(staff, "FP2", 100)
    money = receipt(staff, "SK1", 150)
    actions.allocate(credit=money, shares=[(first.pk, 100)], by=staff.qian, now=NOW)
    actions.allocate(credit=money.pk, shares=[(second.pk, 50)], on=date(2026, 2, 1), by=staff.qian, now=NOW)
    days = dict(Allocation.objects.values_list("debit__number", "on"))
    assert days == {"FP1": TODAY, "FP2": date(2026, 3, 1)}


def test_nobody_can_allocate_more_than_there_is_or_across_customers(staff):
    mine, other = invoice(staff, "FP1", 100), invoice(staff, "FP2", 100, terminal=staff.wangs_pharmacy)
    money = receipt(staff, "SK1", 150)

    def ask(*shares):
        actions.allocate(credit=money, shares=shares, by=staff.qian, now=NOW)

    with pytest.raises(rules.refusals.MoreThanOpen):
        ask((mine.pk, 101))
    with pytest.raises(rules.OtherCustomer):
        ask((other.pk, 10))
    with pytest.raises(rules.NotACredit):
        actions.allocate(credit=mine, shares=[(mine.pk, 10)], by=staff.qian, now=NOW)
    more_money = receipt(staff, "SK2", 10)
    with pytest.raises(rules.NotADebit):
        ask((more_money.pk, 10))
    with pytest.raises(NotFound):
        ask((999_999, 10))
    assert Allocation.objects.count() == 0


def test_an_allocation_taken_back_opens_both_sides_and_can_be_made_again(staff):
    bill, money = invoice(staff, "FP1", 100), receipt(staff, "SK1", 100, how="none")
    actions.allocate_by(credit=money, how="oldest", by=staff.qian, now=NOW)
    made = Allocation.objects.get()
    actions.reverse_allocation(allocation=made, reason="记错", by=staff.qian, now=NOW)
    assert (open_of(bill), open_of(money)) == (100, 100)
    with pytest.raises(rules.refusals.AlreadyReversed):
        actions.reverse_allocation(allocation=made, reason="记错", by=staff.qian, now=NOW)
    with pytest.raises(rules.ReversalIsFinal):
        actions.reverse_allocation(allocation=Allocation.objects.get(fen=-100), reason="记错", by=staff.qian, now=NOW)
    actions.allocate_by(credit=money, how="exact", by=staff.qian, now=NOW)
    assert (open_of(bill), open_of(money)) == (0, 0)


def test_an_allocation_never_counts_from_before_money_was_given_back(staff):
    bill, first = invoice(staff, "FP1", 100), receipt(staff, "SK1", 100, how="oldest")
    actions.reverse_allocation(
        allocation=Allocation.objects.get(), on=date(2026, 4, 1), reason="退票", by=staff.qian, now=NOW
    )
    second = receipt(staff, "SK2", 100, on=date(2026, 2, 20), how="oldest")
    made = Allocation.objects.get(credit=second)
    assert made.on == date(2026, 4, 1)
    assert (open_of(bill), open_of(first)) == (0, 100)


def test_a_reversed_invoice_frees_its_money_and_its_number(staff):
    bill, money = invoice(staff, "FP1", 100), receipt(staff, "SK1", 60, how="oldest")
    reversal = actions.reverse_entry(entry=bill, reason="开错", by=staff.qian, now=NOW)
    assert (open_of(bill), open_of(reversal), open_of(money)) == (0, 0, 60)
    assert reversal.reverses_id == bill.pk
    assert not Item.objects.get(pk=bill.pk).live
    with pytest.raises(rules.refusals.AlreadyReversed):
        actions.reverse_entry(entry=bill, reason="开错", by=staff.qian, now=NOW)
    with pytest.raises(rules.ReversalIsFinal):
        actions.reverse_entry(entry=reversal, reason="开错", by=staff.qian, now=NOW)
    again = invoice(staff, "FP1", 90)
    assert open_of(again) == 90


def test_a_reversed_receipt_opens_its_invoices(staff):
    bill, money = invoice(staff, "FP1", 100), receipt(staff, "SK1", 60, how="oldest")
    reversal = actions.reverse_entry(entry=money, on=date(2026, 5, 1), reason="退票", by=staff.qian, now=NOW)
    assert (open_of(bill), open_of(money), reversal.side) == (100, 0, 1)


def red_letter(staff, number, fen, original, on=date(2026, 2, 1), **more):
    return actions.post_red_letter(
        terminal=staff.wangs_hospital,
        number=number,
        on=on,
        total_fen=fen,
        original=original,
        by=staff.qian,
        now=NOW,
        **more,
    )


def test_a_red_letter_settles_its_original(staff):
    bill = invoice(staff, "FP1", 100)
    note = red_letter(staff, "HZ1", 30, bill, reason="退货")
    assert (open_of(bill), open_of(note)) == (70, 0)
    with pytest.raises(rules.refusals.RedLetterMoreThanOpen):
        red_letter(staff, "HZ2", 71, bill)
    later = red_letter(staff, "HZ3", 71, bill, allocate=False)
    assert (open_of(bill), open_of(later)) == (70, 71)


@pytest.mark.parametrize("who", ["wang", "li", "zhao", "wu", "zhou", "sun"])
def test_only_those_who_keep_the_ledger_may_write_in_it(staff, who):
    bill, money = invoice(staff, "FP1", 100), receipt(staff, "SK1", 100, how="oldest")
    before = (Entry.objects.count(), Allocation.objects.count(), journal.head())
    by, made = getattr(staff, who), Allocation.objects.get()
    asked = [
        lambda: actions.post_invoice(
            terminal=staff.wangs_hospital,
            number="FP9",
            invoice_date=JANUARY,
            due_date=JANUARY,
            total_fen=1,
            by=by,
            now=NOW,
        ),
        lambda: actions.post_red_letter(
            terminal=staff.wangs_hospital, number="HZ9", on=JANUARY, total_fen=1, by=by, now=NOW
        ),
        lambda: actions.receive_payment(
            terminal=staff.wangs_hospital, number="SK9", received_on=JANUARY, fen=1, by=by, now=NOW
        ),
        lambda: actions.allocate(credit=money, shares=[(bill.pk, 1)], by=by, now=NOW),
        lambda: actions.allocate_by(credit=money, how="oldest", by=by, now=NOW),
        lambda: actions.reverse_allocation(allocation=made, reason="x", by=by, now=NOW),
        lambda: actions.reverse_entry(entry=bill, reason="x", by=by, now=NOW),
    ]
    for ask in asked:
        with pytest.raises(NotAllowed):
            ask()
    assert (Entry.objects.count(), Allocation.objects.count(), journal.head()) == before


def test_every_posting_has_one_fact_in_the_chain(staff):
    invoice(staff, "FP1", 100)
    receipt(staff, "SK1", 60, how="oldest")
    facts = journal.facts_since(0)
    assert [detail["posting"] for _, _, _, detail in facts] == list(Posting.objects.values_list("pk", flat=True))
    assert list(journal_rules.broken_links(journal.links(), *journal.head())) == []


@pytest.mark.parametrize("table", ["posting", "entry", "allocation", "invoicedetail", "receiptdetail"])
@pytest.mark.parametrize("verb", ["UPDATE receivables_{t} SET {c} = {c}", "DELETE FROM receivables_{t}"])
def test_the_database_refuses_to_change_what_is_posted(staff, table, verb):
    bill = invoice(staff, "FP1", 100)
    red_letter(staff, "HZ1", 1, bill)
    receipt(staff, "SK1", 60, how="oldest")
    column = {"posting": "verb", "allocation": "fen", "entry": "number"}.get(table, "fields")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(t=table, c=column))
