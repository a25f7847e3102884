"""升级 and 退出决定: how high debts were taken, and decisions to give them up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from kewei.collecting.models import Escalation, Exit
from kewei.collecting.queries import evidence, worklist
from kewei.collecting.queries.worklist import Sight
from kewei.collecting.rules import escalation
from kewei.collecting.rules.escalation import ESCALATION, SIDES, Rung
from kewei.collecting.rules.exits import EXIT, Proposal
from kewei.credit.queries import securities
from kewei.journal import queries_policies
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person

SEE = "collecting.see"
WAITING, AGREED, REFUSED = "waiting", "agreed", "refused"
STATES: dict[str, str] = {WAITING: N_("待审批"), AGREED: N_("已同意"), REFUSED: N_("未同意")}


@dataclass(frozen=True)
class EscalationRow:
    """An escalation as listed."""

    pk: int
    side: str
    rung: str
    whom: str
    why: str
    by: str
    at: datetime


@dataclass(frozen=True)
class ExitRow:
    """An exit decision as listed; fen."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    steps: list[str]
    write_off_fen: int
    overdue_fen: int
    limitation_checked_on: date | None
    why: str
    findings: list[Any]
    policy: str
    proposed_by_id: int
    proposed_by: str
    proposed_at: datetime
    agreed: bool | None
    decided_by: str
    decided_at: datetime | None
    decided_why: str

    @property
    def state(self) -> str:
        """Waiting, agreed or refused."""
        return WAITING if self.agreed is None else AGREED if self.agreed else REFUSED


def sight_of(terminal_id: int, day: date) -> Sight | None:
    """A debtor as it stands today, whoever asks."""
    return next(worklist.sights(day, worklist.policies(day), [terminal_id]), None)


def escalations_of(person: Person, terminal_id: int, most: int = 30) -> list[EscalationRow]:
    """How high a customer's debt was taken, newest first; none where not visible."""
    rows = Escalation.objects.visible_to(person, SEE).filter(terminal=terminal_id).order_by("-at", "-pk")[:most]
    return [
        EscalationRow(*values) for values in rows.values_list("pk", "side", "rung", "whom", "why", "by__name", "at")
    ]


def rungs_done(terminal_id: int, since: date) -> dict[str, set[str]]:
    """Rungs taken by side since a day, whoever asks: those of earlier debts do not count."""
    found: dict[str, set[str]] = {side: set() for side in SIDES}
    for side, rung in Escalation.objects.filter(terminal=terminal_id, at__date__gte=since).values_list("side", "rung"):
        found[side].add(rung)
    return found


def next_rungs(sight: Sight, day: date) -> dict[str, Rung | None]:
    """The next rung on each side a debt may be taken to."""
    rungs = queries_policies.in_force(ESCALATION, day).value
    done = rungs_done(sight.terminal_id, sight.oldest)
    return {
        side: escalation.next_rung(
            side, done=done[side], stage=sight.stage, segment=sight.segment, sme="sme" in sight.has,
            pressed=sight.near_days is not None, rungs=rungs,
        )
        for side in SIDES
    }  # fmt: skip


def exit_for(person: Person, pk: int, verb: str = SEE) -> Exit:
    """The exit decision where this person may see it for a verb. Raises NotFound."""
    found = Exit.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal").first()
    if found is None:
        raise NotFound(noun=N_("退出决定"))
    return found


def exit_row(person: Person, pk: int) -> ExitRow:
    """One exit decision as listed. Raises NotFound."""
    exit_for(person, pk)
    return _rows(Exit.objects.filter(pk=pk))[0]


def waiting_exit(terminal_id: int) -> int | None:
    """The key of a customer's decision that waits, whoever asks."""
    return Exit.objects.filter(terminal=terminal_id, agreed=None).values_list("pk", flat=True).first()


def list_exits(
    person: Person,
    *,
    state: str = "",
    terminal: int | None = None,
    text: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[ExitRow], int]:
    """One page of exit decisions, newest first, and how many."""
    rows = Exit.objects.visible_to(person, SEE)
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if state in STATES:
        rows = rows.filter(agreed={WAITING: None, AGREED: True, REFUSED: False}[state])
    if text := text.strip():
        rows = rows.filter(Q(terminal__code__startswith=text) | Q(terminal__name__icontains=text))
    ordered = rows.order_by("-proposed_at", "-pk")
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return _rows(page), rows.count()


def proposal_of(sight: Sight, steps: list[str], write_off_fen: int, checked: bool, day: date) -> Proposal:
    """What is proposed beside how the debt stands today."""
    overdue = [one for one in sight.owed if one.days > 0]
    return Proposal(
        steps=tuple(steps), write_off_fen=write_off_fen, overdue_fen=sight.overdue_fen, days=sight.days,
        limitation_checked=checked, alive_fen=sum(one.fen for one in overdue if one.days_left is None or one.days_left >= 0),
        promised_fen=sight.promised_fen, disputed_fen=sight.disputed_fen,
        secured_fen=securities.secured([sight.terminal_id], day).get(sight.terminal_id, 0),
        evidence=evidence.weakest(worklist.overdue_of(sight.terminal_id, day), day),
    )  # fmt: skip


def exit_policy(day: date) -> Any:
    """The policy of exit decisions in force on a day, with its label."""
    return queries_policies.in_force(EXIT, day)


_FIELDS = (
    "pk", "terminal_id", "terminal__code", "terminal__name", "steps", "write_off_fen", "overdue_fen",
    "limitation_checked_on", "why", "findings", "policy", "proposed_by_id", "proposed_by__name", "proposed_at", "agreed",
    "decided_by__name", "decided_at", "decided_why",
)  # fmt: skip


def _rows(exits: QuerySet[Exit]) -> list[ExitRow]:
    rows: list[Any] = list(exits.values_list(*_FIELDS))
    return [ExitRow(*(*row[:15], row[15] or "", *row[16:])) for row in rows]
