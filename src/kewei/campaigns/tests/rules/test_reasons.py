"""Why a terminal is a candidate: the worked county of docs/algorithms/campaigns.md, and the edges of each reason."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from kewei.campaigns.rules import reasons
from kewei.campaigns.rules.reasons import REASONS, About, Use, candidates, quantity, read_reasons, spread
from kewei.campaigns.tests.rules.test_results import rows_of
from kewei.kernel.policies import BadPolicy
from kewei.sales.rules.lapse import LAPSE

POLICY = read_reasons(REASONS.body)
LEAST = LAPSE.read(LAPSE.body).least
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)
EVERY_30 = re.compile(r"(\d+) × (\d+), every 30 days, last 20 (\w+)")
MONTHS = {"November": 11, "June": 6}


def clinic(pk: int, group: int | None = None, **more) -> About:
    return About(pk, "clinic", "荆州市", "湖北省", 1, group)._replace(**more)


def used(boxes: int, days: int = 12, last: date = date(2026, 11, 20), every: int = 30) -> tuple[int, Use]:
    """Thousandths of the year before the campaign, and the habit of so many purchases."""
    alarm = last + timedelta(days=2 * every + 1) if days >= LEAST else None
    return boxes * 1000, Use(last, every if days >= 3 else 0, alarm, days, boxes * 1000)


def judged(one: About, use: tuple[int, Use] | None, potential: str, others: dict[int, tuple[About, tuple[int, Use]]]):
    rows = [*(about for about, _use in others.values()), one]
    told = {pk: use for pk, (_about, use) in others.items()} | ({one.pk: use} if use else {})
    year, habits = {pk: milli for pk, (milli, _use) in told.items()}, {pk: use for pk, (_milli, use) in told.items()}
    found, count = candidates(rows, {one.pk: potential}, year, habits, (FIRST, LAST), POLICY)
    assert count == len(found)
    return next((row for row in found if row.about.pk == one.pk), None)


def county(leave_out: int | None = None) -> dict[int, tuple[About, tuple[int, Use]]]:
    """Ten clinics that use 120, 240, … 1200 boxes a year."""
    return {n: (clinic(n), used(120 * n)) for n in range(1, 11) if n != leave_out}


def test_the_worked_county_of_the_page():
    page = rows_of("## Why a terminal is a candidate")
    rows = [row for row in page if len(row) == 6 and row[0] != "Clinic"]
    assert len(rows) == 6
    for name, bought, klass, group, reason, hope in rows:
        use = None
        if told := EVERY_30.match(bought):
            times, boxes = int(told[1]), int(told[2])
            use = used(times * boxes, times, date(2026, MONTHS[told[3]], 20))
        one = clinic(99, group=5 if group == "head" else None)
        found = judged(one, use, "" if klass == "–" else klass, county())
        if reason == "–":
            assert found is None, name
            continue
        assert found is not None, name
        assert (found.reasons[0].code, quantity(found.hope_milli)) == (reason, hope), name


def test_like_in_the_province_where_the_city_has_too_few():
    few = {n: (clinic(n, city="荆门市"), used(120 * n)) for n in range(1, 6)}
    found = judged(clinic(99), None, "A", few)
    assert found.reasons[0].numbers == {"klass": "A", "usual": "29.6", "peers": 5}
    assert judged(clinic(99), None, "A", {n: few[n] for n in range(1, 5)}) is None
    assert judged(clinic(99, kind="pharmacy"), None, "A", few) is None


def test_a_kind_that_resells_is_no_candidate():
    assert judged(clinic(99, kind="distributor"), used(10), "A", county()) is None


def test_rhythm_is_due_only_before_the_campaign_ends():
    due = used(300, 3, date(2026, 11, 25), 12)
    assert judged(clinic(99), due, "", {}).reasons[0].numbers == {"days": 12, "due": "2026-12-07"}
    assert judged(clinic(99), used(300, 3, date(2026, 11, 25), 105), "", {}) is None
    assert judged(clinic(99), used(300, 2, date(2026, 11, 20), 31), "", {}) is None


def test_lapsed_begins_on_the_day_of_the_alarm():
    habit = used(300, 5, FIRST - timedelta(days=61))
    assert habit[1].alarm_day == FIRST
    assert judged(clinic(99), habit, "", {}).reasons[0].code == "lapsed"
    there = used(300, 5, FIRST - timedelta(days=60))
    assert [one.code for one in judged(clinic(99), there, "", {}).reasons] == ["rhythm"]
    # Silent for more than a year: it is lapsed, not one that never used it.
    long_ago = judged(clinic(99), (0, used(365, 5, date(2025, 6, 1))[1]), "A", county())
    assert (long_ago.reasons[0].code, long_ago.hope_milli) == ("lapsed", 12_000)


def test_only_returned_is_not_used():
    rows = [*(about for about, _use in county().values()), clinic(99)]
    year = {pk: milli for pk, (_about, (milli, _use)) in county().items()} | {99: -5_000}
    found, _count = candidates(rows, {99: "A"}, year, {}, (FIRST, LAST), POLICY)
    assert next(row for row in found if row.about.pk == 99).reasons[0].code == "potential"


def test_quantities_read_well():
    assert [quantity(milli) for milli in (0, 40, 50, 12_500, 12_000, -500, 1_234_560)] == [
        "0", "0", "0.1", "12.5", "12", "-0.5", "1234.6",
    ]  # fmt: skip


def test_spread_of_what_changes_by_itself():
    assert spread({1: 10, 2: 10}, {1: 10, 2: 10}, [1, 2, 3]) == 0
    assert round(spread({1: 0, 2: 0, 3: 0}, {1: 10, 2: 20, 3: 30}, [1, 2, 3])) == 10
    assert spread({}, {}, [1]) == 0


def test_reasons_in_words():
    kept = [["gap", {"own": "5", "usual": "40", "peers": 9}, 10_000], ["unknown", {}, 0]]
    assert reasons.words(kept, str) == [("低于同类", "每月 5，同类在用的 9 家每月 40")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kinds": ["moon"]}, {"hope_percent": {"gap": 30}}, {"history_days": 10}, {"gap_percent": 0}, {"least_purchases": 1},
        {"looked_at": 0},
    ],
)  # fmt: skip
def test_policies_that_make_no_sense_are_refused(wrong):
    with pytest.raises(BadPolicy):
        read_reasons(REASONS.body | wrong)
