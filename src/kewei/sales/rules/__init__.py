"""What sales decide, by topic: lines, months of a terminal, its rhythm. The commonest names are here."""

from kewei.sales.rules import lines, months, rhythm
from kewei.sales.rules.lines import (
    MAX_QUANTITY_MILLI,
    MILLI,
    SOURCES,
    AlreadyReversed,
    AmountDisagrees,
    AmountMissing,
    BadQuantity,
    SaleRow,
    amount_of,
    reckon_fen,
)

__all__ = [
    "MAX_QUANTITY_MILLI",
    "MILLI",
    "SOURCES",
    "AlreadyReversed",
    "AmountDisagrees",
    "AmountMissing",
    "BadQuantity",
    "SaleRow",
    "amount_of",
    "lines",
    "months",
    "reckon_fen",
    "rhythm",
]
