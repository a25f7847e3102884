"""Asking the planner: within seconds of a clock that a door gives, by one or two processes, best-so-far at any time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from kewei.visits.rules.plain import plain_schedule
from kewei.visits.rules.planning.checking import findings
from kewei.visits.rules.planning.values import Plan, Problem, Progress, StopRule

ENGINE = "kewei.visits.rules.planning.planner"


@dataclass(frozen=True)
class Solved:
    """A plan and the plain schedule beside it; cost in metres."""

    plan: Plan
    plain: Plan

    @property
    def saved_percent(self) -> int:
        """By how much the plan is cheaper than the plain schedule."""
        return (self.plain.cost - self.plan.cost) * 100 // self.plain.cost if self.plain.cost > 0 else 0


def solve(
    problem: Problem, stop: StopRule, seed: int, keep: Plan | None = None,
    progress: Callable[[Progress], None] | None = None, move_metres: int = 30_000,
) -> Solved:  # fmt: skip
    """The best plan found until `stop` ends the search, never worse than the plain schedule unless one is kept near.

    A plain schedule that breaks a rule (it knows no "at most so many days apart", no "all or none") is none to fall back on.
    """
    plain = plain_schedule(problem)
    if not problem.days or not problem.representatives:
        return Solved(plain, plain)
    plan = _engine()(problem, stop, seed, keep, progress, move_metres)
    fall_back = keep is None and plain.cost < plan.cost and not findings(problem, plain)
    return Solved(plain if fall_back else plan, plain)


def _engine() -> Callable[..., Plan]:
    if find_spec(ENGINE) is None:
        return lambda problem, *_more: plain_schedule(problem)
    engine: Any = import_module(ENGINE).plan_visits
    return engine
