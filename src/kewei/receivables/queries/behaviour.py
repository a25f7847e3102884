"""How customers behave: on time or late, how late, how steadily they buy; as it was known at the end of a day.

Nothing dated or booked later counts: a receipt of the 10th booked on the 20th is not known on the 15th. Documents and
allocations taken back by then count for nothing, as if they had never been (docs/algorithms/scoring.md).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.utils import timezone

from kewei.receivables.models import Posting
from kewei.receivables.queries import streaming
from kewei.receivables.queries.streaming import INVOICE, RECEIPT, RED_LETTER

YEAR_DAYS, MONTHS = 365, 12
_EPOCH = date(1970, 1, 1).toordinal()
Ints = npt.NDArray[np.int64]


class Behaviour(NamedTuple):
    """One customer's behaviour; fen and days.

    Over invoices that fell due in the 365 days before: `due_fen` less red-letter notes, of it `on_time_fen` paid by the
    due date, and `late_fen_days`, Σ fen × days late of what was paid and of what is still open. `worst_late` is the
    longest delay of a payment within the window asked for, or of what is open. Of the whole calendar months before the
    day's own, twelve at most and none before the first invoice, `months_bought` of `months_possible` had an invoice.
    """

    first_on: date
    due_fen: int
    on_time_fen: int
    late_fen_days: int
    overdue_days: int
    worst_late: int
    months_bought: int
    months_possible: int
    since_order: int


def behaviour(
    as_of: date, terminal_ids: Collection[int] | None = None, *, window_days: int = 182,
    left_out: Collection[int] = (), hindsight: bool = False,
) -> dict[int, Behaviour]:  # fmt: skip
    """The behaviour of these customers, or of all, by key; those without an invoice are left out. Whoever asks.

    `left_out` are invoices whose delay is not the customer's doing. With `hindsight`, what was booked after the day but
    dated before it counts too: for histories brought in at once, whose moments of booking say nothing.
    """
    where = _known(as_of, terminal_ids, hindsight)
    entries = streaming.known_entries(where[0])
    if not len(entries):
        return {}
    day = as_of.toordinal()
    entries = entries[entries["on"] <= day]
    void = np.isin(entries["id"], entries["reverses"][entries["reverses"] > 0]) | (entries["reverses"] > 0)
    entries = entries[~void]
    invoices = entries[entries["kind"] == INVOICE]
    if not len(invoices):
        return {}
    fen, on, debit, kind = _settled(where[1], entries, invoices, day)
    return _added_up(invoices, fen, on, debit, kind, as_of, window_days, left_out)


def _known(as_of: date, terminal_ids: Collection[int] | None, hindsight: bool) -> tuple[str, str]:
    """Conditions on entries and on allocations: those of these customers, booked by the end of the day."""
    end = datetime.combine(as_of + timedelta(days=1), time(), tzinfo=timezone.get_current_timezone()).astimezone(UTC)
    entries, allocations = [], []
    if not hindsight and Posting.objects.filter(at__gte=end).exists():
        moment = str(end.replace(tzinfo=None)) + ("+00" if connection.vendor == "postgresql" else "")
        by_then = f"posting_id NOT IN (SELECT id FROM receivables_posting WHERE at >= '{moment}')"  # noqa: S608
        entries.append(by_then)
        allocations.append(by_then)
    if terminal_ids is not None:
        mine = f"terminal_id IN ({','.join(str(int(pk)) for pk in terminal_ids) or 'NULL'})"
        entries.append(mine)
        allocations.append(f"debit_id IN (SELECT id FROM receivables_entry WHERE {mine})")  # noqa: S608
    return " AND ".join(entries), " AND ".join(allocations)


def _settled(where: str, entries: npt.NDArray, invoices: npt.NDArray, day: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Allocations that stand, on invoices: fen, day, row of the invoice, kind of what settled it."""
    found = streaming.known_allocations(where)
    found = found[found["on"] <= day]
    taken_back = np.isin(found["id"], found["reverses"][found["reverses"] > 0]) | (found["reverses"] > 0)
    found = found[~taken_back]
    debit, credit = _rows(invoices["id"], found["debit"]), _rows(entries["id"], found["credit"])
    stands = (debit >= 0) & (credit >= 0)
    kind = entries["kind"][np.maximum(credit, 0)]
    return (
        found["fen"][stands].astype(np.int64), found["on"][stands].astype(np.int64), debit[stands],
        kind[stands].astype(np.int64),
    )  # fmt: skip


def _rows(ids: npt.NDArray, wanted: npt.NDArray) -> Ints:
    """The place of each wanted key among the ascending ids, −1 where it is not there."""
    place = np.searchsorted(ids, wanted)
    place = np.minimum(place, max(len(ids) - 1, 0))
    return np.where(len(ids) and ids[place] == wanted, place, -1).astype(np.int64)


def _added_up(
    invoices: npt.NDArray, fen: Ints, on: Ints, debit: Ints, kind: Ints, as_of: date, window_days: int,
    left_out: Collection[int],
) -> dict[int, Behaviour]:  # fmt: skip
    day = as_of.toordinal()
    pks, group = np.unique(invoices["terminal"], return_inverse=True)
    count = len(pks)
    due, base = invoices["due"].astype(np.int64), invoices["total_fen"].astype(np.int64)
    noted, money = kind == RED_LETTER, kind == RECEIPT
    base = base - _sum(debit[noted], fen[noted], len(invoices))
    open_fen = base - _sum(debit[money], fen[money], len(invoices))
    fen, on, debit = fen[money], on[money], debit[money]
    judged = ~np.isin(invoices["id"], list(left_out)) if left_out else np.ones(len(invoices), dtype=bool)

    fell_due = judged & (due < day) & (due >= day - YEAR_DAYS)
    counted = fell_due[debit]
    late = np.maximum(on - due[debit], 0)
    owes = fell_due & (open_fen > 0)
    due_fen = _sum(group[fell_due], base[fell_due], count)
    in_time = counted & (late == 0)
    on_time_fen = _sum(group[debit[in_time]], fen[in_time], count)
    late_fen_days = _sum(group[debit[counted]], (fen * late)[counted], count)
    late_fen_days += _sum(group[owes], (open_fen * (day - due))[owes], count)

    overdue = judged & (open_fen > 0) & (due < day)
    overdue_days = _most(group[overdue], (day - due)[overdue], count)
    recent = judged[debit] & (on > day - window_days)
    worst_late = np.maximum(_most(group[debit[recent]], late[recent], count), overdue_days)

    first, last = np.full(count, day, dtype=np.int64), np.zeros(count, dtype=np.int64)
    np.minimum.at(first, group, invoices["on"].astype(np.int64))
    np.maximum.at(last, group, invoices["on"].astype(np.int64))
    bought, possible = _months(invoices["on"].astype(np.int64), group, first, count, as_of)
    columns = (due_fen, on_time_fen, late_fen_days, overdue_days, worst_late, bought, possible, day - last)
    firsts = [date.fromordinal(one) for one in first.tolist()]
    told = zip(firsts, *(column.tolist() for column in columns), strict=True)
    return {pk: Behaviour(*values) for pk, values in zip(pks.tolist(), told, strict=True)}


def _months(on: Ints, group: Ints, first: Ints, count: int, as_of: date) -> tuple[Ints, Ints]:
    """Months with an invoice, and months there could have been, of the twelve before the day's own."""
    this = as_of.year * 12 + as_of.month - 1
    month, first_month = _month_of(on), _month_of(first)
    inside = (month < this) & (month >= this - MONTHS)
    seen = np.unique(group[inside] * 100_000 + month[inside])
    bought = np.bincount(seen // 100_000, minlength=count).astype(np.int64)
    return bought, np.clip(this - np.maximum(first_month, this - MONTHS), 0, MONTHS)


def _month_of(ordinals: Ints) -> Ints:
    """Months since the year nought."""
    return (ordinals - _EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12


def _sum(places: npt.NDArray, values: Ints, count: int) -> Ints:
    """Values summed by place, exactly."""
    sums = np.zeros(count, dtype=np.int64)
    np.add.at(sums, places, values)
    return sums


def _most(places: npt.NDArray, values: Ints, count: int) -> Ints:
    """The largest value of each place, nought where there is none."""
    most = np.zeros(count, dtype=np.int64)
    np.maximum.at(most, places, values)
    return most


class Reaching(NamedTuple):
    """Invoices and the day on which each would become later than some days: customer, that day, whether it did."""

    terminal: Ints
    day: Ints
    late: npt.NDArray[np.bool_]


def reaching(late_days: int, as_of: date) -> Reaching:
    """For every invoice whose day `due + late_days + 1` lies by `as_of`: was anything of it still open then? Whoever asks.

    Days are ordinals. As the books stand now: this judges what really happened, not what was known.
    """
    day = as_of.toordinal()
    entries = streaming.known_entries()
    void = np.isin(entries["id"], entries["reverses"][entries["reverses"] > 0]) | (entries["reverses"] > 0)
    entries = entries[~void & (entries["on"] <= day)]
    invoices = entries[entries["kind"] == INVOICE]
    fen, on, debit, kind = _settled("", entries, invoices, day)
    due = invoices["due"].astype(np.int64)
    noted = kind == RED_LETTER
    in_time = noted | ((kind == RECEIPT) & (on <= due[debit] + late_days))
    open_fen = invoices["total_fen"].astype(np.int64) - _sum(debit[in_time], fen[in_time], len(invoices))
    reached = due + late_days + 1 <= day
    return Reaching(invoices["terminal"][reached].astype(np.int64), due[reached] + late_days + 1, open_fen[reached] > 0)
