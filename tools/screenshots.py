"""Take a picture of every main page, as a desk and a phone show it: python tools/screenshots.py [--out FOLDER] [--full]

Fills a demo company in a temporary KEWEI_HOME (or uses the one given with --home), serves it, signs the director in and
walks the side navigation, the card of the first customer and the page to sign in. Chinese is drawn with the font that
set-up brought. Exit 1 if a page complained while it was looked at; the pictures are taken all the same.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEWEI = Path(sys.executable).parent / "kewei"
WIDTHS = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 360, "height": 740}}
STARTS_WITHIN_SECONDS = 60


def main() -> int:
    """Fill, serve, look."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", type=Path, default=ROOT / "var" / "screenshots", help="folder for the pictures")
    options.add_argument("--home", type=Path, help="a KEWEI_HOME with a demo company already in it")
    options.add_argument("--full", action="store_true", help="whole pages instead of what fits the window")
    options.add_argument("--language", default="zh-hans", choices=["zh-hans", "en"])
    options.add_argument("--only", nargs="*", help="names of pages, as the files are named")
    given = options.parse_args()

    with tempfile.TemporaryDirectory(prefix="kewei-screenshots-") as folder:
        os.environ["KEWEI_HOME"] = str(given.home or folder)
        os.environ.pop("KEWEI_DATABASE_URL", None)
        if not given.home:
            print("filling a demo company", flush=True)
            subprocess.run([str(KEWEI), "demo"], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        with served() as url:
            troubles = look(url, given)
    print("\n".join(troubles))
    return 1 if troubles else 0


@contextmanager
def served() -> Iterator[str]:
    """The address of a server on a free port, stopped at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([str(KEWEI), "serve", "--port", str(port)], stdin=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def wait_for(url: str, server: subprocess.Popen) -> None:
    """Return as soon as the server answers."""
    for _ in range(STARTS_WITHIN_SECONDS * 5):
        if server.poll() is not None:
            raise SystemExit("the server stopped before it answered")
        try:
            urllib.request.urlopen(url, timeout=5)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"no answer from {url} within {STARTS_WITHIN_SECONDS} s")


def look(url: str, given: argparse.Namespace) -> list[str]:
    """Take the pictures; what the pages complained about."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kewei.config.settings")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from playwright.sync_api import sync_playwright
    from tests.browsing import Troubles, doors, overflow, sign_in
    from tools import chromium

    from kewei.people import queries as people

    path = chromium.find()
    if path is None:
        raise SystemExit(chromium.ADVICE)
    given.out.mkdir(parents=True, exist_ok=True)
    troubles = Troubles()
    director = people.person_by_login("zheng")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=chromium.ARGUMENTS, env=dict(chromium.environment())
        )
        for device, window in WIDTHS.items():
            context = browser.new_context(viewport=window, locale="zh-CN", timezone_id="Asia/Shanghai")
            context.add_cookies([{"name": "django_language", "value": given.language, "url": url}])
            page = context.new_page()
            troubles.watch(page)

            def take(name: str, address: str, page=page, device=device) -> None:
                if given.only and name not in given.only:
                    return
                page.goto(address)
                page.wait_for_load_state("networkidle")
                page.wait_for_timeout(600)  # charts draw themselves in
                page.screenshot(path=given.out / f"{name}-{device}.png", full_page=given.full)
                troubles.found.extend(overflow(page))
                print(f"  {name}-{device}", flush=True)

            take("sign-in", url)
            sign_in(page, url, director)
            for name, door in doors().items():
                take(name.replace(":", "-"), url + door)
            if customers := doors().get("terminals:list"):
                page.goto(url + customers)
                card = page.locator("main table tbody a[href]").first.get_attribute("href")
                take("terminals-card", url + str(card))
        browser.close()
    return troubles.found


if __name__ == "__main__":
    sys.exit(main())
