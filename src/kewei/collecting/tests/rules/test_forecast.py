"""The worked weeks and roll rates, and what must hold of any book."""

import copy

import numpy as np
import pytest

from kewei.collecting.rules import forecast, rolling
from kewei.collecting.rules.forecast import AGES, BEFORE, Cut, Seen
from kewei.collecting.rules.rolling import LOSS
from kewei.kernel.policies import BadPolicy
from kewei.receivables.tests.rules.worked import fen, table

POLICY = LOSS.read(LOSS.body)


def test_the_worked_weeks(monkeypatch):
    hazard = np.zeros((1, AGES))
    hazard[0, BEFORE + 1 : BEFORE + 8] = 0.1
    monkeypatch.setattr(forecast, "hazards", lambda seen: hazard)
    left = np.zeros((1, AGES), dtype=np.int64)
    left[0, BEFORE] = 1_000_00
    told = forecast.look_ahead(Seen(left, left * 0, left, left * 0, 91))
    for row in table("forecast.md", "week"):
        assert told.open_fen[int(row["week"]) - 1] == fen(row["expected"])
    assert sum(told.new_fen) == 0


def test_what_comes_in_is_never_more_than_there_is():
    random = np.random.default_rng(5)
    for _ in range(20):
        joined = random.integers(0, 10_000_00, (3, AGES))
        paid = joined * random.integers(0, 2, (3, AGES))
        left = joined - paid
        seen = Seen(joined, paid, left, joined // 100, 91)
        hazard = forecast.hazards(seen)
        assert ((hazard >= 0) & (hazard <= 1)).all()
        told = forecast.look_ahead(seen)
        assert 0 <= sum(told.open_fen) <= int(left.sum())
        assert 0 <= sum(told.new_fen) <= int((joined // 100).sum())
        assert told.fen == tuple(a + b for a, b in zip(told.open_fen, told.new_fen, strict=True))


def test_a_steady_book_goes_on_as_it_was():
    """Everybody pays ten days late, a hundred yuan a day is billed at thirty days: a hundred yuan a day comes in."""
    seen = [np.zeros((1, AGES), dtype=np.int64) for _ in range(4)]
    joined, paid, left, lately = seen
    joined[0, BEFORE - 30], paid[0, BEFORE + 10], lately[0, BEFORE - 30] = 730 * 100_00, 690 * 100_00, 91 * 100_00
    left[0, BEFORE - 29 : BEFORE + 11] = 100_00
    told = forecast.look_ahead(Seen(joined, paid, left, lately, 91))
    assert all(abs(week - 700_00) <= 120_00 for week in told.fen)
    assert abs(sum(told.fen) - 13 * 700_00) <= 200_00


def test_bounds_come_from_the_cuts():
    assert forecast.bounds([Cut(1, (100,), (100,))] * 2) is None
    cuts = [Cut(n, (1_000_00,) * 13, (900_00 + n * 50_00,) * 13) for n in range(5)]
    told = forecast.bounds(cuts)
    assert (told.whole_low_bp, told.whole_high_bp) == (9_000, 11_000)
    assert told.week_low_bp < 10_000 < told.week_high_bp
    assert (told.inside, told.weeks) == (39, 65)  # the two at the ends lie outside what the others give


def test_the_worked_roll_rates():
    looks = [[fen(row["current, 30 days"]), fen(row["past due 1–30"]), 0, 0, 0, 0] for row in table("ecl.md", "look")]
    assert rolling.rates(looks, 4_000, 12, POLICY) == ((2_500, 0, 5_500, 7_000, 4_000), 10_000)
    rates, own = rolling.rates(looks, 4_000, 6, POLICY)
    assert (rates[0], rates[4], own) == (2_250, 3_500, 5_000)
    assert rolling.rates(looks, 4_000, 0, POLICY) == (POLICY.roll_bp, 0)
    assert rolling.equivalent_sales_fen(100_000_00, 500) == 2_000_000_00


@pytest.mark.parametrize(("place", "value"), [("roll_bp", [1, 2]), ("outlook_bp", 0), ("steps", 1), ("margin_bp", 0)])
def test_a_wrong_policy_is_refused(place, value):
    body = copy.deepcopy(LOSS.body)
    body[place] = value
    with pytest.raises(BadPolicy):
        LOSS.read(body)
