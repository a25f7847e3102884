"""Tables of orders: the order and its lines, states and verdicts append-only, deliveries, invoices, returns, prices."""

from kewei.orders.models.deliveries import (
    Delivery,
    DeliveryLine,
    Handover,
    OrderInvoice,
    Return,
    ReturnLine,
    SignedReceipt,
)
from kewei.orders.models.orders import Order, OrderLine, OrderState, SpecialRelease, Verdict
from kewei.orders.models.prices import Price

__all__ = [
    "Delivery",
    "DeliveryLine",
    "Handover",
    "Order",
    "OrderInvoice",
    "OrderLine",
    "OrderState",
    "Price",
    "Return",
    "ReturnLine",
    "SignedReceipt",
    "SpecialRelease",
    "Verdict",
]
