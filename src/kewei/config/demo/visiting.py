"""Visits of the demo company: how its representatives work, why terminals deserve a visit, this month's released plan, and
what came of it up to yesterday."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from kewei.config.demo.cards import SEED
from kewei.people import queries as persons
from kewei.people.models import Person
from kewei.terminals import actions as terminals
from kewei.terminals import queries as customers
from kewei.visits import actions
from kewei.visits.queries import planning, plans
from kewei.visits.rules.month import build
from kewei.visits.rules.planning.values import after_rounds
from kewei.visits.rules.plans import Pattern, month_of
from kewei.visits.rules.solving import solve

# Where a representative's day begins: the office of the city, degrees times a million.
HOMES = {
    "wang": ("荆门办事处", 31_035_400, 112_199_300),
    "chen": ("武汉办事处", 30_592_800, 114_305_500),
    "sun": ("成都办事处", 30_572_800, 104_066_800),
}
# What is said about a visit: how it went, what they thought of it, the next step.
CAME_OF_IT = (
    ("done", ("approves",), "下次带新版说明书和检验报告"),
    ("done", ("supply",), "确认到货日期"),
    ("partly", ("price",), "带价格说明再谈"),
    ("partly", ("payment",), "对账后约定付款日"),
    ("done", (), "按时送货，顺便看库存"),
    ("missed", (), "另约采购负责人"),
)
# Whose shelves are counted.
SHOPS = ("pharmacy", "chain_hq", "chain_store", "distributor")
MISSED_IN = 12  # one stop in so many was not reached
STAYED = (20, 30, 35, 45)  # minutes

# Rounds of the planner: the demo's plans are the same on every machine.
ROUNDS = 600


def fill(*, goods: list[int], today: date) -> None:
    """Patterns and wishes as of the last day of the month before, and a plan handed in and released for each."""
    first = month_of(today)
    now = timezone.make_aware(datetime.combine(first - timedelta(days=1), time(9)))
    who = {person.login: person for person in (persons.person_by_login(login) for login in HOMES) if person is not None}
    for login, person in who.items():
        name, lat, lon = HOMES[login]
        pattern = Pattern(start_name=name, start=(lat, lon), end=(lat, lon), stops=8)
        actions.set_work_pattern(person=person, pattern=pattern, by=person, now=now)
    for login, person in who.items():
        _place(person, HOMES[login][1:], now)
    actions.gather_wishes(by=persons.system(), now=now)
    for person in who.values():
        _plan(person, first, now)
        _go(person, first, goods, today)
    # What this morning's job would find after all that.
    this_morning = timezone.make_aware(datetime.combine(today, time(6)))
    actions.gather_wishes(by=persons.system(), now=this_morning)


def _place(person: Person, home: tuple[int, int], now: datetime) -> None:
    """Somewhere around the office for everybody the representative looks after, so that rounds can be drawn."""
    random = Random(SEED + person.pk)  # noqa: S311
    keys = [pk for pk, _name in plans.terminals_of(person)]
    placed = customers.coordinates(keys)
    for pk in keys:
        if pk not in placed:
            lat, lon = (home[axis] + round(random.gauss(0, 60_000)) for axis in (0, 1))
            terminals.change_terminal(
                terminal=customers.terminal_for(person, pk), by=person, now=now, lat_e6=lat, lon_e6=lon
            )


def _plan(person: Person, month: date, now: datetime) -> None:
    pk = actions.ask_planning(people_ids=[person.pk], month=month, seconds=10, by=person, now=now)
    work = planning.work_of(person, month, timezone.localdate(now))
    solved = solve(build(work).problem, after_rounds(ROUNDS), 1)
    plan: Any = actions.keep_planned(
        planning=pk, person=person.pk, work=work, solved=solved, by=persons.system(), now=now
    )
    above = _above(person)
    if plans.stops_of(plan.pk) and above is not None:
        actions.hand_in(plan=plan.pk, by=person, now=now)
        actions.release_plan(plan=plan.pk, by=above, now=now)


def _go(person: Person, first: date, goods: list[int], today: date) -> None:
    """Most stops up to yesterday were visited, on the minute or a little later, and reported before leaving the town."""
    random = Random(SEED + person.pk)  # noqa: S311
    above = _above(person)
    for stop in plans.days_of(person, first, today - timedelta(days=1)):
        if stop.day >= today or random.randrange(MISSED_IN) == 0:
            continue
        at = timezone.make_aware(datetime.combine(stop.day, time())) + timedelta(minutes=stop.arrives)
        visit = _arrive(person, stop, at + timedelta(minutes=random.randrange(25)), random)
        _report(person, visit, stop.kind, goods, random)
        if above is not None and random.randrange(15) == 0:
            evening = visit.arrived_at + timedelta(hours=8)
            actions.remark(visit=visit.pk, words="竞品信息有用；下次请把付款日谈定", by=above, now=evening)


def _arrive(person: Person, stop: plans.StopRow, at: datetime, random: Random) -> Any:
    point = customers.coordinates([stop.terminal_id]).get(stop.terminal_id)
    near = {} if point is None else {"lat_e6": point[0] + random.randint(-900, 900), "lon_e6": point[1]}
    return actions.check_in(
        terminal=stop.terminal_id, stop=stop.pk, arrived_at=at, consented=bool(near), accuracy_m=15 if near else None,
        by=person, now=at, **near,
    )  # fmt: skip


def _report(person: Person, visit: Any, kind: str, goods: list[int], random: Random) -> None:
    achieved, feedback, step = random.choice(CAME_OF_IT)
    left = visit.arrived_at + timedelta(minutes=random.choice(STAYED))
    counted = [
        {"product": pk, "units": random.randrange(5, 90), "near_units": random.choice((0, 0, 0, 4))}
        for pk in random.sample(goods, 2)
    ]
    wanted = [{"product": random.choice(goods), "units": random.randrange(1, 6) * 20}] if achieved == "done" else []
    actions.report_visit(
        visit=visit.pk, left_at=left, achieved=achieved, feedback=feedback, next_step=step,
        next_on=visit.day + timedelta(days=random.choice((3, 7, 14))), intents=wanted,
        met=[] if achieved == "missed" else [{"name": random.choice(("何平", "周敏", "刘洁")), "job": "采购"}],
        stock=counted if kind in SHOPS else [], by=person, now=left + timedelta(minutes=10),
    )  # fmt: skip


def _above(person: Person) -> Person | None:
    """Somebody who may release this person's plan."""
    for login in ("li", "zheng"):
        other = persons.person_by_login(login)
        if (
            other is not None
            and other.may("visits.release")
            and person.pk in dict(plans.visitors(other, "visits.release"))
        ):
            return other
    return None
