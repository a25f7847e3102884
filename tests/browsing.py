"""Reading pages in a real browser: sign in without typing, note what goes wrong, ask axe what a screen reader meets."""

from __future__ import annotations

from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse

from kewei.desk import shell

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
SERIOUS = {"serious", "critical"}


@dataclass
class Troubles:
    """What a page complained about while it was read: script errors, refused parts, answers of 400 and above."""

    found: list[str] = field(default_factory=list)

    def watch(self, page) -> Troubles:
        """Note troubles of this page from now on."""
        page.on("console", lambda said: said.type == "error" and self.found.append(f"{page.url}: {said.text}"))
        page.on("pageerror", lambda error: self.found.append(f"{page.url}: {error}"))
        page.on("response", lambda got: got.status >= 400 and self.found.append(f"{got.url}: {got.status}"))
        return self


def sign_in(page, base_url: str, person) -> None:
    """Give the browser a session of this person."""
    client = Client()
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": base_url}])


def doors() -> dict[str, str]:
    """Every page of the side navigation that is built: URL name -> path."""
    paths = {}
    for _, group in shell.GROUPS:
        for door in group:
            try:
                paths[door.url] = reverse(door.url)
            except NoReverseMatch:
                continue
    return paths


ANIMATIONS_OVER = """
    Promise.all(document.getAnimations().filter(a => a.effect.getComputedTiming().endTime !== Infinity)
        .map(a => a.finished.catch(() => null))).then(() => null)
"""


def faults(page) -> list[str]:
    """What axe finds serious on the page as it stands, one line for each kind with an example."""
    # A message that is still rising is half transparent: its colours are not yet the ones a reader gets.
    page.evaluate(ANIMATIONS_OVER)
    violations = Axe().run(page).response["violations"]
    return [
        f"{page.url}: {v['id']} ({v['impact']}) {v['help']}: {v['nodes'][0]['html'][:200]}"
        for v in violations
        if v["impact"] in SERIOUS
    ]


def overflow(page) -> list[str]:
    """A line if the page is wider than its window, so that a reader would have to move it sideways."""
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return [f"{page.url}: {wide} px wide in a window of {window} px"] if wide > window else []
