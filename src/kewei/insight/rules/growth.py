"""两种增长: more customers, or more from each; what changed between two periods, to the fen (domain 1B rows 17–24)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median

NEW, REACTIVATED, GROWN, SHRUNK, LOST = "new", "reactivated", "grown", "shrunk", "lost"
WAYS = (NEW, REACTIVATED, GROWN, SHRUNK, LOST)


@dataclass(frozen=True, slots=True)
class Bought:
    """What one terminal bought: fen now and in the period before, its first and last day ever, days with orders and products now."""

    terminal: int
    kind: str
    now_fen: int
    before_fen: int
    first_day: date
    last_day: date
    days_now: int
    days_before: int
    products_now: int


@dataclass(frozen=True, slots=True)
class Part:
    """One way sales changed: by how many terminals and how much; lost and shrunk are negative."""

    way: str
    terminals: int
    fen: int


@dataclass(frozen=True, slots=True)
class Growth:
    """The change from one period to the next; the parts add up to it exactly."""

    before_fen: int
    now_fen: int
    parts: tuple[Part, ...]

    @property
    def change_fen(self) -> int:
        """By how much sales changed."""
        return self.now_fen - self.before_fen


def way_of(one: Bought, began: date) -> str:
    """Which way a terminal's sales changed; '' where it bought the same, or nothing in either period.

    `began` is the first day of the period before: who bought earlier than that and not in it has come back.
    """
    if one.before_fen <= 0 < one.now_fen:
        return REACTIVATED if one.first_day < began else NEW
    if one.now_fen <= 0 < one.before_fen:
        return LOST
    if one.now_fen == one.before_fen:
        return ""
    return GROWN if one.now_fen > one.before_fen else SHRUNK


def grow(bought: Iterable[Bought], began: date) -> Growth:
    """The change of all terminals, way by way. Every fen of it is in exactly one part."""
    counts, sums = dict.fromkeys(WAYS, 0), dict.fromkeys(WAYS, 0)
    now = before = 0
    for one in bought:
        now += one.now_fen
        before += one.before_fen
        if way := way_of(one, began):
            counts[way] += 1
            sums[way] += one.now_fen - one.before_fen
    return Growth(before, now, tuple(Part(way, counts[way], sums[way]) for way in WAYS))


def slowing(one: Bought, today: date, days: int) -> bool:
    """Whether a terminal that used to order has been silent longer than half again its own gap between orders.

    `days` is the length of both periods together.
    """
    orders = one.days_now + one.days_before
    if orders < 3:
        return False
    gap = days // orders
    return (today - one.last_day).days * 2 > gap * 3


def narrow(bought: Iterable[Bought]) -> set[int]:
    """Terminals that buy fewer products than half of their kind do: where more varieties could go."""
    every = [one for one in bought if one.now_fen > 0]
    usual = {
        kind: median(one.products_now for one in every if one.kind == kind) for kind in {one.kind for one in every}
    }
    return {one.terminal for one in every if one.products_now < usual[one.kind]}
