"""What is decided about sell-through, by topic."""

from kewei.flows.rules.months import MONTH
from kewei.flows.rules.sampling import SAMPLE
from kewei.kernel.refusals import N_

POLICIES = [MONTH, SAMPLE]

FINDINGS: dict[str, str] = {
    "flow_digest_differs": N_("已冻结月份的用量与冻结时不符"),
    "flow_sales_differ": N_("登记到销售的流向用量与月份不符"),
}
