"""What the stages of the ladder ask of credit: grade capped, orders held, goods stopped, and the end of it (domain 2.13)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import cast, trading

from kewei.collecting import actions, reactions
from kewei.collecting.rules.ladder import COURT, DEMAND, LADDER, NOTICE, VISIT
from kewei.credit import actions as credit
from kewei.credit.models import Account
from kewei.credit.queries import conduct, holds, scores
from kewei.journal.models import Fact
from kewei.kernel.policies import BadPolicy
from kewei.receivables import actions as receivables

NOW, TODAY = cast.MORNING, date(2026, 11, 23)


@pytest.mark.parametrize(
    ("stage", "effects"),
    [
        (0, ()),
        (1, ()),
        (NOTICE, ("cap",)),
        (VISIT, ("cap", "hold_soft")),
        (DEMAND, ("cap", "hold")),
        (COURT, ("cap", "hold")),
    ],
)
def test_the_rungs_say_what_they_ask_of_credit(stage, effects):
    ladder = LADDER.read(LADDER.body)
    assert ladder.effects_at("pharmacy", stage) == ladder.effects_at("public_hospital", stage) == effects


def test_an_older_version_without_effects_is_read_and_an_unknown_one_refused():
    rows = [{**row, "effects": []} for row in LADDER.body["ladders"]["private"]]
    for row in rows:
        del row["effects"]
    older = {**LADDER.body, "ladders": {**LADDER.body["ladders"], "private": rows}}
    assert LADDER.read(older).effects_at("pharmacy", COURT) == ()
    rows[0]["effects"] = ["magic"]
    with pytest.raises(BadPolicy):
        LADDER.read(older)


@pytest.fixture
def staff(db):
    found = cast.assemble()
    trading.limit(found, found.wangs_pharmacy, 10_000_00)
    return found


def owe(staff, days, number="FP1", fen=1_000_00):
    due = TODAY - timedelta(days=days)
    return receivables.post_invoice(
        terminal=staff.wangs_pharmacy, number=number, invoice_date=due - timedelta(days=30), due_date=due, total_fen=fen,
        by=staff.qian, now=NOW,
    )  # fmt: skip


def run(staff, day=TODAY):
    actions.run_day(day=day, by=staff.system, now=NOW + (day - TODAY))


def held(staff):
    pk = staff.wangs_pharmacy.pk
    return [(one.reason, one.cause) for one in holds.live_holds([pk]).get(pk, []) if one.reason == "collecting"]


def grade(staff, letter):
    Account.objects.update_or_create(terminal=staff.wangs_pharmacy, defaults={"grade": letter})


@pytest.mark.parametrize(
    ("days", "letter", "wanted", "capped"),
    [
        (5, "C", [], False), (8, "C", [], True), (16, "C", [("collecting", "ST3")], True), (16, "B", [], True),
        (31, "A", [("collecting", "ST4")], True),
    ],
)  # fmt: skip
def test_a_case_that_reaches_a_stage_caps_and_holds_by_grade(staff, days, letter, wanted, capped):
    grade(staff, letter)
    owe(staff, days)
    run(staff)
    run(staff)
    pk = staff.wangs_pharmacy.pk
    assert held(staff) == wanted
    assert (pk in conduct.pressed([pk])) == capped
    assert scores.gather([pk], TODAY, scores.book_on(TODAY))[pk].case.pressed == capped


def test_the_hold_ends_with_the_case_and_is_not_placed_again_where_a_person_lifted_it(staff):
    pk = staff.wangs_pharmacy.pk
    owe(staff, 31)
    run(staff)
    assert held(staff) == [("collecting", "ST4")]
    credit.lift_hold(hold=holds.live_holds([pk])[pk][0], why="客户已约定", by=staff.zhao, now=NOW)
    run(staff, TODAY + timedelta(days=1))
    owe(staff, 40, "FP2")
    run(staff, TODAY + timedelta(days=2))
    assert held(staff) == []
    owe(staff, 45, "FP3")
    run(staff, TODAY + timedelta(days=9))
    assert held(staff) == [("collecting", "ST4")]
    receivables.receive_payment(
        terminal=staff.wangs_pharmacy, number="SK1", received_on=TODAY, fen=3_000_00, how="oldest", by=staff.qian,
        now=NOW + timedelta(days=9),
    )  # fmt: skip
    fact = Fact.objects.filter(name="receivables.payment_received").last()
    reactions.FOLLOWS[fact.name](fact, now=NOW + timedelta(days=9))
    assert held(staff) == []
    assert conduct.pressed([pk]) == set()


def test_without_a_limit_there_is_no_credit_to_stop_and_a_persons_hold_stays(staff):
    due = TODAY - timedelta(days=60)
    receivables.post_invoice(
        terminal=staff.suns_clinic, number="FP9", invoice_date=due, due_date=due, total_fen=5_00, by=staff.qian, now=NOW
    )
    owe(staff, 31)
    credit.place_hold(terminal=staff.wangs_pharmacy, reason="collecting", note="先停", by=staff.zhao, now=NOW)
    run(staff)
    assert holds.live_holds([staff.suns_clinic.pk]) == {}
    receivables.receive_payment(
        terminal=staff.wangs_pharmacy,
        number="SK1",
        received_on=TODAY,
        fen=1_000_00,
        how="oldest",
        by=staff.qian,
        now=NOW,
    )
    run(staff, TODAY + timedelta(days=1))
    assert held(staff) == [("collecting", "")]
