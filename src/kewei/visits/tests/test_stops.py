"""Stops by hand, and the states of a plan (domain 2.3, 4.4)."""

from datetime import date, timedelta

import pytest
from tests import cast

from kewei.journal.models import Fact
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.visits import actions
from kewei.visits.queries import plans
from kewei.visits.rules import plans as rules
from kewei.visits.rules.plans import Doors, Pattern
from kewei.visits.rules.purposes import NoPurpose, PurposeNotForMedical

NOW, MONDAY, TUESDAY = cast.MORNING, date(2026, 11, 23), date(2026, 11, 24)


@pytest.fixture
def staff(db):
    return cast.assemble()


def put(staff, terminal=None, day=TUESDAY, by=None, person=None, purposes=("order",), **more):
    return actions.set_stop(
        person=person or staff.wang, terminal=terminal or staff.wangs_hospital, day=day, purposes=purposes,
        by=by or staff.wang, now=NOW, **more,
    )  # fmt: skip


def test_a_stop_by_hand_begins_a_draft_and_is_found_on_its_day(staff):
    stop = put(staff, aim="谈妥十二月订单")
    day = plans.day_of(staff.wang, TUESDAY)
    assert (day.state, day.plan, [row.pk for row in day.stops]) == (rules.DRAFT, stop.plan_id, [stop.pk])
    row = day.stops[0]
    assert (row.place, row.arrives_text, row.aim, row.purposes) == (1, "08:30", "谈妥十二月订单", ("order",))
    assert plans.day_of(staff.wang, MONDAY).stops == ()
    assert plans.day_of(staff.wang, date(2026, 11, 28)).off == "休息日或节假日"
    assert [one.pk for one in plans.days_of(staff.wang, MONDAY, MONDAY + timedelta(days=40))] == [stop.pk]
    assert Fact.objects.filter(name="visits.stop_set").count() == 1


def test_an_mr_never_comes_for_money(staff):
    for purpose in ("order", "reconcile", "collect"):
        with pytest.raises(PurposeNotForMedical):
            put(staff, person=staff.zhou, by=staff.zhou, purposes=["academic", purpose])
    with pytest.raises(NoPurpose):
        put(staff, purposes=[])
    assert put(staff, person=staff.zhou, by=staff.zhou, purposes=["academic"]).plan.person == staff.zhou


def test_only_ones_own_plan_and_that_of_people_below(staff):
    stop = put(staff)
    for stranger in (staff.sun, staff.zhou):
        with pytest.raises((NotFound, NotAllowed)):
            put(staff, by=stranger)
        with pytest.raises((NotFound, NotAllowed)):
            actions.move_stop(stop=stop.pk, day=date(2026, 11, 25), by=stranger, now=NOW)
        with pytest.raises((NotFound, NotAllowed)):
            plans.plan_file(stranger, stop.plan_id)
    with pytest.raises(NotAllowed):
        put(staff, by=staff.qian)
    assert put(staff, staff.wangs_pharmacy, by=staff.li).set_by == staff.li


@pytest.mark.parametrize(
    ("day", "refused"),
    [
        (date(2026, 11, 20), rules.DayPast),
        (date(2026, 11, 28), rules.DayOff),
        (date(2026, 11, 26), rules.DayOff),
        (date(2026, 11, 25), rules.DoorsClosed),
    ],
)
def test_a_day_that_will_not_do_is_refused(staff, day, refused):
    actions.note_absence(
        person=staff.wang,
        first_on=date(2026, 11, 26),
        last_on=date(2026, 11, 26),
        reason="会议",
        by=staff.wang,
        now=NOW,
    )
    actions.set_rhythm(terminal=staff.wangs_hospital, doors=Doors(weekdays=(2, 4, 5)), by=staff.wang, now=NOW)
    with pytest.raises(refused):
        put(staff, day=day)


def test_a_full_day_and_a_second_time_are_refused(staff):
    actions.set_work_pattern(person=staff.wang, pattern=Pattern(stops=1, minutes=120), by=staff.wang, now=NOW)
    put(staff)
    with pytest.raises(rules.TwiceADay):
        put(staff)
    with pytest.raises(rules.DayFull):
        put(staff, staff.wangs_pharmacy)
    actions.set_work_pattern(person=staff.wang, pattern=Pattern(stops=5, minutes=50), by=staff.li, now=NOW)
    with pytest.raises(rules.DayTooLong) as no:
        put(staff, staff.wangs_pharmacy)
    assert (no.value.minutes, no.value.most) == (60, 50)


def test_a_moved_stop_says_where_it_came_from_and_the_days_are_timed_anew(staff):
    first, second = put(staff), put(staff, staff.wangs_pharmacy)
    moved = actions.move_stop(stop=first.pk, day=date(2026, 11, 25), why="院长出差", by=staff.wang, now=NOW)
    assert (moved.moved_from, moved.purposes) == (first, ["order"])
    left = plans.day_of(staff.wang, TUESDAY).stops
    assert [(row.pk, row.place, row.arrives_text) for row in left] == [(second.pk, 1, "08:30")]
    with pytest.raises(rules.StopOver):
        actions.move_stop(stop=first.pk, day=date(2026, 11, 26), by=staff.wang, now=NOW)
    with pytest.raises(rules.WhyMissing):
        actions.cancel_stop(stop=moved.pk, why=" ", by=staff.wang, now=NOW)
    actions.cancel_stop(stop=moved.pk, why="客户停业", by=staff.wang, now=NOW)
    file = plans.plan_file(staff.li, moved.plan_id)
    assert (len(file.stops), file.moved, file.cancelled) == (1, 1, 1)


def test_order_within_a_day_by_hand_and_a_time_agreed(staff):
    agreed = put(staff, at=10 * 60)
    other = put(staff, staff.wangs_pharmacy)
    assert [row.pk for row in plans.day_of(staff.wang, TUESDAY).stops] == [other.pk, agreed.pk]
    actions.move_stop(stop=other.pk, day=TUESDAY, place=1, by=staff.wang, now=NOW)
    rows = plans.day_of(staff.wang, TUESDAY).stops
    assert [(row.pk, row.arrives_text) for row in rows] == [(agreed.pk, "10:00"), (other.pk, "10:30")]


def test_a_plan_is_handed_in_sent_back_and_released_by_somebody_above(staff):
    plan = put(staff).plan
    with pytest.raises(rules.PlanState):
        actions.release_plan(plan=plan.pk, by=staff.li, now=NOW)
    actions.hand_in(plan=plan.pk, by=staff.wang, now=NOW)
    with pytest.raises(NotAllowed):
        actions.release_plan(plan=plan.pk, by=staff.wang, now=NOW)
    with pytest.raises(rules.WhyMissing):
        actions.send_back_plan(plan=plan.pk, note="", by=staff.li, now=NOW)
    actions.send_back_plan(plan=plan.pk, note="太少", by=staff.li, now=NOW)
    actions.hand_in(plan=plan.pk, by=staff.wang, now=NOW)
    actions.release_plan(plan=plan.pk, by=staff.li, now=NOW)
    file = plans.plan_file(staff.wang, plan.pk)
    assert [row.state for row in file.states] == ["released", "handed_in", "sent_back", "handed_in", "draft"]
    with pytest.raises(rules.PlanState):
        actions.drop_plan(plan=plan.pk, by=staff.wang, now=NOW)
    # A manager's own plan waits for somebody above.
    own = put(staff, person=staff.li, by=staff.li).plan
    actions.hand_in(plan=own.pk, by=staff.li, now=NOW)
    with pytest.raises(rules.OwnPlan):
        actions.release_plan(plan=own.pk, by=staff.li, now=NOW)


def test_an_empty_plan_is_not_handed_in(staff):
    stop = put(staff)
    actions.cancel_stop(stop=stop.pk, why="不去了", by=staff.wang, now=NOW)
    with pytest.raises(rules.PlanEmpty):
        actions.hand_in(plan=stop.plan_id, by=staff.wang, now=NOW)


def test_a_make_up_saturday_is_worked_and_a_holiday_is_not():
    # 2026-10-10 is a make-up Saturday of the National Day holiday; 2026-10-01 to 07 are free.
    days = rules.working_days(date(2026, 10, 1), (1, 2, 3, 4, 5))
    assert date(2026, 10, 10) in days
    assert date(2026, 10, 1) not in days
    assert date(2026, 10, 17) not in days
    assert len(days) == 18
    assert rules.working_days(date(2026, 10, 1), (1, 2, 3, 4, 5, 6), since=date(2026, 10, 16))[:2] == [
        date(2026, 10, 16),
        date(2026, 10, 17),
    ]


@pytest.mark.parametrize(
    "pattern",
    [Pattern(minutes=0), Pattern(stops=0), Pattern(weekdays=()), Pattern(begins=1400), Pattern(road_percent=50),
     Pattern(metres_per_minute=1), Pattern(start=(91_000_000, 0)), Pattern(weekdays=(8,))],
)  # fmt: skip
def test_a_pattern_nobody_can_work_by_is_refused(pattern):
    with pytest.raises(rules.BadPattern):
        rules.check_pattern(pattern)


@pytest.mark.parametrize(
    "doors", [Doors(per_month=-1), Doors(minutes=0), Doors(weekdays=(0,)), Doors(opens=600, closes=500)]
)
def test_a_rhythm_nobody_can_keep_is_refused(doors):
    with pytest.raises(rules.BadRhythm):
        rules.check_rhythm(doors)
