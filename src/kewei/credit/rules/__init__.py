"""What is decided about credit, by topic; every policy of the room."""

from kewei.credit.rules.applications import AUTHORITY
from kewei.credit.rules.bills import BILLS
from kewei.credit.rules.holds import HOLDS
from kewei.credit.rules.limits import LIMIT
from kewei.credit.rules.reviews import REVIEWS
from kewei.credit.rules.securities import SECURITIES
from kewei.credit.rules.sheets import POLICIES as SCORING
from kewei.credit.rules.survey import OUTLOOK, SURVEY
from kewei.credit.rules.terms import STATUTORY, TERMS
from kewei.credit.rules.watching import WATCH
from kewei.kernel.refusals import N_

POLICIES = (
    SURVEY,
    OUTLOOK,
    *SCORING,
    LIMIT,
    TERMS,
    STATUTORY,
    AUTHORITY,
    BILLS,
    HOLDS,
    REVIEWS,
    SECURITIES,
    WATCH,
)

FINDINGS: dict[str, str] = {
    "score_replay": N_("评分不能按其版本重算一致"),
    "score_without_policy": N_("评分没有记下它所依据的政策版本"),
    "account_differs": N_("信用账户的占用与占用变动之和不符"),
    "account_reservations_differ": N_("信用账户的占用与各订单占用之和不符"),
    "reservation_sum_differs": N_("订单占用与它的占用变动之和不符"),
    "account_grade": N_("信用账户的等级与最近一次评分不符"),
}
