"""What the clock asks of visits."""

from __future__ import annotations

import logging
import multiprocessing
from concurrent.futures import Future, ProcessPoolExecutor, wait
from datetime import datetime, time, timedelta
from time import monotonic
from typing import Any

from django.utils import timezone

from kewei.kernel.calendar import month_before
from kewei.kernel.refusals import Refused
from kewei.keyaccounts import actions as keyaccounts_actions
from kewei.keyaccounts.queries import earning
from kewei.people import queries as people
from kewei.visits import actions
from kewei.visits.queries import planning, plans
from kewei.visits.queries.efforts import efforts_of
from kewei.visits.rules.month import Work, build, kept_plan
from kewei.visits.rules.planning.values import Plan, Progress
from kewei.visits.rules.solving import Solved, solve

YEAR_OF_MONTHS = 12
# How many people are planned at once.
PROCESSES = 2
# A turn plans so many people and takes little more than their seconds; a worker silent for longer has died.
LOST_AFTER = timedelta(minutes=5)
log = logging.getLogger("kewei.visits")


def gather_wishes(*, now: datetime) -> None:
    """汇集拜访理由  Every morning, after the cases and the worklist: why terminals deserve a visit this month and the next."""
    actions.gather_wishes(by=people.system(), now=now)


class WhenAsked:
    """Whenever somebody asked for plans: a few people a turn, so that others have theirs in between."""

    def is_due(self, taken_at: datetime | None, done_at: datetime | None, now: datetime) -> bool:
        """See journal.rules.Rhythm."""
        busy = taken_at is not None and done_at is None and now - taken_at < LOST_AFTER
        return not busy and planning.next_planning() is not None


def go_on_planning(*, now: datetime) -> None:
    """排计划  The next people of a planning; one whose plan fails is left out with the reason, the others go on."""
    pk, by = planning.next_planning(), people.system()
    if pk is None:
        return
    row = planning.planning(by, pk)
    works: dict[int, Work] = {}
    for key in row.people[row.done : row.done + PROCESSES]:
        try:
            works[key] = planning.work_of(people.colleague(key), row.month, timezone.localdate(now), keep=row.keep)
        except Refused as why:
            actions.fail_planned(planning=pk, person=key, why=why.sentence(str), by=by, now=now)
    for key, found in _solved(row, works).items():
        try:
            if isinstance(found, BaseException):
                raise found
            actions.keep_planned(planning=pk, person=key, work=works[key], solved=found, by=by, now=now)
        except Refused as why:
            actions.fail_planned(planning=pk, person=key, why=why.sentence(str), by=by, now=now)
        except Exception as broken:
            log.exception("planning %s of %s", pk, key)
            actions.fail_planned(planning=pk, person=key, why=f"{type(broken).__name__}: {broken}", by=by, now=now)


def forget_places(*, now: datetime) -> None:
    """清除签到位置  Every night: places kept as long as the policy allows."""
    actions.forget_places(by=people.system(), now=now)


def tell_efforts(*, now: datetime) -> None:
    """汇总拜访投入  Every night: this month and the last to key accounts; all of a year where nothing was told yet."""
    this = timezone.localdate(now).replace(day=1)
    for back in range(YEAR_OF_MONTHS if earning.told_at() is None else 1, -1, -1):
        month = month_before(this, back)
        keyaccounts_actions.note_efforts(month=month, efforts=efforts_of(month), by=people.system(), now=now)


JOBS = [
    ("visits.efforts", time(3, 50), tell_efforts),
    ("visits.places", time(3, 40), forget_places),
    ("visits.planning", WhenAsked(), go_on_planning),
    # After collecting's stages of the day.
    ("visits.wishes", time(5, 30), gather_wishes),
]


# --- one or two processes ---------------------------------------------------------------------------------------------


class Clock:
    """A stopping rule by seconds, or at once when somebody wants the best so far."""

    def __init__(self, seconds: int, enough: Any = None) -> None:
        self.seconds, self.began, self.enough = seconds, monotonic(), enough

    def __call__(self, rounds: int, /) -> float:
        """The share of the seconds that is used up."""
        if self.enough is not None and self.enough():
            return 1.0
        return (monotonic() - self.began) / self.seconds


def _solved(row: planning.PlanningRow, works: dict[int, Work]) -> dict[int, Any]:
    """A plan, or what went wrong, for each of these people."""
    keeps = {key: _kept(key, row, work) for key, work in works.items()}
    if len(works) <= 1 or PROCESSES == 1:
        found: dict[int, Any] = {}
        for key, work in works.items():
            try:
                found[key] = _here(row, key, work, keeps[key])
            except Exception as broken:
                found[key] = broken
        return found
    return _beside(row, works, keeps)


def _kept(key: int, row: planning.PlanningRow, work: Work) -> Plan | None:
    """The plan in force the new one is to stay near; None where a draft is made."""
    in_force = plans.in_force([key], row.month).get(key) if row.keep else None
    if in_force is None:
        return None
    stops = [
        (one.terminal_id, one.day, one.arrives, one.minutes) for one in plans.stops_of(in_force[0]) if not one.fixed
    ]
    nights = [(day, night.terminal) for day, night in plans.nights_in_force(in_force[0]).items()]
    return kept_plan(work.person, stops, build(work), work.days, nights)


def _here(row: planning.PlanningRow, key: int, work: Work, keep: Plan | None) -> Solved:
    """In this process, telling about once a second how far it is."""
    told, by = [monotonic()], people.system()

    def enough() -> bool:
        if monotonic() - told[0] < 1:
            return False
        told[0] = monotonic()
        return planning.enough(row.pk)

    def tell(progress: Progress) -> None:
        if monotonic() - told[0] >= 1:
            at_hand = {str(key): progress.cost}
            actions.note_progress(planning=row.pk, at_hand=at_hand, by=by, now=timezone.now())

    seconds = 1 if row.enough else row.seconds
    return solve(build(work).problem, Clock(seconds, enough), row.seed, keep, tell, work.move_metres)


def _beside(row: planning.PlanningRow, works: dict[int, Work], keeps: dict[int, Plan | None]) -> dict[int, Any]:
    """In processes of their own, which know nothing of the database: this one tells how far they are."""
    context, by = multiprocessing.get_context("spawn"), people.system()
    enough, news = context.Event(), context.SimpleQueue()
    at_hand: dict[str, int] = {}
    with ProcessPoolExecutor(PROCESSES, context, _begin, (enough, news)) as pool:
        seconds = 1 if row.enough else row.seconds
        asked: dict[Future[Any], int] = {
            pool.submit(_one, key, work, keeps[key], seconds, row.seed): key for key, work in works.items()
        }
        left = set(asked)
        while left:
            _done, left = wait(left, timeout=1)
            while not news.empty():
                key, cost = news.get()
                at_hand[str(key)] = cost
            actions.note_progress(planning=row.pk, at_hand=at_hand, by=by, now=timezone.now())
            if planning.enough(row.pk):
                enough.set()
    return {key: future.exception() or future.result() for future, key in asked.items()}


_hand: dict[str, Any] = {}


def _begin(enough: Any, news: Any) -> None:
    """What a process of the pool begins with: the wish to stop, and where to tell how far it is."""
    _hand.update(enough=enough, news=news)


def _one(key: int, work: Work, keep: Plan | None, seconds: int, seed: int) -> Solved:
    """One person's plan, in a process of its own."""
    told = [monotonic()]

    def tell(progress: Progress) -> None:
        if monotonic() - told[0] >= 1:
            told[0] = monotonic()
            _hand["news"].put((key, progress.cost))

    return solve(build(work).problem, Clock(seconds, _hand["enough"].is_set), seed, keep, tell, work.move_metres)
