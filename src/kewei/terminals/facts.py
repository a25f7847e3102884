"""What the terminals room tells the house."""

from kewei.kernel.refusals import N_

TERMINAL_ADDED = "terminals.terminal_added"
TERMINAL_CHANGED = "terminals.terminal_changed"
TERMINAL_CLOSED = "terminals.terminal_closed"
TERMINAL_REOPENED = "terminals.terminal_reopened"
TERMINALS_IMPORTED = "terminals.terminals_imported"
LINK_MADE = "terminals.link_made"
LINK_ENDED = "terminals.link_ended"
ALIAS_ADDED = "terminals.alias_added"
ALIAS_ENDED = "terminals.alias_ended"
CONTACT_ADDED = "terminals.contact_added"
CONTACT_ENDED = "terminals.contact_ended"
LICENCE_RECORDED = "terminals.licence_recorded"
LICENCE_ENDED = "terminals.licence_ended"
SETTLEMENT_SET = "terminals.settlement_set"
AUTHORISED_ADDED = "terminals.authorised_added"
AUTHORISED_ENDED = "terminals.authorised_ended"
AUTHORISED_PAPER_KEPT = "terminals.authorised_paper_kept"
LICENCE_VERIFIED = "terminals.licence_verified"
LICENCE_SUSPENDED = "terminals.licence_suspended"
LICENCE_UNSUSPENDED = "terminals.licence_unsuspended"
LICENCE_IMAGE_ADDED = "terminals.licence_image_added"
VETO_PLACED = "terminals.veto_placed"
VETO_LIFTED = "terminals.veto_lifted"
LICENCES_IMPORTED = "terminals.licences_imported"
LICENCES_IMPORT_UNDONE = "terminals.licences_import_undone"
IMPORT_UNDONE = "terminals.import_undone"
PROSPECT_REGISTERED = "terminals.prospect_registered"
PROSPECT_CHANGED = "terminals.prospect_changed"
STAGE_SET = "terminals.stage_set"
PROSPECT_WON = "terminals.prospect_won"
PROSPECT_DROPPED = "terminals.prospect_dropped"
NEXT_ACTION_SET = "terminals.next_action_set"
NEXT_ACTION_DONE = "terminals.next_action_done"
PROSPECT_CLAIMED = "terminals.prospect_claimed"
PROSPECT_GIVEN_BACK = "terminals.prospect_given_back"
PROSPECT_RETURNED = "terminals.prospect_returned"
TWINS_LOOKED_FOR = "terminals.twins_looked_for"
TWINS_APART = "terminals.twins_apart"
TERMINALS_MERGED = "terminals.terminals_merged"
MERGE_UNDONE = "terminals.merge_undone"
WHITE_SPACE_IMPORTED = "terminals.white_space_imported"
POTENTIAL_SET = "terminals.potential_set"
POTENTIALS_SET = "terminals.potentials_set"
TARGET_SET = "terminals.target_set"

# After one of these, an order of the customer may pass that did not, or the other way round.
CHANGE_WHAT_MAY_BE_SOLD = (
    TERMINAL_CHANGED,
    TERMINAL_CLOSED,
    TERMINAL_REOPENED,
    LICENCE_RECORDED,
    LICENCE_ENDED,
    LICENCE_VERIFIED,
    LICENCE_SUSPENDED,
    LICENCE_UNSUSPENDED,
    AUTHORISED_ADDED,
    AUTHORISED_ENDED,
    VETO_PLACED,
    VETO_LIFTED,
    TERMINALS_MERGED,
    MERGE_UNDONE,
)

# After one of these, somebody may see other terminals than before, or more of them.
CHANGE_WHO_SEES_WHAT = (
    TERMINAL_ADDED,
    TERMINAL_CHANGED,
    TERMINAL_CLOSED,
    TERMINAL_REOPENED,
    TERMINALS_IMPORTED,
    IMPORT_UNDONE,
    LINK_MADE,
    LINK_ENDED,
    WHITE_SPACE_IMPORTED,
    PROSPECT_CLAIMED,
    PROSPECT_GIVEN_BACK,
    PROSPECT_RETURNED,
    TERMINALS_MERGED,
    MERGE_UNDONE,
)

# After one of these, a card may be called or placed otherwise, have another number of a paper, or be another card.
CHANGE_WHO_IS_CALLED_WHAT = (
    TERMINAL_ADDED,
    TERMINAL_CHANGED,
    TERMINALS_IMPORTED,
    IMPORT_UNDONE,
    ALIAS_ADDED,
    ALIAS_ENDED,
    LICENCE_RECORDED,
    LICENCES_IMPORTED,
    LICENCES_IMPORT_UNDONE,
    PROSPECT_REGISTERED,
    PROSPECT_CHANGED,
    WHITE_SPACE_IMPORTED,
    TERMINALS_MERGED,
    MERGE_UNDONE,
)

# How a customer is being won: with the amounts expected of it, which an MR is not told (domain 4.4).
ABOUT_PROSPECTS = (
    PROSPECT_REGISTERED,
    PROSPECT_CHANGED,
    STAGE_SET,
    PROSPECT_WON,
    PROSPECT_DROPPED,
    NEXT_ACTION_SET,
    NEXT_ACTION_DONE,
    PROSPECT_CLAIMED,
    PROSPECT_GIVEN_BACK,
    PROSPECT_RETURNED,
    POTENTIAL_SET,
)

# What people read for each of them.
SAYS: dict[str, str] = {
    TERMINAL_ADDED: N_("建档"),
    TERMINAL_CHANGED: N_("修改档案"),
    TERMINAL_CLOSED: N_("停用终端"),
    TERMINAL_REOPENED: N_("恢复终端"),
    TERMINALS_IMPORTED: N_("导入终端"),
    LINK_MADE: N_("分配人员"),
    LINK_ENDED: N_("解除人员"),
    ALIAS_ADDED: N_("添加别名"),
    ALIAS_ENDED: N_("停用别名"),
    CONTACT_ADDED: N_("添加联系人"),
    CONTACT_ENDED: N_("停用联系人"),
    LICENCE_RECORDED: N_("登记证照"),
    LICENCE_ENDED: N_("停用证照"),
    SETTLEMENT_SET: N_("设定结算日历"),
    AUTHORISED_ADDED: N_("登记授权人员"),
    AUTHORISED_ENDED: N_("停用授权人员"),
    AUTHORISED_PAPER_KEPT: N_("添加授权书或印章式样"),
    LICENCE_VERIFIED: N_("核验证照"),
    LICENCE_SUSPENDED: N_("证照暂停或吊销"),
    LICENCE_UNSUSPENDED: N_("证照恢复"),
    LICENCE_IMAGE_ADDED: N_("添加证照扫描件"),
    VETO_PLACED: N_("质管否决"),
    VETO_LIFTED: N_("解除质管否决"),
    LICENCES_IMPORTED: N_("导入证照"),
    LICENCES_IMPORT_UNDONE: N_("撤销证照导入"),
    IMPORT_UNDONE: N_("撤销终端导入"),
    PROSPECT_REGISTERED: N_("登记潜在客户"),
    PROSPECT_CHANGED: N_("修改潜在客户资料"),
    STAGE_SET: N_("推进开发阶段"),
    PROSPECT_WON: N_("潜在客户转正"),
    PROSPECT_DROPPED: N_("放弃潜在客户"),
    NEXT_ACTION_SET: N_("安排下次行动"),
    NEXT_ACTION_DONE: N_("完成下次行动"),
    PROSPECT_CLAIMED: N_("领取潜在客户"),
    PROSPECT_GIVEN_BACK: N_("退回公海"),
    PROSPECT_RETURNED: N_("闲置退回公海"),
    TWINS_LOOKED_FOR: N_("查找重复客户"),
    TWINS_APART: N_("判定不是重复"),
    TERMINALS_MERGED: N_("合并客户"),
    MERGE_UNDONE: N_("撤销合并"),
    WHITE_SPACE_IMPORTED: N_("导入公开名录"),
    POTENTIAL_SET: N_("判定潜力级"),
    POTENTIALS_SET: N_("重算潜力级"),
    TARGET_SET: N_("设定开发目标"),
}
