"""What a dry run collects: problems (they stop the import), rows set aside (they do not), and rows to take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kewei.desk.intake.reading import Where
from kewei.kernel.columns import Problem
from kewei.kernel.refusals import N_, Refused, refusal

# Row number and values by column name.
Record = tuple[int, dict[str, Any]]

# Beyond this many a list of problems helps nobody, and memory must stay bounded; they are still all counted.
KEPT = 100_000


@refusal
class TwiceInFile(Refused):
    code = "intake_twice_in_file"
    says = N_("「{text}」在第 {first_row} 行已经出现过")


@dataclass
class Problems:
    """Problems of a file; the first KEPT in full, all of them counted."""

    kept: list[Problem] = field(default_factory=list)
    count: int = 0
    rows: set[int] = field(default_factory=set)

    def add(self, problem: Problem) -> None:
        """Note a problem; its row is not taken."""
        self.count += 1
        self.rows.add(problem.row)
        if len(self.kept) < KEPT:
            self.kept.append(problem)

    def in_order(self) -> list[Problem]:
        """By row, then by column."""
        return sorted(self.kept, key=lambda p: (p.row, len(p.column), p.column))


@dataclass
class Judged:
    """One noun's part of a file after the dry run.

    `fresh` are rows for the noun's bulk action. `same` rows are in the house already, just so. `total_fen` is the money
    of the fresh rows, None where the noun has none; `unapplied_fen` is what of it will settle nothing yet. `foreseen` is
    what a rule of the house would make of some of them (orders.rules.files.Foreseen), where one does.
    """

    noun: str
    fresh: list[Any] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    same: int = 0
    aside: dict[str, int] = field(default_factory=dict)
    aside_rows: list[Problem] = field(default_factory=list)
    total_fen: int | None = None
    unapplied_fen: int = 0
    foreseen: list[Any] = field(default_factory=list)

    def counts(self) -> dict[str, Any]:
        """As JSON."""
        counts: dict[str, Any] = {"noun": self.noun, "new": self.new, "changed": self.changed, "same": self.same}
        if self.total_fen is not None:
            counts["total_fen"] = self.total_fen
        if self.unapplied_fen:
            counts["unapplied_fen"] = self.unapplied_fen
        if self.aside:
            counts["aside"] = self.aside
        return counts


@dataclass
class Bench:
    """Where the rows of one noun are judged: what was found, and where its columns stand in the file."""

    found: Judged
    where: Where
    problems: Problems

    def fault(self, row: int, column: str, value: Any, why: Refused) -> None:
        """A problem at a column of ours."""
        self.problems.add(self.where.problem(row, column, value, why))

    def take(self, row: Any) -> None:
        """A row of the ledger that can be booked."""
        self.found.fresh.append(row)
        self.found.new += 1
        self.found.total_fen = (self.found.total_fen or 0) + row.total_fen

    def once_each(
        self, records: Iterator[tuple[int, dict[str, Any]]], name: str
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """The records whose value under `name` did not come before in the same file; the others are problems."""
        first_row: dict[str, int] = {}
        for number, values in records:
            first = first_row.setdefault(values[name], number)
            if first == number:
                yield number, values
            else:
                self.fault(number, name, values[name], TwiceInFile(text=values[name], first_row=first))
