from datetime import date
from fractions import Fraction

import pytest
from tests import cast

from kewei.receivables import actions, queries, rules

pytestmark = pytest.mark.django_db

NOW = cast.MORNING
END = date(2026, 9, 30)


@pytest.fixture
def ledger():
    """Three months of sales, 90 days of which end in September: 70, 80, 100 thousand fen; money came in for 38,000."""
    staff = cast.assemble()
    hospital, clinic = staff.wangs_hospital.pk, staff.suns_clinic.pk
    rows = [
        rules.InvoiceRow(hospital, "FP1", date(2026, 7, 10), date(2026, 8, 9), 70_000),
        rules.InvoiceRow(hospital, "FP2", date(2026, 8, 10), date(2026, 9, 9), 80_000),
        rules.InvoiceRow(hospital, "FP3", date(2026, 9, 10), date(2026, 10, 9), 100_000),
        rules.InvoiceRow(clinic, "FP4", date(2025, 7, 1), date(2025, 7, 31), 5_000),
    ]
    actions.import_invoices(rows=rows, by=staff.qian, now=NOW)
    money = [rules.ReceiptRow(hospital, "SK1", date(2026, 9, 8), 38_000, "transfer", ("FP1",))]
    actions.import_receipts(rows=money, by=staff.qian, now=NOW)
    return staff


def figures(person, day=END):
    return {figure.code: figure for figure in queries.kpis(person, day)}


def test_figures_of_a_representative(ledger):
    found = figures(ledger.wang)
    assert found["dso"].numbers == {
        "receivable_fen": 212_000, "current_fen": 100_000, "sales_fen": 250_000, "days": 92,
    }  # fmt: skip
    assert found["dso"].value == Fraction(212_000 * 92, 250_000)
    assert found["dso_count_back"].value == 31 + 31 + Fraction(32_000 * 30, 70_000)
    assert found["average_days_delinquent"].value == found["dso"].value - found["best_possible_dso"].value
    assert found["overdue_ratio"].value == Fraction(112_000, 212_000)
    assert found["over_one_year_ratio"].value == 0
    assert found["cash_productivity"].value == Fraction(38_000, 250_000)
    # 38,000 paid 30 days late; 32,000 and 80,000 open 52 and 21 days after their due date; 100,000 not due.
    late = Fraction(38_000 * 30 + 32_000 * 52 + 80_000 * 21, 250_000)
    assert found["weighted_days_late"].value == late


def test_figures_of_the_company_and_of_sun(ledger):
    assert figures(ledger.zheng)["over_one_year_ratio"].value == Fraction(5_000, 217_000)
    assert figures(ledger.sun)["over_one_year_ratio"].value == 1
    assert figures(ledger.sun)["dso"].value is None
    assert figures(ledger.zheng, date(2028, 6, 1))["limitation_at_risk"].value == 5_000


def test_effectiveness_compares_the_beginning_with_the_end(ledger):
    found = figures(ledger.wang, date(2026, 10, 10))["collection_effectiveness"]
    assert found.numbers["begin_fen"] == 70_000
    assert found.value == Fraction(70_000 + 60_000 - 212_000, 70_000 + 60_000 - 0)


def test_billing_and_collections_by_month(ledger):
    months = queries.billing_and_collections(ledger.wang, END, months=4)
    assert months == [
        (date(2026, 6, 1), 0, 0),
        (date(2026, 7, 1), 70_000, 0),
        (date(2026, 8, 1), 80_000, 0),
        (date(2026, 9, 1), 100_000, 38_000),
    ]
    assert sum(billed for _, billed, _ in queries.billing_and_collections(ledger.zheng, END)) == 255_000


def test_reversals_count_on_their_own_day(ledger):
    assert queries.billing_and_collections(ledger.zheng, END, months=1) == [(date(2026, 9, 1), 100_000, 38_000)]
    found = queries.find_documents(ledger.qian, "SK1")[0]
    actions.reverse_entry(entry=found.pk, on=END, reason="退票", by=ledger.qian, now=NOW)
    bill = queries.find_documents(ledger.qian, "FP3")[0]
    actions.reverse_entry(entry=bill.pk, on=END, reason="开错", by=ledger.qian, now=NOW)
    for person in (ledger.wang, ledger.zheng):
        assert queries.billing_and_collections(person, END, months=1) == [(date(2026, 9, 1), 0, 0)]
    late = rules.InvoiceRow(ledger.suns_clinic.pk, "FP0", date(2024, 1, 1), date(2024, 1, 31), 7_000)
    actions.import_invoices(rows=[late], by=ledger.qian, now=NOW)
    assert sum(billed for _, billed, _ in queries.billing_and_collections(ledger.zheng, END, months=36)) == 162_000


def test_proposals_for_money_that_waits(ledger):
    money = actions.receive_payment(
        terminal=ledger.wangs_hospital, number="SK2", received_on=END, fen=80_000, payer_name="荆门市第一人民医院",
        by=ledger.qian, now=NOW,
    )  # fmt: skip
    best = queries.proposals(ledger.qian, money)[0]
    assert (best.proposal.reason.code, best.shares[0][1:], best.applies) == ("one_invoice", ("FP2", 80_000), True)
    actions.allocate(credit=money, shares=[(pk, fen) for pk, _, fen in best.shares], by=ledger.qian, now=NOW)
    assert queries.proposals(ledger.qian, money) == []
