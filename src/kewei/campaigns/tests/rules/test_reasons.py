"""Why a terminal is a candidate: the worked county of docs/algorithms/campaigns.md, and the edges of each reason."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from kewei.campaigns.rules import reasons
from kewei.campaigns.rules.reasons import REASONS, About, Use, candidates, quantity, read_reasons, spread
from kewei.campaigns.tests.rules.test_results import rows_of
from kewei.kernel.policies import BadPolicy

POLICY = read_reasons(REASONS.body)
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)
EVERY_30 = re.compile(r"(\d+) × (\d+), every 30 days, last 20 (\w+)")
MONTHS = {"November": 11, "June": 6}


def clinic(pk: int, group: int | None = None, **more) -> About:
    return About(pk, "clinic", "荆州市", "湖北省", 1, group)._replace(**more)


def used(boxes: int, days: int = 12, last: date = date(2026, 11, 20)) -> Use:
    return Use(boxes * 1000, days, last - timedelta(days=30 * (days - 1)), last)


def judged(one: About, use: Use | None, potential: str, others: dict[int, tuple[About, Use]]):
    rows = [*(about for about, _use in others.values()), one]
    year = {pk: use for pk, (_about, use) in others.items()} | ({one.pk: use} if use else {})
    found, count = candidates(rows, {one.pk: potential}, year, (FIRST, LAST), POLICY)
    assert count == len(found)
    return next((row for row in found if row.about.pk == one.pk), None)


def county(leave_out: int | None = None) -> dict[int, tuple[About, Use]]:
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
    due = Use(300_000, 3, date(2026, 11, 1), date(2026, 11, 25))
    assert judged(clinic(99), due, "", {}).reasons[0].numbers == {"days": 12, "due": "2026-12-07"}
    later = Use(300_000, 3, date(2026, 5, 1), date(2026, 11, 25))
    assert judged(clinic(99), later, "", {}) is None
    twice = Use(300_000, 2, date(2026, 10, 20), date(2026, 11, 20))
    assert judged(clinic(99), twice, "", {}) is None


def test_lapsed_begins_the_day_after_patience_ends():
    last = FIRST - timedelta(days=61)
    gone = Use(300_000, 3, last - timedelta(days=60), last)
    assert judged(clinic(99), gone, "", {}).reasons[0].code == "lapsed"
    there = gone._replace(first=gone.first + timedelta(days=1), last=gone.last + timedelta(days=1))
    assert [one.code for one in judged(clinic(99), there, "", {}).reasons] == ["rhythm"]
    once = Use(50_000, 1, FIRST - timedelta(days=46), FIRST - timedelta(days=46))
    assert judged(clinic(99), once, "", {}).reasons[0].code == "lapsed"


def test_only_returned_is_not_used():
    assert (
        judged(clinic(99), Use(-5_000, 1, date(2026, 5, 1), date(2026, 5, 1)), "A", county()).reasons[0].code
        == "potential"
    )


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
        {"lapse_percent": 90}, {"looked_at": 0},
    ],
)  # fmt: skip
def test_policies_that_make_no_sense_are_refused(wrong):
    with pytest.raises(BadPolicy):
        read_reasons(REASONS.body | wrong)
