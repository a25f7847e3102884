"""Every line of docs/algorithms/kpis.md: the figures of domain 3.6 with their worked numbers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kewei.receivables.rules import kpis
from kewei.receivables.tests.rules.worked import fen, several, table

PAGE = "kpis.md"


def days_shown(value: Fraction | None) -> str:
    """A number of days as the page writes it: one decimal, empty where there is none."""
    return "" if value is None else f"{kpis.tenths(value) // 10}.{kpis.tenths(value) % 10}"


def percent_shown(value: Fraction | None) -> str:
    return "" if value is None else f"{kpis.basis_points(value) // 100}.{kpis.basis_points(value) % 100:02d}"


def basis_points(cell: str) -> int:
    """Percent with two decimals are basis points, as yuan with two decimals are fen."""
    return fen(cell)


@pytest.mark.parametrize("case", table(PAGE, "receivables", "not overdue"), ids=str)
def test_dso(case):
    owed_fen, current_fen, sales_fen = (fen(case[name]) for name in ("receivables", "not overdue", "sales"))
    days = int(case["days"])
    assert days_shown(kpis.dso(owed_fen, sales_fen, days)) == case["dso"]
    assert days_shown(kpis.best_possible_dso(current_fen, sales_fen, days)) == case["best possible"]
    assert days_shown(kpis.average_days_delinquent(owed_fen, current_fen, sales_fen, days)) == case["delinquent"]


@pytest.mark.parametrize("case", table(PAGE, "owed at end"), ids=str)
def test_count_back(case):
    sales = [fen(cell) for cell in several(case["monthly sales"])]
    months = list(zip(sales, [int(cell) for cell in several(case["month lengths"])], strict=True))
    counted = kpis.dso_count_back(fen(case["owed at end"]), months)
    assert days_shown(counted.days) == case["counted days"]
    assert counted.unexplained_fen == fen(case["unexplained"])


@pytest.mark.parametrize("case", table(PAGE, "amounts", "days late"), ids=str)
def test_weighted_days_late(case):
    amounts, days = [fen(cell) for cell in several(case["amounts"])], [int(n) for n in several(case["days late"])]
    assert days_shown(kpis.weighted_days_late(zip(amounts, days, strict=True))) == case["weighted"]


@pytest.mark.parametrize("case", table(PAGE, "begin"), ids=str)
def test_collection_effectiveness(case):
    begin_fen, sales_fen, end_fen, current_fen = (
        fen(case[name]) for name in ("begin", "sales of period", "end total", "end not overdue")
    )
    index = kpis.collection_effectiveness(begin_fen, sales_fen, end_fen, current_fen, int(case["months"]))
    assert percent_shown(index) == case["CEI %"]


@pytest.mark.parametrize("case", table(PAGE, "figure"), ids=str)
def test_ratios(case):
    assert case["figure"] in kpis.DEFINITIONS
    assert percent_shown(kpis.ratio(fen(case["part"]), fen(case["whole"]))) == case["percent"]


@pytest.mark.parametrize("case", table(PAGE, "loss"), ids=str)
def test_bad_debt_equivalent_sales(case):
    needed_fen = kpis.bad_debt_equivalent_sales(fen(case["loss"]), basis_points(case["margin %"]))
    assert needed_fen == (fen(case["equivalent sales"]) if case["equivalent sales"] else None)


@pytest.mark.parametrize("case", table(PAGE, "carried"), ids=str)
def test_cost_of_credit(case):
    rate_bp, days = basis_points(case["yearly rate %"]), int(case["carried days"])
    assert kpis.cost_of_credit(fen(case["carried"]), rate_bp, days) == fen(case["cost"])


@pytest.mark.parametrize("case", table(PAGE, "overdue amount"), ids=str)
def test_late_interest(case):
    rate_bp, days = basis_points(case["daily rate %"]), int(case["overdue days"])
    assert kpis.late_interest(fen(case["overdue amount"]), rate_bp, days) == fen(case["interest"])


@pytest.mark.parametrize("case", table(PAGE, "open amount"), ids=str)
def test_limitation_at_risk(case):
    item = (fen(case["open amount"]), int(case["days to limitation"]), case["interrupted"] == "yes")
    assert kpis.limitation_at_risk([item]) == fen(case["at risk"])


def test_figures_without_anything_to_divide_by_are_empty():
    assert kpis.weighted_days_late([]) is None
    assert kpis.ratio(0, 0) is None


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(1, 10**12), st.integers(1, 366))
def test_delinquent_days_are_exactly_the_difference(one_fen, other_fen, sales_fen, days):
    owed_fen, current_fen = max(one_fen, other_fen), min(one_fen, other_fen)
    simple, best = kpis.dso(owed_fen, sales_fen, days), kpis.best_possible_dso(current_fen, sales_fen, days)
    assert simple is not None
    assert best is not None
    assert kpis.average_days_delinquent(owed_fen, current_fen, sales_fen, days) == simple - best


@given(st.integers(1, 10**12), st.integers(28, 31))
def test_counting_back_through_level_sales_equals_the_simple_figure(sales_fen, days):
    counted = kpis.dso_count_back(sales_fen * 2, [(sales_fen, days)] * 3)
    assert counted.days == kpis.dso(sales_fen * 2, sales_fen * 3, days * 3)


@pytest.mark.parametrize(
    ("value", "whole"),
    [(Fraction(1, 2), 1), (Fraction(-1, 2), -1), (Fraction(49, 100), 0), (Fraction(3, 2), 2), (Fraction(-8, 3), -3)],
)
def test_rounding_is_half_away_from_zero(value, whole):
    assert kpis.nearest(value) == whole


def test_every_definition_is_complete():
    for code, definition in kpis.DEFINITIONS.items():
        assert code == definition.code
        assert definition.name
        assert definition.formula
        assert definition.unit in {"days", "percent", "fen"}
