"""发货、签收、开票、退货: what each needs."""

from __future__ import annotations

from datetime import date, timedelta

from kewei.kernel.calendar import month_end
from kewei.kernel.refusals import N_, Refused, refusal


@refusal
class AlreadyHandedOver(Refused):
    code = "already_handed_over"
    says = N_("发货单 {number} 已经签收")
    status = 409


@refusal
class NotHandedOver(Refused):
    code = "not_handed_over"
    says = N_("发货单 {number} 还没有签收")
    next_step = N_("请先登记签收，签收单可以一并上传")
    status = 409


@refusal
class ReceiverNotAuthorised(Refused):
    code = "receiver_not_authorised"
    says = N_("{name} 没有有效的收货授权：授权委托书缺失、未填期限或已过期")
    next_step = N_("请换有授权的人签收，或先更新授权人员")


@refusal
class NothingToInvoice(Refused):
    code = "nothing_to_invoice"
    says = N_("发货单 {number} 没有可开票的货：未发货或已开票的不能再开")
    status = 409


@refusal
class MoreThanDelivered(Refused):
    code = "more_than_delivered"
    says = N_("{product} 只发了 {delivered}，已退 {returned}，不能再退 {wanted}")
    status = 409


@refusal
class NeedsRedLetter(Refused):
    code = "return_needs_red_letter"
    says = N_("这些货已开票，退货须填红字发票号")


@refusal
class NeedsBatch(Refused):
    code = "delivery_needs_batch"
    says = N_("第 {place} 行须填批号：销售记录要能追溯")


@refusal
class Expired(Refused):
    code = "delivery_of_expired_goods"
    says = N_("第 {place} 行批号 {batch} 已于 {expires_on} 过期，不能发货")


@refusal
class BeforeDelivery(Refused):
    code = "before_delivery"
    says = N_("日期 {day} 早于发货日 {delivered_on}")


def check_shipped(place: int, batch: str, expires_on: date | None, on: date) -> None:
    """A batch that can be traced and is still good (domain 4.1). Raises NeedsBatch, Expired."""
    if not batch.strip():
        raise NeedsBatch(place=place)
    if expires_on is not None and expires_on < on:
        raise Expired(place=place, batch=batch, expires_on=expires_on)


def due_date(invoice_date: date, delivered_on: date, term_days: int, start: str) -> date:
    """When an invoice from a delivery is due: so many days from the start the customer's settlement says (domain 2.2)."""
    first = {
        "delivery": delivered_on,
        "accepted": delivered_on,
        "next_month": month_end(invoice_date),
    }.get(start, invoice_date)
    return max(first + timedelta(days=term_days), invoice_date)


def back_fen(whole_fen: int, whole_milli: int, before_milli: int, more_milli: int) -> int:
    """The worth of what comes back of a delivered line; parts add up to the whole."""
    after = before_milli + more_milli
    return whole_fen * after // whole_milli - whole_fen * before_milli // whole_milli
