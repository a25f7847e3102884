"""购买节奏 of many buyers at once, as columns; what one buyer's is, sales.rules.rhythm says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kewei.sales.rules.rhythm import GAPS, LEAST

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Habits:
    """Buyers in ascending order: first and last day (ordinals), how many days with a purchase, their usual gap and its spread
    in days (0: no rhythm yet), and their last gaps, newest last, -1 where there are fewer."""

    buyer: Ints
    first: Ints
    last: Ints
    purchases: Ints
    usual: Ints
    spread: Ints
    gaps: Ints


def habits_of(buyer: Ints, day: Ints, most: int) -> Habits:
    """From purchases as columns (a buyer and a day's ordinal each, any order, told once or more often); the last `most` gaps."""
    if not len(buyer):
        empty = np.zeros(0, np.int64)
        return Habits(*(empty,) * 6, np.zeros((0, most), np.int64))
    base = int(day.min())
    width = int(day.max()) - base + 1
    told = np.unique(buyer * width + (day - base))
    buyer, day = told // width, told % width + base
    starts = np.concatenate([[0], np.flatnonzero(np.diff(buyer) != 0) + 1])
    ends = np.append(starts[1:], len(buyer))
    who, count = buyer[starts], ends - starts
    gaps = last_gaps(day, starts, ends, most)
    usual, spread = rhythm_of(gaps, count)
    return Habits(who, day[starts], day[ends - 1], count, usual, spread, gaps)


def purchases_of(terminal: Ints, first: Ints, days: Ints, until: int) -> tuple[Ints, Ints]:
    """Terminals and days (ordinals), one row for each bit set of `days` up to `until`; bit 0 is the day `first`."""
    who, when = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for bit in range(31):
        bought = (days >> bit & 1 == 1) & (first + bit <= until)
        who.append(terminal[bought])
        when.append(first[bought] + bit)
    return np.concatenate(who), np.concatenate(when)


def last_gaps(day: Ints, starts: Ints, ends: Ints, most: int) -> Ints:
    """The last `most` gaps before each place `ends` of runs of days that begin at `starts`, newest last; -1 where none."""
    back = np.arange(most, 0, -1)
    later = ends[:, None] - back[None, :]
    there = later - 1 >= starts[:, None]
    later = np.where(there, later, 1)
    return np.where(there, day[later] - day[later - 1], -1) if len(day) > 1 else np.full((len(ends), most), -1)


def rhythm_of(gaps: Ints, purchases: Ints) -> tuple[Ints, Ints]:
    """The usual gap (the higher middle one of the last GAPS) and how far half of them stray from it; 0 without a rhythm."""
    recent = gaps[:, -GAPS:]
    usual = _middle(recent)
    spread = _middle(np.where(recent >= 0, np.abs(recent - usual[:, None]), -1))
    known = purchases >= LEAST
    return np.where(known, usual, 0), np.where(known, spread, 0)


def _middle(values: Ints) -> Ints:
    """The higher middle value of each row; values below nought are none."""
    count = (values >= 0).sum(axis=1)
    places = np.sort(values, axis=1)  # what is none comes first
    at = values.shape[1] - count + count // 2
    return np.where(count > 0, np.take_along_axis(places, np.minimum(at, values.shape[1] - 1)[:, None], 1)[:, 0], 0)
