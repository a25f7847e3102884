"""Until when a claim can be enforced: limitation of actions 诉讼时效 (docs/algorithms/limitation.md, domain 4.6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from kewei.kernel.calendar import add_years, is_provisional, next_working_day
from kewei.kernel.refusals import N_


@dataclass(frozen=True, slots=True)
class LimitationPolicy:
    """The statutory periods; parties cannot agree others (民法典 197), so only a change of law makes a version."""

    years: int
    longest_years: int
    version: str
    source: str


POLICY = LimitationPolicy(years=3, longest_years=20, version="2021-01-01", source=N_("民法典第 188、200–203 条"))

# Days before the last day at which a warning begins.
WARNING_DAYS = (90, 180, 365)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event that restarts the period; `revives` says whether it also does so after expiry."""

    code: str
    name: str
    revives: bool


# 民法典 192, 195; 诉讼时效规定 8, 10–14, 19. A demand counts on the day it arrived, a suit on the day it ended.
KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("demand", N_("催告送达"), revives=False),
        Kind("acknowledged", N_("债务人确认债务"), revives=False),
        Kind("agreed", N_("债务人同意履行（还款计划、担保、延期）"), revives=True),
        Kind("part_payment", N_("部分付款"), revives=True),
        Kind("suit", N_("诉讼、仲裁或同等程序终结"), revives=False),
    )
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something proved that restarts the period, on the day it takes effect.

    The new period may run from a later day: that on which proceedings ended (195), or the last day of instalments agreed
    (189). Proceedings still `pending` stop the clock. Whether it came in time is judged by `on`.
    """

    on: date
    kind: str
    runs_from: date | None = None
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Limitation:
    """The clock of one claim. `last_day` is None while it does not run: no due date and no demand yet, or `stopped_by`
    proceedings.
    """

    starts_on: date | None
    last_day: date | None
    counted: tuple[Event, ...] = ()
    too_late: tuple[Event, ...] = ()  # came after expiry and could not revive it
    stopped_by: Event | None = None

    @property
    def provisional(self) -> bool:
        """Whether public holidays around the last day are not published yet, so that it may still move."""
        return self.last_day is not None and is_provisional(self.last_day)

    def days_left(self, as_of: date) -> int | None:
        """Days from `as_of` to the last day: 0 on it, negative after; None while the clock does not run."""
        return None if self.last_day is None else (self.last_day - as_of).days


@lru_cache(maxsize=20_000)
def last_day(start: date, policy: LimitationPolicy = POLICY) -> date:
    """The last day of a period that runs from `start`, the day itself not counted (民法典 200–203).

    The same day `policy.years` calendar years on, 28 February for a 29th that does not exist; where that is a day off,
    the next working day.
    """
    return next_working_day(add_years(start, policy.years))


def limitation(
    due_date: date | None,
    events: Iterable[Event] = (),
    *,
    grace_days: int = 0,
    policy: LimitationPolicy = POLICY,
) -> Limitation:
    """The limitation clock of a claim due on `due_date`, restarted by `events`.

    Without a due date the first event starts the clock: a demand after the `grace_days` it leaves (诉讼时效规定 4). An
    event on or before the due date restarts nothing, unless its period runs from a later day. After expiry only an event
    whose kind revives counts. The clock never passes `policy.longest_years` from its first start.
    """
    counted: list[Event] = []
    too_late: list[Event] = []
    start = first_start = due_date
    for event in sorted(events, key=lambda e: (e.on, e.kind)):
        runs_from = max(event.on, event.runs_from or event.on)
        if start is None or first_start is None:
            grace = grace_days if event.kind == "demand" else 0
            start = first_start = runs_from + timedelta(days=grace)
        elif event.on > _capped(start, first_start, policy) and not KINDS[event.kind].revives:
            too_late.append(event)
            continue
        elif event.pending:
            pass
        elif runs_from <= start:
            continue
        else:
            start = runs_from
        counted.append(event)
        if event.pending:
            return Limitation(start, None, tuple(counted), tuple(too_late), event)
    if start is None or first_start is None:
        return Limitation(None, None)
    return Limitation(start, _capped(start, first_start, policy), tuple(counted), tuple(too_late))


def _capped(start: date, first_start: date, policy: LimitationPolicy) -> date:
    return min(last_day(start, policy), next_working_day(add_years(first_start, policy.longest_years)))


def warning_of(days_left: int) -> int | None:
    """The warning band a claim is in: 90, 180 or 365 days, 0 once expired, None while there is time."""
    if days_left < 0:
        return 0
    return next((band for band in WARNING_DAYS if days_left <= band), None)
