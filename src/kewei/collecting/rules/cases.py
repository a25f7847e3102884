"""案件: who may work on one, and in which part (domain 1G rows 96, 97, 102)."""

from __future__ import annotations

from kewei.kernel.refusals import N_, Refused, refusal

CASE_ROLES: dict[str, str] = {
    "lead": N_("主办"),
    "sales": N_("业务"),
    "finance": N_("对账"),
    "credit": N_("信用"),
    "legal": N_("法务"),
    "sponsor": N_("高层督办"),
}
# Why a case was closed.
ENDS: dict[str, str] = {"paid": N_("逾期已清"), "written_off": N_("账务核销，账外继续追索")}


@refusal
class RunAhead(Refused):
    code = "run_ahead"
    says = N_("{on} 还没有到，不能提前运行")


@refusal
class CaseClosed(Refused):
    code = "case_closed"
    says = N_("案件已经结案")
    status = 409


@refusal
class UnknownCaseRole(Refused):
    code = "unknown_case_role"
    says = N_("没有「{text}」这种分工")


@refusal
class CannotCollect(Refused):
    code = "cannot_collect"
    says = N_("{name} 没有催收权限，不能加入案件：医药代表和无关人员不得经手催收")


@refusal
class AlreadyMember(Refused):
    code = "already_member"
    says = N_("{name} 已在案件中担任这一分工")
    status = 409


@refusal
class NotAMember(Refused):
    code = "not_a_member"
    says = N_("已经退出")
    status = 409


def check_member(role: str, name: str, may_collect: bool) -> None:
    """Refuse somebody who may not collect, and a part there is none of. Raises UnknownCaseRole, CannotCollect."""
    if role not in CASE_ROLES:
        raise UnknownCaseRole(text=role[:20])
    if not may_collect:
        raise CannotCollect(name=name)
