"""What exceeding a limit costs while searching: dearer where it happens too often, cheaper where it hardly does."""

from collections.abc import Sequence

import numpy as np
from pyvrp import CostEvaluator

from kewei.visits.rules.planning.ground import Ground, Habits, State

DEARER, CHEAPER, NEAR_ENOUGH = 1.2, 0.9, 0.05
LEAST, MOST = 0.1, 1e6


class Prices:
    """A price per unit of load and per minute, moved every few rounds towards the wanted share of kept limits."""

    def __init__(self, ground: Ground, habits: Habits):
        self.habits = habits
        self.loads, self.time = first_prices(ground)
        self.seen, self.kept = 0, [0] * (len(self.loads) + 1)

    def of(self, state: State) -> float:
        """What a solution costs at present prices."""
        over = sum(price * excess for price, excess in zip(self.loads, state.excess, strict=False))
        return state.worth + over + self.time * state.warp

    def evaluator(self, times: float = 1) -> CostEvaluator:
        """The prices as PyVRP takes them, or a multiple of them."""
        return CostEvaluator([price * times for price in self.loads], self.time * times, 0)

    def note(self, state: State) -> None:
        """Count which limits a solution keeps; move the prices once in a while."""
        for place, over in enumerate((*state.excess, state.warp)):
            self.kept[place] += over == 0
        self.seen += 1
        if self.seen >= self.habits.price_rounds:
            *loads, time = [kept / self.seen for kept in self.kept]
            self.loads = [self._moved(price, share) for price, share in zip(self.loads, loads, strict=True)]
            self.time = self._moved(self.time, time)
            self.seen, self.kept = 0, [0] * len(self.kept)

    def _moved(self, price: float, share: float) -> float:
        wanted = self.habits.kept_share
        if not share:
            return min(price * DEARER * DEARER, MOST)
        factor = DEARER if share < wanted - NEAR_ENOUGH else CHEAPER if share > wanted + NEAR_ENOUGH else 1.0
        return min(max(price * factor, LEAST), MOST)


def first_prices(ground: Ground) -> tuple[list[float], float]:
    """A load of usual size costs a usual step between places; a minute costs twice what it takes to drive it.

    Where tasks may be left out, both cost as much as leaving out a usual one, or everything would be crammed in.
    """
    far = ground.metres[ground.metres > 0]
    step = float(np.median(far)) if far.size else 1.0
    sizes: Sequence[tuple[int, ...]] = [
        tuple(filter(None, loads)) for loads in zip(*(task.loads for task in ground.tasks), strict=True)
    ]
    left_out = [max(task.costs) / max(map(len, task.patterns)) for task in ground.tasks if any(task.costs)]
    usual = float(np.median(left_out)) if left_out else 0.0
    step = max(step, usual)
    loads = [step * len(some) / sum(some) if some else 1.0 for some in sizes]
    pace = float(np.median(far / np.maximum(ground.minutes[ground.metres > 0], 1))) if far.size else 1.0
    service = [task.service for task in ground.tasks if task.service]
    return loads, max(2 * pace, usual * len(service) / sum(service) if service else 0.0)
