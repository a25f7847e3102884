"""What the orders room tells the house."""

from kewei.kernel.refusals import N_

ORDER_PLACED = "orders.order_placed"
ORDER_CHECKED = "orders.order_checked"
ORDER_RELEASED = "orders.order_released"
ORDER_RELEASED_SPECIALLY = "orders.order_released_specially"
ORDER_REFUSED = "orders.order_refused"
ORDER_LAPSED = "orders.order_lapsed"
ORDER_CANCELLED = "orders.order_cancelled"
GOODS_DELIVERED = "orders.goods_delivered"
GOODS_HANDED_OVER = "orders.goods_handed_over"
RECEIPT_KEPT = "orders.receipt_kept"
DELIVERY_INVOICED = "orders.delivery_invoiced"
GOODS_RETURNED = "orders.goods_returned"
PRICE_SET = "orders.price_set"
PRICE_ENDED = "orders.price_ended"
ORDERS_IMPORTED = "orders.orders_imported"
ORDERS_IMPORT_UNDONE = "orders.orders_import_undone"
PRICES_IMPORTED = "orders.prices_imported"
PRICES_IMPORT_UNDONE = "orders.prices_import_undone"

# What people read for each of them.
SAYS: dict[str, str] = {
    ORDER_PLACED: N_("下单"),
    ORDER_CHECKED: N_("订单复核"),
    ORDER_RELEASED: N_("订单放行"),
    ORDER_RELEASED_SPECIALLY: N_("订单特批"),
    ORDER_REFUSED: N_("关口不放"),
    ORDER_LAPSED: N_("订单占用超时"),
    ORDER_CANCELLED: N_("取消订单"),
    GOODS_DELIVERED: N_("发货"),
    GOODS_HANDED_OVER: N_("签收"),
    RECEIPT_KEPT: N_("补签收单"),
    DELIVERY_INVOICED: N_("按发货开票"),
    GOODS_RETURNED: N_("退货"),
    PRICE_SET: N_("登记价格"),
    PRICE_ENDED: N_("停用价格"),
    ORDERS_IMPORTED: N_("导入订单"),
    ORDERS_IMPORT_UNDONE: N_("撤销订单导入"),
    PRICES_IMPORTED: N_("导入价格"),
    PRICES_IMPORT_UNDONE: N_("撤销价格导入"),
}
