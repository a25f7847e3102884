"""推荐理由: which terminals are likely to buy more of a product, why, and how much may be hoped for (domain 1B 24, 1C 40–41, 5.2;
docs/algorithms/campaigns.md).

Quantities are in thousandths of a unit; a month is 30 days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
DAYS_OF_MONTH = 30


class About(NamedTuple):
    """A terminal as candidates are judged by: what it is like, who looks after it, to which group it belongs."""

    pk: int
    kind: str
    city: str
    province: str
    owner: int | None
    group: int | None


class Use(NamedTuple):
    """What a terminal bought of one product in a period: thousandths, days with a purchase, the first and the last of them."""

    milli: int
    days: int
    first: date
    last: date


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
    lapse_percent: int
    lapse_least_days: int
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
    if policy.lapse_percent < 100 or policy.lapse_least_days < 1 or not 1 <= policy.looked_at <= 20_000:
        raise BadPolicy(reason="lapse, looked_at")
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
        "lapse_percent": 200,
        "lapse_least_days": 45,
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

    def __init__(self, abouts: Mapping[int, About], used: Mapping[int, Use], policy: ReasonPolicy) -> None:
        """`used` are purchases of the policy's history."""
        several: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._policy, self._usual = policy, {}
        for pk, use in used.items():
            about = abouts.get(pk)
            if about is not None and use.milli > 0:
                monthly = a_month(use.milli, policy.history_days)
                for place in {about.city, about.province, ""}:
                    several[about.kind, place].append(monthly)
        for like, amounts in several.items():
            if len(amounts) >= policy.least_peers:
                amounts.sort()
                self._usual[like] = (amounts[(len(amounts) - 1) // 2], len(amounts))

    def usual(self, about: About) -> tuple[int, int] | None:
        """(median a month, how many) of its like that use the product; None where there are too few."""
        for place in (about.city, about.province, ""):
            found = self._usual.get((about.kind, place))
            if found is not None:
                return found
        return None


def candidates(
    abouts: Mapping[int, About],
    potentials: Mapping[int, str],
    year: Mapping[int, Use],
    window: tuple[date, date],
    policy: ReasonPolicy,
) -> list[Candidate]:
    """Every terminal with a reason, the one from which most may be hoped first.

    `year` is what each bought of the product in the policy's history before the window; `potentials` the classes of those
    that have one.
    """
    peers, groups = Peers(abouts, year, policy), _groups(abouts, year, policy)
    found = []
    for pk, about in abouts.items():
        if about.kind not in policy.kinds:
            continue
        reasons = sorted(
            _reasons(about, potentials.get(pk, ""), year.get(pk), peers, groups, window, policy),
            key=lambda one: -one.hope_milli,
        )
        if reasons:
            found.append(Candidate(about, tuple(reasons), reasons[0].hope_milli))
    found.sort(key=lambda one: (-one.hope_milli, one.about.pk))
    return found


def _reasons(
    about: About,
    potential: str,
    use: Use | None,
    peers: Peers,
    groups: Mapping[int, tuple[int, int]],
    window: tuple[date, date],
    policy: ReasonPolicy,
) -> Iterator[Reason]:
    hope = policy.hope_percent
    if use is None or use.milli <= 0:
        if potential in policy.classes and (usual := peers.usual(about)) is not None:
            numbers = {"klass": potential, "usual": quantity(usual[0]), "peers": usual[1]}
            yield Reason(POTENTIAL, numbers, usual[0] * hope[POTENTIAL] // 100)
        if groups and (head := about.group or about.pk) in groups:
            members, usual_milli = groups[head]
            yield Reason(GROUP, {"members": members, "usual": quantity(usual_milli)}, usual_milli * hope[GROUP] // 100)
        return
    own = a_month(use.milli, policy.history_days)
    days = (use.last - use.first).days // (use.days - 1) if use.days > 1 else 0
    if use.last + timedelta(days=max(policy.lapse_least_days, days * policy.lapse_percent // 100)) < window[0]:
        numbers = {"last": use.last.isoformat(), "own": quantity(own)}
        yield Reason(LAPSED, numbers, own * hope[LAPSED] // 100)
        return
    usual = peers.usual(about)
    if usual is not None and own * 100 < usual[0] * policy.gap_percent:
        numbers = {"own": quantity(own), "usual": quantity(usual[0]), "peers": usual[1]}
        yield Reason(GAP, numbers, (usual[0] - own) * hope[GAP] // 100)
    if use.days >= policy.least_purchases and days and (due := use.last + timedelta(days=days)) <= window[1]:
        yield Reason(RHYTHM, {"days": days, "due": due.isoformat()}, own * hope[RHYTHM] // 100)


def _groups(abouts: Mapping[int, About], used: Mapping[int, Use], policy: ReasonPolicy) -> dict[int, tuple[int, int]]:
    """By head of a group: how many of its members use the product, and what each buys a month on average."""
    sums: defaultdict[int, list[int]] = defaultdict(list)
    for pk, use in used.items():
        about = abouts.get(pk)
        if about is not None and use.milli > 0:
            sums[about.group or pk].append(a_month(use.milli, policy.history_days))
    heads = {about.group for about in abouts.values() if about.group is not None}
    return {head: (len(amounts), sum(amounts) // len(amounts)) for head, amounts in sums.items() if head in heads}


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
