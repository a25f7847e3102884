"""What people do with their hands: sign in, search, walk through a list by keyboard, filter, sort, keep a view."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from tests import cast
from tests.architecture.source import expect_none
from tests.browsing import DESK, PHONE, Troubles, doors, faults, overflow, sign_in

from kewei.receivables import actions as receivables
from kewei.terminals import actions as terminals
from kewei.terminals.models import SearchLine
from kewei.terminals.rules import search_text

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Latin words that belong to a Chinese page: names of keys, file formats, abbreviations the trade uses, our own name.
LATIN = {
    "kewei",
    "en",
    "ctrl",
    "enter",
    "esc",
    "dso",
    "cei",
    "bpdso",
    "add",
    "ecl",
    "excel",
    "csv",
    "utf",
    "gb",
    "xlsx",
    "xls",
    "api",
    "pdf",
    "openapi",
    "mb",
    "json",
    "vat",
    "rest",
    "st",  # ST0 to ST7, as the trade calls the stages of collecting
}
# Logins of people and codes of facts (room.happened) are data, wherever they stand.
DATA = re.compile(rf"[a-z_]+\.[a-z_]+|\b({'|'.join(cast.PEOPLE)})\b")
WORDS_OF_THE_PAGE = """
    [...document.querySelectorAll('h1, h2, h3, p, label, button, th, dt, summary, .btn, .k-nav a, .k-badge, option')]
        .filter(e => !e.closest('[lang=en], code, kbd, tbody, select[name=room]')).map(e => e.textContent).join(' | ')
"""


@pytest.fixture
def staff(live_server):
    """The cast with sixty invoices on two terminals, some overdue, and a receipt that waits."""
    people = cast.assemble()
    for person in (people.qian, people.zheng):
        person.set_password(cast.PASSWORD)
        person.save()
    today, now = timezone.localdate(), timezone.now()
    for n in range(60):
        on = today - timedelta(days=3 * n + 1)
        receivables.post_invoice(
            terminal=people.wangs_hospital if n % 3 else people.suns_clinic, number=f"FP{n:04d}", invoice_date=on,
            due_date=on + timedelta(days=60), total_fen=(n + 1) * 1234_56, by=people.qian, now=now,
        )  # fmt: skip
    receivables.receive_payment(
        terminal=people.wangs_pharmacy, number="SK1", received_on=today, fen=5000_00, by=people.qian, now=now
    )
    terminals.record_licence(
        terminal=people.wangs_hospital,
        kind="medical",
        number="YL1",
        valid_to=today + timedelta(days=9),
        by=people.wu,
        now=now,
    )
    for one in (people.wangs_hospital, people.wangs_pharmacy, people.suns_clinic):
        SearchLine.objects.filter(terminal=one).update(text=search_text(one.code, "", [one.name]))
    return people


@pytest.fixture
def desk(live_server, page, staff):
    """The accountant's browser, and the troubles of the page."""
    page.set_viewport_size(DESK)
    sign_in(page, live_server.url, staff.qian)
    return live_server.url, Troubles().watch(page)


def test_signing_in_and_out(live_server, page, staff):
    page.goto(live_server.url + "/receivables/items/")
    page.get_by_label("登录名").fill("qian")
    page.get_by_label("密码").fill("wrong-wrong-1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("不对")
    page.get_by_label("密码").fill(cast.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("未清项")
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_label("登录名")).to_be_visible()


def test_the_first_tab_stop_skips_to_the_content(desk, page):
    url, _ = desk
    page.goto(url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_palette_finds_and_opens_by_keyboard_alone(desk, page):
    url, troubles = desk
    page.goto(url + "/help/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("jmsdy")
    first = page.get_by_role("option", name="荆门市第一人民医院")
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("荆门市第一人民医院")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("FP0007")
    expect(page.get_by_role("option").first).to_contain_text("9,876.48")
    expect_none(faults(page))
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).not_to_be_visible()
    expect_none(troubles.found)


def test_enter_typed_ahead_of_the_answer_opens_the_answer(desk, page):
    url, _ = desk
    page.goto(url + "/help/")
    page.wait_for_load_state("networkidle")
    page.route("**/search/?q=T00*", lambda route: (page.wait_for_timeout(400), route.continue_()))
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.type("T0002")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("益丰大药房中山路店")


def test_a_list_is_walked_through_by_keyboard(desk, page):
    url, troubles = desk
    page.goto(url + "/receivables/items/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("tbody tr").first).to_have_class(re.compile("k-at"))
    number = page.locator("tbody tr th a").first.inner_text()
    page.keyboard.press("]")
    expect(page.locator(".k-pager strong")).to_have_text("2")
    assert "page=2" in page.url
    page.keyboard.press("[")
    expect(page.locator(".k-pager strong")).to_have_text("1")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    expect_none(troubles.found)


def test_filter_sort_and_columns_change_the_rows_and_the_address(desk, page):
    url, troubles = desk
    page.goto(url + "/receivables/items/")
    page.get_by_role("link", name=re.compile("^余额")).click()
    expect(page.locator("th[aria-sort]")).to_contain_text("余额")
    page.get_by_label("仅逾期").select_option("1")
    expect(page.locator(".k-list-foot")).not_to_contain_text("共 60 条")
    assert "order=" in page.url
    assert "overdue=1" in page.url
    kept = page.url
    page.reload()
    assert page.url == kept
    expect(page.locator("th[aria-sort]")).to_contain_text("余额")
    page.locator("summary", has_text="列").click()
    page.locator("input[name=col]:not([disabled])").first.uncheck()
    expect(page).to_have_url(re.compile("cols="))
    expect_none(troubles.found)


def test_a_view_is_kept_and_found_again(desk, page):
    url, troubles = desk
    page.goto(url + "/receivables/items/?overdue=1")
    page.locator("summary", has_text="视图").click()
    page.get_by_label("把现在的筛选、排序和列保存为").fill("逾期的")
    page.get_by_label("打开列表时默认用它").check()
    page.get_by_role("button", name="保存视图").click()
    expect(page.locator("summary", has_text="逾期的")).to_be_visible()
    page.goto(url + "/receivables/items/")
    expect(page.get_by_label("仅逾期")).to_have_value("1")
    expect_none(troubles.found)


def test_the_exported_file_follows_what_the_page_shows(desk, page):
    url, _ = desk
    page.goto(url + "/receivables/items/")
    page.get_by_label("仅逾期").select_option("1")
    page.wait_for_url(re.compile("overdue=1"))
    with page.expect_download() as got:
        page.get_by_role("link", name="导出").click()
    assert got.value.suggested_filename.endswith(".xlsx")
    assert "overdue=1" in got.value.url


def test_today_draws_its_charts_and_leads_to_the_work(desk, page):
    url, troubles = desk
    page.goto(url)
    expect(page.locator("[data-chart=ageing] svg")).to_be_visible()
    expect(page.locator("[data-chart=billing] svg")).to_be_visible()
    page.get_by_role("link", name=re.compile("待核销")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("核销")
    expect_none(troubles.found)


def test_the_dark_is_chosen_kept_and_readable(desk, page):
    url, troubles = desk
    page.goto(url)
    page.get_by_role("button", name="深色或浅色").click()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    found = []
    for path in ("/", "/receivables/items/", "/receivables/ageing/"):
        page.goto(url + path)
        page.wait_for_load_state("networkidle")
        assert page.locator("html").get_attribute("data-bs-theme") == "dark"
        found += faults(page)
    expect_none(found + troubles.found)


def test_on_a_phone_the_navigation_slides_in(desk, page):
    url, troubles = desk
    page.set_viewport_size(PHONE)
    page.goto(url)
    expect(page.locator(".k-nav")).not_to_be_visible()
    page.get_by_role("button", name="打开导航").click()
    expect(page.locator(".k-nav")).to_be_visible()
    page.locator(".k-nav").get_by_role("link", name="未清项").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("未清项")
    expect_none(overflow(page) + troubles.found)


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
def test_the_card_of_a_terminal_is_whole(desk, page, staff, window):
    url, troubles = desk
    page.set_viewport_size(window)
    found = []
    for path in (f"/terminal/{staff.wangs_hospital.pk}/", f"/terminal/{staff.wangs_hospital.pk}/history/"):
        page.goto(url + path)
        page.wait_for_load_state("networkidle")
        found += faults(page) + overflow(page)
    expect_none(found + troubles.found)


def test_a_page_that_is_refused_says_why_and_leads_back(live_server, page, staff):
    sign_in(page, live_server.url, staff.zhou)
    page.goto(live_server.url + "/receivables/items/")
    expect(page.get_by_role("alert")).to_contain_text("没有权限")
    expect_none(faults(page))
    page.get_by_role("link", name="去今天").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("今天")


def test_chinese_pages_hold_no_words_that_were_not_translated(live_server, page, staff):
    """Latin words outside names and numbers of the data itself; a sentence that slipped through is found here."""
    sign_in(page, live_server.url, staff.zheng)
    found = []
    for path in [*doors().values(), f"/terminal/{staff.wangs_hospital.pk}/"]:
        page.goto(live_server.url + path)
        page.wait_for_load_state("networkidle")
        text = DATA.sub("", page.evaluate(WORDS_OF_THE_PAGE))
        words = {word for word in re.findall(r"[A-Za-z]{2,}", text) if word.lower() not in LATIN}
        found += [f"{path}: {' '.join(sorted(words))}"] if words else []
    expect_none(found)
