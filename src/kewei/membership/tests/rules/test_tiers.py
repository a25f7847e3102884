"""Tiers: up at once, down below the line, never by hand."""

import pytest

from kewei.kernel.policies import BadPolicy
from kewei.membership.rules.programmes import SHIPPED, read_rules
from kewei.membership.rules.tiers import SAYS, judge

RULES = read_rules(SHIPPED)


@pytest.mark.parametrize(
    ("current", "basis", "after", "way", "missing"),
    [
        ("basic", 0, "basic", "stays", 200_000_00),
        ("basic", 200_000_00, "silver", "up", 600_000_00),
        ("basic", 900_000_00, "gold", "up", 0),
        ("silver", 180_000_00, "silver", "held", 620_000_00),
        ("silver", 179_999_99, "basic", "down", 20_000_01),
        ("gold", 300_000_00, "silver", "down", 500_000_00),
        ("gold", -5, "basic", "down", 200_000_05),
        ("a tier of former rules", 250_000_00, "silver", "up", 550_000_00),
    ],
)
def test_the_tier_follows_the_money(current, basis, after, way, missing):
    found = judge(current, basis, RULES)
    assert (found.after.code, found.way, found.missing_fen) == (after, way, missing)
    assert SAYS[way].format(**found.numbers)


@pytest.mark.parametrize(
    "change",
    [
        {"base": "prescriptions"},
        {"fen_per_point": 0},
        {"hold_bp": 10_001},
        {"tiers": []},
        {"tiers": [SHIPPED["tiers"][1]]},
        {"tiers": [SHIPPED["tiers"][0], SHIPPED["tiers"][0]]},
        {"sources": ["pigeon"]},
        {"point_fen": "50"},
    ],
)
def test_rules_that_make_no_sense_are_refused(change):
    with pytest.raises(BadPolicy):
        read_rules(SHIPPED | change)


def test_rules_lack_nothing():
    with pytest.raises(BadPolicy):
        read_rules({name: value for name, value in SHIPPED.items() if name != "tiers"})
