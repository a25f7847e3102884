"""淡季工作单 (deck: 淡季和空闲多分析资料): the company's quiet weeks, found from its own sales, and work with data put into them
(docs/algorithms/quiet.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kewei.kernel.calendar import is_working_day
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_

TWINS, NAMES, LICENCES, CARDS, SURVEYS, PLANS, POTENTIAL = (
    "twins", "names", "licences", "cards", "surveys", "plans", "potential",
)  # fmt: skip
KINDS: dict[str, str] = {
    TWINS: N_("疑似重复的客户"),
    NAMES: N_("待复核的流向名称"),
    LICENCES: N_("未核验的证照"),
    CARDS: N_("不完整的客户资料卡"),
    SURVEYS: N_("没有有效信用调查的授信客户"),
    PLANS: N_("该复盘的大客户计划"),
    POTENTIAL: N_("没有判定潜力级的客户"),
}
WEEK, YEAR_WEEKS = timedelta(days=7), 52


@dataclass(frozen=True, slots=True)
class Quiet:
    """How quiet weeks are found and filled: years looked at, per cent of a usual week up to which one is quiet, how many are
    taken at least, how many weeks ahead, minutes of a quiet day for this work, minutes a piece of each kind, in order."""

    years: int
    quiet_percent: int
    least_weeks: int
    ahead_weeks: int
    minutes_a_day: int
    minutes: Mapping[str, int]


def read_quiet(body: Any) -> Quiet:
    """The policy's value. Raises BadPolicy."""
    found = Quiet(**(body | {"minutes": dict(body["minutes"])}))
    if set(found.minutes) != set(KINDS) or any(not 1 <= one <= 480 for one in found.minutes.values()):
        raise BadPolicy(reason="minutes")
    if not (1 <= found.years <= 5 and 1 <= found.least_weeks <= found.ahead_weeks <= YEAR_WEEKS):
        raise BadPolicy(reason="years, least_weeks, ahead_weeks")
    if not (0 < found.quiet_percent <= 100 and 1 <= found.minutes_a_day <= 480):
        raise BadPolicy(reason="quiet_percent, minutes_a_day")
    return found


QUIET = Policy(
    name="insight.quiet",
    title=N_("淡季与闲时工作"),
    keeper="insight.policy",
    since=date(2026, 11, 1),
    source="deck 善用客户资料: 淡季和空闲多分析资料; domain 1C row 43 [INF]",
    body={
        "years": 2,
        "quiet_percent": 85,
        "least_weeks": 3,
        "ahead_weeks": 13,
        "minutes_a_day": 60,
        # What others wait for comes first: one card twice and a name unplaced falsify every figure.
        "minutes": [
            [TWINS, 10],
            [NAMES, 2],
            [LICENCES, 6],
            [PLANS, 60],
            [SURVEYS, 90],
            [CARDS, 8],
            [POTENTIAL, 5],
        ],
    },
    read=read_quiet,
)


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def working_days(monday: date) -> int:
    """Working days of a week by the official calendar, make-up days counted."""
    return sum(is_working_day(monday + timedelta(days=n)) for n in range(7))


def seasons(sold: Mapping[date, int], today: date, years: int) -> dict[int, int]:
    """季节指数: per cent of a usual week by week of the year, from what was sold each day, fen.

    Sales of a week are taken per working day, so that a holiday does not make it quiet, beside the mean of the 52 weeks
    of its own year, so that growth does not either. Years are averaged, and a week is the middle of itself and its
    neighbours: one large order makes no season. Empty without a whole year of sales.
    """
    last = monday_of(today)
    begun = monday_of(min(sold)) + WEEK if sold else last
    found: dict[int, list[int]] = {}
    for back in range(years):
        first = last - YEAR_WEEKS * WEEK * (back + 1)
        if first < begun:
            break
        mondays = [first + n * WEEK for n in range(YEAR_WEEKS)]
        rates = {monday: _rate(sold, monday) for monday in mondays if working_days(monday)}
        whole = sum(rates.values())
        if whole <= 0:
            break
        for monday, rate in rates.items():
            found.setdefault(week_of(monday), []).append(max(0, rate) * len(rates) * 100 // whole)
    bare = {week: sum(values) // len(values) for week, values in found.items()}
    return {week: _middle(bare, week) for week in sorted(bare)}


def _rate(sold: Mapping[date, int], monday: date) -> int:
    """Sold on a working day of a week, fen."""
    return sum(sold.get(monday + timedelta(days=n), 0) for n in range(7)) // working_days(monday)


def week_of(monday: date) -> int:
    """The week of the year, 1 to 52; the fifty-third of some years is taken for the last."""
    return min(YEAR_WEEKS, monday.isocalendar().week)


def _middle(index: Mapping[int, int], week: int) -> int:
    """The median of a week and its neighbours that are known."""
    around = [(week - 2) % YEAR_WEEKS + 1, week, week % YEAR_WEEKS + 1]
    known = sorted(index[one] for one in around if one in index)
    return known[len(known) // 2] if len(known) != 2 else sum(known) // 2


@dataclass(frozen=True, slots=True)
class Week:
    """A week to come: its Monday, working days, per cent of a usual week (None: not known), and whether it is taken."""

    monday: date
    days: int
    percent: int | None
    quiet: bool


def weeks_ahead(index: Mapping[int, int], today: date, by: Quiet) -> tuple[Week, ...]:
    """The weeks to come, the quiet ones marked; at least the quietest few; all of them where no season is known."""
    mondays = [monday_of(today) + n * WEEK for n in range(1, by.ahead_weeks + 1)]
    days = {monday: working_days(monday) for monday in mondays}
    percent = {monday: index.get(week_of(monday)) for monday in mondays}
    known = sorted((value, monday) for monday in mondays if (value := percent[monday]) is not None and days[monday])
    chosen = {monday for value, monday in known if value <= by.quiet_percent}
    chosen |= {monday for _value, monday in known[: by.least_weeks]}
    if not known:
        chosen = {monday for monday in mondays if days[monday]}
    return tuple(Week(monday, days[monday], percent[monday], monday in chosen) for monday in mondays)


@dataclass(frozen=True, slots=True)
class Block:
    """So many pieces of a kind in a week, minutes together."""

    monday: date
    kind: str
    count: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One person's work in the quiet weeks to come, and what of it found no room."""

    blocks: tuple[Block, ...]
    left: tuple[tuple[str, int], ...]


def schedule(counts: Mapping[str, int], weeks: Sequence[Week], by: Quiet) -> Scheduled:
    """One person's pieces by kind into the quiet weeks, in the order of the policy, as many as the minutes of a week hold."""
    room = {week.monday: week.days * by.minutes_a_day for week in weeks if week.quiet}
    blocks, left = [], []
    for kind, minutes in by.minutes.items():
        waiting = counts.get(kind, 0)
        for monday in sorted(room):
            if taken := min(waiting, room[monday] // minutes):
                blocks.append(Block(monday, kind, taken, taken * minutes))
                room[monday] -= taken * minutes
                waiting -= taken
        if waiting:
            left.append((kind, waiting))
    return Scheduled(tuple(sorted(blocks, key=lambda block: block.monday)), tuple(left))
