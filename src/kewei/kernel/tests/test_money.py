"""Money: reading, printing, splitting; every figure to the fen."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kewei.kernel import money
from kewei.kernel.money import MAX_FEN, BadAmount, fen_from_text, split_fen, yuan, yuan_in_words, yuan_plain

amounts_fen = st.integers(min_value=-MAX_FEN, max_value=MAX_FEN)


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("1,234.50", 123450),
        ("1234.5", 123450),
        ("￥1 234.5", 123450),
        ("¥-3", -300),
        ("-¥3", -300),
        ("−3", -300),
        ("3-", -300),
        ("+3", 300),
        ("(12.30)", -1230),
        ("（12.30）", -1230),
        ("￥(12.30)", -1230),
        ("１２３．４５", 12345),
        ("１，２３４．５０", 123450),
        ("1.2万", 1_200_000),
        ("1.23456万", 1_234_560),
        ("0.5亿元", 5_000_000_000),
        ("人民币12.00元", 1200),
        ("RMB 12", 1200),
        ("cny12.1", 1210),
        ("12元整", 1200),
        ("12.", 1200),
        (".5", 50),
        ("12.3400", 1234),
        ("007", 700),
        ("  1,234,567.89\u00a0", 123456789),
        ("0", 0),
        ("-0.00", 0),
        ("10000000000", MAX_FEN),
        (12, 1200),
        (0.1 + 0.2, 30),
        (84701.53999999999, 8470154),
        (9999999999.99, 999_999_999_999),
        (1e10, MAX_FEN),
        (-2.675, None),
        (Decimal("12.30"), 1230),
    ],
)
def test_amounts_as_people_type_them(typed, fen):
    if fen is None:
        with pytest.raises(BadAmount):
            fen_from_text(typed)
    else:
        assert fen_from_text(typed) == fen


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", money.EMPTY),
        ("   ", money.EMPTY),
        ("¥", money.NOT_A_NUMBER),
        ("元", money.NOT_A_NUMBER),
        ("abc", money.NOT_A_NUMBER),
        ("12a", money.NOT_A_NUMBER),
        ("#N/A", money.NOT_A_NUMBER),
        ("1e3", money.NOT_A_NUMBER),
        ("--3", money.NOT_A_NUMBER),
        ("-(3)", money.NOT_A_NUMBER),
        ("(-3)", money.NOT_A_NUMBER),
        ("万", money.NOT_A_NUMBER),
        ("nan", money.NOT_A_NUMBER),
        ("inf", money.NOT_A_NUMBER),
        ("٣", money.NOT_A_NUMBER),
        (".", money.NOT_A_NUMBER),
        ("9" * 200, money.NOT_A_NUMBER),
        (None, money.NOT_A_NUMBER),
        (True, money.NOT_A_NUMBER),
        (float("nan"), money.NOT_A_NUMBER),
        (float("inf"), money.NOT_A_NUMBER),
        (Decimal("NaN"), money.NOT_A_NUMBER),
        ("1,23", money.WRONG_GROUPS),
        ("12,50", money.WRONG_GROUPS),
        ("1,2345.00", money.WRONG_GROUPS),
        ("1.234,50", money.WRONG_GROUPS),
        ("1.2.3", money.WRONG_GROUPS),
        ("12 50", money.WRONG_GROUPS),
        ("12.345", money.TOO_MANY_DECIMALS),
        ("0.001", money.TOO_MANY_DECIMALS),
        ("1.2345678万", money.TOO_MANY_DECIMALS),
        (12.345, money.TOO_MANY_DECIMALS),
        (1e-9, None),
        (Decimal("0.005"), money.TOO_MANY_DECIMALS),
        ("10000000000.01", money.TOO_LARGE),
        ("1000000000000000000", money.TOO_LARGE),
        ("-1000000000000000000", money.TOO_LARGE),
        ("101亿", money.TOO_LARGE),
        (1e18, money.TOO_LARGE),
        (10**18, money.TOO_LARGE),
        (1.7976931348623157e308, money.TOO_LARGE),
    ],
)
def test_what_is_not_an_amount_is_refused_with_the_reason(typed, reason):
    if reason is None:  # what a sum of cells leaves over is nought
        assert fen_from_text(typed) == 0
        return
    with pytest.raises(BadAmount) as refused:
        fen_from_text(typed)
    assert refused.value.reason == reason
    assert refused.value.code == "bad_amount"


@given(amounts_fen)
def test_every_printed_amount_reads_back(fen):
    assert fen_from_text(yuan(fen)) == fen
    assert fen_from_text(yuan_plain(fen)) == fen
    assert fen_from_text(f"￥{yuan(fen)}元") == fen
    assert fen_from_text(Decimal(fen) / 100) == fen


@given(amounts_fen)
def test_every_amount_survives_a_spreadsheet_cell(fen):
    assert fen_from_text(fen / 100) == fen


@given(st.lists(st.integers(min_value=-(10**9), max_value=10**9), max_size=30))
def test_a_sum_of_cells_reads_as_the_exact_sum(fens):
    drifting = 0.0
    for fen in fens:
        drifting += fen / 100
    assert fen_from_text(drifting) == sum(fens)


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_a_refusal(text):
    try:
        fen = fen_from_text(text)
    except BadAmount:
        return
    assert abs(fen) <= MAX_FEN
    assert any(character.isdigit() for character in text)


@pytest.mark.parametrize(
    ("fen", "shown", "plain"),
    [
        (0, "0.00", "0.00"),
        (5, "0.05", "0.05"),
        (-5, "-0.05", "-0.05"),
        (-123450, "-1,234.50", "-1234.50"),
        (123456789012, "1,234,567,890.12", "1234567890.12"),
    ],
)
def test_printing(fen, shown, plain):
    assert (yuan(fen), yuan_plain(fen)) == (shown, plain)


# --- capital amounts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (15, "壹角伍分"),
        (100, "壹元整"),
        (105, "壹元零伍分"),
        (150, "壹元伍角整"),
        (1000, "壹拾元整"),
        (123450, "壹仟贰佰叁拾肆元伍角整"),
        # the examples of the rule itself
        (140950, "壹仟肆佰零玖元伍角整"),
        (600714, "陆仟零柒元壹角肆分"),
        (168032, "壹仟陆佰捌拾元叁角贰分"),
        (10700053, "壹拾万柒仟元伍角叁分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (32504, "叁佰贰拾伍元零肆分"),
        # zeros across the steps of ten thousand
        (1_0000_00, "壹万元整"),
        (1_0001_00, "壹万零壹元整"),
        (10_0000_00, "壹拾万元整"),
        (1_0000_0000_00, "壹亿元整"),
        (1_0000_1000_00, "壹亿零壹仟元整"),
        (1_0001_0000_00, "壹亿零壹万元整"),
        (1_0010_0001_00, "壹亿零壹拾万零壹元整"),
        (100_0000_0000_00, "壹佰亿元整"),
        (1_0000_0000_0000_00, "壹万亿元整"),
        (-123450, "负壹仟贰佰叁拾肆元伍角整"),
        (-5, "负伍分"),
    ],
)
def test_capital_amounts(fen, words):
    assert yuan_in_words(fen) == words


def words_digit_by_digit(fen: int) -> str:
    """The slow way, by hand: walk the digits from the left, remember a skipped place, close each four with 万 or 亿."""
    said, skipped, places = "", False, ["", "拾", "佰", "仟"]
    digits = str(abs(fen) // 100)
    for place in range(len(digits) - 1, -1, -1):
        digit = digits[len(digits) - 1 - place]
        if digit == "0":
            skipped = True
        else:
            said += ("零" if skipped and said else "") + "零壹贰叁肆伍陆柒捌玖"[int(digit)] + places[place % 4]
            skipped = False
        four = digits[max(0, len(digits) - place - 4) : len(digits) - place]
        if place % 4 == 0 and place and four.strip("0"):
            said += {4: "万", 8: "亿"}[place]
            skipped = False
    jiao, last = f"{abs(fen) % 100:02d}"
    if said or abs(fen) % 100 == 0:
        said = (said or "零") + "元"
    if jiao != "0":
        said += "零壹贰叁肆伍陆柒捌玖"[int(jiao)] + "角"
    elif last != "0" and said:
        said += "零"
    said += "零壹贰叁肆伍陆柒捌玖"[int(last)] + "分" if last != "0" else "整"
    return ("负" if fen < 0 else "") + said


@given(st.integers(min_value=-(10**14) + 1, max_value=10**14 - 1))
def test_capital_amounts_agree_with_the_slow_way(fen):
    assert yuan_in_words(fen) == words_digit_by_digit(fen)


@given(st.lists(st.sampled_from("0009105"), min_size=1, max_size=14).map("".join).map(int))
def test_capital_amounts_full_of_zeros_agree_with_the_slow_way(fen):
    assert yuan_in_words(fen) == words_digit_by_digit(fen)


WORD_VALUE = {word: value for value, word in enumerate("零壹贰叁肆伍陆柒捌玖")}


def fen_of_words(words: str) -> int:
    """Read a capital amount back, sum by sum."""
    sign = -1 if words.startswith("负") else 1
    words = words.removeprefix("负").removesuffix("整")
    yuan_part, found, cents = words.rpartition("元")
    total = section = digit = 0
    for word in yuan_part:
        if word in WORD_VALUE:
            digit = WORD_VALUE[word]
        elif word in "拾佰仟":
            section += digit * {"拾": 10, "佰": 100, "仟": 1000}[word]
            digit = 0
        elif word == "万":
            total += (section + digit) * 10**4
            section = digit = 0
        else:
            total = (total + section + digit) * 10**8
            section = digit = 0
    fen = (total + section + digit) * 100
    digit = 0
    for word in cents:
        if word in WORD_VALUE:
            digit = WORD_VALUE[word]
        else:
            fen += digit * {"角": 10, "分": 1}[word]
    assert found or "元" not in words
    return sign * fen


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_capital_amounts_read_back_and_are_well_formed(fen):
    words = yuan_in_words(fen)
    assert fen_of_words(words) == fen
    assert "零零" not in words
    assert not re.search("零[元万亿整]", words.replace("零元整", "") if fen == 0 else words)
    assert words.endswith(("分", "整"))


# --- splitting ----------------------------------------------------------------------------------


def test_three_ways_give_the_odd_fen_to_the_first():
    assert split_fen(100, [1, 1, 1]) == [34, 33, 33]
    assert split_fen(-100, [1, 1, 1]) == [-34, -33, -33]
    assert split_fen(5, [0, 1, 0]) == [0, 5, 0]
    assert split_fen(0, [3, 4]) == [0, 0]


@given(amounts_fen, st.lists(st.integers(min_value=0, max_value=10**12), min_size=1, max_size=40).filter(any))
def test_parts_add_up_and_none_is_a_fen_away_from_its_share(total_fen, weights):
    parts = split_fen(total_fen, weights)
    assert sum(parts) == total_fen
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total_fen) * weight / sum(weights)) < 1
        assert weight or part == 0


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [-1, 3]])
def test_weights_that_cannot_be_split_by(weights):
    with pytest.raises(ValueError):
        split_fen(100, weights)
