"""What the room of key accounts tells the house."""

from kewei.kernel.refusals import N_

PLAN_STARTED = "keyaccounts.plan_started"
PLAN_WRITTEN = "keyaccounts.plan_written"
PLAN_MOVED_ON = "keyaccounts.plan_moved_on"
PROGRESS_NOTED = "keyaccounts.progress_noted"
REVIEWED = "keyaccounts.reviewed"
EFFORTS_NOTED = "keyaccounts.efforts_noted"

# What people read for each of them.
SAYS: dict[str, str] = {
    PLAN_STARTED: N_("开始大客户计划"),
    PLAN_WRITTEN: N_("改写大客户计划"),
    PLAN_MOVED_ON: N_("大客户计划状态变更"),
    PROGRESS_NOTED: N_("登记行动进展"),
    REVIEWED: N_("大客户季度复盘"),
    EFFORTS_NOTED: N_("汇总拜访投入"),
}
