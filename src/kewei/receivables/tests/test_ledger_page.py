"""The worked example of docs/algorithms/ledger.md, booked as it stands there."""

import pytest
from tests import cast

from kewei.receivables import actions, queries
from kewei.receivables.models import Allocation
from kewei.receivables.tests.rules.worked import day, fen, table

PAGE = "ledger.md"
STEPS = table(PAGE, "step")
DAYS = table(PAGE, "on", "FP1 open")

pytestmark = pytest.mark.django_db


def test_the_worked_example_counts_from_the_days_it_says():
    staff = cast.assemble()
    hospital, who = staff.wangs_hospital, {"by": staff.qian, "now": cast.MORNING}
    asked = [day(row["asked for"]) for row in STEPS]
    invoice = actions.post_invoice(
        terminal=hospital,
        number="FP1",
        invoice_date=asked[0],
        due_date=asked[0],
        total_fen=fen(STEPS[0]["amount"]),
        **who,
    )
    receive = {"terminal": hospital, "how": "oldest", **who}
    actions.receive_payment(number="SK1", received_on=asked[1], fen=fen(STEPS[1]["amount"]), **receive)
    made = Allocation.objects.get()
    actions.reverse_allocation(allocation=made, on=asked[2], reason="退票", **who)
    actions.receive_payment(number="SK2", received_on=asked[3], fen=fen(STEPS[3]["amount"]), **receive)
    actions.post_red_letter(
        terminal=hospital, number="HZ1", on=asked[4], total_fen=fen(STEPS[4]["amount"]), original=invoice, **who
    )

    rows = Allocation.objects.order_by("pk").values_list("on", "fen")
    assert list(rows) == [(day(row["counts from"]), fen(row["amount"])) for row in STEPS[1:]]
    for row in DAYS:
        ageing = queries.ageing(staff.qian, day(row["on"]))
        found = (ageing.totals.owed_fen, ageing.unapplied_fen, ageing.totals.balance_fen)
        assert found == (fen(row["FP1 open"]), fen(row["unapplied"]), fen(row["balance"])), row
        assert ageing.control_fen == ageing.totals.balance_fen
    assert list(queries.findings()) == []
