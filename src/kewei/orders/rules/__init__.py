"""What is decided about orders, by topic; every policy of the room."""

from kewei.kernel.refusals import N_
from kewei.orders.rules.authority import AUTHORITY
from kewei.orders.rules.gate import GATE

POLICIES = (GATE, AUTHORITY)

FINDINGS: dict[str, str] = {
    "state_differs": N_("订单状态与最后一条状态记录不符"),
    "reservation_differs": N_("订单占用与未开票的发货金额不符"),
    "reservation_without_order": N_("占用没有对应的在途订单"),
    "verdict_differs": N_("关口结论按当日政策重算不符"),
}
