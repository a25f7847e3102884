"""拜访计划: the states of a plan, when somebody works, and what a stop must keep to (domain 2.3; docs/algorithms/wishes.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

from kewei.kernel.calendar import is_working_day, month_end
from kewei.kernel.refusals import N_, Refused, refusal

DRAFT, HANDED_IN, RELEASED, SENT_BACK, DROPPED = "draft", "handed_in", "released", "sent_back", "dropped"
STATES: dict[str, str] = {
    DRAFT: N_("草稿"),
    HANDED_IN: N_("待批准"),
    RELEASED: N_("已批准"),
    SENT_BACK: N_("已驳回"),
    DROPPED: N_("作废"),
}
TONES: dict[str, str] = {
    DRAFT: "quiet",
    HANDED_IN: "warn",
    RELEASED: "ok",
    SENT_BACK: "bad",
    DROPPED: "quiet",
}
# From which states a plan comes into each: a released one is only replaced by the next that is released.
COMES_FROM: dict[str, frozenset[str]] = {
    HANDED_IN: frozenset({DRAFT, SENT_BACK}),
    RELEASED: frozenset({HANDED_IN}),
    SENT_BACK: frozenset({HANDED_IN}),
    DROPPED: frozenset({DRAFT, SENT_BACK, HANDED_IN}),
}
NO_CHANGE = frozenset({DROPPED})
WEEKDAYS: dict[int, str] = {
    1: N_("周一"), 2: N_("周二"), 3: N_("周三"), 4: N_("周四"), 5: N_("周五"), 6: N_("周六"), 7: N_("周日"),
}  # fmt: skip
MIDNIGHT = 24 * 60
MOST_MINUTES, MOST_STOPS, MOST_FREQUENCY = 16 * 60, 60, 31


@refusal
class PlanState(Refused):
    code = "plan_state"
    says = N_("计划现在是「{found}」，不能这样变更")
    status = 409


@refusal
class PlanOver(Refused):
    code = "plan_over"
    says = N_("这份计划已作废，不能再改")
    status = 409


@refusal
class PlanEmpty(Refused):
    code = "plan_empty"
    says = N_("计划里还没有拜访，请先排计划")


@refusal
class OwnPlan(Refused):
    code = "own_plan"
    says = N_("不能批准或驳回自己的计划")
    next_step = N_("请由上级批准。")


@refusal
class WhyMissing(Refused):
    code = "plan_why_missing"
    says = N_("请写明原因")


@refusal
class NotTheirMonth(Refused):
    code = "day_outside_plan"
    says = N_("{day} 不在计划的月份 {month} 内")


@refusal
class DayPast(Refused):
    code = "visit_day_past"
    says = N_("{day} 已经过去，不能安排或改到这一天")


@refusal
class DayOff(Refused):
    code = "visit_day_off"
    says = N_("{day} {name} 不上班：{reason}")


@refusal
class DayFull(Refused):
    code = "visit_day_full"
    says = N_("{day} 已排 {count} 家，一天最多 {most} 家")
    next_step = N_("请换一天，或先移走当天的一家。")


@refusal
class DayTooLong(Refused):
    code = "visit_day_too_long"
    says = N_("{day} 这样走要 {minutes} 分钟，一天最多 {most} 分钟")
    next_step = N_("请换一天，或先移走当天的一家。")


@refusal
class DoorsClosed(Refused):
    code = "visit_doors_closed"
    says = N_("{customer} {day} 不接待拜访：{note}")


@refusal
class TwiceADay(Refused):
    code = "visit_twice_a_day"
    says = N_("{customer} {day} 已有安排")
    status = 409


@refusal
class StopOver(Refused):
    code = "stop_over"
    says = N_("这次拜访已经取消或改期")
    status = 409


@refusal
class StopDone(Refused):
    code = "stop_done"
    says = N_("这次拜访已经签到，不能再改计划")
    status = 409


@refusal
class BadPattern(Refused):
    code = "bad_work_pattern"
    says = N_("作业安排不对：{reason}")


@refusal
class BadRhythm(Refused):
    code = "bad_rhythm"
    says = N_("拜访频率不对：{reason}")


@refusal
class BadAbsence(Refused):
    code = "bad_absence"
    says = N_("请假的最后一天不能早于第一天，也不能超过 366 天")


@refusal
class AbsenceEnded(Refused):
    code = "absence_ended"
    says = N_("这段请假已经取消")
    status = 409


@refusal
class NobodyToPlan(Refused):
    code = "nobody_to_plan"
    says = N_("请选择为谁排计划")


@refusal
class MonthOver(Refused):
    code = "month_over"
    says = N_("{month} 已经没有可以安排的日子了")


# From a terminal to a terminal, START or END: (metres, minutes).
Ways = Mapping[tuple[int, int], tuple[int, int]]
START, END = 0, -1


@dataclass(frozen=True, slots=True)
class Pattern:
    """How somebody works: from `begins` (minutes after midnight), minutes and stops a day, which weekdays (1 to 7).

    `start` and `end` are (latitude, longitude) in millionths of a degree; without `start` a day begins at its first
    stop, without `end` it ends at its last. `road_percent` is road metres for a hundred metres as the crow flies; `ways`
    says of pairs of terminals how far it really is.
    """

    start_name: str = ""
    start: tuple[int, int] | None = None
    end: tuple[int, int] | None = None
    begins: int = 8 * 60 + 30
    minutes: int = 480
    stops: int = 10
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)
    overnight: bool = False
    road_percent: int = 130
    metres_per_minute: int = 500
    ways: Ways = field(default_factory=dict, compare=False)
    # Where the day begins and ends by its measured ways: at home, or near the terminal where the night is spent.
    starts_at: int = START
    ends_at: int = END

    @property
    def begins_at(self) -> time:
        """When the day begins, as a time."""
        return time(self.begins // 60, self.begins % 60)


@dataclass(frozen=True, slots=True)
class Night:
    """A night away from home: near which terminal it is spent."""

    terminal: int
    name: str
    point: tuple[int, int]


def pattern_between(pattern: Pattern, before: Night | None, after: Night | None) -> Pattern:
    """How a day is worked that begins where one slept and ends where one will sleep; None: at home."""
    if before is not None:
        pattern = replace(pattern, start=before.point, start_name=before.name, starts_at=before.terminal)
    return pattern if after is None else replace(pattern, end=after.point, ends_at=after.terminal)


def check_pattern(pattern: Pattern) -> None:
    """A pattern somebody can work by. Raises BadPattern."""
    if not 0 < pattern.minutes <= MOST_MINUTES:
        raise BadPattern(reason=N_("每天分钟数须在 1 至 960 之间"))
    if pattern.begins + pattern.minutes > MIDNIGHT:
        raise BadPattern(reason=N_("一天的工作须在午夜前结束"))
    if not 0 < pattern.stops <= MOST_STOPS:
        raise BadPattern(reason=N_("每天家数须在 1 至 60 之间"))
    if not pattern.weekdays or not set(pattern.weekdays) <= set(WEEKDAYS):
        raise BadPattern(reason=N_("请至少选一个工作的星期几"))
    if not 100 <= pattern.road_percent <= 400:
        raise BadPattern(reason=N_("道路系数须在 100 至 400 之间"))
    if not 10 <= pattern.metres_per_minute <= 2_000:
        raise BadPattern(reason=N_("车速须在每分钟 10 至 2000 米之间"))
    for place in (pattern.start, pattern.end):
        if place is not None and not (abs(place[0]) <= 90_000_000 and abs(place[1]) <= 180_000_000):
            raise BadPattern(reason=N_("纬度须在 -90 至 90、经度须在 -180 至 180 之间"))


@dataclass(frozen=True, slots=True)
class Doors:
    """When a terminal receives visitors: weekdays (empty: any), from and to in minutes after midnight (None: any)."""

    per_month: int | None = None
    minutes: int | None = None
    weekdays: tuple[int, ...] = ()
    opens: int | None = None
    closes: int | None = None
    note: str = ""


def check_rhythm(doors: Doors) -> None:
    """A rhythm that can be kept. Raises BadRhythm."""
    if doors.per_month is not None and not 0 <= doors.per_month <= MOST_FREQUENCY:
        raise BadRhythm(reason=N_("每月次数须在 0 至 31 之间"))
    if doors.minutes is not None and not 0 < doors.minutes <= MOST_MINUTES:
        raise BadRhythm(reason=N_("每次分钟数须在 1 至 960 之间"))
    if not set(doors.weekdays) <= set(WEEKDAYS):
        raise BadRhythm(reason=N_("星期几须在周一至周日之间"))
    opens, closes = doors.opens, doors.closes
    if any(at is not None and not 0 <= at <= MIDNIGHT for at in (opens, closes)) or (
        opens is not None and closes is not None and opens > closes
    ):
        raise BadRhythm(reason=N_("开门时间不能晚于关门时间"))


def check_absence(first_on: date, last_on: date) -> None:
    """Raises BadAbsence."""
    if last_on < first_on or (last_on - first_on).days > 366:
        raise BadAbsence


def month_of(day: date) -> date:
    """The first day of the month of a day: what plans are named by."""
    return day.replace(day=1)


def days_of_month(month: date) -> list[date]:
    """Every day of a month."""
    first, last = month_of(month), month_end(month)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def works_on(day: date, weekdays: Collection[int], absences: Iterable[tuple[date, date, str]] = ()) -> str:
    """'' where somebody works that day, else why not. A make-up day (调休) counts as a working day whatever its weekday;
    a weekend somebody works by their own pattern counts unless it is a holiday."""
    for first, last, reason in absences:
        if first <= day <= last:
            return reason or N_("请假")
    if is_working_day(day):
        return "" if day.isoweekday() in weekdays or day.isoweekday() > 5 else N_("不是工作日")
    if day.isoweekday() > 5 and day.isoweekday() in weekdays and not _holiday_nearby(day):
        return ""
    return N_("休息日或节假日")


def _holiday_nearby(day: date) -> bool:
    """Whether a free weekend day belongs to a holiday: a day beside it that is no weekend is free too."""
    step = timedelta(days=1)
    for direction in (-step, step):
        other = day + direction
        while other.isoweekday() > 5 and not is_working_day(other):
            other += direction
        if not is_working_day(other):
            return True
    return False


def working_days(
    month: date, weekdays: Collection[int], absences: Sequence[tuple[date, date, str]] = (), since: date | None = None
) -> list[date]:
    """The days of a month on which somebody works, from `since` on."""
    return [
        day for day in days_of_month(month) if (since is None or day >= since) and not works_on(day, weekdays, absences)
    ]


def check_move(state: str, new: str) -> None:
    """Whether a plan may come into a state. Raises PlanState."""
    if state not in COMES_FROM[new]:
        raise PlanState(found=STATES[state])
