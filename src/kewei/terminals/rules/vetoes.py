"""What a veto or a suspension needs."""

from __future__ import annotations

from collections.abc import Mapping

from kewei.kernel.refusals import N_, Refused, refusal


@refusal
class VetoReasonMissing(Refused):
    code = "veto_reason_missing"
    says = N_("请写明理由：以后审计要凭它")


@refusal
class UnknownClass(Refused):
    code = "unknown_scope_class"
    says = N_("没有「{text}」这个品类")


@refusal
class AlreadyVetoed(Refused):
    code = "already_vetoed"
    says = N_("该客户（或该品类）已有生效中的质管否决")
    status = 409


@refusal
class NotVetoed(Refused):
    code = "not_vetoed"
    says = N_("这项质管否决已经解除")
    status = 409


@refusal
class AlreadySuspended(Refused):
    code = "licence_already_suspended"
    says = N_("这张证照已登记暂停或吊销")
    status = 409


@refusal
class LicenceStopped(Refused):
    code = "licence_stopped"
    says = N_("证照 {number} 已被暂停或吊销，不能重新登记")
    next_step = N_("发证机关恢复后，请质管先在证照报告中登记恢复")
    status = 409


@refusal
class NotSuspended(Refused):
    code = "licence_not_suspended"
    says = N_("这张证照没有登记暂停或吊销")
    status = 409


def check_veto(reason: str, scope_class: str, classes: Mapping[str, str]) -> None:
    """A reason, and a class there is. Raises VetoReasonMissing, UnknownClass."""
    if not reason.strip():
        raise VetoReasonMissing
    if scope_class and scope_class not in classes:
        raise UnknownClass(text=scope_class)
