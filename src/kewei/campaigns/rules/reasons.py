"""推荐理由: which terminals are likely to buy more of a product, why, and how much may be hoped for (domain 1B 24, 1C 40–41, 5.2;
docs/algorithms/campaigns.md).

Quantities are in thousandths of a unit; a month is 30 days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_
from kewei.terminals.rules import KINDS

POTENTIAL, GAP, RHYTHM, LAPSED, GROUP = "potential", "gap", "rhythm", "lapsed", "group"
CODES: dict[str, str] = {
    POTENTIAL: N_("有潜力未使用"),
    GAP: N_("低于同类"),
    RHYTHM: N_("到了进货时候"),
    LAPSED: N_("停止进货"),
    GROUP: N_("同集团在用"),
}
# What is said of a terminal somebody put on a list without any of these.
BY_HAND = N_("手工加入名单")
# With the numbers of the reason; quantities are written out, a month's where nothing else is said.
SAYS: dict[str, str] = {
    POTENTIAL: N_("潜力 {klass} 级，一年没有进过；同类在用的 {peers} 家每月 {usual}"),
    GAP: N_("每月 {own}，同类在用的 {peers} 家每月 {usual}"),
    RHYTHM: N_("平常约 {days} 天进一次，下次应在 {due}"),
    LAPSED: N_("{last} 以来没有进货，从前每月 {own}"),
    GROUP: N_("同集团 {members} 家在用，每月 {usual}"),
}
# Why somebody with a reason is not on the list; the second half are the findings that block (terminals.rules.papers).
NO_OWNER, ELSEWHERE, ON_HOLD = "no_owner", "other_campaign", "credit_hold"
LEFT_OUT: dict[str, str] = {
    NO_OWNER: N_("没有负责人"),
    ELSEWHERE: N_("已在同一产品的其他活动中"),
    ON_HOLD: N_("停止赊销中"),
    "veto": N_("质管否决"),
    "veto_class": N_("质管否决该品类"),
    "paper_missing": N_("缺必备证照"),
    "paper_expired": N_("证照已到期"),
    "paper_suspended": N_("证照被暂停或吊销"),
    "scope_class": N_("该类终端不得购买本品"),
    "scope_paper": N_("缺本品类需要的证件"),
    "scope_code": N_("经营范围不含本品类"),
    "scope_rx": N_("经营范围不含处方药"),
}
DAYS_OF_MONTH, DAYS_OF_YEAR = 30, 365


class About(NamedTuple):
    """A terminal as candidates are judged by: what it is like, who looks after it, to which group it belongs."""

    pk: int
    kind: str
    city: str
    province: str
    owner: int | None
    group: int | None


class Use(NamedTuple):
    """How a terminal buys one product of us (sales.queries.HabitOfProduct): its last purchase, its usual gap in days (0: none
    yet), the first day on which its silence is an alarm, days with a purchase, thousandths in the year up to the last."""

    last: date
    usual_days: int
    alarm_day: date | None
    purchases: int
    year_milli: int


@dataclass(frozen=True, slots=True)
class ReasonPolicy:
    """Which kinds are asked; how far back; what counts as a gap, due, lapsed; how much of what is missing may be hoped for."""

    kinds: tuple[str, ...]
    classes: tuple[str, ...]
    history_days: int
    baseline_days: int
    least_peers: int
    gap_percent: int
    least_purchases: int
    hope_percent: Mapping[str, int]
    looked_at: int


def read_reasons(body: Any) -> ReasonPolicy:
    """The policy's value. Raises BadPolicy."""
    hope = body["hope_percent"]
    if unknown := set(body["kinds"]) - set(KINDS):
        raise BadPolicy(reason=f"kinds: {min(unknown)}")
    if set(hope) != set(CODES) or any(not 0 <= percent <= 100 for percent in hope.values()):
        raise BadPolicy(reason="hope_percent: 0–100")
    policy = ReasonPolicy(**(body | {"kinds": tuple(body["kinds"]), "classes": tuple(body["classes"])}))
    if not 30 <= policy.baseline_days <= policy.history_days <= 1_100:
        raise BadPolicy(reason="30 ≤ baseline_days ≤ history_days ≤ 1100")
    if policy.least_peers < 1 or not 0 < policy.gap_percent <= 100 or policy.least_purchases < 2:
        raise BadPolicy(reason="least_peers, gap_percent, least_purchases")
    if not 1 <= policy.looked_at <= 20_000:
        raise BadPolicy(reason="looked_at")
    return policy


REASONS = Policy(
    name="campaigns.reasons",
    title=N_("重点产品的候选理由"),
    keeper="campaigns.policy",
    since=date(2026, 11, 1),
    source="domain 1C 40–41, 5.2 [INF]: classes of potential; shares hoped for are ours [INF]",
    body={
        "kinds": [
            "public_hospital", "private_hospital", "primary_care", "clinic", "pharmacy", "chain_hq", "chain_store",
        ],
        "classes": ["A", "B"],
        "history_days": 365,
        "baseline_days": 90,
        "least_peers": 5,
        "gap_percent": 60,
        "least_purchases": 3,
        "hope_percent": {POTENTIAL: 30, GAP: 30, RHYTHM: 15, LAPSED: 40, GROUP: 40},
        # So many of the ranked are looked at for licences and scope before a list is called full.
        "looked_at": 3_000,
    },
    read=read_reasons,
)  # fmt: skip


class Reason(NamedTuple):
    """Why a terminal is a candidate: a code of CODES, its numbers, and the quantity a month that may be hoped for."""

    code: str
    numbers: dict[str, Any]
    hope_milli: int


class Candidate(NamedTuple):
    """A terminal with its reasons, the weightiest first; `hope_milli` is what may be hoped for on top, a month."""

    about: About
    reasons: tuple[Reason, ...]
    hope_milli: int


# A reason as it is judged: hope, code, and the numbers of its sentence in the order of NUMBERS, not yet written out.
Judged = tuple[int, str, tuple[Any, ...]]
NUMBERS: dict[str, tuple[str, ...]] = {
    POTENTIAL: ("klass", "usual", "peers"),
    GAP: ("own", "usual", "peers"),
    RHYTHM: ("days", "due"),
    LAPSED: ("last", "own"),
    GROUP: ("members", "usual"),
}
QUANTITIES = ("own", "usual")


def quantity(milli: int) -> str:
    """Thousandths as people read them: 12500 -> 12.5, rounded to a tenth."""
    tenths = (abs(milli) + 50) // 100
    whole, rest = divmod(tenths, 10)
    return f"{'-' if milli < 0 and tenths else ''}{whole}{f'.{rest}' if rest else ''}"


def a_month(milli: int, days: int) -> int:
    """A quantity of so many days as that of a month."""
    return milli * DAYS_OF_MONTH // days


class Peers:
    """同类: what terminals of the same kind that use the product buy a month: in the city, else the province, else anywhere."""

    def __init__(self, rows: Iterable[Sequence[Any]], monthly: Mapping[int, int], least: int) -> None:
        """`rows` as About, `monthly` what each that uses the product buys a month."""
        several: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for pk, kind, city, province, _owner, _group in rows:
            if (milli := monthly.get(pk)) is not None:
                for place in {city, province, ""}:
                    several[kind, place].append(milli)
        self._usual = {
            like: (sorted(amounts)[(len(amounts) - 1) // 2], len(amounts))
            for like, amounts in several.items()
            if len(amounts) >= least
        }

    def usual(self, kind: str, city: str, province: str) -> tuple[int, int] | None:
        """(median a month, how many) of its like that use the product; None where there are too few."""
        found = self._usual
        return found.get((kind, city)) or found.get((kind, province)) or found.get((kind, ""))


def candidates(
    rows: Sequence[Sequence[Any]],
    potentials: Mapping[int, str],
    year: Mapping[int, int],
    habits: Mapping[int, Use],
    window: tuple[date, date],
    policy: ReasonPolicy,
    most: int | None = None,
) -> tuple[list[Candidate], int]:
    """Terminals with a reason, the one from which most may be hoped first, at most so many; and how many there are.

    `rows` as About; `year` is how much each bought of the product in the policy's history before the window, of whomever;
    `habits` how each buys it of us; `potentials` the classes of those that have one. Made for two hundred thousand: reasons are
    written out only for those answered with.
    """
    judge = _Judge(rows, potentials, year, habits, window, policy)
    found = []
    for row in rows:
        if row[1] in judge.kinds and (reasons := judge.reasons(row)):
            found.append((-max(one[0] for one in reasons), row[0], row, reasons))
    found.sort(key=_by_hope)
    return [
        Candidate(About(*row), tuple(_written(one) for one in sorted(reasons, key=_by_weight)), -hope)
        for hope, _pk, row, reasons in found[:most]
    ], len(found)


def _by_hope(one: tuple[int, int, Any, Any]) -> tuple[int, int]:
    return one[:2]


def _by_weight(one: Judged) -> int:
    return -one[0]


def _written(one: Judged) -> Reason:
    hope, code, numbers = one
    told = dict(zip(NUMBERS[code], numbers, strict=True))
    return Reason(code, {name: _told(name, value) for name, value in told.items()}, hope)


def _told(name: str, value: Any) -> Any:
    if name in QUANTITIES:
        return quantity(value)
    return value.isoformat() if isinstance(value, date) else value


class _Judge:
    """What every terminal is judged by: its like, its group, the days of the campaign."""

    def __init__(
        self,
        rows: Sequence[Sequence[Any]],
        potentials: Mapping[int, str],
        year: Mapping[int, int],
        habits: Mapping[int, Use],
        window: tuple[date, date],
        policy: ReasonPolicy,
    ) -> None:
        self.kinds, self.window, self.policy = frozenset(policy.kinds), window, policy
        self.potentials, self.habits, self.hope = potentials, habits, policy.hope_percent
        days = policy.history_days
        self.monthly = {pk: a_month(milli, days) for pk, milli in year.items() if milli > 0}
        self.peers = Peers(rows, self.monthly, policy.least_peers)
        self.groups = _groups(rows, self.monthly)

    def reasons(self, row: Sequence[Any]) -> list[Judged]:
        """The reasons of one terminal, in no order."""
        pk, kind, city, province, _owner, group = row
        habit = self.habits.get(pk)
        if habit is not None and habit.alarm_day is not None and habit.alarm_day <= self.window[0]:
            formerly = a_month(max(0, habit.year_milli), DAYS_OF_YEAR)
            return [(formerly * self.hope[LAPSED] // 100, LAPSED, (habit.last, formerly))]
        own = self.monthly.get(pk)
        if own is not None:
            return self._of_user(own, habit, kind, city, province)
        found: list[Judged] = []
        klass = self.potentials.get(pk, "")
        if klass in self.policy.classes and (usual := self.peers.usual(kind, city, province)) is not None:
            found.append((usual[0] * self.hope[POTENTIAL] // 100, POTENTIAL, (klass, *usual)))
        if self.groups and (members := self.groups.get(group or pk)) is not None:
            found.append((members[1] * self.hope[GROUP] // 100, GROUP, members))
        return found

    def _of_user(self, own: int, habit: Use | None, kind: str, city: str, province: str) -> list[Judged]:
        """Less than its like, and due by its own rhythm."""
        policy = self.policy
        found: list[Judged] = []
        usual = self.peers.usual(kind, city, province)
        if usual is not None and own * 100 < usual[0] * policy.gap_percent:
            found.append(((usual[0] - own) * self.hope[GAP] // 100, GAP, (own, *usual)))
        if habit is not None and habit.purchases >= policy.least_purchases and habit.usual_days:
            due = habit.last + timedelta(days=habit.usual_days)
            if due <= self.window[1]:
                found.append((own * self.hope[RHYTHM] // 100, RHYTHM, (habit.usual_days, due)))
        return found


def _groups(rows: Iterable[Sequence[Any]], monthly: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """By head of a group: how many of its members use the product, and what each buys a month on average."""
    sums: defaultdict[int, list[int]] = defaultdict(list)
    heads = set()
    for pk, _kind, _city, _province, _owner, group in rows:
        if group is not None:
            heads.add(group)
        if (milli := monthly.get(pk)) is not None:
            sums[group or pk].append(milli)
    return {head: (len(sums[head]), sum(sums[head]) // len(sums[head])) for head in heads if head in sums}


def spread(earlier: Mapping[int, int], before: Mapping[int, int], pks: Iterable[int]) -> float:
    """How much a month's quantity changes by itself: the standard deviation of the change between two periods of the
    baseline's length, in thousandths a month; `earlier` and `before` are already a month's quantities."""
    changes = [before.get(pk, 0) - earlier.get(pk, 0) for pk in pks]
    if len(changes) < 2:
        return 0.0
    mean = sum(changes) / len(changes)
    return (sum((one - mean) ** 2 for one in changes) / (len(changes) - 1)) ** 0.5


def words(reasons: Sequence[Sequence[Any]], translate: Any) -> list[tuple[str, str]]:
    """(what it is called, its sentence) of kept reasons [[code, numbers, hope], …] in the reader's language."""
    return [
        (translate(CODES[code]), translate(SAYS[code]).format(**numbers))
        for code, numbers, *_hope in reasons
        if code in CODES
    ]
