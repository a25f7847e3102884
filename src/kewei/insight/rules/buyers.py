"""会不会再买: how many orders a terminal will still place, and whether it is still a customer (docs/algorithms/retention.md).

BG/NBD of Fader, Hardie and Lee, "Counting Your Customers" the Easy Way, Marketing Science 24 (2005): while alive a buyer
orders at a rate of his own (gamma: r, alpha), and stops after any order with a probability of his own (beta: a, b).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kewei.kernel.refusals import N_, Refused, refusal
from kewei.sales.rules.rhythms import Habits

Floats = npt.NDArray[np.float64]
MOST_ROUNDS = 1_000
# Four numbers are not found from a handful of histories.
LEAST_REPEATERS = 10
WEEK = 7


@dataclass(frozen=True, slots=True)
class Histories:
    """Buyers as columns: orders after the first one, time from the first to the last, and time from the first to the end.

    Times in one unit (weeks, days) for all of them.
    """

    repeats: Floats
    last: Floats
    until: Floats

    @classmethod
    def of(cls, rows: Sequence[tuple[float, float, float]]) -> Histories:
        """From rows of (repeats, last, until)."""
        columns = np.array(rows, dtype=np.float64).reshape(-1, 3).T
        return cls(*columns)

    @classmethod
    def of_habits(cls, habits: Habits, today: int) -> Histories:
        """Of days of purchase up to a day (its ordinal), in weeks."""
        until = np.maximum(today, habits.last)
        return cls(
            (habits.purchases - 1).astype(np.float64),
            (habits.last - habits.first) / WEEK,
            (until - habits.first) / WEEK,
        )


@dataclass(frozen=True, slots=True)
class BuyerModel:
    """The four numbers of BG/NBD, the log-likelihood they were found with, and how many buyers that was."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = 0.0
    buyers: int = 0


@refusal
class NoBuyers(Refused):
    code = "no_buyers"
    says = N_("只有 {buyers} 家买过第二次：至少要 {least} 家，才能估计谁还会再买")


def fit(histories: Histories) -> BuyerModel:
    """The most likely model. Raises NoBuyers where fewer than LEAST_REPEATERS ordered a second time.

    Equal histories are reckoned once, so that it is quick for hundreds of thousands of buyers.
    """
    if (repeaters := int(np.count_nonzero(histories.repeats > 0))) < LEAST_REPEATERS:
        raise NoBuyers(buyers=repeaters, least=LEAST_REPEATERS)
    from scipy.optimize import minimize  # costs a second to import

    rows = np.stack([histories.repeats, histories.last, histories.until], axis=1)
    unique, count = np.unique(rows, axis=0, return_counts=True)
    told = Histories(*unique.T)
    weights = count.astype(np.float64)

    def loss(logs: Floats) -> float:
        return -float(weights @ likelihoods(told, *np.exp(logs))) / len(rows)

    start = np.log([1.0, max(float(np.mean(told.until)) / 4, 1e-3), 1.0, 1.0])
    found = minimize(loss, start, method="Nelder-Mead", options={"maxiter": MOST_ROUNDS, "xatol": 1e-5, "fatol": 1e-10})
    found = minimize(loss, found.x, method="L-BFGS-B", options={"maxiter": MOST_ROUNDS})
    r, alpha, a, b = np.exp(found.x)
    return BuyerModel(float(r), float(alpha), float(a), float(b), -float(found.fun) * len(rows), len(rows))


def likelihoods(told: Histories, r: float, alpha: float, a: float, b: float) -> Floats:
    """The log-likelihood of each history (equation 6 of the paper, in logarithms as in its note on Excel)."""
    from scipy.special import gammaln

    x, tx, t = told.repeats, told.last, told.until
    first = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    second = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    alive = -(r + x) * np.log(alpha + t)
    stopped = np.where(x > 0, np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + tx), -np.inf)
    return first + second + np.logaddexp(alive, stopped)


def alive(told: Histories, model: BuyerModel) -> Floats:
    """The probability that each buyer will still order; 1 for who ordered once, which is the model's own assumption."""
    x, tx, t = told.repeats, told.last, told.until
    odds = model.a / (model.b + np.maximum(x, 1) - 1) * ((model.alpha + t) / (model.alpha + tx)) ** (model.r + x)
    return np.where(x > 0, 1 / (1 + odds), 1.0)


def expected(told: Histories, model: BuyerModel, ahead: float) -> Floats:
    """Orders each buyer is expected to place in the time `ahead` (equation 10 of the paper)."""
    from scipy.special import hyp2f1

    x, t = told.repeats, told.until
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    shape = hyp2f1(r + x, b + x, a + b + x - 1, ahead / (alpha + t + ahead))
    made = (a + b + x - 1) / (a - 1) * (1 - ((alpha + t) / (alpha + t + ahead)) ** (r + x) * shape)
    return made * alive(told, model)
