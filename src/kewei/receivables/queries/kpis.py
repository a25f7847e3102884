"""Figures of receivables as their definitions ask for them (domain 3.6), and billing against collections."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from kewei.receivables import rules
from kewei.receivables.queries import book as books
from kewei.receivables.queries.book import Aged, Book, by_day
from kewei.receivables.queries.scope import SEE, visible_terminals
from kewei.receivables.queries.streaming import BILLED, COLLECTED
from kewei.receivables.rules import kpis as figures

Mask = npt.NDArray[np.bool_]


def kpis(person: Any, as_of: date, months: int = 3) -> list[rules.KpiFigure]:
    """The figures of everything this person may see, at the end of `as_of` over the `months` before; exact values.

    Receivables are what is owed before credits, with VAT like the sales; sales are invoices less red-letter notes.
    """
    begin = _months_on(as_of, -months)
    visible = visible_terminals(person, SEE)
    with books.current() as book:
        view = _View(book, visible)
        now_, then = view.totals(as_of), view.totals(begin)
        sales = [(view.billed(first, last), (last - first).days) for first, last in _months_back(as_of, 12)]
        sales_fen = sum(fen for fen, _ in sales[:months])
        collected_fen = view.collected(begin, as_of)
        late = view.days_late(begin, as_of)
        at_risk = view.limitation_left(as_of)
    days = (as_of - begin).days
    base = {"receivable_fen": now_.owed_fen, "current_fen": now_.current_fen, "sales_fen": sales_fen, "days": days}
    back = figures.dso_count_back(now_.owed_fen, sales)
    effectiveness = figures.collection_effectiveness(then.owed_fen, sales_fen, now_.owed_fen, now_.current_fen, months)
    values: dict[str, tuple[Any, dict[str, int]]] = {
        "dso": (figures.dso(now_.owed_fen, sales_fen, days), base),
        "dso_count_back": (back.days, {"receivable_fen": now_.owed_fen, "unexplained_fen": back.unexplained_fen}),
        "best_possible_dso": (figures.best_possible_dso(now_.current_fen, sales_fen, days), base),
        "average_days_delinquent": (
            figures.average_days_delinquent(now_.owed_fen, now_.current_fen, sales_fen, days), base,
        ),
        "weighted_days_late": (figures.weighted_days_late(late), {"weighed_fen": sum(fen for fen, _ in late)}),
        "collection_effectiveness": (
            effectiveness,
            {
                "begin_fen": then.owed_fen, "sales_fen": sales_fen, "end_fen": now_.owed_fen,
                "end_current_fen": now_.current_fen, "months": months,
            },
        ),
        "overdue_ratio": (
            figures.ratio(now_.owed_fen - now_.current_fen, now_.owed_fen),
            {"overdue_fen": now_.owed_fen - now_.current_fen, "receivable_fen": now_.owed_fen},
        ),
        "over_one_year_ratio": (
            figures.ratio(now_.over_one_year_fen, now_.owed_fen),
            {"over_one_year_fen": now_.over_one_year_fen, "receivable_fen": now_.owed_fen},
        ),
        "cash_productivity": (
            figures.ratio(collected_fen, sales_fen), {"collected_fen": collected_fen, "sales_fen": sales_fen},
        ),
        "limitation_at_risk": (
            figures.limitation_at_risk((fen, left, False) for fen, left in at_risk),
            {"within_days": figures.AT_RISK_DAYS},
        ),
    }  # fmt: skip
    return [rules.KpiFigure(figures.DEFINITIONS[code], value, numbers) for code, (value, numbers) in values.items()]


def billing_and_collections(person: Any, as_of: date, months: int = 24) -> list[tuple[date, int, int]]:
    """(first day of the month, billed fen, collected fen) of the months up to `as_of`, oldest first.

    Billed are invoices less red-letter notes, collected is money received; reversals count on their own day.
    """
    firsts = [_months_on(as_of.replace(day=1), -back) for back in range(months - 1, -1, -1)]
    with books.current() as book:
        view = _View(book, visible_terminals(person, SEE))
        return [
            (first, view.billed(before, last), view.collected(before, last))
            for first in firsts
            for before, last in [(first - timedelta(days=1), min(_months_on(first, 1) - timedelta(days=1), as_of))]
        ]


class _View:
    """The part of the book a person sees."""

    def __init__(self, book: Book, visible: list[int] | None) -> None:
        self.book = book
        self.seen: Mask | None = None if visible is None else book.flags(visible)
        self._days: dict[bool, tuple[int, npt.NDArray]] = {}
        self._owed_on: dict[date, tuple[npt.NDArray, npt.NDArray]] = {}

    def totals(self, day: date) -> "_Totals":
        return _Totals(self.book.aged(day), self.seen)

    def billed(self, after: date, until: date) -> int:
        """Invoices less red-letter notes dated after one day and until another, fen."""
        return self._moved(True, after, until)

    def collected(self, after: date, until: date) -> int:
        """Money received likewise, fen."""
        return -self._moved(False, after, until)

    def _moved(self, billed: bool, after: date, until: date) -> int:
        if billed not in self._days:
            self._days[billed] = self._by_day(BILLED if billed else COLLECTED)
        first, sums = self._days[billed]
        start, end = (max(0, day.toordinal() - first + 1) for day in (after, until))
        return int(sums[start:end].sum())

    def _by_day(self, kinds: tuple[int, ...]) -> tuple[int, npt.NDArray]:
        """The first day of the book, and what entries of some kinds added to the balance on each day since."""
        book = self.book
        if self.seen is None:
            return book.moved_by_day(kinds)
        rows = np.flatnonzero(self.seen[book.terminal.all])
        rows = rows[np.isin(book.kind.all[rows], kinds)]
        return by_day(book.on.all[rows], book.total_fen.all[rows] * book.side.all[rows])

    def days_late(self, after: date, until: date) -> list[tuple[int, int]]:
        """(fen, days late) of invoices paid in the period, and of what is open at its end, summed by days."""
        book, day = self.book, until.toordinal()
        on = book.settled_on.all
        paid = np.flatnonzero((on > after.toordinal()) & (on <= day))
        debit = book.debit.all[paid]
        money = np.isin(book.kind.all[book.credit.all[paid]], COLLECTED) & (book.kind.all[debit] == BILLED[0])
        if self.seen is not None:
            money &= self.seen[book.terminal.all[debit]]
        paid, debit = paid[money], debit[money]
        fen, late = book.settled_fen.all[paid], on[paid] - book.due.all[debit]
        owed, owed_fen = self._owed(until)
        return _summed(np.concatenate([fen, owed_fen]), np.maximum(np.concatenate([late, day - book.due.all[owed]]), 0))

    def limitation_left(self, as_of: date) -> list[tuple[int, int]]:
        """(fen, days to limitation) of what is open, summed by days."""
        rows, fen = self._owed(as_of)
        return _summed(fen, rules.days_to_limitation(self.book.due.all[rows], as_of=as_of))

    def _owed(self, as_of: date) -> tuple[npt.NDArray, npt.NDArray]:
        """Rows of what is owed on a day, and the open fen of each."""
        if as_of not in self._owed_on:
            self._owed_on[as_of] = self._find_owed(as_of)
        return self._owed_on[as_of]

    def _find_owed(self, as_of: date) -> tuple[npt.NDArray, npt.NDArray]:
        open_fen = self.book.open_on(as_of)
        mask = (open_fen > 0) & (self.book.side.all == 1)
        if self.seen is not None:
            mask &= self.seen[self.book.terminal.all]
        rows = np.flatnonzero(mask)
        return rows, open_fen[rows]


class _Totals:
    """What is owed on a day, of it not due, of it invoiced over a year ago; fen."""

    def __init__(self, aged: Aged, seen: Mask | None) -> None:
        past_due, age = (part if seen is None else part[seen] for part in (aged.past_due, aged.invoice_age))
        self.owed_fen = int(past_due.sum())
        self.current_fen = int(past_due[:, 0].sum())
        over = rules.INVOICE_AGE.codes.index("1_2y")
        self.over_one_year_fen = int(age[:, over:].sum())


def _summed(fen: npt.NDArray, days: npt.NDArray) -> list[tuple[int, int]]:
    """Amounts summed by days, as whole Python numbers, which do not overflow when multiplied."""
    first, sums = by_day(days, fen)
    return [(int(sums[place]), first + int(place)) for place in np.flatnonzero(sums)]


def _months_back(as_of: date, count: int) -> Iterator[tuple[date, date]]:
    """(day before the first, last day) of the `count` months that end with `as_of`, latest first."""
    for back in range(count):
        yield _months_on(as_of, -back - 1), _months_on(as_of, -back)


def _months_on(day: date, months: int) -> date:
    """The same day some months on (or, negative, before); the last of a month that is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
