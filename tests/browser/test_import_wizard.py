"""The import wizard in a real browser: upload, map, check, take, undo, on a desk and on a phone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests import cast
from tests.architecture.source import expect_none
from tests.browsing import DESK, PHONE, Troubles, faults, overflow, sign_in

from kewei.receivables.models import Item

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HEAD = "单号,客户编码,开票日,到期日,价税合计,制单人\n"
BAD = f"{HEAD}FP1,T0001,2026-10-08,2027-01-06,100,小刘\nFP2,T9999,2026-02-30,2027-01-06,-1,小刘\n"
GOOD = f"{HEAD}FP1,T0001,2026-10-08,2027-01-06,100,小刘\nFP2,T0002,2026-10-09,2027-01-06,50.5,小刘\n"
# Where to leave pictures for a person to look at; nowhere unless asked.
PICTURES = os.environ.get("KEWEI_PICTURES")


@pytest.fixture
def staff(live_server):
    return cast.assemble()


def seen(page, name: str) -> None:
    """The page at both widths: nothing serious for axe, nothing to move sideways."""
    for size, window in (("desk", DESK), ("phone", PHONE)):
        page.set_viewport_size(window)
        expect_none(faults(page) + overflow(page))
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"import-{name}-{size}.png", full_page=True)
    page.set_viewport_size(DESK)


def bring(page, live_server, name: str, text: str) -> None:
    """Upload a file of invoices and come to its columns."""
    page.goto(f"{live_server.url}/import/")
    page.get_by_label("发票", exact=False).first.check()
    page.set_input_files("#file", {"name": name, "mimeType": "text/csv", "buffer": text.encode()})
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_problems_then_a_good_file_then_undo(page, live_server, staff, browser, javascript):
    if not javascript:
        page = browser.new_context(java_script_enabled=False, locale="zh-CN").new_page()
    troubles = Troubles().watch(page)
    sign_in(page, live_server.url, staff.qian)
    look = seen if javascript else lambda page, name: None
    page.goto(f"{live_server.url}/import/")
    look(page, "1-start")
    bring(page, live_server, "十月.csv", BAD)
    page.get_by_label("单号：对应到").select_option("invoice_no")
    look(page, "2-columns")
    page.get_by_role("button", name="核对", exact=True).click()
    done(page, "2 处问题")
    look(page, "3-problems")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载问题清单").click()
    assert download.value.suggested_filename == "十月-问题.xlsx"
    page.get_by_role("link", name="换一个文件").click()
    bring(page, live_server, "十月改.csv", GOOD)
    page.get_by_label("单号：对应到").select_option("invoice_no")
    page.get_by_role("button", name="核对", exact=True).click()
    done(page, "没有问题，可以导入")
    look(page, "4-ready")
    page.get_by_role("button", name="导入", exact=True).click()
    done(page, "已导入，编号")
    look(page, "5-taken")
    assert Item.objects.filter(live=True).count() == 2
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_text("已撤销").first).to_be_visible()
    look(page, "6-past")
    assert Item.objects.filter(live=True).count() == 0
    assert troubles.found == []


def done(page, words: str) -> None:
    """Wait for the work beside the request; without scripts a person reloads the page."""
    for _ in range(40):
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(250)
        if page.get_by_role("link", name="刷新看进度").count():
            page.reload()
    expect(page.get_by_text(words).first).to_be_visible()
