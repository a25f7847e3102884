"""Licences from a file and back again; suspended papers, verification, and 孙, who must not."""

from datetime import date, timedelta

import pytest
from tests import cast

from kewei.journal.models import Fact, Intake
from kewei.kernel.refusals import NotAllowed
from kewei.terminals import actions, queries, rules
from kewei.terminals.models import Licence
from kewei.terminals.rules.vetoes import LicenceStopped

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
LATER = cast.MORNING + timedelta(hours=1)
PAPER = {"paper": "medical", "number": "PDY1", "valid_to": date(2029, 1, 1), "scope": ["general"]}


@pytest.fixture
def staff():
    return cast.assemble()


@pytest.fixture
def file(staff):
    return Intake.objects.create(
        noun="licences", filename="证照.xlsx", file_digest="0" * 64, taken_by=staff.wang, taken_at=cast.MORNING
    )


def row(terminal, **more):
    return {"customer_code": terminal.code, **PAPER, **more}


def take(staff, file, *rows, by=None):
    return actions.import_licences(rows=rows, intake=file, by=by or staff.wang, now=cast.MORNING)


def faults(person, *rows):
    plan = queries.plan_licences(person, enumerate(rows, 1), TODAY)
    return [(number, column, why.code) for number, column, why in plan.faults]


def live(terminal):
    rows = Licence.objects.filter(terminal=terminal, ended_at=None).order_by("pk")
    return list(rows.values_list("number", "valid_to", "verified_how"))


def test_a_new_paper_is_recorded_as_by_hand(staff, file):
    hospital = staff.wangs_hospital
    made = take(staff, file, row(hospital))
    assert (len(made["licence_ids"]), made["replaced_ids"]) == (1, [])
    assert live(hospital) == [("PDY1", date(2029, 1, 1), "")]
    told = Fact.objects.filter(terminal=hospital.pk, name="terminals.licence_recorded")
    assert told.count() == 1


def test_the_same_again_changes_nothing_and_a_new_date_takes_the_place(staff, file):
    hospital = staff.wangs_hospital
    take(staff, file, row(hospital))
    assert take(staff, file, row(hospital)) == {"licence_ids": [], "replaced_ids": []}
    made = take(staff, file, row(hospital, valid_to=date(2034, 1, 1)))
    assert len(made["replaced_ids"]) == 1
    assert live(hospital) == [("PDY1", date(2034, 1, 1), "")]


def test_blank_cells_say_nothing(staff, file):
    hospital = staff.wangs_hospital
    take(staff, file, row(hospital))
    take(staff, file, {"customer_code": hospital.code, "paper": "medical", "number": "PDY1", "issuer": "卫健委"})
    kept = Licence.objects.get(terminal=hospital, ended_at=None)
    assert (kept.issuer, kept.valid_to, kept.scope) == ("卫健委", date(2029, 1, 1), ["general"])


def test_undo_ends_what_came_and_restores_what_went(staff, file):
    hospital = staff.wangs_hospital
    take(staff, file, row(hospital))
    made = take(staff, file, row(hospital, valid_to=date(2034, 1, 1)), row(hospital, number="PDY2"))
    done = actions.undo_import_licences(intake=file, by=staff.wang, now=LATER, **made)
    assert done == {"ended": 2, "restored": 1, "left": 0}
    assert live(hospital) == [("PDY1", date(2029, 1, 1), "")]


def test_what_was_renewed_since_stays(staff, file):
    hospital = staff.wangs_hospital
    take(staff, file, row(hospital))
    made = take(staff, file, row(hospital, valid_to=date(2034, 1, 1)))
    take(staff, file, row(hospital, valid_to=date(2039, 1, 1)))
    done = actions.undo_import_licences(intake=file, by=staff.wang, now=LATER, **made)
    assert done == {"ended": 0, "restored": 0, "left": 1}
    assert live(hospital) == [("PDY1", date(2039, 1, 1), "")]


def test_a_changed_paper_has_to_be_verified_again(staff, file):
    hospital = staff.wangs_hospital
    checked = row(hospital, verified_how="original", verified_on=date(2026, 6, 1))
    take(staff, file, checked, by=staff.wu)
    assert Licence.objects.get(terminal=hospital).verified_on == date(2026, 6, 1)
    take(staff, file, row(hospital, valid_to=date(2034, 1, 1)))
    assert live(hospital) == [("PDY1", date(2034, 1, 1), "")]


def test_what_is_wrong_with_a_file(staff):
    hospital = staff.wangs_hospital
    assert faults(
        staff.wang,
        row(hospital),
        row(hospital),
        row(hospital, number="2", verified_how="original"),
        row(hospital, number="3", valid_from=date(2030, 1, 1)),
        row(hospital, number="4", verified_on=TODAY),
        {"customer_code": "nobody", "paper": "medical", "number": "5"},
    ) == [
        (2, "number", "repeated_in_file"),
        (3, "verified_how", NotAllowed.code),
        (4, "valid_to", "licence_dates_cross"),
        (5, "verified_on", "licence_verified_how_missing"),
        (6, "customer_code", "unknown_customer"),
    ]
    ahead = row(hospital, inspected_on=TODAY + timedelta(days=1))
    assert faults(staff.wu, ahead) == [(1, "inspected_on", "licence_inspected_in_future")]
    tomorrow = row(hospital, verified_how="original", verified_on=TODAY + timedelta(days=1))
    assert faults(staff.wu, tomorrow) == [(1, "verified_on", "licence_verified_in_future")]


def test_a_file_with_a_fault_writes_nothing(staff, file):
    with pytest.raises(rules.ImportHasFaults):
        take(staff, file, row(staff.wangs_hospital), {"customer_code": "nobody", "paper": "medical", "number": "5"})
    assert not Licence.objects.exists()


def test_a_suspended_paper_is_not_made_good_by_recording_it_again(staff, file):
    hospital = staff.wangs_hospital
    take(staff, file, row(hospital))
    licence = Licence.objects.get(terminal=hospital)
    actions.suspend_licence(licence=licence, reason="暂停执业", by=staff.wu, now=cast.MORNING)
    assert faults(staff.wang, row(hospital, valid_to=date(2034, 1, 1))) == [(1, "number", LicenceStopped.code)]
    again = {"terminal": hospital, "kind": "medical", "number": "PDY1", "by": staff.wang, "now": cast.MORNING}
    with pytest.raises(LicenceStopped):
        actions.record_licence(**again)
    actions.end_licence(licence=licence, by=staff.wang, now=cast.MORNING)
    with pytest.raises(LicenceStopped):
        actions.record_licence(**again)
    actions.unsuspend_licence(licence=licence, by=staff.wu, now=cast.MORNING)
    assert actions.record_licence(**again).pk


def test_sun_neither_imports_to_wangs_customers_nor_exports_their_papers(staff, file):
    hospital = staff.wangs_hospital
    assert faults(staff.sun, row(hospital)) == [(1, "customer_code", "unknown_customer")]
    take(staff, file, row(hospital))
    assert not [one for one in queries.export_licences(staff.sun) if one["customer_code"] == hospital.code]
    assert [one["number"] for one in queries.export_licences(staff.zheng)] == ["PDY1"]


def test_zhou_the_mr_may_not(staff, file):
    with pytest.raises(NotAllowed):
        take(staff, file, row(staff.wangs_hospital), by=staff.zhou)


def test_an_import_asks_as_often_for_many_papers_as_for_few(staff, django_assert_max_num_queries):
    rows = [row(staff.wangs_hospital, number=f"N{n}") for n in range(300)]
    with django_assert_max_num_queries(8):
        queries.plan_licences(staff.wang, enumerate(rows, 1), TODAY)
