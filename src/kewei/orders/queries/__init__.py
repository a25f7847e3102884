"""Questions about orders, by topic; the first argument is the person who asks."""

from kewei.orders.queries.cases import price_of, try_order
from kewei.orders.queries.checks import findings
from kewei.orders.queries.files import export_order_lines, export_prices, plan_orders, plan_prices
from kewei.orders.queries.orders import (
    all_waiting,
    awaiting_release,
    count_by_state,
    delivery,
    delivery_for,
    export_rows,
    find_orders,
    list_deliveries,
    list_orders,
    open_orders_of,
    open_orders_with,
    order,
    order_for,
    placers,
    refusal_counts,
    replay,
    returns_of,
    verdict_case,
    verdicts_of,
)
from kewei.orders.queries.prices import list_prices, price_card, price_for

__all__ = [
    "all_waiting",
    "awaiting_release",
    "count_by_state",
    "delivery",
    "delivery_for",
    "export_order_lines",
    "export_prices",
    "export_rows",
    "find_orders",
    "findings",
    "list_deliveries",
    "list_orders",
    "list_prices",
    "open_orders_of",
    "open_orders_with",
    "order",
    "order_for",
    "placers",
    "plan_orders",
    "plan_prices",
    "price_card",
    "price_for",
    "price_of",
    "refusal_counts",
    "replay",
    "returns_of",
    "try_order",
    "verdict_case",
    "verdicts_of",
]
