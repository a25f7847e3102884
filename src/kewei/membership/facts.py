"""What the membership room tells the house."""

from kewei.kernel.refusals import N_

# Programmes and members.
PROGRAMME_PROPOSED = "membership.programme_proposed"
PROGRAMME_DECIDED = "membership.programme_decided"
PROGRAMME_ENDED = "membership.programme_ended"
RULES_PROPOSED = "membership.rules_proposed"
RULES_DECIDED = "membership.rules_decided"
ENROLLED = "membership.enrolled"
ENROLMENT_ENDED = "membership.enrolment_ended"
TIER_MOVED = "membership.tier_moved"
TIERS_REVIEWED = "membership.tiers_reviewed"
# Points and coupons.
POINTS_EARNED = "membership.points_earned"
POINTS_ADJUSTED = "membership.points_adjusted"
COUPON_ISSUED = "membership.coupon_issued"
PRICE_BENEFIT_USED = "membership.price_benefit_used"
EXPIRED = "membership.expired"
MOVEMENT_REVERSED = "membership.movement_reversed"
MONTH_EARNED = "membership.month_earned"
# Benefits.
BENEFIT_WANTED = "membership.benefit_wanted"
BENEFIT_BLOCKED = "membership.benefit_blocked"
BENEFIT_DECIDED = "membership.benefit_decided"
BENEFIT_WITHDRAWN = "membership.benefit_withdrawn"
# Clubs, councils, services.
CLUB_FOUNDED = "membership.club_founded"
CLUB_JOINED = "membership.club_joined"
CLUB_LEFT = "membership.club_left"
CLUB_ENDED = "membership.club_ended"
MEETING_PROPOSED = "membership.meeting_proposed"
MEETING_DECIDED = "membership.meeting_decided"
MEETING_CLOSED = "membership.meeting_closed"
CAME = "membership.came"
MINUTES_KEPT = "membership.minutes_kept"
MEETING_ACTION_SET = "membership.meeting_action_set"
MEETING_ACTION_DONE = "membership.meeting_action_done"
MEETING_COST = "membership.meeting_cost"
SERVICE_ASKED = "membership.service_asked"
SERVICE_DONE = "membership.service_done"
STOCK_TOLD = "membership.stock_told"
# Files.
POINTS_IMPORTED = "membership.points_imported"
POINTS_TAKEN_BACK = "membership.points_taken_back"
BENEFITS_IMPORTED = "membership.benefits_imported"
STOCK_IMPORTED = "membership.stock_imported"
STOCK_IMPORT_UNDONE = "membership.stock_import_undone"
BENEFITS_TAKEN_BACK = "membership.benefits_taken_back"

# What people read for each of them.
SAYS: dict[str, str] = {
    PROGRAMME_PROPOSED: N_("提出会员计划"),
    PROGRAMME_DECIDED: N_("决定会员计划"),
    PROGRAMME_ENDED: N_("结束会员计划"),
    RULES_PROPOSED: N_("提出会员规则"),
    RULES_DECIDED: N_("决定会员规则"),
    ENROLLED: N_("入会"),
    ENROLMENT_ENDED: N_("退会"),
    TIER_MOVED: N_("会员等级变动"),
    TIERS_REVIEWED: N_("复核会员等级"),
    POINTS_EARNED: N_("积分入账"),
    POINTS_ADJUSTED: N_("手工调整积分"),
    COUPON_ISSUED: N_("积分换券"),
    PRICE_BENEFIT_USED: N_("价格优惠入票"),
    EXPIRED: N_("积分、券到期失效"),
    MOVEMENT_REVERSED: N_("冲销积分变动"),
    MONTH_EARNED: N_("结算当月积分"),
    BENEFIT_WANTED: N_("提出会员权益"),
    BENEFIT_BLOCKED: N_("拦下违规权益"),
    BENEFIT_DECIDED: N_("审批会员权益"),
    BENEFIT_WITHDRAWN: N_("撤回会员权益"),
    CLUB_FOUNDED: N_("成立友会"),
    CLUB_JOINED: N_("加入友会"),
    CLUB_LEFT: N_("退出友会"),
    CLUB_ENDED: N_("解散友会"),
    MEETING_PROPOSED: N_("提出会议"),
    MEETING_DECIDED: N_("审批会议"),
    MEETING_CLOSED: N_("办结会议"),
    CAME: N_("登记出席"),
    MINUTES_KEPT: N_("登记纪要"),
    MEETING_ACTION_SET: N_("会议行动"),
    MEETING_ACTION_DONE: N_("完成会议行动"),
    MEETING_COST: N_("登记会议费用"),
    SERVICE_ASKED: N_("提出服务"),
    SERVICE_DONE: N_("完成服务"),
    STOCK_TOLD: N_("登记终端库存"),
    POINTS_IMPORTED: N_("导入积分调整"),
    POINTS_TAKEN_BACK: N_("撤销积分调整导入"),
    BENEFITS_IMPORTED: N_("导入会员权益"),
    STOCK_IMPORTED: N_("导入终端库存"),
    STOCK_IMPORT_UNDONE: N_("撤销终端库存导入"),
    BENEFITS_TAKEN_BACK: N_("撤销会员权益导入"),
}
