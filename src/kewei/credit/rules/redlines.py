"""红线: what makes a customer a D whatever its points, and which official lists are asked (domain 2.6, 2.7)."""

from __future__ import annotations

from kewei.kernel.refusals import N_

# Found by looking into official lists (RedLineCheck).
LISTS: dict[str, str] = {
    "dishonest_debtor": N_("失信被执行人"),
    "serious_illegal": N_("严重违法失信名单"),
    "abnormal_operation": N_("经营异常名录"),
    "bill_default": N_("票据持续逾期名单"),
    "licence": N_("证照吊销或暂停"),
    "restructuring": N_("破产或重整"),
}

# Those a score finds by itself in the ledger and the papers.
FOUND: dict[str, str] = {
    "overdue_60": N_("当前逾期超过 60 天"),
    "promises_broken": N_("12 个月内失约 3 次以上"),
    "scope": N_("经营范围不符"),
}

RED_LINES: dict[str, str] = {**LISTS, **FOUND}
# Waived by nobody (domain 2.8).
NEVER_WAIVED = ("licence", "bill_default", "scope")
