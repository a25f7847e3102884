"""Taking a debt one rung higher, and giving it up: proposed by one person, decided by another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import localdate

from kewei.collecting import facts
from kewei.collecting.models import Escalation, Exit, Task
from kewei.collecting.queries import exits, tasks, techniques
from kewei.collecting.rules.escalation import ESCALATION, EscalationNeedsWords, check_rung
from kewei.collecting.rules.exits import (
    OFF_LEDGER,
    PROVIDE,
    STOP,
    SUE,
    WRITE_OFF,
    ExitDecided,
    ExitNeedsWords,
    ExitOpen,
    NothingOverdue,
    check_decision,
    check_proposal,
)
from kewei.credit import actions as credit
from kewei.credit.queries import holds
from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.people.models import Person

ESCALATE, EXIT, HOLD = "collecting.escalate", "collecting.exit", "credit.hold"
# What follows an agreed step: technique, days until it is to be done.
FOLLOWS = {
    STOP: ("hold_credit", 1), SUE: ("court", 14), PROVIDE: ("statement", 7), WRITE_OFF: ("complete_evidence", 7),
    OFF_LEDGER: ("say_it", 30),
}  # fmt: skip


@action
def escalate(*, terminal: Any, side: str, rung: str, whom: str, why: str, by: Person, now: datetime) -> Escalation:
    """升级  Take a debt one rung higher, inside the customer or inside the house.

    Raises UnknownRung, NoSupervisor, RungTooEarly, RungSkipped, EscalationNeedsWords, NothingOverdue.
    """
    by.must(ESCALATE, terminal)
    day = localdate(now)
    sight = exits.sight_of(terminal.pk, day)
    if sight is None or sight.overdue_fen <= 0:
        raise NothingOverdue
    policy = queries_policies.in_force(ESCALATION, day)
    done = exits.rungs_done(terminal.pk, sight.oldest)
    check_rung(
        side, rung, done=done.get(side, ()), stage=sight.stage, segment=sight.segment, sme="sme" in sight.has,
        pressed=sight.near_days is not None, rungs=policy.value,
    )  # fmt: skip
    if not whom.strip() or not why.strip():
        raise EscalationNeedsWords
    made = Escalation.objects.create(
        terminal_id=terminal.pk, side=side, rung=rung, whom=whom.strip()[:80], why=why.strip()[:200], policy=policy.label,
        by=by, at=now,
    )  # fmt: skip
    record(
        facts.ESCALATED, made, by=by, at=now, terminal=terminal.pk, side=side, rung=rung, whom=made.whom, why=made.why
    )
    return made


@action
def propose_exit(
    *,
    terminal: Any,
    steps: Sequence[str],
    write_off_fen: int,
    limitation_checked: bool,
    why: str,
    by: Person,
    now: datetime,
) -> Exit:
    """提出退出决定  What is to be done with a debt that is not worth pursuing as before.

    Raises NoSteps, UnknownStep, NothingOverdue, ExitBlocked, WriteOffBeyondOverdue, ExitNeedsWords, ExitOpen.
    """
    by.must(ESCALATE, terminal)
    day = localdate(now)
    sight = exits.sight_of(terminal.pk, day)
    if sight is None:
        raise NothingOverdue
    if exits.waiting_exit(terminal.pk) is not None:
        raise ExitOpen
    policy = exits.exit_policy(day)
    proposal = exits.proposal_of(sight, list(steps), write_off_fen, limitation_checked, day)
    found = check_proposal(proposal, policy.value)
    if not why.strip():
        raise ExitNeedsWords
    made = Exit.objects.create(
        terminal_id=terminal.pk, steps=list(proposal.steps), write_off_fen=write_off_fen, overdue_fen=sight.overdue_fen,
        limitation_checked_on=day if limitation_checked else None, why=why.strip()[:500],
        findings=[[one.level, one.code, one.numbers] for one in found], policy=policy.label, proposed_by=by,
        proposed_at=now,
    )  # fmt: skip
    record(
        facts.EXIT_PROPOSED, made, by=by, at=now, terminal=terminal.pk, steps=made.steps, write_off_fen=write_off_fen,
        overdue_fen=made.overdue_fen, why=made.why,
    )  # fmt: skip
    return made


@action
def decide_exit(*, decision: Any, agree: bool, why: str, by: Person, now: datetime) -> Exit:
    """审批退出决定  Somebody else agrees or not; what was agreed becomes tasks, and credit stops where that was decided.

    Raises NotFound, ExitDecided, OwnExit, WriteOffBeyondAuthority, ExitNeedsWords.
    """
    by.must(EXIT)
    kept = exits.exit_for(by, decision if isinstance(decision, int) else decision.pk, EXIT)
    kept = Exit.objects.select_for_update().get(pk=kept.pk)
    if kept.agreed is not None:
        raise ExitDecided
    day = localdate(now)
    if agree:
        roles = {held.role for held in by.held}
        check_decision(kept.proposed_by_id, by.pk, roles, kept.write_off_fen, exits.exit_policy(day).value)
    elif not why.strip():
        raise ExitNeedsWords
    kept.agreed, kept.decided_by, kept.decided_at, kept.decided_why = agree, by, now, why.strip()[:200]
    kept.save(update_fields=["agreed", "decided_by", "decided_at", "decided_why"])
    if agree:
        _follow(kept, day, by, now)
    record(
        facts.EXIT_DECIDED, kept, by=by, at=now, terminal=kept.terminal_id, agreed=agree, steps=kept.steps,
        write_off_fen=kept.write_off_fen, why=kept.decided_why,
    )  # fmt: skip
    return kept


def _follow(kept: Exit, day: date, by: Person, now: datetime) -> None:
    """Credit stops at once where the decider may stop it; everything else is a task for the role it belongs to."""
    open_codes, library = tasks.open_techniques(kept.terminal_id), techniques.library(day)
    for step in kept.steps:
        code, days = FOLLOWS[step]
        if step == STOP and by.may(HOLD):
            held = holds.live_holds([kept.terminal_id]).get(kept.terminal_id, [])
            if all(one.reason != "legal" for one in held):
                credit.place_hold(terminal=kept.terminal, reason="legal", note=kept.why[:200], by=by, now=now)
            continue
        if code in open_codes or code not in library:
            continue
        open_codes.add(code)
        Task.objects.create(
            terminal_id=kept.terminal_id, technique=code, role=library[code].role, due_on=day + timedelta(days=days),
            note=kept.why[:200], set_by=by, set_at=now,
        )  # fmt: skip
