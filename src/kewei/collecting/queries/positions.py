"""What every debtor owes today and how far each item has climbed: the columns the daily run decides from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from kewei.collecting.models import Stage
from kewei.collecting.queries import clocks, disputes, promises
from kewei.collecting.rules.ladder import CALL, COURT, NOT_YET, REMIND, ROOM, Debt, Ladder
from kewei.credit.queries import securities
from kewei.receivables.rules.limitation import last_day

Ints = npt.NDArray[np.int64]

# Days as ordinals, so that a million of them need no reading.
_DUE = {
    "sqlite": "CAST(julianday(i.due_date) - 1721424.5 AS INTEGER)",
    "postgresql": "(i.due_date - DATE '0001-01-01') + 1",
}
_DEBTS = """
SELECT i.entry_id, i.terminal_id, {due}, i.open_fen, COALESCE(l.place, {not_yet})
 FROM receivables_item i LEFT JOIN collecting_level l ON l.item_id = i.entry_id
 WHERE i.open_fen > 0 AND i.side = 1 AND i.due_date <= %s {among}
"""
_AT_ONCE = 50_000


@dataclass(frozen=True)
class Debts:
    """Open items as columns: entry, customer, due day as an ordinal, fen, the rung reached (NOT_YET: none)."""

    day: int
    item: Ints
    terminal: Ints
    due: Ints
    open_fen: Ints
    reached: Ints

    @property
    def late(self) -> Ints:
        """Days past due; negative before."""
        return self.day - self.due

    def part(self, rows: npt.NDArray) -> Debts:
        """Some of the rows."""
        return Debts(
            self.day, self.item[rows], self.terminal[rows], self.due[rows], self.open_fen[rows], self.reached[rows]
        )


@dataclass(frozen=True)
class Overdue:
    """What each customer has overdue, as columns: fen, the earliest due day, how many items, the highest rung reached."""

    terminal: Ints
    fen: Ints
    oldest: Ints
    items: Ints
    reached: Ints


def debts(day: date, ahead_days: int, terminals: Sequence[int] | None = None) -> Debts:
    """Everything due by `ahead_days` after a day and still open, of all customers or of these, whoever asks."""
    among = (
        "" if terminals is None else f"AND i.terminal_id IN ({','.join(str(int(pk)) for pk in terminals) or 'NULL'})"
    )
    statement = _DEBTS.format(due=_DUE[connection.vendor], not_yet=NOT_YET, among=among)
    parts: list[Ints] = [np.zeros((0, 5), dtype=np.int64)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [day + timedelta(days=ahead_days)])
        while rows := cursor.fetchmany(_AT_ONCE):
            parts.append(np.array(rows, dtype=np.int64))
    found = np.concatenate(parts)
    return Debts(day.toordinal(), *(np.ascontiguousarray(found[:, i]) for i in range(5)))


def overdue(found: Debts) -> Overdue:
    """Summed by customer: what is past due."""
    late = found.part(np.flatnonzero(found.late > 0))
    terminal, group = np.unique(late.terminal, return_inverse=True)
    fen, items = np.zeros(len(terminal), dtype=np.int64), np.zeros(len(terminal), dtype=np.int64)
    oldest = np.full(len(terminal), found.day, dtype=np.int64)
    reached = np.full(len(terminal), NOT_YET, dtype=np.int64)
    np.add.at(fen, group, late.open_fen)
    np.add.at(items, group, 1)
    np.minimum.at(oldest, group, late.due)
    np.maximum.at(reached, group, late.reached)
    return Overdue(terminal, fen, oldest, items, reached)


def may_climb(found: Debts, segments: dict[int, str], ladder: Ladder, left: Mapping[int, int]) -> npt.NDArray[np.bool_]:
    """Rows whose days or whose limitation (`left`: limitation_left) put them on a rung above the one they reached;
    promises and disputes aside."""
    late = found.late
    place = np.full(len(late), NOT_YET, dtype=np.int64)
    names = list(ladder.ladders)
    codes = np.array([names.index(segments[pk]) for pk in found.terminal.tolist()], dtype=np.int64)
    for code, name in enumerate(names):
        rungs = ladder.ladders[name]
        days = np.array([rung.days for rung in rungs])
        places = np.array([NOT_YET, *(rung.place for rung in rungs)])
        mask = codes == code
        place[mask] = places[np.searchsorted(days, late[mask], side="right")]
    place[(late > 0) & (place < CALL * ROOM)] = NOT_YET
    near = np.array([item for item, days in left.items() if 0 <= days <= ladder.court_days], dtype=np.int64)
    place[np.isin(found.item, near) & (late > 0)] = COURT * ROOM
    return place > found.reached


def limitation_left(found: Debts, ladder: Ladder) -> dict[int, int]:
    """Days to the end of limitation of the items it may matter for today, with everything that restarted the clock.

    An event that restarts the clock only gives more time, so only items whose time from the due day alone is nearly over,
    or over, are looked at; one whose clock is stopped by proceedings is left out.
    """
    unique, inverse = np.unique(found.due, return_inverse=True)
    alone = [last_day(date.fromordinal(due)).toordinal() - found.day for due in unique.tolist()]
    old = np.array([days <= ladder.court_days for days in alone], dtype=bool)
    if not old.any():
        return {}
    items = found.item[np.flatnonzero(old[inverse])].tolist()
    told = clocks.limitation_of(items, date.fromordinal(found.day))
    return {pk: one.days_left for pk, one in told.items() if one.days_left is not None}


@dataclass(frozen=True)
class Told:
    """What is known beside the ledger: disputed fen, running promises and the days to the end of limitation by item; by
    customer the stages broken promises are worth and the days to the end of a guarantee period."""

    disputed: Mapping[int, int]
    promised: Collection[int]
    pushed: Mapping[int, int]
    guarantees: Mapping[int, int]
    left: Mapping[int, int]


def judged(found: Debts, segments: dict[int, str], ladder: Ladder) -> tuple[Debts, Told]:
    """The rows that may climb today, and what is known beside the ledger about them, whoever asks.

    Days and limitation are looked at in columns, because few of the rows move on any morning; where a broken promise
    or a guarantee pushes a customer up, all its overdue rows are among them.
    """
    day = date.fromordinal(found.day)
    customers = np.unique(found.terminal).tolist()
    pushed, guarantees = promises.pushed_up(customers, day), guarantees_ending(day, ladder.guarantee_days)
    moved_up = np.isin(found.terminal, np.array([*pushed, *guarantees], dtype=np.int64)) & (found.late > 0)
    left = limitation_left(found, ladder)
    rows = found.part(np.flatnonzero(may_climb(found, segments, ladder, left) | moved_up))
    items = rows.item.tolist()
    return rows, Told(disputes.disputed_fen(items), promises.open_by_item(items), pushed, guarantees, left)


def as_debts(found: Debts, told: Told) -> dict[int, list[Debt]]:
    """The rows as the rules see them, by customer."""
    made: dict[int, list[Debt]] = {}
    rows = zip(
        found.item.tolist(), found.terminal.tolist(), found.due.tolist(), found.open_fen.tolist(), found.reached.tolist(),
        strict=True,
    )  # fmt: skip
    for item, terminal, due, open_fen, reached in rows:
        debt = Debt(
            item, found.day - due, open_fen, told.disputed.get(item, 0), item in told.promised,
            told.pushed.get(terminal, 0), told.left.get(item), told.guarantees.get(terminal), reached,
        )  # fmt: skip
        made.setdefault(terminal, []).append(debt)
    return made


def unapplied(terminals: Sequence[int]) -> dict[int, int]:
    """Money and notes of these customers that wait to be applied, fen; those with none are left out."""
    keys = ",".join(str(int(pk)) for pk in terminals) or "NULL"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT terminal_id, SUM(open_fen) FROM receivables_item WHERE open_fen > 0 AND side = -1"  # noqa: S608
            f" AND terminal_id IN ({keys}) GROUP BY terminal_id"
        )
        return {int(pk): int(fen) for pk, fen in cursor.fetchall()}


def guarantees_ending(day: date, within: int) -> dict[int, int]:
    """Days to the end of the guarantee period that ends first, by customer, where it ends within so many days."""
    found: dict[int, int] = {}
    for _pk, terminal, _kind, until, _fen in securities.ending(day, (within,)):
        left = (until - day).days
        if left >= 0:
            found[terminal] = min(left, found.get(terminal, left))
    return found


def reminded_since(day: date, days: int) -> set[int]:
    """Customers reminded of what falls due within so many days, the day itself included, whoever asks."""
    first = day - timedelta(days=days - 1)
    # No step is acted on before its day: the index of days to act leads to it.
    rows = Stage.objects.filter(act_on__gte=first, stage=REMIND, on__gte=first, on__lte=day)
    return set(rows.values_list("terminal", flat=True))


def segments_of(dimensions: dict[int, Any], ladder: Ladder) -> dict[int, str]:
    """The segment of each customer."""
    return {pk: ladder.segment(one.kind) for pk, one in dimensions.items()}
