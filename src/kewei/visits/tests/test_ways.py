"""行程表: measured ways come in by file, count in plans and rounds, and are taken back."""

from datetime import date

import pytest
from tests import cast

from kewei.journal.models import Intake
from kewei.orders.rules.files import FilesFault
from kewei.visits import actions
from kewei.visits.models import Way
from kewei.visits.queries import places, planning, plans
from kewei.visits.queries.ways import plan_ways
from kewei.visits.rules.days import Call, walk
from kewei.visits.rules.month import build, work_as_json, work_from_json
from kewei.visits.rules.plans import END, START, Pattern

NOW, MONTH = cast.MORNING, date(2026, 12, 1)
HOME = (30_600_000, 114_300_000)


@pytest.fixture
def staff(db):
    staff = cast.assemble()
    pattern = Pattern(start=HOME, end=HOME)
    actions.set_work_pattern(person=staff.wang, pattern=pattern, by=staff.wang, now=NOW)
    return staff


def rows(staff, **more):
    a, b = staff.wangs_hospital.code, staff.wangs_pharmacy.code
    return [
        {"target": a, "metres": 9_000, "minutes": 25} | more,
        {"origin": a, "target": b, "metres": 1_500, "minutes": 6} | more,
        {"origin": b, "metres": 8_000, "minutes": 20} | more,
    ]


def take(staff, given, by=None):
    by = by or staff.wang
    intake = Intake.objects.create(noun="ways", filename="a.csv", file_digest="0" * 64, taken_by=by, taken_at=NOW)
    return intake, actions.import_ways(rows=given, intake=intake, by=by, now=NOW)


def test_ways_count_in_rounds_and_in_the_months_problem(staff):
    take(staff, rows(staff))
    hospital, pharmacy = staff.wangs_hospital.pk, staff.wangs_pharmacy.pk
    pattern = plans.pattern_on_the_road(staff.wang.pk)
    assert pattern.ways == {
        (START, hospital): (9_000, 25), (hospital, pharmacy): (1_500, 6), (pharmacy, END): (8_000, 20),
    }  # fmt: skip
    calls = [Call(1, None, 30, terminal=hospital), Call(2, None, 20, terminal=pharmacy)]
    told = walk(calls, pattern)
    assert ([one.metres for one in told.stops], told.metres, told.minutes) == ([9_000, 1_500], 18_500, 101)
    actions.gather_wishes(by=staff.system, now=NOW)
    work = planning.work_of(staff.wang, MONTH, date(2026, 11, 30))
    again = work_from_json(work_as_json(work))
    assert (again, again.pattern.ways) == (work, pattern.ways)
    problem = build(work).problem
    place = {one.key: one.place for one in problem.wanted}
    a, b = place[str(hospital)], place[str(pharmacy)]
    assert (problem.travel.metres[0][a], problem.travel.minutes[a][b], problem.travel.metres[b][1]) == (9_000, 6, 8_000)


def test_a_second_file_replaces_and_is_taken_back(staff):
    take(staff, rows(staff))
    before = places.ways_of(staff.wang.pk)
    changed = rows(staff)[:2]
    changed[0]["metres"] = 12_000
    plan = plan_ways(staff.wang, enumerate(changed, 2))
    assert (plan.new, plan.changed, plan.same, plan.faults) == (0, 1, 1, [])
    intake, part = take(staff, changed)
    assert places.ways_of(staff.wang.pk)[START, staff.wangs_hospital.pk] == (12_000, 25)
    actions.undo_import_ways(intake=intake, **part, by=staff.wang, now=NOW)
    assert places.ways_of(staff.wang.pk) == before


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"target": "NOBODY"}, "target", "unknown_customer"),
        ({"origin": "", "target": ""}, "target", "way_to_itself"),
        ({"person": "sun"}, "person", "way_unknown_person"),
        ({"person": "zheng"}, "person", "way_unknown_person"),
    ],
)
def test_a_fault_has_its_row_and_column_and_nothing_is_half_written(staff, change, column, code):
    given = rows(staff)
    given[1] |= change
    [(row, where, why)] = plan_ways(staff.wang, enumerate(given, 2)).faults
    assert (row, where, why.code) == (3, column, code)
    with pytest.raises(FilesFault):
        take(staff, given)
    assert not Way.objects.exists()


def test_a_manager_brings_them_for_his_people(staff):
    take(staff, rows(staff, person="wang"), by=staff.li)
    assert len(places.ways_of(staff.wang.pk)) == 3
    assert places.ways_of(staff.li.pk) == {}
