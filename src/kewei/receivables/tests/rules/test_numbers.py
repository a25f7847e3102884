"""Every line of the table of memos in docs/algorithms/matching-receipts.md."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kewei.receivables.rules import numbers_in_memo, tidy_number
from kewei.receivables.tests.rules.worked import several, table


@pytest.mark.parametrize("case", table("matching-receipts.md", "memo", "known"), ids=lambda case: case["memo"])
def test_worked_memos(case):
    assert numbers_in_memo(case["memo"], several(case["known"])) == several(case["found"])


def test_a_range_too_long_to_be_meant_is_not_expanded():
    assert numbers_in_memo("10000000-99999999", ["10000000", "55555555", "99999999"]) == ["10000000", "99999999"]


@given(st.text(alphabet="0123456789ABC-_/、 至元年", max_size=60), st.lists(st.text("0123456789A-", max_size=9)))
def test_any_memo_can_be_read(memo, known):
    assert set(numbers_in_memo(memo, known)) <= set(known)


@given(st.text("0123456789", min_size=5, max_size=12))
def test_a_number_standing_alone_is_found(number):
    assert numbers_in_memo(f"货款 {number} 药款", [number]) == [number]


@pytest.mark.parametrize("written", ["ｆ１０３", " F 103 ", "F103"])
def test_one_number_written_in_many_ways(written):
    assert tidy_number(written) == "F103"
