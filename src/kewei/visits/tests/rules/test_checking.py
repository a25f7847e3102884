"""The independent checker finds what is wrong, rule by rule."""

from dataclasses import replace

import pytest

from kewei.visits.rules.planning.checking import findings
from kewei.visits.rules.planning.values import Plan, Problem, Representative, Route, Stop, Travel, Wanted, Window

HOME, HOSPITAL, PHARMACY = 0, 1, 2
TRAVEL = Travel(((0, 5_000, 9_000), (5_000, 0, 4_000), (9_000, 4_000, 0)), ((0, 10, 18), (10, 0, 8), (18, 8, 0)))
TWICE = Wanted("hospital", HOSPITAL, 30, times=2, apart_least=7, windows=(Window(540, 660),), persons=("wang",))
ONCE = Wanted("pharmacy", PHARMACY, 20, load=3)
WANG = Representative("wang", HOME, HOME, (0, 1, 2), begins=540, minutes=300, stops=2, capacity=3)
PROBLEM = Problem((0, 1, 8), TRAVEL, (TWICE, ONCE), (WANG,))
BOTH = Route(
    "wang",
    0,
    HOME,
    HOME,
    540,
    626,
    18_000,
    (Stop("hospital", HOSPITAL, 550, 550, 580, 5_000), Stop("pharmacy", PHARMACY, 588, 588, 608, 4_000)),
)
AGAIN = Route("wang", 2, HOME, HOME, 540, 590, 10_000, (Stop("hospital", HOSPITAL, 550, 550, 580, 5_000),))
GOOD = Plan((BOTH, AGAIN), (), 28_000, 0, 28_000)


def rules(problem: Problem, plan: Plan) -> set[str]:
    return {finding.rule for finding in findings(problem, plan)}


def test_a_good_plan_has_no_findings():
    assert findings(PROBLEM, GOOD) == []


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ("frequency", {"wanted": (replace(TWICE, times=3), ONCE)}),
        ("too_soon", {"wanted": (replace(TWICE, apart_least=9), ONCE)}),
        ("too_late", {"wanted": (replace(TWICE, apart_most=7), ONCE)}),
        ("pattern", {"wanted": (replace(TWICE, patterns=((0, 1),)), ONCE)}),
        ("day", {"wanted": (replace(TWICE, days=(0, 1)), ONCE)}),
        ("window", {"wanted": (replace(TWICE, windows=(Window(600, 660),)), ONCE)}),
        ("window", {"wanted": (replace(TWICE, day_windows={2: (Window(551, 660),)}), ONCE)}),
        ("person", {"wanted": (replace(TWICE, persons=("li",)), ONCE)}),
        ("minutes", {"wanted": (replace(TWICE, minutes=31), ONCE)}),
        ("day_minutes", {"representatives": (replace(WANG, minutes=85),)}),
        ("day_stops", {"representatives": (replace(WANG, day_stops={0: 1}),)}),
        ("capacity", {"representatives": (replace(WANG, capacity=2),)}),
        ("day_off", {"representatives": (replace(WANG, days=(0, 1)),)}),
        ("begins", {"representatives": (replace(WANG, begins=541),)}),
        ("start", {"representatives": (replace(WANG, start=HOSPITAL),)}),
        ("night_away", {"representatives": (replace(WANG, end=PHARMACY),)}),
        ("unknown_terminal", {"wanted": (TWICE,)}),
        ("unknown_person", {"representatives": ()}),
    ],
)
def test_every_rule_is_looked_at(rule, problem):
    assert rule in rules(replace(PROBLEM, **problem), GOOD)


@pytest.mark.parametrize(
    ("rule", "plan"),
    [
        ("travel", replace(GOOD, routes=(replace(BOTH, leaves=541), AGAIN))),
        ("metres", replace(GOOD, routes=(replace(BOTH, metres=17_000), AGAIN))),
        ("cost", replace(GOOD, cost=27_000)),
        ("one_route_a_day", replace(GOOD, routes=(BOTH, AGAIN, AGAIN))),
        ("frequency", replace(GOOD, routes=(BOTH,))),
    ],
)
def test_a_plan_that_miscounts_is_found(rule, plan):
    assert rule in rules(PROBLEM, plan)
