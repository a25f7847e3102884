"""Money is whole fen. Yuan exist only in what people type and read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from kewei.kernel.refusals import N_, Refused, refusal
from kewei.kernel.yuan_text import yuan, yuan_in_words, yuan_plain

__all__ = ["MAX_FEN", "BadAmount", "fen_from_text", "split_fen", "yuan", "yuan_in_words", "yuan_plain"]

# 100 亿元: no single document of a pharmaceutical company is larger; more is a slip of the keyboard.
MAX_FEN = 10**12

EMPTY = N_("没有填写")
NOT_A_NUMBER = N_("不是数字")
WRONG_GROUPS = N_("千分位逗号或小数点的位置不对")
TOO_MANY_DECIMALS = N_("小数超过两位（精确到分）")
TOO_LARGE = N_("金额超过上限 100 亿元，请检查是否多输了数字")


@refusal
class BadAmount(Refused):
    code = "bad_amount"
    says = N_("「{text}」不能作为金额：{reason}")


_TEN_THOUSANDS = {"": 0, "万": 4, "亿": 8}
_PLAIN = r"[0-9]+"
_BY_THOUSANDS = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+"
_AMOUNT = re.compile(rf"(?P<whole>{_BY_THOUSANDS}|{_PLAIN})?(?:\.(?P<cents>[0-9]*))?(?P<unit>[万亿])?")
_CURRENCY = re.compile(r"人民币|RMB|CNY|¥|元整|元正|元|圆整|圆", re.IGNORECASE)
_GROUPED_WRONGLY = re.compile(r"[0-9,. ]+")

# A sum of cells in a spreadsheet is off by some 1e-12; a price with a third decimal is off by 1e-3.
_ROUNDING_RESIDUE = Decimal("0.000001")


def fen_from_text(value: object) -> int:
    """Read an amount of yuan as people type it, or as a spreadsheet holds it, into whole fen.

    Accepts 1,234.50 · ￥1 234.5 · -3 · (12.30) for negative · full-width digits · 1.2万 · 人民币12元,
    and int, Decimal or float yuan. A float counts as the 15 digits a spreadsheet shows of it.
    Raises BadAmount with the reason: more than two decimals, not a number, larger than MAX_FEN.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise BadAmount(text=str(value), reason=NOT_A_NUMBER)
    yuan_value = _decimal_from_text(value) if isinstance(value, str) else _decimal_from_number(value)
    if abs(yuan_value) * 100 > MAX_FEN:
        raise BadAmount(text=str(value), reason=TOO_LARGE)
    fen = yuan_value * 100
    if fen != fen.to_integral_value():
        raise BadAmount(text=str(value), reason=TOO_MANY_DECIMALS)
    return int(fen)


def _decimal_from_number(value: int | float | Decimal) -> Decimal:
    exact = Decimal(format(value, ".15g")) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        raise BadAmount(text=str(value), reason=NOT_A_NUMBER)
    if isinstance(value, float) and abs(exact) * 100 <= MAX_FEN:
        rounded = exact.quantize(Decimal("0.01"))
        return rounded if abs(exact - rounded) <= _ROUNDING_RESIDUE else exact
    return exact


def _decimal_from_text(text: str) -> Decimal:
    bare = " ".join(unicodedata.normalize("NFKC", text).replace("−", "-").split())
    if not bare:
        raise BadAmount(text=text, reason=EMPTY)
    if len(bare) > 60:
        raise BadAmount(text=text[:60] + "…", reason=NOT_A_NUMBER)
    sign, bare = _take_sign(_CURRENCY.sub("", bare).strip())
    found = _AMOUNT.fullmatch(bare)
    if not found or not (found["whole"] or found["cents"]):
        wrong_groups = _GROUPED_WRONGLY.fullmatch(bare) and bare[0].isdigit()
        raise BadAmount(text=text, reason=WRONG_GROUPS if wrong_groups else NOT_A_NUMBER)
    whole = (found["whole"] or "0").replace(",", "").replace(" ", "")
    number = Decimal(f"{whole}.{found['cents'] or '0'}")
    return sign * number.scaleb(_TEN_THOUSANDS[found["unit"] or ""])


def _take_sign(text: str) -> tuple[int, str]:
    """Split a leading or trailing minus, or brackets around, from the number."""
    if text.startswith("(") and text.endswith(")"):
        return -1, text[1:-1].strip()
    if text.startswith("-"):
        return -1, text[1:].strip()
    if text.endswith("-"):
        return -1, text[:-1].strip()
    return 1, text.removeprefix("+").strip()


def split_fen(total_fen: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by weights to the fen: the parts add up to the total exactly.

    Largest remainders get the odd fen, earlier parts first where remainders tie. A negative total is the
    mirror image of the positive one. Raises ValueError for a negative weight, or where all weights are nought.
    """
    weight_sum = sum(weights)
    if weight_sum <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative and must not all be nought")
    sign, amount = (-1, -total_fen) if total_fen < 0 else (1, total_fen)
    shares = [divmod(amount * weight, weight_sum) for weight in weights]
    parts = [part for part, _ in shares]
    by_remainder = sorted(range(len(parts)), key=lambda i: -shares[i][1])
    for i in by_remainder[: amount - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]
