"""BG/NBD finds the numbers of Fader, Hardie and Lee 2005 on their own data, and says who will buy again."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kewei.insight.rules.buyers import BuyerModel, Histories, alive, expected, fit

CDNOW = Path(__file__).resolve().parents[5] / "shared" / "data" / "cdnow"
PUBLISHED = BuyerModel(0.243, 4.414, 0.793, 2.426)
WEEKS = 39.0


@pytest.fixture(scope="module")
def cdnow():
    if not CDNOW.exists():
        pytest.skip("CDNOW is not here: ../shared/data/cdnow")
    with (CDNOW / "cdnow_customers_summary.csv").open() as file:
        rows = [(float(r["frequency"]), float(r["recency"]), float(r["T"])) for r in csv.DictReader(file)]
    return Histories.of(rows)


def test_the_published_numbers_come_out(cdnow):
    found = fit(cdnow)
    told = [round(value, 3) for value in (found.r, found.alpha, found.a, found.b)]
    assert told == [PUBLISHED.r, PUBLISHED.alpha, PUBLISHED.a, PUBLISHED.b]
    assert (round(found.log_likelihood, 1), found.buyers) == (-9582.4, 2_357)


def test_the_next_39_weeks_are_told_better_than_by_repeating_the_last(cdnow):
    """docs/algorithms/retention.md: orders of the second half, forecast beside "as many as in the first"."""
    model = fit(cdnow)
    came = orders_after(cdnow)
    told = expected(cdnow, model, WEEKS)
    assert came.sum() == 1_882
    assert abs(told.sum() - came.sum()) < abs(cdnow.repeats.sum() - came.sum())
    ours, theirs = np.abs(told - came).mean(), np.abs(cdnow.repeats - came).mean()
    assert (round(float(ours), 3), round(float(theirs), 3)) == (0.785, 0.897)


def orders_after(cdnow):
    """Days with an order of each buyer in the 39 weeks after the first 39."""
    from datetime import date, timedelta

    days: dict[str, set] = {}
    with (CDNOW / "CDNOW_sample.txt").open() as file:
        for line in file:
            _master, key, day, *_more = line.split()
            days.setdefault(key, set()).add(date(int(day[:4]), int(day[4:6]), int(day[6:])))
    end = date(1997, 9, 30)
    last = end + timedelta(weeks=int(WEEKS))
    return np.array([sum(end < day <= last for day in some) for _key, some in sorted(days.items())], dtype=float)


@given(st.integers(1, 30), st.floats(0.1, 50), st.floats(0, 50))
def test_the_longer_the_silence_the_less_alive(repeats, last, silence):
    one = Histories.of([(repeats, last, last + silence), (repeats, last, last + silence + 1)])
    sooner, later = alive(one, PUBLISHED)
    assert 0 < later < sooner <= 1


def test_who_ordered_once_counts_as_alive_and_nobody_is_expected_to_order_less_than_nothing():
    told = Histories.of([(0, 0, 30), (5, 10, 30), (5, 29, 30)])
    assert alive(told, PUBLISHED)[0] == 1
    ahead = expected(told, PUBLISHED, 10)
    assert (ahead >= 0).all()
    assert ahead[2] > ahead[1]
