"""权益: what a benefit must say before the table of conduct is asked, and how its approvals decide it."""

from __future__ import annotations

from collections.abc import Iterable

from kewei.kernel.money import MAX_FEN
from kewei.kernel.refusals import N_, Refused, refusal

WAITING, GRANTED, TURNED_DOWN, WITHDRAWN = "waiting", "granted", "refused", "withdrawn"
STATES: dict[str, str] = {
    WAITING: N_("待审批"),
    GRANTED: N_("已批准"),
    TURNED_DOWN: N_("未批准"),
    WITHDRAWN: N_("已撤回"),
}
TONES: dict[str, str] = {WAITING: "warn", GRANTED: "ok", TURNED_DOWN: "bad", WITHDRAWN: "quiet"}


@refusal
class BenefitSaysLittle(Refused):
    code = "benefit_says_little"
    says = N_("请写明{field}")


@refusal
class BenefitDecided(Refused):
    code = "benefit_decided"
    says = N_("这项权益已有结论：{found}")
    status = 409


@refusal
class NotAsked(Refused):
    code = "benefit_side_not_asked"
    says = N_("这项权益不需要{note}的意见，或已经给过")
    status = 409


@refusal
class WithdrawOthers(Refused):
    code = "benefit_withdraw_others"
    says = N_("只有提出的人能撤回")


@refusal
class CouponAmount(Refused):
    code = "coupon_amount"
    says = N_("价格优惠的金额须大于零")


def check_wanted(words: str, ground: str, fen: int, price: bool) -> None:
    """Every benefit has words and a legal ground; a price benefit has an amount. Raises BenefitSaysLittle, CouponAmount."""
    if not words.strip():
        raise BenefitSaysLittle(field=N_("内容"))
    if not ground.strip():
        raise BenefitSaysLittle(field=N_("法律依据"))
    if not 0 <= fen <= MAX_FEN or (price and not fen):
        raise CouponAmount


def state_after(sides: Iterable[str], given: Iterable[tuple[str, bool]]) -> str:
    """The state after these opinions (side, agrees): one no is a no, granted once every side has agreed."""
    said = dict(given)
    if not all(said.values()):
        return TURNED_DOWN
    return GRANTED if set(sides) <= set(said) else WAITING
