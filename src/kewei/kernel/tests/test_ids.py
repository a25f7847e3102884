"""Credit codes, keys and digests."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kewei.kernel import ids
from kewei.kernel.ids import CREDIT_CODE_ALPHABET, credit_code_fault, digest, make_credit_code, new_key
from kewei.kernel.tests.making import python

letters = st.sampled_from(CREDIT_CODE_ALPHABET)
bodies = st.tuples(
    st.text(letters, min_size=2, max_size=2),
    st.from_regex(r"[0-9]{6}", fullmatch=True),
    st.text(letters, min_size=9, max_size=9),
).map("".join)


def check_digit_of_the_standard(body: str) -> str:
    """As GB 32100-2015 writes it: the powers of three listed, the remainder taken from 31."""
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    remainder = sum(CREDIT_CODE_ALPHABET.index(c) * w for c, w in zip(body, weights, strict=True)) % 31
    return CREDIT_CODE_ALPHABET[0 if remainder == 0 else 31 - remainder]


# Published by the registers they belong to.
@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L", "91440300708461136T"])
def test_real_codes_have_no_fault(code):
    assert credit_code_fault(code) is None


@given(bodies)
def test_a_made_code_has_no_fault_and_agrees_with_the_standard(body):
    code = make_credit_code(body)
    assert credit_code_fault(code) is None
    assert code[17] == check_digit_of_the_standard(body)


@given(bodies, st.integers(min_value=0, max_value=17), letters)
def test_one_misread_character_never_passes(body, place, other):
    code = make_credit_code(body)
    misread = code[:place] + other + code[place + 1 :]
    assert (credit_code_fault(misread) is None) == (misread == code)


@given(bodies, st.integers(min_value=0, max_value=16))
def test_two_neighbours_swapped_never_pass(body, place):
    code = make_credit_code(body)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (credit_code_fault(swapped) is None) == (swapped == code)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("", ids.WRONG_LENGTH),
        ("91350100M000100Y4", ids.WRONG_LENGTH),
        ("91350100M000100Y433", ids.WRONG_LENGTH),
        ("91350100M000100I43", ids.WRONG_CHARACTER),
        ("91350100m000100y43", ids.WRONG_CHARACTER),
        ("９1350100M000100Y43", ids.WRONG_CHARACTER),
        ("91350A00M000100Y43", ids.WRONG_REGION),
        ("91350100M000100Y44", ids.WRONG_CHECK_DIGIT),
    ],
)
def test_faults_are_named(code, fault):
    assert credit_code_fault(code) == fault


@pytest.mark.parametrize("body", ["", "9135010", "91350100M000100Y4", "9135A100M000100Y4x", "91350100M000100OY"])
def test_only_a_proper_body_gets_a_check_digit(body):
    if body == "91350100M000100Y4":
        assert make_credit_code(body) == "91350100M000100Y43"
        return
    with pytest.raises(ValueError):
        make_credit_code(body)


def test_keys_are_fresh():
    assert len({new_key() for _ in range(1000)}) == 1000
    assert all(character in "0123456789abcdef" for character in new_key())


def test_a_digest_does_not_depend_on_order_or_process():
    value = {"b": [1, None, True, "药"], "a": {"day": date(2024, 1, 31), "at": datetime(2024, 1, 31, 8)}}
    same = {"a": {"at": datetime(2024, 1, 31, 8), "day": date(2024, 1, 31)}, "b": (1, None, True, "药")}
    assert digest(value) == digest(same)
    elsewhere = python(
        """
        from datetime import date, datetime
        from kewei.kernel.ids import digest
        print(digest({"b": [1, None, True, "药"], "a": {"at": datetime(2024, 1, 31, 8), "day": date(2024, 1, 31)}}))
        """,
        PYTHONHASHSEED="7",
    )
    assert elsewhere.strip() == digest(value)


def test_a_digest_tells_values_apart():
    different = [1, "1", [1], {"1": 1}, True, None, "", [], {}, [[1]], [1, 1], "2024-01-31x"]
    assert len({digest(value) for value in different}) == len(different)


@pytest.mark.parametrize("value", [1.5, [1.5], {"a": {"b": 0.1}}, {1: 2}, {"a": object()}, float("nan")])
def test_what_has_no_canonical_form_is_not_digested(value):
    with pytest.raises(TypeError):
        digest(value)
