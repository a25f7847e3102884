"""Samples: every row as likely as any other, the same again from the same seed; rows of one name are one opinion."""

from __future__ import annotations

from collections import Counter

import pytest

from kewei.flows.rules import sampling
from kewei.flows.rules.sampling import Judged
from kewei.flows.tests.worked import table

ROWS = {1: {11: 700, 12: 100}, 2: {21: 150, 22: 40}, 3: {31: 7, 32: 3}}


def test_a_sample_is_the_same_again_and_has_the_rows_wanted():
    drawn = sampling.draw(ROWS, 200, 7)
    assert drawn == sampling.draw(ROWS, 200, 7)
    assert sum(one.rows for one in drawn) == 200
    assert drawn != sampling.draw(ROWS, 200, 8)


def test_every_distributor_gives_its_share_and_no_alias_more_than_it_has():
    for seed in range(50):
        given = Counter()
        for one in sampling.draw(ROWS, 200, seed):
            given[one.alias // 10] += one.rows
            assert one.rows <= ROWS[one.alias // 10][one.alias]
        assert given[1] == 160
        assert given[2] == 38
        assert given[3] == 2


def test_small_distributors_are_not_left_out_for_ever():
    rows = {d: {d: 3} for d in range(1, 31)}
    seen = {one.alias for seed in range(60) for one in sampling.draw(rows, 10, seed)}
    assert seen == set(range(1, 31))


def test_all_rows_where_there_are_fewer():
    drawn = sampling.draw({1: {11: 2, 12: 1}}, 200, 1)
    assert drawn == [(11, 2), (12, 1)]


def test_so_many_of_a_hundred_are_judged_twice():
    drawn = sampling.draw(ROWS, 200, 7)
    assert len(sampling.judged_twice(drawn, 10, 7)) == 1
    assert len(sampling.judged_twice(drawn, 100, 7)) == len(drawn)


def names(cell: str, right: bool) -> list[Judged]:
    """`50 × 4`: fifty names of four rows each."""
    if not cell:
        return []
    count, rows = cell.split(" × ")
    return [Judged(int(rows), right)] * int(count)


@pytest.mark.parametrize(
    "row", table("flows.md", "rows each of the right names"), ids=lambda row: str(list(row.values()))
)
def test_precision_with_its_interval(row):
    judged = names(row["rows each of the right names"], True) + names(row["rows each of the wrong"], False)
    one = sampling.precision_of(judged, int(row["all rows"]))
    told = [f"{bp / 100:.2f}" for bp in (one.rate_bp, one.low_bp, one.high_bp)]
    assert [str(one.judged), str(one.right), *told] == [
        row[name] for name in ("judged", "right", "precision", "low", "high")
    ]
    rules = sampling.read_sample_rules(sampling.SAMPLE.body)
    assert sampling.warns(one, rules) is (row["warns"] == "yes")


def test_nothing_judged_warns_of_nothing():
    rules = sampling.read_sample_rules(sampling.SAMPLE.body)
    assert sampling.precision_of([], 5) is None
    assert sampling.warns(None, rules) is False


def test_agreement_is_a_share_with_its_interval():
    assert sampling.agreement_of([[1]]) == sampling.Agreement(0, 0)
    found = sampling.agreement_of([[1, 1], [None, None], [1, 2], [3], [5, 5]])
    assert (found.both, found.same, found.rate_bp) == (4, 3, 7_500)
    assert found.low_bp < 7_500 < found.high_bp
