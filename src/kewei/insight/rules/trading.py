"""增长树的列算法: the effects of rules.tree for all terminals at once, as columns of whole numbers (docs/algorithms/growth.md).

One terminal's effects are what `tree.effects` says; here the same is reckoned for hundreds of thousands. What could outgrow
64 bits is left to Python's whole numbers, so that no fen is ever made or lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kewei.insight.rules.tree import (
    KEPT,
    LOST,
    NEW,
    ORDERS,
    PARTS,
    PRICE,
    PRODUCTS,
    REACTIVATED,
    VOLUME,
    Branch,
    Tree,
)

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
BEFORE, NOW = 0, 1
# Products of two columns beyond this are reckoned one by one.
SAFE = 2.0**61


@dataclass(frozen=True)
class Month:
    """A month of rows as columns, of the period before (BEFORE) or NOW: terminal, good, days as bits, thousandths, fen."""

    period: int
    terminal: Ints
    good: Ints
    days: Ints
    milli: Ints
    fen: Ints

    def only(self, kept: Bools) -> Month:
        """The rows where `kept` is true."""
        return Month(
            self.period, self.terminal[kept], self.good[kept], self.days[kept], self.milli[kept], self.fen[kept]
        )


@dataclass(frozen=True)
class Trades:
    """Terminals in ascending order with days of purchase before and now; `starts` is each one's first row among the rows of
    (terminal, good) below, which follow each other."""

    terminal: Ints
    orders_before: Ints
    orders_now: Ints
    starts: Ints
    good: Ints
    before_fen: Ints
    now_fen: Ints
    before_milli: Ints
    now_milli: Ints

    def of_terminals(self, column: Ints) -> Ints:
        """The sum of a column of rows by terminal."""
        return np.add.reduceat(column, self.starts) if len(column) else np.zeros(0, np.int64)

    @property
    def doubtful(self) -> Bools:
        """Terminals that are new or have come back; which of the two, their earlier purchases tell."""
        before, now = self.of_terminals(self.before_fen), self.of_terminals(self.now_fen)
        return (before <= 0) & (now > 0) & (self.orders_before == 0)


def trades_of(months: Sequence[Month]) -> Trades:
    """Rows of months added up by terminal and good."""
    empty = np.zeros(0, np.int64)
    period = np.concatenate([empty, *(np.full(len(one.fen), one.period, np.int64) for one in months)])
    terminal = np.concatenate([empty, *(one.terminal for one in months)])
    if not len(terminal):
        return Trades(*(empty,) * 9)
    goods, good = np.unique(np.concatenate([one.good for one in months]), return_inverse=True)
    order = np.argsort(terminal * (int(good.max()) + 1) + good, kind="stable")
    terminal, good, period = terminal[order], good[order], period[order]
    fen = np.concatenate([one.fen for one in months])[order]
    milli = np.concatenate([one.milli for one in months])[order]
    other = np.diff(terminal) != 0
    rows = np.concatenate([[0], np.flatnonzero(other | (np.diff(good) != 0)) + 1])
    whose = terminal[rows]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(whose) != 0) + 1])
    who = whose[starts]

    def summed(column: Ints, when: int) -> Ints:
        return np.add.reduceat(np.where(period == when, column, 0), rows)

    return Trades(
        who, _orders(months, who, BEFORE), _orders(months, who, NOW), starts, goods[good[rows]], summed(fen, BEFORE),
        summed(fen, NOW), summed(milli, BEFORE), summed(milli, NOW),
    )  # fmt: skip


def _orders(months: Sequence[Month], who: Ints, when: int) -> Ints:
    """Days with a purchase of each terminal in a period: days of all its goods together, each counted once."""
    count = np.zeros(len(who), np.int64)
    for one in months:
        if one.period != when or not len(one.terminal):
            continue
        order = np.argsort(one.terminal, kind="stable")
        terminal = one.terminal[order]
        first = np.concatenate([[0], np.flatnonzero(np.diff(terminal) != 0) + 1])
        days = np.bitwise_or.reduceat(one.days[order], first)
        count[np.searchsorted(who, terminal[first])] += np.bitwise_count(days)
    return count


def effects_of(told: Trades, earlier: Bools) -> Ints:
    """The change of each terminal by part: one row a terminal, one column for each of PARTS, fen.

    `earlier` says which bought something before the first period began; it is asked only of the doubtful ones.
    """
    parts = np.zeros((len(told.terminal), len(PARTS)), np.int64)
    if not len(told.terminal):
        return parts
    column = {part: parts[:, n] for n, part in enumerate(PARTS)}
    before, now = told.of_terminals(told.before_fen), told.of_terminals(told.now_fen)
    started = told.doubtful
    ended = ~started & (now <= 0) & (before > 0) & (told.orders_now == 0)
    column[NEW][:] = np.where(started & ~earlier, now - before, 0)
    column[REACTIVATED][:] = np.where(started & earlier, now - before, 0)
    column[LOST][:] = np.where(ended, now - before, 0)

    both = (told.before_milli > 0) & (told.now_milli > 0)
    as_before = np.where(both, _at_prices_before(told, both), 0)
    rest_before = told.of_terminals(np.where(both, told.before_fen, 0))
    rest_now = told.of_terminals(as_before)
    kept = ~started & ~ended
    column[PRICE][:] = told.of_terminals(np.where(both, told.now_fen, 0)) - rest_now
    column[PRODUCTS][:] = told.of_terminals(np.where(both, 0, told.now_fen - told.before_fen))
    column[ORDERS][:] = _of_orders(rest_before, rest_now, told.orders_before, told.orders_now)
    column[VOLUME][:] = rest_now - rest_before - column[ORDERS]
    for part in KEPT:
        column[part] *= kept
    return parts


def _at_prices_before(told: Trades, both: Bools) -> Ints:
    """What was bought now of each row, at the price before, to the nearest fen."""
    wide = both & (np.abs(told.before_fen.astype(np.float64)) * told.now_milli * 2 >= SAFE)
    plain = both & ~wide
    found = np.zeros(len(told.before_fen), np.int64)
    found[plain] = _nearest(told.before_fen[plain] * told.now_milli[plain], told.before_milli[plain])
    for n in np.flatnonzero(wide):
        found[n] = _nearest_one(int(told.before_fen[n]) * int(told.now_milli[n]), int(told.before_milli[n]))
    return found


def _of_orders(before: Ints, now: Ints, orders_before: Ints, orders_now: Ints) -> Ints:
    """What more or fewer orders made, at the mean of the sizes of an order before and now, to the nearest fen."""
    asked = (orders_before > 0) & (orders_now > 0) & (orders_before != orders_now)
    more = orders_now - orders_before
    size = (np.abs(before.astype(np.float64)) * orders_now + np.abs(now.astype(np.float64)) * orders_before) * np.abs(
        more
    )
    found = np.zeros(len(before), np.int64)
    plain = asked & (size * 2 < SAFE)
    top = more[plain] * (before[plain] * orders_now[plain] + now[plain] * orders_before[plain])
    found[plain] = _nearest(top, 2 * orders_before[plain] * orders_now[plain])
    for n in np.flatnonzero(asked & ~plain):
        ob, on = int(orders_before[n]), int(orders_now[n])
        found[n] = _nearest_one((on - ob) * (int(before[n]) * on + int(now[n]) * ob), 2 * ob * on)
    return found


def _nearest(top: Ints, bottom: Ints) -> Ints:
    """top / bottom to the nearest whole number, halves away from nought; bottom above nought."""
    return np.sign(top) * ((2 * np.abs(top) + bottom) // (2 * bottom))


def _nearest_one(top: int, bottom: int) -> int:
    whole = (2 * abs(top) + bottom) // (2 * bottom)
    return -whole if top < 0 else whole


def tree_of(told: Trades, parts: Ints) -> Tree:
    """The tree of all these terminals; its branches add up to the change."""
    return Tree(
        int(told.before_fen.sum()),
        int(told.now_fen.sum()),
        tuple(Branch(part, int(np.count_nonzero(parts[:, n])), int(parts[:, n].sum())) for n, part in enumerate(PARTS)),
    )
