"""Why this day, what would move it: lifting the named reason frees the named day, and going there saves what was said."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction
from tests import cast

from kewei.terminals.models import Terminal
from kewei.visits import actions
from kewei.visits.models import Stop, Wish
from kewei.visits.queries import explaining, places, plans
from kewei.visits.rules.days import walk
from kewei.visits.rules.plans import Doors, Pattern

NOW, MONDAY = cast.MORNING, date(2026, 11, 23)
DAYS = [MONDAY + timedelta(days=n) for n in range(5)]
HOME = (30_600_000, 114_300_000)
WIDE = Pattern(start=HOME, end=HOME, stops=20, minutes=900)


@pytest.fixture
def staff(db):
    staff = cast.assemble()
    chance = random.Random(7)
    staff.customers = []
    for n in range(12):
        terminal = cast.open_terminal(f"T2{n:02}", f"第{n}诊所", "clinic", staff.wang, staff.hubei, city="武汉市")
        place = {axis: HOME[i] + chance.randint(-250_000, 250_000) for i, axis in enumerate(("lat_e6", "lon_e6"))}
        Terminal.objects.filter(pk=terminal.pk).update(**place)
        staff.customers.append(terminal)
    actions.set_work_pattern(person=staff.wang, pattern=WIDE, by=staff.wang, now=NOW)
    return staff


def wishing(staff, terminal, first, last):
    return actions.wish_by_hand(
        terminal=terminal, purpose="order", says="看看", first_on=first, last_on=last, by=staff.wang, now=NOW
    )


def put(staff, terminal, day, wishes=()):
    stop = actions.set_stop(person=staff.wang, terminal=terminal, day=day, purposes=["order"], by=staff.wang, now=NOW)
    Stop.objects.filter(pk=stop.pk).update(wishes=[one.pk for one in wishes])
    return stop.pk


def road(staff, day):
    """Metres of a day as it stands."""
    return round_of(staff, day).metres


def minutes(staff, day):
    """How long a day is as it stands."""
    return round_of(staff, day).minutes


def round_of(staff, day):
    rows = plans.stops_of(Stop.objects.filter(ended_at=None).values_list("plan", flat=True).first(), day=day)
    spots = places.spots_of([one.terminal_id for one in rows])
    calls = [plans.call_of(one.pk, one.minutes, spots[one.terminal_id], None) for one in rows]
    return walk(calls, plans.pattern_on_the_road(staff.wang.pk))


def lift(staff, bar, row, wish):
    """Take away one reason, as whoever reads the page would."""
    if bar == "full":
        pattern = replace(plans.pattern_on_the_road(staff.wang.pk), stops=20)
        actions.set_work_pattern(person=staff.wang, pattern=pattern, by=staff.wang, now=NOW)
    if bar == "long":
        pattern = replace(plans.pattern_on_the_road(staff.wang.pk), minutes=900)
        actions.set_work_pattern(person=staff.wang, pattern=pattern, by=staff.wang, now=NOW)
    if bar == "doors":
        actions.end_rhythm(terminal=Terminal.objects.get(pk=row.terminal_id), by=staff.wang, now=NOW)
    if bar == "window":
        Wish.objects.filter(pk=wish.pk).update(first_on=DAYS[0], last_on=DAYS[-1])


@pytest.mark.parametrize("seed", range(12))
def test_lifting_the_named_reason_moves_the_visit(staff, seed):
    """Whatever the week: every bar said to hold a visit, once lifted, frees that day, and moving there saves the road said."""
    chance = random.Random(seed)
    customers = chance.sample(staff.customers, 11)
    mine, wish = customers[0], None
    if seed % 3 == 0:
        wish = wishing(staff, mine, DAYS[0], DAYS[1])
    if seed % 3 == 1:
        doors = Doors(weekdays=(1, 2))
        actions.set_rhythm(terminal=mine, doors=doors, by=staff.wang, now=NOW)
    stop = put(staff, mine, DAYS[0], [wish] if wish else ())
    for n, terminal in enumerate(customers[1:]):
        put(staff, terminal, DAYS[1 + n % 4] if n < 10 else DAYS[0])
    # The week is then as full as it can be: as many minutes as its longest day, or as many stops as its fullest.
    tight = replace(WIDE, stops=3) if seed % 2 else replace(WIDE, minutes=max(minutes(staff, day) for day in DAYS))
    actions.set_work_pattern(person=staff.wang, pattern=tight, by=staff.wang, now=NOW)
    found = explaining.why(staff.wang, stop, MONDAY)
    assert found.held_by or found.free
    assert {bar for bar, _day, _saved in found.held_by} <= {"full", "long", "doors", "window"}
    for bar, day, saved in found.held_by:
        as_it_was = transaction.savepoint()
        lift(staff, bar, found.row, wish)
        freed = {one.day: one.metres for one in explaining.why(staff.wang, stop, MONDAY).free}
        assert freed.get(day) == -saved < 0, bar
        before = road(staff, DAYS[0]) + road(staff, day)
        actions.move_stop(stop=stop, day=day, by=staff.wang, now=NOW)
        assert before - road(staff, DAYS[0]) - road(staff, day) == saved
        transaction.savepoint_rollback(as_it_was)
