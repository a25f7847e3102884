"""Interest under the SME payment regulation: to the fen against a day-by-day count, on a page, on paper."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests import cast

from kewei.collecting.papers.interest import as_paper
from kewei.collecting.queries import interest
from kewei.collecting.rules.clocks import interest_fen
from kewei.collecting.rules.interest import Owed, interest_of, lawful_day
from kewei.kernel.refusals import NotFound
from kewei.receivables import actions as receivables

NOW, TODAY = cast.MORNING, date(2026, 11, 23)
START = date(2026, 3, 2)

payments = st.lists(
    st.tuples(st.integers(-20, 320).map(lambda days: START + timedelta(days=days)), st.integers(1, 40_000_00)),
    max_size=6,
)


@given(total=st.integers(1, 10**11), paid=payments, agreed=st.none() | st.integers(0, 120))
def test_interest_is_what_a_count_day_by_day_gives(total, paid, agreed):
    paid = [(on, min(fen, total // (len(paid) + 1))) for on, fen in paid]
    due_date = None if agreed is None else START + timedelta(days=agreed)
    told = interest_of(Owed(START, due_date, total, tuple(paid)), 30, 60, 5, TODAY)
    due = lawful_day(START, due_date, 30, 60)
    fen_days, day = 0, due + timedelta(days=1)
    while day <= TODAY:
        fen_days += max(0, total - sum(fen for on, fen in paid if on < day))
        day += timedelta(days=1)
    assert (told.lawful_due, told.fen_days) == (due, fen_days)
    assert told.interest_fen == interest_fen(fen_days, 5)
    assert all(before.last < after.first for before, after in zip(told.periods, told.periods[1:], strict=False))


@pytest.fixture
def staff(db):
    return cast.assemble()


def owe(staff, number, on, due, fen, today=TODAY, now=NOW):
    return receivables.post_invoice(
        terminal=staff.wangs_hospital,
        number=number,
        invoice_date=on,
        due_date=due,
        total_fen=fen,
        by=staff.qian,
        now=now,
    )


def pay(staff, number, on, fen, invoice, now=NOW):
    return receivables.receive_payment(
        terminal=staff.wangs_hospital, number=number, received_on=on, fen=fen, how="named", invoices=[invoice], by=staff.qian,
        now=now,
    )  # fmt: skip


def test_paid_invoices_still_owe_interest_and_notes_do_not(staff):
    """A public hospital: agreed 90 days are lawful for 60 only; half comes after 100 days, the other half after 130."""
    on = date(2026, 3, 2)
    owe(staff, "FP1", on, on + timedelta(days=90), 200_000_00)
    receivables.post_red_letter(
        terminal=staff.wangs_hospital, number="HZ1", on=on + timedelta(days=10), total_fen=100_000_00,
        original=receivables_entry(staff, "FP1"), by=staff.qian, now=NOW,
    )  # fmt: skip
    pay(staff, "SK1", on + timedelta(days=100), 50_000_00, "FP1")
    pay(staff, "SK2", on + timedelta(days=130), 50_000_00, "FP1")
    owe(staff, "FP2", date(2026, 11, 20), date(2026, 12, 20), 10_000_00)
    claim = interest.claim_of(staff.zhao, staff.wangs_hospital.pk, TODAY)
    assert claim.applies.why == "public"
    (line,) = claim.lines
    lawful = line.interest.lawful_due
    first = (on + timedelta(days=100) - lawful).days
    assert (line.open_fen, line.start_from) == (0, "invoiced")
    # The worked table of docs/algorithms/interest.md.
    assert (lawful, first, line.interest.fen_days) == (date(2026, 5, 6), 35, 500_000_000)
    assert claim.interest_fen == 2_500_00
    paper = as_paper(staff.wangs_hospital, claim, "0.05%")
    assert [row[3:] for row in paper["periods"]] == [["100,000.00", str(first)], ["50,000.00", "30"]]
    # A pharmacy that is small is not under the regulation.
    assert interest.claim_of(staff.zhao, staff.wangs_pharmacy.pk, TODAY).applies.applies is False
    with pytest.raises(NotFound):
        interest.claim_of(staff.sun, staff.wangs_hospital.pk, TODAY)


def receivables_entry(staff, number):
    from kewei.receivables.queries import known_documents

    return known_documents("invoice", [number])[0].entry_id


def test_the_page_and_the_figure_in_the_debtors_file(staff):
    day, now = timezone.localdate(), timezone.now()
    on = day - timedelta(days=200)
    owe(staff, "FP1", on, on + timedelta(days=60), 100_000_00, day, now)
    client = Client()
    client.force_login(staff.zhao)
    page = client.get(reverse("collecting:interest", args=[staff.wangs_hospital.pk]))
    total = page.context["claim"].interest_fen
    assert total > 0
    assert (
        client.get(reverse("collecting:act", args=[staff.wangs_hospital.pk])).context["interest"].interest_fen == total
    )
    assert client.get(reverse("collecting:interest_paper", args=[staff.wangs_hospital.pk])).content.startswith(b"%PDF")
    empty = client.get(reverse("collecting:interest", args=[staff.wangs_pharmacy.pk]))
    assert "没有法定逾期利息" in empty.content.decode()
