"""What must add up, and what should alarm (domain 5.4 进销存核对, 5.5, 5.7). Quantities in thousandths of a unit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kewei.kernel.refusals import N_, Refused, refusal


@refusal
class MassLost(Refused):
    code = "flows_mass_lost"
    says = N_("原始数量 {raw} 与清洗后 {clean} 加搁置 {aside} 不相等（千分之一单位）")


@dataclass(frozen=True)
class FileBalance:
    """A file's rows and quantities: all of them, those that went on, those set aside, those whose quantity nobody can read."""

    rows: int
    clean_rows: int
    aside_rows: int
    unreadable: int
    raw_milli: int
    clean_milli: int
    aside_milli: int

    @property
    def difference_milli(self) -> int:
        """Nought, or something was lost or made."""
        return self.raw_milli - self.clean_milli - self.aside_milli

    @property
    def holds(self) -> bool:
        """Whether rows and quantities both add up, to the unit."""
        return not self.difference_milli and self.rows == self.clean_rows + self.aside_rows

    def check(self) -> FileBalance:
        """The same. Raises MassLost where it does not add up."""
        if not self.holds:
            raise MassLost(raw=self.raw_milli, clean=self.clean_milli, aside=self.aside_milli)
        return self


def balance_of(raw: Sequence[int | None], clean: Sequence[int], aside: Sequence[int | None]) -> FileBalance:
    """The balance of a file from the quantities of its rows; None where a row's quantity cannot be read."""
    return FileBalance(
        rows=len(raw),
        clean_rows=len(clean),
        aside_rows=len(aside),
        unreadable=sum(one is None for one in raw),
        raw_milli=sum(one or 0 for one in raw),
        clean_milli=sum(clean),
        aside_milli=sum(one or 0 for one in aside),
    )


@dataclass(frozen=True)
class Rolled:
    """A distributor's month of one product: opening + in − out = what should be there, beside what was counted."""

    opening_milli: int | None
    in_milli: int
    out_milli: int
    counted_milli: int | None

    @property
    def expected_milli(self) -> int | None:
        """What should be there; None where nobody counted the month before."""
        return None if self.opening_milli is None else self.opening_milli + self.in_milli - self.out_milli

    @property
    def difference_milli(self) -> int | None:
        """Counted less expected; None where one of them is not known."""
        if self.counted_milli is None or self.expected_milli is None:
            return None
        return self.counted_milli - self.expected_milli

    @property
    def holds(self) -> bool:
        """Whether the count is what it should be."""
        return self.difference_milli == 0

    @property
    def closing_milli(self) -> int | None:
        """What the month ends with: the count, else what should be there."""
        return self.counted_milli if self.counted_milli is not None else self.expected_milli


def months_of_stock_pct(closing_milli: int | None, outs_milli: Sequence[int]) -> int | None:
    """How long the stock lasts at the average of these months' sell-through, in hundredths of a month, rounded down.

    None where nothing is known of the stock; where nothing was sold it lasts for ever, which is told as None too, by
    `never_sold`.
    """
    sold = sum(outs_milli)
    if closing_milli is None or sold <= 0:
        return None
    return max(closing_milli, 0) * 100 * len(outs_milli) // sold


def never_sold(closing_milli: int | None, outs_milli: Sequence[int]) -> bool:
    """Whether there is stock of which nothing was sold in these months."""
    return bool(closing_milli and closing_milli > 0 and sum(outs_milli) <= 0)


def stock_alarms(closing_milli: int | None, outs_milli: Sequence[int], limit_pct: int) -> bool:
    """Whether stock lies in the channel for longer than allowed: sell-in is becoming a receivable, not demand."""
    months = months_of_stock_pct(closing_milli, outs_milli)
    return never_sold(closing_milli, outs_milli) or (months is not None and months > limit_pct)


class Sold(NamedTuple):
    """A line of sell-through: keys of line, distributor, terminal, product; the batch as written; its quantity."""

    line: int
    distributor: int
    terminal: int
    product: int
    batch: str
    quantity_milli: int


class Diverted(NamedTuple):
    """窜货: a line that left its territory, or goods of a batch that went to another distributor."""

    line: int
    why: str
    whose: tuple[int, ...] = ()


TERRITORY, BATCH = "territory", "batch"
DIVERSIONS: dict[str, str] = {
    TERRITORY: N_("卖到了区域之外"),
    BATCH: N_("批号供给了别的经销商"),
}


def diversions(
    lines: Iterable[Sold],
    paths: Mapping[int, str],
    supplied: Mapping[tuple[int, str], Collection[int]],
) -> list[Diverted]:
    """Lines sold outside the distributor's territory, and lines of a batch that only other distributors were supplied with.

    `paths` are territory paths /1/3/ of distributors and terminals by key; a terminal at or below its distributor's
    territory is inside, one without a territory tells nothing. `supplied` says by (product, batch) which distributors
    were supplied; a batch nobody reported tells nothing. Returns tell nothing either: the goods come back.
    """
    found: list[Diverted] = []
    for line in lines:
        if line.quantity_milli <= 0:
            continue
        home, there = paths.get(line.distributor, ""), paths.get(line.terminal, "")
        if home and there and not there.startswith(home):
            found.append(Diverted(line.line, TERRITORY))
        owners = supplied.get((line.product, line.batch)) if line.batch else None
        if owners and line.distributor not in owners:
            found.append(Diverted(line.line, BATCH, tuple(sorted(owners))))
    return found


def attributed(usage: Mapping[int, int], stands_for: Mapping[int, int]) -> dict[int, int]:
    """Usage with off-site pharmacies' quantities shown at the hospital they serve: moved, never copied, so the sum stays."""
    found: dict[int, int] = {}
    for terminal, milli in usage.items():
        to = stands_for.get(terminal, terminal)
        found[to] = found.get(to, 0) + milli
    return found


def in_products_unit(quantity_milli: int, times: int, per: int) -> int:
    """A quantity in the product's own unit, where `per` of the unit it was written in hold `times` of the product's: a case
    of ten boxes is 10 per 1, a tablet of a box of 24 is 1 per 24. Half a thousandth rounds away from nought."""
    milli = (abs(quantity_milli) * times * 2 + per) // (2 * per)
    return milli if quantity_milli >= 0 else -milli
