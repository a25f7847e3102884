"""今日催收: what acting today on a customer's debt is worth, and what to do (domain 1F, 3.3; docs/algorithms/worklist.md).

Worth = amount × what acting adds to the chance of being paid − what acting costs. Chances are basis points, money is
fen; everything is whole numbers, so a line of the list can be worked out again by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Any

from kewei.collecting.rules.segments import SEGMENTS
from kewei.collecting.rules.techniques import Situation, Technique, suits
from kewei.kernel.calendar import is_working_day, month_end
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_

FULL_BP, HOUR = 10_000, 60
# Days past due beyond which a curve is level.
FIRST_DAY, LAST_DAY = -30, 3_650
# From waiting so many days the fading is reckoned.
MONTH_DAYS = 30

Curve = tuple[tuple[int, int], ...]

# Why a line is on the list: code -> sentence with its numbers.
WHY: dict[str, str] = {
    "overdue": N_("逾期 {overdue_fen} 元，最长 {days} 天"),
    "due_soon": N_("{soon_fen} 元将在 {days} 天内到期"),
    "pay_run": N_("{days} 天后是交单日，赶上这一批付款"),
    "run_today": N_("今天是交单日，赶上这一批付款"),
    "run_missed": N_("本批付款刚错过，下一次交单在 {days} 天后"),
    "limitation": N_("{stake_fen} 元还有 {days} 天时效届满，需要一次有证据的催收"),
    "barred": N_("{barred_fen} 元时效已届满，只能请对方重新确认"),
    "fading": N_("再等 30 天，可收回的大约少 {fading_fen} 元"),
    "promise_today": N_("承诺今天付 {promised_fen} 元"),
    "promise_broken": N_("承诺失约"),
    "disputed": N_("{disputed_fen} 元有争议，不在催收之列"),
    "promised": N_("{promised_fen} 元已有承诺，到日再看"),
    "ours": N_("原因在我方，先办好我方的事"),
    "quiet": N_("已 {days} 天没有联系"),
}


# By what the chance of being paid without us was reckoned.
MODEL, MIXED, CURVES, PUBLISHED = "model", "mixed", "curves", "published"
BASES: dict[str, str] = {
    MODEL: N_("付款习惯模型"),
    MIXED: N_("付款习惯模型；太久的按回款曲线"),
    CURVES: N_("自有回款曲线"),
    PUBLISHED: N_("公开回款曲线"),
}


def basis_of(modelled: int, items: int, learnt: bool) -> str:
    """By what a debtor's chances were reckoned: so many of its items by the model, the others by curves, own or published."""
    if modelled:
        return MODEL if modelled >= items else MIXED
    return CURVES if learnt else PUBLISHED


@dataclass(frozen=True, slots=True)
class ValuePolicy:
    """What worth is reckoned with. `ever` is the chance that a debt so many days past due is ever paid, `alone` that it is
    paid within `horizon_days` if nobody does anything, `later_bp` what money that comes later anyway is worth to us;
    `run_bp` is what an act is worth within `run_days` before papers
    are handed in for a pay run, `missed_bp` as long after; `stake` the share of a claim at stake by days left until
    limitation; `rested` what an act is worth so many days after the last contact; a technique done within `again_days`
    is not proposed again; an hour costs `hour_fen`; what falls due within `ahead_days` is on the list.
    """

    horizon_days: int
    later_bp: int
    ever: Mapping[str, Curve]
    alone: Mapping[str, Curve]
    run_days: int
    run_bp: int
    missed_bp: int
    stake: Curve
    rested: Curve
    again_days: int
    hour_fen: int
    ahead_days: int
    quiet_days: int


def read_value(body: Any) -> ValuePolicy:
    """Read a version. Raises BadPolicy where a curve is missing or rises the wrong way."""
    curves = {name: {segment: _curve(points) for segment, points in body[name].items()} for name in ("ever", "alone")}
    steps = {name: _curve(body[name]) for name in ("stake", "rested")}
    policy = ValuePolicy(**{**body, **curves, **steps})
    for name, found in curves.items():
        if set(found) != set(SEGMENTS):
            raise BadPolicy(reason=f"{name}: {', '.join(sorted(set(SEGMENTS) ^ set(found)))}")
    for segment, curve in policy.ever.items():
        if any(later > earlier for (_d, earlier), (_e, later) in pairwise(curve)):
            raise BadPolicy(reason=f"ever.{segment}")
    if policy.hour_fen < 0 or policy.ahead_days < 0 or policy.again_days < 0:
        raise BadPolicy(reason="hour_fen, ahead_days, again_days ≥ 0")
    return policy


def _curve(points: Any) -> Curve:
    curve = tuple((int(days), int(bp)) for days, bp in points)
    if not curve or [days for days, _bp in curve] != sorted({days for days, _bp in curve}):
        raise ValueError("days must rise")
    # What an act is worth near a pay run may exceed itself; a chance may not exceed certainty.
    if any(not 0 <= bp <= FULL_BP for _days, bp in curve):
        raise ValueError("0 ≤ bp ≤ 10000")
    return curve


# By days past due: CLLA/CCAA members' figures for private debtors (domain 3.3 [S5][S6]); whoever pays out of public money
# at 154 days on average is judged three times as slowly [INF], never by the deck's curve.
_EVER = [[0, 9_400], [90, 7_300], [180, 5_000], [365, 2_500], [730, 1_000], [1_825, 200]]
_EVER_PUBLIC = [[0, 9_950], [180, 9_700], [365, 9_200], [730, 8_000], [1_095, 6_000], [1_825, 2_000]]
_ALONE = [[-7, 6_000], [0, 4_500], [30, 2_500], [60, 1_500], [90, 1_000], [180, 400], [365, 100], [730, 0]]
_ALONE_PUBLIC = [[-7, 1_500], [0, 1_500], [60, 2_000], [154, 2_500], [365, 1_200], [730, 400], [1_095, 100]]

VALUE = Policy(
    name="collecting.value",
    title=N_("催收价值参数"),
    keeper="collecting.policy",
    since=date(2026, 11, 1),
    source="domain 3.3 (ever: CCAA/CLLA by days past due [S5][S6]; public bodies stretched); 1F rows 67, 70, 72, 77; all others [INF]",
    body={
        "horizon_days": 30,
        "later_bp": 8_000,
        "ever": {segment: _EVER_PUBLIC if segment == "public" else _EVER for segment in SEGMENTS},
        "alone": {segment: _ALONE_PUBLIC if segment == "public" else _ALONE for segment in SEGMENTS},
        "run_days": 5,
        "run_bp": 15_000,
        "missed_bp": 7_000,
        "stake": [[0, 10_000], [7, 10_000], [30, 5_000], [90, 2_000], [180, 500], [181, 0]],
        "rested": [[0, 1_500], [1, 3_000], [3, 6_000], [7, 10_000]],
        "again_days": 14,
        "hour_fen": 8_000,
        "ahead_days": 7,
        "quiet_days": 21,
    },
    read=read_value,
)


def at(curve: Curve, days: int) -> int:
    """A curve's value on a day, in basis points: straight between its points, level beyond its ends."""
    if days <= curve[0][0]:
        return curve[0][1]
    for (first, low), (last, high) in pairwise(curve):
        if days <= last:
            return low + (high - low) * (days - first) // (last - first)
    return curve[-1][1]


@dataclass(frozen=True, slots=True)
class Tables:
    """One segment's curves worked out for every day from FIRST_DAY to LAST_DAY, for books of many items."""

    ever: Sequence[int]
    alone: Sequence[int]

    @staticmethod
    def of(segment: str, policy: ValuePolicy) -> Tables:
        """The tables of a segment."""
        days = range(FIRST_DAY, LAST_DAY + MONTH_DAYS + 1)
        ever, alone = policy.ever[segment], policy.alone[segment]
        return Tables([at(ever, day) for day in days], [at(alone, day) for day in days])


@dataclass(frozen=True, slots=True)
class Owed:
    """One open item: fen that may be asked for today (neither disputed nor promised for later), days past due (negative
    before), days until limitation ends (None: not near), and the learnt chance of its being paid by itself, if any."""

    fen: int
    days: int
    days_left: int | None = None
    alone_bp: int | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A customer's items added up, fen: what acting could win (the chance it may add, less what would come later anyway),
    what a month of waiting costs, what limitation takes.
    """

    fen: int = 0
    movable_fen: int = 0
    fading_fen: int = 0
    stake_fen: int = 0
    barred_fen: int = 0


def weigh(items: Iterable[Owed], tables: Tables, policy: ValuePolicy) -> Weighed:
    """Add up a customer's items: fen × (ever − alone) × (1 − later × ever a month on).

    An item that is time-barred can still be paid, but nothing is at stake any more.
    """
    fen = movable = fading = stake = barred = 0
    ever, alone = tables.ever, tables.alone
    for item in items:
        place = min(max(item.days, FIRST_DAY), LAST_DAY) - FIRST_DAY
        chance = ever[place]
        by_itself = alone[place] if item.alone_bp is None else item.alone_bp
        fen += item.fen
        later = ever[place + MONTH_DAYS]
        movable += item.fen * max(0, chance - by_itself) * (FULL_BP * FULL_BP - policy.later_bp * later)
        fading += item.fen * (chance - later)
        if item.days_left is not None:
            if item.days_left < 0:
                barred += item.fen
            else:
                stake += item.fen * chance * at(policy.stake, item.days_left)
    return Weighed(fen, movable // FULL_BP**3, fading // FULL_BP, stake // (FULL_BP * FULL_BP), barred)


@dataclass(frozen=True, slots=True)
class Moment:
    """What of today matters for a customer beyond its items: days to the next handing in of papers and since the last
    one (None: no calendar), days since the last contact (None: never), techniques done lately."""

    run_in: int | None = None
    run_ago: int | None = None
    since_contact: int | None = None
    done: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Worth:
    """What an act is worth today, fen: money it brings in, claims it keeps alive, what it costs us."""

    gain_fen: int
    stake_fen: int
    cost_fen: int

    @property
    def worth_fen(self) -> int:
        """Gain and stake less cost."""
        return self.gain_fen + self.stake_fen - self.cost_fen


def worth_of_acting(weighed: Weighed, technique: Technique, moment: Moment, policy: ValuePolicy) -> Worth:
    """What doing this today is worth: movable × effect × pay run × rest, what limitation would take, less time and outlay."""
    effect = min(FULL_BP, technique.effect_bp * run_factor(moment, policy) // FULL_BP)
    effect = effect * rest_factor(moment, policy) // FULL_BP
    cost = technique.fen + technique.minutes * policy.hour_fen // HOUR
    return Worth(weighed.movable_fen * effect // FULL_BP, weighed.stake_fen if technique.restarts else 0, cost)


def run_factor(moment: Moment, policy: ValuePolicy) -> int:
    """What the pay run makes of an act: more just before papers are handed in, less just after, in basis points."""
    if moment.run_in is not None and moment.run_in <= policy.run_days:
        return policy.run_bp
    if moment.run_ago is not None and moment.run_ago <= policy.run_days:
        return policy.missed_bp
    return FULL_BP


def rest_factor(moment: Moment, policy: ValuePolicy) -> int:
    """What the last contact makes of another: asking again at once moves little, in basis points."""
    return FULL_BP if moment.since_contact is None else at(policy.rested, moment.since_contact)


def ranked(
    weighed: Weighed, about: Situation, moment: Moment, techniques: Collection[Technique], policy: ValuePolicy
) -> list[tuple[Technique, Worth]]:
    """What may be done, the most worth first; techniques done lately are left out. Equal worth: the cheaper, then by code."""
    found = [
        (row, worth_of_acting(weighed, row, moment, policy))
        for row in techniques
        if row.code not in moment.done and suits(row, about)
    ]
    return sorted(found, key=lambda pair: (-pair[1].worth_fen, pair[1].cost_fen, pair[0].code))


@lru_cache(maxsize=4_000)
def run_days(day: date, handin_day: int) -> tuple[int, int]:
    """(days until papers are next handed in, days since they last were) for a day of the month; a day off comes earlier."""
    this = _handin(day.year, day.month, handin_day)
    before = _handin(day.year - (day.month == 1), (day.month - 2) % 12 + 1, handin_day)
    after = _handin(day.year + (day.month == 12), day.month % 12 + 1, handin_day)
    coming = next(one for one in (this, after) if one >= day)
    gone = this if this < day else before
    return (coming - day).days, (day - gone).days


def _handin(year: int, month: int, handin_day: int) -> date:
    last = month_end(date(year, month, 1))
    day = last.replace(day=min(max(handin_day, 1), last.day))
    while not is_working_day(day) and day.day > 1:
        day = day.replace(day=day.day - 1)
    return day
