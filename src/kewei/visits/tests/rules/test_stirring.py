"""Stirring: visits move to other days without a rule broken, and single ones are taken in or left out."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kewei.visits.rules.planning.checking import findings
from kewei.visits.rules.planning.laying import lay
from kewei.visits.rules.planning.planner import plan_visits, starting
from kewei.visits.rules.planning.roaming import Roaming
from kewei.visits.rules.planning.search import Search
from kewei.visits.rules.planning.stirring import stirred
from kewei.visits.rules.planning.values import after_rounds
from kewei.visits.tests.rules.months import month


def a_month(seed, **more):
    """A search over the month of one person, begun."""
    problem = month(seed, **{"terminals": 14, "days": 10} | more)
    person = problem.representatives[0]
    laid = lay(problem, person, problem.wanted)
    search = Search(laid.ground, seed)
    search.begin_from(*starting(laid, search, None))
    return search


@pytest.mark.parametrize("seed", range(6))
def test_what_is_stirred_keeps_sets_hours_and_limits_and_is_no_dearer(seed):
    search = a_month(seed)
    before = search.best
    after = stirred(search, before, 60, before.metres / 100, lambda: False)
    assert after.keeps_limits
    assert after.worth <= before.worth
    for i, (task, number) in enumerate(zip(search.ground.tasks, after.patterns, strict=True)):
        days = sorted(
            search.shift_day[tour.shift] for tour in after.tours for v in tour.visits if search.task_of[v] == i
        )
        assert tuple(days) == task.patterns[number]
        assert len(after.windows[i]) == len(days)
    assert after.extra == sum(task.costs[n] for task, n in zip(search.ground.tasks, after.patterns, strict=True))


def test_who_is_left_out_without_need_is_taken_in():
    """Everything but what must be is taken out of a month with room; stirring alone brings single visits back."""
    problem = month(2, terminals=10, days=10)
    calm = replace(problem.representatives[0], minutes=600, stops=9, capacity=None, appointments=())
    wanted = tuple(
        replace(w, times=1, patterns=(), days=None, at_least=None, prize=10**6, windows=(), day_windows={})
        for w in problem.wanted
    )
    problem = replace(problem, representatives=(calm,), wanted=wanted)
    laid = lay(problem, calm, wanted)
    search = Search(laid.ground, 1)
    state, _waiting = starting(laid, search, None)
    state.extra = search.extra_of(state.patterns)
    search.adopt(state)
    after = stirred(search, state, 200, 0.0, lambda: False)
    assert all(task.patterns[n] for task, n in zip(search.ground.tasks, after.patterns, strict=True))


@settings(max_examples=40)
@given(seed=st.integers(0, 200), draws=st.randoms(use_true_random=False))
def test_however_free_visits_move_together_their_days_are_a_set(seed, draws):
    search_ground = a_ground(seed)
    roaming = Roaming(search_ground)
    for i, task in enumerate(search_ground.tasks):
        number = draws.randrange(len(task.patterns))
        free = roaming.free(i, number, Random(seed))
        days = [draws.choice(sorted(one.days)) for one in free]
        assert all(a < b for a, b in pairwise(days))
        assert tuple(days) in task.patterns
        for k, one in enumerate(free):
            if one.prize:
                assert (*days[:k], *days[k + 1 :]) in task.patterns


def a_ground(seed):
    problem = month(seed, terminals=6, days=8)
    return lay(problem, problem.representatives[0], problem.wanted).ground


def test_a_search_that_is_ended_while_stirring_stops():
    search = a_month(1)
    looked = []
    assert stirred(search, search.best, 10**6, 1.0, lambda: looked.append(1) or len(looked) > 2) is not None
    assert len(looked) == 3


@pytest.mark.parametrize("seed", [1, 5, 12])
def test_plans_that_were_stirred_keep_every_rule(seed):
    problem = month(seed, terminals=14, days=9)
    assert findings(problem, plan_visits(problem, after_rounds(260), seed)) == []
