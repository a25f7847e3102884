"""Posting, allocating and taking back through pages: once per press, beside the field where it is refused."""

from datetime import timedelta

import pytest
from django.urls import reverse

from kewei.receivables import queries
from kewei.receivables.models import Allocation, Entry, Item, Posting
from kewei.receivables.tests.doors.ledger import form
from kewei.terminals.models import Settlement

INVOICE, NOTE, RECEIPT = (reverse(f"receivables:{name}") for name in ("post_invoice", "post_red_letter", "receive"))


def entry_url(entry, name="entry"):
    return reverse(f"receivables:{name}", args=[entry.pk])


def text(answer):
    return answer.content.decode()


def an_invoice(ledger, **changed):
    on = ledger.today.isoformat()
    due = (ledger.today + timedelta(days=30)).isoformat()
    return (
        form(
            terminal=ledger.staff.wangs_hospital.pk, invoice_no="FP9", invoice_date=on, due_date=due, amount="1,234.50"
        )
        | changed
    )


def a_receipt(ledger, **changed):
    return form(
        terminal=ledger.staff.wangs_hospital.pk, receipt_no="SK9", received_on=ledger.today.isoformat(),
        amount="1000", method="transfer", how="none",
    ) | changed  # fmt: skip


def test_qian_posts_an_invoice(ledger):
    answer = ledger.client("qian").post(INVOICE, an_invoice(ledger, tax="142.02", contract="HT-1"))
    entry = Entry.objects.get(number="FP9")
    assert answer["Location"] == entry_url(entry)
    assert (entry.total_fen, entry.kind, entry.terminal_id) == (1_234_50, "invoice", ledger.staff.wangs_hospital.pk)
    assert entry.invoice_detail.fields == {"tax_fen": 142_02, "contract": "HT-1"}
    page = text(ledger.client("qian").get(entry_url(entry)))
    assert "壹仟贰佰叁拾肆元伍角" in page
    assert "142.02" in page


def test_pressed_twice_it_posts_once(ledger):
    client, given = ledger.client("qian"), an_invoice(ledger)
    first, second = client.post(INVOICE, given), client.post(INVOICE, given)
    assert first["Location"] == second["Location"]
    assert Entry.objects.filter(number="FP9").count() == 1
    given = a_receipt(ledger)
    assert client.post(RECEIPT, given)["Location"] == client.post(RECEIPT, given)["Location"]
    assert Entry.objects.filter(number="SK9").count() == 1


def test_a_form_changed_after_it_was_sent_asks_before_it_posts_another(ledger):
    client, given = ledger.client("qian"), an_invoice(ledger)
    client.post(INVOICE, given)
    answer = client.post(INVOICE, given | {"invoice_no": "FP10"})
    assert answer.status_code == 422
    assert "已经提交过" in text(answer)
    assert not Entry.objects.filter(number="FP10").exists()
    renewed = answer.context["form"]["form_key"].value()
    assert renewed != given["form_key"]
    assert client.post(INVOICE, given | {"invoice_no": "FP10", "form_key": renewed}).status_code == 302


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount": "12.345"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "1e18"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"invoice_no": "FP1"}, "invoice_no"),
        ({"invoice_no": ""}, "invoice_no"),
        ({"invoice_date": "2026-02-30"}, "invoice_date"),
        ({"due_date": "2020-01-01"}, "due_date"),
        ({"due_date": ""}, "due_date"),
        ({"terminal": ""}, "terminal"),
        ({"terminal": "99999999"}, "terminal"),
        ({"form_key": "short"}, "form_key"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_written(ledger, changed, field):
    before = Posting.objects.count()
    answer = ledger.client("qian").post(INVOICE, an_invoice(ledger, **changed))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Posting.objects.count() == before


@pytest.mark.parametrize("name", ["wang", "sun", "zhou", "zhao", "li"])
@pytest.mark.parametrize("url", [INVOICE, NOTE, RECEIPT])
def test_only_who_keeps_the_ledger_may_post(ledger, name, url):
    client, before = ledger.client(name), Posting.objects.count()
    assert client.get(url).status_code == 403
    assert client.post(url, an_invoice(ledger)).status_code == 403
    assert Posting.objects.count() == before


def test_sun_does_not_find_wangs_documents(ledger):
    sun, invoice, receipt = ledger.client("sun"), ledger.entries["FP2"], ledger.entries["SK2"]
    assert sun.get(entry_url(invoice)).status_code == 404
    assert sun.get(reverse("receivables:statement", args=[ledger.staff.wangs_hospital.pk])).status_code == 404
    assert sun.post(entry_url(invoice, "reverse_entry"), form(reason="试")).status_code == 403
    assert sun.post(entry_url(receipt, "allocate"), form(how="oldest")).status_code == 403
    assert ledger.client("wang").get(entry_url(invoice)).status_code == 200


def test_a_red_letter_note_settles_its_original(ledger):
    given = form(
        terminal=ledger.staff.wangs_hospital.pk, red_letter_no="HZ1", issued_on=ledger.today.isoformat(),
        amount="-300", original_no="FP2", reason="退货", allocate="on",
    )  # fmt: skip
    assert ledger.client("qian").post(NOTE, given).status_code == 302
    assert Item.objects.get(number="FP2").open_fen == 1_200_00
    answer = ledger.client("qian").post(
        NOTE, form(**given | {"form_key": "0" * 32, "red_letter_no": "HZ2", "original_no": "FP4"})
    )
    assert "original_no" in answer.context["form"].errors
    answer = ledger.client("qian").post(NOTE, given | {"form_key": "1" * 32, "red_letter_no": "HZ3", "amount": "5000"})
    assert "amount" in answer.context["form"].errors


@pytest.mark.parametrize(
    ("how", "amount", "more", "settled"),
    [
        ("none", "1000", {}, {}),
        ("oldest", "1600", {}, {"FP2": 1_500_00, "FP1": 100_00}),
        ("exact", "1000", {}, {"FP1": 1_000_00}),
        ("subset", "2500", {}, {"FP1": 1_000_00, "FP2": 1_500_00}),
        ("named", "400", {"invoice_no": "FP1"}, {"FP1": 400_00}),
        ("named", "1200", {"tick": ["FP2"]}, {"FP2": 1_200_00}),
    ],
)
def test_a_receipt_is_spread_the_way_asked_for(ledger, how, amount, more, settled):
    given = a_receipt(ledger, how=how, amount=amount, memo="货款", payer="荆门市医保中心", **more)
    assert ledger.client("qian").post(RECEIPT, given).status_code == 302
    receipt = Entry.objects.get(number="SK9")
    assert {a.debit.number: a.fen for a in receipt.spent_on.all()} == settled
    assert receipt.receipt_detail.payer_name == "荆门市医保中心"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"how": "exact", "amount": "1.23"}, "how"),
        ({"how": "subset", "amount": "1.23"}, "how"),
        ({"how": "named", "invoice_no": "FP4"}, "invoice_no"),
        ({"how": "named"}, "invoice_no"),
        ({"receipt_no": "SK1"}, "receipt_no"),
        ({"method": "shells"}, "method"),
    ],
)
def test_a_receipt_that_cannot_be_spread_so_is_not_booked(ledger, changed, field):
    answer = ledger.client("qian").post(RECEIPT, a_receipt(ledger, **changed))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Entry.objects.filter(number="SK9").exists()


# --- one document -------------------------------------------------------------------------------------------------


def test_the_page_of_a_document_shows_both_ways_and_its_history(ledger):
    client = ledger.client("qian")
    invoice, receipt = (
        text(client.get(entry_url(ledger.entries["FP2"]))),
        text(client.get(entry_url(ledger.entries["SK1"]))),
    )
    assert "SK1" in invoice
    assert "FP2" in receipt
    assert "1,500.00" in invoice
    assert "登记发票" in invoice
    assert "登记收款" in invoice  # what settled it is part of its history


@pytest.mark.parametrize(
    ("given", "settled"),
    [
        ({"how": "oldest"}, {"FP2": 100_00}),
        ({"how": "named", "tick": ["FP1"]}, {"FP1": 100_00}),
    ],
)
def test_what_is_left_of_a_receipt_is_applied(ledger, given, settled):
    receipt = ledger.entries["SK2"]
    answer = ledger.client("qian").post(entry_url(receipt, "allocate"), form(**given))
    assert answer["Location"] == entry_url(receipt)
    assert {a.debit.number: a.fen for a in receipt.spent_on.all()} == settled


def test_amounts_typed_invoice_by_invoice_are_applied_once(ledger):
    receipt, one, two = (ledger.entries[number] for number in ("SK2", "FP1", "FP2"))
    given = form(how="table", **{f"fen_{one.pk}": "30", f"fen_{two.pk}": "69.50"})
    client = ledger.client("qian")
    assert client.post(entry_url(receipt, "allocate"), given).status_code == 302
    assert client.post(entry_url(receipt, "allocate"), given).status_code == 302
    assert {a.debit.number: a.fen for a in receipt.spent_on.all()} == {"FP1": 30_00, "FP2": 69_50}
    too_much = form(how="table", **{f"fen_{one.pk}": "0.51"})
    answer = client.post(entry_url(receipt, "allocate"), too_much)
    assert answer.status_code == 422
    assert "0.50" in text(answer)
    bad = client.post(entry_url(receipt, "allocate"), form(how="table", **{f"fen_{one.pk}": "abc"}))
    assert bad.status_code == 422


def test_an_allocation_is_taken_back_with_a_reason(ledger):
    allocation = Allocation.objects.get(debit=ledger.entries["FP2"])
    url, client = reverse("receivables:reverse_allocation", args=[allocation.pk]), ledger.client("qian")
    assert client.post(url, form(reason=" ")).status_code == 422
    assert client.post(url, form(reason="核错了", back=ledger.entries["SK1"].pk))["Location"] == entry_url(
        ledger.entries["SK1"]
    )
    assert Item.objects.get(number="FP2").open_fen == 2_000_00
    assert "核错了" in text(client.get(entry_url(ledger.entries["SK1"])))


def test_a_document_is_reversed_with_a_reason_and_stays_to_be_read(ledger):
    invoice, client = ledger.entries["FP2"], ledger.client("qian")
    assert client.post(entry_url(invoice, "reverse_entry"), form(reason="")).status_code == 422
    given = form(reason="开错客户")
    assert client.post(entry_url(invoice, "reverse_entry"), given)["Location"] == entry_url(invoice)
    assert client.post(entry_url(invoice, "reverse_entry"), given)["Location"] == entry_url(invoice)
    assert client.post(entry_url(invoice, "reverse_entry"), form(reason="再来")).status_code == 422
    page = text(client.get(entry_url(invoice)))
    assert "已经冲销" in page
    assert "开错客户" in page
    assert Entry.objects.filter(reverses=invoice).count() == 1
    assert "FP2" not in {row.number for row in queries.open_items(ledger.staff.qian, ledger.today)[0]}


def test_what_was_just_posted_can_be_undone_from_the_toast(ledger):
    client = ledger.client("qian")
    page = client.post(INVOICE, an_invoice(ledger), follow=True)
    entry = Entry.objects.get(number="FP9")
    undo = entry_url(entry, "undo_entry")
    assert undo in text(page)
    client.post(undo)
    assert not Item.objects.get(entry=entry).live


# --- parts of the forms -------------------------------------------------------------------------------------------


def test_a_customer_is_found_by_typing(ledger):
    client = ledger.client("wang")
    find = reverse("receivables:find_customer")
    assert "荆门市第一人民医院" in text(client.get(find, {"customer": "荆门"}))
    assert "李刚诊所" not in text(client.get(find, {"customer": "李刚"}))
    assert "没有找到" in text(client.get(find, {"customer": "李刚"}))
    chosen = reverse("receivables:chosen_customer", args=[ledger.staff.wangs_hospital.pk])
    assert "2,400.00" in text(client.get(chosen))
    assert ledger.client("sun").get(chosen).status_code == 404


@pytest.mark.parametrize(
    ("start", "due"), [("invoice", "2026-12-30"), ("next_month", "2026-12-30"), ("delivery", "2026-12-30")]
)
def test_the_due_date_follows_the_term_of_the_customer(ledger, start, due):
    Settlement.objects.create(
        terminal=ledger.staff.wangs_hospital, term_days=60, term_start=start,
        set_by=ledger.staff.qian, set_at=ledger.entries["FP1"].posting.at,
    )  # fmt: skip
    on = "2026-10-31"
    url, pk = reverse("receivables:due_date"), ledger.staff.wangs_hospital.pk
    client = ledger.client("qian")
    assert f'value="{due}"' in text(client.get(url, {"terminal": pk, "invoice_date": on}))
    typed = client.get(url, {"terminal": pk, "invoice_date": on, "due_date": "2027-01-05", "due_proposed": due})
    assert 'value="2027-01-05"' in text(typed)
    followed = client.get(
        url, {"terminal": pk, "invoice_date": on, "due_date": "2026-01-05", "due_proposed": "2026-01-05"}
    )
    assert f'value="{due}"' in text(followed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("1,234.5", "壹仟贰佰叁拾肆元伍角"), ("1.2万", "壹万贰仟元整"), ("12.345", "小数超过两位"), ("", "\n")],
)
def test_an_amount_is_repeated_in_capital_characters(ledger, typed, said):
    assert said in text(ledger.client("qian").get(reverse("receivables:in_words"), {"amount": typed}))


def test_the_register_finds_by_number_kind_and_day(ledger):
    client, url = ledger.client("qian"), reverse("receivables:entries")
    assert "SK1" in text(client.get(url))
    assert "SK1" not in text(client.get(url, {"kind": "invoice"}))
    found = text(client.get(url, {"q": "sk"}))
    assert "SK2" in found
    assert "FP1" not in found
    assert "FP3" not in text(client.get(url, {"first": (ledger.today - timedelta(days=100)).isoformat()}))
    assert "FP4" not in text(ledger.client("wang").get(url))
