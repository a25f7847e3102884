"""Visits of the demo company: how its representatives work, why terminals deserve a visit, and this month's released plan."""

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
# Rounds of the planner: the demo's plans are the same on every machine.
ROUNDS = 60


def fill(*, today: date) -> None:
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
