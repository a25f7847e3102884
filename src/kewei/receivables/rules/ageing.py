"""How old the open items are, for one item and for the whole book (docs/algorithms/ageing.md)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from kewei.kernel.refusals import N_
from kewei.receivables.rules.limitation import POLICY, LimitationPolicy, last_day

Fen = npt.NDArray[np.int64]
Days = npt.NDArray[np.int32]  # proleptic ordinals, date.toordinal()


@dataclass(frozen=True, slots=True)
class Buckets:
    """Borders in days, each the last day of its bucket; one more bucket is open at the end. A dated policy."""

    edges: tuple[int, ...]
    codes: tuple[str, ...]
    names: tuple[str, ...]
    version: str
    source: str

    def __post_init__(self) -> None:
        assert list(self.edges) == sorted(set(self.edges))
        assert len(self.codes) == len(self.names) == len(self.edges) + 1

    def __len__(self) -> int:
        return len(self.codes)

    def place(self, days: int) -> int:
        """The index of the bucket that `days` fall into."""
        return sum(days > edge for edge in self.edges)


# The columns of 应收账款账龄分析表 (domain 2.10). Years are counted as 365 days here; limitation counts calendar years.
PAST_DUE = Buckets(
    edges=(0, 30, 60, 90, 180, 365, 730, 1095),
    codes=("not_due", "1_30", "31_60", "61_90", "91_180", "181_365", "1_2y", "2_3y", "over_3y"),
    names=(
        N_("未到期"),
        N_("逾期 1–30 天"),
        N_("逾期 31–60 天"),
        N_("逾期 61–90 天"),
        N_("逾期 91–180 天"),
        N_("逾期 181–365 天"),
        N_("逾期 1–2 年"),
        N_("逾期 2–3 年"),
        N_("逾期 3 年以上"),
    ),
    version="2026-1",
    source="domain 2.10",
)

INVOICE_AGE = Buckets(
    edges=(30, 60, 90, 180, 365, 730, 1095),
    codes=("0_30", "31_60", "61_90", "91_180", "181_365", "1_2y", "2_3y", "over_3y"),
    names=(
        N_("开票 0–30 天"),
        N_("开票 31–60 天"),
        N_("开票 61–90 天"),
        N_("开票 91–180 天"),
        N_("开票 181–365 天"),
        N_("开票 1–2 年"),
        N_("开票 2–3 年"),
        N_("开票 3 年以上"),
    ),
    version="2026-1",
    source="domain 2.10",
)


def days_past_due(due_date: date, as_of: date) -> int:
    """Days after the due date: 0 on it, 1 on the day after, negative before."""
    return (as_of - due_date).days


def bucket_of(due_date: date, as_of: date, buckets: Buckets = PAST_DUE) -> int:
    """The index of the bucket of an item due on `due_date`: the due date itself is not overdue, the day after is day 1.

    With `buckets=INVOICE_AGE` and the document date in place of the due date, the bucket of the invoice's age.
    """
    return buckets.place((as_of - due_date).days)


@dataclass(frozen=True, slots=True)
class AgedBook:
    """The book on one day, int64 fen; rows are the groups asked for (customers, owners, …).

    `past_due` is [groups × len(PAST_DUE)] and `invoice_age` [groups × len(INVOICE_AGE)], both of what is owed to us;
    `credit_fen` [groups] holds what is negative (red-letter notes, unapplied money), never netted into a bucket.
    """

    past_due: Fen
    invoice_age: Fen
    credit_fen: Fen

    @property
    def owed_fen(self) -> Fen:
        """What is owed per group before credits: the sum of its buckets."""
        return self.past_due.sum(axis=1)

    @property
    def balance_fen(self) -> Fen:
        """What is owed less credits, per group: equals the control total of the group."""
        return self.owed_fen + self.credit_fen


def age_book(
    group: npt.NDArray[np.integer],
    due_day: Days,
    document_day: Days,
    open_fen: Fen,
    *,
    as_of: date,
    groups: int,
    past_due: Buckets = PAST_DUE,
    invoice_age: Buckets = INVOICE_AGE,
) -> AgedBook:
    """Age a whole book at once. All arrays have one row per entry; negative `open_fen` counts as credit.

    group        index of the entry's group, 0 ≤ group < groups
    due_day, document_day   ordinals of the two days the two ages count from
    open_fen     open on `as_of`, int64 (see open_as_of); zero rows cost time and change nothing
    Sums are exact in int64 up to 92 quadrillion yuan in all.
    """
    assert open_fen.dtype == np.int64
    assert groups * (max(len(past_due), len(invoice_age)) + 1) < 2**31
    credit = open_fen < 0
    by_due = _spread(group, past_due, as_of, due_day, open_fen, credit, groups)
    by_age = _spread(group, invoice_age, as_of, document_day, open_fen, credit, groups)
    return AgedBook(by_due[:, :-1], by_age[:, :-1], by_due[:, -1])


def _spread(
    group: npt.NDArray[np.integer], buckets: Buckets, as_of: date, day: Days, fen: Fen, credit: npt.NDArray, groups: int
) -> Fen:
    """Sum `fen` into [groups × (buckets + 1)] by the age of `day`; the last column takes the credits."""
    width = len(buckets) + 1
    column = _by_day(day, lambda days: np.searchsorted(buckets.edges, as_of.toordinal() - days))
    column[credit] = len(buckets)
    column += group * np.int32(width)
    sums = np.zeros(groups * width, dtype=np.int64)
    # Exact, and the fastest of the ways measured (docs/algorithms/ageing.md); bincount would sum in floating point.
    np.add.at(sums, column, fen)
    return sums.reshape(groups, width)


def open_as_of(
    total_fen: Fen,
    document_day: Days,
    allocated_entry: npt.NDArray[np.integer],
    allocated_fen: Fen,
    allocated_day: Days,
    *,
    as_of: date,
) -> Fen:
    """What was open on each entry at the end of `as_of`, int64 fen, from movements that are only ever added.

    An entry counts from its document day on. An allocation (one row each: index of its entry, fen, its effective day)
    counts from its effective day on; a reversal is a row of the opposite sign. So a movement of a later day changes no
    earlier one. `total_fen` and `allocated_fen` of a credit entry (receipt, red-letter note) are both negative.
    """
    assert total_fen.dtype == allocated_fen.dtype == np.int64
    day = as_of.toordinal()
    open_fen = total_fen * (document_day <= day)
    np.subtract.at(open_fen, allocated_entry, allocated_fen * (allocated_day <= day))
    return open_fen


def days_to_limitation(start_day: Days, *, as_of: date, policy: LimitationPolicy = POLICY) -> Days:
    """Days from `as_of` to the last day of limitation, per entry; negative once it has passed.

    `start_day` is the ordinal of the day the period runs from: the due date, or the latest event that restarted it
    (limitation.limitation tells which). Calendar years and working days as in limitation.last_day.
    """
    today = as_of.toordinal()
    return _by_day(start_day, lambda days: np.array([_last_ordinal(int(day), policy) for day in days]) - today)


def _last_ordinal(start: int, policy: LimitationPolicy) -> int:
    return last_day(date.fromordinal(start), policy).toordinal()


def _by_day(days: Days, answers_for: Callable[[npt.NDArray], npt.NDArray]) -> npt.NDArray[np.int32]:
    """Ask once for each day from the first to the last, and spread the answers: a book of millions has few days."""
    if not len(days):
        return np.zeros(0, dtype=np.int32)
    first = int(days.min())
    answers = answers_for(np.arange(first, int(days.max()) + 1)).astype(np.int32)
    return answers[days - np.int32(first)]
