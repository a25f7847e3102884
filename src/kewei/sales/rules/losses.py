"""流失原因: why a terminal stopped buying, in the deck's own words (domain 1A rows 6, 14–16)."""

from __future__ import annotations

from kewei.kernel.refusals import N_, Refused, refusal

DEFECT, SERVICE, PRICE, ALIKE, HABIT, OTHER = "defect", "service", "price", "alike", "habit", "other"

REASONS: dict[str, str] = {
    DEFECT: N_("产品瑕疵"),
    SERVICE: N_("服务不周"),
    PRICE: N_("价格竞争"),
    ALIKE: N_("同质竞品"),
    HABIT: N_("善新厌旧或使用习惯改变"),
    OTHER: N_("其他"),
}


@refusal
class NoSuchReason(Refused):
    code = "loss_no_such_reason"
    says = N_("没有「{reason}」这个流失原因，请从列表里选")


@refusal
class OtherNeedsWords(Refused):
    code = "loss_other_needs_words"
    says = N_("选「其他」请写明是什么")


@refusal
class NeverBought(Refused):
    code = "loss_never_bought"
    says = N_("这家客户没有向我们买过，谈不上流失")


def check_reason(reason: str, note: str) -> None:
    """Whether a reason can be kept. Raises NoSuchReason, OtherNeedsWords."""
    if reason not in REASONS:
        raise NoSuchReason(reason=reason)
    if reason == OTHER and not note.strip():
        raise OtherNeedsWords
