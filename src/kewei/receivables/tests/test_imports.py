from datetime import date, timedelta

import pytest
from tests import cast

from kewei.kernel.refusals import NotAllowed
from kewei.receivables import actions, rules
from kewei.receivables.models import Allocation, Entry, InvoiceDetail, Item, Posting, ReceiptDetail

pytestmark = pytest.mark.django_db

NOW = cast.MORNING
JANUARY = date(2026, 1, 15)


@pytest.fixture
def staff():
    return cast.assemble()


def invoice_rows(staff, count, fen=100):
    due = JANUARY + timedelta(days=30)
    return [rules.InvoiceRow(staff.wangs_hospital.pk, f"FP{n}", JANUARY, due, fen + n) for n in range(count)]


def take_in(staff, rows, verb=actions.import_invoices, by=None):
    return verb(rows=rows, by=by or staff.qian, now=NOW)


def test_a_file_of_invoices_is_one_posting(staff):
    seen = []
    urgent = rules.InvoiceRow(staff.suns_clinic.pk, "FPX", JANUARY, JANUARY, 7, {"备注": "加急"})
    rows = [*invoice_rows(staff, 6_000), urgent]
    done = actions.import_invoices(rows=rows, by=staff.qian, now=NOW, progress=seen.append)
    assert (done.count, done.total_fen) == (6_001, sum(row.total_fen for row in rows))
    assert seen == [5_000, 6_001]
    assert Posting.objects.count() == 1
    assert set(Entry.objects.values_list("number", "total_fen")) == {(row.number, row.total_fen) for row in rows}
    assert set(Item.objects.values_list("number", "open_fen")) == {(row.number, row.total_fen) for row in rows}
    assert InvoiceDetail.objects.get().fields == {"备注": "加急"}
    # Keys given by hand do not stand in the way of the next posting.
    take_in(staff, [urgent._replace(number="FPY")])


def test_receipts_settle_what_they_name_in_that_order(staff):
    take_in(staff, invoice_rows(staff, 3))
    hospital = staff.wangs_hospital.pk
    rows = [
        rules.ReceiptRow(hospital, "SK1", date(2026, 2, 1), 150, "transfer", ("fp2", "FP0")),
        rules.ReceiptRow(hospital, "SK2", date(2026, 2, 2), 100, "insurance", ("FP0", "FP2"), payer_name="医保中心"),
        rules.ReceiptRow(hospital, "SK3", date(2026, 2, 3), 50),
    ]
    done = take_in(staff, rows, actions.import_receipts)
    assert dict(Item.objects.values_list("number", "open_fen")) == {
        "FP0": 0, "FP1": 101, "FP2": 0, "SK1": 0, "SK2": 48, "SK3": 50,
    }  # fmt: skip
    assert done.allocated_fen == 202
    assert list(Allocation.objects.order_by("pk").values_list("debit__number", "credit__number", "fen")) == [
        ("FP2", "SK1", 102), ("FP0", "SK1", 48), ("FP0", "SK2", 52),
    ]  # fmt: skip
    assert ReceiptDetail.objects.get(entry__number="SK2").payer_name == "医保中心"


def test_red_letters_settle_their_original(staff):
    take_in(staff, invoice_rows(staff, 2))
    hospital = staff.wangs_hospital.pk
    rows = [
        rules.RedLetterRow(hospital, "HZ1", date(2026, 2, 1), 130, "FP0", "退货"),
        rules.RedLetterRow(hospital, "HZ2", date(2026, 2, 1), 5),
    ]
    take_in(staff, rows, actions.import_red_letters)
    assert dict(Item.objects.values_list("number", "open_fen")) == {"FP0": 0, "FP1": 101, "HZ1": 30, "HZ2": 5}


def refused(staff, rows, verb):
    before = (Posting.objects.count(), Entry.objects.count(), Item.objects.count())
    with pytest.raises((rules.RowRefused, rules.DocumentExists)) as failure:
        take_in(staff, rows, verb)
    assert (Posting.objects.count(), Entry.objects.count(), Item.objects.count()) == before
    why = failure.value
    return (why.row, why.why.code) if isinstance(why, rules.RowRefused) else (why.code, why.document_numbers)


def test_one_bad_row_keeps_the_whole_file_out_and_is_named(staff):
    take_in(staff, invoice_rows(staff, 3))
    hospital, clinic = staff.wangs_hospital.pk, staff.suns_clinic.pk
    fresh = rules.InvoiceRow(hospital, "FPA", JANUARY, JANUARY, 1)
    invoices, receipts = actions.import_invoices, actions.import_receipts
    assert refused(staff, [fresh, fresh._replace(number="B", total_fen=0)], invoices) == (2, "amount_out_of_range")
    assert refused(staff, [fresh, fresh._replace(number="FP1")], invoices) == ("document_exists", ["FP1"])
    assert refused(staff, [fresh, fresh], invoices) == ("document_exists", ["FPA"])
    money = rules.ReceiptRow(hospital, "SK1", JANUARY, 10)
    assert refused(staff, [money, money._replace(number="S", invoices=("FP9",))], receipts) == (2, "unknown_invoice")
    assert refused(staff, [money._replace(terminal_id=clinic, invoices=("FP1",))], receipts) == (1, "other_customer")
    assert refused(staff, [money._replace(method="barter")], receipts) == (1, "unknown_method")


def test_a_file_may_hold_anybodys_rows_so_a_representative_cannot_import(staff):
    for who in (staff.wang, staff.li, staff.sun, staff.zhou):
        with pytest.raises(NotAllowed):
            take_in(staff, invoice_rows(staff, 1), by=who)
    assert Posting.objects.count() == 0


def test_rows_that_can_be_read_only_once_are_not_accepted(staff):
    with pytest.raises(TypeError, match="readable again"):
        take_in(staff, iter(invoice_rows(staff, 1)))
