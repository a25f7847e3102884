"""潜力级: A, B or C of a terminal from the demand of its category and our share of it (domain 5.2; docs/algorithms/potential.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal

CLASSES = ("A", "B", "C")
CLASS_WORDS: dict[str, str] = {
    "A": N_("A 高潜力"),
    "B": N_("B 中潜力"),
    "C": N_("C 低潜力"),
}
BASES: dict[str, str] = {
    "told": N_("自报"),
    "computed": N_("测算"),
    "flow": N_("流向"),
    "judged": N_("人工判定"),
}
# The three columns of the nine-box: how much of the demand is ours.
SHARES: dict[str, str] = {
    "none": N_("未合作"),
    "some": N_("份额低"),
    "most": N_("份额高"),
}


@refusal
class PotentialFrozen(Refused):
    code = "potential_frozen"
    says = N_("潜力级 {since} 刚定，{free_on} 起才能再改")


@refusal
class NoSuchPotential(Refused):
    code = "no_such_potential"
    says = N_("没有「{text}」这个潜力级，请选 A、B 或 C")


@refusal
class PotentialWhyMissing(Refused):
    code = "potential_why_missing"
    says = N_("人工判定潜力级要写明依据")


@dataclass(frozen=True, slots=True)
class PotentialRules:
    """Above which share (basis points) a terminal is kept rather than grown, for how long a class stands, how many peers."""

    keep_share_bp: int
    frozen_days: int
    again_days: int
    fewest_peers: int


def read_potential(body: Any) -> PotentialRules:
    """Read a version. Raises BadPolicy for numbers that make no sense."""
    rules = PotentialRules(body["keep_share_bp"], body["frozen_days"], body["again_days"], body["fewest_peers"])
    if not 0 < rules.keep_share_bp < 10_000 or rules.frozen_days < 0 or rules.again_days < 1 or rules.fewest_peers < 3:
        raise BadPolicy(reason="0 < keep_share_bp < 10000, frozen_days ≥ 0, again_days ≥ 1, fewest_peers ≥ 3")
    return rules


POTENTIAL = Policy(
    name="terminals.potential",
    title=N_("潜力级：分档、份额界与冻结期"),
    keeper="terminals.growth",
    since=date(2026, 11, 1),
    source="domain 5.2 [INF]: thirds within terminal type and city, share 30 %, half-yearly, frozen within a month",
    body={"keep_share_bp": 3_000, "frozen_days": 30, "again_days": 182, "fewest_peers": 6},
    read=read_potential,
)


@dataclass(frozen=True, slots=True)
class Demand:
    """The demand of a terminal in fen a month with its basis, and where it is; `barrier`: access is blocked."""

    terminal: int
    kind: str
    province: str
    city: str
    fen: int
    basis: str
    barrier: bool = False


@dataclass(frozen=True, slots=True)
class Ranked:
    """The third a terminal is in (1 the highest) among how many of which peers."""

    third: int
    among: str
    peers: int


def thirds(demands: Iterable[Demand], fewest: int) -> dict[int, Ranked]:
    """Thirds by demand among terminals of the same kind and city; where those are too few, of the province, then of all.

    Equal demands are in the same, the higher, third. Thirds of n peers hold n/3 each, the middle one the rest.
    """
    every = list(demands)
    found: dict[int, Ranked] = {}
    for place in (
        lambda d: (d.kind, d.province, d.city),
        lambda d: (d.kind, d.province, ""),
        lambda d: (d.kind, "", ""),
    ):
        groups: dict[tuple[str, str, str], list[Demand]] = {}
        for demand in every:
            groups.setdefault(place(demand), []).append(demand)
        for (kind, province, city), peers in groups.items():
            last = not province
            if len(peers) < fewest and not last:
                continue
            waiting = [demand for demand in peers if demand.terminal not in found]
            for demand in waiting:
                above = sum(1 for peer in peers if peer.fen > demand.fen)
                third = min(3, above * 3 // len(peers) + 1)
                found[demand.terminal] = Ranked(
                    third, "/".join(one for one in (kind, province, city) if one), len(peers)
                )
    return found


def class_of(third: int, share_bp: int, barrier: bool) -> str:
    """A: the highest third, to grow or to keep; B: the middle, or the highest behind a barrier; C: the lowest."""
    if third == 1:
        return "B" if barrier else "A"
    return "B" if third == 2 else "C"


def share_bp(bought_fen: int, demand_fen: int) -> int:
    """Our part of a month's demand in basis points, at most all of it."""
    return min(10_000, max(0, bought_fen) * 10_000 // demand_fen) if demand_fen > 0 else 0


def share_column(share: int, rules: PotentialRules) -> str:
    """The column of the nine-box: none, some or most of the demand is ours."""
    return "none" if share <= 0 else "most" if share >= rules.keep_share_bp else "some"


# What to do in each box, row by potential, column by share.
ADVICE: Mapping[tuple[str, str], str] = {
    ("A", "none"): N_("重点开发"),
    ("A", "some"): N_("加大投入，提高份额"),
    ("A", "most"): N_("守住，防竞品"),
    ("B", "none"): N_("择机开发"),
    ("B", "some"): N_("稳步增加品种和次数"),
    ("B", "most"): N_("维护"),
    ("C", "none"): N_("暂不投入"),
    ("C", "some"): N_("远程维护"),
    ("C", "most"): N_("低成本维护"),
}


def check_judgement(
    potential: str, note: str, since: date | None, judged: bool, today: date, rules: PotentialRules
) -> None:
    """A person may set a class with a basis, unless one was set within the month (domain 5.2: frozen within a month).

    `since` and `judged` are those of the class in force. Raises NoSuchPotential, PotentialWhyMissing, PotentialFrozen.
    """
    if potential not in CLASSES:
        raise NoSuchPotential(text=potential[:10])
    if not note.strip():
        raise PotentialWhyMissing
    if since is not None and judged and (today - since).days < rules.frozen_days:
        raise PotentialFrozen(since=since, free_on=date.fromordinal(since.toordinal() + rules.frozen_days))
