"""What the collecting room tells the house."""

from kewei.kernel.refusals import N_

# Cases, the ladder, the daily run.
CASE_OPENED = "collecting.case_opened"
CASE_CLOSED = "collecting.case_closed"
STAGE_REACHED = "collecting.stage_reached"
CONTACT_RECORDED = "collecting.contact_recorded"
REASON_NOTED = "collecting.reason_noted"
DAY_RUN = "collecting.day_run"
MEMBER_ADDED = "collecting.member_added"
MEMBER_LEFT = "collecting.member_left"
# Promises of customers, disputes, promises of ours.
PROMISE_MADE = "collecting.promise_made"
PROMISE_PART_PAID = "collecting.promise_part_paid"
PROMISE_KEPT = "collecting.promise_kept"
PROMISE_BROKEN = "collecting.promise_broken"
PROMISE_RESCHEDULED = "collecting.promise_rescheduled"
PROMISE_CANCELLED = "collecting.promise_cancelled"
REASONS_IMPORTED = "collecting.reasons_imported"
REASONS_IMPORT_UNDONE = "collecting.reasons_import_undone"
PROMISES_IMPORTED = "collecting.promises_imported"
PROMISES_IMPORT_UNDONE = "collecting.promises_import_undone"
DISPUTE_RAISED = "collecting.dispute_raised"
DISPUTE_TAKEN = "collecting.dispute_taken"
DISPUTE_RESOLVED = "collecting.dispute_resolved"
DISPUTE_CREDITED = "collecting.dispute_credited"
OUR_PROMISE_MADE = "collecting.our_promise_made"
OUR_PROMISE_ENDED = "collecting.our_promise_ended"

# Letters.
LETTERS_DRAFTED = "collecting.letters_drafted"
LETTER_DRAFTED = "collecting.letter_drafted"
LETTER_SEALED = "collecting.letter_sealed"
LETTER_NOT_SEALED = "collecting.letter_not_sealed"
LETTER_SENT = "collecting.letter_sent"
LETTER_ARRIVED = "collecting.letter_arrived"
LETTER_RETURNED = "collecting.letter_returned"
LETTER_DROPPED = "collecting.letter_dropped"
WORDING_EDITED = "collecting.wording_edited"

# Clocks.
CLOCK_RESTARTED = "collecting.clock_restarted"
CLOCK_EVENT_TAKEN_BACK = "collecting.clock_event_taken_back"
PROCEEDINGS_ENDED = "collecting.proceedings_ended"
GUARANTEE_CLAIMED = "collecting.guarantee_claimed"
# What was learnt from the ledger.
LEARNING_ASKED = "collecting.learning_asked"
CURVES_DRAWN = "collecting.curves_drawn"
PREDICTION_TRAINED = "collecting.prediction_trained"
LOSS_RECKONED = "collecting.loss_reckoned"
CASH_FORECAST = "collecting.cash_forecast"
# Evidence.
EVIDENCE_ADDED = "collecting.evidence_added"
EVIDENCE_ENDED = "collecting.evidence_ended"
EVIDENCE_PACKED = "collecting.evidence_packed"
# Worklist, tasks, costs, escalations, exits.
WORKLIST_RANKED = "collecting.worklist_ranked"
TASK_SET = "collecting.task_set"
TASK_CLOSED = "collecting.task_closed"
EXPENSE_NOTED = "collecting.expense_noted"
ESCALATED = "collecting.escalated"
EXIT_PROPOSED = "collecting.exit_proposed"
EXIT_DECIDED = "collecting.exit_decided"
WRITE_OFF_POSTED = "collecting.write_off_posted"
WRITE_OFF_CAME_BACK = "collecting.write_off_came_back"

# Things taken instead of money.
OFFSET_PROPOSED = "collecting.offset_proposed"
OFFSET_OPINION = "collecting.offset_opinion"
OFFSET_CANCELLED = "collecting.offset_cancelled"
OFFSET_PERFORMED = "collecting.offset_performed"
OFFSET_DISPOSED = "collecting.offset_disposed"

# What people read for each of them.
SAYS: dict[str, str] = {
    CASE_OPENED: N_("案件立案"),
    CASE_CLOSED: N_("案件结案"),
    STAGE_REACHED: N_("催收进到下一阶段"),
    CONTACT_RECORDED: N_("登记催收联系"),
    REASON_NOTED: N_("登记逾期原因"),
    DAY_RUN: N_("催收日程运行"),
    MEMBER_ADDED: N_("加入案件成员"),
    MEMBER_LEFT: N_("案件成员退出"),
    PROMISE_MADE: N_("登记承诺付款"),
    PROMISE_PART_PAID: N_("承诺部分履行"),
    PROMISE_KEPT: N_("承诺已履行"),
    PROMISE_BROKEN: N_("承诺失约"),
    PROMISE_RESCHEDULED: N_("承诺改期"),
    PROMISE_CANCELLED: N_("取消承诺"),
    REASONS_IMPORTED: N_("导入逾期原因"),
    REASONS_IMPORT_UNDONE: N_("撤销原因导入"),
    PROMISES_IMPORTED: N_("导入承诺"),
    PROMISES_IMPORT_UNDONE: N_("撤销承诺导入"),
    DISPUTE_RAISED: N_("登记争议"),
    DISPUTE_TAKEN: N_("受理争议"),
    DISPUTE_RESOLVED: N_("争议结论"),
    DISPUTE_CREDITED: N_("争议冲账"),
    OUR_PROMISE_MADE: N_("登记我方承诺"),
    OUR_PROMISE_ENDED: N_("我方承诺了结"),
    LETTERS_DRAFTED: N_("批量起草函件"),
    LETTER_DRAFTED: N_("起草函件"),
    LETTER_SEALED: N_("批准用印"),
    LETTER_NOT_SEALED: N_("不批准用印"),
    LETTER_SENT: N_("发出函件"),
    LETTER_ARRIVED: N_("函件送达"),
    LETTER_RETURNED: N_("函件退回"),
    LETTER_DROPPED: N_("作废函件"),
    WORDING_EDITED: N_("修改函件模板"),
    CLOCK_RESTARTED: N_("登记时效事件"),
    CLOCK_EVENT_TAKEN_BACK: N_("更正时效事件"),
    PROCEEDINGS_ENDED: N_("程序终结"),
    GUARANTEE_CLAIMED: N_("主张保证责任"),
    LEARNING_ASKED: N_("要求重新学习"),
    CURVES_DRAWN: N_("更新回款曲线"),
    PREDICTION_TRAINED: N_("训练迟付模型"),
    LOSS_RECKONED: N_("计算预期信用损失"),
    CASH_FORECAST: N_("预测十三周回款"),
    EVIDENCE_ADDED: N_("补充证据"),
    EVIDENCE_ENDED: N_("撤下证据"),
    EVIDENCE_PACKED: N_("交出证据包"),
    WORKLIST_RANKED: N_("今日催收排序"),
    TASK_SET: N_("安排催收任务"),
    TASK_CLOSED: N_("了结催收任务"),
    EXPENSE_NOTED: N_("催收费用"),
    ESCALATED: N_("催收升级"),
    EXIT_PROPOSED: N_("提出退出决定"),
    EXIT_DECIDED: N_("审批退出决定"),
    WRITE_OFF_POSTED: N_("核销入账"),
    WRITE_OFF_CAME_BACK: N_("核销收回"),
    OFFSET_PROPOSED: N_("提出抵债"),
    OFFSET_OPINION: N_("抵债意见"),
    OFFSET_CANCELLED: N_("取消抵债"),
    OFFSET_PERFORMED: N_("抵债交付"),
    OFFSET_DISPOSED: N_("抵债处置"),
}
