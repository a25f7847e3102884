"""What the sales room tells the house."""

from kewei.kernel.refusals import N_

SALES_POSTED = "sales.sales_posted"
SALES_REVERSED = "sales.sales_reversed"
MONTHS_PREPARED = "sales.months_prepared"
LOSS_TOLD = "sales.loss_told"
HABITS_RECKONED = "sales.habits_reckoned"

# What people read for each of them.
SAYS: dict[str, str] = {
    SALES_POSTED: N_("登记销售"),
    SALES_REVERSED: N_("冲回销售"),
    MONTHS_PREPARED: N_("汇总月度销售"),
    LOSS_TOLD: N_("登记流失原因"),
    HABITS_RECKONED: N_("计算购买习惯"),
}
