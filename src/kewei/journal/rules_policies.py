"""Who may decide on a version of a policy."""

from datetime import date

from kewei.kernel.refusals import N_, Refused, refusal


@refusal
class OwnProposal(Refused):
    code = "own_proposal"
    says = N_("自己提出的政策不能自己批准：请由另一位有权的人决定")


@refusal
class AlreadyDecided(Refused):
    code = "policy_already_decided"
    says = N_("{name} 第 {number} 版已经有了决定")
    status = 409


@refusal
class PolicyInThePast(Refused):
    code = "policy_in_the_past"
    says = N_("生效日 {since} 已过：政策只能从今天（{today}）或以后生效，以前的结果要能照原样重算")


@refusal
class TooLateToApprove(Refused):
    code = "policy_too_late_to_approve"
    says = N_(
        "{name} 第 {number} 版的生效日 {since} 已过，不能再批准；请驳回，并以今天（{today}）或以后的生效日重新提出"
    )


@refusal
class NoSource(Refused):
    code = "policy_without_source"
    says = N_("政策要写明来源（法规、文件或决定）")


def check_proposal(since: date, today: date, source: str) -> None:
    """A version begins today or later and names its source. Raises PolicyInThePast, NoSource."""
    if since < today:
        raise PolicyInThePast(since=since, today=today)
    if not source.strip():
        raise NoSource


def check_decision(
    name: str,
    number: int,
    decided: bool | None,
    proposer: int,
    decider: int,
    *,
    approve: bool,
    since: date,
    today: date,
) -> None:
    """Decided once, by somebody else, and approved before it begins: no day that has passed gets other rules.

    Raises AlreadyDecided, OwnProposal, TooLateToApprove.
    """
    if decided is not None:
        raise AlreadyDecided(name=name, number=number)
    if proposer == decider:
        raise OwnProposal
    if approve and since < today:
        raise TooLateToApprove(name=name, number=number, since=since, today=today)
