"""What is decided about membership, by topic; every policy of the room."""

from typing import Any

from kewei.kernel.policies import Policy
from kewei.kernel.refusals import N_
from kewei.membership.rules.conduct import LIMITS
from kewei.membership.rules.programmes import ENROLLING
from kewei.membership.rules.usage import USAGE

POLICIES: tuple[Policy[Any], ...] = (ENROLLING, LIMITS, USAGE)

# What `kewei check` may find in the ledger of points and coupons.
FINDINGS: dict[str, str] = {
    "membership_movement_unbalanced": N_("一笔积分变动的分录合计不为零"),
    "membership_lot_differs": N_("一批积分或券的剩余与分录不符"),
    "membership_balance_differs": N_("会员余额与分录不符"),
    "membership_below_nought": N_("应付权益为负"),
}
