"""How customers behave, point in time: worked numbers, and random ledgers against a plain loop."""

import random
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import cast

from kewei.receivables import actions
from kewei.receivables.models import Allocation, Entry, Posting
from kewei.receivables.queries.behaviour import MONTHS, YEAR_DAYS, behaviour
from kewei.receivables.rules.refusals import NothingToAllocate

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def plain(as_of: date, terminal_id: int, window: int = 182):
    """The same by looping over what was booked and dated by the end of the day."""
    known = {p.pk for p in Posting.objects.all() if (p.at + timedelta(hours=8)).date() <= as_of}
    entries = {e.pk: e for e in Entry.objects.filter(terminal=terminal_id) if e.posting_id in known and e.on <= as_of}
    void = {e.reverses_id for e in entries.values() if e.reverses_id} | {
        pk for pk, e in entries.items() if e.reverses_id
    }
    stood = [a for a in Allocation.objects.all() if a.posting_id in known and a.on <= as_of]
    back = {a.reverses_id for a in stood if a.reverses_id}
    stood = [a for a in stood if a.pk not in back and not a.reverses_id]
    invoices = {pk: e for pk, e in entries.items() if e.kind == "invoice" and pk not in void}
    if not invoices:
        return None
    due_fen = on_time = late = overdue = worst = 0
    for pk, invoice in invoices.items():
        due = invoice.due_date or invoice.on
        settled = [
            (a.fen, a.on, entries[a.credit_id].kind) for a in stood if a.debit_id == pk and a.credit_id not in void
        ]
        base = invoice.total_fen - sum(fen for fen, _on, kind in settled if kind == "red_letter")
        paid = [(fen, max(0, (on - due).days), on) for fen, on, kind in settled if kind == "receipt"]
        left = base - sum(fen for fen, _late, _on in paid)
        if due < as_of and (as_of - due).days <= YEAR_DAYS:
            due_fen += base
            on_time += sum(fen for fen, days, _on in paid if days == 0)
            late += sum(fen * days for fen, days, _on in paid) + left * (as_of - due).days
        if left > 0 and due < as_of:
            overdue = max(overdue, (as_of - due).days)
        worst = max([worst, *(days for _fen, days, on in paid if (as_of - on).days < window)])
    months = {invoice.on.year * 12 + invoice.on.month for invoice in invoices.values()}
    this = as_of.year * 12 + as_of.month
    wanted = [month for month in range(this - MONTHS, this) if month >= min(months)]
    first, last = min(i.on for i in invoices.values()), max(i.on for i in invoices.values())
    return (
        first, due_fen, on_time, late, overdue, max(worst, overdue), len(months & set(wanted)), len(wanted),
        (as_of - last).days,
    )  # fmt: skip


def test_worked_numbers():
    staff = cast.assemble()
    given = {"terminal": staff.wangs_hospital, "by": staff.qian}
    bought = [
        ("FP1", date(2026, 8, 1), date(2026, 9, 1)),
        ("FP2", date(2026, 9, 1), date(2026, 10, 1)),
        ("FP3", date(2026, 10, 1), date(2026, 11, 1)),
    ]
    for number, on, due in bought:
        actions.post_invoice(number=number, invoice_date=on, due_date=due, total_fen=100_00, now=noon(on), **given)
    # FP1 in time; FP2 half in time and half 10 days late; FP3 open, 22 days past due.
    for number, day, fen, of in (
        ("SK1", date(2026, 9, 1), 100_00, "FP1"), ("SK2", date(2026, 10, 1), 50_00, "FP2"), ("SK3", date(2026, 10, 11), 50_00, "FP2"),
    ):  # fmt: skip
        receipt = actions.receive_payment(number=number, received_on=day, fen=fen, now=noon(day), **given)
        actions.allocate_by(credit=receipt, how="named", invoices=[of], by=staff.qian, now=noon(day))
    found = behaviour(TODAY)[staff.wangs_hospital.pk]
    assert found.due_fen == 300_00
    assert found.on_time_fen == 150_00
    assert found.late_fen_days == 50_00 * 10 + 100_00 * 22
    assert (found.overdue_days, found.worst_late) == (22, 22)
    assert (found.months_bought, found.months_possible, found.since_order) == (3, 3, 53)
    # What was booked on 11 October nobody knew on the 10th.
    before = behaviour(date(2026, 10, 10))[staff.wangs_hospital.pk]
    assert before.late_fen_days == 50_00 * 9
    ours = Entry.objects.get(number="FP3").pk
    assert behaviour(TODAY, left_out=[ours])[staff.wangs_hospital.pk].overdue_days == 0


def test_what_is_booked_later_is_not_known_unless_looked_back_upon():
    staff = cast.assemble()
    day = date(2026, 9, 1)
    actions.post_invoice(
        terminal=staff.wangs_hospital, number="FP1", invoice_date=day, due_date=day + timedelta(30), total_fen=100,
        by=staff.qian, now=noon(TODAY),
    )  # fmt: skip
    assert behaviour(date(2026, 11, 1)) == {}
    assert behaviour(date(2026, 11, 1), hindsight=True)[staff.wangs_hospital.pk].overdue_days == 31
    assert behaviour(TODAY)[staff.wangs_hospital.pk].overdue_days == 53


@pytest.mark.parametrize("seed", range(4))
def test_random_ledgers_agree_with_a_plain_loop(seed):
    staff, chance = cast.assemble(), random.Random(seed)
    customers = [staff.wangs_hospital, staff.wangs_pharmacy, staff.suns_clinic]
    day, number = date(2025, 6, 1), 0
    live = []
    while day < TODAY:
        day += timedelta(days=chance.randint(1, 14))
        booked, terminal, number = (
            noon(day + timedelta(days=chance.choice([0, 0, 0, 5, 40]))),
            chance.choice(customers),
            number + 1,
        )
        given = {"terminal": terminal, "by": staff.qian, "now": booked}
        what = chance.random()
        if what < 0.45 or not live:
            due = day + timedelta(days=chance.choice([0, 15, 30, 60]))
            live.append(
                actions.post_invoice(
                    number=f"FP{number}", invoice_date=day, due_date=due, total_fen=chance.randint(1, 500), **given
                )
            )
        elif what < 0.8:
            receipt = actions.receive_payment(
                number=f"SK{number}", received_on=day, fen=chance.randint(1, 800), **given
            )
            with suppress(NothingToAllocate):
                actions.allocate_by(credit=receipt, how="oldest", by=staff.qian, now=booked)
            live.append(receipt)
        elif what < 0.9:
            actions.post_red_letter(number=f"HZ{number}", on=day, total_fen=1, reason="退货", **given)
        else:
            entry = live.pop(chance.randrange(len(live)))
            actions.reverse_entry(entry=entry, on=max(day, entry.on), reason="记错", by=staff.qian, now=booked)
    for as_of in (TODAY, TODAY + timedelta(days=60), date(2026, 8, 15), date(2026, 2, 28), date(2025, 7, 1)):
        found = behaviour(as_of)
        for customer in customers:
            assert (tuple(found[customer.pk]) if customer.pk in found else None) == plain(as_of, customer.pk), as_of
            alone = behaviour(as_of, [customer.pk])
            assert alone.get(customer.pk) == found.get(customer.pk)


def test_a_handful_of_statements_whatever_the_number_of_customers():
    staff = cast.assemble()
    with CaptureQueriesContext(connection) as asked:
        behaviour(TODAY, [staff.wangs_hospital.pk, staff.suns_clinic.pk])
    assert len(asked) <= 3
