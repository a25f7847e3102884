"""Keeping: retention and cohorts to the customer, fifths, mix; the pages of keeping, gaps, dashboard and review."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests import cast

from kewei.insight import jobs
from kewei.insight.papers import review as papers
from kewei.insight.queries import habits, review
from kewei.insight.queries import keeping as queries
from kewei.insight.rules import keeping, trading
from kewei.insight.web import lapse as lapse_pages
from kewei.kernel.calendar import month_before
from kewei.kernel.sheets import read_sheet
from kewei.keyaccounts.queries import earning
from kewei.products.models import Product
from kewei.sales import actions
from kewei.sales.models import SaleLine
from kewei.sales.rules.habits import SEGMENTS, WORDS, segment_of

LAST, TODAY = date(2026, 11, 1), date(2026, 11, 23)
PAGES = ("keeping", "gaps", "dashboard", "review")


@given(st.lists(st.sets(st.integers(0, 61), min_size=1), min_size=1, max_size=12))
def test_the_triangle_and_retention_count_every_customer_once(bought):
    bits = np.array([sum(1 << back for back in months) for months in bought], np.int64)
    found = keeping.cohorts(bits, LAST, most=99)
    # November and the twenty whole quarters before its own are 62 months exactly.
    born = [max(months) for months in bought]
    assert sum(one.size for one in found) == len(bought)
    for one in found:
        assert one.kept[0] == one.size
        inside = [keeping.quarter_of(month_before(LAST, back)) == one.first for back in born]
        assert one.size == sum(inside)
    for kept in keeping.keeping(bits, LAST):
        back = (LAST.year - kept.month.year) * 12 + LAST.month - kept.month.month
        now = [any(back <= n < back + 12 for n in months) for months in bought]
        before = [any(back + 12 <= n < back + 24 for n in months) for months in bought]
        assert (kept.before, kept.kept) == (sum(before), sum(a and b for a, b in zip(now, before, strict=True)))
        assert kept.kept + kept.back + kept.new == sum(now)


def test_fifths_and_segments():
    assert keeping.fifths(np.array([5, 1, 1, 9, 7])).tolist() == [3, 1, 1, 5, 4]
    assert keeping.fifths(np.zeros(0, np.int64)).tolist() == []
    assert set(SEGMENTS.values()) == set(WORDS)
    assert segment_of(5, 5, 5) == "best"
    assert segment_of(1, 3, 4) == "win_back"


def test_mix_moved_is_half_the_difference_of_shares():
    def moved(before, now):
        rows = [(0, good, fen) for good, fen in before.items()] + [(1, good, fen) for good, fen in now.items()]
        months = [
            trading.Month(period, *(np.array([value], np.int64) for value in (1, good, 1, 1000, fen)))
            for period, good, fen in rows
        ]
        return int(keeping.mix_moved_bp(trading.trades_of(months))[0])

    assert moved({1: 50, 2: 50}, {1: 100, 2: 100}) == 0
    assert moved({1: 100}, {2: 100}) == 10_000
    assert moved({1: 100}, {1: 60, 2: 40}) == 4_000
    assert moved({1: 100}, {1: -5}) == -1


@pytest.fixture
def staff(db, time_machine):
    time_machine.move_to(cast.MORNING, tick=False)
    staff = cast.assemble()
    old, new = (
        Product.objects.create(
            code=code, name=name, unit="盒", scope_class="general", search=name, lifecycle="live", added_at=cast.MORNING
        )
        for code, name in (("P1", "旧品"), ("P2", "新品"))
    )
    staff.new = new

    def sell(terminal, day, product, fen=500_00):
        SaleLine.objects.create(
            terminal=terminal, product=product, day=day, quantity_milli=10_000, fen=fen, source="import"
        )

    for n in range(24):
        day = TODAY - timedelta(days=30 * n + 3)
        sell(staff.wangs_hospital, day, new if n < 8 else old)
        if n > 7:
            sell(staff.wangs_pharmacy, day, old, 200_00)
        sell(staff.suns_clinic, day, new, 999_00)
    actions.prepare_months(by=staff.zheng, now=cast.MORNING)
    jobs.reckon_habits(now=cast.MORNING)
    return staff


def test_what_the_night_made_of_them(staff):
    found = queries.retained(staff.wang, habits.age())
    assert found.terminals == 2
    assert found.months[-1].kept == 2
    assert sum(one.terminals for one in found.segments) == 2
    assert queries.retained(staff.zhou, habits.age()).terminals == 0
    moved, label = queries.moved_mix(staff.wang, TODAY)
    assert ([row.code for row in moved], label) == ([staff.wangs_hospital.code], "insight.mix@0")
    (whole,) = queries.sums_by(staff.wang, TODAY, "all")
    assert (whole.buying, whole.lapsed) == (2, 1)
    assert queries.sold_each_month(staff.wang, TODAY)[-1] == (LAST, 500_00)
    assert queries.sold_each_month(staff.zheng, TODAY)[-1] == (LAST, 1_499_00)


def test_a_gap_is_what_its_like_buys_and_it_does_not(staff):
    staff.wangs_pharmacy.kind = staff.suns_clinic.kind
    staff.wangs_pharmacy.save()
    jobs.reckon_habits(now=cast.MORNING)
    (gap,) = queries.gaps(staff.wang, TODAY, habits.age())
    assert (gap.pk, gap.product, gap.share_bp) == (staff.wangs_pharmacy.pk, staff.new.pk, 5_000)
    assert gap.scope in {"ok", "warn", "block"}


def test_what_is_left_after_credit_and_visits(staff):
    rows, label = queries.margins(staff.wang, TODAY)
    assert label.startswith("keyaccounts.identify@")
    assert {row.pk for row in rows} == {staff.wangs_hospital.pk, staff.wangs_pharmacy.pk}
    by_pk = {row.pk: row.earned for row in rows}
    sold = by_pk[staff.wangs_hospital.pk]
    assert (sold.sales_fen, sold.gross_fen) == (12 * 500_00, 12 * 500_00 * 690 // 10_000)
    assert queries.margins(staff.zhou, TODAY)[0] == []
    # However its goods came: key accounts say the same of it.
    SaleLine.objects.create(
        terminal=staff.wangs_hospital,
        product_text="甲",
        day=date(2026, 10, 31),
        quantity_milli=1000,
        fen=77_00,
        source="flow",
    )
    by_pk = {row.pk: row.earned for row in queries.margins(staff.wang, TODAY)[0]}
    assert by_pk[staff.wangs_hospital.pk] == earning.figures_of([staff.wangs_hospital.pk], TODAY)[0]
    assert by_pk[staff.wangs_hospital.pk].sales_fen == 12 * 500_00 + 77_00


@pytest.mark.parametrize(("bp", "said"), [(6666, "66.7 %"), (-1234, "-12.3 %"), (None, "–")])
def test_a_share_reads_the_same_on_the_pages_and_in_the_review(bp, said):
    assert (lapse_pages.percent(bp), papers.percent(bp)) == (said, said)


def test_the_review_adds_up_and_comes_as_pdf_and_excel(staff, client):
    found = review.review(staff.zheng, date(2026, 10, 1), TODAY)
    tree = found.against_before.tree
    assert sum(one.fen for one in tree.branches) == tree.change_fen
    client.force_login(staff.zheng)
    address = reverse("insight:review_file") + "?month=2026-10"
    pdf = client.get(address)
    assert pdf.content.startswith(b"%PDF")
    sheet = read_sheet(client.get(address + "&format=xlsx").content, "review.xlsx")
    assert len(sheet.headings) == 5
    assert BytesIO(pdf.content).getbuffer().nbytes > 5_000
    client.force_login(staff.wang)
    assert client.get(address).status_code == 403


def queries_of(client, person, name):
    client.force_login(person)
    client.get(reverse(f"insight:{name}"))
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse(f"insight:{name}"))
    assert page.status_code == 200
    return page, len(asked)


@pytest.mark.parametrize("name", PAGES)
def test_pages_for_each_reader_at_a_constant_cost(staff, client, name):
    for person in (staff.wang, staff.li, staff.zheng):
        _page, few = queries_of(client, person, name)
        assert few <= 60, few
    assert staff.suns_clinic.name not in queries_of(client, staff.wang, name)[0].content.decode()
    before = queries_of(client, staff.wang, name)[1]
    SaleLine.objects.create(
        terminal=staff.wangs_pharmacy, product=staff.new, day=TODAY, quantity_milli=1000, fen=1_00, source="import"
    )
    actions.prepare_months(by=staff.zheng, now=cast.MORNING)
    jobs.reckon_habits(now=cast.MORNING)
    assert abs(queries_of(client, staff.wang, name)[1] - before) <= 1
    client.force_login(staff.zhou)
    assert client.get(reverse(f"insight:{name}")).status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_pages_without_anything(db, client, name, time_machine):
    time_machine.move_to(cast.MORNING, tick=False)
    page, _count = queries_of(client, cast.assemble().wang, name)
    assert "还没有算过" in page.content.decode()


def test_whose_dashboard_it_is(staff, client):
    client.force_login(staff.zheng)
    assert client.get(reverse("insight:dashboard")).context["scope"] == "总经理看板：全公司"
    client.force_login(staff.wang)
    page = client.get(reverse("insight:dashboard") + "?by=province")
    assert page.context["scope"] == "业务员看板：我的客户"
    assert page.context["axis"] == "省份"
