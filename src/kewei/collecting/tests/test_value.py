"""Every worked table of docs/algorithms/worklist.md, and what must hold of worth whatever the numbers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kewei.collecting.rules import value
from kewei.collecting.rules.segments import SEGMENTS
from kewei.collecting.rules.techniques import TECHNIQUES, Situation
from kewei.collecting.rules.value import FIRST_DAY, VALUE, Moment, Owed, Tables, Weighed
from kewei.kernel.policies import BadPolicy
from kewei.receivables.tests.rules.worked import day, fen, table

PAGE = "worklist.md"
POLICY = VALUE.read(VALUE.body)
LIBRARY = TECHNIQUES.read(TECHNIQUES.body)
TABLES = {segment: Tables.of(segment, POLICY) for segment in SEGMENTS}


def optional(cell: str) -> int | None:
    return int(cell) if cell else None


@pytest.mark.parametrize(
    "case", table(PAGE, "segment", "days", "ever"), ids=lambda case: f"{case['segment']} {case['days']}"
)
def test_chances_by_age(case):
    tables, place = TABLES[case["segment"]], int(case["days"]) - FIRST_DAY
    assert (tables.ever[place], tables.alone[place]) == (int(case["ever"]), int(case["alone"]))


@pytest.mark.parametrize("case", table(PAGE, "segment", "days", "open"), ids=lambda case: " ".join(case.values()))
def test_the_worth_of_one_act(case):
    owed = Owed(fen(case["open"]), int(case["days"]), optional(case["left"]))
    weighed = value.weigh([owed], TABLES[case["segment"]], POLICY)
    moment = Moment(run_in=optional(case["run in"]), since_contact=optional(case["since"]))
    worth = value.worth_of_acting(weighed, LIBRARY[case["technique"]], moment, POLICY)
    told = (weighed.movable_fen, worth.gain_fen, worth.stake_fen, worth.cost_fen, worth.worth_fen)
    assert told == tuple(fen(case[name]) for name in ("movable", "gain", "stake", "cost", "worth"))


@pytest.mark.parametrize("case", table(PAGE, "day", "monthly on"), ids=lambda case: case["day"])
def test_the_day_papers_are_handed_in(case):
    assert value.run_days(day(case["day"]), int(case["monthly on"])) == (int(case["in"]), int(case["ago"]))


@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.integers(1, 31))
def test_a_hand_in_day_is_never_missed_and_never_skipped(today, monthly):
    coming, gone = value.run_days(today, monthly)
    assert 0 <= coming <= 40
    assert 1 <= gone <= 40
    if coming:
        assert value.run_days(today + timedelta(days=1), monthly)[0] == coming - 1


owed = st.builds(
    Owed,
    st.integers(1, 10**10),
    st.integers(-30, 5_000),
    st.none() | st.integers(-500, 900),
    st.none() | st.integers(0, 10_000),
)


@settings(max_examples=60)
@given(st.lists(owed, max_size=6), st.sampled_from(sorted(SEGMENTS)), st.sampled_from(sorted(LIBRARY)), st.data())
def test_worth_is_never_more_than_what_is_owed_and_never_falls_with_a_better_moment(items, segment, code, data):
    weighed = value.weigh(items, TABLES[segment], POLICY)
    assert 0 <= weighed.movable_fen <= weighed.fen == sum(one.fen for one in items)
    assert 0 <= weighed.stake_fen + weighed.barred_fen <= weighed.fen
    assert 0 <= weighed.fading_fen <= weighed.fen
    since = data.draw(st.none() | st.integers(0, 60))
    run_in, ago = data.draw(st.none() | st.integers(0, 31)), data.draw(st.none() | st.integers(1, 31))
    moment = Moment(run_in, ago, since)
    worth = value.worth_of_acting(weighed, LIBRARY[code], moment, POLICY)
    assert 0 <= worth.gain_fen <= weighed.movable_fen
    assert worth.worth_fen == worth.gain_fen + worth.stake_fen - worth.cost_fen
    rested = value.worth_of_acting(weighed, LIBRARY[code], Moment(run_in, ago, None), POLICY)
    in_time = value.worth_of_acting(weighed, LIBRARY[code], Moment(0, ago, since), POLICY)
    assert worth.gain_fen <= min(rested.gain_fen, in_time.gain_fen)


def test_the_best_comes_first_and_what_was_done_lately_not_at_all():
    weighed = Weighed(100_000_00, 30_000_00, 0, 0)
    about = Situation("pharmacy", 3, 20, ("F1",), frozenset({"alive"}))
    found = value.ranked(weighed, about, Moment(), LIBRARY.values(), POLICY)
    worths = [worth.worth_fen for _row, worth in found]
    assert worths == sorted(worths, reverse=True)
    best = found[0][0]
    assert best.code == "supply_on_payment"
    again = value.ranked(weighed, about, Moment(done=frozenset({best.code})), LIBRARY.values(), POLICY)
    assert [row.code for row, _worth in again] == [row.code for row, _worth in found][1:]


def test_a_claim_about_to_lapse_calls_for_what_keeps_it():
    weighed = value.weigh([Owed(500_000_00, 1_080, 10)], TABLES["public"], POLICY)
    about = Situation("public", 7, 1_080, (), frozenset({"alive"}))
    best, worth = value.ranked(weighed, about, Moment(), LIBRARY.values(), POLICY)[0]
    assert best.restarts
    assert worth.stake_fen > worth.gain_fen
    assert not LIBRARY["call_guarantee"].restarts


@pytest.mark.parametrize(
    "change",
    [
        {"ever": {"public": [[0, 9_000]]}},
        {"ever": {segment: [[0, 5_000], [9, 6_000]] for segment in SEGMENTS}},
        {"alone": {segment: [[9, 1], [0, 2]] for segment in SEGMENTS}},
        {"stake": [[0, 10_001]]},
        {"rested": []},
        {"hour_fen": -1},
        {"luck": 1},
    ],
    ids=str,
)
def test_a_version_that_cannot_be_is_refused(change):
    with pytest.raises(BadPolicy):
        VALUE.read({**VALUE.body, **change})
