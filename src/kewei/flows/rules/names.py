"""What is refused about names, goods and off-site pharmacies."""

from __future__ import annotations

from kewei.kernel.refusals import N_, Refused, refusal


@refusal
class AlreadyPlaced(Refused):
    code = "flows_already_placed"
    says = N_("「{name}」已经有了结论")
    status = 409


@refusal
class AlreadySpoken(Refused):
    code = "flows_already_spoken"
    says = N_("「{name}」您已复核过，金额较大，须由另一人复核")
    status = 409


@refusal
class UnitFactorWrong(Refused):
    code = "flows_unit_factor_wrong"
    says = N_("换算 {times} / {per} 不对：两个数都应在 1 到 100000 之间")


@refusal
class OffSiteItself(Refused):
    code = "flows_off_site_itself"
    says = N_("「{name}」不能是自己的院外药房")


@refusal
class OffSiteKnown(Refused):
    code = "flows_off_site_known"
    says = N_("「{name}」已登记为「{hospital}」的院外药房")
    next_step = N_("请先结束原来的归属")
    status = 409
