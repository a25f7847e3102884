"""增长树的列算法: the effects of rules.tree for all terminals at once, as columns of whole numbers (docs/algorithms/growth.md).

One terminal's effects are what `tree.effects` says; here the same is reckoned for hundreds of thousands. What could outgrow
64 bits is left to Python's whole numbers, so that no fen is ever made or lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

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

    def only(self, kept: Bools | slice) -> Month:
        """The rows where `kept` is true, or of a part of them."""
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


@dataclass(frozen=True)
class Moves:
    """Terminals in ascending order: fen before and now, a row of `parts` with a column for each of PARTS, and whether it is
    new or has come back, which of the two its earlier purchases tell."""

    terminal: Ints
    before_fen: Ints
    now_fen: Ints
    parts: Ints
    doubtful: Bools

    def known(self, earlier: Bools) -> Moves:
        """With those that bought earlier come back instead of new."""
        parts = self.parts.copy()
        back = self.doubtful & earlier
        parts[back, PARTS.index(REACTIVATED)] = parts[back, PARTS.index(NEW)]
        parts[back, PARTS.index(NEW)] = 0
        return replace(self, parts=parts)


_NONE = np.zeros(0, np.int64)
# So many rows are added up at once: what fits the caches of a processor is sorted several times as fast.
ROWS_AT_ONCE = 1 << 18
# Goods whose numbers lie closer than this are told apart by them; else they are numbered first.
CLOSE = 1 << 24


def trades_of(months: Sequence[Month], at_once: int = ROWS_AT_ONCE) -> Trades:
    """Rows of months added up by terminal and good."""
    parts = list(_parts(months, at_once))
    before = np.cumsum([0, *(len(part.good) for part in parts)])
    starts = [part.starts + offset for part, offset in zip(parts, before[:-1], strict=True)]
    return Trades(**{
        field.name: np.concatenate([_NONE, *(starts if field.name == "starts" else [getattr(one, field.name) for one in parts])])
        for field in fields(Trades)
    })  # fmt: skip


def moves_of(months: Sequence[Month], at_once: int = ROWS_AT_ONCE) -> Moves:
    """What every terminal's trade changed by, as if nobody had bought earlier (`Moves.known` tells those that had)."""
    parts = [moves_in(part) for part in _parts(months, at_once)]
    return Moves(
        *(
            np.concatenate([np.zeros((0, *shape), kind), *(getattr(one, name) for one in parts)])
            for name, shape, kind in (
                ("terminal", (), np.int64), ("before_fen", (), np.int64), ("now_fen", (), np.int64),
                ("parts", (len(PARTS),), np.int64), ("doubtful", (), np.bool_),
            )
        )
    )  # fmt: skip


def moves_in(told: Trades) -> Moves:
    """The same of trades already added up."""
    nobody = np.zeros(len(told.terminal), np.bool_)
    return Moves(
        told.terminal,
        told.of_terminals(told.before_fen),
        told.of_terminals(told.now_fen),
        effects_of(told, nobody),
        told.doubtful,
    )


def _ascending(month: Month) -> Month:
    """The same month, its terminals in ascending order; prepared months are so already."""
    if (month.terminal[1:] >= month.terminal[:-1]).all():
        return month
    order = np.argsort(month.terminal, kind="stable")
    return Month(month.period, *(getattr(month, name)[order] for name in ("terminal", "good", "days", "milli", "fen")))


def _parts(given: Sequence[Month], at_once: int) -> Iterator[Trades]:
    """Trades of some terminals after the others, about `at_once` rows each time: the months are cut at the same terminals."""
    months = [_ascending(one) for one in given if len(one.terminal)]
    count = sum(len(one.terminal) for one in months)
    if not count:
        return
    told = np.sort(np.concatenate([one.terminal[:: max(1, at_once // 64)] for one in months]))
    edges = np.unique(told[:: max(1, len(told) * at_once // count)])[1:]
    cuts = [[0, *np.searchsorted(one.terminal, edges).tolist(), len(one.terminal)] for one in months]
    for n in range(len(edges) + 1):
        part = [one.only(slice(*cut[n : n + 2])) for one, cut in zip(months, cuts, strict=True) if cut[n] < cut[n + 1]]
        if part:
            yield _trades(part)


def _trades(months: Sequence[Month]) -> Trades:
    """The same of one part. Sorted by terminal, good and period; then each run is one sum."""
    period = np.concatenate([np.full(len(one.fen), one.period, np.int64) for one in months])
    terminal = np.concatenate([one.terminal for one in months])
    goods, good = _numbered(np.concatenate([one.good for one in months]))
    key = ((terminal - terminal.min()) * (int(good.max()) + 1) + good) * 2 + period
    order = np.argsort(key)
    key = key[order]
    runs = np.concatenate([[0], np.flatnonzero(key[1:] != key[:-1]) + 1])
    fen = np.add.reduceat(np.concatenate([one.fen for one in months])[order], runs)
    milli = np.add.reduceat(np.concatenate([one.milli for one in months])[order], runs)
    pair, now = key[runs] >> 1, key[runs] & 1 == NOW
    fresh = np.concatenate([[True], pair[1:] != pair[:-1]])
    row = np.cumsum(fresh) - 1
    sums = np.zeros((4, int(row[-1]) + 1), np.int64)
    for n, (when, column) in enumerate(((~now, fen), (now, fen), (~now, milli), (now, milli))):
        sums[n, row[when]] = column[when]
    first = order[runs[fresh]]
    whose = terminal[first]
    starts = np.concatenate([[0], np.flatnonzero(whose[1:] != whose[:-1]) + 1])
    who = whose[starts]
    told = good[first] if goods is None else goods[good[first]]
    return Trades(
        who, _orders(months, who, BEFORE), _orders(months, who, NOW), starts, told, sums[0], sums[1], sums[2], sums[3]
    )


def _numbered(good: Ints) -> tuple[Ints | None, Ints]:
    """Goods as numbers from nought that keep their order, and what they stand for (None: themselves)."""
    if good.min() >= 0 and good.max() < CLOSE:
        return None, good
    goods, numbers = np.unique(good, return_inverse=True)
    return goods, numbers.reshape(-1)


def _orders(months: Sequence[Month], who: Ints, when: int) -> Ints:
    """Days with a purchase of each terminal in a period: days of all its goods together, each counted once."""
    count = np.zeros(len(who), np.int64)
    for one in months:
        if one.period != when:
            continue
        first = np.concatenate([[0], np.flatnonzero(one.terminal[1:] != one.terminal[:-1]) + 1])
        days = np.bitwise_or.reduceat(one.days, first)
        count[np.searchsorted(who, one.terminal[first])] += np.bitwise_count(days)
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


def tree_of(told: Moves) -> Tree:
    """The tree of all these terminals; its branches add up to the change."""
    return Tree(
        int(told.before_fen.sum()),
        int(told.now_fen.sum()),
        tuple(
            Branch(part, int(np.count_nonzero(told.parts[:, n])), int(told.parts[:, n].sum()))
            for n, part in enumerate(PARTS)
        ),
    )
