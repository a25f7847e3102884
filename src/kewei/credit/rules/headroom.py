"""额度占用: what one order may take and give back of a customer's headroom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from kewei.kernel.refusals import N_, Refused, refusal

ORDERED, DELIVERED = "ordered", "delivered"

# Why headroom moved.
WHYS: dict[str, str] = {
    "reserved": N_("下单占用"),
    "delivered": N_("发货转出"),
    "cancelled": N_("取消释放"),
    "lapsed": N_("超时释放"),
    "invoiced": N_("开票转应收"),
    "returned": N_("退货释放"),
}


@refusal
class MoreThanReserved(Refused):
    code = "more_than_reserved"
    says = N_("{reference} 只占用了 {held_fen} 元，不能释放 {wanted_fen} 元")
    status = 409


@refusal
class NothingToReserve(Refused):
    code = "nothing_to_reserve"
    says = N_("占用金额必须大于零，现为 {fen} 元")


@dataclass(frozen=True, slots=True)
class Held:
    """What one order holds: not yet delivered and delivered but not invoiced, fen; `until` ends the first."""

    ordered_fen: int = 0
    delivered_fen: int = 0
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A movement of headroom: the part, fen (positive where taken), and why."""

    part: str
    fen: int
    why: str


def reserve(held: Held, fen: int, until: datetime | None) -> tuple[Held, list[Move]]:
    """Take `fen` more for an order until a moment. Raises NothingToReserve."""
    if fen <= 0:
        raise NothingToReserve(fen=fen)
    return replace(held, ordered_fen=held.ordered_fen + fen, until=until), [Move(ORDERED, fen, "reserved")]


def deliver(held: Held, fen: int, reference: str) -> tuple[Held, list[Move]]:
    """Goods of `fen` left: what was ordered becomes delivered. Raises MoreThanReserved."""
    less, moves = give_back(held, ORDERED, fen, "delivered", reference)
    return replace(less, delivered_fen=less.delivered_fen + fen), [*moves, Move(DELIVERED, fen, "delivered")]


def give_back(held: Held, part: str, fen: int, why: str, reference: str) -> tuple[Held, list[Move]]:
    """Give `fen` of a part back. Raises NothingToReserve, MoreThanReserved."""
    if fen <= 0:
        raise NothingToReserve(fen=fen)
    has = getattr(held, f"{part}_fen")
    if fen > has:
        raise MoreThanReserved(reference=reference, held_fen=has, wanted_fen=fen)
    return replace(held, **{f"{part}_fen": has - fen}), [Move(part, -fen, why)]
