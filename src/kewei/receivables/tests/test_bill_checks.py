"""The check sheet of a bill: every row of the table of domain 2.16, kept with the bill and shown on its page."""

import json
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from tests import cast

from kewei.credit.queries.standing import standing
from kewei.kernel.ids import new_key
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.receivables import actions
from kewei.receivables.models import Bill
from kewei.receivables.queries import bills
from kewei.receivables.rules import bill_checks
from kewei.receivables.rules.bill_checks import CHECKS, Sheet, look_at, outcome
from kewei.receivables.rules.bills import BadBillNumber, BillGiven, BillWithoutMethod

NOW, TODAY = cast.MORNING, date(2026, 11, 23)
NUMBER = "5" + "1" * 29
GOOD = Sheet(
    "bank", NUMBER, "0", "武汉农商行", date(2026, 10, 1), date(2027, 3, 31), True, False, TODAY, True, True, "none", True, "",
    "HT-1", "FP1", False, False,
)  # fmt: skip
FEN = 50_000_00


def found(sheet, known=True, fen=FEN):
    return look_at(sheet, fen=fen, received_on=TODAY, invoice_known=known, present_by=date(2027, 4, 12))


@pytest.mark.parametrize(
    ("change", "code", "level"),
    [
        ({"paper": True}, "paper", "block"),
        ({"number": "5" * 29}, "number", "block"),
        ({"number": "5" * 29 + "x"}, "number", "block"),
        ({"sub_range": "1"}, "range", "block"),
        ({"sub_range": "5-1"}, "range", "block"),
        ({"sub_range": "1-4999999"}, "range_sum", "block"),
        ({"acceptor_listed": True}, "acceptor_listed", "block"),
        ({"acceptor_exact": False}, "acceptor_name", "block"),
        ({"due_on": date(2027, 4, 2)}, "term", "block"),
        ({"complete": False}, "altered", "block"),
        ({"chain_unbroken": False}, "broken_chain", "block"),
        ({"restriction": "non_transferable"}, "non_transferable", "block"),
        ({"refused": True}, "refused", "block"),
        ({"restriction": "pledge"}, "pledge", "warn"),
        ({"restriction": "collection"}, "collection", "warn"),
        ({"before_us_pays": False}, "third_party", "warn"),
        ({"before_us_pays": False, "paid_by_another": "代付函"}, "paid_by_another", "record"),
        ({"number": "6" + "1" * 29}, "kind_differs", "warn"),
        ({"kind": "commercial", "number": "6" + "1" * 29}, "commercial", "warn"),
        ({"searched_on": None}, "not_searched", "warn"),
        ({"discount_fen": 312_00}, "discount", "record"),
    ],
)
def test_each_check_finds_what_it_is_for_and_nothing_else(change, code, level):
    codes = {one.code: one.level for one in found(replace(GOOD, **change))}
    assert codes == {code: level, "present": "record"}
    assert outcome(found(replace(GOOD, **change))) == (level if level != "record" else "pass")


def test_a_good_bill_passes_a_part_of_one_too_and_every_check_is_tried():
    assert outcome(found(GOOD)) == "pass"
    assert outcome(found(replace(GOOD, sub_range="1-5000000"))) == "pass"
    assert outcome(found(replace(GOOD, due_on=date(2027, 4, 1)))) == "pass"
    assert {one.code for one in found(GOOD, known=False)} == {"not_linked", "present"}
    assert set(CHECKS) == {code for _c, code, _l in _TRIED} | {"not_linked", "present"}
    for blank in ("contract", "invoice"):
        with pytest.raises(bill_checks.BillCheckNeedsTrade):
            found(replace(GOOD, **{blank: " "}))


_TRIED = test_each_check_finds_what_it_is_for_and_nothing_else.pytestmark[0].args[1]


@pytest.fixture
def staff(db):
    return cast.assemble()


def bill(staff):
    actions.post_invoice(
        terminal=staff.wangs_hospital, number="FP1", invoice_date=date(2026, 9, 1), due_date=date(2026, 11, 1), total_fen=FEN,
        by=staff.qian, now=NOW,
    )  # fmt: skip
    return actions.receive_payment(
        terminal=staff.wangs_hospital, number="SK1", received_on=TODAY, fen=FEN, method="bill", how="oldest",
        bill=BillGiven("bank", date(2027, 3, 31), NUMBER, "武汉农商行", date(2026, 10, 1)), by=staff.qian, now=NOW,
    )  # fmt: skip


def test_sheets_are_kept_with_the_bill_and_the_newest_counts(staff):
    kept = bill(staff)
    first = actions.check_bill_sheet(bill=kept.pk, sheet=replace(GOOD, refused=True), by=staff.qian, now=NOW)
    assert (first.outcome, first.findings[0][:2]) == ("block", ["block", "refused"])
    actions.check_bill_sheet(bill=kept.pk, sheet=GOOD, by=staff.qian, now=NOW)
    assert [one.outcome for one in bills.checks_of(staff.qian, kept.pk)] == ["pass", "block"]
    assert bills.list_bills(staff.qian, TODAY)[0][0].checked == "pass"
    # An invoice of somebody else is no trade behind this bill.
    other = actions.check_bill_sheet(bill=kept.pk, sheet=replace(GOOD, invoice="FP1;FP9"), by=staff.qian, now=NOW)
    assert (other.outcome, other.findings[0][1]) == ("warn", "not_linked")
    with pytest.raises(NotFound):
        bills.checks_of(staff.sun, kept.pk)
    with pytest.raises(NotAllowed):
        actions.check_bill_sheet(bill=kept.pk, sheet=GOOD, by=staff.zhou, now=NOW)


def receipt(staff, number, **more):
    return {
        "terminal": staff.wangs_hospital,
        "number": number,
        "received_on": TODAY,
        "fen": FEN,
        "method": "bill",
        "by": staff.qian,
        "now": NOW,
        "bill": BillGiven("bank", date(2027, 3, 31), NUMBER, "武汉农商行", date(2026, 10, 1)),
    } | more


def test_a_bill_that_something_stops_is_refused_and_one_with_warnings_is_taken_with_its_sheet(staff):
    owed = bill(staff)
    for change, code, _level in _TRIED:
        blocked = CHECKS[code][0] == "block"
        if blocked and code not in ("number", "term"):
            with pytest.raises(bill_checks.BillBlocked) as no:
                actions.receive_payment(**receipt(staff, f"SK-{code}", sheet=replace(GOOD, **change)))
            assert [one.code for one in no.value.failed] == [f"bill_{code}"]
    assert Bill.objects.count() == 1
    with pytest.raises(bill_checks.BillBlocked) as no:
        actions.receive_payment(**receipt(staff, "SK-2", sheet=replace(GOOD, complete=False, chain_unbroken=False)))
    assert str(no.value) == "这张票据不得接收：必备记载不全，或金额、日期、收款人有更改：票据无效、背书不连续"
    taken = actions.receive_payment(**receipt(staff, "SK-3", sheet=replace(GOOD, searched_on=None)))
    assert [one.outcome for one in bills.checks_of(staff.qian, taken.pk)] == ["warn"]
    assert bills.checks_of(staff.qian, owed.pk) == []
    with pytest.raises(BillWithoutMethod):
        actions.receive_payment(**receipt(staff, "SK-4", method="transfer", bill=None, sheet=GOOD))
    for number in ("5" * 29, "5" * 29 + "x", "银承0001"):
        with pytest.raises(BadBillNumber):
            actions.receive_payment(**receipt(staff, "SK-5", bill=BillGiven("bank", date(2027, 3, 31), number)))


def test_a_bill_in_the_books_that_should_have_been_stopped_counts_until_it_is_cleared_or_returned(staff):
    kept = bill(staff)
    exposure = lambda: standing(staff.wangs_hospital.pk, TODAY).exposure.bills_fen  # noqa: E731
    assert exposure() == 0, "a bank bill is released at receipt"
    actions.check_bill_sheet(bill=kept.pk, sheet=replace(GOOD, refused=True), by=staff.qian, now=NOW)
    assert exposure() == FEN
    actions.check_bill_sheet(bill=kept.pk, sheet=GOOD, by=staff.qian, now=NOW)
    assert exposure() == 0
    actions.check_bill_sheet(bill=kept.pk, sheet=replace(GOOD, chain_unbroken=False), by=staff.qian, now=NOW)
    actions.reverse_entry(entry=kept.pk, reason="退票", by=staff.qian, now=NOW)
    assert exposure() == 0


SEEN = {
    "seen-sub_range": "0", "seen-issued_on": "2026-10-01", "seen-acceptor_exact": "on", "seen-searched_on": "2026-11-20",
    "seen-complete": "on", "seen-chain_unbroken": "on", "seen-restriction": "none", "seen-before_us_pays": "on",
    "seen-contract": "HT-1", "seen-invoice": "FP1",
}  # fmt: skip


def test_the_receipt_form_takes_a_bill_with_its_sheet_only(staff):
    client = Client()
    client.force_login(staff.qian)
    body = {
        "terminal": staff.wangs_hospital.pk, "receipt_no": "SK9", "received_on": "2026-11-20", "amount": "500",
        "method": "bill", "bill_kind": "bank", "bill_no": NUMBER, "bill_due": "2027-03-31", "acceptor": "武汉农商行", "how": "none",
    }  # fmt: skip
    send = lambda **more: client.post(reverse("receivables:receive"), body | {"form_key": new_key()} | more)  # noqa: E731
    assert send().status_code == 422
    assert "背书不连续" in str(send(**SEEN | {"seen-chain_unbroken": ""}).context["form"].errors)
    assert Bill.objects.count() == 0
    page = send(**SEEN)
    assert page.status_code == 302, page.context["form"].errors
    row = bills.list_bills(staff.qian, TODAY)[0][0]
    assert (row.checked, row.issued_on) == ("warn", date(2026, 10, 1))
    assert page["Location"] == reverse("receivables:bill", args=[row.pk])
    assert client.get(reverse("receivables:check_bill", args=[row.pk])).context["form"].initial["number"] == NUMBER


def test_the_api_refuses_a_blocked_bill(staff):
    client = Client()
    client.force_login(staff.qian)
    sheet = {
        "kind": "bank",
        "number": NUMBER,
        "acceptor": "武汉农商行",
        "due_on": "2027-03-31",
        "contract": "HT-1",
        "invoice": "FP1",
    }
    body = {
        "customer": staff.wangs_hospital.code, "number": "SK1", "received_on": "2026-11-20", "total_fen": 100, "method": "bill",
        "bill": {"kind": "bank", "due_on": "2027-03-31", "number": NUMBER}, "bill_check": sheet,
    }  # fmt: skip
    send = lambda **seen: client.post(  # noqa: E731
        "/api/receivables/receipts", json.dumps(body | {"bill_check": sheet | seen}), content_type="application/json",
        headers={"Idempotency-Key": new_key()},
    )  # fmt: skip
    no = send()
    assert (no.status_code, no.json()["code"]) == (422, "bill_blocked")
    assert send(acceptor_exact=True, complete=True, chain_unbroken=True).status_code == 201


def test_the_sheet_as_a_form_before_and_after_a_bill_is_taken(staff):
    kept, client = bill(staff), Client()
    client.force_login(staff.qian)
    answers = {
        "kind": "bank", "number": NUMBER, "sub_range": "0", "acceptor": "武汉农商行", "issued_on": "2026-10-01",
        "due_on": "2027-03-31", "acceptor_exact": "on", "searched_on": "2026-11-23", "complete": "on", "chain_unbroken": "on",
        "restriction": "none", "before_us_pays": "on", "contract": "HT-1", "invoice": "FP1", "discount": "12.50",
    }  # fmt: skip
    offered = {
        **answers,
        "customer": staff.wangs_hospital.code,
        "amount": "50000",
        "refused": "on",
        "form_key": new_key(),
    }
    page = client.post(reverse("receivables:try_bill_check"), offered)
    assert (page.status_code, page.context["outcome"], bills.checks_of(staff.qian, kept.pk)) == (200, "不得接收", [])
    url = reverse("receivables:check_bill", args=[kept.pk])
    assert client.get(url).context["form"].initial["acceptor"] == "武汉农商行"
    assert client.post(url, {**answers, "contract": "", "form_key": new_key()}).status_code == 422
    assert client.post(url, {**answers, "form_key": new_key()}).status_code == 302
    shown = client.get(reverse("receivables:bill", args=[kept.pk]))
    assert [words for _one, _found, _tone, words in shown.context["checks"]] == ["检查通过"]
    assert client.get(url).context["form"].initial["discount"] == "12.50"
