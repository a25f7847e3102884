"""What follows typing and keys, in a real Chromium: choosing a customer, amounts in words, the queue by keyboard."""

import re

import pytest
from django.urls import reverse
from tests.architecture.source import expect_none
from tests.browsing import DESK, PHONE, Troubles, faults, overflow, sign_in

from kewei.receivables.models import Entry, Item
from kewei.receivables.tests.doors import ledger as ledgers
from kewei.terminals.models import Settlement

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(live_server, page):
    """The small ledger, Qian signed in, and the troubles of the page."""
    ledger = ledgers.keep()
    sign_in(page, live_server.url, ledger.staff.qian)
    return ledger, live_server.url, Troubles().watch(page)


def test_qian_books_a_receipt_without_the_mouse(house, page):
    _ledger, url, troubles = house
    page.goto(url + reverse("receivables:receive"))
    page.fill("#customer-find", "荆门")
    page.wait_for_selector(".k-pick-hit")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=tick]")
    page.fill("[name=receipt_no]", "SK-TYPED")
    page.fill("[name=amount]", "1000")
    page.wait_for_selector("#amount-words .k-words")
    assert "壹仟元整" in page.inner_text("#amount-words")
    page.check("input[name=tick][value=FP1]")
    assert page.is_checked("input[name=how][value=named]")
    assert page.is_visible("[data-sum-equal]")
    page.click("form.k-doc button.btn-primary")
    page.wait_for_url(re.compile(r"/entries/\d+/"))
    assert Item.objects.get(number="FP1").open_fen == 0
    assert {a.debit.number for a in Entry.objects.get(number="SK-TYPED").spent_on.all()} == {"FP1"}
    expect_none(troubles.found)


def test_the_due_date_follows_and_what_was_typed_stays(house, page):
    ledger, url, troubles = house
    Settlement.objects.create(
        terminal=ledger.staff.wangs_hospital, term_days=60, term_start="invoice", set_by=ledger.staff.qian,
        set_at=ledger.entries["FP1"].posting.at,
    )  # fmt: skip
    page.goto(f"{url}{reverse('receivables:post_invoice')}?terminal={ledger.staff.wangs_hospital.pk}")
    page.fill("#id_invoice_date", "2026-01-01")
    page.wait_for_selector("#id_due_date[value='2026-03-02']")
    page.fill("#id_due_date", "2026-04-01")
    page.fill("#id_invoice_date", "2026-02-01")
    page.wait_for_selector("[name=due_proposed][value='2026-04-02']", state="attached")
    assert page.input_value("#id_due_date") == "2026-04-01"
    expect_none(troubles.found)


def test_the_queue_is_worked_by_keyboard_and_taken_back(house, page):
    ledger, url, troubles = house
    ledgers.keep_more(ledger, 3)
    page.goto(url + reverse("receivables:unmatched"))
    page.keyboard.press("j")
    page.wait_for_selector("li:nth-child(2) > [data-queue-row][aria-current=true]")
    page.keyboard.press("k")
    page.wait_for_selector("li:nth-child(1) > [data-queue-row][aria-current=true]")
    waiting = Item.objects.filter(side=-1, live=True, open_fen__gt=0).count()
    page.keyboard.press("Enter")
    page.wait_for_selector(".k-toast-undo")
    assert Item.objects.filter(side=-1, live=True, open_fen__gt=0).count() == waiting - 1
    page.keyboard.press("u")
    page.wait_for_selector(".k-toast-undo", state="detached")
    assert Item.objects.filter(side=-1, live=True, open_fen__gt=0).count() == waiting
    expect_none(troubles.found)


def test_another_day_is_one_choice_away(house, page):
    _ledger, url, troubles = house
    page.goto(url + reverse("receivables:ageing"))
    page.fill("#as-of", "2026-01-31")
    page.wait_for_url("**as_of=2026-01-31")
    page.wait_for_selector(".k-alert-info")
    expect_none(troubles.found)


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_about_one_thing_can_be_read_by_everybody(house, page, window, language):
    """The pages of the navigation are read elsewhere; these are reached from them."""
    ledger, url, troubles = house
    page.set_viewport_size(window)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": url}])
    hospital = ledger.staff.wangs_hospital.pk
    paths = [
        reverse("receivables:entry", args=[ledger.entries["FP2"].pk]),
        reverse("receivables:entry", args=[ledger.entries["SK2"].pk]),
        reverse("receivables:statement", args=[hospital]),
        reverse("receivables:statements"),
        *(f"{reverse(f'receivables:{name}')}?terminal={hospital}" for name in ("post_invoice", "post_red_letter", "receive")),
    ]  # fmt: skip
    found = []
    for path in paths:
        page.goto(url + path)
        page.wait_for_load_state("networkidle")
        found += faults(page) + overflow(page)
    expect_none(found + troubles.found)
