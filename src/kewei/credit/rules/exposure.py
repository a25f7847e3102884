"""授信占用: what a customer owes or will owe us, one formula for everybody (domain 3.5; docs/algorithms/exposure.md)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from kewei.kernel.refusals import N_

# The parts in the order of their life; the sign says whether a part adds to exposure or takes from it.
PARTS: dict[str, tuple[int, str]] = {
    "ordered": (1, N_("未发货订单")),
    "delivered": (1, N_("已发货未开票")),
    "invoiced": (1, N_("已开票未收款")),
    "bills": (1, N_("未到期票据")),
    "unapplied": (-1, N_("未核销收款与红字")),
    "deposits": (-1, N_("保证金")),
}


@dataclass(frozen=True, slots=True)
class Exposure:
    """The parts of a customer's exposure, each in fen and none below nought."""

    ordered_fen: int = 0
    delivered_fen: int = 0
    invoiced_fen: int = 0
    bills_fen: int = 0
    unapplied_fen: int = 0
    deposits_fen: int = 0

    @property
    def total_fen(self) -> int:
        """Open orders + delivered not invoiced + open invoices + immature bills − unapplied − deposits, fen.

        Below nought where the customer has paid ahead.
        """
        return sum(sign * self.part(name) for name, (sign, _words) in PARTS.items())

    def part(self, name: str) -> int:
        """One part by its name in PARTS, fen."""
        return getattr(self, f"{name}_fen")

    def __add__(self, other: Exposure) -> Exposure:
        """The exposure of two customers together."""
        return Exposure(*(self.part(name) + other.part(name) for name in PARTS))


@dataclass(frozen=True, slots=True)
class Standing:
    """信用状况: everything about a customer's credit that an order is judged by, on one day; fen and days.

    `limit_fen` is None where no limit is in force: that is no credit, not unlimited credit. `part_limits` are (part,
    fen). `group_limit_fen` is None where the customer belongs to no group that has a limit; `group_exposure_fen` then
    stays nought. `overdue_days` are those of the oldest open invoice. `months_traded` counts since its first invoice,
    None where there is none yet; `orders_paid` how many invoices are wholly settled, counted as far as it matters.
    """

    grade: str = ""
    limit_fen: int | None = None
    temporary_fen: int = 0
    term_days: int = 0
    limit_until: date | None = None
    part_limits: tuple[tuple[str, int], ...] = ()
    exposure: Exposure = Exposure()
    group_limit_fen: int | None = None
    group_exposure_fen: int = 0
    overdue_days: int = 0
    overdue_fen: int = 0
    holds: tuple[tuple[str, str], ...] = ()
    red_lines: tuple[str, ...] = ()
    months_traded: int | None = None
    orders_paid: int = 0

    @property
    def granted_fen(self) -> int:
        """The fixed limit with the temporary one, fen; nought without a limit."""
        return 0 if self.limit_fen is None else self.limit_fen + self.temporary_fen

    @property
    def own_headroom_fen(self) -> int:
        """What is left of the customer's own limit, fen; below nought where it is overdrawn."""
        return self.granted_fen - self.exposure.total_fen

    @property
    def headroom_fen(self) -> int:
        """What a new order may still take: the smaller of what its own and its group's limit leave, fen.

        Nought at most where no limit is in force, whatever was paid ahead: there is no credit to give.
        """
        if self.limit_fen is None:
            return min(0, self.own_headroom_fen)
        if self.group_limit_fen is None:
            return self.own_headroom_fen
        return min(self.own_headroom_fen, self.group_limit_fen - self.group_exposure_fen)

    def parts_over(self, more_fen: int = 0, part: str = "ordered") -> list[tuple[str, int, int]]:
        """Parts above their own limits if `more_fen` came to `part`: (part, its limit, what it would be), fen."""
        after = replace(self.exposure, **{f"{part}_fen": self.exposure.part(part) + more_fen})
        return [(name, limit, after.part(name)) for name, limit in self.part_limits if after.part(name) > limit]
