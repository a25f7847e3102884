"""Fen printed as yuan. Apart from `money`, because refusals print amounts and money raises refusals."""

from __future__ import annotations


def yuan(fen: int) -> str:
    """Fen as yuan for reading: 123450 -> 1,234.50."""
    whole, cents = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{cents:02d}"


def yuan_plain(fen: int) -> str:
    """Fen as yuan for files: 123450 -> 1234.50."""
    whole, cents = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{cents:02d}"


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_STEPS = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))


def yuan_in_words(fen: int) -> str:
    """The amount in capital characters 大写: 123450 -> 壹仟贰佰叁拾肆元伍角整.

    After 元 or 角 the amount is closed with 整, after 分 it is not; several zeros in a row are said
    once; a zero is said before 分 where 角 is missing. Where the rule leaves the zero between 元 and 角
    open it is left out (支付结算办法, annex 1: how bills and settlement vouchers are filled in).
    """
    whole, cents = divmod(abs(fen), 100)
    jiao, fen_digit = divmod(cents, 10)
    words = "负" if fen < 0 else ""
    if whole or not cents:
        words += (_in_words(whole) or "零") + "元"
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif fen_digit and whole:
        words += "零"
    return words + (_DIGITS[fen_digit] + "分" if fen_digit else "整")


def _in_words(number: int) -> str:
    for step, name in _STEPS:
        if number >= step:
            head, rest = divmod(number, step)
            gap = "零" if 0 < rest < step // 10 else ""
            return _in_words(head) + name + gap + _in_words(rest)
    return _DIGITS[number] if number else ""
