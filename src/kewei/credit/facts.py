"""What the credit room tells the house."""

from kewei.kernel.refusals import N_

# Surveys.
SURVEY_STARTED = "credit.survey_started"
SURVEY_HANDED_IN = "credit.survey_handed_in"
SURVEY_REVIEWED = "credit.survey_reviewed"
LIST_CHECKED = "credit.list_checked"

# Applications.
CREDIT_APPLIED = "credit.credit_applied"
OPINION_GIVEN = "credit.opinion_given"
APPLICATION_WITHDRAWN = "credit.application_withdrawn"
APPLICATION_ESCALATED = "credit.application_escalated"

# Headroom, limits, securities, holds, findings.
HEADROOM_MOVED = "credit.headroom_moved"
LIMIT_GRANTED = "credit.limit_granted"
LIMIT_ENDED = "credit.limit_ended"
HOLD_PLACED = "credit.hold_placed"
HOLD_LIFTED = "credit.hold_lifted"
SECURITY_RECORDED = "credit.security_recorded"
SECURITY_ENDED = "credit.security_ended"
SECURITY_PAPER_KEPT = "credit.security_paper_kept"
FINDING_OPENED = "credit.finding_opened"
FINDING_CLOSED = "credit.finding_closed"
CONDUCT_NOTED = "credit.conduct_noted"

# After one of these, an order of the customer may pass that did not, or the other way round.
CHANGE_WHAT_IS_LENT = (LIMIT_GRANTED, LIMIT_ENDED, HOLD_PLACED, HOLD_LIFTED, SECURITY_RECORDED, SECURITY_ENDED)

# Scores.
GRADES_MADE = "credit.grades_made"
SCORED = "credit.scored"
REGRADE_ASKED = "credit.regrade_asked"

STAGES_FOLLOWED = "credit.stages_followed"

# What people read for each of them.
SAYS: dict[str, str] = {
    SURVEY_STARTED: N_("开始信用调查"),
    SURVEY_HANDED_IN: N_("提交信用调查表"),
    SURVEY_REVIEWED: N_("复核信用调查表"),
    LIST_CHECKED: N_("红线查询"),
    CREDIT_APPLIED: N_("授信申请"),
    OPINION_GIVEN: N_("授信审批意见"),
    APPLICATION_WITHDRAWN: N_("撤回授信申请"),
    APPLICATION_ESCALATED: N_("授信审批超时上报"),
    HEADROOM_MOVED: N_("额度占用变动"),
    LIMIT_GRANTED: N_("授信额度生效"),
    LIMIT_ENDED: N_("授信额度结束"),
    GRADES_MADE: N_("批量信用评分"),
    SCORED: N_("信用评分"),
    REGRADE_ASKED: N_("要求全部重新评分"),
    HOLD_PLACED: N_("停止赊销"),
    HOLD_LIFTED: N_("恢复赊销"),
    SECURITY_RECORDED: N_("登记担保"),
    SECURITY_ENDED: N_("结束担保"),
    SECURITY_PAPER_KEPT: N_("添加担保扫描件"),
    FINDING_OPENED: N_("预警"),
    FINDING_CLOSED: N_("关闭预警"),
    CONDUCT_NOTED: N_("记录信用行为"),
    STAGES_FOLLOWED: N_("催收阶段联动"),
}
