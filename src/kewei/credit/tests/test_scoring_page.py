"""Every table of docs/algorithms/scoring.md, and the way cards are made."""

from dataclasses import replace

import numpy as np
import pytest

from kewei.credit.rules import scoring
from kewei.credit.rules.scorecards import make_card
from kewei.credit.tests.test_scoring_rules import BOOK, CLEAN, perfect
from kewei.receivables.tests.rules.worked import table

PAGE = "scoring.md"


def hundredths(cell: str) -> int:
    return int(cell.replace(" %", "").replace(".", ""))


def test_weights():
    told = {row["factor"]: row for row in table(PAGE, "factor")}
    for name, column in (
        ("new", "new and existing"),
        ("existing", "new and existing"),
        ("hospital", "public hospital"),
    ):
        weights = {factor.code: factor.weight for factor in BOOK.sheets[name].factors}
        assert weights == {code: int(row[column]) for code, row in told.items() if row[column]}


def test_behaviour():
    case = replace(
        CLEAN, due_fen=300_00, on_time_fen=150_00, weighed_fen=300_00, late_fen_days=50_00 * 10 + 100_00 * 22,
        months_bought=3, months_possible=3,
    )  # fmt: skip
    lines = {line.code: line for line in scoring.score(case, BOOK).lines if line.family == "behaviour"}
    for row in table(PAGE, "part"):
        line = lines[row["part"]]
        assert (line.weight, line.points_c) == (int(row["weight"]), hundredths(row["points"]))
        assert line.moved == (not row["share"])
        if row["share"]:
            assert line.got == hundredths(row["share"])


@pytest.mark.parametrize("row", table(PAGE, "points"), ids=lambda row: row["points"])
def test_bands(row):
    assert scoring.band(hundredths(row["points"]), BOOK.grading) == row["grade"]


@pytest.mark.parametrize("row", table(PAGE, "seen"), ids=lambda row: f"{row['seen']} {row['value']}")
def test_caps(row):
    value = bool(int(row["value"])) if row["seen"] in ("papers_missing", "pressed") else int(row["value"])
    assert scoring.score(perfect(**{row["seen"]: value}), BOOK).grade == row["at best"]


# --- cards from outcomes -------------------------------------------------------------------------------------------------


def cases(seed: int, count: int = 800):
    """An attribute that tells much, one that tells nothing, one with words; a tenth missing."""
    chance = np.random.default_rng(seed)
    strength = chance.normal(size=count)
    bad = (chance.random(count) < np.reciprocal(1 + np.exp(1 + 2 * strength))).astype(int)
    columns = {
        "strength": [float("nan") if n % 10 == 0 else float(x) for n, x in enumerate(strength)],
        "noise": [float(x) for x in chance.normal(size=count)],
        "word": ["good" if x > 0 else "" if n % 7 == 0 else "poor" for n, x in enumerate(strength)],
    }
    return columns, bad


@pytest.mark.parametrize("seed", range(5))
def test_a_card_is_monotone_whole_and_at_most_a_hundred(seed):
    columns, bad = cases(seed)
    card = make_card(columns, bad)
    strength = next(one for one in card.attributes if one.name == "strength")
    points = [one.points for one in strength.bins[:-1]]
    assert points in (sorted(points), sorted(points, reverse=True))
    assert all(one.points >= 0 for attribute in card.attributes for one in attribute.bins)
    assert 97 <= sum(max(one.points for one in attribute.bins) for attribute in card.attributes) <= 103
    got = card.points(columns)
    assert got[bad == 0].mean() > got[bad == 1].mean() + 10


def test_a_card_takes_what_it_never_saw():
    columns, bad = cases(1)
    card = make_card(columns, bad)
    strange = {"strength": [float("nan"), 99.0], "noise": [0.0, -99.0], "word": ["never", ""]}
    assert len(card.points(strange)) == 2
