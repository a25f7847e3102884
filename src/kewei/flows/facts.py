"""What the flows room tells the house."""

from kewei.kernel.refusals import N_

FILE_TAKEN_IN = "flows.file_taken_in"
ROWS_MADE_AGAIN = "flows.rows_made_again"
ABSENCE_TOLD = "flows.absence_told"
NAMES_MATCHED = "flows.names_matched"
NAME_DECIDED = "flows.name_decided"
ALIAS_MADE = "flows.alias_made"
ALIAS_ENDED = "flows.alias_ended"
GOODS_PLACED = "flows.goods_placed"
USAGE_POSTED = "flows.usage_posted"
MONTH_FROZEN = "flows.month_frozen"
MONTH_ADJUSTED = "flows.month_adjusted"
SAMPLE_DRAWN = "flows.sample_drawn"
SAMPLE_JUDGED = "flows.sample_judged"
UNREAD_KEPT = "flows.unread_kept"
UNREAD_CLOSED = "flows.unread_closed"
OFF_SITE_TOLD = "flows.off_site_told"
OFF_SITE_ENDED = "flows.off_site_ended"

# What people read for each of them.
SAYS: dict[str, str] = {
    FILE_TAKEN_IN: N_("接收流向文件"),
    ROWS_MADE_AGAIN: N_("重新清洗流向文件"),
    ABSENCE_TOLD: N_("说明流向缺报原因"),
    NAMES_MATCHED: N_("匹配流向名称"),
    NAME_DECIDED: N_("复核流向名称"),
    ALIAS_MADE: N_("确认流向别名"),
    ALIAS_ENDED: N_("撤销流向别名"),
    GOODS_PLACED: N_("对照流向产品"),
    USAGE_POSTED: N_("登记月度用量"),
    MONTH_FROZEN: N_("冻结流向月份"),
    MONTH_ADJUSTED: N_("调整已冻结的流向"),
    SAMPLE_DRAWN: N_("抽取流向抽查样本"),
    SAMPLE_JUDGED: N_("抽查流向名称"),
    UNREAD_KEPT: N_("流向文件待说明"),
    UNREAD_CLOSED: N_("流向文件说明完毕"),
    OFF_SITE_TOLD: N_("登记院外药房"),
    OFF_SITE_ENDED: N_("结束院外药房归属"),
}
