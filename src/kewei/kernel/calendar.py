"""Days: reading them, and the Chinese working calendar."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date, datetime, timedelta
from functools import cache

from kewei.kernel.refusals import N_, Refused, refusal

EMPTY = N_("没有填写")
NOT_A_DAY = N_("不是日期，请写成 2024-01-31 的样子")
NO_SUCH_DAY = N_("日历上没有这一天")
AMBIGUOUS = N_("分不清月和日，请写成 2024-01-31 的样子")
OUT_OF_RANGE = N_("年份应在 1950 至 2099 之间")

FIRST_YEAR, LAST_YEAR = 1950, 2099


@refusal
class BadDay(Refused):
    code = "bad_day"
    says = N_("「{text}」不能作为日期：{reason}")


_YEAR_FIRST = re.compile(r"([0-9]{4}) ?([-/.]) ?([0-9]{1,2}) ?\2 ?([0-9]{1,2})")
_CHINESE = re.compile(r"([0-9]{4}) ?年 ?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?[日号]?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2}) ?([-/.]) ?([0-9]{1,2}) ?\2 ?([0-9]{4})")
_DAY_MONTH_NAME = re.compile(r"([0-9]{1,2})[-/. ]?([a-z]{3,9})\.?[-/, ]{0,2}([0-9]{4})", re.IGNORECASE)
_MONTH_NAME_DAY = re.compile(r"([a-z]{3,9})\.? ([0-9]{1,2}),? ([0-9]{4})", re.IGNORECASE)
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]*)?")
_TIME_OF_DAY = re.compile(r"(?:T| ) ?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)? ?(?:Z|[+-][0-9]{2}:?[0-9]{2})?$")
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
# Serial numbers of spreadsheets count days from here (the day before 1900-01-00, thanks to a leap day that never was).
_SERIAL_ZERO = date(1899, 12, 30)


def day_from_text(value: object, *, order: str = "ymd") -> date:
    """Read a day as people type it or as a spreadsheet holds it.

    Accepts 2024-01-31, 2024/1/31, 2024.1.31, 20240131, 2024年1月31日, 31-Jan-2024, dates, moments (their
    day), spreadsheet serial numbers. 1/31/2024 only with `order="mdy"`, 31/1/2024 only with
    `order="dmy"`, because 3/4/2024 means two different days to two different people.
    Raises BadDay with the reason.
    """
    if isinstance(value, datetime):
        return _within_range(value.date(), str(value))
    if isinstance(value, date):
        return _within_range(value, str(value))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise BadDay(text=str(value), reason=NOT_A_DAY)
    bare = _TIME_OF_DAY.sub("", " ".join(unicodedata.normalize("NFKC", value).split()))
    if not bare:
        raise BadDay(text=value, reason=EMPTY)
    return _within_range(_parse(bare, order, value), value)


def _parse(bare: str, order: str, typed: str) -> date:
    if found := _YEAR_FIRST.fullmatch(bare):
        return _day(found[1], found[3], found[4], typed)
    if found := _CHINESE.fullmatch(bare) or _COMPACT.fullmatch(bare):
        return _day(found[1], found[2], found[3], typed)
    if found := _DAY_MONTH_NAME.fullmatch(bare):
        return _day(found[3], _month_number(found[2], typed), found[1], typed)
    if found := _MONTH_NAME_DAY.fullmatch(bare):
        return _day(found[3], _month_number(found[1], typed), found[2], typed)
    if found := _YEAR_LAST.fullmatch(bare):
        if order == "mdy":
            return _day(found[4], found[1], found[3], typed)
        if order == "dmy":
            return _day(found[4], found[3], found[1], typed)
        raise BadDay(text=typed, reason=AMBIGUOUS)
    if found := _SERIAL.fullmatch(bare):
        return _SERIAL_ZERO + timedelta(days=int(found[1]))
    raise BadDay(text=typed[:60], reason=NOT_A_DAY)


def _month_number(name: str, typed: str) -> int:
    for number, month in enumerate(_MONTHS, start=1):
        if name.lower() in (month, month[:3]):
            return number
    raise BadDay(text=typed, reason=NOT_A_DAY)


def _day(year: str | int, month: str | int, day: str | int, typed: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise BadDay(text=typed, reason=NO_SUCH_DAY) from None


def _within_range(day: date, typed: str) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadDay(text=typed, reason=OUT_OF_RANGE)
    return day


@cache
def _arrangement() -> tuple[frozenset[date], frozenset[date], int, int]:
    """Published days off, published working weekends, first and last year published (State Council notices)."""
    # Loaded on first use: not every command asks about working days.
    from chinese_calendar import constants

    days_off, working_weekends = frozenset(constants.holidays), frozenset(constants.workdays)
    years = {day.year for day in days_off}
    return days_off, working_weekends, min(years), max(years)


def is_provisional(day: date) -> bool:
    """Whether the State Council's arrangement for that year is not known here: only weekends are then free."""
    _, _, first, last = _arrangement()
    return not first <= day.year <= last


def is_working_day(day: date) -> bool:
    """Whether offices and banks in mainland China work that day (beyond the published years: Monday to Friday)."""
    days_off, working_weekends, _, _ = _arrangement()
    if day in days_off:
        return False
    return day.weekday() < 5 or day in working_weekends


def next_working_day(day: date) -> date:
    """The day itself if people work, else the next day they do."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, n: int) -> date:
    """The n-th working day after (n < 0: before) a day; the day itself is not counted. n = 0 gives the day."""
    step = timedelta(days=1 if n > 0 else -1)
    for _ in range(abs(n)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def add_years(day: date, n: int) -> date:
    """The same day n years on; 29 February ends on 28 February where there is none (Civil Code art. 202)."""
    year = day.year + n
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


def month_end(day: date) -> date:
    """The last day of the month of a day."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def month_before(day: date, many: int = 1) -> date:
    """The first day of the month that lies so many months before that of a day."""
    at = day.year * 12 + day.month - 1 - many
    return date(at // 12, at % 12 + 1, 1)


def days_between(a: date, b: date) -> int:
    """Days from a to b: 0 on the same day, negative when b is earlier."""
    return (b - a).days
