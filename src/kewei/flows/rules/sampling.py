"""How right the names were that nobody looked at: a random sample of a month's rows and what it says (domain 5.6)."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple

from kewei.flows.rules.months import words_of
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.terminals.rules.coverage import wilson

BP = 10_000
_Z = 1.96  # of a 95 % interval


@dataclass(frozen=True)
class SampleRules:
    """How many rows a month's sample has, below which lower bound it warns (hundredths of a per cent), and how many of a
    hundred names are laid before a second reviewer."""

    rows: int
    low_bp: int
    twice_pct: int


def read_sample_rules(body: Any) -> SampleRules:
    """The policy's body as a value. Raises BadPolicy."""
    rules = SampleRules(**{name: int(body[name]) for name in SampleRules.__dataclass_fields__})
    if not (1 <= rules.rows <= 10_000 and 0 <= rules.low_bp <= BP and 0 <= rules.twice_pct <= 100):
        raise BadPolicy(reason=str(body))
    return rules


SAMPLE: Policy[SampleRules] = Policy(
    name="flows.sample",
    title=N_("流向自动匹配抽查"),
    keeper="flows.freeze",
    since=date(2026, 1, 1),
    source="domain 5.6 (200 rows a month, target 99.5 %); warned from two wrong rows of 200 on, a tenth judged twice [INF]",
    body={"rows": 200, "low_bp": 9_700, "twice_pct": 10},
    read=read_sample_rules,
)


@refusal
class NothingToSample(Refused):
    code = "flows_nothing_to_sample"
    says = N_("{month} 没有自动匹配的行可抽查")


@refusal
class AlreadyJudged(Refused):
    code = "flows_already_judged"
    says = N_("「{name}」已抽查过")
    status = 409


class Drawn(NamedTuple):
    """An alias, and how many of its rows were drawn."""

    alias: int
    rows: int


def seed_of(month: date) -> int:
    """The seed of a month's sample: nobody chooses it, and everybody can draw the sample again."""
    return int.from_bytes(hashlib.sha256(f"flows.sample {words_of(month)}".encode()).digest()[:6], "big")


def draw(rows: Mapping[int, Mapping[int, int]], wanted: int, seed: int) -> list[Drawn]:
    """Draw `wanted` rows of {distributor: {alias: rows}}, each row as likely as any other; all of them where there are fewer.

    Every distributor gives its share, rounded up or down by chance (steps of equal length over all rows, from a random
    start); which of its rows is chance alone.
    """
    chance = Random(seed)  # noqa: S311  (to be drawn again, not to be guessed)
    strata = [(d, sorted(rows[d].items())) for d in sorted(rows)]
    sizes = [sum(n for _alias, n in aliases) for _d, aliases in strata]
    found: Counter[int] = Counter()
    for (_d, aliases), size, share in zip(strata, sizes, _shares(sizes, wanted, chance), strict=True):
        ends = list(accumulate(n for _alias, n in aliases))
        for at in chance.sample(range(size), share):
            found[aliases[bisect_right(ends, at)][0]] += 1
    return [Drawn(alias, n) for alias, n in sorted(found.items())]


def _shares(sizes: Sequence[int], wanted: int, chance: Random) -> list[int]:
    """How many rows each distributor gives."""
    population = sum(sizes)
    if population <= wanted:
        return list(sizes)
    step = Fraction(population, wanted)
    start = step * Fraction(chance.randrange(1 << 30), 1 << 30)
    places = [int(start + step * n) for n in range(wanted)]
    ends = list(accumulate(sizes))
    shares, at = [0] * len(sizes), 0
    for place in places:
        while place >= ends[at]:
            at += 1
        shares[at] += 1
    return shares


def judged_twice(drawn: Sequence[Drawn], pct: int, seed: int) -> set[int]:
    """Which of the drawn aliases a second reviewer judges too: so many of a hundred, rounded up, by chance."""
    wanted = -(-len(drawn) * pct // 100)
    return set(Random(seed + 1).sample([one.alias for one in drawn], wanted))  # noqa: S311


class Judged(NamedTuple):
    """A drawn alias that somebody judged: how many rows it stands for, and whether everybody found what was accepted."""

    rows: int
    right: bool


@dataclass(frozen=True)
class Precision:
    """Of `judged` drawn rows `right` were accepted rightly; the rate with its 95 % interval, hundredths of a per cent."""

    judged: int
    right: int
    rate_bp: int
    low_bp: int
    high_bp: int


def precision_of(judged: Iterable[Judged], population: int) -> Precision | None:
    """The precision of a month by its sample; None before anything was judged.

    Rows of one name are right or wrong together, so they count for the interval as (Σn)² / Σn² rows of their own (Kish).
    A sample that holds the whole population leaves nothing open; a large part of it leaves less open.
    """
    found = list(judged)
    rows, right = sum(one.rows for one in found), sum(one.rows for one in found if one.right)
    if not rows:
        return None
    alone = Fraction(rows * rows, sum(one.rows * one.rows for one in found))
    share = Fraction(right, rows)
    if population <= rows:
        low = high = float(share)
    else:
        tried = float(alone * Fraction(population - 1, population - rows))
        low, high = wilson(float(share) * tried, tried, _Z)
    return Precision(rows, right, int(share * BP), int(low * BP), -int(-high * BP // 1))


def warns(precision: Precision | None, rules: SampleRules) -> bool:
    """Whether what was accepted by itself may be wrong more often than allowed."""
    return precision is not None and precision.low_bp < rules.low_bp


@dataclass(frozen=True)
class Agreement:
    """How far reviewers agree: of `both` questions two answered, `same` the same way; share with its 95 % interval in
    hundredths of a per cent, None where no two have answered."""

    both: int
    same: int
    rate_bp: int | None = None
    low_bp: int | None = None
    high_bp: int | None = None


def agreement_of(answers: Iterable[Sequence[Any]]) -> Agreement:
    """The share of questions whose first two answers are the same."""
    pairs = [said for said in answers if len(said) > 1]
    same = sum(said[0] == said[1] for said in pairs)
    if not pairs:
        return Agreement(0, 0)
    low, high = wilson(same, len(pairs), _Z)
    return Agreement(len(pairs), same, same * BP // len(pairs), int(low * BP), -int(-high * BP // 1))
