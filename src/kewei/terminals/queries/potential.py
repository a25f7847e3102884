"""Potential classes, the nine-box, targets, and how far the prospects of each representative carry."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kewei.journal import queries_policies
from kewei.kernel.refusals import N_, NotFound
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.terminals.models import Potential, Prospect, Stage, Target, Terminal
from kewei.terminals.rules.coverage import (
    COVERAGE,
    Coverage,
    CoverageRules,
    Passage,
    Rate,
    conversion,
    counted,
    coverage,
    leaning,
)
from kewei.terminals.rules.potential import CLASSES, POTENTIAL, SHARES, Demand, share_column
from kewei.terminals.rules.prospects import DROPPED, OPEN_STAGES, WON

PROSPECT = "terminals.prospect"
SELLERS = ("representative",)


def demands() -> list[Demand]:
    """The demand of every terminal where somebody has estimated it: fen a month, with its basis."""
    rows = Prospect.objects.filter(estimate_fen__gt=0).exclude(stage=DROPPED).order_by("pk")
    names = ("pk", "terminal__kind", "terminal__province", "terminal__city", "estimate_fen", "estimate_basis")
    return [
        Demand(pk, kind, province, city, fen or 0, basis or "told")
        for pk, kind, province, city, fen, basis in rows.values_list(*names)
    ]


@dataclass(frozen=True)
class Box:
    """One of the nine boxes: potential, share, how many terminals, and their demand in fen a month."""

    potential: str
    share: str
    count: int
    demand_fen: int


def nine_box(person: Person, today: date) -> list[Box]:
    """潜力九宫格  Terminals this person sees by potential class and our share, A first, unused first. Nine boxes always."""
    rules = queries_policies.in_force(POTENTIAL, today).value
    mine = Terminal.objects.visible_to(person, PROSPECT).values("pk")
    counts: Counter[tuple[str, str]] = Counter()
    fen: Counter[tuple[str, str]] = Counter()
    for potential, share, demand in Potential.objects.filter(until=None, terminal__in=mine).values_list(
        "potential", "share_bp", "demand_fen"
    ):
        key = (potential, share_column(share or 0, rules))
        counts[key] += 1
        fen[key] += demand or 0
    return [Box(p, s, counts[p, s], fen[p, s]) for p in CLASSES for s in SHARES]


def box_terminals(person: Person, today: date, potential: str, share: str, most: int = 200) -> list[tuple]:
    """(pk, code, name, city, demand fen, share bp) of the terminals in a box, the largest demand first."""
    rules = queries_policies.in_force(POTENTIAL, today).value
    mine = Terminal.objects.visible_to(person, PROSPECT).values("pk")
    rows = Potential.objects.filter(until=None, potential=potential, terminal__in=mine).order_by("-demand_fen", "pk")
    names = ("terminal", "terminal__code", "terminal__name", "terminal__city", "demand_fen", "share_bp")
    return [row for row in rows.values_list(*names) if share_column(row[5] or 0, rules) == share][:most]


# --- coverage ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CoverageRow:
    """How far one representative's prospects carry to the month's target; `held` by stage."""

    person: int
    name: str
    login: str
    held: Mapping[str, int]
    rates: Mapping[str, Rate]
    figures: Coverage


@dataclass(frozen=True)
class CoveragePage:
    """Everybody's coverage of a month, the company's conversion, and the policy behind them."""

    month: date
    rows: tuple[CoverageRow, ...]
    house: Mapping[str, Rate]
    policy: str
    rules: CoverageRules


def pipeline(person: Person, month: date, today: date) -> CoveragePage:
    """潜在客户数量  For each representative this person sees: held, expected, needed, missing. A fixed number of queries.

    Conversion is the company's, of prospects that ended within the policy's months, each representative leaning on it by
    their own.
    """
    policy = queries_policies.in_force(COVERAGE, today)
    rules, z = policy.value, policy.value.z_thousandths / 1000
    since = today - timedelta(days=rules.months_back * 30)
    passages = ended_passages(since)
    house = conversion(passages, z)
    own: dict[int, list[Passage]] = defaultdict(list)
    for one in passages:
        if one.holder is not None:
            own[one.holder].append(one)
    team = team_of(person)
    held = _held(list(team))
    targets, won = _targets(list(team), month), _won(list(team), month)
    rows = []
    for pk, (name, login) in team.items():
        mine = counted(own.get(pk, ()))
        rates = {stage: leaning(mine[stage], house[stage], rules.lean, z) for stage in OPEN_STAGES}
        figures = coverage(targets.get(pk, 0), won.get(pk, 0), held.get(pk, {}), rates, rules)
        rows.append(CoverageRow(pk, name, login, held.get(pk, {}), rates, figures))
    return CoveragePage(month, tuple(rows), house, policy.label, rules)


def team_of(person: Person) -> dict[int, tuple[str, str]]:
    """(name, login) of the representatives whose prospects this person sees: all, their territories', or themselves."""
    return people.team(person, PROSPECT, SELLERS)


def team_member(person: Person, pk: int) -> None:
    """Refuse a representative this person does not lead. Raises NotFound."""
    if pk not in team_of(person):
        raise NotFound(noun=N_("人员"))


def ended_passages(since: date) -> list[Passage]:
    """The way of every prospect that was won or dropped since a day, whoever asks; duplicates say nothing and are left out."""
    ended = (
        Stage.objects.filter(stage__in=(WON, DROPPED), until=None, since__date__gte=since)
        .exclude(why="twin")
        .values_list("terminal", "stage", "holder")
    )
    by_terminal = {terminal: (stage, holder) for terminal, stage, holder in ended}
    stages: dict[int, list[str]] = defaultdict(list)
    holders: dict[int, int] = {}
    rows = Stage.objects.filter(terminal__in=ended.values("terminal")).order_by("since", "pk")
    for terminal, stage, holder in rows.values_list("terminal", "stage", "holder"):
        stages[terminal].append(stage)
        if holder is not None:
            holders[terminal] = holder
    return [
        Passage(holder if holder is not None else holders.get(terminal), tuple(stages[terminal]), stage)
        for terminal, (stage, holder) in by_terminal.items()
    ]


def _held(team: list[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Prospect.objects.filter(stage__in=OPEN_STAGES, terminal__owner__in=team)
    counts = Counter(rows.values_list("terminal__owner", "stage"))
    for (owner, stage), count in counts.items():
        found[owner or 0][stage] = count
    return found


def _targets(team: list[int], month: date) -> dict[int, int]:
    """The newest target of each person for a month."""
    rows = Target.objects.filter(person__in=team, month=month.replace(day=1)).order_by("set_at", "pk")
    return dict(rows.values_list("person", "customers"))


def _won(team: list[int], month: date) -> Counter[int]:
    """How many prospects each person won in a month."""
    first = month.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    rows = Stage.objects.filter(stage=WON, holder__in=team, since__date__gte=first, since__date__lt=after)
    return Counter(holder for holder in rows.values_list("holder", flat=True) if holder is not None)
