"""Learning from one's own ledger: recovery curves, late payment, expected loss, the forecast of cash. One study each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np

from kewei.collecting import facts
from kewei.collecting.models import Study
from kewei.collecting.queries import history, learning
from kewei.collecting.queries.history import Past
from kewei.collecting.rules import forecast, prediction, recovery, rolling
from kewei.collecting.rules.prediction import OPEN
from kewei.collecting.rules.recovery import CLOCKS, CURVES
from kewei.collecting.rules.rolling import LOSS
from kewei.journal import queries_policies
from kewei.journal.actions import action, record

LEARN = "collecting.learn"
# Cuts looked back at: so many, so many days apart, each with at least so many days of book before it.
CUTS, CUT_DAYS, LEAST_DAYS = 6, 56, 180
# Customers whose own burden is kept.
HEAVIEST = 300


@action
def draw_curves(*, as_of: date, by: Any, now: datetime) -> Study:
    """更新回款曲线  Recovery curves of every segment on both clocks, from the book at the end of a day.

    Raises NothingToLearn, as all of these do.
    """
    by.must(LEARN)
    policy = queries_policies.in_force(CURVES, as_of)
    found = _book(as_of)
    told = [
        curve.as_json()
        for clock in CLOCKS
        for curve in recovery.curves(
            history.tallies(found, clock, groups=policy.value.groups, horizon=policy.value.horizon_days),
            history.NAMES, clock,
        )
    ]  # fmt: skip
    study = Study.objects.create(
        kind=learning.CURVE, as_of=as_of, policy=policy.label, inputs={"invoices": len(found.on)},
        told={"months": found.months, "curves": told}, made_by=by, made_at=now,
    )  # fmt: skip
    record(facts.CURVES_DRAWN, study, by=by, at=now, as_of=as_of, curves=len(told), months=found.months)
    return study


@action
def train_prediction(*, as_of: date, by: Any, now: datetime) -> Study:
    """训练迟付模型  Train on everything settled by the end of a day; the card says how the same way did before.

    Raises TooLittleToLearn, or NoLibrary where scikit-learn is not installed; then the medians stand in.
    """
    by.must(LEARN)
    found = _book(as_of)
    invoices = found.invoices()
    model = prediction.learn(invoices, found.day + 1)
    study = Study.objects.create(
        kind=learning.PREDICTION, as_of=as_of, inputs={"invoices": len(invoices)},
        told={"model": model.as_json(), "card": _card(invoices, found.day)}, made_by=by, made_at=now,
    )  # fmt: skip
    record(facts.PREDICTION_TRAINED, study, by=by, at=now, as_of=as_of, cases=model.cases, late=model.late)
    return study


def _book(as_of: date) -> Past:
    found = history.past(as_of)
    if not len(found.on):
        raise prediction.NothingToLearn(day=as_of)
    return found


def _card(invoices: prediction.Invoices, day: int) -> dict[str, Any] | None:
    """How the same way would have done on the last fifth of what is known by now; None where there is too little."""
    known = np.sort(invoices.on[(invoices.settled < OPEN) | (invoices.due < day)])
    try:
        return prediction.back_test(invoices, int(known[len(known) * 4 // 5]), day + 1).as_json()
    except prediction.TooLittleToLearn:
        return None


@action
def reckon_loss(*, as_of: date, by: Any, now: datetime) -> Study:
    """计算预期信用损失  By roll rates of one's own ledger, per segment; stored with everything that makes it again."""
    by.must(LEARN)
    policy = queries_policies.in_force(LOSS, as_of)
    found, curves = _book(as_of), learning.curves_in_force(as_of)
    snapshots = history.by_bucket(as_of, policy.value.steps, policy.value.step_days)
    segments: dict[str, dict[str, Any]] = {}
    for code, name in enumerate(history.NAMES):
        steps = [[int(fen) for fen in step[code]] for step in snapshots]
        if not any(map(any, steps)):
            continue
        roll_bp, own_bp = rolling.rates(steps, _lost_bp(found, code, curves[name]), found.months, policy.value)
        owed = [*steps[-1][:4], sum(steps[-1][4:])]
        segments[name] = {
            "snapshots": steps, "roll_bp": list(roll_bp), "own_bp": own_bp, "outlook_bp": policy.value.outlook_bp,
            "owed_fen": owed, "loss_fen": rolling.losses(owed, roll_bp, policy.value.outlook_bp),
        }  # fmt: skip
    study = Study.objects.create(
        kind=learning.LOSS, as_of=as_of, policy=policy.label,
        inputs={"months": found.months, "margin_bp": policy.value.margin_bp},
        told={"segments": segments, "customers": _heaviest(found, segments)}, made_by=by, made_at=now,
    )  # fmt: skip
    record(
        facts.LOSS_RECKONED, study, by=by, at=now, as_of=as_of, policy=policy.label,
        owed_fen=sum(sum(one["owed_fen"]) for one in segments.values()),
        loss_fen=sum(sum(one["loss_fen"]) for one in segments.values()),
    )  # fmt: skip
    return study


def _lost_bp(found: Past, code: int, curve: recovery.InForce) -> int:
    """What of a segment's debts older than ninety days never comes in, by the curve in force, weighed by amount."""
    past_due = found.day - found.due
    old = (found.on_books_fen > 0) & (past_due > rolling.EDGES[3]) & (found.segments[found.customer] == code)
    ages = np.minimum(past_due[old], len(curve.to_come_bp) - 1)
    never = recovery.FULL_BP - np.array(curve.to_come_bp, dtype=np.int64)[ages]
    fen = found.on_books_fen[old]
    return (
        sum(int(bp) * int(one) for bp, one in zip(never, fen, strict=True)) // int(fen.sum())
        if len(fen)
        else int(recovery.FULL_BP - curve.to_come_bp[min(rolling.EDGES[3] + 1, len(curve.to_come_bp) - 1)])
    )


def _heaviest(found: Past, segments: dict[str, dict[str, Any]]) -> list[list[Any]]:
    """[customer, [overdue fen, expected loss of it]] of those who owe most overdue."""
    past_due = found.day - found.due
    late = np.flatnonzero((found.on_books_fen > 0) & (past_due > 0))
    width = len(rolling.BUCKETS)
    owed = np.zeros(len(found.terminal_ids) * width, dtype=np.int64)
    bucket = np.minimum(np.searchsorted(rolling.EDGES, past_due[late]), width - 1)
    np.add.at(owed, found.customer[late] * width + bucket, found.on_books_fen[late])
    by_customer = owed.reshape(-1, width)
    most = np.argsort(-by_customer.sum(axis=1), kind="stable")[:HEAVIEST]
    told = []
    for row in most.tolist():
        fen = [int(one) for one in by_customer[row]]
        name = history.NAMES[int(found.segments[row])]
        if not any(fen) or name not in segments:
            continue
        one = segments[name]
        told.append(
            [int(found.terminal_ids[row]), [sum(fen), sum(rolling.losses(fen, one["roll_bp"], one["outlook_bp"]))]]
        )
    return told


@action
def forecast_cash(*, as_of: date, by: Any, now: datetime) -> Study:
    """十三周回款预测  What comes in per week, with bounds from looking back at earlier cuts; stored with those."""
    by.must(LEARN)
    found = _book(as_of)
    weeks = forecast.look_ahead(history.seen(found))
    cuts = _cuts(found)
    bounds = forecast.bounds(cuts)
    study = Study.objects.create(
        kind=learning.FORECAST, as_of=as_of, inputs={"invoices": len(found.on), "open_fen": int(found.on_books_fen.sum())},
        told={
            "open_fen": list(weeks.open_fen), "new_fen": list(weeks.new_fen),
            "cuts": [{"day": one.day, "said_fen": list(one.said_fen), "came_fen": list(one.came_fen)} for one in cuts],
            "bounds": None if bounds is None else {
                "week_low_bp": bounds.week_low_bp, "week_high_bp": bounds.week_high_bp, "inside": bounds.inside,
                "whole_low_bp": bounds.whole_low_bp, "whole_high_bp": bounds.whole_high_bp, "weeks": bounds.weeks,
            },
        },
        made_by=by, made_at=now,
    )  # fmt: skip
    record(facts.CASH_FORECAST, study, by=by, at=now, as_of=as_of, fen=sum(weeks.fen), cuts=len(cuts))
    return study


def _cuts(found: Past) -> list[forecast.Cut]:
    """What would have been said at earlier days, knowing nothing of what came after, and what came."""
    first, span = int(found.on.min()) + LEAST_DAYS, forecast.WEEKS * forecast.WEEK
    days = [found.day - span - CUT_DAYS * back for back in range(CUTS)]
    return [
        forecast.Cut(
            day, forecast.look_ahead(history.seen(history.earlier(found, day))).fen,
            history.came(found, day, forecast.WEEKS),
        )
        for day in days
        if day >= first
    ]  # fmt: skip
