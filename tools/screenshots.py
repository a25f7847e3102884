"""Pictures of every main page of the demo company: python tools/screenshots.py [--only NAME …] [--out FOLDER]

Fills a demo company in a folder thrown away afterwards, serves it, signs in, and writes docs/screenshots/<name>-1440.png
(1440 × 900) and <name>-360.png (360 × 800), in Chinese; a few pages also in English and in the dark. The pictures are
reduced to 256 colours, which the eye does not notice on pages like these and a repository does.
"""

from __future__ import annotations

import argparse
import base64
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tools import chromium  # noqa: E402

OUT = ROOT / "docs" / "screenshots"
DESK, PHONE = (1440, 900), (360, 800)
WAIT_SECONDS = 180


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the page, who looks, in which language and light, and what is done before."""

    name: str
    path: str
    who: str = "qian"
    language: str = "zh-hans"
    dark: bool = False
    press: tuple[str, ...] = ()
    click: str = ""
    follow: str = ""
    wait: str = ""
    window: tuple[int, int] = DESK


# `follow` is a link clicked on the page first: details of whatever the demo company has.
PAGES = [
    Shot("login", "/people/login", who=""),
    Shot("today", "/", who="zheng"),
    Shot("today-representative", "/", who="wang"),
    Shot("terminals", "/terminals/"),
    Shot("terminal", "/", who="zheng", follow="#panel-ageing .k-col-5 tbody a"),
    Shot("prospects", "/terminals/prospects", who="wang"),
    Shot("prospect-board", "/terminals/prospects/board", who="li"),
    Shot("prospect", "/terminals/prospects?stage=intent", who="wang", follow="main tbody a"),
    Shot("prospect-new", "/terminals/prospects/new", who="wang"),
    Shot("pool", "/terminals/prospects/pool", who="wang"),
    Shot("near", "/terminals/prospects/near?latitude=31.018&longitude=113.119&kilometres=20", who="wang"),
    Shot("prospect-map", "/terminals/prospects/map?province=湖北省", who="li"),
    Shot("coverage", "/terminals/prospects/coverage", who="li"),
    Shot("nine-box", "/terminals/prospects/nine-box?potential=A&share=none", who="li"),
    Shot("duplicates", "/terminals/twins", who="li"),
    Shot("growth", "/insight/growth/", who="li"),
    Shot("growth-tree", "/insight/tree/?branch=lost", who="li"),
    Shot("dashboard", "/insight/dashboard/", who="li"),
    Shot("review", "/insight/review/", who="li"),
    Shot("lapse", "/insight/lapse/", who="li"),
    Shot("keeping", "/insight/keeping/", who="zheng"),
    Shot("membership", "/membership/", who="li"),
    Shot("members", "/membership/members/", who="li"),
    Shot("member", "/membership/members/", who="li", follow="main tbody a"),
    Shot("conduct", "/membership/benefits/conduct/", who="li"),
    Shot("usage", "/membership/usage/105/", who="li"),
    Shot("meetings", "/membership/meetings/", who="li"),
    Shot("meeting", "/membership/meetings/", who="li", follow="main tbody a"),
    Shot("benefits", "/membership/benefits/", who="li"),
    Shot("gaps", "/insight/gaps/", who="zheng"),
    Shot("quiet-weeks", "/insight/quiet/", who="li"),
    Shot("quiet-cards", "/insight/quiet/cards/", who="li"),
    Shot("campaigns", "/campaigns/", who="li"),
    Shot("campaign", "/campaigns/?state=closed", who="li", follow="main tbody a"),
    Shot("campaign-candidates", "/campaigns/?state=draft", who="li", follow="main tbody a"),
    Shot("campaign-focus", "/campaigns/?state=running", who="li", follow="main tbody a"),
    Shot("key-accounts", "/keyaccounts/candidates/", who="li"),
    Shot("account-plans", "/keyaccounts/?state=live", who="li"),
    Shot("account-plan", "/keyaccounts/?state=live", who="wang", follow="main tbody a"),
    Shot("account-plan-waiting", "/keyaccounts/?state=handed_in", who="li", follow="main tbody a"),
    Shot("account-review", "/keyaccounts/1/reviews/1/", who="wang"),
    Shot("account-group", "/keyaccounts/candidates/", who="li", follow="main tbody td a[href*='groups']"),
    Shot("account-start", "/keyaccounts/new/", who="wang"),
    Shot("account-write", "/keyaccounts/3/write/", who="sun"),
    Shot("visits", "/visits/", who="li"),
    Shot("visit", "/visits/", who="wang", follow="main tbody a"),
    Shot("check-in", "/visits/check-in/", who="wang"),
    Shot("plans", "/visits/plans/", who="li"),
    Shot("plan", "/visits/plans/", who="wang", follow="main tbody a"),
    Shot("plan-day", "/visits/plans/", who="wang", follow="main tbody a", click=".k-month-date a"),
    Shot("plan-ask", "/visits/plans/ask/", who="li"),
    Shot("attainment", "/visits/plans/attainment/", who="li"),
    Shot("wishes", "/visits/wishes/", who="wang"),
    Shot("pattern", "/visits/pattern/", who="wang"),
    Shot("adverse", "/visits/adverse/", who="wu"),
    Shot("flows", "/flows/", who="qian"),
    Shot("flow-file", "/flows/files/", who="qian", follow="main tbody a"),
    Shot("flow-review", "/flows/review/", who="li"),
    Shot("flow-month", "/flows/month/", who="qian"),
    Shot("flow-usage", "/flows/usage/", who="li"),
    Shot("write-offs", "/collecting/write-offs/"),
    Shot("bills", "/receivables/bills/"),
    Shot("bill-check", "/receivables/bills/check/"),
    Shot("licences", "/terminals/licences", who="wu"),
    Shot("licence-report", "/terminals/1/papers", who="wu"),
    Shot("sales", "/sales/"),
    Shot("products", "/products/"),
    Shot("ageing", "/receivables/ageing/"),
    Shot("open-items", "/receivables/items/"),
    Shot("unmatched", "/receivables/unmatched/"),
    Shot("entries", "/receivables/entries/"),
    Shot("receipt", "/receivables/receipts/new/"),
    Shot("kpis", "/receivables/kpis/"),
    Shot("orders", "/orders/", who="wang"),
    Shot("order-new", "/orders/new/", who="wang"),
    Shot("order-held", "/orders/?state=held", who="zhao", follow="main tbody a"),
    Shot("order-closed", "/orders/?state=closed", who="zhao", follow="main tbody a"),
    Shot("gate", "/orders/gate/", who="zhao"),
    Shot("refusals", "/orders/refusals/", who="zhao"),
    Shot("prices", "/orders/prices/"),
    Shot("deliveries", "/orders/deliveries/", who="chu"),
    Shot("delivery", "/orders/deliveries/", who="chu", follow="main tbody a"),
    Shot("letters", "/collecting/letters/", who="zhao"),
    Shot("letter", "/collecting/letters/", who="feng", follow="main tbody a"),
    Shot("wording", "/collecting/wordings/demand/", who="feng"),
    Shot("evidence-list", "/collecting/evidence/", who="zhao"),
    Shot("evidence", "/collecting/evidence/", who="zhao", follow="main tbody a"),
    Shot("sign-backs", "/receivables/statements/issued/"),
    Shot("cases", "/collecting/cases/", who="zhao"),
    Shot("case", "/collecting/cases/", who="zhao", follow="main tbody a"),
    Shot("reasons", "/collecting/reasons/", who="zhao"),
    Shot("worklist", "/collecting/", who="zhao"),
    Shot("act", "/collecting/", who="zhao", follow="main tbody a"),
    Shot("collecting-tasks", "/collecting/tasks/", who="zhao"),
    Shot("exits", "/collecting/exits/", who="feng"),
    Shot("techniques", "/collecting/techniques/", who="zhao"),
    Shot("promises", "/collecting/promises/?state=all", who="zhao"),
    Shot("disputes", "/collecting/disputes/?state=all", who="zhao"),
    Shot("ours", "/collecting/ours/?state=all", who="zhao"),
    Shot("clocks", "/collecting/clocks/", who="zhao"),
    Shot("forecast", "/insight/forecast/", who="zheng"),
    Shot("recovery", "/insight/recovery/", who="zheng"),
    Shot("late", "/insight/late/", who="zheng"),
    Shot("loss", "/insight/loss/", who="zheng"),
    Shot("inbox", "/inbox/", who="li"),
    Shot("credit-file", "/credit/limits/", who="zhao", follow="main tbody a"),
    Shot("limits", "/credit/limits/", who="zhao"),
    Shot("holds", "/credit/holds/", who="zhao"),
    Shot("watch", "/credit/watch/", who="zhao"),
    Shot("reviews", "/credit/reviews/", who="zhao"),
    Shot("grades", "/credit/grades/", who="zhao"),
    Shot("score", "/credit/grades/", who="zhao", follow="main tbody a"),
    Shot("sheets", "/credit/sheets/", who="feng"),
    Shot("sheet", "/credit/sheets/credit.sheet.new/", who="feng", click="details summary"),
    Shot("grading", "/credit/sheets/credit.grading/", who="feng"),
    Shot("surveys", "/credit/surveys/", who="zhao"),
    Shot("survey", "/credit/surveys/", who="zhao", follow="main tbody a"),
    Shot("applications", "/credit/applications/", who="feng"),
    Shot("application", "/credit/applications/", who="feng", follow="main tbody a"),
    Shot("policies", "/journal/policies/", who="feng"),
    Shot("imports", "/import/"),
    Shot("people", "/people/", who="zheng"),
    Shot("deputies", "/people/deputies", who="li"),
    Shot("field-devices", "/field/devices/", who="wang"),
    Shot("journal", "/journal/", who="zheng"),
    Shot("help", "/help/"),
]
EXTRA = [
    # On a phone that has been enrolled: today's route, and the page of one stop with its brief.
    Shot("field-today", "/field/enrol/", who="wang", click="[data-enrol] button", wait="#state.ok", window=PHONE),
    Shot("field-stop", "/field/", who="wang", wait="#state.ok", follow="main a.stop", window=PHONE),
    Shot("search", "/", who="zheng", press=("Control+k", "n", "h")),
    Shot("today-dark", "/", who="zheng", dark=True),
    Shot("today-en", "/", who="zheng", language="en"),
    Shot("ageing-en", "/receivables/ageing/", language="en"),
]


def main() -> int:
    """Fill, serve, look, write; exit 1 where a page complained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=[], help="names of pictures to take")
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    browser_path = chromium.find()
    if browser_path is None:
        print(chromium.ADVICE)
        return 1
    asked.out.mkdir(parents=True, exist_ok=True)
    shots = [s for s in wanted() if not asked.only or s.name in asked.only]
    with tempfile.TemporaryDirectory(prefix="kewei-shots-") as home, demo_served(Path(home)) as (address, password):
        return look(address, password, shots, asked.out, browser_path)


def wanted() -> list[Shot]:
    """Every page at a desk and on a phone, then the others."""
    return [*PAGES, *(replace(shot, window=PHONE) for shot in PAGES), *EXTRA]


def look(address: str, password: str, shots: list[Shot], out: Path, browser_path: str) -> int:
    """Take the pictures, a browser window for each reader, language and light."""
    troubles: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path,
            # The browser's own words (dates, file fields) follow its language, not the page's.
            args=[*chromium.ARGUMENTS, "--lang=zh-CN"],
            env={**chromium.environment(), "LANGUAGE": "zh_CN"},
        )
        groups: dict[tuple, list[Shot]] = {}
        for shot in shots:
            groups.setdefault((shot.who, shot.language, shot.dark, shot.window), []).append(shot)
        for group in groups.values():
            page = opened(browser, address, password, group[0], troubles)
            for shot in group:
                take(page, address, shot, out)
            page.context.close()
        browser.close()
    for trouble in dict.fromkeys(troubles):
        print(f"! {trouble}")
    return 1 if troubles else 0


def opened(browser: Browser, address: str, password: str, shot: Shot, troubles: list[str]) -> Page:
    """A window in which the reader of this picture has signed in."""
    width, height = shot.window
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": "django_language", "value": shot.language, "url": address}])
    page = context.new_page()
    page.on("response", lambda got: got.status >= 400 and troubles.append(f"{got.url}: {got.status}"))
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
    if shot.who:
        page.goto(f"{address}/people/login")
        page.fill("[name=username]", shot.who)
        page.fill("[name=password]", password)
        page.click("form button.btn-primary")
        page.wait_for_load_state("networkidle")
    return page


def take(page: Page, address: str, shot: Shot, out: Path) -> None:
    """Go to the page, do what the picture asks for, and write it."""
    answer = page.goto(address + shot.path)
    page.wait_for_load_state("networkidle")
    if answer is None or answer.status >= 400:
        print(f"· {shot.name}: no such page ({shot.path})")
        return
    if shot.follow and not page.locator(shot.follow).count():
        print(f"· {shot.name}: nothing to follow today ({shot.follow})")  # a day without visits, say
        return
    if shot.follow:
        page.click(shot.follow)
        page.wait_for_load_state("networkidle")
    if shot.click:
        page.click(shot.click)
    if shot.wait:
        page.wait_for_selector(shot.wait)
    for key in shot.press:
        page.keyboard.press(key)
    if shot.press:
        page.wait_for_timeout(3000)
    page.wait_for_timeout(300)  # charts have drawn themselves by then
    target = out / f"{shot.name}-{shot.window[0]}.png"
    target.write_bytes(reduced(captured(page)))
    print(f"· {target.name} ({target.stat().st_size // 1024} kB)")


# --- small pictures ---------------------------------------------------------------------------------------------------


def captured(page: Page) -> bytes:
    """The window as a PNG written for speed: every line is then stored as the difference from the one above."""
    session = page.context.new_cdp_session(page)
    asked = {"format": "png", "optimizeForSpeed": True}
    return base64.b64decode(session.send("Page.captureScreenshot", asked)["data"])


def reduced(png: bytes) -> bytes:
    """The picture with at most 256 colours; every other pixel takes the nearest of them."""
    pixels = unpacked(png)
    height, width, _ = pixels.shape
    packed = pixels.astype(np.uint32) @ np.array([65536, 256, 1], dtype=np.uint32)
    colours, place, count = np.unique(packed.ravel(), return_inverse=True, return_counts=True)
    chart = rgb(colours)
    palette = chosen(chart, count)
    nearest = np.concatenate(
        [
            ((part[:, None, :] - palette[None, :, :]) ** 2).sum(axis=2).argmin(axis=1)
            for part in np.array_split(chart, max(1, len(chart) // 2000))
        ]
    ).astype(np.uint8)
    lines = nearest[place].reshape(height, width)
    data = np.concatenate([np.zeros((height, 1), dtype=np.uint8), lines], axis=1).tobytes()
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [(b"IHDR", head), (b"PLTE", palette.astype(np.uint8).tobytes()), (b"IDAT", zlib.compress(data, 9))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, body) for kind, body in [*parts, (b"IEND", b"")])


def chosen(chart: np.ndarray, count: np.ndarray) -> np.ndarray:
    """256 of the colours: half of them the most frequent, the others those that would be missed most."""
    kept = list(np.argsort(-count)[:128])
    missed = np.full(len(chart), 1 << 20)
    for place in kept:
        missed = np.minimum(missed, ((chart - chart[place]) ** 2).sum(axis=1))
    while len(kept) < min(256, len(chart)) and missed.any():
        place = int((missed * np.sqrt(count)).argmax())
        kept.append(place)
        missed = np.minimum(missed, ((chart - chart[place]) ** 2).sum(axis=1))
    return chart[kept]


def rgb(packed: np.ndarray) -> np.ndarray:
    """Colours as rows of red, green, blue."""
    return np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=1).astype(np.int32)


def chunk(kind: bytes, body: bytes) -> bytes:
    """A part of a PNG file: length, kind, body, checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def unpacked(png: bytes) -> np.ndarray:
    """Pixels [height × width × 3] of an RGB PNG whose lines are all stored as they are or by difference from above."""
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert (depth, colour) == (8, 2), "the browser wrote another kind of PNG than expected"
    data, at = b"", 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    lines = np.frombuffer(zlib.decompress(data), dtype=np.uint8).reshape(height, width * 3 + 1)
    assert set(lines[1:, 0]) <= {2}, "the browser filtered lines in another way than expected"
    return np.cumsum(lines[:, 1:], axis=0, dtype=np.uint8).reshape(height, width, 3)


# --- the company ------------------------------------------------------------------------------------------------------


@contextmanager
def demo_served(home: Path) -> Iterator[tuple[str, str]]:
    """The demo company at an address of its own, with the password of its people; gone afterwards."""
    environment = {**os.environ, "KEWEI_HOME": str(home), "KEWEI_LANGUAGE": "zh-hans"}
    environment.pop("KEWEI_DATABASE_URL", None)
    command = [sys.executable, "-m", "kewei"]
    subprocess.run([*command, "demo"], env=environment, check=True, stdout=subprocess.DEVNULL)
    password = (home / "demo-password.txt").read_text()
    port = free_port()
    server = subprocess.Popen(
        [*command, "serve", "--port", str(port), "--no-worker"], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/people/login", server)
        yield address, password
    finally:
        server.terminate()
        server.wait(15)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url: str, server: subprocess.Popen) -> None:
    """Return when the page answers; stop with a message where it never does."""
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.3)
    raise SystemExit("the server did not answer")


if __name__ == "__main__":
    sys.exit(main())
