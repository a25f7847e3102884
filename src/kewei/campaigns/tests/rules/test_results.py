"""Promise 3: planted effects come back, the interval covers, nothing is made of nothing (docs/algorithms/campaigns.md)."""

from __future__ import annotations

import re

import numpy as np
import pytest
from tests.architecture.source import ROOT

from kewei.campaigns.rules import results
from kewei.campaigns.rules.results import RESULT, Compared, compare, doubted, lift, read_result, verdict
from kewei.kernel.policies import BadPolicy

POLICY = read_result(RESULT.body)
CAMPAIGNS, TREATED, HELD = 2_000, 80, 20
PAGE = (ROOT / "docs/algorithms/campaigns.md").read_text(encoding="utf-8")


def months(kind: str, random: np.random.Generator, usual: np.ndarray) -> np.ndarray:
    """A month of purchases in thousandths: steady, changing a lot, or only now and then."""
    if kind == "steady":
        return random.poisson(usual / 1000) * 1000.0
    if kind == "changing":
        return random.poisson(random.gamma(2.0, usual / 2000)) * 1000.0
    return (random.random(usual.shape) < 0.4) * random.poisson(usual / 400) * 1000.0


def simulated(kind: str, effect: int) -> tuple[np.ndarray, np.ndarray]:
    """Changes of 2,000 campaigns: terminals of very different size, three months before and one of the campaign."""
    random = np.random.default_rng(20261128)
    usual = random.gamma(2.0, 10.0, size=(CAMPAIGNS, TREATED + HELD)) * 1000
    before = sum(months(kind, random, usual) for _month in range(3)) / 3
    changes = months(kind, random, usual) - before
    changes[:, :TREATED] += effect
    return changes[:, :TREATED], changes[:, TREATED:]


@pytest.mark.parametrize("kind", ["steady", "changing", "now_and_then"])
def test_the_interval_covers_and_nothing_is_made_of_nothing(kind):
    for effect in (0, 4_000):
        treated, held = simulated(kind, effect)
        found, low, high, _freedom = results.welch(treated, held)
        covered = float(((low <= effect) & (effect <= high)).mean())
        assert 0.94 <= covered <= 0.96
        assert abs(float(found.mean()) - effect) < 250
    treated, held = simulated(kind, 0)
    _found, low, high, _freedom = results.welch(treated, held)
    chance = results.chance(treated, held, 7, POLICY.shuffles)
    flagged = float((((low > 0) | (high < 0)) & (chance <= 0.05)).mean())
    assert flagged <= 0.05


def test_planted_effects_of_steady_buyers_are_shown():
    treated, held = simulated("steady", 6_000)
    _found, low, _high, _freedom = results.welch(treated, held)
    chance = results.chance(treated, held, 7, POLICY.shuffles)
    assert float(((low > 0) & (chance <= 0.05)).mean()) > 0.95


def rows_of(heading: str) -> list[list[str]]:
    """The rows of the table under a heading of the page."""
    part = PAGE.split(heading)[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if re.match(r"\| [^-]", line)][1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_worked_campaign_of_the_page():
    rows = {
        name: [int(one) * 1000 for one in numbers.split()] for name, numbers, *_rest in rows_of("## A worked result")
    }
    found = compare(rows["worked on"], rows["held out"], 7, POLICY)
    said = dict(re.findall(r"^\* (\w[\w ]*): \*\*([-\d.]+)", PAGE, re.MULTILINE))
    assert f"{found.effect / 1000:.2f}" == said["difference"]
    assert f"{found.low / 1000:.2f}" == said["from"]
    assert f"{found.high / 1000:.2f}" == said["to"]
    assert f"{found.freedom:.1f}" == said["degrees of freedom"]
    assert f"{found.chance:.3f}" == said["chance alone"]
    assert verdict(found, POLICY) == "worked"


def test_what_is_said():
    def said(treated, held):
        return verdict(compare(treated, held, 1, POLICY), POLICY)

    rising, falling = [5_000 + n % 3 * 1000 for n in range(20)], [n % 3 * 1000 for n in range(20)]
    assert said([], []) == "no_list"
    assert said(rising, []) == "no_hold_out"
    assert said(rising[:9], falling) == "few"
    assert said(rising, falling) == "worked"
    assert said(falling, rising) == "harmed"
    assert said(falling, falling) == "unshown"
    assert said([1_000] * 20, [1_000] * 20) == "unshown"


def test_one_terminal_has_no_interval():
    found = compare([5_000], [1_000, 2_000], 1, POLICY)
    assert (found.effect, found.low, found.shown) == (3_500, None, False)


def test_lift_is_over_all_terminals_and_days():
    found = Compared(40, 10, 8_000.0, 3_000.0, 5_000.0, 2_000.0, 8_000.0, 20.0, 0.01)
    brought = lift(found, 30, 12_00)
    assert (brought.milli, brought.low_milli, brought.high_milli) == (200_000, 80_000, 320_000)
    assert (brought.fen, brought.low_fen, brought.high_fen) == (240_000, 96_000, 384_000)
    alone = lift(Compared(40, 0, 8_000.0, 0.0, 8_000.0), 15, 12_00)
    assert (alone.milli, alone.low_milli, alone.low_fen) == (160_000, None, None)


def test_more_than_a_tenth_not_left_alone_is_doubted():
    assert not doubted(20, 2, POLICY)
    assert doubted(20, 3, POLICY)
    assert not doubted(0, 0, POLICY)


@pytest.mark.parametrize(
    "wrong", [{"least_per_arm": 1}, {"shuffles": 10}, {"doubt_bp": 10_001}, {"wait_days": 121}, {"minute_fen": -1}]
)
def test_policies_that_make_no_sense_are_refused(wrong):
    with pytest.raises(BadPolicy):
        read_result(RESULT.body | wrong)
