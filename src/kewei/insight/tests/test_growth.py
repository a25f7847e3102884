"""Two ways to grow: the parts add up to the fen, and each lever has its list."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import cast

from kewei.insight.queries import growth
from kewei.insight.rules.growth import Bought, grow, narrow, slowing
from kewei.sales.models import SaleLine

BEGAN = date(2026, 1, 1)
FEN = st.integers(-10_000, 10_000_000)
BOUGHT = st.builds(
    Bought, terminal=st.integers(1, 99), kind=st.sampled_from(["pharmacy", "clinic"]), now_fen=FEN, before_fen=FEN,
    first_day=st.dates(date(2024, 1, 1), date(2026, 11, 1)), last_day=st.just(date(2026, 11, 1)),
    days_now=st.integers(0, 9), days_before=st.integers(0, 9), products_now=st.integers(0, 9),
)  # fmt: skip


@given(st.lists(BOUGHT, max_size=30))
def test_the_parts_add_up_to_the_change(bought):
    found = grow(bought, BEGAN)
    assert sum(part.fen for part in found.parts) == found.change_fen
    assert found.change_fen == sum(one.now_fen - one.before_fen for one in bought)


def test_by_hand():
    def one(terminal, before, now, first):
        return Bought(terminal, "pharmacy", now, before, first, date(2026, 11, 1), 3, 3, terminal)

    bought = [
        one(1, 0, 500, date(2026, 9, 1)), one(2, 0, 300, date(2024, 1, 1)), one(3, 700, 0, date(2025, 1, 1)),
        one(4, 100, 150, date(2025, 1, 1)), one(5, 200, 120, date(2025, 1, 1)), one(6, 80, 80, date(2025, 1, 1)),
    ]  # fmt: skip
    found = grow(bought, BEGAN)
    assert [(part.way, part.terminals, part.fen) for part in found.parts] == [
        ("new", 1, 500), ("reactivated", 1, 300), ("grown", 1, 50), ("shrunk", 1, -80), ("lost", 1, -700),
    ]  # fmt: skip
    assert narrow(bought) == {1, 2}
    assert slowing(bought[0], date(2026, 11, 1) + timedelta(days=92), 364)
    assert not slowing(bought[0], date(2026, 11, 1) + timedelta(days=88), 364)


@pytest.mark.django_db
def test_levers_show_what_one_sees(client):
    staff = cast.assemble()
    day = date(2026, 11, 20)
    for days, fen in ((300, 500_00), (250, 500_00), (40, 100_00), (20, 100_00)):
        SaleLine.objects.create(
            terminal=staff.wangs_hospital, product_text="甲", day=day - timedelta(days=days), quantity_milli=1000, fen=fen,
            source="import",
        )  # fmt: skip
    found = growth.levers(staff.wang, day)
    assert (found.growth.before_fen, found.growth.now_fen) == (100_000, 20_000)
    assert [row.code for row in growth.lever_rows(staff.wang, found, growth.SMALLER)] == ["T0001"]
    assert growth.levers(staff.sun, day).bought == {}
    client.force_login(staff.li)
    page = client.get("/insight/growth/?lever=shrunk")
    assert page.status_code == 200
    client.force_login(staff.zhou)
    assert client.get("/insight/growth/").status_code == 403
