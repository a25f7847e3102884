"""What has been learnt: curves in force, the model of late payment, the chance of being paid within some days."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np

from kewei.collecting.models import LearningRun, Study
from kewei.collecting.queries import history
from kewei.collecting.queries.history import Past
from kewei.collecting.rules import prediction, recovery, rolling
from kewei.collecting.rules.prediction import Model
from kewei.collecting.rules.recovery import CURVES, Curve, InForce
from kewei.collecting.rules.segments import SEGMENTS
from kewei.journal import queries_policies
from kewei.kernel.refusals import N_, NotFound
from kewei.terminals import queries as terminals

CURVE, PREDICTION, LOSS, FORECAST = "curves", "prediction", "loss", "forecast"
# In the order in which one leans on the other: what is lost is reckoned with the curves.
KINDS = (CURVE, PREDICTION, LOSS, FORECAST)
ALL = "all"
LEARN = "collecting.learn"


@dataclass(frozen=True, slots=True)
class Learnt:
    """A study as plain values."""

    pk: int
    kind: str
    as_of: date
    policy: str
    inputs: dict[str, Any]
    told: dict[str, Any]
    made_by: str
    made_at: datetime


def latest(kind: str, day: date | None = None) -> Learnt | None:
    """The newest study of a kind up to a day (or at all), whoever asks; None where there is none."""
    rows = Study.objects.filter(kind=kind).order_by("-as_of", "-id")
    if day is not None:
        rows = rows.filter(as_of__lte=day)
    found = rows.select_related("made_by").first()
    return None if found is None else _as_learnt(found)


def latest_of_all() -> dict[str, Learnt]:
    """The newest study of each kind there is, whoever asks; one query per kind."""
    return {kind: found for kind in KINDS if (found := latest(kind)) is not None}


def _as_learnt(row: Study) -> Learnt:
    return Learnt(
        row.pk, row.kind, row.as_of, row.policy, row.inputs, row.told, str(row.made_by), row.made_at
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunRow:
    """Studies being made anew: `told` is (kind, what stood in its way or "") of those made; without `finished_at` it goes on."""

    pk: int
    what: str
    kinds: tuple[str, ...]
    done: int
    told: tuple[tuple[str, str], ...]
    as_of: date
    asked_by: str
    asked_at: datetime
    began_at: datetime | None
    finished_at: datetime | None

    @property
    def making(self) -> str:
        """The study being made now; "" before the worker began and when it is over."""
        return self.kinds[self.done] if self.began_at and self.done < len(self.kinds) else ""


def run_for(person: Any, pk: int) -> RunRow:
    """A run, for whoever may learn. Raises NotFound."""
    found = LearningRun.objects.filter(pk=pk).select_related("asked_by").first() if person.may(LEARN) else None
    if found is None:
        raise NotFound(noun=N_("后台任务"))
    told = tuple((kind, found.told[kind]) for kind in found.kinds if kind in found.told)
    return RunRow(
        found.pk, found.what, tuple(found.kinds), found.done, told, found.as_of, found.asked_by.name, found.asked_at,
        found.began_at, found.finished_at,
    )  # fmt: skip


def run_under_way(what: str | None = None) -> int | None:
    """The oldest run that goes on, of a kind or at all; None where none does; whoever asks."""
    rows = LearningRun.objects.filter(finished_at=None).order_by("pk")
    if what is not None:
        rows = rows.filter(what=what)
    return rows.values_list("pk", flat=True).first()


def own_curves(study: Learnt | None, clock: str) -> dict[str, Curve]:
    """One's own curves of a study by segment, on one clock."""
    told = study.told["curves"] if study else ()
    return {one["segment"]: Curve.from_json(one) for one in told if one["clock"] == clock}


def curves_in_force(day: date, study: Learnt | None = None) -> dict[str, InForce]:
    """What is expected of each segment by days past due, whoever asks: one's own, drawn towards the published curve."""
    study = study or latest(CURVE, day)
    policy = queries_policies.in_force(CURVES, day).value
    own, months = own_curves(study, "past_due"), study.told["months"] if study else 0
    return {name: recovery.in_force(name, own.get(name), months, policy) for name in SEGMENTS}


def model_in_force(day: date) -> Model | None:
    """The newest model trained by a day, whoever asks; None: the customers' medians stand in."""
    study = latest(PREDICTION, day)
    return Model.from_json(study.told["model"]) if study else None


def pay_chance(item_ids: Collection[int], day: date, within_days: int = 7) -> dict[int, int]:
    """The chance, basis points, that what is open of these items is paid within the next days; whoever asks.

    Up to where the customer's habit reaches, by the model of late payment; beyond it, and without a model, by the curve of
    the segment. Items that are not open invoices are left out.
    """
    return Chances(day, item_ids).of(item_ids, within_days)


class Chances:
    """Everything needed to say how likely payments of these items (or of all) are on a day, read once."""

    def __init__(self, day: date, item_ids: Collection[int] | None = None) -> None:
        self.day, self.past = day, history.past(day, item_ids)
        self.model, self.curves = model_in_force(day), curves_in_force(day)

    def of(self, item_ids: Collection[int], within_days: int = 7) -> dict[int, int]:
        """As pay_chance."""
        rows, keys = history.rows_of(self.past, item_ids)
        still = self.past.open_fen[rows] > 0
        rows, keys = rows[still], keys[still]
        if not len(rows):
            return {}
        past_due = self.day.toordinal() - self.past.due[rows]
        chance = self._by_curve(rows, past_due, within_days)
        if self.model is not None:
            modelled, habit = self._by_model(rows, past_due, within_days)
            chance[habit] = modelled[habit]
        return dict(zip(keys.tolist(), chance.tolist(), strict=True))

    def modelled(self, item_ids: Collection[int], within_days: int) -> dict[int, int]:
        """As `of`, but only of the items the model can speak of: none without a model, none later than its habit reaches."""
        rows, keys = history.rows_of(self.past, item_ids)
        still = self.past.open_fen[rows] > 0
        rows, keys = rows[still], keys[still]
        if self.model is None or not len(rows):
            return {}
        chance, habit = self._by_model(rows, self.day.toordinal() - self.past.due[rows], within_days)
        return dict(zip(keys[habit].tolist(), chance[habit].tolist(), strict=True))

    def _by_model(self, rows: Any, past_due: Any, days: int) -> tuple[Any, Any]:
        """The chance of each row by the model, and which rows its customer's habit still reaches."""
        assert self.model is not None
        told = self._predicted(rows)
        return prediction.paid_within(self.model, told, past_due, days), past_due <= told.high

    def _by_curve(self, rows: Any, past_due: Any, days: int) -> Any:
        segment = self.past.segments[self.past.customer[rows]]
        # What falls due within the days has only the rest of them.
        left = np.clip(days + np.minimum(past_due, 0), 0, days)
        chance = np.zeros(len(rows), dtype=np.int64)
        for code, name in enumerate(history.NAMES):
            mine = segment == code
            if mine.any():
                chance[mine] = self.curves[name].paid_within(past_due[mine], left[mine])
        return chance

    def _predicted(self, rows: Any) -> prediction.Predictions:
        """Of these rows as of the day, from the past of their customers alone."""
        assert self.model is not None
        return prediction.predict(
            self.model, *_history_for(self.past, rows), days=np.full(len(rows), self.day.toordinal() + 1)
        )


def _history_for(found: Past, rows: Any) -> tuple[prediction.Invoices, prediction.Invoices]:
    """The settled invoices of the customers of these rows, and the rows themselves."""
    mine = np.zeros(len(found.terminal_ids), dtype=bool)
    mine[found.customer[rows]] = True
    every = found.invoices()
    settled = np.flatnonzero(mine[found.customer] & (found.settled < prediction.OPEN))
    return every.where(settled), every.where(rows)


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of one open invoice: days past due on which it is likely paid, between which 80 of 100 are, the
    chance (basis points) that it is or will be late, the customer's naive median, and why (what, days)."""

    entry_id: int
    due: date
    day: date
    low: date
    high: date
    late_bp: int | None
    median: int
    cases: int
    reasons: tuple[tuple[str, int], ...]


def expected(item_ids: Collection[int], day: date) -> dict[int, Expected]:
    """What is expected of these open invoices as of a day, whoever asks; by the median alone where there is no model."""
    chances = Chances(day, item_ids)
    rows, keys = history.rows_of(chances.past, item_ids)
    if not len(rows):
        return {}
    known, asked = _history_for(chances.past, rows)
    on_day = np.full(len(rows), day.toordinal() + 1)
    habit = prediction.habits(known, asked, chances.model, on_day)
    median = prediction.medians(known, asked, on_day)
    if chances.model is None:
        low = days = high = median
        late: Any = [None] * len(rows)
    else:
        told = prediction.predict(chances.model, known, asked, on_day)
        days, low, high, late = told.days, told.low, told.high, told.late_bp.tolist()
    answers = {}
    for n, key in enumerate(keys.tolist()):
        due = date.fromordinal(int(asked.due[n]))
        reasons = prediction.reasons(chances.model, asked, habit, n) if chances.model else ()
        at, first, last = (date.fromordinal(int(asked.due[n] + one[n])) for one in (days, low, high))
        answers[key] = Expected(key, due, at, first, last, late[n], int(median[n]), int(habit.cases[n]), tuple(reasons))
    return answers


# --- loss -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Burden:
    """A customer's expected loss on what it owes overdue, and the sales whose net margin makes up for it; fen."""

    terminal_id: int
    code: str
    name: str
    overdue_fen: int
    loss_fen: int
    sales_fen: int


def burdens(person: Any, day: date, most: int = 20) -> list[Burden]:
    """Customers the person may see with the largest expected loss on overdue money (domain 3.6, 坏账等值销售额)."""
    study = latest(LOSS, day)
    if study is None:
        return []
    named = {int(pk): tuple(fen) for pk, fen in study.told["customers"]}
    seen = terminals.labels(person, list(named)) if named else {}
    cards = terminals.named(seen)
    margin_bp = study.inputs["margin_bp"]
    rows = [
        Burden(pk, *cards[pk], overdue, loss, rolling.equivalent_sales_fen(loss, margin_bp))
        for pk, (overdue, loss) in named.items()
        if pk in cards
    ]
    return sorted(rows, key=lambda row: -row.loss_fen)[:most]


def differing() -> Iterator[tuple[int, str]]:
    """Stored losses that what they were made from does not give again: (study, segment); for `kewei check`."""
    rows: Iterable[Any] = Study.objects.filter(kind=LOSS).values_list("pk", "told").iterator(chunk_size=50)
    for pk, told in rows:
        for name, one in told["segments"].items():
            if rolling.again(one) != one["loss_fen"]:
                yield pk, name
