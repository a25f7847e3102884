"""The way of a campaign: no step that is not in the table, whatever order it is tried in."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from kewei.campaigns.rules import states
from kewei.campaigns.rules.states import CHECKS, DRAFT, STATES, STEPS, Given, VersionSeen

TODAY, LAST = date(2026, 11, 23), date(2026, 12, 31)
ENDS = {"closed", "withdrawn"}


def test_every_step_leads_somewhere_and_ends_lead_nowhere():
    assert set(STEPS) | {DRAFT} == set(STATES)
    assert all(not ENDS & sources for sources in STEPS.values())
    reached = {DRAFT}
    for _round in STATES:
        reached |= {to for to, sources in STEPS.items() if sources & reached}
    assert reached == set(STATES)


def test_random_walks_never_run_without_compliance():
    random = Random(20261128)
    for _walk in range(2_000):
        state, way = DRAFT, [DRAFT]
        for _step in range(12):
            to = random.choice(list(STEPS))
            try:
                states.check_step("活动", state, to)
            except states.NotInThisState:
                continue
            state = to
            way.append(to)
        if "running" in way:
            before = way[: way.index("running")]
            assert before[-1] == "approved"
            assert before[-2] == "handed_in"
        assert all(one not in ENDS for one in way[:-1])


def given(**more):
    usual = {
        "name": "活动", "month": date(2026, 12, 1), "first_on": date(2026, 12, 1), "last_on": LAST, "goal": "多用",
        "goal_milli": 10_000,
    }  # fmt: skip
    return Given(**(usual | more))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "}, {"goal": ""}, {"month": date(2026, 12, 2)}, {"last_on": date(2026, 11, 30)},
        {"last_on": LAST + timedelta(days=120)}, {"first_on": date(2025, 1, 1), "last_on": date(2025, 1, 31)},
        {"goal_milli": -1}, {"cap_fen": -1}, {"benefit": "cash"}, {"benefit": "service", "benefit_words": " "},
    ],
)  # fmt: skip
def test_campaigns_that_cannot_be(wrong):
    with pytest.raises(states.BadCampaign):
        states.check_given(given(**wrong), TODAY)


def test_an_opinion_needs_other_hands_and_every_point():
    states.check_opinion(True, CHECKS, "", 2, {1})
    with pytest.raises(states.ProposerApproves):
        states.check_opinion(True, CHECKS, "", 1, {1})
    for left_out in CHECKS:
        with pytest.raises(states.ChecksMissing):
            states.check_opinion(True, set(CHECKS) - {left_out}, "", 2, {1})
    with pytest.raises(states.WordsMissing):
        states.check_opinion(False, (), " ", 2, {1})


@pytest.mark.parametrize(
    ("agreed", "until"), [(None, date(2027, 1, 1)), (False, date(2027, 1, 1)), (True, date(2026, 12, 30))]
)
def test_materials_that_may_not_be_shown(agreed, until):
    with pytest.raises(states.MaterialNotGood):
        states.check_materials([VersionSeen("折页 v1", agreed, until)], LAST)
    states.check_materials([VersionSeen("折页 v2", True, LAST)], LAST)


def test_a_result_waits_for_the_sales():
    states.check_closing(LAST, LAST + timedelta(days=10), 10)
    for today in (LAST, LAST + timedelta(days=9)):
        with pytest.raises(states.NotOverYet):
            states.check_closing(LAST, today, 10)
    with pytest.raises(states.NotOverYet):
        states.check_closing(LAST, LAST, 0)
