"""The provision matrix of docs/algorithms/ecl.md."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from kewei.receivables.rules.ecl import Matrix, expected_loss, loss_rates
from kewei.receivables.rules.kpis import basis_points
from kewei.receivables.tests.rules.worked import fen, table

ROWS = table("ecl.md", "ageing")
OWED = [fen(row["owed"]) for row in ROWS]
# Percent with two decimals are basis points, as yuan with two decimals are fen.
MATRIX = Matrix("pharmacies", tuple(fen(row["roll %"]) for row in ROWS), 11_000, "2026-1", "docs")


def test_worked_matrix():
    assert [basis_points(rate) for rate in loss_rates(MATRIX.roll_bp)] == [fen(row["loss rate %"]) for row in ROWS]
    losses = expected_loss(OWED, MATRIX)
    assert losses == [fen(row["expected loss"]) for row in ROWS]
    assert sum(losses) == fen("384,252.00")
    assert basis_points(Fraction(sum(losses), sum(OWED))) == 452


rates = st.lists(st.integers(0, 10_000), min_size=1, max_size=9)


@given(rates, st.integers(0, 30_000), st.data())
def test_no_bucket_loses_more_than_is_owed(roll_bp, outlook_bp, data):
    owed = data.draw(st.lists(st.integers(0, 10**12), min_size=len(roll_bp), max_size=len(roll_bp)))
    losses = expected_loss(owed, Matrix("any", tuple(roll_bp), outlook_bp, "1", "test"))
    assert all(0 <= loss <= fen_owed for loss, fen_owed in zip(losses, owed, strict=True))


@given(rates)
def test_an_older_bucket_never_has_the_lower_rate(roll_bp):
    assert loss_rates(roll_bp) == sorted(loss_rates(roll_bp))
