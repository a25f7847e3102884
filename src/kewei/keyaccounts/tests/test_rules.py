"""Identification, completeness, verdicts and states as docs/algorithms/keyaccounts.md has them (domain 2.9, 3.6)."""

from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import cast

from kewei.kernel.policies import BadPolicy
from kewei.keyaccounts.rules import earning, plans, reviewing
from kewei.keyaccounts.rules.earning import IDENTIFY, Earned, Effort, Seen
from kewei.keyaccounts.rules.plans import (
    AMEND,
    APPROVE,
    CLOSE,
    DRAFT,
    DROPPED,
    HAND_IN,
    LIVE,
    MOVES,
    OPEN,
    PLANNING,
    SEND_BACK,
    STATES,
    WITHDRAW,
    WRITE,
    ActionGiven,
    BadPlan,
    GoalGiven,
    NeedsComplianceNumber,
    PlanIncomplete,
    PrivateInPlan,
    RoleGiven,
    WrongPlanState,
)
from kewei.keyaccounts.rules.reviewing import MET, MISSED, NEAR, REVIEWING, UNKNOWN
from kewei.keyaccounts.tests import accounts

PAGE = Path(__file__).resolve().parents[4] / "docs/algorithms/keyaccounts.md"
BY = IDENTIFY.read(IDENTIFY.body)
SPAN = PLANNING.read(PLANNING.body)
HOW = REVIEWING.read(REVIEWING.body)


class Somebody:
    """An owner, for content that touches no table."""

    pk = 1


def table(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading of the page, as texts without thousands separators."""
    part = PAGE.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip().strip("|").split("|") for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip().replace(",", "") for cell in row] for row in rows[2:]]


def fen(text: str) -> int:
    """Yuan of a table in fen."""
    whole, _dot, part = text.partition(".")
    sign = -1 if whole.startswith("-") else 1
    return sign * (abs(int(whole)) * 100 + int((part + "00")[:2]))


# --- who is a key account ---------------------------------------------------------------------------------------------


def earnings() -> dict[str, Earned]:
    found = {}
    for name, sales, tied, credit, visits, minutes, spent, *_told in table("What a customer earns"):
        effort = Effort(int(visits), int(minutes), fen(spent))
        found[name] = earning.earned(fen(sales), fen(tied), fen(credit), effort, BY)
    return found


def test_profit_after_credit_and_visits_as_on_the_page():
    for (name, one), row in zip(earnings().items(), table("What a customer earns"), strict=True):
        gross, visiting, profit = row[-3:]
        assert (one.gross_fen, one.visit_fen, one.profit_fen) == (fen(gross), fen(visiting), fen(profit)), name


def test_places_shares_and_concentration_as_on_the_page():
    rows = table("Who is large")
    seen = dict(enumerate(earnings().values()))
    held = earning.places(seen, BY)
    whole = sum(one.sales_fen for one in seen.values())
    for n, (name, share, by_sales, by_profit, warnings) in enumerate(rows):
        one = Seen(n, seen[n], earning.share_bp(seen[n].sales_fen, whole))
        assert one.share_bp == int(share), name
        assert (held.by_sales.get(n, "–"), held.by_profit.get(n, "–")) == tuple(
            int(place) if place != "–" else place for place in (by_sales, by_profit)
        ), name
        assert " ".join(earning.warnings_of(one, BY)) == warnings.replace("–", ""), name
    hhi = earning.concentration(one.sales_fen for one in seen.values())
    text = PAGE.read_text(encoding="utf-8")
    assert f"**{hhi:,}**" in text
    assert earning.spread(hhi, BY) == earning.HIGH


def test_reasons_are_the_four_of_the_form():
    one = Seen(7, Earned(sales_fen=100, gross_fen=10), 1200, members=6, grade="3A")
    held = earning.Places({7: 2}, {7: 1})
    assert [reason.code for reason in earning.reasons_of(one, held, BY)] == ["sales", "profit", "strategic", "showcase"]
    assert earning.reasons_of(replace(one, members=1, grade="2A"), earning.Places({}, {}), BY) == ()
    assert earning.warnings_of(replace(one, owed_fen=1000, overdue_fen=300), BY) == ("concentrated", "late")
    assert earning.warnings_of(replace(one, share_bp=0, owed_fen=1000, overdue_fen=299), BY) == ()


@given(st.dictionaries(st.integers(1, 50), st.integers(-1000, 10_000), max_size=30), st.integers(0, 10_000))
def test_the_largest_are_the_fewest_that_reach_the_share(amounts, together_bp):
    held = earning.largest(amounts, together_bp, 50)
    whole = sum(one for one in amounts.values() if one > 0)
    reached = sum(amounts[key] for key in held)
    assert reached * 10_000 >= whole * together_bp
    if held:
        smallest = min(amounts[key] for key in held)
        assert (reached - smallest) * 10_000 < whole * together_bp
        assert sorted(held.values()) == list(range(1, len(held) + 1))
    assert 0 <= earning.concentration(amounts.values()) <= 10_000


def test_a_policy_that_makes_no_sense_is_refused():
    for wrong in ({"months": 0}, {"most": 0}, {"gross_bp": 10_001}, {"hhi_moderate": 5000}, {"hour_fen": -1}):
        with pytest.raises(BadPolicy):
            IDENTIFY.read(IDENTIFY.body | wrong)
    with pytest.raises(BadPolicy):
        PLANNING.read(PLANNING.body | {"least_months": 30})
    with pytest.raises(BadPolicy):
        REVIEWING.read(REVIEWING.body | {"near_bp": 0})


# --- what a plan says -------------------------------------------------------------------------------------------------


def test_what_the_form_requires():
    whole = accounts.content(Somebody)
    assert plans.completeness(whole).percent == 100
    plans.check_complete(whole)
    lacking = replace(whole, reasons=(), risks=(), goals=whole.goals[:1])
    missing = plans.completeness(lacking).missing
    assert missing == ("为何是大客户", "回款天数目标", "逾期率目标", "风险与预案", "集中度风险")
    with pytest.raises(PlanIncomplete) as no:
        plans.check_complete(lacking)
    assert "回款天数目标" in no.value.sentence()
    # SWOT and executive visits may be left out.
    assert plans.completeness(replace(whole, swot={}, actions=whole.actions[:1])).percent == 100


def test_roles_are_posts_and_nothing_private_has_a_field():
    private = {"name", "family", "birthday", "hobby", "phone", "wechat", "relation", "gift"}
    assert not private & {one.name for one in fields(RoleGiven)}
    whole = accounts.content(Somebody)
    hobby = replace(whole, roles=(RoleGiven("pharmacy", "主任", "decides", needs="爱好钓鱼"), whole.roles[1]))
    with pytest.raises(PrivateInPlan):
        plans.check_content(hobby, 4, SPAN)
    assert plans.check_content(replace(hobby, why_words="客户名称里有此词"), 4, SPAN) == ("爱好",)


def test_money_and_executives_need_a_compliance_number():
    whole = accounts.content(Somebody)
    for bare in (
        ActionGiven("科室会", 1, date(2026, 12, 1), budget_fen=1),
        ActionGiven("互访", 1, date(2026, 12, 1), kind="executive"),
    ):
        with pytest.raises(NeedsComplianceNumber):
            plans.check_content(replace(whole, actions=(bare,)), 4, SPAN)
        plans.check_content(replace(whole, actions=(replace(bare, compliance="HG-1"),)), 4, SPAN)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reasons": ("friend",)},
        {"roles": (RoleGiven("pharmacy", " ", "decides"),)},
        {"roles": (RoleGiven("golf", "主任", "decides"),)},
        {"situation": {"share_bp": 10_001}},
        {"situation": {"family": "x"}},
        {"goals": (GoalGiven("sales", 0, 1), GoalGiven("sales", 0, 2))},
        {"goals": (GoalGiven("sales", 0, 1, (1, 1)),)},
        {"goals": (GoalGiven("overdue_rate", 0, 10_001),)},
        {"actions": (ActionGiven(" ", 1, date(2026, 12, 1)),)},
        {"actions": (ActionGiven("a", 1, date(2026, 12, 1), 3), ActionGiven("b", 1, date(2026, 12, 1), 3))},
    ],
)
def test_what_no_plan_may_say(wrong):
    with pytest.raises(BadPlan):
        plans.check_content(replace(accounts.content(Somebody), **wrong), 4, SPAN)


def test_a_plan_spans_whole_months_and_has_quarters():
    plans.check_span(date(2026, 7, 1), date(2027, 6, 30), SPAN)
    for first, last in (
        (date(2026, 7, 2), date(2027, 6, 30)),
        (date(2026, 7, 1), date(2026, 8, 31)),
        (date(2026, 7, 1), date(2028, 7, 31)),
        (date(2026, 7, 1), date(2027, 6, 29)),
    ):
        with pytest.raises(BadPlan):
            plans.check_span(first, last, SPAN)
    assert plans.quarters_of(date(2026, 11, 1), date(2027, 6, 30)) == (
        (date(2026, 11, 1), date(2027, 1, 31)),
        (date(2027, 2, 1), date(2027, 4, 30)),
        (date(2027, 5, 1), date(2027, 6, 30)),
    )


# --- states -----------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from([WRITE, AMEND, HAND_IN, APPROVE, SEND_BACK, WITHDRAW, CLOSE]), max_size=30))
def test_a_plan_never_leaves_its_states(moves):
    """Whatever is tried: only moves of the table succeed, what is in force ends only by closing, the end is the end."""
    state, in_force = DRAFT, False
    for move in moves:
        if move not in MOVES[state]:
            with pytest.raises(WrongPlanState):
                plans.after(state, move, in_force)
            continue
        state = plans.after(state, move, in_force)
        in_force = in_force or state == LIVE
        assert state in STATES
        assert not (in_force and state in (DRAFT, DROPPED))
        if state == LIVE:
            assert in_force
        if state not in OPEN:
            assert MOVES[state] == {}


def test_an_action_done_or_left_can_only_be_taken_up_again():
    assert plans.check_progress("planned", "done") == "done"
    assert plans.check_progress("done", "begun") == "begun"
    for state, to in (("done", "left"), ("left", "done"), ("begun", "planned"), ("planned", "nonsense")):
        with pytest.raises(plans.WrongActionState):
            plans.check_progress(state, to)


def test_nobody_approves_what_they_wrote_or_answer_for():
    plans.check_approver(3, writer=1, owner=2)
    for approver in (1, 2):
        with pytest.raises(plans.OwnPlanNotApproved):
            plans.check_approver(approver, writer=1, owner=2)


# --- reviews ----------------------------------------------------------------------------------------------------------


def test_verdicts_as_on_the_page():
    lines = []
    for name, kind, baseline, target, quarter, expected, actual, achieved, verdict in table("A quarter judged"):
        goal = GoalGiven(kind, int(baseline), int(target))
        line = reviewing.judge(goal, int(quarter), 4, None if actual == "–" else int(actual), HOW)
        assert line.expected == int(expected), name
        assert line.achieved_bp == (None if achieved == "–" else int(achieved)), name
        assert line.verdict == verdict, name
        lines.append(line)
    assert {line.verdict for line in lines} == {MET, NEAR, MISSED, UNKNOWN}
    assert reviewing.verdict_of(lines) == MISSED
    assert reviewing.verdict_of([line for line in lines if line.verdict in (MET, UNKNOWN)]) == MET
    assert reviewing.verdict_of([]) == UNKNOWN


def test_milestones_take_the_place_of_the_straight_line():
    goal = GoalGiven("sales", 0, 400, (50, 150, 250, 400))
    assert [reviewing.expected_by(goal, quarter, 4) for quarter in (1, 2, 3, 4)] == [50, 150, 250, 400]
    level = GoalGiven("collection_days", 120, 80)
    assert [reviewing.expected_by(level, quarter, 4) for quarter in (1, 2, 3, 4)] == [110, 100, 90, 80]


@given(st.sampled_from(sorted(plans.GOALS)), *(st.integers(0, 10_000) for _ in range(3)), st.integers(1, 4))
def test_better_is_never_judged_worse(kind, baseline, target, actual, quarter):
    goal = GoalGiven(kind, baseline, target)
    order = (MET, NEAR, MISSED)
    step = -1 if kind in plans.DOWN else 1
    now = reviewing.judge(goal, quarter, 4, actual, HOW)
    better = reviewing.judge(goal, quarter, 4, max(0, actual + step), HOW)
    assert order.index(better.verdict) <= order.index(now.verdict)


def test_what_was_missed_needs_words():
    missed = reviewing.judge(GoalGiven("sales", 0, 400), 4, 4, 1, HOW)
    with pytest.raises(reviewing.AccountReviewNeedsWords):
        reviewing.check_review([missed], "集采落标", " ")
    reviewing.check_review([missed], "集采落标", "改推两个非集采品种")
    reviewing.check_review([reviewing.judge(GoalGiven("sales", 0, 400), 4, 4, 400, HOW)], "", "")


def test_a_quarter_is_reviewed_when_it_is_over():
    spans = plans.quarters_of(accounts.FIRST, accounts.LAST)
    assert reviewing.check_quarter(1, spans, cast.MORNING.date()) == (date(2026, 7, 1), date(2026, 9, 30))
    with pytest.raises(reviewing.QuarterNotOver):
        reviewing.check_quarter(2, spans, cast.MORNING.date())
    with pytest.raises(reviewing.NoSuchQuarter):
        reviewing.check_quarter(5, spans, cast.MORNING.date())
