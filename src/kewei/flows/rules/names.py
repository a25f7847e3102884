"""What is refused about names and goods."""

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
