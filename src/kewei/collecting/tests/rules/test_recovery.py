"""The survival of amounts: the worked pages, an independent slow way, bounds that hold, and what may be a default."""

import copy

import numpy as np
import pytest

from kewei.collecting.rules.recovery import CURVES, FULL_BP, Curve, curves, in_force, tally
from kewei.kernel.policies import BadPolicy
from kewei.receivables.tests.rules.worked import fen, table

POLICY = CURVES.read(CURVES.body)
HORIZON = 730


def one_curve(day, amount, paid, group=None, horizon=HORIZON):
    count = len(day)
    group = np.arange(count) % 20 if group is None else group
    zeros = np.zeros(count, dtype=np.int64)
    found = tally(
        zeros, np.array(group), np.array(day), np.array(amount), np.array(paid, dtype=bool),
        segments=1, groups=20, horizon=horizon,
    )  # fmt: skip
    return curves(found, ("pharmacy",), "past_due")[0]


def test_the_worked_survival():
    curve = one_curve([10, 40, 20, 60], [100_00] * 4, [True, True, False, False])
    for row in table("recovery.md", "day"):
        assert FULL_BP - curve.recovered_bp[int(row["day"])] == fen(row["open after %"])
    assert curve.recovered_bp[9] == 0
    assert curve.recovered_bp[39] == curve.recovered_bp[10]
    assert (curve.items, curve.fen, curve.seen_days) == (4, 400_00, 60)


def test_the_worked_weights():
    own = Curve("pharmacy", "past_due", 1, 1, HORIZON, *[tuple([0] * (HORIZON + 1))] * 6)
    told = list(in_force("pharmacy", own, 12, POLICY).to_come_bp)
    for row in table("recovery.md", "months"):
        ours, theirs = 6_000, POLICY.default_of("pharmacy").to_come(HORIZON)[90]
        weight = in_force("pharmacy", own, int(row["months"]), POLICY).own_bp
        assert weight == int(row["own weight %"]) * 100
        assert (weight * ours + (FULL_BP - weight) * theirs) // FULL_BP == int(row["in force"])
    assert told == sorted(told, reverse=True)


def test_paid_within_follows_from_what_is_still_to_come():
    theirs = in_force("pharmacy", None, 0, POLICY)
    assert (theirs.own_bp, theirs.rest) == (0, "ccaa")
    assert 4_590 <= theirs.paid_within(90, 90) <= 4_610
    assert theirs.paid_within(90, 0) == 0
    ages = theirs.paid_within(np.array([0, 30, 90, 180, 365, 729, 5_000]), 30)
    assert all(0 <= chance <= FULL_BP for chance in ages)
    assert ages[0] > ages[2] > ages[4]


def by_hand(day, amount, paid, horizon):
    """The product limit, fen by fen, the slow way."""
    told, still = [], 1.0
    for today in range(horizon + 1):
        at_risk = sum(f for d, f, _ in zip(day, amount, paid, strict=True) if max(d, 0) >= today)
        gone = sum(f for d, f, p in zip(day, amount, paid, strict=True) if max(d, 0) == today and p)
        still *= 1 - (gone / at_risk if at_risk else 0)
        told.append(round((1 - still) * FULL_BP))
    return told


def test_the_fast_way_is_the_slow_way():
    random = np.random.default_rng(4)
    for _ in range(30):
        count, horizon = int(random.integers(1, 40)), int(random.integers(5, 60))
        day = random.integers(-10, horizon + 30, count)
        amount = random.integers(1, 10_000_00, count)
        paid = random.random(count) < 0.6
        curve = one_curve(day, amount, paid, horizon=horizon)
        slow = by_hand(day.tolist(), amount.tolist(), paid.tolist(), horizon)
        assert all(abs(a - b) <= 1 for a, b in zip(curve.recovered_bp, slow, strict=True))


def test_the_bounds_hold_what_was_drawn():
    """Customers differ, amounts are skewed, half is censored: 95 of 100 bounds should hold the true share."""
    random = np.random.default_rng(11)
    held = tried = 0
    for _ in range(60):
        customers = 120
        speed = random.gamma(4, 20, customers)
        who = random.integers(0, customers, 1_200)
        when = random.exponential(speed[who])
        seen = random.integers(0, 400, len(who))
        curve = one_curve(
            np.minimum(when, seen).astype(int),
            random.lognormal(12, 1, len(who)).astype(np.int64),
            when <= seen,
            who % 20,
        )
        truth = {
            d: FULL_BP * (1 - np.mean(np.exp(-(d + 1) / np.random.default_rng(1).gamma(4, 20, 20_000))))
            for d in (30, 90, 180)
        }
        for day, bp in truth.items():
            held += curve.recovered_low_bp[day] <= bp <= curve.recovered_high_bp[day]
            tried += 1
    assert held >= 0.88 * tried


def test_few_customers_say_nothing():
    curve = one_curve([5, 9], [1_00, 1_00], [True, False])
    assert set(curve.recovered_low_bp) == {0}
    assert set(curve.recovered_high_bp) == {FULL_BP}


def test_beyond_ones_own_book_the_published_curve_goes_on():
    young = one_curve([20, 30, 90, 90], [1_00] * 4, [True, True, False, False])
    told = in_force("pharmacy", young, 24, POLICY)
    theirs = POLICY.default_of("pharmacy").to_come(HORIZON)
    assert told.to_come_bp[200] == theirs[200]
    assert told.to_come_bp[90] == theirs[90]
    assert told.to_come_bp[0] > theirs[90]


@pytest.mark.parametrize("segment", ["public", "pharmacy"])
def test_the_decks_curve_is_nobodys_default(segment):
    body = copy.deepcopy(CURVES.body)
    body["default"][segment] = "deck"
    with pytest.raises(BadPolicy):
        CURVES.read(body)


def test_public_hospitals_are_expected_to_pay_what_the_deck_calls_lost():
    hospital, deck = POLICY.default_of("public"), next(one for one in POLICY.published if one.name == "deck")
    assert hospital.to_come(HORIZON)[365] == 9_500
    assert deck.to_come(HORIZON)[365] == 1_000


def test_a_curve_is_kept_and_read_again():
    curve = one_curve([10, 40, 20, 60], [100_00] * 4, [True, True, False, False])
    assert Curve.from_json(curve.as_json()) == curve
