"""Two periods of whole months to compare: usual ones, or any chosen first and last months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kewei.kernel.calendar import month_before, month_end
from kewei.kernel.refusals import N_, Refused, refusal

# Months of a period, and how many months before it the period it is compared with ends.
SPANS: dict[str, tuple[str, int, int]] = {
    "month": (N_("上月对比前一月"), 1, 1),
    "quarter": (N_("近三个月对比前三个月"), 3, 3),
    "half": (N_("近六个月对比前六个月"), 6, 6),
    "year": (N_("近十二个月对比前十二个月"), 12, 12),
    "year_ago": (N_("近三个月对比去年同期"), 3, 12),
}
MOST_MONTHS = 60
EARLIEST, LATEST = 1960, 2099


@refusal
class PeriodBackwards(Refused):
    code = "period_backwards"
    says = N_("期间的第一个月 {first} 在最后一个月 {last} 之后")


@refusal
class PeriodsOverlap(Refused):
    code = "periods_overlap"
    says = N_("前期到 {before_last} 为止，本期从 {now_first} 开始：两个期间不能重叠，前期须在本期之前")


@refusal
class PeriodTooLong(Refused):
    code = "period_too_long"
    says = N_("一个期间最多 {most} 个月，所选有 {months} 个月")


@refusal
class BadMonth(Refused):
    code = "bad_month"
    says = N_("「{text}」不是月份，请写成 2026-10 这样")


@dataclass(frozen=True)
class Periods:
    """Two periods of whole months, both ends included."""

    before_first: date
    before_last: date
    now_first: date
    now_last: date


def periods_of(span: str, today: date) -> Periods:
    """The whole months of a span before today's own, and those it is compared with."""
    _words, months, back = SPANS[span]
    return Periods(
        month_before(today, back + months), month_end(month_before(today, back + 1)),
        month_before(today, months), month_end(month_before(today)),
    )  # fmt: skip


def month_from(text: str) -> date:
    """The first day of a month written 2026-10. Raises BadMonth."""
    try:
        month = date.fromisoformat(f"{text}-01") if len(text) == len("2026-10") else None
        if month is None or not EARLIEST <= month.year <= LATEST:
            raise ValueError
        return month
    except ValueError:
        raise BadMonth(text=text[:20]) from None


def chosen(now_first: str, now_last: str, before_first: str = "", before_last: str = "") -> Periods:
    """The periods from the first to the last month chosen; without a chosen period before, as many months just before.

    Raises BadMonth, PeriodBackwards, PeriodsOverlap, PeriodTooLong.
    """
    first, last = _span(now_first, now_last or now_first)
    if before_first or before_last:
        earlier, until = _span(before_first or before_last, before_last or before_first)
    else:
        length = months_between(first, last)
        earlier, until = month_before(first, length), month_before(first)
    if until >= first:
        raise PeriodsOverlap(before_last=f"{until:%Y-%m}", now_first=f"{first:%Y-%m}")
    return Periods(earlier, month_end(until), first, month_end(last))


def _span(first: str, last: str) -> tuple[date, date]:
    began, ended = month_from(first), month_from(last)
    if ended < began:
        raise PeriodBackwards(first=first, last=last)
    if (months := months_between(began, ended)) > MOST_MONTHS:
        raise PeriodTooLong(most=MOST_MONTHS, months=months)
    return began, ended


def months_between(first: date, last: date) -> int:
    """How many months from that of `first` to that of `last`, both counted."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def months_of(first: date, last: date) -> Iterator[date]:
    """The first days of the months from that of `first` to that of `last`."""
    count = months_between(first, last)
    return (month_before(last, count - 1 - n) for n in range(count))
