"""Every page of the navigation, in a real Chromium, at a desk and on a phone."""

from __future__ import annotations

import pytest
from tests import cast
from tests.architecture.source import expect_none
from tests.browsing import DESK, PHONE, Troubles, doors, faults, overflow, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(live_server, page):
    """The cast in the database, the director signed in, and the troubles of the page."""
    staff = cast.assemble()
    sign_in(page, live_server.url, staff.zheng)
    return live_server.url, Troubles().watch(page)


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_whole_and_can_be_read_by_everybody(house, page, window, language):
    url, troubles = house
    page.set_viewport_size(window)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": url}])
    found = []
    for path in doors().values():
        page.goto(url + path)
        page.wait_for_load_state("networkidle")
        found += faults(page) + overflow(page)
    expect_none(found + troubles.found)


def test_the_page_to_sign_in_is_whole(live_server, page):
    troubles = Troubles().watch(page)
    page.goto(live_server.url)
    assert page.locator("input[name=username]").is_visible()
    expect_none(faults(page) + overflow(page) + troubles.found)


def test_a_page_draws_chinese_with_the_font_that_set_up_brought(live_server, page):
    """Without a Chinese font each character would be the same empty box, as wide as the next."""
    page.goto(live_server.url)
    wide = page.evaluate(
        """() => {
            const pen = document.createElement('canvas').getContext('2d');
            pen.font = '40px "Noto Sans SC"';
            const drawn = (text) => {
                pen.clearRect(0, 0, 80, 80);
                pen.fillText(text, 10, 50);
                return pen.getImageData(0, 0, 80, 80).data.join();
            };
            return drawn('客') !== drawn('维');
        }"""
    )
    assert wide
