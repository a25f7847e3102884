"""What is decided about sell-through, by topic."""

from kewei.flows.rules.months import MONTH
from kewei.flows.rules.sampling import SAMPLE
from kewei.kernel.refusals import N_

POLICIES = [MONTH, SAMPLE]

FINDINGS: dict[str, str] = {
    "flow_digest_differs": N_("已冻结月份的用量与冻结时不符"),
    "flow_sales_differ": N_("登记到销售的流向用量与月份不符"),
    "flow_lake_missing": N_("流向明细文件不见了"),
    "flow_lake_differs": N_("流向明细文件与登记时不符"),
    "flow_lake_unbalanced": N_("流向明细的行或数量与登记时不符"),
    "flow_lake_unnamed": N_("没有登记的流向明细文件，可删除"),
}
