"""迟付预测: will this invoice be paid late, and when; from the customer's own past (docs/algorithms/prediction.md).

A customer has a habit: days from the due date to the payment scatter around a middle of their own. The middle is the
mean of what they did, drawn towards that of all customers while there is little of it, after the effects of the
invoice itself (its amount, its term, paper or not) are taken out; these are put back for the invoice asked about.

Only what was settled before the day of asking is known (`habits`): deleting everything later changes no answer.
Numbers are days and chances, not money; parameters are kept as whole millionths, so that a model is replayed exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from kewei.kernel.refusals import N_, Refused, refusal

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

# The day on which what is still open is settled: later than any day that is asked about.
OPEN = 2_000_000
MICRO = 1_000_000
FULL_BP = 10_000
# What an invoice is judged by besides its customer, in the order of `effects`.
EFFECTS = ("amount", "term", "paper")
# Fewer settled invoices than this teach nothing; a customer's own scatter weighs as much as so many invoices of all.
ENOUGH, PRIOR_CASES = 60, 4
# Beyond these the latest teach as much as all.
MOST = 400_000
_LATEST = 20


@refusal
class TooLittleToLearn(Refused):
    code = "too_little_to_learn"
    says = N_(
        "{until} 之前结清的发票只有 {count} 张，至少要 {enough} 张、有按时也有迟付，才能训练；在那之前用客户自己的中位数"
    )


@refusal
class NothingToLearn(Refused):
    code = "nothing_to_learn"
    says = N_("到 {day} 为止账里没有发票，学不到东西；先导入发票与收款")


@refusal
class NoLibrary(Refused):
    code = "no_library"
    says = N_("没有安装 scikit-learn，不能训练；预测改用客户自己的中位数")


@dataclass(frozen=True, slots=True)
class Invoices:
    """Invoices of a company as columns, one row each.

    `customer` counts from nought; `on`, `due` and `settled` are ordinals, OPEN where something is still open; `paper` is
    1 where the invoice went out on paper, 0 where not or where nobody knows.
    """

    customer: Ints
    on: Ints
    due: Ints
    settled: Ints
    fen: Ints
    paper: Ints

    def where(self, rows: npt.NDArray) -> Invoices:
        """Some of the rows."""
        return Invoices(*(getattr(self, one.name)[rows] for one in fields(self)))

    def __len__(self) -> int:
        return len(self.on)


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt, in whole millionths of a day (`effects`, `middle`, `spread`), of a square of days (`between2`,
    `within2`) or of one; from `cases` invoices settled before the ordinal `until`, `late` of them late.

    `steepness` and `start` turn "so many spreads after the due date" into a chance; `low`, `half`, `high` are the spreads
    between which 80 of 100 payments fell.
    """

    until: int
    cases: int
    late: int
    customers: int
    usual_amount: int
    effects: tuple[int, ...]
    middle: int
    between2: int
    within2: int
    steepness: int
    start: int
    low: int
    half: int
    high: int

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self) | {"effects": list(self.effects)}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Model:
        """The model of what was stored."""
        return cls(**{**told, "effects": tuple(told["effects"])})


@dataclass(frozen=True, slots=True)
class Habits:
    """What is known of a customer's past on the day of asking, one row per question.

    `cases` settled invoices before it, `late` of them late; `total` and `square` are sums of days past due, less the
    effects where a model was given, and of their squares; `median_days` of the latest ones, as they were.
    """

    cases: Ints
    late: Ints
    total: Numbers
    square: Numbers


@dataclass(frozen=True, slots=True)
class Predictions:
    """One row per invoice: the chance of being late in basis points; days past due expected (negative: before), and
    between which 80 of 100 fall; `middle` and `spread` for chances of other days."""

    late_bp: Ints
    days: Ints
    low: Ints
    high: Ints
    middle: Numbers
    spread: Numbers


def learn(invoices: Invoices, until: int) -> Model:
    """Train on the invoices settled before the ordinal day `until`.

    Raises TooLittleToLearn, or NoLibrary where scikit-learn is not installed.
    """
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise NoLibrary() from error
    known = invoices.where(np.flatnonzero(invoices.settled < until))
    known = known.where(np.sort(np.argsort(known.settled, kind="stable")[-MOST:]))
    late = known.settled > known.due
    if len(known) < ENOUGH or late.all() or not late.any():
        raise TooLittleToLearn(until=_day(until), count=len(known), enough=ENOUGH)
    usual = np.median(np.log(np.maximum(known.fen, 1)))
    worth = _effects_of(known, usual)
    past = (known.settled - known.due).astype(np.float64)
    effects, middle, between2, within2 = _habits_of_all(known.customer, past, worth)
    rough = Model(
        until=until, cases=len(known), late=int(late.sum()), customers=len(np.unique(known.customer)),
        usual_amount=_micro(usual), effects=tuple(_micro(one) for one in effects), middle=_micro(middle),
        between2=_micro(between2), within2=_micro(within2), steepness=MICRO, start=0, low=0, half=0, high=0,
    )  # fmt: skip
    mine, spread = _middle_and_spread(rough, known, habits(known, known, rough))
    steps = np.divide(mine, spread)
    fitted = LogisticRegression(C=MICRO, max_iter=1_000).fit(steps[:, None], late)
    scatter = np.quantile(np.divide(past - mine, spread), np.divide([1, 5, 9], 10))
    return Model(
        **{
            **rough.as_json(), "effects": rough.effects, "steepness": max(_micro(fitted.coef_[0, 0]), 1),
            "start": _micro(fitted.intercept_[0]), "low": _micro(scatter[0]), "half": _micro(scatter[1]),
            "high": _micro(scatter[2]),
        }
    )  # fmt: skip


def predict(model: Model, history: Invoices, asked: Invoices, days: Ints | None = None) -> Predictions:
    """What to expect of the invoices `asked`, each as of its own day, or of `days`; `asked.settled` is not looked at."""
    middle, spread = _middle_and_spread(model, asked, habits(history, asked, model, days))
    chance = _chance_after(model, middle, spread, np.zeros(len(asked), dtype=np.int64))
    days_, low, high = (
        np.rint(middle + spread * _of(one)).astype(np.int64) for one in (model.half, model.low, model.high)
    )
    return Predictions(np.rint(chance * FULL_BP).astype(np.int64), days_, low, high, middle, spread)


def paid_within(model: Model, told: Predictions, past_due: Ints, days: int) -> Ints:
    """The chance, basis points, that what is still open so many days past due is paid within the next `days`."""
    still = _chance_after(model, told.middle, told.spread, past_due)
    later = _chance_after(model, told.middle, told.spread, past_due + days)
    return np.rint(FULL_BP * (1 - np.divide(later, np.maximum(still, np.exp2(-60))))).astype(np.int64)


def habits(history: Invoices, asked: Invoices, model: Model | None = None, days: Ints | None = None) -> Habits:
    """What each customer's past says on the day of each question: `days`, or the day of the invoice asked about.

    Only rows of `history` settled before that day count. With a model, its effects are taken out of the days.
    """
    order = np.lexsort((history.settled, history.customer))
    customer, settled = history.customer[order], history.settled[order]
    past = (history.settled - history.due)[order].astype(np.float64)
    late = np.cumsum(np.append(0, past > 0))
    if model is not None:
        past = past - _effects_of(history, _of(model.usual_amount))[order] @ _of(np.array(model.effects))
        past = past - _of(model.middle)
    past[settled >= OPEN] = 0
    total, square = np.cumsum(np.append(0, past)), np.cumsum(np.append(0, np.square(past)))
    key = customer * (OPEN + 1) + settled
    day = asked.on if days is None else days
    first = np.searchsorted(key, asked.customer * (OPEN + 1))
    last = np.searchsorted(key, asked.customer * (OPEN + 1) + np.minimum(day, OPEN))
    return Habits(last - first, late[last] - late[first], total[last] - total[first], square[last] - square[first])


def medians(history: Invoices, asked: Invoices, days: Ints | None = None, otherwise: int = 0) -> Ints:
    """The naive answer: the median days past due of the customer's latest twenty settled before the day; `otherwise`
    where there is none."""
    order = np.lexsort((history.settled, history.customer))
    past = (history.settled - history.due)[order]
    key = history.customer[order] * (OPEN + 1) + history.settled[order]
    day = asked.on if days is None else days
    first = np.searchsorted(key, asked.customer * (OPEN + 1))
    last = np.searchsorted(key, asked.customer * (OPEN + 1) + np.minimum(day, OPEN))
    # As many columns as are looked at; what lies before the customer's first is blanked out.
    places = last[:, None] - 1 - np.arange(_LATEST)[None, :]
    inside = places >= first[:, None]
    seen = np.where(inside, past[np.clip(places, 0, max(len(past) - 1, 0))] if len(past) else 0, OPEN)
    seen.sort(axis=1)
    counted = inside.sum(axis=1)
    rows = np.arange(len(seen))
    low, high = seen[rows, np.maximum(counted - 1, 0) // 2], seen[rows, np.minimum(counted // 2, _LATEST - 1)]
    return np.where(counted > 0, (low + high) // 2, otherwise).astype(np.int64)


def reasons(model: Model, invoice: Invoices, habit: Habits, row: int = 0) -> list[tuple[str, int]]:
    """Why the middle of one invoice is where it is: (what, days) adding up to it, rounded; the largest first.

    `all` is the middle of all customers, `customer` what their own past adds, the others are EFFECTS.
    """
    own = _own(model, habit)[row]
    worth = _effects_of(invoice, _of(model.usual_amount))[row] * _of(np.array(model.effects))
    told = [("all", _of(model.middle)), ("customer", own), *zip(EFFECTS, worth, strict=True)]
    return sorted(((what, int(np.rint(days))) for what, days in told), key=lambda one: -abs(one[1]))


# --- inside -----------------------------------------------------------------------------------------------------------


def _effects_of(invoices: Invoices, usual: Any) -> Numbers:
    """The columns that effects are multiplied with: nought for a usual amount, a term of thirty days, no paper."""
    amount = np.log(np.maximum(invoices.fen, 1)) - usual
    term = np.log(np.divide(np.maximum(invoices.due - invoices.on, 0) + 30, 60))
    return np.column_stack([amount, term, invoices.paper])


def _habits_of_all(customer: Ints, past: Numbers, worth: Numbers) -> tuple[Any, Any, Any, Any]:
    """Effects within customers, the middle of all, and the squares of how customers differ and how each scatters."""
    names, group = np.unique(customer, return_inverse=True)
    cases = np.bincount(group)

    def mean(values: Numbers) -> Numbers:
        return np.divide(np.bincount(group, values), cases)

    inner = worth - np.column_stack([mean(column) for column in worth.T])[group]
    # A little ridge: a column that does not vary within customers has no effect.
    bend = inner.T @ inner + np.diag(np.ones(inner.shape[1]))
    effects = np.linalg.solve(bend, inner.T @ (past - mean(past)[group]))
    left = past - worth @ effects
    own = mean(left)
    within2 = np.divide(np.square(left - own[group]).sum(), max(len(past) - len(names), 1))
    within2 = np.maximum(within2, 1)
    between2 = np.maximum(np.var(own) - np.divide(within2, cases).mean(), 1)
    return effects, own.mean(), between2, within2


def _own(model: Model, habit: Habits) -> Numbers:
    """What the customer's own past adds to the middle of all, drawn towards nought while there is little of it."""
    return np.divide(habit.total, habit.cases + np.divide(model.within2, model.between2))


def _middle_and_spread(model: Model, asked: Invoices, habit: Habits) -> tuple[Numbers, Numbers]:
    own = _own(model, habit)
    within2, between2 = _of(model.within2), _of(model.between2)
    scatter2 = np.maximum(habit.square - 2 * own * habit.total + habit.cases * np.square(own), 0)
    scatter2 = np.divide(PRIOR_CASES * within2 + scatter2, PRIOR_CASES + habit.cases)
    unsure2 = np.reciprocal(np.reciprocal(between2) + np.divide(habit.cases, within2))
    worth = _effects_of(asked, _of(model.usual_amount)) @ _of(np.array(model.effects))
    return _of(model.middle) + own + worth, np.sqrt(scatter2 + unsure2)


def _chance_after(model: Model, middle: Numbers, spread: Numbers, day: Ints) -> Numbers:
    """The chance that payment comes later than so many days after the due date."""
    steps = np.divide(middle - day, spread)
    return np.reciprocal(1 + np.exp(-np.clip(_of(model.start) + _of(model.steepness) * steps, -60, 60)))


def _micro(number: Any) -> int:
    return int(np.rint(number * MICRO))


def _of(millionths: Any) -> Any:
    return np.divide(millionths, MICRO)


def _day(ordinal: int) -> str:
    return str(np.datetime64("0000-12-31") + ordinal) if ordinal > 0 else "–"


# --- looking back -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """How one way of predicting did: AUC and Brier in basis points, None where it gives no chance or cannot be said;
    the share of late money among the first fifth of the list it makes, basis points."""

    name: str
    auc_bp: int | None
    brier_bp: int | None
    top_fifth_bp: int


@dataclass(frozen=True, slots=True)
class BackTest:
    """The honest protocol: trained on what was settled before `cut`, asked about every invoice from `cut` on.

    `inside_bp` of payments fell into the interval that should hold 80 of 100; `days_off` and `median_off` are the mean
    distance of the expected day and of the naive median, in tenths of a day; `curves` the cumulative share of late money
    by tenths of the list, basis points.
    """

    cut: int
    trained: int
    asked: int
    late: int
    ways: tuple[Judged, ...]
    inside_bp: int
    days_off: int
    median_off: int
    curves: tuple[tuple[str, tuple[int, ...]], ...]
    model: Model

    def way(self, name: str) -> Judged:
        """One of the ways by name."""
        return next(one for one in self.ways if one.name == name)

    def as_json(self) -> dict[str, Any]:
        """As it is stored on a model's card, without the model."""
        told = {name: one for name, one in asdict(self).items() if name != "model"}
        return {
            **told,
            "ways": [asdict(one) for one in self.ways],
            "curves": {name: list(bp) for name, bp in self.curves},
        }


def back_test(invoices: Invoices, cut: int, until: int = OPEN) -> BackTest:
    """Train before the ordinal `cut`, ask about the invoices dated from `cut` on whose lateness is known by `until`.

    What each was asked on its own day knows only of invoices settled before that day. Raises as `learn`.
    """
    model = learn(invoices, cut)
    test = np.flatnonzero((invoices.on >= cut) & ((invoices.settled < until) | (invoices.due < until)))
    asked = invoices.where(test)
    late = np.minimum(asked.settled, until) > asked.due
    if not len(asked) or late.all() or not late.any():
        raise TooLittleToLearn(until=_day(until), count=len(asked), enough=1)
    known = invoices.where(np.flatnonzero(invoices.settled < OPEN))
    told = predict(model, known, asked)
    habit = habits(known, asked)
    median = medians(known, asked, otherwise=int(np.rint(_of(model.middle))))
    share = np.divide(model.late, model.cases)
    rate = np.rint(FULL_BP * np.divide(habit.late + share * 3, habit.cases + 3)).astype(np.int64)
    plain = _plain_logistic(invoices, known, asked, cut, median)
    lists = {
        "model": told.late_bp * asked.fen, "logistic": plain * asked.fen, "rate": rate * asked.fen,
        "median": np.maximum(median, 0) * asked.fen, "oldest": -asked.due, "largest": asked.fen,
    }  # fmt: skip
    curves = {name: _captured(order, late, asked.fen) for name, order in lists.items()}
    ways = [
        Judged("model", _auc(told.late_bp, late), _brier(told.late_bp, late), curves["model"][1]),
        Judged("logistic", _auc(plain, late), _brier(plain, late), curves["logistic"][1]),
        Judged("rate", _auc(rate, late), _brier(rate, late), curves["rate"][1]),
        Judged("median", _auc(median, late), _brier(np.where(median > 0, FULL_BP, 0), late), curves["median"][1]),
        Judged("oldest", None, None, curves["oldest"][1]),
        Judged("largest", None, None, curves["largest"][1]),
    ]
    paid = asked.settled < until
    past = (asked.settled - asked.due)[paid]
    inside = (told.low[paid] <= past) & (past <= told.high[paid])
    return BackTest(
        cut, model.cases, len(asked), int(late.sum()), tuple(ways), _share_bp(inside.sum(), len(past)),
        _tenths_off(told.days[paid], past), _tenths_off(median[paid], past), tuple(curves.items()), model,
    )  # fmt: skip


def _plain_logistic(invoices: Invoices, known: Invoices, asked: Invoices, cut: int, median: Ints) -> Ints:
    """Logistic regression as anybody would do it: late share, median, count, amount and paper as columns."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    def columns(rows: Invoices, medians_: Ints) -> Numbers:
        habit = habits(known, rows)
        share = np.divide(habit.late + 1, habit.cases + 3)
        return np.column_stack([share, medians_, np.log1p(habit.cases), rows.fen, rows.paper, rows.due - rows.on])

    taught = invoices.where(np.flatnonzero(invoices.settled < cut))
    fitted = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000))
    fitted.fit(columns(taught, medians(known, taught)), taught.settled > taught.due)
    return np.rint(fitted.predict_proba(columns(asked, median))[:, 1] * FULL_BP).astype(np.int64)


def _auc(score: Ints, late: npt.NDArray) -> int:
    """How often a late one had the larger score, ties half; basis points."""
    values, place = np.unique(score, return_inverse=True)
    bad = np.bincount(place[late], minlength=len(values))
    good = np.bincount(place[~late], minlength=len(values))
    below = np.cumsum(good) - good
    halves = int((bad * (2 * below + good)).sum())
    return _share_bp(halves, 2 * int(bad.sum()) * int(good.sum()))


def _brier(chance_bp: Ints, late: npt.NDArray) -> int:
    """The mean square of chance less outcome, basis points."""
    return _share_bp(int(np.square(chance_bp - late * FULL_BP).sum()), len(late) * FULL_BP * FULL_BP)


def _captured(order: Ints, late: npt.NDArray, fen: Ints) -> tuple[int, ...]:
    """The share of late money among the first tenth, two tenths, … of the list, basis points."""
    ranked = np.argsort(-order, kind="stable")
    money = np.cumsum((fen * late)[ranked])
    ends: Sequence[int] = [max(len(order) * tenth // 10, 1) - 1 for tenth in range(1, 11)]
    return tuple(_share_bp(int(money[end]), int(money[-1])) for end in ends)


def _tenths_off(told: Ints, happened: Ints) -> int:
    return int(10 * np.abs(told - happened).sum()) // max(len(happened), 1)


def _share_bp(part: Any, whole: int) -> int:
    return int(part) * FULL_BP // whole if whole else 0
