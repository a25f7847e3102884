"""How many are left alone, and which (docs/algorithms/campaigns.md)."""

from __future__ import annotations

from collections import Counter

import pytest

from kewei.campaigns.rules.holding_out import HOLD_OUT, draw, power_of, propose, read_hold_out
from kewei.campaigns.tests.rules.test_results import rows_of
from kewei.kernel.policies import BadPolicy

POLICY = read_hold_out(HOLD_OUT.body)


def test_the_table_of_the_page():
    rows = rows_of("## How many are left alone")
    assert len(rows) >= 5
    for size, spread, effect, held, least, enough in rows:
        power = propose(int(size), int(spread) * 1000, int(effect) * 1000, POLICY)
        assert (power.held, f"{power.detectable_milli / 1000:.1f}") == (int(held), least), size
        assert power.enough is (enough == "yes")


def test_a_larger_hold_out_shows_less():
    shown = [power_of(100, held, 20_000, 5_000, POLICY).detectable_milli for held in range(1, 50)]
    assert shown == sorted(shown, reverse=True)


def test_no_hold_out_shows_nothing():
    power = power_of(100, 0, 20_000, 5_000, POLICY)
    assert (power.detectable_milli, power.enough) == (None, False)
    assert propose(1, 20_000, 5_000, POLICY).held == 0


def test_every_terminal_is_as_likely_as_any_other():
    counts = Counter(pk for seed in range(4_000) for pk in draw(range(10), 3, seed))
    assert all(abs(counts[pk] - 1_200) < 120 for pk in range(10))
    assert draw([3, 1, 2], 2, 5) == draw([1, 2, 3], 2, 5)


@pytest.mark.parametrize(
    "wrong", [{"power_percent": 40}, {"least_bp": 6_000}, {"most_bp": 5_001}, {"least_per_arm": 1}]
)
def test_policies_that_make_no_sense_are_refused(wrong):
    with pytest.raises(BadPolicy):
        read_hold_out(HOLD_OUT.body | wrong)
