"""What the campaigns room tells the house."""

from kewei.kernel.refusals import N_

PROPOSED = "campaigns.proposed"
CHANGED = "campaigns.changed"
COMPOSED = "campaigns.composed"
TERMINAL_ADDED = "campaigns.terminal_added"
TERMINAL_TAKEN_OFF = "campaigns.terminal_taken_off"
HANDED_IN = "campaigns.handed_in"
OPINION_GIVEN = "campaigns.opinion_given"
STARTED = "campaigns.started"
WITHDRAWN = "campaigns.withdrawn"
CLOSED = "campaigns.closed"
COST_NOTED = "campaigns.cost_noted"
VISIT_COUNTED = "campaigns.visit_counted"
# Materials.
MATERIAL_MADE = "campaigns.material_made"
MATERIAL_VERSION_ADDED = "campaigns.material_version_added"
MATERIAL_JUDGED = "campaigns.material_judged"
MATERIAL_USED = "campaigns.material_used"

# What people read for each of them.
SAYS: dict[str, str] = {
    PROPOSED: N_("提出重点产品活动"),
    CHANGED: N_("修改活动"),
    COMPOSED: N_("生成重点名单"),
    TERMINAL_ADDED: N_("加入重点名单"),
    TERMINAL_TAKEN_OFF: N_("移出重点名单"),
    HANDED_IN: N_("活动提交合规"),
    OPINION_GIVEN: N_("合规意见"),
    STARTED: N_("活动开始"),
    WITHDRAWN: N_("撤回活动"),
    CLOSED: N_("活动完结"),
    COST_NOTED: N_("活动费用"),
    VISIT_COUNTED: N_("为活动拜访"),
    MATERIAL_MADE: N_("登记宣传材料"),
    MATERIAL_VERSION_ADDED: N_("登记材料版本"),
    MATERIAL_JUDGED: N_("材料审核"),
    MATERIAL_USED: N_("活动选用材料"),
}
