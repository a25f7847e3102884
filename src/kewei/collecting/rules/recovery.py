"""回款曲线: of what is still open after so many days, how much still comes in (docs/algorithms/recovery.md, domain 3.3).

Kaplan–Meier on amounts: every fen is at risk until the day it is paid, or until the day up to which we have seen it
open. Two clocks: the credit age (days since the invoice) and days past due. Bounds by leaving out one group of customers
at a time, because the fen of one customer stand or fall together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from kewei.collecting.rules.segments import PUBLIC, SEGMENTS
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

FULL_BP = 10_000
CLOCKS = {"credit_age": N_("账龄（开票起）"), "past_due": N_("逾期天数")}
# Days the curves are told at.
MARKS = (0, 30, 60, 90, 100, 180, 365, 730)


@dataclass(frozen=True, slots=True)
class Published:
    """A curve somebody else published: (day, basis points still to come of what is open then), where from."""

    name: str
    title: str
    clock: str
    source: str
    points: tuple[tuple[int, int], ...]
    training_only: bool

    def to_come(self, horizon: int) -> Ints:
        """Basis points still to come on every day from 0 to `horizon`: straight between the points, level outside."""
        days, bp = zip(*self.points, strict=True)
        return np.rint(np.interp(np.arange(horizon + 1), days, bp)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class CurvePolicy:
    """How curves are made: until which day, after how many months one's own stands alone, in how many groups of
    customers the bounds are made, and which published curve stands in by segment until then."""

    horizon_days: int
    full_after_months: int
    groups: int
    default: Mapping[str, str]
    published: tuple[Published, ...]

    def default_of(self, segment: str) -> Published:
        """The published curve that stands in for a segment's own, by days past due."""
        return next(one for one in self.published if one.name == self.default[segment])


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve of one segment on one clock, one number per day from 0: `recovered_bp` of all that was ever due, paid by
    then; `to_come_bp` of what is still open then, paid by the horizon; each with bounds that hold in about 95 of 100.

    From `items` amounts of `fen`; `seen_days` is how far one's own book reaches.
    """

    segment: str
    clock: str
    items: int
    fen: int
    seen_days: int
    recovered_bp: tuple[int, ...]
    recovered_low_bp: tuple[int, ...]
    recovered_high_bp: tuple[int, ...]
    to_come_bp: tuple[int, ...]
    to_come_low_bp: tuple[int, ...]
    to_come_high_bp: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {name: list(told) if isinstance(told, tuple) else told for name, told in asdict(self).items()}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Curve:
        """The curve of what was stored."""
        values: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in told.items()}
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Tally:
    """Fen by [segment × group of customers × day]: `paid` on that day of the clock, `left` open when last seen there."""

    paid: Ints
    left: Ints
    items: Ints


def tally(
    segment: Ints, group: Ints, day: Ints, fen: Ints, paid: npt.NDArray[np.bool_], *, segments: int, groups: int, horizon: int
) -> Tally:  # fmt: skip
    """Add up amounts, one row each: paid on a day of the clock, or last seen open on it. Days before 0 count as 0.

    What was paid after the horizon counts as still open at its end.
    """
    shape = (segments, groups, horizon + 2)
    place = (segment * groups + group) * (horizon + 2) + np.clip(day, 0, horizon + 1)
    counted = paid & (day <= horizon)
    sums = [np.zeros(segments * groups * (horizon + 2), dtype=np.int64) for _ in range(2)]
    np.add.at(sums[0], place[counted], fen[counted])
    np.add.at(sums[1], place[~counted], fen[~counted])
    return Tally(sums[0].reshape(shape), sums[1].reshape(shape), np.bincount(segment, minlength=segments))


def curves(found: Tally, names: tuple[str, ...], clock: str) -> list[Curve]:
    """One curve per segment that has anything in it."""
    return [
        _curve(name, clock, int(found.items[n]), found.paid[n], found.left[n])
        for n, name in enumerate(names)
        if found.items[n]
    ]


def _curve(segment: str, clock: str, items: int, paid: Ints, left: Ints) -> Curve:
    whole_paid, whole_left = paid.sum(axis=0), left.sum(axis=0)
    told = [_survived(whole_paid, whole_left)]
    living = np.flatnonzero((paid + left).sum(axis=1))
    told += [_survived(whole_paid - paid[one], whole_left - left[one]) for one in living]
    recovered = _bounds([1 - one for one in told])
    to_come = _bounds([1 - np.divide(one[-1], np.maximum(one, np.exp2(-40))) for one in told])
    at_risk = np.cumsum((whole_paid + whole_left)[::-1])[::-1]
    seen = min(int(np.flatnonzero(at_risk)[-1]), len(at_risk) - 2)
    return Curve(segment, clock, items, int(at_risk[0]), seen, *recovered, *to_come)


def _survived(paid: Ints, left: Ints) -> Numbers:
    """The part still open at the end of each day up to the horizon: the product of what each day leaves."""
    at_risk = np.cumsum((paid + left)[::-1])[::-1]
    return np.cumprod(1 - np.divide(paid, np.maximum(at_risk, 1)))[:-1]


def _bounds(told: list[Numbers]) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """The first in basis points, and it less and plus 1.96 standard errors of the others, each of which leaves one
    group out; nothing is said (0 to all) with fewer than five groups."""
    middle, without = told[0], told[1:]
    if len(without) < 5:
        return _bp(middle), _bp(np.zeros_like(middle)), _bp(np.ones_like(middle))
    parts = np.stack(without)
    groups = len(without)
    error = np.sqrt(np.divide(groups - 1, groups) * np.square(parts - parts.mean(axis=0)).sum(axis=0))
    reach = np.divide(196, 100) * error
    return _bp(middle), _bp(middle - reach), _bp(middle + reach)


def _bp(share: Numbers) -> tuple[int, ...]:
    return tuple(np.rint(np.clip(share, 0, 1) * FULL_BP).astype(np.int64).tolist())


# --- what is in force -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InForce:
    """What is expected of a segment by days past due: basis points still to come per day, how much of it is one's own
    (basis points), which published curve is the rest."""

    segment: str
    to_come_bp: tuple[int, ...]
    own_bp: int
    rest: str

    def paid_within(self, past_due: int | Ints, days: int) -> Ints:
        """The chance, basis points, that what is open so many days past due is paid within the next `days`."""
        last = len(self.to_come_bp) - 1
        never = (
            FULL_BP + 1 - np.array(self.to_come_bp, dtype=np.int64)
        )  # a whole chance more, so that it is never nought
        start = np.clip(np.asarray(past_due, dtype=np.int64), 0, last)
        # Open on a day is (never on the first) / (never on that day): the part that stays open is their quotient.
        stays = np.divide(never[start], never[np.clip(start + days, 0, last)])
        return np.rint(FULL_BP * np.clip(1 - stays, 0, 1)).astype(np.int64)


def in_force(segment: str, own: Curve | None, months: int, policy: CurvePolicy) -> InForce:
    """One's own curve by days past due, drawn towards the published one of the segment before there are enough months.

    Never rises: what has been open longer is not the likelier to be paid.
    """
    published = policy.default_of(segment)
    weight = min(months, policy.full_after_months) * FULL_BP // policy.full_after_months if own else 0
    theirs = published.to_come(policy.horizon_days)
    ours = theirs if own is None else _known_part(own, theirs)
    mixed = np.rint(np.divide(weight * ours + (FULL_BP - weight) * theirs, FULL_BP)).astype(np.int64)
    return InForce(segment, tuple(np.minimum.accumulate(mixed).tolist()), weight, published.name)


def _known_part(own: Curve, theirs: Ints) -> Ints:
    """One's own as far as it reaches; beyond it the published one, which is all that is known there."""
    reach = min(own.seen_days, len(theirs) - 1)
    recovered = np.array(own.recovered_bp, dtype=np.int64)
    # What comes later than one's own book reaches is taken from the published curve.
    stays = np.divide(FULL_BP - recovered[reach], np.maximum(FULL_BP - recovered, 1))
    joined = FULL_BP - np.rint(np.clip(stays, 0, 1) * (FULL_BP - theirs[reach])).astype(np.int64)
    return np.where(np.arange(len(theirs)) <= reach, joined, theirs)


# --- policy -----------------------------------------------------------------------------------------------------------


def _read(body: Any) -> CurvePolicy:
    published = tuple(
        Published(
            one["name"], one["title"], one["clock"], one["source"],
            tuple((day, bp) for day, bp in one["points"]), one["training_only"],
        )
        for one in body["published"]
    )  # fmt: skip
    policy = CurvePolicy(
        body["horizon_days"], body["full_after_months"], body["groups"], dict(body["default"]), published
    )  # fmt: skip
    _check(policy)
    return policy


def _check(policy: CurvePolicy) -> None:
    by_name = {one.name: one for one in policy.published}
    for one in policy.published:
        days = [day for day, _bp in one.points]
        if not days or days != sorted(set(days)) or not all(0 <= bp <= FULL_BP for _day, bp in one.points):
            raise BadPolicy(reason=f"{one.name}: points")
        if one.clock not in CLOCKS:
            raise BadPolicy(reason=f"{one.name}: clock")
    for segment in SEGMENTS:
        chosen = by_name.get(policy.default.get(segment, ""))
        if chosen is None or chosen.clock != "past_due" or chosen.training_only:
            raise BadPolicy(reason=f"default.{segment}")
    if not (90 <= policy.horizon_days <= 1_826 and 1 <= policy.full_after_months <= 60 and 5 <= policy.groups <= 100):
        raise BadPolicy(reason="horizon_days / full_after_months / groups")


def _published(
    name: str, title: str, clock: str, source: str, *points: tuple[int, int], training: bool = False
) -> dict[str, Any]:
    return {
        "name": name, "title": title, "clock": clock, "source": source, "points": [list(one) for one in points],
        "training_only": training,
    }  # fmt: skip


_CCAA = "ccaa"
CURVES: Policy[CurvePolicy] = Policy(
    name="collecting.curves",
    title=N_("回款曲线与对照"),
    keeper="collecting.policy",
    since=date(2026, 11, 1),
    source="domain 3.3 [S1]–[S9][INF]",
    body={
        "horizon_days": 730,
        "full_after_months": 12,
        "groups": 20,
        # The public one is ours: such debts come late but come (154 days on average, S12; 218 in Hainan, S15).
        "default": {**dict.fromkeys(SEGMENTS, _CCAA), PUBLIC: "public_inf"},
        "published": [
            _published(
                "deck", "课件：赊销期 60/100/180/365 天", "credit_age", "[S1][S2]",
                (60, 10_000), (100, 8_000), (180, 5_000), (365, 1_000), training=True,
            ),
            _published(_CCAA, "CLLA/CCAA", "past_due", "[S5][S6]", (0, 9_400), (90, 7_300), (180, 5_000), (365, 2_500), (730, 1_000)),
            _published("clla_update", "CLLA", "past_due", "[S4]", (90, 7_220), (365, 2_860)),
            _published("agencies", "境外催收机构", "past_due", "[S2]", (365, 2_660), (730, 1_360)),
            _published("restated", "催收机构转述", "past_due", "[S7]", (90, 7_300), (180, 5_400), (365, 2_600)),
            _published("agency", "某催收机构", "past_due", "[S8]", (60, 9_000), (90, 5_000), (180, 2_000)),
            _published("coface", "Coface 中国：逾期 180 天以上", "past_due", "[S9]", (180, 2_000)),
            _published(
                "public_inf", "公立机构推定", "past_due", "[INF] [S12][S15]",
                (0, 9_950), (180, 9_800), (365, 9_500), (730, 8_000),
            ),
        ],
    },
    read=_read,
)  # fmt: skip
