"""What the journal itself tells."""

from kewei.kernel.refusals import N_

INTAKE_TAKEN = "journal.intake_taken"
INTAKE_UNDONE = "journal.intake_undone"
LAYOUT_REMEMBERED = "journal.layout_remembered"
LAYOUT_FORGOTTEN = "journal.layout_forgotten"
EXPORTED = "journal.exported"
SENSITIVE_READ = "journal.sensitive_read"
SET_ASIDE_RETRIED = "journal.set_aside_retried"
SET_ASIDE_DROPPED = "journal.set_aside_dropped"
ATTACHMENT_KEPT = "journal.attachment_kept"
POLICY_PROPOSED = "journal.policy_proposed"
POLICY_DECIDED = "journal.policy_decided"

SAYS = {
    INTAKE_TAKEN: N_("导入文件"),
    INTAKE_UNDONE: N_("撤销导入"),
    LAYOUT_REMEMBERED: N_("记住版式"),
    LAYOUT_FORGOTTEN: N_("删除版式"),
    EXPORTED: N_("导出文件"),
    SENSITIVE_READ: N_("查看敏感信息"),
    SET_ASIDE_RETRIED: N_("重试搁置事项"),
    SET_ASIDE_DROPPED: N_("不再处理搁置事项"),
    ATTACHMENT_KEPT: N_("保存附件"),
    POLICY_PROPOSED: N_("提出政策版本"),
    POLICY_DECIDED: N_("决定政策版本"),
}
