"""What can be done with orders: every public verb of the room."""

from kewei.orders.actions.delivering import deliver, hand_over, invoice_delivery, keep_receipt, take_back
from kewei.orders.actions.files import import_orders, import_prices, undo_import_orders, undo_import_prices
from kewei.orders.actions.placing import (
    cancel_order,
    let_lapse,
    place_order,
    recheck_order,
    release_order,
    release_specially,
)
from kewei.orders.actions.prices import end_price, set_price

__all__ = [
    "cancel_order",
    "deliver",
    "end_price",
    "hand_over",
    "import_orders",
    "import_prices",
    "invoice_delivery",
    "keep_receipt",
    "let_lapse",
    "place_order",
    "recheck_order",
    "release_order",
    "release_specially",
    "set_price",
    "take_back",
    "undo_import_orders",
    "undo_import_prices",
]
