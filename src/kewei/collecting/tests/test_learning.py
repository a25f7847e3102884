"""Learning from the ledger: the past as it was, studies that are kept and made again, chances, and who may see what."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from tests import cast

from kewei.collecting import actions, jobs
from kewei.collecting.actions import learning_runs
from kewei.collecting.models import Study
from kewei.collecting.queries import history, learning, worklist
from kewei.collecting.rules import rolling
from kewei.collecting.rules.prediction import OPEN, NothingToLearn
from kewei.kernel.refusals import NotAllowed
from kewei.receivables import actions as receivables
from kewei.receivables.rules.rows import InvoiceRow, ReceiptRow

NOW = cast.MORNING
TODAY = date(2026, 11, 23)
LEARN = "collecting.learn"
pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    """Wang's two customers and Sun's clinic with a history of two years: the clinic pays early, the pharmacy late."""
    found = cast.assemble()
    book(found)
    return found


def book(staff, days=720, seed=3):
    """An invoice every other day for each customer, due after thirty days, paid by habit; a few never."""
    random = np.random.default_rng(seed)
    habits = {staff.wangs_hospital.pk: 75, staff.wangs_pharmacy.pk: 12, staff.suns_clinic.pk: -6}
    invoices, receipts = [], []
    for n, back in enumerate(range(days, 0, -2)):
        for terminal, habit in habits.items():
            on, fen = TODAY - timedelta(days=back), int(random.integers(100_00, 9_000_00))
            number = f"{n:04}-{terminal}"
            invoices.append(InvoiceRow(terminal, number, on, on + timedelta(days=30), fen))
            paid_on = on + timedelta(days=max(int(30 + habit + random.normal(0, 8)), 0))
            if paid_on <= TODAY and random.random() > 0.03:
                receipts.append(ReceiptRow(terminal, f"R{number}", paid_on, fen, invoices=(number,)))
    receivables.import_invoices(rows=invoices, by=staff.zheng, now=NOW)
    receivables.import_receipts(rows=receipts, by=staff.zheng, now=NOW)


def test_the_past_is_what_the_ledger_says(staff):
    clinic = staff.suns_clinic
    on = TODAY - timedelta(days=40)

    def invoice(number, fen=1_000_00):
        return receivables.post_invoice(
            terminal=clinic, number=number, invoice_date=on, due_date=TODAY - timedelta(days=10), total_fen=fen,
            by=staff.qian, now=NOW,
        )  # fmt: skip

    part, bounced, void, noted = (invoice(number) for number in ("PART", "BOUNCED", "VOID", "NOTED"))

    def pay(number, invoice_number, fen, days_ago):
        return receivables.receive_payment(
            terminal=clinic, number=number, received_on=TODAY - timedelta(days=days_ago), fen=fen, how="named",
            invoices=[invoice_number], by=staff.qian, now=NOW,
        )  # fmt: skip

    pay("P1", "PART", 400_00, 20)
    pay("P2", "PART", 100_00, 15)
    gone = pay("P3", "BOUNCED", 1_000_00, 12)
    receivables.reverse_entry(entry=gone, reason="票据拒付", by=staff.qian, now=NOW)
    receivables.reverse_entry(entry=void, reason="开错", by=staff.qian, now=NOW)
    receivables.post_red_letter(
        terminal=clinic,
        number="N1",
        on=TODAY - timedelta(days=8),
        total_fen=300_00,
        original=noted,
        by=staff.qian,
        now=NOW,
    )
    pay("P4", "NOTED", 700_00, 5)
    found = history.past(TODAY)
    rows, keys = history.rows_of(found, [part.pk, bounced.pk, void.pk, noted.pk])
    told = {
        int(key): (int(found.base_fen[row]), int(found.paid_fen[row]), int(found.settled[row]))
        for row, key in zip(rows, keys, strict=True)
    }
    assert told == {
        part.pk: (1_000_00, 500_00, OPEN),
        bounced.pk: (1_000_00, 0, OPEN),
        noted.pk: (700_00, 700_00, (TODAY - timedelta(days=5)).toordinal()),
    }
    assert int(found.payment_fen.sum()) == int(found.paid_fen.sum())
    # The book of an earlier day, asked then or cut out of a later one, is the same but for what was corrected since.
    for back in (30, 200, 500):
        day = TODAY - timedelta(days=back)
        then, cut = history.past(day), history.earlier(found, day.toordinal())
        there = np.isin(then.entry_id, [void.pk, noted.pk], invert=True)
        mine = np.isin(cut.entry_id, [void.pk, noted.pk], invert=True)
        for name in ("entry_id", "settled", "paid_fen"):
            np.testing.assert_array_equal(getattr(cut, name)[mine], getattr(then, name)[there])


def test_studies_are_made_kept_and_made_again(staff):
    for study in (actions.draw_curves, actions.reckon_loss, actions.train_prediction, actions.forecast_cash):
        with pytest.raises(NotAllowed):
            study(as_of=TODAY, by=staff.zhou, now=NOW)
        first = study(as_of=TODAY, by=staff.zheng, now=NOW)
        again = study(as_of=TODAY, by=staff.zheng, now=NOW)
        assert (first.told, first.inputs) == (again.told, again.inputs)
    found = learning.latest_of_all()
    assert set(found) == set(learning.KINDS)

    curves = learning.own_curves(found["curves"], "past_due")
    assert set(curves) == {"public", "pharmacy", "clinic"}
    assert curves["clinic"].recovered_bp[0] > 7_000 > curves["pharmacy"].recovered_bp[0]
    assert curves["public"].to_come_bp[60] > 5_000
    age = learning.own_curves(found["curves"], "credit_age")
    assert age["pharmacy"].recovered_bp[10] == 0
    assert age["pharmacy"].recovered_bp[70] > 8_500

    segments = found["loss"].told["segments"]
    assert all(rolling.again(one) == one["loss_fen"] for one in segments.values())
    assert not list(learning.differing())
    assert sum(segments["public"]["owed_fen"]) == int(
        history.past(TODAY).open_fen[history.past(TODAY).segments[history.past(TODAY).customer] == 0].sum()
    )
    mine, all_of_them = learning.burdens(staff.sun, TODAY), learning.burdens(staff.zheng, TODAY)
    assert {one.terminal_id for one in mine} == {staff.suns_clinic.pk}
    assert len(all_of_them) == 3
    assert all(one.sales_fen == one.loss_fen * 20 for one in all_of_them)

    told = found["forecast"].told
    assert len(told["cuts"]) == 6
    off = [abs(sum(one["said_fen"]) - sum(one["came_fen"])) / sum(one["came_fen"]) for one in told["cuts"]]
    assert sum(off) / len(off) < 0.1
    assert told["bounds"]["inside"] >= 0.6 * told["bounds"]["weeks"]

    card = found["prediction"].told["card"]
    ways = {one["name"]: one for one in card["ways"]}
    assert ways["model"]["auc_bp"] > 9_000
    assert ways["model"]["brier_bp"] < ways["median"]["brier_bp"]


def test_the_chance_of_being_paid(staff):
    found = history.past(TODAY)
    still = found.entry_id[found.open_fen > 0].tolist()
    paid = int(found.entry_id[found.open_fen == 0][0])
    by_curve = learning.pay_chance([*still, paid], TODAY)
    assert set(by_curve) == set(still)
    assert learning.pay_chance([], TODAY) == learning.pay_chance([987_654], TODAY) == {}
    alone = learning.expected(still, TODAY)
    assert {one.late_bp for one in alone.values()} == {None}
    actions.draw_curves(as_of=TODAY, by=staff.zheng, now=NOW)
    actions.train_prediction(as_of=TODAY, by=staff.zheng, now=NOW)
    week, month = (learning.pay_chance(still, TODAY, within_days=days) for days in (7, 30))
    assert all(0 <= week[key] <= month[key] <= 10_000 for key in still)
    # Of the pharmacy, what is due in a week or so is paid sooner than what was billed yesterday.
    mine = found.terminal_ids[found.customer] == staff.wangs_pharmacy.pk
    billed_on = {int(key): int(on) for key, on in zip(found.entry_id[mine], found.on[mine], strict=True)}
    young = [key for key in still if billed_on.get(key, 0) > TODAY.toordinal() - 6]
    ripe = [key for key in still if TODAY.toordinal() - 44 < billed_on.get(key, 0) < TODAY.toordinal() - 36]
    assert max(week[key] for key in young) < min(week[key] for key in ripe)
    told = learning.expected(still, TODAY)
    assert all(one.low <= one.day <= one.high for one in told.values())
    # The worklist takes the model where its habit reaches, the curves beyond, and says which.
    by = worklist.policies(TODAY)
    sight = next(worklist.sights(TODAY, by, [staff.wangs_pharmacy.pk]))
    modelled = learning.Chances(TODAY, still).modelled(still, by.value.value.horizon_days)
    due = {int(key): int(day) for key, day in zip(found.entry_id, found.due, strict=True)}
    asked = [key for key in still if key in billed_on and due[key] <= TODAY.toordinal() + by.value.value.ahead_days]
    assert sorted(one.alone_bp for one in sight.owed if one.alone_bp is not None) == sorted(
        modelled[key] for key in asked if key in modelled
    )
    assert 0 < sight.modelled < sight.items
    assert worklist.judge(sight, by).basis == "mixed"
    assert any(label.startswith("study:") for label in by.labels)
    one = told[ripe[0]]
    assert abs(one.median - 12) <= 6
    assert one.late_bp is not None
    assert one.late_bp > 7_000
    assert abs(sum(days for _what, days in one.reasons) - (one.day - one.due).days) <= 6


def test_no_model_without_enough_and_the_week(staff):
    jobs.learn(now=NOW)
    made = Study.objects.count()
    assert made == 4
    jobs.learn(now=NOW + timedelta(days=3))
    assert Study.objects.count() == made
    jobs.learn(now=NOW + timedelta(days=8))
    assert Study.objects.count() == 2 * made


def test_learning_anew_is_the_workers(staff, monkeypatch):
    with pytest.raises(NotAllowed):
        actions.ask_learning(what="all", by=staff.wang, now=NOW)
    run = actions.ask_learning(what="all", by=staff.zheng, now=NOW)
    assert actions.ask_learning(what="all", by=staff.zheng, now=NOW) == run
    asked = jobs.WhenAsked()
    # While a worker is at it nobody else is; one silent for long has died.
    assert not asked.is_due(NOW, None, NOW + timedelta(minutes=1))
    assert asked.is_due(NOW, None, NOW + timedelta(minutes=20))

    def breaks(**_given):
        raise RuntimeError("disk full")

    monkeypatch.setitem(learning_runs.STUDIES, learning.LOSS, breaks)
    turns = 0
    while asked.is_due(None, None, NOW):
        jobs.go_on_learning(now=NOW)
        turns += 1
        row = learning.run_for(staff.zheng, run)
        assert (row.done, row.making) == (turns, learning.KINDS[turns] if turns < 4 else "")
    assert turns == 4
    assert dict(row.told) == {"curves": "", "prediction": "", "loss": "RuntimeError: disk full", "forecast": ""}
    assert row.finished_at == NOW
    assert {one.made_by for one in learning.latest_of_all().values()} == {str(staff.zheng)}


def test_an_empty_company_learns_nothing_and_says_so():
    staff = cast.assemble()
    with pytest.raises(NothingToLearn):
        actions.forecast_cash(as_of=TODAY, by=staff.zheng, now=NOW)
    jobs.learn(now=NOW)
    assert learning.latest_of_all() == {}
    run = actions.ask_learning(what="curves", by=staff.zheng, now=NOW)
    jobs.go_on_learning(now=NOW)
    told = learning.run_for(staff.zheng, run)
    assert told.finished_at == NOW
    assert told.told[0][1]
    force = learning.curves_in_force(TODAY)
    assert {one.own_bp for one in force.values()} == {0}
    assert learning.model_in_force(TODAY) is None
