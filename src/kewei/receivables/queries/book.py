"""The book: every entry and allocation of the ledger as columns in memory (docs/algorithms/ledger.md).

One per process. On each use it asks the journal how far the ledger is and takes in only what is new; where the journal
no longer holds the fact it had last seen, it reads everything again.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from kewei.journal import queries as journal
from kewei.journal import rules as journal_rules
from kewei.receivables import rules
from kewei.receivables.queries import shelf, streaming
from kewei.terminals import queries as terminals

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

DAYS_KEPT = 6
CHANGES_KEPT = 10_000
# Beyond this many new postings it is quicker to read the whole ledger again.
MANY_POSTINGS = 50_000
NEVER = np.int32(2_000_000_000)  # the oldest due date of somebody who owes nothing


@dataclass
class Aged:
    """The book on one day, one row per terminal; fen. `seen` says how many of the book's changes it contains."""

    past_due: Ints
    invoice_age: Ints
    credit_fen: Ints
    control_fen: Ints
    items: Ints
    oldest_due: npt.NDArray[np.int32]
    seen: int = 0


class Column:
    """An array that grows at its end."""

    def __init__(self, dtype: type) -> None:
        self._room: np.ndarray = np.zeros(1024, dtype=dtype)
        self._size = 0

    @property
    def all(self) -> npt.NDArray:
        """What has been added so far, not a copy."""
        return self._room[: self._size]

    def add(self, values: npt.NDArray) -> None:
        """Put values at the end."""
        end = self._size + len(values)
        if end > len(self._room):
            room = np.zeros(max(end, len(self._room) * 3 // 2), dtype=self._room.dtype)
            room[: self._size] = self.all
            self._room = room
        self._room[self._size : end] = values
        self._size = end


_COLUMNS = (
    "entry_id", "total_fen", "open_fen", "terminal", "on", "due", "side", "kind", "debit", "credit", "settled_on",
    "settled_fen",
)  # fmt: skip


class Book:
    """Entries, allocations and terminals as columns.

    `terminal`, `debit` and `credit` are row numbers, days are ordinals.
    """

    def __init__(self) -> None:
        self.seq, self.hash = 0, journal_rules.GENESIS
        self.entry_id, self.total_fen, self.open_fen = Column(np.int64), Column(np.int64), Column(np.int64)
        self.terminal, self.on, self.due = Column(np.int32), Column(np.int32), Column(np.int32)
        self.side, self.kind = Column(np.int8), Column(np.int8)
        self.debit, self.credit, self.settled_on = Column(np.int32), Column(np.int32), Column(np.int32)
        self.settled_fen = Column(np.int64)
        self.last_day = 0
        self.terminal_ids: list[int] = []
        self.dimensions: list[terminals.Dimension] = []
        self._put_away_at = 0
        self._row_of_terminal: dict[int, int] = {}
        self._row_of_entry = np.full(1024, -1, dtype=np.int32)
        self._changes: list[npt.NDArray] = []  # per change, the rows of the terminals it touched
        self._aged: OrderedDict[int, Aged] = OrderedDict()
        self._moved: dict[tuple[int, ...], tuple[int, int, Ints]] = {}  # rows counted so far, first day, sums
        self._groups: dict[str, tuple[list[Any], npt.NDArray]] = {}

    # --- keeping up ---------------------------------------------------------------------------------------------------

    def read_all(self) -> None:
        """Read the whole ledger, as of one moment, or take it from disk where the journal still knows that book."""
        kept = shelf.take()
        if kept is not None and journal.hash_of(kept[0]) == kept[1]:
            self._take_terminals(terminals.dimensions())
            self._unpack(*kept)
            return
        with streaming.snapshot():
            seq, mark = journal.head()
            entries, allocations = streaming.entries(), streaming.allocations()
            known = terminals.dimensions()
        self._take_terminals(known)
        self._take_rows(entries, allocations)
        self.seq, self.hash = seq, mark
        self.put_away()

    def put_away(self) -> None:
        """Keep this book on disk for processes that start later."""
        columns = {name: getattr(self, name).all for name in _COLUMNS}
        terminal_ids = np.array(self.terminal_ids, dtype=np.int64)
        shelf.put(self.seq, self.hash, {**columns, "terminal_ids": terminal_ids})
        self._put_away_at = len(columns["entry_id"])

    def _unpack(self, seq: int, mark: str, columns: dict[str, npt.NDArray]) -> None:
        """Take over the columns of a book from disk; its rows of terminals become ours."""
        here = self._terminal_rows(columns["terminal_ids"])
        for name in _COLUMNS:
            getattr(self, name).add(here[columns[name]] if name == "terminal" else columns[name])
        self._index_entries(columns["entry_id"], 0)
        for name in ("on", "settled_on"):
            self.last_day = max(self.last_day, int(columns[name].max(initial=0)))
        self._note_change(np.unique(self.terminal.all))
        self.seq, self.hash = seq, mark
        self._put_away_at = len(columns["entry_id"])

    def holds(self, seq: int, mark: str) -> bool:
        """Whether the journal ends with exactly what this book contains."""
        return (self.seq, self.hash) == (seq, mark)

    def catch_up(self, seq: int, mark: str) -> None:
        """Take in what the facts after ours up to `seq` tell of.

        Postings are read whole: facts commit with their rows.
        """
        postings: list[int] = []
        changed: set[int] = set()
        every_terminal = False
        for fact_seq, name, terminal, detail in journal.facts_since(self.seq):
            if fact_seq > seq:
                break
            if name.startswith("receivables.") and "posting" in detail:
                postings.append(detail["posting"])
            elif name.startswith("terminals."):
                every_terminal |= terminal is None
                changed |= {terminal} - {None}  # type: ignore[arg-type]
        if every_terminal:
            self._take_terminals(terminals.dimensions())
        elif changed:
            self._take_terminals(terminals.dimensions(changed))
        if postings:
            self._take_rows(streaming.entries(postings), streaming.allocations(postings))
        self.seq, self.hash = seq, mark
        if len(self.entry_id.all) > self._put_away_at + shelf.WORTH_KEEPING:
            self.put_away()

    def _take_terminals(self, known: dict[int, terminals.Dimension]) -> None:
        first_new = len(self.terminal_ids)
        for pk, dimension in known.items():
            row = self._row_of_terminal.get(pk)
            if row is None:
                self._row_of_terminal[pk] = len(self.terminal_ids)
                self.terminal_ids.append(pk)
                self.dimensions.append(dimension)
            else:
                self.dimensions[row] = dimension
        self._groups.clear()
        self._note_change(np.arange(first_new, len(self.terminal_ids), dtype=np.int32))

    def _take_rows(self, entries: npt.NDArray, allocations: npt.NDArray) -> None:
        touched = self._take_entries(entries)
        if len(allocations):
            debit, credit = self._entry_rows(allocations["debit"]), self._entry_rows(allocations["credit"])
            self.debit.add(debit)
            self.credit.add(credit)
            self.settled_fen.add(allocations["fen"])
            self.settled_on.add(allocations["on"])
            for rows in (debit, credit):
                np.subtract.at(self.open_fen.all, rows, allocations["fen"])
            touched = np.union1d(touched, self.terminal.all[debit])
            self.last_day = max(self.last_day, int(allocations["on"].max()))
        self._note_change(touched)

    def _note_change(self, touched: npt.NDArray) -> None:
        if len(self._changes) >= CHANGES_KEPT:
            self._changes.clear()
            self._aged.clear()
        self._changes.append(touched)

    def _take_entries(self, entries: npt.NDArray) -> npt.NDArray:
        """Add entries; answer with the rows of the terminals they belong to."""
        if not len(entries):
            return np.zeros(0, dtype=np.int32)
        terminal, first = self._terminal_rows(entries["terminal"]), len(self.entry_id.all)
        self.terminal.add(terminal)
        self.entry_id.add(entries["id"])
        self.total_fen.add(entries["total_fen"])
        self.open_fen.add(entries["total_fen"])
        for name in ("on", "due", "side", "kind"):
            getattr(self, name).add(entries[name])
        self._index_entries(entries["id"], first)
        self.last_day = max(self.last_day, int(entries["on"].max()))
        return np.unique(terminal)

    def _index_entries(self, ids: npt.NDArray, first: int) -> None:
        """Note that these entries stand in the rows from `first` on."""
        highest = int(ids.max())
        if highest >= len(self._row_of_entry):
            room = np.full(max(highest + 1, len(self._row_of_entry) * 3 // 2), -1, dtype=np.int32)
            room[: len(self._row_of_entry)] = self._row_of_entry
            self._row_of_entry = room
        self._row_of_entry[ids] = np.arange(first, first + len(ids), dtype=np.int32)

    def _entry_rows(self, ids: npt.NDArray) -> npt.NDArray[np.int32]:
        rows = self._row_of_entry[ids]
        assert (rows >= 0).all(), "an allocation names an entry of a later posting"
        return rows

    def _terminal_rows(self, ids: npt.NDArray) -> npt.NDArray[np.int32]:
        unique, inverse = np.unique(ids, return_inverse=True)
        wanted = [int(pk) for pk in unique]
        if missing := [pk for pk in wanted if pk not in self._row_of_terminal]:
            self._take_terminals(terminals.dimensions(missing))
        return np.array([self._row_of_terminal[pk] for pk in wanted], dtype=np.int32)[inverse]

    # --- answering ----------------------------------------------------------------------------------------------------

    def open_on(self, as_of: date, chosen: npt.NDArray | None = None) -> Ints:
        """What was open at the end of `as_of`, fen ≥ 0, of the entries in `chosen` rows or of all."""
        if as_of.toordinal() >= self.last_day:
            return self.open_fen.all if chosen is None else self.open_fen.all[chosen]
        debit, credit, on = self.debit.all, self.credit.all, self.settled_on.all
        total_fen, entry_on, settled_fen = self.total_fen.all, self.on.all, self.settled_fen.all
        if chosen is not None:
            place = np.full(len(total_fen), -1, dtype=np.int32)
            place[chosen] = np.arange(len(chosen), dtype=np.int32)
            of_chosen = place[debit] >= 0
            # Both sides of an allocation belong to one customer, and whole customers are chosen.
            debit, credit, on = place[debit[of_chosen]], place[credit[of_chosen]], on[of_chosen]
            total_fen, entry_on, settled_fen = total_fen[chosen], entry_on[chosen], settled_fen[of_chosen]
        open_fen = np.where(entry_on <= as_of.toordinal(), total_fen, np.int64(0))
        by_then = on <= as_of.toordinal()
        if not by_then.all():
            debit, credit, settled_fen = debit[by_then], credit[by_then], settled_fen[by_then]
        np.subtract.at(open_fen, debit, settled_fen)
        np.subtract.at(open_fen, credit, settled_fen)
        return open_fen

    def aged(self, as_of: date) -> Aged:
        """The book on a day by terminal.

        Kept for the days asked for last, and brought up to date where terminals changed.
        """
        day = as_of.toordinal()
        kept = self._aged.pop(day, None)
        if kept is None:
            kept = self._age(as_of, None)
        elif kept.seen < len(self._changes):
            self._renew(kept, as_of)
        kept.seen = len(self._changes)
        self._aged[day] = kept
        while len(self._aged) > DAYS_KEPT:
            self._aged.popitem(last=False)
        return kept

    def _renew(self, kept: Aged, as_of: date) -> None:
        touched = np.unique(np.concatenate(self._changes[kept.seen :]))
        flags = np.zeros(len(self.terminal_ids), dtype=bool)
        flags[touched] = True
        fresh = self._age(as_of, np.flatnonzero(flags[self.terminal.all]))
        for name in ("past_due", "invoice_age", "credit_fen", "control_fen", "items", "oldest_due"):
            old, new = getattr(kept, name), getattr(fresh, name)
            old = np.concatenate([old, new[len(old) :]])  # terminals that came since
            old[touched] = new[touched]
            setattr(kept, name, old)

    def _age(self, as_of: date, chosen: npt.NDArray | None) -> Aged:
        """Age the entries in `chosen` rows, or all."""
        count, day = len(self.terminal_ids), as_of.toordinal()
        of = (lambda column: column.all) if chosen is None else (lambda column: column.all[chosen])
        open_fen, side, terminal, due = self.open_on(as_of, chosen), of(self.side), of(self.terminal), of(self.due)
        on, total_fen = of(self.on), of(self.total_fen)
        control_fen, posted_fen = np.zeros(count, dtype=np.int64), total_fen * side
        if day < self.last_day:
            posted_fen *= on <= day
        np.add.at(control_fen, terminal, posted_fen)
        rows = np.flatnonzero(open_fen)
        signed, groups = open_fen[rows] * side[rows], terminal[rows]
        book = rules.age_book(groups, due[rows], on[rows], signed, as_of=as_of, groups=count)
        owed = signed > 0
        items = np.zeros(count, dtype=np.int64)
        np.add.at(items, groups[owed], 1)
        oldest_due = np.full(count, NEVER, dtype=np.int32)
        np.minimum.at(oldest_due, groups[owed], due[rows][owed])
        return Aged(
            np.ascontiguousarray(book.past_due), np.ascontiguousarray(book.invoice_age), book.credit_fen.copy(),
            control_fen, items, oldest_due,
        )  # fmt: skip

    def moved_by_day(self, kinds: tuple[int, ...]) -> tuple[int, Ints]:
        """What entries of some kinds added to the balance, by their day: the first day, and sums from it on; fen."""
        counted, first, sums = self._moved.get(kinds, (0, 0, np.zeros(0, dtype=np.int64)))
        rows = counted + np.flatnonzero(np.isin(self.kind.all[counted:], kinds))
        if len(rows):
            fresh_first, fresh = by_day(self.on.all[rows], self.total_fen.all[rows] * self.side.all[rows])
            start = min(first, fresh_first) if len(sums) else fresh_first
            whole = np.zeros(max(first + len(sums), fresh_first + len(fresh)) - start, dtype=np.int64)
            whole[first - start : first - start + len(sums)] += sums
            whole[fresh_first - start : fresh_first - start + len(fresh)] += fresh
            first, sums = start, whole
        self._moved[kinds] = (len(self.kind.all), first, sums)
        return first, sums

    def flags(self, terminal_ids: Iterable[int]) -> Mask:
        """A mask over terminals; keys the book does not know are left out."""
        mask = np.zeros(len(self.terminal_ids), dtype=bool)
        rows = [row for pk in terminal_ids if (row := self._row_of_terminal.get(pk)) is not None]
        mask[rows] = True
        return mask

    def grouped(self, name: str, key: Callable[[terminals.Dimension], Any]) -> tuple[list[Any], npt.NDArray]:
        """Terminals grouped by an attribute: the distinct keys, and the number of its key per terminal."""
        if name not in self._groups:
            places: dict[Any, int] = {}
            codes = [places.setdefault(key(dimension), len(places)) for dimension in self.dimensions]
            self._groups[name] = (list(places), np.array(codes, dtype=np.int32))
        return self._groups[name]

    def code_ranks(self) -> npt.NDArray[np.int64]:
        """The place of each terminal in the order of their codes."""
        if "code" not in self._groups:
            order = sorted(range(len(self.dimensions)), key=lambda row: self.dimensions[row].code)
            ranks = np.empty(len(order), dtype=np.int64)
            ranks[order] = np.arange(len(order))
            self._groups["code"] = ([], ranks)
        return self._groups["code"][1]


def by_day(days: npt.NDArray, fen: Ints) -> tuple[int, Ints]:
    """Amounts summed by day: the first day there is, and the sums from it on; day 1 and nothing where there is none."""
    if not len(days):
        return 1, np.zeros(0, dtype=np.int64)
    first = int(days.min())
    sums = np.zeros(int(days.max()) - first + 1, dtype=np.int64)
    np.add.at(sums, (days - first).astype(np.intp), fen)
    return first, sums


_book = Book()
_lock = threading.RLock()


@contextmanager
def current() -> Iterator[Book]:
    """The process's book, brought up to date; nobody else uses it meanwhile."""
    global _book
    with _lock:
        while not _book.holds(*(head := journal.head())):
            if _book.seq == 0 or head[0] - _book.seq > MANY_POSTINGS or journal.hash_of(_book.seq) != _book.hash:
                _book = Book()
                _book.read_all()
            else:
                _book.catch_up(*head)
        yield _book


def read_ahead() -> None:
    """Have the book ready before anybody asks."""
    with current():
        pass


def forget() -> None:
    """Let go of the book: the next question reads the ledger anew."""
    global _book
    with _lock:
        _book = Book()
