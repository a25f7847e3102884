"""An order typed by keyboard in a real Chromium: product, Enter, quantity, Enter, and the gate answers meanwhile."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests import trading
from tests.architecture.source import expect_none
from tests.browsing import DESK, PHONE, Troubles, faults, overflow, sign_in

from kewei.orders.models import Order

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
def test_an_order_is_typed_judged_and_placed_by_keyboard(live_server, page, window):
    trade = trading.open_shop()
    sign_in(page, live_server.url, trade.staff.wang)
    troubles = Troubles().watch(page)
    page.set_viewport_size(window)
    page.goto(f"{live_server.url}/orders/new/?terminal={trade.hospital.pk}")
    expect(page.get_by_label("产品 1")).to_be_focused()
    page.keyboard.type("P")
    expect(page.locator("[data-hits] [role=option]")).to_have_count(3)
    found = faults(page) + overflow(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_label("产品 1")).to_have_value("P1 阿莫西林胶囊")
    expect(page.get_by_label("单价 1")).to_have_value("10.00")
    expect(page.get_by_label("数量 1")).to_be_focused()
    page.keyboard.type("5")
    expect(page.locator("#gate")).to_contain_text("950.00")  # while the field still has the cursor
    page.keyboard.press("Enter")
    expect(page.get_by_label("产品 2")).to_be_focused()
    page.keyboard.type("P3")
    expect(page.locator("[data-hits] [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.type("1")
    expect(page.locator("#says-2")).to_contain_text("麻醉")
    page.keyboard.press("Escape")
    page.get_by_label("产品 2").fill("")
    expect(page.get_by_label("单价 2")).to_have_value("")  # the price of what stood there is gone with it
    page.get_by_label("数量 2").fill("")
    expect(page.locator("#says-2")).to_be_empty()
    found += faults(page) + overflow(page)
    assert not Order.objects.exists()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    expect(page.locator("main")).to_contain_text("已放行")
    assert Order.objects.get().total_fen == 50_00
    expect_none(found + faults(page) + overflow(page) + troubles.found)


def test_what_the_gate_says_follows_rows_pasted_from_a_spreadsheet(live_server, page):
    trade = trading.open_shop()
    sign_in(page, live_server.url, trade.staff.wang)
    page.goto(f"{live_server.url}/orders/new/?terminal={trade.hospital.pk}")
    page.get_by_text("从表格粘贴").first.click()
    page.locator("textarea[name=paste]").fill("P1\t1,000\t10.00")
    expect(page.locator("#gate")).to_contain_text("10,000.00")
    assert not Order.objects.exists()
