"""What the visits room tells the house."""

from kewei.kernel.refusals import N_

# Wishes, plans.
PATTERN_SET = "visits.pattern_set"
ABSENCE_NOTED = "visits.absence_noted"
WAYS_IMPORTED = "visits.ways_imported"
WAYS_TAKEN_BACK = "visits.ways_taken_back"
RHYTHM_SET = "visits.rhythm_set"
WISHES_GATHERED = "visits.wishes_gathered"
WISHED = "visits.wished"
PLANNING_ASKED = "visits.planning_asked"
PLAN_MADE = "visits.plan_made"
PLAN_REPLANNED = "visits.plan_replanned"
PLAN_MOVED_ON = "visits.plan_moved_on"
STOP_SET = "visits.stop_set"
STOP_MOVED = "visits.stop_moved"
STOP_CANCELLED = "visits.stop_cancelled"
# Visits.
CHECKLIST_SIGNED = "visits.checklist_signed"
CHECKED_IN = "visits.checked_in"
COMPANION_JOINED = "visits.companion_joined"
REPORTED = "visits.reported"
CORRECTED = "visits.corrected"
PHOTO_ADDED = "visits.photo_added"
FULL_PHOTO_CAME = "visits.full_photo_came"
REMARKED = "visits.remarked"
PLACES_FORGOTTEN = "visits.places_forgotten"
ADVERSE_HINT = "visits.adverse_hint"
ADVERSE_REPORTED = "visits.adverse_reported"

# What people read for each of them.
SAYS: dict[str, str] = {
    PATTERN_SET: N_("设定作业安排"),
    ABSENCE_NOTED: N_("登记请假、会议"),
    WAYS_IMPORTED: N_("导入行程表"),
    WAYS_TAKEN_BACK: N_("撤销行程表导入"),
    RHYTHM_SET: N_("设定拜访频率"),
    WISHES_GATHERED: N_("汇集拜访理由"),
    WISHED: N_("提出拜访理由"),
    PLANNING_ASKED: N_("要求排计划"),
    PLAN_MADE: N_("生成拜访计划"),
    PLAN_REPLANNED: N_("重新排程"),
    PLAN_MOVED_ON: N_("计划状态变更"),
    STOP_SET: N_("安排拜访"),
    STOP_MOVED: N_("改期拜访"),
    STOP_CANCELLED: N_("取消拜访"),
    CHECKLIST_SIGNED: N_("出发前检核签字"),
    CHECKED_IN: N_("拜访签到"),
    COMPANION_JOINED: N_("协访"),
    REPORTED: N_("提交拜访记录"),
    CORRECTED: N_("更正拜访记录"),
    PHOTO_ADDED: N_("添加照片"),
    FULL_PHOTO_CAME: N_("原图到达"),
    REMARKED: N_("经理点评"),
    PLACES_FORGOTTEN: N_("清除到期的签到位置"),
    ADVERSE_HINT: N_("不良反应线索"),
    ADVERSE_REPORTED: N_("不良反应已上报"),
}
