"""Ageing of the whole book on any day (domain 2.10), answered from the columns in memory."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from kewei.people import queries as people
from kewei.receivables import rules
from kewei.receivables.queries import book as books
from kewei.receivables.queries.book import NEVER, Aged, Book, Ints
from kewei.receivables.queries.scope import SEE, visible_terminals
from kewei.terminals.queries import Dimension

# What the book can be grouped by, and the key of a group.
BY: dict[str, Callable[[Dimension], Any]] = {
    "owner": lambda d: d.owner,
    "territory": lambda d: d.territory,
    "region": lambda d: d.city or d.province,
    "kind": lambda d: d.kind,
}
AXES = {"overdue": rules.PAST_DUE, "invoice": rules.INVOICE_AGE}
ORDERS = ("balance", "owed", "overdue", "credit", "items", "oldest_due", "label", "code")


def ageing(
    person: Any,
    as_of: date,
    by: str = "customer",
    axis: str = "overdue",
    order: str = "-balance",
) -> rules.AgeingTable:
    """The ageing table of everything this person may see, at the end of `as_of`; fen.

    by      customer | owner | region (city, else province) | territory | kind
    axis    overdue (days past due, PAST_DUE) | invoice (age of the invoice, INVOICE_AGE)
    order   one of ORDERS, with a minus for the other way round
    Rows of groups that neither owe nor have credit are left out.
    """
    visible = visible_terminals(person, SEE)
    with books.current() as book:
        aged = book.aged(as_of)
        # Most terminals of a large company owe nothing: only the others are looked at from here on.
        looked_at = (aged.items > 0) | (aged.credit_fen != 0) | (aged.control_fen != 0)
        if visible is not None:
            looked_at &= book.flags(visible)
        each = _Sums.of_terminals(aged, np.flatnonzero(looked_at), axis)
        if by == "customer":
            sums, describe = each, _customers(book)
        else:
            keys, codes = book.grouped(by, BY[by])
            sums, describe = each.in_groups(codes[each.group], len(keys)), _groups(by, keys)
        whole = each.in_all()
    rows = _Rows(sums.without_empty(), describe, as_of).ordered(order)
    totals = _Rows(whole, lambda _: (None, "", ""), as_of)[0]
    return rules.AgeingTable(
        as_of=as_of, by=by, axis=axis, buckets=AXES[axis], rows=rows, totals=totals,
        control_fen=int(whole.control_fen[0]), unapplied_fen=-totals.credit_fen,
    )  # fmt: skip


class _Sums:
    """Sums per group as columns; `group` is what the describing function is asked about."""

    def __init__(
        self,
        group: npt.NDArray,
        bucket_fen: Ints,
        credit_fen: Ints,
        overdue_fen: Ints,
        control_fen: Ints,
        items: Ints,
        oldest_due: npt.NDArray,
    ) -> None:
        self.group, self.bucket_fen, self.credit_fen, self.overdue_fen = group, bucket_fen, credit_fen, overdue_fen
        self.control_fen, self.items, self.oldest_due = control_fen, items, oldest_due

    @classmethod
    def of_terminals(cls, aged: Aged, rows: npt.NDArray, axis: str) -> "_Sums":
        buckets = aged.past_due if axis == "overdue" else aged.invoice_age
        return cls(
            rows, buckets[rows], aged.credit_fen[rows], aged.past_due[rows, 1:].sum(axis=1), aged.control_fen[rows],
            aged.items[rows], aged.oldest_due[rows],
        )  # fmt: skip

    def in_groups(self, codes: npt.NDArray, groups: int) -> "_Sums":
        """Summed up by the number of the group of each row."""
        code = codes.astype(np.intp)

        def added(values: Ints) -> Ints:
            if values.ndim == 2:
                # Column by column: four times as fast as whole rows at once.
                return np.stack([added(np.ascontiguousarray(column)) for column in values.T], axis=1)
            sums = np.zeros(groups, dtype=np.int64)
            np.add.at(sums, code, values)
            return sums

        oldest_due = np.full(groups, NEVER, dtype=np.int32)
        np.minimum.at(oldest_due, code, self.oldest_due)
        return _Sums(
            np.arange(groups), added(self.bucket_fen), added(self.credit_fen), added(self.overdue_fen),
            added(self.control_fen), added(self.items), oldest_due,
        )  # fmt: skip

    def in_all(self) -> "_Sums":
        """Everything as one group."""
        return _Sums(
            np.zeros(1, dtype=np.int64), self.bucket_fen.sum(axis=0)[None], self.credit_fen.sum()[None],
            self.overdue_fen.sum()[None], self.control_fen.sum()[None], self.items.sum()[None],
            self.oldest_due.min(initial=NEVER)[None],
        )  # fmt: skip

    def without_empty(self) -> "_Sums":
        return self.taken(np.flatnonzero((self.items > 0) | (self.credit_fen != 0)))

    def taken(self, rows: npt.NDArray) -> "_Sums":
        return _Sums(
            self.group[rows], self.bucket_fen[rows], self.credit_fen[rows], self.overdue_fen[rows],
            self.control_fen[rows], self.items[rows], self.oldest_due[rows],
        )  # fmt: skip


_Describe = Callable[[int], tuple[Any, str, str]]  # group -> key, label, code


class _Rows(Sequence[rules.AgeingRow]):
    """The table's rows, made when they are looked at: a page of fifty never pays for two hundred thousand."""

    def __init__(self, sums: _Sums, describe: _Describe, as_of: date) -> None:
        self._sums, self._describe, self._as_of = sums, describe, as_of

    def __len__(self) -> int:
        return len(self._sums.group)

    @overload
    def __getitem__(self, place: int) -> rules.AgeingRow: ...
    @overload
    def __getitem__(self, place: slice) -> list[rules.AgeingRow]: ...
    def __getitem__(self, place: int | slice) -> rules.AgeingRow | list[rules.AgeingRow]:
        if isinstance(place, slice):
            return [self._row(row) for row in range(len(self))[place]]
        return self._row(range(len(self))[place])

    def __iter__(self) -> Iterator[rules.AgeingRow]:
        return (self._row(row) for row in range(len(self)))

    def ordered(self, order: str) -> "_Rows":
        """The same rows in another order."""
        name, sums = order.removeprefix("-"), self._sums
        if name not in ORDERS:
            raise ValueError(f"order must be one of {ORDERS}, not {name!r}")
        if name in ("label", "code"):
            texts = [self._describe(int(group))[1 if name == "label" else 2] for group in sums.group]
            places = sorted(range(len(texts)), key=texts.__getitem__, reverse=order.startswith("-"))
            return _Rows(sums.taken(np.array(places, dtype=np.int64)), self._describe, self._as_of)
        owed = sums.bucket_fen.sum(axis=1)
        values = {
            "balance": owed + sums.credit_fen, "owed": owed, "overdue": sums.overdue_fen, "credit": sums.credit_fen,
            "items": sums.items, "oldest_due": sums.oldest_due,
        }[name]  # fmt: skip
        values = -values if order.startswith("-") else values
        return _Rows(sums.taken(np.argsort(values, kind="stable")), self._describe, self._as_of)

    def _row(self, row: int) -> rules.AgeingRow:
        sums = self._sums
        key, label, code = self._describe(int(sums.group[row]))
        oldest = int(sums.oldest_due[row])
        oldest_due = None if oldest == NEVER else date.fromordinal(oldest)
        return rules.AgeingRow(
            key=key, label=label, code=code, bucket_fen=tuple(sums.bucket_fen[row].tolist()),
            credit_fen=int(sums.credit_fen[row]), overdue_fen=int(sums.overdue_fen[row]), items=int(sums.items[row]),
            oldest_due=oldest_due,
            days_left=None if oldest_due is None else (rules.limitation.last_day(oldest_due) - self._as_of).days,
        )  # fmt: skip


def _customers(book: Book) -> _Describe:
    """Customers by their row in the book; the lists it keeps are only ever added to."""
    ids, dimensions = book.terminal_ids, book.dimensions
    return lambda row: (ids[row], dimensions[row].name, dimensions[row].code)


def _groups(by: str, keys: list[Any]) -> _Describe:
    """Groups by their number; people and territories by name, kinds by their code (the door translates)."""
    named: dict[Any, str] = {key: key or "" for key in keys}
    if by == "owner":
        named = {None: ""} | people.names(key for key in keys if key is not None)
    elif by == "territory":
        named = {None: ""} | people.territory_names(key for key in keys if key is not None)
    return lambda number: (
        keys[number],
        named.get(keys[number], "" if by in ("owner", "territory") else keys[number]),
        "",
    )
