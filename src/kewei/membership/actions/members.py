"""Institutions enter a programme and leave it; their tier follows the rules in force."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.membership import facts
from kewei.membership.actions.booking import Given, book
from kewei.membership.models import Enrolment, TierMove
from kewei.membership.queries import ledger, members, programmes
from kewei.membership.queries.programmes import InForce
from kewei.membership.rules.ledger import EXPIRE, EXPIRED, UNITS, Share
from kewei.membership.rules.programmes import (
    APPROVED,
    ENROLLING,
    STATES,
    MemberAlready,
    WhyMissing,
    WrongState,
    check_applicant,
)
from kewei.membership.rules.tiers import Judged, judge
from kewei.people.models import Person

ENROL, REVIEW = "membership.enrol", "membership.review"


@action
def enrol(*, programme: int, terminal: Any, by: Person, now: datetime) -> Enrolment:
    """入会  An institution becomes a member, in the tier its last twelve months give it.

    Raises NotFound, WrongState, NotAnInstitution, OutsideSegment, PapersMissing, CardIncomplete, MemberAlready.
    """
    by.must(ENROL, terminal)
    today = localdate(now)
    kept = programmes.locked(programmes.programme_for(by, programme, ENROL).pk)
    if kept.state != APPROVED or not kept.since <= today <= kept.until:
        raise WrongState(name=kept.name, found=STATES[kept.state])
    version = programmes.in_force(kept, today)
    policy = queries_policies.in_force(ENROLLING, today)
    one = members.applicant(by, terminal, today)
    check_applicant(kept.name, kept.segment, one, policy.value)
    if Enrolment.objects.filter(programme=kept, terminal=terminal, ended_at=None).exists():
        raise MemberAlready(customer=terminal.name, name=kept.name)
    made = Enrolment.objects.create(
        programme=kept, terminal=terminal, since=today, tier=version.rules.tiers[0].code,
        basis={"credit_code": one.credit_code, "percent": one.percent, "policy": policy.label},
        enrolled_by=by, enrolled_at=now,
    )  # fmt: skip
    record(facts.ENROLLED, made, by=by, at=now, terminal=terminal.pk, programme=kept.pk, tier=made.tier)
    bases = members.basis_among([terminal.pk], version.rules, members.year_before(today), today)
    judged = judge(made.tier, bases.get(terminal.pk, 0), version.rules)
    if judged.moves:
        _move(made, judged, version, today, by, now)
    return made


@action
def end_enrolment(*, enrolment: int, why: str, by: Person, now: datetime) -> Enrolment:
    """退会  The membership ends; points and coupons left end with it. Raises NotFound, MemberNoMore, WhyMissing."""
    by.must(ENROL)
    kept = members.live_for(by, enrolment, ENROL)
    if not why.strip():
        raise WhyMissing
    today = localdate(now)
    for unit in UNITS:
        if left := [Share(lot.pk, lot.left) for lot in ledger.lots_locked(kept, unit)]:
            book(kept, EXPIRE, today, by, now, given=[Given(unit, left, EXPIRED)], words=why.strip()[:200])
    kept.ended_by, kept.ended_at, kept.ended_why = by, now, why.strip()[:200]
    kept.save(update_fields=["ended_by", "ended_at", "ended_why"])
    record(facts.ENROLMENT_ENDED, kept, by=by, at=now, terminal=kept.terminal_id, why=kept.ended_why)
    return kept


@action
def review_tiers(*, programme: int, day: date | None = None, by: Person, now: datetime) -> dict[str, int]:
    """复核会员等级  Every member of a programme as of a day (today where none is given); answers how many rose and fell.

    The rule decides, nobody else: there is no verb that sets a tier. Raises NotFound, WrongState.
    """
    by.must(REVIEW)
    day = day or localdate(now)
    kept = programmes.programme_for(by, programme, REVIEW)
    version = programmes.in_force(kept, day)
    rows = list(Enrolment.objects.select_for_update().filter(programme=kept, ended_at=None).order_by("pk"))
    bases = members.basis_among([row.terminal_id for row in rows], version.rules, members.year_before(day), day)
    counts = {"up": 0, "down": 0, "same": 0}
    for row in rows:
        judged = judge(row.tier, bases.get(row.terminal_id, 0), version.rules)
        counts[judged.way if judged.moves else "same"] += 1
        if judged.moves:
            _move(row, judged, version, day, by, now)
    record(facts.TIERS_REVIEWED, kept, by=by, at=now, day=day, rules=version.number, **counts)
    return counts


def _move(enrolment: Enrolment, judged: Judged, version: InForce, day: date, by: Person, now: datetime) -> None:
    moved = TierMove.objects.create(
        enrolment=enrolment, before=judged.before.code, after=judged.after.code, as_of=day, basis_fen=judged.basis_fen,
        way=judged.way, numbers=judged.numbers, rules_id=version.pk, by=by, at=now,
    )  # fmt: skip
    enrolment.tier = judged.after.code
    enrolment.save(update_fields=["tier"])
    record(
        facts.TIER_MOVED, moved, by=by, at=now, terminal=enrolment.terminal_id, before=judged.before.code,
        after=judged.after.code, basis_fen=judged.basis_fen,
    )  # fmt: skip
