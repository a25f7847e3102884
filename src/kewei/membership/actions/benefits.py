"""Benefits: the table of conduct judges first, then compliance and, where asked, counsel; a price benefit becomes a coupon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.kernel.refusals import Refused, as_json
from kewei.membership import facts
from kewei.membership.actions.points import grant_coupon
from kewei.membership.models import Benefit, BenefitOpinion, Enrolment
from kewei.membership.queries import benefits, members, programmes
from kewei.membership.rules.benefits import (
    GRANTED,
    STATES,
    WAITING,
    WITHDRAWN,
    BenefitDecided,
    NotAsked,
    WithdrawOthers,
    check_wanted,
    state_after,
)
from kewei.membership.rules.conduct import COMPLIANCE, LEGAL, LIMITS, PRICE, SIDES, Decision, Wanted, blocked, decide
from kewei.membership.rules.programmes import MemberNoMore, check_budget, check_decider
from kewei.people.models import Person
from kewei.terminals.rules.papers import WARN

WANT, APPROVE, COUNSEL = "membership.want", "membership.approve", "membership.legal"
VERB_OF = {COMPLIANCE: APPROVE, LEGAL: COUNSEL}


@action
def want_benefit(
    *,
    enrolment: int,
    kind: str,
    words: str,
    ground: str,
    fen: int = 0,
    channel: str = "in_kind",
    recipient: str = "",
    tied: bool = False,
    near_tender: bool = False,
    evidence: Sequence[str] = (),
    intake: Any = None,
    by: Person,
    now: datetime,
) -> Benefit:
    """提出会员权益  What a member is to get, on which legal ground; compliance decides, and counsel where the table asks it.

    `recipient` is who gets it, for files and programs that say so: anybody but the member is refused. `evidence` names
    what can be shown (rules.conduct.EVIDENCE). What is blocked is refused by name and noted (domain 4.5, 4.11).
    Raises NotFound, MemberNoMore, UnknownBenefit, BenefitToPerson, PersonalBenefit, PersonalWords, OffTheBooks, PaidInCash,
    TiedToOrders, EvidenceMissing, BenefitSaysLittle, CouponAmount.
    """
    by.must(WANT)
    kept = members.live_for(by, enrolment, WANT, lock=False)
    today = localdate(now)
    policy = queries_policies.in_force(LIMITS, today)
    had_fen = benefits.had_fen([kept.terminal_id], today).get((kept.terminal_id, kind), 0)
    wanted = Wanted(kind, words, fen, ground, channel, recipient, tied, near_tender, tuple(evidence), had_fen)
    decision = decide(wanted, members.names_of_members([kept])[kept.terminal_id], policy.value)
    if (no := blocked(decision)) is not None:
        raise _noted(no, kept, wanted, by, now)
    check_wanted(words, ground, fen, kind in PRICE)
    made = Benefit.objects.create(
        enrolment=kept, terminal_id=kept.terminal_id, kind=kind, words=words.strip()[:300], fen=fen, channel=channel,
        ground=ground.strip()[:300], cap_fen=policy.value.cap_fen(kind), tied=tied, near_tender=near_tender,
        evidence=list(evidence), outcome=decision.outcome, lines=_lines(decision), sides=list(decision.sides),
        policy=policy.label, intake=intake, proposed_by=by, proposed_at=now,
    )  # fmt: skip
    record(
        facts.BENEFIT_WANTED, made, by=by, at=now, terminal=kept.terminal_id, kind=kind, fen=fen, channel=channel,
        outcome=decision.outcome, rules=[line.rule for line in decision.lines],
    )  # fmt: skip
    return made


def _noted(no: Refused, kept: Enrolment, wanted: Wanted, by: Person, now: datetime) -> Refused:
    """The refusal, leaving a note of what was tried: an attempt is evidence too."""
    told = {"kind": wanted.kind, "fen": wanted.fen, "channel": wanted.channel, "rule": no.code}
    return no.leaving(lambda: block_benefit(enrolment=kept.pk, told=told, by=by, now=now))


@action
def block_benefit(*, enrolment: int, told: Mapping[str, Any], by: Person, now: datetime) -> None:
    """拦下违规权益  Note that somebody wanted what nobody may have; what it was about, not whom."""
    by.must(WANT)
    kept = members.enrolment_for(by, enrolment, WANT)
    record(facts.BENEFIT_BLOCKED, kept, by=by, at=now, terminal=kept.terminal_id, **told)


def _lines(decision: Decision) -> list[dict[str, Any]]:
    return [
        {"rule": line.rule, "level": line.level, "asks": line.asks, "numbers": as_json(dict(line.numbers))}
        for line in decision.lines
    ]


@action
def decide_benefit(
    *, benefit: int, agree: bool, side: str = COMPLIANCE, why: str = "", by: Person, now: datetime
) -> Benefit:
    """审批会员权益  One side's opinion; granted once every side the table asks has agreed, within the programme's budget.

    A warning passes only with a reason. Raises NotFound, BenefitDecided, NotAsked, OwnProposal, WhyMissing, MemberNoMore, OverBudget.
    """
    by.must(VERB_OF.get(side, APPROVE))
    kept = benefits.benefit_for(by, benefit, VERB_OF.get(side, APPROVE), lock=True)
    if kept.state != WAITING:
        raise BenefitDecided(found=STATES[kept.state])
    said = benefits.opinions_of(kept)
    if side not in kept.sides or side in dict(said):
        raise NotAsked(note=SIDES.get(side, side[:20]))
    needs_reason = not agree or kept.outcome == WARN
    check_decider(kept.proposed_by_id, by.pk, not needs_reason, why)
    BenefitOpinion.objects.create(benefit=kept, side=side, agrees=agree, why=why.strip()[:300], by=by, at=now)
    kept.state = state_after(kept.sides, [*said, (side, agree)])
    if kept.state == GRANTED:
        _grant(kept, by, now)
    kept.save(update_fields=["state"])
    record(
        facts.BENEFIT_DECIDED, kept, by=by, at=now, terminal=kept.terminal_id, side=side, agree=agree, why=why.strip(),
        state=kept.state,
    )  # fmt: skip
    return kept


def _grant(kept: Benefit, by: Person, now: datetime) -> None:
    """Within the budget, to who is still a member; a price benefit becomes a coupon, which only a document can use."""
    programmes.locked(kept.enrolment.programme_id)
    member = Enrolment.objects.select_for_update().get(pk=kept.enrolment_id)
    if member.ended_at is not None:
        raise MemberNoMore
    version = programmes.in_force(member.programme, localdate(now))
    used = programmes.used(member.programme, version.rules)
    check_budget(member.programme.budget_fen, used.fen, kept.fen)
    if kept.kind in PRICE:
        grant_coupon(member, kept, by, now)


@action
def withdraw_benefit(*, benefit: int, by: Person, now: datetime) -> Benefit:
    """撤回会员权益  By who proposed it, while nobody has decided. Raises NotFound, BenefitDecided, WithdrawOthers."""
    by.must(WANT)
    kept = benefits.benefit_for(by, benefit, WANT, lock=True)
    if kept.state != WAITING:
        raise BenefitDecided(found=STATES[kept.state])
    if kept.proposed_by_id != by.pk:
        raise WithdrawOthers
    kept.state = WITHDRAWN
    kept.save(update_fields=["state"])
    record(facts.BENEFIT_WITHDRAWN, kept, by=by, at=now, terminal=kept.terminal_id, kind=kept.kind)
    return kept
