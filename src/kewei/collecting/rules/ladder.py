"""催收阶梯: which stage an overdue item has come to, and what that asks for (domain 2.13; docs/algorithms/ladder.md).

Every item climbs on its own and remembers the highest rung it has reached; a rung is reached once. A step asks one
customer for everything that climbed on one day, at the highest stage among it, so a day missed or a debt found late is
caught up with one letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_
from kewei.terminals.rules import KINDS

REMIND, CALL, NOTICE, VISIT, DEMAND, FINAL, LAWYER, COURT = range(8)
STAGES: dict[int, str] = {
    REMIND: N_("到期提示"),
    CALL: N_("电话询问"),
    NOTICE: N_("付款提示函"),
    VISIT: N_("上门对账"),
    DEMAND: N_("第一次催款函"),
    FINAL: N_("最后通知"),
    LAWYER: N_("律师函"),
    COURT: N_("诉讼准备"),
}
# What a step is done by; rules.contacting knows which of them are bound to hours.
CHANNELS: dict[str, str] = {
    "message": N_("短信或企微"),
    "phone": N_("电话"),
    "email": N_("邮件"),
    "visit": N_("上门"),
    "statement": N_("对账"),
    "letter": N_("函件（EMS）"),
    "executive": N_("高层走访"),
    "lawyer": N_("律师函"),
    "court": N_("支付令、仲裁或诉讼"),
    "other": N_("其他"),
}
# The paper that belongs to a step, in the words of rules.letters; '' where there is none.
DOCUMENTS = ("", "due_notice", "statement", "reminder", "demand", "final", "lawyer")
# What a rung asks of the customer's credit while its case stands there (domain 2.13, side effects).
EFFECTS: dict[str, str] = {
    "cap": N_("信用等级封顶"),
    "hold_soft": N_("停止赊销（A、B 级只预警）"),
    "hold": N_("停止赊销发货"),
}
# A rung is a stage and, where a stage has several, which of them: stage * ROOM + again.
ROOM = 10
NOT_YET = -1


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of a ladder: reached `days` after the due date (before it where negative)."""

    stage: int
    days: int
    channel: str
    document: str
    again: int = 0
    effects: tuple[str, ...] = ()

    @property
    def place(self) -> int:
        """Its place among all rungs; also what an item remembers."""
        return self.stage * ROOM + self.again

    @property
    def code(self) -> str:
        """ST4, as papers and lists call it."""
        return f"ST{self.stage}"


@dataclass(frozen=True, slots=True)
class Ladder:
    """How every segment is asked. `court_days` before limitation ends an item is due for court whatever its ladder
    says, `guarantee_days` before a guarantee period ends for the last notice.
    A customer is reminded of what falls due at most once in `remind_days`."""

    segment_of: Mapping[str, str]
    otherwise: str
    ladders: Mapping[str, tuple[Rung, ...]]
    court_days: int
    guarantee_days: int
    remind_days: int

    def segment(self, kind: str) -> str:
        """The segment of a kind of customer."""
        return self.segment_of.get(kind, self.otherwise)

    def rungs(self, kind: str) -> tuple[Rung, ...]:
        """The rungs a kind of customer is asked by, lowest first."""
        return self.ladders[self.segment(kind)]

    def effects_at(self, kind: str, stage: int) -> tuple[str, ...]:
        """What the stage of a case asks of the credit of such a customer: what the highest rung up to it says."""
        reached = [rung for rung in self.rungs(kind) if rung.stage <= stage]
        return reached[-1].effects if reached else ()

    @property
    def ahead_days(self) -> int:
        """How many days before it is due an item is looked at."""
        return max(0, *(-rung.days for rungs in self.ladders.values() for rung in rungs))


@dataclass(frozen=True, slots=True)
class Debt:
    """An open item as the ladder sees it: days past due (negative: not due yet), fen, the rung it has reached.

    `disputed_fen` is not asked for. `promised`: a promise still running rests the ladder, though not the clocks;
    `pushed` is how many stages promises broken in a row are worth (rules.promises).
    `limitation_left` and `guarantee_left` are days to those last days where they are known.
    """

    item: int
    days: int
    open_fen: int
    disputed_fen: int = 0
    promised: bool = False
    pushed: int = 0
    limitation_left: int | None = None
    guarantee_left: int | None = None
    reached: int = NOT_YET

    @property
    def asked_fen(self) -> int:
        """What may be asked for: the open amount without what is disputed."""
        return max(0, self.open_fen - self.disputed_fen)


@dataclass(frozen=True, slots=True)
class Climb:
    """One step of one customer: the rung, and every item that climbed with the rung it came to and the fen asked for."""

    rung: Rung
    items: tuple[tuple[int, int, int], ...]

    @property
    def asked_fen(self) -> int:
        """What the customer is asked for, fen."""
        return sum(fen for _item, _place, fen in self.items)


def rung_of(debt: Debt, rungs: Sequence[Rung], ladder: Ladder) -> Rung | None:
    """The rung an item stands on today, whatever it reached before; None where nothing is to be asked for."""
    if debt.asked_fen <= 0:
        return None
    at = NOT_YET
    if not debt.promised:
        at = max((i for i, rung in enumerate(rungs) if rung.days <= debt.days), default=NOT_YET)
        if debt.days > 0 and at != NOT_YET:
            at = min(at + debt.pushed, len(rungs) - 1)
        if debt.days > 0 and at != NOT_YET and rungs[at].stage == REMIND:
            at = NOT_YET  # too late for a reminder, too early for more
    if debt.days > 0:
        if debt.guarantee_left is not None and 0 <= debt.guarantee_left <= ladder.guarantee_days:
            at = max(at, _first(rungs, FINAL))
        if debt.limitation_left is not None and 0 <= debt.limitation_left <= ladder.court_days:
            at = max(at, _first(rungs, COURT))
    return None if at == NOT_YET else rungs[at]


def stage_for(
    debts: Iterable[Debt], kind: str, ladder: Ladder, *, unapplied_fen: int = 0, reminded: bool = False
) -> list[Climb]:
    """What a customer is asked for today: at most a reminder of what falls due and one step for all that is overdue.

    Items that stand on a higher rung than they had reached climb to it, past any rungs missed; the step is the highest
    rung among them. Nothing paid or disputed is asked for, nothing twice on a rung. A customer whose money waiting to
    be applied covers all that would be asked for is not asked: we match it first (reason D2). `reminded`: it was
    reminded so lately that what falls due waits for the next time.
    """
    rungs = ladder.rungs(kind)
    ahead: list[tuple[Debt, Rung]] = []
    overdue: list[tuple[Debt, Rung]] = []
    for debt in debts:
        rung = rung_of(debt, rungs, ladder)
        if rung is not None and rung.place > debt.reached:
            (overdue if debt.days > 0 else ahead).append((debt, rung))
    if reminded:
        ahead = []
    if overdue and sum(debt.asked_fen for debt, _rung in overdue) <= unapplied_fen:
        overdue = []
    return [_climb(moved) for moved in (ahead, overdue) if moved]


def _climb(moved: list[tuple[Debt, Rung]]) -> Climb:
    top = max((rung for _debt, rung in moved), key=lambda rung: rung.place)
    return Climb(top, tuple((debt.item, rung.place, debt.asked_fen) for debt, rung in moved))


def _first(rungs: Sequence[Rung], stage: int) -> int:
    """The place in the list of the first rung of a stage, or of the last rung where the ladder ends before it."""
    return next((i for i, rung in enumerate(rungs) if rung.stage >= stage), len(rungs) - 1)


def stage_of(place: int) -> int:
    """The stage of a rung an item remembers."""
    return place // ROOM


def read_ladder(body: Any) -> Ladder:
    """Read a version: rungs climb in days and in stages, and every segment has a ladder. Raises BadPolicy."""
    ladders = {
        segment: tuple(
            Rung(
                row["stage"], row["days"], row["channel"], row["document"], row["again"], tuple(row.get("effects", ()))
            )
            for row in rows
        )
        for segment, rows in body["ladders"].items()
    }
    ladder = Ladder(
        dict(body["segments"]),
        body["otherwise"],
        ladders,
        body["court_days"],
        body["guarantee_days"],
        body["remind_days"],
    )
    missing = {ladder.otherwise, *ladder.segment_of.values()} - set(ladders)
    if missing or not set(ladder.segment_of) <= set(KINDS):
        raise BadPolicy(reason=f"segments: {', '.join(sorted(missing | (set(ladder.segment_of) - set(KINDS))))}")
    for segment, rungs in ladders.items():
        _check_rungs(segment, rungs)
    if ladder.court_days < 1 or ladder.guarantee_days < 0 or ladder.remind_days < 1:
        raise BadPolicy(reason="court_days ≥ 1, guarantee_days ≥ 0, remind_days ≥ 1")
    return ladder


def _check_rungs(segment: str, rungs: Sequence[Rung]) -> None:
    if not rungs:
        raise BadPolicy(reason=segment)
    for before, after in pairwise(rungs):
        if before.days >= after.days or before.place >= after.place:
            raise BadPolicy(reason=f"{segment}: {after.code} {after.days} ≤ {before.code} {before.days}")
    for rung in rungs:
        known = rung.stage in STAGES and rung.channel in CHANNELS and rung.document in DOCUMENTS
        in_time = (rung.stage == REMIND) == (rung.days <= 0)
        known = known and set(rung.effects) <= set(EFFECTS)
        if not known or not in_time or not 0 <= rung.again < ROOM:
            raise BadPolicy(reason=f"{segment}: {rung.code} {rung.days}")


# Domain 2.13: grade cap from the payment notice on, credit orders held from the visit on, goods from the first demand on.
_EFFECTS = {
    NOTICE: ("cap",), VISIT: ("cap", "hold_soft"),
    **dict.fromkeys((DEMAND, FINAL, LAWYER, COURT), ("cap", "hold")),
}  # fmt: skip


def _rungs(*rows: tuple[int, int, str, str]) -> list[dict[str, Any]]:
    """Rungs as JSON; the second rung of a stage is `again` 1."""
    made: list[dict[str, Any]] = []
    for stage, days, channel, document in rows:
        again = sum(row["stage"] == stage for row in made)
        effects = list(_EFFECTS.get(stage, ()))
        made.append(
            {"stage": stage, "days": days, "channel": channel, "document": document, "again": again, "effects": effects}
        )
    return made


_BEFORE = ((REMIND, -7, "message", "due_notice"), (REMIND, -3, "message", "due_notice"))

LADDER = Policy(
    name="collecting.ladder",
    title=N_("催收阶梯"),
    keeper="collecting.policy",
    since=date(2026, 11, 1),
    source=(
        "domain 2.13: stages and days after [S47][S48], stretched for public institutions to +30/+60/+90/+120 [INF], "
        "their later rungs in the same distances [INF]; reminders T−7 and T−3: 1F row 80, at most "
        "every 4 days [INF]; court 180 days before limitation: 2.13"
    ),
    body={
        "segments": {
            "public_hospital": "public",
            "primary_care": "public",
            "cdc": "public",
            "research": "public",
            "military": "public",
        },
        "otherwise": "private",
        "ladders": {
            "private": _rungs(
                *_BEFORE,
                (CALL, 1, "phone", ""),
                (NOTICE, 7, "email", "reminder"),
                (VISIT, 15, "visit", "statement"),
                (DEMAND, 30, "letter", "demand"),
                (FINAL, 60, "executive", "final"),
                (LAWYER, 90, "lawyer", "lawyer"),
                (COURT, 120, "court", ""),
            ),
            # Their money comes by way of acceptance, platform and insurance: first help with the settlement.
            "public": _rungs(
                *_BEFORE,
                (CALL, 30, "phone", ""),
                (NOTICE, 60, "statement", "reminder"),
                (VISIT, 90, "visit", "statement"),
                (DEMAND, 120, "letter", "demand"),
                (FINAL, 150, "executive", "final"),
                (LAWYER, 180, "lawyer", "lawyer"),
                (COURT, 240, "court", ""),
            ),
        },
        "court_days": 180,
        "guarantee_days": 30,
        "remind_days": 4,
    },
    read=read_ladder,
)
