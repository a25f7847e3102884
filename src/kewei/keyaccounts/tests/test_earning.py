"""Who is a key account: for a person, groups as one, with the ledger's figures, in a number of statements that stays."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import cast

from kewei.kernel.refusals import NotFound
from kewei.keyaccounts import actions
from kewei.keyaccounts.queries.earning import identified, period
from kewei.keyaccounts.queries.groups import group
from kewei.keyaccounts.rules.earning import Effort
from kewei.keyaccounts.tests import accounts
from kewei.keyaccounts.tests.accounts import NOW, TODAY, sold
from kewei.receivables import actions as receivables
from kewei.sales import actions as sales_actions
from kewei.sales import queries as sales

DAY = date(2026, 8, 1)


@pytest.fixture
def staff(db):
    return cast.assemble()


def test_profit_after_credit_and_visits(staff):
    hospital = staff.wangs_hospital
    sold(hospital, DAY, 1_000_000_00)
    sold(staff.wangs_pharmacy, DAY, 10_000_00)
    sold(staff.suns_clinic, DAY, 500_000_00)
    receivables.post_invoice(
        terminal=hospital, number="26420000000000000001", invoice_date=date(2026, 10, 1), due_date=date(2026, 10, 30),
        total_fen=365_000_00, by=staff.qian, now=NOW,
    )  # fmt: skip
    actions.note_efforts(month=date(2026, 10, 1), efforts={hospital.pk: Effort(2, 90, 10_00)}, by=staff.system, now=NOW)
    found = identified(staff.wang, TODAY)
    assert (found.first, found.last) == period(TODAY, 12) == (date(2025, 11, 1), date(2026, 10, 31))
    row = found.rows[0]
    assert (row.key, row.share_bp, row.plan) == (hospital.pk, 9901, None)
    # 31 days of 365,000 at 4 %: 1,240; two visits of 45 minutes, the ways, ten yuan: 160.
    assert (row.earned.gross_fen, row.earned.credit_fen, row.earned.visit_fen) == (69_000_00, 1_240_00, 160_00)
    assert row.earned.profit_fen == 67_600_00
    assert (row.owed_fen, row.overdue_fen) == (365_000_00, 365_000_00)
    assert {reason.code for reason in row.reasons} == {"sales", "profit"}
    assert set(row.warnings) == {"concentrated", "late"}
    # Of Sun's clinic she knows nothing; the director sees everybody.
    assert found.customers == 2
    assert identified(staff.zheng, TODAY).customers == 3
    assert identified(staff.zhou, TODAY).rows == ()


def test_sales_are_the_same_prepared_or_not(staff):
    sold(staff.wangs_hospital, DAY, 1_000_00)
    sold(staff.wangs_hospital, date(2025, 11, 1), 200_00, "头孢")
    sold(staff.wangs_hospital, date(2025, 10, 31), 7_00)
    sold(staff.wangs_pharmacy, date(2026, 10, 31), 300_00)
    first, last = period(TODAY, 12)
    before = {row.key: row.earned.sales_fen for row in identified(staff.wang, TODAY).rows}
    sales_actions.prepare_months(by=staff.system, now=NOW)
    after = {row.key: row.earned.sales_fen for row in identified(staff.wang, TODAY).rows}
    assert before == after == {staff.wangs_hospital.pk: 1_200_00}
    assert sales.sold_between(first, last) == after | {staff.wangs_pharmacy.pk: 300_00}


def test_a_group_counts_as_one(staff):
    staff.wangs_pharmacy.group = staff.wangs_hospital
    staff.wangs_pharmacy.save()
    sold(staff.wangs_hospital, DAY, 1_000_00)
    sold(staff.wangs_pharmacy, DAY, 3_000_00)
    together = identified(staff.wang, TODAY)
    assert [(row.key, row.members, row.earned.sales_fen) for row in together.rows] == [
        (staff.wangs_hospital.pk, 2, 4_000_00)
    ]
    apart = identified(staff.wang, TODAY, grouped=False)
    assert [row.key for row in apart.rows] == [staff.wangs_pharmacy.pk]


def test_whoever_has_a_plan_is_listed(staff):
    sold(staff.wangs_hospital, DAY, 1_000_00)
    plan = accounts.begin(staff, staff.wangs_pharmacy)
    rows = {row.key: row for row in identified(staff.wang, TODAY).rows}
    assert (rows[staff.wangs_pharmacy.pk].plan, rows[staff.wangs_pharmacy.pk].reasons) == (plan.pk, ())


def test_a_group_side_by_side(staff):
    hospital, pharmacy = staff.wangs_hospital, staff.wangs_pharmacy
    pharmacy.group = hospital
    pharmacy.save()
    sold(hospital, DAY, 1_000_00)
    sold(pharmacy, DAY, 3_000_00)
    sold(pharmacy, DAY - timedelta(days=365), 2_000_00)
    staff.suns_clinic.group = hospital
    staff.suns_clinic.save()
    accounts.live(staff)
    seen = group(staff.wang, pharmacy.pk, TODAY)
    assert [(one.pk, one.share_bp, one.before_fen) for one in seen.members] == [
        (pharmacy.pk, 7500, 2_000_00),
        (hospital.pk, 2500, 0),
    ]
    assert (seen.head, seen.unseen, seen.sales_fen, seen.hhi) == (hospital.pk, 1, 4_000_00, 6250)
    assert seen.plan.actions == 3
    with pytest.raises(NotFound):
        group(staff.sun, pharmacy.pk, TODAY)


def count(do):
    with CaptureQueriesContext(connection) as asked:
        do()
    return len(asked)


def test_statements_stay_the_same_with_more_customers(staff):
    def more(n):
        for k in range(n):
            made = cast.open_terminal(
                f"X{n}{k}", f"诊所{n}{k}", "clinic", staff.wang, staff.hubei, group=staff.wangs_hospital
            )
            sold(made, DAY, 1_000_00 + k)
            actions.note_efforts(month=DAY, efforts={made.pk: Effort(1, 10, 0)}, by=staff.system, now=NOW)

    more(2)
    accounts.live(staff)
    list_once = count(lambda: identified(staff.wang, TODAY, grouped=False))
    group_once = count(lambda: group(staff.wang, staff.wangs_hospital.pk, TODAY))
    more(9)
    assert count(lambda: identified(staff.wang, TODAY, grouped=False)) == list_once <= 20
    assert count(lambda: group(staff.wang, staff.wangs_hospital.pk, TODAY)) == group_once <= 30
