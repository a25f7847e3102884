"""Expected credit loss by roll rates (docs/algorithms/ecl.md, domain 3.7): what of each bucket will be lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from kewei.receivables.rules.kpis import nearest


@dataclass(frozen=True, slots=True)
class Matrix:
    """A provision matrix of one segment: monthly roll rates per bucket in basis points, an outlook factor, where from.

    `roll_bp[i]` is the part of bucket i that moves on to the next one within a month; the last moves on into loss.
    `outlook_bp` adjusts for what is expected to differ from the window observed: 11,000 means a tenth more.
    """

    segment: str
    roll_bp: tuple[int, ...]
    outlook_bp: int
    version: str
    source: str


def loss_rates(roll_bp: Sequence[int]) -> list[Fraction]:
    """The part of each bucket that ends as loss: the product of its own and all later roll rates, before outlook."""
    rates, rate = [], Fraction(1)
    for roll in reversed(roll_bp):
        assert 0 <= roll <= 10_000
        rate *= Fraction(roll, 10_000)
        rates.append(rate)
    return rates[::-1]


def expected_loss(owed_fen: Sequence[int], matrix: Matrix) -> list[int]:
    """Expected credit loss per bucket, whole fen, never more than what is owed. One amount per roll rate."""
    outlook = Fraction(matrix.outlook_bp, 10_000)
    rates = loss_rates(matrix.roll_bp)
    return [nearest(min(fen * rate * outlook, Fraction(fen))) for fen, rate in zip(owed_fen, rates, strict=True)]
