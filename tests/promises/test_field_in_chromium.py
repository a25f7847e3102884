"""Promise 1 and 5 of the field app in a real Chromium: no network, cut in mid-sync, killed; a stopped phone wipes itself."""

from __future__ import annotations

import os
import signal
import time
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from django.utils import timezone
from PIL import Image
from tests import cast
from tests.browsing import Troubles, faults, overflow, sign_in
from tools import chromium

from kewei.field import actions
from kewei.field.models import Arrival, Command, Device, Piece, Stopped, Tampering
from kewei.field.rules.pieces import PIECE_BYTES, SMALL_BYTES
from kewei.journal import queries_attachments
from kewei.people import queries as people
from kewei.visits.models import FullPhoto, Photo, Plan, PlanState, Stop, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 360, "height": 740}, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
ROUND = "**/field/sync"
SLOW_LINE = {"offline": False, "latency": 0, "downloadThroughput": 60_000, "uploadThroughput": 60_000}


@pytest.fixture
def staff(transactional_db):
    return cast.assemble()


@pytest.fixture
def stop(staff):
    """Wang's hospital, planned for today in a plan that was released."""
    now, day = timezone.now(), timezone.localdate()
    plan = Plan.objects.create(person=staff.wang, month=day.replace(day=1), made_by=staff.wang, made_at=now)
    PlanState.objects.create(plan=plan, state="released", by=staff.li, at=now)
    return Stop.objects.create(
        plan=plan, person=staff.wang, terminal=staff.wangs_hospital, day=day, place=1, arrives=9 * 60, minutes=30, metres=0,
        purposes=["licence"], set_by=staff.wang, set_at=now,
    )  # fmt: skip


def enrol(page, base: str, person) -> None:
    """Sign in, enrol this browser as a phone, wait until it has its data and its worker."""
    sign_in(page, base, person)
    page.goto(f"{base}/field/enrol/")
    page.get_by_role("button", name="登记").click()
    page.wait_for_url(f"{base}/field/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_selector("#state.ok >> text=已同步")


def check_in(page, base: str, stop) -> None:
    """Check in at the planned stop, whatever the network."""
    page.goto(f"{base}/field/#/in/{stop.pk}/{stop.terminal_id}")
    page.get_by_role("button", name="签到").click()
    page.wait_for_url("**/#/visit/*")


def report(page) -> None:
    """Hand in a report of the visit on the screen."""
    page.get_by_role("link", name="拜访记录").first.click()
    page.wait_for_url("**/#/report/*")
    page.get_by_label("目的达成").select_option("done")
    page.locator("fieldset[name=met]").get_by_role("button", name="添加一行").click()
    page.locator("fieldset[name=met] input[name=name]").fill("欧阳")
    page.get_by_label("下一步").fill("送新版资料")
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/#/visit/*")


def wait_for(happened, seconds: int = 20) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "did not happen in time"
        time.sleep(0.1)


def test_a_day_without_signal_and_a_cut_in_mid_sync(browser, live_server, staff, stop):
    context = browser.new_context(**PHONE)
    page = context.new_page()
    troubles = Troubles().watch(page)
    enrol(page, live_server.url, staff.wang)
    assert staff.wangs_hospital.name in page.inner_text("main")
    assert troubles.found == []
    assert faults(page) + overflow(page) == []

    context.set_offline(True)
    page.reload()  # the worker answers
    page.wait_for_selector(f"text={staff.wangs_hospital.name}")
    assert staff.suns_clinic.name not in page.content()
    page.goto(f"{live_server.url}/field/#/stop/{stop.pk}")
    page.wait_for_selector("text=客户档案已看")
    check_in(page, live_server.url, stop)
    report(page)
    assert faults(page) + overflow(page) == []
    page.wait_for_selector("#state.warn >> text=2 条待同步")
    assert not Visit.objects.exists()

    # The house hears it and the answer is lost, twice; then the line stays.
    cut = {"left": 2}

    def lose(route) -> None:
        if cut["left"]:
            cut["left"] -= 1
            route.fetch()
            route.abort()
        else:
            route.continue_()

    context.route(ROUND, lose)
    context.set_offline(False)
    for _again in range(4):
        page.click("#sync")
        page.wait_for_timeout(600)
    page.wait_for_selector("#state.ok >> text=已同步")
    assert cut["left"] == 0
    visit = Visit.objects.get()
    assert (visit.stop_id, visit.person_id) == (stop.pk, staff.wang.pk)
    assert visit.report is not None
    assert sorted(Command.objects.values_list("verb", flat=True)) == ["check_in", "report"]
    context.close()


def test_what_is_refused_is_shown_with_its_reason_and_corrected_and_leaving_wipes(browser, live_server, staff):
    context = browser.new_context(**PHONE)
    page = context.new_page()
    enrol(page, live_server.url, staff.wang)
    page.goto(f"{live_server.url}/field/#/in/-/{staff.wangs_pharmacy.pk}")
    page.get_by_label("签到方式").select_option("phone")
    page.locator("input[name=purposes][value=licence]").check()
    page.get_by_label("临时拜访的原因").fill("顺路")
    page.locator("fieldset[name=companions]").get_by_role("button", name="添加一行").click()
    page.locator("fieldset[name=companions] select").select_option(str(staff.li.pk))
    page.get_by_role("button", name="签到").click()
    page.wait_for_url("**/#/visit/*")

    # A shop's stock must be counted, and the phone says so itself.
    page.get_by_role("link", name="拜访记录").first.click()
    page.get_by_label("目的达成").select_option("done")
    page.locator("fieldset[name=met]").get_by_role("button", name="添加一行").click()
    page.locator("fieldset[name=met] input[name=name]").fill("欧阳")
    page.get_by_label("下一步").fill("送新版资料")
    page.get_by_role("button", name="提交").click()
    page.wait_for_selector("text=还缺：库存与近效期")
    page.get_by_label("目的达成").select_option("missed")
    page.locator("fieldset[name=met]").get_by_role("button", name="删除这一行").click()
    page.get_by_label("备注").fill("记下回扣")  # what may never be written down: the house says no
    sign(page)
    assert faults(page) + overflow(page) == []
    page.get_by_role("button", name="提交").click()
    page.wait_for_selector("#state.bad >> text=1 条被拒")
    page.click("nav a[href='#/sync']")
    page.wait_for_selector("text=被拒绝，待更正（1）")
    assert "回扣" in page.inner_text("main")
    assert faults(page) + overflow(page) == []
    page.get_by_role("link", name="更正").click()
    page.get_by_label("备注").fill("店长不在")
    page.get_by_role("button", name="提交").click()
    page.wait_for_selector("#state.ok >> text=已同步")
    visit = Visit.objects.get()
    assert visit.companions.get().person == staff.li
    assert visit.report.signature is not None
    page.goto(f"{live_server.url}/field/#/conflicts")
    page.wait_for_selector("text=以服务器的计划为准")

    # Signing out at the desk leads through the app, where leaving lets go of everything.
    page.goto(f"{live_server.url}/")
    page.evaluate("document.querySelector('form[data-field-app]').requestSubmit()")
    page.wait_for_url("**/field/#/sync")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="退出并清除这台手机").click()
    page.wait_for_selector("text=已退出，资料已清除")
    assert Stopped.objects.get().why == "left"
    assert page.evaluate("localStorage.getItem('kewei-field')") is None
    page.reload()
    page.wait_for_selector("text=登录并登记这台手机")
    assert staff.wangs_pharmacy.name not in page.content()
    context.close()


def sign(page) -> None:
    """A stroke over the field for signing."""
    field = page.locator("canvas.sign")
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=5)
    page.mouse.up()


def test_a_stopped_phone_wipes_itself(browser, live_server, staff, stop):
    context = browser.new_context(**PHONE)
    page = context.new_page()
    enrol(page, live_server.url, staff.wang)
    actions.stop_device(device=Device.objects.get(), why="lost", by=people.person_by_login("li"), now=timezone.now())
    page.click("#sync")
    page.wait_for_selector("text=手机上的客户资料将被清除")
    assert Stopped.objects.get().told_at is not None
    assert page.evaluate("indexedDB.databases().then((all) => all.map((one) => one.name))") in ([], ["kewei-field"])
    page.reload()
    page.wait_for_selector("text=登录并登记这台手机")
    assert staff.wangs_hospital.name not in page.content()
    context.close()


def test_a_browser_killed_between_entering_and_syncing_loses_nothing(playwright, live_server, staff, stop, tmp_path):
    def start():
        return playwright.chromium.launch_persistent_context(
            str(tmp_path / "phone"), executable_path=chromium.find(), args=chromium.ARGUMENTS,
            env=chromium.environment(), **PHONE,
        )  # fmt: skip

    context = start()
    page = context.pages[0]
    enrol(page, live_server.url, staff.wang)
    context.route(ROUND, lambda route: route.abort())
    check_in(page, live_server.url, stop)
    page.get_by_role("link", name="照片").click()
    take(page, photographed(tmp_path / "shelf.jpg"))
    page.wait_for_selector("#state.warn >> text=2 条待同步")
    kill(str(tmp_path / "phone"))
    wait_for(lambda: not processes(str(tmp_path / "phone")))

    context = start()
    page = context.pages[0]
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_LINE)
    page.goto(f"{live_server.url}/field/")
    wait_for(lambda: Visit.objects.exists())
    assert Visit.objects.count() == 1
    assert Visit.objects.get().arrived_at > timezone.now() - timedelta(minutes=5)

    # Killed again while the full photo is under way: what is here stays, the rest comes after the next start.
    wait_for(lambda: Piece.objects.exists())
    kill(str(tmp_path / "phone"))
    wait_for(lambda: not processes(str(tmp_path / "phone")))
    assert (Photo.objects.count(), FullPhoto.objects.count()) == (1, 0)

    context = start()
    context.pages[0].goto(f"{live_server.url}/field/")
    wait_for(lambda: FullPhoto.objects.exists())
    assert (Visit.objects.count(), Photo.objects.count(), FullPhoto.objects.count()) == (1, 1, 1)
    assert not Piece.objects.exists()
    assert not Tampering.objects.exists()
    context.close()


def take(page, picture: Path) -> None:
    """A photo of the visit on the screen, looked at for patients."""
    page.get_by_label("已确认照片里没有患者信息").check()
    page.get_by_label("拍照或选择").set_input_files(picture)


def photographed(path: Path) -> Path:
    """A picture of some hundred kB, as a camera would make one, with a camera's notes in it."""
    noise = Image.frombytes("RGB", (320, 240), Random(5).randbytes(320 * 240 * 3))
    notes = Image.Exif()
    notes[0x010F] = "camera"
    noise.resize((1600, 1200), Image.Resampling.BICUBIC).save(path, "JPEG", quality=90, exif=notes)
    return path


def test_a_photo_cut_off_in_its_middle_goes_on_where_it_broke(browser, live_server, staff, stop, tmp_path):
    context = browser.new_context(**PHONE)
    page = context.new_page()
    enrol(page, live_server.url, staff.wang)
    check_in(page, live_server.url, stop)
    page.wait_for_selector("#state.ok >> text=已同步")
    line = context.new_cdp_session(page)
    line.send("Network.enable")

    def speed(bytes_s: int, offline: bool = False) -> None:
        given = {"offline": offline, "latency": 0, "downloadThroughput": bytes_s, "uploadThroughput": bytes_s}
        line.send("Network.emulateNetworkConditions", given)

    speed(100_000)
    page.get_by_role("link", name="照片").click()
    take(page, photographed(tmp_path / "shelf.jpg"))
    wait_for(lambda: Piece.objects.exists())
    speed(0, offline=True)
    page.wait_for_selector("#state >> text=原图 1 张在后台")
    small = Photo.objects.get()
    assert small.attachment.size_bytes <= SMALL_BYTES
    assert not FullPhoto.objects.exists()
    have = Arrival.objects.get().have
    page.goto(f"{live_server.url}/field/#/sync")
    page.wait_for_selector("text=原图在后台上传（1）")
    assert faults(page) + overflow(page) == []

    asked = []
    page.on("request", lambda one: asked.append(one.post_data_buffer) if one.url.endswith("/field/piece") else None)
    speed(-1)
    wait_for(lambda: FullPhoto.objects.exists())
    page.wait_for_selector("#state.ok >> text=已同步")
    page.wait_for_selector("#state:not(:has-text('原图'))")
    whole = FullPhoto.objects.get().attachment
    content = queries_attachments.content_of(whole)
    assert whole.size_bytes == Arrival.objects.get().size > PIECE_BYTES
    assert max(Image.open(BytesIO(content)).size) == 1600
    assert not Image.open(BytesIO(content)).getexif()
    # How far it had come was asked for, and only what was missing was sent: no more than one piece twice.
    assert not asked[0]
    assert sum(len(one or b"") for one in asked) <= whole.size_bytes - have
    assert (Photo.objects.count(), FullPhoto.objects.count(), Piece.objects.count()) == (1, 1, 0)
    assert not Tampering.objects.exists()
    context.close()


def processes(folder: str) -> list[int]:
    """The processes of the browser that keeps its things in this folder, and of no other."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = place.read_bytes().decode("utf-8", "replace")
        except OSError:
            continue
        if f"--user-data-dir={folder}" in words:
            found.append(int(place.parent.name))
    return found


def kill(folder: str) -> None:
    """End that browser at once, with no chance to write anything down."""
    for pid in processes(folder):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
