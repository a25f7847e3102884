"""Which rung an item stands on, and what a customer is asked for (docs/algorithms/ladder.md)."""

from copy import deepcopy

import pytest

from kewei.collecting.rules.ladder import (
    COURT,
    DEMAND,
    FINAL,
    LADDER,
    LAWYER,
    NOTICE,
    REMIND,
    ROOM,
    Debt,
    read_ladder,
    rung_of,
    stage_for,
)
from kewei.kernel.money import fen_from_text
from kewei.kernel.policies import BadPolicy
from kewei.receivables.tests.rules.worked import table

POLICY = read_ladder(LADDER.body)


def rung(kind="pharmacy", days=0, open_fen=100, **more):
    found = rung_of(Debt(1, days, open_fen, **more), POLICY.rungs(kind), POLICY)
    return found and (found.stage, found.again)


@pytest.mark.parametrize(
    ("kind", "days", "more", "stands"),
    [
        ("pharmacy", -8, {}, None),
        ("pharmacy", -7, {}, (0, 0)),
        ("pharmacy", -3, {}, (0, 1)),
        ("pharmacy", 0, {}, (0, 1)),
        ("pharmacy", 1, {}, (1, 0)),
        ("pharmacy", 7, {}, (2, 0)),
        ("pharmacy", 29, {}, (3, 0)),
        ("pharmacy", 30, {}, (4, 0)),
        ("pharmacy", 540, {}, (7, 0)),
        ("public_hospital", 0, {}, (0, 1)),
        ("public_hospital", 29, {}, None),
        ("public_hospital", 30, {}, (1, 0)),
        ("public_hospital", 120, {}, (4, 0)),
        ("public_hospital", 239, {}, (6, 0)),
        # However patient the ladder, not past a clock.
        ("public_hospital", 40, {"limitation_left": 181}, (1, 0)),
        ("public_hospital", 40, {"limitation_left": 180}, (7, 0)),
        ("public_hospital", 40, {"limitation_left": -1}, (1, 0)),
        ("pharmacy", 8, {"guarantee_left": 30}, (5, 0)),
        ("pharmacy", 8, {"guarantee_left": 31}, (2, 0)),
        # A promise rests the ladder and not the clocks; promises broken in a row are worth stages.
        ("pharmacy", 40, {"promised": True}, None),
        ("pharmacy", 40, {"promised": True, "limitation_left": 10}, (7, 0)),
        ("pharmacy", 40, {"pushed": 0}, (4, 0)),
        ("pharmacy", 40, {"pushed": 1}, (5, 0)),
        ("pharmacy", 400, {"pushed": 9}, (7, 0)),
        # Nothing is asked for of what is disputed.
        ("pharmacy", 40, {"disputed_fen": 100}, None),
        ("pharmacy", 40, {"disputed_fen": 99}, (4, 0)),
    ],
)
def test_the_rung_an_item_stands_on(kind, days, more, stands):
    assert rung(kind, days, **more) == stands


@pytest.mark.parametrize("case", table("ladder.md", "kind", "days"), ids=lambda case: " ".join(case.values()))
def test_every_line_of_the_page(case):
    number = {name: int(case[name]) if case[name] else None for name in ("left", "guarantee")}
    debt = Debt(
        1, int(case["days"]), fen_from_text(case["open"]), fen_from_text(case["disputed"] or "0"),
        case["promised"] == "yes", int(case["pushed"] or 0), number["left"], number["guarantee"],
    )  # fmt: skip
    found = rung_of(debt, POLICY.rungs(case["kind"]), POLICY)
    assert (found.code if found else "") == case["stands"]


def test_one_step_at_the_highest_stage_of_what_climbed():
    debts = [
        Debt(1, 95, 100, reached=LAWYER * ROOM),  # asked for at this stage before
        Debt(2, 31, 200),
        Debt(3, 8, 400, disputed_fen=150),
        Debt(4, -5, 800),
        Debt(5, 61, 1600, disputed_fen=1600),
    ]
    ahead, overdue = stage_for(debts, "pharmacy", POLICY)
    assert (ahead.rung.stage, ahead.items) == (REMIND, ((4, 0, 800),))
    assert overdue.rung.stage == DEMAND
    assert overdue.items == ((2, DEMAND * ROOM, 200), (3, NOTICE * ROOM, 250))
    assert overdue.asked_fen == 450


def test_what_is_found_late_enters_at_its_stage_and_is_asked_once():
    found = stage_for([Debt(1, 540, 100)], "clinic", POLICY)
    assert [(step.rung.stage, step.asked_fen) for step in found] == [(COURT, 100)]
    assert stage_for([Debt(1, 541, 100, reached=COURT * ROOM)], "clinic", POLICY) == []


def test_money_that_waits_to_be_applied_comes_first():
    debts = [Debt(1, 65, 100), Debt(2, 8, 50), Debt(3, -7, 70)]
    assert [step.rung.stage for step in stage_for(debts, "clinic", POLICY, unapplied_fen=149)] == [REMIND, FINAL]
    assert [step.rung.stage for step in stage_for(debts, "clinic", POLICY, unapplied_fen=150)] == [REMIND]
    assert [step.rung.stage for step in stage_for(debts, "clinic", POLICY, reminded=True)] == [FINAL]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("ladders", "private", 3, "days"), 0),
        (("ladders", "private", 3, "days"), 99),
        (("ladders", "private", 3, "stage"), 9),
        (("ladders", "private", 3, "channel"), "fax"),
        (("ladders", "public"), []),
        (("segments", "pharmacy"), "nobody"),
        (("otherwise",), "nobody"),
        (("court_days",), 0),
    ],
)
def test_a_ladder_that_does_not_climb_is_refused(place, value):
    body = deepcopy(LADDER.body)
    *way, last = place
    at = body
    for name in way:
        at = at[name]
    at[last] = value
    with pytest.raises(BadPolicy):
        read_ladder(body)
