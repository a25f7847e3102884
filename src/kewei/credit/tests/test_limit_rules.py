"""The limit of docs/algorithms/limit.md: the worked customer of domain 3.5, and what holds for any customer."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kewei.credit.rules.limits import LIMIT, LimitFacts, LimitInPast, LimitTooLong, check_days, suggest
from kewei.kernel.policies import BadPolicy

DAY = date(2026, 11, 23)
POLICY = LIMIT.read(LIMIT.body)
# A chain with steady purchases of 300,000 a month that asks for 60 days, grade B.
CHAIN = LimitFacts(
    grade="B",
    monthly_fen=300_000_00,
    term_days=60,
    net_worth_fen=2_000_000_00,
    working_capital_fen=800_000_00,
    turnover_fen=12_000_000_00,
    peer_limits_fen=(300_000_00, 400_000_00, 500_000_00),
)


def test_the_worked_customer_gets_480_000():
    suggestion = suggest(CHAIN, POLICY, DAY)
    lines = {line.code: line.fen for line in suggestion.lines}
    assert lines["need"] == 600_000_00
    assert lines["factored"] == 480_000_00
    assert lines["capacity"] == 500_000_00
    assert suggestion.fen == 480_000_00


def test_the_published_ways_give_what_the_table_says():
    given_by = {line.code: line.fen for line in suggest(CHAIN, POLICY, DAY).alternatives}
    assert given_by == {
        "alt_need": 600_000_00,
        "alt_grade": 360_000_00,
        "alt_month": 300_000_00,
        "alt_stable": 180_000_00,
        "alt_capacity": 600_000_00,
        "alt_net_worth": 200_000_00,
        "alt_working_capital": 80_000_00,
        "alt_peers": 400_000_00,
        "alt_three": 400_000_00,
    }


def test_what_nobody_knows_is_left_out_and_not_guessed():
    plain = suggest(LimitFacts("A", 100_000_00, 30), POLICY, DAY)
    assert plain.fen == 100_000_00
    assert {line.code for line in plain.alternatives if line.fen is None} >= {"alt_capacity", "alt_peers", "alt_three"}


def test_the_brake_holds_growth_within_a_quarter():
    braked = suggest(replace(CHAIN, former_fen=300_000_00, former_since=date(2026, 10, 1)), POLICY, DAY)
    assert (braked.fen, braked.braked) == (360_000_00, True)
    free = suggest(replace(CHAIN, former_fen=300_000_00, former_since=date(2026, 8, 1)), POLICY, DAY)
    assert (free.fen, free.braked) == (480_000_00, False)


def test_new_customers_get_at_most_the_new_factor_and_d_gets_nothing():
    assert suggest(replace(CHAIN, new_customer=True), POLICY, DAY).fen == 240_000_00
    assert suggest(replace(CHAIN, grade="D", secured_fen=100_000_00), POLICY, DAY).fen == 0


def test_every_limit_ends():
    with pytest.raises(LimitInPast):
        check_days(DAY, date(2026, 11, 22), POLICY, temporary=False)
    with pytest.raises(LimitTooLong) as no:
        check_days(DAY, date(2027, 2, 22), POLICY, temporary=True)
    assert (no.value.days, no.value.most_days) == (91, 90)
    check_days(DAY, date(2027, 2, 21), POLICY, temporary=True)


@pytest.mark.parametrize("wrong", [{"k_bp": {"A": 1}}, {"step_fen": 0}, {"unheard": 1}])
def test_a_policy_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(BadPolicy):
        LIMIT.read({**LIMIT.body, **wrong})


facts = st.builds(
    LimitFacts,
    grade=st.sampled_from("ABCD"),
    monthly_fen=st.integers(0, 10**12),
    term_days=st.integers(0, 180),
    normal_delay_days=st.integers(0, 180),
    net_worth_fen=st.none() | st.integers(-(10**12), 10**13),
    group_headroom_fen=st.none() | st.integers(-(10**11), 10**12),
    secured_fen=st.integers(0, 10**11),
    new_customer=st.booleans(),
)


@given(facts, st.integers(0, 3))
def test_a_better_grade_never_lowers_the_limit(given_facts, better):
    grades = "DCBA"
    place = grades.index(given_facts.grade)
    other = replace(given_facts, grade=grades[min(3, place + better)])
    assert suggest(other, POLICY, DAY).fen >= suggest(given_facts, POLICY, DAY).fen >= 0
    assert suggest(given_facts, POLICY, DAY).fen % POLICY.step_fen == 0
