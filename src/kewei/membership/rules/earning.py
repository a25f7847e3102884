"""What may be done with points and coupons beyond the ledger itself: adjustments by hand, discounts on an invoice."""

from __future__ import annotations

from kewei.kernel.refusals import N_, Refused, refusal


@refusal
class MonthNotOver(Refused):
    code = "membership_month_not_over"
    says = N_("{month} 还没有结束，不能结算积分")


@refusal
class AdjustTooLarge(Refused):
    code = "adjust_too_large"
    says = N_("一次手工增加不超过 {most} 分，这次 {wanted} 分")
    next_step = N_("请由有合规审批权的人登记")


@refusal
class InvoiceDetails(Refused):
    code = "coupon_invoice_details"
    says = N_("红字发票须指明原发票；开新发票须写明折前金额与到期日")


@refusal
class DiscountTooLarge(Refused):
    code = "discount_too_large"
    says = N_("折扣 {discount_fen} 元须小于折前金额 {gross_fen} 元")


def check_adjustment(points: int, most: int, approves: bool) -> None:
    """A gift by hand has a bound, unless whoever books it may approve. Raises AdjustTooLarge."""
    if points > most and not approves:
        raise AdjustTooLarge(most=most, wanted=points)


def discounted(gross_fen: int, discount_fen: int) -> int:
    """What an invoice comes to after its discount line, fen. Raises DiscountTooLarge."""
    if discount_fen >= gross_fen:
        raise DiscountTooLarge(discount_fen=discount_fen, gross_fen=gross_fen)
    return gross_fen - discount_fen
