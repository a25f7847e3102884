"""Late payment: only what was known, the same every time, reasons that add up."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from kewei.collecting.rules import prediction
from kewei.collecting.rules.prediction import MICRO, OPEN, Habits, Invoices, Model
from kewei.receivables.tests.rules.worked import fen, table


def company(seed=7, customers=40, count=1_500):
    """A made-up company whose customers each have a habit."""
    random = np.random.default_rng(seed)
    habit = random.normal(-3, 10, customers)
    who = random.integers(0, customers, count)
    on = 735_000 + random.integers(0, 700, count)
    paper = random.integers(0, 2, count)
    days = np.maximum(np.rint(30 + habit[who] + 5 * paper + random.normal(0, 6, count)), 0).astype(np.int64)
    settled = np.where(random.random(count) < 0.05, OPEN, on + days)
    return Invoices(who, on, on + 30, settled, random.integers(10_00, 9_000_00, count), paper)


def test_the_worked_middles():
    model = Model(0, 100, 30, 10, 0, (0, 0, 0), 0, 100 * MICRO, 50 * MICRO, MICRO, 0, 0, 0, 0)
    for row in table("prediction.md", "settled before"):
        cases, each = int(row["settled before"]), int(row["days past due each"])
        one = np.array([cases])
        habit = Habits(one, one, one * float(each), one * float(each) ** 2)
        invoice = company().where(np.array([0]))
        own = dict(prediction.reasons(model, invoice, habit))["customer"]
        assert own == round(fen(row["own middle against all"]) / 100)


def test_deleting_what_came_later_changes_no_feature():
    """The shift test: for random days, the past with and without everything from the day on says the same."""
    whole = company()
    model = prediction.learn(whole, 735_500)
    random = np.random.default_rng(1)
    for _ in range(40):
        day = int(random.integers(735_300, 735_720))
        asked = whole.where(np.flatnonzero(whole.on == day))
        if not len(asked):
            continue
        later = whole.settled >= day
        moved = np.where(random.random(len(whole)) < 0.5, OPEN, np.minimum(whole.settled + 9, OPEN))
        cut = replace(whole, settled=np.where(later, moved, whole.settled))
        gone = cut.where(np.flatnonzero(~later | (random.random(len(whole)) < 0.5)))
        for history in (cut, gone):
            for before, after in (
                (prediction.habits(whole, asked, model), prediction.habits(history, asked, model)),
                (prediction.habits(whole, asked), prediction.habits(history, asked)),
            ):
                np.testing.assert_array_equal(before.cases, after.cases)
                np.testing.assert_array_equal(before.late, after.late)
                np.testing.assert_allclose(before.total, after.total, atol=1e-6)
                np.testing.assert_allclose(before.square, after.square, atol=1e-4)
            np.testing.assert_array_equal(prediction.medians(whole, asked), prediction.medians(history, asked))
    assert prediction.learn(whole, day) == prediction.learn(cut, day)


def test_the_fast_habits_and_medians_are_the_slow_ones():
    whole = company(count=400)
    asked = whole.where(np.arange(0, 400, 7))
    habit, median = prediction.habits(whole, asked), prediction.medians(whole, asked, otherwise=99)
    for row in range(len(asked)):
        mine = sorted(
            (settled, settled - due)
            for customer, due, settled in zip(whole.customer, whole.due, whole.settled, strict=True)
            if customer == asked.customer[row] and settled < asked.on[row]
        )
        past = [days for _settled, days in mine]
        assert habit.cases[row] == len(past)
        assert habit.late[row] == sum(days > 0 for days in past)
        assert habit.total[row] == sum(past)
        assert abs(median[row] - (np.median(past[-20:]) if past else 99)) <= 20 / max(len(past), 1)


def test_a_chance_falls_with_every_day_earlier_and_pays_in_the_end():
    whole = company()
    model = prediction.learn(whole, 735_600)
    asked = whole.where(np.flatnonzero(whole.on >= 735_600))
    told = prediction.predict(model, whole, asked)
    assert ((told.low <= told.days) & (told.days <= told.high)).all()
    assert ((told.late_bp >= 0) & (told.late_bp <= 10_000)).all()
    none = np.zeros(len(asked), dtype=np.int64)
    week, month, ever = (prediction.paid_within(model, told, none, days) for days in (7, 30, 2_000))
    assert ((week <= month) & (month <= ever)).all()
    assert (ever >= 9_990).all()


def test_reasons_add_up_to_the_middle():
    whole = company()
    model = prediction.learn(whole, 735_600)
    asked = whole.where(np.flatnonzero(whole.on >= 735_600)[:20])
    habit, told = prediction.habits(whole, asked, model), prediction.predict(model, whole, asked)
    for row in range(len(asked)):
        assert abs(sum(days for _what, days in prediction.reasons(model, asked, habit, row)) - told.middle[row]) <= 3


def test_a_model_is_kept_and_read_again_and_training_is_repeatable():
    whole = company()
    model = prediction.learn(whole, 735_600)
    assert Model.from_json(model.as_json()) == model
    assert prediction.learn(whole, 735_600) == model


def test_too_little_and_no_library_are_said(monkeypatch):
    whole = company()
    with pytest.raises(prediction.TooLittleToLearn):
        prediction.learn(whole, 735_010)
    with pytest.raises(prediction.TooLittleToLearn):
        prediction.learn(replace(whole, settled=whole.due), 735_600)
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(prediction.NoLibrary):
        prediction.learn(whole, 735_600)
