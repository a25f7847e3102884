"""Words of sell-through files: kinds, why one is missing, what is flagged, how a name was recognised (domain 5.4, 5.5)."""

from __future__ import annotations

from typing import Any

from kewei.kernel.refusals import N_, Refused, all_refusals, refusal

SALES, PURCHASES, STOCK = "sales", "purchases", "stock"

KINDS: dict[str, str] = {
    SALES: N_("销售流向"),
    PURCHASES: N_("采购流向"),
    STOCK: N_("库存"),
}

# Why a distributor has sent nothing for a month: nineteen reasons (domain 5.5, 5.6).
ABSENCES: dict[str, str] = {
    "refuses": N_("拒绝提供"),
    "no_sales": N_("当月无销售"),
    "no_stock": N_("当月无库存"),
    "no_purchases": N_("当月无采购"),
    "no_agreement": N_("未签数据协议"),
    "agreement_ended": N_("数据协议到期"),
    "erp_changed": N_("更换业务系统"),
    "erp_fault": N_("业务系统故障"),
    "tool_off": N_("采集工具未开机"),
    "tool_fault": N_("采集工具异常"),
    "ftp_error": N_("FTP 上传出错"),
    "interface_error": N_("接口出错"),
    "interface_unpaid": N_("接口服务欠费"),
    "platform_closed": N_("平台停用"),
    "contact_left": N_("对接人离职"),
    "late": N_("承诺晚交"),
    "holiday": N_("节假日停业"),
    "stopped": N_("停业或注销"),
    "cancelled": N_("已取消合作"),
}

DUPLICATE, NEGATIVE = "duplicate", "negative"
FLAGS: dict[str, str] = {
    DUPLICATE: N_("疑似重复"),
    NEGATIVE: N_("退货"),
}

NEW, SAME, CHANGED = "new", "same", "changed"
TAGS: dict[str, str] = {
    NEW: N_("新增"),
    SAME: N_("未变"),
    CHANGED: N_("已改"),
}

# How a name came to stand for a terminal.
HOWS: dict[str, str] = {
    "key": N_("代码或证照号"),
    "match": N_("自动匹配"),
    "review": N_("人工复核"),
    "unknown": N_("人工认定未建档"),
}

# Accepted without a person.
BY_THEMSELVES = ("key", "match")

ACCEPT, OTHER, UNKNOWN = "accept", "other", "unknown"
CHOICES: dict[str, str] = {
    ACCEPT: N_("采纳候选"),
    OTHER: N_("另选终端"),
    UNKNOWN: N_("未建档"),
}

OPEN, FROZEN, ADJUSTED = "open", "frozen", "adjusted"
STATES: dict[str, str] = {
    OPEN: N_("进行中"),
    FROZEN: N_("已冻结"),
    ADJUSTED: N_("冻结后有调整"),
}

# Why a frozen month is adjusted (domain 5.5: the listed kinds of appeal).
APPEALS: dict[str, str] = {
    "branch": N_("分院、分店记到了总院、总部"),
    "parent": N_("总院、总部记到了分院、分店"),
    "hidden_user": N_("实际使用单位另有其人"),
    "wrong_product": N_("产品或规格记错"),
    "missing_line": N_("漏报"),
    "double_line": N_("重报"),
    "other": N_("其他"),
}


@refusal
class NoSuchWord(Refused):
    code = "flows_no_such_word"
    says = N_("不能是「{value}」，可用：{allowed}")


def read_word(words: dict[str, str], value: str) -> str:
    """The value, where it is one of the table. Raises NoSuchWord."""
    if value not in words:
        raise NoSuchWord(value=value[:40], allowed=list(words))
    return value


def said_again(code: str, numbers: dict[str, Any]) -> Refused | None:
    """A refusal from what was kept of it, to be said in the reader's language; None where its code is no more."""
    kind = all_refusals().get(code)
    return None if kind is None else kind(**numbers)
