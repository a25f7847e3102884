"""The lapse alarm: not before two of its own intervals, better than a fixed number of days on real shipments, and the list."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests import cast

from kewei.insight import jobs
from kewei.insight.excel import BadPurchase, NoSuchColumns, read_purchases
from kewei.insight.queries import habits as queries
from kewei.insight.rules import buyers
from kewei.insight.rules import lapse as looking_back
from kewei.receivables.tests.rules.worked import table
from kewei.sales import actions
from kewei.sales.models import Habit, SaleLine
from kewei.sales.rules import lapse
from kewei.sales.rules.rhythm import rhythm
from kewei.sales.rules.rhythms import habits_of

SHARED = Path(__file__).resolve().parents[5] / "shared" / "data"
ARCOS = SHARED / "arcos" / "arcos_suffolk_ma_itemized_2006_2014.csv.gz"
POLICY = lapse.LAPSE.read(lapse.LAPSE.body)
TODAY = date(2026, 11, 23)


@given(st.lists(st.tuples(st.integers(1, 3), st.dates(date(2024, 1, 1), date(2026, 1, 1))), max_size=60))
def test_many_buyers_at_once_have_each_their_own_rhythm(purchases):
    told = habits_of(
        np.array([who for who, _day in purchases], np.int64),
        np.array([day.toordinal() for _who, day in purchases], np.int64), 24,
    )  # fmt: skip
    assert told.buyer.tolist() == sorted({who for who, _day in purchases})
    for n, who in enumerate(told.buyer.tolist()):
        days = sorted({day for one, day in purchases if one == who})
        own = rhythm(days)
        assert (told.usual[n], told.spread[n]) == (own.usual_days or 0, own.spread)
        assert (told.purchases[n], told.last[n]) == (own.purchases, days[-1].toordinal())
        gaps = [(later - sooner).days for sooner, later in pairwise(days)][-24:]
        assert [gap for gap in told.gaps[n].tolist() if gap >= 0] == gaps


@given(st.lists(st.integers(1, 200), min_size=4, max_size=24))
def test_no_alarm_before_two_own_intervals_and_one_comes_at_last(gaps):
    days = [TODAY]
    for gap in gaps:
        days.append(days[-1] + timedelta(days=gap))
    told = habits_of(np.ones(len(days), np.int64), np.array([day.toordinal() for day in days]), POLICY.gaps)
    (after,) = lapse.alarms_after(told.gaps, told.usual, POLICY)
    assert 2 * told.usual[0] <= after <= 15 * told.usual[0]


def test_a_regular_buyer_is_asked_at_its_second_missed_order_a_frequent_one_later():
    def after(every):
        told = habits_of(np.ones(20, np.int64), TODAY.toordinal() + every * np.arange(20), POLICY.gaps)
        return int(lapse.alarms_after(told.gaps, told.usual, POLICY)[0])

    assert after(30) == 60
    assert after(14) == 28
    assert after(1) == 4


@pytest.mark.skipif(not ARCOS.exists(), reason="../shared/data/arcos is not here")
def test_promise_six_on_real_shipments():
    """docs/algorithms/lapse.md: at least 25 points above either fixed rule at 5 % false alarms."""
    days = read_purchases(ARCOS)
    told = {way.name: way for way in looking_back.look_back(days, date(2014, 12, 31), POLICY).ways}
    written = {row["rule"]: row for row in table("lapse.md", "rule")}
    for name, way in told.items():
        assert written[name]["caught"] == f"{way.caught_bp / 100:.1f} %"
        assert written[name]["false alarms"] == f"{way.false_bp / 100:.1f} %"
    assert told["own"].false_bp <= 510
    assert told["own"].caught_bp - max(told["fixed"].caught_bp, told["fixed_tuned"].caught_bp) >= 2_500


def test_too_few_to_look_back_at_and_files_that_are_none(tmp_path):
    with pytest.raises(looking_back.TooFewStopped):
        looking_back.look_back({"a": [TODAY] * 3}, TODAY, POLICY)
    with pytest.raises(looking_back.TooFewStopped):
        looking_back.look_back({}, TODAY, POLICY)
    file = tmp_path / "purchases.csv"
    file.write_text("who,when\n")
    with pytest.raises(NoSuchColumns):
        read_purchases(file)
    file.write_text("customer,day,quantity\na,2026-01-05,3\na,2026-02-05,-3\n")
    assert read_purchases(file) == {"a": [date(2026, 1, 5)]}
    file.write_text("customer,day\na,2026-13-05\n")
    with pytest.raises(BadPurchase):
        read_purchases(file)


def test_nobody_to_learn_from_is_a_named_refusal():
    with pytest.raises(buyers.NoBuyers):
        buyers.fit(buyers.Histories.of([]))
    with pytest.raises(buyers.NoBuyers):
        buyers.fit(buyers.Histories.of([(0, 0, 30)] * 50))


# --- the list ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def staff(db, time_machine):
    time_machine.move_to(cast.MORNING, tick=False)
    staff = cast.assemble()

    def sell(terminal, last, every, times, money=100_00):
        for n in range(times):
            SaleLine.objects.create(
                terminal=terminal, product_text="甲", day=last - timedelta(days=every * n), quantity_milli=1000, fen=money,
                source="import",
            )  # fmt: skip

    sell(staff.wangs_hospital, TODAY - timedelta(days=70), 30, 8)
    sell(staff.wangs_pharmacy, TODAY - timedelta(days=5), 10, 12)
    sell(staff.suns_clinic, TODAY - timedelta(days=90), 30, 6, 999_00)
    return staff


def test_the_night_reckons_each_terminals_habit(staff):
    assert queries.age().at is None
    assert jobs.reckon_habits(now=cast.MORNING) == 3
    told = Habit.objects.get(pk=staff.wangs_hospital.pk)
    last = TODAY - timedelta(days=70)
    assert (told.usual_days, told.last_day, told.purchases) == (30, last, 8)
    assert (told.next_day, told.alarm_day) == (last + timedelta(days=30), last + timedelta(days=61))
    assert told.months.bit_count() >= 7
    assert (told.alive_bp, queries.age().terminals) == (None, 3)
    # Made again it is the same, not twice.
    actions.prepare_months(by=staff.zheng, now=cast.MORNING)
    assert jobs.reckon_habits(now=cast.MORNING) == 3
    assert Habit.objects.get(pk=staff.wangs_hospital.pk).months == told.months


def test_one_sees_ones_own_lapsed_customers(staff):
    jobs.reckon_habits(now=cast.MORNING)
    rows, count = queries.habits(staff.wang, TODAY, state=queries.LAPSED)
    assert ([row.code for row in rows], count) == ([staff.wangs_hospital.code], 1)
    assert (rows[0].silent_days, rows[0].missed, rows[0].reason) == (70, 2, "")
    assert queries.habits(staff.zheng, TODAY, state=queries.LAPSED)[1] == 2
    assert queries.habits(staff.zhou, TODAY)[1] == 0
    assert queries.habit_of(staff.wang, staff.suns_clinic.pk, TODAY) is None
    actions.tell_loss(terminal=staff.wangs_hospital, reason="price", by=staff.wang, now=cast.MORNING)
    assert queries.habits(staff.wang, TODAY, state=queries.LAPSED, reason="none")[1] == 0
    assert [(one.reason, one.terminals) for one in queries.losses(staff.wang, TODAY) if one.terminals] == [("price", 1)]


def test_a_lapsed_customer_is_asked_and_leaves_the_list_when_it_buys_again(
    staff, client, django_assert_max_num_queries
):
    client.force_login(staff.wang)
    address = reverse("insight:lapse")
    assert "还没有算过" in client.get(address).content.decode()
    jobs.reckon_habits(now=cast.MORNING)
    with django_assert_max_num_queries(30):
        page = client.get(address)
    assert staff.wangs_hospital.name in page.content.decode()
    one = reverse("insight:habit", args=[staff.wangs_hospital.pk])
    assert "为什么不买了" in client.get(one).content.decode()
    told = client.post(one, {"reason": "service", "note": "送货两次迟到"}, follow=True)
    assert "送货两次迟到" in told.content.decode()
    assert client.post(one, {"reason": "other", "note": ""}).status_code == 422
    assert client.get(reverse("insight:habit", args=[staff.suns_clinic.pk])).status_code == 404
    SaleLine.objects.create(
        terminal=staff.wangs_hospital, product_text="甲", day=TODAY, quantity_milli=1000, fen=1_00, source="import"
    )  # fmt: skip
    assert client.post(reverse("insight:prepare")).status_code == 403
    client.force_login(staff.zheng)
    assert client.post(reverse("insight:prepare"), follow=True).status_code == 200
    assert queries.habits(staff.wang, TODAY, state=queries.LAPSED)[1] == 0
    client.force_login(staff.zhou)
    assert client.get(address).status_code == 403
