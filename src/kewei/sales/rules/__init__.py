"""What sales decide, by topic: lines, months of a terminal, its rhythm and when it lapses. The commonest names are here."""

from typing import Any

from kewei.kernel.policies import Policy
from kewei.sales.rules import lines, months, rhythm
from kewei.sales.rules.lapse import LAPSE
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

POLICIES: tuple[Policy[Any], ...] = (LAPSE,)

__all__ = [
    "MAX_QUANTITY_MILLI",
    "MILLI",
    "POLICIES",
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
