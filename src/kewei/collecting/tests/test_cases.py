"""The daily run: cases open, climb and close by rule, once (docs/algorithms/ladder.md)."""

import json
from argparse import Namespace
from datetime import date, timedelta

import pytest
from tests import cast

from kewei.collecting import actions, cli, reactions
from kewei.collecting.models import Case, Letter, Level, Run, Stage
from kewei.collecting.rules.cases import AlreadyMember, CannotCollect, RunAhead
from kewei.journal.models import Fact
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.receivables import actions as receivables

NOW, DAY = cast.MORNING, date(2026, 11, 23)


@pytest.fixture
def staff(db):
    return cast.assemble()


def invoice(staff, number, days, fen=1_000_00, terminal=None):
    """An invoice so many days past due on DAY."""
    due = DAY - timedelta(days=days)
    return receivables.post_invoice(
        terminal=terminal or staff.wangs_pharmacy, number=number, invoice_date=due - timedelta(days=30), due_date=due,
        total_fen=fen, by=staff.qian, now=NOW,
    )  # fmt: skip


def pay(staff, number, fen, terminal=None):
    return receivables.receive_payment(
        terminal=terminal or staff.wangs_pharmacy, number=number, received_on=DAY, fen=fen, how="oldest", by=staff.qian,
        now=NOW,
    )  # fmt: skip


def run(staff, day=DAY):
    now = NOW + (day - DAY)
    return vars(actions.run_day(day=day, by=staff.system, now=now))


def test_a_case_opens_climbs_and_closes_by_itself(staff):
    old = invoice(staff, "A", 31)
    young = invoice(staff, "B", 8)
    invoice(staff, "C", -5, terminal=staff.suns_clinic)
    assert run(staff) == {"opened": 1, "stepped": 2, "closed": 0}
    case = Case.objects.get()
    assert (case.terminal, case.stage, case.overdue_fen, case.items) == (staff.wangs_pharmacy, 4, 2_000_00, 2)
    assert (case.oldest_due, case.owner) == (date(2026, 10, 23), staff.wang)
    step = case.stages.get()
    assert (step.stage, step.asked_fen, step.document) == (4, 2_000_00, "demand")
    assert sorted(step.items) == [[old.pk, 1_000_00], [young.pk, 1_000_00]]
    reminder = Stage.objects.get(case=None)
    assert (reminder.terminal, reminder.stage, reminder.document) == (staff.suns_clinic, 0, "due_notice")
    # Twice is once.
    assert run(staff) == {"opened": 0, "stepped": 0, "closed": 0}
    assert (Stage.objects.count(), Level.objects.count(), Run.objects.count()) == (2, 3, 1)
    # Three days nobody ran, caught up by the fourth: the reminder's second rung fell into them.
    assert run(staff, DAY + timedelta(days=4)) == {"opened": 0, "stepped": 1, "closed": 0}
    # The older one is paid: the case goes on at the stage of the younger one, which then climbs on its own.
    pay(staff, "P1", 1_000_00)
    run(staff, DAY + timedelta(days=5))
    case.refresh_from_db()
    assert (case.stage, case.overdue_fen, case.items) == (2, 1_000_00, 1)
    run(staff, DAY + timedelta(days=7))
    assert [(s.stage, s.asked_fen) for s in case.stages.order_by("pk")] == [(4, 2_000_00), (3, 1_000_00)]
    pay(staff, "P2", 1_000_00)
    run(staff, DAY + timedelta(days=8))
    case.refresh_from_db()
    assert (case.closed_on, case.why) == (DAY + timedelta(days=8), "paid")
    told = Fact.objects.filter(name__startswith="collecting.", terminal=staff.wangs_pharmacy.pk).order_by("seq")
    assert [fact.name.partition(".")[2] for fact in told] == [
        "case_opened", "stage_reached", "stage_reached", "case_closed",
    ]  # fmt: skip


def test_a_debt_found_late_enters_at_its_stage(staff):
    invoice(staff, "A", 540)
    run(staff)
    assert [(s.stage, s.channel) for s in Stage.objects.all()] == [(7, "court")]


def test_money_waiting_to_be_applied_keeps_the_ladder_still(staff):
    invoice(staff, "A", 10)
    receivables.receive_payment(
        terminal=staff.wangs_pharmacy, number="P", received_on=DAY, fen=1_000_00, how="none", by=staff.qian, now=NOW
    )
    assert run(staff) == {"opened": 1, "stepped": 0, "closed": 0}


def test_a_step_falls_on_a_day_its_channel_may_be_used(staff):
    invoice(staff, "A", 0)
    saturday = date(2026, 11, 28)
    run(staff, saturday)
    step = Stage.objects.get(stage=1)
    assert (step.on, step.act_on) == (saturday, date(2026, 11, 30))


def test_no_day_is_run_ahead(staff):
    with pytest.raises(RunAhead):
        actions.run_day(day=DAY + timedelta(days=1), by=staff.system, now=NOW)
    with pytest.raises(NotAllowed):
        actions.run_day(day=DAY, by=staff.wang, now=NOW)


def test_only_who_may_collect_joins_a_case(staff):
    invoice(staff, "A", 31)
    invoice(staff, "B", 31, terminal=staff.suns_clinic)
    run(staff)
    case = Case.objects.get(terminal=staff.wangs_pharmacy)
    member = actions.join_case(case=case, person=staff.he, role="legal", by=staff.li, now=NOW)
    with pytest.raises(AlreadyMember):
        actions.join_case(case=case, person=staff.he, role="legal", by=staff.li, now=NOW)
    with pytest.raises(CannotCollect):
        actions.join_case(case=case, person=staff.zhou, role="sales", by=staff.li, now=NOW)
    with pytest.raises(NotAllowed):
        actions.join_case(case=case, person=staff.wang, role="sales", by=staff.wang, now=NOW)
    with pytest.raises(NotFound):
        actions.join_case(case=case.pk + 1, person=staff.he, role="sales", by=staff.li, now=NOW)
    assert actions.leave_case(member=member.pk, by=staff.li, now=NOW).until == NOW


def test_the_letters_of_the_ladder_are_drafted_once(staff):
    invoice(staff, "A", 31)
    invoice(staff, "B", -5, terminal=staff.suns_clinic)
    run(staff)
    run(staff)
    drafted = Letter.objects.order_by("kind").values_list("kind", "terminal__code", "total_fen", "stage")
    assert list(drafted) == [("demand", "T0002", 1_000_00, "ST4"), ("due_notice", "T0003", 1_000_00, "ST0")]


def test_a_case_closes_when_the_money_came(staff):
    invoice(staff, "A", 31)
    run(staff)
    pay(staff, "P", 400_00)
    for fen in (600_00, 0):
        fact = Fact.objects.filter(name="receivables.payment_received").order_by("-seq").first()
        reactions.money_came(fact, now=NOW)
        assert Case.objects.get().overdue_fen == fen
        if fen:
            pay(staff, "Q", fen)
    assert (Case.objects.get().closed_on, Case.objects.get().why) == (DAY, "paid")


def test_the_run_from_the_command_line(staff, capsys):
    invoice(staff, "A", 31)
    given = {"day": "2026-11-23", "json": True}
    assert cli.collect(Namespace(as_login="", **given)) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["day"], told["opened"], told["stepped"], told["closed"]) == ("2026-11-23", 1, 1, 0)
    with pytest.raises(NotAllowed):
        cli.collect(Namespace(as_login="zhou", **given))
