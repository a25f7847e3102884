"""Versions of policies: proposed by whoever keeps them, approved by somebody else."""

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.journal import facts, queries_policies
from kewei.journal.actions.frame import action, record
from kewei.journal.models import PolicyVersion
from kewei.journal.rules_policies import check_decision, check_proposal
from kewei.kernel.policies import check_shape
from kewei.kernel.refusals import N_, NotFound

APPROVE = "journal.approve_policy"


@action
def propose_policy(
    *, name: str, body: Any, since: date, source: str, reason: str = "", by: Any, now: datetime
) -> PolicyVersion:
    """提出政策版本  A new version, in force from `since` once somebody else approves it.

    Raises UnknownPolicy, BadPolicy where the body does not read, PolicyInThePast, NoSource.
    """
    policy = queries_policies.policy_named(name)
    by.must(policy.keeper)
    check_shape(body, policy.body)
    policy.read(body)
    check_proposal(since, localdate(now), source)
    last = PolicyVersion.objects.select_for_update().filter(name=name).order_by("-number").first()
    version = PolicyVersion.objects.create(
        name=name, number=last.number + 1 if last else 1, since=since, source=source, body=body, reason=reason,
        proposed_by=by, proposed_at=now,
    )  # fmt: skip
    record(facts.POLICY_PROPOSED, version, by=by, at=now, name=name, number=version.number, since=since, source=source)
    return version


@action
def decide_policy(*, pk: int, approve: bool, why: str = "", by: Any, now: datetime) -> PolicyVersion:
    """批准或驳回政策版本  By somebody who did not propose it.

    Raises NotFound, OwnProposal, AlreadyDecided, TooLateToApprove.
    """
    by.must(APPROVE)
    version = PolicyVersion.objects.select_for_update().filter(pk=pk).first()
    if version is None:
        raise NotFound(noun=N_("政策版本"))
    check_decision(
        version.name, version.number, version.approved, version.proposed_by_id, by.pk,
        approve=approve, since=version.since, today=localdate(now),
    )  # fmt: skip
    version.approved, version.decided_by, version.decided_at, version.decided_why = approve, by, now, why
    version.save(update_fields=["approved", "decided_by", "decided_at", "decided_why"])
    record(
        facts.POLICY_DECIDED,
        version,
        by=by,
        at=now,
        name=version.name,
        number=version.number,
        approved=approve,
        why=why,
    )
    return version
