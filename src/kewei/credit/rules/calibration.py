"""校准: do grades mean what they say? Scores beside what happened later, in exact fractions (docs/algorithms/scoring.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from kewei.credit.rules.sheets import GRADES
from kewei.kernel.refusals import N_, Refused, refusal

FOLDS = 5
GROUPS = 10
FULL_BP = 10_000
# 1.96² in ten-thousandths: bounds hold in 95 of 100 cases.
_Z2 = Fraction(38_416, 10_000)


@refusal
class NothingToCalibrate(Refused):
    code = "nothing_to_calibrate"
    says = N_("{first} 至 {last} 之间没有已经过了 {months} 个月、且有应收到期的评分")
    status = 404


@dataclass(frozen=True, slots=True)
class Seen:
    """A score and what came of it: the customer, points in hundredths, grade, whether it became late."""

    terminal: int
    points_c: int
    grade: str
    late: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of cases with its bounds, basis points; what was expected of them where there was an expectation."""

    name: str
    cases: int
    late: int
    low_bp: int
    high_bp: int
    expected_bp: int | None = None

    @property
    def rate_bp(self) -> int:
        """Late of all, basis points, rounded."""
        return round(Fraction(self.late * FULL_BP, self.cases)) if self.cases else 0


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well scores told who would become late. `brier` of what the points of others led to expect, `base` of
    expecting the same of everybody; `auc` None where nobody, or everybody, became late."""

    cases: int
    late: int
    brier: Fraction
    base: Fraction
    auc: Fraction | None
    auc_grade: Fraction | None
    grades: tuple[Rate, ...]
    groups: tuple[Rate, ...]


def calibrate(seen: Sequence[Seen]) -> Calibration:
    """Everything about scores and outcomes. What points lead to expect is learnt from the other four fifths."""
    expected = cross_fitted(seen)
    late = sum(one.late for one in seen)
    mean = Fraction(late, len(seen))
    order = {grade: len(GRADES) - n for n, grade in enumerate(GRADES)}
    return Calibration(
        cases=len(seen),
        late=late,
        brier=brier([(chance, one.late) for chance, one in zip(expected, seen, strict=True)]),
        base=brier([(mean, one.late) for one in seen]),
        auc=auc([(one.points_c, one.late) for one in seen]),
        auc_grade=auc([(order.get(one.grade, 0), one.late) for one in seen]),
        grades=tuple(
            _rate(grade, [one.late for one in seen if one.grade == grade])
            for grade in GRADES
            if any(one.grade == grade for one in seen)
        ),
        groups=_groups(seen, expected),
    )


def brier(told: Sequence[tuple[Fraction, bool]]) -> Fraction:
    """The mean square of chance less outcome: nought is perfect."""
    # By chance, because many share one: fractions with large denominators are dear to add.
    sums: dict[Fraction, list[int]] = {}
    for chance, late in told:
        pair = sums.setdefault(chance, [0, 0])
        pair[late] += 1
    whole = sum(
        (on_time * chance**2 + late * (1 - chance) ** 2 for chance, (on_time, late) in sums.items()), Fraction(0)
    )
    return whole * Fraction(1, len(told))


def auc(told: Sequence[tuple[int, bool]]) -> Fraction | None:
    """How often somebody who became late had fewer points than somebody who did not; ties count half."""
    late_total = sum(late for _points, late in told)
    if not late_total or late_total == len(told):
        return None
    counts: dict[int, list[int]] = {}
    for points, late in told:
        counts.setdefault(points, [0, 0])[late] += 1
    halves = below = 0
    for _points, (good, bad) in sorted(counts.items()):
        halves += good * (2 * below + bad)
        below += bad
    return Fraction(halves, 2 * late_total * (len(told) - late_total))


def cross_fitted(seen: Sequence[Seen]) -> list[Fraction]:
    """The chance of becoming late that each one's points stand for, learnt from customers of other fifths."""
    expected = [Fraction(0)] * len(seen)
    for fold in range(FOLDS):
        steps = never_rising([(one.points_c, one.late) for one in seen if one.terminal % FOLDS != fold])
        for n, one in enumerate(seen):
            if one.terminal % FOLDS == fold:
                expected[n] = chance_at(steps, one.points_c)
    return expected


def never_rising(told: Sequence[tuple[int, bool]]) -> list[tuple[int, Fraction]]:
    """(from these points on, chance): neighbours pooled until more points never mean a larger chance."""
    counts: dict[int, list[int]] = {}
    for points, late in told:
        pair = counts.setdefault(points, [0, 0])
        pair[0] += 1
        pair[1] += late
    pools: list[list[int]] = []  # first points, cases, late
    for points, (cases, bad) in sorted(counts.items()):
        pools.append([points, cases, bad])
        while len(pools) > 1 and pools[-1][2] * pools[-2][1] >= pools[-2][2] * pools[-1][1]:
            last = pools.pop()
            pools[-1][1] += last[1]
            pools[-1][2] += last[2]
    return [(points, Fraction(late, cases)) for points, cases, late in pools]


def chance_at(steps: Sequence[tuple[int, Fraction]], points_c: int) -> Fraction:
    """The chance that goes with these points; that of the lowest step below it, a half where nothing is known."""
    if not steps:
        return Fraction(1, 2)
    found = steps[0][1]
    for points, chance in steps:
        if points > points_c:
            break
        found = chance
    return found


def _groups(seen: Sequence[Seen], expected: Sequence[Fraction]) -> tuple[Rate, ...]:
    """Cases in tenths by what was expected of them, those expected the same together."""
    ordered = sorted(zip(expected, (one.late for one in seen), strict=True))
    groups: list[list[tuple[Fraction, bool]]] = []
    for n, one in enumerate(ordered):
        wanted = n * GROUPS // len(ordered)
        if groups and (len(groups) > wanted or groups[-1][-1][0] == one[0]):
            groups[-1].append(one)
        else:
            groups.append([one])
    told = []
    for n, group in enumerate(groups, 1):
        mean = sum((chance for chance, _late in group), Fraction(0)) * Fraction(1, len(group))
        told.append(_rate(str(n), [late for _chance, late in group], round(mean * FULL_BP)))
    return tuple(told)


def _rate(name: str, late: Sequence[bool], expected_bp: int | None = None) -> Rate:
    low, high = wilson_bp(sum(late), len(late))
    return Rate(name, len(late), sum(late), low, high, expected_bp)


def wilson_bp(part: int, whole: int) -> tuple[int, int]:
    """Wilson's bounds for a share, basis points; they hold in 95 of 100 cases."""
    if not whole:
        return 0, FULL_BP
    share = Fraction(part, whole)
    middle = share + _Z2 * Fraction(1, 2 * whole)
    spread2 = _Z2 * (share * (1 - share) * Fraction(1, whole) + _Z2 * Fraction(1, 4 * whole * whole))
    spread = Fraction(isqrt(int(spread2 * 10**16)), 10**8)
    scale = FULL_BP * _inverse(1 + _Z2 * Fraction(1, whole))
    return max(0, round((middle - spread) * scale)), min(FULL_BP, round((middle + spread) * scale))


def _inverse(number: Fraction) -> Fraction:
    return Fraction(number.denominator, number.numerator)
