"""拜访目的: what a visit is for, and who may come for it (domain 2.3, 4.4)."""

from __future__ import annotations

from collections.abc import Iterable

from kewei.kernel.refusals import N_, Refused, refusal

ACADEMIC, ORDER, RECONCILE, COLLECT = "academic", "order", "reconcile", "collect"
LICENCE, DISPLAY, COMPLAINT, PROSPECT = "licence", "display", "complaint", "prospect"
PURPOSES: dict[str, str] = {
    ACADEMIC: N_("学术信息传递"),
    ORDER: N_("订单"),
    RECONCILE: N_("对账"),
    COLLECT: N_("催收"),
    LICENCE: N_("资质更新"),
    DISPLAY: N_("陈列库存"),
    COMPLAINT: N_("投诉处理"),
    PROSPECT: N_("新开发"),
}
# What a medical representative may not come for, through any door (4.4).
MONEY = frozenset({ORDER, RECONCILE, COLLECT})


@refusal
class UnknownPurpose(Refused):
    code = "unknown_purpose"
    says = N_("没有「{purpose}」这种拜访目的")


@refusal
class NoPurpose(Refused):
    code = "visit_without_purpose"
    says = N_("请至少选一个拜访目的")


@refusal
class PurposeNotForMedical(Refused):
    code = "purpose_not_for_medical"
    says = N_("医药代表不得以「{note}」为目的拜访：不得经手订单、对账与催收")
    next_step = N_("请改由业务员拜访，或只选学术信息传递等目的。")


def check_purposes(purposes: Iterable[str], sells: bool) -> tuple[str, ...]:
    """The purposes, each once, in the order of PURPOSES; `sells` is whether the visitor may trade (visits.trade).

    Raises NoPurpose, UnknownPurpose, PurposeNotForMedical.
    """
    wanted = set(purposes)
    if not wanted:
        raise NoPurpose
    if unknown := wanted - set(PURPOSES):
        raise UnknownPurpose(purpose=min(unknown))
    if not sells and (money := wanted & MONEY):
        raise PurposeNotForMedical(note=PURPOSES[min(money)])
    return tuple(code for code in PURPOSES if code in wanted)
