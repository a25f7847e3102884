"""A lapsing clinic won back: silent beyond its own rhythm, flagged, asked why, visited again by an order, off the list; and the
growth tree of the quarter it comes back in says so."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from tests import cast

from kewei.insight import jobs
from kewei.insight.queries import habits, tree
from kewei.insight.rules.periods import chosen
from kewei.sales import actions as sales
from kewei.sales.rules import SaleRow

pytestmark = pytest.mark.django_db


def night(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=cast.MORNING.tzinfo)


def test_a_lapsing_clinic_is_won_back(client, time_machine):
    staff = cast.assemble()
    clinic, wang, last = staff.wangs_pharmacy, staff.wang, date(2026, 6, 10)

    def buys(day: date, fen: int = 800_00) -> None:
        sales.post_lines(
            rows=[SaleRow(clinic.pk, None, "阿莫西林", day, 10_000, None, fen)], source="order", verb="sales.import",
            by=staff.zheng, now=cast.MORNING,
        )  # fmt: skip

    # Every two weeks, for five months; then nothing.
    for n in range(11):
        buys(last - timedelta(days=14 * n))
    for day, lapsed in ((last + timedelta(days=20), 0), (last + timedelta(days=30), 1)):
        sales.prepare_months(by=staff.zheng, now=night(day))
        jobs.reckon_habits(now=night(day))
        assert habits.habits(wang, day, state=habits.LAPSED)[1] == lapsed

    # Wang sees it on her list and on the card, asks, and tells the reason.
    day = last + timedelta(days=30)
    time_machine.move_to(night(day) + timedelta(hours=6), tick=False)
    client.force_login(wang)
    assert clinic.name in client.get(reverse("insight:lapse")).content.decode()
    assert "问一问为什么不买了" in client.get(reverse("desk:terminal", args=[clinic.pk])).content.decode()
    one = reverse("insight:habit", args=[clinic.pk])
    assert client.post(one, {"reason": "price", "note": "同类药便宜两成"}).status_code == 302
    assert "问一问为什么不买了" not in client.get(reverse("desk:terminal", args=[clinic.pk])).content.decode()
    client.force_login(staff.li)
    assert [(one.reason, one.fen) for one in habits.losses(staff.li, day) if one.terminals] == [("price", 11 * 800_00)]

    # In October it orders again: off the list that night, and the tree of the quarter says it came back.
    buys(date(2026, 10, 8), 900_00)
    back = date(2026, 10, 9)
    sales.prepare_months(by=staff.zheng, now=night(back))
    jobs.reckon_habits(now=night(back))
    assert habits.habits(wang, back, state=habits.LAPSED)[1] == 0
    told = tree.tree_of(wang, chosen("2026-10", "2026-10", "2026-07", "2026-09")).tree
    assert {one.part: one.fen for one in told.branches if one.fen} == {"reactivated": 900_00}
    assert habits.habit_of(wang, clinic.pk, back).reason == ""
