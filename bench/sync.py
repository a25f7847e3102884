"""The field app in a real Chromium: size of its shell, first paint without a network, a day's work over a slow line.

    python -m bench.sync

The day is 12 visits with their reports and 20 photos of 200 kB, entered without a network, then told over 1 Mbit/s both
ways. The photos are 32 Mbit: no program sends them in 5 s over such a line. So three moments are counted: the round
(everything said, everything heard), the day (with a small readable picture of every photo, at most 12 kB each), and the
whole (the full photos in pieces behind it), whose floor is the line itself.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.utils import timezone  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402
from tools import chromium  # noqa: E402

from bench import clock, serving  # noqa: E402
from bench.pages import sign_in  # noqa: E402
from kewei.config import statics  # noqa: E402
from kewei.people.models import Person  # noqa: E402
from kewei.terminals.models import Link  # noqa: E402
from kewei.visits.models import Plan, PlanState, Stop  # noqa: E402

VISITS, PHOTOS, PHOTO_BYTES = 12, 20, 200_000
LINE_BYTES_S = 1_000_000 // 8
SLOWER = 4
PAINTS = 5

# Everything is entered through the app's own parts, as its screens do.
ENTER = """
async ({ terminals, photos, size }) => {
  const told = (id) => JSON.parse(document.getElementById(id).textContent);
  const modules = told("modules");
  const [store, outbox, syncing, photo] = await Promise.all(["store", "outbox", "sync", "photo"].map((name) => import(modules[name])));
  const sizes = told("sizes");
  const { say, sayPhoto, sync, sendFulls } = syncing.makeSync({ store, outbox, addresses: told("addresses"), pieceBytes: sizes.piece });
  window.bench = { sync, sendFulls, store, outbox };
  const day = new Date().toISOString().slice(0, 10);
  const later = new Date(Date.now() + 9 * 864e5).toISOString().slice(0, 10);
  const visits = [];
  for (const [terminal, stop] of terminals) {
    const about = { stop, terminal, day };
    const now = new Date().toISOString();
    const arrived = { terminal, stop, arrived_at: now, how: "phone", purposes: ["licence"] };
    const visit = await say("check_in", arrived, { about });
    visits.push(visit.key);
    const came = { visit: visit.key, left_at: now, achieved: "missed", next_step: "x".repeat(60), next_on: later };
    await say("report", came, { about });
  }
  // A shelf as a camera sees one: soft shapes of every colour with writing on them.
  const [coarse, canvas] = [new OffscreenCanvas(160, 120), new OffscreenCanvas(1600, 1200)];
  const dots = new ImageData(160, 120);
  crypto.getRandomValues(new Uint8Array(dots.data.buffer, 0, 65536));
  for (let n = 0; n < dots.data.length; n += 4) { dots.data[n] = dots.data[n % 65536]; dots.data[n + 3] = 255; }
  coarse.getContext("2d").putImageData(dots, 0, 0);
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(coarse, 0, 0, 1600, 1200);
  pen.font = "48px sans-serif";
  for (let n = 0; n < photos; n += 1) {
    pen.fillText(`阿莫西林胶囊 0.25 g × 24 · ${n}`, 60, 60 + 55 * n);
    let picture;
    for (let quality = 0.8; !picture || picture.length > size; quality *= 0.8) {
      picture = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality })).arrayBuffer());
    }
    const { small } = await photo.shrink(new Blob([picture], { type: "image/jpeg" }), sizes.small);
    // Comments of noise behind its beginning, until it has exactly that size.
    const bytes = new Uint8Array(size);
    const tail = picture.subarray(2);
    bytes.set([0xff, 0xd8]);
    let at = 2;
    for (let left = size - picture.length; left > 0;) {
      const part = left > 65537 + 4 ? 65537 : left;
      bytes.set([0xff, 0xfe, (part - 2) >> 8, (part - 2) & 255], at);
      crypto.getRandomValues(bytes.subarray(at + 4, at + Math.min(part, 65000)));
      at += part;
      left -= part;
    }
    bytes.set(tail, at);
    const full = new Blob([bytes], { type: "image/jpeg" });
    await sayPhoto(visits[n % visits.length], { full, small });
  }
}
"""
ROUND = """
async () => {
  const started = performance.now();
  const { store, outbox, sync, sendFulls } = window.bench;
  // The round is over when its answer is kept, before the first photo has gone.
  const before = await store.kept("holds");
  const whole = sync().then((answer) => ({ answer, at: performance.now() - started }));
  let round = 0;
  while (!round) {
    if ((await store.kept("holds")) !== before) round = performance.now() - started;
    else await new Promise((go) => setTimeout(go, 20));
  }
  const { answer, at } = await whole;
  const unsaid = (await store.entries()).filter((one) => one.state !== "done").map((one) => [one.verb, one.state, one.sentence]);
  const behind = await sendFulls();
  const all = performance.now() - started;
  const left = outbox.fullsLeft(await store.entries()).map((one) => [one.verb, "full", one.full]);
  return { ok: answer.ok && behind.ok, round, day: at, whole: all, left: [...unsaid, ...left] };
}
"""


def measure() -> dict[str, Any]:
    """Bytes and seconds."""
    browser_path = chromium.find()
    if browser_path is None:
        return {}
    statics.collect_if_older()
    person, stops = planned()
    # Before the browser's loop begins: within it Django lets nobody at the database.
    cookie = sign_in(person.login).partition("=")[2]
    with serving.kewei() as (port, _started), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=chromium.ARGUMENTS, env=chromium.environment()
        )
        base = f"http://127.0.0.1:{port}"
        context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": base}])
        page = context.new_page()
        enrol(page, base)
        told = {"shell_bytes": shell_bytes(page), "paint": paint(page)} | a_day(page, stops)
        browser.close()
    return told


def planned() -> tuple[Person, list[list[int]]]:
    """The representative with most terminals, and a released plan of twelve of them for today."""
    now, day = timezone.now(), timezone.localdate()
    counted = Link.objects.filter(until=None, role="owner", person__posts__role="representative")
    owner = counted.values("person").annotate(n=Count("pk")).order_by("-n", "person").first()
    person = Person.objects.get(pk=owner["person"])
    links = Link.objects.filter(person=person, until=None, role="owner").order_by("terminal")
    keys = list(links.values_list("terminal", flat=True)[:VISITS])
    plan = Plan.objects.create(person=person, month=day.replace(day=1), made_by=person, made_at=now)
    PlanState.objects.create(plan=plan, state="released", by=person, at=now + timedelta(seconds=1))
    stops = [
        Stop.objects.create(
            plan=plan, person=person, terminal_id=key, day=day, place=n, arrives=480 + 40 * n, minutes=30, metres=0,
            purposes=["licence"], set_by=person, set_at=now,
        )
        for n, key in enumerate(keys)
    ]  # fmt: skip
    return person, [[stop.terminal_id, stop.pk] for stop in stops]


def enrol(page: Page, base: str) -> None:
    """This browser becomes a phone with its data and its worker."""
    page.goto(f"{base}/field/enrol/")
    page.click("[data-enrol] button")
    page.wait_for_url(f"{base}/field/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_selector("#state.ok")


def shell_bytes(page: Page) -> int:
    """What the phone keeps of the app, uncompressed."""
    return page.evaluate(
        """async () => {
          let sum = 0;
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const asked of await cache.keys()) sum += (await (await cache.match(asked)).blob()).size;
          }
          return sum;
        }"""
    )


def paint(page: Page) -> dict[str, Any]:
    """Seconds until something, and until today's route, is drawn without a network on a processor four times slower."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.context.set_offline(True)
    first, whole = [], []
    for _ in range(PAINTS):
        page.reload()
        whole.append(float(said(page, "document.documentElement.dataset.ready")) / 1000)
        first.append(said(page, "performance.getEntriesByName('first-contentful-paint')[0]?.startTime") / 1000)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    return {"first": clock.figure(first), "route": clock.figure(whole)}


def said(page: Page, expression: str) -> Any:
    """What the page says once it says something; asked again and again, for the page's own policy lets nothing wait in it."""
    while not (found := page.evaluate(expression)):
        page.wait_for_timeout(20)
    return found


def a_day(page: Page, stops: list[list[int]]) -> dict[str, Any]:
    """Seconds of the round, of the day with small pictures and of everything, over the slow line; offline when it begins."""
    page.evaluate(ENTER, {"terminals": stops, "photos": PHOTOS, "size": PHOTO_BYTES})
    session = page.context.new_cdp_session(page)
    # The app itself would sync as soon as there is a network: its turn is taken until the clock runs.
    page.evaluate("void navigator.locks.request('kewei-field-sync', () => new Promise((go) => { window.go = go; }))")
    page.context.set_offline(False)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 40, "downloadThroughput": LINE_BYTES_S, "uploadThroughput": LINE_BYTES_S},
    )
    page.evaluate("window.go()")
    told = page.evaluate(ROUND)
    assert told["ok"], told
    assert not told["left"], told["left"]
    line_s = PHOTOS * PHOTO_BYTES / LINE_BYTES_S
    return {
        "round_s": told["round"] / 1000,
        "day_s": told["day"] / 1000,
        "whole_s": told["whole"] / 1000,
        "line_s": line_s,
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
