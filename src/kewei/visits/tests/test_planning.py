"""Plans made by the worker, taken early, kept near, compared, and met (domain 2.3, 5.3)."""

from datetime import date, timedelta

import pytest
from tests import cast

from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.terminals.models import Link, Terminal
from kewei.visits import actions, jobs
from kewei.visits.models import Plan, Planning, Stop, Visit
from kewei.visits.queries import planning, plans
from kewei.visits.rules import plans as rules
from kewei.visits.rules.planning.values import after_rounds
from kewei.visits.rules.plans import Pattern

NOW, MONTH = cast.MORNING, date(2026, 12, 1)
REAL_CLOCK = jobs.Clock


@pytest.fixture
def staff(db, monkeypatch):
    monkeypatch.setattr(jobs, "PROCESSES", 1)
    # By rounds, not by the clock: the same plan on a busy machine, and no waiting.
    monkeypatch.setattr(jobs, "Clock", lambda _seconds, _enough=None: after_rounds(150))
    staff = cast.assemble()
    for n in range(6):
        cast.open_terminal(f"T1{n}", f"第{n}诊所", "clinic", staff.wang, staff.hubei, province="湖北省", city="武汉市")
    actions.set_work_pattern(person=staff.wang, pattern=Pattern(stops=3), by=staff.wang, now=NOW)
    actions.gather_wishes(by=staff.system, now=NOW)
    return staff


def make(staff, *people, by=None, now=NOW, **more):
    pk = actions.ask_planning(
        people_ids=[one.pk for one in people or (staff.wang,)],
        month=MONTH,
        seconds=1,
        by=by or staff.wang,
        now=now,
        **more,
    )
    while Planning.objects.get(pk=pk).finished_at is None:
        jobs.go_on_planning(now=now)
    return planning.planning(by or staff.wang, pk)


def test_the_worker_makes_a_draft_that_meets_the_norms(staff):
    row = make(staff)
    assert (row.done, row.failed, len(row.plans)) == (1, (), 1)
    file = plans.plan_file(staff.wang, row.plans[0][0])
    assert file.row.state == rules.DRAFT
    # A hospital of class B twice, seven others of class C once.
    assert len(file.stops) == 9
    assert file.found["cost"] <= file.found["plain_cost"]
    assert len(file.given["unplaced"]) == 8
    assert {stop.purposes for stop in file.stops} == {("order",)}
    hospital = sorted(stop.day for stop in file.stops if stop.terminal_id == staff.wangs_hospital.pk)
    assert 9 <= (hospital[1] - hospital[0]).days <= 24
    per_day = {}
    for stop in file.stops:
        assert stop.day not in file.off
        per_day.setdefault(stop.day, []).append(stop.arrives)
    assert max(map(len, per_day.values())) <= 3


def test_an_mr_is_planned_for_what_an_mr_may_do(staff):
    row = make(staff, staff.zhou, by=staff.zhou)
    file = plans.plan_file(staff.zhou, row.plans[0][0])
    assert {stop.purposes for stop in file.stops} == {("academic",)}
    assert {stop.terminal_id for stop in file.stops} == {staff.wangs_hospital.pk}


def test_several_people_by_their_manager_only(staff):
    with pytest.raises((NotFound, NotAllowed)):
        make(staff, staff.wang, staff.zhou)
    with pytest.raises(NotFound):
        make(staff, staff.sun, by=staff.li)
    with pytest.raises(rules.NobodyToPlan):
        actions.ask_planning(people_ids=[], month=MONTH, by=staff.wang, now=NOW)
    with pytest.raises(rules.MonthOver):
        actions.ask_planning(people_ids=[staff.wang.pk], month=date(2026, 10, 1), by=staff.wang, now=NOW)
    row = make(staff, staff.wang, staff.zhou, by=staff.li)
    assert [name for _pk, name in row.plans] == ["王", "周"]
    with pytest.raises(NotFound):
        planning.planning(staff.sun, row.pk)


def test_a_new_draft_takes_the_place_of_the_last_and_keeps_what_was_agreed(staff):
    first = make(staff).plans[0][0]
    agreed = actions.set_stop(
        person=staff.wang, terminal=staff.wangs_pharmacy, day=date(2026, 12, 30), purposes=["order"], at=600, by=staff.wang,
        now=NOW,
    )  # fmt: skip
    second = make(staff).plans[0][0]
    assert plans.plan_for(staff.wang, first).state == rules.DROPPED
    file = plans.plan_file(staff.wang, second)
    fixed = [stop for stop in file.stops if stop.fixed]
    assert [(stop.day, stop.arrives) for stop in fixed] == [(date(2026, 12, 30), 600)]
    assert agreed.plan_id == first
    # The pharmacy is seen once a month: that visit is it.
    assert sum(stop.terminal_id == staff.wangs_pharmacy.pk for stop in file.stops) == 1


def test_best_so_far_is_taken_at_once(staff, monkeypatch):
    monkeypatch.setattr(jobs, "Clock", REAL_CLOCK)
    pk = actions.ask_planning(people_ids=[staff.wang.pk], month=MONTH, seconds=60, by=staff.wang, now=NOW)
    actions.take_best(planning=pk, by=staff.wang, now=NOW)
    assert planning.planning(staff.wang, pk).enough
    jobs.go_on_planning(now=NOW)
    assert planning.planning(staff.wang, pk).finished_at is not None


def released(staff):
    plan = make(staff).plans[0][0]
    actions.hand_in(plan=plan, by=staff.wang, now=NOW)
    actions.release_plan(plan=plan, by=staff.li, now=NOW)
    return plan


def test_planning_anew_after_a_cancelled_day_moves_little_and_says_how_much(staff):
    plan = released(staff)
    stops = plans.stops_of(plan)
    day = max({stop.day for stop in stops}, key=lambda day: (sum(stop.day == day for stop in stops), day))
    hit = [stop for stop in stops if stop.day == day]
    actions.note_absence(person=staff.wang, first_on=day, last_on=day, reason="会议", by=staff.wang, now=NOW)
    make(staff, keep=True)
    file = plans.plan_file(staff.wang, plan)
    again = file.found["again"][0]
    assert again["stayed"] + again["moved"] == len(stops)
    assert len(hit) <= again["moved"] <= len(hit) + 3
    assert all(stop.day != day for stop in file.stops)
    assert Stop.objects.filter(plan=plan, moved_from__isnull=False, ended_at=None).count() == again["moved"]
    assert file.row.state == rules.RELEASED


def test_what_was_cancelled_does_not_come_back_when_planned_anew(staff):
    plan = released(staff)
    gone = next(stop for stop in plans.stops_of(plan) if stop.terminal_id == staff.wangs_pharmacy.pk)
    actions.cancel_stop(stop=gone.pk, why="客户停业", by=staff.wang, now=NOW)
    make(staff, keep=True)
    file = plans.plan_file(staff.wang, plan)
    assert all(stop.terminal_id != staff.wangs_pharmacy.pk for stop in file.stops)
    assert len(file.stops) == 8


def test_a_plan_released_in_mid_month_goes_on_from_what_was_done(staff):
    plan = released(staff)
    days = sorted({stop.day for stop in plans.stops_of(plan)})
    past = [stop for stop in plans.stops_of(plan) if stop.day == days[0]]
    later = NOW + (days[0] - date(2026, 11, 23))
    for stop in past:
        Visit.objects.create(
            terminal_id=stop.terminal_id, person=staff.wang, role="representative", stop_id=stop.pk, purposes=["order"],
            day=stop.day, arrived_at=later, heard_at=later, how="typed",
        )  # fmt: skip
    new = make(staff, now=later).plans[0][0]
    actions.hand_in(plan=new, by=staff.wang, now=later)
    actions.release_plan(plan=new, by=staff.li, now=later)
    rows = plans.stops_of(new)
    assert {stop.pk for stop in past} <= {stop.pk for stop in rows}
    assert len(rows) == 9
    assert plans.plan_for(staff.wang, plan).state == rules.DROPPED


def test_plan_and_fact_by_person_and_class(staff):
    plan = released(staff)
    first = min(plans.stops_of(plan), key=lambda stop: (stop.day, stop.place))
    common = {
        "person": staff.wang, "role": "representative", "purposes": ["order"], "arrived_at": NOW, "heard_at": NOW, "how": "typed",
    }  # fmt: skip
    Visit.objects.create(terminal_id=first.terminal_id, stop_id=first.pk, day=first.day, **common)
    Visit.objects.create(terminal=staff.wangs_hospital, day=date(2026, 12, 15), unplanned_why="来电", **common)
    today = first.day + timedelta(days=1)
    mine = planning.attainment(staff.wang, MONTH, today)
    assert [row.name for row in mine] == ["王"]
    row = mine[0]
    assert (row.wished, row.planned, row.terminals, row.visited, row.unplanned) == (9, 9, 8, 1, 1)
    assert row.due >= 1
    by_class = {row.key: row for row in planning.attainment(staff.li, MONTH, today, by="class")}
    # Wang's B hospital twice, and twice again for the MR; seven C once.
    assert (by_class["B"].wished, by_class["C"].wished) == (4, 7)
    assert [made.why for made in planning.unplanned(plans.plan_file(staff.wang, plan).row)] == ["来电"]
    assert [row.name for row in planning.attainment(staff.sun, MONTH, today)] == ["孙"]


def test_a_person_without_terminals_gets_an_empty_draft(staff):
    Link.objects.filter(person=staff.sun).update(until=NOW)
    row = make(staff, staff.sun, by=staff.sun)
    assert plans.plan_file(staff.sun, row.plans[0][0]).stops == ()
    assert Plan.objects.filter(person=staff.sun).count() == 1


FIRST, SECOND = date(2026, 12, 1), date(2026, 12, 2)


def far_away(staff, monkeypatch):
    """Six clinics 200 km from home, three stops a day, two days left of the month."""
    monkeypatch.setattr(jobs, "Clock", lambda _seconds, _enough=None: after_rounds(250))
    home = (30_600_000, 114_300_000)
    for n, terminal in enumerate(Terminal.objects.filter(code__startswith="T1").order_by("code")):
        Terminal.objects.filter(pk=terminal.pk).update(lat_e6=home[0] + 1_400_000, lon_e6=home[1] + n * 2_000)
    pattern = Pattern(start=home, end=home, minutes=720, stops=3, overnight=True, metres_per_minute=1_000)
    actions.set_work_pattern(person=staff.wang, pattern=pattern, by=staff.wang, now=NOW)
    actions.note_absence(
        person=staff.wang, first_on=date(2026, 12, 3), last_on=date(2026, 12, 31), reason="培训", by=staff.wang, now=NOW
    )
    plan = released(staff)
    return plan, lambda: plans.plan_file(staff.wang, plan)


def test_a_night_away_is_planned_shown_and_kept_when_planned_anew(staff, client, monkeypatch):
    plan, file = far_away(staff, monkeypatch)
    night = file().nights[FIRST]
    assert night.name
    client.force_login(staff.wang)
    evening, morning = (client.get(f"/visits/plans/{plan}/days/{day}/").content.decode() for day in (FIRST, SECOND))
    assert f"当晚住在 {night.name} 附近" in evening
    assert f"从前一晚住的 {night.name} 附近出发" in morning
    assert f"当晚住在 {night.name} 附近" in client.get(f"/visits/plans/{plan}/").content.decode()
    second = [stop for stop in file().stops if stop.day == SECOND]
    # Whoever slept there is at the first door within minutes; from home it takes more than three hours.
    assert second[0].arrives < 9 * 60
    make(staff, keep=True)
    assert list(file().nights) == [FIRST]
    assert {stop.day for stop in file().stops} == {FIRST, SECOND}


def test_a_night_before_a_day_that_fell_out_is_spent_at_home(staff, monkeypatch):
    _plan, file = far_away(staff, monkeypatch)
    before = sum(stop.metres for stop in file().stops if stop.day == FIRST)
    sheet = file().pattern_on(FIRST)
    assert sheet.end != file().pattern.end
    for stop in file().stops:
        if stop.day == SECOND:
            actions.cancel_stop(stop=stop.pk, why="客户停业", by=staff.wang, now=NOW)
    assert file().nights == {}
    assert file().pattern_on(FIRST) == file().pattern
    assert sum(stop.metres for stop in file().stops if stop.day == FIRST) == before
