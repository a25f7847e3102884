"""A lapsing clinic won back: silent beyond its own rhythm, flagged, asked why, visited again by an order, off the list; and the
growth tree of the quarter it comes back in says so."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from tests import cast

from kewei.campaigns.queries import candidates
from kewei.campaigns.queries.candidates import Wanted
from kewei.campaigns.tests import selling
from kewei.insight import jobs
from kewei.insight.queries import habits, tree
from kewei.insight.rules.periods import chosen
from kewei.sales import actions as sales
from kewei.sales.rules import SaleRow
from kewei.visits import actions as visits
from kewei.visits.models import Wish

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


def test_list_wish_and_campaign_name_the_same_terminals():
    """One rule (sales.rules.lapse): a dozen clinics of every rhythm that buy one product, some of them silent for long."""
    here = selling.county(clinics=14, buying=0)
    today = selling.TODAY
    for n, clinic in enumerate(here.clinics):
        every, silent = 7 + 5 * (n % 5), 3 + 11 * n
        for back in range(2 + n % 9):
            selling.sell(clinic, here.product, today - timedelta(days=silent + every * back), 10)
    # What came through a distributor has no rhythm and is no answer to silence.
    sales.post_lines(
        rows=[SaleRow(here.clinics[13].pk, here.product.pk, "", today.replace(day=1), 1_000, None, 1_00)], source="flow",
        verb="sales.import", by=here.staff.zheng, now=cast.MORNING, wins=False,
    )  # fmt: skip
    sales.prepare_months(by=here.staff.zheng, now=cast.MORNING)
    jobs.reckon_habits(now=cast.MORNING)
    listed, _count = habits.habits(here.staff.zheng, today, state=habits.LAPSED, limit=None)
    visits.gather_wishes(by=here.staff.system, now=cast.MORNING)
    wished = set(Wish.objects.filter(source="lapse", ended_at=None).values_list("terminal", flat=True))
    asked = Wanted(here.product.pk, today, selling.LAST)
    found = candidates.candidates(here.staff.zheng, asked, today)
    reasoned = {row.terminal for row in found.rows if "lapsed" in {code for code, *_more in row.reasons}}
    assert {row.pk for row in listed} == wished == reasoned
    assert 3 <= len(wished) < 14
