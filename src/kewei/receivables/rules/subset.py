"""Which open amounts add up to exactly one given amount: exact and bounded (docs/algorithms/allocation.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import comb

import numpy as np

# Rows each half of the search may hold: 131,072 prove the answer for up to 34 amounts and find five among 50.
BUDGET = 131_072

_COUNT_BITS = 6  # a half takes at most 63 amounts, so that sum and count fit one int64 key
_MOST_IN_A_HALF = (1 << _COUNT_BITS) - 1


class Verdict(StrEnum):
    """What is known about the sets of amounts that add up to the target."""

    NONE = "none"  # proven: there is no such set
    ONLY = "only"  # proven: this is the only one
    FEWEST = "fewest"  # the only one of so few amounts (or of all but so few); others exist or could not be excluded
    SEVERAL = "several"  # other sets of as few amounts (or of all but as few) add up too
    UNKNOWN = "unknown"  # none of few amounts, and the larger ones are beyond the budget


@dataclass(frozen=True, slots=True)
class Subset:
    """The preferred set, as positions in the given amounts, how sure it is, and how many rows the search made."""

    verdict: Verdict
    positions: tuple[int, ...] = ()
    steps: int = 0


def find_subset(target_fen: int, open_fen: Sequence[int], budget: int = BUDGET) -> Subset:
    """Find a set of `open_fen` (fen, oldest first) that adds up to exactly `target_fen`.

    Preferred is the set of fewest amounts, and among those the one that holds the oldest; where that cannot be said
    within the budget, the set that leaves out the fewest. The amounts are cut into an older and a newer half; the sets
    of each half, up to a size at which they fit `budget` rows, are listed and matched (meet in the middle). Work is
    bounded by rows, never by time: the same question always has the same answer.
    """
    found = _search(target_fen, open_fen, budget)
    if found.verdict is not Verdict.UNKNOWN:
        return found
    return _all_but_few(target_fen, open_fen, budget, found.steps)


def _all_but_few(target_fen: int, open_fen: Sequence[int], budget: int, steps: int) -> Subset:
    """Everything but the fewest, newest amounts: customers pay all but a few as readily as a few."""
    positions = [position for position in range(len(open_fen)) if open_fen[position] > 0]
    newest_first = [open_fen[position] for position in reversed(positions)]
    left_out = _search(sum(newest_first) - target_fen, newest_first, budget)
    steps += left_out.steps
    if not left_out.positions:
        return Subset(Verdict.UNKNOWN, steps=steps)
    dropped = {positions[-1 - place] for place in left_out.positions}
    return Subset(left_out.verdict, tuple(p for p in positions if p not in dropped), steps)


def _search(target_fen: int, open_fen: Sequence[int], budget: int) -> Subset:
    usable = [position for position, fen in enumerate(open_fen) if 0 < fen <= target_fen]
    if target_fen <= 0 or sum(open_fen[position] for position in usable) < target_fen:
        return Subset(Verdict.NONE)
    middle = len(usable) // 2
    amounts = [open_fen[position] for position in usable]
    # The newer half is never the smaller one, so it says how large a set can be and still be listed.
    largest = _largest_size_within(len(amounts) - middle, budget)
    complete = largest == len(amounts) - middle
    if not complete and sum(sorted(amounts)[-largest:]) < target_fen:
        return Subset(Verdict.UNKNOWN)  # it takes more amounts than can be listed
    older, newer = _sets(amounts[:middle], target_fen, largest), _sets(amounts[middle:], target_fen, largest)
    steps = older.rows + newer.rows
    found = _best_match(target_fen, older, newer)
    if found is None:
        return Subset(Verdict.NONE if complete else Verdict.UNKNOWN, steps=steps)
    if not complete and found.size > largest:
        return Subset(Verdict.UNKNOWN, steps=steps)  # a smaller set may have been cut off: none is preferred
    positions = (*(usable[p] for p in found.older), *(usable[middle + p] for p in found.newer))
    if found.same_size > 1:
        verdict = Verdict.SEVERAL
    else:
        verdict = Verdict.ONLY if complete and found.all_sizes == 1 else Verdict.FEWEST
    return Subset(verdict, positions, steps)


@dataclass(frozen=True, slots=True)
class _Half:
    """The sets of one half, those with older amounts first."""

    sums: np.ndarray
    counts: np.ndarray
    nodes: np.ndarray  # where each set's chain of positions begins; 0 is the empty set
    chain_position: np.ndarray
    chain_next: np.ndarray

    @property
    def rows(self) -> int:
        return len(self.sums)

    def positions(self, row: int) -> tuple[int, ...]:
        chain, node = [], int(self.nodes[row])
        while node:
            chain.append(int(self.chain_position[node]))
            node = int(self.chain_next[node])
        return tuple(chain)


def _sets(amounts: Sequence[int], target_fen: int, largest: int) -> _Half:
    """Every set of at most `largest` amounts that does not exceed the target."""
    sums, counts, nodes = (np.zeros(1, dtype=np.int64) for _ in range(3))
    chain_position, chain_next, made = [np.zeros(1, dtype=np.int64)], [np.zeros(1, dtype=np.int64)], 1
    for position in reversed(range(len(amounts))):
        grows = np.flatnonzero((counts < largest) & (sums <= target_fen - amounts[position]))
        new_nodes = np.arange(made, made + len(grows))
        made += len(grows)
        chain_position.append(np.full(len(grows), position))
        chain_next.append(nodes[grows])
        # In front, because the amount is older than all before it: rows stay ordered by how old a set is.
        sums = np.concatenate([sums[grows] + amounts[position], sums])
        counts = np.concatenate([counts[grows] + 1, counts])
        nodes = np.concatenate([new_nodes, nodes])
    return _Half(sums, counts, nodes, np.concatenate(chain_position), np.concatenate(chain_next))


def _largest_size_within(amounts: int, budget: int) -> int:
    """The largest set size for which all sets of up to that size fit into `budget` rows."""
    rows, size = 1, 0
    while size < min(amounts, _MOST_IN_A_HALF) and rows + comb(amounts, size + 1) <= budget:
        size += 1
        rows += comb(amounts, size)
    return size


@dataclass(frozen=True, slots=True)
class _Match:
    older: tuple[int, ...]
    newer: tuple[int, ...]
    same_size: int
    all_sizes: int

    @property
    def size(self) -> int:
        return len(self.older) + len(self.newer)


def _best_match(target_fen: int, older: _Half, newer: _Half) -> _Match | None:
    keys = (newer.sums << _COUNT_BITS) | newer.counts
    order = np.argsort(keys, kind="stable")  # by sum, then fewest, then oldest
    keys = keys[order]
    wanted = (target_fen - older.sums) << _COUNT_BITS
    first = np.searchsorted(keys, wanted)
    last = np.searchsorted(keys, wanted | _MOST_IN_A_HALF, side="right")
    rows = np.flatnonzero(last > first)
    if not len(rows):
        return None
    sizes = older.counts[rows] + (keys[first[rows]] & _MOST_IN_A_HALF)
    fewest = int(sizes.min())
    best = rows[np.argmin(sizes)]  # the first of the smallest, hence the oldest
    exact = wanted[rows] | np.maximum(fewest - older.counts[rows], 0)
    same = np.searchsorted(keys, exact, side="right") - np.searchsorted(keys, exact)
    same_size = int(same[older.counts[rows] <= fewest].sum())
    return _Match(
        older.positions(int(best)),
        newer.positions(int(order[first[best]])),
        same_size,
        int((last - first)[rows].sum()),
    )
