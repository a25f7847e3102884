"""The words of a customer card: codes kept in tables, labels people read, and what people type in files (domain 2.2, 5.1)."""

from __future__ import annotations

from collections.abc import Mapping

from kewei.kernel.columns import NotAChoice
from kewei.kernel.names import fold
from kewei.kernel.refusals import N_

Words = dict[str, str]

KINDS: Words = {
    "public_hospital": N_("公立医院"),
    "private_hospital": N_("民营医院"),
    "primary_care": N_("基层医疗"),
    "clinic": N_("诊所"),
    "pharmacy": N_("单体药店"),
    "chain_hq": N_("连锁总部"),
    "chain_store": N_("连锁门店"),
    "distributor": N_("批发企业"),
    "cdc": N_("疾控中心"),
    "research": N_("科研教学单位"),
    "military": N_("军队武警单位"),
    "maker": N_("生产企业"),
    "other": N_("其他"),
}

OWNERSHIPS: Words = {
    "public": N_("公立"),
    "state": N_("国有"),
    "private": N_("民营"),
    "foreign": N_("外资"),
    "individual": N_("个体"),
    "works": N_("厂办"),
}

# As judged on the day of a contract: it decides whether the law on paying small companies applies (domain 4.3).
SIZES: Words = {"large": N_("大型"), "medium": N_("中型"), "small": N_("小型"), "micro": N_("微型")}

GRADES: Words = {
    "3S": N_("三级特等"),
    "3A": N_("三级甲等"),
    "3B": N_("三级乙等"),
    "3C": N_("三级丙等"),
    "2A": N_("二级甲等"),
    "2B": N_("二级乙等"),
    "2C": N_("二级丙等"),
    "1A": N_("一级甲等"),
    "1B": N_("一级乙等"),
    "1C": N_("一级丙等"),
    "none": N_("未定级"),
}

# 三者关系: who looks after a terminal; the owner sells, the others only see (domain 2.2: three different roles).
OWNER = "owner"
LINK_ROLES: Words = {
    OWNER: N_("销售负责人"),
    "trade": N_("商务负责人"),
    "credit": N_("信用专员"),
    "medical": N_("医药代表"),
}

ALIAS_KINDS: Words = {
    "alias": N_("别名"),
    "former": N_("曾用名"),
    "common": N_("俗称"),
    "flow": N_("流向名称"),
    "code": N_("原客户编码"),
}

CONTACT_DUTIES: Words = {
    "head": N_("负责人"),
    "purchasing": N_("采购"),
    "pharmacy": N_("药剂"),
    "finance": N_("财务"),
    "warehouse": N_("收货"),
    "other": N_("其他职责"),
}

AUTHORISED_KINDS: Words = {
    "buy": N_("采购"),
    "collect": N_("提货"),
    "reconcile": N_("对账"),
    "receive": N_("收货签收"),
}

# What is kept of an authorised person: columns of the same names (domain 2.2).
AUTHORISED_PAPERS: Words = {
    "letter": N_("授权书"),
    "seal": N_("印章式样"),
}

SETTLEMENT_METHODS: Words = {
    "transfer": N_("银行转账"),
    "bill": N_("承兑汇票"),
    "insurance": N_("医保直接结算"),
    "prepaid": N_("预付"),
    "cash_on_delivery": N_("现款现货"),
    "on_sale": N_("实销实结"),
}

# From which day the term is counted (domain 2.2).
TERM_STARTS: Words = {
    "invoice": N_("开票日"),
    "delivery": N_("收货日"),
    "accepted": N_("验收合格日"),
    "confirmed": N_("对账确认日"),
    "next_month": N_("月结次月"),
}

# As files of customers name them. An ending decides only where the whole word is not known.
_KIND_SYNONYMS: dict[str, tuple[str, ...]] = {
    "public_hospital": (
        "医院",
        "公立",
        "公立综合医院",
        "综合医院",
        "城市公立医院",
        "县级公立医院",
        "县级医院",
        "县医院",
        "中医院",
        "妇幼保健院",
        "妇保院",
        "专科医院",
        "部队医院",
        "hospital",
        "public hospital",
        "等级医院",
    ),
    "private_hospital": ("民营", "私立医院", "私立", "营利性医院", "private hospital"),
    "primary_care": (
        "基层",
        "基层医疗机构",
        "公立基层",
        "社区",
        "社区卫生服务中心",
        "社区卫生服务站",
        "社区医院",
        "卫生院",
        "乡镇卫生院",
        "村卫生室",
        "卫生室",
        "卫生站",
        "卫生所",
        "primary care",
        "community health centre",
        "community health center",
        "township health centre",
    ),
    "clinic": ("门诊部", "门诊", "中医诊所", "口腔诊所", "个体诊所", "村医", "医务室", "clinic"),
    "pharmacy": ("药店", "药房", "大药房", "零售药店", "单店", "单体", "pharmacy", "drugstore", "independent pharmacy"),
    "chain_hq": ("连锁", "连锁公司", "连锁药店", "零售连锁", "连锁企业", "chain", "chain headquarters", "chain hq"),
    "chain_store": ("门店", "连锁分店", "分店", "直营店", "加盟店", "chain store", "store", "branch"),
    "distributor": (
        "经销商",
        "商业公司",
        "商业",
        "批发",
        "批发商",
        "分销商",
        "配送商",
        "医药公司",
        "代理商",
        "distributor",
        "wholesaler",
        "dealer",
    ),
    "cdc": ("疾控", "疾病预防控制中心", "cdc"),
    "research": ("科研", "教学", "学校", "高校", "大学", "研究所", "research"),
    "military": ("军队", "武警", "military"),
    "maker": ("药厂", "制药企业", "生产商", "maker", "manufacturer"),
    "other": ("其它", "other"),
}

_KIND_OF = {
    fold(word): code
    for code, words in _KIND_SYNONYMS.items()
    for word in (code, code.replace("_", " "), KINDS[code], *words)
} | {fold("批发企业/经销商"): "distributor", fold("基层医疗机构"): "primary_care"}


def read_kind(text: str) -> str:
    """The kind of terminal a word of a file stands for: 公立医院, 医院, hospital … -> public_hospital.

    Raises NotAChoice with the Chinese labels for a word nobody has agreed on.
    """
    found = _KIND_OF.get(fold(text))
    if found is None:
        raise NotAChoice(text=text[:60], allowed=list(KINDS.values()))
    return found


def read_word(words: Mapping[str, str], text: str) -> str:
    """The code of a label (or of the code itself) in one of the tables above. Raises NotAChoice."""
    wanted = fold(text)
    for code, label in words.items():
        if wanted in (fold(code), fold(label)):
            return code
    short = [code for code, label in words.items() if fold(label).removesuffix("等") == wanted]  # 三甲, 三级甲
    short = short or [
        code for code, label in words.items() if fold(label).replace("级", "").removesuffix("等") == wanted
    ]
    if len(short) == 1:
        return short[0]
    raise NotAChoice(text=text[:60], allowed=list(words.values()))
