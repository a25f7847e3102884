"""What the ledger says about how customers paid, as columns to learn from; whoever asks.

From the columns in memory (receivables.queries.book): a reversed invoice never was, an allocation that was taken back
never settled anything, a red-letter note takes away from what was ever due.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from kewei.collecting.rules import forecast, recovery, rolling
from kewei.collecting.rules.forecast import Seen
from kewei.collecting.rules.prediction import OPEN, Invoices
from kewei.collecting.rules.recovery import Tally
from kewei.collecting.rules.segments import SEGMENTS, segment_of
from kewei.receivables.queries import book as books
from kewei.receivables.queries.book import Book
from kewei.receivables.queries.streaming import INVOICE, RECEIPT, RED_LETTER, WRITE_OFF

Ints = npt.NDArray[np.int64]
NAMES = tuple(SEGMENTS)
_REVERSED_INVOICE = INVOICE + 3
_OF_INVOICES = (
    "entry_id",
    "customer",
    "on",
    "due",
    "settled",
    "base_fen",
    "paid_fen",
    "written_off_fen",
    "written_off_on",
)


@dataclass(frozen=True, slots=True)
class Past:
    """The invoices of a book up to `day` (ordinal), one row each: key, customer (a row of `terminal_ids`), days as ordinals,
    `base_fen` less red-letter notes, `paid_fen`, `settled` the day of the last payment or OPEN. And every payment that
    stands: the row it paid, its day, its fen. `written_off_fen` is off the books and not paid, since `written_off_on`.
    """

    day: int
    terminal_ids: Ints
    segments: Ints
    entry_id: Ints
    customer: Ints
    on: Ints
    due: Ints
    settled: Ints
    base_fen: Ints
    paid_fen: Ints
    written_off_fen: Ints
    written_off_on: Ints
    paid_row: Ints
    paid_on: Ints
    payment_fen: Ints

    @property
    def open_fen(self) -> Ints:
        """What was never paid of each, on the books or not."""
        return self.base_fen - self.paid_fen

    @property
    def on_books_fen(self) -> Ints:
        """What is still open of each on the books: what a loss or cash can be expected of."""
        return self.open_fen - self.written_off_fen

    @property
    def months(self) -> int:
        """Whole months since the first invoice."""
        return (self.day - int(self.on.min())) * 12 // 365 if len(self.on) else 0

    def invoices(self) -> Invoices:
        """The rows as prediction takes them. How an invoice went out is not known to the ledger."""
        return Invoices(self.customer, self.on, self.due, self.settled, self.base_fen, np.zeros_like(self.on))


def past(as_of: date, item_ids: Collection[int] | None = None) -> Past:
    """The book as it stood at the end of a day; with `item_ids`, only the customers of these items."""
    day = as_of.toordinal()
    with books.current() as book:
        kind, on = book.kind.all, book.on.all
        wanted = (kind == INVOICE) & (on <= day)
        if item_ids is not None:
            wanted &= _customers_of(book, item_ids)[book.terminal.all]
        rows = np.flatnonzero(wanted)
        known = np.flatnonzero(book.settled_on.all <= day)
        place = np.full(len(kind), -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        debit = place[book.debit.all[known]]
        known, debit = known[debit >= 0], debit[debit >= 0]
        credit = book.credit.all[known]
        settles, fen, paid_on = kind[credit], book.settled_fen.all[known].copy(), book.settled_on.all[known]
        told = [column.all[rows] for column in (book.entry_id, book.terminal, book.on, book.due, book.total_fen)]
        entry_id, customer, on, due, total_fen = (column.astype(np.int64) for column in told)
        terminal_ids = np.array(book.terminal_ids, dtype=np.int64)
        segments = np.array([NAMES.index(segment_of(one.kind)) for one in book.dimensions], dtype=np.int64)
    base_fen = total_fen - _sum(debit, fen, np.isin(settles, (RED_LETTER, _REVERSED_INVOICE)), len(rows))
    off = np.flatnonzero(settles == WRITE_OFF)
    written_off_fen = _sum(debit[off], fen[off], None, len(rows))
    written_off_on = np.zeros(len(rows), dtype=np.int64)
    np.maximum.at(written_off_on, debit[off], paid_on[off].astype(np.int64))
    money = np.flatnonzero(settles == RECEIPT)
    money = money[_stand(debit[money], credit[money].astype(np.int64), fen[money])]
    debit, fen, paid_on = debit[money], fen[money], paid_on[money].astype(np.int64)
    paid_fen = _sum(debit, fen, None, len(rows))
    settled = np.zeros(len(rows), dtype=np.int64)
    np.maximum.at(settled, debit, paid_on)
    settled[(paid_fen < base_fen) | (paid_fen == 0)] = OPEN
    whole = Past(
        day, terminal_ids, segments, entry_id, customer, on, due, settled, base_fen, paid_fen, written_off_fen,
        written_off_on, debit, paid_on, fen,
    )  # fmt: skip
    return whole if (base_fen > 0).all() else _without(whole, base_fen > 0)


def _customers_of(book: Book, item_ids: Collection[int]) -> npt.NDArray[np.bool_]:
    """A mask over the book's customers: those of these items."""
    ids, keys = np.array(sorted(item_ids), dtype=np.int64), book.entry_id.all
    mask = np.zeros(len(book.terminal_ids), dtype=bool)
    if len(keys):
        place = np.minimum(np.searchsorted(keys, ids), len(keys) - 1)
        mask[book.terminal.all[place[keys[place] == ids]]] = True
    return mask


def _stand(debit: Ints, credit: Ints, fen: Ints) -> npt.NDArray[np.bool_]:
    """Which allocations were not taken back; taking back is the same, negative."""
    stands = fen > 0
    back = np.flatnonzero(fen < 0)
    if not len(back):
        return stands
    key = debit * (int(credit.max()) + 1) + credit
    doubtful = np.flatnonzero(stands & np.isin(key, key[back]))
    cancelled: dict[tuple[int, int], int] = {}
    for row in back.tolist():
        pair = (int(key[row]), -int(fen[row]))
        cancelled[pair] = cancelled.get(pair, 0) + 1
    for row in doubtful.tolist():
        pair = (int(key[row]), int(fen[row]))
        if cancelled.get(pair, 0):
            cancelled[pair] -= 1
            stands[row] = False
    return stands


def _sum(rows: Ints, fen: Ints, chosen: npt.NDArray | None, count: int) -> Ints:
    sums = np.zeros(count, dtype=np.int64)
    np.add.at(sums, rows if chosen is None else rows[chosen], fen if chosen is None else fen[chosen])
    return sums


def _without(whole: Past, keep: npt.NDArray[np.bool_]) -> Past:
    """Only some of the invoices, and their payments."""
    place = np.cumsum(keep) - 1
    paid = keep[whole.paid_row]
    kept = {name: getattr(whole, name)[keep] for name in _OF_INVOICES}
    return replace(
        whole, **kept, paid_row=place[whole.paid_row[paid]], paid_on=whole.paid_on[paid], payment_fen=whole.payment_fen[paid],
    )  # fmt: skip


def earlier(whole: Past, day: int) -> Past:
    """The same book as it stood at the end of an earlier day (ordinal); later notes count as if they had been known."""
    paid = whole.paid_on <= day
    keep = whole.on <= day
    paid_fen = _sum(whole.paid_row[paid], whole.payment_fen[paid], None, len(whole.on))
    settled = np.where(whole.settled <= day, whole.settled, OPEN)
    there = Past(
        day, whole.terminal_ids, whole.segments, whole.entry_id, whole.customer, whole.on, whole.due, settled,
        whole.base_fen, paid_fen, np.where(whole.written_off_on <= day, whole.written_off_fen, 0), whole.written_off_on,
        whole.paid_row[paid], whole.paid_on[paid], whole.payment_fen[paid],
    )  # fmt: skip
    return _without(there, keep)


# --- what rules learn from --------------------------------------------------------------------------------------------


def tallies(found: Past, clock: str, *, groups: int, horizon: int) -> Tally:
    """Amounts by segment, group of customers and day of a clock, for recovery curves.

    By days past due only what has fallen due is there at all: what was paid early of what is not due yet would flatter.
    """
    start = found.on if clock == "credit_age" else found.due
    there = np.flatnonzero(start <= found.day)
    counted = start[found.paid_row] <= found.day
    row, open_rows = found.paid_row[counted], there[found.open_fen[there] > 0]
    rows = np.concatenate([row, open_rows])
    days = np.concatenate([found.paid_on[counted] - start[row], found.day - start[open_rows]])
    fen = np.concatenate([found.payment_fen[counted], found.open_fen[open_rows]])
    paid = np.arange(len(rows)) < len(row)
    customer = found.customer[rows]
    return recovery.tally(
        found.segments[customer], found.terminal_ids[customer] % groups, days, fen, paid,
        segments=len(NAMES), groups=groups, horizon=horizon,
    )  # fmt: skip


def seen(found: Past, *, history_days: int = 730, lately: int = 91) -> Seen:
    """Amounts by segment and age past due, for the forecast: of the invoices of the last `history_days`, and everything open."""
    shape = len(NAMES) * forecast.AGES
    segment = found.segments[found.customer] * forecast.AGES
    recent = found.on > found.day - history_days
    joins = forecast.age_place(found.on - found.due)

    def summed(rows: Ints, place: Ints, fen: Ints) -> Ints:
        return _sum(segment[rows] + place, fen, None, shape).reshape(len(NAMES), forecast.AGES)

    every = np.flatnonzero(recent | (found.on_books_fen > 0))
    paid = np.flatnonzero(np.isin(found.paid_row, every) if not recent.all() else found.paid_row >= 0)
    row = found.paid_row[paid]
    # A payment of a day on which the invoice was not there yet counts on the day it came.
    when = np.maximum(forecast.age_place(found.paid_on[paid] - found.due[row]), joins[row])
    late = np.flatnonzero(found.on > found.day - lately)
    open_rows = every[found.on_books_fen[every] > 0]
    return Seen(
        joined=summed(every, joins[every], found.base_fen[every]),
        paid=summed(row, when, found.payment_fen[paid]),
        left=summed(open_rows, forecast.age_place(found.day - found.due[open_rows]), found.on_books_fen[open_rows]),
        joined_lately=summed(late, joins[late], found.base_fen[late]),
        lately=min(lately, max(found.day - int(found.on.min()), 1)) if len(found.on) else lately,
    )


def came(found: Past, day: int, weeks: int) -> tuple[int, ...]:
    """What was paid on invoices in each of the weeks after a day (ordinal), fen."""
    week = (found.paid_on - day - 1) // forecast.WEEK
    inside = (week >= 0) & (week < weeks)
    return tuple(_sum(week[inside], found.payment_fen[inside], None, weeks).tolist())


def by_bucket(as_of: date, steps: int, step_days: int) -> npt.NDArray[np.int64]:
    """What is owed, fen by [step, oldest first × segment × bucket of rolling.EDGES and one for older]."""
    width = len(rolling.EDGES) + 1
    days = [as_of - timedelta(days=step_days * back) for back in range(steps, -1, -1)]
    with books.current() as book:
        codes = np.array([NAMES.index(segment_of(one.kind)) for one in book.dimensions], dtype=np.int64)
        debits = np.flatnonzero((book.side.all > 0) & (book.kind.all == INVOICE))
        group, due = codes[book.terminal.all[debits]] * width, book.due.all[debits]
        return np.stack(
            [
                _sum(
                    group + np.searchsorted(rolling.EDGES, day.toordinal() - due), book.open_on(day)[debits], None,
                    len(NAMES) * width,
                ).reshape(len(NAMES), width)
                for day in days
            ]
        )  # fmt: skip


def rows_of(found: Past, item_ids: Collection[int]) -> tuple[Ints, Ints]:
    """The rows of these items that the book knows as invoices, and their keys."""
    wanted = np.array(sorted(item_ids), dtype=np.int64)
    place = np.minimum(np.searchsorted(found.entry_id, wanted), max(len(found.entry_id) - 1, 0))
    there = found.entry_id[place] == wanted if len(found.entry_id) else np.zeros(len(wanted), dtype=bool)
    return place[there], wanted[there]
