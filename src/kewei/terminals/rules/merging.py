"""What stands in the way of making two cards one, and of making them two again."""

from __future__ import annotations

from kewei.kernel.refusals import N_, Refused, refusal


@refusal
class MergeWithItself(Refused):
    code = "merge_with_itself"
    says = N_("不能把一张卡合并到它自己")


@refusal
class AlreadyMerged(Refused):
    code = "already_merged"
    says = N_("{name} 已合并到另一张卡")
    next_step = N_("请先撤销原来的合并，或直接合并到最终的那张卡")
    status = 409


@refusal
class CreditCodesDiffer(Refused):
    code = "credit_codes_differ"
    says = N_("两张卡的统一社会信用代码不同（{one}、{other}），是两个法人，不能合并")
    next_step = N_("如属同一集团，请把其中一家设为另一家的上级机构；如有一个代码登记错误，请先改正")


@refusal
class MergeWhyMissing(Refused):
    code = "merge_why_missing"
    says = N_("请写明合并的依据")


@refusal
class NotMerged(Refused):
    code = "merge_already_undone"
    says = N_("这次合并已经撤销")
    status = 409


@refusal
class PairDecided(Refused):
    code = "pair_already_decided"
    says = N_("这一对已经处理过")
    status = 409


def check_merge(
    kept: int, merged: int, names: tuple[str, str], codes: tuple[str | None, str | None], live: set[int], why: str
) -> None:
    """Whether one card may stand for another; `live` are cards already merged into others.

    `names` and `codes` are those of the kept and the merged card. Raises MergeWithItself, AlreadyMerged,
    CreditCodesDiffer, MergeWhyMissing.
    """
    if kept == merged:
        raise MergeWithItself
    for pk, name in zip((kept, merged), names, strict=True):
        if pk in live:
            raise AlreadyMerged(name=name)
    if codes[0] and codes[1] and codes[0] != codes[1]:
        raise CreditCodesDiffer(one=codes[0], other=codes[1])
    if not why.strip():
        raise MergeWhyMissing
