"""Sale lines: what a row says, what it comes to, and how it is taken back."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from kewei.kernel.refusals import N_, Refused, refusal

MILLI = 1000
# A thousand million units of anything on one line is a slip of the keyboard.
MAX_QUANTITY_MILLI = 10**12

SOURCES: dict[str, str] = {
    "import": N_("导入"),
    "order": N_("订单"),
    "flow": N_("流向"),
}


@refusal
class BadQuantity(Refused):
    code = "bad_quantity"
    says = N_("「{text}」不能作为数量：{reason}")


@refusal
class AmountMissing(Refused):
    code = "sale_amount_missing"
    says = N_("金额和单价至少填一项")


@refusal
class AmountDisagrees(Refused):
    code = "sale_amount_disagrees"
    says = N_("金额 {given_fen} 元与数量乘单价 {reckoned_fen} 元不符")


@refusal
class AlreadyReversed(Refused):
    code = "sales_already_reversed"
    says = N_("第 {intake} 号导入的销售明细已经冲回")


class SaleRow(NamedTuple):
    """One line of a file: quantity in thousandths, negative for returns; money in fen with the same sign."""

    terminal_id: int
    product_id: int | None
    product_text: str
    day: date
    quantity_milli: int
    unit_price_fen: int | None
    fen: int
    document: str = ""


def reckon_fen(quantity_milli: int, unit_price_fen: int) -> int:
    """Quantity times unit price in fen, half a fen away from nought rounded up: 1.5 × 0.33 -> 0.50."""
    product = abs(quantity_milli * unit_price_fen)
    fen = (product * 2 + MILLI) // (2 * MILLI)
    return fen if (quantity_milli < 0) == (unit_price_fen < 0) else -fen


def amount_of(quantity_milli: int, unit_price_fen: int | None, given_fen: int | None) -> int:
    """What a line comes to: the amount given, else quantity times price.

    Raises AmountMissing, AmountDisagrees.

    A given amount may differ from the product by the rounding of the price (half a fen a unit) and one fen more.
    """
    if given_fen is None:
        if unit_price_fen is None:
            raise AmountMissing
        return reckon_fen(quantity_milli, unit_price_fen)
    if unit_price_fen is not None:
        reckoned = reckon_fen(quantity_milli, unit_price_fen)
        allowed = abs(quantity_milli) // (2 * MILLI) + 2
        if abs(reckoned - given_fen) > allowed:
            raise AmountDisagrees(given_fen=given_fen, reckoned_fen=reckoned)
    return given_fen
