"""Reasons and promises from files and back: what is there already, faults by row and column, undo, and who may not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import cast

from kewei.collecting import actions
from kewei.collecting.models import Promise, Reason
from kewei.collecting.queries import files, promises
from kewei.collecting.tests.test_worklist import NOW, TODAY, owe
from kewei.journal.models import Intake
from kewei.kernel.refusals import NotAllowed
from kewei.orders.rules.files import FilesFault

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(time_machine):
    time_machine.move_to(NOW, tick=False)
    found = cast.assemble()
    owe(found, found.wangs_pharmacy, "FP-A", 40, 60_000_00)
    owe(found, found.wangs_pharmacy, "FP-B", 10, 20_000_00)
    owe(found, found.suns_clinic, "FP-C", 20, 30_000_00)
    return found


def intake(staff, noun):
    return Intake.objects.create(
        noun=noun, filename="催收.xlsx", file_digest="0" * 64, taken_by=staff.wang, taken_at=NOW
    )


def faults(plan):
    return [(row, column, why.code) for row, column, why in plan.faults]


def test_reasons_of_a_file(staff):
    code = staff.wangs_pharmacy.code
    first = {"customer_code": code, "invoice": "FP-A", "code": "A1"}
    rows = [first, {"customer_code": code, "invoice": "FP-B", "code": "E2", "note": "等回款"}]
    actions.note_reason(terminal=staff.wangs_pharmacy, items=[item("FP-A")], code="G1", by=staff.wang, now=NOW)
    plan = files.plan_reasons(staff.wang, enumerate(rows, 1))
    assert (plan.new, plan.changed, plan.same, plan.faults) == (1, 1, 0, [])
    made = actions.import_reasons(rows=rows, intake=intake(staff, "reasons"), by=staff.wang, now=NOW)
    assert live() == {"FP-A": "A1", "FP-B": "E2"}
    # The same file again changes nothing; Sun's invoice, an unknown one and one named twice are faults.
    again = files.plan_reasons(staff.wang, enumerate(rows, 1))
    assert (again.new, again.changed, again.same) == (0, 0, 2)
    bad = [
        {"customer_code": staff.suns_clinic.code, "invoice": "FP-C", "code": "A1"},
        {"customer_code": code, "invoice": "FP-X", "code": "A1"}, first, first,
    ]  # fmt: skip
    assert faults(files.plan_reasons(staff.wang, enumerate(bad, 1))) == [
        (1, "customer_code", "collecting_file_no_open_invoice"),
        (2, "invoice", "collecting_file_no_open_invoice"),
        (4, "invoice", "collecting_file_reason_twice"),
    ]
    with pytest.raises(FilesFault):
        actions.import_reasons(rows=bad, intake=intake(staff, "reasons"), by=staff.wang, now=NOW)
    assert sorted(row["invoice"] for row in files.export_reasons(staff.zhao)) == ["FP-A", "FP-B"]
    undone = actions.undo_import_reasons(intake=intake(staff, "reasons"), by=staff.wang, now=NOW, **made)
    assert undone == {"ended": 2, "restored": 1}
    assert live() == {"FP-A": "G1"}
    for verb in (actions.import_reasons, actions.import_promises):
        with pytest.raises(NotAllowed):
            verb(rows=[], intake=intake(staff, "reasons"), by=staff.zhou, now=NOW)


def test_promises_of_a_file_in_instalments(staff):
    code, day = staff.wangs_pharmacy.code, TODAY

    def line(number, fen, days, **more):
        given = {"customer_code": code, "invoice": number, "amount": fen, "due_on": day + timedelta(days=days)}
        return given | {"promiser": "刘会计"} | more

    rows = [line("FP-A", 40_000_00, 14), line("FP-A", 20_000_00, 7), line("FP-B", 5_000_00, 3)]
    made = actions.import_promises(rows=rows, intake=intake(staff, "promises"), by=staff.wang, now=NOW)
    found = promises.promises_of(staff.wang, staff.wangs_pharmacy.pk)
    assert sorted((one.fen, [part.fen for part in one.parts]) for one in found) == [
        (5_000_00, [5_000_00]),
        (60_000_00, [20_000_00, 40_000_00]),
    ]
    again = files.plan_promises(staff.wang, enumerate(rows, 1), day)
    assert (again.new, again.same, again.faults) == (0, 2, [])
    exported = list(files.export_promises(staff.zhao))
    assert sorted((one["invoice"], one["amount"]) for one in exported) == [
        ("FP-A", 20_000_00),
        ("FP-A", 40_000_00),
        ("FP-B", 5_000_00),
    ]
    other = files.plan_promises(staff.wang, [(1, line("FP-B", 6_000_00, 3))], day)
    assert faults(other) == [(1, "invoice", "already_promised")]
    assert actions.undo_import_promises(intake=intake(staff, "promises"), by=staff.wang, now=NOW, **made) == {
        "cancelled": 2,
        "left": 0,
    }
    assert set(Promise.objects.values_list("state", flat=True)) == {"cancelled"}
    bad = [line("FP-A", 60_000_01, 7), line("FP-B", 1_00, -3)]
    assert faults(files.plan_promises(staff.wang, enumerate(bad, 1), day)) == [
        (1, "amount", "promise_above_open"),
        (2, "due_on", "promise_days_wrong"),
    ]
    with pytest.raises(FilesFault):
        actions.import_promises(rows=bad, intake=intake(staff, "promises"), by=staff.wang, now=NOW)


def item(number):
    return Reason._meta.get_field("item").related_model.objects.get(number=number).pk


def live():
    """The reasons that stand, by invoice."""
    return dict(Reason.objects.filter(ended_at=None).values_list("item__number", "code"))
