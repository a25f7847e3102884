"""Programmes and their rules: proposed by one person, decided by another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError
from django.utils.timezone import localdate

from kewei.journal.actions import action, record
from kewei.kernel.refusals import N_, NotFound
from kewei.membership import facts
from kewei.membership.actions.members import end_enrolment
from kewei.membership.models import Programme, ProgrammeState, RulesDecision, RulesVersion
from kewei.membership.queries import members, programmes
from kewei.membership.rules.programmes import (
    APPROVED,
    ENDED,
    PROPOSED,
    REFUSED,
    SHIPPED,
    STATES,
    BadProgramme,
    CodeTaken,
    DecidedAlready,
    WhyMissing,
    WrongState,
    check_decider,
    check_programme,
    check_segment,
    read_rules,
)
from kewei.people.models import Person

PROPOSE, APPROVE = "membership.programme", "membership.approve"


@action
def propose_programme(
    *,
    code: str,
    name: str,
    purpose: str,
    ground: str,
    since: date,
    until: date,
    budget_fen: int,
    kinds: Sequence[str] = (),
    provinces: Sequence[str] = (),
    rules: Mapping[str, Any] | None = None,
    owner: Person | None = None,
    by: Person,
    now: datetime,
) -> Programme:
    """提出会员计划  A programme with its segment, budget and first rules; it begins once somebody else approves it.

    `rules` as rules.programmes.SHIPPED, which is taken where none are given. Raises BadProgramme, BadPolicy, CodeTaken.
    """
    by.must(PROPOSE)
    check_programme(name, purpose, ground, since, until, budget_fen)
    check_segment(kinds)
    body = dict(rules or SHIPPED)
    read_rules(body)
    code = code.strip()[:20]
    if not code:
        raise BadProgramme(reason=N_("名称与目的必填"))
    if Programme.objects.filter(code=code).exists():
        raise CodeTaken(programme_code=code)
    try:
        made = Programme.objects.create(
            code=code, name=name.strip()[:80], purpose=purpose.strip()[:300], ground=ground.strip()[:300],
            segment={"kinds": list(kinds), "provinces": list(provinces)}, since=since, until=until,
            budget_fen=budget_fen, owner=owner or by, proposed_by=by, proposed_at=now,
        )  # fmt: skip
    except IntegrityError as clash:
        raise CodeTaken(programme_code=code) from clash
    _state(made, PROPOSED, "", by, now)
    _version(made, body, since, N_("计划原始规则"), by, now)
    record(
        facts.PROGRAMME_PROPOSED, made, by=by, at=now, code=code, name=made.name, budget_fen=budget_fen, since=since,
        until=until,
    )  # fmt: skip
    return made


@action
def decide_programme(*, programme: int, agree: bool, why: str = "", by: Person, now: datetime) -> Programme:
    """审批会员计划  It begins with its first rules, or it does not. Raises NotFound, WrongState, OwnProposal, WhyMissing."""
    by.must(APPROVE)
    kept = _locked(by, programme, APPROVE)
    if kept.state != PROPOSED:
        raise WrongState(name=kept.name, found=STATES[kept.state])
    check_decider(kept.proposed_by_id, by.pk, agree, why)
    _state(kept, APPROVED if agree else REFUSED, why, by, now)
    first = kept.versions.get(number=1)
    RulesDecision.objects.create(version=first, approved=agree, why=why.strip()[:300], by=by, at=now)
    record(facts.PROGRAMME_DECIDED, kept, by=by, at=now, agree=agree, why=why.strip())
    return kept


@action
def end_programme(*, programme: int, why: str, by: Person, now: datetime) -> Programme:
    """结束会员计划  Members leave it, and what they have not used ends. Raises NotFound, WrongState, WhyMissing."""
    by.must(PROPOSE)
    kept = _locked(by, programme, PROPOSE)
    if kept.state not in (APPROVED, PROPOSED):
        raise WrongState(name=kept.name, found=STATES[kept.state])
    if not why.strip():
        raise WhyMissing
    for pk in members.live_keys(kept.pk):
        end_enrolment(enrolment=pk, why=why, by=by, now=now)
    _state(kept, ENDED, why, by, now)
    record(facts.PROGRAMME_ENDED, kept, by=by, at=now, why=why.strip())
    return kept


@action
def propose_rules(
    *, programme: int, body: Mapping[str, Any], since: date, source: str, by: Person, now: datetime
) -> RulesVersion:
    """提出新规则  A version that counts from a day on, once somebody else approves it.

    Raises NotFound, WrongState, BadPolicy, WhyMissing, BadProgramme.
    """
    by.must(PROPOSE)
    kept = _locked(by, programme, PROPOSE)
    if kept.state != APPROVED:
        raise WrongState(name=kept.name, found=STATES[kept.state])
    read_rules(body)
    if not source.strip():
        raise WhyMissing
    if since < localdate(now):
        raise BadProgramme(reason=N_("新规则不能从过去的日子算起"))
    made = _version(kept, dict(body), since, source, by, now)
    record(facts.RULES_PROPOSED, made, by=by, at=now, programme=kept.pk, number=made.number, since=since)
    return made


@action
def decide_rules(*, version: int, agree: bool, why: str = "", by: Person, now: datetime) -> RulesVersion:
    """审批规则  Raises NotFound, DecidedAlready, OwnProposal, WhyMissing."""
    by.must(APPROVE)
    kept = programmes.version_for(by, version, APPROVE)
    _locked(by, kept.programme_id, APPROVE)
    if RulesDecision.objects.filter(version=kept).exists():
        raise DecidedAlready
    check_decider(kept.proposed_by_id, by.pk, agree, why)
    RulesDecision.objects.create(version=kept, approved=agree, why=why.strip()[:300], by=by, at=now)
    record(facts.RULES_DECIDED, kept, by=by, at=now, programme=kept.programme_id, number=kept.number, agree=agree)
    return kept


def _locked(by: Person, pk: int, verb: str) -> Programme:
    programmes.programme_for(by, pk, verb)
    found = Programme.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotFound(noun=N_("会员计划"))
    return found


def _state(programme: Programme, state: str, note: str, by: Person, now: datetime) -> None:
    ProgrammeState.objects.create(programme=programme, state=state, note=note.strip()[:300], by=by, at=now)
    programme.state = state
    programme.save(update_fields=["state"])


def _version(
    programme: Programme, body: dict[str, Any], since: date, source: str, by: Person, now: datetime
) -> RulesVersion:
    return RulesVersion.objects.create(
        programme=programme, number=programme.versions.count() + 1, since=since, body=body, source=source.strip()[:300],
        proposed_by=by, proposed_at=now,
    )  # fmt: skip
