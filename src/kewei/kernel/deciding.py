"""Decision tables: rows that answer a question where some words have some values; checked for gaps and overlaps.

Each room has its own rows (orders.rules.gate, membership.rules.conduct): what a row says is the room's, when it holds is here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, Protocol

When = tuple[tuple[str, tuple[str, ...]], ...]


class Row(Protocol):
    """What every row has: its question, and which words must have which values."""

    @property
    def question(self) -> str: ...

    @property
    def when(self) -> When: ...


def when(**words: Any) -> When:
    """Words and the value, or the values, each must have."""
    return tuple(sorted((name, (value,) if isinstance(value, str) else tuple(value)) for name, value in words.items()))


def fits(row: Row, words: Mapping[str, str]) -> bool:
    """Whether the row answers for these words."""
    return all(words[name] in values for name, values in row.when)


def doubts(table: Iterable[Row], values: Mapping[str, Sequence[str]]) -> list[tuple[str, dict[str, str], int]]:
    """Every combination of words for which a question has not exactly one row: the gaps and overlaps of the table.

    `values` are the values each word may have. Answers (question, words, how many rows).
    """
    found = []
    by_question: dict[str, list[Row]] = {}
    for row in table:
        by_question.setdefault(row.question, []).append(row)
    for question, rows in by_question.items():
        names = sorted({name for row in rows for name, _values in row.when})
        for chosen in product(*(values[name] for name in names)):
            words = dict(zip(names, chosen, strict=True))
            count = sum(fits(row, words) for row in rows)
            if count != 1:
                found.append((question, words, count))
    return found
